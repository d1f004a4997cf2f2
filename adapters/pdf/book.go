package pdf

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/font"

	"caseledger/adapters/paper"
)

// Book writes a PDF page by page: each is written when it is full, and forgotten.
// It is tagged, in English, opens at its full size, and has the fonts that it uses
// embedded. The order of the pages, their labels, the bookmarks and what is
// attached are said at the end.
type Book struct {
	file   *file
	setter setter
	about  About
	each   func() error

	root, pages, structure, document Ref
	sheets                           []Ref
	parents                          []Ref // by number: what the content of a page, or an annotation, belongs to
	parts                            []Ref
	part                             Ref // the part being written
	kids                             []core.PdfObject
	fonts                            map[*font.EmbeddedFont]Ref
	fontOrder                        []*font.EmbeddedFont
	labelled                         map[string]Ref

	// Of what is being set.
	page      *open
	foot      Foot
	written   []Sheet
	reference paper.Reference
	level     int // of the last heading
}

// About is what a file says of itself.
type About struct {
	Title  string
	Author string
	Made   time.Time // when, so that writing it again gives the same file
}

var errNoTitle = errors.New("pdf: without a title")

// NewBook begins a file. Each is called when a block or a row has been set, and
// ends the writing with its error.
func NewBook(w io.Writer, about About, each func() error) (*Book, error) {
	if strings.TrimSpace(shown(about.Title)) == "" {
		return nil, errNoTitle
	}
	s, err := newSetter()
	if err != nil {
		return nil, err
	}
	b := &Book{file: newFile(w), setter: s, about: about, each: each, fonts: map[*font.EmbeddedFont]Ref{}, labelled: map[string]Ref{}}
	b.root, b.pages, b.structure, b.document = b.file.reserve(), b.file.reserve(), b.file.reserve(), b.file.reserve()
	return b, nil
}

// Part begins a part of the book: what is set next belongs together.
func (b *Book) Part() {
	b.endPart()
	b.part = b.file.reserve()
	b.parts = append(b.parts, b.part)
}

func (b *Book) endPart() {
	if b.part != nil {
		b.element(b.part, b.document, "Sect", b.kids)
	}
	b.part, b.kids = nil, nil
}

func (b *Book) parent() Ref { return b.part }

func (b *Book) kid(ref Ref) { b.kids = append(b.kids, ref) }

// Name gives a page its label, so that a row of a table can lead to it.
func (b *Book) Name(s Sheet, label string) { b.labelled[label] = s.page }

// Ending is what is said of a book as a whole.
type Ending struct {
	Order       []Sheet // all pages, as they are read; as they were written, where it is nil
	Labels      []Label // of pages from one on; a file without them has none
	Marks       []Mark
	Attachments []Attachment
	Conforms    string // to which part and level of PDF/A, as 2A or 3B; to none, and neither to PDF/UA, where it is empty
}

// Label begins a run of labels at a page.
type Label struct {
	At     int // in the order of reading, from 0
	Prefix string
	From   int // the number of the first; without one, where it is 0
}

// Mark is a bookmark.
type Mark struct {
	Text  string
	To    Sheet
	Top   float64 // points from the bottom of the page; its top, where it is 0
	Marks []Mark
}

// Attachment is a file that goes with the book.
type Attachment struct {
	Name, Type, About string // Type as application/zip
	Relation          string // Source, Data, Alternative, Supplement or Unspecified
	Content           []byte
}

// Close ends the file.
func (b *Book) Close(e Ending) error {
	b.endPart()
	order := b.sheets
	if e.Order != nil {
		order = nil
		for _, s := range e.Order {
			order = append(order, s.page)
		}
	}
	for _, f := range b.fontOrder {
		b.file.put(b.fonts[f], f.BuildObjects(func(o core.PdfObject) Ref { return b.file.add(o) }))
	}
	b.file.put(b.pages, dict("Type", "Pages", "Kids", array(order), "Count", number(len(order))))
	b.closeStructure()
	root := dict("Type", "Catalog", "Pages", b.pages, "StructTreeRoot", b.structure, "MarkInfo", dict("Marked", core.NewPdfBoolean(true)),
		"Lang", core.NewPdfLiteralString("en-GB"), "ViewerPreferences", dict("DisplayDocTitle", core.NewPdfBoolean(true)), "Metadata", b.metadata(e.Conforms),
		"OpenAction", core.NewPdfArray(order[0], core.NewPdfName("XYZ"), number(0), core.NewPdfReal(a4High), number(1)))
	root.Set("OutputIntents", core.NewPdfArray(b.file.add(dict("Type", "OutputIntent", "S", "GTS_PDFA1", "OutputConditionIdentifier", text("Custom"),
		"Info", text("sRGB primaries, exponent 2.2"), "DestOutputProfile", b.profile()))))
	if len(e.Marks) > 0 {
		root.Set("PageMode", core.NewPdfName("UseOutlines"))
		root.Set("Outlines", b.outline(e.Marks))
	}
	if len(e.Labels) > 0 {
		root.Set("PageLabels", labels(e.Labels))
	}
	if len(e.Attachments) > 0 {
		b.attach(root, e.Attachments)
	}
	b.file.put(b.root, root)
	made := core.NewPdfLiteralString(b.about.Made.UTC().Format("D:20060102150405+00'00'"))
	info := dict("Title", text(b.about.Title), "Creator", text("caseledger"), "Producer", text("caseledger"), "CreationDate", made, "ModDate", made)
	if b.about.Author != "" {
		info.Set("Author", text(b.about.Author))
	}
	return b.file.close(b.root, b.file.add(info))
}

