// Package note is the part of a record that holds what a worker wrote down: the
// contemporaneous, signed, dated note that a court expects (Re M and N). It
// never interprets what is written.
package note

import (
	"slices"

	"caseledger/domain"
)

// ID names a note within its record.
type ID string

// Event is one fact about a note.
//
//sumtype:decl
type Event interface {
	domain.Event
	noteEvent()
}

// Passage is a sentence or paragraph with its source: what was seen, said or
// thought, and by whom. The passages of a note, joined, are exactly what was
// typed.
type Passage struct {
	Text       string `json:"text" validate:"required,max=1048576"`
	Kind       string `json:"kind,omitempty" validate:"omitempty,oneof=fact observation opinion reported"`
	From       string `json:"from,omitempty" validate:"max=200"`
	ThirdParty bool   `json:"thirdParty,omitzero"`
	Informant  bool   `json:"informant,omitzero"`
}

// Written says that a worker wrote a note.
type Written struct {
	domain.Dated
	Note    ID        `json:"note"`
	Time    string    `json:"time,omitempty"` // hh:mm of the day it happened, local
	Kind    string    `json:"kind"`           // visit, telephone, meeting, office, supervision, other
	Present []string  `json:"present,omitempty"`
	Text    []Passage `json:"text"`
}

func (e Written) About() string { return "note/" + string(e.Note) }

func (Written) noteEvent() {}

// Notes is what rules ask about the notes of a record; the notes themselves
// are its entries.
type Notes struct {
	Count int
	Last  domain.Known[Written]
	// IDs are the ids given out. The list grows in place: see Fork.
	IDs []ID
}

// Fork returns the notes in a form that may be evolved apart from these.
func (n Notes) Fork() Notes {
	n.IDs = slices.Clip(n.IDs)
	return n
}

// Evolve returns the notes with one more fact.
func (n Notes) Evolve(entry uint64, e Event) Notes {
	switch e := e.(type) {
	case Written:
		return Notes{Count: n.Count + 1, Last: domain.Know(entry, e), IDs: append(n.IDs, e.Note)}
	}
	return n
}
