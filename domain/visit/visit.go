// Package visit is the part of a record that says when a worker went to see the
// child, and whether the child was seen, seen alone, and where the child
// sleeps. It never holds the note of the visit: that is package note.
package visit

import (
	"slices"

	"caseledger/domain"
)

// ID names a visit within its record.
type ID string

// The kinds of work under which a child is visited.
const (
	Assessment       = "assessment"
	Enquiry          = "s47-enquiry"
	InNeed           = "cin-plan"
	Protection       = "protection-plan"
	PrivateFostering = "private-fostering"
	LookedAfter      = "looked-after"
	CareLeaver       = "care-leaver"
	Other            = "other"
)

// Event is one fact about a visit.
//
//sumtype:decl
type Event interface {
	domain.Event
	visitEvent()
}

// Made says that a worker went to see the child.
type Made struct {
	domain.Dated
	Visit   ID     `json:"visit"`
	Under   string `json:"under"` // kind of work: protection-plan
	Of      string `json:"of,omitempty"`
	Time    string `json:"time,omitempty"` // hh:mm of the day, local
	Visitor string `json:"visitor"`        // the actor id of who went
	Where   string `json:"where"`          // see Make
	Seen    bool   `json:"seen,omitzero"`
	Alone   bool   `json:"alone,omitzero"`
	Bedroom bool   `json:"bedroom,omitzero"` // where the child sleeps was seen
	NotSeen string `json:"notSeen,omitempty"`
	// Announced says that the family knew of the visit beforehand.
	Announced bool     `json:"announced,omitzero"`
	Present   []string `json:"present,omitempty"`
	// NextBy is the last day in time for the next visit, by the rules of the
	// day; no date where none says.
	NextBy domain.Date `json:"nextBy,omitzero"`
}

// MadeInCare says that a worker visited a looked-after child in the placement.
// Made says so too, and more: this one is read for ever, and written no more.
type MadeInCare struct {
	domain.Dated
	Visit     ID          `json:"visit"`
	Seen      bool        `json:"seen"`
	SeenAlone bool        `json:"seenAlone"`
	VisitBy   domain.Date `json:"visitBy,omitzero"`
}

func (e Made) About() string       { return "visit/" + string(e.Visit) }
func (e MadeInCare) About() string { return "looked-after-visit/" + string(e.Visit) }

func (Made) visitEvent()       {}
func (MadeInCare) visitEvent() {}

// made returns the visit as Made says it, as far as it is known.
func (e MadeInCare) made() Made {
	return Made{Dated: e.Dated, Visit: e.Visit, Under: LookedAfter, Where: "placement", Seen: e.Seen, Alone: e.SeenAlone, NextBy: e.VisitBy}
}

// Visits are the visits to the child, in the order of the world. The list grows
// in place: see Fork.
type Visits []domain.Known[Made]

// Fork returns the visits in a form that may be evolved apart from these.
func (vs Visits) Fork() Visits { return slices.Clip(vs) }

// Evolve returns the visits with one more fact.
func (vs Visits) Evolve(entry uint64, e Event) Visits {
	switch e := e.(type) {
	case Made:
		return append(vs, domain.Know(entry, e))
	case MadeInCare:
		return append(vs, domain.Know(entry, e.made()))
	}
	return vs
}

// Last returns the latest visit of which is holds.
func (vs Visits) Last(is func(Made) bool) domain.Known[Made] {
	for _, v := range slices.Backward(vs) {
		if is(v.Fact) {
			return v
		}
	}
	return domain.Known[Made]{}
}

// WasSeen reports whether the child was seen at the visit.
func (e Made) WasSeen() bool { return e.Seen }

// WasSeenAlone reports whether the child was seen alone at the visit.
func (e Made) WasSeenAlone() bool { return e.Seen && e.Alone }

// WasBedroomSeen reports whether the place where the child sleeps was seen.
func (e Made) WasBedroomSeen() bool { return e.Bedroom }

// Work returns a check for visits under a piece of work.
func Work(under, of string) func(Made) bool {
	return func(e Made) bool { return e.Under == under && e.Of == of }
}
