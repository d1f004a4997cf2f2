package audit

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/seal"
)

const origin = "anytown.example/test"

var (
	recordKey = seal.Key{ID: "k-0001", Secret: [32]byte{1}}
	erasedKey = seal.Key{ID: "k-0002", Secret: [32]byte{2}}
	start     = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

	// signer is made once: keys of ML-DSA take a while.
	signer = sync.OnceValue(func() *proof.Signer {
		text, err := proof.GenerateKeys(origin)
		if err != nil {
			panic(err)
		}
		s, err := proof.ParseSigner(text)
		if err != nil {
			panic(err)
		}
		return s
	})
)

// rig is a sealed ledger in memory, with its log.
type rig struct {
	store *memory.Store
	ends  map[string]seal.Chain
	dir   string
	keys  *proof.History
	last  *sealer.LastFile
	ids   uint64
}

func newRig(t testing.TB) *rig {
	t.Helper()
	keys, err := proof.FirstKeys(origin, signer().VerifierKeys()...)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return &rig{store: memory.New(), ends: map[string]seal.Chain{}, dir: dir, keys: keys, last: sealer.NewLastFile(filepath.Join(dir, "last"))}
}

// add appends an event that was sealed after change had its way with the
// header.
func (r *rig) add(t testing.TB, record string, key seal.Key, payload []byte, change func(*seal.Header)) {
	t.Helper()
	chain, begun := r.ends[record]
	if !begun {
		chain = seal.Chain{Ledger: origin, Record: record}
	}
	r.ids++
	var id eventstore.EventID
	binary.BigEndian.PutUint64(id[:], r.ids)
	h := chain.Header(start.Add(time.Duration(r.ids)*time.Second), "note.written/1")
	if change != nil {
		change(&h)
	}
	leaf, blob, err := seal.Seal(h, payload, key, id, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	r.ends[record] = seal.Chain{Ledger: origin, Record: record, Seq: chain.Seq + 1, Head: seal.HashLeaf(leaf)}
	event := eventstore.Event{ID: id, Type: "note.written/1", Metadata: leaf, Data: blob}
	if _, err := r.store.Append(t.Context(), record, eventstore.Revision(chain.Seq), []eventstore.Event{event}); err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// seal opens the sealer for do, and lets it catch up.
func (r *rig) seal(t testing.TB, do func(*sealer.Sealer)) {
	t.Helper()
	s, err := sealer.OpenSealer(t.Context(), sealer.Config{
		Dir: filepath.Join(r.dir, "log"), Store: r.store, Signer: signer(), Keys: r.keys, Last: r.last, Clock: sealer.SystemClock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if do != nil {
		do(s)
	}
	if err := errors.Join(s.CatchUp(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) config(t testing.TB) Config {
	t.Helper()
	last, err := r.last.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return Config{Store: r.store, Ledger: origin, Open: open, Log: sealer.NewLog(filepath.Join(r.dir, "log")), Keys: r.keys, Last: last}
}

func open(e eventstore.Recorded, leaf seal.Leaf) error {
	if leaf.Key == erasedKey.ID {
		return fmt.Errorf("key %s: %w", leaf.Key, seal.ErrErased)
	}
	_, err := leaf.Open(e.Data, recordKey, e.ID)
	return err
}

// filled is a ledger of n events in a tenth as many records.
func filled(t testing.TB, n int, payload []byte) *rig {
	t.Helper()
	r := newRig(t)
	for i := range n {
		r.add(t, fmt.Sprintf("record-%05d", i*7%max(1, n/10)), recordKey, payload, nil)
	}
	return r
}

var small = []byte(`{"text":"what was said"}`)

func TestASoundLedgerIsFoundSound(t *testing.T) {
	r := filled(t, 2000, small)
	r.add(t, "record-erased", erasedKey, small, nil)
	var root proof.HeadsRoot
	r.seal(t, func(s *sealer.Sealer) {
		var err error
		if root, err = s.BuildHeads(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	cfg := r.config(t)
	cfg.Heads, cfg.Known = []proof.HeadsRoot{root}, []Held{{"a reader's", cfg.Last}}
	report, err := Run(t.Context(), cfg)
	if err != nil || !report.Sound() || report.Events != 2001 || report.Sealed != 2001 || report.Erased != 1 || report.Streams != 201 || report.Checkpoints != 3 {
		t.Errorf("%+v %v", report, err)
	}
}

func TestWhatIsNotSealedYetIsCounted(t *testing.T) {
	r := filled(t, 300, small)
	r.seal(t, nil)
	r.add(t, "record-00001", recordKey, small, nil)
	report, err := Run(t.Context(), r.config(t))
	if err != nil || !report.Sound() || report.Events != 301 || report.Sealed != 300 {
		t.Errorf("%+v %v", report, err)
	}
}

func TestWhatDoesNotFollowIsFoundAndNamed(t *testing.T) {
	for name, change := range map[string]func(*seal.Header){
		"another ledger": func(h *seal.Header) { h.Ledger = "othertown.example/test" },
		"another record": func(h *seal.Header) { h.Record = "record-00002" },
		"a gap":          func(h *seal.Header) { h.Seq++ },
		"another leaf":   func(h *seal.Header) { h.Prev[0] ^= 1 },
		"back in time":   func(h *seal.Header) { h.Recorded = start },
		"another type":   func(h *seal.Header) { h.Type = "note.written/2" },
	} {
		r := filled(t, 300, small)
		r.seal(t, nil)
		r.add(t, "record-00001", recordKey, small, change)
		report, err := Run(t.Context(), r.config(t))
		if err != nil || len(report.Problems) != 1 || report.Problems[0].Position != 301 || report.Problems[0].Stream != "record-00001" {
			t.Errorf("%s: %+v %v", name, report.Problems, err)
		}
	}
}

func TestMoreProblemsThanCanBeReportedAreCounted(t *testing.T) {
	r := newRig(t)
	for i := range MaxProblems + 7 {
		r.add(t, fmt.Sprintf("record-%d", i), seal.Key{ID: "k-0001", Secret: [32]byte{9}}, small, nil)
	}
	report, err := Run(t.Context(), r.config(t))
	if err != nil || report.Sound() || len(report.Problems) != MaxProblems || report.More != 7 {
		t.Errorf("%d and %d, %v", len(report.Problems), report.More, err)
	}
}

func TestACheckpointThatDoesNotStandIsNamed(t *testing.T) {
	ours, others := filled(t, 300, small), filled(t, 301, []byte(`{"text":"something else"}`))
	ours.seal(t, nil)
	others.seal(t, nil)
	theirs := others.config(t)
	for name, note := range map[string][]byte{"a fork": theirs.Last, "no checkpoint": []byte("none"), "half": theirs.Last[:len(theirs.Last)/2]} {
		cfg := ours.config(t)
		cfg.Known = []Held{{name, note}}
		report, err := Run(t.Context(), cfg)
		if err != nil || len(report.Log) == 0 || !strings.Contains(report.Log[0].Error(), name) {
			t.Errorf("%s: %+v %v", name, report.Log, err)
		}
	}
}

// failing is a store whose log cannot be read beyond a position.
type failing struct {
	eventstore.Store
	at eventstore.Position
}

var errDisk = errors.New("the disk is gone")

func (f failing) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range f.Store.ReadLog(ctx, after) {
			if e.Position >= f.at {
				yield(eventstore.Recorded{}, errDisk)
				return
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func TestAStoreThatCannotBeReadAndAnEndedContextAreErrors(t *testing.T) {
	r := filled(t, 5000, small)
	r.seal(t, nil)
	before := runtime.NumGoroutine()
	cfg := r.config(t)
	cfg.Store = failing{r.store, 4000}
	if report, err := Run(t.Context(), cfg); !errors.Is(err, errDisk) || report.Events != 3999 {
		t.Errorf("%d events, %v", report.Events, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cfg = r.config(t)
	cfg.Progress = func(eventstore.Position) { cancel() }
	if _, err := Run(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines are left", after-before)
	}
}

// fields is a payload of 20 fields and 2 kB.
func fields() []byte {
	var b bytes.Buffer
	b.WriteString("{")
	for i := range 20 {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `"field%02d":"%s"`, i, strings.Repeat("x", 87))
	}
	b.WriteString("}")
	return b.Bytes()
}

func BenchmarkAudit(b *testing.B) {
	const events = 20_000
	r := filled(b, events, fields())
	r.seal(b, nil)
	b.Run("run", func(b *testing.B) {
		for b.Loop() {
			if report, err := Run(b.Context(), r.config(b)); err != nil || !report.Sound() {
				b.Fatal(err, report.Problems, report.Log)
			}
		}
		b.ReportMetric(events*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	limit(b, r, "limit: hash and decrypt", events, func(e eventstore.Recorded, aead cipher.AEAD) { hashAndDecrypt(e, aead) })
	limit(b, r, "limit: and the commitments", events, func(e eventstore.Recorded, aead cipher.AEAD) {
		hashAndDecrypt(e, aead)
		commitments(e.Data)
	})
}

// limit does work on every event on all cores, without any check.
func limit(b *testing.B, r *rig, name string, events int, work func(eventstore.Recorded, cipher.AEAD)) {
	b.Run(name, func(b *testing.B) {
		block, err := aes.NewCipher(recordKey.Secret[:])
		if err != nil {
			b.Fatal(err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			for range inOrder(b.Context(), r.store, runtime.GOMAXPROCS(0), func(e eventstore.Recorded) checked {
				work(e, aead)
				return checked{}
			}) {
			}
		}
		b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

func hashAndDecrypt(e eventstore.Recorded, aead cipher.AEAD) {
	seal.HashLeaf(e.Metadata)
	sha256.Sum256(e.Data)
	// It does not open under this key, which costs the same.
	aead.Open(nil, e.Data[:aead.NonceSize()], e.Data[aead.NonceSize():], e.Metadata)
}

// commitments does the hashing that the format asks for to open 20 fields: for
// each a salt (HMAC), a digest over 160 bytes, and two hashes of the tree.
func commitments(data []byte) {
	for range 20 {
		sha256.Sum256(data[:96])
		sha256.Sum256(data[:96])
		sha256.Sum256(data[:160])
		sha256.Sum256(data[:33])
		sha256.Sum256(data[:65])
	}
}
