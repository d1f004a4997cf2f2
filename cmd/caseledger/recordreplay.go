package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/projections"
)

func newRecordSteps(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "steps RECORD",
		Short:   "Go through a record entry by entry: what each made of it",
		Example: "  caseledger record steps AT000001 --after 10 --limit 5 --output json",
		Args:    exactly(1),
	}
	data, output, at := addData(cmd), addFormat(cmd), addRecordMoment(cmd, "", "")
	after := cmd.Flags().Uint64("after", 0, "only entries after this one")
	limit := cmd.Flags().Int("limit", 100, "at most this many entries")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *limit < 1 || *limit > projections.MaxLimit {
			return usageError{fmt.Errorf("--limit is from 1 to %d", projections.MaxLimit)}
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(_ *app, _ domain.RecordID, r record.Record) error {
			rows, err := projections.Steps(r, *at, *after, *limit)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		}, at)
	}
	return cmd
}

func newRecordOverdue(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "overdue RECORD",
		Short:   "Show what should have been done on a record by a moment and was not, by the rules of that time",
		Example: "  caseledger record overdue AT000001 --known-at 2024-03-31",
		Args:    exactly(1),
	}
	data, output, at := addData(cmd), addFormat(cmd), addRecordMoment(cmd, "", "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			rows, err := a.view.Overdue(cmd.Context(), id, r, *at)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		}, at)
	}
	return cmd
}

func newRecordWhoKnew(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "who-knew RECORD",
		Short: "Show who had written on a record, or had been given it, by a time",
		Long: `Who-knew goes through the entries of the record and through the access ledger,
in which the HTTP API records every release of content before it happens. With
--entry it shows who knew of one entry. What this program prints for its operator
stands in no access ledger. While a server runs, ask it: GET
/v1/records/{id}/who-knew.`,
		Example: "  caseledger record who-knew AT000001 --known-at 2024-03-31T17:00:00Z --entry 12",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	var q accesslog.Knowing
	cmd.Flags().Uint64Var(&q.Entry, "entry", 0, "only who knew of this entry")
	cmd.Flags().Var(knownFlag{&q.By}, "known-at", "by this time, or by the end of this day in London; now if not given")
	cmd.Flags().Var(dateFlag{&q.From}, "from", "read the accesses from this day on, in UTC; from the first entry asked about if not given")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var r record.Record
		if err := onRecord(cmd.Context(), *data, args[0], to, func(_ *app, id domain.RecordID, found record.Record) error {
			q.Record, r = id, found
			return nil
		}); err != nil {
			return err
		}
		rows, err := whoKnew(cmd.Context(), *data, r, q)
		if err != nil {
			return err
		}
		return output.print(to.out, rows)
	}
	return cmd
}

// whoKnew asks the access ledger, if there is one yet.
func whoKnew(ctx context.Context, p place, r record.Record, q accesslog.Knowing) ([]accesslog.Knower, error) {
	first, found := r.Entry(max(q.Entry, 1))
	if !found {
		return nil, usageError{errors.New("the record has no entry with this number")}
	}
	if q.By.IsZero() {
		q.By = time.Now()
	}
	if q.From.IsZero() {
		q.From = domain.DateOf(first.Recorded.UTC())
	}
	if err := exists(p.ofAccess().dir); errors.As(err, &notReadyError{}) { // nobody was given anything yet
		return accesslog.WhoKnew(ctx, nil, r, q)
	}
	second, err := reopenSecond(ctx, p.ofAccess())
	if err != nil {
		return nil, err
	}
	rows, err := accesslog.WhoKnew(ctx, second.records.Ledger, r, q)
	return rows, errors.Join(err, second.close())
}
