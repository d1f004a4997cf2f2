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

	"caseledger/eventstore/durable"
)

const (
	suffix      = ".seg"
	digits      = 20        // of a segment's name: as many as the largest position has
	unfinished  = "new.tmp" // a segment that has no complete header yet
	sparseEvery = 256       // events between two entries of a segment's sparse index

	maxSegmentBytes = 1<<32 - 1 - maxGroupBytes // offsets have 32 bits
)

// segment is what is known of one file. Only the last one grows.
type segment struct {
	header
	seed    uint32   // of the checksums of its records
	end     int64    // of the bytes that are durable and belong to records
	events  uint64   // in them
	streams uint64   // that begin in it
	sparse  []uint32 // offset of every sparseEvery'th event
}

func newSegment(h header) segment {
	return segment{header: h, seed: h.seed(), end: headerBytes}
}

// last is the position of the segment's last event, or the one before its
// first when it has none.
func (s segment) last() uint64 { return s.first + s.events - 1 }

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

// file is the part of an open file that writing needs.
type file interface {
	WriteAt(b []byte, offset int64) (int, error)
	Allocate(offset, bytes int64) error // room ahead that reads as zeros; a file system may be unable to
	Start(offset, bytes int64) error    // bring to the medium what was written there: only begun, and no promise
	Sync() error                        // as durable as the medium can make it, including the size
	Truncate(size int64) error
	Chmod(mode os.FileMode) error
	Close() error
}

// opener opens a file for writing and creates it when it is missing. Every
// byte that the journal writes goes through one.
type opener func(path string) (file, error)

// createSegment makes an empty segment. It gets its name only when its header
// is durable, so a named segment without a sound header is damage.
func createSegment(open opener, dir string, h header) (file, error) {
	return create(open, filepath.Join(dir, unfinished), filepath.Join(dir, fileName(h.first)), h.encode())
}

// create makes a file durable under another name before it gives it its own.
func create(open opener, temporary, final string, content []byte) (file, error) {
	f, err := open(temporary)
	if err != nil {
		return nil, err
	}
	if err := fill(f, content); err != nil {
		f.Close()
		return nil, err
	}
	if err := rename(temporary, final); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func fill(f file, content []byte) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.WriteAt(content, 0); err != nil {
		return err
	}
	return f.Sync()
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(to))
}

func newSalt() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}

func newLedger() (id ledgerID) {
	rand.Read(id[:]) // never fails
	return id
}
