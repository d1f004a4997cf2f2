package safeguarding

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// section42 is the outcome of a concern into which the authority must enquire.
const section42 = "s42-enquiry"

// Raise records a concern about an adult.
type Raise struct {
	domain.Dated
	Concern ConcernID `json:"concern" validate:"required,max=64,printascii"`
	Types   []string  `json:"types" validate:"required,min=1,max=10,unique,dive,code=type-of-abuse"`
	Source  string    `json:"source" validate:"required,oneof=adult family carer provider health police housing public other"`
	Where   string    `json:"where" validate:"required,oneof=own-home care-home hospital community-service community other"`
	Account string    `json:"account,omitempty" validate:"max=20000"`
}

// Decide records what was decided on a concern. The duty to enquire follows
// from the three tests of section 42.
type Decide struct {
	domain.Dated
	Concern     ConcernID `json:"concern" validate:"required,max=64,printascii"`
	CareNeeds   bool      `json:"careNeeds,omitzero"`
	AtRisk      bool      `json:"atRisk,omitzero"`
	Unprotected bool      `json:"unprotected,omitzero"`
	Outcome     string    `json:"outcome" validate:"required,oneof=s42-enquiry other-enquiry no-enquiry"`
	Reason      string    `json:"reason,omitempty" validate:"max=2000"`
}

// StartEnquiry begins an enquiry into a concern.
type StartEnquiry struct {
	domain.Dated
	Enquiry EnquiryID `json:"enquiry" validate:"required,max=64,printascii"`
	Concern ConcernID `json:"concern" validate:"required,max=64,printascii"`
	Wished  string    `json:"wished,omitempty" validate:"max=20000"`
}

// EndEnquiry ends an enquiry.
type EndEnquiry struct {
	domain.Dated
	Enquiry EnquiryID `json:"enquiry" validate:"required,max=64,printascii"`
	Risk    string    `json:"risk" validate:"required,oneof=none-found removed reduced remains"`
	Wishes  string    `json:"wishes" validate:"required,oneof=fully partially not not-expressed"`
	Finding string    `json:"finding,omitempty" validate:"max=20000"`
}

// AgreePlan records how the adult is to be protected. ReviewBy is given where
// those who agreed on the plan set a day; otherwise the authority's clock does.
type AgreePlan struct {
	domain.Dated
	Plan     PlanID          `json:"plan" validate:"required,max=64,printascii"`
	Enquiry  EnquiryID       `json:"enquiry" validate:"required,max=64,printascii"`
	Actions  []domain.Action `json:"actions" validate:"required,min=1,max=50,dive"`
	ReviewBy domain.Date     `json:"reviewBy,omitzero"`
}

// ReviewPlan records a review after which the plan goes on.
type ReviewPlan struct {
	domain.Dated
	Plan     PlanID      `json:"plan" validate:"required,max=64,printascii"`
	Review   ReviewID    `json:"review" validate:"required,max=64,printascii"`
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// CloseAction records what became of an action of a plan.
type CloseAction struct {
	domain.Dated
	Plan   PlanID `json:"plan" validate:"required,max=64,printascii"`
	Action string `json:"action" validate:"required,max=64,printascii"`
	Result string `json:"result" validate:"required,oneof=done not-done replaced"`
	Note   string `json:"note,omitempty" validate:"max=2000"`
}

// EndPlan ends a plan.
type EndPlan struct {
	domain.Dated
	Plan   PlanID `json:"plan" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,oneof=risk-removed risk-accepted moved-away died other"`
}

// Raise decides on a concern.
func (s Safeguarding) Raise(c Raise, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.SafeguardingDecision, c.Happened)
	e := Raised{Dated: c.Dated, Concern: c.Concern, Types: c.Types, Source: c.Source, Where: c.Where, Account: c.Account, DecideBy: by}
	return []domain.Event{e}, domain.Refuse(domain.Rule{Name: "safeguarding-concern-already-raised", Broken: !s.Find(c.Concern).Raised.IsZero(),
		Reason: "A safeguarding concern with this id is already on the record."})
}

