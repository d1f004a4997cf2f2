// Package conference is the part of a record that says how conferences went:
// who came and who sent apologies, whether enough came, who dissented, how the
// child took part, when the record went out, and why a conference was adjourned
// or held late. What a conference decided for the child stands in packages
// enquiry and protection, and is never stated here a second time.
package conference

import (
	"caseledger/domain"
	"caseledger/domain/enquiry"
)

// ID names a conference: that of the initial conference in package enquiry, or
// of the review in package protection.
type ID string

// Event is one fact about how a conference went.
//
//sumtype:decl
type Event interface {
	domain.Event
	conferenceEvent()
}

// Dissent is an agency's disagreement with the decision, in its own words.
type Dissent struct {
	Agency string `json:"agency" validate:"required,max=100"`
	Reason string `json:"reason" validate:"required,max=2000"`
}

// Minuted says who took part in a conference, and how.
type Minuted struct {
	domain.Dated
	Conference ID                `json:"conference"`
	Kind       string            `json:"kind"` // initial, review
	Quorate    bool              `json:"quorate"`
	Exception  string            `json:"exception,omitempty"` // why it went on although it was inquorate
	Attended   []domain.Attendee `json:"attended"`
	Apologies  []domain.Attendee `json:"apologies,omitempty"`
	Dissent    []Dissent         `json:"dissent,omitempty"`
	Child      string            `json:"child"`   // how the child took part: see Minute
	Parents    string            `json:"parents"` // how the parents took part: see Minute
	Grounds    string            `json:"grounds,omitempty"`
	// CirculateBy is the last day in time for the record to reach those who
	// took part.
	CirculateBy domain.Date `json:"circulateBy,omitzero"`
}

// Adjourned says that a conference met and decided nothing.
type Adjourned struct {
	domain.Dated
	Conference  ID          `json:"conference"`
	Kind        string      `json:"kind"`
	Reason      string      `json:"reason"` // inquorate, information-missing, family-absent, other
	ReconveneBy domain.Date `json:"reconveneBy,omitzero"`
}

// Circulated says that the record of a conference went to those who took part.
type Circulated struct {
	domain.Dated
	Conference ID       `json:"conference"`
	To         []string `json:"to"`
}

// Delayed says that a senior manager allowed an initial conference to be later
// than the clock says, and why.
type Delayed struct {
	domain.Dated
	Enquiry enquiry.ID  `json:"enquiry"`
	Until   domain.Date `json:"until"`
	Reason  string      `json:"reason"`
	Manager string      `json:"manager"` // the actor id of who signed
}

func (e Minuted) About() string    { return "conference/" + string(e.Conference) + "/minutes" }
func (e Adjourned) About() string  { return "conference/" + string(e.Conference) + "/adjournment" }
func (e Circulated) About() string { return "conference/" + string(e.Conference) + "/circulation" }
func (e Delayed) About() string    { return "enquiry/" + string(e.Enquiry) + "/delay" }

func (Minuted) conferenceEvent()    {}
func (Adjourned) conferenceEvent()  {}
func (Circulated) conferenceEvent() {}
func (Delayed) conferenceEvent()    {}

// Conference is what is known of how one conference went.
type Conference struct {
	ID         ID
	Minuted    domain.Known[Minuted]
	Adjourned  domain.Known[Adjourned]
	Circulated domain.Known[Circulated]
}

// Conferences are those of one record.
type Conferences struct {
	All    []Conference
	Delays []domain.Known[Delayed] // one for each enquiry
}

// Find returns the conference with the id, or one about which nothing is known.
func (cs Conferences) Find(id ID) Conference {
	for _, c := range cs.All {
		if c.ID == id {
			return c
		}
	}
	return Conference{ID: id}
}

// DelayOf returns what allowed the conference of an enquiry to be late.
func (cs Conferences) DelayOf(id enquiry.ID) domain.Known[Delayed] {
	for _, d := range cs.Delays {
		if d.Fact.Enquiry == id {
			return d
		}
	}
	return domain.Known[Delayed]{}
}

// Evolve returns the conferences with one more fact.
func (cs Conferences) Evolve(entry uint64, e Event) Conferences {
	switch e := e.(type) {
	case Minuted:
		return cs.with(e.Conference, func(c *Conference) { c.Minuted = domain.Know(entry, e) })
	case Adjourned:
		return cs.with(e.Conference, func(c *Conference) { c.Adjourned = domain.Know(entry, e) })
	case Circulated:
		return cs.with(e.Conference, func(c *Conference) { c.Circulated = domain.Know(entry, e) })
	case Delayed:
		cs.Delays = domain.Upsert(cs.Delays,
			func(d *domain.Known[Delayed]) bool { return d.Fact.Enquiry == e.Enquiry },
			func(d *domain.Known[Delayed]) { *d = domain.Know(entry, e) })
	}
	return cs
}

func (cs Conferences) with(id ID, change func(*Conference)) Conferences {
	cs.All = domain.Upsert(cs.All,
		func(c *Conference) bool { return c.ID == id },
		func(c *Conference) { c.ID = id; change(c) })
	return cs
}
