package schema

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
)

func TestTheRulesOfATimeAreThoseThatTheLedgerHadAdoptedByThen(t *testing.T) {
	now := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	l := &eventstore.Ledger{Store: memory.New(), Codec: Sealed{Payload: NewCodec(Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader},
		Now: func() time.Time { return now }, NewID: func() (id eventstore.EventID) { rand.Read(id[:]); return id }}
	nation, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRecords(l, nation)
	if err != nil {
		t.Fatal(err)
	}
	write := func(request string, e domain.Event) {
		t.Helper()
		act := eventstore.Act{Stream: SystemStream, Request: request, Name: "test", Command: struct{}{}, Actor: domain.Actor{ID: "a", Role: "administrator", Agency: "anytown"},
			Authority: domain.Authority{Basis: "b", Purpose: "p"}}
		_, err := eventstore.Update(context.Background(), l, eventstore.NewFolds(0, settings.Settings.Evolve), act, func(settings.Settings) ([]domain.Fact, error) {
			return domain.Facts(e), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	before := now.Add(-time.Hour)
	on := domain.Dated{Happened: domain.MustDate("2026-01-01")}
	write("1", settings.LedgerCreated{Dated: on, Ledger: "anytown.example/test", Nation: "scotland"})
	between := now.Add(-time.Minute)
	local := policy.Local{Name: "anytown"}
	scotland, err := policy.For(policy.Scotland)
	if err != nil {
		t.Fatal(err)
	}
	adopted, err := scotland.With(local)
	if err != nil {
		t.Fatal(err)
	}
	write("2", settings.PolicyAdopted{Dated: on, Rules: local, Name: adopted.Name()})
	for at, want := range map[time.Time]string{{}: nation.Name(), before: nation.Name(), between: scotland.Name(), now: adopted.Name()} {
		pack, err := r.PackAt(context.Background(), at)
		if err != nil || pack.Name() != want {
			t.Errorf("at %s: %v, %s, want %s", at, err, pack.Name(), want)
		}
	}
	if scotland.Name() == adopted.Name() {
		t.Error("the rules have one name")
	}
}
