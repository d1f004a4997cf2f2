package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/projections"
)

func newRecord(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "record",
		Short:   "Look at people's records and their history",
		Example: "  caseledger record list\n  caseledger record replay AT000001 --known-at 2024-03-31",
	}, newRecordList(to), newRecordShow(to), newRecordEntries(to), newRecordChronology(to), newRecordReplay(to), newRecordFamily(to), newRecordRestrictions(to),
		newRecordMail(to), newRecordNotes(to),
		newRecordSteps(to), newRecordWhoKnew(to), newRecordOverdue(to))
}

func newRecordList(to streams) *cobra.Command {
	var filter projections.PeopleFilter
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the people on record",
		Example: "  caseledger record list --text jones --limit 20 --output csv",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&filter.Text, "text", "", "only people of whom a name or number contains this")
	cmd.Flags().IntVar(&filter.Limit, "limit", 100, "at most this many rows")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.db.People(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// onRecord opens the ledger and the record that the argument names. An entry that
// a point of view names must be there: later the answer would be another one.
func onRecord(ctx context.Context, p place, name string, to streams, do func(*app, domain.RecordID, record.Record) error, at ...*projections.Moment) error {
	return withApp(ctx, p, to, func(a *app) error {
		id, err := a.find(ctx, name)
		if err != nil {
			return err
		}
		r, err := a.load(ctx, id)
		if err != nil {
			return err
		}
		for _, m := range at {
			if m.Entry > uint64(len(r.Entries)) {
				return usageError{fmt.Errorf("the record has %d entries: it cannot be shown as of entry %d", len(r.Entries), m.Entry)}
			}
		}
		return do(a, id, r)
	})
}

func newRecordShow(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show RECORD",
		Short:   "Show what a record says, field by field, with the entries that say it",
		Example: "  caseledger record show AT000001\n  caseledger record show 3a7c0c1e5d2b4f6f8a9b0c1d2e3f4a5b --server https://ledger.anytown.example --token-file token --purpose assessment",
		Args:    exactly(1),
	}
	data, output, at, server := addData(cmd), addFormat(cmd), addRecordMoment(cmd, "", ""), addRemote(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if server.given() {
			return server.show(cmd.Context(), args[0], *at, to, *output)
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, _ domain.RecordID, r record.Record) error {
			facts, err := a.view.Facts(r, *at)
			if err != nil {
				return err
			}
			return output.print(to.out, facts)
		}, at)
	}
	return cmd
}

func newRecordEntries(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "entries RECORD",
		Short:   "Show the audit trail: every entry, in the order of recording",
		Example: "  caseledger record entries AT000001 --output json",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	var at projections.Moment
	cmd.Flags().Var(knownFlag{&at.Known}, "known-at", "only entries recorded by this time, or by the end of this day")
	cmd.Flags().Uint64Var(&at.Entry, "known-entry", 0, "only entries up to this one")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, _ record.Record) error {
			rows, err := a.db.Audit(cmd.Context(), id, at)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		}, &at)
	}
	return cmd
}

func newRecordChronology(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "chronology RECORD",
		Short:   "Tell a record's story in the order in which it happened",
		Example: "  caseledger record chronology AT000001 --true-on 2024-03-31",
		Args:    exactly(1),
	}
	data, output, at, server := addData(cmd), addFormat(cmd), addRecordMoment(cmd, "", ""), addRemote(cmd)
	whole := cmd.Flags().Bool("family", false, "tell the story of everybody in the family, with the child's age at each event")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if server.given() {
			if *whole {
				return usageError{errors.New("a server is asked about one record at a time: --family needs the ledger")}
			}
			return server.chronology(cmd.Context(), args[0], *at, to, *output)
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			if *whole {
				rows, err := a.db.FamilyChronology(cmd.Context(), a.load, id, at.Known, at.On)
				if err != nil {
					return err
				}
				return output.print(to.out, rows)
			}
			rows, err := a.view.Chronology(cmd.Context(), id, r, *at)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		}, at)
	}
	return cmd
}

func newRecordNotes(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "notes RECORD",
		Short:   "Show the notes of a record, whole: who wrote them when, who was there, and who signed",
		Example: "  caseledger record notes AT000001 --output json",
		Args:    exactly(1),
	}
	data, output, at := addData(cmd), addFormat(cmd), addRecordMoment(cmd, "", "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(_ *app, _ domain.RecordID, r record.Record) error {
			return output.print(to.out, projections.Notes(r, *at))
		}, at)
	}
	return cmd
}

