package demo

import (
	"crypto/rand"
	"path"
	"slices"
	"testing"

	"caseledger/domain/policy"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

// whole are the parts of a record through all of which the demo lives, and
// elsewhere the events that do not happen in England, are written no more, or
// come from returns.
var (
	whole = []string{"referral", "assessment", "enquiry", "cinplan", "protection", "contact", "voice", "conference", "visit", "privatefostering",
		"transfer", "incident", "temporary", "family", "restriction", "allocation", "lookedafter", "health", "missing", "adoption", "careleaver", "legal",
		"note", "oversight", "correspondence",
		"needs", "support", "safeguarding", "transition", "capacity", "form"}
	elsewhere = []string{"assessment.reviewed", "protection-plan.concerns-recorded", "protection-plan.change-identified", "protection-plan.change-reported", "looked-after-visit.made", "health-outcomes.stated"}
)

func build(t *testing.T, seed uint64, children int) (*eventstore.Ledger, Summary) {
	t.Helper()
	codec := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/demo", Random: rand.Reader}
	ledger, clock := NewLedger(memory.New(), codec, seed)
	pack, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	records, err := schema.NewRecords(ledger, pack)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := Build(t.Context(), records, clock, Options{Seed: seed, Children: children})
	if err != nil {
		t.Fatal(err)
	}
	return ledger, summary
}

func TestTheSameSeedGivesTheSameEntries(t *testing.T) {
	a, _ := build(t, 7, 60)
	b, _ := build(t, 7, 60)
	c, _ := build(t, 8, 60)
	if digest(t, a) != digest(t, b) {
		t.Error("two ledgers of one seed differ")
	}
	if digest(t, a) == digest(t, c) {
		t.Error("ledgers of two seeds are the same")
	}
}

func TestTheAuthorityHoldsWhatPracticeHolds(t *testing.T) {
	ledger, s := build(t, 1, 1200)
	lived := make(map[string]bool)
	for e, err := range ledger.Store.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		lived[e.Type] = true
	}
	for _, et := range schema.Events() {
		if !lived[et.String()] && slices.Contains(whole, path.Base(et.Go.PkgPath())) && !slices.Contains(elsewhere, et.Name) {
			t.Errorf("nobody in the demo lives through %s", et)
		}
	}
	t.Logf("%+v", s)
	for what, n := range map[string]int{"families": s.Families, "late notes": s.Late, "corrections": s.Corrections,
		"errors": s.Errors, "transfers": s.Transfers, "registered again": s.Again, "looked after": s.LookedAfter, "adults": s.Adults} {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
	if s.Children < 1200 {
		t.Errorf("%d children", s.Children)
	}
}
