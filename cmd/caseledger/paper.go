package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/docx"
	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore/durable"
	"caseledger/projections"
)

// paperFiles are the formats of a paper, by the ends of file names.
var paperFiles = map[string]func(io.Writer, paper.Paper) error{".docx": docx.Write, ".pdf": pdf.Write}

// papering is what the command line says of a paper.
type papering struct {
	kind, title string
	out         []string
	known       projections.Moment
	entries     []string
	chronology  string
	selection   chronology.Selection
	word        string
	makers      []string
	officer     paper.Officer
	knownErrors []string
	record      domain.RecordID
	accesses    []accesslog.Row // of a statement about the system
	redaction   string
	load        projections.Load // of the records as the reader of the paper may know them
}

// paperKinds are the papers that are filled in from the record.
var paperKinds = map[string]func(context.Context, *app, domain.RecordID, record.Record, papering) (paper.Paper, error){
	"entries":     entriesPaper,
	"issues":      issuesPaper,
	"exhibits":    exhibitsPaper,
	"certificate": certificatePaper,
	"absence":     absencePaper,
	"system":      systemPaper,
	"redactions":  redactionsPaper,
}

func kindsOfPaper() string { return strings.Join(slices.Sorted(maps.Keys(paperKinds)), ", ") }

func newPaper(to streams) *cobra.Command {
	var p papering
	cmd := &cobra.Command{
		Use:   "paper RECORD",
		Short: "Write a paper for a court that is filled in from the record, as Word or PDF",
		Long: `Paper writes a paper that a court asks for, filled in from the record; what the
ledger does not know is left to be filled in by hand, on a line that says so. The
kinds are:

  entries       entries in full: every field, who recorded it, when and how late,
                what it corrects and what became of it
  issues        draft statement of issues, from how parties were recorded to stand
                to entries ('act entry.mark')
  exhibits      exhibit sheets of entries, by maker, marked AB/1, AB/2 …
  certificate   an officer's certificate that entries are records of the authority
                (Civil Evidence Act 1995, section 9(2))
  absence       draft affidavit that no such entry is on the record, by --type,
                --source, --word, --from and --to (section 9(3)); refused where one is
  system        statement of the reliability of the system, with who opened the
                record by a privilege from --from to --to
  redactions    schedule of what a set of redactions withholds from its reader

With --redaction a paper is made of the record as an approved set of redactions lets
its reader know it. The same record, as known when the same entry was its last, gives the same file.`,
		Example: `  caseledger paper AT000001 --kind entries --type note --from 2024-01-01 --out notes.pdf
  caseledger paper AT000001 --kind entries --entry 3 --entry 10-20 --out entries.docx
  caseledger paper AT000001 --kind exhibits --chronology c1 --maker "sw-001=Anna Brown/5" --out exhibits.pdf
  caseledger paper AT000001 --kind absence --type visit --from 2024-01-01 --to 2024-03-31 --out absence.docx`,
		Args: exactly(1),
	}
	data := addData(cmd)
	flags := cmd.Flags()
	flags.StringVar(&p.kind, "kind", "", "which paper: "+kindsOfPaper())
	flags.StringVar(&p.title, "title", "", "its title; one that says its kind if not given")
	flags.StringArrayVar(&p.out, "out", nil, "file to write, which must not exist: .docx or .pdf; may be given again")
	flags.Var(knownFlag{&p.known.Known}, "known-at", "the record as known at this time, or by the end of this day")
	flags.Uint64Var(&p.known.Entry, "known-entry", 0, "the record as known when this entry was its last")
	flags.StringArrayVar(&p.entries, "entry", nil, "an entry to tell of, 12, or several, 10-20; may be given again")
	flags.StringVar(&p.chronology, "chronology", "", "tell of the entries that this chronology tells of")
	flags.Var(dateFlag{&p.selection.From}, "from", "only what happened from this day on")
	flags.Var(dateFlag{&p.selection.To}, "to", "only what happened up to this day")
	flags.StringArrayVar(&p.selection.Kinds, "type", nil, "only entries of this type: note, referral.received; may be given again")
	flags.StringArrayVar(&p.selection.Sources, "source", nil, "only entries of this agency, or imported from this format; may be given again")
	flags.StringArrayVar(&p.selection.Tags, "tag", nil, "only entries with this tag; may be given again")
	flags.StringVar(&p.redaction, "redaction", "", "make the paper of the record as this set of redactions lets its reader know it")
	flags.StringVar(&p.word, "word", "", "of absence: only entries that hold these letters, in capitals or not")
	flags.StringArrayVar(&p.makers, "maker", nil, "of exhibits: name of an author, and the number that the first exhibit has, sw-001=Anna Brown/5; may be given again")
	flags.StringVar(&p.officer.Name, "officer", "", "name of the officer who signs; left to be filled in if not given")
	flags.StringVar(&p.officer.Position, "position", "", "the officer's position")
	flags.StringVar(&p.officer.Authority, "authority", "", "name of the authority")
	flags.StringArrayVar(&p.knownErrors, "known-error", nil, "of system: an error known to the authority; may be given again")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := p.check(); err != nil {
			return err
		}
		if p.kind == "system" { // the two ledgers are not opened at once
			if err := onRecord(cmd.Context(), *data, args[0], to, func(_ *app, id domain.RecordID, _ record.Record) error {
				p.record = id
				return nil
			}); err != nil {
				return err
			}
			var err error
			if p.accesses, err = accessed(cmd.Context(), *data, p.record, p); err != nil {
				return err
			}
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			a.warn(to)
			r, err := p.redacted(a, r)
			if err != nil {
				return err
			}
			made, err := paperKinds[p.kind](cmd.Context(), a, id, r.Known(p.known.Known, p.known.Entry), p)
			if errors.Is(err, paper.ErrNothing) || errors.Is(err, paper.ErrTooMany) || errors.Is(err, projections.ErrNoEntry) {
				err = usageError{err}
			}
			if err != nil {
				return err
			}
			return writePapers(to, made, p.out)
		}, &p.known)
	}
	return cmd
}

