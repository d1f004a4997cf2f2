package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/carlos7ags/folio/font"
	"github.com/carlos7ags/folio/layout"
	"github.com/carlos7ags/folio/unicode/grapheme"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-text/typesetting/harfbuzz"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"caseledger/adapters/paper"
)

// setter sets text in the fonts of one document: in the first that has a glyph for
// every character of a cluster.
type setter struct {
	regular, bold []*font.EmbeddedFont
	shapers       map[*font.EmbeddedFont]*harfbuzz.Font
}

func newSetter() (setter, error) {
	s := setter{shapers: map[*font.EmbeddedFont]*harfbuzz.Font{}}
	for _, f := range []struct {
		to   *[]*font.EmbeddedFont
		data []byte
	}{
		{&s.regular, liberationsansregular.TTF}, {&s.regular, dejavusans.TTF},
		{&s.bold, liberationsansbold.TTF}, {&s.bold, dejavusansbold.TTF},
	} {
		face, err := font.ParseFont(f.data)
		if err != nil {
			return s, fmt.Errorf("pdf: %w", err)
		}
		embedded := font.NewEmbeddedFont(face)
		if s.shapers[embedded], err = newShaper(f.data); err != nil {
			return s, fmt.Errorf("pdf: %w", err)
		}
		*f.to = append(*f.to, embedded)
	}
	return s, nil
}

// paragraph sets a paragraph: one with letters that need their shapes letter by
// letter, any other word by word.
func (s setter) paragraph(p paper.Paragraph, points float64) layout.Element {
	runs := s.runs(p, points)
	if slices.ContainsFunc(p, func(run paper.Run) bool { return strings.ContainsFunc(shown(run.Text), needsShape) }) {
		return newShaped(runs, s.shapers, paper.IsRightToLeft(p[0].Text), points)
	}
	return layout.NewStyledParagraph(runs...)
}

// runs cuts text where its font changes.
func (s setter) runs(p paper.Paragraph, points float64) []layout.TextRun {
	var all []layout.TextRun
	for _, run := range p {
		fonts := s.regular
		if run.Bold {
			fonts = s.bold
		}
		all = append(all, cut(shown(run.Text), fonts, points)...)
	}
	return all
}

func isRightToLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN
}

// cut cuts text where its font changes.
func cut(words string, fonts []*font.EmbeddedFont, points float64) []layout.TextRun {
	var all []layout.TextRun
	var text strings.Builder
	var current *font.EmbeddedFont
	end := func() {
		if text.Len() > 0 {
			all = append(all, layout.NewRunEmbedded(text.String(), current, points))
		}
		text.Reset()
	}
	for at := 0; at < len(words); {
		next := grapheme.NextBreak(words, at)
		cluster, in := fit(words[at:next], fonts)
		if in != current {
			end()
			current = in
		}
		text.WriteString(cluster)
		at = next
	}
	end()
	return all
}

// shown is text without what has no shape: control characters are white space, and
// what is no character at all is one that says so. A letter and its accent are one
// character where there is one: the layout sets it better.
func shown(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '\ufffe', r == '\uffff':
			return unicode.ReplacementChar
		case unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c':
			return -1
		}
		return r
	}, text))
}

// fit returns the first font that has every character of a cluster, or the
// cluster as numbers in the first font.
func fit(cluster string, fonts []*font.EmbeddedFont) (string, *font.EmbeddedFont) {
	for _, f := range fonts {
		if has(f, cluster) {
			return cluster, f
		}
	}
	var numbers strings.Builder
	for _, r := range cluster {
		switch f := fonts[0]; {
		case f.Face().GlyphIndex(r) != 0:
			numbers.WriteRune(r)
		case !joins(r):
			fmt.Fprintf(&numbers, "[U+%04X]", r)
		}
	}
	return numbers.String(), fonts[0]
}

func has(f *font.EmbeddedFont, cluster string) bool {
	for _, r := range cluster {
		if f.Face().GlyphIndex(r) == 0 && !joins(r) {
			return false
		}
	}
	return true
}

// utf16be is a text as PDF keeps it outside of a page.
func utf16be(s string) string {
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return string(out)
}
