package storetest

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"caseledger/eventstore"
)

type (
	revision = eventstore.Revision
	position = eventstore.Position
)

// faulty is a sound store with some of its methods replaced.
type faulty struct {
	store
	append func(context.Context, string, revision, []event) (position, error)
	stream func(context.Context, string, revision) read
	log    func(context.Context, position) read
	follow func(context.Context, position) read
}

// sound replaces every method by itself.
func sound(s store) *faulty {
	return &faulty{s, s.Append, s.ReadStream, s.ReadLog, s.Follow}
}

func (f *faulty) Append(ctx context.Context, stream string, after revision, events []event) (position, error) {
	return f.append(ctx, stream, after, events)
}

func (f *faulty) ReadStream(ctx context.Context, stream string, after revision) read {
	return f.stream(ctx, stream, after)
}

func (f *faulty) ReadLog(ctx context.Context, after position) read { return f.log(ctx, after) }
func (f *faulty) Follow(ctx context.Context, after position) read  { return f.follow(ctx, after) }

// The four ways to plant a fault.

type appendFault func(s store, ctx context.Context, stream string, after revision, events []event) (position, error)

func appending(fault appendFault) func(store) store {
	return func(s store) store {
		f := sound(s)
		f.append = func(ctx context.Context, stream string, after revision, events []event) (position, error) {
			return fault(s, ctx, stream, after, events)
		}
		return f
	}
}

func inStream(fault func(s store, ctx context.Context, stream string, after revision) read) func(store) store {
	return func(s store) store {
		f := sound(s)
		f.stream = func(ctx context.Context, stream string, after revision) read { return fault(s, ctx, stream, after) }
		return f
	}
}

func inLog(fault func(s store, ctx context.Context, after position) read) func(store) store {
	return func(s store) store {
		f := sound(s)
		f.log = func(ctx context.Context, after position) read { return fault(s, ctx, after) }
		return f
	}
}

func inFollow(fault func(s store, ctx context.Context, after position) read) func(store) store {
	return func(s store) store {
		f := sound(s)
		f.follow = func(ctx context.Context, after position) read { return fault(s, ctx, after) }
		return f
	}
}

// inAll plants the fault into all three reads.
func inAll(fault func(ctx context.Context, r read) read) func(store) store {
	return func(s store) store {
		f := sound(s)
		f.stream = func(ctx context.Context, stream string, after revision) read {
			return fault(ctx, s.ReadStream(ctx, stream, after))
		}
		f.log = func(ctx context.Context, after position) read { return fault(ctx, s.ReadLog(ctx, after)) }
		f.follow = func(ctx context.Context, after position) read { return fault(ctx, s.Follow(ctx, after)) }
		return f
	}
}

// changed changes every event that is read.
func changed(change func(*recorded)) func(store) store {
	return inAll(func(_ context.Context, r read) read {
		return func(yield func(recorded, error) bool) {
			for one, err := range r {
				change(&one)
				if !yield(one, err) {
					return
				}
			}
		}
	})
}

// edited changes what a read gives as a whole.
func edited(r read, edit func([]recorded) []recorded) read {
	return func(yield func(recorded, error) bool) {
		var got []recorded
		for one, err := range r {
			if err != nil {
				yield(one, err)
				return
			}
			got = append(got, one)
		}
		for _, one := range edit(got) {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func nothing(func(recorded, error) bool) {}

// without is the read without the n'th event.
func without(r read, n int) read {
	return func(yield func(recorded, error) bool) {
		i := 0
		for one, err := range r {
			if i++; (i != n || err != nil) && !yield(one, err) {
				return
			}
		}
	}
}

func actual(err error) (revision, bool) {
	var conflict *eventstore.ConflictError
	if errors.As(err, &conflict) {
		return conflict.Actual, true
	}
	return 0, false
}

func randomID() (id eventstore.EventID) {
	for i := range id {
		id[i] = byte(rand.N(256))
	}
	return id
}

// newIDs are the same events with ids that no store knows.
func newIDs(events []event) []event {
	events = slices.Clone(events)
	for i := range events {
		events[i].ID = randomID()
	}
	return events
}

// onConflict appends as it should be and lets the fault answer conflicts.
func onConflict(fault func(s store, ctx context.Context, stream string, actual revision, events []event, err error) (position, error)) func(store) store {
	return appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		p, err := s.Append(ctx, stream, after, events)
		if head, conflict := actual(err); conflict {
			return fault(s, ctx, stream, head, events, err)
		}
		return p, err
	})
}

// onRepeat appends as it should be and lets the fault answer exact repeats.
func onRepeat(fault func(s store, stream string, after, head revision, events []event, first position) (position, error)) func(store) store {
	return appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		head := headOf(s, stream)
		p, err := s.Append(ctx, stream, after, events)
		if err == nil && head > after {
			return fault(s, stream, after, head, events, p)
		}
		return p, err
	})
}

