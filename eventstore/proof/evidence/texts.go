package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

const (
	manifestTitle    = "caseledger/evidence/v1"
	redactionsTitle  = "caseledger/redactions/v1"
	certificateTitle = "caseledger/destruction/v1"

	timeLayout = "2006-01-02T15:04:05.000000Z"
	dateLayout = "2006-01-02"
	noTime     = "-"

	maxWordsChars = 200
)

// manifest says what a package is about and lists its files. Nobody signs it:
// what it says is compared with what is proved.
type manifest struct {
	Ledger  string
	Record  string
	Entries int
	KnownAt time.Time // zero: no cut-off
	Files   []listed  // all but the manifest, by name
}

type listed struct {
	Name string
	Size int
	Sum  proof.Hash
}

func list(files map[string][]byte) []listed {
	var out []listed
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, listed{name, len(files[name]), sha256.Sum256(files[name])})
	}
	return out
}

func (m manifest) text() []byte {
	known := noTime
	if !m.KnownAt.IsZero() {
		known = m.KnownAt.UTC().Format(timeLayout)
	}
	b := fmt.Appendf(nil, "%s\nledger %s\nrecord %s\nentries %d\nknown-at %s\nfiles %d\n", manifestTitle, m.Ledger, m.Record, m.Entries, known, len(m.Files))
	for _, f := range m.Files {
		b = fmt.Appendf(b, "%s %d %s\n", f.Sum, f.Size, f.Name)
	}
	return b
}

const manifestHead = 6 // lines before the files

func parseManifest(text []byte) (manifest, error) {
	failed := fmt.Errorf("manifest: %w", ErrFormat)
	lines := strings.Split(string(text), "\n")
	if len(lines) <= manifestHead || len(lines) > manifestHead+MaxFiles+1 {
		return manifest{}, failed
	}
	var values [manifestHead]string
	for i, name := range [manifestHead]string{manifestTitle, "ledger ", "record ", "entries ", "known-at ", "files "} {
		values[i] = strings.TrimPrefix(lines[i], name)
	}
	m := manifest{Ledger: values[1], Record: values[2]}
	m.Entries, _ = strconv.Atoi(values[3])
	m.KnownAt, _ = time.Parse(timeLayout, values[4])
	last := ""
	for _, line := range lines[manifestHead : len(lines)-1] {
		f := parseListed(line)
		if f.Name <= last || f.Name == manifestName || !known(f.Name) {
			return manifest{}, failed
		}
		m.Files, last = append(m.Files, f), f.Name
	}
	// What could not be read, or reads in two ways, shows here.
	if !bytes.Equal(m.text(), text) || !proof.ValidOrigin(m.Ledger) || !proof.ValidRecord(m.Record) || m.Entries < 0 || m.Entries > MaxEntries {
		return manifest{}, failed
	}
	return m, nil
}

// parseListed leaves zero what it cannot read.
func parseListed(line string) (f listed) {
	parts := strings.SplitN(line, " ", 3)
	if len(parts) != 3 || len(parts[0]) != 2*len(f.Sum) {
		return f
	}
	hex.Decode(f.Sum[:], []byte(parts[0]))
	f.Size, _ = strconv.Atoi(parts[1])
	f.Name = parts[2]
	return f
}

// Redaction is one line of the schedule: a field that is withheld, and why.
type Redaction struct {
	Seq       int       // of the entry
	Path      string    // of the field
	Ground    string    // printable words, as the reader is to see them
	DecidedBy string    // likewise; a role rather than a name
	Date      time.Time // of the decision; only the day is kept
}

// scheduled is a redaction with the place of the field that it explains: what
// is withheld has no path that a reader could check, but it has a digest.
type scheduled struct {
	Redaction
	Field int // 1, 2, 3 … in stored order
}

func redactionsText(lines []scheduled) []byte {
	b := []byte(redactionsTitle + "\n")
	for _, r := range lines {
		b = fmt.Appendf(b, "%d\t%d\t%s\t%s\t%s\t%s\n", r.Seq, r.Field, r.Path, r.Ground, r.DecidedBy, r.Date.UTC().Format(dateLayout))
	}
	return b
}

