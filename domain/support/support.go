// Package support is the part of a record that says how an adult's or carer's
// needs are met: the support plan, the services under it with their provider
// and cost, direct payments, and reviews. It never judges needs: that is
// package needs.
package support

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/needs"
)

// PlanID names a support plan within its record.
type PlanID string

// ServiceID names a service within its record.
type ServiceID string

// PaymentID names a direct payment within its record.
type PaymentID string

// ReviewID names a review of a plan, or of a direct payment, within its record.
type ReviewID string

// Event is one fact about an adult's support.
//
//sumtype:decl
type Event interface {
	domain.Event
	supportEvent()
}

// Agreed says what support was agreed on after an assessment. A plan that is
// agreed anew replaces what it said before.
type Agreed struct {
	domain.Dated
	Plan       PlanID   `json:"plan"`
	Assessment needs.ID `json:"assessment"`
	Aims       []string `json:"aims"`
	// Budget is the personal budget of a year, in pence.
	Budget int `json:"budget,omitzero"`
	// ReviewBy is the last day in time for the next review.
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// Reviewed says that a plan was reviewed, and what came of it.
type Reviewed struct {
	domain.Dated
	Plan     PlanID      `json:"plan"`
	Review   ReviewID    `json:"review"`
	Planned  bool        `json:"planned,omitzero"`
	Achieved string      `json:"achieved"` // fully, partially, not
	Outcome  string      `json:"outcome"`  // code set adult-outcome
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// Ended says that a plan ended, and why.
type Ended struct {
	domain.Dated
	Plan    PlanID `json:"plan"`
	Outcome string `json:"outcome"` // code set adult-outcome
}

// ServiceStarted says that a service under a plan began.
type ServiceStarted struct {
	domain.Dated
	Service   ServiceID `json:"service"`
	Plan      PlanID    `json:"plan"`
	Type      string    `json:"type"`      // code set service-type
	Component string    `json:"component"` // code set service-component
	Delivery  string    `json:"delivery"`  // code set delivery-mechanism
	Provider  string    `json:"provider"`
	Location  string    `json:"location,omitempty"` // its number with the regulator
	Cost      int       `json:"cost,omitzero"`      // of a unit, in pence
	Per       string    `json:"per,omitempty"`      // the unit: code set cost-frequency
	Units     int       `json:"units,omitzero"`     // hundredths of a unit planned a week: 150 is one and a half
}

// ServiceEnded says that a service ended, and why.
type ServiceEnded struct {
	domain.Dated
	Service ServiceID `json:"service"`
	Outcome string    `json:"outcome"` // code set adult-outcome
}

// PaymentStarted says that the authority pays the person, or somebody for the
// person, so that they arrange support themselves.
type PaymentStarted struct {
	domain.Dated
	Payment  PaymentID   `json:"payment"`
	Plan     PlanID      `json:"plan"`
	To       string      `json:"to"`     // self, nominated-person, authorised-person
	Amount   int         `json:"amount"` // in pence
	Per      string      `json:"per"`    // code set cost-frequency
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// PaymentReviewed says that the use of a direct payment was looked at.
type PaymentReviewed struct {
	domain.Dated
	Payment  PaymentID   `json:"payment"`
	Review   ReviewID    `json:"review"`
	Proper   bool        `json:"proper,omitzero"` // whether it is used for what it is meant for
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// PaymentEnded says that a direct payment ended, and why.
type PaymentEnded struct {
	domain.Dated
	Payment PaymentID `json:"payment"`
	Outcome string    `json:"outcome"` // code set adult-outcome
}

func (e Agreed) About() string { return "support-plan/" + string(e.Plan) + "/content" }
func (e Reviewed) About() string {
	return "support-plan/" + string(e.Plan) + "/review/" + string(e.Review)
}
func (e Ended) About() string          { return "support-plan/" + string(e.Plan) }
func (e ServiceStarted) About() string { return "service/" + string(e.Service) }
func (e ServiceEnded) About() string   { return "service/" + string(e.Service) }
func (e PaymentStarted) About() string { return "direct-payment/" + string(e.Payment) }
func (e PaymentReviewed) About() string {
	return "direct-payment/" + string(e.Payment) + "/review/" + string(e.Review)
}
func (e PaymentEnded) About() string { return "direct-payment/" + string(e.Payment) }

func (Agreed) supportEvent()          {}
func (Reviewed) supportEvent()        {}
func (Ended) supportEvent()           {}
func (ServiceStarted) supportEvent()  {}
func (ServiceEnded) supportEvent()    {}
func (PaymentStarted) supportEvent()  {}
func (PaymentReviewed) supportEvent() {}
func (PaymentEnded) supportEvent()    {}

// Plan is what is known of one plan.
type Plan struct {
	ID      PlanID
	First   domain.Known[Agreed] // by which the plan began
	Agreed  domain.Known[Agreed] // the latest
	Reviews []domain.Known[Reviewed]
	Ended   domain.Known[Ended]
}

// Open reports whether the plan goes on.
func (p Plan) Open() bool { return !p.First.IsZero() && p.Ended.IsZero() }

// ReviewBy returns the last day in time for the next review, as the latest
// agreement or review set it.
func (p Plan) ReviewBy() domain.Date {
	by, latest := p.Agreed.Fact.ReviewBy, p.Agreed.Fact.Happened
	for _, r := range p.Reviews {
		if day := r.Fact.Happened; !day.Before(latest) {
			by, latest = r.Fact.ReviewBy, day
		}
	}
	return by
}

// Service is what is known of one service.
type Service struct {
	ID      ServiceID
	Started domain.Known[ServiceStarted]
	Ended   domain.Known[ServiceEnded]
}

// Open reports whether the service goes on.
func (s Service) Open() bool { return !s.Started.IsZero() && s.Ended.IsZero() }

// Payment is what is known of one direct payment.
type Payment struct {
	ID      PaymentID
	Started domain.Known[PaymentStarted]
	Reviews []domain.Known[PaymentReviewed]
	Ended   domain.Known[PaymentEnded]
}

// Open reports whether the payment goes on.
func (p Payment) Open() bool { return !p.Started.IsZero() && p.Ended.IsZero() }

// Support is the plans, services and direct payments of one record.
type Support struct {
	Plans    []Plan
	Services []Service
	Payments []Payment
}

// Find returns the plan with the id, or one about which nothing is known.
func (s Support) Find(id PlanID) Plan {
	if i := slices.IndexFunc(s.Plans, func(p Plan) bool { return p.ID == id }); i >= 0 {
		return s.Plans[i]
	}
	return Plan{ID: id}
}

// FindService returns the service with the id, or one about which nothing is
// known.
func (s Support) FindService(id ServiceID) Service {
	if i := slices.IndexFunc(s.Services, func(one Service) bool { return one.ID == id }); i >= 0 {
		return s.Services[i]
	}
	return Service{ID: id}
}

// FindPayment returns the direct payment with the id, or one about which
// nothing is known.
func (s Support) FindPayment(id PaymentID) Payment {
	if i := slices.IndexFunc(s.Payments, func(p Payment) bool { return p.ID == id }); i >= 0 {
		return s.Payments[i]
	}
	return Payment{ID: id}
}

// Evolve returns the support with one more fact.
func (s Support) Evolve(entry uint64, e Event) Support {
	switch e := e.(type) {
	case Agreed:
		return s.plan(e.Plan, func(p *Plan) {
			p.Agreed = domain.Know(entry, e)
			if p.First.IsZero() {
				p.First = p.Agreed
			}
		})
	case Reviewed:
		return s.plan(e.Plan, func(p *Plan) {
			p.Reviews = domain.Upsert(p.Reviews,
				func(r *domain.Known[Reviewed]) bool { return r.Fact.Review == e.Review },
				func(r *domain.Known[Reviewed]) { *r = domain.Know(entry, e) })
		})
	case Ended:
		return s.plan(e.Plan, func(p *Plan) { p.Ended = domain.Know(entry, e) })
	case ServiceStarted:
		return s.service(e.Service, func(one *Service) { one.Started = domain.Know(entry, e) })
	case ServiceEnded:
		return s.service(e.Service, func(one *Service) { one.Ended = domain.Know(entry, e) })
	case PaymentStarted:
		return s.payment(e.Payment, func(p *Payment) { p.Started = domain.Know(entry, e) })
	case PaymentReviewed:
		return s.payment(e.Payment, func(p *Payment) {
			p.Reviews = domain.Upsert(p.Reviews,
				func(r *domain.Known[PaymentReviewed]) bool { return r.Fact.Review == e.Review },
				func(r *domain.Known[PaymentReviewed]) { *r = domain.Know(entry, e) })
		})
	case PaymentEnded:
		return s.payment(e.Payment, func(p *Payment) { p.Ended = domain.Know(entry, e) })
	}
	return s
}

func (s Support) plan(id PlanID, change func(*Plan)) Support {
	s.Plans = domain.Upsert(s.Plans,
		func(p *Plan) bool { return p.ID == id },
		func(p *Plan) { p.ID = id; change(p) })
	return s
}

func (s Support) service(id ServiceID, change func(*Service)) Support {
	s.Services = domain.Upsert(s.Services,
		func(one *Service) bool { return one.ID == id },
		func(one *Service) { one.ID = id; change(one) })
	return s
}

func (s Support) payment(id PaymentID, change func(*Payment)) Support {
	s.Payments = domain.Upsert(s.Payments,
		func(p *Payment) bool { return p.ID == id },
		func(p *Payment) { p.ID = id; change(p) })
	return s
}
