package keys

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

const (
	exportTitle  = "caseledger/keys/v1"
	exportLayout = "2006-01-02T15:04:05.000000Z"

	maxExportBytes = MaxKeys * 256
)

// Export writes all keys, encrypted to the first officer and the result to the
// second: only both together can read it, the second beginning. first and
// second are age recipients ("age1…"), and not the same. The export opens
// every record that lives when it is made, for ever: keep it as the keys
// themselves, and destroy it when a key is destroyed.
func (s *Directory) Export(w io.Writer, first, second string) error {
	s.mu.Lock()
	entries, cause := s.entries, s.cause
	s.mu.Unlock()
	if errors.Is(cause, ErrClosed) {
		return cause
	}
	return writeExport(w, first, second, slices.Values(entries))
}

func writeExport(w io.Writer, first, second string, entries iter.Seq[*entry]) error {
	if first == second {
		return fmt.Errorf("%w: the two officers have one recipient", ErrRefused)
	}
	inner, err := recipient(first)
	if err != nil {
		return err
	}
	outer, err := recipient(second)
	if err != nil {
		return err
	}
	sealed, err := ageEncrypt(exportText(entries), inner)
	if err != nil {
		return fmt.Errorf("keys: export: %w", err)
	}
	if sealed, err = ageEncrypt(sealed, outer); err != nil {
		return fmt.Errorf("keys: export: %w", err)
	}
	_, err = w.Write(sealed)
	return err
}

// ImportDirectory makes a new key store from an export and both officers'
// identities. Nothing is written unless the whole export is read.
func ImportDirectory(ctx context.Context, dirs Dirs, k KMS, export io.Reader, first, second age.Identity) (*Directory, error) {
	entries, err := readExport(export, first, second)
	if err != nil {
		return nil, err
	}
	return create(ctx, dirs, k, osDisk{}, entries)
}

func readExport(export io.Reader, first, second age.Identity) ([]*entry, error) {
	sealed, err := io.ReadAll(io.LimitReader(export, maxExportBytes))
	if err != nil {
		return nil, fmt.Errorf("keys: import: %w", err)
	}
	inner, err := ageDecrypt(sealed, second)
	if err != nil {
		return nil, fmt.Errorf("keys: import: second officer: %w", err)
	}
	text, err := ageDecrypt(inner, first)
	if err != nil {
		return nil, fmt.Errorf("keys: import: first officer: %w", err)
	}
	return parseExport(string(text))
}

func recipient(s string) (age.Recipient, error) {
	all, err := age.ParseRecipients(strings.NewReader(s))
	if err != nil || len(all) != 1 {
		return nil, fmt.Errorf("%w: an officer has one age recipient", ErrRefused)
	}
	return all[0], nil
}

func exportText(entries iter.Seq[*entry]) []byte {
	var b bytes.Buffer
	b.WriteString(exportTitle + "\n")
	for e := range entries {
		fmt.Fprintln(&b, e.line())
	}
	return b.Bytes()
}

// line is the entry in an export.
func (e *entry) line() string {
	if d := e.destroyed; d != nil {
		return fmt.Sprintf("destroyed %s %x %s %s %s", e.name(), e.place, e.check, d.When.Format(exportLayout), d.Certificate)
	}
	return fmt.Sprintf("key %s %x %x", e.name(), e.place, e.secret)
}

func parseExport(text string) ([]*entry, error) {
	lines := strings.Split(text, "\n")
	if lines[0] != exportTitle || lines[len(lines)-1] != "" || len(lines)-2 > MaxKeys {
		return nil, fmt.Errorf("%w: not an export of keys", ErrCorrupt)
	}
	var entries []*entry
	for i, line := range lines[1 : len(lines)-1] {
		e := parseLine(strings.Split(line, " "))
		if e == nil || e.line() != line {
			return nil, fmt.Errorf("%w: line %d of the export", ErrCorrupt, i+2)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// parseLine returns nil or an entry; line tells whether it is right.
func parseLine(words []string) *entry {
	if len(words) < 4 {
		return nil
	}
	id, ok := parseID(words[1])
	place, err := hex.DecodeString(words[2])
	value, err2 := hex.DecodeString(words[3])
	if !ok || err != nil || err2 != nil || len(place) != 32 {
		return nil
	}
	e := &entry{id: id, place: [32]byte(place)}
	switch {
	case len(words) == 4 && len(value) == len(e.secret):
		e.secret = [32]byte(value)
	case len(words) == 6 && len(value) == len(e.check):
		when, err := time.Parse(exportLayout, words[4])
		d := Destruction{When: when, Certificate: words[5]}
		if err != nil || d.check() != nil {
			return nil
		}
		e.check, e.destroyed = Check(value), &d
	}
	return e
}
