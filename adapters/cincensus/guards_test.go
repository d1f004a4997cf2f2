package cincensus

import (
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"caseledger/domain/record"
)

const small = `<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate></CollectionDetails></Header>
<Children><Child><ChildIdentifiers><LAchildID>ANY1</LAchildID></ChildIdentifiers></Child></Children></Message>`

// read scans a source, and returns the number of children and the fault.
func read(r io.Reader) (int, error) {
	tokens, err := newTokens(r)
	if err != nil {
		return 0, err
	}
	children := 0
	s := &scan{tokens: tokens, lastYear: 2027, onHeader: func(header) error { return nil },
		onChild: func(*element) error { children++; return nil }}
	return children, s.run()
}

// endless yields a text for ever.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	return n, nil
}

func TestAFileOverALimitIsRefusedByNameAndLine(t *testing.T) {
	in := func(inner string) io.Reader { return strings.NewReader(strings.Replace(small, "ANY1", inner, 1)) }
	before, _, _ := strings.Cut(small, "ANY1")
	many := strings.Repeat
	for _, tt := range []struct {
		name, rule string
		file       io.Reader
		line       int
	}{
		{"a text without end", "limit-text-bytes", io.MultiReader(strings.NewReader(before), endless{"x"}), 3},
		{"a comment without end", "limit-token-bytes", io.MultiReader(strings.NewReader(before+"<!--"), endless{"x"}), 3},
		{"a name without end", "limit-token-bytes", io.MultiReader(strings.NewReader(before+"<"), endless{"x"}), 3},
		{"white space without end", "limit-token-bytes", endless{" "}, 1},
		{"a long text", "limit-text-bytes", in(many("x", MaxTextBytes+1)), 3},
		{"a large child", "limit-child-bytes", in(many("<A>"+many("x", 1000)+"</A>", 1+MaxChildBytes/1000)), 3},
		{"a large attribute", "limit-child-bytes", in(`<A b="` + many("x", MaxChildBytes) + `"/>`), 3},
		{"many elements", "limit-child-elements", in(many("<A/>", MaxChildElements)), 3},
		{"deep elements", "limit-depth", in(many("<A>", MaxDepth) + many("</A>", MaxDepth)), 3},
		{"many attributes", "limit-attributes", in("<A" + many(` x="1"`, MaxAttributes+1) + "/>"), 3},
		{"a document type", "document-type", strings.NewReader("<!DOCTYPE Message>" + small), 1},
		{"a bomb of entities", "document-type", strings.NewReader(`<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Message>&b;</Message>`), 1},
		{"an unknown entity", "not-well-formed", in("&lol;"), 3},
		{"bytes that are not UTF-8", "not-well-formed", in("\xff\xfe"), 3},
		{"half a file in UTF-16", "not-well-formed", strings.NewReader("\xff\xfe<\x00M\x00"), 1},
		{"a workbook", "not-a-return", strings.NewReader("PK\x03\x04"), 1},
		{"UTF-8 that says UTF-16", "encoding", strings.NewReader(strings.Replace(small, "UTF-8", "UTF-16", 1)), 1},
		{"an unknown encoding", "encoding", strings.NewReader(strings.Replace(small, "UTF-8", "EBCDIC", 1)), 1},
		{"US-ASCII that is none", "encoding", strings.NewReader(strings.Replace(strings.Replace(small, "UTF-8", "US-ASCII", 1), "ANY1", "\xe9", 1)), 1},
		{"another collection", "collection", strings.NewReader(strings.Replace(small, "CIN", "SSDA903", 1)), 2},
		{"no year", "year", strings.NewReader(strings.Replace(small, "2022", "", 1)), 2},
		{"a year that is no number", "year", strings.NewReader(strings.Replace(small, "2022", "last", 1)), 2},
		{"a year before the first", "year", strings.NewReader(strings.Replace(small, "2022", "2016", 1)), 2},
		{"a year to come", "year", strings.NewReader(strings.Replace(small, "2022", "2028", 1)), 2},
		{"another message", "not-a-return", strings.NewReader("<html></html>"), 1},
		{"nothing", "not-a-return", strings.NewReader(""), 1},
		{"no header", "header-missing", strings.NewReader("<Message><Children/></Message>"), 1},
		{"two messages", "not-well-formed", strings.NewReader(small + "<Message/>"), 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(tt.file)
			var fault *Fault
			if !errors.As(err, &fault) || fault.Rule != tt.rule || fault.Line != tt.line {
				t.Errorf("%v, want %s in line %d", err, tt.rule, tt.line)
			}
		})
	}
}

