package pdf

import (
	"errors"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/layout"

	"caseledger/adapters/paper"
)

const (
	size    = 12 // points: what courts ask for at least
	margin  = 56.7
	leading = 14.4
	a4Wide  = 595.28
	a4High  = 841.89

	footTop    = 48 // of the first of two lines at most
	bottom     = footTop + 10
	textWide   = a4Wide - 2*margin
	withBlock  = 150 // how much of a page a heading needs: it stands above something
	forced     = 1e9 // the height of an area without an end
	rowSpacing = 2
)

var headingSizes = [...]float64{1: 18, 2: 15, 3: 12}

// ErrTooTall says that a row of a table does not fit on a page, where a part of it
// would be cut off.
var ErrTooTall = errors.New("pdf: a row of a table is taller than a page")

// Set sets blocks on pages of their own, and returns the pages.
func (b *Book) Set(blocks []paper.Block, foot Foot) ([]Sheet, error) {
	b.foot, b.written, b.reference, b.level = foot, nil, paper.Reference{}, 0
	b.page = b.newPage(a4Wide, a4High)
	for _, block := range blocks {
		if err := b.place(block); err != nil {
			return nil, err
		}
		if err := b.each(); err != nil {
			return nil, err
		}
	}
	if err := b.end(); err != nil {
		return nil, err
	}
	return b.written, nil
}

func (b *Book) place(block paper.Block) error {
	switch block := block.(type) {
	case paper.Reference:
		b.reference = block
	case paper.Heading:
		return b.heading(block)
	case paper.Paragraph:
		return b.flow(b.setter.paragraph(block, size), "P", 4)
	case paper.Table:
		return b.table(block)
	}
	return nil
}

// heading sets a heading. One that skips a level would mislead who hears the paper
// read: it is set as of the next level.
func (b *Book) heading(h paper.Heading) error {
	level := max(1, min(h.Level, b.level+1, len(headingSizes)-1))
	b.level = level
	if b.page.top < b.page.height-margin {
		b.page.top -= headingSizes[level] / 2
	}
	if b.page.top-withBlock < bottom {
		if err := b.turn(); err != nil {
			return err
		}
	}
	b.page.Headings = append(b.page.Headings, Heading{level, h.Text, b.page.top})
	return b.flow(b.setter.paragraph(paper.Paragraph{{Text: h.Text, Bold: true}}, headingSizes[level]), string('H')+string(rune('0'+level)), 6)
}

// flow sets lines, over as many pages as they need.
func (b *Book) flow(lines layout.Element, tag string, after float64) error {
	for {
		room := b.page.top - bottom
		plan := lines.PlanLayout(layout.LayoutArea{Width: textWide, Height: max(room, 1)})
		if plan.Consumed > room && b.page.top < b.page.height-margin {
			if err := b.turn(); err != nil {
				return err
			}
			continue
		}
		if len(plan.Blocks) > 0 {
			b.page.refer(b.reference)
			b.kid(b.say(b.parent(), tag, plan.Blocks, margin, b.page.top))
		}
		b.page.top -= plan.Consumed + after
		if plan.Overflow == nil {
			return nil
		}
		lines = plan.Overflow
		if err := b.turn(); err != nil {
			return err
		}
	}
}

// placed is a row of a table before it is on a page.
type placed struct {
	cells  [][][]layout.PlacedBlock // of each cell its paragraphs
	tops   [][]float64              // how far below the top of the row each begins
	words  []string                 // of each cell its first paragraph, for who follows a link
	height float64
}

func (b *Book) row(cells []paper.Cell, widths []int) placed {
	row := placed{height: leading + 2*cellSpace}
	for i, width := range widths {
		var cell paper.Cell
		if i < len(cells) {
			cell = cells[i]
		}
		var blocks [][]layout.PlacedBlock
		var tops []float64
		at, words := float64(cellSpace), ""
		for _, p := range cell {
			plan := b.setter.paragraph(p, size).PlanLayout(layout.LayoutArea{Width: textWide*float64(width)/100 - 2*cellSpace, Height: forced})
			if len(plan.Blocks) == 0 {
				continue
			}
			for _, run := range p {
				words += run.Text
			}
			blocks, tops = append(blocks, plan.Blocks), append(tops, at)
			at += plan.Consumed + rowSpacing
		}
		row.cells, row.tops, row.words = append(row.cells, blocks), append(row.tops, tops), append(row.words, words)
		row.height = max(row.height, at-rowSpacing+cellSpace)
	}
	return row
}

// table sets a table; one that goes over a page is a table on each, with its head.
func (b *Book) table(t paper.Table) error {
	var titles []paper.Cell
	for _, title := range t.Head {
		titles = append(titles, paper.Cell{{{Text: title, Bold: true}}})
	}
	head := b.row(titles, t.Widths)
	var table Ref
	var rows []core.PdfObject
	end := func() {
		if table != nil {
			b.element(table, b.parent(), "Table", rows)
			b.kid(table)
		}
		table, rows = nil, nil
	}
	for i, cells := range t.Rows {
		row := b.row(cells, t.Widths)
		if row.height+head.height > a4High-margin-bottom {
			return ErrTooTall
		}
		need := row.height
		if table == nil {
			need += head.height
		}
		if b.page.top-need < bottom {
			end()
			if err := b.turn(); err != nil {
				return err
			}
		}
		if table == nil {
			table = b.file.reserve()
			rows = append(rows, b.drawRow(table, head, t.Widths, "TH", ""))
		}
		if i < len(t.Of) {
			b.page.refer(t.Of[i])
		} else {
			b.page.refer(b.reference)
		}
		to := ""
		if i < len(t.To) {
			to = t.To[i]
		}
		rows = append(rows, b.drawRow(table, row, t.Widths, "TD", to))
		if err := b.each(); err != nil {
			return err
		}
	}
	end()
	b.page.top -= 8
	return nil
}

var columnHead = dict("O", "Table", "Scope", "Column")

func (b *Book) drawRow(table Ref, row placed, widths []int, tag, to string) Ref {
	p, ref := b.page, b.file.reserve()
	p.artifact(ruling, func(ctx layout.DrawContext) {
		ctx.Stream.SetLineWidth(0.5)
		ctx.Stream.SetStrokeColorRGB(0.5, 0.5, 0.5)
		x := margin
		for _, w := range widths {
			wide := textWide * float64(w) / 100
			ctx.Stream.Rectangle(x, p.top-row.height, wide, row.height)
			x += wide
		}
		ctx.Stream.Stroke()
	})
	var cells []core.PdfObject
	x := margin
	for i, cell := range row.cells {
		of := b.file.reserve()
		var says []core.PdfObject
		for j, blocks := range cell {
			if page := b.labelled[to]; page != nil {
				says = append(says, b.lead(of, blocks, x+cellSpace, p.top-row.tops[i][j], page, row.words[i]+", page "+to))
			} else {
				says = append(says, b.say(of, "P", blocks, x+cellSpace, p.top-row.tops[i][j]))
			}
		}
		more := []any{}
		if tag == "TH" {
			more = []any{"A", columnHead}
		}
		b.element(of, ref, tag, says, more...)
		cells = append(cells, of)
		x += textWide * float64(widths[i]) / 100
	}
	b.element(ref, table, "TR", cells)
	p.top -= row.height
	return ref
}
