package paper_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/projections"
)

// inFull is an entry in full in which says is what somebody typed.
func inFull(says string) projections.FullEntry {
	late := 12
	return projections.FullEntry{Record: domain.RecordID(strings.Repeat("a", 32)), Person: "Ann", Entry: 7, First: 5, Leaf: strings.Repeat("0123456789abcdef", 4),
		Happened: domain.MustDate("2026-01-05"), Time: "14:05", Recorded: time.Date(2026, 1, 17, 10, 0, 0, 0, time.UTC), Lateness: &late, Late: true, Kind: "note.written",
		Author: domain.Actor{ID: "sw-001", Role: "social-worker", Agency: "anytown"}, On: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"},
		Sayings:  []projections.Saying{{Level: 0, Name: "Kind", Value: "visit"}, {Level: 0, Name: "Present"}, {Level: 1, Name: "Name", Value: says}},
		Passages: []note.Passage{{Text: says, Kind: "reported", From: "mother", OwnWords: true, ThirdParty: true}},
		Corrects: 5, Reason: says, OutBy: 9,
		Changes: []projections.Reworded{{Name: "Kind", Before: []projections.Saying{{Name: "Kind", Value: "call"}}, After: []projections.Saying{{Name: "Kind", Value: "visit"}}}}}
}

func entriesPaper(t *testing.T, entries ...projections.FullEntry) paper.Paper {
	t.Helper()
	p, err := paper.Entries(paper.Head{Title: "Entries in full", By: "anytown"}, entries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnEntryInFullSaysAllThatItHoldsAndWhatBecameOfIt(t *testing.T) {
	got := text(entriesPaper(t, inFull("She was hungry.")))
	last := -1
	for _, want := range []string{
		"# 2026-01-05 14:05: Note written", "Entry 7 (leaf 0123456789abcdef) of record aaaa", "recorded 2026-01-17 10:00 UTC, 12 days after the day that it tells of.",
		"By sw-001, social worker, anytown, on the basis of children-act-1989-s17, for the purpose assessment.", "Late entry.",
		"Corrects entry 5: She was hungry.", "No longer in force: see entry 9.", "Kind\nvisit", "Present", "– Name\nShe was hungry.",
		"She was hungry. [reported, in the words of mother, third party]", "Kind\ncall\nvisit",
	} {
		at := strings.Index(got, want)
		if at < 0 || at < last {
			t.Errorf("%q stands at %d, after %d, in\n%s", want, at, last, got)
		}
		last = max(last, at)
	}
}

func TestPassagesOfOneSourceReadAsTheyWereTyped(t *testing.T) {
	e := inFull("x")
	e.Passages = []note.Passage{{Text: "She opened "}, {Text: "the door.\n"}, {Text: "“Go,” ", From: "mother"}, {Text: "she said.", From: "mother"}}
	if got := text(entriesPaper(t, e)); !strings.Contains(got, "\nShe opened the door.\n“Go,” she said. [according to mother] \n") {
		t.Errorf("%s", got)
	}
}

func TestNoPaperOfEntriesIsEmptyOrWithoutBounds(t *testing.T) {
	if _, err := paper.Entries(paper.Head{}, nil); !errors.Is(err, paper.ErrNothing) {
		t.Errorf("no entries: %v", err)
	}
	if _, err := paper.Entries(paper.Head{}, make([]projections.FullEntry, paper.MaxEntries+1)); !errors.Is(err, paper.ErrTooMany) {
		t.Errorf("too many entries: %v", err)
	}
}

func TestTheTablesOfAnEntryAreBoundedAndLoseNothing(t *testing.T) {
	e := inFull("x")
	long := strings.Repeat("all that was said. ", 2_000)
	e.Sayings, e.Changes[0].After[0].Value = nil, long
	for i := range 500 {
		e.Sayings = append(e.Sayings, projections.Saying{Name: fmt.Sprint("Field ", i), Value: strings.Repeat("w ", 100)})
	}
	e.Sayings = append(e.Sayings, projections.Saying{Name: "Long", Value: long})
	p := entriesPaper(t, e)
	rows := 0
	for _, b := range p.Blocks {
		if table, is := b.(paper.Table); is {
			rows += len(table.Rows)
			if len(table.Rows) > paper.MaxRows {
				t.Errorf("a table of %d rows", len(table.Rows))
			}
		}
	}
	flat := strings.ReplaceAll(text(p), "\n", "")
	if n := strings.Count(flat, "all that was said. "); rows < 500 || n != 4_000 {
		t.Errorf("%d rows, and %d of 4000 sentences", rows, n)
	}
}
