package ssda903

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"caseledger/domain"
	"caseledger/domain/record"
)

// Export writes the return of one collection year: of each child looked after
// in the year, or leaving care, what had been recorded by KnownAt and was true
// on the last day of the year. What an imported return of this year stated
// counts even where it lies later, so that dirty data stays visible.
//
// Values are written as recorded, also where the return refuses them. The same
// records give the same bytes.
type Export struct {
	Year    int       // from 1 April of the year before to 31 March
	KnownAt time.Time // zero: everything recorded
}

// Held is one record with its id.
type Held struct {
	ID     domain.RecordID
	Record record.Record
}

// ExportReport says what a return holds.
type ExportReport struct {
	Children int
	Rows     int
	// Unmapped is the number of cells that an import kept on these children and
	// that the return leaves out, because it has no column for them.
	Unmapped int
	// Flaws are the first MaxFlaws flaws, by table and line; FlawCount is the
	// number of all.
	Flaws     []Flaw
	FlawCount int
}

// TraceFile is the table beside those of the return that names the entry behind
// every row.
const TraceFile = "trace.csv"

func traceColumns() []string { return []string{"table", "line", "record", "entry"} }

// written is one row of a table, with what it is sorted by and the entries it
// comes from.
type written struct {
	cells   []string
	order   string
	record  domain.RecordID
	entries []uint64
	flaws   []Flaw // of the row; File and Line are filled in when it is written
}

// Folder writes the tables into a folder that must not exist; it is there whole
// or not at all. All rows are held in memory once, because they are sorted by
// the authority's number.
func (x Export) Folder(ctx context.Context, dir string, records iter.Seq2[Held, error]) (ExportReport, error) {
	if x.Year < FirstYear {
		return ExportReport{}, fmt.Errorf("ssda903: the first year that can be written is %d", FirstYear)
	}
	if _, err := os.Lstat(dir); err == nil {
		return ExportReport{}, errors.New("ssda903: the folder to write exists already")
	}
	rows, report, err := x.rows(ctx, records)
	if err != nil {
		return report, err
	}
	part, err := os.MkdirTemp(filepath.Dir(dir), ".caseledger-*")
	if err != nil {
		return report, fmt.Errorf("ssda903: %w", err)
	}
	defer os.RemoveAll(part)
	if err := x.write(part, rows, &report); err != nil {
		return report, fmt.Errorf("ssda903: %w", err)
	}
	if err := errors.Join(os.Chmod(part, 0o700), os.Rename(part, dir)); err != nil {
		return report, fmt.Errorf("ssda903: %w", err)
	}
	return report, nil
}

// rows gathers the rows of every table.
func (x Export) rows(ctx context.Context, records iter.Seq2[Held, error]) (map[string][]written, ExportReport, error) {
	var report ExportReport
	rows := make(map[string][]written)
	for held, err := range records {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, report, fmt.Errorf("ssda903: %w", err)
		}
		w := x.writing(held)
		if !w.inReturn() {
			continue
		}
		w.child()
		report.Children++
		report.Unmapped += len(w.seen.Unmapped)
		for name, some := range w.rows {
			rows[name] = append(rows[name], some...)
		}
	}
	return rows, report, nil
}

func (x Export) write(dir string, rows map[string][]written, report *ExportReport) error {
	var found flaws
	err := inFile(filepath.Join(dir, TraceFile), func(out io.Writer) error {
		trace := csv.NewWriter(out)
		_ = trace.Write(traceColumns()) // kept until Flush
		for _, t := range tables() {
			some := rows[t.name]
			slices.SortStableFunc(some, func(a, b written) int {
				return cmp.Or(cmp.Compare(a.order, b.order), slices.Compare(a.cells, b.cells))
			})
			if err := inFile(filepath.Join(dir, t.file), func(out io.Writer) error { return t.write(out, some) }); err != nil {
				return err
			}
			report.Rows += len(some)
			for i, r := range some {
				r.trace(trace, t, i+2)
				found.add(r.placed(t, i+2)...)
			}
		}
		trace.Flush()
		return trace.Error()
	})
	report.Flaws, report.FlawCount = found.list, found.count
	return err
}

func (t table) write(to io.Writer, rows []written) error {
	out := csv.NewWriter(to)
	_ = out.Write(t.columns) // kept until Flush
	for _, r := range rows {
		_ = out.Write(r.cells)
	}
	out.Flush()
	return out.Error()
}

func (r written) trace(to *csv.Writer, t table, line int) {
	slices.Sort(r.entries)
	for _, e := range slices.Compact(r.entries) {
		if e != 0 {
			_ = to.Write([]string{t.file, strconv.Itoa(line), string(r.record), strconv.FormatUint(e, 10)}) // kept until Flush
		}
	}
}

func (r written) placed(t table, line int) []Flaw {
	for i := range r.flaws {
		r.flaws[i].File, r.flaws[i].Line, r.flaws[i].Record = t.file, line, r.record
	}
	return r.flaws
}

// inFile lets write fill a new file, and makes it durable.
func inFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Sync(), f.Close())
}

// view is the record as the return sees it.
func (x Export) view(r record.Record) record.Record {
	entries := r.Entries
	if !x.KnownAt.IsZero() {
		entries = record.KnownAt(entries, x.KnownAt)
	}
	of := collection{x.Year}
	var seen []domain.Entry
	for _, e := range record.Effective(entries) {
		if ofThis(e, of) || !e.Event.HappenedOn().After(of.last()) {
			seen = append(seen, e)
		}
	}
	return record.From(seen)
}

// ofThis reports whether a return of the year stated the entry.
func ofThis(e domain.Entry, of collection) bool {
	return e.Source != nil && e.Source.Kind == of.kind()
}
