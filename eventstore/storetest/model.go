package storetest

import (
	"fmt"

	"caseledger/eventstore"
	"pgregory.net/rapid"
)

// likeItsModel does the same random things to the store and to a model that is
// too simple to be wrong, and compares what can be seen. A failure prints the
// seed that repeats it.
func likeItsModel(t *recorder, s store) {
	var turn int
	var end eventstore.Position // of the turns before, which may have been broken off
	rapid.Check(t, func(rt *rapid.T) {
		turn++
		for _, r := range readLog(t, s, end) {
			end = r.Position
		}
		steps := &recorder{ctx: t.ctx, name: t.name, fatal: func(failure string) { rt.Fatalf("%s", failure) }}
		m := &model{t: steps, store: s, turn: turn, begin: end, heads: map[string]int{}}
		rt.Repeat(map[string]func(*rapid.T){
			"append":     m.append,
			"conflict":   m.conflict,
			"repeat":     m.repeat,
			"ReadStream": m.readStream,
			"ReadLog":    m.readLog,
		})
	})
}

// model knows what was appended in one turn. Every turn has its own streams.
type model struct {
	t     *recorder
	store store
	turn  int
	begin eventstore.Position
	log   []recorded
	done  []appended
	heads map[string]int
	next  int // number of the next event
}

type appended struct {
	stream string
	after  eventstore.Revision
	events []event
	last   eventstore.Position
}

func (m *model) anyStream(rt *rapid.T) string {
	return fmt.Sprintf("turn-%d-%d", m.turn, rapid.IntRange(1, 3).Draw(rt, "stream"))
}

func (m *model) anyEvents(rt *rapid.T) []event {
	events := make([]event, rapid.IntRange(1, 4).Draw(rt, "events"))
	for i := range events {
		m.next++
		events[i] = happened(fmt.Sprintf("turn-%d", m.turn), m.next)
		events[i].Data = rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "data")
	}
	return events
}

func (m *model) append(rt *rapid.T) {
	stream, events := m.anyStream(rt), m.anyEvents(rt)
	after := eventstore.Revision(m.heads[stream])
	last, err := m.store.Append(m.t.Context(), stream, after, events)
	if err != nil {
		rt.Fatalf("append after %d: %v", after, err)
	}
	m.done = append(m.done, appended{stream, after, events, last})
	m.heads[stream] += len(events)
	m.take(rt, stream, after, events, last)
}

// take adds an append to the model's log. A store chooses the positions, so
// they are read once and must be the same ever after.
func (m *model) take(rt *rapid.T, stream string, after eventstore.Revision, events []event, last eventstore.Position) {
	from := m.begin
	if len(m.log) > 0 {
		from = m.log[len(m.log)-1].Position
	}
	for i, e := range events {
		m.log = append(m.log, recorded{Stream: stream, Revision: after + eventstore.Revision(i) + 1, Event: e})
	}
	added := m.log[len(m.log)-len(events):]
	for i, got := range all(m.t, m.store.ReadLog(m.t.Context(), from)) {
		if i < len(added) && got.Position > from {
			added[i].Position, from = got.Position, got.Position
		}
	}
	if from != last {
		rt.Fatalf("append returned position %d, the log ends at %d", last, from)
	}
}

func (m *model) conflict(rt *rapid.T) {
	stream := m.anyStream(rt)
	head := eventstore.Revision(m.heads[stream])
	after := eventstore.Revision(rapid.IntRange(0, int(head)+3).Draw(rt, "after"))
	if after != head {
		refused(m.t, m.store, stream, after, head, m.anyEvents(rt)...)
	}
}

func (m *model) repeat(rt *rapid.T) {
	if len(m.done) == 0 {
		return
	}
	a := rapid.SampledFrom(m.done).Draw(rt, "repeated")
	last, err := m.store.Append(m.t.Context(), a.stream, a.after, a.events)
	if err != nil || last != a.last {
		rt.Fatalf("the repeat returned position %d, %v; the first time it was %d", last, err, a.last)
	}
}

func (m *model) readStream(rt *rapid.T) {
	stream := m.anyStream(rt)
	after := eventstore.Revision(rapid.IntRange(0, m.heads[stream]+1).Draw(rt, "after"))
	var want []recorded
	for _, r := range m.log {
		if r.Stream == stream && r.Revision > after {
			want = append(want, r)
		}
	}
	isLog(m.t, readStream(m.t, m.store, stream, after), want)
}

func (m *model) readLog(rt *rapid.T) {
	n := rapid.IntRange(0, len(m.log)).Draw(rt, "skipped")
	after := m.begin
	if n > 0 {
		after = m.log[n-1].Position
	}
	isLog(m.t, readLog(m.t, m.store, after), m.log[n:])
}
