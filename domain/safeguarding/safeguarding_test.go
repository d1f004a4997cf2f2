package safeguarding_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/safeguarding"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...safeguarding.Event) safeguarding.Safeguarding {
	var s safeguarding.Safeguarding
	for i, e := range events {
		s = s.Evolve(uint64(i+1), e)
	}
	return s
}

type (
	given    = []safeguarding.Event
	decision = func(safeguarding.Safeguarding) ([]domain.Event, error)
)

func TestTheRulesOfSafeguardingAnAdult(t *testing.T) {
	var p policy.Pack
	raised := safeguarding.Raised{Dated: on("2026-01-05"), Concern: "c1"}
	enquire := safeguarding.Decided{Dated: on("2026-01-06"), Concern: "c1", Outcome: "s42-enquiry"}
	none := safeguarding.Decided{Dated: on("2026-01-06"), Concern: "c1", Outcome: "no-enquiry"}
	started := safeguarding.EnquiryStarted{Dated: on("2026-01-07"), Enquiry: "e1", Concern: "c1"}
	over := safeguarding.EnquiryEnded{Dated: on("2026-01-30"), Enquiry: "e1"}
	agreed := safeguarding.PlanAgreed{Dated: on("2026-01-30"), Plan: "p1", Enquiry: "e1", Actions: []domain.Action{{ID: "x1"}}}
	ended := safeguarding.PlanEnded{Dated: on("2026-03-30"), Plan: "p1"}
	raise := func(s safeguarding.Safeguarding) ([]domain.Event, error) {
		return s.Raise(safeguarding.Raise{Dated: on("2026-01-05"), Concern: "c1"}, p)
	}
	decide := func(day, outcome string, needs, risk, unprotected bool) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.Decide(safeguarding.Decide{Dated: on(day), Concern: "c1", Outcome: outcome, CareNeeds: needs, AtRisk: risk, Unprotected: unprotected})
		}
	}
	start := func(day string) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.StartEnquiry(safeguarding.StartEnquiry{Dated: on(day), Enquiry: "e1", Concern: "c1"}, p)
		}
	}
	end := func(day string) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.EndEnquiry(safeguarding.EndEnquiry{Dated: on(day), Enquiry: "e1"})
		}
	}
	agree := func(day, by string) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.AgreePlan(safeguarding.AgreePlan{Dated: on(day), Plan: "p1", Enquiry: "e1", ReviewBy: on(by).Happened}, p)
		}
	}
	review := func(day, by string) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.ReviewPlan(safeguarding.ReviewPlan{Dated: on(day), Plan: "p1", Review: "v1", ReviewBy: on(by).Happened}, p)
		}
	}
	closed := safeguarding.ActionClosed{Dated: on("2026-02-01"), Plan: "p1", Action: "x1"}
	closeAction := func(action, day string) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.CloseAction(safeguarding.CloseAction{Dated: on(day), Plan: "p1", Action: action})
		}
	}
	endPlan := func(day string) decision {
		return func(s safeguarding.Safeguarding) ([]domain.Event, error) {
			return s.EndPlan(safeguarding.EndPlan{Dated: on(day), Plan: "p1"})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a concern":                           {nil, raise, nil},
		"a concern twice":                     {given{raised}, raise, []string{"safeguarding-concern-already-raised"}},
		"all three tests":                     {given{raised}, decide("2026-01-05", "s42-enquiry", true, true, true), nil},
		"all three tests and no enquiry":      {given{raised}, decide("2026-01-05", "no-enquiry", true, true, true), []string{"section-42-duty"}},
		"no needs for care":                   {given{raised}, decide("2026-01-05", "s42-enquiry", false, true, true), []string{"section-42-duty"}},
		"no risk":                             {given{raised}, decide("2026-01-05", "s42-enquiry", true, false, true), []string{"section-42-duty"}},
		"able to protect themselves":          {given{raised}, decide("2026-01-05", "s42-enquiry", true, true, false), []string{"section-42-duty"}},
		"another enquiry":                     {given{raised}, decide("2026-01-05", "other-enquiry", true, true, false), nil},
		"a decision the day before":           {given{raised}, decide("2026-01-04", "no-enquiry", false, false, false), []string{"before-safeguarding-concern"}},
		"a decision on nothing":               {nil, decide("2026-01-05", "no-enquiry", false, false, false), []string{"safeguarding-concern-unknown"}},
		"a decision twice":                    {given{raised, none}, decide("2026-01-07", "no-enquiry", false, false, false), []string{"safeguarding-concern-already-decided"}},
		"an enquiry":                          {given{raised, enquire}, start("2026-01-05"), nil},
		"an enquiry before the concern":       {given{raised, enquire}, start("2026-01-04"), []string{"before-safeguarding-concern"}},
		"an enquiry that nobody decided on":   {given{raised}, start("2026-01-05"), []string{"no-enquiry-decided"}},
		"an enquiry that was decided against": {given{raised, none}, start("2026-01-07"), []string{"no-enquiry-decided"}},
		"an enquiry twice":                    {given{raised, enquire, started}, start("2026-01-07"), []string{"safeguarding-enquiry-already-started"}},
		"the end of an enquiry on its day":    {given{started}, end("2026-01-07"), nil},
		"the end the day before":              {given{started}, end("2026-01-06"), []string{"before-safeguarding-enquiry"}},
		"the end twice":                       {given{started, over}, end("2026-01-30"), []string{"safeguarding-enquiry-already-ended"}},
		"the end of nothing":                  {nil, end("2026-01-30"), []string{"safeguarding-enquiry-unknown"}},
		"a plan":                              {given{started}, agree("2026-01-07", "2026-01-07"), nil},
		"a plan before the enquiry":           {given{started}, agree("2026-01-06", ""), []string{"before-safeguarding-enquiry"}},
		"a plan to be reviewed before":        {given{started}, agree("2026-01-07", "2026-01-06"), []string{"safeguarding-review-due-before"}},
		"a plan agreed after its end":         {given{started, agreed, ended}, agree("2026-03-31", ""), []string{"safeguarding-plan-not-active"}},
		"a review on the first day":           {given{agreed}, review("2026-01-30", ""), nil},
		"a review the day before":             {given{agreed}, review("2026-01-29", ""), []string{"before-safeguarding-plan"}},
		"a review of nothing":                 {nil, review("2026-01-30", ""), []string{"safeguarding-plan-unknown"}},
		"a review twice":                      {given{agreed, safeguarding.PlanReviewed{Plan: "p1", Review: "v1"}}, review("2026-01-30", ""), []string{"safeguarding-review-already-recorded"}},
		"a review, the next before it":        {given{agreed}, review("2026-02-02", "2026-02-01"), []string{"safeguarding-review-due-before"}},
		"a review on the last day":            {given{agreed, ended}, review("2026-03-30", ""), nil},
		"a review after the end":              {given{agreed, ended}, review("2026-03-31", ""), []string{"safeguarding-plan-not-active"}},
		"an action done":                      {given{agreed}, closeAction("x1", "2026-01-30"), nil},
		"an action done before":               {given{agreed}, closeAction("x1", "2026-01-29"), []string{"before-safeguarding-plan"}},
		"an action that nobody agreed on":     {given{agreed}, closeAction("x2", "2026-01-30"), []string{"safeguarding-action-unknown"}},
		"an action done twice":                {given{agreed, closed}, closeAction("x1", "2026-02-02"), []string{"safeguarding-action-already-closed"}},
		"an action done after the end":        {given{agreed, ended}, closeAction("x1", "2026-03-31"), []string{"safeguarding-plan-not-active"}},
		"the end of a plan":                   {given{agreed}, endPlan("2026-01-30"), nil},
		"the end of a plan twice":             {given{agreed, ended}, endPlan("2026-03-30"), []string{"safeguarding-plan-already-ended"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAnAuthoritysOwnClocksSayWhenSafeguardingIsDue(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	clock := func(c policy.Clock, n int) policy.LocalClock {
		return policy.LocalClock{Clock: c, Amount: n, Unit: policy.WorkingDays, From: domain.MustDate("2024-04-01"), Source: "local", Sentence: "So it is here."}
	}
	p, err := england.With(policy.Local{Clocks: []policy.LocalClock{clock(policy.SafeguardingDecision, 1), clock(policy.SafeguardingEnquiry, 20), clock(policy.SafeguardingReview, 60)}})
	if err != nil {
		t.Fatal(err)
	}
	s := fold(safeguarding.Raised{Dated: on("2026-01-05"), Concern: "c1"}, safeguarding.Decided{Dated: on("2026-01-05"), Concern: "c1", Outcome: "s42-enquiry"},
		safeguarding.EnquiryStarted{Dated: on("2026-01-05"), Enquiry: "e1", Concern: "c1"})
	raised, _ := s.Raise(safeguarding.Raise{Dated: on("2026-01-05"), Concern: "c2"}, p)
	started, _ := s.StartEnquiry(safeguarding.StartEnquiry{Dated: on("2026-01-05"), Enquiry: "e2", Concern: "c1"}, p)
	agreed, _ := s.AgreePlan(safeguarding.AgreePlan{Dated: on("2026-01-05"), Plan: "p1", Enquiry: "e1"}, p)
	by := []domain.Date{raised[0].(safeguarding.Raised).DecideBy, started[0].(safeguarding.EnquiryStarted).EndBy, agreed[0].(safeguarding.PlanAgreed).ReviewBy}
	if want := []domain.Date{domain.MustDate("2026-01-06"), domain.MustDate("2026-02-02"), domain.MustDate("2026-03-30")}; !slices.Equal(by, want) {
		t.Errorf("due by %v, want %v", by, want)
	}
	s = s.Evolve(9, agreed[0].(safeguarding.Event)).Evolve(10, safeguarding.PlanReviewed{Dated: on("2026-02-01"), Plan: "p1", Review: "v1", ReviewBy: domain.MustDate("2026-05-01")})
	if got := s.FindPlan("p1").ReviewBy().String(); got != "2026-05-01" {
		t.Errorf("after a review the next is due by %s", got)
	}
}
