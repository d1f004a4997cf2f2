// Package cld writes the return on adults' social care of England, Client Level
// Data: one row for each request, assessment, service and review of an adult or
// carer in a quarter, as comma-separated values, and beside it which entries
// are behind every row. It records nothing, and invents nothing: a column that
// the ledger has no fact for is empty.
package cld

import (
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

// Export writes the rows of one period. Requests, assessments and reviews
// belong to it that were completed in it, and services that were given on any
// day of it, of people of eighteen or over on its last day. The same records
// give the same bytes.
type Export struct {
	From, To domain.Date // first and last day of the period
	LEA      string      // the authority's number
	KnownAt  time.Time   // zero: everything recorded
}

// Held is one record with its id.
type Held struct {
	ID     domain.RecordID
	Record record.Record
}

// Report says what a return holds.
type Report struct {
	People int
	Rows   int
}

// Columns are the names of the columns, in order (release of 2023).
func Columns() []string {
	return []string{
		"LA Code", "Reporting Period Start Date", "Reporting Period End Date", "NHS Number", "LA Person Unique Identifier", "First Name", "Last Name",
		"GP Practice Name", "GP Practice Code", "Gender", "Ethnicity", "Date of Birth", "Date of Death", "Client Type", "Primary Support Reason",
		"Postcode", "Accommodation Status", "Employment Status", "Has Unpaid Carer", "Autism Spectrum Disorder (ASD)", "Visual Impairment",
		"Hearing Impairment", "Dementia", "Client Funding Status", "Event Type", "Event Reference", "Event Start Date", "Event End Date",
		"Event Description", "Event Outcome", "Request: Route of Access", "Assessment Type", "Eligible Needs Identified", "Method of Assessment",
		"Total Hrs Caring per week", "No. of adults being cared for", "Adult 1 Linked Person_ID", "Adult 2 Linked Person_ID",
		"Adult 3 Linked Person_ID", "Service Type", "Service Component", "Delivery Mechanism", "Provider CQC Location Name",
		"Provider CQC Location ID", "Review Reason", "Review Outcomes Achieved", "Method of Review", "Unit Cost", "Cost Frequency (Unit Type)",
		"Planned units per week",
	}
}

// Write writes the return, and to trace the line, record and entry behind every
// row. It holds one record in memory at a time.
func (x Export) Write(ctx context.Context, out, trace io.Writer, records iter.Seq2[Held, error]) (Report, error) {
	var report Report
	if x.From.IsZero() || x.To.Before(x.From) {
		return report, fmt.Errorf("cld: the period ends before it begins")
	}
	rows, traced := csv.NewWriter(out), csv.NewWriter(trace)
	_ = rows.Write(Columns()) // kept until Flush
	_ = traced.Write([]string{"line", "record", "entry"})
	for held, err := range records {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return report, fmt.Errorf("cld: %w", err)
		}
		all := x.rows(held)
		for _, r := range all {
			report.Rows++
			_ = rows.Write(r.list())
			for _, entry := range r.entries {
				_ = traced.Write([]string{strconv.Itoa(report.Rows + 1), string(held.ID), strconv.FormatUint(entry, 10)})
			}
		}
		if len(all) > 0 {
			report.People++
		}
	}
	rows.Flush()
	traced.Flush()
	if err := cmp.Or(rows.Error(), traced.Error()); err != nil {
		return report, fmt.Errorf("cld: %w", err)
	}
	return report, nil
}

// row is the cells of one event by column, and the entries it comes from.
type row struct {
	cells   map[string]string
	entries []uint64
	start   domain.Date
}

func (r row) list() []string {
	list := make([]string, 0, len(Columns()))
	for _, c := range Columns() {
		list = append(list, r.cells[c])
	}
	return list
}

// rows are the rows of one record, by the day on which they start and their
// reference.
func (x Export) rows(held Held) []row {
	p := &person{x: x, r: held.Record.At(x.KnownAt, x.To), id: held.ID}
	born := p.r.Person.Born.Fact.Happened
	if born.IsZero() || born.AddMonths(adultAge).After(x.To) {
		return nil
	}
	p.requests()
	p.assessments()
	p.services()
	p.reviews()
	slices.SortStableFunc(p.rows, func(a, b row) int {
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.cells["Event Reference"], b.cells["Event Reference"]))
	})
	return p.rows
}

const adultAge = 18 * 12 // in months
