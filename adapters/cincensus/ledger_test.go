package cincensus_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"caseledger/adapters/cincensus"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

// slices is a store that keeps streams as slices. It is for these tests only.
type slices struct {
	mu      sync.Mutex
	streams map[string][]eventstore.Recorded
	head    eventstore.Position
}

func (s *slices) Append(_ context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if err := eventstore.Check(stream, events); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := eventstore.Revision(len(s.streams[stream])); at != after {
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: at}
	}
	for i, e := range events {
		s.head++
		s.streams[stream] = append(s.streams[stream], eventstore.Recorded{
			Stream: stream, Revision: after + eventstore.Revision(i) + 1, Position: s.head, Event: e})
	}
	return s.head, nil
}

func (s *slices) ReadStream(_ context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	s.mu.Lock()
	all := s.streams[stream]
	s.mu.Unlock()
	return func(yield func(eventstore.Recorded, error) bool) {
		for _, e := range all[min(int(after), len(all)):] {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (s *slices) ReadLog(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return nil
}

func (s *slices) Follow(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return nil
}

// world is an empty ledger with a clock that stands still.
type world struct {
	t       testing.TB
	store   *slices
	records *schema.Records
	now     time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, store: &slices{streams: make(map[string][]eventstore.Recorded)},
		now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
	pack, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	codec := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader}
	ledger := &eventstore.Ledger{Store: w.store, Codec: codec,
		Now:   func() time.Time { return w.now },
		NewID: func() (id eventstore.EventID) { _, _ = rand.Read(id[:]); return id }}
	if w.records, err = schema.NewRecords(ledger, pack); err != nil {
		t.Fatal(err)
	}
	return w
}

var (
	clerk   = domain.Actor{ID: "clerk-1", Role: "data-officer", Agency: "anytown-childrens-services"}
	purpose = domain.Authority{Basis: "children-act-1989-s83", Purpose: "statutory-return"}
)

func newRecordID() domain.RecordID {
	var id [16]byte
	_, _ = rand.Read(id[:])
	return domain.RecordID(hex.EncodeToString(id[:]))
}

// importer is an import whose read model is made anew from the whole ledger.
func (w *world) importer() cincensus.Import {
	byNumber := make(map[string]domain.RecordID)
	for id, r := range w.all() {
		byNumber[r.Person.Identifier(identity.LAChildID).Fact.Value] = id
	}
	return cincensus.Import{Records: w.records, Actor: clerk, Authority: purpose, NewID: newRecordID,
		Find: func(_ context.Context, number string) (domain.RecordID, bool, error) {
			id, ok := byNumber[number]
			return id, ok, nil
		}}
}

// all returns every record of the ledger.
func (w *world) all() map[domain.RecordID]record.Record {
	w.t.Helper()
	all := make(map[domain.RecordID]record.Record)
	for stream := range w.store.streams {
		if id, ok := schema.RecordOf(stream); ok {
			r, _, err := w.records.Load(w.t.Context(), id)
			if err != nil {
				w.t.Fatal(err)
			}
			all[id] = r
		}
	}
	return all
}

// only returns the one record of the ledger.
func (w *world) only() record.Record {
	w.t.Helper()
	all := w.all()
	if len(all) != 1 {
		w.t.Fatalf("%d records, want 1", len(all))
	}
	for _, r := range all {
		return r
	}
	panic("unreachable")
}

// load imports a return that is given as text.
func (w *world) load(text string) cincensus.Report {
	w.t.Helper()
	report, err := w.importer().File(w.t.Context(), file(w.t, text))
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "return.xml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shared returns the path of a published sample, or skips the test.
func shared(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("CASELEDGER_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	path := filepath.Join(root, "data", "cin-census", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the published samples are not at hand: %v", err)
	}
	return path
}

func count(list []cincensus.Flaw, rule string) int {
	n := 0
	for _, f := range list {
		if f.Rule == rule {
			n++
		}
	}
	return n
}
