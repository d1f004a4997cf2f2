// Package transition is the part of a record that says how a young person goes
// from children's to adults' services: one record and one history, on which
// the way across the eighteenth birthday is planned and comes to an end. It
// never assesses needs or arranges support: those are packages needs and
// support.
package transition

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/needs"
)

// ID names a transition within its record.
type ID string

// Event is one fact about a transition.
//
//sumtype:decl
type Event interface {
	domain.Event
	transitionEvent()
}

// Planned says that the way into adults' services was planned: who takes over,
// and by when.
type Planned struct {
	domain.Dated
	Transition ID     `json:"transition"`
	Team       string `json:"team"` // of adults' services
	Aim        string `json:"aim,omitempty"`
	// AssessBy is when the needs of the future adult are to be assessed: when
	// that is of significant benefit to the young person.
	AssessBy domain.Date `json:"assessBy,omitzero"`
	// Eighteen is the eighteenth birthday, by which it is to be clear what
	// adults' services do.
	Eighteen domain.Date `json:"eighteen,omitzero"`
}

// Concluded says what adults' services do from now on.
type Concluded struct {
	domain.Dated
	Transition ID       `json:"transition"`
	Outcome    string   `json:"outcome"` // adult-support, children-support-goes-on, not-eligible, declined, moved-away
	Assessment needs.ID `json:"assessment,omitempty"`
}

func (e Planned) About() string   { return "transition/" + string(e.Transition) }
func (e Concluded) About() string { return "transition/" + string(e.Transition) }

func (Planned) transitionEvent()   {}
func (Concluded) transitionEvent() {}

// Transition is what is known of one transition.
type Transition struct {
	ID        ID
	Planned   domain.Known[Planned]
	Concluded domain.Known[Concluded]
}

// Open reports whether the transition goes on.
func (t Transition) Open() bool { return !t.Planned.IsZero() && t.Concluded.IsZero() }

// Transitions are the transitions of one record.
type Transitions []Transition

// Find returns the transition with the id, or one about which nothing is known.
func (ts Transitions) Find(id ID) Transition {
	if i := slices.IndexFunc(ts, func(t Transition) bool { return t.ID == id }); i >= 0 {
		return ts[i]
	}
	return Transition{ID: id}
}

// Evolve returns the transitions with one more fact.
func (ts Transitions) Evolve(entry uint64, e Event) Transitions {
	switch e := e.(type) {
	case Planned:
		return ts.with(e.Transition, func(t *Transition) { t.Planned = domain.Know(entry, e) })
	case Concluded:
		return ts.with(e.Transition, func(t *Transition) { t.Concluded = domain.Know(entry, e) })
	}
	return ts
}

func (ts Transitions) with(id ID, change func(*Transition)) Transitions {
	return domain.Upsert(ts,
		func(t *Transition) bool { return t.ID == id },
		func(t *Transition) { t.ID = id; change(t) })
}
