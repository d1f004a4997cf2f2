package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore/proof/evidence"
	"caseledger/projections"
)

// withholding says which fields a reader does not get, and why.
type withholding struct {
	redactions string // path
	fields     string // path
	ground     string
	decidedBy  string
	decidedOn  string
	set        string // id of an approved set of redactions
}

func (w *withholding) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&w.redactions, "redactions", "", "CSV file of the fields that are withheld")
	flags.StringVar(&w.set, "redaction", "", "id of the approved set of redactions that says what is withheld from the reader")
	flags.StringVar(&w.fields, "fields", "", "text file of the fields that are shown")
	flags.StringVar(&w.ground, "ground", "", "why fields that are not in --fields are withheld")
	flags.StringVar(&w.decidedBy, "decided-by", "", "who decided so: a role rather than a name")
	flags.StringVar(&w.decidedOn, "decided-on", "", "the day of that decision")
}

func (w withholding) check() error {
	alone := w.ground != "" || w.decidedBy != "" || w.decidedOn != ""
	switch {
	case w.redactions != "" && w.fields != "", w.set != "" && w.redactions+w.fields != "":
		return usageError{errors.New("--redaction, --redactions and --fields exclude each other")}
	case w.fields == "" && alone:
		return usageError{errors.New("--ground, --decided-by and --decided-on belong to --fields")}
	case w.fields != "" && (w.ground == "" || w.decidedBy == "" || w.decidedOn == ""):
		return usageError{errors.New("--fields needs --ground, --decided-by and --decided-on: what is withheld is explained")}
	}
	return nil
}

// line is a line of a file of redactions.
type line struct {
	number int
	entry  int
	field  redaction.Field
	evidence.Redaction
	used bool
}

// redactions returns the schedule of a stream. A line that withholds nothing is
// an error: somebody believes that something is withheld.
func (a *app) redactions(ctx context.Context, stream string, knownAt time.Time, w withholding) ([]evidence.Redaction, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	switch {
	case w.set != "":
		reader, err := a.readershipOf(ctx, stream, redaction.ID(w.set))
		if err != nil {
			return nil, err
		}
		return a.schedule(ctx, stream, knownAt, reader.withholds)
	case w.redactions != "":
		lines, err := readRedactions(w.redactions)
		if err != nil {
			return nil, err
		}
		out, err := a.schedule(ctx, stream, knownAt, eachField(func(entry int, path string) (evidence.Redaction, bool) { return withheldBy(lines, entry, path) }))
		for _, l := range lines {
			if err == nil && !l.used {
				err = usageError{fmt.Errorf("%s: line %d: the record has no such entry and field", w.redactions, l.number)}
			}
		}
		return out, err
	case w.fields != "":
		shown, err := readFields(w.fields)
		if err != nil {
			return nil, err
		}
		day, err := domain.ParseDate(w.decidedOn)
		if err != nil {
			return nil, usageError{fmt.Errorf("--decided-on: %w", err)}
		}
		why := evidence.Redaction{Ground: w.ground, DecidedBy: w.decidedBy, Date: day.Time()}
		return a.schedule(ctx, stream, knownAt, eachField(func(_ int, path string) (evidence.Redaction, bool) {
			return why, !slices.ContainsFunc(shown, func(f redaction.Field) bool { return f.Covers(path) })
		}))
	}
	return nil, nil
}

// eachField judges field by field.
func eachField(withheld func(entry int, path string) (evidence.Redaction, bool)) judgement {
	return func(e sifted) (map[string]evidence.Redaction, error) {
		all := make(map[string]evidence.Redaction)
		for _, f := range e.fields {
			if why, is := withheld(e.seq, f.Path); is {
				all[f.Path] = why
			}
		}
		return all, nil
	}
}

// lookedAt returns until when a package for the reader of a set of redactions can
// tell of a record: nobody looked at what was recorded later.
func lookedAt(r record.Record, id redaction.ID, asked time.Time) (time.Time, error) {
	set := r.Redactions.Find(id)
	known := set.Proposed.Fact.Known
	last, _ := r.Entry(known)
	next, _ := r.Entry(known + 1) // at the latest the proposal
	switch {
	case set.State() == "":
		return asked, projections.ErrNoRedaction
	case !next.Recorded.After(last.Recorded):
		return asked, fmt.Errorf("redaction %s: entry %d was recorded together with entry %d, which nobody looked at", id, next.Seq, last.Seq)
	case asked.IsZero():
		return next.Recorded.Add(-time.Microsecond), nil
	case !asked.Before(next.Recorded):
		return asked, usageError{fmt.Errorf("redaction %s looked at what was recorded before %s, and at nothing later", id, next.Recorded.Format(time.RFC3339Nano))}
	}
	return asked, nil
}

func withheldBy(lines []*line, entry int, path string) (found evidence.Redaction, is bool) {
	for _, l := range lines {
		if l.entry == entry && l.field.Covers(path) {
			if !is {
				found = l.Redaction
			}
			l.used, is = true, true
		}
	}
	return found, is
}

// readRedactions reads a file of redactions, strictly.
func readRedactions(path string) ([]*line, error) {
	text, err := readTrust(path)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(strings.NewReader(string(text)))
	in.FieldsPerRecord = 5
	head, err := in.Read()
	if err != nil || !slices.Equal(head, []string{"entry", "field", "ground", "decided-by", "decided-on"}) {
		return nil, usageError{fmt.Errorf("%s: line 1: the columns are entry,field,ground,decided-by,decided-on", path)}
	}
	var out []*line
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: not five columns of CSV", path, lineOfFault(err))}
		}
		n, _ := in.FieldPos(0)
		l, err := readRedaction(cells)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: %w", path, n, err)}
		}
		l.number = n
		out = append(out, l)
	}
}

// lineOfFault returns the line that a reader of CSV could not read. It has none of
// its fields.
func lineOfFault(err error) int {
	var fault *csv.ParseError
	if errors.As(err, &fault) {
		return fault.StartLine
	}
	return 0
}

func readRedaction(cells []string) (*line, error) {
	entry, err := strconv.Atoi(cells[0])
	if err != nil || entry < 1 {
		return nil, errors.New("the entry is not a number from 1")
	}
	day, err := domain.ParseDate(cells[4])
	if err != nil {
		return nil, fmt.Errorf("decided-on: %w", err)
	}
	if !strings.HasPrefix(cells[1], "/") || cells[2] == "" || cells[3] == "" {
		return nil, errors.New("a field begins with /, and ground and decided-by are not empty")
	}
	return &line{entry: entry, field: redaction.Field(cells[1]), Redaction: evidence.Redaction{Ground: cells[2], DecidedBy: cells[3], Date: day.Time()}}, nil
}

// readFields reads a file of fields, one a line; empty lines and those that
// begin with # are passed over.
func readFields(path string) ([]redaction.Field, error) {
	text, err := readTrust(path)
	if err != nil {
		return nil, err
	}
	var out []redaction.Field
	for n, l := range strings.Split(string(text), "\n") {
		l = strings.TrimRight(l, "\r ")
		switch {
		case l == "" || strings.HasPrefix(l, "#"):
		case !strings.HasPrefix(l, "/"):
			return nil, usageError{fmt.Errorf("%s: line %d: a field begins with /", path, n+1)}
		default:
			out = append(out, redaction.Field(l))
		}
	}
	if len(out) == 0 {
		return nil, usageError{fmt.Errorf("%s names no field", path)}
	}
	return out, nil
}
