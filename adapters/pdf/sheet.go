package pdf

import (
	"fmt"
	"math"

	"github.com/carlos7ags/folio/content"
	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/layout"

	"caseledger/adapters/paper"
)

// Sheet is a page that has been written.
type Sheet struct {
	Number     int // in the order of writing, from 0
	References []paper.Reference
	Headings   []Heading

	page Ref
}

// Heading is a heading on a page.
type Heading struct {
	Level int
	Text  string
	Top   float64 // points from the bottom of the page
}

// Footer is what stands at the foot of a page, each on a line at most.
type Footer struct {
	Label  string // stands on the right, in bold
	Text   string // beside it
	Second string // below it
}

// Foot says what stands at the foot of a page. An error ends the writing.
type Foot func(Sheet) (Footer, error)

// open is the page being composed. What is on it is drawn at once; the page is
// written when it is full.
type open struct {
	Sheet
	width, height float64
	footTop       float64 // of the first line of the foot
	out           layout.PageResult
	top           float64 // where the next block goes, in points from the bottom
	tagged        []Ref   // the element of the structure that each piece of the content belongs to
	links         []Ref
	objects       map[string]Ref // pictures and pages of others drawn on it
}

func (b *Book) newPage(width, height float64) *open {
	return &open{
		Sheet: Sheet{Number: len(b.sheets), page: b.file.reserve()}, width: width, height: height, footTop: footTop,
		out: layout.PageResult{Stream: content.NewStream()}, top: height - margin, objects: map[string]Ref{},
	}
}

func (p *open) context() layout.DrawContext {
	return layout.DrawContext{Stream: p.out.Stream, Page: &p.out, ActualText: true}
}

// refer notes an entry that is told on the page.
func (p *open) refer(r paper.Reference) {
	if r == (paper.Reference{}) || len(p.References) > 0 && p.References[len(p.References)-1] == r {
		return
	}
	p.References = append(p.References, r)
}

// artifact draws what is no part of what the page says.
func (p *open) artifact(kind string, draw func(layout.DrawContext)) {
	p.out.Stream.AppendBytes([]byte("/Artifact " + kind + "\n"))
	draw(p.context())
	p.out.Stream.EndMarkedContent()
}

const (
	ruling    = "<< /Type /Layout >> BDC"
	footing   = "<< /Type /Pagination /Subtype /Footer >> BDC"
	cellSpace = 4 // points between the text of a cell and its border
)

// mark draws a piece of what the page says, and returns its number on the page.
func (p *open) mark(tag string, element Ref, draw func(layout.DrawContext)) core.PdfObject {
	number := len(p.tagged)
	p.tagged = append(p.tagged, element)
	p.out.Stream.BeginMarkedContentWithID(tag, number)
	draw(p.context())
	p.out.Stream.EndMarkedContent()
	return dict("Type", "MCR", "Pg", p.page, "MCID", core.NewPdfInteger(number))
}

func drawBlocks(blocks []layout.PlacedBlock, x, top float64) func(layout.DrawContext) {
	return func(ctx layout.DrawContext) {
		for _, block := range blocks {
			if block.Draw != nil {
				block.Draw(ctx, x+block.X, top-block.Y)
			}
		}
	}
}

// element writes an element of the structure, whose parts have been written.
func (b *Book) element(ref, parent Ref, tag string, kids []core.PdfObject, more ...any) {
	d := dict(append([]any{"Type", "StructElem", "S", tag, "P", parent}, more...)...)
	if len(kids) > 0 {
		d.Set("K", core.NewPdfArray(kids...))
	}
	b.file.put(ref, d)
}

// say draws text as an element of its own.
func (b *Book) say(parent Ref, tag string, blocks []layout.PlacedBlock, x, top float64) Ref {
	ref := b.file.reserve()
	b.element(ref, parent, tag, []core.PdfObject{b.page.mark(tag, ref, drawBlocks(blocks, x, top))})
	return ref
}

