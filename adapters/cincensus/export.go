package cincensus

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"time"

	"caseledger/domain"
	"caseledger/domain/record"
)

// Export writes the return of one collection year: of each child with work in
// the year, what had been recorded by KnownAt and was true on ReferenceDate.
// What an imported return stated as of that day or an earlier one counts even
// where it lies later, so that dirty data stays visible.
//
// Values are written as recorded, also where the schema of the year refuses
// them. The same records give the same bytes.
type Export struct {
	Year          int         // from 1 April of the year before to 31 March
	ReferenceDate domain.Date // zero: 31 March of Year
	LEA           string      // the authority's number, three digits
	Software      string
	Release       string
	SerialNo      int
	Now           time.Time // of writing, as the header states it
	KnownAt       time.Time // zero: everything recorded
}

// Held is one record with its id.
type Held struct {
	ID     domain.RecordID
	Record record.Record
}

// ExportReport says what a return holds, and what its schema would refuse.
type ExportReport struct {
	Children, Episodes int
	// Unmapped is the number of elements that an import kept on these children
	// and that the return leaves out, because it has no place for them.
	Unmapped int
	// Flaws are the first MaxFlaws flaws, by child; FlawCount is the number of
	// all. Line is that of the element in the return.
	Flaws     []Flaw
	FlawCount int
}

// sexFrom is the first collection whose schema has Sex in place of
// GenderCurrent. The schema of 2022 has the one and that of 2025 the other;
// between them, the public validator's rule 4180 changes with the collection
// of 2025.
const sexFrom = 2025

// Write writes the return to w, and to trace, unless it is nil, a CSV that says
// of each element which entry of which record it came from. Children are
// sorted by the authority's number, so all of them are held in memory once.
func (x Export) Write(ctx context.Context, w io.Writer, trace io.Writer, records iter.Seq2[Held, error]) (ExportReport, error) {
	if x.Year < FirstYear {
		return ExportReport{}, fmt.Errorf("cin-census: the first year that can be written is %d", FirstYear)
	}
	if x.ReferenceDate.IsZero() {
		x.ReferenceDate = domain.NewDate(x.Year, time.March, 31)
	}
	pages, err := x.pages(ctx, trace != nil, records)
	if err != nil {
		return ExportReport{}, err
	}
	out := &output{xml: bufio.NewWriter(w)}
	if trace != nil {
		out.trace = csv.NewWriter(trace)
	}
	report := out.message(x.head(), pages)
	if err := out.flush(); err != nil {
		return report, fmt.Errorf("cin-census: %w", err)
	}
	return report, nil
}

// pages writes each child that belongs to the return, and sorts them.
func (x Export) pages(ctx context.Context, traced bool, records iter.Seq2[Held, error]) ([]*page, error) {
	var pages []*page
	for held, err := range records {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("cin-census: %w", err)
		}
		if p := x.child(held, traced); p != nil {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b *page) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.text(), b.text()))
	})
	return pages, nil
}

// head writes everything before the children.
func (x Export) head() *page {
	p := &page{depth: 1}
	p.open("Header", 0)
	p.open("CollectionDetails", 0)
	p.leaf("Collection", 0, collection, 0)
	p.leaf("Year", 0, strconv.Itoa(x.Year), 0)
	p.leaf("ReferenceDate", 0, x.ReferenceDate.String(), 0)
	p.shut("CollectionDetails")
	p.open("Source", 0)
	p.leaf("SourceLevel", 0, "L", 0)
	p.leaf("LEA", 0, x.LEA, 0)
	p.leaf("SoftwareCode", 0, x.Software, 0)
	p.leaf("Release", 0, x.Release, 0)
	p.leaf("SerialNo", 0, fmt.Sprintf("%03d", x.SerialNo), 0)
	p.leaf("DateTime", 0, x.Now.Format("2006-01-02T15:04:05"), 0)
	p.shut("Source")
	p.shut("Header")
	return p
}

// began is the first day of the collection year.
func (x Export) began() domain.Date { return domain.NewDate(x.Year-1, time.April, 1) }

// view is the record as the return sees it.
func (x Export) view(r record.Record) record.Record {
	entries := r.Entries
	if !x.KnownAt.IsZero() {
		entries = record.KnownAt(entries, x.KnownAt)
	}
	var seen []domain.Entry
	for _, e := range record.Effective(entries) {
		stated := e.Source != nil && !e.Source.StatedOn.IsZero() && !e.Source.StatedOn.After(x.ReferenceDate)
		if stated || !e.Event.HappenedOn().After(x.ReferenceDate) {
			seen = append(seen, e)
		}
	}
	return record.From(seen)
}
