package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/carlos7ags/folio/font"
	"github.com/carlos7ags/folio/layout"
	"github.com/carlos7ags/folio/unicode/grapheme"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"caseledger/adapters/paper"
)

// setter sets text in the fonts of one document: in the first that has a glyph for
// every character of a cluster.
type setter struct{ regular, bold []*font.EmbeddedFont }

func newSetter() (setter, error) {
	var s setter
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
		*f.to = append(*f.to, font.NewEmbeddedFont(face))
	}
	return s, nil
}

func (s setter) paragraph(p paper.Paragraph, points float64) *layout.Paragraph {
	out := layout.NewStyledParagraph(s.runs(p, points)...)
	if len(p) > 0 && paper.IsRightToLeft(p[0].Text) {
		out.SetDirection(layout.DirectionRTL)
	}
	return out
}

// apart raises every other run by nothing that can be seen, so that the layout does
// not take the punctuation at its beginning for a part of the word before it.
const apart = 1e-9

// runs cuts text where its font changes, and, in a paragraph of two directions,
// between what has a direction of its own and what has none: the layout sets a word
// that has two twice.
func (s setter) runs(p paper.Paragraph, points float64) []layout.TextRun {
	var all []layout.TextRun
	mixed := slices.ContainsFunc(p, func(run paper.Run) bool { return strings.ContainsFunc(run.Text, isRightToLeft) })
	raised := 0.0
	for _, run := range p {
		fonts := s.regular
		if run.Bold {
			fonts = s.bold
		}
		words := shown(run.Text)
		if !mixed {
			all = append(all, cut(words, fonts, points, 0)...)
			continue
		}
		for _, piece := range paper.Pieces(words) {
			from, to := directed(piece.Text)
			for _, part := range []string{piece.Text[:from], piece.Text[from:to], piece.Text[to:]} {
				if part != "" {
					all = append(all, cut(part, fonts, points, raised)...)
					raised = apart - raised
				}
			}
		}
	}
	return all
}

func isRightToLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN
}

// directed is from where to where a text has characters with a direction of their
// own.
func directed(text string) (from, to int) {
	from = -1
	for at := 0; at < len(text); {
		next := grapheme.NextBreak(text, at)
		r, _ := utf8.DecodeRuneInString(text[at:])
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.L || p.Class() == bidi.EN || isRightToLeft(r) {
			to = next
			if from < 0 {
				from = at
			}
		}
		at = next
	}
	return max(from, 0), to
}

// cut cuts text where its font changes.
func cut(words string, fonts []*font.EmbeddedFont, points, raised float64) []layout.TextRun {
	var all []layout.TextRun
	var text strings.Builder
	var current *font.EmbeddedFont
	end := func() {
		if text.Len() > 0 {
			run := layout.NewRunEmbedded(text.String(), current, points)
			run.BaselineShift = raised
			all = append(all, run)
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
		if f := fonts[0]; f.Face().GlyphIndex(r) != 0 {
			numbers.WriteRune(r)
		} else {
			fmt.Fprintf(&numbers, "[U+%04X]", r)
		}
	}
	return numbers.String(), fonts[0]
}

func has(f *font.EmbeddedFont, cluster string) bool {
	for _, r := range cluster {
		if f.Face().GlyphIndex(r) == 0 {
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
