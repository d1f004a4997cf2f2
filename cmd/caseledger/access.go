package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
)

func newAccess(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "access",
		Short: "Look at who was given, or denied, what",
		Long: `Access reads the second ledger, in which the HTTP API records every release of
content before it happens. While a server runs, ask it: GET /v1/accesses.`,
		Example: "  caseledger access search --data ledger --from 2026-11-01\n  caseledger access report --data ledger --from 2026-11-01",
	}, newAccessSearch(to), newAccessReport(to))
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
		q.Limit = accesslog.MaxRows
		rows, err := searchAccess(cmd.Context(), *data, *q)
		if err != nil {
			return err
		}
		return output.print(to.out, accesslog.Report(rows))
	}
	return cmd
}

func addAccessQuery(cmd *cobra.Command) *accesslog.Query {
	var q accesslog.Query
	cmd.Flags().StringVar(&q.Record, "record", "", "only what concerns this record")
	cmd.Flags().StringVar(&q.Caller, "caller", "", "only what this caller did")
	cmd.Flags().Var(dateFlag{&q.From}, "from", "from this day on, in UTC; today if not given")
	cmd.Flags().Var(dateFlag{&q.To}, "to", "up to this day, in UTC; today if not given")
	cmd.Flags().IntVar(&q.Limit, "limit", accesslog.DefaultRows, "at most this many rows")
	return &q
}

func searchAccess(ctx context.Context, p place, q accesslog.Query) ([]accesslog.Row, error) {
	second, err := reopenSecond(ctx, p.ofAccess())
	if err != nil {
		return nil, err
	}
	today := domain.DateOf(second.records.Ledger.Now().UTC())
	if q.From.IsZero() {
		q.From = today
	}
	if q.To.IsZero() {
		q.To = today
	}
	q.Record = strings.TrimPrefix(q.Record, "record-")
	rows, err := accesslog.Search(ctx, second.records.Ledger, q)
	return rows, errors.Join(err, second.close())
}
