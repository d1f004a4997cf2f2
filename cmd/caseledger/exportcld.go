package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/cld"
)

func newExportCLD(to streams) *cobra.Command {
	var x cld.Export
	var out, trace string
	cmd := &cobra.Command{
		Use:   "cld",
		Short: "Export the return on adults' social care of a quarter (Client Level Data, CSV)",
		Long: `Export writes a row for each request, assessment and review that was completed
in the period, and for each service that was given in it, of people of eighteen
or over. Values are written as recorded.`,
		Example: "  caseledger export cld --from 2026-04-01 --to 2026-06-30 --out adults.csv --trace adults-trace.csv",
		Args:    exactly(0),
	}
	data, known := addData(cmd), time.Time{}
	cmd.Flags().Var(dateFlag{&x.From}, "from", "first day of the period")
	cmd.Flags().Var(dateFlag{&x.To}, "to", "last day of the period")
	cmd.Flags().Var(knownFlag{&known}, "known-at", "as known at this time")
	cmd.Flags().StringVar(&x.LEA, "lea", "", "the authority's number; empty takes the ledger's own")
	cmd.Flags().StringVar(&out, "out", "-", "file to write, which must not exist; - is standard output")
	cmd.Flags().StringVar(&trace, "trace", "", "file for a CSV that names the entries behind every row")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if x.From.IsZero() || x.To.Before(x.From) {
			return usageError{errors.New("name the first and the last day of the period")}
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			x.KnownAt = known
			if x.LEA == "" {
				x.LEA = a.created.LEA
			}
			return a.exportCLD(cmd.Context(), x, out, trace, to)
		})
	}
	return cmd
}

func (a *app) exportCLD(ctx context.Context, x cld.Export, out, trace string, to streams) error {
	var report cld.Report
	err := toFile(trace, io.Discard, func(traced io.Writer) error {
		return toFile(out, to.out, func(rows io.Writer) error {
			var err error
			report, err = x.Write(ctx, rows, traced, a.everSupported(ctx))
			return err
		})
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to.err, "Client Level Data from %s to %s: %d people, %d rows.\n", x.From, x.To, report.People, report.Rows)
	return err
}

// everSupported yields the records of all adults and carers who ever asked for
// support.
func (a *app) everSupported(ctx context.Context) iter.Seq2[cld.Held, error] {
	return func(yield func(cld.Held, error) bool) {
		ids, err := a.db.EverSupported(ctx)
		if err != nil {
			yield(cld.Held{}, err)
			return
		}
		for _, id := range ids {
			r, err := a.load(ctx, id)
			if !yield(cld.Held{ID: id, Record: r}, err) || err != nil {
				return
			}
		}
	}
}
