// Package contact is the part of a record that says what reached the front door
// before there was a referral: contacts, what was decided on each, and the
// early help that was given with the family's consent. It never opens a case:
// that is package referral.
package contact

import (
	"caseledger/domain"
	"caseledger/domain/referral"
)

// ID names a contact within its record.
type ID string

// HelpID names a spell of early help within its record.
type HelpID string

// ReviewID names a review of early help within its record.
type ReviewID string

// Event is one fact about a contact or early help.
//
//sumtype:decl
type Event interface {
	domain.Event
	contactEvent()
}

// Received says that somebody told the authority something about the child.
type Received struct {
	domain.Dated
	Contact ID     `json:"contact"`
	Source  string `json:"source"`  // code set referral-source
	Channel string `json:"channel"` // see Receive
	Concern string `json:"concern,omitempty"`
	// Anonymous says that the informant asked not to be named to the family.
	Anonymous bool `json:"anonymous,omitzero"`
	// DecideBy is the last day in time for a decision, where the authority has
	// set itself a clock.
	DecideBy domain.Date `json:"decideBy,omitzero"`
}

// Decided says what the authority made of a contact.
type Decided struct {
	domain.Dated
	Contact  ID          `json:"contact"`
	Outcome  string      `json:"outcome"`            // see Decide
	Referral referral.ID `json:"referral,omitempty"` // that the contact became
	Reason   string      `json:"reason,omitempty"`
}

// HelpStarted says that early help began.
type HelpStarted struct {
	domain.Dated
	Help    HelpID `json:"help"`
	Contact ID     `json:"contact,omitempty"`
	Lead    string `json:"lead"` // the agency that leads
	Aim     string `json:"aim,omitempty"`
}

// HelpReviewed says that early help was looked at by those who give it.
type HelpReviewed struct {
	domain.Dated
	Help    HelpID   `json:"help"`
	Review  ReviewID `json:"review"`
	Outcome string   `json:"outcome"` // see ReviewHelp
}

// HelpEnded says that early help ended, and why.
type HelpEnded struct {
	domain.Dated
	Help   HelpID `json:"help"`
	Reason string `json:"reason"` // see EndHelp
}

func (e Received) About() string    { return "contact/" + string(e.Contact) }
func (e Decided) About() string     { return "contact/" + string(e.Contact) }
func (e HelpStarted) About() string { return "early-help/" + string(e.Help) }
func (e HelpReviewed) About() string {
	return "early-help/" + string(e.Help) + "/review/" + string(e.Review)
}
func (e HelpEnded) About() string { return "early-help/" + string(e.Help) }

func (Received) contactEvent()     {}
func (Decided) contactEvent()      {}
func (HelpStarted) contactEvent()  {}
func (HelpReviewed) contactEvent() {}
func (HelpEnded) contactEvent()    {}

// Contact is what is known of one contact.
type Contact struct {
	ID       ID
	Received domain.Known[Received]
	Decided  domain.Known[Decided]
}

// Open reports whether the contact waits for a decision.
func (c Contact) Open() bool { return !c.Received.IsZero() && c.Decided.IsZero() }

// Help is what is known of one spell of early help.
type Help struct {
	ID      HelpID
	Started domain.Known[HelpStarted]
	Reviews []domain.Known[HelpReviewed]
	Ended   domain.Known[HelpEnded]
}

// Open reports whether the help goes on.
func (h Help) Open() bool { return !h.Started.IsZero() && h.Ended.IsZero() }

// Contacts are the contacts and early help of one record.
type Contacts struct {
	All  []Contact
	Help []Help
}

// Find returns the contact with the id, or one about which nothing is known.
func (cs Contacts) Find(id ID) Contact {
	for _, c := range cs.All {
		if c.ID == id {
			return c
		}
	}
	return Contact{ID: id}
}

// FindHelp returns the early help with the id, or one about which nothing is
// known.
func (cs Contacts) FindHelp(id HelpID) Help {
	for _, h := range cs.Help {
		if h.ID == id {
			return h
		}
	}
	return Help{ID: id}
}

// Evolve returns the contacts with one more fact.
func (cs Contacts) Evolve(entry uint64, e Event) Contacts {
	switch e := e.(type) {
	case Received:
		return cs.with(e.Contact, func(c *Contact) { c.Received = domain.Know(entry, e) })
	case Decided:
		return cs.with(e.Contact, func(c *Contact) { c.Decided = domain.Know(entry, e) })
	case HelpStarted:
		return cs.help(e.Help, func(h *Help) { h.Started = domain.Know(entry, e) })
	case HelpReviewed:
		return cs.help(e.Help, func(h *Help) {
			h.Reviews = domain.Upsert(h.Reviews,
				func(r *domain.Known[HelpReviewed]) bool { return r.Fact.Review == e.Review },
				func(r *domain.Known[HelpReviewed]) { *r = domain.Know(entry, e) })
		})
	case HelpEnded:
		return cs.help(e.Help, func(h *Help) { h.Ended = domain.Know(entry, e) })
	}
	return cs
}

func (cs Contacts) with(id ID, change func(*Contact)) Contacts {
	cs.All = domain.Upsert(cs.All,
		func(c *Contact) bool { return c.ID == id },
		func(c *Contact) { c.ID = id; change(c) })
	return cs
}

func (cs Contacts) help(id HelpID, change func(*Help)) Contacts {
	cs.Help = domain.Upsert(cs.Help,
		func(h *Help) bool { return h.ID == id },
		func(h *Help) { h.ID = id; change(h) })
	return cs
}