// Decide decides on what becomes of a concern: where all three tests of section
// 42 are met the authority must enquire under it, and nowhere else.
func (s Safeguarding) Decide(c Decide) ([]domain.Event, error) {
	one := s.Find(c.Concern)
	duty := c.CareNeeds && c.AtRisk && c.Unprotected
	e := Decided{Dated: c.Dated, Concern: c.Concern, CareNeeds: c.CareNeeds, AtRisk: c.AtRisk, Unprotected: c.Unprotected, Outcome: c.Outcome, Reason: c.Reason}
	return []domain.Event{e}, domain.Refuse(append(one.begun(c.Happened),
		domain.Rule{Name: "safeguarding-concern-already-decided", Broken: !one.Decided.IsZero(),
			Reason: "A decision on this safeguarding concern is already on the record."},
		domain.Rule{Name: "section-42-duty", Broken: duty != (c.Outcome == section42),
			Reason: "There is an enquiry under section 42 where all three of its tests are met, and only there."})...)
}

func (c Concern) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "safeguarding-concern-unknown", Broken: c.Raised.IsZero(), Reason: "No safeguarding concern with this id is on the record."},
		{Name: "before-safeguarding-concern", Broken: !c.Raised.IsZero() && !on.IsZero() && on.Before(c.Raised.Fact.Happened),
			Reason: "The day lies before the safeguarding concern."},
	}
}

// StartEnquiry decides on the beginning of an enquiry.
func (s Safeguarding) StartEnquiry(c StartEnquiry, p policy.Pack) ([]domain.Event, error) {
	one := s.Find(c.Concern)
	by, _ := p.Due(policy.SafeguardingEnquiry, c.Happened)
	outcome := one.Decided.Fact.Outcome
	return []domain.Event{EnquiryStarted{Dated: c.Dated, Enquiry: c.Enquiry, Concern: c.Concern, Wished: c.Wished, EndBy: by}},
		domain.Refuse(append(one.begun(c.Happened),
			domain.Rule{Name: "safeguarding-enquiry-already-started", Broken: !s.FindEnquiry(c.Enquiry).Started.IsZero(),
				Reason: "A safeguarding enquiry with this id is already on the record."},
			domain.Rule{Name: "no-enquiry-decided", Broken: !one.Raised.IsZero() && (outcome == "" || outcome == "no-enquiry"),
				Reason: "It was not decided to enquire into this concern."})...)
}

// EndEnquiry decides on the end of an enquiry.
func (s Safeguarding) EndEnquiry(c EndEnquiry) ([]domain.Event, error) {
	q := s.FindEnquiry(c.Enquiry)
	return []domain.Event{EnquiryEnded{Dated: c.Dated, Enquiry: c.Enquiry, Risk: c.Risk, Wishes: c.Wishes, Finding: c.Finding}},
		domain.Refuse(append(q.begun(c.Happened), domain.Rule{Name: "safeguarding-enquiry-already-ended", Broken: !q.Ended.IsZero(),
			Reason: "The safeguarding enquiry has already ended."})...)
}

func (q Enquiry) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "safeguarding-enquiry-unknown", Broken: q.Started.IsZero(), Reason: "No safeguarding enquiry with this id is on the record."},
		{Name: "before-safeguarding-enquiry", Broken: !q.Started.IsZero() && !on.IsZero() && on.Before(q.Started.Fact.Happened),
			Reason: "The day lies before the start of the safeguarding enquiry."},
	}
}

