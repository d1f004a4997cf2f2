// Package binder sets a court bundle as one PDF, and checks any PDF against what
// courts ask of one. What they ask is data, by date, with the source of each rule.
// It knows nothing of the ledger, decides nothing of what a reader may see, and
// writes nothing at all where anything fails.
package binder

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain"
)

// Bundle is what is to be bound.
type Bundle struct {
	Title, Court, Case, Parties string
	Made                        time.Time // stands in the file, so that building it again gives the same bytes
	Sections                    []Section
	Receipt                     paper.Paper // the last page
	Attachments                 []Attachment
}

// Section is a part of a bundle whose pages are numbered by themselves: A1, A2.
type Section struct {
	Letter, Title string
	Documents     []Document
}

// Document is a paper, or a file that was uploaded.
type Document struct {
	ID, Title string // the identifier names it in errors
	Date      domain.Date
	Paper     *paper.Paper
	File      []byte // a PDF, JPEG or PNG
	Late      bool   // stands behind all that are not, so that their numbers stay as they were
	Pages     int    // so many at least: what is shorter is filled up with pages that say they are blank
}

// Attachment is a file that goes with the bundle.
type Attachment = pdf.Attachment

// Manifest says what stands where in a bundle.
type Manifest struct {
	Labels    []string `json:"labels"` // of every page, in order
	Documents []Bound  `json:"documents"`
	// Archival says that the file claims to be PDF/A-3b and PDF/UA-1. It claims
	// neither where a file that was uploaded does not claim to be PDF/A: nobody
	// could vouch for it.
	Archival bool `json:"archival"`
}

// Bound is a document with where it stands.
type Bound struct {
	Section string      `json:"section"`
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Date    domain.Date `json:"date,omitzero"`
	Late    bool        `json:"late,omitzero"`
	First   string      `json:"first"` // the label of its first page
	Pages   int         `json:"pages"`
	Blank   int         `json:"blank,omitzero"` // so many of them at the end say that they are blank
	Entries []Standing  `json:"entries,omitempty"`
	// LeftOut is what a file had besides its pages: scripts, attached files.
	LeftOut []string `json:"leftOut,omitempty"`
	// NotArchival is why a file cannot be vouched for as PDF/A.
	NotArchival []string `json:"notArchival,omitempty"`
}

// Standing is an entry with the labels of the pages on which it stands.
type Standing struct {
	paper.Reference
	Labels []string `json:"labels"`
}

// Limits of a bundle.
const (
	MaxDocuments = 10_000
	MaxPages     = 20_000
)

// Build writes the bundle as one PDF, and says what stands where in it. Progress
// is told, now and then, how much has been done of how much; it may be nil. Where
// Build fails or the context ends, nothing has been written.
func Build(ctx context.Context, w io.Writer, b Bundle, progress func(done, total int)) (Manifest, error) {
	if err := b.fault(); err != nil {
		return Manifest{}, err
	}
	job := &job{ctx: ctx, bundle: b, progress: progress, total: b.weight()}
	var out bytes.Buffer
	if err := job.write(&out); err != nil {
		return Manifest{}, err
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return Manifest{}, err
	}
	return job.manifest, nil
}

