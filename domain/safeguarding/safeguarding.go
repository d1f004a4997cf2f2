// Package safeguarding is the part of a record that says how an adult was
// safeguarded: concerns, the enquiry under section 42 of the Care Act 2014 or
// another one, what came of it, and the protection plan. It never covers
// children: those are packages enquiry and protection.
package safeguarding

import (
	"slices"

	"caseledger/domain"
)

// ConcernID names a concern within its record.
type ConcernID string

// EnquiryID names an enquiry within its record.
type EnquiryID string

// PlanID names an adult's protection plan within its record.
type PlanID string

// ReviewID names a review of a plan within its record.
type ReviewID string

// Event is one fact about how an adult was safeguarded.
//
//sumtype:decl
type Event interface {
	domain.Event
	safeguardingEvent()
}

// Raised says that somebody had a concern about an adult.
type Raised struct {
	domain.Dated
	Concern ConcernID `json:"concern"`
	Types   []string  `json:"types"` // code set type-of-abuse
	Source  string    `json:"source"`
	Where   string    `json:"where"`
	Account string    `json:"account,omitempty"`
	// DecideBy is the last day in time for a decision, where the authority has
	// set itself a clock.
	DecideBy domain.Date `json:"decideBy,omitzero"`
}

// Decided says what was decided on a concern, by the three tests of section 42.
type Decided struct {
	domain.Dated
	Concern     ConcernID `json:"concern"`
	CareNeeds   bool      `json:"careNeeds,omitzero"`   // has needs for care and support
	AtRisk      bool      `json:"atRisk,omitzero"`      // experiences abuse or neglect, or is at risk of it
	Unprotected bool      `json:"unprotected,omitzero"` // cannot protect themselves, because of those needs
	Outcome     string    `json:"outcome"`              // s42-enquiry, other-enquiry, no-enquiry
	Reason      string    `json:"reason,omitempty"`
}

// EnquiryStarted says that an enquiry into a concern began.
type EnquiryStarted struct {
	domain.Dated
	Enquiry EnquiryID `json:"enquiry"`
	Concern ConcernID `json:"concern"`
	Wished  string    `json:"wished,omitempty"` // what the adult wants to come of it
	// EndBy is the last day in time, where the authority has set itself a clock.
	EndBy domain.Date `json:"endBy,omitzero"`
}

// EnquiryEnded says what an enquiry found and changed.
type EnquiryEnded struct {
	domain.Dated
	Enquiry EnquiryID `json:"enquiry"`
	Risk    string    `json:"risk"`   // none-found, removed, reduced, remains
	Wishes  string    `json:"wishes"` // fully, partially, not, not-expressed: what the adult wanted was reached
	Finding string    `json:"finding,omitempty"`
}

// PlanAgreed says how the adult is to be protected. A plan that is agreed anew
// replaces what it said before.
type PlanAgreed struct {
	domain.Dated
	Plan     PlanID          `json:"plan"`
	Enquiry  EnquiryID       `json:"enquiry"`
	Actions  []domain.Action `json:"actions"`
	ReviewBy domain.Date     `json:"reviewBy,omitzero"`
}

