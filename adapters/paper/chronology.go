package paper

import (
	"fmt"
	"strings"
	"time"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/note"
	"caseledger/projections"
)

const undated = "Day not known"

// Chronology sets a story as a paper: what it was chosen by, and a table for each
// year, oldest first.
func Chronology(s projections.Story) Paper {
	p := Paper{Title: s.Title, Author: s.By, Made: s.Built.UTC().Truncate(time.Second), Footer: "Chronology " + string(s.Chronology)}
	p.Blocks = append(p.Blocks, Heading{1, s.Title})
	for _, line := range preface(s) {
		p.Blocks = append(p.Blocks, Plain(line))
	}
	year := ""
	for _, row := range s.Rows {
		if of := yearOf(row); of != year {
			year = of
			p.Blocks = append(p.Blocks, Heading{2, year})
		}
		p.add(Reference{row.Entry, LeafPrefix(row.Leaf)}, cells(row, len(s.Parts) > 1)...)
	}
	return p
}

// add appends rows that tell an entry to the last table, or begins one.
func (p *Paper) add(of Reference, rows ...[]Cell) {
	for _, row := range rows {
		last, isTable := p.Blocks[len(p.Blocks)-1].(Table)
		if !isTable || len(last.Rows) == MaxRows || roomOf(last.Rows)+roomOf([][]Cell{row}) > maxTable {
			last = Table{Widths: []int{16, 54, 30}, Head: []string{"Day", "What happened", "Who says so, and how it stands"}}
			p.Blocks = append(p.Blocks, last)
		}
		last.Rows, last.Of = append(last.Rows, row), append(last.Of, of)
		p.Blocks[len(p.Blocks)-1] = last
	}
}

func roomOf(rows [][]Cell) int {
	n := 0
	for _, row := range rows {
		for _, cell := range row {
			for _, p := range cell {
				n += aLine + Room(textOf(p))
			}
		}
	}
	return n
}

func yearOf(row projections.StoryRow) string {
	day := row.Happened
	if row.Gap != nil {
		day = row.Gap.Before
	}
	if day.IsZero() {
		return undated
	}
	return fmt.Sprint(day.Time().Year())
}

// preface says what the chronology is of, and what it leaves out.
func preface(s projections.Story) []string {
	lines := []string{fmt.Sprintf("Chronology %s, built %s by %s.", s.Chronology, Stamp(s.Built), s.By)}
	for _, p := range s.Parts {
		name := "Record " + string(p.Record)
		if p.Person != "" {
			name = p.Person + ", record " + string(p.Record)
		}
		lines = append(lines, fmt.Sprintf("%s, as known when entry %d was its last (%s): %d of %d entries in force are told.", name, p.Known, Stamp(p.Recorded), p.Told, p.InForce))
	}
	lines = append(lines, "Chosen by: "+chosenBy(s.Selection)+".")
	if s.Selection.GapDays > 0 {
		lines = append(lines, fmt.Sprintf("A gap is marked where nothing at all is recorded for more than %d days.", s.Selection.GapDays))
	}
	lines = append(lines, readership(s)...)
	return append(lines, "Each row names the entry that it comes from. What others told in confidence, and sensitive notes, are left out where the row says so.")
}

// readership says for whom a variant is, and why something is withheld.
func readership(s projections.Story) []string {
	if s.For == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("Prepared for: %s (redaction %s). What is withheld was taken out before this was written; where it stood, the ground stands in square brackets.", s.For.Reader, s.For.Redaction)}
	for _, g := range s.For.Grounds {
		lines = append(lines, fmt.Sprintf("Withheld, %s: %s (%s.)", g.Name, g.Explanation, g.Law))
	}
	return lines
}

func chosenBy(s chronology.Selection) string {
	var by []string
	days := func(word string, d domain.Date) {
		if !d.IsZero() {
			by = append(by, word+" "+d.String())
		}
	}
	words := func(what string, list []string) {
		if len(list) > 0 {
			by = append(by, what+" "+strings.Join(list, ", "))
		}
	}
	days("from", s.From)
	days("to", s.To)
	words("kinds", s.Kinds)
	words("sources", s.Sources)
	words("tags", s.Tags)
	if len(by) == 0 {
		return "nothing: every entry in force"
	}
	return strings.Join(by, "; ")
}