// AgreePlan decides on the content of a plan.
func (s Safeguarding) AgreePlan(c AgreePlan, p policy.Pack) ([]domain.Event, error) {
	plan, by := s.FindPlan(c.Plan), reviewBy(c.ReviewBy, c.Happened, p)
	return []domain.Event{PlanAgreed{Dated: c.Dated, Plan: c.Plan, Enquiry: c.Enquiry, Actions: c.Actions, ReviewBy: by}},
		domain.Refuse(append(append(s.FindEnquiry(c.Enquiry).begun(c.Happened), plan.over(c.Happened)...), due(by, c.Happened))...)
}

// ReviewPlan decides on a review.
func (s Safeguarding) ReviewPlan(c ReviewPlan, p policy.Pack) ([]domain.Event, error) {
	plan, by := s.FindPlan(c.Plan), reviewBy(c.ReviewBy, c.Happened, p)
	known := slices.ContainsFunc(plan.Reviews, func(r domain.Known[PlanReviewed]) bool { return r.Fact.Review == c.Review })
	return []domain.Event{PlanReviewed{Dated: c.Dated, Plan: c.Plan, Review: c.Review, ReviewBy: by}},
		domain.Refuse(append(plan.active(c.Happened), due(by, c.Happened),
			domain.Rule{Name: "safeguarding-review-already-recorded", Broken: known,
				Reason: "A review of this safeguarding plan with this id is already on the record."})...)
}

// reviewBy is the day that was agreed, or that of the authority's own clock.
func reviewBy(agreed, from domain.Date, p policy.Pack) domain.Date {
	if agreed.IsZero() {
		agreed, _ = p.Due(policy.SafeguardingReview, from)
	}
	return agreed
}

func due(by, on domain.Date) domain.Rule {
	return domain.Rule{Name: "safeguarding-review-due-before", Broken: !by.IsZero() && by.Before(on),
		Reason: "The next review would be due before that day."}
}

// CloseAction decides on the end of an action of the plan as it was agreed last.
func (s Safeguarding) CloseAction(c CloseAction) ([]domain.Event, error) {
	plan := s.FindPlan(c.Plan)
	agreed := slices.ContainsFunc(plan.Agreed.Fact.Actions, func(a domain.Action) bool { return a.ID == c.Action })
	return []domain.Event{ActionClosed{Dated: c.Dated, Plan: c.Plan, Action: c.Action, Result: c.Result, Note: c.Note}},
		domain.Refuse(append(plan.active(c.Happened),
			domain.Rule{Name: "safeguarding-action-unknown", Broken: !plan.First.IsZero() && !agreed,
				Reason: "No action of this safeguarding plan has this id."},
			domain.Rule{Name: "safeguarding-action-already-closed", Broken: !plan.Outcome(c.Action).IsZero(),
				Reason: "The action is already closed."})...)
}

// EndPlan decides on the end of a plan.
func (s Safeguarding) EndPlan(c EndPlan) ([]domain.Event, error) {
	plan := s.FindPlan(c.Plan)
	return []domain.Event{PlanEnded{Dated: c.Dated, Plan: c.Plan, Reason: c.Reason}},
		domain.Refuse(append(plan.active(c.Happened), domain.Rule{Name: "safeguarding-plan-already-ended", Broken: !plan.Ended.IsZero(),
			Reason: "The safeguarding plan has already ended."})...)
}

func (p Plan) active(on domain.Date) []domain.Rule {
	return append([]domain.Rule{
		{Name: "safeguarding-plan-unknown", Broken: p.First.IsZero(), Reason: "No safeguarding plan with this id is on the record."},
		{Name: "before-safeguarding-plan", Broken: !p.First.IsZero() && !on.IsZero() && on.Before(p.First.Fact.Happened),
			Reason: "The day lies before the safeguarding plan."},
	}, p.over(on)...)
}

func (p Plan) over(on domain.Date) []domain.Rule {
	return []domain.Rule{{Name: "safeguarding-plan-not-active", Broken: !p.Ended.IsZero() && on.After(p.Ended.Fact.Happened),
		Reason: "The safeguarding plan ended before that day."}}
}
