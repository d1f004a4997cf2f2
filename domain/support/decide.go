package support

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/needs"
	"caseledger/domain/policy"
)

// Agree records what support was agreed on, or what a plan says from now on.
type Agree struct {
	domain.Dated
	Plan       PlanID   `json:"plan" validate:"required,max=64,printascii"`
	Assessment needs.ID `json:"assessment" validate:"required,max=64,printascii"`
	Aims       []string `json:"aims" validate:"required,min=1,max=30,dive,required,max=2000"`
	Budget     int      `json:"budget,omitzero" validate:"min=0,max=1000000000"`
}

// Review records a review of a plan. Planned is whether it was due, and not
// brought about by a change.
type Review struct {
	domain.Dated
	Plan     PlanID   `json:"plan" validate:"required,max=64,printascii"`
	Review   ReviewID `json:"review" validate:"required,max=64,printascii"`
	Planned  bool     `json:"planned,omitzero"`
	Achieved string   `json:"achieved" validate:"required,oneof=fully partially not"`
	Outcome  string   `json:"outcome" validate:"required,code=adult-outcome"`
}

// End ends a plan.
type End struct {
	domain.Dated
	Plan    PlanID `json:"plan" validate:"required,max=64,printascii"`
	Outcome string `json:"outcome" validate:"required,code=adult-outcome"`
}

// StartService begins a service under a plan. Cost is that of one unit in
// pence, Units are hundredths of a unit a week.
type StartService struct {
	domain.Dated
	Service   ServiceID `json:"service" validate:"required,max=64,printascii"`
	Plan      PlanID    `json:"plan" validate:"required,max=64,printascii"`
	Type      string    `json:"type" validate:"required,code=service-type"`
	Component string    `json:"component" validate:"required,code=service-component"`
	Delivery  string    `json:"delivery" validate:"required,code=delivery-mechanism"`
	Provider  string    `json:"provider" validate:"required,max=200"`
	Location  string    `json:"location,omitempty" validate:"max=30,printascii"`
	Cost      int       `json:"cost,omitzero" validate:"min=0,max=100000000"`
	Per       string    `json:"per,omitempty" validate:"omitempty,code=cost-frequency"`
	Units     int       `json:"units,omitzero" validate:"min=0,max=100000"`
}

// EndService ends a service.
type EndService struct {
	domain.Dated
	Service ServiceID `json:"service" validate:"required,max=64,printascii"`
	Outcome string    `json:"outcome" validate:"required,code=adult-outcome"`
}

// StartPayment begins a direct payment under a plan, in pence. A person who
// lacks the capacity to ask for one is paid through an authorised person.
type StartPayment struct {
	domain.Dated
	Payment PaymentID `json:"payment" validate:"required,max=64,printascii"`
	Plan    PlanID    `json:"plan" validate:"required,max=64,printascii"`
	To      string    `json:"to" validate:"required,oneof=self nominated-person authorised-person"`
	Amount  int       `json:"amount" validate:"required,min=1,max=100000000"`
	Per     string    `json:"per" validate:"required,code=cost-frequency"`
}

// ReviewPayment records a look at the use of a direct payment.
type ReviewPayment struct {
	domain.Dated
	Payment PaymentID `json:"payment" validate:"required,max=64,printascii"`
	Review  ReviewID  `json:"review" validate:"required,max=64,printascii"`
	Proper  bool      `json:"proper,omitzero"`
}

// EndPayment ends a direct payment.
type EndPayment struct {
	domain.Dated
	Payment PaymentID `json:"payment" validate:"required,max=64,printascii"`
	Outcome string    `json:"outcome" validate:"required,code=adult-outcome"`
}

// Agree decides on the content of a plan after the assessment that the command
// names, which has come to a decision on eligibility.
func (s Support) Agree(c Agree, after needs.Assessment, p policy.Pack) ([]domain.Event, error) {
	plan := s.Find(c.Plan)
	clock := policy.FirstSupportReview
	if !plan.First.IsZero() {
		clock = policy.SupportReview
	}
	by, _ := p.Due(clock, c.Happened)
	e := Agreed{Dated: c.Dated, Plan: c.Plan, Assessment: c.Assessment, Aims: c.Aims, Budget: c.Budget, ReviewBy: by}
	decided := after.Eligibility.Fact.Happened
	return []domain.Event{e}, domain.Refuse(append(plan.ended(c.Happened),
		domain.Rule{Name: "support-without-eligibility", Broken: after.Eligibility.IsZero(),
			Reason: "Support is agreed after an assessment with a decision on eligibility."},
		domain.Rule{Name: "before-eligibility", Broken: !c.Happened.IsZero() && c.Happened.Before(decided),
			Reason: "The day lies before the decision on eligibility."})...)
}

// Review decides on a review.
func (s Support) Review(c Review, p policy.Pack) ([]domain.Event, error) {
	plan := s.Find(c.Plan)
	by, _ := p.Due(policy.SupportReview, c.Happened)
	e := Reviewed{Dated: c.Dated, Plan: c.Plan, Review: c.Review, Planned: c.Planned, Achieved: c.Achieved, Outcome: c.Outcome, ReviewBy: by}
	known := slices.ContainsFunc(plan.Reviews, func(r domain.Known[Reviewed]) bool { return r.Fact.Review == c.Review })
	return []domain.Event{e}, domain.Refuse(append(plan.active(c.Happened),
		domain.Rule{Name: "support-review-already-recorded", Broken: known, Reason: "A review of this plan with this id is already on the record."})...)
}