func (p papering) check() error {
	if paperKinds[p.kind] == nil {
		return usageError{fmt.Errorf("--kind is one of %s", kindsOfPaper())}
	}
	if len(p.out) == 0 {
		return usageError{errors.New("--out says where to")}
	}
	for _, path := range p.out {
		if paperFiles[strings.ToLower(filepath.Ext(path))] == nil {
			return usageError{errors.New("a paper is written as .docx or .pdf")}
		}
		if _, err := os.Lstat(path); err == nil {
			return usageError{fmt.Errorf("%s exists", path)}
		}
	}
	return nil
}

// redacted returns the record as the reader of the paper may know it, and sees to it
// that others are loaded so too.
func (p *papering) redacted(a *app, r record.Record) (record.Record, error) {
	if p.redaction == "" {
		if p.kind == "redactions" {
			return r, usageError{errors.New("--redaction says which set of redactions")}
		}
		p.load = a.load
		return r, nil
	}
	if p.kind == "absence" || p.kind == "system" {
		return r, usageError{errors.New("this paper is of the whole record, and says nothing of what its entries hold")}
	}
	id := redaction.ID(p.redaction)
	p.load = projections.RedactedLoad(a.sealed.Payload, a.load, id)
	v, err := projections.Redacted(a.sealed.Payload, r, id)
	if errors.Is(err, projections.ErrNoRedaction) || errors.Is(err, projections.ErrNotApproved) {
		err = usageError{err}
	}
	return v.Record, err
}

