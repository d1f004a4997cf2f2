package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"caseledger/eventstore"
)

// ReadLog is eventstore.Store's.
func (s *Store) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		s.cursor(after, false).log(ctx, s.view.Load(), yield)
	}
}

// Scan is eventstore.Scanner's.
func (s *Store) Scan(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		s.cursor(after, true).log(ctx, s.view.Load(), yield)
	}
}

// Follow is eventstore.Store's. It ends with ErrClosed when the store is closed.
func (s *Store) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		c := s.cursor(after, false)
		for {
			v := s.view.Load()
			if !c.log(ctx, v, yield) {
				return
			}
			if err := s.wait(ctx, v.grown); err != nil {
				yield(eventstore.Recorded{}, err)
				return
			}
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

// cursor reads along the log for one reader.
type cursor struct {
	*Store
	again   bool                // the memory of events is used again
	after   eventstore.Position // the last one that was given
	begun   bool                // the place of the next event is known:
	segment int
	offset  int64
}

func (s *Store) cursor(after eventstore.Position, again bool) *cursor {
	return &cursor{Store: s, again: again, after: after}
}

// log yields the events up to the end of the view and reports whether the
// caller wants more.
func (c *cursor) log(ctx context.Context, v *view, yield func(eventstore.Recorded, error) bool) bool {
	if uint64(c.after) < v.head() && !c.begun {
		c.segment, c.offset = v.seek(uint64(c.after) + 1)
		c.begun = true
	}
	for uint64(c.after) < v.head() {
		if !c.stretch(ctx, v, yield) {
			return false
		}
		if c.segment < len(v.full) {
			c.segment, c.offset = c.segment+1, headerBytes
		}
	}
	if err := ctx.Err(); err != nil {
		yield(eventstore.Recorded{}, err)
		return false
	}
	return true
}

// stretch yields what the view holds of the segment from the offset on.
func (c *cursor) stretch(ctx context.Context, v *view, yield func(eventstore.Recorded, error) bool) bool {
	s := v.segment(c.segment)
	for p := range c.Store.pieces(s, c.offset, c.again) {
		for i := range p.events {
			e := &p.events[i]
			if e.Position <= c.after {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(eventstore.Recorded{}, err)
				return false
			}
			c.after = e.Position
			if !yield(*e, nil) {
				return false
			}
		}
		c.offset = p.end
		if p.err != nil {
			yield(eventstore.Recorded{}, c.fault(p.err, s, p.end))
			return false
		}
	}
	return true
}

// fault says where a segment could not be read, unless the reader has ended.
func (s *Store) fault(err error, at *segment, offset int64) error {
	switch {
	case errors.Is(err, errUnreadable):
		return &CorruptError{s.path(at.first), offset, "no sound record begins here"}
	case errors.Is(err, ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("journal: %w", err)
}

// shared gives the same string for bytes that repeat.
type shared string

func (s *shared) of(b []byte) string {
	if string(*s) != string(b) {
		*s = shared(b)
	}
	return string(*s)
}

// names gives strings for the bytes of many names: the same one for bytes that
// repeat, and many of them in one piece of memory, which stays while one does.
type names struct {
	last  string
	piece strings.Builder
}

const (
	firstNames = 64      // bytes of the first piece
	mostNames  = 4 << 10 // of a later one
)

func (n *names) of(b []byte) string {
	if n.last == string(b) {
		return n.last
	}
	if n.piece.Cap()-n.piece.Len() < len(b) {
		room := min(max(2*n.piece.Cap(), firstNames), mostNames)
		n.piece = strings.Builder{}
		n.piece.Grow(max(room, len(b)))
	}
	at := n.piece.Len()
	n.piece.Write(b)
	n.last = n.piece.String()[at:]
	return n.last
}
