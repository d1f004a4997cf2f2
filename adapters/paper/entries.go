package paper

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"caseledger/domain/note"
	"caseledger/projections"
)

// MaxEntries bounds one paper of entries in full.
const MaxEntries = 2_000

// ErrTooMany says that a paper would hold more than MaxEntries entries.
var ErrTooMany = fmt.Errorf("a paper holds at most %d entries: choose fewer", MaxEntries)

// ErrNothing says that nothing was chosen for a paper.
var ErrNothing = errors.New("nothing was chosen for the paper")

// Head is what a paper says of itself.
type Head struct {
	Title   string
	By      string
	Made    time.Time
	Footer  string
	Preface []string // stands below the title, a paragraph each
}

func (h Head) paper() Paper {
	p := Paper{Title: h.Title, Author: h.By, Made: h.Made.UTC().Truncate(time.Second), Footer: h.Footer, Blocks: []Block{Heading{1, h.Title}}}
	for _, line := range h.Preface {
		p.Blocks = append(p.Blocks, Plain(line))
	}
	return p
}

// Entries sets entries in full, in their order: who recorded each, when and how
// late, what became of it, and every field in plain words.
func Entries(h Head, entries []projections.FullEntry) (Paper, error) {
	switch {
	case len(entries) > MaxEntries:
		return Paper{}, ErrTooMany
	case len(entries) == 0:
		return Paper{}, ErrNothing
	}
	p, several := h.paper(), false
	for _, e := range entries {
		several = several || e.Record != entries[0].Record
	}
	for _, e := range entries {
		p.Blocks = append(append(p.Blocks, Reference{e.Entry, LeafPrefix(e.Leaf)}), entry(e, several)...)
	}
	return p, nil
}

// entry sets one entry.
func entry(e projections.FullEntry, several bool) []Block {
	blocks := []Block{referenceTo(e), Heading{2, entryTitle(e, several)}}
	for _, line := range standing(e) {
		blocks = append(blocks, line)
	}
	if e.Sentence != "" {
		blocks = append(blocks, Plain(e.Sentence))
	}
	lines, words := fieldRows(e.Sayings)
	blocks = append(blocks, tables([]int{35, 65}, []string{"Field", "What it says"}, lines)...)
	for _, p := range append(words, narrative(e.Passages)...) {
		blocks = append(blocks, p)
	}
	return append(blocks, tables([]int{26, 37, 37}, []string{"Changed by the correction", "Before", "Now"}, changedRows(e.Changes))...)
}

func referenceTo(e projections.FullEntry) Reference {
	return Reference{Entry: e.Entry, Leaf: e.Leaf[:min(leafPrefix, len(e.Leaf))]}
}

func entryTitle(e projections.FullEntry, several bool) string {
	day := undated
	if !e.Happened.IsZero() {
		day = strings.TrimSpace(e.Happened.String() + " " + e.Time)
	}
	title := day + ": " + kindInWords(e.Kind)
	if several && e.Person != "" {
		title = e.Person + ", " + title
	}
	return title
}

// kindInWords writes protection-plan.reviewed as "Protection plan reviewed".
func kindInWords(kind string) string {
	return capital(strings.NewReplacer("-", " ", ".", " ").Replace(kind))
}

// capital writes a text with a capital at its beginning.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// leafPrefix is how much of a leaf's hash stands on paper: 64 bits, by which nobody
// finds another leaf by chance.
const leafPrefix = 16

// standing says who recorded an entry, when, on what authority, and what became
// of it.
func standing(e projections.FullEntry) []Paragraph {
	late := ""
	if e.Lateness != nil && *e.Lateness > 0 {
		late = fmt.Sprintf(", %s after the day that it tells of", count(*e.Lateness, "day"))
	}
	all := []Paragraph{
		{{Text: fmt.Sprintf("Entry %d", e.Entry), Bold: true}, {Text: fmt.Sprintf(" (leaf %s) of record %s, recorded %s%s.",
			e.Leaf[:min(leafPrefix, len(e.Leaf))], e.Record, Stamp(e.Recorded), late)}},
		Plain(fmt.Sprintf("By %s, %s, %s, on the basis of %s, for the purpose %s.", e.Author.ID, spaced(e.Author.Role), spaced(e.Author.Agency), e.On.Basis, e.On.Purpose)),
	}
	if e.Late {
		all = append(all, Paragraph{{Text: "Late entry.", Bold: true}})
	}
	if c := e.Captured; c != nil {
		all = append(all, Plain(fmt.Sprintf("Made on device %s, without a connection, at %s by the device's clock.", c.Device, Stamp(c.At))))
	}
	if s := e.Source; s != nil {
		all = append(all, Plain(fmt.Sprintf("Imported: line %d of a file of the format %s whose SHA-256 is %s.", s.Line, s.Kind, s.File)))
		for _, f := range s.Flags {
			all = append(all, Plain(fmt.Sprintf("The imported data breaks the rule %s in the field %s.", f.Rule, f.Field)))
		}
	}
	if e.Corrects > 0 {
		all = append(all, Paragraph{{Text: fmt.Sprintf("Corrects entry %d: ", e.Corrects), Bold: true}, {Text: e.Reason}})
	}
	if e.Voids > 0 {
		all = append(all, Paragraph{{Text: fmt.Sprintf("Takes entry %d out of force as written in error: ", e.Voids), Bold: true}, {Text: e.Reason}})
	}
	if e.OutBy > 0 {
		all = append(all, Paragraph{{Text: fmt.Sprintf("No longer in force: see entry %d.", e.OutBy), Bold: true}})
	}
	return all
}

