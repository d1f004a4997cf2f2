// Package bundle is the part of a record that holds how a bundle for a court
// came about: what it is of, which documents stand in which section, what each
// reader is not shown, who looked it through, what it was frozen of, and every
// file that was built. It holds no document and no page, and never changes what
// an entry says.
package bundle

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/redaction"
)

// ID names a bundle within the record that it was opened on.
type ID string

// Event is one step towards a bundle.
//
//sumtype:decl
type Event interface {
	domain.Event
	// Of names the bundle.
	Of() ID
	bundleEvent()
}

// Opened says that a bundle is to be filed, and in which case.
type Opened struct {
	domain.Dated
	Bundle  ID       `json:"bundle"`
	Title   string   `json:"title"`
	Court   string   `json:"court"`
	Case    string   `json:"case"` // the court's number
	Parties []string `json:"parties"`
	// Rules names the practice direction that the bundle follows: the one in force
	// on the day when it was opened, unless the court directed otherwise.
	Rules string `json:"rules"`
	// Permission is where the court permitted more pages than the rules allow.
	Permission string `json:"permission,omitempty"`
}

// Scoped says which entries of which records the bundle can draw on.
type Scoped struct {
	domain.Dated
	Bundle    ID                   `json:"bundle"`
	Selection chronology.Selection `json:"selection"`
	Parts     []chronology.Part    `json:"parts"` // the first is of the record itself
}

// Arranged says which documents are relevant, and in which section each stands.
type Arranged struct {
	domain.Dated
	Bundle   ID        `json:"bundle"`
	Sections []Section `json:"sections"`
}

// Section is a part of a bundle whose pages are numbered by themselves.
type Section struct {
	Letter    string     `json:"letter" validate:"required,oneof=A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"`
	Title     string     `json:"title" validate:"required,max=200"`
	Documents []Document `json:"documents" validate:"required,min=1,max=500,dive"`
}

// Document is one document: exactly one of chronology, paper, entries and file
// says what it is.
type Document struct {
	Document string      `json:"document" validate:"required,max=64,printascii"`
	Title    string      `json:"title" validate:"required,max=300"`
	Date     domain.Date `json:"date,omitzero"`
	// Chronology is one that was built on the record.
	Chronology chronology.ID `json:"chronology,omitempty" validate:"max=64,printascii"`
	// Paper is the kind of a paper that is filled in from the record.
	Paper string `json:"paper,omitempty" validate:"max=64,printascii"`
	// Entries are told in full, with every word.
	Entries []chronology.Part `json:"entries,omitempty" validate:"max=50,dive"`
	// File is the SHA-256, in hexadecimal, of a PDF or picture that is none of the
	// ledger's.
	File string `json:"file,omitempty" validate:"omitempty,len=64,hexadecimal"`
}

// Varied says for which readers the bundle is made, and what each is not shown.
type Varied struct {
	domain.Dated
	Bundle   ID        `json:"bundle"`
	Variants []Variant `json:"variants"`
}

// Variant is the bundle as one reader gets it: the page numbers are those of
// every other.
type Variant struct {
	Variant string `json:"variant" validate:"required,max=40,printascii"`
	Reader  string `json:"reader" validate:"required,max=200"`
	// Redaction names the sets of redactions, one on each record that the bundle
	// draws on; without one nothing is withheld.
	Redaction redaction.ID `json:"redaction,omitempty" validate:"max=64,printascii"`
}

// Reviewed says that somebody who did not make the bundle has looked through it.
type Reviewed struct {
	domain.Dated
	Bundle ID     `json:"bundle"`
	Note   string `json:"note,omitempty"`
}

// Frozen says what the bundle is of from now on.
type Frozen struct {
	domain.Dated
	Bundle ID `json:"bundle"`
	Stand
}

