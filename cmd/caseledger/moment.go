package main

import (
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/projections"
)

// addMoment adds --known-at and --true-on, with a prefix for a second pair.
func addMoment(cmd *cobra.Command, prefix, what string) *projections.Moment {
	var m projections.Moment
	cmd.Flags().Var(knownFlag{&m.Known}, prefix+"known-at", what+"as known at this time: 2026-03-31T17:00:00Z, or a day, meaning its end in London")
	cmd.Flags().Var(dateFlag{&m.On}, prefix+"true-on", what+"as true on this day: 2026-03-31")
	return &m
}

// addRecordMoment is addMoment for a question about one record, which can also be
// looked at as of one of its entries.
func addRecordMoment(cmd *cobra.Command, prefix, what string) *projections.Moment {
	m := addMoment(cmd, prefix, what)
	cmd.Flags().Uint64Var(&m.Entry, prefix+"known-entry", 0, what+"as known when this entry of the record was its last: the answer stays the same for ever")
	return m
}

type dateFlag struct{ to *domain.Date }

func (f dateFlag) String() string { return f.to.String() }
func (f dateFlag) Type() string   { return "date" }
func (f dateFlag) Set(s string) error {
	d, err := domain.ParseDate(s)
	*f.to = d
	return err
}

type knownFlag struct{ to *time.Time }

func (f knownFlag) Type() string { return "time" }
func (f knownFlag) String() string {
	if f.to.IsZero() {
		return ""
	}
	return f.to.Format(time.RFC3339)
}

func (f knownFlag) Set(s string) error {
	t, err := projections.ParseKnown(s)
	*f.to = t
	return err
}
