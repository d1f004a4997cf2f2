package evidence

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/proof/witness"
	"caseledger/eventstore/seal"
)

const (
	testLedger  = "anytown.example/test"
	testRecord  = "record-7f3c"
	otherRecord = "record-7f3d"
	witnessName = "neighbour.example/witness"
)

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC)

// clock stands still: the tests never wait.
type clock struct{}

func (clock) Now() time.Time                                  { return testTime }
func (clock) Wait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// ledger is a small sealed ledger in memory.
type ledger struct {
	store  *memory.Store
	ends   map[string]seal.Chain
	keys   map[string]seal.Key // by id; a destroyed one is not there
	random io.Reader
	dir    string
	signer *proof.Signer
	known  *proof.History
	ids    uint64
}

// must gives up: what the helpers build cannot fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newLedger(dir string, signer *proof.Signer, history byte) *ledger {
	return &ledger{
		store: memory.New(), ends: map[string]seal.Chain{}, keys: map[string]seal.Key{}, random: rand.NewChaCha8([32]byte{history}),
		dir: dir, signer: signer, known: must(proof.FirstKeys(testLedger, signer.VerifierKeys()...)),
	}
}

func (l *ledger) add(record, key, kind, payload string) {
	if _, ok := l.keys[key]; !ok {
		k := seal.Key{ID: key}
		io.ReadFull(l.random, k.Secret[:])
		l.keys[key] = k
	}
	chain, ok := l.ends[record]
	if !ok {
		chain = seal.Chain{Ledger: testLedger, Record: record}
	}
	l.ids++
	var id eventstore.EventID
	binary.BigEndian.PutUint64(id[:], l.ids)
	at := testTime.Add(time.Duration(l.ids) * time.Minute)
	leaf, blob, err := seal.Seal(chain.Header(at, kind), []byte(payload), l.keys[key], id, l.random)
	if err != nil {
		panic(err)
	}
	next, _, err := chain.Next(leaf)
	if err != nil {
		panic(err)
	}
	l.ends[record] = next
	must(l.store.Append(context.Background(), record, eventstore.Revision(chain.Seq), []eventstore.Event{{ID: id, Type: kind, Metadata: leaf, Data: blob}}))
}

func (l *ledger) seal(do func(s *sealer.Sealer)) proof.Signed {
	cfg := sealer.Config{Dir: filepath.Join(l.dir, "log"), Store: l.store, Signer: l.signer, Keys: l.known, Last: sealer.NewLastFile(filepath.Join(l.dir, "last")), Clock: clock{}}
	s := must(sealer.OpenSealer(context.Background(), cfg))
	defer s.Close()
	do(s)
	if err := s.CatchUp(context.Background()); err != nil {
		panic(err)
	}
	return must(l.known.Open(must(l.log().Checkpoint())))
}

func (l *ledger) log() sealer.Log { return sealer.NewLog(filepath.Join(l.dir, "log")) }

// stored yields the events of a record with their indices.
func (l *ledger) stored(record string) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		index := int64(-1)
		for e, err := range l.store.ReadLog(context.Background(), 0) {
			index++
			if e.Stream != record {
				continue
			}
			if !yield(Stored{Leaf: e.Metadata, Blob: e.Data, Event: e.ID, Index: index}, err) {
				return
			}
		}
	}
}

// Open is Opener's.
func (l *ledger) Open(s Stored) (seal.Opened, error) {
	leaf, err := seal.ParseLeaf(s.Leaf)
	if err != nil {
		return seal.Opened{}, err
	}
	key, ok := l.keys[leaf.Key]
	if !ok {
		return seal.Opened{}, seal.ErrErased
	}
	return seal.Open(s.Leaf, s.Blob, key, s.Event)
}

// last returns the last event of the ledger's own stream, to be shown.
func (l *ledger) last(path string) Logged {
	var logged Logged
	for s, err := range l.stored(SystemRecord) {
		if err != nil {
			panic(err)
		}
		logged = Logged{Stored: s, Show: []string{path}}
	}
	logged.Opened = must(l.Open(logged.Stored))
	return logged
}

// world is a ledger, one package about a record in it, and who trusts what.
type world struct {
	ledger *ledger
	input  Input
	trust  Trust
	files  map[string][]byte
	other  map[string][]byte // the package about another record
	before proof.Signed      // a checkpoint that somebody held
	erased seal.Opened       // the third entry, before its key was destroyed
}

const certificate = certificateTitle + "\nkey k-7f02\nrule children-s75\nauthorised by records-officer and data-protection-officer\n"

// testWorld is made once and not changed: keys of ML-DSA take a while.
var testWorld = sync.OnceValue(func() *world { return newWorld(must(proof.ParseSigner(testKeyText())), 1) })

var testKeyText = sync.OnceValue(func() []byte { return must(proof.GenerateKeys(testLedger)) })

var worldDir string

