package visit_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/visit"
)

var on, rules = domaintest.On, domaintest.Rules

func TestTheRulesOfVisits(t *testing.T) {
	plan := visit.Of{Known: true, Begun: domain.MustDate("2026-01-05"), Ended: domain.MustDate("2026-02-05")}
	made := visit.Visits{}.Evolve(1, visit.Made{Visit: "b1"})
	seen := func(day string) visit.Make {
		return visit.Make{Dated: on(day), Visit: "b1", Under: visit.Protection, Of: "p1", Where: "home", Seen: true, Alone: true, Bedroom: true}
	}
	change := func(change func(*visit.Make)) visit.Make {
		c := seen("2026-01-10")
		change(&c)
		return c
	}
	for name, tt := range map[string]struct {
		given visit.Visits
		when  visit.Make
		of    visit.Of
		want  []string
	}{
		"on the first day":           {nil, seen("2026-01-05"), plan, nil},
		"before the plan":            {nil, seen("2026-01-04"), plan, []string{"visited-before-work"}},
		"on the last day":            {nil, seen("2026-02-05"), plan, nil},
		"after the plan":             {nil, seen("2026-02-06"), plan, []string{"visited-after-work"}},
		"on a day that nobody knows": {nil, seen(""), plan, nil},
		"under an unknown plan":      {nil, seen("2026-01-10"), visit.Of{}, []string{"visited-work-unknown"}},
		"under no plan":              {nil, change(func(c *visit.Make) { c.Under, c.Of = visit.Other, "" }), visit.Of{}, nil},
		"an id twice":                {made, seen("2026-01-10"), plan, []string{"visit-already-recorded"}},
		"another id":                 {made, change(func(c *visit.Make) { c.Visit = "b2" }), plan, nil},
		"not seen":                   {nil, change(func(c *visit.Make) { c.Seen, c.Alone, c.NotSeen = false, false, "refused" }), plan, nil},
		"not seen without a reason":  {nil, change(func(c *visit.Make) { c.Seen, c.Alone = false, false }), plan, []string{"not-seen-without-reason"}},
		"alone and not seen":         {nil, change(func(c *visit.Make) { c.Seen, c.NotSeen = false, "not-in" }), plan, []string{"alone-and-not-seen"}},
		"seen and not seen":          {nil, change(func(c *visit.Make) { c.NotSeen = "not-in" }), plan, []string{"seen-and-not-seen"}},
		"a bedroom at school":        {nil, change(func(c *visit.Make) { c.Where = "school" }), plan, []string{"bedroom-seen-elsewhere"}},
		"at school":                  {nil, change(func(c *visit.Make) { c.Where, c.Bedroom = "school", false }), plan, nil},
	} {
		events, err := tt.given.Make(tt.when, tt.of, policy.Pack{})
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheNextVisitOfAPrivatelyFosteredChildIsDueIn6WeeksAndAfterAYearIn12(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	of := visit.Of{Known: true, Begun: domain.MustDate("2025-01-10")}
	for name, tt := range map[string]struct {
		when visit.Make
		want string
	}{
		"the last day of the first year": {visit.Make{Dated: on("2026-01-09"), Under: visit.PrivateFostering, Seen: true}, "2026-02-20"},
		"the first day of the second":    {visit.Make{Dated: on("2026-01-10"), Under: visit.PrivateFostering, Seen: true}, "2026-04-04"},
		"a child who was not seen":       {visit.Make{Dated: on("2026-01-10"), Under: visit.PrivateFostering, NotSeen: "not-in"}, ""},
		"a plan without a national rule": {visit.Make{Dated: on("2026-01-10"), Under: visit.Protection, Seen: true}, ""},
	} {
		events, _ := visit.Visits(nil).Make(tt.when, of, england)
		if got := events[0].(visit.Made).NextBy.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestTheLastTimeSeenAndSeenAloneAreTold(t *testing.T) {
	var vs visit.Visits
	for i, e := range []visit.Made{
		{Visit: "b1", Under: visit.Protection, Of: "p1", Seen: true, Alone: true, Bedroom: true},
		{Visit: "b2", Under: visit.Protection, Of: "p1", Seen: true},
		{Visit: "b3", Under: visit.InNeed, Of: "p1", Alone: true},
	} {
		vs = vs.Evolve(uint64(i+1), e)
	}
	if vs.Last(visit.Made.WasSeen).Entry != 2 || vs.Last(visit.Made.WasSeenAlone).Entry != 1 || vs.Last(visit.Made.WasBedroomSeen).Entry != 1 {
		t.Errorf("%+v", vs)
	}
	if vs.Last(visit.Work(visit.Protection, "p1")).Entry != 2 || !vs.Last(visit.Work(visit.Protection, "p2")).IsZero() {
		t.Error("visits of other work are taken for it")
	}
	grown := vs.Fork().Evolve(4, visit.Made{Visit: "left"})
	vs = vs.Evolve(4, visit.Made{Visit: "right"})
	if grown[3].Fact.Visit != "left" || vs[3].Fact.Visit != "right" {
		t.Error("a fork and its origin write to the same memory")
	}
}