// lead draws text that leads to another page.
func (b *Book) lead(parent Ref, blocks []layout.PlacedBlock, x, top float64, to Ref, says string) Ref {
	p, ref, link := b.page, b.file.reserve(), b.file.reserve()
	piece := p.mark("Link", link, drawBlocks(blocks, x, top))
	left, low, right, high := math.Inf(1), math.Inf(1), 0.0, 0.0
	for _, block := range blocks {
		left, right = min(left, x+block.X), max(right, x+block.X+block.Width)
		low, high = min(low, top-block.Y-block.Height), max(high, top-block.Y)
	}
	annotation := b.file.add(dict("Type", "Annot", "Subtype", "Link", "Rect", numbers(left, low, right, high), "Border", numbers(0, 0, 0), "F", number(4),
		"Contents", text(says), "Dest", destination(to, a4High), "StructParent", number(b.number(link))))
	p.links = append(p.links, annotation)
	b.element(link, ref, "Link", []core.PdfObject{piece, dict("Type", "OBJR", "Obj", annotation, "Pg", p.page)})
	b.element(ref, parent, "P", []core.PdfObject{link})
	return ref
}

// destination is a place on a page that leaves the size of the view as it is.
func destination(page Ref, top float64) core.PdfObject {
	return core.NewPdfArray(page, core.NewPdfName("XYZ"), number(0), core.NewPdfReal(top), core.NewPdfNull())
}

// number gives an element its number in the tree of parents.
func (b *Book) number(of Ref) int {
	b.parents = append(b.parents, of)
	return len(b.parents) - 1
}

// turn writes the page, and begins another of the size of a paper.
func (b *Book) turn() error {
	if err := b.end(); err != nil {
		return err
	}
	b.page = b.newPage(a4Wide, a4High)
	return nil
}

// end writes the page being composed.
func (b *Book) end() error {
	p := b.page
	b.page = nil
	foot, err := b.foot(p.Sheet)
	if err != nil {
		return err
	}
	b.drawFoot(p, foot)
	resources := dict("Font", b.fontsOf(p))
	if len(p.objects) > 0 {
		objects := core.NewPdfDictionary()
		for i := range len(p.objects) {
			name := fmt.Sprintf("X%d", i)
			objects.Set(name, p.objects[name])
		}
		resources.Set("XObject", objects)
	}
	page := dict("Type", "Page", "Parent", b.pages, "MediaBox", numbers(0, 0, p.width, p.height), "Resources", resources,
		"Contents", b.file.add(core.NewPdfStreamCompressed(p.out.Stream.Bytes())), "Tabs", "S")
	if len(p.tagged) > 0 {
		page.Set("StructParents", number(b.number(b.file.add(array(p.tagged)))))
	}
	if len(p.links) > 0 {
		page.Set("Annots", array(p.links))
	}
	b.file.put(p.page, page)
	b.sheets = append(b.sheets, p.page)
	b.written = append(b.written, p.Sheet)
	return b.file.err
}

func (b *Book) drawFoot(p *open, foot Footer) {
	label := b.line(paper.Run{Text: foot.Label, Bold: true}, textWide)
	right := p.width - margin
	for _, block := range label {
		right = min(right, p.width-margin-block.Width)
	}
	p.artifact(footing, drawBlocks(label, right, p.footTop))
	p.artifact(footing, drawBlocks(b.line(paper.Run{Text: foot.Text}, max(right-margin-size, 1)), margin, p.footTop))
	if foot.Second != "" {
		p.artifact(footing, drawBlocks(b.line(paper.Run{Text: foot.Second}, p.width-2*margin), margin, p.footTop-leading))
	}
}

// line is as much of a text as fits on a line.
func (b *Book) line(run paper.Run, width float64) []layout.PlacedBlock {
	plan := b.setter.paragraph(paper.Paragraph{run}, size).PlanLayout(layout.LayoutArea{Width: width, Height: forced})
	return plan.Blocks[:min(1, len(plan.Blocks))]
}

func (b *Book) fontsOf(p *open) *core.PdfDictionary {
	fonts := core.NewPdfDictionary()
	for _, f := range p.out.Fonts {
		ref, known := b.fonts[f.Embedded]
		if !known {
			ref = b.file.reserve()
			b.fonts[f.Embedded] = ref
			b.fontOrder = append(b.fontOrder, f.Embedded)
		}
		fonts.Set(f.Name, ref)
	}
	return fonts
}
