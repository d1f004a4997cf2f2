package binder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/carlos7ags/folio/core"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"caseledger/adapters/pdf"
)

// Limits of a file that is bound.
const (
	MaxFile      = 256 << 20 // bytes
	MaxFilePages = 5_000
	maxDepth     = 100 // of objects in each other
	maxDecoded   = 256 << 20
	maxPaper     = 14_400 // points: the longest side of a page that viewers show
)

// upload is a PDF that was uploaded. Of its pages what they show is bound: their
// content, what it uses, and how fields and stamps look. Nothing that could act
// comes along.
type upload struct {
	id    string
	file  *model.Context
	book  *pdf.Book
	refs  map[int]pdf.Ref
	fonts map[string]bool // that are not embedded
	text  bool            // of the page being copied: it shows text
}

// noConfig keeps the library from writing its settings into the home directory.
var noConfig = sync.OnceFunc(api.DisableConfigDir)

// openUpload reads a PDF. The library is known to panic on files that are damaged
// on purpose: it is told as damage.
func openUpload(ctx context.Context, id string, file []byte) (u *upload, err error) {
	defer func() {
		if p := recover(); p != nil {
			u, err = nil, &DocumentError{id, Corrupt, nil}
		}
	}()
	noConfig()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	read, err := pdfcpu.ReadWithContext(ctx, bytes.NewReader(file), conf)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, pdfcpu.ErrWrongPassword), read != nil && (read.Encrypt != nil || read.E != nil):
		return nil, &DocumentError{id, Encrypted, nil}
	case err != nil && bytes.Contains(file, []byte("/Encrypt")):
		return nil, &DocumentError{id, Encrypted, nil}
	case err != nil:
		return nil, &DocumentError{id, Corrupt, nil}
	}
	u = &upload{id: id, file: read, refs: map[int]pdf.Ref{}, fonts: map[string]bool{}}
	return u, u.fault()
}

// fault says why a file that can be read cannot be bound.
func (u *upload) fault() error {
	if err := u.file.EnsurePageCount(); err != nil || u.file.PageCount < 1 {
		return &DocumentError{u.id, Corrupt, nil}
	}
	if u.file.PageCount > MaxFilePages {
		return &DocumentError{u.id, TooManyPages, nil}
	}
	for _, entry := range u.file.Table {
		if entry != nil && !entry.Free && acts(entry.Object, 0) {
			return &DocumentError{u.id, Active, nil}
		}
	}
	if u.hidesLayers() {
		return &DocumentError{u.id, Layers, nil}
	}
	return nil
}

// acts says whether an object runs a script or starts a program.
func acts(object types.Object, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch o := object.(type) {
	case types.Dict:
		if s := o.NameEntry("S"); s != nil && slices.Contains([]string{"JavaScript", "Launch", "ImportData", "SubmitForm", "RichMediaExecute"}, *s) {
			return true
		}
		for key, value := range o {
			if key == "JS" || key == "XFA" || acts(value, depth+1) {
				return true
			}
		}
	case types.StreamDict:
		return acts(o.Dict, depth)
	case types.Array:
		for _, value := range o {
			if acts(value, depth+1) {
				return true
			}
		}
	}
	return false
}

func (u *upload) dict(object types.Object) types.Dict {
	o, err := u.file.Dereference(object)
	if err != nil {
		return nil
	}
	switch o := o.(type) {
	case types.Dict:
		return o
	case types.StreamDict:
		return o.Dict
	}
	return nil
}

func (u *upload) at(d types.Dict, key string) types.Object {
	value, _ := d.Find(key)
	return value
}

func (u *upload) catalog() types.Dict {
	d, err := u.file.Catalog()
	if err != nil {
		return nil
	}
	return d
}

func (u *upload) hidesLayers() bool {
	settings := u.dict(u.at(u.dict(u.at(u.catalog(), "OCProperties")), "D"))
	off, err := u.file.DereferenceArray(u.at(settings, "OFF"))
	base := settings.NameEntry("BaseState")
	return err == nil && len(off) > 0 || base != nil && *base == "OFF"
}

// leftOut is what the file has that is not bound.
func (u *upload) leftOut() []string {
	var all []string
	note := func(there bool, what string) {
		if there {
			all = append(all, what)
		}
	}
	root := u.catalog()
	names := u.dict(u.at(root, "Names"))
	note(u.at(names, "EmbeddedFiles") != nil || u.at(root, "AF") != nil, "attached files")
	note(u.at(root, "Outlines") != nil, "bookmarks")
	note(u.at(root, "AcroForm") != nil, "fields of a form: how they look is kept")
	note(u.at(root, "StructTreeRoot") != nil, "tags")
	return all
}

