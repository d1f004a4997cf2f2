package paper_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/note"
	"caseledger/projections"
)

// story is one of three rows and a gap, in which says is what somebody typed.
func story(says string) projections.Story {
	late, years := 12, 7
	made := time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC)
	row := projections.StoryRow{Record: domain.RecordID(strings.Repeat("a", 32)), Person: "Ann", Entry: 5, First: 4, Happened: domain.MustDate("2026-01-05"), Time: "14:05",
		Recorded: made, Lateness: &late, Late: true, Kind: "note.written", Sentence: "Note (visit), present: " + says + ".", Author: "sw-001", Role: "social-worker", Source: "anytown",
		Passages: []note.Passage{{Text: says, Kind: "reported", From: "mother", OwnWords: true}}, AgeYears: &years, Tags: []string{says},
		Stands: []projections.Stand{{Party: "father", Stand: chronology.Disputed, Note: says}}, Impact: &projections.Impact{By: "guardian", Text: []string{says}}}
	unknown := row
	unknown.Happened, unknown.Entry, unknown.First = domain.Date{}, 6, 6
	return projections.Story{Chronology: "c1", Title: "Ann: " + says, Built: made, By: "sol-1", Selection: chronology.Selection{GapDays: 28, Tags: []string{"neglect"}},
		Parts: []projections.StoryPart{{Record: row.Record, Person: "Ann", Known: 9, Recorded: made, InForce: 8, Told: 2}},
		Rows:  []projections.StoryRow{row, {Gap: &projections.Gap{After: domain.MustDate("2026-01-05"), Before: domain.MustDate("2026-03-05"), Days: 58}}, unknown}}
}

func text(p paper.Paper) string {
	var all strings.Builder
	line := func(p paper.Paragraph) {
		for _, run := range p {
			all.WriteString(run.Text)
		}
		all.WriteString("\n")
	}
	for _, b := range p.Blocks {
		switch b := b.(type) {
		case paper.Heading:
			all.WriteString("# " + b.Text + "\n")
		case paper.Paragraph:
			line(b)
		case paper.Table:
			for _, row := range b.Rows {
				for _, cell := range row {
					for _, p := range cell {
						line(p)
					}
				}
			}
		}
	}
	return all.String()
}

func TestAChronologyOnPaperSaysWhoSaysItHowLateAndHowItStands(t *testing.T) {
	got := text(paper.Chronology(story("She was hungry.")))
	last := -1
	for _, want := range []string{
		"# Ann: She was hungry.", "entry 9 was its last", "2 of 8 entries", "tags neglect", "more than 28 days",
		"# 2026", "2026-01-05 14:05", "aged 7", "She was hungry. [reported, in the words of mother]", "What it meant (guardian): She was hungry.",
		"sw-001, social-worker, anytown.", "Entry 5, recorded 2026-11-22 10:00 UTC, 12 days later.", "It corrects entry 4.", "Disputed by father: She was hungry.",
		"Gap", "Nothing is recorded between 2026-01-05 and 2026-03-05: 58 days.", "# Day not known",
	} {
		at := strings.Index(got, want)
		if at < 0 || at < last {
			t.Errorf("%q stands at %d, after %d, in\n%s", want, at, last, got)
		}
		last = max(last, at)
	}
}

func TestLongWordsAreSpreadOverRowsAndManyRowsOverTablesAndNoneIsLost(t *testing.T) {
	long := strings.Repeat("all that was said that day and more. ", 3_000)
	s := story(long)
	for range 100 {
		s.Rows = append(s.Rows, s.Rows[1])
	}
	p := paper.Chronology(s)
	for _, b := range p.Blocks {
		table, ok := b.(paper.Table)
		if !ok {
			continue
		}
		if len(table.Rows) > paper.MaxRows {
			t.Errorf("a table of %d rows", len(table.Rows))
		}
		for _, row := range table.Rows {
			for _, cell := range row {
				if n := paper.Room(text(paper.Paper{Blocks: []paper.Block{paper.Table{Rows: [][]paper.Cell{{cell}}}}})); n > 1_100 {
					t.Errorf("a cell of %d letters", n)
				}
			}
		}
	}
	flat := strings.ReplaceAll(text(p), "\n", "")
	if n := strings.Count(strings.ReplaceAll(flat, "(continued)", ""), "all that was said that day and more. "); n < 10*3_000 {
		t.Errorf("%d of at least %d sentences are told", n, 10*3_000)
	}
}

func TestATextIsCutWithoutLossAndNeverInACharacter(t *testing.T) {
	for _, s := range []string{"", "ab", strings.Repeat("é ", 50), strings.Repeat("x", 101), "\xff\xfe" + strings.Repeat("日本", 40)} {
		parts := paper.Cut(s, 20)
		if strings.Join(parts, "") != s {
			t.Errorf("%q becomes %q", s, parts)
		}
		for _, p := range parts {
			if paper.Room(p) > 20 || utf8.ValidString(s) && !utf8.ValidString(p) {
				t.Errorf("%q", p)
			}
		}
	}
}

func TestDirectionsAreToldApart(t *testing.T) {
	got := fmt.Sprintf("%v", paper.Pieces("Ann said שלום עולם! and left"))
	if want := `[{Ann said  false} {שלום עולם!  true} {and left false}]`; got != want {
		t.Error(got)
	}
	if paper.IsRightToLeft("12 Ann") || !paper.IsRightToLeft("12 أحمد") {
		t.Error("the direction of a text is that of its first strong character")
	}
}

func TestNoCellOfTheTableIsAFormulaAndAllComeBack(t *testing.T) {
	for _, says := range []string{"=1+1", "+1", "-2+3", "@SUM(A1)", " =cmd|' /C calc'!A0", "\t=1", "\r=1", "|x", "%x", "\n=1", "\"quoted\", and\nbroken", "שלום", "😀", "e\u0301"} {
		s := story(says)
		s.Rows[0].Sentence = says
		var out bytes.Buffer
		if err := paper.WriteCSV(&out, s); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(out.Bytes())).ReadAll()
		if err != nil || len(rows) != 4 {
			t.Fatalf("%q: %d rows, %v", says, len(rows), err)
		}
		for _, row := range rows[1:] {
			for _, cell := range row {
				if trimmed := strings.TrimLeft(cell, " \t\r\n"); trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@|%") {
					t.Errorf("%q: the cell %q could be a formula", says, cell)
				}
			}
		}
		if !slices.ContainsFunc(rows[1], func(c string) bool { return strings.ReplaceAll(strings.TrimPrefix(c, "'"), "\r\n", "\n") == says }) && says != "\r=1" {
			t.Errorf("%q is not in %q", says, rows[1])
		}
	}
	if paper.Inert("-12") != "-12" || paper.Inert("") != "" {
		t.Error("a number is no formula")
	}
}

func FuzzNoTextBecomesAFormulaOrIsLost(f *testing.F) {
	for _, s := range []string{"=1", " -x", "-1", "", "\t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := paper.Inert(s)
		if strings.TrimPrefix(got, "'") != s && got != s {
			t.Errorf("%q becomes %q", s, got)
		}
		if strings.Join(paper.Cut(s, 10), "") != s {
			t.Errorf("%q is cut with loss", s)
		}
		var joined strings.Builder
		for _, p := range paper.Pieces(s) {
			joined.WriteString(p.Text)
		}
		if joined.String() != s {
			t.Errorf("%q in pieces is %q", s, joined.String())
		}
	})
}
