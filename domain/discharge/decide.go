package discharge

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Notify records a hospital's notice.
type Notify struct {
	domain.Dated
	Stay     StayID      `json:"stay" validate:"required,max=64,printascii"`
	Notice   string      `json:"notice" validate:"required,code=hospital-notice"`
	Hospital string      `json:"hospital" validate:"required,max=200"`
	Ward     string      `json:"ward,omitempty" validate:"max=200"`
	Expected domain.Date `json:"expected,omitzero"`
}

// Withdraw records that a hospital took a notice back.
type Withdraw struct {
	domain.Dated
	Stay   StayID `json:"stay" validate:"required,max=64,printascii"`
	Notice string `json:"notice" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,oneof=unlikely-to-need-care treatment-goes-on consent-withdrawn died moved other"`
}

// RecordDelay records that an adult who is ready to leave cannot.
type RecordDelay struct {
	domain.Dated
	Stay   StayID  `json:"stay" validate:"required,max=64,printascii"`
	Delay  DelayID `json:"delay" validate:"required,max=64,printascii"`
	Reason string  `json:"reason" validate:"required,code=delay-reason"`
	By     string  `json:"by" validate:"required,oneof=health social-care both"`
}

// EndDelay records that a delay is over.
type EndDelay struct {
	domain.Dated
	Delay DelayID `json:"delay" validate:"required,max=64,printascii"`
}

// Discharge records that the adult left the hospital.
type Discharge struct {
	domain.Dated
	Stay    StayID `json:"stay" validate:"required,max=64,printascii"`
	Pathway string `json:"pathway" validate:"required,code=discharge-pathway"`
	To      string `json:"to" validate:"required,oneof=own-home family care-home nursing-home hospice another-hospital other"`
}

// Notify decides on a notice: one of each kind at a time, and a notice of
// discharge after one of assessment.
func (h Hospital) Notify(c Notify, p policy.Pack) ([]domain.Event, error) {
	s := h.Find(c.Stay)
	e := Noticed{Dated: c.Dated, Stay: c.Stay, Notice: c.Notice, Hospital: c.Hospital, Ward: c.Ward, Expected: c.Expected}
	if c.Notice != DischargeNotice {
		e.AssessBy, _ = p.Due(policy.HospitalAssessment, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "notice-already-given", Broken: s.Find(c.Notice).Holds(),
			Reason: "A notice of this kind on this stay is already on the record."},
		domain.Rule{Name: "discharge-without-assessment-notice", Broken: c.Notice == DischargeNotice && !s.Find(AssessmentNotice).Holds(),
			Reason: "A discharge notice follows an assessment notice that was not withdrawn."},
		s.left(),
		domain.Rule{Name: "discharge-expected-before", Broken: !c.Expected.IsZero() && c.Expected.Before(c.Happened),
			Reason: "The discharge would have been before the notice of it."})
}

// Withdraw decides on the end of a notice.
func (h Hospital) Withdraw(c Withdraw) ([]domain.Event, error) {
	s := h.Find(c.Stay)
	n := s.Find(c.Notice)
	return []domain.Event{Withdrawn{Dated: c.Dated, Stay: c.Stay, Notice: c.Notice, Reason: c.Reason}}, domain.Refuse(
		domain.Rule{Name: "notice-unknown", Broken: n.Given.IsZero(), Reason: "No notice of this kind on this stay is on the record."},
		domain.Rule{Name: "before-notice", Broken: !n.Given.IsZero() && !c.Happened.IsZero() && c.Happened.Before(n.Given.Fact.Happened),
			Reason: "The day lies before the notice."},
		domain.Rule{Name: "notice-already-withdrawn", Broken: !n.Withdrawn.IsZero(), Reason: "The notice was already withdrawn."},
		s.left())
}

// RecordDelay decides on a delay.
func (h Hospital) RecordDelay(c RecordDelay) ([]domain.Event, error) {
	s := h.Find(c.Stay)
	return []domain.Event{Delayed{Dated: c.Dated, Stay: c.Stay, Delay: c.Delay, Reason: c.Reason, By: c.By}},
		domain.Refuse(append(s.begun(c.Happened),
			domain.Rule{Name: "delay-already-recorded", Broken: !h.FindDelay(c.Delay).Begun.IsZero(), Reason: "A delay with this id is already on the record."},
			domain.Rule{Name: "already-discharged", Broken: !s.Discharged.IsZero() && c.Happened.After(s.Discharged.Fact.Happened),
				Reason: "The adult had already left the hospital on that day."})...)
}

// EndDelay decides on the end of a delay.
func (h Hospital) EndDelay(c EndDelay) ([]domain.Event, error) {
	d := h.FindDelay(c.Delay)
	return []domain.Event{DelayEnded{Dated: c.Dated, Delay: c.Delay}}, domain.Refuse(
		domain.Rule{Name: "delay-unknown", Broken: d.Begun.IsZero(), Reason: "No delay with this id is on the record."},
		domain.Rule{Name: "before-delay", Broken: !d.Begun.IsZero() && !c.Happened.IsZero() && c.Happened.Before(d.Begun.Fact.Happened),
			Reason: "The day lies before the delay."},
		domain.Rule{Name: "delay-already-ended", Broken: !d.Ended.IsZero(), Reason: "The delay has already ended."})
}

// Discharge decides on a discharge, which nothing delays any more. After one
// with support the adult is assessed where life goes on.
func (h Hospital) Discharge(c Discharge, p policy.Pack) ([]domain.Event, error) {
	s := h.Find(c.Stay)
	e := Discharged{Dated: c.Dated, Stay: c.Stay, Pathway: c.Pathway, To: c.To}
	switch c.Pathway {
	case "1", "2", "3": // those with support
		e.AssessBy, _ = p.Due(policy.DischargeAssessment, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(append(s.begun(c.Happened),
		s.left(),
		domain.Rule{Name: "delay-goes-on", Broken: slices.ContainsFunc(h.Delays, func(d Delay) bool { return d.Begun.Fact.Stay == c.Stay && d.Ended.IsZero() }),
			Reason: "A delay of this stay goes on: record its end first."})...)
}

func (s Stay) left() domain.Rule {
	return domain.Rule{Name: "already-discharged", Broken: !s.Discharged.IsZero(), Reason: "The adult has already left the hospital."}
}

func (s Stay) begun(on domain.Date) []domain.Rule {
	first := s.First()
	return []domain.Rule{
		{Name: "stay-unknown", Broken: first.IsZero(), Reason: "No notice on a stay with this id is on the record."},
		{Name: "before-stay", Broken: !first.IsZero() && !on.IsZero() && on.Before(first.Fact.Happened), Reason: "The day lies before the first notice on the stay."},
	}
}
