package careleaver

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// Entitle records in which group of care leavers the person is.
type Entitle struct {
	domain.Dated
	Eligibility string `json:"eligibility" validate:"required,oneof=eligible relevant former-relevant qualifying"`
}

// NameAdviser records who the personal adviser is.
type NameAdviser struct {
	domain.Dated
	Adviser string `json:"adviser" validate:"required,max=100,printascii"`
}

// Plan records that a pathway plan was made or reviewed.
type Plan struct {
	domain.Dated
	Plan PlanID `json:"plan" validate:"required,max=64,printascii"`
}

// Contact records how the person was found to be doing.
type Contact struct {
	domain.Dated
	Contact       ContactID `json:"contact" validate:"required,max=64,printascii"`
	InTouch       string    `json:"inTouch" validate:"required,code=in-touch"`
	Activity      string    `json:"activity,omitempty" validate:"omitempty,code=care-leaver-activity"`
	Accommodation string    `json:"accommodation,omitempty" validate:"omitempty,code=care-leaver-accommodation"`
}

// End records that the authority no longer owes the person help: at the age that
// the law sets, by the person's own wish, by death, or because the person was
// looked after again.
type End struct {
	domain.Dated
	Reason string `json:"reason" validate:"required,oneof=age declined died looked-after-again other"`
}

// The ages in months from which a young person is eligible, and former relevant,
// and from which nobody is (Children Act 1989 sections 23A to 23CZB).
const (
	sixteen    = 16 * 12
	eighteen   = 18 * 12
	twentyFive = 25 * 12
)

// Entitle decides on the group.
func (l Leaver) Entitle(e Entitle, born domain.Date) ([]domain.Event, error) {
	known := !born.IsZero() && !e.Happened.IsZero()
	return []domain.Event{Entitled{Dated: e.Dated, Eligibility: e.Eligibility}}, domain.Refuse(
		domain.Rule{Name: "care-leaver-under-sixteen", Broken: known && e.Happened.Before(born.AddMonths(sixteen)),
			Reason: "Nobody is entitled as a care leaver before the sixteenth birthday."},
		domain.Rule{Name: "former-relevant-under-eighteen", Broken: known && e.Eligibility == "former-relevant" && e.Happened.Before(born.AddMonths(eighteen)),
			Reason: "A former relevant child is one of eighteen or over."},
		domain.Rule{Name: "care-leaver-over-twenty-four", Broken: known && !e.Happened.Before(born.AddMonths(twentyFive)),
			Reason: "Nobody is entitled as a care leaver from the twenty-fifth birthday on."})
}

// End decides on the end of help.
func (l Leaver) End(e End) ([]domain.Event, error) {
	entitled := l.Entitled
	return []domain.Event{Ended{Dated: e.Dated, Reason: e.Reason}}, domain.Refuse(
		domain.Rule{Name: "care-leaver-not-entitled", Broken: entitled.IsZero(), Reason: "No entitlement as a care leaver is on the record."},
		domain.Rule{Name: "before-care-leaver-entitled", Broken: !entitled.IsZero() && !e.Happened.IsZero() && e.Happened.Before(entitled.Fact.Happened),
			Reason: "The day lies before the entitlement as a care leaver."},
		domain.Rule{Name: "care-leaver-already-ended", Broken: !l.Ended.IsZero(), Reason: "The help as a care leaver has already ended."})
}

// going is the rule that help has not ended before the day.
func (l Leaver) going(day domain.Date) domain.Rule {
	return domain.Rule{Name: "care-leaver-help-ended", Broken: !l.Ended.IsZero() && day.After(l.Ended.Fact.Happened),
		Reason: "The help as a care leaver ended before that day; record that the person is entitled again first."}
}

// NameAdviser decides on the personal adviser.
func (l Leaver) NameAdviser(n NameAdviser) ([]domain.Event, error) {
	return []domain.Event{AdviserNamed{Dated: n.Dated, Adviser: n.Adviser}}, domain.Refuse(l.going(n.Happened))
}

// Plan decides on a pathway plan, or a review of it.
func (l Leaver) Plan(c Plan, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.PathwayPlanReview, c.Happened)
	known := false
	for _, k := range l.Plans {
		known = known || k.Fact.Plan == c.Plan
	}
	return []domain.Event{Planned{Dated: c.Dated, Plan: c.Plan, ReviewBy: by}}, domain.Refuse(
		l.going(c.Happened),
		domain.Rule{Name: "pathway-plan-already-made", Broken: known, Reason: "A pathway plan with this id is already on the record."})
}

// Contact decides on what was found. Where the authority is in touch it says
// what the person does and where they live, otherwise it does not.
func (l Leaver) Contact(c Contact, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.CareLeaverVisit, c.Happened)
	known := false
	for _, k := range l.Contacts {
		known = known || k.Fact.Contact == c.Contact
	}
	said := stated(c.Activity) && stated(c.Accommodation)
	none := !stated(c.Activity) && !stated(c.Accommodation)
	e := Contacted{Dated: c.Dated, Contact: c.Contact, InTouch: c.InTouch, Activity: c.Activity, Accommodation: c.Accommodation, VisitBy: by}
	return []domain.Event{e}, domain.Refuse(
		l.going(c.Happened),
		domain.Rule{Name: "care-leaver-contact-already-recorded", Broken: known, Reason: "A contact with this id is already on the record."},
		domain.Rule{Name: "in-touch-and-nothing-known", Broken: c.InTouch == InTouch && !said,
			Reason: "Whoever is in touch with the authority has an activity and an accommodation."},
		domain.Rule{Name: "died-or-home-and-something-known", Broken: (c.InTouch == "DIED" || c.InTouch == "RHOM") && !none,
			Reason: "Of one who died or returned home, neither activity nor accommodation is recorded."})
}

// InTouch is the code of one with whom the authority is in touch.
const InTouch = "YES"

// stated reports whether a code says anything: 0 is the return's word for
// nothing.
func stated(code string) bool { return code != "" && code != "0" }
