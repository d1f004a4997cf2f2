package privatefostering_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/privatefostering"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...privatefostering.Event) privatefostering.Arrangements {
	var all privatefostering.Arrangements
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(privatefostering.Arrangements) ([]domain.Event, error)

func TestTheRulesOfPrivateFostering(t *testing.T) {
	notified := privatefostering.Notified{Dated: on("2026-01-05"), Arrangement: "f1"}
	ended := privatefostering.Ended{Dated: on("2026-01-20"), Arrangement: "f1"}
	notify := func(id privatefostering.ID, born string, disabled bool) decision {
		return func(as privatefostering.Arrangements) ([]domain.Event, error) {
			return as.Notify(privatefostering.Notify{Dated: on("2026-01-05"), Arrangement: id},
				privatefostering.Child{Born: on(born).Happened, Disabled: disabled}, policy.Pack{})
		}
	}
	assess := func(day string) decision {
		return func(as privatefostering.Arrangements) ([]domain.Event, error) {
			return as.Assess(privatefostering.Assess{Dated: on(day), Arrangement: "f1", Suitable: true})
		}
	}
	end := func(day string) decision {
		return func(as privatefostering.Arrangements) ([]domain.Event, error) {
			return as.End(privatefostering.End{Dated: on(day), Arrangement: "f1"})
		}
	}
	for name, tt := range map[string]struct {
		given []privatefostering.Event
		when  decision
		want  []string
	}{
		"a notification":                    {nil, notify("f1", "2015-01-01", false), nil},
		"an id twice":                       {[]privatefostering.Event{notified, ended}, notify("f1", "", false), []string{"private-fostering-already-notified"}},
		"a second arrangement":              {[]privatefostering.Event{notified}, notify("f2", "", false), []string{"private-fostering-overlaps"}},
		"a second after the first":          {[]privatefostering.Event{notified, ended}, notify("f2", "", false), nil},
		"the day before the 16th birthday":  {nil, notify("f1", "2010-01-06", false), nil},
		"the 16th birthday":                 {nil, notify("f1", "2010-01-05", false), []string{"too-old-for-private-fostering"}},
		"a disabled child of 16":            {nil, notify("f1", "2010-01-05", true), nil},
		"a disabled child's 18th birthday":  {nil, notify("f1", "2008-01-05", true), []string{"too-old-for-private-fostering"}},
		"an assessment on the day":          {[]privatefostering.Event{notified}, assess("2026-01-05"), nil},
		"an assessment before":              {[]privatefostering.Event{notified}, assess("2026-01-04"), []string{"before-private-fostering"}},
		"an assessment of nothing":          {nil, assess("2026-01-05"), []string{"private-fostering-unknown"}},
		"an assessment on the last day":     {[]privatefostering.Event{notified, ended}, assess("2026-01-20"), nil},
		"an assessment after the last day":  {[]privatefostering.Event{notified, ended}, assess("2026-01-21"), []string{"private-fostering-not-active"}},
		"an end":                            {[]privatefostering.Event{notified}, end("2026-01-05"), nil},
		"an end twice":                      {[]privatefostering.Event{notified, ended}, end("2026-01-20"), []string{"private-fostering-already-ended"}},
		"an end of a day that nobody knows": {[]privatefostering.Event{notified}, end(""), nil},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAPrivatelyFosteredChildIsToBeVisitedWithin7WorkingDays(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	events, err := privatefostering.Arrangements(nil).Notify(privatefostering.Notify{Dated: on("2026-03-30"), Arrangement: "f1"}, privatefostering.Child{}, england)
	if err != nil || events[0].(privatefostering.Notified).VisitBy.String() != "2026-04-10" {
		t.Errorf("%+v, %v", events, err)
	}
}
