package cinplan

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Agreed says what a plan is to bring about, and who does what by when. A plan
// that is agreed anew replaces what it said before.
type Agreed struct {
	domain.Dated
	Plan    ID              `json:"plan"`
	Aims    []string        `json:"aims"`
	Actions []domain.Action `json:"actions"`
	// ReviewBy is the last day in time for the next review, as it was agreed,
	// or by the clock that the authority has set itself.
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// ActionClosed says what became of an action of the plan.
type ActionClosed struct {
	domain.Dated
	Plan   ID     `json:"plan"`
	Action string `json:"action"`
	Result string `json:"result"` // done, not-done, replaced
	Note   string `json:"note,omitempty"`
}

// ReviewMinuted says who took part in a review, and what came of it.
type ReviewMinuted struct {
	domain.Dated
	Plan      ID                `json:"plan"`
	Review    ReviewID          `json:"review"`
	Attended  []domain.Attendee `json:"attended"`
	Apologies []domain.Attendee `json:"apologies,omitempty"`
	Child     string            `json:"child"` // how the child took part: see MinuteReview
	Progress  string            `json:"progress,omitempty"`
	Outcome   string            `json:"outcome"` // continue, end, step-up
	NextBy    domain.Date       `json:"nextBy,omitzero"`
}

func (e Agreed) About() string       { return "cin-plan/" + string(e.Plan) + "/content" }
func (e ActionClosed) About() string { return "cin-plan/" + string(e.Plan) + "/action/" + e.Action }
func (e ReviewMinuted) About() string {
	return "cin-plan/" + string(e.Plan) + "/review/" + string(e.Review) + "/minutes"
}

func (Agreed) cinPlanEvent()        {}
func (ActionClosed) cinPlanEvent()  {}
func (ReviewMinuted) cinPlanEvent() {}

// ReviewBy returns the last day in time for the next review, as the latest
// agreement or review set it.
func (p Plan) ReviewBy() domain.Date {
	by, latest := p.Agreed.Fact.ReviewBy, p.Agreed.Fact.Happened
	for _, m := range p.Minuted {
		if day := m.Fact.Happened; !day.Before(latest) {
			by, latest = m.Fact.NextBy, day
		}
	}
	return by
}

// Agree records what a plan is to bring about.
type Agree struct {
	domain.Dated
	Plan     ID              `json:"plan" validate:"required,max=64,printascii"`
	Aims     []string        `json:"aims" validate:"required,min=1,max=30,dive,required,max=2000"`
	Actions  []domain.Action `json:"actions" validate:"required,min=1,max=50,dive"`
	ReviewBy domain.Date     `json:"reviewBy,omitzero"`
}

// CloseAction records what became of an action.
type CloseAction struct {
	domain.Dated
	Plan   ID     `json:"plan" validate:"required,max=64,printascii"`
	Action string `json:"action" validate:"required,max=64,printascii"`
	Result string `json:"result" validate:"required,oneof=done not-done replaced"`
	Note   string `json:"note,omitempty" validate:"max=2000"`
}

// MinuteReview records how a review that is on the record went.
type MinuteReview struct {
	domain.Dated
	Plan      ID                `json:"plan" validate:"required,max=64,printascii"`
	Review    ReviewID          `json:"review" validate:"required,max=64,printascii"`
	Attended  []domain.Attendee `json:"attended" validate:"required,min=1,max=60,dive"`
	Apologies []domain.Attendee `json:"apologies,omitempty" validate:"max=60,dive"`
	Child     string            `json:"child" validate:"required,oneof=attended attended-with-advocate views-by-advocate views-in-writing views-by-worker too-young unborn declined not-invited"`
	Progress  string            `json:"progress,omitempty" validate:"max=20000"`
	Outcome   string            `json:"outcome" validate:"required,oneof=continue end step-up"`
}

// Agree decides on the content of a plan.
func (ps Plans) Agree(c Agree, p policy.Pack) ([]domain.Event, error) {
	by := c.ReviewBy
	if by.IsZero() {
		by, _ = p.Due(policy.InNeedReview, c.Happened)
	}
	return []domain.Event{Agreed{Dated: c.Dated, Plan: c.Plan, Aims: c.Aims, Actions: c.Actions, ReviewBy: by}},
		domain.Refuse(append(ps.Find(c.Plan).active(c.Happened),
			domain.Rule{Name: "cin-review-due-before-plan", Broken: !by.IsZero() && by.Before(c.Happened),
				Reason: "The review would be due before the plan is agreed."})...)
}

// CloseAction decides on the end of an action.
func (ps Plans) CloseAction(c CloseAction) ([]domain.Event, error) {
	p := ps.Find(c.Plan)
	planned := slices.ContainsFunc(p.Agreed.Fact.Actions, func(a domain.Action) bool { return a.ID == c.Action })
	closed := slices.ContainsFunc(p.Closed, func(a domain.Known[ActionClosed]) bool { return a.Fact.Action == c.Action })
	return []domain.Event{ActionClosed{Dated: c.Dated, Plan: c.Plan, Action: c.Action, Result: c.Result, Note: c.Note}},
		domain.Refuse(append(p.active(c.Happened),
			domain.Rule{Name: "cin-action-unknown", Broken: !planned, Reason: "No action of this plan has this id."},
			domain.Rule{Name: "cin-action-already-closed", Broken: closed, Reason: "The action is already closed."})...)
}

// MinuteReview decides on how a review went.
func (ps Plans) MinuteReview(c MinuteReview, p policy.Pack) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	e := ReviewMinuted{Dated: c.Dated, Plan: c.Plan, Review: c.Review, Attended: c.Attended, Apologies: c.Apologies, Child: c.Child, Progress: c.Progress, Outcome: c.Outcome}
	if c.Outcome == "continue" {
		e.NextBy, _ = p.Due(policy.InNeedReview, c.Happened)
	}
	minuted := slices.ContainsFunc(plan.Minuted, func(m domain.Known[ReviewMinuted]) bool { return m.Fact.Review == c.Review })
	return []domain.Event{e}, domain.Refuse(append(plan.active(c.Happened),
		domain.Rule{Name: "cin-review-unknown", Broken: !plan.reviewKnown(c.Review), Reason: "No review of this plan has this id."},
		domain.Rule{Name: "cin-review-already-minuted", Broken: minuted, Reason: "The minutes of this review are already on the record."})...)
}
