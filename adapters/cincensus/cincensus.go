// Package cincensus reads and writes the children in need census of England
// (Message/Header/Children/Child…): Import makes commands of a return and
// records what they decide, Export writes the return of a year.
//
// An import keeps everything that the file says: what breaks a rule is recorded
// and flagged, what has no place is kept word for word. The package decides no
// rule of social care itself, never repeats a submitted value in an error or a
// report, and never follows what a file points at (no entities, no schema
// locations).
package cincensus

import (
	"time"

	"caseledger/domain"
)

// Limits on a file. One that is over a limit is refused before anything of it
// is recorded, in an error that names the limit.
const (
	MaxTokenBytes    = 1 << 20   // bytes from one mark-up to the next: a text, a comment
	MaxTextBytes     = 64 << 10  // text of one element
	MaxChildBytes    = 512 << 10 // names, attributes and texts of one Child together
	MaxDepth         = 16        // elements within elements
	MaxAttributes    = 32        // attributes of one element
	MaxChildElements = 2_000     // elements and attributes of one Child
	MaxChildren      = 2_000_000 // Child elements of one file
	MaxFlaws         = 10_000    // flaws listed in a report; all of them are counted
	FirstYear        = 2017      // the first collection that is read
	MaxWorkers       = 64        // children decided at once
)

// collection is the name of this return in its header.
const collection = "CIN"

// Report says what an import did.
type Report struct {
	Kind          string      `json:"kind"` // "cin-census/2022"
	File          string      `json:"file"` // SHA-256 of the file, hexadecimal
	Year          int         `json:"year"`
	ReferenceDate domain.Date `json:"referenceDate"`

	Children int `json:"children"`
	Episodes int `json:"episodes"`
	// New, Changed and Unchanged are children by what became of their records;
	// of the Failed, none could be written.
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	// NotInReturn counts imported episodes of these children that this return
	// leaves out.
	NotInReturn int `json:"notInReturn"`
	Events      int `json:"events"` // recorded by this run
	Flags       int `json:"flags"`  // recorded with them

	// Flaws are the first MaxFlaws flaws, in the order of the file; FlawCount
	// is the number of all.
	Flaws     []Flaw `json:"flaws"`
	FlawCount int    `json:"flawCount"`

	Spent Spent `json:"-"`
}

// Spent is the time that the steps took, each summed over all workers.
type Spent struct{ Parse, Decide, Append time.Duration }

// Flaw is one rule that the file breaks. It names the place and never the
// value, nor the authority's number for the child.
type Flaw struct {
	Line    int             `json:"line"`
	Element string          `json:"element"` // "CINdetails/CINclosureDate"
	Rule    string          `json:"rule"`    // "not-a-date"
	Reason  string          `json:"reason"`
	Record  domain.RecordID `json:"record"` // "" where the flaw belongs to no child
}

// flaws are the flaws of a run, bounded.
type flaws struct {
	list  []Flaw
	count int
}

func (f *flaws) add(all ...Flaw) {
	f.count += len(all)
	f.list = append(f.list, all[:min(len(all), MaxFlaws-len(f.list))]...)
}
