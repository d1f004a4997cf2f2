package temporary

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// planMade is the end of a temporary registration when this authority's own
// conference has made a plan.
const planMade = "plan-made"

// Enter puts a name on the register for a while.
type Enter struct {
	domain.Dated
	Registration ID     `json:"registration" validate:"required,max=64,printascii"`
	From         string `json:"from" validate:"required,max=200"`
	Category     string `json:"category,omitempty" validate:"omitempty,code=category-of-abuse"`
	Permanent    bool   `json:"permanent,omitzero"`
}

// End ends a temporary registration.
type End struct {
	domain.Dated
	Registration ID     `json:"registration" validate:"required,max=64,printascii"`
	Reason       string `json:"reason" validate:"required,oneof=plan-made no-plan-made returned moved-on plan-ended-elsewhere died"`
}

// Enter decides on a temporary registration. registered tells whether the child
// has a plan of this authority already on that day.
func (rs Registrations) Enter(c Enter, registered bool, p policy.Pack) ([]domain.Event, error) {
	e := Entered{Dated: c.Dated, Registration: c.Registration, From: c.From, Category: c.Category, Permanent: c.Permanent}
	switch {
	case c.Permanent:
		e.ConferenceBy, _ = p.Due(policy.TransferConference, c.Happened)
	default:
		e.ConferenceBy, _ = p.Due(policy.TemporaryReview, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "temporary-registration-already-entered", Broken: !rs.Find(c.Registration).Entered.IsZero(),
			Reason: "A temporary registration with this id is already on the record."},
		domain.Rule{Name: "already-on-the-register", Broken: registered || rs.otherOpen(c.Registration),
			Reason: "The child's name already stands on the register."})
}

// End decides on the end of a temporary registration. registered tells whether
// the child has a plan of this authority on that day.
func (rs Registrations) End(c End, registered bool) ([]domain.Event, error) {
	r := rs.Find(c.Registration)
	return []domain.Event{Ended{Dated: c.Dated, Registration: c.Registration, Reason: c.Reason}}, domain.Refuse(
		domain.Rule{Name: "temporary-registration-unknown", Broken: r.Entered.IsZero(), Reason: "No temporary registration with this id is on the record."},
		domain.Rule{Name: "before-temporary-registration", Broken: !r.Entered.IsZero() && !c.Happened.IsZero() && c.Happened.Before(r.Entered.Fact.Happened),
			Reason: "The day lies before the temporary registration."},
		domain.Rule{Name: "temporary-registration-already-ended", Broken: !r.Ended.IsZero(), Reason: "The temporary registration has already ended."},
		domain.Rule{Name: "no-plan-made", Broken: c.Reason == planMade && !registered, Reason: "No protection plan of this authority is open on that day."})
}

func (rs Registrations) otherOpen(except ID) bool {
	for _, r := range rs {
		if r.ID != except && r.Open() {
			return true
		}
	}
	return false
}
