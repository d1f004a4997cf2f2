// Package enquiry is the part of a record that says how the authority enquired
// into significant harm: the strategy discussion, the enquiry under section 47
// of the Children Act 1989, and the child protection conference that follows
// or is found not to be required. It never puts a name on the register: that
// is package protection.
package enquiry

import (
	"caseledger/domain"
	"caseledger/domain/referral"
)

// ID names an enquiry within its record, from its strategy discussion on.
type ID string

// ConferenceID names an initial conference within its record.
type ConferenceID string

// Event is one fact about an enquiry.
//
//sumtype:decl
type Event interface {
	domain.Event
	enquiryEvent()
}

// Discussed says that agencies held a strategy discussion.
type Discussed struct {
	domain.Dated
	Enquiry  ID          `json:"enquiry"`
	Referral referral.ID `json:"referral"`
	Agencies []string    `json:"agencies"`
	Outcome  string      `json:"outcome"` // s47-enquiry, no-further-action, assessment-continues
}

// Started says that an enquiry under section 47 began.
type Started struct {
	domain.Dated
	Enquiry  ID          `json:"enquiry"`
	Referral referral.ID `json:"referral"`
	// ConferenceBy is the last day in time for an initial conference.
	ConferenceBy domain.Date `json:"conferenceBy,omitzero"`
}

// ConferenceHeld says that an initial child protection conference met. Enquiry
// is empty where it met without an enquiry under this referral (transfer in).
type ConferenceHeld struct {
	domain.Dated
	Conference ConferenceID `json:"conference"`
	Referral   referral.ID  `json:"referral"`
	Enquiry    ID           `json:"enquiry,omitempty"`
	Outcome    string       `json:"outcome,omitempty"` // protection-plan, no-protection-plan; "" where an import does not say
}

// ConferenceNotRequired says that the enquiry ended without a conference.
type ConferenceNotRequired struct {
	domain.Dated
	Enquiry ID     `json:"enquiry"`
	Reason  string `json:"reason,omitempty"`
}

func (e Discussed) About() string             { return "enquiry/" + string(e.Enquiry) }
func (e Started) About() string               { return "enquiry/" + string(e.Enquiry) }
func (e ConferenceHeld) About() string        { return "conference/" + string(e.Conference) }
func (e ConferenceNotRequired) About() string { return "enquiry/" + string(e.Enquiry) }

func (Discussed) enquiryEvent()             {}
func (Started) enquiryEvent()               {}
func (ConferenceHeld) enquiryEvent()        {}
func (ConferenceNotRequired) enquiryEvent() {}

// Enquiry is what is known of one enquiry.
type Enquiry struct {
	ID          ID
	Discussed   domain.Known[Discussed]
	Started     domain.Known[Started]
	Conference  domain.Known[ConferenceHeld]
	NotRequired domain.Known[ConferenceNotRequired]
}

// Open reports whether an enquiry was begun that has not come to a conference
// or to the finding that none is required.
func (q Enquiry) Open() bool {
	return !q.Started.IsZero() && q.Conference.IsZero() && q.NotRequired.IsZero()
}

// Enquiries are the enquiries and initial conferences of one record.
type Enquiries struct {
	All []Enquiry
	// Conferences are all initial conferences, with and without an enquiry.
	Conferences []domain.Known[ConferenceHeld]
}

// Find returns the enquiry with the id, or one about which nothing is known.
func (qs Enquiries) Find(id ID) Enquiry {
	for _, q := range qs.All {
		if q.ID == id {
			return q
		}
	}
	return Enquiry{ID: id}
}

// OpenUnder reports whether an enquiry under the referral goes on.
func (qs Enquiries) OpenUnder(r referral.ID) bool {
	for _, q := range qs.All {
		if q.Started.Fact.Referral == r && q.Open() {
			return true
		}
	}
	return false
}

// Conference returns the initial conference with the id.
func (qs Enquiries) Conference(id ConferenceID) domain.Known[ConferenceHeld] {
	for _, c := range qs.Conferences {
		if c.Fact.Conference == id {
			return c
		}
	}
	return domain.Known[ConferenceHeld]{}
}

// Evolve returns the enquiries with one more fact.
func (qs Enquiries) Evolve(entry uint64, e Event) Enquiries {
	switch e := e.(type) {
	case Discussed:
		return qs.with(e.Enquiry, func(q *Enquiry) { q.Discussed = domain.Know(entry, e) })
	case Started:
		return qs.with(e.Enquiry, func(q *Enquiry) { q.Started = domain.Know(entry, e) })
	case ConferenceHeld:
		return qs.confer(domain.Know(entry, e))
	case ConferenceNotRequired:
		return qs.with(e.Enquiry, func(q *Enquiry) { q.NotRequired = domain.Know(entry, e) })
	}
	return qs
}

func (qs Enquiries) confer(held domain.Known[ConferenceHeld]) Enquiries {
	qs.Conferences = domain.Upsert(qs.Conferences,
		func(c *domain.Known[ConferenceHeld]) bool { return c.Fact.Conference == held.Fact.Conference },
		func(c *domain.Known[ConferenceHeld]) { *c = held })
	if held.Fact.Enquiry == "" {
		return qs
	}
	return qs.with(held.Fact.Enquiry, func(q *Enquiry) { q.Conference = held })
}

func (qs Enquiries) with(id ID, change func(*Enquiry)) Enquiries {
	qs.All = domain.Upsert(qs.All,
		func(q *Enquiry) bool { return q.ID == id },
		func(q *Enquiry) { q.ID = id; change(q) })
	return qs
}
