package seal

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
// field's value, nor in its path, nor given by the format.
func split(payload []byte) ([]field, error) { return new(scanner).split(payload) }

// split is the function split in the space of the payload before, whose fields
// are good no longer.
func (s *scanner) split(payload []byte) ([]field, error) {
	if len(payload) > MaxPayloadBytes {
		return nil, refusal("more than %d bytes", MaxPayloadBytes)
	}
	*s = scanner{text: payload, fields: slices.Grow(s.fields[:0], usualFields), names: slices.Grow(s.names[:0], usualFields), head: s.head}
	if err := s.payload(); err != nil {
		return nil, err
	}
	return s.fields, nil
}

func refusal(format string, args ...any) error {
	return fmt.Errorf("%w: payload: %s", ErrRefused, fmt.Sprintf(format, args...))
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
	name := payload[f.name:f.nameEnd]
	if bytes.IndexByte(name, '~') < 0 && bytes.IndexByte(name, '/') < 0 {
		b = append(b, name...)
	} else {
		b = appendEscaped(b, name)
	}
	if f.index >= 0 {
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(f.index), 10)
	}
	return b
}

func appendEscaped(b, name []byte) []byte {
	for _, c := range name {
		switch c {
		case '~':
			b = append(b, "~0"...)
		case '/':
			b = append(b, "~1"...)
		default:
			b = append(b, c)
		}
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

// Split returns the fields of a payload in stored order: what Join makes it of
// again. Their values are parts of payload. The error is ErrRefused for a payload
// that is never sealed.
func Split(payload []byte) ([]Field, error) {
	parts, err := split(payload)
	if err != nil {
		return nil, err
	}
	fields := make([]Field, len(parts))
	for i := range parts {
		fields[i] = parts[i].of(payload)
	}
	return fields, nil
}