func writePapers(to streams, p paper.Paper, out []string) error {
	for _, path := range out {
		var file bytes.Buffer
		if err := paperFiles[strings.ToLower(filepath.Ext(path))](&file, p); err != nil {
			return err
		}
		if err := durable.Create(path, file.Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Wrote %s.\n", path)
	}
	return nil
}

// parts are the entries that the command line chooses, of each record.
func (p papering) parts(id domain.RecordID, r record.Record) ([]chronology.Part, error) {
	switch {
	case p.chronology != "" && len(p.entries) > 0:
		return nil, usageError{errors.New("--entry and --chronology exclude each other")}
	case p.chronology != "":
		built := r.Chronologies.Find(chronology.ID(p.chronology))
		if built.IsZero() {
			return nil, usageError{projections.ErrNoChronology}
		}
		return built.Fact.Parts, nil
	case len(p.entries) > 0:
		one := chronology.Part{Record: id, Known: uint64(len(r.Entries))}
		for _, text := range p.entries {
			some, err := entryRange(text, one.Known)
			if err != nil {
				return nil, err
			}
			one.Entries = append(one.Entries, some...)
		}
		slices.Sort(one.Entries)
		one.Entries = slices.Compact(one.Entries)
		return []chronology.Part{one}, nil
	}
	return projections.Choose(p.selection, []domain.RecordID{id}, []record.Record{r}), nil
}

// entryRange reads 12, or 10-20.
func entryRange(text string, last uint64) ([]uint64, error) {
	begin, end, several := strings.Cut(text, "-")
	if !several {
		end = begin
	}
	from, err := strconv.ParseUint(begin, 10, 64)
	to, other := strconv.ParseUint(end, 10, 64)
	if err != nil || other != nil || from < 1 || to < from || to > last {
		return nil, usageError{fmt.Errorf("--entry is a number, or two like 10-20, and the record has %d entries", last)}
	}
	var all []uint64
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all, nil
}

// inFull returns the chosen entries of each record, as it was known then, oldest
// first.
func (a *app) inFull(ctx context.Context, load projections.Load, parts []chronology.Part) ([]projections.FullEntry, error) {
	var all []projections.FullEntry
	for _, part := range parts {
		r, err := load(ctx, part.Record)
		if err != nil {
			return nil, err
		}
		leaves, err := a.view.Leaves(ctx, part.Record)
		if err != nil {
			return nil, err
		}
		some, err := projections.InFull(part.Record, r.Upto(part.Known), leaves, part.Entries, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, projections.ByDay)
	return all, nil
}

// paperHead is what a paper says of itself: of which records it tells, and as
// known when. It has the time of the last entry known, so that the same question
// gives the same file.
func (a *app) paperHead(ctx context.Context, p papering, title string, parts []chronology.Part) (paper.Head, error) {
	h := paper.Head{Title: cmp.Or(p.title, title), By: a.created.Ledger}
	for _, part := range parts {
		r, err := p.load(ctx, part.Record)
		if err != nil {
			return h, err
		}
		last, found := r.Entry(part.Known)
		if !found {
			return h, projections.ErrNoEntry
		}
		if last.Recorded.After(h.Made) {
			h.Made = last.Recorded
		}
		h.Preface = append(h.Preface, fmt.Sprintf("Record %s of the ledger %s, as known when entry %d was its last (%s).", part.Record, a.created.Ledger, part.Known,
			paper.Stamp(last.Recorded)))
	}
	h.Footer = "Ledger " + a.created.Ledger
	return h, nil
}

func entriesPaper(ctx context.Context, a *app, id domain.RecordID, r record.Record, p papering) (paper.Paper, error) {
	all, h, err := a.chosenInFull(ctx, id, r, p, "Entries in full")
	if err != nil {
		return paper.Paper{}, err
	}
	h.Preface = append(h.Preface, fmt.Sprintf("Entries: %d, oldest first, each with every field that it has. Beside each stand who recorded it, when, and the beginning of its leaf's hash in the log, by which the evidence package proves it.", len(all)))
	return paper.Entries(h, all)
}