// End decides on the end of a plan, under which nothing goes on any more.
func (s Support) End(c End) ([]domain.Event, error) {
	plan := s.Find(c.Plan)
	return []domain.Event{Ended{Dated: c.Dated, Plan: c.Plan, Outcome: c.Outcome}},
		domain.Refuse(append(plan.active(c.Happened),
			domain.Rule{Name: "support-plan-already-ended", Broken: !plan.Ended.IsZero(), Reason: "The support plan has already ended."},
			domain.Rule{Name: "support-goes-on", Broken: s.goesOn(c.Plan), Reason: "A service or direct payment under this plan goes on."})...)
}

// goesOn reports whether a service or direct payment under the plan is open.
func (s Support) goesOn(id PlanID) bool {
	return slices.ContainsFunc(s.Services, func(one Service) bool { return one.Started.Fact.Plan == id && one.Open() }) ||
		slices.ContainsFunc(s.Payments, func(p Payment) bool { return p.Started.Fact.Plan == id && p.Open() })
}

// StartService decides on the beginning of a service.
func (s Support) StartService(c StartService) ([]domain.Event, error) {
	e := ServiceStarted{Dated: c.Dated, Service: c.Service, Plan: c.Plan, Type: c.Type, Component: c.Component, Delivery: c.Delivery,
		Provider: c.Provider, Location: c.Location, Cost: c.Cost, Per: c.Per, Units: c.Units}
	return []domain.Event{e}, domain.Refuse(append(s.Find(c.Plan).active(c.Happened),
		domain.Rule{Name: "service-already-started", Broken: !s.FindService(c.Service).Started.IsZero(),
			Reason: "A service with this id is already on the record."},
		domain.Rule{Name: "cost-without-unit", Broken: (c.Cost > 0) != (c.Per != ""),
			Reason: "A cost has a unit, and a unit a cost."})...)
}

// EndService decides on the end of a service.
func (s Support) EndService(c EndService) ([]domain.Event, error) {
	one := s.FindService(c.Service)
	begun := one.Started.Fact.Happened
	return []domain.Event{ServiceEnded{Dated: c.Dated, Service: c.Service, Outcome: c.Outcome}}, domain.Refuse(
		domain.Rule{Name: "service-unknown", Broken: one.Started.IsZero(), Reason: "No service with this id is on the record."},
		domain.Rule{Name: "before-service", Broken: !c.Happened.IsZero() && c.Happened.Before(begun), Reason: "The day lies before the start of the service."},
		domain.Rule{Name: "service-already-ended", Broken: !one.Ended.IsZero(), Reason: "The service has already ended."})
}

// StartPayment decides on a direct payment.
func (s Support) StartPayment(c StartPayment, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.DirectPaymentFirstReview, c.Happened)
	e := PaymentStarted{Dated: c.Dated, Payment: c.Payment, Plan: c.Plan, To: c.To, Amount: c.Amount, Per: c.Per, ReviewBy: by}
	return []domain.Event{e}, domain.Refuse(append(s.Find(c.Plan).active(c.Happened),
		domain.Rule{Name: "direct-payment-already-started", Broken: !s.FindPayment(c.Payment).Started.IsZero(),
			Reason: "A direct payment with this id is already on the record."})...)
}

// ReviewPayment decides on a look at a direct payment.
func (s Support) ReviewPayment(c ReviewPayment, p policy.Pack) ([]domain.Event, error) {
	one := s.FindPayment(c.Payment)
	by, _ := p.Due(policy.DirectPaymentReview, c.Happened)
	known := slices.ContainsFunc(one.Reviews, func(r domain.Known[PaymentReviewed]) bool { return r.Fact.Review == c.Review })
	return []domain.Event{PaymentReviewed{Dated: c.Dated, Payment: c.Payment, Review: c.Review, Proper: c.Proper, ReviewBy: by}},
		domain.Refuse(append(one.begun(c.Happened),
			domain.Rule{Name: "direct-payment-review-already-recorded", Broken: known,
				Reason: "A review of this direct payment with this id is already on the record."},
			domain.Rule{Name: "direct-payment-not-active", Broken: !one.Ended.IsZero() && c.Happened.After(one.Ended.Fact.Happened),
				Reason: "The direct payment ended before that day."})...)
}

// EndPayment decides on the end of a direct payment.
func (s Support) EndPayment(c EndPayment) ([]domain.Event, error) {
	one := s.FindPayment(c.Payment)
	return []domain.Event{PaymentEnded{Dated: c.Dated, Payment: c.Payment, Outcome: c.Outcome}},
		domain.Refuse(append(one.begun(c.Happened), domain.Rule{Name: "direct-payment-already-ended", Broken: !one.Ended.IsZero(),
			Reason: "The direct payment has already ended."})...)
}

func (p Payment) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "direct-payment-unknown", Broken: p.Started.IsZero(), Reason: "No direct payment with this id is on the record."},
		{Name: "before-direct-payment", Broken: !p.Started.IsZero() && !on.IsZero() && on.Before(p.Started.Fact.Happened),
			Reason: "The day lies before the start of the direct payment."},
	}
}

func (p Plan) active(on domain.Date) []domain.Rule {
	return append([]domain.Rule{
		{Name: "support-plan-unknown", Broken: p.First.IsZero(), Reason: "No support plan with this id is on the record."},
		{Name: "before-support-plan", Broken: !p.First.IsZero() && !on.IsZero() && on.Before(p.First.Fact.Happened),
			Reason: "The day lies before the support plan."},
	}, p.ended(on)...)
}

func (p Plan) ended(on domain.Date) []domain.Rule {
	return []domain.Rule{{Name: "support-plan-not-active", Broken: !p.Ended.IsZero() && on.After(p.Ended.Fact.Happened),
		Reason: "The support plan ended before that day."}}
}
