package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"caseledger/eventstore"
)

func readsGiveBack(t *recorder, s store) {
	events := several("a", 0, 5)
	events[1].Metadata, events[1].Data = nil, nil
	events[2].Data = make([]byte, 256)
	for i := range events[2].Data {
		events[2].Data[i] = byte(i)
	}
	events[3].Type = "!~"
	mustAppend(t, s, "a", 0, events[:2]...)
	mustAppend(t, s, "a", 2, events[2:]...)
	isStream(t, readStream(t, s, "a", 0), "a", 0, events)
	isStream(t, readLog(t, s, 0), "a", 0, events)
	isStream(t, first(t, s.Follow(t.Context(), 0), len(events)), "a", 0, events)
}

func positionOfLast(t *recorder, s store) {
	one := mustAppend(t, s, "a", 0, happened("a", 1))
	three := mustAppend(t, s, "b", 0, several("b", 0, 3)...)
	again := mustAppend(t, s, "a", 1, happened("a", 2))
	log := readLog(t, s, 0)
	if len(log) != 5 || log[0].Position != one || log[3].Position != three || log[4].Position != again {
		t.Fatalf("appends returned positions %d, %d, %d, which the log does not have at their ends", one, three, again)
	}
}

func allOrNone(t *recorder, s store) {
	mustAppend(t, s, "a", 0, several("a", 0, 3)...)
	refused(t, s, "a", 2, 3, happened("a", 10), happened("a", 11), happened("a", 12))
	refused(t, s, "b", 1, 0, several("b", 1, 2)...)
	doubled := several("a", 3, 2)
	doubled[1].ID = doubled[0].ID
	if _, err := s.Append(t.Context(), "a", 3, doubled); err == nil {
		t.Fatalf("an append with a doubled id is accepted")
	}
	isStream(t, readLog(t, s, 0), "a", 0, several("a", 0, 3))
	mustAppend(t, s, "a", 3, several("a", 3, 4)...)
	isStream(t, readStream(t, s, "a", 0), "a", 0, several("a", 0, 7))
}

func conflictStatesActual(t *recorder, s store) {
	refused(t, s, "a", 1, 0, happened("a", 9))
	refused(t, s, "a", 1<<63, 0, happened("a", 9))
	fill(t, s, "other", 2)
	for head := eventstore.Revision(1); head <= 3; head++ {
		mustAppend(t, s, "a", head-1, happened("a", int(head)))
		for after := range head + 3 {
			if after != head {
				refused(t, s, "a", after, head, happened("a", 100))
			}
		}
	}
	isStream(t, readStream(t, s, "a", 0), "a", 0, several("a", 0, 3))
}

func exactRepeat(t *recorder, s store) {
	events := several("a", 0, 6)
	repeat := func(after eventstore.Revision, want eventstore.Position, same ...event) {
		if got := mustAppend(t, s, "a", after, same...); got != want {
			t.Fatalf("the repeat after %d returned position %d, the first time it was %d", after, got, want)
		}
	}
	one := mustAppend(t, s, "a", 0, events[0])
	repeat(0, one, events[0])
	four := mustAppend(t, s, "a", 1, events[1:4]...)
	repeat(1, four, events[1:4]...)
	mustAppend(t, s, "b", 0, happened("b", 1))
	six := mustAppend(t, s, "a", 4, events[4:]...)
	repeat(0, one, events[0])
	repeat(1, four, events[1:4]...)
	repeat(4, six, events[4:]...)
	isStream(t, readStream(t, s, "a", 0), "a", 0, events)
	if n := len(readLog(t, s, 0)); n != 7 {
		t.Fatalf("the log has %d events, 7 were appended", n)
	}
}

func inexactRepeat(t *recorder, s store) {
	e := several("a", 0, 5)
	other := happened("other", 1)
	mustAppend(t, s, "a", 0, e[:3]...)
	for _, tt := range []struct {
		after  eventstore.Revision
		events []event
	}{
		{0, []event{e[0], e[1], e[2], e[3]}}, // more than is there
		{0, []event{e[0], e[1], other}},      // another end
		{0, []event{other, e[1], e[2]}},      // another beginning
		{0, []event{e[0], e[2], e[1]}},       // another order
		{1, []event{e[0], e[1]}},             // another revision
		{2, []event{e[2], e[3]}},             // the last and one more
		{4, []event{e[4]}},                   // not there yet
	} {
		refused(t, s, "a", tt.after, 3, tt.events...)
	}
	isStream(t, readLog(t, s, 0), "a", 0, e[:3])
}

func sameIdsElsewhere(t *recorder, s store) {
	events := several("a", 0, 2)
	here := mustAppend(t, s, "a", 0, events...)
	there := mustAppend(t, s, "b", 0, events...)
	if there <= here {
		t.Fatalf("the append to b has position %d, that to a %d", there, here)
	}
	isStream(t, readStream(t, s, "a", 0), "a", 0, events)
	isStream(t, readStream(t, s, "b", 0), "b", 0, events)
}

