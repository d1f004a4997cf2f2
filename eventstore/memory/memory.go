// Package memory is an event store that lives and dies with its process. It is
// for tests and demonstrations: it keeps every promise of eventstore.Store
// except that nothing survives a restart. It never touches a disk.
package memory

import (
	"bytes"
	"context"
	"iter"
	"sync"

	"caseledger/eventstore"
)

// Store keeps all events in memory. New makes one.
type Store struct {
	mu      sync.Mutex
	log     []eventstore.Recorded // only appended to: a reader may keep a prefix without the lock
	streams map[string][]int      // per stream the places of its events in log
	grown   chan struct{}         // closed and replaced when log grows
}

// New returns an empty store.
func New() *Store {
	return &Store{streams: make(map[string][]int), grown: make(chan struct{})}
}

// Append is eventstore.Store's.
func (s *Store) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if err := eventstore.Check(stream, events); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	head := eventstore.Revision(len(s.streams[stream]))
	if after != head {
		if last, ok := s.repeated(stream, after, events); ok {
			return last, nil
		}
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: head}
	}
	return s.add(stream, events), nil
}

// repeated reports whether the stream holds exactly these events after the
// given revision, and the position of the last one.
func (s *Store) repeated(stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, bool) {
	places, n := s.streams[stream], eventstore.Revision(len(events))
	if head := eventstore.Revision(len(places)); after > head || head-after < n {
		return 0, false
	}
	places = places[after : after+n]
	for i, e := range events {
		if s.log[places[i]].ID != e.ID {
			return 0, false
		}
	}
	return s.log[places[n-1]].Position, true
}

func (s *Store) add(stream string, events []eventstore.Event) eventstore.Position {
	for _, e := range events {
		s.streams[stream] = append(s.streams[stream], len(s.log))
		s.log = append(s.log, eventstore.Recorded{
			Stream:   stream,
			Revision: eventstore.Revision(len(s.streams[stream])),
			Position: eventstore.Position(len(s.log) + 1),
			Event:    cloned(e),
		})
	}
	close(s.grown)
	s.grown = make(chan struct{})
	return eventstore.Position(len(s.log))
}

// ReadStream is eventstore.Store's.
func (s *Store) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		s.mu.Lock()
		log, places := s.log, s.streams[stream]
		s.mu.Unlock()
		if err := ctx.Err(); err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		for _, place := range places[min(after, eventstore.Revision(len(places))):] {
			if !give(ctx, log[place], yield) {
				return
			}
		}
	}
}

// ReadLog is eventstore.Store's.
func (s *Store) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		log, _ := s.end()
		for _, r := range log[min(after, eventstore.Position(len(log))):] {
			if !give(ctx, r, yield) {
				return
			}
		}
	}
}

// Follow is eventstore.Store's.
func (s *Store) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		next := after
		for {
			log, grown := s.end()
			for ; next < eventstore.Position(len(log)); next++ {
				if !give(ctx, log[next], yield) {
					return
				}
			}
			select {
			case <-grown:
			case <-ctx.Done():
				yield(eventstore.Recorded{}, ctx.Err())
				return
			}
		}
	}
}

// end returns the log as it is and a channel that is closed when it grows.
func (s *Store) end() ([]eventstore.Recorded, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log, s.grown
}

// give yields a copy of r, or the error of an ended ctx, and reports whether
// the caller wants more.
func give(ctx context.Context, r eventstore.Recorded, yield func(eventstore.Recorded, error) bool) bool {
	if err := ctx.Err(); err != nil {
		yield(eventstore.Recorded{}, err)
		return false
	}
	r.Event = cloned(r.Event)
	return yield(r, nil)
}

func cloned(e eventstore.Event) eventstore.Event {
	e.Metadata = bytes.Clone(e.Metadata)
	e.Data = bytes.Clone(e.Data)
	return e
}
