package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"caseledger/eventstore"
)

// ReadStream is eventstore.Store's.
func (s *Store) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		v, places := s.stream(stream)
		c := cursor{files: s.files}
		err := ctx.Err()
		for i := min(uint64(after), uint64(len(places))); i < uint64(len(places)) && err == nil; i++ {
			var r record
			if r, err = c.at(v, places[i]); err != nil {
				break
			}
			if !yield(r.recorded(stream, c.kind.of(r.kind)), nil) {
				return
			}
			err = ctx.Err()
		}
		if err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

// ReadLog is eventstore.Store's.
func (s *Store) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		v, _ := s.end()
		c := s.cursor(v, uint64(after))
		if _, err := c.log(ctx, v, yield); err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

// Follow is eventstore.Store's. It ends with ErrClosed when the store is closed.
func (s *Store) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		v, grown := s.end()
		c := s.cursor(v, uint64(after))
		for {
			more, err := c.log(ctx, v, yield)
			if err == nil && more {
				err = s.wait(ctx, grown)
			}
			if err != nil {
				yield(eventstore.Recorded{}, err)
			}
			if err != nil || !more {
				return
			}
			v, grown = s.end()
		}
	}
}

func (s *Store) wait(ctx context.Context, grown <-chan struct{}) error {
	select {
	case <-grown:
		return nil
	case <-s.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// cursor reads events for one reader.
type cursor struct {
	files   *handles
	window  window
	current uint64 // first position of the segment in the window
	name    shared // of the last stream
	kind    shared // the last type

	// for reading along the log:
	after   uint64 // nothing up to this position is given
	due     uint64 // the next position
	segment int
	offset  int64
}

func (s *Store) cursor(v view, after uint64) *cursor {
	c := &cursor{files: s.files, after: after}
	c.segment, c.offset, c.due = v.seek(max(after, after+1)) // no position follows the largest
	return c
}

// log yields the events up to the end of the view and reports whether the
// caller wants more.
func (c *cursor) log(ctx context.Context, v view, yield func(eventstore.Recorded, error) bool) (bool, error) {
	for c.due <= v.head {
		if err := ctx.Err(); err != nil {
			return true, err
		}
		r, err := c.next(v)
		if err != nil {
			return true, err
		}
		if r.position > c.after && !yield(r.recorded(c.name.of(r.stream), c.kind.of(r.kind)), nil) {
			return false, nil
		}
	}
	return true, ctx.Err()
}

// next returns the event at the due position, which the view must hold.
func (c *cursor) next(v view) (record, error) {
	for {
		if c.segment < len(v.sealed) && c.due == v.segment(c.segment+1).first {
			c.segment, c.offset = c.segment+1, headerBytes
		}
		r, err := c.at(v, locate(c.segment, c.offset))
		if err != nil {
			return record{}, err
		}
		c.offset += r.size()
		if !r.mark() {
			c.due++
			return r, nil
		}
	}
}

// at returns the record at a place that the view holds.
func (c *cursor) at(v view, place location) (record, error) {
	s := v.segment(place.segment())
	if c.current != s.first {
		c.window.move(reader{c.files, s.first}, s.size, s.seed)
		c.current = s.first
	}
	c.window.limit = s.size
	r, err := c.window.record(place.offset())
	switch {
	case errors.Is(err, errUnreadable):
		path := filepath.Join(c.files.dir, fileName(s.first))
		return record{}, &CorruptError{path, place.offset(), "no sound record begins here"}
	case err != nil && !errors.Is(err, ErrClosed):
		err = fmt.Errorf("journal: %w", err)
	}
	return r, err
}

// shared gives the same string for bytes that repeat.
type shared string

func (s *shared) of(b []byte) string {
	if string(*s) != string(b) {
		*s = shared(b)
	}
	return string(*s)
}
