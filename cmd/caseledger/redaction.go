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

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/projections"
)

func newRedaction(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "redaction",
		Short: "Say what of a record is withheld from a reader: suggested, proposed by one, approved by another",
		Example: `  caseledger redaction suggest AT000001 --output csv > lines.csv
  caseledger redaction propose AT000001 --id mother-1 --reader mother --for court --lines lines.csv --actor sol-01 --request r1`,
	}, newRedactionSuggest(to), newRedactionPropose(to), newRedactionShow(to), newRedactionApprove(to), newRedactionReject(to), newRedactionList(to))
}

func newRedactionSuggest(to streams) *cobra.Command {
	var except []string
	cmd := &cobra.Command{
		Use:   "suggest RECORD",
		Short: "List what may have to be withheld, and why: marked passages, kept addresses, other people's names",
		Long: `Suggest looks for what is marked as told by or about others, for addresses that a
restriction keeps, and for the names of the family's other people: every name that
the ledger knows, whole words, whatever their case. It decides nothing: delete
from the file what is not strictly necessary, and write into the column reason why
the rest is. Professionals' names are not looked for.`,
		Example: "  caseledger redaction suggest AT000001 --except mother --output csv > lines.csv",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringArrayVar(&except, "except", nil, "what the reader is to the person (mother), whose own names are not looked for; may be given again")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			others, err := a.db.OthersOf(cmd.Context(), a.load, id)
			if err != nil {
				return err
			}
			rows, err := projections.Suggest(a.sealed.Payload, r, others)
			rows = slices.DeleteFunc(rows, func(s projections.Suggestion) bool { return s.Of != "" && slices.Contains(except, s.Of) })
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// proposing is what the command line says of a set of redactions.
type proposing struct {
	redaction.Propose
	id    string
	lines string // path
	by    acting
}

func newRedactionPropose(to streams) *cobra.Command {
	var p proposing
	cmd := &cobra.Command{
		Use:   "propose RECORD",
		Short: "Propose what of a record to withhold from a reader",
		Long: `Propose records a set of redactions. --lines is a CSV file whose first columns are
entry, field, ground and reason; further columns, as 'redaction suggest' writes
them, are passed over. A field is a JSON Pointer, such as /text/0; one that ends in
* stands for all that begin so. A ground is a code: third-party, serious-harm,
crime, privilege, public-interest-immunity, confidential-address, court-order. A
line that withholds nothing is refused. Somebody else approves the set.`,
		Example: `  caseledger redaction propose AT000001 --id mother-1 --reader mother --for court --lines lines.csv \
    --actor sol-01 --role solicitor --agency anytown --basis children-act-1989-s31 --purpose court --request r1`,
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	flags := cmd.Flags()
	flags.StringVar(&p.id, "id", "", "id of the set within the record; the same on every record that something is made of for the reader")
	flags.StringVar(&p.Reader, "reader", "", "for whom: court, mother")
	flags.StringVar(&p.Purpose, "for", "", "for what: court, subject-access or disclosure")
	flags.Uint64Var(&p.Known, "known", 0, "the last entry that was looked at; the last of the record if not given")
	flags.StringVar(&p.lines, "lines", "", "CSV file of what is withheld")
	flags.BoolVar(&p.Nothing, "nothing", false, "say that the record was looked through and there is nothing to withhold")
	p.by.add(cmd, "a repeat with the same key proposes nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if p.lines != "" {
			if p.Lines, err = readLines(p.lines); err != nil {
				return err
			}
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			a.warn(to)
			p.Redaction, p.Happened = redaction.ID(p.id), a.records.Setting().Today
			if p.Known == 0 {
				p.Known = uint64(len(r.Entries))
			}
			if was := r.Redactions.Find(p.Redaction).Proposed; !was.IsZero() {
				if e, _ := r.Entry(was.Entry); e.Request == p.by.request {
					p.Dated, p.Known = was.Fact.Dated, was.Fact.Known // what the first one looked at, on its day
				}
			}
			if _, err := a.records.Do(cmd.Context(), id, p.by.act(p.Propose)); err != nil {
				return err
			}
			return a.showRedaction(cmd.Context(), to, *output, id, p.Redaction)
		})
	}
	return cmd
}

// maxLineColumns bounds a line of a file of redactions.
const maxLineColumns = 100

// readLines reads a file of what is withheld, strictly as far as it is meant.
func readLines(path string) ([]redaction.Line, error) {
	text, err := readTrust(path)
	if err != nil {
		return nil, err
	}
	return parseLines(path, string(text))
}

func parseLines(path, text string) ([]redaction.Line, error) {
	in := csv.NewReader(strings.NewReader(text))
	head, err := in.Read()
	if err != nil || len(head) < 4 || len(head) > maxLineColumns || !slices.Equal(head[:4], []string{"entry", "field", "ground", "reason"}) {
		return nil, usageError{fmt.Errorf("%s: line 1: the first columns are entry,field,ground,reason", path)}
	}
	var out []redaction.Line
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: not the columns of line 1", path, lineOfFault(err))}
		}
		n, _ := in.FieldPos(0)
		entry, err := strconv.ParseUint(cells[0], 10, 64)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: the entry is not a number from 1", path, n)}
		}
		out = append(out, redaction.Line{Entry: entry, Field: redaction.Field(cells[1]), Ground: cells[2], Reason: cells[3]})
	}
}

// redactionRow is one field that is withheld, as who decides sees it: the reader
// is never given what it says, nor why.
type redactionRow struct {
	Entry     uint64      `json:"entry"`
	Field     string      `json:"field"`
	Ground    string      `json:"ground"`
	Law       string      `json:"law"`
	DecidedBy string      `json:"decidedBy"`
	DecidedOn domain.Date `json:"decidedOn"`
	Says      string      `json:"says"`
	Reason    string      `json:"reason"`
}

