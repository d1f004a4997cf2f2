// Package pdf writes a paper as a PDF: tagged PDF/A-2a, with the fonts that it
// uses embedded, in type of twelve points or more, with bookmarks. The same paper
// is the same bytes. It reads none, and asks nothing of a network or of the
// machine's fonts.
package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/carlos7ags/folio/document"
	"github.com/carlos7ags/folio/font"
	"github.com/carlos7ags/folio/layout"
	"github.com/carlos7ags/folio/unicode/grapheme"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"

	"caseledger/adapters/paper"
)

const (
	size   = 12 // points: what courts ask for at least
	margin = 56.7
)

var headingSizes = [...]float64{1: 18, 2: 15, 3: 12}

// Write writes the paper. A character for which no font has a glyph stands as its
// number, [U+1F600], so that nobody takes it for another.
func Write(w io.Writer, p paper.Paper) error {
	s, err := newSetter()
	if err != nil {
		return err
	}
	tooTall := false
	doc := document.NewDocument(document.PageSizeA4)
	doc.SetMargins(layout.Margins{Top: margin, Right: margin, Bottom: margin, Left: margin})
	doc.SetTagged(true)
	doc.SetAutoBookmarks(true)
	doc.SetPdfA(document.PdfAConfig{Level: document.PdfA2A})
	doc.SetViewerPreferences(document.ViewerPreferences{PageMode: document.ModeOutlines, DisplayDocTitle: true, OpenPage: 0, OpenZoom: "100"})
	doc.Info = document.Info{Title: shown(p.Title), Author: shown(p.Author), Creator: "caseledger", Producer: "caseledger", CreationDate: p.Made, ModDate: p.Made}
	doc.SetFooterElement(func(at document.PageContext) layout.Element {
		return s.paragraph(paper.Plain(fmt.Sprintf("%s – page %d of %d", p.Footer, at.PageIndex+1, at.TotalPages)), size)
	})
	for _, block := range p.Blocks {
		doc.Add(s.block(block, &tooTall))
	}
	file, err := doc.ToBytes()
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	if tooTall {
		return ErrTooTall
	}
	if err := identify(file); err != nil {
		return err
	}
	_, err = w.Write(file)
	return err
}

// ErrTooTall says that a row of a table does not fit on a page, where a part of it
// would be cut off.
var ErrTooTall = errors.New("pdf: a row of a table is taller than a page")

var errNoID = errors.New("pdf: the file has no identifier of the form expected")

// identify makes the file's identifier, which is drawn at random, of its content.
func identify(file []byte) error {
	at := bytes.LastIndex(file, []byte("/ID ["))
	if at < 0 {
		return errNoID
	}
	end := bytes.IndexByte(file[at:], ']')
	if end < 0 {
		return errNoID
	}
	var places [][]byte
	for rest := file[at : at+end]; ; {
		open := bytes.IndexByte(rest, '<')
		if open < 0 || len(rest) < open+34 || rest[open+33] != '>' {
			break
		}
		places, rest = append(places, rest[open+1:open+33]), rest[open+34:]
	}
	if len(places) != 2 {
		return errNoID
	}
	for _, id := range places {
		copy(id, strings.Repeat("0", len(id)))
	}
	sum := sha256.Sum256(file)
	for _, id := range places {
		hex.Encode(id, sum[:16])
	}
	return nil
}

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

func (s setter) block(b paper.Block, tooTall *bool) layout.Element {
	switch b := b.(type) {
	case paper.Heading:
		h := layout.NewHeadingEmbedded(b.Text, layout.HeadingLevel(b.Level), s.bold[0])
		h.SetRuns(s.runs(paper.Paragraph{{Text: b.Text, Bold: true}}, headingSizes[b.Level])).SetBookmarkLevel(b.Level)
		return kept{h, withHeading, nil}
	case paper.Paragraph:
		return s.paragraph(b, size).SetSpaceAfter(4)
	case paper.Table:
		return kept{s.table(b), 0, tooTall}
	}
	return layout.NewStyledParagraph()
}

func (s setter) paragraph(p paper.Paragraph, points float64) *layout.Paragraph {
	out := layout.NewStyledParagraph(s.runs(p, points)...)
	if len(p) > 0 && paper.IsRightToLeft(p[0].Text) {
		out.SetDirection(layout.DirectionRTL)
	}
	return out
}

// withHeading is how much of a page has to be left for a heading: it stands above
// something.
const withHeading = 150

// forced is the height with which the layout asks for what does not fit on an empty
// page.
const forced = 1e9

// kept is an element that begins on the next page rather than beyond the end of
// this one: a table puts its head and its first row where there is room or not.
type kept struct {
	layout.Element
	room    float64 // points that it needs to begin
	tooTall *bool   // is set where it does not fit on an empty page either
}

// PlanLayout implements layout.Element.
func (k kept) PlanLayout(area layout.LayoutArea) layout.LayoutPlan {
	if area.Height < k.room {
		return layout.LayoutPlan{Status: layout.LayoutNothing}
	}
	plan := k.Element.PlanLayout(area)
	switch {
	case plan.Consumed > area.Height:
		return layout.LayoutPlan{Status: layout.LayoutNothing}
	case k.tooTall != nil && area.Height == forced:
		*k.tooTall = true
	case k.tooTall != nil && plan.Overflow != nil:
		plan.Overflow = kept{plan.Overflow, 0, k.tooTall}
	}
	return plan
}

func (s setter) table(t paper.Table) layout.Element {
	out := layout.NewTable()
	widths := make([]float64, len(t.Widths))
	for i, w := range t.Widths {
		widths[i] = (document.PageSizeA4.Width - 2*margin) * float64(w) / 100
	}
	out.SetColumnWidths(widths)
	head := out.AddHeaderRow()
	for _, title := range t.Head {
		head.AddCellElement(s.paragraph(paper.Paragraph{{Text: title, Bold: true}}, size))
	}
	for _, row := range t.Rows {
		line := out.AddRow()
		for _, c := range row {
			line.AddCellElement(s.cell(c))
		}
	}
	return out
}

func (s setter) cell(c paper.Cell) layout.Element {
	div := layout.NewDiv()
	for _, p := range c {
		div.Add(s.paragraph(p, size).SetSpaceAfter(2))
	}
	return div
}

// runs cuts text where its font changes.
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
		shown := shown(run.Text)
		for at := 0; at < len(shown); {
			next := grapheme.NextBreak(shown, at)
			cluster, in := fit(shown[at:next], fonts)
			if in != current {
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
