package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"sync"
)

// Field is one field of a payload, named by its JSON Pointer.
type Field struct {
	Path  string
	Value []byte // JSON, as stored
}

const (
	saltChars     = 43 // 32 bytes in base64url without padding
	disclosureTop = `["`

	maxPathChars = 1 + 2*MaxMemberChars + 1 + len("9999")

	// MaxDisclosureBytes bounds a disclosure.
	MaxDisclosureBytes = MaxPayloadBytes + maxPathChars + saltChars + len(`["","",]`)
)

// committer makes the disclosures of one payload.
type committer struct {
	payload []byte
	salts   keyedHash // under the seed
	message []byte    // space for what a salt is made of
}

// committers are what has been used, for their space: nearly all that is done
// with one is to make one root.
var committers = sync.Pool{New: func() any { return &committer{salts: newKeyedHash()} }}

func newCommitter(seed Hash, payload []byte) *committer {
	c := committers.Get().(*committer)
	c.payload = payload
	c.salts.setKey(&seed)
	return c
}

// free puts back the committer, but nothing of payload, key and salts, which are
// secret.
func (c *committer) free() {
	c.payload = nil
	clear(c.message[:cap(c.message)])
	c.salts.forget()
	committers.Put(c)
}

// disclose appends the disclosure of f to b.
func (c *committer) disclose(b []byte, f *field) []byte {
	c.message = f.appendPath(append(c.message[:0], saltPrefix...), c.payload)
	b = append(b, disclosureTop...)
	b = base64.RawURLEncoding.AppendEncode(b, c.salts.of(c.message))
	b = append(b, `","`...)
	b = append(b, c.message[len(saltPrefix):]...)
	b = append(b, `",`...)
	b = append(b, c.payload[f.value:f.valueEnd]...)
	return append(b, ']')
}

// digests appends the digests of the fields to out.
func (c *committer) digests(fields []field, out []Hash) []Hash {
	text := make([]byte, 0, 512)
	for i := range fields {
		text = c.disclose(text[:0], &fields[i])
		out = append(out, sha256.Sum256(text))
	}
	return out
}

// VerifyDisclosure reads a disclosure and returns its digest and the field
// that it discloses. The caller looks the digest up among those that the leaf
// commits to. The error is ErrDisclosure for anything that sealing does not
// write, byte for byte.
func VerifyDisclosure(text []byte) (Hash, Field, error) {
	f, reason := parseDisclosure(text)
	if reason != "" {
		return Hash{}, Field{}, fmt.Errorf("%w: %s", ErrDisclosure, reason)
	}
	return sha256.Sum256(text), f, nil
}

func parseDisclosure(text []byte) (Field, string) {
	if len(text) > MaxDisclosureBytes {
		return Field{}, "too long"
	}
	rest, begun := bytes.CutPrefix(text, []byte(disclosureTop))
	rest, ended := bytes.CutSuffix(rest, []byte("]"))
	if !begun || !ended || len(rest) < saltChars {
		return Field{}, "not an array that begins with a salt"
	}
	salt, rest := rest[:saltChars], rest[saltChars:]
	if bytes.ContainsAny(salt, "\r\n") {
		return Field{}, "the salt is not base64url" // the decoder skips line ends
	}
	var space [sha256.Size]byte
	if _, err := base64.RawURLEncoding.Strict().Decode(space[:], salt); err != nil {
		return Field{}, "the salt is not base64url"
	}
	rest, quoted := bytes.CutPrefix(rest, []byte(`","`))
	path, value, found := bytes.Cut(rest, []byte(`",`))
	if !quoted || !found {
		return Field{}, "no path after the salt"
	}
	_, index, ok := parsePath(string(path))
	switch {
	case !ok:
		return Field{}, "the path is not that of a field"
	case checkValue(value) != nil:
		return Field{}, "the value is not one that is sealed"
	case index < 0 && value[0] == '[' && len(value) > len("[]"):
		return Field{}, "an array with elements is not one field"
	}
	return Field{Path: string(path), Value: bytes.Clone(value)}, ""
}

// Join makes the payload again from all its fields in stored order. The error
// is ErrRefused when no payload has these fields in this order.
func Join(fields []Field) ([]byte, error) {
	b := []byte{'{'}
	open := "" // the member whose array is being written
	for i, f := range fields {
		name, index, ok := parsePath(f.Path)
		if !ok {
			return nil, refusal("field %d: the path is not that of a field", i)
		}
		if open != "" && index <= 0 {
			b, open = append(b, ']'), ""
		}
		if i > 0 {
			b = append(b, ',')
		}
		if index <= 0 {
			b = append(append(append(b, '"'), name...), `":`...)
		}
		if index == 0 {
			b, open = append(b, '['), name
		}
		b = append(b, f.Value...)
	}
	if open != "" {
		b = append(b, ']')
	}
	b = append(b, '}')
	return b, joined(b, fields)
}

// joined checks that payload splits into exactly these fields.
func joined(payload []byte, fields []Field) error {
	parts, err := split(payload)
	if err != nil {
		return err
	}
	if len(parts) != len(fields) {
		return refusal("the fields are not those of one payload")
	}
	for i := range parts {
		f := parts[i].of(payload)
		if f.Path != fields[i].Path || !bytes.Equal(f.Value, fields[i].Value) {
			return refusal("field %d is not in its place", i)
		}
	}
	return nil
}

// of returns the field with its value as a part of payload.
func (f *field) of(payload []byte) Field {
	return Field{Path: string(f.appendPath(nil, payload)), Value: payload[f.value:f.valueEnd:f.valueEnd]}
}
