package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/form"
	"caseledger/domain/record"
	"caseledger/schema"
)

// addForms adds --forms, the directory of an authority's own definitions.
func addForms(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "forms", os.Getenv("CASELEDGER_FORMS"), "directory of the authority's own definitions of forms and views, *.json (also CASELEDGER_FORMS)")
}

// formsOf returns the definitions that come with the program and those of a
// directory, "" for none.
func formsOf(dir string) (*schema.Forms, error) {
	texts, paths, err := readForms(dir)
	if err != nil {
		return nil, err
	}
	return newForms(texts, paths)
}

func newForms(texts [][]byte, paths []string) (*schema.Forms, error) {
	forms, err := schema.NewForms(texts...)
	var unfit *schema.UnfitError
	if errors.As(err, &unfit) && unfit.Text >= 0 {
		return nil, fmt.Errorf("%s: %w", paths[unfit.Text], unfit.Err)
	}
	return forms, err
}

func readForms(dir string) (texts [][]byte, paths []string, err error) {
	if dir == "" {
		return nil, nil, nil
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, err
	}
	paths, err = filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, nil, err
	}
	if len(paths) > 2*schema.MaxForms {
		return nil, nil, fmt.Errorf("%s: more than %d definitions", dir, 2*schema.MaxForms)
	}
	for _, path := range paths {
		text, err := readFormFile(path)
		if err != nil {
			return nil, nil, err
		}
		texts = append(texts, text)
	}
	return texts, paths, nil
}

// readFormFile reads a definition; one that is too large is read as far as that
// can be told.
func readFormFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, schema.MaxFormBytes+1))
}

func newForm(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "form",
		Short: "Check definitions of forms and views, and look at the forms of a record",
		Long: `Forms are data: a definition says what is asked, of whom, when, and what becomes
of the answers. A form is filled in by the commands form.start, form.answer,
form.complete and form.abandon: see 'caseledger act'.`,
		Example: "  caseledger form check forms/home-visit-1.json\n  caseledger form show AT000001 f1",
	}, newFormCheck(to), newFormSchema(to), newFormDefinitions(to), newFormList(to), newFormShow(to))
}

func newFormCheck(to streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a definition of a form or view, and print each fault by place and rule",
		Long: `Check reads a definition as the program would: its shape, its names, its code
sets, the commands and events that it speaks of, conditions that go in circles or
that no answers fulfil. A view is checked against its form, which can be one of
those of --forms.`,
		Example: "  caseledger form check forms/home-visit-1.json --forms forms",
		Args:    exactly(1),
	}
	output := addFormat(cmd)
	addForms(cmd, &dir)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		texts, paths, err := readForms(dir)
		if err != nil {
			return err
		}
		text, err := readFormFile(args[0])
		if err != nil {
			return err
		}
		_, err = newForms(append(texts, text), append(paths, args[0]))
		var faults form.Faults
		if !errors.As(err, &faults) || !strings.HasPrefix(err.Error(), args[0]) {
			if err == nil {
				_, err = fmt.Fprintln(to.out, "The definition is sound.")
			}
			return err
		}
		if err := output.print(to.out, []form.Fault(faults)); err != nil {
			return err
		}
		return fmt.Errorf("%s: the definition is not sound", args[0])
	}
	return cmd
}

func newFormSchema(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a definition of a form, or of a view",
		Example: "  caseledger form schema > form.schema.json\n  caseledger form schema --view",
		Args:    exactly(0),
	}
	view := cmd.Flags().Bool("view", false, "of a view for an audience")
	cmd.RunE = func(*cobra.Command, []string) error {
		of := schema.FormSchema
		if *view {
			of = schema.ViewSchema
		}
		return printSchema(to, of)
	}
	return cmd
}

func newFormDefinitions(to streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "definitions",
		Short:   "List the definitions of forms and views at hand",
		Example: "  caseledger form definitions --forms forms",
		Args:    exactly(0),
	}
	output := addFormat(cmd)
	addForms(cmd, &dir)
	cmd.RunE = func(*cobra.Command, []string) error {
		forms, err := formsOf(dir)
		if err != nil {
			return err
		}
		type row struct {
			Definition string      `json:"definition"`
			Version    int         `json:"version"`
			Audience   string      `json:"audience"`
			From       domain.Date `json:"from,omitzero"`
			Questions  int         `json:"questions"`
			Title      string      `json:"title"`
		}
		var rows []row
		for _, f := range forms.All() {
			n := 0
			for range f.Definition.All {
				n++
			}
			rows = append(rows, row{f.Name, f.Version, "", f.From, n, f.Title})
		}
		for _, v := range forms.Views() {
			n := 0
			for _, p := range v.Parts {
				n += len(p.Facts)
			}
			rows = append(rows, row{v.Of, v.Version, v.Audience, domain.Date{}, n, v.Title})
		}
		return output.print(to.out, rows)
	}
	return cmd
}

