// Package referral is the part of a record that says who asked for help for
// the child and what the authority decided to do. It never assesses: that is
// package assessment.
package referral

import "caseledger/domain"

// ID names a referral within its record.
type ID string

// Event is one fact about a referral.
//
//sumtype:decl
type Event interface {
	domain.Event
	referralEvent()
}

// Received says that the authority was asked to help.
type Received struct {
	domain.Dated
	Referral ID     `json:"referral"`
	Source   string `json:"source"`         // code set referral-source
	Need     string `json:"need,omitempty"` // code set primary-need
	// DecideBy is the last day in time for a decision, by the rules of the day.
	DecideBy domain.Date `json:"decideBy,omitzero"`
}

// Decided says that a manager decided to act on the referral.
type Decided struct {
	domain.Dated
	Referral ID     `json:"referral"`
	Outcome  string `json:"outcome"` // assessment, strategy-discussion, early-help, advice
}

// NotTakenFurther says that a manager decided on no further action.
type NotTakenFurther struct {
	domain.Dated
	Referral ID     `json:"referral"`
	Reason   string `json:"reason,omitempty"`
}

// Closed says that the case that the referral opened came to its end.
type Closed struct {
	domain.Dated
	Referral ID     `json:"referral"`
	Reason   string `json:"reason"` // code set reason-for-closure
}

func (e Received) About() string        { return "referral/" + string(e.Referral) }
func (e Decided) About() string         { return "referral/" + string(e.Referral) }
func (e NotTakenFurther) About() string { return "referral/" + string(e.Referral) }
func (e Closed) About() string          { return "referral/" + string(e.Referral) }

func (Received) referralEvent()        {}
func (Decided) referralEvent()         {}
func (NotTakenFurther) referralEvent() {}
func (Closed) referralEvent()          {}

// Referral is what is known of one referral.
type Referral struct {
	ID              ID
	Received        domain.Known[Received]
	Decided         domain.Known[Decided]
	NotTakenFurther domain.Known[NotTakenFurther]
	Closed          domain.Known[Closed]
}

// Open reports whether the case goes on.
func (r Referral) Open() bool {
	return !r.Received.IsZero() && r.Closed.IsZero() && r.NotTakenFurther.IsZero()
}

// Referrals are the referrals of one record, in the order of their beginning.
type Referrals []Referral

// Find returns the referral with the id, or one about which nothing is known.
func (rs Referrals) Find(id ID) Referral {
	for _, r := range rs {
		if r.ID == id {
			return r
		}
	}
	return Referral{ID: id}
}

// Evolve returns the referrals with one more fact.
func (rs Referrals) Evolve(entry uint64, e Event) Referrals {
	switch e := e.(type) {
	case Received:
		return rs.with(e.Referral, func(r *Referral) { r.Received = domain.Know(entry, e) })
	case Decided:
		return rs.with(e.Referral, func(r *Referral) { r.Decided = domain.Know(entry, e) })
	case NotTakenFurther:
		return rs.with(e.Referral, func(r *Referral) { r.NotTakenFurther = domain.Know(entry, e) })
	case Closed:
		return rs.with(e.Referral, func(r *Referral) { r.Closed = domain.Know(entry, e) })
	}
	return rs
}

func (rs Referrals) with(id ID, change func(*Referral)) Referrals {
	return domain.Upsert(rs,
		func(r *Referral) bool { return r.ID == id },
		func(r *Referral) { r.ID = id; change(r) })
}
