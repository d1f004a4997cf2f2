package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/schema"
)

func newPolicy(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "policy",
		Short:   "Show the rules that the ledger goes by, and set the authority's own",
		Example: "  caseledger policy show --on 2015-06-01\n  caseledger policy check rules.json --nation england\n  caseledger policy adopt rules.json --actor admin-01",
	}, newPolicyShow(to), newPolicyCheck(to), newPolicyAdopt(to), newPolicySchema(to))
}

type ruleRow struct {
	Clock    string      `json:"clock"`
	Amount   int         `json:"amount"`
	Unit     string      `json:"unit"`
	From     domain.Date `json:"from,omitzero"`
	Until    domain.Date `json:"until,omitzero"`
	Local    bool        `json:"local"`
	Source   string      `json:"source"`
	Sentence string      `json:"sentence"`
	Policy   string      `json:"policy"`
}

func ruleRows(p policy.Pack, on domain.Date) []ruleRow {
	rows := []ruleRow{}
	for _, r := range p.InForce(on) {
		rows = append(rows, ruleRow{string(r.Clock), r.Amount, string(r.Unit), r.From, r.Until, r.Local, r.Source, r.Sentence, p.Name()})
	}
	return rows
}

func newPolicyShow(to streams) *cobra.Command {
	var on domain.Date
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "Print the clocks in force on a day, with the source of each",
		Example: "  caseledger policy show --on 2015-06-01",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().Var(dateFlag{&on}, "on", "the day; today when left out")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			if on.IsZero() {
				on = a.records.Setting().Today
			}
			return output.print(to.out, ruleRows(a.records.Pack, on))
		})
	}
	return cmd
}

func newPolicyCheck(to streams) *cobra.Command {
	nation := "england"
	var on domain.Date
	cmd := &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a file of local rules without adopting it, and print what would hold",
		Example: "  caseledger policy check rules.json --nation scotland --on 2026-04-01",
		Args:    exactly(1),
	}
	output := addFormat(cmd)
	cmd.Flags().StringVar(&nation, "nation", nation, "england, scotland or wales")
	cmd.Flags().Var(dateFlag{&on}, "on", "print the clocks in force on this day")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		p, err := policy.For(policy.Nation(nation))
		if err != nil {
			return usageError{err}
		}
		_, p, err = readPolicy(args[0], p)
		if err != nil {
			return err
		}
		return output.print(to.out, ruleRows(p, on))
	}
	return cmd
}

func readPolicy(path string, nation policy.Pack) (policy.Local, policy.Pack, error) {
	file, err := os.Open(path)
	if err != nil {
		return policy.Local{}, policy.Pack{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, schema.MaxPolicyBytes+1))
	if err != nil {
		return policy.Local{}, policy.Pack{}, err
	}
	return schema.ReadPolicy(text, nation)
}

func newPolicyAdopt(to streams) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "adopt FILE",
		Short: "Let the ledger go by the authority's own rules from now on",
		Long: `Adopt records the rules in the ledger itself. They hold for acts from now on;
what was decided before stays as it was decided, and every entry names the rules
that it was decided by.`,
		Example: "  caseledger policy adopt rules.json --actor admin-01",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&by, "actor", "", "who adopts them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			if err := a.adopt(cmd.Context(), args[0], by); err != nil {
				return err
			}
			return output.print(to.out, ruleRows(a.records.Pack, a.records.Setting().Today))
		})
	}
	return cmd
}

// adopt records local rules. The same rules a second time change nothing.
func (a *app) adopt(ctx context.Context, path, by string) error {
	nation, err := policy.For(policy.Nation(a.created.Nation))
	if err != nil {
		return err
	}
	rules, pack, err := readPolicy(path, nation)
	if err != nil {
		return err
	}
	adopted := settings.PolicyAdopted{Dated: domain.Dated{Happened: a.records.Setting().Today}, Rules: rules, Name: pack.Name()}
	act := eventstore.Act{
		Stream: systemStream, Request: "adopt-" + string(newRecordID()), Name: "ledger.adopt-policy", Command: rules, Policy: pack.Name(),
		Actor:     domain.Actor{ID: by, Role: "administrator", Agency: "authority"},
		Authority: domain.Authority{Basis: "local-government-act-1972", Purpose: "administration"},
	}
	folds := eventstore.NewFolds(0, settings.Settings.Evolve)
	_, err = eventstore.Update(ctx, a.records.Ledger, folds, act, func(s settings.Settings) ([]domain.Fact, error) {
		if s.Policy.Fact.Name == adopted.Name {
			return nil, nil
		}
		return domain.Facts(adopted), nil
	})
	if err == nil {
		a.records.Pack = pack
	}
	return err
}

func newPolicySchema(to streams) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a file of local rules",
		Example: "  caseledger policy schema > policy.schema.json",
		Args:    exactly(0),
		RunE: func(*cobra.Command, []string) error {
			text, err := schema.PolicySchema()
			if err != nil {
				return err
			}
			_, err = to.out.Write(text)
			return err
		},
	}
}