func newFormList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list RECORD",
		Short:   "List the forms of a record, and how far each has got",
		Example: "  caseledger form list AT000001",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, _ domain.RecordID, r record.Record) error {
			type row struct {
				Form       form.ID     `json:"form"`
				Definition string      `json:"definition"`
				Version    int         `json:"version"`
				Status     string      `json:"status"`
				Started    domain.Date `json:"started"`
				Ended      domain.Date `json:"ended,omitzero"`
			}
			rows := []row{}
			for _, h := range a.records.Forms.Heads(r) {
				rows = append(rows, row{h.Form, h.Definition, h.Version, h.Status, h.Started, h.Ended})
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// factRow is a question or a fact, its answer, and where that came from.
type factRow struct {
	Part   string      `json:"part"`
	Name   string      `json:"name"`
	Answer string      `json:"answer"`
	Entry  uint64      `json:"entry"`
	Day    domain.Date `json:"day,omitzero"`
}

func newFormShow(to streams) *cobra.Command {
	var role string
	cmd := &cobra.Command{
		Use:   "show RECORD FORM",
		Short: "Show a form with what the record knows, each answer with the entry and day that it came from",
		Example: "  caseledger form show AT000001 f1\n" +
			"  caseledger form show AT000001 f1 --role manager --output json",
		Args: exactly(2),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&role, "role", "", "leave out the sections that are closed to this role; none if not given")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, _ domain.RecordID, r record.Record) error {
			page, found := a.records.Forms.Page(r, form.ID(args[1]), func(s form.Section) bool { return role == "" || s.Open(role) })
			if !found {
				return errors.New("the record has no form with this id; see 'caseledger form list'")
			}
			if *output == "json" {
				return output.print(to.out, page)
			}
			var rows []factRow
			for _, s := range page.Sections {
				for _, q := range s.Questions {
					rows = append(rows, factRow{s.Title, q.Ask, cmp.Or(strings.Join(q.Values, "; "), q.NotGiven), q.Entry, q.Day})
				}
			}
			for _, title := range page.Closed {
				rows = append(rows, factRow{Part: title, Name: "closed to this role"})
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newView(to streams) *cobra.Command {
	var of struct{ record, audience, definition, form string }
	cmd := &cobra.Command{
		Use:   "view",
		Short: "Show a completed form as an audience is shown it, and what is left out and why",
		Long: `View renders an assessment for another profession or for the family: the facts,
words and order that the view's definition allows to that audience, and nothing
else.`,
		Example: "  caseledger view --record AT000001 --audience teacher\n" +
			"  caseledger view --record AT000001 --audience parent --output json",
		Args: exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	flags := cmd.Flags()
	flags.StringVar(&of.record, "record", "", "record's id or the child's number with the authority")
	flags.StringVar(&of.audience, "audience", "", "for whom: teacher, health-professional, police, reporter, parent, social-worker")
	flags.StringVar(&of.definition, "definition", "core-assessment", "the definition of the form")
	flags.StringVar(&of.form, "form", "", "the form, by its id within the record; the one completed last if not given")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onRecord(cmd.Context(), *data, of.record, to, func(a *app, _ domain.RecordID, r record.Record) error {
			v, found := a.records.Forms.View(of.audience, of.definition)
			if !found {
				return usageError{fmt.Errorf("there is no view of this form for this audience; see 'caseledger form definitions'")}
			}
			page, found := a.records.Forms.Audience(r, v, form.ID(of.form))
			if !found {
				return errors.New("the record has no such completed form")
			}
			if *output == "json" {
				return output.print(to.out, page)
			}
			return output.print(to.out, viewRows(page))
		})
	}
	return cmd
}

func viewRows(page schema.AudiencePage) []factRow {
	var rows []factRow
	for _, p := range page.Parts {
		for _, f := range p.Facts {
			rows = append(rows, factRow{p.Heading, f.Words, cmp.Or(strings.Join(f.Values, "; "), f.NotGiven), f.Entry, f.Day})
		}
	}
	for _, l := range page.LeftOut {
		rows = append(rows, factRow{Part: "Left out", Name: l.What, Answer: l.Why})
	}
	return rows
}