func newRecordFamily(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "family RECORD",
		Short:   "List the relationships that a record states, and the records of the family",
		Example: "  caseledger record family AT000001 --known-at 2024-03-31\n  caseledger record family AT000001 --records",
		Args:    exactly(1),
	}
	data, output, at := addData(cmd), addFormat(cmd), addRecordMoment(cmd, "", "")
	records := cmd.Flags().Bool("records", false, "list the records of the family instead, as far as any of them says so now")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			if *records {
				members, err := a.db.FamilyOf(cmd.Context(), id)
				if err != nil {
					return err
				}
				return output.print(to.out, members)
			}
			rows, err := a.view.Relations(cmd.Context(), id, r, *at)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		}, at)
	}
	return cmd
}

func newRecordRestrictions(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "restrictions RECORD",
		Short:   "List who may not see what of a record",
		Example: "  caseledger record restrictions AT000001",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, _ record.Record) error {
			rows, err := a.db.Restrictions(cmd.Context(), id)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newRecordReplay(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay RECORD",
		Short: "Show a record as known at a time and true on a day, and what changed since",
		Long: `Replay answers "what did we know, and when?". With --known-at and --true-on it
shows the record from that point of view. With --then-known-at or --then-true-on
it shows the difference to a second point of view instead, each change with the
entry that made it; --diff compares with the record as it is now.`,
		Example: "  caseledger record replay AT000001 --known-at 2024-03-31T17:00:00Z --true-on 2024-03-31\n" +
			"  caseledger record replay AT000001 --known-at 2024-03-31 --diff",
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	first, second := addRecordMoment(cmd, "", ""), addRecordMoment(cmd, "then-", "second point of view: ")
	diff := cmd.Flags().Bool("diff", false, "show the difference to the second point of view, or to now")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, _ domain.RecordID, r record.Record) error {
			before, err := a.view.Facts(r, *first)
			if err != nil {
				return err
			}
			if !*diff && second.IsNow() {
				return output.print(to.out, before)
			}
			changes, err := a.view.Changes(r, *first, *second)
			if err != nil {
				return err
			}
			return output.print(to.out, changes)
		}, first, second)
	}
	return cmd
}

func newRegister(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "register",
		Short:   "Print the child protection register",
		Example: "  caseledger register\n  caseledger register --known-at 2024-03-31T17:00:00Z --true-on 2024-03-31 --output csv",
		Args:    exactly(0),
	}
	data, output, at, server := addData(cmd), addFormat(cmd), addMoment(cmd, "", ""), addRemote(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if server.given() {
			return server.register(cmd.Context(), *at, to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.view.Register(cmd.Context(), *at)
			if err != nil {
				return err
			}
			if err := output.print(to.out, rows); err != nil {
				return err
			}
			return footer(to, *output, "%d children's names are on the register%s.", len(rows), at)
		})
	}
	cmd.AddCommand(newRegisterEnquire(to), newRegisterEnquiries(to), newRegisterPrint(to), newRegisterReconcile(to))
	return cmd
}

func newCaseload(to streams) *cobra.Command {
	var filter projections.CaseloadFilter
	cmd := &cobra.Command{
		Use:     "caseload",
		Short:   "Print open work: who holds it, and what is due or overdue",
		Example: "  caseledger caseload --team assessment-north --overdue",
		Args:    exactly(0),
	}
	data, output, at, server := addData(cmd), addFormat(cmd), addMoment(cmd, "", ""), addRemote(cmd)
	cmd.Flags().StringVar(&filter.Worker, "worker", "", "only the work of this worker")
	cmd.Flags().StringVar(&filter.Team, "team", "", "only the work of this team")
	cmd.Flags().BoolVar(&filter.Overdue, "overdue", false, "only work that is overdue today, or on --true-on")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if server.given() {
			return server.caseload(cmd.Context(), filter, *at, to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.caseload(cmd.Context(), filter, *at)
			if err != nil {
				return err
			}
			if err := output.print(to.out, rows); err != nil {
				return err
			}
			return footer(to, *output, "%d pieces of work are open%s.", len(rows), at)
		})
	}
	return cmd
}

// caseload returns all pages of a caseload.
func (a *app) caseload(ctx context.Context, filter projections.CaseloadFilter, at projections.Moment) ([]projections.CaseloadRow, error) {
	var all []projections.CaseloadRow
	for filter.Limit = projections.MaxLimit; ; {
		rows, err := a.view.Caseload(ctx, filter, at)
		all = append(all, rows...)
		if err != nil || len(rows) < filter.Limit {
			return all, err
		}
		filter.After = rows[len(rows)-1].Cursor()
	}
}

// footer prints a sentence under a table; other formats hold rows only.
func footer(to streams, output format, sentence string, n int, at *projections.Moment) error {
	if output != "text" {
		return nil
	}
	view := ""
	if !at.Known.IsZero() {
		view += ", as known at " + at.Known.UTC().Format(time.RFC3339)
	}
	if !at.On.IsZero() {
		view += ", as true on " + at.On.String()
	}
	_, err := fmt.Fprintf(to.out, "\n"+sentence+"\n", n, view)
	return err
}
