package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/record"
)

func newBundle(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "bundle",
		Short: "Make the bundle of a case for the court, and for each other reader",
		Example: `  caseledger bundle open AT000001 --id b1 --plan plan.json --files letters --actor clerk-01 --role legal-clerk --request b1
  caseledger bundle review AT000001 --id b1 --actor sol-02 --role solicitor --request b1-review
  caseledger bundle freeze AT000001 --id b1 --files letters --actor sol-01 --role solicitor --request b1-freeze
  caseledger bundle build AT000001 --id b1 --files letters --out filed --actor sol-01 --role solicitor --request b1-build`,
	}, newBundleOpen(to), newBundleDraft(to), newBundleReview(to), newBundleFreeze(to), newBundleBuild(to), newBundleSupplement(to),
		newBundleList(to), newBundleCheck(to), newBundleVerify(to), newBundleSign(to))
}

// stepping is what every step towards a bundle is told on the command line.
type stepping struct {
	id       string
	files    string
	uploaded library // what came over HTTP; nil on the command line
	by       acting
}

// library is where the documents lie that are none of the ledger's.
type library interface {
	// byHash returns the one with a SHA-256 in hexadecimal.
	byHash(hash string) ([]byte, error)
}

func (s stepping) library() library {
	if s.uploaded != nil {
		return s.uploaded
	}
	return folder(s.files)
}

func (s *stepping) add(cmd *cobra.Command) *place {
	data := addData(cmd)
	cmd.Flags().StringVar(&s.id, "id", "", "id of the bundle within the record")
	s.by.add(cmd, "a repeat with the same key changes nothing")
	return data
}

func (s *stepping) addFiles(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.files, "files", "", "folder of the documents that are not in the ledger: PDF, JPEG or PNG")
}

// step runs a step on a bundle of a record.
func (s *stepping) step(ctx context.Context, p place, name string, to streams, do func(*app, domain.RecordID, record.Record, bundle.Bundle) error) error {
	if err := p.sealsHere(); err != nil {
		return err
	}
	return onRecord(ctx, p, name, to, func(a *app, id domain.RecordID, r record.Record) error {
		a.warn(to)
		return do(a, id, r, r.Bundles.Find(bundle.ID(s.id)))
	})
}

func newBundleOpen(to streams) *cobra.Command {
	var s stepping
	var plan string
	cmd := &cobra.Command{
		Use:   "open RECORD",
		Short: "Open a bundle as a plan says: the case, what to draw on, sections, documents and readers",
		Long: `Open reads a plan, a JSON file, and records its steps: the bundle, what it can draw
on, which documents stand in which section, and for which readers it is made, each
with the redactions that were approved for that reader. With a plan that was changed
it records what has changed, until the bundle is frozen; somebody else then has to
look through it again.`,
		Example: "  caseledger bundle open AT000001 --id b1 --plan plan.json --files letters --actor clerk-01 --role legal-clerk --agency anytown --basis children-act-1989-s31 --request b1",
		Args:    exactly(1),
	}
	data := s.add(cmd)
	s.addFiles(cmd)
	cmd.Flags().StringVar(&plan, "plan", "", "JSON file that says what the bundle is to be")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p, err := readPlan(plan)
		if err != nil {
			return err
		}
		ctx := cmd.Context()
		return s.step(ctx, *data, args[0], to, func(a *app, id domain.RecordID, r record.Record, _ bundle.Bundle) error {
			return a.planned(ctx, id, r, bundle.ID(s.id), p, folder(s.files), func(what string, command any) error {
				if _, err := a.records.Do(ctx, id, s.by.part(what, command)); err != nil {
					return err
				}
				fmt.Fprintf(to.out, "Recorded: %s.\n", what)
				return nil
			})
		})
	}
	return cmd
}

