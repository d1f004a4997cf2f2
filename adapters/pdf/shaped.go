package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"unicode"

	"github.com/carlos7ags/folio/font"
	"github.com/carlos7ags/folio/layout"
	typeface "github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	order "github.com/go-text/typesetting/bidi"
)

// shaped is a paragraph that has letters read from right to left, or marks on its
// letters, which the layout does not set where they belong. Its letters stand as
// Unicode Standard Annex 9 says, in the shapes and with their marks where the font
// says. They are written as they stand, from the left, which is what others'
// programs look for; the structure has them in the order of reading.
type shaped struct {
	letters     []letter // in the order of reading; of white space one at a time
	points      float64
	rightToLeft bool
}

// letter is a character with its marks, or several that have one shape together.
type letter struct {
	glyphs []glyph // as they stand, from the left
	says   string
	font   *font.EmbeddedFont
	level  order.Level // what has an odd one is set from right to left
	wide   float64     // points
}

// glyph is a shape of a font, and how far it stands from where its letter begins.
type glyph struct {
	id        uint16
	says      rune
	right, up float64 // points
}

// needsShape reports whether the layout would set a character where it does not
// belong.
func needsShape(r rune) bool {
	return isRightToLeft(r) || unicode.Is(unicode.M, r) || joins(r)
}

// joins reports whether a character only says how those beside it look, and has no
// shape.
func joins(r rune) bool {
	return r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r)
}

func newShaped(runs []layout.TextRun, shapers map[*font.EmbeddedFont]*harfbuzz.Font, rightToLeft bool, points float64) *shaped {
	t := &shaped{points: points, rightToLeft: rightToLeft}
	var text []rune
	var fonts []*font.EmbeddedFont // of each character
	for _, run := range runs {
		text = append(text, []rune(run.Text)...)
		fonts = append(fonts, slices.Repeat([]*font.EmbeddedFont{run.Embedded}, len(text)-len(fonts))...)
	}
	levels := levelsOf(text, rightToLeft)
	for from := 0; from < len(text); {
		to := from + 1
		for to < len(text) && levels[to] == levels[from] && fonts[to] == fonts[from] {
			to++
		}
		for _, l := range lettersOf(text, from, to, shapers[fonts[from]], levels[from], points) {
			if l.says == " " && len(t.letters) > 0 && t.letters[len(t.letters)-1].says == " " {
				continue
			}
			l.font = fonts[from]
			t.letters = append(t.letters, l)
		}
		from = to
	}
	return t
}

// levelsOf returns the level of each character of a paragraph.
func levelsOf(text []rune, rightToLeft bool) []order.Level {
	base, direction := order.Level(0), order.LeftToRight
	if rightToLeft {
		base, direction = 1, order.RightToLeft
	}
	levels := slices.Repeat([]order.Level{base}, len(text))
	var p order.Paragraph
	runs := p.Segment(text, direction)
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		end := run.End
		if !rightToLeft && run.Level == 2 { // what stands behind the number is of the paragraph
			end = run.Start + digits(text[run.Start:run.End])
		}
		for at := run.Start; at < end; at++ {
			levels[at] = run.Level
		}
	}
	return levels
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

// newShaper makes what chooses and places the shapes of a font.
func newShaper(data []byte) (*harfbuzz.Font, error) {
	face, err := typeface.ParseTTF(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return harfbuzz.NewFont(face), nil
}

// lettersOf returns the letters of a part of a text that is in one font and at one
// level, in the order of reading. What stands before and behind it counts: letters
// of Arabic join with their neighbours.
func lettersOf(text []rune, from, to int, in *harfbuzz.Font, level order.Level, points float64) []letter {
	b := harfbuzz.NewBuffer()
	b.Flags = harfbuzz.RemoveDefaultIgnorables
	b.Props.Language, b.Props.Direction = "en", harfbuzz.LeftToRight
	if level%2 == 1 {
		b.Props.Direction = harfbuzz.RightToLeft
	}
	b.AddRunes(text, from, to-from)
	b.GuessSegmentProperties() // the script
	b.Shape(in, nil)
	scale := points / float64(in.XScale)
	var all []letter
	begins := []int{}
	for i, info := range b.Info {
		if i == 0 || info.Cluster != b.Info[i-1].Cluster {
			all, begins = append(all, letter{level: level}), append(begins, info.Cluster)
		}
		l, at := &all[len(all)-1], b.Pos[i]
		l.glyphs = append(l.glyphs, glyph{id: uint16(info.Glyph), right: l.wide + float64(at.XOffset)*scale, up: float64(at.YOffset) * scale})
		l.wide += float64(at.XAdvance) * scale
	}
	if level%2 == 1 {
		slices.Reverse(all)
		slices.Reverse(begins)
	}
	begins = append(begins, to)
	for i := range all {
		all[i].name(text[begins[i]:begins[i+1]], in)
	}
	return all
}

// name says what a letter and its glyphs say. A glyph says the character that it is
// the shape of, were it alone: a bracket that opens to the left is one that closes,
// and two letters that have one shape are the character that is both.
func (l *letter) name(says []rune, in *harfbuzz.Font) {
	l.says = string(says)
	may := slices.Clone(says)
	for _, r := range says {
		may = append(may, []rune(bidi.ReverseString(string(r)))...)
	}
	if len(l.glyphs) < len(says) {
		may = append(may, together(l.says)...)
	}
	for i, g := range l.glyphs {
		l.glyphs[i].says = says[0]
		if at := slices.IndexFunc(may, func(r rune) bool { id, has := in.Face().NominalGlyph(r); return has && uint16(id) == g.id }); at >= 0 {
			l.glyphs[i].says = may[at]
		}
	}
}

// together are the characters that are several in one.
func together(says string) (all []rune) {
	says = norm.NFC.String(says)
	for r := rune(0xfb1d); r <= 0xfefc; r++ { // the presentation forms of Hebrew and Arabic
		if norm.NFKC.String(string(r)) == says {
			all = append(all, r)
		}
	}
	return all
}

// PlanLayout sets the lines that fit in an area, and one at least.
func (t *shaped) PlanLayout(area layout.LayoutArea) layout.LayoutPlan {
	plan := layout.LayoutPlan{Status: layout.LayoutFull}
	high := t.points * leading / size
	for rest := t.letters; ; {
		line, after, wide := nextLine(rest, area.Width)
		if len(line) == 0 {
			return plan
		}
		if plan.Consumed+high > area.Height && len(plan.Blocks) > 0 {
			plan.Status = layout.LayoutPartial
			plan.Overflow = &shaped{letters: rest, points: t.points, rightToLeft: t.rightToLeft}
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
	for level := order.Level(2); level > 0; level-- { // rule L2
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

func (t *shaped) draw(ctx layout.DrawContext, line []letter, x, bottom float64) {
	var current *font.EmbeddedFont
	var baseline float64
	ctx.Stream.BeginText()
	for _, l := range standing(line) {
		if l.font != current {
			current = l.font
			ctx.Stream.SetFont(nameOf(ctx.Page, current), t.points)
			face := current.Face()
			baseline = bottom + (t.points*leading/size-float64(face.Ascent()+face.Descent())*t.points/float64(face.UnitsPerEm()))/2
		}
		for _, g := range l.glyphs {
			ctx.Stream.SetTextMatrix(1, 0, 0, 1, x+g.right, baseline+g.up)
			ctx.Stream.ShowTextHex(current.EncodeGIDs([]uint16{g.id}, string(g.says)))
		}
		x += l.wide
	}
	ctx.Stream.EndText()
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
