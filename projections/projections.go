// Package projections turns the ledger into tables: caseloads, the child
// protection register, audit trails, chronologies, and what returns are drawn
// from. A projection is a value; the Runner reads the log once for all of them
// and commits their rows together with their positions.
//
// The package never writes to the ledger, decides no rule, and holds nothing of
// its own: its file can be deleted and rebuilt at any time. Nothing in a table
// depends on the clock; what does (overdue, how things stood then) is worked
// out when it is asked.
package projections

import (
	"errors"
	"fmt"
	"regexp"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

// Projection is one read model, or several that belong together.
type Projection struct {
	// Name names the projection for ever: "register".
	Name string
	// Version is raised when Tables or Apply change: the tables are then built
	// anew beside the old ones, which readers see until they are complete.
	Version int
	Tables  []Table
	// Apply writes what follows from a change. It is called in a transaction,
	// again after a failure, for one event or thousands at a time, and in a
	// rebuild by several goroutines for a stream each: what it writes may not
	// depend on where one change ends and the next begins, and rows belong to
	// the stream that they come from. The change is good until it returns.
	//
	// An error stops the projection at the event. Its text may hold nothing of
	// what the event says about people.
	Apply func(w *Writer, c Change) error
}

// Table is a table as an analyst sees it. In the file it carries the version
// ("register__v1"), and a view bears the name.
type Table struct {
	Name    string
	Comment string
	Columns []Column
	Key     []string   // the columns that no two rows share, which come first
	Indexes [][]string // beside the key
}

// Column is a column of a table. What is not known is NULL.
type Column struct {
	Name    string
	Type    Type
	Comment string
}

// Type is what a column holds. See the engines for how it is stored.
type Type string

// The types of columns, and what SQLite, which has few of its own, keeps there.
const (
	Text    Type = "TEXT"
	Integer Type = "INTEGER"
	Date    Type = "DATE"    // text: 2026-02-03
	Time    Type = "TIME"    // text: 2026-02-03T09:30:00.000000Z, always UTC
	JSON    Type = "JSON"    // text: see SQLite's json_each
	Boolean Type = "BOOLEAN" // integer: 0 or 1
)

// Change is what one stream gained.
type Change struct {
	Stream string
	Record domain.RecordID // "" when the stream is no record
	// Before and After are the record without and with the new entries.
	Before, After record.Record
	Entries       []domain.Entry        // the new entries, in order
	Positions     []eventstore.Position // of each new entry
}

// All returns the projections of the product.
func All() []Projection {
	return []Projection{
		recordProjection(), personProjection(), caseloadProjection(), registerProjection(), auditProjection(),
		chronologyProjection(), episodeProjection(), batchProjection(), groupProjection(),
		enquiryProjection(), familyProjection(), restrictionProjection(),
		lookedAfterProjection(),
		clockProjection(), visitProjection(), allocationProjection(),
		linkProjection(),
		breakGlassProjection(),
	}
}

// name is what projections, tables and columns may be called, so that no
// statement needs to quote them.
var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,50}$`)

// check says what is wrong with a list of projections.
func check(all []Projection) error {
	owner := make(map[string]string)
	for _, p := range all {
		if !name.MatchString(p.Name) || p.Version < 1 || p.Apply == nil || owner["projection "+p.Name] != "" {
			return fmt.Errorf("projection %s: needs a name of its own, a version from 1 and Apply", p.Name)
		}
		owner["projection "+p.Name] = p.Name
		for _, t := range p.Tables {
			if err := t.check(); err != nil {
				return fmt.Errorf("projection %s: table %s: %w", p.Name, t.Name, err)
			}
			if other, taken := owner[t.Name]; taken {
				return fmt.Errorf("projection %s: table %s belongs to projection %s", p.Name, t.Name, other)
			}
			owner[t.Name] = p.Name
		}
	}
	return nil
}

func (t Table) check() error {
	if !name.MatchString(t.Name) || len(t.Columns) == 0 || len(t.Key) == 0 {
		return errors.New("needs a lower-case name, columns and a key")
	}
	known := make(map[string]bool)
	for _, c := range t.Columns {
		if !name.MatchString(c.Name) || known[c.Name] || postgresTypes[c.Type] == "" {
			return fmt.Errorf("column %s: needs a lower-case name of its own and a known type", c.Name)
		}
		known[c.Name] = true
	}
	if len(t.Key) == 1 && (sqliteEngine{}).storage(t.Columns[0].Type) == "INTEGER" {
		return errors.New("a key of one number has no index in SQLite: make it TEXT")
	}
	for i, c := range t.Key {
		if i >= len(t.Columns) || t.Columns[i].Name != c {
			return fmt.Errorf("column %s of the key is not in its place: the key comes first", c)
		}
	}
	for _, list := range t.Indexes {
		for _, c := range list {
			if !known[c] {
				return fmt.Errorf("index on column %s, which is not there", c)
			}
		}
	}
	return nil
}