// Stamp writes a time to the minute, as papers do.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// cells are the rows of a table that tell one row of a story: more than one where
// its words are long.
func cells(row projections.StoryRow, several bool) [][]Cell {
	if g := row.Gap; g != nil {
		return [][]Cell{{{Paragraph{{Text: "Gap", Bold: true}}},
			{Paragraph{{Text: fmt.Sprintf("Nothing is recorded between %s and %s: %d days.", g.After, g.Before, g.Days), Italic: true}}}, {}}}
	}
	var rows [][]Cell
	for i, words := range bounded(told(row, several), maxTold) {
		if i == 0 {
			rows = append(rows, []Cell{dayOf(row), words, {}})
			continue
		}
		rows = append(rows, []Cell{{Plain("(continued)")}, words, {}})
	}
	for i, words := range bounded(saidBy(row), maxSaid) {
		if i == len(rows) {
			rows = append(rows, []Cell{{Plain("(continued)")}, {}, {}})
		}
		rows[i][2] = words
	}
	return rows
}

func dayOf(row projections.StoryRow) Cell {
	day := undated
	if !row.Happened.IsZero() {
		day = strings.TrimSpace(row.Happened.String() + " " + row.Time)
	}
	cell := Cell{Paragraph{{Text: day, Bold: true}}}
	switch {
	case row.AgeYears != nil:
		cell = append(cell, Plain(fmt.Sprintf("aged %d", *row.AgeYears)))
	case row.WeeksBeforeBirth != nil:
		cell = append(cell, Plain(fmt.Sprintf("%d weeks before birth", *row.WeeksBeforeBirth)))
	}
	return cell
}

func told(row projections.StoryRow, several bool) []Paragraph {
	head := Paragraph{}
	if several && row.Person != "" {
		head = append(head, Run{Text: row.Person + ": ", Bold: true})
	}
	all := []Paragraph{append(head, Run{Text: row.Sentence})}
	for _, p := range row.Passages {
		all = append(all, passage(p))
	}
	if row.Impact != nil {
		all = append(all, Paragraph{{Text: "What it meant (" + row.Impact.By + "): ", Bold: true}, {Text: strings.Join(row.Impact.Text, "")}})
	}
	return all
}

// passage is a passage of a note with whose it is.
func passage(p note.Passage) Paragraph {
	out := Paragraph{{Text: p.Text}}
	if of := sources(p); len(of) > 0 {
		out = append(out, Run{Text: " [" + strings.Join(of, ", ") + "]", Italic: true})
	}
	return out
}

// sources say what a passage is, and whose.
func sources(p note.Passage) []string {
	var of []string
	if p.Kind != "" {
		of = append(of, p.Kind)
	}
	switch {
	case p.OwnWords && p.From != "":
		of = append(of, "in the words of "+p.From)
	case p.From != "":
		of = append(of, "according to "+p.From)
	}
	return of
}

func saidBy(row projections.StoryRow) []Paragraph {
	all := []Paragraph{Plain(fmt.Sprintf("%s, %s, %s.", row.Author, row.Role, row.Source)),
		Plain(fmt.Sprintf("Entry %d, recorded %s%s.", row.Entry, Stamp(row.Recorded), lateness(row)))}
	if row.First != row.Entry {
		all = append(all, Plain(fmt.Sprintf("It corrects entry %d.", row.First)))
	}
	for _, s := range row.Stands {
		text := ""
		if s.Note != "" {
			text = ": " + s.Note
		}
		all = append(all, Paragraph{{Text: capital(s.Stand) + " by " + s.Party, Bold: true}, {Text: text}})
	}
	if len(row.Tags) > 0 {
		all = append(all, Paragraph{{Text: strings.Join(row.Tags, ", "), Italic: true}})
	}
	return all
}

func lateness(row projections.StoryRow) string {
	if !row.Late {
		return ""
	}
	return fmt.Sprintf(", %d days later", *row.Lateness)
}

// How much room the cells of a row have, in letters: a row has to fit on a page
// that a program cannot break it over.
const (
	maxTold = 1_000
	maxSaid = 400
	aLine   = 20 // what a paragraph takes at least

	maxTable = 8_000 // some pages: a table is laid out again on each
)

// bounded spreads paragraphs over cells that have so much room each.
func bounded(all []Paragraph, limit int) []Cell {
	cells, room := []Cell{{}}, limit
	for _, p := range all {
		room -= aLine
		var line Paragraph
		end := func() {
			if len(line) > 0 {
				cells[len(cells)-1] = append(cells[len(cells)-1], line)
			}
			line = nil
		}
		for _, run := range p {
			for i, text := range Cut(run.Text, limit) {
				n := Room(text)
				if begun := len(line) > 0 || len(cells[len(cells)-1]) > 0; i > 0 || n > room && begun {
					end()
					cells, room = append(cells, Cell{}), limit
				}
				line = append(line, Run{text, run.Bold, run.Italic})
				room -= n
			}
		}
		end()
	}
	return cells
}
