// Package careleaver is the part of a record on those who have left care, or
// are about to: whether they are entitled to help, who advises them, their
// pathway plan, and how they are doing. It never holds care itself: that is
// package lookedafter.
package careleaver

import (
	"caseledger/domain"
)

// PlanID names a pathway plan, or a review of it, within its record.
type PlanID string

// ContactID names a contact within its record.
type ContactID string

// Event is one fact about a care leaver.
//
//sumtype:decl
type Event interface {
	domain.Event
	careLeaverEvent()
}

// Entitled says in which group of care leavers the person is from a day on.
type Entitled struct {
	domain.Dated
	// Eligibility is eligible, relevant, former-relevant or qualifying (Children
	// Act 1989, schedule 2 and sections 23A to 24).
	Eligibility string `json:"eligibility"`
}

// AdviserNamed says who the personal adviser is from a day on.
type AdviserNamed struct {
	domain.Dated
	Adviser string `json:"adviser"` // the actor id of the adviser
}

// Planned says that a pathway plan was made or reviewed.
type Planned struct {
	domain.Dated
	Plan     PlanID      `json:"plan"`
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// Contacted says how the person was found to be doing.
type Contacted struct {
	domain.Dated
	Contact       ContactID `json:"contact"`
	InTouch       string    `json:"inTouch"`                 // code set in-touch
	Activity      string    `json:"activity,omitempty"`      // code set care-leaver-activity
	Accommodation string    `json:"accommodation,omitempty"` // code set care-leaver-accommodation, which says whether it is suitable
	// VisitBy is the last day in time for the next visit.
	VisitBy domain.Date `json:"visitBy,omitzero"`
}

// Ended says that the authority no longer owes the person help as a care leaver.
type Ended struct {
	domain.Dated
	Reason string `json:"reason"` // see End
}

func (Entitled) About() string     { return "eligibility" }
func (AdviserNamed) About() string { return "personal-adviser" }
func (e Planned) About() string    { return "pathway-plan/" + string(e.Plan) }
func (e Contacted) About() string  { return "care-leaver-contact/" + string(e.Contact) }
func (Ended) About() string        { return "eligibility-end" }

func (Entitled) careLeaverEvent()     {}
func (AdviserNamed) careLeaverEvent() {}
func (Planned) careLeaverEvent()      {}
func (Contacted) careLeaverEvent()    {}
func (Ended) careLeaverEvent()        {}

// Leaver is what is known of a care leaver. Lists are in the order of the
// world.
type Leaver struct {
	Entitled domain.Known[Entitled]
	Adviser  domain.Known[AdviserNamed]
	Plans    []domain.Known[Planned]
	Contacts []domain.Known[Contacted]
	Ended    domain.Known[Ended] // the zero Known while help is owed, be it again
}

// Open reports whether the authority owes the person help as a care leaver. A
// return tells of plans and contacts, and not that the person is entitled.
func (l Leaver) Open() bool {
	known := !l.Entitled.IsZero() || len(l.Plans)+len(l.Contacts) > 0
	touch := l.LastContact().Fact.InTouch
	return known && l.Ended.IsZero() && touch != "DIED" && touch != "RHOM"
}

// LastPlan returns the latest pathway plan or review of it.
func (l Leaver) LastPlan() domain.Known[Planned] { return newest(l.Plans) }

// LastContact returns the latest contact.
func (l Leaver) LastContact() domain.Known[Contacted] { return newest(l.Contacts) }

func newest[E Event](all []domain.Known[E]) domain.Known[E] {
	var last domain.Known[E]
	for _, k := range all {
		if !k.Fact.HappenedOn().Before(last.Fact.HappenedOn()) {
			last = k
		}
	}
	return last
}

// Suitable reports whether an accommodation is considered suitable: its code
// says so in its last digit.
func Suitable(accommodation string) bool {
	n := len(accommodation)
	return n > 0 && accommodation[n-1] == '1'
}

// Evolve returns the care leaver with one more fact.
func (l Leaver) Evolve(entry uint64, e Event) Leaver {
	switch e := e.(type) {
	case Entitled:
		l.Entitled, l.Ended = domain.Know(entry, e), domain.Known[Ended]{}
	case AdviserNamed:
		l.Adviser = domain.Know(entry, e)
	case Planned:
		l.Plans = latest(l.Plans, domain.Know(entry, e))
	case Contacted:
		l.Contacts = latest(l.Contacts, domain.Know(entry, e))
	case Ended:
		l.Ended = domain.Know(entry, e)
	}
	return l
}

// latest puts a fact in the place of an earlier one about the same thing.
func latest[E Event](all []domain.Known[E], one domain.Known[E]) []domain.Known[E] {
	return domain.Upsert(all,
		func(k *domain.Known[E]) bool { return k.Fact.About() == one.Fact.About() },
		func(k *domain.Known[E]) { *k = one })
}
