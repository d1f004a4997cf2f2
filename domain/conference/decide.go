package conference

import (
	"caseledger/domain"
	"caseledger/domain/enquiry"
	"caseledger/domain/policy"
)

// Minute records who took part in a conference that is on the record.
type Minute struct {
	domain.Dated
	Conference ID                `json:"conference" validate:"required,max=64,printascii"`
	Kind       string            `json:"kind" validate:"required,oneof=initial review"`
	Quorate    bool              `json:"quorate,omitzero"`
	Exception  string            `json:"exception,omitempty" validate:"max=2000"`
	Attended   []domain.Attendee `json:"attended" validate:"required,min=1,max=60,dive"`
	Apologies  []domain.Attendee `json:"apologies,omitempty" validate:"max=60,dive"`
	Dissent    []Dissent         `json:"dissent,omitempty" validate:"max=30,dive"`
	Child      string            `json:"child" validate:"required,oneof=attended attended-with-advocate views-by-advocate views-in-writing views-by-worker too-young unborn declined not-invited"`
	Parents    string            `json:"parents" validate:"required,oneof=both-attended mother-attended father-attended views-in-writing declined excluded not-invited none"`
	Grounds    string            `json:"grounds,omitempty" validate:"max=20000"`
}

// Adjourn records a conference that met and decided nothing.
type Adjourn struct {
	domain.Dated
	Conference ID     `json:"conference" validate:"required,max=64,printascii"`
	Kind       string `json:"kind" validate:"required,oneof=initial review"`
	Reason     string `json:"reason" validate:"required,oneof=inquorate information-missing family-absent other"`
}

// Circulate records that the record of a conference was sent.
type Circulate struct {
	domain.Dated
	Conference ID       `json:"conference" validate:"required,max=64,printascii"`
	To         []string `json:"to" validate:"required,min=1,max=60,dive,required,max=200"`
}

// Delay records that a senior manager allowed an initial conference to be late.
type Delay struct {
	domain.Dated
	Enquiry enquiry.ID  `json:"enquiry" validate:"required,max=64,printascii"`
	Until   domain.Date `json:"until" validate:"required"`
	Reason  string      `json:"reason" validate:"required,max=2000"`
	Manager string      `json:"manager" validate:"required,max=100,printascii"`
}

// Minute decides on the minutes of a conference. held is the day on which the
// record says that it met, no date where it does not.
func (cs Conferences) Minute(c Minute, held domain.Date, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.ConferenceRecord, c.Happened)
	e := Minuted{Dated: c.Dated, Conference: c.Conference, Kind: c.Kind, Quorate: c.Quorate, Exception: c.Exception, Attended: c.Attended,
		Apologies: c.Apologies, Dissent: c.Dissent, Child: c.Child, Parents: c.Parents, Grounds: c.Grounds, CirculateBy: by}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "conference-unknown", Broken: held.IsZero(), Reason: "No conference of this kind with this id is on the record."},
		domain.Rule{Name: "conference-on-another-day", Broken: !held.IsZero() && !c.Happened.IsZero() && c.Happened != held,
			Reason: "The conference met on another day."},
		domain.Rule{Name: "conference-already-minuted", Broken: !cs.Find(c.Conference).Minuted.IsZero(),
			Reason: "The minutes of this conference are already on the record."},
		domain.Rule{Name: "inquorate-conference-decides-nothing", Broken: !c.Quorate && c.Exception == "",
			Reason: "A conference that is not quorate is adjourned, unless the reason for going on is recorded."})
}

// Adjourn decides on an adjournment. An inquorate conference has a clock of its
// own in Scotland.
func (cs Conferences) Adjourn(c Adjourn, held domain.Date, p policy.Pack) ([]domain.Event, error) {
	e := Adjourned{Dated: c.Dated, Conference: c.Conference, Kind: c.Kind, Reason: c.Reason}
	if c.Reason == "inquorate" {
		e.ReconveneBy, _ = p.Due(policy.InquorateConference, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "conference-already-held", Broken: !held.IsZero(), Reason: "A conference with this id is already on the record."},
		domain.Rule{Name: "conference-already-adjourned", Broken: !cs.Find(c.Conference).Adjourned.IsZero(),
			Reason: "The adjournment of this conference is already on the record."})
}

// Circulate decides on the sending of a record.
func (cs Conferences) Circulate(c Circulate) ([]domain.Event, error) {
	one := cs.Find(c.Conference)
	return []domain.Event{Circulated{Dated: c.Dated, Conference: c.Conference, To: c.To}}, domain.Refuse(
		domain.Rule{Name: "conference-not-minuted", Broken: one.Minuted.IsZero(), Reason: "No minutes of a conference with this id are on the record."},
		domain.Rule{Name: "before-conference", Broken: !one.Minuted.IsZero() && !c.Happened.IsZero() && c.Happened.Before(one.Minuted.Fact.Happened),
			Reason: "The day lies before the conference."},
		domain.Rule{Name: "record-already-circulated", Broken: !one.Circulated.IsZero(), Reason: "The record of this conference has already been sent."})
}

// Delay decides on a late conference.
func (cs Conferences) Delay(c Delay, of enquiry.Enquiry) ([]domain.Event, error) {
	return []domain.Event{Delayed{Dated: c.Dated, Enquiry: c.Enquiry, Until: c.Until, Reason: c.Reason, Manager: c.Manager}}, domain.Refuse(
		domain.Rule{Name: "enquiry-unknown", Broken: of.Started.IsZero(), Reason: "No enquiry with this id is on the record."},
		domain.Rule{Name: "enquiry-already-ended", Broken: !of.Started.IsZero() && !of.Open(),
			Reason: "The enquiry has already come to a conference or to the finding that none is required."},
		domain.Rule{Name: "delay-into-the-past", Broken: c.Until.Before(c.Happened), Reason: "The new day lies before the day of the decision."})
}
