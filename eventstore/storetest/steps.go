package storetest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"

	"caseledger/eventstore"
)

type (
	event    = eventstore.Event
	recorded = eventstore.Recorded
	store    = eventstore.Store
	read     = iter.Seq2[recorded, error]
)

// maxRead bounds every read of a promise, in case it does not end.
const maxRead = 100_000

// happened is the n'th event of a stream, different from every other.
func happened(stream string, n int) event {
	id := sha256.Sum256(fmt.Appendf(nil, "%s %d", stream, n))
	return event{
		ID:       eventstore.EventID(id[:16]),
		Type:     fmt.Sprintf("storetest.happened-%d/1", n%3),
		Metadata: fmt.Appendf(nil, "metadata %s %d", stream, n),
		Data:     append([]byte{0, 0xff, '\n'}, id[16:16+n%16]...),
	}
}

// several are the events of a stream from the one after the given revision on.
func several(stream string, after eventstore.Revision, n int) []event {
	events := make([]event, n)
	for i := range events {
		events[i] = happened(stream, int(after)+1+i)
	}
	return events
}

// mustAppend appends events that no rule forbids.
func mustAppend(t *recorder, s store, stream string, after eventstore.Revision, events ...event) eventstore.Position {
	p, err := s.Append(t.Context(), stream, after, events)
	if err != nil {
		t.Fatalf("append of %d events to %s after %d: %v", len(events), stream, after, err)
	}
	return p
}

// fill appends n events to a stream, one by one, and returns their positions.
func fill(t *recorder, s store, stream string, n int) []eventstore.Position {
	positions := make([]eventstore.Position, n)
	for i := range positions {
		after := eventstore.Revision(i)
		positions[i] = mustAppend(t, s, stream, after, happened(stream, i+1))
	}
	return positions
}

// all reads to the end.
func all(t *recorder, r read) []recorded { return first(t, r, maxRead) }

// first reads the first n events, or fewer when there are no more.
func first(t *recorder, r read, n int) []recorded {
	var got []recorded
	for one, err := range r {
		if err != nil {
			t.Fatalf("read: after %d events: %v", len(got), err)
		}
		if got = append(got, one); len(got) == n {
			break
		}
	}
	return got
}

func readStream(t *recorder, s store, stream string, after eventstore.Revision) []recorded {
	return all(t, s.ReadStream(t.Context(), stream, after))
}

func readLog(t *recorder, s store, after eventstore.Position) []recorded {
	return all(t, s.ReadLog(t.Context(), after))
}

// isStream checks that got are the events of one stream from revision after+1 on.
func isStream(t *recorder, got []recorded, stream string, after eventstore.Revision, want []event) {
	if len(got) != len(want) {
		t.Fatalf("%s: %d events, want %d", stream, len(got), len(want))
	}
	for i, r := range got {
		if due := after + eventstore.Revision(i) + 1; r.Stream != stream || r.Revision != due {
			t.Fatalf("%s at %d, want %s at %d", r.Stream, r.Revision, stream, due)
		}
		if !equal(r.Event, want[i]) {
			t.Fatalf("%s at %d is not what was appended", stream, r.Revision)
		}
	}
	ascending(t, got)
}

// ascending checks that positions grow.
func ascending(t *recorder, got []recorded) {
	last := eventstore.Position(0)
	for _, r := range got {
		if r.Position <= last {
			t.Fatalf("%s at %d: position %d after %d", r.Stream, r.Revision, r.Position, last)
		}
		last = r.Position
	}
}

// isLog checks that two reads gave the same.
func isLog(t *recorder, got, want []recorded) {
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i, r := range got {
		w := want[i]
		if r.Stream != w.Stream || r.Revision != w.Revision || r.Position != w.Position || !equal(r.Event, w.Event) {
			t.Fatalf("event %d is %s at %d (position %d), want %s at %d (position %d)",
				i, r.Stream, r.Revision, r.Position, w.Stream, w.Revision, w.Position)
		}
	}
}

func equal(a, b event) bool {
	return a.ID == b.ID && a.Type == b.Type && bytes.Equal(a.Metadata, b.Metadata) && bytes.Equal(a.Data, b.Data)
}

// refused checks that an append is a conflict that states actual.
func refused(t *recorder, s store, stream string, after, actual eventstore.Revision, events ...event) {
	_, err := s.Append(t.Context(), stream, after, events)
	var conflict *eventstore.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("append after %d where %d is actual: %v, want a conflict", after, actual, err)
	}
	if want := (eventstore.ConflictError{Stream: stream, Expected: after, Actual: actual}); *conflict != want {
		t.Fatalf("conflict is %q, want %q", conflict, &want)
	}
}
