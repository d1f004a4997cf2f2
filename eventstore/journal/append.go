package journal

import (
	"context"

	"caseledger/eventstore"
)

// request is an append on its way to the writer. The queue encodes its events
// while Append is being called, so the writer never sees the caller's slices.
type request struct {
	stream string
	after  uint64
	events []eventstore.Event // nil from when they are encoded
	n      int                // of them
	bytes  int64              // of their records

	// The revision of the stream before the segment with this number. It is
	// looked up before the append is put into the queue, because that may take
	// a read from the disk.
	before  uint64
	segment int

	// The outcome when the group is done.
	last   uint64 // position, when the append was at the stream's head
	actual uint64 // the stream's revision, when it was not
}

// Append is eventstore.Store's. After an error of the disk every append is
// refused until the journal is opened again.
func (s *Store) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if err := eventstore.Check(stream, events); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	r := newRequest(stream, after, events)
	g, err := s.enqueue(ctx, r)
	if err != nil {
		return 0, err
	}
	select {
	case <-g.done:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	switch {
	case g.err != nil:
		return 0, g.err
	case r.last == 0:
		return s.settle(ctx, r)
	}
	return eventstore.Position(r.last), nil
}

func newRequest(stream string, after eventstore.Revision, events []eventstore.Event) *request {
	r := &request{stream: stream, after: uint64(after), events: events, n: len(events), segment: -1}
	for i := range events {
		r.bytes += recordBytes(stream, &events[i])
	}
	return r
}

// enqueue puts the append into the queue, after it has looked up what the queue
// may not know of the stream.
func (s *Store) enqueue(ctx context.Context, r *request) (*group, error) {
	for {
		g, stale := s.queue.put(r)
		switch {
		case g != nil:
			return g, nil
		case !stale:
			return nil, ErrClosed
		}
		segment := s.queue.knows() // before the index files: they hold at least what is before it
		head, err := s.runs.head(ctx, r.stream)
		if err != nil {
			return nil, indexed(err)
		}
		r.before, r.segment = head, segment
	}
}

// settle answers an append that was not at the stream's head: it is an exact
// repeat or a conflict. What it looks at never changes again.
func (s *Store) settle(ctx context.Context, r *request) (eventstore.Position, error) {
	conflict := &eventstore.ConflictError{
		Stream: r.stream, Expected: eventstore.Revision(r.after), Actual: eventstore.Revision(r.actual),
	}
	if r.after > r.actual || r.actual-r.after < uint64(r.n) {
		return 0, conflict
	}
	n := 0
	for found, err := range s.ReadStream(ctx, r.stream, eventstore.Revision(r.after)) {
		if err != nil {
			return 0, err
		}
		if found.ID != r.events[n].ID {
			break
		}
		if n++; n == r.n {
			return found.Position, nil
		}
	}
	return 0, conflict
}
