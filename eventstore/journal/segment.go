package journal

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	suffix      = ".seg"
	digits      = 20        // of a segment's name: as many as the largest position has
	unfinished  = "new.tmp" // a segment that has no complete header yet
	sparseEvery = 128       // events between two entries of a segment's sparse index
)

// segment is what is known of one file. All of it but the last one is sealed
// and never changes again.
type segment struct {
	first  uint64  // position of its first event
	seed   uint32  // of the checksums of its records
	size   int64   // bytes that are durable
	sparse []int64 // offset of every sparseEvery'th event
}

func fileName(first uint64) string { return fmt.Sprintf("%0*d%s", digits, first, suffix) }

// listSegments returns the first positions of all segments, as their names
// state them, in order.
func listSegments(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var firsts []uint64
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok {
			continue
		}
		first, err := strconv.ParseUint(name, 10, 64)
		if err != nil || e.Name() != fileName(first) {
			return nil, &CorruptError{filepath.Join(dir, e.Name()), 0, "the name is not one of a segment"}
		}
		firsts = append(firsts, first)
	}
	slices.Sort(firsts)
	return firsts, nil
}

func newSegment(h header) segment {
	return segment{first: h.first, seed: h.seed(), size: headerBytes}
}

// file is the part of an open file that the writer needs.
type file interface {
	WriteAt(b []byte, offset int64) (int, error)
	Sync() error // as durable as the medium can make it, including the size
	Truncate(size int64) error
	Close() error
}

// opener opens a file for writing and creates it when it is missing.
type opener func(path string) (file, error)

// createSegment makes an empty segment. It gets its name only when its header
// is durable, so a named segment without a sound header is damage.
func createSegment(open opener, dir string, first uint64) (file, segment, error) {
	h := header{first: first, salt: newSalt()}
	temporary := filepath.Join(dir, unfinished)
	f, err := open(temporary)
	if err != nil {
		return nil, segment{}, err
	}
	if err := name(f, h, temporary, filepath.Join(dir, fileName(first))); err != nil {
		f.Close()
		return nil, segment{}, err
	}
	return f, newSegment(h), nil
}

func name(f file, h header, temporary, final string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.WriteAt(h.encode(), 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(temporary, final); err != nil {
		return err
	}
	return syncDir(filepath.Dir(final))
}

func newSalt() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
