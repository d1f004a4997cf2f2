package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/adapters/docx"
	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore"
	"caseledger/eventstore/durable"
	"caseledger/projections"
)

// papers are the formats of a chronology, by the ends of file names.
var papers = map[string]func(io.Writer, projections.Story) error{
	".docx": func(w io.Writer, s projections.Story) error { return docx.Write(w, paper.Chronology(s)) },
	".pdf":  func(w io.Writer, s projections.Story) error { return pdf.Write(w, paper.Chronology(s)) },
	".csv":  paper.WriteCSV,
	".json": func(w io.Writer, s projections.Story) error { return writeJSON(w, s) },
}

// chronicling is what the command line says of a chronology.
type chronicling struct {
	id, title string
	also      []string
	whole     bool
	selection chronology.Selection
	out       []string
	by        acting
}

// acting is who acts, and on what authority.
type acting struct{ id, role, agency, basis, purpose, request string }

func (by *acting) add(cmd *cobra.Command, repeat string) {
	flags := cmd.Flags()
	flags.StringVar(&by.id, "actor", "", "who acts")
	flags.StringVar(&by.role, "role", "", "in which role")
	flags.StringVar(&by.agency, "agency", "", "for which agency")
	flags.StringVar(&by.basis, "basis", "", "on which legal basis")
	flags.StringVar(&by.purpose, "purpose", "", "for which purpose")
	flags.StringVar(&by.request, "request", "", "idempotency key: "+repeat)
}

func (by acting) act(command any) eventstore.Act {
	return eventstore.Act{Request: by.request, Actor: domain.Actor{ID: by.id, Role: by.role, Agency: by.agency},
		Authority: domain.Authority{Basis: by.basis, Purpose: by.purpose}, Command: command}
}

func newChronology(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "chronology",
		Short:   "Build chronologies for a court, and write them as Word, PDF or CSV",
		Example: "  caseledger chronology build AT000001 --id c1 --kind note --gap-days 28 --out c1.docx --actor sol-01 --request c1",
	}, newChronologyBuild(to), newChronologyWrite(to), newChronologyList(to))
}

func newChronologyBuild(to streams) *cobra.Command {
	var c chronicling
	cmd := &cobra.Command{
		Use:   "build RECORD",
		Short: "Choose entries of a record and of the family's, record the chronology, and write it",
		Long: `Build chooses entries, records which were chosen as an event of the record, and
writes the chronology. What is recorded later does not change it: 'chronology
write' writes the same files for ever. 'act entry.tag', 'act entry.mark' and 'act
entry.state-impact' say before what an entry matters for, who disputes it or agrees
to it, and what it meant for the person.`,
		Example: `  caseledger chronology build AT000001 --id c1 --title "Ava: school and home" --family --from 2024-01-01 \
    --tag attendance --gap-days 28 --actor sol-01 --role solicitor --agency anytown \
    --basis children-act-1989-s31 --purpose court --request c1 --out c1.docx --out c1.pdf --out c1.csv`,
		Args: exactly(1),
	}
	data := addData(cmd)
	flags := cmd.Flags()
	flags.StringVar(&c.id, "id", "", "id of the chronology within the record")
	flags.StringVar(&c.title, "title", "", "its title")
	flags.StringArrayVar(&c.also, "also", nil, "another record that it tells of; may be given again")
	flags.BoolVar(&c.whole, "family", false, "tell of every record of the family")
	flags.Var(dateFlag{&c.selection.From}, "from", "only what happened from this day on")
	flags.Var(dateFlag{&c.selection.To}, "to", "only what happened up to this day")
	flags.StringArrayVar(&c.selection.Kinds, "kind", nil, "only entries of this kind: note, referral.received; may be given again")
	flags.StringArrayVar(&c.selection.Sources, "source", nil, "only entries of this agency, or imported from this format: cin-census; may be given again")
	flags.StringArrayVar(&c.selection.Tags, "tag", nil, "only entries with this tag; may be given again")
	flags.IntVar(&c.selection.GapDays, "gap-days", 0, "mark where nothing is recorded for more than this many days; 0 marks none")
	addOut(cmd, &c.out)
	c.by.add(cmd, "a repeat with the same key builds nothing, and writes the same files")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := writable(c.out); err != nil {
			return err
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			a.warn(to)
			if err := a.chronicle(cmd.Context(), id, r, c); err != nil {
				return err
			}
			return a.writeChronology(cmd.Context(), to, id, chronology.ID(c.id), "", c.out)
		})
	}
	return cmd
}

func addOut(cmd *cobra.Command, out *[]string) {
	cmd.Flags().StringArrayVar(out, "out", nil, "file to write, which must not exist: .docx, .pdf, .csv or .json; may be given again")
}

// writable refuses what no chronology can be written to, before anything is
// recorded.
func writable(out []string) error {
	for _, path := range out {
		if papers[strings.ToLower(filepath.Ext(path))] == nil {
			return usageError{errors.New("a chronology is written as .docx, .pdf, .csv or .json")}
		}
		if _, err := os.Lstat(path); err == nil {
			return usageError{fmt.Errorf("%s exists", path)}
		}
	}
	return nil
}

