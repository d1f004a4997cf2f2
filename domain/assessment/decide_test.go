package assessment_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...assessment.Event) assessment.Assessments {
	var as assessment.Assessments
	for i, e := range events {
		as = as.Evolve(uint64(i+1), e)
	}
	return as
}

func pack(t *testing.T) policy.Pack {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return england
}

// asked is a referral received on 5 January 2026.
func asked() referral.Referral {
	return referral.Referrals(nil).Evolve(1, referral.Received{Dated: on("2026-01-05"), Referral: "r1"}).Find("r1")
}

func TestTheRulesOfAssessments(t *testing.T) {
	started := assessment.Started{Dated: on("2026-01-06"), Assessment: "a1", Referral: "r1"}
	completed := assessment.Completed{Dated: on("2026-01-20"), Assessment: "a1"}
	type decision = func(assessment.Assessments) ([]domain.Event, error)
	start := func(day string, under referral.Referral) decision {
		return func(as assessment.Assessments) ([]domain.Event, error) {
			return as.Start(assessment.Start{Dated: on(day), Assessment: "a1", Referral: "r1"}, under, pack(t))
		}
	}
	review := func(day string) decision {
		return func(as assessment.Assessments) ([]domain.Event, error) {
			return as.Review(assessment.Review{Dated: on(day), Assessment: "a1"})
		}
	}
	complete := func(day string, factors ...string) decision {
		return func(as assessment.Assessments) ([]domain.Event, error) {
			return as.Complete(assessment.Complete{Dated: on(day), Assessment: "a1", Factors: factors})
		}
	}
	for name, tt := range map[string]struct {
		given []assessment.Event
		when  decision
		want  []string
	}{
		"a start":                     {nil, start("2026-01-05", asked()), nil},
		"a start before the referral": {nil, start("2026-01-04", asked()), []string{"before-referral"}},
		"a start under nothing":       {nil, start("2026-01-05", referral.Referral{}), []string{"referral-unknown"}},
		"an id twice":                 {[]assessment.Event{started}, start("2026-01-06", asked()), []string{"assessment-already-started"}},
		"a review on the first day":   {[]assessment.Event{started}, review("2026-01-06"), nil},
		"a review before":             {[]assessment.Event{started}, review("2026-01-05"), []string{"before-assessment"}},
		"a review of an unknown day":  {[]assessment.Event{started, completed}, review(""), nil},
		"a review of nothing":         {nil, review("2026-01-06"), []string{"assessment-unknown"}},
		"a review written down late":  {[]assessment.Event{started, completed}, review("2026-01-20"), nil},
		"a review after the end":      {[]assessment.Event{started, completed}, review("2026-01-21"), []string{"assessment-already-completed"}},
		"an end on the first day":     {[]assessment.Event{started}, complete("2026-01-06", "1A", "2B"), nil},
		"an end before":               {[]assessment.Event{started}, complete("2026-01-05", "1A"), []string{"before-assessment"}},
		"an end twice":                {[]assessment.Event{started, completed}, complete("2026-01-20", "1A"), []string{"assessment-already-completed"}},
		"an end of nothing":           {nil, complete("2026-01-20", "1A"), []string{"assessment-unknown"}},
		"factor 21 alone":             {[]assessment.Event{started}, complete("2026-01-20", "21"), nil},
		"factor 21 beside another":    {[]assessment.Event{started}, complete("2026-01-20", "1A", "21"), []string{"no-factors-alone"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestAnAssessmentIsDue45WorkingDaysAfterTheReferralByTheRulesOfTheDay(t *testing.T) {
	for name, tt := range map[string]struct {
		under referral.Referral
		start string
		want  string
	}{
		"from the referral":                    {asked(), "2026-01-20", "2026-03-09"},
		"from the start where none is known":   {referral.Referral{}, "2026-01-05", "2026-03-09"},
		"not before the rule was":              {referral.Referral{}, "2013-04-12", ""},
		"not where nobody knows the first day": {referral.Referral{}, "", ""},
	} {
		events, _ := assessment.Assessments(nil).Start(assessment.Start{Dated: on(tt.start), Assessment: "a1"}, tt.under, pack(t))
		if got := events[0].(assessment.Started).CompleteBy.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestAnAssessmentIsOpenFromItsStartToItsEnd(t *testing.T) {
	started := assessment.Started{Assessment: "a1", Referral: "r1"}
	for name, tt := range map[string]struct {
		given []assessment.Event
		want  bool
	}{
		"unknown": {nil, false}, "started": {[]assessment.Event{started}, true},
		"completed": {[]assessment.Event{started, assessment.Completed{Assessment: "a1"}}, false},
	} {
		as := fold(tt.given...)
		if as.Find("a1").Open() != tt.want || as.OpenUnder("r1") != tt.want || as.OpenUnder("r2") {
			t.Errorf("%s: open %t, under r1 %t, r2 %t", name, as.Find("a1").Open(), as.OpenUnder("r1"), as.OpenUnder("r2"))
		}
	}
}
