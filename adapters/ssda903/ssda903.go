// Package ssda903 reads and writes the return on looked-after children of
// England (SSDA903) as tables of comma-separated values: Import makes commands
// of a folder of tables and records what they decide, Export writes the tables
// of a year.
//
// An import keeps everything that the tables say: what breaks a rule is
// recorded and flagged, what has no place is kept word for word. The package
// decides no rule of social care itself, and never repeats a submitted value in
// an error or a report.
package ssda903

import (
	"fmt"
	"strconv"
	"time"

	"caseledger/domain"
)

// Limits on a return. One that is over a limit is refused before anything of it
// is recorded, in an error that names the limit.
const (
	MaxFiles     = 64        // files in the folder
	MaxFileBytes = 512 << 20 // of one table
	MaxRows      = 4_000_000 // of all tables together
	MaxColumns   = 64        // of one table
	MaxCellBytes = 16 << 10  // of one cell
	MaxChildRows = 2_000     // of one child
	MaxFlaws     = 10_000    // flaws listed in a report; all of them are counted
	FirstYear    = 2010      // the first collection that is read
	MaxWorkers   = 64        // children decided at once
)

// Report says what an import did.
type Report struct {
	Kind          string      `json:"kind"` // "ssda903/2026"
	File          string      `json:"file"` // SHA-256 of names and contents, hexadecimal
	Year          int         `json:"year"`
	ReferenceDate domain.Date `json:"referenceDate"`

	Tables   []Table `json:"tables"`
	Children int     `json:"children"`
	// New, Changed and Unchanged are children by what became of their records;
	// of the Failed, none could be written.
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	Events    int `json:"events"` // recorded by this run
	Flags     int `json:"flags"`  // recorded with them

	// Flaws are the first MaxFlaws flaws, by file and line; FlawCount is the
	// number of all.
	Flaws     []Flaw `json:"flaws"`
	FlawCount int    `json:"flawCount"`
}

// Table is one file that was read.
type Table struct {
	File string `json:"file"`
	Name string `json:"table"` // "" where the file is none of the return's
	Rows int    `json:"rows"`
}

// Flaw is one rule that the tables break. It names the place and never the
// value, nor the authority's number for the child.
type Flaw struct {
	File   string          `json:"file"`
	Line   int             `json:"line"`
	Column string          `json:"column"` // "episodes/DEC"
	Rule   string          `json:"rule"`   // "not-a-date"
	Reason string          `json:"reason"`
	Record domain.RecordID `json:"record"` // "" where the flaw belongs to no child
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

// Fault is why a folder cannot be read.
type Fault struct {
	File string
	Line int // 0 where it is about the whole file
	Rule string
	// Reason is a sentence that never repeats what the file says.
	Reason string
}

func (f *Fault) Error() string {
	place := f.File
	if f.Line > 0 {
		place += ": line " + strconv.Itoa(f.Line)
	}
	return fmt.Sprintf("ssda903: %s: %s: %s", place, f.Rule, f.Reason)
}

func overLimit(file string, line int, limit string, n int) *Fault {
	return &Fault{File: file, Line: line, Rule: "over-limit", Reason: "more than is read; the limit " + limit + " is " + strconv.Itoa(n)}
}

// collection is what a return says about itself.
type collection struct {
	year int
}

func (c collection) kind() string { return "ssda903/" + strconv.Itoa(c.year) }

// first and last are the first and the last day of the year.
func (c collection) first() domain.Date { return domain.NewDate(c.year-1, time.April, 1) }
func (c collection) last() domain.Date  { return domain.NewDate(c.year, time.March, 31) }

func on(day domain.Date) domain.Dated { return domain.Dated{Happened: day} }
