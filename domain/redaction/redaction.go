// Package redaction is the part of a record that says what of it is withheld from
// whom, on which ground, who proposed it and who decided. It takes nothing out of
// the record: whoever makes something of it for that reader does.
package redaction

import (
	"strings"

	"caseledger/domain"
)

// ID names a set of redactions within its record: one for each reader. What is
// made of several records for one reader goes by the sets of one id.
type ID string

// Event is one fact about redactions.
//
//sumtype:decl
type Event interface {
	domain.Event
	redactionEvent()
}

// Field names what is sealed one by one within an entry: a member of its payload
// ("/actor"), or an element of a member that is a list ("/text/0"), as a JSON
// Pointer. One that ends in * stands for all that begin so: "/text/*".
type Field string

// Covers reports whether the field is the one at a path, or stands for it.
func (f Field) Covers(path string) bool {
	begin, many := strings.CutSuffix(string(f), "*")
	return path == string(f) || many && strings.HasPrefix(path, begin)
}

// Line withholds fields of one entry.
type Line struct {
	Entry  uint64 `json:"entry" validate:"required"`
	Field  Field  `json:"field" validate:"required,max=300,printascii"`
	Ground string `json:"ground" validate:"required,max=64,printascii"` // see policy.Grounds
	// Reason is why withholding it is strictly necessary. The reader never sees it.
	Reason string `json:"reason" validate:"required,max=2000"`
}

// Proposed says that somebody looked through a record up to an entry, and proposes
// what of it to withhold from a reader.
type Proposed struct {
	domain.Dated
	Redaction ID     `json:"redaction"`
	Reader    string `json:"reader"`  // for whom: "court", "mother"
	Purpose   string `json:"purpose"` // see Propose
	Known     uint64 `json:"known"`   // the last entry that was looked at
	Lines     []Line `json:"lines,omitempty"`
	// Nothing says that there is nothing to withhold.
	Nothing bool `json:"nothing,omitzero"`
}

// Approved says that somebody else decided so.
type Approved struct {
	domain.Dated
	Redaction ID `json:"redaction"`
}

// Rejected says that it was decided not to withhold so.
type Rejected struct {
	domain.Dated
	Redaction ID     `json:"redaction"`
	Reason    string `json:"reason"`
}

func (e Proposed) About() string { return "redaction/" + string(e.Redaction) }
func (e Approved) About() string { return "redaction/" + string(e.Redaction) }
func (e Rejected) About() string { return "redaction/" + string(e.Redaction) }

func (Proposed) redactionEvent() {}
func (Approved) redactionEvent() {}
func (Rejected) redactionEvent() {}

// Set is what is known of one set of redactions.
type Set struct {
	ID       ID
	Proposed domain.Known[Proposed]
	Approved domain.Known[Approved]
	Rejected domain.Known[Rejected]
}

// The states of a set.
const (
	Open    = "proposed"
	Decided = "approved"
	Refused = "rejected"
)

// State says how far the set has come; "" where nothing is known of it.
func (s Set) State() string {
	switch {
	case s.Proposed.IsZero():
		return ""
	case !s.Approved.IsZero():
		return Decided
	case !s.Rejected.IsZero():
		return Refused
	}
	return Open
}

// Redactions are the sets of one record, in the order of their beginning.
type Redactions []Set

// Find returns the set with the id, or one about which nothing is known.
func (rs Redactions) Find(id ID) Set {
	for _, s := range rs {
		if s.ID == id {
			return s
		}
	}
	return Set{ID: id}
}

// Evolve returns the redactions with one more fact.
func (rs Redactions) Evolve(entry uint64, e Event) Redactions {
	switch e := e.(type) {
	case Proposed:
		return rs.with(e.Redaction, func(s *Set) { s.Proposed = domain.Know(entry, e) })
	case Approved:
		return rs.with(e.Redaction, func(s *Set) { s.Approved = domain.Know(entry, e) })
	case Rejected:
		return rs.with(e.Redaction, func(s *Set) { s.Rejected = domain.Know(entry, e) })
	}
	return rs
}

func (rs Redactions) with(id ID, change func(*Set)) Redactions {
	return domain.Upsert(rs,
		func(s *Set) bool { return s.ID == id },
		func(s *Set) { s.ID = id; change(s) })
}
