package ssda903

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// decode returns the text of a file in UTF-8, with a line feed at the end of
// each line, however a spreadsheet has saved it.
func (g *gathering) decode(from *source, raw []byte) ([]byte, error) {
	text := bytes.TrimPrefix(raw, byteOrderMark)
	switch {
	case isUTF16(raw):
		text = decoded(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), raw)
		g.note(from, 1, "", "encoding-utf-16")
	case !utf8.Valid(text):
		text = decoded(charmap.Windows1252, text)
		g.note(from, 1, "", "encoding")
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return nil, &Fault{File: from.name, Line: 1 + bytes.Count(text[:at], []byte("\n")), Rule: "not-text",
			Reason: "the file holds a zero byte, which no text does; save the table as CSV (UTF-8)"}
	}
	if !bytes.ContainsRune(text, '\n') {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	return text, nil
}

// decoded never fails: what is no character of the encoding becomes U+FFFD.
func decoded(from encoding.Encoding, raw []byte) []byte {
	text, err := from.NewDecoder().Bytes(raw)
	if err != nil {
		return bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	return text
}

// isUTF16 reports whether a file begins with a mark of UTF-16.
func isUTF16(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte{0xFF, 0xFE}) || bytes.HasPrefix(raw, []byte{0xFE, 0xFF})
}

// separator returns what separates the cells: a comma, unless the first line
// has none and has semicolons or tabs.
func separator(text []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	for _, c := range []rune{',', ';', '\t'} {
		if bytes.ContainsRune(line, c) {
			return c
		}
	}
	return ','
}