func parseRedactions(text []byte) ([]scheduled, error) {
	lines := strings.Split(string(text), "\n")
	if lines[0] != redactionsTitle || lines[len(lines)-1] != "" || len(lines) > MaxRedactions+2 {
		return nil, fmt.Errorf("redactions: %w", ErrFormat)
	}
	var out []scheduled
	for i, line := range lines[1 : len(lines)-1] {
		r, ok := parseRedaction(line)
		if !ok || len(out) > 0 && !before(out[len(out)-1], r) {
			return nil, fmt.Errorf("redactions: line %d: %w", i+2, ErrFormat)
		}
		out = append(out, r)
	}
	if !bytes.Equal(redactionsText(out), text) {
		return nil, fmt.Errorf("redactions: %w", ErrFormat)
	}
	return out, nil
}

func before(a, b scheduled) bool {
	return a.Seq < b.Seq || a.Seq == b.Seq && a.Field < b.Field
}

func parseRedaction(line string) (r scheduled, ok bool) {
	parts := strings.Split(line, "\t")
	if len(parts) != 6 {
		return r, false
	}
	var err1, err2, err3 error
	r.Seq, err1 = strconv.Atoi(parts[0])
	r.Field, err2 = strconv.Atoi(parts[1])
	r.Path, r.Ground, r.DecidedBy = parts[2], parts[3], parts[4]
	r.Date, err3 = time.Parse(dateLayout, parts[5])
	return r, err1 == nil && err2 == nil && err3 == nil && r.valid() && r.Seq <= MaxEntries && r.Field >= 1 && r.Field <= seal.MaxFields
}

func (r Redaction) valid() bool {
	return r.Seq >= 1 && printable(r.Path) && strings.HasPrefix(r.Path, "/") && printable(r.Ground) && printable(r.DecidedBy) && !r.Date.IsZero()
}

// printable reports whether s is words that can stand in a line.
func printable(s string) bool {
	for _, c := range s {
		if c < ' ' || c == 0x7f || c == '\uFFFD' || '\u0080' <= c && c < '\u00a0' || '\u200b' <= c && c <= '\u200f' || '\u2028' <= c && c <= '\u202e' || '\u2066' <= c && c <= '\u2069' {
			return false // nothing that ends a line or turns its direction
		}
	}
	return 0 < len(s) && len(s) <= 2*maxWordsChars
}

func digestsText(digests []proof.Hash) []byte {
	var b []byte
	for _, d := range digests {
		b = fmt.Appendf(b, "%s\n", d)
	}
	return b
}

func parseDigests(text []byte) ([]proof.Hash, error) {
	const line = 2*len(proof.Hash{}) + 1
	if len(text)%line != 0 || len(text)/line > seal.MaxFields {
		return nil, fmt.Errorf("digests: %w", ErrFormat)
	}
	digests := make([]proof.Hash, len(text)/line)
	for i := range digests {
		hex.Decode(digests[i][:], text[i*line:(i+1)*line-1])
	}
	if !bytes.Equal(digestsText(digests), text) {
		return nil, fmt.Errorf("digests: %w", ErrFormat)
	}
	return digests, nil
}

func linesText(lines [][]byte) []byte {
	var b []byte
	for _, l := range lines {
		b = append(append(b, l...), '\n')
	}
	return b
}

func parseLines(text []byte) ([][]byte, error) {
	if len(text) == 0 {
		return nil, nil
	}
	body, ended := bytes.CutSuffix(text, []byte("\n"))
	if !ended || bytes.Count(text, []byte("\n")) > seal.MaxFields {
		return nil, fmt.Errorf("lines: %w", ErrFormat)
	}
	return bytes.Split(body, []byte("\n")), nil
}

// certificateKey returns the key that a certificate of destruction is about:
// its first two lines are a title and "key <id>"; the rest is for people.
func certificateKey(text []byte) (string, error) {
	rest, ok := strings.CutPrefix(string(text), certificateTitle+"\nkey ")
	key, _, ended := strings.Cut(rest, "\n")
	if !ok || !ended || !seal.ValidKeyID(key) {
		return "", fmt.Errorf("certificate: %w", ErrFormat)
	}
	return key, nil
}
