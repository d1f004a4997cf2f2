// Package missing is the part of a record that says when the child was missing
// or away without authorisation, and what the child said on coming back. It
// never says where the child should have been: that is package lookedafter.
package missing

import "caseledger/domain"

// ID names an absence within its record.
type ID string

// Event is one fact about an absence.
//
//sumtype:decl
type Event interface {
	domain.Event
	missingEvent()
}

// WentMissing says that the child went missing, or away without authorisation.
type WentMissing struct {
	domain.Dated
	Absence ID     `json:"absence"`
	Kind    string `json:"kind"` // code set missing-kind
}

// Returned says that the child was found or came back.
type Returned struct {
	domain.Dated
	Absence ID `json:"absence"`
	// InterviewBy is the last day in time for the return interview.
	InterviewBy domain.Date `json:"interviewBy,omitzero"`
}

// Interviewed says that a return interview was offered, and whether the child
// took it up.
type Interviewed struct {
	domain.Dated
	Absence  ID   `json:"absence"`
	Accepted bool `json:"accepted"`
}

func (e WentMissing) About() string { return "absence/" + string(e.Absence) }
func (e Returned) About() string    { return "absence/" + string(e.Absence) }
func (e Interviewed) About() string { return "absence/" + string(e.Absence) }

func (WentMissing) missingEvent() {}
func (Returned) missingEvent()    {}
func (Interviewed) missingEvent() {}

// Absence is what is known of one absence.
type Absence struct {
	ID          ID
	Went        domain.Known[WentMissing]
	Returned    domain.Known[Returned]
	Interviewed domain.Known[Interviewed]
}

// Open reports whether the child is still away.
func (a Absence) Open() bool { return !a.Went.IsZero() && a.Returned.IsZero() }

// On reports whether the child was away on the day. The day of return is one
// on which the child is back.
func (a Absence) On(day domain.Date) bool {
	begun := !a.Went.IsZero() && !day.Before(a.Went.Fact.Happened)
	return begun && (a.Returned.IsZero() || day.Before(a.Returned.Fact.Happened))
}

// Absences are the absences of one record, in the order of their beginning.
type Absences []Absence

// Find returns the absence with the id, or one about which nothing is known.
func (as Absences) Find(id ID) Absence {
	for _, a := range as {
		if a.ID == id {
			return a
		}
	}
	return Absence{ID: id}
}

// Current returns the open absence that began last.
func (as Absences) Current() Absence {
	var found Absence
	for _, a := range as {
		if a.Open() {
			found = a
		}
	}
	return found
}

// Evolve returns the absences with one more fact.
func (as Absences) Evolve(entry uint64, e Event) Absences {
	switch e := e.(type) {
	case WentMissing:
		return as.with(e.Absence, func(a *Absence) { a.Went = domain.Know(entry, e) })
	case Returned:
		return as.with(e.Absence, func(a *Absence) { a.Returned = domain.Know(entry, e) })
	case Interviewed:
		return as.with(e.Absence, func(a *Absence) { a.Interviewed = domain.Know(entry, e) })
	}
	return as
}

func (as Absences) with(id ID, change func(*Absence)) Absences {
	return domain.Upsert(as,
		func(a *Absence) bool { return a.ID == id },
		func(a *Absence) { a.ID = id; change(a) })
}
