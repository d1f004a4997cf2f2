// Package cinplan is the part of a record that holds plans for a child in need
// (Children Act 1989, section 17). It never covers protection plans.
package cinplan

import (
	"caseledger/domain"
	"caseledger/domain/referral"
)

// ID names a child-in-need plan within its record.
type ID string

// ReviewID names a review of a plan within its record.
type ReviewID string

// Event is one fact about a child-in-need plan.
//
//sumtype:decl
type Event interface {
	domain.Event
	cinPlanEvent()
}

// Started says that a plan began.
type Started struct {
	domain.Dated
	Plan     ID          `json:"plan"`
	Referral referral.ID `json:"referral"`
}

// Reviewed says that a plan was reviewed and goes on.
type Reviewed struct {
	domain.Dated
	Plan   ID       `json:"plan"`
	Review ReviewID `json:"review"`
}

// Ended says that a plan ended.
type Ended struct {
	domain.Dated
	Plan   ID     `json:"plan"`
	Reason string `json:"reason,omitempty"`
}

func (e Started) About() string  { return "cin-plan/" + string(e.Plan) }
func (e Reviewed) About() string { return "cin-plan/" + string(e.Plan) + "/review/" + string(e.Review) }
func (e Ended) About() string    { return "cin-plan/" + string(e.Plan) }

func (Started) cinPlanEvent()  {}
func (Reviewed) cinPlanEvent() {}
func (Ended) cinPlanEvent()    {}

// Plan is what is known of one plan.
type Plan struct {
	ID      ID
	Started domain.Known[Started]
	Reviews []domain.Known[Reviewed]
	Ended   domain.Known[Ended]

	Agreed  domain.Known[Agreed] // the latest
	Closed  []domain.Known[ActionClosed]
	Minuted []domain.Known[ReviewMinuted]
}

// Open reports whether the plan goes on.
func (p Plan) Open() bool { return !p.Started.IsZero() && p.Ended.IsZero() }

// Plans are the child-in-need plans of one record, in the order of their
// beginning.
type Plans []Plan

// Find returns the plan with the id, or one about which nothing is known.
func (ps Plans) Find(id ID) Plan {
	for _, p := range ps {
		if p.ID == id {
			return p
		}
	}
	return Plan{ID: id}
}

// OpenUnder reports whether a plan under the referral goes on.
func (ps Plans) OpenUnder(r referral.ID) bool {
	for _, p := range ps {
		if p.Started.Fact.Referral == r && p.Open() {
			return true
		}
	}
	return false
}

// Evolve returns the plans with one more fact.
func (ps Plans) Evolve(entry uint64, e Event) Plans {
	switch e := e.(type) {
	case Started:
		return ps.with(e.Plan, func(p *Plan) { p.Started = domain.Know(entry, e) })
	case Reviewed:
		return ps.with(e.Plan, func(p *Plan) { p.Reviews = reviewed(p.Reviews, domain.Know(entry, e)) })
	case Ended:
		return ps.with(e.Plan, func(p *Plan) { p.Ended = domain.Know(entry, e) })
	case Agreed:
		return ps.with(e.Plan, func(p *Plan) { p.Agreed = domain.Know(entry, e) })
	case ActionClosed:
		return ps.with(e.Plan, func(p *Plan) {
			p.Closed = domain.Upsert(p.Closed,
				func(a *domain.Known[ActionClosed]) bool { return a.Fact.Action == e.Action },
				func(a *domain.Known[ActionClosed]) { *a = domain.Know(entry, e) })
		})
	case ReviewMinuted:
		return ps.with(e.Plan, func(p *Plan) {
			p.Minuted = domain.Upsert(p.Minuted,
				func(m *domain.Known[ReviewMinuted]) bool { return m.Fact.Review == e.Review },
				func(m *domain.Known[ReviewMinuted]) { *m = domain.Know(entry, e) })
		})
	}
	return ps
}

func reviewed(all []domain.Known[Reviewed], one domain.Known[Reviewed]) []domain.Known[Reviewed] {
	return domain.Upsert(all,
		func(r *domain.Known[Reviewed]) bool { return r.Fact.Review == one.Fact.Review },
		func(r *domain.Known[Reviewed]) { *r = one })
}

func (ps Plans) with(id ID, change func(*Plan)) Plans {
	return domain.Upsert(ps,
		func(p *Plan) bool { return p.ID == id },
		func(p *Plan) { p.ID = id; change(p) })
}