// notArchival is why nobody can say that the pages are fit for PDF/A.
func (u *upload) notArchival() []string {
	var all []string
	if stream, _, err := u.file.DereferenceStreamDict(u.at(u.catalog(), "Metadata")); err != nil || stream == nil || stream.DecodeWithLimit(maxDecoded) != nil || !bytes.Contains(stream.Content, []byte("pdfaid:part")) {
		all = append(all, "it does not claim to be PDF/A")
	}
	for name := range u.fonts {
		all = append(all, "font not embedded: "+name)
	}
	slices.Sort(all)
	return all
}

// page copies what a page shows, n from 1.
func (u *upload) page(n int) (placed pdf.Placed, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &DocumentError{u.id, Corrupt, nil}
		}
	}()
	fault := &DocumentError{u.id, Corrupt, fmt.Errorf("page %d", n)}
	page, _, inherited, err := u.file.PageDict(n, false)
	if err != nil || page == nil {
		return placed, fault
	}
	box := inherited.CropBox
	if box == nil {
		box = inherited.MediaBox
	}
	if box == nil || !(box.Width() >= 1 && box.Height() >= 1 && box.Width() <= maxPaper && box.Height() <= maxPaper) {
		return placed, fault
	}
	content, err := u.file.PageContent(page, n)
	if err != nil && !errors.Is(err, model.ErrNoContent) {
		return placed, fault
	}
	u.text = false
	resources := u.at(page, "Resources")
	if resources == nil {
		resources = inherited.Resources
	}
	copied, err := u.copy(resources, 0)
	if err != nil {
		return placed, fault
	}
	if _, isNull := copied.(*core.PdfNull); isNull {
		copied = core.NewPdfDictionary()
	}
	content, text := unmark(content)
	u.text = u.text || text
	form := core.NewPdfStreamCompressed(content)
	form.Dict.Set("Type", core.NewPdfName("XObject"))
	form.Dict.Set("Subtype", core.NewPdfName("Form"))
	form.Dict.Set("BBox", core.NewPdfArray(real(box.LL.X), real(box.LL.Y), real(box.UR.X), real(box.UR.Y)))
	form.Dict.Set("Resources", copied)
	if group := u.at(page, "Group"); group != nil {
		if g, err := u.copy(group, 0); err == nil {
			form.Dict.Set("Group", g)
		}
	}
	placed.Objects = append(placed.Objects, pdf.Object{Ref: u.book.Add(form), Matrix: [6]float64{1, 0, 0, 1, 0, 0}})
	u.appearances(page, &placed)
	placed.Matrix, placed.Width, placed.Height = upright(box, inherited.Rotate)
	placed.Text = u.text
	return placed, nil
}

// upright turns a page as its viewer would.
func upright(box *types.Rectangle, rotate int) (matrix [6]float64, width, height float64) {
	w, h := box.Width(), box.Height()
	switch ((rotate % 360) + 360) % 360 {
	case 90:
		return [6]float64{0, -1, 1, 0, -box.LL.Y, box.UR.X}, h, w
	case 180:
		return [6]float64{-1, 0, 0, -1, box.UR.X, box.UR.Y}, w, h
	case 270:
		return [6]float64{0, 1, -1, 0, box.UR.Y, -box.LL.X}, h, w
	}
	return [6]float64{1, 0, 0, 1, -box.LL.X, -box.LL.Y}, w, h
}

