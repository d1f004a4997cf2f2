package storebench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"caseledger/eventstore"
)

// What Fill makes: streams of which readers are timed, whose events lie apart,
// among those of the workload.
const (
	fillWriters            = 64
	mostAppends            = 200_000 // above, an append is of several events
	longEvents, shortEvent = 10_000, 100
	longStreams            = 4
	mostShortStreams       = 64
)

// Filled names the streams that were made to be read.
type Filled struct {
	Short, Long             []string
	ShortEvents, LongEvents int // of each
}

// marked is a stream that gets one event at regular distances in the log.
type marked struct {
	mu     sync.Mutex
	stream stream
	events int // that it shall have
}

// Fill appends so many events of the workload to an empty store, and among them
// streams of 100 and of 10,000 events, or fewer if the events are few.
func (w *Workload) Fill(ctx context.Context, store Appender, events int) (Filled, error) {
	appends := min(events, mostAppends)
	batch := events / appends
	f := Filled{LongEvents: max(1, min(longEvents, appends/(2*longStreams)))}
	f.ShortEvents = max(1, min(shortEvent, f.LongEvents/2))
	step := appends / f.LongEvents // of appends, in which each long stream gets one
	at := make(map[int]*marked)    // by the append modulo the step of the short streams
	shortStep := step * (f.LongEvents / f.ShortEvents)
	add := func(name string, events int) *marked { return &marked{stream: stream{name: name}, events: events} }
	for i := range longStreams {
		long := add(fmt.Sprintf("long-%d", i), f.LongEvents)
		f.Long = append(f.Long, long.stream.name)
		for k := i; k < shortStep; k += step {
			at[k] = long
		}
	}
	for i := range min(mostShortStreams, f.LongEvents/f.ShortEvents) {
		short := add(fmt.Sprintf("short-%d", i), f.ShortEvents)
		f.Short = append(f.Short, short.stream.name)
		at[i*step+longStreams] = short
	}
	var single atomic.Int64 // appends of one event in the place of a batch
	writers := w.Writers(fillWriters)
	err := Each(ctx, writers, appends, func(writer *Writer, i int) error {
		if m := at[i%shortStep]; m != nil {
			if done, err := m.append(ctx, store, writer); done {
				single.Add(1)
				return err
			}
		}
		_, err := writer.Append(ctx, store, batch)
		return err
	})
	if err != nil {
		return f, err
	}
	rest := events - appends*batch + int(single.Load())*(batch-1)
	return f, Each(ctx, writers, (rest+batch-1)/batch, func(writer *Writer, i int) error {
		_, err := writer.Append(ctx, store, min(batch, rest-i*batch))
		return err
	})
}

// append adds an event, and reports false when the stream has all of its own.
func (m *marked) append(ctx context.Context, store Appender, w *Writer) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stream.head == eventstore.Revision(m.events) {
		return false, nil
	}
	_, err := w.appendTo(ctx, store, &m.stream, 1)
	return true, err
}
