package seal

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// checkValue refuses what may not be the value of a field.
func checkValue(value []byte) error {
	s := scanner{text: value}
	if err := s.clean(); err != nil {
		return err
	}
	if err := s.value(0); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return s.checkEscapes()
}

// scanner goes once over JSON and checks it: that it is valid, without
// whitespace and without an object that has a name twice, and its numbers and
// depth. Only of a text with escapes it leaves the escapes, and the names that
// they make the same, to jsontext, which would do for the rest too, but takes
// three times as long.
type scanner struct {
	text    []byte
	at      int
	fields  []field
	names   []span // of the objects that are being read, the innermost one's last
	escapes bool   // in some string
	head    []byte // space for that of a leaf
}

// scanners are what Open has used, for their space: of all that is opened the
// fields are found, and forgotten when they are checked.
var scanners = sync.Pool{New: func() any { return new(scanner) }}

// free puts back the scanner, but not the text, which is secret.
func (s *scanner) free() {
	s.text = nil
	scanners.Put(s)
}

// span is a part of the text.
type span struct{ begin, end int }

func (s *scanner) refuse(rule string) error { return refusal("%s, at byte %d", rule, s.at) }

func (s *scanner) unexpected() error {
	if s.next() == ' ' {
		return s.refuse("whitespace outside strings")
	}
	return s.refuse("not JSON")
}

// next is the byte that comes next, or 0 at the end: clean has refused zeros.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) take(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) end() error {
	if s.at != len(s.text) {
		return s.unexpected()
	}
	return nil
}

func (s *scanner) checkEscapes() error {
	if s.escapes && !jsontext.Value(s.text).IsValid() {
		return refusal("an escape that JSON does not have, or one that gives an object a name twice")
	}
	return nil
}

// clean refuses what is not UTF-8, and the control characters: in strings they
// are not JSON, and outside they are whitespace.
func (s *scanner) clean() error {
	if !utf8.Valid(s.text) || hasControl(s.text) {
		return refusal("not UTF-8 without control characters and line ends")
	}
	return nil
}

// hasControl looks for bytes below ' ', eight at a time: only such a byte has
// no high bit of its own and gets one, or a borrow, when ' ' is subtracted.
func hasControl(text []byte) bool {
	const each = 0x0101010101010101
	for ; len(text) >= 8; text = text[8:] {
		w := binary.LittleEndian.Uint64(text)
		if (w-each*' ')&^w&(each*0x80) != 0 {
			return true
		}
	}
	return slices.ContainsFunc(text, func(c byte) bool { return c < ' ' })
}

// payload goes over the whole text and finds its fields.
func (s *scanner) payload() error {
	if err := s.clean(); err != nil {
		return err
	}
	if !s.take('{') {
		return refusal("not a JSON object")
	}
	for {
		if err := s.member(); err != nil {
			return err
		}
		if s.take('}') {
			break
		}
		if !s.take(',') {
			return s.unexpected()
		}
	}
	if err := s.unique(0); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return s.checkEscapes()
}

// member adds the fields of the top-level member that begins here.
func (s *scanner) member() error {
	f := field{name: s.at + 1, index: -1}
	if err := s.name(); err != nil {
		return err
	}
	f.nameEnd = s.at - len(`":`)
	if !validMember(s.text[f.name:f.nameEnd]) {
		return s.refuse("a top-level name that is not 1 to 128 of printable ASCII without \" and \\")
	}
	if s.next() == '[' && !bytes.HasPrefix(s.text[s.at:], []byte("[]")) {
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
			return s.unexpected()
		}
	}
}

func (s *scanner) field(f field) error {
	if len(s.fields) == MaxFields {
		return refusal("more than %d fields", MaxFields)
	}
	f.value = s.at
	err := s.value(0)
	f.valueEnd = s.at
	s.fields = append(s.fields, f)
	return err
}

// value goes over the value that begins here, which stands in so many arrays
// and objects of its field.
func (s *scanner) value(depth int) error {
	switch s.next() {
	case '"':
		return s.string()
	case '{':
		return s.object(depth + 1)
	case '[':
		return s.array(depth + 1)
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	return s.number()
}

func (s *scanner) object(depth int) error {
	if depth > MaxDepth {
		return s.refuse("arrays and objects more than 64 deep")
	}
	s.at++
	if s.take('}') {
		return nil
	}
	for first := len(s.names); ; {
		if err := s.name(); err != nil {
			return err
		}
		if err := s.value(depth); err != nil {
			return err
		}
		if s.take('}') {
			return s.unique(first)
		}
		if !s.take(',') {
			return s.unexpected()
		}
	}
}

func (s *scanner) array(depth int) error {
	if depth > MaxDepth {
		return s.refuse("arrays and objects more than 64 deep")
	}
	s.at++
	if s.take(']') {
		return nil
	}
	for {
		if err := s.value(depth); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.unexpected()
		}
	}
}

// name goes over a name and its colon.
func (s *scanner) name() error {
	name := span{begin: s.at + 1}
	if err := s.string(); err != nil {
		return err
	}
	name.end = s.at - 1
	s.names = append(s.names, name)
	if !s.take(':') {
		return s.unexpected()
	}
	return nil
}

// unique refuses a name that an object has twice: its names are those from
// first on, and are dropped.
func (s *scanner) unique(first int) error {
	names := s.names[first:]
	s.names = s.names[:first]
	slices.SortFunc(names, func(a, b span) int { return bytes.Compare(s.text[a.begin:a.end], s.text[b.begin:b.end]) })
	for i := 1; i < len(names); i++ {
		a, b := names[i-1], names[i]
		if bytes.Equal(s.text[a.begin:a.end], s.text[b.begin:b.end]) {
			return s.refuse("an object with a name twice")
		}
	}
	return nil
}

// string goes over a string. It ends at the first quote with an even number of
// backslashes before it.
func (s *scanner) string() error {
	if s.next() != '"' {
		return s.unexpected()
	}
	inner := s.text[s.at+1:]
	for end := 0; ; end++ {
		n := bytes.IndexByte(inner[end:], '"')
		if n < 0 {
			return s.refuse("a string without end")
		}
		escapes := bytes.IndexByte(inner[end:end+n], '\\') >= 0
		s.escapes = s.escapes || escapes
		end += n
		if !escapes || (end-len(bytes.TrimRight(inner[:end], `\`)))%2 == 0 {
			s.at += len(`"`) + end + len(`"`)
			return nil
		}
	}
}

func (s *scanner) literal(word string) error {
	if !bytes.HasPrefix(s.text[s.at:], []byte(word)) {
		return s.unexpected()
	}
	s.at += len(word)
	return nil
}

// number goes over a number and refuses one that readers with 64-bit floating
// point numbers could take for another integer.
func (s *scanner) number() error {
	begin := s.at
	s.take('-')
	valid := s.take('0') || s.digits()
	if s.take('.') {
		valid = valid && s.digits()
	}
	if s.take('e') || s.take('E') {
		_ = s.take('+') || s.take('-')
		valid = valid && s.digits()
	}
	if !valid {
		return s.unexpected()
	}
	if !exact(s.text[begin:s.at]) {
		return s.refuse("a number beyond ±2^53")
	}
	return nil
}

// digits goes over digits and reports whether there were any.
func (s *scanner) digits() bool {
	begin := s.at
	for '0' <= s.next() && s.next() <= '9' {
		s.at++
	}
	return s.at > begin
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
