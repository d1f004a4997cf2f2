package transition

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/needs"
)

const (
	adultAge     = 18 * 12 // in months: Family Law Reform Act 1969 section 1
	adultSupport = "adult-support"
)

// Plan plans the way into adults' services.
type Plan struct {
	domain.Dated
	Transition ID          `json:"transition" validate:"required,max=64,printascii"`
	Team       string      `json:"team" validate:"required,max=100,printascii"`
	Aim        string      `json:"aim,omitempty" validate:"max=20000"`
	AssessBy   domain.Date `json:"assessBy,omitzero"`
}

// Conclude records what adults' services do from now on. Support names the
// assessment after which it is given.
type Conclude struct {
	domain.Dated
	Transition ID       `json:"transition" validate:"required,max=64,printascii"`
	Outcome    string   `json:"outcome" validate:"required,oneof=adult-support children-support-goes-on not-eligible declined moved-away"`
	Assessment needs.ID `json:"assessment,omitempty" validate:"omitempty,max=64,printascii"`
}

// Plan decides on a transition of a person born on a day.
func (ts Transitions) Plan(c Plan, born domain.Date) ([]domain.Event, error) {
	eighteen := born.AddMonths(adultAge)
	e := Planned{Dated: c.Dated, Transition: c.Transition, Team: c.Team, Aim: c.Aim, AssessBy: c.AssessBy, Eighteen: eighteen}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "transition-already-planned", Broken: !ts.Find(c.Transition).Planned.IsZero(),
			Reason: "A transition with this id is already on the record."},
		domain.Rule{Name: "another-transition", Broken: slices.ContainsFunc(ts, func(t Transition) bool { return t.ID != c.Transition && t.Open() }),
			Reason: "Another transition goes on."},
		domain.Rule{Name: "birth-unknown", Broken: born.IsZero(),
			Reason: "No day of birth is on the record, so nobody knows when the person comes of age."},
		domain.Rule{Name: "of-age", Broken: !born.IsZero() && !c.Happened.Before(eighteen),
			Reason: "The person is of age on that day: there is no transition to plan."},
		domain.Rule{Name: "assessment-due-before", Broken: !c.AssessBy.IsZero() && c.AssessBy.Before(c.Happened),
			Reason: "The assessment would be due before the transition is planned."})
}

// Conclude decides on the end of a transition. The assessment is the one that
// the command names, or one about which nothing is known.
func (ts Transitions) Conclude(c Conclude, after needs.Assessment) ([]domain.Event, error) {
	t := ts.Find(c.Transition)
	return []domain.Event{Concluded{Dated: c.Dated, Transition: c.Transition, Outcome: c.Outcome, Assessment: c.Assessment}}, domain.Refuse(
		domain.Rule{Name: "transition-unknown", Broken: t.Planned.IsZero(), Reason: "No transition with this id is on the record."},
		domain.Rule{Name: "before-transition", Broken: !t.Planned.IsZero() && !c.Happened.IsZero() && c.Happened.Before(t.Planned.Fact.Happened),
			Reason: "The day lies before the transition was planned."},
		domain.Rule{Name: "transition-already-concluded", Broken: !t.Concluded.IsZero(), Reason: "The transition is already concluded."},
		domain.Rule{Name: "transition-without-eligibility", Broken: c.Outcome == adultSupport && !after.Eligibility.Fact.Eligible,
			Reason: "Adults' support follows an assessment by which the person is eligible."})
}
