package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/carlos7ags/folio/font"
	"github.com/carlos7ags/folio/layout"
	"github.com/carlos7ags/folio/unicode/grapheme"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// turned is a paragraph that has letters read from right to left, which the layout
// sets from left to right within a word. Its letters stand as Unicode Standard
// Annex 9 says. They are written as they stand, from the left, which is what others'
// programs look for; the structure has them in the order of reading.
type turned struct {
	letters     []letter // in the order of reading; of white space one at a time
	points      float64
	rightToLeft bool
}

// letter is a character with its marks, or several that have one shape together.
type letter struct {
	shape string // the character that is drawn, and its marks
	says  string
	font  *font.EmbeddedFont
	level int     // of Annex 9: what has an odd one is set from right to left
	wide  float64 // points
}

func newTurned(runs []layout.TextRun, rightToLeft bool, points float64) *turned {
	t := &turned{points: points, rightToLeft: rightToLeft}
	var all strings.Builder
	for _, run := range runs {
		all.WriteString(run.Text)
	}
	levels := levelsOf(all.String(), rightToLeft)
	for _, run := range runs {
		for _, l := range joined(run.Text, run.Embedded) {
			l.level = levels[0]
			levels = levels[utf8.RuneCountInString(l.says):]
			if l.says == " " && len(t.letters) > 0 && t.letters[len(t.letters)-1].says == " " {
				continue
			}
			if l.level%2 == 1 {
				l.shape = mirrored(l.shape, l.font)
			}
			takes, _ := apart(l.shape)
			l.wide = l.font.MeasureString(takes, points)
			t.letters = append(t.letters, l)
		}
	}
	return t
}

// levelsOf returns the level of each character of a paragraph: 0 or 2 of what is set
// from left to right, 1 of what is set from right to left.
func levelsOf(text string, rightToLeft bool) []int {
	mark, base := "\u200e", bidi.LeftToRight // has the direction of the paragraph
	if rightToLeft {
		mark, base = "\u200f", bidi.RightToLeft
	}
	levels := make([]int, 0, len(mark)+len(text))
	var p bidi.Paragraph
	if _, err := p.SetString(mark+text, bidi.DefaultDirection(base)); err == nil {
		if order, err := p.Order(); err == nil {
			for i := range order.NumRuns() {
				run := order.Run(i)
				characters := []rune(run.String())
				inner, level := len(characters), 2
				switch {
				case run.Direction() == bidi.RightToLeft:
					level = 1
				case !rightToLeft && i == 0:
					inner = 0
				case !rightToLeft:
					inner = digits(characters)
				}
				levels = append(levels, slices.Repeat([]int{level}, inner)...)
				levels = append(levels, make([]int, len(characters)-inner)...)
			}
		}
	}
	levels = append(levels, make([]int, max(0, 1+utf8.RuneCountInString(text)-len(levels)))...)
	return levels[1:]
}

// digits is how many characters at the beginning are a number. One that follows what
// is set from right to left belongs to that, and what stands behind the number does
// not.
func digits(characters []rune) (n int) {
	for i, r := range characters {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			return n
		case bidi.EN, bidi.AN:
			n = i + 1
		case bidi.ET, bidi.NSM:
			if n == i && i > 0 {
				n = i + 1
			}
		}
	}
	return n
}

// joined cuts text into letters. Those of Arabic have the shapes that they have beside
// their neighbours.
func joined(text string, in *font.EmbeddedFont) []letter {
	var all []letter
	begin := 0
	for at := 0; at < len(text); {
		next := grapheme.NextBreak(text, at)
		all = append(all, letter{shape: text[at:next], says: text[at:next], font: in})
		if at = next; at == len(text) || strings.ContainsRune(all[len(all)-1].says, '\u200c') { // what says that letters do not join
			all = append(all[:begin], shaped(all[begin:])...)
			begin = len(all)
		}
	}
	return all
}

// shaped gives letters their shapes; where the font does not have them all, the
// letters as they are.
func shaped(letters []letter) []letter {
	var bare []rune // the marks do not change a shape
	for _, l := range letters {
		r, _ := utf8.DecodeRuneInString(l.says)
		bare = append(bare, r)
	}
	face := letters[0].font.Face()
	var all []letter
	at := 0
	for _, r := range layout.ShapeArabicWithFont(string(bare), face) {
		n := 1
		if !slices.Contains(bare, r) {
			n = utf8.RuneCountInString(norm.NFKC.String(string(r)))
		}
		if at+n > len(letters) || face.GlyphIndex(r) == 0 {
			return letters
		}
		l := letter{shape: string(r), font: letters[at].font}
		for _, part := range letters[at : at+n] {
			_, size := utf8.DecodeRuneInString(part.says)
			l.shape += part.says[size:]
			l.says += part.says
		}
		all, at = append(all, l), at+n
	}
	if at != len(letters) {
		return letters
	}
	return all
}

// mirrored is a shape as it is where text goes from right to left: what opens there
// opens to the left.
func mirrored(shape string, in *font.EmbeddedFont) string {
	first, size := utf8.DecodeRuneInString(shape)
	other := bidi.ReverseString(string(first))
	switch first {
	case '<':
		other = ">"
	case '>':
		other = "<"
	case '«':
		other = "»"
	case '»':
		other = "«"
	}
	if !has(in, other) {
		return shape
	}
	return other + shape[size:]
}