// chronicle records a chronology of what the selection chooses now. A repeat of
// the request is the first one.
func (a *app) chronicle(ctx context.Context, id domain.RecordID, r record.Record, c chronicling) error {
	parts, err := a.chosen(ctx, id, r, c)
	if err != nil {
		return err
	}
	command := chronology.Build{Dated: domain.Dated{Happened: a.records.Setting().Today}, Chronology: chronology.ID(c.id), Title: c.title,
		Selection: c.selection, Parts: parts}
	if built := r.Chronologies.Find(command.Chronology); !built.IsZero() {
		if e, _ := r.Entry(built.Entry); e.Request == c.by.request {
			command.Dated, command.Parts = built.Fact.Dated, built.Fact.Parts // what the first one chose, on its day
		}
	}
	_, err = a.records.Do(ctx, id, c.by.act(command))
	return err
}

func (a *app) chosen(ctx context.Context, id domain.RecordID, r record.Record, c chronicling) ([]chronology.Part, error) {
	ids, records := []domain.RecordID{id}, []record.Record{r}
	add := func(other domain.RecordID) error {
		if slices.Contains(ids, other) {
			return nil
		}
		one, err := a.load(ctx, other)
		ids, records = append(ids, other), append(records, one)
		return err
	}
	for _, name := range c.also {
		other, err := a.find(ctx, name)
		if err == nil {
			err = add(other)
		}
		if err != nil {
			return nil, err
		}
	}
	if c.whole {
		members, err := a.db.FamilyOf(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if err := add(m.Record); err != nil {
				return nil, err
			}
		}
	}
	return projections.Choose(c.selection, ids, records), nil
}

func newChronologyWrite(to streams) *cobra.Command {
	var id, set string
	var out []string
	cmd := &cobra.Command{
		Use:   "write RECORD",
		Short: "Write a chronology again, as it was built, or as one reader may have it",
		Long: `Write writes a chronology as it was built. With --redaction it writes what the
reader of that set of redactions may have: what is withheld is taken out of the
entries before anything is made of them. Every record that the chronology tells of
needs an approved set with that id.`,
		Example: `  caseledger chronology write AT000001 --id c1 --out again.pdf
  caseledger chronology write AT000001 --id c1 --redaction mother-1 --out for-the-mother.pdf`,
		Args: exactly(1),
	}
	data := addData(cmd)
	cmd.Flags().StringVar(&id, "id", "", "id of the chronology within the record")
	cmd.Flags().StringVar(&set, "redaction", "", "id of the approved sets of redactions of the reader")
	addOut(cmd, &out)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(out) == 0 {
			return usageError{errors.New("--out says where to")}
		}
		if err := writable(out); err != nil {
			return err
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, of domain.RecordID, _ record.Record) error {
			return a.writeChronology(cmd.Context(), to, of, chronology.ID(id), redaction.ID(set), out)
		})
	}
	return cmd
}

func (a *app) writeChronology(ctx context.Context, to streams, of domain.RecordID, id chronology.ID, by redaction.ID, out []string) error {
	story, err := a.tell(ctx, of, id, by)
	if err != nil {
		return err
	}
	for _, path := range out {
		var file bytes.Buffer
		if err := papers[strings.ToLower(filepath.Ext(path))](&file, story); err != nil {
			return err
		}
		if err := durable.Create(path, file.Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Wrote %s: %d rows.\n", path, len(story.Rows))
	}
	return nil
}

// tell tells a chronology: whole, or to the reader of a set of redactions.
func (a *app) tell(ctx context.Context, of domain.RecordID, id chronology.ID, by redaction.ID) (projections.Story, error) {
	if by != "" {
		return projections.TellRedacted(ctx, a.sealed.Payload, a.load, of, id, by)
	}
	r, err := a.load(ctx, of)
	if err != nil {
		return projections.Story{}, err
	}
	return projections.Tell(ctx, a.load, r, id)
}

// chronologyRow is one chronology that was built.
type chronologyRow struct {
	Chronology chronology.ID        `json:"chronology"`
	Title      string               `json:"title"`
	Happened   domain.Date          `json:"happened"`
	By         string               `json:"by"`
	Entry      uint64               `json:"entry"`
	Records    int                  `json:"records"`
	Told       int                  `json:"told"`
	Selection  chronology.Selection `json:"selection"`
}

func newChronologyList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list RECORD",
		Short:   "List the chronologies that were built on a record, each with its selection",
		Example: "  caseledger chronology list AT000001 --output json",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(_ *app, _ domain.RecordID, r record.Record) error {
			rows := []chronologyRow{}
			for _, c := range r.Chronologies.Built {
				e, _ := r.Entry(c.Entry)
				row := chronologyRow{Chronology: c.Fact.Chronology, Title: c.Fact.Title, Happened: c.Fact.Happened, By: e.Actor.ID, Entry: c.Entry,
					Records: len(c.Fact.Parts), Selection: c.Fact.Selection}
				for _, p := range c.Fact.Parts {
					row.Told += len(p.Entries)
				}
				rows = append(rows, row)
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}
