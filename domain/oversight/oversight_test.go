package oversight_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/oversight"
)

var on, rules = domaintest.On, domaintest.Rules

func TestTheRulesOfOversight(t *testing.T) {
	decisions := []domain.Action{{ID: "d1", By: domain.MustDate("2026-01-12")}}
	given := oversight.Oversights(nil).Evolve(1, oversight.Recorded{Dated: on("2026-01-05"), Oversight: "o1", Decisions: decisions})
	closed := given.Evolve(2, oversight.DecisionClosed{Oversight: "o1", Decision: "d1"})
	record := func(c oversight.Record, by string) func(oversight.Oversights) ([]domain.Event, error) {
		c.Dated, c.Worker = on("2026-01-05"), "sw-1"
		return func(os oversight.Oversights) ([]domain.Event, error) { return os.Record(c, by) }
	}
	end := func(decision, day string) func(oversight.Oversights) ([]domain.Event, error) {
		return func(os oversight.Oversights) ([]domain.Event, error) {
			return os.CloseDecision(oversight.CloseDecision{Dated: on(day), Oversight: "o1", Decision: decision, Result: "done"})
		}
	}
	for name, tt := range map[string]struct {
		given oversight.Oversights
		when  func(oversight.Oversights) ([]domain.Event, error)
		want  []string
	}{
		"by a manager":                {nil, record(oversight.Record{Oversight: "o1", Decisions: decisions}, "mgr-1"), nil},
		"by nobody known":             {nil, record(oversight.Record{Oversight: "o1"}, ""), nil},
		"an id twice":                 {given, record(oversight.Record{Oversight: "o1"}, "mgr-1"), []string{"oversight-already-recorded"}},
		"of one's own work":           {nil, record(oversight.Record{Oversight: "o1"}, "sw-1"), []string{"oversight-of-own-work"}},
		"a decision twice":            {nil, record(oversight.Record{Oversight: "o1", Decisions: []domain.Action{{ID: "d1"}, {ID: "d1"}}}, "mgr-1"), []string{"decision-named-twice"}},
		"a decision due on the day":   {nil, record(oversight.Record{Oversight: "o1", Decisions: []domain.Action{{ID: "d1", By: domain.MustDate("2026-01-05")}}}, "mgr-1"), nil},
		"a decision due before":       {nil, record(oversight.Record{Oversight: "o1", Decisions: []domain.Action{{ID: "d1", By: domain.MustDate("2026-01-04")}}}, "mgr-1"), []string{"decision-due-before"}},
		"a decision closed":           {given, end("d1", "2026-01-05"), nil},
		"a decision closed before":    {given, end("d1", "2026-01-04"), []string{"before-decision"}},
		"a decision closed twice":     {closed, end("d1", "2026-01-06"), []string{"decision-already-closed"}},
		"a decision that nobody made": {given, end("d2", "2026-01-06"), []string{"decision-unknown"}},
		"no oversight":                {nil, end("d1", "2026-01-06"), []string{"decision-unknown"}},
	} {
		events, err := tt.when(tt.given)
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
