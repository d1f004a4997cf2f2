package cincensus

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode"
)

// element is one XML element with all that stands in it. A Child is read as a
// tree of these, marked while it is mapped, so that what nothing has read is
// known at the end.
type element struct {
	name     string
	line     int
	attrs    []xml.Attr
	text     string // without the white space around it
	children []*element
	empty    []string // names of the child elements that say nothing

	used   bool     // a mapping has taken the element
	valued bool     // a mapping has read its text
	owner  string   // the part of the record that the element became
	raw    []string // pieces of text, while it is being read
}

// take returns the first child element of the name that was not yet taken.
func (e *element) take(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name && !c.used {
			c.used = true
			return c
		}
	}
	return nil
}

// all takes every child element of the name.
func (e *element) all(name string) []*element {
	var taken []*element
	for c := e.take(name); c != nil; c = e.take(name) {
		taken = append(taken, c)
	}
	return taken
}

// reset makes the element as if nothing had read it.
func (e *element) reset() {
	e.used, e.valued, e.owner = false, false, ""
	for _, c := range e.children {
		c.reset()
	}
}

// value returns the element's text; "" of no element.
func (e *element) value() string {
	if e == nil {
		return ""
	}
	e.valued = true
	return e.text
}

// lineOr returns the element's line, or that of another where there is none.
func (e *element) lineOr(other *element) int {
	if e == nil {
		return other.line
	}
	return e.line
}

// write writes the element as XML.
func (e *element) write(b *strings.Builder) {
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a.Name.Local + `="`)
		escape(b, a.Value)
		b.WriteString(`"`)
	}
	b.WriteString(">")
	escape(b, e.text)
	for _, c := range e.children {
		c.write(b)
	}
	b.WriteString("</" + e.name + ">")
}

// String returns the element as XML, the same for the same content however
// the file was laid out.
func (e *element) String() string {
	var b strings.Builder
	e.write(&b)
	return b.String()
}

func escape(w io.Writer, text string) {
	_ = xml.EscapeText(w, []byte(text)) // a strings.Builder takes everything
}

// readElement reads an element whose start has just been read.
func (t *tokens) readElement(start xml.StartElement, depth int, budget *childBudget) (*element, error) {
	if depth > MaxDepth {
		return nil, t.at(overLimit("depth", MaxDepth))
	}
	e := &element{name: start.Name.Local, line: t.line, attrs: kept(start.Attr)}
	if over := budget.spend(e); over != nil {
		return nil, t.at(over)
	}
	size := 0
	var piece []byte // of text, that comments and CDATA sections can interrupt
	for {
		token, err := t.next()
		if err != nil {
			return nil, t.within(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e.say(piece)
			piece = piece[:0]
			child, err := t.readElement(token, depth+1, budget)
			if err != nil {
				return nil, err
			}
			e.adopt(child)
		case xml.CharData:
			if len(piece) == 0 {
				token = bytes.TrimLeftFunc(token, unicode.IsSpace)
			}
			if size += len(token); size > MaxTextBytes {
				return nil, t.at(overLimit("text-bytes", MaxTextBytes))
			}
			if over := budget.spendBytes(len(token)); over != nil {
				return nil, t.at(over)
			}
			piece = append(piece, token...)
		case xml.EndElement:
			e.say(piece)
			e.text, e.raw = strings.Join(e.raw, " "), nil
			return e, nil
		}
	}
}

// say adds a piece of text, unless it is white space.
func (e *element) say(piece []byte) {
	if text := bytes.TrimSpace(piece); len(text) > 0 {
		e.raw = append(e.raw, string(text))
	}
}

// adopt adds a child element. One that says nothing is only noted by name, so
// that an empty element is never taken for a statement.
func (e *element) adopt(child *element) {
	if child.text == "" && len(child.attrs) == 0 && len(child.children) == 0 {
		e.empty = append(e.empty, child.name)
		return
	}
	e.children = append(e.children, child)
}

// within turns the end of the file into a Fault: something was still open.
func (t *tokens) within(err error) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	return t.at(&Fault{Rule: "not-well-formed", Reason: "the file ends within an element"})
}

// kept returns the attributes that say something: not the declarations of
// name spaces and schemas.
func kept(attrs []xml.Attr) []xml.Attr {
	var said []xml.Attr
	for _, a := range attrs {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Space != "http://www.w3.org/2001/XMLSchema-instance" {
			said = append(said, a)
		}
	}
	return said
}

// childBudget bounds one Child.
type childBudget struct{ elements, bytes int }

func (b *childBudget) spend(e *element) *Fault {
	if b.elements += 1 + len(e.attrs); b.elements > MaxChildElements {
		return overLimit("child-elements", MaxChildElements)
	}
	size := len(e.name)
	for _, a := range e.attrs {
		size += len(a.Name.Local) + len(a.Value)
	}
	return b.spendBytes(size)
}

func (b *childBudget) spendBytes(n int) *Fault {
	if b.bytes += n; b.bytes > MaxChildBytes {
		return overLimit("child-bytes", MaxChildBytes)
	}
	return nil
}
