package support_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/needs"
	"caseledger/domain/policy"
	"caseledger/domain/support"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...support.Event) support.Support {
	var s support.Support
	for i, e := range events {
		s = s.Evolve(uint64(i+1), e)
	}
	return s
}

func england(t *testing.T) policy.Pack {
	t.Helper()
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// assessed is an assessment with a decision on eligibility of 5 January 2026.
func assessed() needs.Assessment {
	return needs.Needs{}.Evolve(1, needs.EligibilityDecided{Dated: on("2026-01-05"), Assessment: "a1"}).Find("a1")
}

type (
	given    = []support.Event
	decision = func(support.Support) ([]domain.Event, error)
)

func TestTheRulesOfSupport(t *testing.T) {
	p := england(t)
	agreed := support.Agreed{Dated: on("2026-01-06"), Plan: "p1"}
	ended := support.Ended{Dated: on("2026-02-20"), Plan: "p1"}
	service := support.ServiceStarted{Dated: on("2026-01-10"), Service: "s1", Plan: "p1"}
	serviceEnded := support.ServiceEnded{Dated: on("2026-02-10"), Service: "s1"}
	payment := support.PaymentStarted{Dated: on("2026-01-10"), Payment: "d1", Plan: "p1"}
	paymentEnded := support.PaymentEnded{Dated: on("2026-02-10"), Payment: "d1"}
	agree := func(day string, after needs.Assessment) decision {
		return func(s support.Support) ([]domain.Event, error) {
			return s.Agree(support.Agree{Dated: on(day), Plan: "p1", Assessment: "a1"}, after, p)
		}
	}
	review := func(day string) decision {
		return func(s support.Support) ([]domain.Event, error) {
			return s.Review(support.Review{Dated: on(day), Plan: "p1", Review: "v1"}, p)
		}
	}
	end := func(s support.Support) ([]domain.Event, error) {
		return s.End(support.End{Dated: on("2026-02-20"), Plan: "p1"})
	}
	serve := func(day string, cost int, per string) decision {
		return func(s support.Support) ([]domain.Event, error) {
			return s.StartService(support.StartService{Dated: on(day), Service: "s1", Plan: "p1", Cost: cost, Per: per})
		}
	}
	endService := func(day string) decision {
		return func(s support.Support) ([]domain.Event, error) {
			return s.EndService(support.EndService{Dated: on(day), Service: "s1"})
		}
	}
	pay := func(s support.Support) ([]domain.Event, error) {
		return s.StartPayment(support.StartPayment{Dated: on("2026-01-06"), Payment: "d1", Plan: "p1"}, p)
	}
	look := func(day string) decision {
		return func(s support.Support) ([]domain.Event, error) {
			return s.ReviewPayment(support.ReviewPayment{Dated: on(day), Payment: "d1", Review: "v1"}, p)
		}
	}
	endPayment := func(day string) decision {
		return func(s support.Support) ([]domain.Event, error) {
			return s.EndPayment(support.EndPayment{Dated: on(day), Payment: "d1"})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a plan":                              {nil, agree("2026-01-05", assessed()), nil},
		"a plan the day before":               {nil, agree("2026-01-04", assessed()), []string{"before-eligibility"}},
		"a plan without eligibility":          {nil, agree("2026-01-05", needs.Assessment{}), []string{"support-without-eligibility"}},
		"a plan agreed anew":                  {given{agreed}, agree("2026-01-07", assessed()), nil},
		"a plan agreed after its end":         {given{agreed, ended}, agree("2026-02-21", assessed()), []string{"support-plan-not-active"}},
		"a review on the first day":           {given{agreed}, review("2026-01-06"), nil},
		"a review before":                     {given{agreed}, review("2026-01-05"), []string{"before-support-plan"}},
		"a review of nothing":                 {nil, review("2026-01-06"), []string{"support-plan-unknown"}},
		"a review twice":                      {given{agreed, support.Reviewed{Plan: "p1", Review: "v1"}}, review("2026-01-06"), []string{"support-review-already-recorded"}},
		"a review on the last day":            {given{agreed, ended}, review("2026-02-20"), nil},
		"a review after the end":              {given{agreed, ended}, review("2026-02-21"), []string{"support-plan-not-active"}},
		"an end":                              {given{agreed, service, serviceEnded, payment, paymentEnded}, end, nil},
		"an end twice":                        {given{agreed, ended}, end, []string{"support-plan-already-ended"}},
		"an end while a service goes on":      {given{agreed, service}, end, []string{"support-goes-on"}},
		"an end while a payment goes on":      {given{agreed, payment}, end, []string{"support-goes-on"}},
		"a service":                           {given{agreed}, serve("2026-01-06", 1850, "hourly"), nil},
		"a service before the plan":           {given{agreed}, serve("2026-01-05", 0, ""), []string{"before-support-plan"}},
		"a service twice":                     {given{agreed, service}, serve("2026-01-10", 0, ""), []string{"service-already-started"}},
		"a cost by nothing":                   {given{agreed}, serve("2026-01-10", 1850, ""), []string{"cost-without-unit"}},
		"a unit that costs nothing":           {given{agreed}, serve("2026-01-10", 0, "hourly"), []string{"cost-without-unit"}},
		"the end of a service on its day":     {given{agreed, service}, endService("2026-01-10"), nil},
		"the end of a service the day before": {given{agreed, service}, endService("2026-01-09"), []string{"before-service"}},
		"the end of no service":               {given{agreed}, endService("2026-01-10"), []string{"service-unknown"}},
		"the end of a service twice":          {given{agreed, service, serviceEnded}, endService("2026-02-10"), []string{"service-already-ended"}},
		"a payment":                           {given{agreed}, pay, nil},
		"a payment twice":                     {given{agreed, payment}, pay, []string{"direct-payment-already-started"}},
		"a look at a payment on its day":      {given{agreed, payment}, look("2026-01-10"), nil},
		"a look the day before":               {given{agreed, payment}, look("2026-01-09"), []string{"before-direct-payment"}},
		"a look at no payment":                {nil, look("2026-01-10"), []string{"direct-payment-unknown"}},
		"a look twice":                        {given{payment, support.PaymentReviewed{Payment: "d1", Review: "v1"}}, look("2026-01-10"), []string{"direct-payment-review-already-recorded"}},
		"a look on the last day":              {given{payment, paymentEnded}, look("2026-02-10"), nil},
		"a look after the end":                {given{payment, paymentEnded}, look("2026-02-11"), []string{"direct-payment-not-active"}},
		"the end of a payment on its day":     {given{payment}, endPayment("2026-01-10"), nil},
		"the end of a payment the day before": {given{payment}, endPayment("2026-01-09"), []string{"before-direct-payment"}},
		"the end of a payment twice":          {given{payment, paymentEnded}, endPayment("2026-02-10"), []string{"direct-payment-already-ended"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAPlanIsReviewedIn8WeeksAndThenEvery12Months(t *testing.T) {
	p := england(t)
	var s support.Support
	step := func(events []domain.Event, err error) {
		if err != nil {
			t.Fatal(err)
		}
		s = s.Evolve(1, events[0].(support.Event))
	}
	by := func(want string) {
		t.Helper()
		if got := s.Find("p1").ReviewBy().String(); got != want {
			t.Errorf("the review is due by %s, want %s", got, want)
		}
	}
	step(s.Agree(support.Agree{Dated: on("2026-01-05"), Plan: "p1"}, assessed(), p))
	by("2026-03-02")
	step(s.Review(support.Review{Dated: on("2026-02-16"), Plan: "p1", Review: "v1"}, p))
	by("2027-02-16")
	step(s.Agree(support.Agree{Dated: on("2026-03-01"), Plan: "p1"}, assessed(), p))
	by("2027-03-01")
}

func TestADirectPaymentIsReviewedIn6MonthsAndThenEvery12(t *testing.T) {
	p := england(t)
	s := fold(support.Agreed{Dated: on("2026-01-05"), Plan: "p1"})
	events, err := s.StartPayment(support.StartPayment{Dated: on("2026-01-31"), Payment: "d1", Plan: "p1"}, p)
	if by := events[0].(support.PaymentStarted).ReviewBy.String(); err != nil || by != "2026-07-31" {
		t.Errorf("the first review is due by %s, %v", by, err)
	}
	s = s.Evolve(2, events[0].(support.Event))
	events, err = s.ReviewPayment(support.ReviewPayment{Dated: on("2026-07-01"), Payment: "d1", Review: "v1"}, p)
	if by := events[0].(support.PaymentReviewed).ReviewBy.String(); err != nil || by != "2027-07-01" {
		t.Errorf("the next review is due by %s, %v", by, err)
	}
}