// fault says what makes a bundle none that can be built.
func (b Bundle) fault() error {
	letters, ids := map[string]bool{}, map[string]bool{}
	for _, s := range b.Sections {
		if s.Letter == "" || len(s.Letter) > 3 || strings.Trim(s.Letter, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || letters[s.Letter] {
			return fmt.Errorf("binder: section %q has no letter of its own", s.Letter)
		}
		letters[s.Letter] = true
		for _, d := range s.Documents {
			switch {
			case d.ID == "" || ids[d.ID]:
				return fmt.Errorf("binder: a document of section %s has no identifier of its own: %q", s.Letter, d.ID)
			case (d.Paper == nil) == (d.File == nil):
				return &DocumentError{d.ID, Empty, nil}
			case d.Pages < 0 || d.Pages > MaxPages:
				return &DocumentError{d.ID, TooManyPages, nil}
			}
			ids[d.ID] = true
		}
	}
	if len(ids) > MaxDocuments {
		return fmt.Errorf("binder: %d documents, and at most %d can be bound", len(ids), MaxDocuments)
	}
	return nil
}

// weight is how much there is to do, in blocks and rows and pages of files.
func (b Bundle) weight() int {
	n := 0
	for _, s := range b.Sections {
		for _, d := range s.Documents {
			n++ // its line in the index
			if d.Paper != nil {
				n += weight(d.Paper.Blocks)
			} else {
				n++
			}
		}
	}
	return n + weight(b.Receipt.Blocks)
}

func weight(blocks []paper.Block) int {
	n := len(blocks)
	for _, block := range blocks {
		if t, ok := block.(paper.Table); ok {
			n += len(t.Rows)
		}
	}
	return n
}

// job is one building of a bundle.
type job struct {
	ctx      context.Context
	bundle   Bundle
	progress func(done, total int)
	done     int
	total    int

	book     *pdf.Book
	manifest Manifest
	order    []pdf.Sheet // of the sections
	labels   []pdf.Label
	marks    []pdf.Mark
	last     int // number of the last page of the section
}

// step is called for each block that has been set.
func (j *job) step() error {
	j.done++
	if j.progress != nil && j.done%64 == 0 {
		j.progress(min(j.done, j.total), j.total)
	}
	return j.ctx.Err()
}

// write sets the sections first: what the index says is known when they are done.
func (j *job) write(w io.Writer) (err error) {
	j.book, err = pdf.NewBook(w, pdf.About{Title: j.bundle.Title, Made: j.bundle.Made}, j.step)
	if err != nil {
		return err
	}
	j.manifest.Archival = true
	for _, s := range j.bundle.Sections {
		if err := j.section(s); err != nil {
			return err
		}
	}
	index, err := j.front("Index", j.index())
	if err != nil {
		return err
	}
	receipt, err := j.front("Receipt", j.bundle.Receipt.Blocks)
	if err != nil {
		return err
	}
	return j.close(index, receipt)
}

// front sets pages that belong to no section.
func (j *job) front(name string, blocks []paper.Block) ([]pdf.Sheet, error) {
	j.book.Part()
	n := 0
	return j.book.Set(blocks, func(pdf.Sheet) (pdf.Footer, error) {
		n++
		return pdf.Footer{Label: fmt.Sprintf("%s %d", name, n), Text: j.bundle.Title}, nil
	})
}

func (j *job) close(index, receipt []pdf.Sheet) error {
	n := len(index)
	labels := []pdf.Label{{At: 0, Prefix: "Index ", From: 1}}
	for _, l := range j.labels {
		labels = append(labels, pdf.Label{At: l.At + n, Prefix: l.Prefix, From: l.From})
	}
	labels = append(labels, pdf.Label{At: n + len(j.order), Prefix: "Receipt ", From: 1})
	marks := append([]pdf.Mark{{Text: "Index (Index 1)", To: index[0]}}, j.marks...)
	marks = append(marks, pdf.Mark{Text: "Receipt (Receipt 1)", To: receipt[0]})
	j.manifest.Labels = slices.Concat(counted("Index ", n), j.manifest.Labels, counted("Receipt ", len(receipt)))
	e := pdf.Ending{Order: slices.Concat(index, j.order, receipt), Labels: labels, Marks: marks, Attachments: j.bundle.Attachments}
	if j.manifest.Archival {
		e.Conforms = "3B"
	}
	if err := j.book.Close(e); err != nil {
		return err
	}
	if j.progress != nil {
		j.progress(j.total, j.total)
	}
	return nil
}

func counted(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return all
}

// section sets the documents of a section, those that came late behind the others.
func (j *job) section(s Section) error {
	documents := slices.Clone(s.Documents)
	slices.SortStableFunc(documents, func(a, b Document) int {
		switch {
		case a.Late == b.Late:
			return 0
		case b.Late:
			return -1
		}
		return 1
	})
	j.last = 0
	begin := len(j.order)
	mark := pdf.Mark{}
	for _, d := range documents {
		of, err := j.document(s, d)
		if err != nil {
			return err
		}
		mark.Marks = append(mark.Marks, of)
	}
	if j.last == 0 {
		return nil
	}
	mark.Text, mark.To = fmt.Sprintf("%s. %s (%s)", s.Letter, s.Title, span(s.Letter, 1, j.last)), j.order[begin]
	j.marks = append(j.marks, mark)
	j.labels = append(j.labels, pdf.Label{At: begin, Prefix: s.Letter, From: 1})
	return nil
}

func span(letter string, from, to int) string {
	if from == to {
		return fmt.Sprintf("%s%d", letter, from)
	}
	return fmt.Sprintf("%s%d–%s%d", letter, from, letter, to)
}

// document sets a document, and returns its bookmark.
func (j *job) document(s Section, d Document) (pdf.Mark, error) {
	first := j.last + 1
	bound := Bound{Section: s.Letter, ID: d.ID, Title: d.Title, Date: d.Date, Late: d.Late, First: fmt.Sprintf("%s%d", s.Letter, first)}
	foot := func(sheet pdf.Sheet) (pdf.Footer, error) {
		j.last++
		label := fmt.Sprintf("%s%d", s.Letter, j.last)
		j.manifest.Labels = append(j.manifest.Labels, label)
		bound.stand(label, sheet.References)
		if len(j.order)+j.last-first >= MaxPages {
			return pdf.Footer{}, &DocumentError{d.ID, TooManyPages, nil}
		}
		return pdf.Footer{Label: label, Text: d.Title, Second: entries(sheet.References)}, nil
	}
	j.book.Part()
	var sheets []pdf.Sheet
	var err error
	if d.Paper != nil {
		sheets, err = j.book.Set(d.Paper.Blocks, foot)
	} else {
		sheets, err = j.file(d, foot, &bound)
	}
	if err != nil {
		return pdf.Mark{}, named(d.ID, err)
	}
	for len(sheets) < d.Pages {
		blank, err := j.book.Set([]paper.Block{paper.Plain("This page is left blank.")}, foot)
		if err != nil {
			return pdf.Mark{}, named(d.ID, err)
		}
		sheets = append(sheets, blank...)
		bound.Blank++
	}
	for i, sheet := range sheets {
		j.book.Name(sheet, fmt.Sprintf("%s%d", s.Letter, first+i))
	}
	bound.Pages = len(sheets)
	j.order = append(j.order, sheets...)
	j.manifest.Documents = append(j.manifest.Documents, bound)
	return pdf.Mark{Text: fmt.Sprintf("%s (%s)", d.Title, span(s.Letter, first, j.last)), To: sheets[0], Marks: j.headings(s.Letter, sheets, first)}, nil
}

// headings are bookmarks to the headings of a document, each with its page.
func (j *job) headings(letter string, sheets []pdf.Sheet, first int) []pdf.Mark {
	for i, sheet := range sheets {
		for k, h := range sheet.Headings {
			sheet.Headings[k].Text = fmt.Sprintf("%s (%s%d)", h.Text, letter, first+i)
		}
	}
	return pdf.Marks(sheets)
}

// stand notes that entries stand on a page.
func (b *Bound) stand(label string, all []paper.Reference) {
	for _, r := range all {
		at := slices.IndexFunc(b.Entries, func(s Standing) bool { return s.Reference == r })
		if at < 0 {
			b.Entries, at = append(b.Entries, Standing{Reference: r}), len(b.Entries)
		}
		if labels := b.Entries[at].Labels; len(labels) == 0 || labels[len(labels)-1] != label {
			b.Entries[at].Labels = append(labels, label)
		}
	}
}

// footRoom is how many letters surely fit on the line of the entries at the foot of a page.
const footRoom = 70

// entries names as many entries of a page as fit on a line, and says how many more
// there are: those are in the manifest.
func entries(all []paper.Reference) string {
	var words []string
	for _, r := range all {
		words = append(words, strings.TrimSpace(fmt.Sprintf("%d %s", r.Entry, r.Leaf)))
	}
	switch len(all) {
	case 0:
		return ""
	case 1:
		return "Entry " + words[0]
	}
	line := "Entries " + strings.Join(words, ", ")
	for n := len(all) - 1; n > 0 && len(line) > footRoom; n-- {
		line = fmt.Sprintf("Entries %s and %d more", strings.Join(words[:n], ", "), len(all)-n)
	}
	return line
}

// index is the first page: what the bundle is of, and where each document begins.
func (j *job) index() []paper.Block {
	b := j.bundle
	blocks := []paper.Block{paper.Heading{Level: 1, Text: b.Title}}
	for _, line := range []struct{ name, text string }{{"Court", b.Court}, {"Case number", b.Case}, {"Parties", b.Parties}} {
		if line.text != "" {
			blocks = append(blocks, paper.Paragraph{{Text: line.name + ": ", Bold: true}, {Text: line.text}})
		}
	}
	blocks = append(blocks, paper.Heading{Level: 2, Text: "Index"})
	for _, s := range b.Sections {
		blocks = append(blocks, paper.Heading{Level: 3, Text: s.Letter + ". " + s.Title})
		table := paper.Table{Widths: []int{14, 50, 22, 14}, Head: []string{"Page", "Document", "Date", "Pages"}}
		for _, d := range j.manifest.Documents {
			if d.Section != s.Letter {
				continue
			}
			title := paper.Paragraph{{Text: d.Title}}
			if d.Late {
				title = append(title, paper.Run{Text: " (late)", Italic: true})
			}
			cell := func(text string) paper.Cell { return paper.Cell{paper.Plain(text)} }
			table.Rows = append(table.Rows, []paper.Cell{cell(d.First), {title}, cell(d.Date.String()), cell(fmt.Sprint(d.Pages))})
			table.To = append(table.To, d.First)
		}
		if len(table.Rows) > 0 {
			blocks = append(blocks, table)
		}
	}
	return blocks
}