// apart returns what takes room of a shape, and the marks that stand on it.
func apart(shape string) (takes string, marks []rune) {
	for i, r := range shape {
		switch p := grapheme.PropertyOf(r); {
		case r == '\u200c' || r == '\u200d': // say how letters join, and have no shape
		case i > 0 && p == grapheme.PropExtend:
			marks = append(marks, r)
		default:
			takes += string(r)
		}
	}
	return takes, marks
}

// PlanLayout sets the lines that fit in an area, and one at least.
func (t *turned) PlanLayout(area layout.LayoutArea) layout.LayoutPlan {
	plan := layout.LayoutPlan{Status: layout.LayoutFull}
	high := t.points * leading / size
	for rest := t.letters; ; {
		line, after, wide := nextLine(rest, area.Width)
		if len(line) == 0 {
			return plan
		}
		if plan.Consumed+high > area.Height && len(plan.Blocks) > 0 {
			plan.Status = layout.LayoutPartial
			plan.Overflow = &turned{letters: rest, points: t.points, rightToLeft: t.rightToLeft}
			return plan
		}
		x := 0.0
		if t.rightToLeft {
			x = area.Width - wide
		}
		says := ""
		for _, l := range line {
			says += l.says
		}
		plan.Blocks = append(plan.Blocks, layout.PlacedBlock{X: x, Y: plan.Consumed, Width: wide, Height: high, AltText: says,
			Draw: func(ctx layout.DrawContext, x, top float64) { t.draw(ctx, line, x, top-high) }})
		plan.Consumed += high
		rest = after
	}
}

// nextLine returns as many letters as fit on a line, the rest, and how wide the line
// is in points.
func nextLine(letters []letter, width float64) (line, rest []letter, wide float64) {
	for len(letters) > 0 && letters[0].says == " " {
		letters = letters[1:]
	}
	end := len(letters)
	space := 0
	for i, l := range letters {
		if l.says == " " {
			space = i
		}
		wide += l.wide
		if wide > width && i > 0 && l.says != " " {
			if end = i; space > 0 {
				end = space
			}
			break
		}
	}
	line, rest = letters[:end], letters[end:]
	if end > 0 && line[end-1].says == " " {
		line = line[:end-1]
	}
	wide = 0
	for _, l := range line {
		wide += l.wide
	}
	return line, rest, wide
}

// standing returns the letters of a line as they stand, from the left.
func standing(line []letter) []letter {
	line = slices.Clone(line)
	for level := 2; level > 0; level-- { // rule L2
		for from := 0; from < len(line); from++ {
			to := from
			for to < len(line) && line[to].level >= level {
				to++
			}
			slices.Reverse(line[from:to])
			from = to
		}
	}
	return line
}

func (t *turned) draw(ctx layout.DrawContext, line []letter, x, bottom float64) {
	var current *font.EmbeddedFont
	var baseline, scale float64
	ctx.Stream.BeginText()
	for _, l := range standing(line) {
		if l.font != current {
			current = l.font
			ctx.Stream.SetFont(nameOf(ctx.Page, current), t.points)
			face := current.Face()
			scale = t.points / float64(face.UnitsPerEm())
			baseline = bottom + (t.points*leading/size-float64(face.Ascent()+face.Descent())*scale)/2
		}
		l.draw(ctx, x, baseline, scale)
		x += l.wide
	}
	ctx.Stream.EndText()
}

// draw draws a letter, and its marks where the font says that they stand.
func (l letter) draw(ctx layout.DrawContext, x, y, scale float64) {
	takes, marks := apart(l.shape)
	ctx.Stream.SetTextMatrix(1, 0, 0, 1, x, y)
	if base := []rune(norm.NFKC.String(takes)); len(base) == 1 && !strings.HasPrefix(l.says, takes) && l.level%2 == 1 && !strings.ContainsRune(takes, base[0]) {
		// a program that reads the page is told the letter, not its shape
		ctx.Stream.ShowTextHex(l.font.EncodeGIDs([]uint16{l.font.Face().GlyphIndex([]rune(takes)[0])}, string(base)))
	} else {
		ctx.Stream.ShowTextHex(l.font.EncodeString(takes))
	}
	for _, mark := range marks {
		dx, dy := 0.0, 0.0
		if l.level%2 == 0 {
			dx = l.wide
		}
		if p, is := l.font.Face().(font.GPOSProvider); is && p.GPOS() != nil {
			first, _ := utf8.DecodeRuneInString(takes)
			if right, up, known := p.GPOS().MarkOffset(l.font.Face().GlyphIndex(first), l.font.Face().GlyphIndex(mark), font.GPOSMark); known {
				dx, dy = float64(right)*scale, float64(up)*scale
			}
		}
		ctx.Stream.SetTextMatrix(1, 0, 0, 1, x+dx, y+dy)
		ctx.Stream.ShowTextHex(l.font.EncodeString(string(mark)))
	}
}

// nameOf is the name that a font has on a page.
func nameOf(page *layout.PageResult, f *font.EmbeddedFont) string {
	for _, entry := range page.Fonts {
		if entry.Embedded == f {
			return entry.Name
		}
	}
	entry := layout.FontEntry{Name: fmt.Sprintf("F%d", len(page.Fonts)+1), Embedded: f}
	page.Fonts = append(page.Fonts, entry)
	return entry.Name
}
