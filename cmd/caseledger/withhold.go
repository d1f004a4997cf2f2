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
	"caseledger/eventstore/proof/evidence"
)

// withholding says which fields a reader does not get, and why.
type withholding struct {
	redactions string // path
	fields     string // path
	ground     string
	decidedBy  string
	decidedOn  string
}

func (w *withholding) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&w.redactions, "redactions", "", "CSV file of the fields that are withheld")
	flags.StringVar(&w.fields, "fields", "", "text file of the fields that are shown")
	flags.StringVar(&w.ground, "ground", "", "why fields that are not in --fields are withheld")
	flags.StringVar(&w.decidedBy, "decided-by", "", "who decided so: a role rather than a name")
	flags.StringVar(&w.decidedOn, "decided-on", "", "the day of that decision")
}

func (w withholding) check() error {
	alone := w.ground != "" || w.decidedBy != "" || w.decidedOn != ""
	switch {
	case w.redactions != "" && w.fields != "":
		return usageError{errors.New("--redactions and --fields exclude each other")}
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
	field  pattern
	evidence.Redaction
	used bool
}

// pattern is a field, or the beginning of many and a star.
type pattern string

func (p pattern) matches(path string) bool {
	begin, many := strings.CutSuffix(string(p), "*")
	return path == string(p) || many && strings.HasPrefix(path, begin)
}

// redactions returns the schedule of a stream. A line that withholds nothing is
// an error: somebody believes that something is withheld.
func (a *app) redactions(ctx context.Context, stream string, knownAt time.Time, w withholding) ([]evidence.Redaction, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	switch {
	case w.redactions != "":
		lines, err := readRedactions(w.redactions)
		if err != nil {
			return nil, err
		}
		out, err := a.schedule(ctx, stream, knownAt, func(entry int, path string) (evidence.Redaction, bool) { return withheldBy(lines, entry, path) })
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
		return a.schedule(ctx, stream, knownAt, func(_ int, path string) (evidence.Redaction, bool) {
			return why, !slices.ContainsFunc(shown, func(p pattern) bool { return p.matches(path) })
		})
	}
	return nil, nil
}

// schedule asks of every field of a stream whether it is withheld.
func (a *app) schedule(ctx context.Context, stream string, knownAt time.Time, withheld func(entry int, path string) (evidence.Redaction, bool)) ([]evidence.Redaction, error) {
	var out []evidence.Redaction
	for e, err := range a.store.ReadStream(ctx, stream, 0) {
		if err != nil {
			return nil, err
		}
		opened, err := a.sealed.Open(e)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Revision, err)
		}
		if !knownAt.IsZero() && opened.Leaf.Recorded.After(knownAt) {
			break
		}
		for _, field := range opened.Fields() {
			if r, is := withheld(int(e.Revision), field.Path); is {
				r.Seq, r.Path = int(e.Revision), field.Path
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func withheldBy(lines []*line, entry int, path string) (found evidence.Redaction, is bool) {
	for _, l := range lines {
		if l.entry == entry && l.field.matches(path) {
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
		n, _ := in.FieldPos(0)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: not five columns of CSV", path, n)}
		}
		l, err := readRedaction(cells)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: %w", path, n, err)}
		}
		l.number = n
		out = append(out, l)
	}
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
	return &line{entry: entry, field: pattern(cells[1]), Redaction: evidence.Redaction{Ground: cells[2], DecidedBy: cells[3], Date: day.Time()}}, nil
}

// readFields reads a file of fields, one a line; empty lines and those that
// begin with # are passed over.
func readFields(path string) ([]pattern, error) {
	text, err := readTrust(path)
	if err != nil {
		return nil, err
	}
	var out []pattern
	for n, l := range strings.Split(string(text), "\n") {
		l = strings.TrimRight(l, "\r ")
		switch {
		case l == "" || strings.HasPrefix(l, "#"):
		case !strings.HasPrefix(l, "/"):
			return nil, usageError{fmt.Errorf("%s: line %d: a field begins with /", path, n+1)}
		default:
			out = append(out, pattern(l))
		}
	}
	if len(out) == 0 {
		return nil, usageError{fmt.Errorf("%s names no field", path)}
	}
	return out, nil
}
