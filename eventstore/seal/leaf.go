package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Limits of a leaf.
const (
	MaxNameChars = 200  // of a ledger's name, a record's name and a type, each
	MaxLeafBytes = 1024 // of the whole text
)

const (
	leafTitle = "caseledger/leaf/v1"

	second = 1_000_000 // microseconds
)

// Header is what the ledger states about an event before it is sealed.
type Header struct {
	Ledger   string    // 1 to MaxNameChars of a-z A-Z 0-9 . _ - /
	Record   string    // the stream's whole name: 1 to MaxNameChars of a-z A-Z 0-9 . _ -
	Seq      uint64    // 1, 2, 3 … in the record, without gaps; below 2^63
	Prev     Hash      // HashLeaf of the leaf before; zero for the first
	Recorded time.Time // whole microseconds; written in UTC
	Type     string    // 1 to MaxNameChars of printable ASCII without space
}

// Leaf is the public part of a sealed event: what is in the log, with nothing
// in it that says what the event holds.
type Leaf struct {
	Header
	Fields int    // how many
	Root   Hash   // RFC 6962 root over the fields' digests
	Cipher Hash   // SHA-256 of the blob
	Key    string // id of the record's key
}

// HashLeaf is SHA-256(0x00 || text): the leaf's hash in the log and in the
// prev line of the next leaf.
func HashLeaf(text []byte) Hash {
	b := make([]byte, 1, 1+MaxLeafBytes)
	return sha256.Sum256(append(b, text...))
}

// Text returns the leaf as stored and hashed.
func (l Leaf) Text() []byte { return l.Append(make([]byte, 0, usualLeafBytes)) }

// Append appends the leaf's text to b.
func (l Leaf) Append(b []byte) []byte { return l.appendTail(l.appendHead(b)) }

// appendHead appends the lines before the cipher line, which are the blob's
// additional data.
func (l *Leaf) appendHead(b []byte) []byte {
	b = append(b, leafTitle+"\nledger "...)
	b = append(b, l.Ledger...)
	b = append(b, "\nrecord "...)
	b = append(b, l.Record...)
	b = append(b, "\nseq "...)
	b = strconv.AppendUint(b, l.Seq, 10)
	b = append(b, "\nprev "...)
	b = hex.AppendEncode(b, l.Prev[:])
	b = append(b, "\nrecorded "...)
	b = appendTime(b, l.Recorded)
	b = append(b, "\ntype "...)
	b = append(b, l.Type...)
	b = append(b, "\nfields "...)
	b = strconv.AppendInt(b, int64(l.Fields), 10)
	b = append(b, ' ')
	b = hex.AppendEncode(b, l.Root[:])
	return append(b, '\n')
}

// appendTime appends t in UTC with six decimals. time writes its own layouts
// four times as fast as one with six decimals.
func appendTime(b []byte, t time.Time) []byte {
	b = t.UTC().AppendFormat(b, time.RFC3339)
	dot := len(b) - len("Z")
	b = strconv.AppendInt(b[:dot], int64(second+t.Nanosecond()/1000), 10) // 1 and six decimals
	b[dot] = '.'
	return append(b, 'Z')
}

func (l *Leaf) appendTail(b []byte) []byte {
	b = append(b, "cipher "...)
	b = hex.AppendEncode(b, l.Cipher[:])
	b = append(b, "\nkey "...)
	b = append(b, l.Key...)
	return append(b, '\n')
}

// ParseLeaf reads a leaf. It accepts exactly what Text writes: the same bytes
// come out again, or the error is ErrLeaf.
func ParseLeaf(text []byte) (Leaf, error) {
	if len(text) > MaxLeafBytes {
		return Leaf{}, fmt.Errorf("%w: more than %d bytes", ErrLeaf, MaxLeafBytes)
	}
	rest, ok := strings.CutPrefix(string(text), leafTitle+"\n")
	if !ok {
		return Leaf{}, fmt.Errorf("%w: its first line is not %s", ErrLeaf, leafTitle)
	}
	names := [...]string{"ledger ", "record ", "seq ", "prev ", "recorded ", "type ", "fields ", "cipher ", "key "}
	var values [len(names)]string
	for i, name := range names {
		line, after, ended := strings.Cut(rest, "\n")
		value, named := strings.CutPrefix(line, name)
		if !ended || !named {
			return Leaf{}, fmt.Errorf("%w: no line %q in its place", ErrLeaf, name)
		}
		values[i], rest = value, after
	}
	l := readLeaf(values)
	if err := l.check(); err != nil {
		return Leaf{}, fmt.Errorf("%w: %w", ErrLeaf, err)
	}
	// What could not be read, or reads in two ways, shows here.
	var space [MaxLeafBytes]byte
	if !bytes.Equal(l.Append(space[:0]), text) {
		return Leaf{}, fmt.Errorf("%w: its lines do not read back as written", ErrLeaf)
	}
	return l, nil
}

// readLeaf leaves zero what it cannot read.
func readLeaf(values [9]string) Leaf {
	l := Leaf{
		Header: Header{Ledger: values[0], Record: values[1], Prev: readHash(values[3]), Type: values[5]},
		Cipher: readHash(values[7]), Key: values[8],
	}
	l.Seq, _ = strconv.ParseUint(values[2], 10, 64)
	l.Recorded, _ = time.Parse(time.RFC3339Nano, values[4])
	count, hash, _ := strings.Cut(values[6], " ")
	l.Fields, _ = strconv.Atoi(count)
	l.Root = readHash(hash)
	return l
}

// readHash returns the zero hash for what is none.
func readHash(s string) (h Hash) {
	if len(s) == 2*len(h) {
		hex.Decode(h[:], []byte(s))
	}
	return h
}

// check returns the rule that the header breaks.
func (h *Header) check() error {
	switch {
	case !ValidLedger(h.Ledger):
		return fmt.Errorf("a ledger's name is 1 to %d of a-z A-Z 0-9 . _ - /", MaxNameChars)
	case !validName(h.Record, '-'):
		return fmt.Errorf("a record's name is 1 to %d of a-z A-Z 0-9 . _ -", MaxNameChars)
	case h.Seq == 0 || h.Seq > math.MaxInt64:
		return errors.New("seq is 1 to 2^63-1")
	case (h.Seq == 1) != (h.Prev == Hash{}):
		return errors.New("the first leaf of a record, and no other, has a prev of zeros")
	case h.Recorded.UTC().Year() < 1970 || h.Recorded.UTC().Year() > 9999 || h.Recorded.Nanosecond()%1000 != 0:
		return errors.New("recorded is in whole microseconds of the years 1970 to 9999")
	case !validType(h.Type):
		return fmt.Errorf("a type is 1 to %d of printable ASCII without space", MaxNameChars)
	}
	return nil
}

func (l *Leaf) check() error {
	switch {
	case l.Fields < 1 || l.Fields > MaxFields:
		return fmt.Errorf("fields are 1 to %d", MaxFields)
	case !ValidKeyID(l.Key):
		return fmt.Errorf("a key's id is k- and %d to %d of 0-9 a-f", minKeyChars, maxKeyChars)
	}
	return l.Header.check()
}

// ValidLedger reports whether s can be the name of a ledger.
func ValidLedger(s string) bool { return validName(s, '/') }

func validName(s string, extra byte) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-', c == extra:
		default:
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxNameChars
}

func validType(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxNameChars
}