func headOf(s store, stream string) (head revision) {
	for r := range s.ReadStream(context.Background(), stream, 0) {
		head = r.Revision
	}
	return head
}

// preparing changes the events on their way in.
func preparing(prepare func(events []event) []event) func(store) store {
	return appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		if eventstore.Check(stream, events) == nil {
			events = prepare(slices.Clone(events))
		}
		return s.Append(ctx, stream, after, events)
	})
}

// sharing keeps one copy of every event and gives its slices to every reader.
func sharing(s store) store {
	var kept sync.Map
	return changed(func(r *recorded) {
		one, _ := kept.LoadOrStore(r.Position, r.Event)
		r.Event = one.(event)
	})(s)
}

// keeping gives readers the slices that were appended.
func keeping(s store) store {
	var kept sync.Map
	f := changed(func(r *recorded) {
		if one, found := kept.Load(r.ID); found {
			r.Metadata, r.Data = one.(event).Metadata, one.(event).Data
		}
	})(s).(*faulty)
	f.append = func(ctx context.Context, stream string, after revision, events []event) (position, error) {
		for _, e := range events {
			kept.LoadOrStore(e.ID, e)
		}
		return s.Append(ctx, stream, after, events)
	}
	return f
}

// locking holds one lock over appends and over the caller's loop body.
func locking(s store) store {
	var mu sync.Mutex
	f := inAll(func(_ context.Context, r read) read {
		return func(yield func(recorded, error) bool) {
			mu.Lock()
			defer mu.Unlock()
			r(yield)
		}
	})(s).(*faulty)
	f.follow = s.Follow
	f.append = func(ctx context.Context, stream string, after revision, events []event) (position, error) {
		mu.Lock()
		defer mu.Unlock()
		return s.Append(ctx, stream, after, events)
	}
	return f
}

// unsteady gives every second reader of the log another order.
func unsteady(s store) store {
	var readers atomic.Int64
	return inLog(func(s store, ctx context.Context, after position) read {
		return edited(s.ReadLog(ctx, after), func(log []recorded) []recorded {
			if readers.Add(1)%2 == 0 && len(log) > 1 {
				log[0], log[1] = log[1], log[0]
				log[0].Position, log[1].Position = log[1].Position, log[0].Position
			}
			return log
		})
	})(s)
}

// resumed follows in turns: when the log is read to its end it waits for one
// event, and goes on after the position that resume makes of the last one.
func resumed(resume func(position) position) func(store) store {
	return inFollow(func(s store, ctx context.Context, after position) read {
		return func(yield func(recorded, error) bool) {
			for {
				for r, err := range s.ReadLog(ctx, after) {
					if !yield(r, err) || err != nil {
						return
					}
					after = r.Position
				}
				after = resume(after)
				next, stop := iter.Pull2(s.Follow(ctx, after))
				_, err, _ := next()
				stop()
				if err != nil {
					yield(recorded{}, err)
					return
				}
			}
		}
	})
}

// slowly appends events one at a time, so that readers see some of them first.
func slowly(s store, ctx context.Context, stream string, after revision, events []event) (last position, err error) {
	if err := eventstore.Check(stream, events); err != nil {
		return 0, err
	}
	for i, e := range events {
		if i > 0 {
			time.Sleep(100 * time.Microsecond) // in which others read
		}
		if last, err = s.Append(ctx, stream, after+revision(i), []event{e}); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// looking looks whether the revision is right, and appends a moment later.
func looking(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
	if eventstore.Check(stream, events) != nil || headOf(s, stream) != after {
		return s.Append(ctx, stream, after, events)
	}
	time.Sleep(100 * time.Microsecond) // in which the others look
	for {
		p, err := s.Append(ctx, stream, after, events)
		head, conflict := actual(err)
		if !conflict {
			return p, err
		}
		after = head
	}
}

// silent hides that the context ended.
func silent(_ context.Context, r read) read {
	return func(yield func(recorded, error) bool) {
		for one, err := range r {
			if err != nil || !yield(one, nil) {
				return
			}
		}
	}
}
