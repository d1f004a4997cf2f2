package transition_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/needs"
	"caseledger/domain/transition"
)

var on, rules = domaintest.On, domaintest.Rules

func TestTheRulesOfTransition(t *testing.T) {
	type given = []transition.Event
	planned := transition.Planned{Dated: on("2025-06-02"), Transition: "t1"}
	concluded := transition.Concluded{Dated: on("2026-01-10"), Transition: "t1"}
	eligible := needs.Assessment{}
	eligible.Eligibility.Fact.Eligible = true
	type decision = func(transition.Transitions) ([]domain.Event, error)
	plan := func(id transition.ID, day, born, assess string) decision {
		return func(ts transition.Transitions) ([]domain.Event, error) {
			return ts.Plan(transition.Plan{Dated: on(day), Transition: id, AssessBy: on(assess).Happened}, on(born).Happened)
		}
	}
	conclude := func(day, outcome string, after needs.Assessment) decision {
		return func(ts transition.Transitions) ([]domain.Event, error) {
			return ts.Conclude(transition.Conclude{Dated: on(day), Transition: "t1", Outcome: outcome}, after)
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"the day before coming of age":         {nil, plan("t1", "2026-01-09", "2008-01-10", ""), nil},
		"the day of coming of age":             {nil, plan("t1", "2026-01-10", "2008-01-10", ""), []string{"of-age"}},
		"a person whose age nobody knows":      {nil, plan("t1", "2025-06-02", "", ""), []string{"birth-unknown"}},
		"an assessment on the same day":        {nil, plan("t1", "2025-06-02", "2008-01-10", "2025-06-02"), nil},
		"an assessment the day before":         {nil, plan("t1", "2025-06-02", "2008-01-10", "2025-06-01"), []string{"assessment-due-before"}},
		"an id twice":                          {given{planned, concluded}, plan("t1", "2025-06-02", "2008-01-10", ""), []string{"transition-already-planned"}},
		"another beside it":                    {given{planned}, plan("t2", "2025-06-02", "2008-01-10", ""), []string{"another-transition"}},
		"another after it":                     {given{planned, concluded}, plan("t2", "2025-06-02", "2008-01-10", ""), nil},
		"a conclusion on the first day":        {given{planned}, conclude("2025-06-02", "declined", needs.Assessment{}), nil},
		"a conclusion before":                  {given{planned}, conclude("2025-06-01", "declined", needs.Assessment{}), []string{"before-transition"}},
		"a conclusion of nothing":              {nil, conclude("2025-06-02", "declined", needs.Assessment{}), []string{"transition-unknown"}},
		"a conclusion twice":                   {given{planned, concluded}, conclude("2026-01-10", "declined", needs.Assessment{}), []string{"transition-already-concluded"}},
		"support of one who is eligible":       {given{planned}, conclude("2026-01-10", "adult-support", eligible), nil},
		"support of one of whom nobody judged": {given{planned}, conclude("2026-01-10", "adult-support", needs.Assessment{}), []string{"transition-without-eligibility"}},
	} {
		var ts transition.Transitions
		for i, e := range tt.given {
			ts = ts.Evolve(uint64(i+1), e)
		}
		events, err := tt.when(ts)
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestATransitionIsToEndByTheEighteenthBirthday(t *testing.T) {
	for born, want := range map[string]string{"2008-01-10": "2026-01-10", "2008-02-29": "2026-02-28"} {
		events, err := transition.Transitions{}.Plan(transition.Plan{Dated: on("2025-06-02"), Transition: "t1"}, domain.MustDate(born))
		if got := events[0].(transition.Planned).Eighteen.String(); err != nil || got != want {
			t.Errorf("born on %s: %s, %v", born, got, err)
		}
	}
}
