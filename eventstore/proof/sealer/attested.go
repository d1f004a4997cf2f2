package sealer

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"caseledger/eventstore/proof"
)

const (
	attestedDir   = "attested" // beside the tree; unlike the tree it cannot be made again
	attestedTitle = "caseledger/attested/v1"

	// MaxStamps bounds the time-stamps of one checkpoint.
	MaxStamps = 16
	// maxAttestedBytes bounds the file: a note, and as many time-stamps of the
	// largest kind.
	maxAttestedBytes = proof.MaxNoteBytes + MaxStamps*(96<<10) + 4096
)

// Attested is what others said of one checkpoint: the cosignatures of
// witnesses, which stand in the note, and time-stamps over its text.
type Attested struct {
	Note   []byte   // the signed checkpoint with all signatures
	Stamps [][]byte // in the form of package timestamp
}

// KeepAttested keeps what others said of the checkpoint of a size. It replaces
// what was kept for that size.
func (s *Sealer) KeepAttested(a Attested) error {
	c, err := proof.ReadCheckpoint(a.Note)
	if err != nil {
		return err
	}
	text := a.text()
	if len(a.Stamps) > MaxStamps || len(text) > maxAttestedBytes {
		return fmt.Errorf("sealer: attested: more than %d time-stamps or %d bytes", MaxStamps, maxAttestedBytes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.on.mkdir(filepath.Join(s.cfg.Dir, attestedDir)); err != nil {
		return fmt.Errorf("sealer: attested: %w", err)
	}
	return put(s.on, attestedPath(s.cfg.Dir, c.Size), text)
}

func attestedPath(dir string, size int64) string {
	return filepath.Join(dir, attestedDir, strconv.FormatInt(size, 10))
}

// text is the file: a title, the parts with their lengths before them, and the
// SHA-256 of all that.
func (a Attested) text() []byte {
	b := fmt.Appendf(nil, "%s\ncheckpoint %d\n%s", attestedTitle, len(a.Note), a.Note)
	for _, stamp := range a.Stamps {
		b = fmt.Appendf(b, "time-stamp %d\n%s", len(stamp), stamp)
	}
	return fmt.Appendf(b, "sum %x\n", sha256.Sum256(b))
}

func parseAttested(text []byte) (a Attested, ok bool) {
	rest, titled := bytes.CutPrefix(text, []byte(attestedTitle+"\n"))
	if a.Note, rest, ok = cutPart(rest, "checkpoint "); !ok || !titled {
		return a, false
	}
	for {
		stamp, after, more := cutPart(rest, "time-stamp ")
		if !more {
			break
		}
		a.Stamps, rest = append(a.Stamps, stamp), after
	}
	return a, len(a.Stamps) <= MaxStamps && bytes.Equal(a.text(), text)
}

// cutPart reads a part with its length before it.
func cutPart(b []byte, title string) (part, rest []byte, ok bool) {
	b, titled := bytes.CutPrefix(b, []byte(title))
	line, b, ended := bytes.Cut(b, []byte("\n"))
	n, numbered := proof.ParseNumber(string(line))
	if !titled || !ended || !numbered || n > int64(len(b)) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// Attested returns what others said of the checkpoint of a size; the zero value
// when nothing is kept.
func (l Log) Attested(size int64) (Attested, error) {
	name := strings.TrimPrefix(attestedPath(l.dir, size), l.dir)
	info, err := os.Stat(attestedPath(l.dir, size))
	if errors.Is(err, fs.ErrNotExist) {
		return Attested{}, nil
	}
	if err != nil {
		return Attested{}, fmt.Errorf("sealer: %w", err)
	}
	if info.Size() > maxAttestedBytes {
		return Attested{}, &DamagedError{File: name, Reason: fmt.Sprintf("it has more than %d bytes", maxAttestedBytes)}
	}
	text, err := os.ReadFile(attestedPath(l.dir, size))
	if err != nil {
		return Attested{}, fmt.Errorf("sealer: %w", err)
	}
	a, ok := parseAttested(text)
	if !ok {
		return Attested{}, &DamagedError{File: name, Reason: "it is not in the format"}
	}
	if c, err := proof.ReadCheckpoint(a.Note); err != nil || c.Size != size {
		return Attested{}, &DamagedError{File: name, Reason: "it holds another checkpoint"}
	}
	return a, nil
}

// AttestedSizes returns the sizes of the checkpoints of which something is
// kept, smallest first.
func (l Log) AttestedSizes() ([]int64, error) { return sizesIn(filepath.Join(l.dir, attestedDir)) }

// sizesIn returns the files of a directory that are named by a size.
func sizesIn(dir string) ([]int64, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	var sizes []int64
	for _, f := range files {
		if size, ok := proof.ParseNumber(f.Name()); ok {
			sizes = append(sizes, size)
		}
	}
	slices.Sort(sizes)
	return sizes, nil
}
