package breakglass_test

import (
	"slices"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/breakglass"
	"caseledger/domain/domaintest"
	"caseledger/domain/restriction"
)

var on, rules = domaintest.On, domaintest.Rules

var noon = time.Date(2026, 1, 6, 12, 0, 0, 0, time.UTC)

func used(worker string) breakglass.Used {
	return breakglass.Used{Dated: on("2026-01-06"), Use: "u1", Worker: worker, Reason: "risk-of-harm", Until: "2026-01-06T14:00:00Z"}
}

func fold(events ...breakglass.Event) breakglass.Openings {
	var all breakglass.Openings
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

func TestTheRulesOfBreakingTheGlass(t *testing.T) {
	barrier := restriction.BarrierSet{Restriction: "x1", Worker: "w1"}
	sealed := func(reason string) restriction.Restrictions {
		return restriction.Restrictions{}.Evolve(1, restriction.RecordSealed{Restriction: "x1", Reason: reason, Readers: []string{"w9"}})
	}
	use := func(id breakglass.ID) breakglass.Use {
		return breakglass.Use{Dated: on("2026-01-06"), Use: id, Reason: "out-of-hours", Detail: "d", Hours: 2}
	}
	for name, tt := range map[string]struct {
		given  breakglass.Openings
		use    breakglass.ID
		worker string
		under  restriction.Restrictions
		want   []string
	}{
		"nothing in the way":       {nil, "u1", "w1", nil, nil},
		"an id twice":              {fold(used("w1")), "u1", "w1", nil, []string{"use-already-recorded"}},
		"another id":               {fold(used("w1")), "u2", "w1", nil, nil},
		"nobody":                   {nil, "u1", "", nil, []string{"worker-unknown"}},
		"a barrier":                {nil, "u1", "w1", restriction.Restrictions{}.Evolve(1, barrier), []string{"barrier-stands"}},
		"a barrier for another":    {nil, "u1", "w2", restriction.Restrictions{}.Evolve(1, barrier), nil},
		"a seal for adoption":      {nil, "u1", "w1", sealed("adoption"), []string{"seal-stands"}},
		"a seal of a court":        {nil, "u1", "w1", sealed("court-order"), []string{"seal-stands"}},
		"a seal of the authority":  {nil, "u1", "w1", sealed("staff"), nil},
		"a seal, for its reader":   {nil, "u1", "w9", sealed("adoption"), nil},
		"a barrier and the id too": {fold(used("w1")), "u1", "w1", restriction.Restrictions{}.Evolve(1, barrier), []string{"use-already-recorded", "barrier-stands"}},
	} {
		events, err := tt.given.Use(use(tt.use), tt.worker, noon, tt.under)
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if got := events[0].(breakglass.Used); got.Until != "2026-01-06T14:00:00Z" || got.Worker != tt.worker {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheRulesOfReviewingABrokenGlass(t *testing.T) {
	reviewed := func(finding string) breakglass.Reviewed {
		return breakglass.Reviewed{Dated: on("2026-01-07"), Use: "u1", Finding: finding}
	}
	for name, tt := range map[string]struct {
		given breakglass.Openings
		by    string
		want  []string
	}{
		"by another":            {fold(used("w1")), "m1", nil},
		"by who used it":        {fold(used("w1")), "w1", []string{"own-use-reviewed"}},
		"of none":               {nil, "m1", []string{"use-unknown"}},
		"twice":                 {fold(used("w1"), reviewed("justified")), "m1", []string{"already-reviewed"}},
		"after a first enquiry": {fold(used("w1"), reviewed("further-enquiry")), "m1", nil},
	} {
		events, err := tt.given.Review(breakglass.Review{Dated: on("2026-01-07"), Use: "u1", Finding: "justified"}, tt.by)
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAUseLetsItsWorkerInUntilItEndsOrIsNotJustified(t *testing.T) {
	review := func(finding string) domain.Event { return breakglass.Reviewed{Use: "u1", Finding: finding} }
	for name, tt := range map[string]struct {
		events []breakglass.Event
		worker string
		now    time.Time
		want   breakglass.ID
	}{
		"within the time":     {[]breakglass.Event{used("w1")}, "w1", noon, "u1"},
		"a second before":     {[]breakglass.Event{used("w1")}, "w1", noon.Add(2*time.Hour - time.Second), "u1"},
		"at its end":          {[]breakglass.Event{used("w1")}, "w1", noon.Add(2 * time.Hour), ""},
		"another worker":      {[]breakglass.Event{used("w1")}, "w2", noon, ""},
		"found justified":     {[]breakglass.Event{used("w1"), review("justified").(breakglass.Event)}, "w1", noon, "u1"},
		"found unjustified":   {[]breakglass.Event{used("w1"), review("unjustified").(breakglass.Event)}, "w1", noon, ""},
		"under enquiry":       {[]breakglass.Event{used("w1"), review("further-enquiry").(breakglass.Event)}, "w1", noon, ""},
		"nothing was used":    {nil, "w1", noon, ""},
		"reviewed, not there": {[]breakglass.Event{review("justified").(breakglass.Event)}, "", noon, ""},
	} {
		if got := fold(tt.events...).For(tt.worker, tt.now).ID; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