func newBundleReview(to streams) *cobra.Command {
	var s stepping
	var note string
	cmd := &cobra.Command{
		Use:     "review RECORD",
		Short:   "Record that you, who made no part of it, have looked through a bundle",
		Example: "  caseledger bundle review AT000001 --id b1 --actor sol-02 --role solicitor --agency anytown --basis children-act-1989-s31 --request b1-review",
		Args:    exactly(1),
	}
	data := s.add(cmd)
	cmd.Flags().StringVar(&note, "note", "", "what was found")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return s.step(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, _ record.Record, b bundle.Bundle) error {
			_, err := a.records.Do(cmd.Context(), id, s.by.act(bundle.Review{Dated: a.stepDay(), Bundle: b.ID, Note: note}))
			return err
		})
	}
	return cmd
}

// stepDay is the day of a step.
func (a *app) stepDay() domain.Dated { return domain.Dated{Happened: a.records.Setting().Today} }

func newBundleFreeze(to streams) *cobra.Command {
	var s stepping
	var others verifierFlags
	cmd := &cobra.Command{
		Use:   "freeze RECORD",
		Short: "Fix what a bundle is of, and how many pages each document takes",
		Long: `Freeze fixes what a bundle is of: how far each record has got, the checkpoint of the
log over it, and how many pages each document takes in the longest variant, so that
every page has one number for every reader. After it only a supplement changes the
bundle.`,
		Example: "  caseledger bundle freeze AT000001 --id b1 --files letters --actor sol-01 --role solicitor --agency anytown --basis children-act-1989-s31 --request b1-freeze",
		Args:    exactly(1),
	}
	data := s.add(cmd)
	s.addFiles(cmd)
	others.addOthers(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return s.step(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, _ record.Record, b bundle.Bundle) error {
			rows, err := a.freeze(cmd.Context(), to, id, b, s, others)
			warnOf(to.err, rows)
			return err
		})
	}
	return cmd
}

// freeze returns what each who was asked said of the checkpoint.
func (a *app) freeze(ctx context.Context, to streams, id domain.RecordID, b bundle.Bundle, s stepping, others verifierFlags) ([]attestedRow, error) {
	_, err := b.Freeze(bundle.Freeze{Bundle: b.ID})
	if err := refusedBut(err, "bundle-stand-unsound"); err != nil {
		return nil, err
	}
	stand, rows, err := a.standNow(ctx, b, others)
	if err != nil {
		return rows, err
	}
	if stand.Reserved, err = a.reserve(ctx, to, id, b, stand, b.Arranged.Fact.Sections, s.library()); err != nil {
		return rows, err
	}
	_, err = a.records.Do(ctx, id, s.by.act(bundle.Freeze{Dated: a.stepDay(), Bundle: b.ID, Stand: stand}))
	return rows, err
}

func newBundleSupplement(to streams) *cobra.Command {
	var s stepping
	var others verifierFlags
	var plan, reason string
	cmd := &cobra.Command{
		Use:   "supplement RECORD",
		Short: "Add documents that came late: behind the last page of their sections, so that no page gets another number",
		Example: `  caseledger bundle supplement AT000001 --id b1 --plan late.json --files letters --reason "Directed on 3 March" \
    --actor clerk-01 --role legal-clerk --agency anytown --basis children-act-1989-s31 --request b1-late`,
		Args: exactly(1),
	}
	data := s.add(cmd)
	s.addFiles(cmd)
	others.addOthers(cmd)
	cmd.Flags().StringVar(&plan, "plan", "", "JSON file with the sections of the late documents")
	cmd.Flags().StringVar(&reason, "reason", "", "why they come late")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p, err := readPlan(plan)
		if err != nil {
			return err
		}
		return s.step(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record, b bundle.Bundle) error {
			sections, err := a.sections(cmd.Context(), p.Sections, b.Scoped.Fact.Parts, folder(s.files), fmt.Sprintf("late%d-", b.Edition()+1))
			if err != nil {
				return err
			}
			rows, err := a.supplement(cmd.Context(), to, id, r, b, s, sections, reason, others)
			warnOf(to.err, rows)
			return err
		})
	}
	return cmd
}

