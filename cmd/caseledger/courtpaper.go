package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
	"caseledger/projections"
	"caseledger/schema"
)

func issuesPaper(ctx context.Context, a *app, id domain.RecordID, r record.Record, p papering) (paper.Paper, error) {
	h, err := a.paperHead(ctx, p, "Statement of issues", whole(id, r))
	if err != nil {
		return paper.Paper{}, err
	}
	return paper.Issues(h, projections.Issues(id, r))
}

// whole is a part of a whole record.
func whole(id domain.RecordID, r record.Record) []chronology.Part {
	return []chronology.Part{{Record: id, Known: uint64(len(r.Entries))}}
}

func exhibitsPaper(ctx context.Context, a *app, id domain.RecordID, r record.Record, p papering) (paper.Paper, error) {
	makers, err := makersOf(p.makers)
	if err != nil {
		return paper.Paper{}, err
	}
	all, h, err := a.chosenInFull(ctx, id, r, p, "Exhibit sheets")
	if err != nil {
		return paper.Paper{}, err
	}
	return paper.Exhibits(h, all, makers)
}

// makersOf reads sw-001=Anna Brown, and sw-001=Anna Brown/5 of one whose next
// exhibit is the fifth.
func makersOf(texts []string) (map[string]paper.Maker, error) {
	makers := make(map[string]paper.Maker)
	for _, text := range texts {
		id, name, found := strings.Cut(text, "=")
		m := paper.Maker{Name: name, First: 1}
		if before, first, numbered := strings.Cut(name, "/"); numbered {
			n, err := strconv.Atoi(first)
			if err != nil || n < 1 {
				found = false
			}
			m = paper.Maker{Name: before, First: n}
		}
		if !found || id == "" {
			return nil, usageError{errors.New("--maker is like sw-001=Anna Brown, or sw-001=Anna Brown/5")}
		}
		makers[id] = m
	}
	return makers, nil
}

// chosenInFull returns the entries that the command line chooses, and the head of
// a paper of them.
func (a *app) chosenInFull(ctx context.Context, id domain.RecordID, r record.Record, p papering, title string) ([]projections.FullEntry, paper.Head, error) {
	parts, err := p.parts(id, r)
	if err != nil {
		return nil, paper.Head{}, err
	}
	chosen := 0
	for _, part := range parts {
		chosen += len(part.Entries)
	}
	if chosen > paper.MaxEntries {
		return nil, paper.Head{}, paper.ErrTooMany
	}
	h, err := a.paperHead(ctx, p, title, parts)
	if err != nil {
		return nil, h, err
	}
	all, err := a.inFull(ctx, p.load, parts)
	return all, h, err
}

var errNation = usageError{errors.New("this paper is of the Civil Evidence Act 1995, which is the law of England and Wales")}

// underAct refuses papers of an Act that is not the law where the ledger is kept.
func (a *app) underAct() error {
	if a.created.Nation != "england" && a.created.Nation != "wales" {
		return errNation
	}
	return nil
}

// receipt returns the newest checkpoint as papers print it.
func (a *app) receipt(ctx context.Context) (paper.Checkpoint, proof.Signed, error) {
	if a.log == nil {
		return paper.Checkpoint{}, proof.Signed{}, usageError{errors.New("this paper names a checkpoint of the log, which is on another node: write it there")}
	}
	signed, err := a.checkpoint(ctx)
	return paper.Checkpoint{Ledger: a.created.Ledger, Size: signed.Size, Root: proof.HashText(signed.Root)}, signed, err
}

func certificatePaper(ctx context.Context, a *app, id domain.RecordID, r record.Record, p papering) (paper.Paper, error) {
	if err := a.underAct(); err != nil {
		return paper.Paper{}, err
	}
	all, h, err := a.chosenInFull(ctx, id, r, p, "Certificate under section 9(2) of the Civil Evidence Act 1995")
	if err != nil {
		return paper.Paper{}, err
	}
	at, _, err := a.receipt(ctx)
	if err != nil {
		return paper.Paper{}, err
	}
	return paper.Certificate(h, p.officer, all, at)
}

func absencePaper(ctx context.Context, a *app, id domain.RecordID, r record.Record, p papering) (paper.Paper, error) {
	if err := a.underAct(); err != nil {
		return paper.Paper{}, err
	}
	looked := projections.Looked{From: p.selection.From, To: p.selection.To, Kinds: p.selection.Kinds, Sources: p.selection.Sources, Word: p.word}
	if p.chronology != "" || len(p.entries) > 0 || len(p.selection.Tags) > 0 {
		return paper.Paper{}, usageError{errors.New("what is absent is searched for by --type, --source, --word, --from and --to")}
	}
	found, err := projections.LookFor(looked, r)
	if err != nil {
		return paper.Paper{}, err
	}
	if len(found) > 0 {
		return paper.Paper{}, fmt.Errorf("the record holds what was searched for: %d entries, the first of them entry %d", len(found), found[0])
	}
	h, err := a.paperHead(ctx, p, "Affidavit of the absence of an entry", whole(id, r))
	if err != nil {
		return paper.Paper{}, err
	}
	leaves, err := a.view.Leaves(ctx, id)
	if err != nil {
		return paper.Paper{}, err
	}
	at, _, err := a.receipt(ctx)
	return paper.Absent(h, p.officer, paper.Absence{Record: id, Looked: looked, Searched: len(r.Entries), LastLeaf: leaves[len(r.Entries)-1], At: at}), err
}