// PlanReviewed says that a plan was reviewed and goes on.
type PlanReviewed struct {
	domain.Dated
	Plan     PlanID      `json:"plan"`
	Review   ReviewID    `json:"review"`
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// ActionClosed says what became of an action of a plan.
type ActionClosed struct {
	domain.Dated
	Plan   PlanID `json:"plan"`
	Action string `json:"action"`
	Result string `json:"result"` // done, not-done, replaced
	Note   string `json:"note,omitempty"`
}

// PlanEnded says that a plan ended, and why.
type PlanEnded struct {
	domain.Dated
	Plan   PlanID `json:"plan"`
	Reason string `json:"reason"`
}

func (e Raised) About() string         { return "safeguarding-concern/" + string(e.Concern) }
func (e Decided) About() string        { return "safeguarding-concern/" + string(e.Concern) }
func (e EnquiryStarted) About() string { return "safeguarding-enquiry/" + string(e.Enquiry) }
func (e EnquiryEnded) About() string   { return "safeguarding-enquiry/" + string(e.Enquiry) }
func (e PlanAgreed) About() string     { return "safeguarding-plan/" + string(e.Plan) + "/content" }
func (e PlanReviewed) About() string {
	return "safeguarding-plan/" + string(e.Plan) + "/review/" + string(e.Review)
}
func (e ActionClosed) About() string {
	return "safeguarding-plan/" + string(e.Plan) + "/action/" + e.Action
}
func (e PlanEnded) About() string { return "safeguarding-plan/" + string(e.Plan) }

func (Raised) safeguardingEvent()         {}
func (Decided) safeguardingEvent()        {}
func (EnquiryStarted) safeguardingEvent() {}
func (EnquiryEnded) safeguardingEvent()   {}
func (PlanAgreed) safeguardingEvent()     {}
func (PlanReviewed) safeguardingEvent()   {}
func (ActionClosed) safeguardingEvent()   {}
func (PlanEnded) safeguardingEvent()      {}

// Concern is what is known of one concern.
type Concern struct {
	ID      ConcernID
	Raised  domain.Known[Raised]
	Decided domain.Known[Decided]
}

// Open reports whether the concern waits for a decision.
func (c Concern) Open() bool { return !c.Raised.IsZero() && c.Decided.IsZero() }

// Enquiry is what is known of one enquiry.
type Enquiry struct {
	ID      EnquiryID
	Started domain.Known[EnquiryStarted]
	Ended   domain.Known[EnquiryEnded]
}

// Open reports whether the enquiry goes on.
func (q Enquiry) Open() bool { return !q.Started.IsZero() && q.Ended.IsZero() }

// Plan is what is known of one protection plan.
type Plan struct {
	ID      PlanID
	First   domain.Known[PlanAgreed] // by which the plan began
	Agreed  domain.Known[PlanAgreed] // the latest
	Reviews []domain.Known[PlanReviewed]
	Closed  []domain.Known[ActionClosed]
	Ended   domain.Known[PlanEnded]
}

// Outcome returns what became of an action.
func (p Plan) Outcome(action string) domain.Known[ActionClosed] {
	if i := slices.IndexFunc(p.Closed, func(c domain.Known[ActionClosed]) bool { return c.Fact.Action == action }); i >= 0 {
		return p.Closed[i]
	}
	return domain.Known[ActionClosed]{}
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

// Safeguarding is the concerns, enquiries and plans of one record.
type Safeguarding struct {
	Concerns  []Concern
	Enquiries []Enquiry
	Plans     []Plan
}

// Find returns the concern with the id, or one about which nothing is known.
func (s Safeguarding) Find(id ConcernID) Concern {
	if i := slices.IndexFunc(s.Concerns, func(c Concern) bool { return c.ID == id }); i >= 0 {
		return s.Concerns[i]
	}
	return Concern{ID: id}
}

// FindEnquiry returns the enquiry with the id, or one about which nothing is
// known.
func (s Safeguarding) FindEnquiry(id EnquiryID) Enquiry {
	if i := slices.IndexFunc(s.Enquiries, func(q Enquiry) bool { return q.ID == id }); i >= 0 {
		return s.Enquiries[i]
	}
	return Enquiry{ID: id}
}

// FindPlan returns the plan with the id, or one about which nothing is known.
func (s Safeguarding) FindPlan(id PlanID) Plan {
	if i := slices.IndexFunc(s.Plans, func(p Plan) bool { return p.ID == id }); i >= 0 {
		return s.Plans[i]
	}
	return Plan{ID: id}
}

// Evolve returns the safeguarding with one more fact.
func (s Safeguarding) Evolve(entry uint64, e Event) Safeguarding {
	switch e := e.(type) {
	case Raised:
		return s.concern(e.Concern, func(c *Concern) { c.Raised = domain.Know(entry, e) })
	case Decided:
		return s.concern(e.Concern, func(c *Concern) { c.Decided = domain.Know(entry, e) })
	case EnquiryStarted:
		return s.enquiry(e.Enquiry, func(q *Enquiry) { q.Started = domain.Know(entry, e) })
	case EnquiryEnded:
		return s.enquiry(e.Enquiry, func(q *Enquiry) { q.Ended = domain.Know(entry, e) })
	case PlanAgreed:
		return s.plan(e.Plan, func(p *Plan) {
			p.Agreed = domain.Know(entry, e)
			if p.First.IsZero() {
				p.First = p.Agreed
			}
		})
	case PlanReviewed:
		return s.plan(e.Plan, func(p *Plan) {
			p.Reviews = domain.Upsert(p.Reviews,
				func(r *domain.Known[PlanReviewed]) bool { return r.Fact.Review == e.Review },
				func(r *domain.Known[PlanReviewed]) { *r = domain.Know(entry, e) })
		})
	case ActionClosed:
		return s.plan(e.Plan, func(p *Plan) {
			p.Closed = domain.Upsert(p.Closed,
				func(c *domain.Known[ActionClosed]) bool { return c.Fact.Action == e.Action },
				func(c *domain.Known[ActionClosed]) { *c = domain.Know(entry, e) })
		})
	case PlanEnded:
		return s.plan(e.Plan, func(p *Plan) { p.Ended = domain.Know(entry, e) })
	}
	return s
}

func (s Safeguarding) concern(id ConcernID, change func(*Concern)) Safeguarding {
	s.Concerns = domain.Upsert(s.Concerns,
		func(c *Concern) bool { return c.ID == id },
		func(c *Concern) { c.ID = id; change(c) })
	return s
}

func (s Safeguarding) enquiry(id EnquiryID, change func(*Enquiry)) Safeguarding {
	s.Enquiries = domain.Upsert(s.Enquiries,
		func(q *Enquiry) bool { return q.ID == id },
		func(q *Enquiry) { q.ID = id; change(q) })
	return s
}

func (s Safeguarding) plan(id PlanID, change func(*Plan)) Safeguarding {
	s.Plans = domain.Upsert(s.Plans,
		func(p *Plan) bool { return p.ID == id },
		func(p *Plan) { p.ID = id; change(p) })
	return s
}
