package cincensus

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"strconv"
	"strings"

	"caseledger/domain"
)

// page is the XML of one child, with what there is to say about it.
type page struct {
	key    string // the authority's number: pages are sorted by it
	record domain.RecordID

	xml      bytes.Buffer
	depth    int
	line     int      // lines written
	path     []string // of the open elements, with their numbers
	traced   bool
	rows     []row
	flaws    []Flaw // with lines counted from the page's first
	episodes int
	unmapped int
}

// row says from which entry an element came.
type row struct {
	path  string // below the Child
	entry uint64
}

func (p *page) text() string { return p.xml.String() }

// open begins an element. n numbers those that can be repeated; 0 does not.
func (p *page) open(name string, n int) {
	p.indent()
	p.xml.WriteString("<" + name + ">\n")
	p.line++
	p.depth++
	p.path = append(p.path, numbered(name, n))
}

func (p *page) shut(name string) {
	p.depth--
	p.path = p.path[:len(p.path)-1]
	p.indent()
	p.xml.WriteString("</" + name + ">\n")
	p.line++
}

// leaf writes an element with a text; nothing where there is no text.
func (p *page) leaf(name string, n int, text string, entry uint64) {
	if text == "" {
		return
	}
	p.indent()
	p.xml.WriteString("<" + name + ">")
	_ = xml.EscapeText(&p.xml, []byte(text)) // a buffer takes everything
	p.xml.WriteString("</" + name + ">\n")
	p.line++
	if p.traced && entry != 0 {
		p.rows = append(p.rows, row{strings.Join(append(p.path[:len(p.path):len(p.path)], numbered(name, n)), "/"), entry})
	}
}

func (p *page) indent() {
	for range p.depth {
		p.xml.WriteString("  ")
	}
}

func numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + "[" + strconv.Itoa(n) + "]"
}

// flaw notes a flaw of the element that was just written, or would have been.
func (p *page) flaw(element, rule string) {
	p.flaws = append(p.flaws, Flaw{Line: max(p.line, 1), Element: element, Rule: rule, Reason: reasonOf(rule), Record: p.record})
}

// output writes pages. Its errors are kept by the writers until flush.
type output struct {
	xml   *bufio.Writer
	trace *csv.Writer
	line  int
}

// message writes the whole return.
func (o *output) message(head *page, pages []*page) ExportReport {
	var report ExportReport
	var found flaws
	o.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message>\n", 2)
	o.write(head.text(), head.line)
	o.write("  <Children>\n", 1)
	o.traceRow("child", "element", "record", "entry")
	for i, p := range pages {
		for _, f := range p.flaws {
			f.Line += o.line
			found.add(f)
		}
		o.rows(i+1, p)
		o.write(p.text(), p.line)
		report.Children++
		report.Episodes += p.episodes
		report.Unmapped += p.unmapped
	}
	o.write("  </Children>\n</Message>\n", 2)
	report.Flaws, report.FlawCount = found.list, found.count
	return report
}

func (o *output) write(text string, lines int) {
	_, _ = o.xml.WriteString(text) // kept until flush
	o.line += lines
}

func (o *output) rows(ordinal int, p *page) {
	child := "/Message/Children/Child[" + strconv.Itoa(ordinal) + "]/"
	for _, r := range p.rows {
		o.traceRow(strconv.Itoa(ordinal), child+r.path, string(p.record), strconv.FormatUint(r.entry, 10))
	}
}

func (o *output) traceRow(cells ...string) {
	if o.trace != nil {
		_ = o.trace.Write(cells) // kept until flush
	}
}

func (o *output) flush() error {
	if o.trace != nil {
		o.trace.Flush()
		if err := o.trace.Error(); err != nil {
			return err
		}
	}
	return o.xml.Flush()
}