func TestALongFileOfSmallElementsIsNoFault(t *testing.T) {
	const child = "<Child><ChildIdentifiers><LAchildID>ANY1</LAchildID></ChildIdentifiers></Child>\n"
	many := 2 * MaxTokenBytes / len(child)
	n, err := read(strings.NewReader(strings.Replace(small, "<Child>", strings.Repeat(child, many)+"<Child>", 1)))
	if err != nil || n != many+1 {
		t.Errorf("%d children, %v", n, err)
	}
}

func TestEveryCutOfAFileIsAFault(t *testing.T) {
	if n, err := read(strings.NewReader(small)); n != 1 || err != nil {
		t.Fatalf("%d children, %v", n, err)
	}
	for cut := range len(small) {
		_, err := read(strings.NewReader(small[:cut]))
		var fault *Fault
		if !errors.As(err, &fault) {
			t.Errorf("cut at byte %d: %v", cut, err)
		}
	}
}

func TestDeclaredEncodingsAreRead(t *testing.T) {
	for _, tt := range []struct{ charset, text string }{
		{"UTF-8", "Zo\u00eb"}, {"utf-8", "Zo\u00eb"}, {"ISO-8859-1", "Zo\xeb"}, {"windows-1252", "Zo\xeb"}, {"US-ASCII", "Zoe"},
		{"UTF8", "Zo\u00eb"}, {"ISO-8859-15", "Zo\xeb"},
	} {
		for _, mark := range []string{"", "\ufeff"} {
			if mark != "" && !strings.EqualFold(tt.charset, "UTF-8") {
				continue
			}
			file := mark + strings.Replace(strings.Replace(small, "UTF-8", tt.charset, 1), "ANY1", tt.text, 1)
			tokens, err := newTokens(strings.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			var got string
			s := &scan{tokens: tokens, lastYear: 2027, onHeader: func(header) error { return nil },
				onChild: func(e *element) error { got = peek(e, "LAchildID"); return nil }}
			if err := s.run(); err != nil || got != "Zo\u00eb" && got != "Zoe" {
				t.Errorf("%s: %q, %v", tt.charset, got, err)
			}
		}
	}
}

func TestAFileInUTF16IsRead(t *testing.T) {
	for name, form := range map[string]encoding.Encoding{
		"little-endian, marked":   unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"big-endian, marked":      unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"little-endian, unmarked": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"big-endian, unmarked":    unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	} {
		file, err := form.NewEncoder().String(strings.Replace(small, "UTF-8", "UTF-16", 1))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := read(strings.NewReader(file)); n != 1 || err != nil {
			t.Errorf("%s: %d children, %v", name, n, err)
		}
	}
}

func TestACommentOrASectionWithinATextDoesNotSplitIt(t *testing.T) {
	for _, text := range []string{"12<!-- a -->34", "<![CDATA[12]]>34", "1<?mark 1?>2<![CDATA[3]]>4", "\n 1234 <!-- a --> "} {
		tokens, err := newTokens(strings.NewReader(strings.Replace(small, "ANY1", text, 1)))
		if err != nil {
			t.Fatal(err)
		}
		s := &scan{tokens: tokens, lastYear: 2027, onHeader: func(header) error { return nil }, onChild: func(e *element) error {
			if got := peek(e, "LAchildID"); got != "1234" {
				t.Errorf("%s is %q", text, got)
			}
			return nil
		}}
		if err := s.run(); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Add("<Message><Header/></Message>")
	f.Add("\ufeff<!DOCTYPE x><Message/>")
	f.Fuzz(func(t *testing.T, text string) {
		tokens, err := newTokens(strings.NewReader(text))
		if err != nil {
			return
		}
		s := &scan{tokens: tokens, lastYear: 2027, onHeader: func(header) error { return nil }}
		s.onChild = func(e *element) error {
			before := e.String()
			m := mapChild(s.header, "r", "p", record.Record{}, e)
			if e.String() != before || len(m.claims) == 0 {
				t.Error("a child changed while it was mapped, or claims nothing")
			}
			return nil
		}
		err = s.run()
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("%T is no fault", err)
		}
	})
}