// Stand is what a bundle, or a supplement to it, is made of: whoever builds it
// later makes the same pages of it.
type Stand struct {
	// Known is the last entry of each record that the evidence covers.
	Known []Known `json:"known" validate:"required,min=1,max=50,unique=Record,dive"`
	// KnownAt is the time up to which it covers them: RFC 3339, UTC.
	KnownAt string `json:"knownAt" validate:"required,max=40,printascii"`
	// Size and Root are the checkpoint that the last page names: how many entries
	// the log had, and the hash of all of them in hexadecimal.
	Size int64  `json:"size" validate:"min=1"`
	Root string `json:"root" validate:"required,len=64,hexadecimal"`
	// Reserved is how many pages each document takes in every variant.
	Reserved []Pages `json:"reserved" validate:"required,min=1,max=5000,unique=Document,dive"`
}

// Known is the last entry known of a record.
type Known struct {
	Record domain.RecordID `json:"record" validate:"required,len=32,hexadecimal"`
	Entry  uint64          `json:"entry" validate:"required"`
}

// Pages are those of one document.
type Pages struct {
	Document string `json:"document" validate:"required,max=64,printascii"`
	Pages    int    `json:"pages" validate:"min=1,max=10000"`
}

// Built says which file a variant became.
type Built struct {
	domain.Dated
	Bundle  ID     `json:"bundle"`
	Variant string `json:"variant"`
	// Edition is 0 for the bundle as it was frozen, and counts supplements.
	Edition int `json:"edition"`
	// SHA256 is of the file before it was signed: the same for whoever builds it.
	SHA256 string `json:"sha256"`
	Pages  int    `json:"pages"`
	Size   int64  `json:"size"` // of the checkpoint
	Root   string `json:"root"`
}

// Supplemented says which documents came late: they stand behind the last page
// of their sections, so that no other page gets another number.
type Supplemented struct {
	domain.Dated
	Bundle   ID        `json:"bundle"`
	Sections []Section `json:"sections"`
	Reason   string    `json:"reason"`
	Stand
}

func about(id ID) string { return "bundle/" + string(id) }

func (e Opened) About() string       { return about(e.Bundle) }
func (e Scoped) About() string       { return about(e.Bundle) }
func (e Arranged) About() string     { return about(e.Bundle) }
func (e Varied) About() string       { return about(e.Bundle) }
func (e Reviewed) About() string     { return about(e.Bundle) }
func (e Frozen) About() string       { return about(e.Bundle) }
func (e Built) About() string        { return about(e.Bundle) + "/" + e.Variant }
func (e Supplemented) About() string { return about(e.Bundle) }

func (e Opened) Of() ID       { return e.Bundle }
func (e Scoped) Of() ID       { return e.Bundle }
func (e Arranged) Of() ID     { return e.Bundle }
func (e Varied) Of() ID       { return e.Bundle }
func (e Reviewed) Of() ID     { return e.Bundle }
func (e Frozen) Of() ID       { return e.Bundle }
func (e Built) Of() ID        { return e.Bundle }
func (e Supplemented) Of() ID { return e.Bundle }

func (Opened) bundleEvent()       {}
func (Scoped) bundleEvent()       {}
func (Arranged) bundleEvent()     {}
func (Varied) bundleEvent()       {}
func (Reviewed) bundleEvent()     {}
func (Frozen) bundleEvent()       {}
func (Built) bundleEvent()        {}
func (Supplemented) bundleEvent() {}

// Bundle is what is known of one bundle. Of each step the one recorded last
// holds, whatever day it names.
type Bundle struct {
	ID          ID
	Opened      domain.Known[Opened]
	Scoped      domain.Known[Scoped]
	Arranged    domain.Known[Arranged]
	Varied      domain.Known[Varied]
	Reviewed    domain.Known[Reviewed]
	Frozen      domain.Known[Frozen]
	Supplements []domain.Known[Supplemented] // in the order of their entries
	Built       []domain.Known[Built]
}

