// Package chronology is the part of a record that holds what was made of it for a
// court: which entries matter and for what, how the parties stand to them, what
// they meant for the person, and every chronology that was built, with its
// selection. It never changes what an entry says.
package chronology

import (
	"slices"
	"strconv"

	"caseledger/domain"
)

// ID names a chronology within the record that it was built on.
type ID string

// Event is one fact about chronologies.
//
//sumtype:decl
type Event interface {
	domain.Event
	chronologyEvent()
}

// How a party can stand to an entry.
const (
	Disputed  = "disputed"
	Agreed    = "agreed"
	Withdrawn = "withdrawn" // what the party said before
)

// Tagged says for what an entry matters. It replaces the tags that the entry had.
type Tagged struct {
	domain.Dated
	Entry uint64   `json:"entry"`
	Tags  []string `json:"tags,omitempty"`
}

// Marked says how a party stands to an entry.
type Marked struct {
	domain.Dated
	Entry uint64 `json:"entry"`
	Party string `json:"party"`
	Stand string `json:"stand"`
	Note  string `json:"note,omitempty"`
}

// ImpactStated says what an entry meant for the person. It replaces what was
// stated of the entry before.
type ImpactStated struct {
	domain.Dated
	Entry uint64 `json:"entry"`
	// By is who says so, where it is not the author of this entry.
	By string `json:"by,omitempty"`
	// Text are sentences or paragraphs that joined are the statement.
	Text []string `json:"text"`
}

// Selection says which entries a chronology is to tell. Empty members choose all.
type Selection struct {
	From domain.Date `json:"from,omitzero"`
	To   domain.Date `json:"to,omitzero"`
	// Kinds are types of entries, "referral.received", or what their names begin
	// with: "referral".
	Kinds []string `json:"kinds,omitempty" validate:"max=100,dive,required,max=100,printascii"`
	// Sources are agencies for which entries were recorded, or formats from which
	// they were imported: "cin-census".
	Sources []string `json:"sources,omitempty" validate:"max=100,dive,required,max=100,printascii"`
	Tags    []string `json:"tags,omitempty" validate:"max=100,dive,required,max=100"`
	// GapDays is for how many days nothing must be recorded to be marked as a gap; 0
	// marks none.
	GapDays int `json:"gapDays,omitzero" validate:"min=0,max=3660"`
}

// Part is what a chronology tells of one record.
type Part struct {
	Record domain.RecordID `json:"record" validate:"required,len=32,hexadecimal"`
	// Known is the last entry that was on the record when the chronology was built.
	Known uint64 `json:"known" validate:"min=1"`
	// Entries are those told, in the order of their numbers.
	Entries []uint64 `json:"entries,omitempty" validate:"max=20000"`
}

// Built says that a chronology was built, and of what. Whoever renders it again
// gets the same chronology for ever.
type Built struct {
	domain.Dated
	Chronology ID        `json:"chronology"`
	Title      string    `json:"title"`
	Selection  Selection `json:"selection"`
	Parts      []Part    `json:"parts"` // the first is of the record itself
}

func about(entry uint64) string { return "entry/" + strconv.FormatUint(entry, 10) }

func (e Tagged) About() string       { return about(e.Entry) }
func (e Marked) About() string       { return about(e.Entry) + "/" + e.Party }
func (e ImpactStated) About() string { return about(e.Entry) }
func (e Built) About() string        { return "chronology/" + string(e.Chronology) }

func (Tagged) chronologyEvent()       {}
func (Marked) chronologyEvent()       {}
func (ImpactStated) chronologyEvent() {}
func (Built) chronologyEvent()        {}

// Chronologies is what was made of a record for a court. The lists grow in place:
// see Fork. Of what is said of one entry the latest holds.
type Chronologies struct {
	Built   []domain.Known[Built]
	Tags    []domain.Known[Tagged]
	Marks   []domain.Known[Marked]
	Impacts []domain.Known[ImpactStated]
}

// Fork returns the chronologies in a form that may be evolved apart from these.
func (cs Chronologies) Fork() Chronologies {
	cs.Built, cs.Tags, cs.Marks, cs.Impacts = slices.Clip(cs.Built), slices.Clip(cs.Tags), slices.Clip(cs.Marks), slices.Clip(cs.Impacts)
	return cs
}

// Find returns the chronology with the id, or the zero value.
func (cs Chronologies) Find(id ID) domain.Known[Built] {
	for _, c := range cs.Built {
		if c.Fact.Chronology == id {
			return c
		}
	}
	return domain.Known[Built]{}
}

// Evolve returns the chronologies with one more fact.
func (cs Chronologies) Evolve(entry uint64, e Event) Chronologies {
	switch e := e.(type) {
	case Built:
		cs.Built = append(cs.Built, domain.Know(entry, e))
	case Tagged:
		cs.Tags = append(cs.Tags, domain.Know(entry, e))
	case Marked:
		cs.Marks = append(cs.Marks, domain.Know(entry, e))
	case ImpactStated:
		cs.Impacts = append(cs.Impacts, domain.Know(entry, e))
	}
	return cs
}
