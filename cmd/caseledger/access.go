package main

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
	"caseledger/projections"
)

func newAccess(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "access",
		Short: "Look at who was given, or denied, what",
		Long: `Access reads the second ledger, in which the HTTP API records every release of
content before it happens. While a server runs, ask it: GET /v1/accesses.`,
		Example: "  caseledger access search --data ledger --from 2026-11-01\n  caseledger access report --data ledger --from 2026-11-01",
	}, newAccessSearch(to), newAccessReport(to), newAccessWho(to), newAccessPatterns(to), newAccessExport(to), newAccessBreakGlass(to))
}

func newAccessSearch(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "search",
		Short:   "List entries, oldest first",
		Example: "  caseledger access search --data ledger --record 0123456789abcdef0123456789abcdef",
		Args:    exactly(0),
	}
	data, output, q := addData(cmd), addFormat(cmd), addAccessQuery(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		rows, err := searchAccess(cmd.Context(), *data, *q)
		if err != nil {
			return err
		}
		return output.print(to.out, rows)
	}
	return cmd
}

func newAccessReport(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Count entries by caller, operation and outcome",
		Example: "  caseledger access report --data ledger --from 2026-11-01 --to 2026-11-30",
		Args:    exactly(0),
	}
	data, output, q := addData(cmd), addFormat(cmd), addAccessQuery(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onAccess(cmd.Context(), *data, *q, 1, func(_ string, rows iter.Seq2[accesslog.Row, error]) error {
			counts, err := accesslog.Report(rows)
			if err != nil {
				return err
			}
			return output.print(to.out, counts)
		})
	}
	return cmd
}

func addAccessQuery(cmd *cobra.Command) *accesslog.Query {
	var q accesslog.Query
	cmd.Flags().StringVar(&q.Record, "record", "", "only what concerns this record")
	cmd.Flags().StringVar(&q.Caller, "caller", "", "only what this caller did")
	addAccessDays(cmd, &q, "today")
	cmd.Flags().IntVar(&q.Limit, "limit", accesslog.DefaultRows, "at most this many rows")
	return &q
}

func addAccessDays(cmd *cobra.Command, q *accesslog.Query, from string) {
	cmd.Flags().Var(dateFlag{&q.From}, "from", "from this day on, in UTC; "+from+" if not given")
	cmd.Flags().Var(dateFlag{&q.To}, "to", "up to this day, in UTC; today if not given")
}

func searchAccess(ctx context.Context, p place, q accesslog.Query) (rows []accesslog.Row, err error) {
	err = onAccess(ctx, p, q, 1, func(_ string, all iter.Seq2[accesslog.Row, error]) error {
		for row, err := range all {
			if err != nil {
				return err
			}
			if rows = append(rows, row); len(rows) == min(q.Limit, accesslog.MaxRows) {
				break
			}
		}
		return nil
	})
	return rows, err
}

// onAccess gives the chosen entries of the second ledger, and its name, to do:
// those of the last days where the query does not say which.
func onAccess(ctx context.Context, p place, q accesslog.Query, days int, do func(ledger string, rows iter.Seq2[accesslog.Row, error]) error) error {
	second, err := reopenSecond(ctx, p.ofAccess())
	if err != nil {
		return err
	}
	today := domain.DateOf(second.records.Ledger.Now().UTC())
	if q.From.IsZero() {
		q.From = today.AddDays(1 - days)
	}
	if q.To.IsZero() {
		q.To = today
	}
	q.Record = strings.TrimPrefix(q.Record, "record-")
	return errors.Join(do(second.sealed.Ledger, accesslog.All(ctx, second.records.Ledger, q)), second.close())
}

func newAccessWho(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "who RECORD",
		Short:   "Say who looked at a record, or wanted to: what a person who asks is told",
		Example: "  caseledger access who 0123456789abcdef0123456789abcdef --data ledger --from 2026-01-01",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	var q accesslog.Query
	addAccessDays(cmd, &q, "a year ago")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Record = args[0]
		return onAccess(cmd.Context(), *data, q, accesslog.MaxDays, func(_ string, rows iter.Seq2[accesslog.Row, error]) error {
			looks, err := accesslog.Looks(rows, strings.TrimPrefix(args[0], "record-"))
			if err != nil {
				return err
			}
			return output.print(to.out, looks)
		})
	}
	return cmd
}

func newAccessPatterns(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "patterns",
		Short: "List what is odd in who looked at what",
		Long: `Patterns lists, by day and caller, what somebody should look at: many different
records, one record again and again, many searches, denials or records listed,
records opened at night, and every record opened in an emergency. It proves
nothing.`,
		Example: "  caseledger access patterns --data ledger --from 2026-11-01",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	var q accesslog.Query
	addAccessDays(cmd, &q, "today")
	cmd.Flags().StringVar(&q.Caller, "caller", "", "only what this caller did")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onAccess(cmd.Context(), *data, q, 1, func(_ string, rows iter.Seq2[accesslog.Row, error]) error {
			found, err := accesslog.Patterns(rows)
			if err != nil {
				return err
			}
			return output.print(to.out, found)
		})
	}
	return cmd
}

func newAccessExport(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Write entries as AuditEvents of FHIR R4, one a line",
		Example: "  caseledger access export --data ledger --from 2026-11-01 --out accesses.ndjson",
		Args:    exactly(0),
	}
	data := addData(cmd)
	var q accesslog.Query
	addAccessDays(cmd, &q, "today")
	cmd.Flags().StringVar(&q.Record, "record", "", "only what concerns this record")
	cmd.Flags().StringVar(&q.Caller, "caller", "", "only what this caller did")
	out := cmd.Flags().String("out", "", "new file to write; standard output if not given")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onAccess(cmd.Context(), *data, q, 1, func(ledger string, rows iter.Seq2[accesslog.Row, error]) error {
			return writeTo(*out, to, func(w io.Writer) error { return accesslog.WriteFHIR(w, ledger, rows) })
		})
	}
	return cmd
}

// writeTo writes to a new file, or to standard output if it has no name.
func writeTo(path string, to streams, write func(io.Writer) error) error {
	if path == "" {
		return write(to.out)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Sync(), file.Close())
}

func newAccessBreakGlass(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "break-glass",
		Short:   "List who opened which record in an emergency, and what a review made of it",
		Example: "  caseledger access break-glass --data ledger --waits --team north",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	var f projections.BreakGlassFilter
	cmd.Flags().BoolVar(&f.Waits, "waits", false, "only those that wait for a review")
	cmd.Flags().StringVar(&f.Team, "team", "", "only records whose lead worker is of this team")
	cmd.Flags().StringVar(&f.Worker, "worker", "", "only what this worker opened")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.view.DB.BreakGlass(cmd.Context(), f)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}
