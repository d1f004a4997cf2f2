package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/ssda903"
)

func newExportSSDA903(to streams) *cobra.Command {
	var x ssda903.Export
	var out string
	cmd := &cobra.Command{
		Use:   "ssda903",
		Short: "Export the return on looked-after children of a year (SSDA903, a folder of CSV tables)",
		Long: `Export writes a folder with the tables of the return as of 31 March of the
year, and beside them ` + ssda903.TraceFile + `, which names the entries behind every row. Values
are written as recorded.`,
		Example: "  caseledger export ssda903 --year 2026 --out return-2026",
		Args:    exactly(0),
	}
	data, output, known := addData(cmd), addFormat(cmd), time.Time{}
	cmd.Flags().IntVar(&x.Year, "year", 0, "collection year: 2026 is April 2025 to March 2026")
	cmd.Flags().Var(knownFlag{&known}, "known-at", "as known at this time")
	cmd.Flags().StringVar(&out, "out", "", "folder to write, which must not exist")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if out == "" || x.Year == 0 {
			return usageError{fmt.Errorf("name the year and the folder to write")}
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			x.KnownAt = known
			report, err := x.Folder(cmd.Context(), out, a.everLookedAfter(cmd.Context()))
			if err != nil {
				return err
			}
			if len(report.Flaws) > 0 {
				if err := output.print(to.err, report.Flaws); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(to.err, "ssda903/%d: %d children, %d rows, %d values that the return requires are missing.\n",
				x.Year, report.Children, report.Rows, report.FlawCount)
			return err
		})
	}
	return cmd
}

// everLookedAfter yields the records of all people of whom care is on record.
func (a *app) everLookedAfter(ctx context.Context) iter.Seq2[ssda903.Held, error] {
	return func(yield func(ssda903.Held, error) bool) {
		ids, err := a.db.EverLookedAfter(ctx)
		if err != nil {
			yield(ssda903.Held{}, err)
			return
		}
		for _, id := range ids {
			r, err := a.load(ctx, id)
			if !yield(ssda903.Held{ID: id, Record: r}, err) || err != nil {
				return
			}
		}
	}
}
