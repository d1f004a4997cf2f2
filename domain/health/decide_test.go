package health_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/health"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...health.Event) health.Health {
	var h health.Health
	for i, e := range events {
		h = h.Evolve(uint64(i+1), e)
	}
	return h
}

type decision = func(health.Health) ([]domain.Event, error)

func TestTheRulesOfHealth(t *testing.T) {
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	born, twelve := domain.MustDate("2016-01-05"), 12
	assess := func(h health.Health) ([]domain.Event, error) {
		return h.Assess(health.Assess{Dated: on("2026-01-05"), Assessment: "a1"}, born, p)
	}
	teeth := func(h health.Health) ([]domain.Event, error) {
		return h.CheckTeeth(health.CheckTeeth{Dated: on("2026-01-05"), Check: "c1"})
	}
	immunise := func(h health.Health) ([]domain.Event, error) {
		return h.Immunise(health.Immunise{Dated: on("2026-01-05"), Check: "c1"})
	}
	develop := func(h health.Health) ([]domain.Event, error) {
		return h.CheckDevelopment(health.CheckDevelopment{Dated: on("2026-01-05"), Check: "c1"})
	}
	score := func(n *int, reason string) decision {
		return func(h health.Health) ([]domain.Event, error) {
			return h.ScoreDifficulties(health.ScoreDifficulties{Dated: on("2026-01-05"), Check: "c1", Score: n, Reason: reason})
		}
	}
	convict := func(day string) decision {
		return func(h health.Health) ([]domain.Event, error) {
			return h.Convict(health.Convict{Dated: on(day), Conviction: "o1"}, born)
		}
	}
	find := func(h health.Health) ([]domain.Event, error) {
		return h.FindMisuse(health.FindMisuse{Dated: on("2026-01-05"), Finding: "f1"})
	}
	offer := func(day string) decision {
		return func(h health.Health) ([]domain.Event, error) {
			return h.OfferIntervention(health.OfferIntervention{Dated: on(day), Finding: "f1", Received: true})
		}
	}
	state := func(s health.StateOutcomes) decision {
		return func(h health.Health) ([]domain.Event, error) { return h.StateOutcomes(s) }
	}
	found := health.MisuseFound{Dated: on("2026-01-05"), Finding: "f1"}
	again := []string{"health-already-recorded"}
	for name, tt := range map[string]struct {
		given []health.Event
		when  decision
		want  []string
	}{
		"an assessment":                     {nil, assess, nil},
		"an assessment twice":               {[]health.Event{health.Assessed{Assessment: "a1"}}, assess, again},
		"teeth":                             {nil, teeth, nil},
		"teeth twice":                       {[]health.Event{health.TeethChecked{Check: "c1"}}, teeth, again},
		"immunisations":                     {[]health.Event{health.TeethChecked{Check: "c1"}}, immunise, nil},
		"immunisations twice":               {[]health.Event{health.Immunised{Check: "c1"}}, immunise, again},
		"development":                       {nil, develop, nil},
		"development twice":                 {[]health.Event{health.DevelopmentChecked{Check: "c1"}}, develop, again},
		"a score":                           {nil, score(&twelve, ""), nil},
		"a reason for none":                 {nil, score(nil, "SDQ2"), nil},
		"a score twice":                     {[]health.Event{health.DifficultiesScored{Check: "c1"}}, score(&twelve, ""), again},
		"a score and a reason for none":     {nil, score(&twelve, "SDQ2"), []string{"score-or-reason"}},
		"neither":                           {nil, score(nil, ""), []string{"score-or-reason"}},
		"a conviction at ten":               {nil, convict("2026-01-05"), nil},
		"a conviction a day before":         {nil, convict("2026-01-04"), []string{"convicted-under-ten"}},
		"a conviction of an unknown day":    {nil, convict(""), nil},
		"a conviction twice":                {[]health.Event{health.Convicted{Conviction: "o1"}}, convict("2026-01-05"), again},
		"misuse":                            {nil, find, nil},
		"misuse twice":                      {[]health.Event{found}, find, []string{"misuse-already-found"}},
		"help on the day":                   {[]health.Event{found}, offer("2026-01-05"), nil},
		"help before":                       {[]health.Event{found}, offer("2026-01-04"), []string{"before-misuse-found"}},
		"help against nothing":              {nil, offer("2026-01-05"), []string{"misuse-unknown"}},
		"answers":                           {nil, state(health.StateOutcomes{Score: "12", Misuse: "1", InterventionReceived: "1"}), nil},
		"answers with a score and a reason": {nil, state(health.StateOutcomes{Score: "12", ScoreReason: "SDQ2"}), []string{"score-or-reason"}},
		"answers with help against nothing": {nil, state(health.StateOutcomes{Misuse: "0", InterventionOffered: "0"}), []string{"intervention-without-misuse"}},
		"answers with help not received":    {nil, state(health.StateOutcomes{Misuse: "1", InterventionReceived: "0", InterventionOffered: "1"}), nil},
		"answers with help asked twice":     {nil, state(health.StateOutcomes{Misuse: "1", InterventionReceived: "1", InterventionOffered: "1"}), []string{"intervention-received-and-offered"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestHealthIsAssessedTwiceAYearUnderFiveAndYearlyFromThen(t *testing.T) {
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2026-01-04": "2026-07-04", "2026-01-05": "2027-01-05"} {
		events, _ := fold().Assess(health.Assess{Dated: on(day), Assessment: "a1"}, domain.MustDate("2021-01-05"), p)
		if got := events[0].(health.Assessed).NextBy.String(); got != want {
			t.Errorf("assessed on %s, next by %s, want %s", day, got, want)
		}
	}
	h := fold(health.Assessed{Dated: on("2026-01-05"), Assessment: "a2"}, health.Assessed{Dated: on("2025-01-05"), Assessment: "a1"})
	if got := h.LastAssessment().Fact.Assessment; got != "a2" {
		t.Errorf("the last assessment is %s", got)
	}
}