func TestMain(m *testing.M) {
	dir := must(os.MkdirTemp("", "evidence"))
	worldDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// newWorld makes the same events each time; the salts and keys are those of
// the history.
func newWorld(signer *proof.Signer, history byte) *world {
	l := newLedger(filepath.Join(worldDir, fmt.Sprint(rand.Uint64())), signer, history)
	w := &world{ledger: l}
	l.add(testRecord, "k-7f01", "contact.received/1", `{"actor":"sw-1","happened":"2026-11-20","text":["A neighbour rang."," She heard shouting."]}`)
	l.add(otherRecord, "k-7d01", "contact.received/1", `{"actor":"sw-2","happened":"2026-11-20"}`)
	l.add(testRecord, "k-7f01", "visit.made/1", `{"actor":"sw-1","seen":true,"informant":"Mrs N."}`)
	w.before = l.seal(func(*sealer.Sealer) {})
	l.add(testRecord, "k-7f02", "note.written/1", `{"actor":"sw-1","text":["To be destroyed."]}`)
	l.add(otherRecord, "k-7d01", "visit.made/1", `{"actor":"sw-2","seen":false,"informant":"none"}`)
	l.add(testRecord, "k-7f01", "plan.made/1", `{"actor":"sw-3","steps":["see weekly","tell school"]}`)
	n := 0
	for s := range l.stored(testRecord) {
		if n++; n == 3 {
			w.erased = must(l.Open(s))
		}
	}
	delete(l.keys, "k-7f02")
	l.add(SystemRecord, "k-0001", DestructionType, fmt.Sprintf(`{"certificate":%s}`, must(json.Marshal(certificate))))
	destroyed := Destruction{Certificate: []byte(certificate), Event: l.last(DestructionField)}
	var root proof.HeadsRoot
	l.seal(func(s *sealer.Sealer) { root = must(s.BuildHeads(context.Background())) })
	l.add(SystemRecord, "k-0001", HeadsType, fmt.Sprintf(`{"root":%s}`, must(json.Marshal(string(root.Text())))))
	c := cosigned(l.seal(func(*sealer.Sealer) {}), l.known)
	w.input = Input{
		Ledger: testLedger, Record: testRecord, Entries: l.stored(testRecord), Open: l, Prove: l.log(),
		Redactions: []Redaction{{Seq: 2, Path: "/informant", Ground: "third party", DecidedBy: "team-manager", Date: testTime}},
		Checkpoint: c, Older: []proof.Signed{w.before}, Keys: l.known,
		Head:       &Head{Root: root, Proof: l.proveHead(root, testRecord), Event: l.last(HeadsField)},
		Timestamps: [][]byte{stamp(c)}, Destroyed: []Destruction{destroyed},
		Policy: policyText(signer), System: "version 1\nknown errors: none\n", Bundle: []byte("%PDF-1.7 pages"),
	}
	w.trust = Trust{Keys: l.known, Policy: quorum{must(witness.ParsePolicy([]byte(policyText(signer))))}, Timestamps: stampers{}, Known: [][]byte{w.before.Note}}
	w.files = w.build(w.input)
	other := w.input
	other.Record, other.Entries, other.Redactions, other.Destroyed = otherRecord, l.stored(otherRecord), nil, nil
	other.Head = &Head{Root: root, Proof: l.proveHead(root, otherRecord), Event: w.input.Head.Event}
	w.other = w.build(other)
	return w
}

func (l *ledger) proveHead(root proof.HeadsRoot, record string) proof.HeadProof {
	heads := must(l.log().Heads(root.Size))
	defer heads.Close()
	return must(heads.Prove(record))
}

func (w *world) build(in Input) map[string][]byte {
	var out bytes.Buffer
	if err := Build(&out, in); err != nil {
		panic(err)
	}
	files, damaged, err := unpack(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil || len(damaged) > 0 {
		panic(fmt.Sprint(damaged, err))
	}
	return files
}

func verify(files map[string][]byte, trust Trust) Report {
	packed := pack(files)
	return must(Verify(bytes.NewReader(packed), int64(len(packed)), trust))
}

// Witness and time-stamp authority of the tests: what matters here is that
// the verifier asks them, and about which text.
var (
	authority  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))
	witnessKey = sync.OnceValues(func() (string, string) {
		private, public, err := note.GenerateKey(rand.NewChaCha8([32]byte{1}), witnessName)
		if err != nil {
			panic(err)
		}
		return private, must(cosig.VKeyToCosignatureV1(public))
	})
)

func cosigned(c proof.Signed, keys *proof.History) proof.Signed {
	private, _ := witnessKey()
	n := must(note.Open(c.Note, note.VerifierList(keys.At(c.Size)...)))
	return must(keys.Open(must(note.Sign(n, must(cosig.NewSignerForCosignatureV1(private))))))
}

// policyText believes the log and asks for the one witness.
func policyText(signer *proof.Signer) string {
	_, public := witnessKey()
	text := ""
	for _, key := range signer.VerifierKeys() {
		text += "log " + key + "\n"
	}
	return text + "witness neighbour " + public + "\nquorum neighbour\n"
}

type quorum struct{ policy *witness.Policy }

func (q quorum) CheckPolicy(signed []byte) error {
	v, err := q.policy.Check(signed)
	if err == nil && !v.Quorum {
		err = errors.New("no quorum")
	}
	return err
}

func stamp(c proof.Signed) []byte { return ed25519.Sign(authority, c.Text()) }

type stampers struct{}

func (stampers) VerifyTimestamp(token, message []byte) (time.Time, error) {
	if !ed25519.Verify(authority.Public().(ed25519.PublicKey), message, token) {
		return time.Time{}, errors.New("not stamped")
	}
	return testTime.Add(time.Hour), nil
}
