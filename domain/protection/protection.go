// Package protection is the part of a record that holds child protection
// plans, and with them the child protection register: a child is on the
// register while a plan is open. It never holds conferences that come before a
// plan: that is package enquiry.
package protection

import (
	"caseledger/domain"
	"caseledger/domain/referral"
)

// PlanID names a protection plan within its record.
type PlanID string

// ReviewID names a review conference within its record.
type ReviewID string

// Event is one fact about a protection plan.
//
//sumtype:decl
type Event interface {
	domain.Event
	protectionEvent()
}

// Registered says that a conference put the child's name on the register.
type Registered struct {
	domain.Dated
	Plan     PlanID      `json:"plan"`
	Referral referral.ID `json:"referral"`
	Category string      `json:"category"` // code set category-of-abuse
	// Previous is the number of earlier plans, here and elsewhere.
	Previous    int         `json:"previous"`
	CoreGroupBy domain.Date `json:"coreGroupBy,omitzero"`
	ReviewBy    domain.Date `json:"reviewBy,omitzero"`
}

// Reviewed says that a review conference met, and what it decided.
type Reviewed struct {
	domain.Dated
	Plan     PlanID      `json:"plan"`
	Review   ReviewID    `json:"review"`
	Outcome  string      `json:"outcome,omitempty"` // continue, end; "" where an import does not say
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// CategoryChanged says under which category the child is registered from a
// day on.
type CategoryChanged struct {
	domain.Dated
	Plan     PlanID `json:"plan"`
	Category string `json:"category"` // code set category-of-abuse
}

// Ended says that the name was removed from the register.
type Ended struct {
	domain.Dated
	Plan   PlanID `json:"plan"`
	Reason string `json:"reason,omitempty"` // see End; "" where an import does not say
}

func (e Registered) About() string { return "protection-plan/" + string(e.Plan) }
func (e Reviewed) About() string {
	return "protection-plan/" + string(e.Plan) + "/review/" + string(e.Review)
}
func (e CategoryChanged) About() string { return "protection-plan/" + string(e.Plan) + "/category" }
func (e Ended) About() string           { return "protection-plan/" + string(e.Plan) }

func (Registered) protectionEvent()      {}
func (Reviewed) protectionEvent()        {}
func (CategoryChanged) protectionEvent() {}
func (Ended) protectionEvent()           {}

// Plan is what is known of one plan.
type Plan struct {
	ID         PlanID
	Registered domain.Known[Registered]
	Reviews    []domain.Known[Reviewed]
	Category   domain.Known[CategoryChanged] // the latest change
	Ended      domain.Known[Ended]

	Concerns   domain.Known[ConcernsRecorded] // the latest
	Outline    domain.Known[OutlineAgreed]    // the latest
	Actions    []Action
	CoreGroups []domain.Known[CoreGroupMet]
	Missing    domain.Known[MissingReported] // the latest
	Traced     domain.Known[ChildTraced]     // since then
	Changes    []Change
}

// Open reports whether the child's name stands on the register by this plan.
func (p Plan) Open() bool { return !p.Registered.IsZero() && p.Ended.IsZero() }

// LatestCategory returns the category in force and the entry that says so.
func (p Plan) LatestCategory() (category string, entry uint64) {
	if !p.Category.IsZero() {
		return p.Category.Fact.Category, p.Category.Entry
	}
	return p.Registered.Fact.Category, p.Registered.Entry
}

// ReviewBy returns the last day in time for the next review conference, as
// the latest conference set it.
func (p Plan) ReviewBy() domain.Date {
	by, latest := p.Registered.Fact.ReviewBy, domain.Date{}
	for _, r := range p.Reviews {
		if day := r.Fact.Happened; !day.Before(latest) {
			by, latest = r.Fact.ReviewBy, day
		}
	}
	return by
}

// On reports whether the name stood on the register on the day.
func (p Plan) On(day domain.Date) bool {
	begun := !p.Registered.IsZero() && !day.Before(p.Registered.Fact.Happened)
	return begun && (p.Ended.IsZero() || day.Before(p.Ended.Fact.Happened))
}

// Plans are the protection plans of one record, in the order of their
// beginning.
type Plans []Plan

// Find returns the plan with the id, or one about which nothing is known.
func (ps Plans) Find(id PlanID) Plan {
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
		if p.Registered.Fact.Referral == r && p.Open() {
			return true
		}
	}
	return false
}

// On reports whether the child was subject to a plan on the day.
func (ps Plans) On(day domain.Date) bool {
	for _, p := range ps {
		if p.On(day) {
			return true
		}
	}
	return false
}

// Evolve returns the plans with one more fact.
func (ps Plans) Evolve(entry uint64, e Event) Plans {
	switch e := e.(type) {
	case Registered:
		return ps.with(e.Plan, func(p *Plan) { p.Registered = domain.Know(entry, e) })
	case Reviewed:
		return ps.with(e.Plan, func(p *Plan) { p.Reviews = reviewed(p.Reviews, domain.Know(entry, e)) })
	case CategoryChanged:
		return ps.with(e.Plan, func(p *Plan) { p.Category = domain.Know(entry, e) })
	case Ended:
		return ps.with(e.Plan, func(p *Plan) { p.Ended = domain.Know(entry, e) })
	case ConcernsRecorded:
		return ps.with(e.Plan, func(p *Plan) { p.Concerns = domain.Know(entry, e) })
	case OutlineAgreed:
		return ps.with(e.Plan, func(p *Plan) { p.Outline = domain.Know(entry, e) })
	case ActionSet:
		return ps.with(e.Plan, func(p *Plan) {
			p.action(e.Action.ID, func(a *Action) { a.Set = domain.Know(entry, e) })
		})
	case ActionClosed:
		return ps.with(e.Plan, func(p *Plan) {
			p.action(e.ID, func(a *Action) { a.Closed = domain.Know(entry, e) })
		})
	case CoreGroupMet:
		return ps.with(e.Plan, func(p *Plan) { p.CoreGroups = met(p.CoreGroups, domain.Know(entry, e)) })
	case ChangeFound:
		return ps.with(e.Plan, func(p *Plan) {
			p.change(e.Change, func(c *Change) { c.Found = domain.Know(entry, e) })
		})
	case ChangeReported:
		return ps.with(e.Plan, func(p *Plan) {
			p.change(e.Change, func(c *Change) { c.Reported = domain.Know(entry, e) })
		})
	case MissingReported:
		return ps.with(e.Plan, func(p *Plan) {
			p.Missing, p.Traced = domain.Know(entry, e), domain.Known[ChildTraced]{}
		})
	case ChildTraced:
		return ps.with(e.Plan, func(p *Plan) { p.Traced = domain.Know(entry, e) })
	}
	return ps
}

func reviewed(all []domain.Known[Reviewed], one domain.Known[Reviewed]) []domain.Known[Reviewed] {
	return domain.Upsert(all,
		func(r *domain.Known[Reviewed]) bool { return r.Fact.Review == one.Fact.Review },
		func(r *domain.Known[Reviewed]) { *r = one })
}

func (ps Plans) with(id PlanID, change func(*Plan)) Plans {
	return domain.Upsert(ps,
		func(p *Plan) bool { return p.ID == id },
		func(p *Plan) { p.ID = id; change(p) })
}
