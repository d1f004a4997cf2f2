package journal

import (
	"context"
	"errors"
	"slices"

	"caseledger/eventstore"
)

// Report is what Verify has read.
type Report struct {
	Segments int
	Streams  int
	Events   uint64
	Bytes    int64
	Last     eventstore.Position
}

// Verify reads every byte that was durable when it began and checks every
// checksum, position and revision, and that the index in use leads to the same
// events. The first problem is returned as a *CorruptError, together with what
// was sound before it. Appends go on meanwhile.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	v, _ := s.end()
	c := &scan{index: newIndex(), dir: s.dir}
	for i := range len(v.sealed) + 1 {
		seg := v.segment(i)
		err := c.next(ctx, seg.first, seg.size)
		var unreadable *unreadableError
		if errors.As(err, &unreadable) {
			err = unreadable.corrupt("no sound record begins here")
		}
		if err != nil {
			return c.report(), err
		}
	}
	return c.report(), s.compare(c)
}

// compare checks the index in use against the one built from the bytes alone.
// The one in use may have grown since.
func (s *Store) compare(c *scan) error {
	for stream, places := range c.streams {
		_, used := s.stream(stream)
		if len(used) < len(places) || !slices.Equal(used[:len(places)], places) {
			return &CorruptError{s.dir, 0, "the index in memory differs from the segments"}
		}
	}
	return nil
}

func (c *scan) report() Report {
	r := Report{Segments: len(c.sealed), Streams: len(c.streams), Events: c.head, Last: eventstore.Position(c.head)}
	if c.active.first != 0 {
		r.Segments++
	}
	for i := range r.Segments {
		r.Bytes += c.segment(i).size
	}
	return r
}

// Stats are the sizes of an open journal.
type Stats struct {
	Segments int
	Streams  int
	Events   uint64
	Bytes    int64
}

// Stats returns the sizes of what is durable now.
func (s *Store) Stats() Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := Stats{Segments: len(s.index.sealed) + 1, Streams: len(s.index.streams), Events: s.index.head}
	for i := range st.Segments {
		st.Bytes += s.index.segment(i).size
	}
	return st
}
