// Package paper is a paper before it is a file: headings, paragraphs and tables,
// in the order in which they are read. Packages docx and pdf write it. It never
// decides what a reader may see: what is not to be handed on is not in a paper.
package paper

import (
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// Paper is what a file is written of.
type Paper struct {
	Title  string
	Author string
	Made   time.Time // a property of the paper, so that writing it again gives the same file
	Footer string    // stands on every page beside its number
	Blocks []Block
}

// Block is a heading, a paragraph or a table, or says what the next ones tell.
//
//sumtype:decl
type Block interface{ block() }

// Heading is a heading of level 1 to 3.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is text in one or more runs.
type Paragraph []Run

// Run is text in one style.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
}

// Table has a head that is repeated on each page. Rows are bounded by who makes
// the table, see MaxRows.
type Table struct {
	Widths []int // of the columns, in hundredths of the whole
	Head   []string
	Rows   [][]Cell
	Of     []Reference // the entry that each row tells; may be shorter than Rows
	To     []string    // the label of the page that each row leads to in a bundle; may be shorter than Rows
}

// Reference says which entry the blocks after it tell, up to the next one. It is
// not set among them: the foot of a page of a bundle names those that stand on it.
type Reference struct {
	Entry uint64 `json:"entry"`
	Leaf  string `json:"leaf,omitempty"` // how the hash of its leaf begins
}

// LeafPrefix is how a leaf's hash begins, as the foot of a page has room for it.
func LeafPrefix(leaf string) string { return leaf[:min(len(leaf), leafPrefix)] }

// Cell holds paragraphs.
type Cell []Paragraph

func (Heading) block()   {}
func (Paragraph) block() {}
func (Table) block()     {}
func (Reference) block() {}

// MaxRows bounds one table: the layout of a longer one takes time in the square of
// its rows.
const MaxRows = 40

// Plain is a paragraph of one run.
func Plain(text string) Paragraph { return Paragraph{{Text: text}} }

// IsRightToLeft reports whether a text is read from right to left: its first
// strong character says so, as Unicode Standard Annex 9 has it.
func IsRightToLeft(text string) bool {
	for _, r := range text {
		switch class(r) {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// Piece is a part of a text in one direction.
type Piece struct {
	Text        string
	RightToLeft bool
}

// Pieces cuts a text where its direction changes. What has no direction of its own
// belongs to what stands before it.
func Pieces(text string) []Piece {
	var all []Piece
	begin, current := 0, false
	for i, r := range text {
		next := current
		switch class(r) {
		case bidi.L, bidi.EN:
			next = false
		case bidi.R, bidi.AL, bidi.AN:
			next = true
		}
		if next != current && i > begin {
			all, begin = append(all, Piece{text[begin:i], current}), i
		}
		current = next
	}
	if begin < len(text) {
		all = append(all, Piece{text[begin:], current})
	}
	return all
}

// Room returns how much room a text takes, in letters. A character for which a
// font may have no glyph, and its number stands instead, takes that of ten.
func Room(text string) int {
	n := 0
	for _, r := range text {
		n += room(r)
	}
	return n
}

func room(r rune) int {
	if r < 0x0700 || 0x1e00 <= r && r < 0x2c00 { // Latin, Greek, Cyrillic, Hebrew, Arabic; punctuation and signs
		return 1
	}
	return 10
}

// Cut cuts a text into parts that take at most so much room, which is ten or more,
// behind white space where there is some in the last quarter of a part. Joined they
// are the text.
func Cut(text string, limit int) []string {
	var parts []string
	for Room(text[:min(len(text), 4*limit)]) > limit { // or what is left is short
		end, taken := 0, 0
		for {
			r, size := utf8.DecodeRuneInString(text[end:])
			if taken += room(r); taken > limit {
				break
			}
			end += size
		}
		if space := strings.LastIndexAny(text[:end], " \n\t"); space > end*3/4 {
			end = space + 1
		}
		parts, text = append(parts, text[:end]), text[end:]
	}
	return append(parts, text)
}
