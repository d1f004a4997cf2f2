package adoption_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/domaintest"
	"caseledger/domain/restriction"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...adoption.Event) adoption.Adoptions {
	var all adoption.Adoptions
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(adoption.Adoptions) ([]domain.Event, error)

func decide(id adoption.ID, day string) decision {
	return func(as adoption.Adoptions) ([]domain.Event, error) {
		return as.Decide(adoption.Decide{Dated: on(day), Adoption: id})
	}
}

func match(day, number, sex string) decision {
	return func(as adoption.Adoptions) ([]domain.Event, error) {
		return as.Match(adoption.Match{Dated: on(day), Adoption: "d1", Number: number, Sex: sex})
	}
}

func place(day string) decision {
	return func(as adoption.Adoptions) ([]domain.Event, error) {
		return as.Place(adoption.Place{Dated: on(day), Adoption: "d1"})
	}
}

func reverse(day string) decision {
	return func(as adoption.Adoptions) ([]domain.Event, error) {
		return as.Reverse(adoption.Reverse{Dated: on(day), Adoption: "d1", Reason: "RD3"})
	}
}

func order(day string) decision {
	return func(as adoption.Adoptions) ([]domain.Event, error) {
		return as.Order(adoption.Order{Dated: on(day), Adoption: "d1"})
	}
}

func TestTheRulesOfAdoption(t *testing.T) {
	decided := adoption.Decided{Dated: on("2025-01-06"), Adoption: "d1"}
	matched := adoption.Matched{Dated: on("2025-06-02"), Adoption: "d1"}
	placed := adoption.Placed{Dated: on("2025-07-01"), Adoption: "d1"}
	reversed := adoption.Reversed{Dated: on("2025-08-01"), Adoption: "d1"}
	ordered := adoption.Ordered{Dated: on("2026-01-05"), Adoption: "d1"}
	for name, tt := range map[string]struct {
		given []adoption.Event
		when  decision
		want  []string
	}{
		"a decision":                    {nil, decide("d1", "2025-01-06"), nil},
		"a decision twice":              {[]adoption.Event{decided, reversed}, decide("d1", "2025-09-01"), []string{"adoption-already-decided"}},
		"another while one stands":      {[]adoption.Event{decided}, decide("d2", "2025-09-01"), []string{"adoption-decision-open"}},
		"another after a reversal":      {[]adoption.Event{decided, reversed}, decide("d2", "2025-09-01"), nil},
		"a match on the day":            {[]adoption.Event{decided}, match("2025-01-06", "2", "MF"), nil},
		"a match before":                {[]adoption.Event{decided}, match("2025-01-05", "2", "FF"), []string{"before-adoption-decision"}},
		"a match of an unknown day":     {[]adoption.Event{decided}, match("", "", ""), nil},
		"a match without decision":      {nil, match("2025-06-02", "", ""), []string{"adoption-undecided"}},
		"a match twice":                 {[]adoption.Event{decided, matched}, match("2025-06-02", "", ""), []string{"adoption-already-matched"}},
		"a match after a reversal":      {[]adoption.Event{decided, reversed}, match("2025-09-01", "", ""), []string{"adoption-reversed"}},
		"one adopter":                   {[]adoption.Event{decided}, match("2025-06-02", "1", "F1"), nil},
		"one adopter who is two":        {[]adoption.Event{decided}, match("2025-06-02", "1", "MF"), []string{"adopters-do-not-agree"}},
		"two adopters who are one":      {[]adoption.Event{decided}, match("2025-06-02", "2", "M1"), []string{"adopters-do-not-agree"}},
		"a placement on the day":        {[]adoption.Event{decided, matched}, place("2025-06-02"), nil},
		"a placement before the match":  {[]adoption.Event{decided, matched}, place("2025-06-01"), []string{"before-adoption-match"}},
		"a placement without a match":   {[]adoption.Event{decided}, place("2025-06-02"), []string{"adoption-not-matched"}},
		"a placement twice":             {[]adoption.Event{decided, matched, placed}, place("2025-07-01"), []string{"already-placed-for-adoption"}},
		"a reversal on the day":         {[]adoption.Event{decided}, reverse("2025-01-06"), nil},
		"a reversal before":             {[]adoption.Event{decided}, reverse("2025-01-05"), []string{"before-adoption-decision"}},
		"a reversal twice":              {[]adoption.Event{decided, reversed}, reverse("2025-09-01"), []string{"adoption-reversed"}},
		"a reversal after the order":    {[]adoption.Event{decided, matched, placed, ordered}, reverse("2026-02-02"), []string{"already-adopted"}},
		"an order on the day":           {[]adoption.Event{decided, matched, placed}, order("2025-07-01"), nil},
		"an order before the placement": {[]adoption.Event{decided, matched, placed}, order("2025-06-30"), []string{"before-adoption-placement"}},
		"an order without a placement":  {[]adoption.Event{decided, matched}, order("2026-01-05"), []string{"not-placed-for-adoption"}},
		"an order twice":                {[]adoption.Event{decided, matched, placed, ordered}, order("2026-01-05"), []string{"already-adopted"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestTheRulesOfPartingTheIdentitiesOfAnAdoptedChild(t *testing.T) {
	ordered := adoption.Ordered{Dated: on("2026-01-05"), Adoption: "d1"}
	parted := adoption.IdentityParted{Dated: on("2026-01-05"), Adoption: "d1", Successor: "b"}
	sealed := restriction.Restrictions{}.Evolve(1, restriction.RecordSealed{Dated: on("2025-01-05"), Restriction: "staff", Readers: []string{"w"}})
	for name, tt := range map[string]struct {
		given  []adoption.Event
		sealed restriction.Restrictions
		day    string
		open   bool
		want   []string
	}{
		"on the day of the order":    {[]adoption.Event{ordered}, nil, "2026-01-05", false, nil},
		"on a day that nobody knows": {[]adoption.Event{ordered}, nil, "", false, nil},
		"the day before the order":   {[]adoption.Event{ordered}, nil, "2026-01-04", false, []string{"before-adoption-order"}},
		"without an order":           {nil, nil, "2026-01-05", false, []string{"adoption-not-ordered"}},
		"twice":                      {[]adoption.Event{ordered, parted}, nil, "2026-01-06", false, []string{"identity-already-parted"}},
		"with open work":             {[]adoption.Event{ordered}, nil, "2026-01-05", true, []string{"identity-parted-with-open-work"}},
		"under another seal":         {[]adoption.Event{ordered}, sealed, "2026-01-05", false, []string{"already-sealed"}},
		"everything wrong at once":   {[]adoption.Event{ordered, parted}, sealed, "2026-01-04", true, []string{"before-adoption-order", "identity-already-parted", "identity-parted-with-open-work", "already-sealed"}},
	} {
		events, err := fold(tt.given...).PartIdentity(adoption.PartIdentity{Dated: on(tt.day), Adoption: "d1", Successor: "b", Restriction: "x1", Readers: []string{"w1"}}, tt.sealed, tt.open)
		if !slices.Equal(rules(err), tt.want) || len(events) != 2 {
			t.Errorf("%s: %v and %d events, want %v", name, rules(err), len(events), tt.want)
			continue
		}
		if seal := events[1].(restriction.RecordSealed); seal.Reason != "adoption" || !slices.Equal(seal.Readers, []string{"w1"}) || events[0].(adoption.IdentityParted).Successor != "b" {
			t.Errorf("%s: %+v", name, events)
		}
	}
	if fold(ordered).Parted().IsZero() == fold(ordered, parted).Parted().IsZero() {
		t.Error("nobody can tell whether the identities are parted")
	}
}
