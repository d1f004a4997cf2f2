// Package privatefostering is the part of a record that says that a child lives
// with somebody who is no close relative, by a private arrangement (Children
// Act 1989, part IX). It never holds placements by the authority.
package privatefostering

import "caseledger/domain"

// ID names an arrangement within its record.
type ID string

// Event is one fact about private fostering.
//
//sumtype:decl
type Event interface {
	domain.Event
	privateFosteringEvent()
}

// Notified says that the authority was told of an arrangement.
type Notified struct {
	domain.Dated
	Arrangement ID          `json:"arrangement"`
	By          string      `json:"by"`    // parent, carer, school, other
	Carer       string      `json:"carer"` // name of the carer
	Begins      domain.Date `json:"begins,omitzero"`
	// VisitBy is the last day in time for the first visit.
	VisitBy domain.Date `json:"visitBy,omitzero"`
}

// Assessed says whether the authority found the arrangement suitable.
type Assessed struct {
	domain.Dated
	Arrangement ID     `json:"arrangement"`
	Suitable    bool   `json:"suitable"`
	Conditions  string `json:"conditions,omitempty"`
}

// Ended says that the arrangement ended.
type Ended struct {
	domain.Dated
	Arrangement ID     `json:"arrangement"`
	Reason      string `json:"reason"` // see End
}

func (e Notified) About() string { return "private-fostering/" + string(e.Arrangement) }
func (e Assessed) About() string { return "private-fostering/" + string(e.Arrangement) + "/assessment" }
func (e Ended) About() string    { return "private-fostering/" + string(e.Arrangement) }

func (Notified) privateFosteringEvent() {}
func (Assessed) privateFosteringEvent() {}
func (Ended) privateFosteringEvent()    {}

// Arrangement is what is known of one arrangement.
type Arrangement struct {
	ID       ID
	Notified domain.Known[Notified]
	Assessed domain.Known[Assessed] // the latest
	Ended    domain.Known[Ended]
}

// Open reports whether the arrangement goes on.
func (a Arrangement) Open() bool { return !a.Notified.IsZero() && a.Ended.IsZero() }

// Arrangements are those of one record, in the order of their beginning.
type Arrangements []Arrangement

// Find returns the arrangement with the id, or one about which nothing is
// known.
func (as Arrangements) Find(id ID) Arrangement {
	for _, a := range as {
		if a.ID == id {
			return a
		}
	}
	return Arrangement{ID: id}
}

// Evolve returns the arrangements with one more fact.
func (as Arrangements) Evolve(entry uint64, e Event) Arrangements {
	switch e := e.(type) {
	case Notified:
		return as.with(e.Arrangement, func(a *Arrangement) { a.Notified = domain.Know(entry, e) })
	case Assessed:
		return as.with(e.Arrangement, func(a *Arrangement) { a.Assessed = domain.Know(entry, e) })
	case Ended:
		return as.with(e.Arrangement, func(a *Arrangement) { a.Ended = domain.Know(entry, e) })
	}
	return as
}

func (as Arrangements) with(id ID, change func(*Arrangement)) Arrangements {
	return domain.Upsert(as,
		func(a *Arrangement) bool { return a.ID == id },
		func(a *Arrangement) { a.ID = id; change(a) })
}
