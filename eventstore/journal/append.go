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
	answer  chan answer // has room for the one answer
}

type answer struct {
	position eventstore.Position
	err      error
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
	select {
	case s.requests <- r:
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-s.closing:
		return 0, ErrClosed
	}
	select {
	case a := <-r.answer:
		return a.position, a.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func newRequest(stream string, after eventstore.Revision, events []eventstore.Event) *request {
	size := 0
	for _, e := range events {
		size += recordHeaderBytes + len(stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
	}
	r := &request{
		stream: stream, after: uint64(after),
		ids:     make([]eventstore.EventID, len(events)),
		records: make([]byte, 0, size),
		answer:  make(chan answer, 1),
	}
	for i, e := range events {
		r.ids[i] = e.ID
		r.records = appendRecord(r.records, stream, r.after+uint64(i)+1, len(events)-1-i, e)
	}
	return r
}

func (r *request) reply(position eventstore.Position, err error) {
	r.answer <- answer{position, err}
}
