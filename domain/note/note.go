// Package note is the part of a record that holds what a worker wrote down: the
// contemporaneous, signed, dated note that a court expects (Re M and N), and who
// put a name under it. It never interprets what is written.
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
	Text string `json:"text" validate:"required,max=1048576"`
	Kind string `json:"kind,omitempty" validate:"omitempty,oneof=fact observation opinion reported"`
	From string `json:"from,omitempty" validate:"max=200"`
	// OwnWords says that these are the very words of the one named in From:
	// the child, the adult, a parent.
	OwnWords   bool `json:"ownWords,omitzero"`
	ThirdParty bool `json:"thirdParty,omitzero"`
	Informant  bool `json:"informant,omitzero"`
}

// Written says that a worker wrote a note.
type Written struct {
	domain.Dated
	Note    ID       `json:"note"`
	Time    string   `json:"time,omitempty"` // hh:mm of the day it happened, local
	Kind    string   `json:"kind"`           // see Write
	Present []string `json:"present,omitempty"`
	// Sensitivity is "" for an ordinary note; see Write.
	Sensitivity string `json:"sensitivity,omitempty"`
	// For is the actor id of who is to sign the note off, "" for nobody.
	For string `json:"for,omitempty"`
	// SignBy is the last day in time for the signature, where the authority has
	// set itself a clock.
	SignBy domain.Date `json:"signBy,omitzero"`
	Text   []Passage   `json:"text"`
}

// WrittenV2 is Written as it was stored before a signature had a last day.
type WrittenV2 struct {
	domain.Dated
	Note        ID        `json:"note"`
	Time        string    `json:"time,omitempty"`
	Kind        string    `json:"kind"`
	Present     []string  `json:"present,omitempty"`
	Sensitivity string    `json:"sensitivity,omitempty"`
	For         string    `json:"for,omitempty"`
	Text        []Passage `json:"text"`
}

// Latest returns the note as it is read today.
func (e WrittenV2) Latest() Written {
	return Written{Dated: e.Dated, Note: e.Note, Time: e.Time, Kind: e.Kind, Present: e.Present, Sensitivity: e.Sensitivity, For: e.For, Text: e.Text}
}

// WrittenV1 is Written as it was stored before a note could be sensitive, be
// given to somebody to sign, or hold somebody's own words.
type WrittenV1 struct {
	domain.Dated
	Note    ID          `json:"note"`
	Time    string      `json:"time,omitempty"`
	Kind    string      `json:"kind"`
	Present []string    `json:"present,omitempty"`
	Text    []PassageV1 `json:"text"`
}

// PassageV1 is a passage of WrittenV1.
type PassageV1 struct {
	Text       string `json:"text"`
	Kind       string `json:"kind,omitempty"`
	From       string `json:"from,omitempty"`
	ThirdParty bool   `json:"thirdParty,omitzero"`
	Informant  bool   `json:"informant,omitzero"`
}

// Next returns the note as it was stored next.
func (e WrittenV1) Next() WrittenV2 {
	text := make([]Passage, len(e.Text))
	for i, p := range e.Text {
		text[i] = Passage{Text: p.Text, Kind: p.Kind, From: p.From, ThirdParty: p.ThirdParty, Informant: p.Informant}
	}
	return WrittenV2{Dated: e.Dated, Note: e.Note, Time: e.Time, Kind: e.Kind, Present: e.Present, Text: text}
}

// Submitted says that a note was given to somebody to sign off.
type Submitted struct {
	domain.Dated
	Note ID     `json:"note"`
	To   string `json:"to"` // an actor id
	// SignBy is as that of Written.
	SignBy domain.Date `json:"signBy,omitzero"`
}

// SubmittedV1 is Submitted as it was stored before a signature had a last day.
type SubmittedV1 struct {
	domain.Dated
	Note ID     `json:"note"`
	To   string `json:"to"`
}

// Latest returns the submission as it is read today.
func (e SubmittedV1) Latest() Submitted { return Submitted{Dated: e.Dated, Note: e.Note, To: e.To} }

// SignedOff says that a manager stands by a note as one entry states it. Once
// the entry is corrected, the note waits for a signature again.
type SignedOff struct {
	domain.Dated
	Note  ID     `json:"note"`
	Entry uint64 `json:"entry"`
}

// Countersigned says that a second person stands by a note that was signed off.
type Countersigned struct {
	domain.Dated
	Note  ID     `json:"note"`
	Entry uint64 `json:"entry"`
}

