package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Recovered says what Open cut off the end of the last segment: the remains of
// a write that never became durable and was never acknowledged. It is zero
// when nothing was cut off.
type Recovered struct {
	File   string
	Offset int64 // the events end here
	Bytes  int64 // that were cut off, up to the last one that is not zero
}

// recovered is a journal as it was found.
type recovered struct {
	ledger  ledgerID
	sealed  []segment
	digests [][sha256.Size]byte // of the sealed segments
	full    *scan               // the segment before the last one, when it is not sealed yet
	active  *scan               // the last segment; nil when there is none
	torn    Recovered
}

// find reads the headers and footers of all segments, and what is not sealed as
// a whole. Only the last segment may end in a torn write.
func find(ctx context.Context, dir string, firsts []uint64) (*recovered, error) {
	r := &recovered{}
	for i, first := range firsts {
		if err := r.next(ctx, filepath.Join(dir, fileName(first)), first, len(firsts)-1-i); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// next takes in the segment that follows the ones before; so many are left.
func (r *recovered) next(ctx context.Context, path string, first uint64, left int) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	h, err := readHeader(f, path)
	if err != nil {
		return err
	}
	if reason := r.misplaced(first, h); reason != "" {
		return &CorruptError{path, 0, reason}
	}
	r.ledger = h.ledger
	end, sealed := decodeFooter(f, info.Size(), h.seed())
	switch {
	case sealed && left == 0:
		return &CorruptError{path, end.end, "the segment is sealed, but none follows it"}
	case sealed && r.full != nil:
		return &CorruptError{r.full.path, r.full.end, "the segment is not sealed, but a later one is"}
	case sealed:
		r.sealed, r.digests = append(r.sealed, sealedSegment(h, end)), append(r.digests, end.digest)
		return nil
	case left > 1 || left == 1 && info.Mode().Perm()&0o222 == 0:
		return &CorruptError{path, info.Size(), "the segment has no sound footer"}
	case left == 1:
		r.full = newScan(h, len(r.sealed), path)
		return r.full.filled(ctx, f, info.Size())
	}
	r.active = newScan(h, r.count(), path)
	return r.openEnd(ctx, f, info.Size())
}

func sealedSegment(h header, f footer) segment {
	return segment{header: h, seed: h.seed(), end: f.end, events: f.events, streams: f.streams, sparse: f.sparse}
}

// count is the number of segments before the last one.
func (r *recovered) count() int {
	if r.full != nil {
		return len(r.sealed) + 1
	}
	return len(r.sealed)
}

func readHeader(src io.ReaderAt, path string) (header, error) {
	b := make([]byte, headerBytes)
	n, err := src.ReadAt(b, 0)
	if n < headerBytes && !errors.Is(err, io.EOF) {
		return header{}, fmt.Errorf("journal: %w", err)
	}
	h, version, reason := decodeHeader(b[:n])
	if reason != "" {
		return header{}, &CorruptError{path, 0, reason}
	}
	if version > formatVersion {
		return header{}, &NewerError{path, version}
	}
	return h, nil
}

// misplaced says why a segment cannot be the next one.
func (r *recovered) misplaced(first uint64, h header) string {
	due := uint64(1)
	switch {
	case r.full != nil:
		due = r.full.last() + 1
	case len(r.sealed) > 0:
		due = r.sealed[len(r.sealed)-1].last() + 1
	}
	switch {
	case h.first != first:
		return fmt.Sprintf("the header belongs to %s", fileName(h.first))
	case first != due:
		return fmt.Sprintf("position %d is due here: a segment is missing or cut short", due)
	case r.count() > 0 && h.ledger != r.ledger:
		return "the segment belongs to another journal"
	}
	return ""
}

// filled reads a segment that has a successor and lacks its seal. All its
// records were durable before the successor was made, so what follows them is
// zeros or a part of a seal.
func (c *scan) filled(ctx context.Context, f *os.File, size int64) error {
	err := c.read(ctx, f, size)
	var unreadable *unreadableError
	if !errors.As(err, &unreadable) {
		return err
	}
	if unreadable.offset != c.end {
		return unreadable.corrupt("an append is not complete, and the segment has a successor")
	}
	return nil
}

// openEnd reads the last segment and finds its end.
func (r *recovered) openEnd(ctx context.Context, f *os.File, size int64) error {
	err := r.active.read(ctx, f, size)
	var unreadable *unreadableError
	if errors.As(err, &unreadable) {
		r.torn, err = r.active.tear(f, unreadable, size)
	}
	return err
}

// tear tells a torn end from damage. Every record states where the write
// that it was part of began, and a write began only when everything before it
// was durable. So a sound record of a write that began after the unreadable
// place proves that this place was once durable: damage. Without such a record
// the place belongs to the last write, which was torn. Pages of one write may
// reach the disk in any order, so sound records of the same write may follow.
// Zeros are room that was never written to.
func (c *scan) tear(f io.ReaderAt, at *unreadableError, size int64) (Recovered, error) {
	end, err := lastByte(f, c.end, size)
	if err != nil || end == c.end {
		return Recovered{}, err
	}
	if end-at.offset > maxGroupBytes {
		return Recovered{}, at.corrupt("no sound record begins here, and more follows than one write can hold")
	}
	// A record's last bytes may be zero, too.
	b := make([]byte, min(end+maxRecordBytes, size)-at.offset)
	if _, err := f.ReadAt(b, at.offset); err != nil && len(b) > 0 {
		return Recovered{}, fmt.Errorf("journal: %w", err)
	}
	if later := c.laterWrite(b, at.offset); later > 0 {
		return Recovered{}, at.corrupt(fmt.Sprintf("no sound record begins here, but a later write is at byte %d", later))
	}
	return Recovered{c.path, c.end, end - c.end}, nil
}

// lastByte returns the offset after the last byte that is not zero, or from.
func lastByte(f io.ReaderAt, from, to int64) (int64, error) {
	b := make([]byte, blockBytes)
	for to > from {
		b = b[:min(int64(cap(b)), to-from)]
		if _, err := f.ReadAt(b, to-int64(len(b))); err != nil {
			return 0, fmt.Errorf("journal: %w", err)
		}
		if n := len(bytes.TrimRight(b, "\x00")); n > 0 {
			return to - int64(len(b)) + int64(n), nil
		}
		to -= int64(len(b))
	}
	return from, nil
}

// laterWrite looks at every byte of b, which begins at the offset, for a sound
// record of a write that began after the offset, and returns its place or 0. A
// record of a position known already is a copy, kept as data in an event.
func (c *scan) laterWrite(b []byte, offset int64) int64 {
	for i := 1; i+recordHeaderBytes <= len(b); i++ {
		size, ok := recordSize(b[i:])
		if !ok || size > len(b)-i || !c.later(b[i:], i) {
			continue
		}
		if sound(b[i:i+size], c.seed) {
			return offset + int64(i)
		}
	}
	return 0
}

// later reports whether a record at b, i bytes after the unreadable place, would
// be of a later write. It is cheap, and rules out almost every place.
func (c *scan) later(b []byte, i int) bool {
	position, back := binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint32(b[40:])
	return int64(back) < int64(i) && position > c.last() && position-c.last() <= maxGroupBytes
}
