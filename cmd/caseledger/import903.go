package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"caseledger/adapters/ssda903"
	"caseledger/domain"
)

func newImportSSDA903(to streams) *cobra.Command {
	var year int
	var quiet bool
	cmd := &cobra.Command{
		Use:   "ssda903 DIR",
		Short: "Import a return on looked-after children (SSDA903, a folder of CSV tables)",
		Long: `Import reads the tables of a folder, known by their columns, and records what
they say of each child. What breaks a rule is recorded as it is, flagged, and
reported by file, line and column; nothing is dropped. The same return again
records nothing, a later one what changed. The tables do not say their year: it
is taken from the days of the episodes unless --year is given.`,
		Example: "  caseledger import ssda903 return-2026 --data ledger\n  caseledger import ssda903 return-2018 --year 2018 --output json",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().IntVar(&year, "year", 0, "collection year: 2026 is April 2025 to March 2026")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "print the counts only, not each flaw")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			report, err := a.importSSDA903(cmd.Context(), args[0], year, to)
			if err == nil {
				err = unlessAll(report.Failed)
			}
			// What was recorded before a fault is reported too.
			return errors.Join(err, printSSDA903(to, *output, report, quiet))
		})
	}
	return cmd
}

func (a *app) importSSDA903(ctx context.Context, dir string, year int, to streams) (ssda903.Report, error) {
	report, err := ssda903.Import{
		Records:   a.records,
		Find:      a.findChild,
		NewID:     newRecordID,
		Actor:     operator("importer"),
		Authority: domain.Authority{Basis: "children-act-1989-s83", Purpose: "import"},
		Year:      year,
		Progress:  bar(to.err, "importing"),
	}.Folder(ctx, dir)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: what the report counts is recorded, each child whole; import the same folder again to finish", context.Cause(ctx))
	}
	if err == nil { // otherwise the next command brings the read models up to date
		err = a.catchUp(ctx, to)
	}
	return report, err
}

func printSSDA903(to streams, output format, r ssda903.Report, quiet bool) error {
	if output == "json" {
		return writeJSON(to.out, r)
	}
	if !quiet && len(r.Flaws) > 0 {
		if err := output.print(to.out, r.Flaws); err != nil {
			return err
		}
	}
	if output == "csv" || r.Kind == "" { // nothing says of which year the folder is
		return nil
	}
	_, err := fmt.Fprintf(to.out, "%s: %d children (%d new, %d changed, %d unchanged, %d failed), %d events recorded, %d flaws found, %d flags recorded.\n",
		r.Kind, r.Children, r.New, r.Changed, r.Unchanged, r.Failed, r.Events, r.FlawCount, r.Flags)
	return err
}