func systemPaper(ctx context.Context, a *app, id domain.RecordID, r record.Record, p papering) (paper.Paper, error) {
	at, signed, err := a.receipt(ctx)
	if err != nil {
		return paper.Paper{}, err
	}
	b := buildInfo()
	s := paper.System{At: at, Version: fmt.Sprintf("Caseledger %s, revision %s, %s %s/%s.", b.version, b.revision, runtime.Version(), runtime.GOOS, runtime.GOARCH),
		Policy: a.records.Setting().Pack.Name(), Keys: "in a key management service.", KnownErrors: p.knownErrors, From: p.selection.From, To: p.selection.To}
	if a.warning != "" {
		s.Keys = "as the program warns, " + strings.TrimSpace(a.warning)
	}
	if s.Settings, s.SettingsLeaf, _, err = a.reread(ctx, systemStream, signed, 0); err != nil {
		return paper.Paper{}, err
	}
	n, last, index, err := a.reread(ctx, schema.Stream(id), signed, uint64(len(r.Entries)))
	if err != nil {
		return paper.Paper{}, err
	}
	s.Checked = []string{
		"The signatures of the checkpoint below were verified with the keys of the log.",
		fmt.Sprintf("All %d entries of record %s were read from the store anew and opened; their numbers have no gap, each holds the hash of the one before, and what each holds has the hash that its leaf states. The last leaf has the hash %s.", n, id, last),
		fmt.Sprintf("That leaf is number %d of the log under that checkpoint: the proof of it was made and verified.", index+1),
	}
	for _, row := range p.accesses {
		if row.Outcome == "released" {
			s.Given++
		} else {
			s.Denied++
		}
	}
	for _, o := range r.Openings {
		used, _ := r.Entry(o.Used.Entry)
		if day := o.Used.Fact.Happened; o.Used.IsZero() || day.Before(s.From) || day.After(s.To) {
			continue
		}
		s.Privileged = append(s.Privileged, paper.Access{When: o.Used.Fact.Happened.String(), Who: o.Used.Fact.Worker + ", " + used.Actor.Agency,
			Why: strings.TrimSpace(o.Used.Fact.Reason + ": " + o.Used.Fact.Detail), Outcome: o.Reviewed.Fact.Finding})
	}
	h, err := a.paperHead(ctx, p, "Statement of the reliability of the system", whole(id, r))
	return paper.Reliability(h, p.officer, s), err
}

// reread reads a stream from the store up to an entry, 0 for all, opens every event
// and proves the last under a checkpoint. It returns the last entry's number, the
// hash of its leaf and its index in the log. What does not hold is an error.
func (a *app) reread(ctx context.Context, stream string, c proof.Signed, upto uint64) (n uint64, leaf string, index int64, err error) {
	var last eventstore.Recorded
	var before seal.Hash
	for e, err := range a.store.ReadStream(ctx, stream, 0) {
		if err != nil {
			return n, "", 0, err
		}
		if upto > 0 && n == upto {
			break
		}
		opened, err := a.sealed.Open(e)
		if err != nil {
			return n, "", 0, fmt.Errorf("stream %s: entry %d: %w", stream, n+1, err)
		}
		if opened.Leaf.Seq != n+1 || opened.Leaf.Prev != before {
			return n, "", 0, fmt.Errorf("stream %s: entry %d: %w", stream, n+1, seal.ErrChain)
		}
		n, last, before = n+1, e, seal.HashLeaf(e.Metadata)
	}
	if n == 0 || n < upto {
		return n, "", 0, fmt.Errorf("stream %s has %d entries: %w", stream, n, seal.ErrChain)
	}
	if index, err = a.log.proofs.Index(c.Checkpoint, last.Position); err != nil {
		return n, "", 0, err
	}
	inclusion, err := a.log.proofs.ProveInclusion(c, index)
	if err == nil {
		err = proof.VerifyInclusion(before, inclusion, c.Checkpoint)
	}
	return n, hex.EncodeToString(before[:]), index, err
}

// accessed returns what the access ledger has of a record in a time of the command
// line's, at most accesslog.MaxRows. There may be no such ledger yet.
func accessed(ctx context.Context, data place, id domain.RecordID, p papering) ([]accesslog.Row, error) {
	if p.selection.From.IsZero() || p.selection.To.IsZero() || p.selection.From.DaysUntil(p.selection.To) >= accesslog.MaxDays {
		return nil, usageError{fmt.Errorf("--from and --to say which days the statement is of, at most %d", accesslog.MaxDays)}
	}
	if err := exists(data.ofAccess().dir); errors.As(err, &notReadyError{}) {
		return nil, nil
	}
	rows, err := searchAccess(ctx, data, accesslog.Query{Record: string(id), From: p.selection.From, To: p.selection.To, Limit: accesslog.MaxRows})
	if err == nil && len(rows) == accesslog.MaxRows {
		err = usageError{fmt.Errorf("the record was looked at %d times or more in that time: choose fewer days", accesslog.MaxRows)}
	}
	return rows, err
}

func redactionsPaper(ctx context.Context, a *app, id domain.RecordID, _ record.Record, p papering) (paper.Paper, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return paper.Paper{}, err
	}
	v, err := projections.Redacted(a.sealed.Payload, r, redaction.ID(p.redaction))
	if err != nil {
		return paper.Paper{}, err
	}
	h, err := a.paperHead(ctx, p, "Schedule of redactions", whole(id, v.Record))
	return paper.Redactions(h, v.Reader, []paper.Withholding{{Record: id, Variant: v}}), err
}
