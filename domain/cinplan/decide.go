package cinplan

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/referral"
)

// Start begins a plan under a referral.
type Start struct {
	domain.Dated
	Plan     ID          `json:"plan" validate:"required,max=64,printascii"`
	Referral referral.ID `json:"referral" validate:"required,max=64,printascii"`
}

// Review records a review after which the plan goes on.
type Review struct {
	domain.Dated
	Plan   ID       `json:"plan" validate:"required,max=64,printascii"`
	Review ReviewID `json:"review" validate:"required,max=64,printascii"`
}

// End ends a plan.
type End struct {
	domain.Dated
	Plan   ID     `json:"plan" validate:"required,max=64,printascii"`
	Reason string `json:"reason,omitempty" validate:"max=500"`
}

// Start decides on a new plan. A child who is subject to a protection plan on
// that day has no second plan beside it.
func (ps Plans) Start(c Start, under referral.Referral, protected bool) ([]domain.Event, error) {
	return []domain.Event{Started{Dated: c.Dated, Plan: c.Plan, Referral: c.Referral}},
		domain.Refuse(append(under.Active(c.Happened),
			domain.Rule{Name: "cin-plan-already-started", Broken: !ps.Find(c.Plan).Started.IsZero(),
				Reason: "A plan with this id is already on the record."},
			domain.Rule{Name: "cin-plan-overlaps", Broken: ps.openOn(c.Happened, c.Plan),
				Reason: "Another child-in-need plan is open on that day."},
			domain.Rule{Name: "cin-plan-beside-protection-plan", Broken: protected,
				Reason: "A child-in-need plan may not overlap a protection plan."})...)
}

// Review decides on a review.
func (ps Plans) Review(c Review) ([]domain.Event, error) {
	return []domain.Event{Reviewed{Dated: c.Dated, Plan: c.Plan, Review: c.Review}},
		domain.Refuse(append(ps.Find(c.Plan).active(c.Happened),
			domain.Rule{Name: "cin-review-already-recorded", Broken: ps.Find(c.Plan).reviewKnown(c.Review),
				Reason: "A review of this plan with this id is already on the record."})...)
}

func (p Plan) reviewKnown(id ReviewID) bool {
	return slices.ContainsFunc(p.Reviews, func(r domain.Known[Reviewed]) bool { return r.Fact.Review == id })
}

// End decides on the end of a plan.
func (ps Plans) End(c End) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	return []domain.Event{Ended{Dated: c.Dated, Plan: c.Plan, Reason: c.Reason}},
		domain.Refuse(append(plan.active(c.Happened),
			domain.Rule{Name: "cin-plan-already-ended", Broken: !plan.Ended.IsZero(), Reason: "The plan has already ended."})...)
}

func (p Plan) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "cin-plan-unknown", Broken: p.Started.IsZero(), Reason: "No child-in-need plan with this id is on the record."},
		{Name: "before-cin-plan", Broken: !p.Started.IsZero() && !on.IsZero() && on.Before(p.Started.Fact.Happened),
			Reason: "The day lies before the start of the plan."},
		{Name: "cin-plan-not-active", Broken: !p.Ended.IsZero() && on.After(p.Ended.Fact.Happened),
			Reason: "The plan ended before that day."},
	}
}

func (ps Plans) openOn(day domain.Date, except ID) bool {
	for _, p := range ps {
		begun := !p.Started.IsZero() && !day.Before(p.Started.Fact.Happened)
		if p.ID != except && begun && (p.Open() || day.Before(p.Ended.Fact.Happened)) {
			return true
		}
	}
	return false
}
