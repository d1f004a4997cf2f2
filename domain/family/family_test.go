package family_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/family"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...family.Event) family.Family {
	var all family.Family
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(family.Family) ([]domain.Event, error)

func TestTheRulesOfFamilies(t *testing.T) {
	type given = []family.Event
	mother := family.Related{Dated: on("2026-01-05"), Relation: "n1", Kind: "mother", Record: "aaaa"}
	parted := family.RelationEnded{Dated: on("2026-01-20"), Relation: "n1"}
	held := family.ResponsibilityHeld{Dated: on("2026-01-06"), Relation: "n1", Basis: "birth"}
	given1 := family.ResponsibilityEnded{Dated: on("2026-01-10"), Relation: "n1"}
	joined := family.HouseholdJoined{Dated: on("2026-01-05"), Household: "o1"}
	left := family.HouseholdLeft{Dated: on("2026-01-10"), Household: "o1"}
	relate := func(id family.RelationID, kind string, to domain.RecordID, name string) decision {
		return func(f family.Family) ([]domain.Event, error) {
			return f.Relate(family.Relate{Dated: on("2026-01-05"), Relation: id, Kind: kind, Record: to, Name: name})
		}
	}
	part := func(day string) decision {
		return func(f family.Family) ([]domain.Event, error) {
			return f.EndRelation(family.EndRelation{Dated: on(day), Relation: "n1"})
		}
	}
	hold := func(day string) decision {
		return func(f family.Family) ([]domain.Event, error) {
			return f.HoldResponsibility(family.HoldResponsibility{Dated: on(day), Relation: "n1"})
		}
	}
	lose := func(day string) decision {
		return func(f family.Family) ([]domain.Event, error) {
			return f.EndResponsibility(family.EndResponsibility{Dated: on(day), Relation: "n1"})
		}
	}
	join := func(f family.Family) ([]domain.Event, error) {
		return f.JoinHousehold(family.JoinHousehold{Dated: on("2026-01-12"), Household: "o1"})
	}
	leave := func(day string) decision {
		return func(f family.Family) ([]domain.Event, error) {
			return f.LeaveHousehold(family.LeaveHousehold{Dated: on(day), Household: "o1"})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a mother on record":           {nil, relate("n1", "mother", "aaaa", ""), nil},
		"a mother by name":             {nil, relate("n1", "mother", "", "Jo"), nil},
		"a mother without name":        {nil, relate("n1", "mother", "", ""), []string{"relation-of-nobody"}},
		"an id twice":                  {given{mother, parted}, relate("n1", "sibling", "bbbb", ""), []string{"relation-already-recorded"}},
		"a second mother":              {given{mother}, relate("n2", "mother", "bbbb", ""), []string{"second-mother"}},
		"a mother after another":       {given{mother, parted}, relate("n2", "mother", "bbbb", ""), nil},
		"another parent":               {given{mother}, relate("n2", "parent", "bbbb", ""), nil},
		"the same relationship again":  {given{mother, family.Related{Relation: "n2", Kind: "sibling", Record: "bbbb"}}, relate("n3", "sibling", "bbbb", ""), []string{"already-so-related"}},
		"another sibling":              {given{mother, family.Related{Relation: "n2", Kind: "sibling", Record: "bbbb"}}, relate("n3", "sibling", "cccc", ""), nil},
		"an end on the day":            {given{mother}, part("2026-01-05"), nil},
		"an end before":                {given{mother}, part("2026-01-04"), []string{"before-relation"}},
		"an end twice":                 {given{mother, parted}, part("2026-01-20"), []string{"relation-already-ended"}},
		"an end of nothing":            {nil, part("2026-01-20"), []string{"relation-unknown"}},
		"responsibility":               {given{mother}, hold("2026-01-05"), nil},
		"responsibility before":        {given{mother}, hold("2026-01-04"), []string{"before-relation"}},
		"responsibility twice":         {given{mother, held}, hold("2026-01-07"), []string{"responsibility-already-held"}},
		"responsibility again":         {given{mother, held, given1}, hold("2026-01-11"), nil},
		"responsibility after parting": {given{mother, parted}, hold("2026-01-25"), nil},
		"the end of responsibility":    {given{mother, held}, lose("2026-01-06"), nil},
		"its end before":               {given{mother, held}, lose("2026-01-05"), []string{"before-responsibility"}},
		"the end of what nobody holds": {given{mother}, lose("2026-01-06"), []string{"responsibility-not-held"}},
		"joining":                      {nil, join, nil},
		"joining twice":                {given{joined}, join, []string{"already-in-household"}},
		"joining again":                {given{joined, left}, join, nil},
		"leaving":                      {given{joined}, leave("2026-01-05"), nil},
		"leaving before":               {given{joined}, leave("2026-01-04"), []string{"before-household"}},
		"leaving twice":                {given{joined, left}, leave("2026-01-11"), []string{"not-in-household"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestParentalResponsibilityOutlastsARelationship(t *testing.T) {
	f := fold(family.Related{Relation: "n1", Kind: "father"}, family.ResponsibilityHeld{Relation: "n1"}, family.RelationEnded{Relation: "n1"})
	if r := f.Find("n1"); r.Open() || !r.Responsible() {
		t.Errorf("%+v", r)
	}
}

func TestAHouseholdLeftAndJoinedAgainIsTwoStays(t *testing.T) {
	f := fold(family.HouseholdJoined{Household: "o1"}, family.HouseholdLeft{Household: "o1"}, family.HouseholdJoined{Household: "o1"})
	if len(f.Stays) != 2 || f.Stays[0].Open() || !f.Stays[1].Open() || f.Stay("o1").Joined.Entry != 3 {
		t.Errorf("%+v", f.Stays)
	}
}

func TestEveryRelationshipReadsBackwardsAsOneThatReadsForwards(t *testing.T) {
	for _, kind := range []string{"mother", "child", "unborn-child", "sibling", "half-sibling", "grandparent", "aunt-or-uncle", "partner", "carer", "guardian", "friend", "professional", "other"} {
		if back := family.Reverse(kind); back == "" || family.Reverse(back) == "" {
			t.Errorf("%s reads backwards as %q", kind, back)
		}
	}
	if family.Reverse("child") != "parent" || family.Reverse("unborn-child") != "mother" || family.Reverse("stranger") != "" {
		t.Error("a relationship reads backwards as another")
	}
}
