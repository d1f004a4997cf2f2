package restriction_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/restriction"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...restriction.Event) restriction.Restrictions {
	var all restriction.Restrictions
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(restriction.Restrictions) ([]domain.Event, error)

func TestTheRulesOfRestrictions(t *testing.T) {
	type given = []restriction.Event
	sealed := restriction.RecordSealed{Dated: on("2026-01-05"), Restriction: "x1", Readers: []string{"w1"}}
	lifted := restriction.Lifted{Dated: on("2026-01-20"), Restriction: "x1"}
	bar := func(rs restriction.Restrictions) ([]domain.Event, error) {
		return rs.SetBarrier(restriction.SetBarrier{Dated: on("2026-01-05"), Restriction: "x1", Worker: "w1"})
	}
	seal := func(id restriction.ID) decision {
		return func(rs restriction.Restrictions) ([]domain.Event, error) {
			return rs.SealRecord(restriction.SealRecord{Dated: on("2026-01-05"), Restriction: id, Readers: []string{"w1"}})
		}
	}
	shield := func(entry uint64) decision {
		return func(rs restriction.Restrictions) ([]domain.Event, error) {
			return rs.ShieldInformant(restriction.ShieldInformant{Dated: on("2026-01-05"), Restriction: "x1", Entries: []uint64{entry}}, 7)
		}
	}
	withhold := func(rs restriction.Restrictions) ([]domain.Event, error) {
		return rs.WithholdAddress(restriction.WithholdAddress{Dated: on("2026-01-05"), Restriction: "x1"})
	}
	lift := func(day string) decision {
		return func(rs restriction.Restrictions) ([]domain.Event, error) {
			return rs.Lift(restriction.Lift{Dated: on(day), Restriction: "x1"})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a barrier":                     {nil, bar, nil},
		"an id twice":                   {given{sealed, lifted}, bar, []string{"restriction-already-set"}},
		"a seal":                        {nil, seal("x1"), nil},
		"a second seal":                 {given{sealed}, seal("x2"), []string{"already-sealed"}},
		"a seal after another":          {given{sealed, lifted}, seal("x2"), nil},
		"the last entry":                {nil, shield(7), nil},
		"an entry that is not there":    {nil, shield(8), []string{"entry-unknown"}},
		"an address":                    {nil, withhold, nil},
		"an address under an id in use": {given{sealed}, withhold, []string{"restriction-already-set"}},
		"lifted on the day":             {given{sealed}, lift("2026-01-05"), nil},
		"lifted before":                 {given{sealed}, lift("2026-01-04"), []string{"before-restriction"}},
		"lifted twice":                  {given{sealed, lifted}, lift("2026-01-21"), []string{"restriction-already-lifted"}},
		"lifted and never set":          {nil, lift("2026-01-21"), []string{"restriction-unknown"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestABarrierKeepsItsWorkerOutAndASealEverybodyButItsReaders(t *testing.T) {
	barred := fold(restriction.BarrierSet{Restriction: "x1", Worker: "w1"})
	sealed := fold(restriction.RecordSealed{Restriction: "x1", Readers: []string{"w1"}})
	lifted := sealed.Evolve(2, restriction.Lifted{Restriction: "x1"})
	for name, tt := range map[string]struct {
		rs     restriction.Restrictions
		worker string
		want   bool
	}{
		"the barred worker": {barred, "w1", false}, "another worker": {barred, "w2", true},
		"a reader": {sealed, "w1", true}, "no reader": {sealed, "w2", false},
		"once lifted": {lifted, "w2", true}, "of no restriction": {nil, "w2", true},
	} {
		by, sealed := tt.rs.SealedFrom(tt.worker)
		if barred := tt.rs.Barred(tt.worker); (barred || sealed) == tt.want || sealed != (by.ID == "x1") {
			t.Errorf("%s: barred %t, sealed %t by %q", name, barred, sealed, by.ID)
		}
	}
}

func TestInformantsAreShieldedAndAddressesWithheldFromThoseNamed(t *testing.T) {
	rs := fold(restriction.InformantShielded{Restriction: "x1", Entries: []uint64{4}}, restriction.AddressWithheld{Restriction: "x2", From: []string{"father"}})
	if yes, by := rs.Shields(4); !yes || by != "x1" {
		t.Error("the informant is not shielded")
	}
	if yes, _ := rs.Shields(5); yes {
		t.Error("another entry is shielded")
	}
	if yes, by := rs.Withholds("father"); !yes || by != "x2" {
		t.Error("the address is told")
	}
	if yes, _ := rs.Withholds("mother"); yes {
		t.Error("the address is withheld from others")
	}
	if yes, _ := fold(restriction.AddressWithheld{Restriction: "x1"}).Withholds("anybody"); !yes {
		t.Error("an address withheld from everybody is told")
	}
}