func invalidAppends(t *recorder, s store) {
	mustAppend(t, s, "a", 0, happened("a", 1))
	with := func(change func(*event)) []event {
		events := several("a", 1, 3)
		change(&events[1])
		return events
	}
	for name, tt := range map[string]struct {
		stream string
		events []event
	}{
		"no events":        {"a", nil},
		"no name":          {"", several("a", 1, 1)},
		"a space in name":  {"a b", several("a", 1, 1)},
		"a slash in name":  {"a/b", several("a", 1, 1)},
		"a long name":      {strings.Repeat("a", eventstore.MaxStreamBytes+1), several("a", 0, 1)},
		"no id":            {"a", with(func(e *event) { e.ID = eventstore.EventID{} })},
		"a doubled id":     {"a", with(func(e *event) { e.ID = happened("a", 2).ID })},
		"no type":          {"a", with(func(e *event) { e.Type = "" })},
		"a space in type":  {"a", with(func(e *event) { e.Type = "a b" })},
		"a long type":      {"a", with(func(e *event) { e.Type = strings.Repeat("t", eventstore.MaxTypeBytes+1) })},
		"a large event":    {"a", with(func(e *event) { e.Data = make([]byte, eventstore.MaxEventBytes) })},
		"too many events":  {"a", several("a", 1, eventstore.MaxAppendEvents+1)},
		"too large in all": {"a", large(eventstore.MaxAppendBytes/eventstore.MaxEventBytes+1, eventstore.MaxEventBytes)},
	} {
		for _, after := range []eventstore.Revision{0, 1} {
			if _, err := s.Append(t.Context(), tt.stream, after, tt.events); !errors.Is(err, eventstore.ErrInvalid) {
				t.Errorf("%s, after %d: %v, want ErrInvalid", name, after, err)
			}
		}
	}
	isStream(t, readLog(t, s, 0), "a", 0, several("a", 0, 1))
}

// large are n events of the given size.
func large(n, size int) []event {
	events := several("large", 0, n)
	for i := range events {
		events[i].Data = slices.Repeat([]byte{byte(i + 1)}, size-len(events[i].Metadata))
	}
	return events
}

func atTheLimits(t *recorder, s store) {
	for _, tt := range []struct {
		stream string
		events []event
	}{
		{strings.Repeat("n", eventstore.MaxStreamBytes), several("n", 0, 1)},
		{"A.z_0-9", []event{{ID: eventstore.EventID{1}, Type: strings.Repeat("t", eventstore.MaxTypeBytes)}}},
		{"large", large(eventstore.MaxAppendBytes/eventstore.MaxEventBytes, eventstore.MaxEventBytes)},
		{"many", several("many", 0, eventstore.MaxAppendEvents)},
	} {
		mustAppend(t, s, tt.stream, 0, tt.events...)
		isStream(t, readStream(t, s, tt.stream, 0), tt.stream, 0, tt.events)
	}
	ascending(t, readLog(t, s, 0))
}

func unknownOutcome(t *recorder, s store) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	events := several("a", 0, 3)
	if _, err := s.Append(ended, "a", 0, events); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("append with an ended context: %v", err)
	}
	mustAppend(t, s, "a", 0, events...)
	isStream(t, readLog(t, s, 0), "a", 0, events)
}

func copiesIn(t *recorder, s store) {
	events := several("a", 0, 3)
	mustAppend(t, s, "a", 0, events...)
	for i := range events {
		clear(events[i].Metadata)
		clear(events[i].Data)
		events[i].Type = "overwritten/1"
	}
	isStream(t, readStream(t, s, "a", 0), "a", 0, several("a", 0, 3))
	isStream(t, readLog(t, s, 0), "a", 0, several("a", 0, 3))
}

func copiesOut(t *recorder, s store) {
	want := several("a", 0, 20)
	mustAppend(t, s, "a", 0, want...)
	reads := map[string]func() read{
		"ReadStream": func() read { return s.ReadStream(t.Context(), "a", 0) },
		"ReadLog":    func() read { return s.ReadLog(t.Context(), 0) },
		"Follow":     func() read { return s.Follow(t.Context(), 0) },
	}
	for _, reading := range reads {
		kept := first(t, reading(), len(want))
		isStream(t, kept, "a", 0, want) // nothing is overwritten by the rest of the read
		for i := range kept {
			_ = append(kept[i].Metadata, "longer"...)
			isStream(t, kept[i:i+1], "a", eventstore.Revision(i), want[i:i+1])
			clear(kept[i].Metadata)
			clear(kept[i].Data)
		}
		for _, again := range reads {
			isStream(t, first(t, again(), len(want)), "a", 0, want)
		}
	}
}
