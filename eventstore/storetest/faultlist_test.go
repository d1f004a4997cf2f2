package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"caseledger/eventstore"
)

// faults are mistakes that a store can make, each planted into a sound one.
var faults = map[string]func(s store) store{
	// appending
	"ignores after": onConflict(func(s store, ctx context.Context, stream string, actual revision, events []event, _ error) (position, error) {
		return s.Append(ctx, stream, actual, events)
	}),
	"states a wrong actual revision": onConflict(func(_ store, _ context.Context, _ string, actual revision, _ []event, err error) (position, error) {
		err.(*eventstore.ConflictError).Actual++
		return 0, err
	}),
	"states a wrong expected revision": onConflict(func(_ store, _ context.Context, _ string, actual revision, _ []event, err error) (position, error) {
		err.(*eventstore.ConflictError).Expected = actual
		return 0, err
	}),
	"has no type for conflicts": onConflict(func(store, context.Context, string, revision, []event, error) (position, error) {
		return 0, errors.New("conflict")
	}),
	"appends half on a conflict": onConflict(func(s store, ctx context.Context, stream string, actual revision, events []event, err error) (position, error) {
		s.Append(ctx, stream, actual, events[:1])
		return 0, err
	}),
	"says that the loser of a race has won": onConflict(func(_ store, _ context.Context, _ string, actual revision, events []event, err error) (position, error) {
		if after := err.(*eventstore.ConflictError).Expected; after > 0 && after+1 == actual && strings.HasPrefix(string(events[0].Metadata), "metadata racer") {
			return position(actual), nil
		}
		return 0, err
	}),
	"appends at 0 whatever is there": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		p, err := s.Append(ctx, stream, after, events)
		if head, conflict := actual(err); conflict && after == 0 {
			return s.Append(ctx, stream, head, events)
		}
		return p, err
	}),
	"looks first and appends later": appending(looking),
	"appends one event at a time":   appending(slowly),
	"accepts an append of nothing": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		if len(events) == 0 {
			return 0, nil
		}
		return s.Append(ctx, stream, after, events)
	}),
	"accepts a zero id": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		events = slices.Clone(events)
		for i := range events {
			if events[i].ID == (eventstore.EventID{}) {
				events[i].ID = randomID()
			}
		}
		return s.Append(ctx, stream, after, events)
	}),
	"accepts a doubled id": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		p, err := s.Append(ctx, stream, after, events)
		if err != nil && strings.Contains(err.Error(), "repeats an id") {
			return s.Append(ctx, stream, after, newIDs(events))
		}
		return p, err
	}),
	"accepts any name": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		if stream = strings.NewReplacer(" ", "_", "/", "_").Replace(stream); stream == "" {
			stream = "_"
		}
		return s.Append(ctx, stream, after, events)
	}),
	"cuts what exceeds a limit": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		events = slices.Clone(events[:min(len(events), eventstore.MaxAppendEvents)])
		for i := range events {
			events[i].Data = events[i].Data[:min(len(events[i].Data), eventstore.MaxEventBytes-len(events[i].Metadata))]
		}
		return s.Append(ctx, stream, after, events)
	}),
	"has no word for an invalid append": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		if eventstore.Check(stream, events) != nil {
			return 0, errors.New("invalid")
		}
		return s.Append(ctx, stream, after, events)
	}),
	"refuses large events": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		for _, e := range events {
			if len(e.Data) > 1<<20 {
				return 0, errors.New("too large")
			}
		}
		return s.Append(ctx, stream, after, events)
	}),
	"appends an exact repeat again": onRepeat(func(s store, stream string, _, head revision, events []event, _ position) (position, error) {
		return s.Append(context.Background(), stream, head, newIDs(events))
	}),
	"returns the end's position for a repeat": onRepeat(func(s store, stream string, _, head revision, _ []event, _ position) (last position, err error) {
		for r := range s.ReadStream(context.Background(), stream, head-1) {
			last = r.Position
		}
		return last, nil
	}),
	"refuses an exact repeat": onRepeat(func(_ store, stream string, after, head revision, _ []event, _ position) (position, error) {
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: head}
	}),
	"forgets a repeat when the stream has grown": onRepeat(func(_ store, stream string, after, head revision, events []event, first position) (position, error) {
		if head > after+revision(len(events)) {
			return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: head}
		}
		return first, nil
	}),
	"takes a repeat of the first event for all": onConflict(func(s store, ctx context.Context, stream string, actual revision, events []event, err error) (position, error) {
		if p, again := s.Append(ctx, stream, err.(*eventstore.ConflictError).Expected, events[:1]); again == nil {
			return p, nil
		}
		return 0, err
	}),
	"takes the same ids in another order for a repeat": onConflict(func(s store, ctx context.Context, stream string, actual revision, events []event, err error) (position, error) {
		for r := range s.ReadStream(ctx, stream, err.(*eventstore.ConflictError).Expected) {
			if !slices.ContainsFunc(events, func(e event) bool { return e.ID == r.ID }) {
				return 0, err
			}
			if actual == r.Revision && len(events) == 3 {
				return r.Position, nil
			}
		}
		return 0, err
	}),
	"takes the same ids in another stream for a repeat": func(s store) store {
		return appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
			for r := range s.ReadLog(ctx, 0) {
				if len(events) > 0 && r.ID == events[0].ID && r.Stream != stream && r.Revision == after+1 {
					return r.Position, nil
				}
			}
			return s.Append(ctx, stream, after, events)
		})(s)
	},
	"does not know its own append again after the context ended": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		if ctx.Err() != nil {
			s.Append(context.Background(), stream, after, newIDs(events))
		}
		return s.Append(ctx, stream, after, events)
	}),
	"loses the last of several events": preparing(func(events []event) []event {
		return events[:max(1, len(events)-1)]
	}),
	"swaps two events of an append": preparing(func(events []event) []event {
		if len(events) > 1 {
			events[0], events[1] = events[1], events[0]
		}
		return events
	}),
	"returns the first position": appending(func(s store, ctx context.Context, stream string, after revision, events []event) (position, error) {
		p, err := s.Append(ctx, stream, after, events)
		return p - min(p, position(len(events)-min(1, len(events)))), err
	}),
	"truncates data": preparing(func(events []event) []event {
		for i := range events {
			events[i].Data = events[i].Data[:min(len(events[i].Data), 200)]
		}
		return events
	}),
	"ends data at a zero byte": preparing(func(events []event) []event {
		for i, e := range events {
			if n := slices.Index(e.Data, 0); n >= 0 {
				events[i].Data = e.Data[:n]
			}
		}
		return events
	}),
	"drops metadata":             preparing(func(events []event) []event { events[0].Metadata = nil; return events }),
	"keeps the caller's slices":  keeping,
	"shares slices with readers": sharing,
	"gives metadata room to grow into data": changed(func(r *recorded) {
		both := slices.Concat(r.Metadata, r.Data)
		r.Metadata, r.Data = both[:len(r.Metadata)], both[len(r.Metadata):]
	}),

	// reading
	"gives a wrong type":                    changed(func(r *recorded) { r.Type = strings.ToUpper(r.Type) }),
	"invents ids":                           changed(func(r *recorded) { r.ID = randomID() }),
	"counts revisions from 0":               changed(func(r *recorded) { r.Revision-- }),
	"gives a stream's revision as position": changed(func(r *recorded) { r.Position = position(r.Revision) }),
	"does not name the stream":              changed(func(r *recorded) { r.Stream = "" }),
	"reads nothing from streams": inStream(func(store, context.Context, string, revision) read {
		return nothing
	}),
	"ignores after in ReadStream": inStream(func(s store, ctx context.Context, stream string, _ revision) read {
		return s.ReadStream(ctx, stream, 0)
	}),
	"includes after in ReadStream": inStream(func(s store, ctx context.Context, stream string, after revision) read {
		return s.ReadStream(ctx, stream, max(after, 1)-1)
	}),
	"skips one in ReadStream": inStream(func(s store, ctx context.Context, stream string, after revision) read {
		return s.ReadStream(ctx, stream, after+min(after, 1))
	}),
	"reads streams backwards": inStream(func(s store, ctx context.Context, stream string, after revision) read {
		return edited(s.ReadStream(ctx, stream, after), func(got []recorded) []recorded { slices.Reverse(got); return got })
	}),
	"fails for a stream that does not exist": inStream(func(s store, ctx context.Context, stream string, after revision) read {
		return func(yield func(recorded, error) bool) {
			if headOf(s, stream) == 0 {
				yield(recorded{}, errors.New("no such stream"))
				return
			}
			s.ReadStream(ctx, stream, after)(yield)
		}
	}),
	"reads streams whose name begins the same": inStream(func(s store, ctx context.Context, stream string, after revision) read {
		return edited(s.ReadLog(ctx, 0), func(log []recorded) []recorded {
			return slices.DeleteFunc(log, func(r recorded) bool { return !strings.HasPrefix(r.Stream, stream) || r.Revision <= after })
		})
	}),
	"ignores the case of a stream's name": inStream(func(s store, ctx context.Context, stream string, after revision) read {
		return s.ReadStream(ctx, strings.ToLower(stream), after)
	}),
	"reads nothing from the log": inLog(func(store, context.Context, position) read { return nothing }),
	"ignores after in ReadLog":   inLog(func(s store, ctx context.Context, _ position) read { return s.ReadLog(ctx, 0) }),
	"includes after in ReadLog":  inLog(func(s store, ctx context.Context, after position) read { return s.ReadLog(ctx, max(after, 1)-1) }),
	"skips one in ReadLog":       inLog(func(s store, ctx context.Context, after position) read { return s.ReadLog(ctx, after+min(after, 1)) }),
	"ends ReadLog one too early": inLog(func(s store, ctx context.Context, after position) read {
		return edited(s.ReadLog(ctx, after), func(log []recorded) []recorded { return log[:max(len(log), 1)-1] })
	}),
	"orders the log by stream": inLog(func(s store, ctx context.Context, after position) read {
		return edited(s.ReadLog(ctx, after), byStream)
	}),
	"orders the log anew":        unsteady,
	"skips the fourth in a read": inAll(func(_ context.Context, r read) read { return without(r, 4) }),
	"hides the end of a context": inAll(silent),
	"repeats the context's error": inAll(func(_ context.Context, r read) read {
		return func(yield func(recorded, error) bool) {
			for one, err := range r {
				if !yield(one, err) || err != nil && !yield(one, err) {
					return
				}
			}
		}
	}),
	"does not look at the context": func(s store) store {
		f := inAll(func(ctx context.Context, r read) read { return r })(s).(*faulty)
		f.stream = func(_ context.Context, stream string, after revision) read {
			return s.ReadStream(context.Background(), stream, after)
		}
		return f
	},
	"goes on when the caller stops": inAll(func(_ context.Context, r read) read {
		return func(yield func(recorded, error) bool) {
			for one, err := range r {
				if !yield(one, err) {
					yield(one, err)
					return
				}
			}
		}
	}),
	"holds a lock while yielding": locking,

	// following
	"ends Follow at the end":    inFollow(func(s store, ctx context.Context, after position) read { return s.ReadLog(ctx, after) }),
	"ignores after in Follow":   inFollow(func(s store, ctx context.Context, _ position) read { return s.Follow(ctx, 0) }),
	"includes after in Follow":  inFollow(func(s store, ctx context.Context, after position) read { return s.Follow(ctx, max(after, 1)-1) }),
	"repeats one after waiting": resumed(func(last position) position { return max(last, 1) - 1 }),
	"skips one after waiting":   resumed(func(last position) position { return last + min(last, 1) }),
	"never wakes": inFollow(func(s store, ctx context.Context, after position) read {
		return func(yield func(recorded, error) bool) {
			for r, err := range s.ReadLog(ctx, after) {
				if !yield(r, err) || err != nil {
					return
				}
			}
			<-ctx.Done()
			yield(recorded{}, ctx.Err())
		}
	}),
	"follows on after the context's end": inFollow(func(s store, _ context.Context, after position) read {
		return s.Follow(context.Background(), after)
	}),
}

func byStream(log []recorded) []recorded {
	slices.SortStableFunc(log, func(a, b recorded) int { return strings.Compare(a.Stream, b.Stream) })
	return log
}