// Made returns the entries that say what stands in the bundle, oldest step first.
func (b Bundle) Made() []uint64 {
	made := []uint64{b.Opened.Entry, b.Scoped.Entry, b.Arranged.Entry, b.Varied.Entry}
	for _, s := range b.Supplements {
		made = append(made, s.Entry)
	}
	return slices.DeleteFunc(made, func(entry uint64) bool { return entry == 0 })
}

// IsReviewed reports whether it was looked through as it is now.
func (b Bundle) IsReviewed() bool {
	return !b.Reviewed.IsZero() && slices.Max(append(b.Made(), 0)) < b.Reviewed.Entry
}

// IsPlanned reports whether it is said what stands in it, and for whom it is.
func (b Bundle) IsPlanned() bool {
	return !b.Scoped.IsZero() && !b.Arranged.IsZero() && !b.Varied.IsZero()
}

// Edition counts the supplements.
func (b Bundle) Edition() int { return len(b.Supplements) }

// Sections are those of the bundle, and behind them its supplements', whose
// documents are late.
func (b Bundle) Sections() (first []Section, late []Section) {
	for _, s := range b.Supplements {
		late = append(late, s.Fact.Sections...)
	}
	return b.Arranged.Fact.Sections, late
}

// Stand is what the bundle is made of now: reserved are the pages of every
// document, supplements' too.
func (b Bundle) Stand() Stand {
	now := b.Frozen.Fact.Stand
	for _, s := range b.Supplements {
		reserved := append(slices.Clip(now.Reserved), s.Fact.Reserved...)
		now = s.Fact.Stand
		now.Reserved = reserved
	}
	return now
}

// Variant returns the variant with the name, and whether there is one.
func (b Bundle) Variant(name string) (Variant, bool) {
	for _, v := range b.Varied.Fact.Variants {
		if v.Variant == name {
			return v, true
		}
	}
	return Variant{}, false
}

// BuiltOf returns the file that a variant became, with all supplements there are;
// the zero value where none was built.
func (b Bundle) BuiltOf(variant string) domain.Known[Built] {
	for _, k := range b.Built {
		if k.Fact.Variant == variant && k.Fact.Edition == b.Edition() {
			return k
		}
	}
	return domain.Known[Built]{}
}

// Bundles are those of one record, in the order in which they were opened.
type Bundles []Bundle

// Find returns the bundle with the id, or one about which nothing is known.
func (bs Bundles) Find(id ID) Bundle {
	for _, b := range bs {
		if b.ID == id {
			return b
		}
	}
	return Bundle{ID: id}
}

// Evolve returns the bundles with one more step. Steps are told in the order of
// their days, and one that names an earlier day may have been recorded later:
// the entry decides.
func (bs Bundles) Evolve(entry uint64, e Event) Bundles {
	return domain.Upsert(bs,
		func(b *Bundle) bool { return b.ID == e.Of() },
		func(b *Bundle) { b.ID = e.Of(); b.evolve(entry, e) })
}

func (b *Bundle) evolve(entry uint64, e Event) {
	switch e := e.(type) {
	case Opened:
		later(&b.Opened, entry, e)
	case Scoped:
		later(&b.Scoped, entry, e)
	case Arranged:
		later(&b.Arranged, entry, e)
	case Varied:
		later(&b.Varied, entry, e)
	case Reviewed:
		later(&b.Reviewed, entry, e)
	case Frozen:
		later(&b.Frozen, entry, e)
	case Built:
		b.Built = append(slices.Clip(b.Built), domain.Know(entry, e))
	case Supplemented:
		at, _ := slices.BinarySearchFunc(b.Supplements, entry, func(k domain.Known[Supplemented], entry uint64) int { return int(k.Entry) - int(entry) })
		b.Supplements = slices.Insert(slices.Clone(b.Supplements), at, domain.Know(entry, e))
	}
}

func later[E domain.Event](known *domain.Known[E], entry uint64, e E) {
	if entry > known.Entry {
		*known = domain.Know(entry, e)
	}
}
