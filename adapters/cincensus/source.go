package cincensus

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// guard counts the bytes that were read since the last token, so that a text
// or comment without end is given up before it fills the memory.
type guard struct {
	from  io.Reader
	since int
	total int64
}

func (g *guard) Read(p []byte) (int, error) {
	if g.since > MaxTokenBytes {
		return 0, overLimit("token-bytes", MaxTokenBytes)
	}
	n, err := g.from.Read(p)
	g.since += n
	g.total += int64(n)
	return n, err
}

// tokens reads mark-up from a guarded source.
type tokens struct {
	guard   *guard
	decoder *xml.Decoder
	line    int // at which the latest token began
	column  int
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

func newTokens(r io.Reader) (*tokens, error) {
	const looked = 512 // bytes in which a file must begin to be XML
	source := bufio.NewReaderSize(r, looked)
	head, err := source.Peek(looked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	from, charset := io.Reader(source), charsetReader
	if encoding, wide := utf16(head); wide {
		from, charset = encoding.NewDecoder().Reader(source), wideReader
	} else if !isXML(bytes.TrimPrefix(head, byteOrderMark)) {
		return nil, &Fault{Line: 1, Column: 1, Rule: "not-a-return", Reason: "the file is no XML; a return begins with <Message>"}
	} else if bytes.HasPrefix(head, byteOrderMark) {
		_, _ = source.Discard(len(byteOrderMark)) // they were peeked at
	}
	g := &guard{from: from}
	d := xml.NewDecoder(g)
	d.CharsetReader = charset
	return &tokens{guard: g, decoder: d, line: 1, column: 1}, nil
}

// isXML reports whether a file begins like XML, or is too blank to say.
func isXML(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) == 0 || head[0] == '<'
}

// utf16 returns the encoding of a file that begins with a mark of UTF-16, or
// with a < in it.
func utf16(head []byte) (encoding.Encoding, bool) {
	for begin, order := range map[string]unicode.Endianness{"\xFF\xFE": unicode.LittleEndian, "<\x00": unicode.LittleEndian,
		"\xFE\xFF": unicode.BigEndian, "\x00<": unicode.BigEndian} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return unicode.UTF16(order, unicode.UseBOM), true
		}
	}
	return nil, false
}

const encodings = "the file must be UTF-8, UTF-16, US-ASCII, ISO-8859-1, ISO-8859-15 or windows-1252, and say so"

func charsetReader(charset string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "utf8":
		return r, nil
	case "iso-8859-15", "latin9":
		return charmap.ISO8859_15.NewDecoder().Reader(r), nil
	case "us-ascii", "ascii":
		return ascii{r}, nil
	case "iso-8859-1", "latin1":
		return charmap.ISO8859_1.NewDecoder().Reader(r), nil
	case "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	}
	return nil, &Fault{Rule: "encoding", Reason: encodings}
}

// wideReader is the charsetReader of a file in UTF-16, which is UTF-8 by now.
func wideReader(charset string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "utf-16", "utf-16le", "utf-16be":
		return r, nil
	}
	return nil, &Fault{Rule: "encoding", Reason: "the file is UTF-16, and says otherwise"}
}

// ascii refuses what is not US-ASCII.
type ascii struct{ from io.Reader }

func (a ascii) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	for _, c := range p[:n] {
		if c >= 0x80 {
			return 0, &Fault{Rule: "encoding", Reason: "the file says US-ASCII, and is not"}
		}
	}
	return n, err
}

// next returns the next token, io.EOF at the end, or a *Fault. The token's
// bytes are valid until the next call.
func (t *tokens) next() (xml.Token, error) {
	t.line, t.column = t.decoder.InputPos()
	token, err := t.decoder.Token()
	if err != nil {
		return nil, t.fault(err)
	}
	t.guard.since = 0
	if _, ok := token.(xml.Directive); ok {
		return nil, t.at(&Fault{Rule: "document-type", Reason: "a return has no document type and declares no entities"})
	}
	if start, ok := token.(xml.StartElement); ok && len(start.Attr) > MaxAttributes {
		return nil, t.at(overLimit("attributes", MaxAttributes))
	}
	return token, nil
}

// fault makes a *Fault of what the decoder says. The decoder's own words are
// not repeated, because they may hold what the file says.
func (t *tokens) fault(err error) error {
	var own *Fault
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &own):
		return t.at(own)
	case errors.As(err, &syntax):
		line, column := t.decoder.InputPos()
		return &Fault{Line: line, Column: column, Rule: "not-well-formed", Reason: wording(syntax.Msg)}
	case strings.HasPrefix(err.Error(), "xml:"): // such as an unknown encoding or version
		own = &Fault{Rule: "encoding", Reason: encodings}
		return t.at(own)
	}
	return err
}

func wording(message string) string {
	for prefix, words := range map[string]string{
		"invalid UTF-8":                "there are bytes that are not UTF-8; a file in another encoding says which in its first line",
		"invalid character entity":     "only the five entities of XML itself may be used",
		"illegal character code":       "there is a character that XML does not allow",
		"unexpected EOF":               "the file ends within an element",
		"element <":                    "an element is closed by the end of another",
		"unexpected end element":       "an end has no beginning",
		"unescaped < inside":           "an attribute holds a bare <",
		"attribute name without = in ": "an attribute has no value",
	} {
		if strings.HasPrefix(message, prefix) {
			return words
		}
	}
	return "this is not well-formed XML"
}

func (t *tokens) at(f *Fault) *Fault {
	placed := *f
	placed.Line, placed.Column = t.line, t.column
	return &placed
}