func (b *Book) profile() Ref {
	stream := core.NewPdfStreamCompressed(profile())
	stream.Dict.Set("N", number(3))
	return b.file.add(stream)
}

func (b *Book) closeStructure() {
	b.file.put(b.document, dict("Type", "StructElem", "S", "Document", "P", b.structure, "K", array(b.parts)))
	nums := core.NewPdfArray()
	for i, of := range b.parents {
		nums.Add(number(i))
		nums.Add(of)
	}
	b.file.put(b.structure, dict("Type", "StructTreeRoot", "K", b.document, "ParentTree", b.file.add(dict("Nums", nums)), "ParentTreeNextKey", number(len(b.parents))))
}

// metadata says in XML what the file is.
func (b *Book) metadata(conforms string) Ref {
	made := b.about.Made.UTC().Format(time.RFC3339)
	var x strings.Builder
	about := func(space, body string) {
		fmt.Fprintf(&x, "<rdf:Description rdf:about=\"\" xmlns:%s>%s</rdf:Description>\n", space, body)
	}
	x.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n")
	creator := ""
	if b.about.Author != "" {
		creator = "<dc:creator><rdf:Seq><rdf:li>" + escaped(b.about.Author) + "</rdf:li></rdf:Seq></dc:creator>"
	}
	about(`dc="http://purl.org/dc/elements/1.1/"`, `<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">`+escaped(b.about.Title)+`</rdf:li></rdf:Alt></dc:title>`+creator)
	about(`xmp="http://ns.adobe.com/xap/1.0/"`, "<xmp:CreatorTool>caseledger</xmp:CreatorTool><xmp:CreateDate>"+made+"</xmp:CreateDate><xmp:ModifyDate>"+made+"</xmp:ModifyDate>")
	about(`pdf="http://ns.adobe.com/pdf/1.3/"`, "<pdf:Producer>caseledger</pdf:Producer>")
	if conforms != "" {
		about(`pdfaid="http://www.aiim.org/pdfa/ns/id/"`, fmt.Sprintf("<pdfaid:part>%s</pdfaid:part><pdfaid:conformance>%s</pdfaid:conformance>", conforms[:1], conforms[1:]))
		about(`pdfuaid="http://www.aiim.org/pdfua/ns/id/"`, "<pdfuaid:part>1</pdfuaid:part>")
		x.WriteString(extension)
	}
	x.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	stream := core.NewPdfStream([]byte(x.String()))
	stream.Dict.Set("Type", core.NewPdfName("Metadata"))
	stream.Dict.Set("Subtype", core.NewPdfName("XML"))
	return b.file.add(stream)
}

// extension declares the property that PDF/UA adds to what PDF/A knows.
const extension = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">` +
	`<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>` +
	`<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>` +
	`<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>` +
	`<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of PDF/UA</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>` +
	"</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>\n"

func escaped(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(shown(s))) // a strings.Builder takes everything
	return out.String()
}

func labels(all []Label) core.PdfObject {
	nums := core.NewPdfArray()
	for _, l := range all {
		d := dict("P", text(l.Prefix))
		if l.From > 0 {
			d.Set("S", core.NewPdfName("D"))
			d.Set("St", number(l.From))
		}
		nums.Add(number(l.At))
		nums.Add(d)
	}
	return dict("Nums", nums)
}

// outline writes bookmarks.
func (b *Book) outline(marks []Mark) Ref {
	root := b.file.reserve()
	first, last := b.marks(marks, root)
	b.file.put(root, dict("Type", "Outlines", "First", first, "Last", last, "Count", number(len(marks))))
	return root
}

func (b *Book) marks(marks []Mark, parent Ref) (first, last Ref) {
	refs := make([]Ref, len(marks))
	for i := range refs {
		refs[i] = b.file.reserve()
	}
	for i, m := range marks {
		top := m.Top
		if top == 0 {
			top = a4High
		}
		d := dict("Title", text(m.Text), "Parent", parent, "Dest", destination(m.To.page, top))
		if i > 0 {
			d.Set("Prev", refs[i-1])
		}
		if i+1 < len(refs) {
			d.Set("Next", refs[i+1])
		}
		if len(m.Marks) > 0 {
			first, last := b.marks(m.Marks, refs[i])
			d.Set("First", first)
			d.Set("Last", last)
			d.Set("Count", number(-len(m.Marks))) // closed
		}
		b.file.put(refs[i], d)
	}
	return refs[0], refs[len(refs)-1]
}

func (b *Book) attach(root *core.PdfDictionary, all []Attachment) {
	files, names := core.NewPdfArray(), core.NewPdfArray()
	made := core.NewPdfLiteralString(b.about.Made.UTC().Format("D:20060102150405+00'00'"))
	for _, a := range all {
		stream := core.NewPdfStreamCompressed(a.Content)
		stream.Dict.Set("Type", core.NewPdfName("EmbeddedFile"))
		stream.Dict.Set("Subtype", core.NewPdfName(a.Type))
		stream.Dict.Set("Params", dict("Size", number(len(a.Content)), "CreationDate", made, "ModDate", made))
		content := b.file.add(stream)
		spec := b.file.add(dict("Type", "Filespec", "F", text(a.Name), "UF", text(a.Name), "Desc", text(a.About), "AFRelationship", a.Relation,
			"EF", dict("F", content, "UF", content)))
		files.Add(spec)
		names.Add(text(a.Name))
		names.Add(spec)
	}
	root.Set("AF", files)
	root.Set("Names", dict("EmbeddedFiles", dict("Names", names)))
}
