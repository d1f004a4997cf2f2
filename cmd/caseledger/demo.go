package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"caseledger/cmd/caseledger/demo"
	"caseledger/domain/policy"
	"caseledger/domain/settings"
)

func newDemo(to streams) *cobra.Command {
	var options demo.Options
	var at place
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Make a synthetic authority to try things on",
		Long: `Demo makes a ledger of made-up families over six years, with late entries,
corrections, transfers and children who are registered again. The same seed
gives the same entries; they are sealed under other keys each time.`,
		Example: "  caseledger demo\n  caseledger demo --data ./demo --seed 7 --children 300",
		Args:    exactly(0),
	}
	cmd.Flags().StringVar(&at.dir, "data", "", "directory for the ledger; empty makes a temporary one")
	addSecrets(cmd, &at)
	addLog(cmd, &at)
	addReadModels(cmd, &at)
	cmd.Flags().Uint64Var(&options.Seed, "seed", 1, "the same seed gives the same entries")
	cmd.Flags().IntVar(&options.Children, "children", 1200, "at least this many children")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if options.Children < 1 || options.Children > 100_000 {
			return usageError{errors.New("--children is a number from 1 to 100000")}
		}
		if at.dir == "" {
			var err error
			if at.dir, err = os.MkdirTemp("", "caseledger-demo-"); err != nil {
				return err
			}
		}
		options.Progress = bar(to.err, "made-up lives")
		return runDemo(cmd.Context(), at, options, to)
	}
	return cmd
}

func runDemo(ctx context.Context, p place, options demo.Options, to streams) error {
	a, summary, err := buildDemo(ctx, p, options)
	if err != nil {
		return err
	}
	if err := a.catchUp(ctx, to); err != nil {
		return errors.Join(err, a.close())
	}
	return errors.Join(a.tour(ctx, p.dir, summary, to), a.close())
}

// demoLedger is the name of every demo's ledger.
const demoLedger = "anytown.example/demo"

// buildDemo fills an empty directory. The ledger's clock and ids are the
// demo's own, so that the seed decides every entry.
func buildDemo(ctx context.Context, p place, options demo.Options) (*app, demo.Summary, error) {
	v, err := newVault(ctx, p)
	if err != nil {
		return nil, demo.Summary{}, err
	}
	sealed := v.codec(demoLedger)
	ledger, clock := demo.NewLedger(v.store, sealed, options.Seed)
	a, err := assemble(p, v, sealed, ledger.Now, ledger.NewID)
	if err != nil {
		return nil, demo.Summary{}, err
	}
	summary, err := a.fill(ctx, clock, options)
	if err != nil {
		return nil, summary, errors.Join(err, a.close())
	}
	return a, summary, nil
}

func (a *app) fill(ctx context.Context, clock *demo.Clock, options demo.Options) (demo.Summary, error) {
	created := settings.LedgerCreated{Ledger: demoLedger, Nation: string(policy.England), LEA: "999"}
	if err := a.create(ctx, created); err != nil {
		return demo.Summary{}, err
	}
	if err := a.configure(ctx); err != nil {
		return demo.Summary{}, err
	}
	return demo.Build(ctx, a.records, clock, options)
}

// tour prints what is in the demo, and what to try.
func (a *app) tour(ctx context.Context, dir string, s demo.Summary, to streams) error {
	again, err := a.registeredAgain(ctx)
	if err != nil {
		return err
	}
	head, err := a.store.Head(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to.out, `Anytown is made up: %d children of %d families, %d events from October 2020 to
September 2026. %d notes were written late, %d entries corrected, %d written in
error, %d children moved away, %d came onto the register a second time, %[11]d came
into care.

The ledger is in %[9]s. Things to try:

  caseledger register --data %[9]s
  caseledger register --data %[9]s --known-at 2024-03-31 --true-on 2024-03-31
  caseledger caseload --data %[9]s --overdue --true-on 2026-09-30
  caseledger record chronology %[10]s --data %[9]s
  caseledger record replay %[10]s --data %[9]s --known-at 2024-03-31 --diff
  caseledger export cin-census --data %[9]s --year 2026 --out return.xml
  caseledger looked-after --data %[9]s --true-on 2026-03-31
  caseledger export ssda903 --data %[9]s --year 2026 --out return-2026
  caseledger verify --data %[9]s
`, s.Children, s.Families, head, s.Late, s.Corrections, s.Errors, s.Transfers, s.Again, dir, again, s.LookedAfter)
	return err
}

// registeredAgain returns the number of a child to look at: one who came onto
// the register more than once, or else the first child.
func (a *app) registeredAgain(ctx context.Context) (string, error) {
	rows, err := a.db.Register(ctx)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		if row.Previous > 0 {
			return row.LAChildID, nil
		}
	}
	return "AT000001", nil
}
