package journal

import (
	"context"
	"slices"

	"caseledger/eventstore"
)

// request is an append on its way to the writer. Its events are encoded where
// Append was called, so the writer never sees the caller's slices.
type request struct {
	stream  string
	after   uint64
	ids     []eventstore.EventID
	records []byte

	// The revision of the stream before the segment with this number. It is
	// looked up before the append is put into the queue, because that may take
	// a read from the disk.
	before  uint64
	segment int

	// Where the append goes, and the outcome when the group is done.
	places *places
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
	memory := s.memory.Get().(*[]byte)
	r := newRequest(stream, after, events, *memory)
	*memory = r.records[:0]
	g, err := s.enqueue(ctx, r)
	if cap(*memory) <= groupTargetBytes {
		s.memory.Put(memory) // the queue has copied it
	}
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

// newRequest encodes the append into the memory, which the queue copies.
func newRequest(stream string, after eventstore.Revision, events []eventstore.Event, memory []byte) *request {
	size := 0
	for _, e := range events {
		size += recordHeaderBytes + len(stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
	}
	r := &request{
		stream: stream, after: uint64(after), segment: -1,
		ids:     make([]eventstore.EventID, len(events)),
		records: slices.Grow(memory[:0], size),
	}
	for i, e := range events {
		r.ids[i] = e.ID
		r.records = appendRecord(r.records, stream, r.after+uint64(i)+1, len(events)-1-i, e)
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
	if r.after > r.actual || r.actual-r.after < uint64(len(r.ids)) {
		return 0, conflict
	}
	n := 0
	for found, err := range s.ReadStream(ctx, r.stream, eventstore.Revision(r.after)) {
		if err != nil {
			return 0, err
		}
		if found.ID != r.ids[n] {
			break
		}
		if n++; n == len(r.ids) {
			return found.Position, nil
		}
	}
	return 0, conflict
}
