package sealer

import (
	"context"
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

const testOrigin = "anytown.example/test"

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// testSigner is made once: keys of ML-DSA take a while.
var testSigner = sync.OnceValue(func() *proof.Signer { return newSigner(testOrigin) })

func newSigner(origin string) *proof.Signer {
	text, err := proof.GenerateKeys(origin)
	if err != nil {
		panic(err)
	}
	s, err := proof.ParseSigner(text)
	if err != nil {
		panic(err)
	}
	return s
}

func testKeys(t testing.TB) *proof.History {
	t.Helper()
	h, err := proof.FirstKeys(testOrigin, testSigner().VerifierKeys()...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// clock is moved by hand. A wait moves it, and is told to waited.
type clock struct {
	now    time.Time
	waited func() error
}

func (c *clock) Now() time.Time { return c.now }

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	if c.waited != nil {
		return c.waited()
	}
	return ctx.Err()
}

// rig is a store with sealed events and what seals it.
type rig struct {
	t     testing.TB
	store *memory.Store
	ends  map[string]seal.Chain
	cfg   Config
	clock *clock
	ids   uint64
}

func newRig(t testing.TB) *rig {
	dir := t.TempDir()
	r := &rig{t: t, store: memory.New(), ends: map[string]seal.Chain{}, clock: &clock{now: testTime}}
	r.cfg = Config{
		Dir: filepath.Join(dir, "log"), Store: r.store, Signer: testSigner(), Keys: testKeys(t),
		Last: &LastFile{dir: filepath.Join(dir, "last"), on: quickDisk{}}, Clock: r.clock,
	}
	return r
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func (r *rig) event(record, kind string, payload []byte) eventstore.Event {
	r.t.Helper()
	r.ids++
	var id eventstore.EventID
	binary.BigEndian.PutUint64(id[:], r.ids)
	chain, ok := r.ends[record]
	if !ok {
		chain = seal.Chain{Ledger: testOrigin, Record: record}
	}
	key := seal.Key{ID: "k-91ab", Secret: [32]byte{1}}
	leaf, blob, err := seal.Seal(chain.Header(testTime, kind), payload, key, id, zeros{})
	if err != nil {
		r.t.Fatal(err)
	}
	if r.ends[record], _, err = chain.Next(leaf); err != nil {
		r.t.Fatal(err)
	}
	return eventstore.Event{ID: id, Type: kind, Metadata: leaf, Data: blob}
}

// add appends n events to a record.
func (r *rig) add(record string, n int) {
	r.t.Helper()
	for n > 0 {
		var events []eventstore.Event
		after := eventstore.Revision(r.ends[record].Seq)
		for ; n > 0 && len(events) < 1000; n-- {
			events = append(events, r.event(record, "note.written/1", fmt.Appendf(nil, `{"n":%d}`, r.ids)))
		}
		if _, err := r.store.Append(context.Background(), record, after, events); err != nil {
			r.t.Fatal(err)
		}
	}
}

// addMany appends n events, spread over records.
func (r *rig) addMany(n, records int) {
	r.t.Helper()
	for i := range n {
		r.add(fmt.Sprintf("record-%03d", i*7%records), 1)
	}
}

func (r *rig) open() *Sealer {
	r.t.Helper()
	s, err := openSealer(context.Background(), r.cfg, quickDisk{})
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// seal opens, catches up and closes, and returns the checkpoint.
func (r *rig) seal() proof.Signed {
	r.t.Helper()
	s := r.open()
	if err := s.CatchUp(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		r.t.Fatal(err)
	}
	return r.published()
}

func (r *rig) published() proof.Signed {
	r.t.Helper()
	text, err := NewLog(r.cfg.Dir).Checkpoint()
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := r.cfg.Keys.Open(text)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// leaves are the hashes of the stored leaves in log order.
func (r *rig) leaves() (out []proof.Hash) {
	for e, err := range r.store.ReadLog(context.Background(), 0) {
		if err != nil {
			r.t.Fatal(err)
		}
		out = append(out, seal.HashLeaf(e.Metadata))
	}
	return out
}

// moduleDir is where a module that this one requires is kept.
func moduleDir(module string) (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	return strings.TrimSpace(string(out)), err
}
