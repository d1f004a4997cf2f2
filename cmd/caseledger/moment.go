package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain"
)

// moment is the point of view of a question: as known at a time, as true on a
// day. Both may be left out.
type moment struct {
	Known time.Time
	On    domain.Date
}

// addMoment adds --known-at and --true-on, with a prefix for a second pair.
func addMoment(cmd *cobra.Command, prefix, what string) *moment {
	var m moment
	cmd.Flags().Var(knownFlag{&m.Known}, prefix+"known-at", what+"as known at this time: 2026-03-31T17:00:00Z, or a day, meaning its end in London")
	cmd.Flags().Var(dateFlag{&m.On}, prefix+"true-on", what+"as true on this day: 2026-03-31")
	return &m
}

func (m moment) isNow() bool { return m.Known.IsZero() && m.On.IsZero() }

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
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		*f.to = t
		return nil
	}
	day, err := domain.ParseDate(s)
	if err != nil {
		return errors.New("not a time of the form 2026-03-31T17:00:00Z or a day of the form 2026-03-31")
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return err
	}
	y, m, d := day.Time().Date()
	*f.to = time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Microsecond)
	return nil
}