// Returned says that a note, as one entry states it, went back to its author.
type Returned struct {
	domain.Dated
	Note   ID     `json:"note"`
	Entry  uint64 `json:"entry"`
	Reason string `json:"reason"`
}

func (e Written) About() string       { return "note/" + string(e.Note) }
func (e WrittenV1) About() string     { return "note/" + string(e.Note) }
func (e WrittenV2) About() string     { return "note/" + string(e.Note) }
func (e SubmittedV1) About() string   { return "note/" + string(e.Note) }
func (e Submitted) About() string     { return "note/" + string(e.Note) }
func (e SignedOff) About() string     { return "note/" + string(e.Note) }
func (e Countersigned) About() string { return "note/" + string(e.Note) }
func (e Returned) About() string      { return "note/" + string(e.Note) }

func (Written) noteEvent()       {}
func (Submitted) noteEvent()     {}
func (SignedOff) noteEvent()     {}
func (Countersigned) noteEvent() {}
func (Returned) noteEvent()      {}

// Head is a note and the entry that states it now.
type Head struct {
	ID    ID
	Entry uint64
	On    domain.Date
}

// Signature is one name under a note, as an entry stated it.
type Signature struct {
	Note   ID
	Entry  uint64 // the entry signed
	By     uint64 // the entry that says so, whose actor signed
	Second bool   // a countersignature
}

// Given is a note that somebody is to sign off and has not.
type Given struct {
	Note     ID
	To       string // "" where nobody is named
	Since    domain.Date
	SignBy   domain.Date // zero: no day
	By       uint64      // the entry that gave it
	Returned domain.Known[Returned]
}

// Notes is what rules ask about the notes of a record; the notes themselves
// are its entries.
type Notes struct {
	Count int
	Last  domain.Known[Written]
	// Heads are the notes, in the order of the world. The list grows in place:
	// see Fork.
	Heads []Head
	// Signatures grow in place like Heads.
	Signatures []Signature
	Given      []Given
}

// Fork returns the notes in a form that may be evolved apart from these.
func (n Notes) Fork() Notes {
	n.Heads, n.Signatures = slices.Clip(n.Heads), slices.Clip(n.Signatures)
	return n
}

// Find returns the note with the id, or a head with entry 0.
func (n Notes) Find(id ID) Head {
	for _, h := range slices.Backward(n.Heads) {
		if h.ID == id {
			return h
		}
	}
	return Head{ID: id}
}

// Signed returns the sign-off, or the countersignature, of a note as an entry
// states it, and whether there is one.
func (n Notes) Signed(h Head, second bool) (Signature, bool) {
	for _, s := range slices.Backward(n.Signatures) {
		if s.Note == h.ID && s.Entry == h.Entry && s.Second == second {
			return s, true
		}
	}
	return Signature{}, false
}

// Returned returns the return of a note as an entry states it, if that is where
// it has got to.
func (n Notes) Returned(h Head) domain.Known[Returned] {
	for _, g := range n.Given {
		if g.Note == h.ID && g.Returned.Fact.Entry == h.Entry {
			return g.Returned
		}
	}
	return domain.Known[Returned]{}
}

// Evolve returns the notes with one more fact.
func (n Notes) Evolve(entry uint64, e Event) Notes {
	switch e := e.(type) {
	case Written:
		n.Count, n.Last = n.Count+1, domain.Know(entry, e)
		n.Heads = append(n.Heads, Head{e.Note, entry, e.Happened})
		if e.For != "" {
			return n.give(Given{Note: e.Note, To: e.For, Since: e.Happened, SignBy: e.SignBy, By: entry})
		}
	case Submitted:
		return n.give(Given{Note: e.Note, To: e.To, Since: e.Happened, SignBy: e.SignBy, By: entry})
	case SignedOff:
		n.Signatures = append(n.Signatures, Signature{e.Note, e.Entry, entry, false})
		if n.Find(e.Note).Entry == e.Entry {
			n.Given = slices.DeleteFunc(slices.Clone(n.Given), func(g Given) bool { return g.Note == e.Note })
		}
	case Countersigned:
		n.Signatures = append(n.Signatures, Signature{e.Note, e.Entry, entry, true})
	case Returned:
		n.Given = domain.Upsert(n.Given,
			func(g *Given) bool { return g.Note == e.Note },
			func(g *Given) { g.Note, g.Returned = e.Note, domain.Know(entry, e) })
	}
	return n
}

func (n Notes) give(to Given) Notes {
	n.Given = domain.Upsert(n.Given,
		func(g *Given) bool { return g.Note == to.Note },
		func(g *Given) { *g = to })
	return n
}
