package protection

import (
	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

// byConference is the reason for an end that a review conference decided.
const byConference = "review-conference"

// Register puts the child's name on the register, as a conference decided that
// day. Previous is given where another source states the number of earlier
// plans; otherwise the plans on this record are counted. Whether a category is
// required depends on the nation and the day: see package policy.
type Register struct {
	domain.Dated
	Plan     PlanID      `json:"plan" validate:"required,max=64,printascii"`
	Referral referral.ID `json:"referral" validate:"required,max=64,printascii"`
	Category string      `json:"category,omitempty" validate:"omitempty,code=category-of-abuse"`
	Previous *int        `json:"previous,omitempty" validate:"omitempty,min=0,max=99"`
}

// Review records a review conference and what it decided.
type Review struct {
	domain.Dated
	Plan    PlanID   `json:"plan" validate:"required,max=64,printascii"`
	Review  ReviewID `json:"review" validate:"required,max=64,printascii"`
	Outcome string   `json:"outcome" validate:"required,oneof=continue end"`
}

// ChangeCategory records the category under which the child is registered.
type ChangeCategory struct {
	domain.Dated
	Plan     PlanID `json:"plan" validate:"required,max=64,printascii"`
	Category string `json:"category" validate:"required,code=category-of-abuse"`
}

// End removes the child's name from the register.
type End struct {
	domain.Dated
	Plan   PlanID `json:"plan" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,oneof=review-conference transferred-out reached-18 died"`
}

// Conferred is what the rest of the record says about the conference that puts a
// name on the register.
type Conferred struct {
	Met    bool // an initial conference under the referral met that day
	Unborn bool // the child was not yet born
}

// Register decides on a registration. Core group and first review have their
// clocks from the conference that registered the child; in Scotland that of an
// unborn child has a review of its own.
func (ps Plans) Register(c Register, under referral.Referral, by Conferred, p policy.Pack) ([]domain.Event, error) {
	counted := ps.before(c.Happened, c.Plan)
	previous := counted
	if c.Previous != nil {
		previous = *c.Previous
	}
	coreGroup, _ := p.Due(policy.CoreGroup, c.Happened)
	review, _ := p.Due(policy.FirstReview, c.Happened)
	if early, ok := p.Due(policy.PreBirthReview, c.Happened); ok && by.Unborn {
		review = early
	}
	e := Registered{Dated: c.Dated, Plan: c.Plan, Referral: c.Referral, Category: c.Category,
		Previous: previous, CoreGroupBy: coreGroup, ReviewBy: review}
	return []domain.Event{e}, domain.Refuse(append(under.Active(c.Happened),
		domain.Rule{Name: "plan-already-registered", Broken: !ps.Find(c.Plan).Registered.IsZero(),
			Reason: "A protection plan with this id is already on the record."},
		domain.Rule{Name: "plan-overlaps", Broken: ps.otherOn(c.Happened, c.Plan),
			Reason: "Another protection plan is open on that day."},
		domain.Rule{Name: "no-conference-that-day", Broken: !by.Met,
			Reason: "No initial conference under this referral is recorded on that day; a plan starts on the day of the conference."},
		domain.Rule{Name: "previous-plans-undercounted", Broken: previous < counted,
			Reason: "The stated number of earlier plans is smaller than the number on this record."},
		domain.Rule{Name: "category-required", Broken: c.Category == "" && p.Requires(policy.CategoryAtRegistration, c.Happened),
			Reason: "A child is registered under a category of abuse."})...)
}

// Review decides on a review conference.
func (ps Plans) Review(c Review, p policy.Pack) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	e := Reviewed{Dated: c.Dated, Plan: c.Plan, Review: c.Review, Outcome: c.Outcome}
	if c.Outcome != "end" {
		e.ReviewBy, _ = p.Due(policy.LaterReview, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(append(plan.active(c.Happened),
		domain.Rule{Name: "review-already-recorded", Broken: plan.reviewKnown(c.Review),
			Reason: "A review with this id is already on the record."})...)
}

// ChangeCategory decides on a change of category.
func (ps Plans) ChangeCategory(c ChangeCategory) ([]domain.Event, error) {
	return []domain.Event{CategoryChanged{Dated: c.Dated, Plan: c.Plan, Category: c.Category}},
		domain.Refuse(ps.Find(c.Plan).active(c.Happened)...)
}

// Leaving is what the rest of the record says about a child who leaves the
// register without a review conference.
type Leaving struct {
	Born      domain.Date
	Died      bool
	TakenOver bool // another authority has taken responsibility by that day
}

// adult is the age from which there is no protection plan.
const adult = 18

// End decides on removing the name. While the authority keeps the plan, only a
// review conference removes a name; otherwise only the child's death, coming of
// age, or another authority that has taken over does.
func (ps Plans) End(c End, child Leaving) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	return []domain.Event{Ended{Dated: c.Dated, Plan: c.Plan, Reason: c.Reason}},
		domain.Refuse(append(plan.active(c.Happened),
			domain.Rule{Name: "plan-already-ended", Broken: !plan.Ended.IsZero(), Reason: "The plan has already ended."},
			domain.Rule{Name: "only-a-review-conference-removes-a-name",
				Broken: c.Reason == byConference && !plan.endedByReview(c.Happened),
				Reason: "No review conference of that day which decided to end the plan is recorded."},
			domain.Rule{Name: "not-taken-over", Broken: c.Reason == "transferred-out" && !child.TakenOver,
				Reason: "Until the receiving authority has taken over, this authority keeps the plan."},
			domain.Rule{Name: "not-yet-18", Broken: c.Reason == "reached-18" && (child.Born.IsZero() || c.Happened.Before(child.Born.AddMonths(12*adult))),
				Reason: "The child has not reached the age of 18, or the day of birth is not recorded."},
			domain.Rule{Name: "no-death-recorded", Broken: c.Reason == "died" && !child.Died,
				Reason: "No death is on the record."})...)
}

func (p Plan) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "plan-unknown", Broken: p.Registered.IsZero(), Reason: "No protection plan with this id is on the record."},
		{Name: "before-plan", Broken: !p.Registered.IsZero() && !on.IsZero() && on.Before(p.Registered.Fact.Happened),
			Reason: "The day lies before the start of the plan."},
		{Name: "plan-not-active", Broken: !p.Ended.IsZero() && on.After(p.Ended.Fact.Happened),
			Reason: "The plan ended before that day."},
	}
}

func (p Plan) reviewKnown(id ReviewID) bool {
	for _, r := range p.Reviews {
		if r.Fact.Review == id {
			return true
		}
	}
	return false
}

func (p Plan) endedByReview(day domain.Date) bool {
	for _, r := range p.Reviews {
		if r.Fact.Happened == day && r.Fact.Outcome == "end" {
			return true
		}
	}
	return false
}

// before counts the plans that began before the day.
func (ps Plans) before(day domain.Date, except PlanID) int {
	n := 0
	for _, p := range ps {
		if p.ID != except && !p.Registered.IsZero() && p.Registered.Fact.Happened.Before(day) {
			n++
		}
	}
	return n
}

func (ps Plans) otherOn(day domain.Date, except PlanID) bool {
	for _, p := range ps {
		if p.ID != except && p.On(day) {
			return true
		}
	}
	return false
}
