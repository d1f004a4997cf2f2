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
	end := func(day string) decision {
		return func(l careleaver.Leaver) ([]domain.Event, error) {
			return l.End(careleaver.End{Dated: on(day), Reason: "declined"})
		}
	}
	entitled, ended, endedBefore := careleaver.Entitled{Dated: on("2026-01-05")}, careleaver.Ended{Dated: on("2026-01-05")}, careleaver.Ended{Dated: on("2026-01-04")}
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
		"former relevant at twenty-four":  {nil, entitle("2033-01-04", "former-relevant"), nil},
		"from the twenty-fifth birthday":  {nil, entitle("2033-01-05", "former-relevant"), []string{"care-leaver-over-twenty-four"}},
		"an end":                          {[]careleaver.Event{entitled}, end("2026-01-05"), nil},
		"an end before":                   {[]careleaver.Event{entitled}, end("2026-01-04"), []string{"before-care-leaver-entitled"}},
		"an end of nothing":               {nil, end("2026-01-05"), []string{"care-leaver-not-entitled"}},
		"an end twice":                    {[]careleaver.Event{entitled, ended}, end("2026-01-06"), []string{"care-leaver-already-ended"}},
		"a plan on the last day":          {[]careleaver.Event{entitled, ended}, plan, nil},
		"a plan after the end":            {[]careleaver.Event{entitled, endedBefore}, plan, []string{"care-leaver-help-ended"}},
		"an adviser after the end":        {[]careleaver.Event{entitled, endedBefore}, adviser, []string{"care-leaver-help-ended"}},
		"a contact after the end":         {[]careleaver.Event{entitled, endedBefore}, contact("YES", "F2", "U1"), []string{"care-leaver-help-ended"}},
		"help again":                      {[]careleaver.Event{entitled, endedBefore, careleaver.Entitled{Dated: on("2026-01-05")}}, plan, nil},
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

func TestHelpIsOwedUntilItEndsAndAgainOnceEntitledAgain(t *testing.T) {
	entitled := careleaver.Entitled{Dated: on("2026-01-05")}
	ended := careleaver.Ended{Dated: on("2026-02-05")}
	touch := func(code string) careleaver.Event {
		return careleaver.Contacted{Dated: on("2026-01-06"), Contact: careleaver.ContactID(code), InTouch: code}
	}
	for name, tt := range map[string]struct {
		given []careleaver.Event
		want  bool
	}{
		"nothing known": {nil, false}, "entitled": {[]careleaver.Event{entitled}, true}, "ended": {[]careleaver.Event{entitled, ended}, false},
		"again":        {[]careleaver.Event{entitled, ended, entitled}, true},
		"a contact":    {[]careleaver.Event{touch("NO")}, true},
		"dead":         {[]careleaver.Event{entitled, touch("DIED")}, false},
		"back home":    {[]careleaver.Event{entitled, touch("RHOM")}, false},
		"adviser only": {[]careleaver.Event{careleaver.AdviserNamed{Adviser: "pa-1"}}, false},
	} {
		if got := fold(tt.given...).Open(); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
