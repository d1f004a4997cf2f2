package journal

import (
	"context"

	"caseledger/eventstore"
)

// request is an append on its way to the writer. Its events are encoded where
// Append was called, so the writer never sees the caller's slices.
type request struct {
	stream  string
	after   uint64
	ids     []eventstore.EventID
	records []byte

	// The revision of the stream before the active segment, which the index
	// files hold. It is looked up here, so that the writer need not wait for it.
	// It holds while the segment with this number is the active one, and is not
	// known when the number is negative.
	before  uint64
	segment int

	// The outcome, when the group is done.
	last   uint64 // position, when the append was at the stream's head
	actual uint64 // the stream's revision, when it was not
	err    error
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
	if err := s.lookUp(ctx, r); err != nil {
		return 0, err
	}
	g := s.queue.put(r)
	if g == nil {
		return 0, ErrClosed
	}
	select {
	case <-g.done:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	switch {
	case g.err != nil:
		return 0, g.err
	case r.err != nil:
		return 0, r.err
	case r.last == 0:
		return s.settle(ctx, r)
	}
	return eventstore.Position(r.last), nil
}

func newRequest(stream string, after eventstore.Revision, events []eventstore.Event) *request {
	size := 0
	for _, e := range events {
		size += recordHeaderBytes + len(stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
	}
	r := &request{
		stream: stream, after: uint64(after), segment: -1,
		ids:     make([]eventstore.EventID, len(events)),
		records: make([]byte, 0, size),
	}
	for i, e := range events {
		r.ids[i] = e.ID
		r.records = appendRecord(r.records, stream, r.after+uint64(i)+1, len(events)-1-i, e)
	}
	return r
}

// lookUp finds what the writer needs to know of a stream that the active segment
// does not hold.
func (s *Store) lookUp(ctx context.Context, r *request) error {
	v := s.view.Load()
	if v.table().get([]byte(r.stream)) != nil {
		return nil
	}
	before, err := s.head(ctx, v, r.stream)
	r.before, r.segment = before, len(v.full)
	return indexed(err)
}

// head returns the revision of a stream.
func (s *Store) head(ctx context.Context, v *view, stream string) (uint64, error) {
	if head, known := v.tabled([]byte(stream)); known {
		return head, nil
	}
	return s.runs.head(ctx, stream)
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