// appearances adds how fields, stamps and notes look.
func (u *upload) appearances(page types.Dict, placed *pdf.Placed) {
	annotations, err := u.file.DereferenceArray(u.at(page, "Annots"))
	if err != nil {
		return
	}
	for _, one := range annotations {
		a := u.dict(one)
		kind, flags := a.NameEntry("Subtype"), a.IntEntry("F")
		if kind == nil || *kind == "Link" || *kind == "Popup" || flags != nil && *flags&(2|32) != 0 {
			continue
		}
		look := u.at(u.dict(u.at(a, "AP")), "N")
		if state := a.NameEntry("AS"); state != nil {
			if states := u.dict(look); u.at(states, *state) != nil {
				look = u.at(states, *state)
			}
		}
		stream, _, err := u.file.DereferenceStreamDict(look)
		if err != nil || stream == nil {
			continue
		}
		rect, box := u.box(u.at(a, "Rect")), u.box(u.at(stream.Dict, "BBox"))
		if rect == nil || box == nil || box.Width() <= 0 || box.Height() <= 0 {
			continue
		}
		m := [6]float64{1, 0, 0, 1, 0, 0}
		if values, err := u.file.DereferenceArray(u.at(stream.Dict, "Matrix")); err == nil && len(values) == 6 {
			for i, v := range values {
				if n, err := u.file.DereferenceNumber(v); err == nil {
					m[i] = n
				}
			}
		}
		low, high := turned(box, m)
		if high.X-low.X <= 0 || high.Y-low.Y <= 0 {
			continue
		}
		object, err := u.copy(look, 0)
		ref, isRef := object.(pdf.Ref)
		if err != nil || !isRef {
			continue
		}
		x, y := rect.Width()/(high.X-low.X), rect.Height()/(high.Y-low.Y)
		placed.Objects = append(placed.Objects, pdf.Object{Ref: ref, Matrix: [6]float64{x, 0, 0, y, rect.LL.X - low.X*x, rect.LL.Y - low.Y*y}})
	}
}

func (u *upload) box(object types.Object) *types.Rectangle {
	values, err := u.file.DereferenceArray(object)
	if err != nil || len(values) != 4 {
		return nil
	}
	var n [4]float64
	for i, v := range values {
		if n[i], err = u.file.DereferenceNumber(v); err != nil {
			return nil
		}
	}
	return types.NewRectangle(min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3]))
}

// turned is the box around a box that a matrix has turned.
func turned(box *types.Rectangle, m [6]float64) (low, high types.Point) {
	for i, corner := range []types.Point{{X: box.LL.X, Y: box.LL.Y}, {X: box.UR.X, Y: box.LL.Y}, {X: box.LL.X, Y: box.UR.Y}, {X: box.UR.X, Y: box.UR.Y}} {
		x, y := m[0]*corner.X+m[2]*corner.Y+m[4], m[1]*corner.X+m[3]*corner.Y+m[5]
		if i == 0 {
			low, high = types.Point{X: x, Y: y}, types.Point{X: x, Y: y}
		}
		low, high = types.Point{X: min(low.X, x), Y: min(low.Y, y)}, types.Point{X: max(high.X, x), Y: max(high.Y, y)}
	}
	return low, high
}

func real(n float64) core.PdfObject { return core.NewPdfReal(n) }

var errTooDeep = errors.New("objects nested too deep")

// dropped is what a page may name that is not part of how it looks.
var dropped = []string{"Parent", "Metadata", "PieceInfo", "StructParent", "StructParents", "AF", "OPI", "Ref", "OC", "PS", "LastModified", "A", "AA", "Length", "Interpolate", "Alternates"}

// copy writes an object, and all that it names, into the book.
func (u *upload) copy(object types.Object, depth int) (core.PdfObject, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	switch o := object.(type) {
	case types.IndirectRef:
		return u.copyRef(o, depth)
	case types.Dict:
		return u.copyDict(o, depth)
	case types.Array:
		all := core.NewPdfArray()
		for _, value := range o {
			v, err := u.copy(value, depth+1)
			if err != nil {
				return nil, err
			}
			all.Add(v)
		}
		return all, nil
	case types.Name:
		return core.NewPdfName(string(o)), nil
	case types.Integer:
		return core.NewPdfInteger(int(o)), nil
	case types.Float:
		return core.NewPdfReal(float64(o)), nil
	case types.Boolean:
		return core.NewPdfBoolean(bool(o)), nil
	case types.StringLiteral:
		raw, err := types.Unescape(o.Value())
		return core.NewPdfHexString(string(raw)), err
	case types.HexLiteral:
		raw, err := o.Bytes()
		return core.NewPdfHexString(string(raw)), err
	}
	return core.NewPdfNull(), nil
}

func (u *upload) copyRef(r types.IndirectRef, depth int) (core.PdfObject, error) {
	number := r.ObjectNumber.Value()
	if ref, known := u.refs[number]; known {
		return ref, nil
	}
	object, err := u.file.Dereference(r)
	if err != nil {
		return nil, err
	}
	if object == nil {
		return core.NewPdfNull(), nil
	}
	ref := u.book.Reserve()
	u.refs[number] = ref
	var copied core.PdfObject
	if stream, isStream := object.(types.StreamDict); isStream {
		copied, err = u.copyStream(stream, depth)
	} else {
		copied, err = u.copy(object, depth+1)
	}
	if err != nil {
		return nil, err
	}
	u.book.Put(ref, copied)
	return ref, nil
}

