package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/cincensus"
	"caseledger/domain"
)

func newExport(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "export",
		Short:   "Give data out in other formats",
		Example: "  caseledger export cin-census --year 2026 --out return.xml --trace return-trace.csv\n  caseledger export ssda903 --year 2026 --out return-2026",
	}, newExportCINCensus(to), newExportSSDA903(to), newExportCLD(to))
}

func newExportCINCensus(to streams) *cobra.Command {
	var x cincensus.Export
	var out, trace string
	cmd := &cobra.Command{
		Use:   "cin-census",
		Short: "Export the Children in Need census return of a year (XML)",
		Long: `Export writes the return as of its reference date: 31 March of the year, or the
date that an imported return of the same year states. Values are written as
recorded; those that the year's schema refuses are reported.`,
		Example: "  caseledger export cin-census --year 2026 --out return.xml --trace return-trace.csv",
		Args:    exactly(0),
	}
	data, output, known := addData(cmd), addFormat(cmd), time.Time{}
	cmd.Flags().IntVar(&x.Year, "year", 0, "collection year: 2026 is April 2025 to March 2026")
	cmd.Flags().Var(dateFlag{&x.ReferenceDate}, "reference-date", "another reference date")
	cmd.Flags().Var(knownFlag{&known}, "known-at", "as known at this time")
	cmd.Flags().StringVar(&x.LEA, "lea", "", "the authority's number; empty takes the ledger's own")
	cmd.Flags().IntVar(&x.SerialNo, "serial", 1, "serial number of the return")
	cmd.Flags().StringVar(&out, "out", "-", "file to write, which must not exist; - is standard output")
	cmd.Flags().StringVar(&trace, "trace", "", "file for a CSV that names the entry behind every value")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			x.KnownAt, x.Now = known, a.records.Ledger.Now()
			if err := a.completeExport(cmd.Context(), &x); err != nil {
				return err
			}
			return a.exportCINCensus(cmd.Context(), x, out, trace, to, *output)
		})
	}
	return cmd
}

// completeExport fills in what the caller left to the ledger: the authority's
// number, and the reference date, which is 31 March unless a return of that
// year was imported that states another.
func (a *app) completeExport(ctx context.Context, x *cincensus.Export) error {
	if x.LEA == "" {
		x.LEA = a.created.LEA
	}
	batches, err := a.db.Batches(ctx)
	if err != nil {
		return err
	}
	reference := domain.NewDate(x.Year, time.March, 31)
	for _, b := range batches {
		if b.Year != x.Year || !strings.HasPrefix(b.Kind, "cin-census/") {
			continue
		}
		reference = b.ReferenceDate
		if x.LEA == "" {
			x.LEA = b.Authority
		}
	}
	if x.ReferenceDate.IsZero() {
		x.ReferenceDate = reference
	}
	return nil
}

func (a *app) exportCINCensus(ctx context.Context, x cincensus.Export, out, trace string, to streams, output format) error {
	var report cincensus.ExportReport
	err := toFile(trace, nil, func(traced io.Writer) error {
		return toFile(out, to.out, func(xml io.Writer) error {
			var err error
			report, err = x.Write(ctx, xml, traced, a.everyRecord(ctx))
			return err
		})
	})
	if err != nil {
		return err
	}
	if len(report.Flaws) > 0 {
		if err := output.print(to.err, report.Flaws); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(to.err, "cin-census/%d as of %s: %d children, %d episodes, %d flaws: values that the schema or the rules of the year refuse.\n",
		x.Year, x.ReferenceDate, report.Children, report.Episodes, report.FlawCount)
	return err
}

// everyRecord yields the records of all people, of whom a referral is on record.
func (a *app) everyRecord(ctx context.Context) iter.Seq2[cincensus.Held, error] {
	return func(yield func(cincensus.Held, error) bool) {
		ids, err := a.db.Episodes(ctx, domain.Date{}, domain.Date{})
		if err != nil {
			yield(cincensus.Held{}, err)
			return
		}
		for _, id := range ids {
			r, err := a.load(ctx, id)
			if !yield(cincensus.Held{ID: id, Record: r}, err) || err != nil {
				return
			}
		}
	}
}

// toFile lets write fill a new file, which is there whole or not at all. "-"
// and "" mean the writer given.
func toFile(path string, otherwise io.Writer, write func(io.Writer) error) error {
	if path == "-" || path == "" {
		return write(otherwise)
	}
	if _, err := os.Lstat(path); err == nil {
		return usageError{errors.New("the file to write exists already")}
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".caseledger-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	err = errors.Join(write(part), part.Sync(), part.Close())
	if err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}
