// Package docx writes a paper as a Word document (Office Open XML, ECMA-376
// transitional): the fewest parts that word processors open without repairing
// them. The same paper is the same bytes. It reads none, and holds no macro and
// no link to anything outside.
package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"caseledger/adapters/paper"
)

const (
	head   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

	pageWidth, pageHeight, margin = 11906, 16838, 1134 // A4 and two centimetres, in twentieths of a point
	textWidth                     = pageWidth - 2*margin
)

// MediaType is that of the files that Write writes.
const MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Write writes the paper.
func Write(w io.Writer, p paper.Paper) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", core(p)},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/document.xml", document(p)},
		{"word/styles.xml", styles},
		{"word/footer1.xml", footer(p)},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, part.text); err != nil {
			return err
		}
	}
	return z.Close()
}

// escaped is text as XML has it; what XML cannot hold becomes U+FFFD.
func escaped(text string) string {
	var out bytes.Buffer
	if err := xml.EscapeText(&out, []byte(text)); err != nil {
		return "" // a buffer takes everything
	}
	return out.String()
}

func document(p paper.Paper) string {
	var b strings.Builder
	b.WriteString(head + `<w:document ` + wordNS + `><w:body>`)
	for _, block := range p.Blocks {
		switch block := block.(type) {
		case paper.Heading:
			paragraph(&b, fmt.Sprintf("Heading%d", block.Level), paper.Plain(block.Text))
		case paper.Paragraph:
			paragraph(&b, "", block)
		case paper.Table:
			table(&b, block)
		case paper.Reference: // is for the foot of a page, which here has none of its own
		}
	}
	fmt.Fprintf(&b, `<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="%d" w:h="%d"/>`+
		`<w:pgMar w:top="%[3]d" w:right="%[3]d" w:bottom="%[3]d" w:left="%[3]d" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`,
		pageWidth, pageHeight, margin)
	return b.String()
}

func paragraph(b *strings.Builder, style string, p paper.Paragraph) {
	b.WriteString(`<w:p><w:pPr>`)
	if style != "" {
		fmt.Fprintf(b, `<w:pStyle w:val="%s"/>`, style)
	}
	if len(p) > 0 && paper.IsRightToLeft(p[0].Text) {
		b.WriteString(`<w:bidi/>`)
	}
	b.WriteString(`</w:pPr>`)
	for _, run := range p {
		for _, piece := range paper.Pieces(run.Text) {
			writeRun(b, run, piece)
		}
	}
	b.WriteString(`</w:p>`)
}

func writeRun(b *strings.Builder, run paper.Run, piece paper.Piece) {
	b.WriteString(`<w:r><w:rPr>`)
	if run.Bold {
		b.WriteString(`<w:b/><w:bCs/>`)
	}
	if run.Italic {
		b.WriteString(`<w:i/><w:iCs/>`)
	}
	if piece.RightToLeft {
		b.WriteString(`<w:rtl/>`)
	}
	b.WriteString(`</w:rPr>`)
	for i, line := range strings.Split(strings.ReplaceAll(piece.Text, "\r\n", "\n"), "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		b.WriteString(`<w:t xml:space="preserve">` + escaped(line) + `</w:t>`)
	}
	b.WriteString(`</w:r>`)
}

func table(b *strings.Builder, t paper.Table) {
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, width := range t.Widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, textWidth*width/100)
	}
	b.WriteString(`</w:tblGrid><w:tr><w:trPr><w:tblHeader/></w:trPr>`)
	for i, title := range t.Head {
		cell(b, t.Widths[i], paper.Cell{{{Text: title, Bold: true}}})
	}
	b.WriteString(`</w:tr>`)
	for _, row := range t.Rows {
		b.WriteString(`<w:tr>`)
		for i, c := range row {
			cell(b, t.Widths[i], c)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl>`)
}

// cell writes a cell, which needs a paragraph even where it is empty.
func cell(b *strings.Builder, width int, c paper.Cell) {
	fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, textWidth*width/100)
	if len(c) == 0 {
		c = paper.Cell{nil}
	}
	for _, p := range c {
		paragraph(b, "", p)
	}
	b.WriteString(`</w:tc>`)
}

func core(p paper.Paper) string {
	made := p.Made.UTC().Format(time.RFC3339)
	return head + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
		` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + escaped(p.Title) + `</dc:title><dc:creator>` +
		escaped(p.Author) + `</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">` + made + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + made +
		`</dcterms:modified></cp:coreProperties>`
}

func footer(p paper.Paper) string {
	field := func(name string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + name + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	text := func(s string) string { return `<w:r><w:t xml:space="preserve">` + escaped(s) + `</w:t></w:r>` }
	return head + `<w:ftr ` + wordNS + `><w:p>` + text(p.Footer+" – page ") + field("PAGE") + text(" of ") + field("NUMPAGES") + `</w:p></w:ftr>`
}

const contentTypes = head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const packageRels = head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const documentRels = head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>`

// styles set everything in Arial of twelve points or more, as courts ask.
var styles = head + `<w:styles ` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Arial"/>` +
	`<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
	`<w:pPrDefault><w:pPr><w:spacing w:after="80"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
	headingStyle(1, 32) + headingStyle(2, 28) + headingStyle(3, 24) +
	`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>` +
	`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>` +
	border("top") + border("left") + border("bottom") + border("right") + border("insideH") + border("insideV") + `</w:tblBorders></w:tblPr></w:style></w:styles>`

func headingStyle(level, halfPoints int) string {
	return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %d"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>`+
		`<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="%d"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="%[4]d"/><w:szCs w:val="%[4]d"/></w:rPr></w:style>`,
		level, level, level-1, halfPoints)
}

func border(side string) string {
	return `<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="808080"/>`
}
