package cincensus

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"time"

	"caseledger/domain"
)

// header is what a return says about itself.
type header struct {
	year      int
	reference domain.Date
	authority string // the LEA number
}

func (h header) kind() string { return "cin-census/" + strconv.Itoa(h.year) }

// scan reads a return once. It gives the header to onHeader before the first
// Child, and each Child to onChild as soon as it is complete.
type scan struct {
	tokens   *tokens
	lastYear int
	onHeader func(header) error
	onChild  func(*element) error
	flaws    flaws // outside of any child
	header   header
	known    bool // the header has been read
	children int
}

// run returns nil at the end of a sound return, a *Fault, or an error of the
// callbacks or of the source.
func (s *scan) run() error {
	root, err := s.start()
	if err != nil {
		return err
	}
	if root.Name.Local != "Message" {
		return s.tokens.at(&Fault{Rule: "not-a-return", Reason: "the outermost element of a return is Message"})
	}
	if err := s.message(); err != nil {
		return err
	}
	if !s.known {
		return s.tokens.at(&Fault{Rule: "header-missing", Reason: "a return has a Header"})
	}
	if err := s.tail(); err != nil {
		return err
	}
	if s.children == 0 {
		s.flaws.add(Flaw{Line: s.tokens.line, Element: "Children", Rule: "no-children", Reason: "The return holds no child."})
	}
	return nil
}

// start skips to the outermost element.
func (s *scan) start() (xml.StartElement, error) {
	for {
		token, err := s.tokens.next()
		if errors.Is(err, io.EOF) {
			err = s.tokens.at(&Fault{Rule: "not-a-return", Reason: "the file holds no element"})
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token.Copy(), nil
		case xml.CharData:
			s.stray(token, "")
		}
	}
}

func (s *scan) message() error {
	return s.each("Message", func(start xml.StartElement) error {
		switch start.Name.Local {
		case "Header":
			return s.readHeader(start)
		case "Children":
			if !s.known {
				return s.tokens.at(&Fault{Rule: "header-missing", Reason: "the Header stands before the Children"})
			}
			return s.each("Children", s.child)
		}
		return s.skip(start, "Message")
	})
}

// each calls visit for every element within the one that has just begun, up
// to its end.
func (s *scan) each(parent string, visit func(xml.StartElement) error) error {
	for {
		token, err := s.tokens.next()
		if err != nil {
			return s.tokens.within(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := visit(token); err != nil {
				return err
			}
		case xml.CharData:
			s.stray(token, parent)
		case xml.EndElement:
			return nil
		}
	}
}

func (s *scan) child(start xml.StartElement) error {
	if start.Name.Local != "Child" {
		return s.skip(start, "Children")
	}
	if s.children++; s.children > MaxChildren {
		return s.tokens.at(overLimit("children", MaxChildren))
	}
	e, err := s.tokens.readElement(start, 3, &childBudget{})
	if err != nil {
		return err
	}
	return s.onChild(e)
}

// skip reads over an element that belongs to no child. It is reported.
func (s *scan) skip(start xml.StartElement, parent string) error {
	e, err := s.tokens.readElement(start, 3, &childBudget{})
	if err != nil {
		return err
	}
	s.flaws.add(Flaw{Line: e.line, Element: parent, Rule: "unknown-element",
		Reason: "An element that belongs to no child is not part of the census; it is not recorded."})
	return nil
}

func (s *scan) stray(text xml.CharData, parent string) {
	for _, c := range text {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			s.flaws.add(Flaw{Line: s.tokens.line, Element: parent, Rule: "stray-text",
				Reason: "A text that belongs to no child is not part of the census; it is not recorded."})
			return
		}
	}
}

// tail makes sure that nothing but white space and comments follows.
func (s *scan) tail() error {
	for {
		token, err := s.tokens.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return s.tokens.at(&Fault{Rule: "not-well-formed", Reason: "a second element follows the Message"})
		case xml.CharData:
			s.stray(token, "")
		}
	}
}

func (s *scan) readHeader(start xml.StartElement) error {
	e, err := s.tokens.readElement(start, 2, &childBudget{})
	if err != nil {
		return err
	}
	if s.known {
		return &Fault{Line: e.line, Column: 1, Rule: "header-repeated", Reason: "a return has one Header"}
	}
	if err := s.interpret(e); err != nil {
		return err
	}
	s.known = true
	return s.onHeader(s.header)
}

func (s *scan) interpret(e *element) error {
	details, source := e.take("CollectionDetails"), e.take("Source")
	name, year, day := details.take("Collection"), details.take("Year"), details.take("ReferenceDate")
	if name.value() != collection {
		return &Fault{Line: name.lineOr(e), Column: 1, Rule: "collection", Reason: "the Collection of this return is not " + collection}
	}
	n, err := strconv.Atoi(year.value())
	if err != nil || n < FirstYear || n > s.lastYear {
		return &Fault{Line: year.lineOr(e), Column: 1, Rule: "year",
			Reason: "the Year is not one from " + strconv.Itoa(FirstYear) + " to " + strconv.Itoa(s.lastYear)}
	}
	s.header = header{year: n, authority: source.take("LEA").value()}
	end := domain.NewDate(n, time.March, 31)
	date, err := domain.ParseDate(day.value())
	if err != nil {
		date = end
	}
	s.header.reference = date
	if date != end {
		s.headerFlaw(day.lineOr(e), "reference-date", "The reference date of a return is 31 March of its year.")
	} else if err != nil {
		s.headerFlaw(day.lineOr(e), "not-a-date", "The reference date is missing or no date; 31 March of the year is taken.")
	}
	return nil
}

func (s *scan) headerFlaw(line int, rule, reason string) {
	s.flaws.add(Flaw{Line: line, Element: "Header/CollectionDetails/ReferenceDate", Rule: rule, Reason: reason})
}
