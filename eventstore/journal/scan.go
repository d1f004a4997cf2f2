package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// scan reads the records of one segment from the first to the last, checks
// every byte and builds the table.
type scan struct {
	segment
	path  string
	table *table

	pending  []placed // of an append whose last event is still to come
	stream   []byte   // of that append
	revision uint64   // of its last event so far
	rest     uint16   // of the same
	commit   int64    // where the write of the last record began
	marked   bool     // the last record is a mark
}

// placed is an event that is not counted yet.
type placed struct {
	offset uint32
	ofType *places
}

func newScan(h header, number int, path string) *scan {
	return &scan{segment: newSegment(h), path: path, table: newTable(number), commit: headerBytes}
}

// read reads the records up to an offset. One that is not sound is an
// *unreadableError; segment.end tells what came before it.
func (c *scan) read(ctx context.Context, src io.ReaderAt, to int64) error {
	offset := c.end
	for r, err := range records(scanned(src, offset, to), c.seed) {
		if errors.Is(err, errUnreadable) {
			return &unreadableError{c.path, offset}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		if reason := c.take(r, offset); reason != "" {
			return &CorruptError{c.path, offset, reason}
		}
		offset += r.size()
	}
	if len(c.pending) > 0 {
		return &unreadableError{c.path, to}
	}
	return nil
}

// take takes in a sound record, or says why it does not belong there.
func (c *scan) take(r record, offset int64) string {
	if begin := offset - int64(r.back()); begin != offset && begin != c.commit {
		return "the record does not belong to the write before it"
	}
	c.commit = offset - int64(r.back())
	c.marked = r.mark()
	if r.mark() {
		return c.takeMark(r, offset)
	}
	if reason := c.unexpected(r); reason != "" {
		return reason
	}
	if len(c.pending) == 0 {
		c.stream = append(c.stream[:0], r.stream()...)
	}
	c.pending = append(c.pending, placed{uint32(offset), c.table.ofType(r.kind())})
	c.revision, c.rest = r.revision(), r.rest()
	if r.rest() == 0 {
		c.complete(offset + r.size())
	}
	return ""
}

func (c *scan) takeMark(r record, offset int64) string {
	if len(c.pending) > 0 || r.position() != c.last() {
		return fmt.Sprintf("a mark for position %d after position %d", r.position(), c.last())
	}
	c.end = offset + r.size()
	return ""
}

// unexpected says why an event cannot follow the ones before it. That a stream
// goes on where it ended in another segment is left to Verify.
func (c *scan) unexpected(r record) string {
	if due := c.last() + uint64(len(c.pending)) + 1; r.position() != due {
		return fmt.Sprintf("position %d where %d is due", r.position(), due)
	}
	due := c.revision + 1
	if len(c.pending) == 0 {
		due = c.due(r)
	} else if string(r.stream()) != string(c.stream) || r.rest() != c.rest-1 {
		return fmt.Sprintf("position %d does not belong to the append before it", r.position())
	}
	if r.revision() != due {
		return fmt.Sprintf("position %d has revision %d where %d is due", r.position(), r.revision(), due)
	}
	return ""
}

// due is the revision with which the event's stream goes on.
func (c *scan) due(r record) uint64 {
	if known := c.table.get(r.stream()); known != nil {
		return known.head() + 1
	}
	if c.first > 1 {
		return r.revision()
	}
	return 1
}

// complete takes in the pending append.
func (c *scan) complete(end int64) {
	p := c.table.get(c.stream)
	if p == nil {
		p = c.table.add(string(c.stream), c.revision-uint64(len(c.pending)))
	}
	for _, e := range c.pending {
		c.count(p, e.offset)
		e.ofType.push(e.offset)
	}
	c.pending, c.end = c.pending[:0], end
}

// count takes one event into the segment and the table.
func (s *segment) count(p *places, offset uint32) {
	if s.events%sparseEvery == 0 {
		s.sparse = append(s.sparse, offset)
	}
	if p.head() == 0 {
		s.streams++
	}
	s.events++
	p.push(offset)
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
