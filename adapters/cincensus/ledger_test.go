package cincensus_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"caseledger/adapters/cincensus"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

// world is an empty ledger with a clock that stands still.
type world struct {
	t       testing.TB
	store   *memory.Store
	records *schema.Records
	now     time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, store: memory.New(),
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
	for _, e := range w.log() {
		if id, ok := schema.RecordOf(e.Stream); ok && e.Revision == 1 {
			r, _, err := w.records.Load(w.t.Context(), id)
			if err != nil {
				w.t.Fatal(err)
			}
			all[id] = r
		}
	}
	return all
}

// log returns every event of the ledger.
func (w *world) log() []eventstore.Recorded {
	w.t.Helper()
	var all []eventstore.Recorded
	for e, err := range w.store.ReadLog(w.t.Context(), 0) {
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, e)
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
