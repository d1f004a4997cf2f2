package careleaver_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/careleaver"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...careleaver.Event) careleaver.Leaver {
	var l careleaver.Leaver
	for i, e := range events {
		l = l.Evolve(uint64(i+1), e)
	}
	return l
}

type decision = func(careleaver.Leaver) ([]domain.Event, error)

func TestTheRulesOfCareLeavers(t *testing.T) {
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	born := domain.MustDate("2008-01-05")
	entitle := func(day, group string) decision {
		return func(l careleaver.Leaver) ([]domain.Event, error) {
			return l.Entitle(careleaver.Entitle{Dated: on(day), Eligibility: group}, born)
		}
	}
	plan := func(l careleaver.Leaver) ([]domain.Event, error) {
		return l.Plan(careleaver.Plan{Dated: on("2026-01-05"), Plan: "p1"}, p)
	}
	adviser := func(l careleaver.Leaver) ([]domain.Event, error) {
		return l.NameAdviser(careleaver.NameAdviser{Dated: on("2026-01-05"), Adviser: "pa-1"})
	}
	contact := func(touch, does, lives string) decision {
		return func(l careleaver.Leaver) ([]domain.Event, error) {
			return l.Contact(careleaver.Contact{Dated: on("2026-01-05"), Contact: "c1", InTouch: touch, Activity: does, Accommodation: lives}, p)
		}
	}
	planned, met := careleaver.Planned{Dated: on("2026-01-05"), Plan: "p1"}, careleaver.Contacted{Dated: on("2026-01-05"), Contact: "c1"}
	for name, tt := range map[string]struct {
		given []careleaver.Event
		when  decision
		want  []string
	}{
		"eligible at sixteen":             {nil, entitle("2024-01-05", "eligible"), nil},
		"eligible a day earlier":          {nil, entitle("2024-01-04", "eligible"), []string{"care-leaver-under-sixteen"}},
		"eligible on an unknown day":      {nil, entitle("", "eligible"), nil},
		"former relevant at eighteen":     {nil, entitle("2026-01-05", "former-relevant"), nil},
		"former relevant a day earlier":   {nil, entitle("2026-01-04", "former-relevant"), []string{"former-relevant-under-eighteen"}},
		"an adviser":                      {nil, adviser, nil},
		"a plan":                          {nil, plan, nil},
		"a plan twice":                    {[]careleaver.Event{planned}, plan, []string{"pathway-plan-already-made"}},
		"in touch":                        {nil, contact("YES", "F2", "U1"), nil},
		"a contact twice":                 {[]careleaver.Event{met}, contact("YES", "F2", "U1"), []string{"care-leaver-contact-already-recorded"}},
		"in touch, activity unknown":      {nil, contact("YES", "0", "U1"), []string{"in-touch-and-nothing-known"}},
		"in touch, accommodation unknown": {nil, contact("YES", "F2", ""), []string{"in-touch-and-nothing-known"}},
		"not in touch":                    {nil, contact("NO", "", ""), nil},
		"died":                            {nil, contact("DIED", "0", ""), nil},
		"died, and at work":               {nil, contact("DIED", "F5", ""), []string{"died-or-home-and-something-known"}},
		"home again, and housed":          {nil, contact("RHOM", "", "B1"), []string{"died-or-home-and-something-known"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
	events, _ := plan(fold())
	if got := events[0].(careleaver.Planned).ReviewBy.String(); got != "2026-07-05" {
		t.Errorf("the plan is due for review by %s", got)
	}
	events, _ = contact("YES", "F2", "U1")(fold())
	if got := events[0].(careleaver.Contacted).VisitBy.String(); got != "2026-03-05" {
		t.Errorf("the next visit is due by %s", got)
	}
}

func TestTheLatestPlanAndContactCount(t *testing.T) {
	l := fold(careleaver.Planned{Dated: on("2026-01-05"), Plan: "p1"}, careleaver.Planned{Dated: on("2025-01-05"), Plan: "p0"},
		careleaver.Contacted{Dated: on("2026-01-05"), Contact: "c1"}, careleaver.Contacted{Dated: on("2025-01-05"), Contact: "c0"})
	if l.LastPlan().Fact.Plan != "p1" || l.LastContact().Fact.Contact != "c1" {
		t.Errorf("%+v", l)
	}
}

func TestTheCodeOfAnAccommodationSaysWhetherItIsSuitable(t *testing.T) {
	for code, want := range map[string]bool{"U1": true, "U2": false, "0": false, "": false} {
		if careleaver.Suitable(code) != want {
			t.Errorf("%q: suitable %t", code, !want)
		}
	}
}