func (u *upload) copyDict(d types.Dict, depth int) (*core.PdfDictionary, error) {
	u.noteFont(d)
	out := core.NewPdfDictionary()
	keys := make([]string, 0, len(d))
	for key := range d {
		keys = append(keys, key)
	}
	slices.Sort(keys) // or the same file would be other bytes
	for _, key := range keys {
		if slices.Contains(dropped, key) {
			continue
		}
		value, err := u.copy(d[key], depth+1)
		if err != nil {
			return nil, err
		}
		out.Set(key, value)
	}
	return out, nil
}

// noteFont notes a font that is not embedded.
func (u *upload) noteFont(d types.Dict) {
	kind, sub := d.NameEntry("Type"), d.NameEntry("Subtype")
	if kind == nil || *kind != "Font" || sub == nil || *sub == "Type0" || *sub == "Type3" {
		return
	}
	descriptor := u.dict(u.at(d, "FontDescriptor"))
	for _, key := range []string{"FontFile", "FontFile2", "FontFile3"} {
		if u.at(descriptor, key) != nil {
			return
		}
	}
	name := "without a name"
	if n := d.NameEntry("BaseFont"); n != nil {
		name = *n
	}
	u.fonts[name] = true
}

// copyStream keeps a stream as it is coded, but for a part of a page, where what
// marks its parts is taken out, and for a coding that PDF/A does not allow.
func (u *upload) copyStream(s types.StreamDict, depth int) (core.PdfObject, error) {
	content, keep := s.Raw, true
	sub := s.Dict.NameEntry("Subtype")
	isForm := sub != nil && *sub == "Form"
	if isForm || slices.ContainsFunc(s.FilterPipeline, func(f types.PDFFilter) bool { return f.Name == "LZWDecode" }) {
		if err := s.DecodeWithLimit(maxDecoded); err != nil {
			return nil, err
		}
		content, keep = s.Content, false
	}
	if isForm {
		var text bool
		content, text = unmark(content)
		u.text = u.text || text
	}
	d, err := u.copyDict(s.Dict, depth)
	if err != nil {
		return nil, err
	}
	out := core.NewPdfStream(content)
	if !keep {
		d.Remove("Filter")
		d.Remove("DecodeParms")
		out.SetCompress(true)
	}
	out.Dict = d
	return out, nil
}

const (
	white   = "\x00\t\n\f\r "
	special = white + "()<>[]{}/%"
)

// unmark takes the marks of parts out of the content of a page, which would be
// taken for marks of the bundle, and says whether the content shows text.
func unmark(content []byte) (out []byte, text bool) {
	out = make([]byte, 0, len(content))
	from, at := 0, 0 // of what has been read since the last operator; of what is read
	for at < len(content) {
		start := at
		switch c := content[at]; {
		case strings.IndexByte(white, c) >= 0:
			at++
			continue
		case c == '%':
			for at < len(content) && content[at] != '\n' && content[at] != '\r' {
				at++
			}
			continue
		case c == '(':
			at = behindString(content, at)
			continue
		case c == '<' && at+1 < len(content) && content[at+1] != '<':
			for at < len(content) && content[at] != '>' {
				at++
			}
			at++
			continue
		case c == '/':
			at++
			for at < len(content) && strings.IndexByte(special, content[at]) < 0 {
				at++
			}
			continue
		case strings.IndexByte(special, c) >= 0:
			at++
			continue
		}
		for at < len(content) && strings.IndexByte(special, content[at]) < 0 {
			at++
		}
		switch word := string(content[start:at]); word {
		case "BMC", "BDC", "EMC", "MP", "DP":
			out, from = append(out, '\n'), at
			continue
		case "ID":
			at = behindPicture(content, at)
		case "Tj", "TJ", "'", "\"":
			text = true
		default:
			if c := word[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || word == "true" || word == "false" || word == "null" {
				continue
			}
		}
		out, from = append(out, content[from:at]...), at
	}
	return append(out, content[min(from, len(content)):]...), text
}

func behindString(content []byte, at int) int {
	depth := 0
	for ; at < len(content); at++ {
		switch content[at] {
		case '\\':
			at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return len(content)
}

// behindPicture finds the end of a picture that stands in the content itself.
func behindPicture(content []byte, at int) int {
	for ; at+3 <= len(content); at++ {
		if strings.IndexByte(white, content[at]) >= 0 && content[at+1] == 'E' && content[at+2] == 'I' &&
			(at+3 == len(content) || strings.IndexByte(white, content[at+3]) >= 0) {
			return at + 3
		}
	}
	return len(content)
}
