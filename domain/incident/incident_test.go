package incident_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/incident"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...incident.Event) incident.Incidents {
	var all incident.Incidents
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(incident.Incidents) ([]domain.Event, error)

func TestTheRulesOfSeriousIncidents(t *testing.T) {
	learned := incident.Learned{Dated: on("2026-01-05"), Incident: "i1"}
	notified := incident.Notified{Dated: on("2026-01-06"), Incident: "i1"}
	reviewed := incident.Reviewed{Dated: on("2026-01-20"), Incident: "i1"}
	learn := func(day, of string) decision {
		return func(is incident.Incidents) ([]domain.Event, error) {
			return is.Learn(incident.Learn{Dated: on(day), Incident: "i1", On: on(of).Happened}, policy.Pack{})
		}
	}
	notify := func(day string) decision {
		return func(is incident.Incidents) ([]domain.Event, error) {
			return is.Notify(incident.Notify{Dated: on(day), Incident: "i1"})
		}
	}
	review := func(day string) decision {
		return func(is incident.Incidents) ([]domain.Event, error) {
			return is.Review(incident.Review{Dated: on(day), Incident: "i1"})
		}
	}
	for name, tt := range map[string]struct {
		given []incident.Event
		when  decision
		want  []string
	}{
		"aware on the day":         {nil, learn("2026-01-05", "2026-01-05"), nil},
		"aware before":             {nil, learn("2026-01-04", "2026-01-05"), []string{"aware-before-incident"}},
		"an incident of some day":  {nil, learn("2026-01-05", ""), nil},
		"an id twice":              {[]incident.Event{learned}, learn("2026-01-05", ""), []string{"incident-already-known"}},
		"a notification":           {[]incident.Event{learned}, notify("2026-01-05"), nil},
		"a notification before":    {[]incident.Event{learned}, notify("2026-01-04"), []string{"before-awareness"}},
		"a notification twice":     {[]incident.Event{learned, notified}, notify("2026-01-07"), []string{"incident-already-notified"}},
		"a notification of nought": {nil, notify("2026-01-07"), []string{"incident-unknown"}},
		"a review":                 {[]incident.Event{learned}, review("2026-01-05"), nil},
		"a review twice":           {[]incident.Event{learned, reviewed}, review("2026-01-21"), []string{"incident-already-reviewed"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAnIncidentIsNotifiedIn5WorkingDaysAndReviewedIn15(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	events, err := fold().Learn(incident.Learn{Dated: on("2026-03-27"), Incident: "i1"}, england)
	e := events[0].(incident.Learned)
	if err != nil || e.NotifyBy.String() != "2026-04-07" || e.ReviewBy.String() != "2026-04-21" {
		t.Errorf("%+v, %v", e, err)
	}
}
