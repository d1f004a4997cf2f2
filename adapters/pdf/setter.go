package pdf

import (
	"fmt"
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

// runs cuts text where its font changes, and where what is read from the right
// touches what is not: a word of both, like a name in brackets, would be set twice.
func (s setter) runs(p paper.Paragraph, points float64) []layout.TextRun {
	var all []layout.TextRun
	for _, run := range p {
		fonts := s.regular
		if run.Bold {
			fonts = s.bold
		}
		var text strings.Builder
		var current *font.EmbeddedFont
		end := func() {
			if text.Len() > 0 {
				all = append(all, layout.NewRunEmbedded(text.String(), current, points))
			}
			text.Reset()
		}
		shown, leftward := shown(run.Text), false
		for at := 0; at < len(shown); {
			next := grapheme.NextBreak(shown, at)
			cluster, in := fit(shown[at:next], fonts)
			turns := strings.TrimSpace(cluster) != "" && paper.IsRightToLeft(cluster) != leftward
			if turns {
				leftward = !leftward
			}
			if in != current || turns {
				end()
				current = in
			}
			text.WriteString(cluster)
			at = next
		}
		end()
	}
	return all
}

// shown is text without what has no shape: control characters are white space, and
// what is no character at all is one that says so.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '\ufffe', r == '\uffff':
			return unicode.ReplacementChar
		case unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c':
			return -1
		}
		return r
	}, text)
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
