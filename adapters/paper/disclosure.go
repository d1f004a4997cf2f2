package paper

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
)

// Disclosed is what a disclosure gives to its reader. It holds what is shown and
// nothing else.
type Disclosed struct {
	ID, To, Reference string
	Made              time.Time
	By                string
	Protocol, Profile string // in words
	Basis, Necessity  string
	Reason            string // why not all goes
	Onward            []string
	Contacts          []string
	Package           string // fingerprint of the evidence package
	Checkpoint        string
	Entries           []DisclosedEntry
	Withheld          []WithheldCount
}

// DisclosedEntry is what is shown of one entry.
type DisclosedEntry struct {
	Entry   uint64
	Kind    string // the type of the event: "referral.received"
	Leaf    string // hash of its leaf, hexadecimal
	InForce bool
	Fields  []DisclosedField
}

// DisclosedField is a field as it was sealed: its path and its JSON text.
type DisclosedField struct{ Path, Value string }

// WithheldCount is how many fields are withheld on a ground.
type WithheldCount struct {
	Ground string
	Fields int
}

// Disclosure sets what is disclosed as a paper.
func Disclosure(d Disclosed) Paper {
	p := Paper{Title: "Disclosure to " + d.To, Author: d.By, Made: d.Made.UTC().Truncate(time.Second), Footer: "Disclosure " + d.ID}
	p.Blocks = append(p.Blocks, Heading{Level: 1, Text: p.Title})
	for _, line := range d.preface() {
		p.Blocks = append(p.Blocks, Plain(line))
	}
	p.Blocks = append(p.Blocks, list("Whom to call", d.Contacts)...)
	p.Blocks = append(p.Blocks, list("What may not be done with it", d.Onward)...)
	p.Blocks = append(p.Blocks, Heading{Level: 2, Text: "What is disclosed"})
	for entries := range slices.Chunk(d.Entries, MaxRows) {
		table := Table{Widths: []int{10, 14, 20, 56}, Head: []string{"Entry", "Day", "Kind", "What it says"}}
		for _, e := range entries {
			table.Rows = append(table.Rows, e.row())
		}
		p.Blocks = append(p.Blocks, table)
	}
	if len(d.Withheld) > 0 {
		p.Blocks = append(p.Blocks, Heading{Level: 2, Text: "What is withheld"})
		for _, w := range d.Withheld {
			p.Blocks = append(p.Blocks, Plain(fmt.Sprintf("%d fields: %s.", w.Fields, strings.TrimSuffix(w.Ground, "."))))
		}
	}
	return p
}

func (d Disclosed) preface() []string {
	lines := []string{fmt.Sprintf("Disclosure %s to %s, made %s by %s.", d.ID, d.To, Stamp(d.Made), d.By)}
	for _, part := range [][2]string{{"Your reference", d.Reference}, {"Protocol", d.Protocol}, {"What goes", d.Profile}, {"Legal basis", d.Basis},
		{"Why it is necessary", d.Necessity}, {"Why not all goes", d.Reason}} {
		if part[1] != "" {
			lines = append(lines, part[0]+": "+strings.TrimSuffix(part[1], ".")+".")
		}
	}
	return append(lines, "Fingerprint of the evidence package that proves it: "+d.Package+".", "Checkpoint of the ledger's log: "+d.Checkpoint+".")
}

func list(title string, lines []string) []Block {
	if len(lines) == 0 {
		return nil
	}
	blocks := []Block{Heading{Level: 2, Text: title}}
	for _, line := range lines {
		blocks = append(blocks, Plain(line))
	}
	return blocks
}

func (e DisclosedEntry) row() []Cell {
	on, says := "", Cell{}
	for _, f := range e.Fields {
		if f.Path == "/happened" {
			on = day(f)
			continue
		}
		says = append(says, Paragraph{{Text: strings.TrimPrefix(f.Path, "/") + ": ", Bold: true}, {Text: f.plain()}})
	}
	if !e.InForce {
		says = append(says, Paragraph{{Text: "No longer in force: it was corrected or entered in error.", Italic: true}})
	}
	return []Cell{{Plain(fmt.Sprint(e.Entry)), Plain(e.Leaf[:min(leafPrefix, len(e.Leaf))])}, {Plain(on)}, {Plain(kindInWords(e.Kind))}, says}
}

func day(f DisclosedField) string {
	if d, err := domain.ParseDate(f.plain()); err == nil {
		return d.Time().Format("2 January 2006")
	}
	return f.plain()
}

// plain returns a field's value for people: of a string its text, of a passage of
// a narrative its words and whose they are, of anything else its JSON.
func (f DisclosedField) plain() string {
	var text string
	if json.Unmarshal([]byte(f.Value), &text) == nil {
		return text
	}
	var passage struct {
		Text string `json:"text"`
		From string `json:"from"`
	}
	if json.Unmarshal([]byte(f.Value), &passage) == nil && passage.Text != "" {
		if passage.From != "" {
			return passage.Text + " (" + passage.From + ")"
		}
		return passage.Text
	}
	return f.Value
}
