package missing_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/missing"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...missing.Event) missing.Absences {
	var all missing.Absences
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(missing.Absences) ([]domain.Event, error)

func TestTheRulesOfAbsences(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	went, back := missing.WentMissing{Dated: on("2026-01-05"), Absence: "m1", Kind: "M"}, missing.Returned{Dated: on("2026-01-08"), Absence: "m1"}
	spoke := missing.Interviewed{Dated: on("2026-01-09"), Absence: "m1"}
	miss := func(id missing.ID, day string) decision {
		return func(as missing.Absences) ([]domain.Event, error) {
			return as.GoMissing(missing.GoMissing{Dated: on(day), Absence: id, Kind: "M"})
		}
	}
	come := func(day string) decision {
		return func(as missing.Absences) ([]domain.Event, error) {
			return as.Return(missing.Return{Dated: on(day), Absence: "m1"}, england)
		}
	}
	speak := func(day string) decision {
		return func(as missing.Absences) ([]domain.Event, error) {
			return as.Interview(missing.Interview{Dated: on(day), Absence: "m1", Accepted: true})
		}
	}
	for name, tt := range map[string]struct {
		given []missing.Event
		when  decision
		want  []string
	}{
		"an absence":                   {nil, miss("m1", "2026-01-05"), nil},
		"an absence twice":             {[]missing.Event{went, back}, miss("m1", "2026-02-05"), []string{"absence-already-began"}},
		"another on the first day":     {[]missing.Event{went}, miss("m2", "2026-01-05"), []string{"absence-overlaps"}},
		"another the day before":       {[]missing.Event{went}, miss("m2", "2026-01-04"), nil},
		"another on the last day away": {[]missing.Event{went, back}, miss("m2", "2026-01-07"), []string{"absence-overlaps"}},
		"another on the day of return": {[]missing.Event{went, back}, miss("m2", "2026-01-08"), nil},
		"a return the same day":        {[]missing.Event{went}, come("2026-01-05"), nil},
		"a return before":              {[]missing.Event{went}, come("2026-01-04"), []string{"before-absence"}},
		"a return of an unknown day":   {[]missing.Event{went}, come(""), nil},
		"a return twice":               {[]missing.Event{went, back}, come("2026-01-08"), []string{"absence-already-ended"}},
		"a return from nowhere":        {nil, come("2026-01-08"), []string{"absence-unknown"}},
		"an interview the same day":    {[]missing.Event{went, back}, speak("2026-01-08"), nil},
		"an interview before":          {[]missing.Event{went, back}, speak("2026-01-07"), []string{"before-return"}},
		"an interview without return":  {[]missing.Event{went}, speak("2026-01-08"), []string{"not-returned"}},
		"an interview twice":           {[]missing.Event{went, back, spoke}, speak("2026-01-09"), []string{"already-interviewed"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
	events, _ := come("2026-01-08")(fold(went))
	if got := events[0].(missing.Returned).InterviewBy.String(); got != "2026-01-11" {
		t.Errorf("the return interview is due by %s, want 72 hours later", got)
	}
}

func TestAChildIsAwayUntilTheDayOfReturn(t *testing.T) {
	as := fold(missing.WentMissing{Dated: on("2026-01-05"), Absence: "m1"})
	if as.Current().ID != "m1" || as.Find("m2").Open() {
		t.Error("the child is away, and nobody notices")
	}
	if back := as.Evolve(2, missing.Returned{Dated: on("2026-01-08"), Absence: "m1"}); back.Current().Open() || !back[0].On(domain.MustDate("2026-01-07")) || back[0].On(domain.MustDate("2026-01-08")) {
		t.Error("the child is back, and nobody notices")
	}
}
