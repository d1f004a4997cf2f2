package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/cincensus"
	"caseledger/domain"
)

func newImport(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "import",
		Short:   "Take data of other systems in",
		Example: "  caseledger import cin-census return-2022.xml\n  caseledger import ssda903 return-2026",
	}, newImportCINCensus(to), newImportSSDA903(to))
}

func newImportCINCensus(to streams) *cobra.Command {
	var keepGoing, quiet bool
	cmd := &cobra.Command{
		Use:   "cin-census FILE...",
		Short: "Import Children in Need census returns (XML, 2017 and later)",
		Long: `Import reads each return twice: once to see that it is whole, once to record it.
What breaks a rule is recorded as it is, flagged, and reported by line; nothing
is dropped. The same return again records nothing, a later one what changed.
A file that is broken records nothing, unless --keep-going is given: then the
children before the break are recorded.`,
		Example: "  caseledger import cin-census return-2022.xml --data ledger\n  caseledger import cin-census return-*.xml --output json",
		Args:    usage(cobra.MinimumNArgs(1)),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().BoolVar(&keepGoing, "keep-going", false, "record what stands before the break in a broken file")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "print the counts only, not each flaw")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			for _, path := range args {
				report, err := a.importCINCensus(cmd.Context(), path, keepGoing, to)
				if err == nil {
					err = unlessAll(report.Failed)
				}
				if err != nil {
					err = fmt.Errorf("%s: %w", path, err)
				}
				// What was recorded before a fault is reported too.
				if printed := printReport(to, *output, report, quiet); printed != nil || err != nil {
					return errors.Join(err, printed)
				}
			}
			return nil
		})
	}
	return cmd
}

// unlessAll is the error of an import that could not record some children.
func unlessAll(failed int) error {
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("%d children were not recorded: the report has their lines under the rule not-recorded", failed)
}

func (a *app) importCINCensus(ctx context.Context, path string, keepGoing bool, to streams) (cincensus.Report, error) {
	report, err := cincensus.Import{
		Records:   a.records,
		Find:      a.findChild,
		NewID:     newRecordID,
		Actor:     operator("importer"),
		Authority: domain.Authority{Basis: "children-act-1989-s83", Purpose: "import"},
		KeepGoing: keepGoing,
		Progress:  bar(to.err, "importing"),
	}.File(ctx, path)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: what the report counts is recorded, each child whole; import the same file again to finish", context.Cause(ctx))
	}
	started := time.Now()
	if err == nil { // otherwise the next command brings the read models up to date
		err = a.catchUp(ctx, to)
	}
	if report.Children == 0 {
		return report, err
	}
	fmt.Fprintf(to.err, "time: parse %v, decide %v, append %v, project %v\n", report.Spent.Parse.Round(time.Millisecond),
		report.Spent.Decide.Round(time.Millisecond), report.Spent.Append.Round(time.Millisecond), time.Since(started).Round(time.Millisecond))
	return report, err
}

// findChild finds the record of a child by the authority's number.
func (a *app) findChild(ctx context.Context, laChildID string) (domain.RecordID, bool, error) {
	found, err := a.db.FindIdentifier(ctx, "la-child-id", laChildID)
	if err != nil || len(found) == 0 {
		return "", false, err
	}
	return found[0], true, nil
}

func printReport(to streams, output format, r cincensus.Report, quiet bool) error {
	if output == "json" {
		return writeJSON(to.out, r)
	}
	if !quiet && len(r.Flaws) > 0 {
		if err := output.print(to.out, r.Flaws); err != nil {
			return err
		}
	}
	if output == "csv" || r.Kind == "" { // the file is no return
		return nil
	}
	_, err := fmt.Fprintf(to.out, "%s: %d children (%d new, %d changed, %d unchanged, %d failed), %d episodes, %d events recorded, %d flaws found, %d flags recorded.\n",
		r.Kind, r.Children, r.New, r.Changed, r.Unchanged, r.Failed, r.Episodes, r.Events, r.FlawCount, r.Flags)
	return err
}
