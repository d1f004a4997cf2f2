package storebench

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// What the format of a journal, which the README of the package above describes,
// says of segments and records.
const (
	segmentHeaderBytes = 52
	recordHeaderBytes  = 52
)

// Groups finds out from the files of a journal which groups of events it wrote
// together: a record tells where the write began that it was part of.
type Groups struct {
	dir     string
	segment uint64 // position of its first event
	at      int64  // end of what was read of it
	last    uint64 // position of the event before
}

// NewGroups begins with the first group of the journal in the directory.
func NewGroups(dir string) *Groups { return &Groups{dir: dir, segment: 1, at: segmentHeaderBytes} }

// Next returns how many bytes each group had that was written since the call
// before. Nothing may be appended meanwhile.
func (g *Groups) Next() ([]int, error) {
	var groups []int
	for {
		found, err := g.read()
		if errors.Is(err, fs.ErrNotExist) {
			return groups, nil
		}
		if err != nil {
			return nil, err
		}
		groups = append(groups, found...)
		if g.last+1 == g.segment {
			return groups, nil // the segment is still empty
		}
		next := Groups{dir: g.dir, segment: g.last + 1, at: segmentHeaderBytes, last: g.last}
		if _, err := os.Stat(next.path()); err != nil {
			return groups, nil
		}
		*g = next
	}
}

func (g *Groups) path() string { return filepath.Join(g.dir, fmt.Sprintf("%020d.seg", g.segment)) }

// read reads to the end of the segment's records.
func (g *Groups) read() (groups []int, err error) {
	f, err := os.Open(g.path())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Seek(g.at, io.SeekStart); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		h, err := in.Peek(recordHeaderBytes)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if len(h) < recordHeaderBytes {
			return groups, nil
		}
		size, position := int(binary.LittleEndian.Uint32(h)), binary.LittleEndian.Uint64(h[8:])
		if size == recordHeaderBytes && position == g.last && g.last > 0 { // a mark
			g.at += recordHeaderBytes
			if _, err := in.Discard(size); err != nil {
				return nil, err
			}
			continue
		}
		if position != g.last+1 {
			return groups, nil // room, or the footer
		}
		if back := binary.LittleEndian.Uint32(h[40:]); back == 0 {
			groups = append(groups, 0)
		}
		if len(groups) == 0 {
			return nil, fmt.Errorf("%s: position %d: its write began before the last one ended", g.path(), g.last+1)
		}
		groups[len(groups)-1] += size
		if _, err := in.Discard(size); err != nil {
			return nil, err
		}
		g.at, g.last = g.at+int64(size), g.last+1
	}
}
