package policy_test

import (
	"errors"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
)

func localClock(c policy.Clock, amount int, unit policy.Unit, from, until string) policy.LocalClock {
	l := policy.LocalClock{Clock: c, Amount: amount, Unit: unit, From: domain.MustDate(from), Source: "local procedures", Sentence: "As the board agreed."}
	if until != "" {
		l.Until = domain.MustDate(until)
	}
	return l
}

func TestLocalRulesHoldOnTheirDaysAndThoseOfTheNationOnAllOthers(t *testing.T) {
	p, err := pack(t, policy.England).With(policy.Local{Name: "Anytown", Clocks: []policy.LocalClock{
		localClock(policy.Assessment, 35, policy.WorkingDays, "2026-01-01", "2026-03-31"),
		localClock(policy.ProtectionVisit, 10, policy.WorkingDays, "2024-04-01", ""),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		why   string
		clock policy.Clock
		from  string
		want  string
	}{
		{"the day before", policy.Assessment, "2025-12-31", "2026-03-05"},
		{"the first day", policy.Assessment, "2026-01-01", "2026-02-19"},
		{"the last day", policy.Assessment, "2026-03-31", "2026-05-22"},
		{"the day after", policy.Assessment, "2026-04-01", "2026-06-09"},
		{"a record of 2015 by the rules of 2015", policy.Assessment, "2015-03-02", "2015-05-07"},
		{"a record of 2012 by those of 2012", policy.InitialAssessment, "2012-03-01", "2012-03-15"},
		{"a clock of the authority's own", policy.ProtectionVisit, "2024-04-01", "2024-04-15"},
		{"before it", policy.ProtectionVisit, "2024-03-31", ""},
	} {
		due, ok := p.Due(tt.clock, domain.MustDate(tt.from))
		if due.String() != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: due %q, want %q", tt.why, due, tt.want)
		}
	}
	if rule, _ := p.ClockRule(policy.Assessment, domain.MustDate("2026-02-02")); !rule.Local || rule.Source != "local procedures" {
		t.Errorf("%+v", rule)
	}
	if due, ok := pack(t, policy.England).Due(policy.ProtectionVisit, domain.MustDate("2024-04-01")); ok {
		t.Errorf("the nation's own pack was changed: %s", due)
	}
}

func TestALocalDayOffMovesTheClocksOfTheAuthorityOnly(t *testing.T) {
	p, err := pack(t, policy.England).With(policy.Local{Name: "Anytown", Holidays: []policy.LocalHoliday{{Day: domain.MustDate("2026-12-29"), Name: "closed"}}})
	if err != nil {
		t.Fatal(err)
	}
	day := domain.MustDate("2026-12-24")
	own, _ := p.Due(policy.ReferralDecision, day)
	if p.AddWorkingDays(day, 1).String() != "2026-12-30" || own.String() != "2026-12-30" {
		t.Errorf("%s", own)
	}
	if due, _ := pack(t, policy.England).Due(policy.ReferralDecision, day); due.String() != "2026-12-29" {
		t.Errorf("elsewhere: %s", due)
	}
}

func TestRequirementsAndWeightsAreThoseOfTheDay(t *testing.T) {
	from := domain.MustDate("2026-04-01")
	p, err := pack(t, policy.Scotland).With(policy.Local{Name: "Anyshire", Required: []policy.LocalNeed{{Requirement: policy.CategoryAtRegistration, From: from, Source: "s", Sentence: "s"}},
		Weights: []policy.LocalWeight{{Plan: "protection-plan", Points: 3, From: from}}})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{"2014-04-30": false, "2014-05-01": true, "2021-09-01": true, "2021-09-02": false, "2026-03-31": false, "2026-04-01": true} {
		if got := p.Requires(policy.CategoryAtRegistration, domain.MustDate(day)); got != want {
			t.Errorf("%s: %t", day, got)
		}
	}
	if p.Requires(policy.CategoryAtRegistration, domain.Date{}) {
		t.Error("something is required on no date")
	}
	for day, want := range map[string]int{"2026-03-31": 1, "2026-04-01": 3} {
		if got := p.Weight("protection-plan", domain.MustDate(day)); got != want {
			t.Errorf("%s: %d points", day, got)
		}
	}
}

func TestAPackIsNamedAfterAllItsRules(t *testing.T) {
	england, wales := pack(t, policy.England), pack(t, policy.Wales)
	l := policy.Local{Name: "Anytown", Weights: []policy.LocalWeight{{Plan: "none", Points: 2, From: domain.MustDate("2026-04-01")}}}
	one, err := england.With(l)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := england.With(l)
	l.Weights[0].Points = 3
	other, _ := england.With(l)
	names := []string{england.Name(), wales.Name(), one.Name(), other.Name()}
	for i, a := range names {
		for j, b := range names {
			if (a == b) != (i == j) {
				t.Errorf("%s and %s", a, b)
			}
		}
		if !strings.HasPrefix(a, "england/") && !strings.HasPrefix(a, "wales/") {
			t.Errorf("%s names no nation", a)
		}
	}
	if one.Name() != again.Name() || england.Name() != pack(t, policy.England).Name() {
		t.Error("one pack has two names")
	}
}

func TestAFaultInLocalRulesNamesItsPlaceAndItsRule(t *testing.T) {
	for name, tt := range map[string]struct {
		local policy.Local
		want  string
	}{
		"an unknown clock": {policy.Local{Clocks: []policy.LocalClock{localClock("tea-break", 1, policy.WorkingDays, "2026-01-01", "")}},
			"/clocks/0/clock: no clock has this name"},
		"a clock that ends before it begins": {policy.Local{Clocks: []policy.LocalClock{localClock(policy.CoreGroup, 1, policy.WorkingDays, "2026-01-02", "2026-01-01")}},
			"/clocks/0/until: the last day lies before the first"},
		"a clock of one day": {policy.Local{Clocks: []policy.LocalClock{localClock(policy.CoreGroup, 1, policy.WorkingDays, "2026-01-01", "2026-01-01")}}, ""},
		"two that share a day": {policy.Local{Clocks: []policy.LocalClock{localClock(policy.CoreGroup, 1, policy.WorkingDays, "2026-01-01", "2026-02-01"),
			localClock(policy.CoreGroup, 2, policy.WorkingDays, "2026-02-01", "")}}, "/clocks/1/from: the time overlaps that of an earlier row"},
		"two that follow each other": {policy.Local{Clocks: []policy.LocalClock{localClock(policy.CoreGroup, 1, policy.WorkingDays, "2026-01-01", "2026-01-31"),
			localClock(policy.CoreGroup, 2, policy.WorkingDays, "2026-02-01", "")}}, ""},
		"a day off on a Sunday": {policy.Local{Holidays: []policy.LocalHoliday{{Day: domain.MustDate("2026-02-01")}}}, "/holidays/0/day: the day is no working day anyway"},
		"a day off twice": {policy.Local{Holidays: []policy.LocalHoliday{{Day: domain.MustDate("2026-02-02")}, {Day: domain.MustDate("2026-02-02")}}},
			"/holidays/1/day: the day is listed twice"},
	} {
		_, err := pack(t, policy.England).With(tt.local)
		var faults policy.Faults
		got := ""
		if errors.As(err, &faults) {
			got = faults[0].Place + ": " + faults[0].Rule
		}
		if got != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestTheRulesInForceAreThoseOfTheDay(t *testing.T) {
	for day, want := range map[string]bool{"2012-01-02": true, "2013-04-15": false} {
		found := false
		for _, r := range pack(t, policy.England).InForce(domain.MustDate(day)) {
			found = found || r.Clock == policy.InitialAssessment
		}
		if found != want {
			t.Errorf("%s: initial assessment %t", day, found)
		}
	}
}
