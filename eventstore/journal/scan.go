package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// scan reads segments from the first byte to the last, checks every byte and
// builds the index.
type scan struct {
	index
	dir string

	pending []int64 // offsets of an append whose last event is still to come
	stream  string  // of that append
	rest    uint16  // of the last pending record
	commit  int64   // where the commit of the last record began
	end     int64   // after the last complete append or mark
	marked  bool    // the last record is a mark
}

// next reads the segment that must follow the ones read before, up to size
// bytes. A record that is not sound is returned as an error that is
// errUnreadable; scan.end tells what came before it.
func (c *scan) next(ctx context.Context, first uint64, size int64) error {
	path := filepath.Join(c.dir, fileName(first))
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	h, err := readHeader(f, path)
	if err != nil {
		return err
	}
	if reason := c.misplaced(first, h); reason != "" {
		return &CorruptError{path, 0, reason}
	}
	c.begin(newSegment(h))
	c.commit, c.end, c.marked = headerBytes, headerBytes, false
	var w window
	w.move(f, size, c.active.seed)
	return c.records(ctx, &w, path)
}

func readHeader(f *os.File, path string) (header, error) {
	b := make([]byte, headerBytes)
	n, err := f.ReadAt(b, 0)
	if n < headerBytes && !errors.Is(err, io.EOF) {
		return header{}, fmt.Errorf("journal: %w", err)
	}
	h, reason := decodeHeader(b[:n])
	if reason != "" {
		return header{}, &CorruptError{path, 0, reason}
	}
	return h, nil
}

// misplaced says why a segment cannot be the next one.
func (c *scan) misplaced(first uint64, h header) string {
	switch {
	case h.first != first:
		return fmt.Sprintf("the header belongs to %s", fileName(h.first))
	case len(c.sealed) == maxSegments-1:
		return fmt.Sprintf("there are more than %d segments", maxSegments)
	case first != c.head+1:
		return fmt.Sprintf("position %d is due here: a segment is missing or cut short", c.head+1)
	}
	return ""
}

func (c *scan) records(ctx context.Context, w *window, path string) error {
	for offset := c.end; offset < w.limit; {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := w.record(offset)
		if errors.Is(err, errUnreadable) {
			return &unreadableError{path, offset}
		}
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		if reason := c.take(r, offset); reason != "" {
			return &CorruptError{path, offset, reason}
		}
		offset += r.size()
	}
	if len(c.pending) > 0 {
		return &unreadableError{path, w.limit}
	}
	return nil
}

// take takes in a sound record, or says why it does not belong there.
func (c *scan) take(r record, offset int64) string {
	if begin := offset - int64(r.back); begin != offset && begin != c.commit {
		return "the record does not belong to the write before it"
	}
	c.commit = offset - int64(r.back)
	c.marked = r.mark()
	if r.mark() {
		return c.takeMark(r, offset)
	}
	if reason := c.unexpected(r); reason != "" {
		return reason
	}
	c.pending = append(c.pending, offset)
	c.stream, c.rest = string(r.stream), r.rest
	if r.rest == 0 {
		c.complete(offset + r.size())
	}
	return ""
}

func (c *scan) takeMark(r record, offset int64) string {
	if len(c.pending) > 0 || r.position != c.head {
		return fmt.Sprintf("a mark for position %d after position %d", r.position, c.head)
	}
	c.end = offset + r.size()
	c.active.size = c.end
	return ""
}

// unexpected says why an event cannot follow the ones before it.
func (c *scan) unexpected(r record) string {
	n := uint64(len(c.pending))
	if due := c.head + n + 1; r.position != due {
		return fmt.Sprintf("position %d where %d is due", r.position, due)
	}
	if due := uint64(len(c.streams[string(r.stream)])) + n + 1; r.revision != due {
		return fmt.Sprintf("position %d has revision %d where %d is due", r.position, r.revision, due)
	}
	if n > 0 && (string(r.stream) != c.stream || r.rest != c.rest-1) {
		return fmt.Sprintf("position %d does not belong to the append before it", r.position)
	}
	return ""
}

func (c *scan) complete(end int64) {
	for _, offset := range c.pending {
		c.add(c.stream, offset)
	}
	c.pending = c.pending[:0]
	c.end, c.active.size = end, end
}

// unreadableError says that no sound record begins where one is due: a torn
// end or damage.
type unreadableError struct {
	path   string
	offset int64
}

func (e *unreadableError) Error() string { return e.corrupt("no sound record begins here").Error() }

func (e *unreadableError) corrupt(reason string) *CorruptError {
	return &CorruptError{e.path, e.offset, reason}
}