func spaced(code string) string { return strings.ReplaceAll(code, "-", " ") }

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// maxField is how long a field is in a table; a longer one stands below it as
// text.
const maxField = 300

// fieldRows sets short fields as rows, and long ones as text.
func fieldRows(sayings []projections.Saying) (rows [][]Cell, words []Paragraph) {
	for _, s := range sayings {
		if Room(s.Value) > maxField {
			words = append(words, Paragraph{{Text: s.Name, Bold: true}})
			words = append(words, lines(s.Value)...)
			continue
		}
		name := Paragraph{{Text: strings.Repeat("– ", s.Level) + s.Name, Bold: s.Value == ""}}
		rows = append(rows, spread(bounded([]Paragraph{name}, maxField), bounded(lines(s.Value), maxTold))...)
	}
	return rows, words
}

// lines are the lines of a text, a paragraph each.
func lines(text string) []Paragraph {
	var all []Paragraph
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) != "" {
			all = append(all, Plain(line))
		}
	}
	return all
}

// narrative sets the words of a note as they were typed: passages of one source
// follow one another in one paragraph until a line ends.
func narrative(passages []note.Passage) []Paragraph {
	var all []Paragraph
	var open Paragraph
	for i, p := range passages {
		for n, line := range strings.Split(strings.ReplaceAll(p.Text, "\r\n", "\n"), "\n") {
			if n > 0 && len(open) > 0 {
				all, open = append(all, open), nil
			}
			if strings.TrimSpace(line) != "" || len(open) > 0 && line != "" {
				open = append(open, Run{Text: line})
			}
		}
		if of := attribution(p); of != "" && (i+1 == len(passages) || attribution(passages[i+1]) != of) {
			if !strings.HasSuffix(p.Text, " ") {
				of = " " + of
			}
			open = append(open, Run{Text: of + " ", Italic: true})
		}
	}
	if len(open) > 0 {
		all = append(all, open)
	}
	return all
}

// attribution says whose a passage is, and what it must be treated as.
func attribution(p note.Passage) string {
	of := sources(p)
	if p.ThirdParty {
		of = append(of, "third party")
	}
	if p.Informant {
		of = append(of, "informant")
	}
	if len(of) == 0 {
		return ""
	}
	return "[" + strings.Join(of, ", ") + "]"
}

func changedRows(changes []projections.Reworded) [][]Cell {
	var rows [][]Cell
	for _, c := range changes {
		rows = append(rows, spread(bounded([]Paragraph{Plain(c.Name)}, maxField), bounded(said(c.Before), maxChanged), bounded(said(c.After), maxChanged))...)
	}
	return rows
}

const maxChanged = 500

func said(all []projections.Saying) []Paragraph {
	if len(all) == 0 {
		return []Paragraph{{{Text: "nothing", Italic: true}}}
	}
	var out []Paragraph
	for i, s := range all {
		if i == 0 && s.Value != "" {
			out = append(out, lines(s.Value)...)
			continue
		}
		if s.Level > 0 {
			out = append(out, lines(s.Name+": "+s.Value)...)
		}
	}
	return out
}

// spread sets columns, each cut into parts, as rows: a row has to fit on a page.
func spread(columns ...[]Cell) [][]Cell {
	var rows [][]Cell
	for i, parts := range columns {
		for n, part := range parts {
			if n == len(rows) {
				rows = append(rows, make([]Cell, len(columns)))
			}
			rows[n][i] = part
		}
	}
	return rows
}

// tables sets rows in as many tables as bounds ask for: none for no rows.
func tables(widths []int, head []string, rows [][]Cell) []Block {
	var all []Block
	for len(rows) > 0 {
		n := 1
		for n < min(len(rows), MaxRows) && roomOf(rows[:n+1]) <= maxTable {
			n++
		}
		all, rows = append(all, Table{Widths: widths, Head: head, Rows: rows[:n]}), rows[n:]
	}
	return all
}
