package pdf

import (
	"fmt"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/layout"
)

// Placed is a page made by others: a picture, or a page of another file. It is not
// made smaller: its foot stands below it.
type Placed struct {
	Width, Height float64    // points
	Matrix        [6]float64 // from the space of its objects to that of the page
	Objects       []Object
	Text          bool   // it shows text; what shows none is a figure
	Says          string // of a figure: what it is
}

// Object is a picture or a form that has been added, and where it goes.
type Object struct {
	Ref    Ref
	Matrix [6]float64
}

// strip is the room, in points, that the foot of a placed page takes below it.
const strip = 30

// Reserve returns the name of an object that Put writes later.
func (b *Book) Reserve() Ref { return b.file.reserve() }

// Put writes an object that has been reserved.
func (b *Book) Put(ref Ref, object core.PdfObject) { b.file.put(ref, object) }

// Add writes an object.
func (b *Book) Add(object core.PdfObject) Ref { return b.file.add(object) }

// Place makes a page of what others have made.
func (b *Book) Place(placed Placed, foot Foot) (Sheet, error) {
	b.foot, b.written = foot, nil
	b.page = b.newPage(placed.Width, placed.Height+strip)
	b.page.footTop = strip - 8
	tag, more := "P", []any{}
	if !placed.Text {
		tag, more = "Figure", []any{"Alt", text(placed.Says), "A", dict("O", "Layout", "Placement", "Block", "BBox", numbers(0, strip, placed.Width, placed.Height+strip))}
	}
	ref := b.file.reserve()
	m := placed.Matrix
	m[5] += strip
	piece := b.page.mark(tag, ref, func(ctx layout.DrawContext) {
		for i, object := range placed.Objects {
			name := fmt.Sprintf("X%d", i)
			b.page.objects[name] = object.Ref
			o := object.Matrix
			ctx.Stream.SaveState()
			ctx.Stream.ConcatMatrix(m[0], m[1], m[2], m[3], m[4], m[5])
			ctx.Stream.ConcatMatrix(o[0], o[1], o[2], o[3], o[4], o[5])
			ctx.Stream.Do(name)
			ctx.Stream.RestoreState()
		}
	})
	b.element(ref, b.parent(), tag, []core.PdfObject{piece}, more...)
	b.kid(ref)
	if err := b.each(); err != nil {
		return Sheet{}, err
	}
	if err := b.end(); err != nil {
		return Sheet{}, err
	}
	return b.written[0], nil
}
