// Package temporary is the part of a record that says that the child's name
// stands on the register for a while: a family with a protection plan elsewhere
// has moved in, and the receiving authority registers at once. A plan of this
// authority's own is package protection.
package temporary

import "caseledger/domain"

// ID names a temporary registration within its record.
type ID string

// Event is one fact about a temporary registration.
//
//sumtype:decl
type Event interface {
	domain.Event
	temporaryEvent()
}

// Entered says that the name was put on the register for a while.
type Entered struct {
	domain.Dated
	Registration ID     `json:"registration"`
	From         string `json:"from"` // the authority that keeps the plan
	Category     string `json:"category,omitempty"`
	Permanent    bool   `json:"permanent"` // the family means to stay
	// ConferenceBy is the last day in time for the transfer conference.
	ConferenceBy domain.Date `json:"conferenceBy,omitzero"`
}

// Ended says that the temporary registration ended.
type Ended struct {
	domain.Dated
	Registration ID     `json:"registration"`
	Reason       string `json:"reason"` // see End
}

func (e Entered) About() string { return "temporary-registration/" + string(e.Registration) }
func (e Ended) About() string   { return "temporary-registration/" + string(e.Registration) }

func (Entered) temporaryEvent() {}
func (Ended) temporaryEvent()   {}

// Registration is what is known of one temporary registration.
type Registration struct {
	ID      ID
	Entered domain.Known[Entered]
	Ended   domain.Known[Ended]
}

// Open reports whether the name stands on the register by it.
func (r Registration) Open() bool { return !r.Entered.IsZero() && r.Ended.IsZero() }

// Registrations are the temporary registrations of one record.
type Registrations []Registration

// Find returns the registration with the id, or one about which nothing is
// known.
func (rs Registrations) Find(id ID) Registration {
	for _, r := range rs {
		if r.ID == id {
			return r
		}
	}
	return Registration{ID: id}
}

// Open reports whether the name stands on the register for a while.
func (rs Registrations) Open() bool {
	for _, r := range rs {
		if r.Open() {
			return true
		}
	}
	return false
}

// Evolve returns the registrations with one more fact.
func (rs Registrations) Evolve(entry uint64, e Event) Registrations {
	switch e := e.(type) {
	case Entered:
		return rs.with(e.Registration, func(r *Registration) { r.Entered = domain.Know(entry, e) })
	case Ended:
		return rs.with(e.Registration, func(r *Registration) { r.Ended = domain.Know(entry, e) })
	}
	return rs
}

func (rs Registrations) with(id ID, change func(*Registration)) Registrations {
	return domain.Upsert(rs,
		func(r *Registration) bool { return r.ID == id },
		func(r *Registration) { r.ID = id; change(r) })
}