// supplement returns what each who was asked said of the checkpoint.
func (a *app) supplement(ctx context.Context, to streams, id domain.RecordID, r record.Record, b bundle.Bundle, s stepping, sections []bundle.Section, reason string, others verifierFlags) ([]attestedRow, error) {
	_, err := b.Supplement(bundle.Supplement{Bundle: b.ID, Sections: sections}, r.Chronologies)
	if err := refusedBut(err, "bundle-supplement-unsound"); err != nil {
		return nil, err
	}
	stand, rows, err := a.standNow(ctx, b, others)
	if err != nil {
		return rows, err
	}
	supplemented := bundle.Supplemented{Bundle: b.ID, Sections: sections, Stand: stand}
	next := bundle.Bundles{b}.Evolve(uint64(len(r.Entries))+1, supplemented).Find(b.ID)
	if stand.Reserved, err = a.reserve(ctx, to, id, next, next.Stand(), sections, s.library()); err != nil {
		return rows, err
	}
	_, err = a.records.Do(ctx, id, s.by.act(bundle.Supplement{Dated: a.stepDay(), Bundle: b.ID, Sections: sections, Reason: reason, Stand: stand}))
	return rows, err
}

func newBundleBuild(to streams) *cobra.Command {
	var s stepping
	var only []string
	var out string
	cmd := &cobra.Command{
		Use:   "build RECORD",
		Short: "Write the PDF of each reader, with the evidence package inside it and beside it",
		Long: `Build writes one PDF for each reader, and beside it the evidence packages that it
holds, and its manifest: on which page each document and each entry stands. The same
bundle is the same bytes whoever builds it and when. A build that is broken off
leaves no file under the name of the bundle, and is begun again by the same command;
what was built is recorded when it is whole.`,
		Example: "  caseledger bundle build AT000001 --id b1 --files letters --out filed --actor sol-01 --role solicitor --agency anytown --basis children-act-1989-s31 --request b1-build",
		Args:    exactly(1),
	}
	data, output := s.add(cmd), addFormat(cmd)
	s.addFiles(cmd)
	cmd.Flags().StringArrayVar(&only, "variant", nil, "only this variant; may be given again")
	cmd.Flags().StringVar(&out, "out", "", "folder to write to; it is made if it is not there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" {
			return usageError{errors.New("--out says where to")}
		}
		return s.step(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, _ record.Record, b bundle.Bundle) error {
			rows, err := a.buildAll(cmd.Context(), to, id, b, s, only, out)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// bundleRow is one bundle of a record.
type bundleRow struct {
	Bundle   bundle.ID   `json:"bundle"`
	Title    string      `json:"title"`
	Case     string      `json:"case"`
	Happened domain.Date `json:"happened"`
	Rules    string      `json:"rules"`
	State    string      `json:"state"` // planned, reviewed, frozen, supplemented
	Edition  int         `json:"edition"`
	Variant  string      `json:"variant"`
	Reader   string      `json:"reader"`
	Pages    int         `json:"pages"`
	SHA256   string      `json:"sha256"` // of what was built for this reader
}

func newBundleList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list RECORD",
		Short:   "List the bundles of a record, a row for each reader, and how far each has got",
		Example: "  caseledger bundle list AT000001 --output json",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(_ *app, _ domain.RecordID, r record.Record) error {
			rows := []bundleRow{}
			for _, b := range r.Bundles {
				rows = append(rows, rowsOfBundle(b)...)
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func rowsOfBundle(b bundle.Bundle) []bundleRow {
	row := bundleRow{Bundle: b.ID, Title: b.Opened.Fact.Title, Case: b.Opened.Fact.Case, Happened: b.Opened.Fact.Happened,
		Rules: b.Opened.Fact.Rules, State: stateOf(b), Edition: b.Edition()}
	if len(b.Varied.Fact.Variants) == 0 {
		return []bundleRow{row}
	}
	var all []bundleRow
	for _, v := range b.Varied.Fact.Variants {
		built := b.BuiltOf(v.Variant).Fact
		row.Variant, row.Reader, row.Pages, row.SHA256 = v.Variant, v.Reader, built.Pages, built.SHA256
		all = append(all, row)
	}
	return all
}

func stateOf(b bundle.Bundle) string {
	switch {
	case b.Edition() > 0 && b.IsReviewed():
		return "supplemented"
	case b.Edition() > 0:
		return "supplement to be reviewed"
	case !b.Frozen.IsZero():
		return "frozen"
	case b.IsReviewed():
		return "reviewed"
	}
	return "planned"
}
