package needs_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/needs"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...needs.Event) needs.Needs {
	var n needs.Needs
	for i, e := range events {
		n = n.Evolve(uint64(i+1), e)
	}
	return n
}

func england(t *testing.T) policy.Pack {
	t.Helper()
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type (
	given    = []needs.Event
	decision = func(needs.Needs) ([]domain.Event, error)
)

func started(id needs.ID, level string, domains ...string) needs.Started {
	return needs.Started{Dated: on("2026-01-06"), Assessment: id, Of: needs.OfNeeds, Level: level, Domains: domains}
}

func answered(question, answer string) needs.Answered {
	return needs.Answered{Dated: on("2026-01-07"), Question: question, Assessment: "a1", Source: "person", Answer: answer}
}

// all are answers to every question that a contact asks, or every one.
func all(contactOnly bool) given {
	var answers given
	for _, q := range policy.Codes(policy.AssessmentQuestion, domain.Date{}) {
		if !contactOnly || !policy.Valid(policy.AssessmentDomain, q.Code, domain.Date{}) {
			answers = append(answers, answered(q.Code, "as told"))
		}
	}
	return answers
}

func TestTheRulesOfRequestsAndAdultAssessments(t *testing.T) {
	p := england(t)
	requested := needs.Requested{Dated: on("2026-01-05"), Request: "q1", Of: needs.OfNeeds}
	decided := needs.RequestDecided{Dated: on("2026-01-06"), Request: "q1", Outcome: "assessment"}
	a1 := started("a1", needs.Contact)
	done := needs.Completed{Dated: on("2026-01-20"), Assessment: "a1"}
	ask := func(n needs.Needs) ([]domain.Event, error) {
		return n.Ask(needs.Ask{Dated: on("2026-01-05"), Request: "q1", Of: needs.OfNeeds}, p)
	}
	decide := func(day string) decision {
		return func(n needs.Needs) ([]domain.Event, error) {
			return n.DecideRequest(needs.DecideRequest{Dated: on(day), Request: "q1", Outcome: "information"})
		}
	}
	start := func(c needs.Start) decision {
		return func(n needs.Needs) ([]domain.Event, error) { c.Assessment = "a1"; return n.Start(c, p) }
	}
	answer := func(day, text, reason string) decision {
		return func(n needs.Needs) ([]domain.Event, error) {
			return n.Answer(needs.Answer{Dated: on(day), Question: "senses", Assessment: "a1", Source: "person", Answer: text, NotGiven: reason})
		}
	}
	complete := func(day string) decision {
		return func(n needs.Needs) ([]domain.Event, error) {
			return n.Complete(needs.Complete{Dated: on(day), Assessment: "a1", Outcome: "support"})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a request":                           {nil, ask, nil},
		"a request twice":                     {given{requested}, ask, []string{"support-already-requested"}},
		"a decision on its day":               {given{requested}, decide("2026-01-05"), nil},
		"a decision the day before":           {given{requested}, decide("2026-01-04"), []string{"before-support-request"}},
		"a decision on nothing":               {nil, decide("2026-01-05"), []string{"support-request-unknown"}},
		"a decision twice":                    {given{requested, decided}, decide("2026-01-07"), []string{"support-request-already-decided"}},
		"an assessment":                       {given{requested}, start(needs.Start{Dated: on("2026-01-05"), Request: "q1", Of: "needs", Level: needs.Contact}), nil},
		"an assessment before its request":    {given{requested}, start(needs.Start{Dated: on("2026-01-04"), Request: "q1", Of: "needs", Level: needs.Contact}), []string{"before-support-request"}},
		"an assessment with an id twice":      {given{a1}, start(needs.Start{Dated: on("2026-01-06"), Of: "needs", Level: needs.Overview}), []string{"adult-assessment-already-started"}},
		"a specialist assessment":             {nil, start(needs.Start{Of: "needs", Level: needs.Specialist, Domains: []string{"senses"}}), nil},
		"a specialist one of nothing":         {nil, start(needs.Start{Of: "needs", Level: needs.Specialist}), []string{"specialist-without-domain"}},
		"an overview of one domain":           {nil, start(needs.Start{Of: "needs", Level: needs.Overview, Domains: []string{"senses"}}), []string{"specialist-without-domain"}},
		"a carer's assessment":                {nil, start(needs.Start{Of: "carer", Level: needs.Overview, CaresFor: "1f"}), nil},
		"a carer of nobody":                   {nil, start(needs.Start{Of: "carer", Level: needs.Overview}), []string{"cares-for-nobody"}},
		"an answer":                           {given{a1}, answer("2026-01-06", "deaf in one ear", ""), nil},
		"an answer before the assessment":     {given{a1}, answer("2026-01-05", "deaf in one ear", ""), []string{"before-adult-assessment"}},
		"an answer after the assessment":      {given{a1, done}, answer("2026-01-21", "deaf in one ear", ""), []string{"adult-assessment-not-active"}},
		"an answer on the last day":           {given{a1, done}, answer("2026-01-20", "deaf in one ear", ""), nil},
		"an answer that is known":             {given{a1, answered("senses", "deaf")}, answer("2026-01-08", "deaf", ""), []string{"answer-already-known"}},
		"an answer that changed":              {given{a1, answered("senses", "deaf")}, answer("2026-01-08", "hears with an aid", ""), nil},
		"no answer and a reason":              {given{a1}, answer("2026-01-08", "", "declined"), nil},
		"neither an answer nor a reason":      {given{a1, answered("senses", "deaf")}, answer("2026-01-08", "", ""), []string{"answer-or-reason"}},
		"an answer and a reason":              {given{a1}, answer("2026-01-08", "deaf", "declined"), []string{"answer-or-reason"}},
		"the end of a contact":                {append(all(true), a1), complete("2026-01-06"), nil},
		"the end of a contact, nothing asked": {given{a1}, complete("2026-01-06"), []string{"questions-open"}},
		"the end of an overview, as little":   {append(all(true), started("a1", needs.Overview)), complete("2026-01-06"), []string{"questions-open"}},
		"the end of an overview":              {append(all(false), started("a1", needs.Overview)), complete("2026-01-06"), nil},
		"the end of a specialist one":         {given{started("a1", needs.Specialist, "senses"), answered("senses", "deaf")}, complete("2026-01-08"), nil},
		"a comprehensive one alone":           {append(all(false), started("a1", needs.Comprehensive)), complete("2026-01-08"), []string{"comprehensive-without-specialist"}},
		"a comprehensive one on a specialist's": {append(all(false), started("a1", needs.Comprehensive), started("a2", needs.Specialist, "senses"),
			needs.Completed{Dated: on("2026-01-08"), Assessment: "a2"}), complete("2026-01-08"), nil},
		"a comprehensive one before the specialist's": {append(all(false), started("a1", needs.Comprehensive), started("a2", needs.Specialist, "senses"),
			needs.Completed{Dated: on("2026-01-09"), Assessment: "a2"}), complete("2026-01-08"), []string{"comprehensive-without-specialist"}},
		"the end twice":      {append(all(true), a1, done), complete("2026-01-20"), []string{"adult-assessment-already-completed"}},
		"the end of nothing": {nil, complete("2026-01-20"), []string{"adult-assessment-unknown"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestWhatOneAssessmentFoundOutNoLaterOneAsksAgain(t *testing.T) {
	n := fold(append(all(true), started("a1", needs.Contact), started("a2", needs.Overview))...)
	day := domain.MustDate("2026-01-08")
	if open := n.ToAsk(n.Find("a1"), day); len(open) != 0 {
		t.Errorf("the contact still asks %v", open)
	}
	if open := n.ToAsk(n.Find("a2"), day); len(open) != 9 || open[0] != "perspective" {
		t.Errorf("the overview asks %v", open)
	}
	n = n.Evolve(90, needs.Answered{Dated: on("2026-02-01"), Question: "duration", Assessment: "a2", Source: "family", Answer: "since autumn"})
	if k := n.KnownOn("duration"); k.Entry != 90 || k.Fact.Source != "family" || len(n.Known) != 7 {
		t.Errorf("%+v", n.Known)
	}
}

func TestWhoIsEligibleFollowsFromTheFindings(t *testing.T) {
	p := england(t)
	carer := needs.Started{Dated: on("2026-01-06"), Assessment: "a1", Of: needs.OfCarer, Level: needs.Overview}
	two := []string{"nutrition", "clothing"}
	for name, tt := range map[string]struct {
		of    needs.Started
		when  needs.DecideEligibility
		want  bool
		rules []string
	}{
		"two outcomes":                   {started("a1", "overview"), needs.DecideEligibility{Cause: true, Unable: two, Impact: true}, true, nil},
		"one outcome":                    {started("a1", "overview"), needs.DecideEligibility{Cause: true, Unable: two[:1], Impact: true}, false, nil},
		"no impairment":                  {started("a1", "overview"), needs.DecideEligibility{Unable: two, Impact: true}, false, nil},
		"no impact":                      {started("a1", "overview"), needs.DecideEligibility{Cause: true, Unable: two}, false, nil},
		"health of an adult":             {started("a1", "overview"), needs.DecideEligibility{Cause: true, HealthAtRisk: true, Impact: true}, false, nil},
		"a carer's one outcome":          {carer, needs.DecideEligibility{Cause: true, Unable: []string{"recreation"}, Impact: true}, true, nil},
		"a carer's health":               {carer, needs.DecideEligibility{Cause: true, HealthAtRisk: true, Impact: true}, true, nil},
		"a carer with neither":           {carer, needs.DecideEligibility{Cause: true, Impact: true}, false, nil},
		"an outcome of carers only":      {started("a1", "overview"), needs.DecideEligibility{Unable: []string{"recreation"}}, false, []string{"outcome-unknown"}},
		"before there were any criteria": {needs.Started{Dated: on("2015-03-01"), Assessment: "a1", Of: needs.OfNeeds}, needs.DecideEligibility{Dated: on("2015-03-31")}, false, []string{"no-criteria-of-eligibility"}},
	} {
		c := tt.when
		c.Assessment = "a1"
		if c.Happened.IsZero() {
			c.Dated = on("2026-01-06")
		}
		events, err := fold(tt.of).DecideEligibility(c, p)
		if got := rules(err); !slices.Equal(got, tt.rules) || events[0].(needs.EligibilityDecided).Eligible != tt.want {
			t.Errorf("%s: %+v, %v", name, events[0], got)
		}
	}
	twice := fold(carer, needs.EligibilityDecided{Dated: on("2026-01-06"), Assessment: "a1"})
	if _, err := twice.DecideEligibility(needs.DecideEligibility{Dated: on("2026-01-05"), Assessment: "a1"}, p); !slices.Equal(rules(err), []string{"before-adult-assessment", "eligibility-already-decided"}) {
		t.Errorf("a second decision, before the assessment: %v", rules(err))
	}
}

func TestRequestsAndAssessmentsAreOpenUntilTheyEnd(t *testing.T) {
	n := fold(needs.Requested{Request: "q1"}, started("a1", needs.Contact))
	if !n.FindRequest("q1").Open() || !n.Find("a1").Open() || n.FindRequest("q2").Open() || n.Find("a2").Open() {
		t.Errorf("%+v", n)
	}
	n = n.Evolve(8, needs.RequestDecided{Request: "q1"}).Evolve(9, needs.Completed{Assessment: "a1"})
	if n.FindRequest("q1").Open() || n.Find("a1").Open() {
		t.Errorf("%+v", n)
	}
}