func newRedactionShow(to streams) *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use:     "show RECORD",
		Short:   "Show a set of redactions to who decides: each field, what it says, and where its words still stand",
		Example: "  caseledger redaction show AT000001 --id mother-1",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&id, "id", "", "id of the set within the record")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, of domain.RecordID, _ record.Record) error {
			return a.showRedaction(cmd.Context(), to, *output, of, redaction.ID(id))
		})
	}
	return cmd
}

// showRedaction prints a set, and warns of words that it withholds in one place and
// not in another.
func (a *app) showRedaction(ctx context.Context, to streams, output format, of domain.RecordID, id redaction.ID) error {
	r, err := a.load(ctx, of)
	if err != nil {
		return err
	}
	v, err := projections.AsProposed(a.sealed.Payload, r, id)
	if err != nil {
		return err
	}
	left, err := projections.Remainders(a.sealed.Payload, r, v)
	if err != nil {
		return err
	}
	for _, l := range left {
		fmt.Fprintf(to.err, "caseledger: warning: words of entry %d, %s, still stand in entry %d, %s\n", l.Entry, l.Field, l.Where, l.In)
	}
	rows := []redactionRow{}
	lines := r.Redactions.Find(id).Proposed.Fact.Lines
	for _, w := range v.Schedule {
		row := redactionRow{Entry: w.Entry, Field: w.Field, Ground: w.Ground, Law: w.Law, DecidedBy: w.DecidedBy, DecidedOn: w.DecidedOn, Reason: "It repeats what is withheld."}
		if i := slices.IndexFunc(lines, func(l redaction.Line) bool { return l.Entry == w.Entry && l.Field.Covers(w.Field) }); i >= 0 {
			row.Reason = lines[i].Reason
		}
		if row.Says, err = a.says(r, w); err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return output.print(to.out, rows)
}

// says returns what a field that is withheld says, as JSON.
func (a *app) says(r record.Record, w projections.Withheld) (string, error) {
	e, _ := r.Entry(w.Entry)
	fields, err := a.sealed.Payload.Fields(e)
	for _, f := range fields {
		if f.Path == w.Field {
			return string(f.Value), err
		}
	}
	return "", err
}

func newRedactionApprove(to streams) *cobra.Command {
	return newDecision(to, "approve", "Approve a set of redactions that somebody else proposed", "", func(d domain.Dated, id redaction.ID, _ string) any {
		return redaction.Approve{Dated: d, Redaction: id}
	})
}

func newRedactionReject(to streams) *cobra.Command {
	return newDecision(to, "reject", "Reject a set of redactions, or take back one's own", ` --reason "Her words are her own."`, func(d domain.Dated, id redaction.ID, reason string) any {
		return redaction.Reject{Dated: d, Redaction: id, Reason: reason}
	})
}

// newDecision is a command that decides on a set.
func newDecision(to streams, verb, short, more string, command func(domain.Dated, redaction.ID, string) any) *cobra.Command {
	var id, reason string
	var by acting
	cmd := &cobra.Command{
		Use:   verb + " RECORD",
		Short: short,
		Example: "  caseledger redaction " + verb + " AT000001 --id mother-1" + more + ` --actor mgr-01 --role manager --agency anytown \
    --basis children-act-1989-s31 --purpose court --request a1`,
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&id, "id", "", "id of the set within the record")
	if more != "" {
		cmd.Flags().StringVar(&reason, "reason", "", "why")
	}
	by.add(cmd, "a repeat with the same key decides nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, of domain.RecordID, r record.Record) error {
			a.warn(to)
			on, set := domain.Dated{Happened: a.records.Setting().Today}, r.Redactions.Find(redaction.ID(id))
			for _, was := range []uint64{set.Approved.Entry, set.Rejected.Entry} {
				if e, found := r.Entry(was); found && e.Request == by.request {
					on.Happened = e.Event.HappenedOn() // a repeat is of the day of the first one
				}
			}
			receipt, err := a.records.Do(cmd.Context(), of, by.act(command(on, redaction.ID(id), reason)))
			if err != nil {
				return err
			}
			return output.print(to.out, []receiptRow{{of, receipt.Revision, receipt.Position, receipt.Events(), receipt.Repeated}})
		})
	}
	return cmd
}

// setRow is one set of redactions.
type setRow struct {
	Redaction redaction.ID `json:"redaction"`
	Reader    string       `json:"reader"`
	Purpose   string       `json:"purpose"`
	State     string       `json:"state"`
	Proposed  domain.Date  `json:"proposed"`
	By        string       `json:"by"`
	Known     uint64       `json:"known"`
	Lines     int          `json:"lines"`
	Decided   domain.Date  `json:"decided,omitzero"`
	DecidedBy string       `json:"decidedBy,omitempty"`
}

func newRedactionList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list RECORD",
		Short:   "List the sets of redactions of a record, and how far each has come",
		Example: "  caseledger redaction list AT000001",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(_ *app, _ domain.RecordID, r record.Record) error {
			rows := []setRow{}
			for _, s := range r.Redactions {
				p := s.Proposed.Fact
				row := setRow{Redaction: s.ID, Reader: p.Reader, Purpose: p.Purpose, State: s.State(), Proposed: p.Happened, By: r.Proposer(s.ID), Known: p.Known, Lines: len(p.Lines)}
				if e, found := r.Entry(max(s.Approved.Entry, s.Rejected.Entry)); found {
					row.Decided, row.DecidedBy = e.Event.HappenedOn(), e.Actor.ID
				}
				rows = append(rows, row)
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}
