// Package breakglass is the part of a record that says who opened it in an
// emergency, though it was not theirs to open, until when, and what a review
// made of it. It stands on the record itself, so that it is decided on the very
// revision that says which barriers stand. It never opens anything: that is for
// whoever gives the record out.
package breakglass

import (
	"time"

	"caseledger/domain"
)

// ID names a use of the break-glass within its record.
type ID string

// Event is one fact about a use.
//
//sumtype:decl
type Event interface {
	domain.Event
	breakGlassEvent()
}

// Used says that a worker opened the record in an emergency.
type Used struct {
	domain.Dated
	Use    ID     `json:"use"`
	Worker string `json:"worker"` // an actor id
	Reason string `json:"reason"` // see Use
	Detail string `json:"detail"` // in the worker's words
	// Until is when it ends: RFC 3339, UTC, whole seconds.
	Until string `json:"until"`
}

// Reviewed says what somebody else made of a use.
type Reviewed struct {
	domain.Dated
	Use     ID     `json:"use"`
	Finding string `json:"finding"` // see Review
	Note    string `json:"note,omitempty"`
}

func (e Used) About() string     { return "break-glass/" + string(e.Use) }
func (e Reviewed) About() string { return "break-glass/" + string(e.Use) }

func (Used) breakGlassEvent()     {}
func (Reviewed) breakGlassEvent() {}

// Opening is what is known of one use.
type Opening struct {
	ID       ID
	Used     domain.Known[Used]
	Reviewed domain.Known[Reviewed]
}

// Open reports whether it still opens the record: a review that does not find
// it justified ends it.
func (o Opening) Open(now time.Time) bool {
	ended := !o.Reviewed.IsZero() && o.Reviewed.Fact.Finding != Justified
	return !o.Used.IsZero() && !ended && at(now) < o.Used.Fact.Until
}

// at writes a time so that times sort as their texts.
func at(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Openings are those of one record, in the order of their beginning.
type Openings []Opening

// Find returns the opening with the id, or one about which nothing is known.
func (os Openings) Find(id ID) Opening {
	for _, o := range os {
		if o.ID == id {
			return o
		}
	}
	return Opening{ID: id}
}

// For returns the opening that lets a worker in at a time, the latest of them;
// its id is "" where there is none.
func (os Openings) For(worker string, now time.Time) Opening {
	var found Opening
	for _, o := range os {
		if o.Used.Fact.Worker == worker && o.Open(now) {
			found = o
		}
	}
	return found
}

// Evolve returns the openings with one more fact.
func (os Openings) Evolve(entry uint64, e Event) Openings {
	switch e := e.(type) {
	case Used:
		return os.with(e.Use, func(o *Opening) { o.Used = domain.Know(entry, e) })
	case Reviewed:
		return os.with(e.Use, func(o *Opening) { o.Reviewed = domain.Know(entry, e) })
	}
	return os
}

func (os Openings) with(id ID, change func(*Opening)) Openings {
	return domain.Upsert(os,
		func(o *Opening) bool { return o.ID == id },
		func(o *Opening) { o.ID = id; change(o) })
}
