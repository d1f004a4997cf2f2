package seal

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits of a payload.
const (
	MaxPayloadBytes = 4<<20 - 4<<10 // so that leaf and blob fit into one event of a store
	MaxFields       = 10_000
	MaxMemberChars  = 128 // of a top-level member's name
	MaxDepth        = 64  // of arrays and objects in a field
)

// field is one field of a payload, as offsets into it.
type field struct {
	name, nameEnd   int // the member's name, between its quotes
	index           int // of the element; -1 when the member is one field
	value, valueEnd int
}

// split returns the fields of a payload in stored order: every element of a
// top-level member that is an array with elements, and every other top-level
// member whole. It refuses a payload with any byte that would be neither in a
// field's value, nor in its path, nor given by the format. out's space is used.
func split(payload []byte, out []field) ([]field, error) {
	if len(payload) > MaxPayloadBytes {
		return nil, refusal("more than %d bytes", MaxPayloadBytes)
	}
	if len(payload) == 0 || payload[0] != '{' || !jsontext.Value(payload).IsValid() {
		return nil, refusal("not one JSON object of valid UTF-8 without duplicate names")
	}
	s := scanner{text: payload, at: 1, fields: out[:0]}
	for !s.take('}') {
		if len(s.fields) > 0 && !s.take(',') {
			return nil, s.refuse("whitespace outside strings")
		}
		if err := s.member(); err != nil {
			return nil, err
		}
	}
	switch {
	case s.at != len(payload):
		return nil, s.refuse("whitespace outside strings")
	case len(s.fields) == 0:
		return nil, refusal("an object without members")
	}
	return s.fields, nil
}

func refusal(format string, args ...any) error {
	return fmt.Errorf("%w: payload: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// checkValue refuses what may not be the value of a field.
func checkValue(value []byte) error {
	if !jsontext.Value(value).IsValid() {
		return refusal("not one JSON value of valid UTF-8 without duplicate names")
	}
	s := scanner{text: value}
	if err := s.value(); err != nil {
		return err
	}
	if s.at != len(value) {
		return s.refuse("whitespace outside strings")
	}
	return nil
}

// scanner goes once over JSON that is known to be valid. It looks for what
// validity leaves open: whitespace, names, numbers, depth and how many fields.
type scanner struct {
	text   []byte
	at     int
	fields []field
}

func (s *scanner) refuse(rule string) error { return refusal("%s, at byte %d", rule, s.at) }

func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) member() error {
	if s.text[s.at] != '"' {
		return s.refuse("whitespace outside strings")
	}
	name := s.at + 1
	s.skipString()
	f := field{name: name, nameEnd: s.at - 1, index: -1}
	if !validMember(s.text[f.name:f.nameEnd]) {
		return s.refuse("a top-level name that is not 1 to 128 of printable ASCII without \" and \\")
	}
	if !s.take(':') {
		return s.refuse("whitespace outside strings")
	}
	if s.text[s.at] == '[' && s.text[s.at+1] != ']' {
		return s.elements(f)
	}
	return s.field(f)
}

// elements adds every element of the array that begins here as a field.
func (s *scanner) elements(f field) error {
	s.at++
	for f.index = 0; ; f.index++ {
		if err := s.field(f); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.refuse("whitespace outside strings")
		}
	}
}

func (s *scanner) field(f field) error {
	if len(s.fields) == MaxFields {
		return refusal("more than %d fields", MaxFields)
	}
	f.value = s.at
	err := s.value()
	f.valueEnd = s.at
	s.fields = append(s.fields, f)
	return err
}

// value goes over the value that begins here.
func (s *scanner) value() error {
	for depth := 0; ; {
		switch s.text[s.at] {
		case '"':
			s.skipString()
		case '{', '[':
			s.at++
			depth++
		case '}', ']':
			s.at++
			depth--
		case ',', ':':
			s.at++
		case 't', 'n':
			s.at += len("true")
		case 'f':
			s.at += len("false")
		case ' ', '\t', '\r', '\n':
			return s.refuse("whitespace outside strings")
		default:
			if err := s.number(); err != nil {
				return err
			}
		}
		if depth == 0 {
			return nil
		}
		if depth > MaxDepth {
			return s.refuse("arrays and objects more than 64 deep")
		}
	}
}

// skipString goes over the string that begins here: to the first quote with an
// even number of backslashes before it.
func (s *scanner) skipString() {
	for s.at++; ; s.at++ {
		s.at += bytes.IndexByte(s.text[s.at:], '"')
		before := s.at
		for s.text[before-1] == '\\' {
			before--
		}
		if (s.at-before)%2 == 0 {
			s.at++
			return
		}
	}
}

// number goes over a number and refuses one that readers with 64-bit floating
// point numbers could take for another integer.
func (s *scanner) number() error {
	n := 0
	for s.at+n < len(s.text) && isNumber(s.text[s.at+n]) {
		n++
	}
	if !exact(s.text[s.at : s.at+n]) {
		return s.refuse("a number beyond ±2^53")
	}
	s.at += n
	return nil
}

func isNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

const maxInteger = "9007199254740992" // 2^53

func exact(number []byte) bool {
	if bytes.ContainsAny(number, ".eE") {
		f, err := strconv.ParseFloat(string(number), 64)
		return err == nil && math.Abs(f) < 1<<53
	}
	digits := bytes.TrimPrefix(number, []byte("-"))
	return len(digits) < len(maxInteger) || len(digits) == len(maxInteger) && string(digits) <= maxInteger
}

func validMember(name []byte) bool {
	for _, c := range name {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return 0 < len(name) && len(name) <= MaxMemberChars
}

// appendPath appends the field's JSON Pointer (RFC 6901) to b: "/actor" for a
// member, "/text/0" for an element.
func (f *field) appendPath(b, payload []byte) []byte {
	b = append(b, '/')
	for _, c := range payload[f.name:f.nameEnd] {
		switch c {
		case '~':
			b = append(b, "~0"...)
		case '/':
			b = append(b, "~1"...)
		default:
			b = append(b, c)
		}
	}
	if f.index >= 0 {
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(f.index), 10)
	}
	return b
}

// parsePath is the inverse of appendPath: the member's name, and the element's
// index or -1.
func parsePath(path string) (name string, index int, ok bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return "", 0, false
	}
	token, number, element := strings.Cut(rest, "/")
	index = -1
	if element {
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= MaxFields || strconv.Itoa(n) != number {
			return "", 0, false
		}
		index = n
	}
	name = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	escaped := strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
	return name, index, escaped == token && validMember([]byte(name))
}
