package privatefostering

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// endOfPrivateFostering is the age from which no child is privately fostered;
// 18 where the child is disabled (Children Act 1989, section 66).
const endOfPrivateFostering, ofDisabled = 16, 18

// Notify records that the authority was told of an arrangement.
type Notify struct {
	domain.Dated
	Arrangement ID          `json:"arrangement" validate:"required,max=64,printascii"`
	By          string      `json:"by" validate:"required,oneof=parent carer school health other"`
	Carer       string      `json:"carer" validate:"required,max=200"`
	Begins      domain.Date `json:"begins,omitzero"`
}

// Assess records whether an arrangement is suitable.
type Assess struct {
	domain.Dated
	Arrangement ID     `json:"arrangement" validate:"required,max=64,printascii"`
	Suitable    bool   `json:"suitable,omitzero"`
	Conditions  string `json:"conditions,omitempty" validate:"max=5000"`
}

// End records that an arrangement ended.
type End struct {
	domain.Dated
	Arrangement ID     `json:"arrangement" validate:"required,max=64,printascii"`
	Reason      string `json:"reason" validate:"required,oneof=returned-home moved-on reached-age looked-after prohibited other"`
}

// Child is what the rules ask about the child.
type Child struct {
	Born     domain.Date
	Disabled bool
}

// Notify decides on a notification. One child lives in one arrangement at a
// time.
func (as Arrangements) Notify(c Notify, child Child, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.PrivateFosteringFirstVisit, c.Happened)
	e := Notified{Dated: c.Dated, Arrangement: c.Arrangement, By: c.By, Carer: c.Carer, Begins: c.Begins, VisitBy: by}
	open := slices.ContainsFunc(as, func(a Arrangement) bool { return a.ID != c.Arrangement && a.Open() })
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "private-fostering-already-notified", Broken: !as.Find(c.Arrangement).Notified.IsZero(),
			Reason: "An arrangement with this id is already on the record."},
		domain.Rule{Name: "private-fostering-overlaps", Broken: open, Reason: "Another arrangement is open; end that one first."},
		domain.Rule{Name: "too-old-for-private-fostering", Broken: child.tooOld(c.Happened),
			Reason: "A child of 16, or of 18 who is disabled, is not privately fostered."})
}

func (c Child) tooOld(on domain.Date) bool {
	age := endOfPrivateFostering
	if c.Disabled {
		age = ofDisabled
	}
	return !c.Born.IsZero() && !on.IsZero() && !on.Before(c.Born.AddMonths(12*age))
}

// Assess decides on an assessment of an arrangement.
func (as Arrangements) Assess(c Assess) ([]domain.Event, error) {
	return []domain.Event{Assessed{Dated: c.Dated, Arrangement: c.Arrangement, Suitable: c.Suitable, Conditions: c.Conditions}},
		domain.Refuse(as.Find(c.Arrangement).active(c.Happened)...)
}

// End decides on the end of an arrangement.
func (as Arrangements) End(c End) ([]domain.Event, error) {
	a := as.Find(c.Arrangement)
	return []domain.Event{Ended{Dated: c.Dated, Arrangement: c.Arrangement, Reason: c.Reason}}, domain.Refuse(append(a.active(c.Happened),
		domain.Rule{Name: "private-fostering-already-ended", Broken: !a.Ended.IsZero(), Reason: "The arrangement has already ended."})...)
}

func (a Arrangement) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "private-fostering-unknown", Broken: a.Notified.IsZero(), Reason: "No arrangement with this id is on the record."},
		{Name: "before-private-fostering", Broken: !a.Notified.IsZero() && !on.IsZero() && on.Before(a.Notified.Fact.Happened),
			Reason: "The day lies before the notification of the arrangement."},
		{Name: "private-fostering-not-active", Broken: !a.Ended.IsZero() && on.After(a.Ended.Fact.Happened),
			Reason: "The arrangement ended before that day."},
	}
}
