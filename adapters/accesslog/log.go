// Package accesslog writes and reads the second ledger, in which every release
// of content is recorded before it happens. Entries stand in one stream a day,
// so that each day has a key of its own and can be kept as long as its retention
// says. It counts and exports what it wrote. The package decides nothing, and
// never holds what was released.
package accesslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"caseledger/domain"
	"caseledger/eventstore"
)

const (
	prefix     = "access-"
	maxBatch   = 256   // entries in one append
	maxWaiting = 1_024 // callers that wait for one
)

// StreamOf returns the stream of a day's entries.
func StreamOf(day domain.Date) string { return prefix + day.String() }

// ErrClosed says that the log no longer writes.
var ErrClosed = errors.New("access log: closed")

// Log appends entries of many callers together: one sync serves all that wait.
type Log struct {
	ledger *eventstore.Ledger
	wait   chan waiting
	ended  chan struct{}
	tail   eventstore.Tail // of the day being written; belongs to Run
}

type waiting struct {
	entry domain.Entry
	done  chan error // holds one
}

// New returns a log over a ledger; it writes while Run runs.
func New(l *eventstore.Ledger) *Log {
	return &Log{ledger: l, wait: make(chan waiting, maxWaiting), ended: make(chan struct{})}
}

// Record returns nil when the entry is durable. After an error nobody knows
// whether it is, and nothing may be released.
func (l *Log) Record(ctx context.Context, by domain.Circumstances, e domain.Event) error {
	one := waiting{domain.Entry{Circumstances: by, Event: e}, make(chan error, 1)}
	select {
	case l.wait <- one:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.ended:
		return ErrClosed
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-l.ended:
		return ErrClosed
	}
}

// Run writes until ctx ends. It is called once.
func (l *Log) Run(ctx context.Context) {
	defer close(l.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-l.wait:
			batch := l.gather(first)
			err := l.write(ctx, batch)
			for _, one := range batch {
				one.done <- err
			}
		}
	}
}

// gather takes whoever else waits already.
func (l *Log) gather(first waiting) []waiting {
	batch := []waiting{first}
	for len(batch) < maxBatch {
		select {
		case one := <-l.wait:
			batch = append(batch, one)
		default:
			return batch
		}
	}
	return batch
}

// write appends a batch to the stream of today.
func (l *Log) write(ctx context.Context, batch []waiting) error {
	now := l.ledger.Now().UTC().Truncate(time.Microsecond)
	if err := l.turn(ctx, StreamOf(domain.DateOf(now))); err != nil {
		return fmt.Errorf("access log: %w", err)
	}
	if now.Before(l.tail.Recorded) {
		now = l.tail.Recorded // a clock that was set back does not make time run backwards
	}
	tail, events := l.tail, make([]eventstore.Event, len(batch))
	for i, one := range batch {
		one.entry.Recorded = now
		event, _, err := l.ledger.Codec.Encode(ctx, tail, l.ledger.NewID(), one.entry)
		if err != nil {
			return fmt.Errorf("access log: stream %s: %w", tail.Stream, err)
		}
		events[i] = event
		tail = eventstore.Tail{Stream: tail.Stream, Revision: tail.Revision + 1, Metadata: event.Metadata, Recorded: now}
	}
	if _, err := l.ledger.Store.Append(ctx, tail.Stream, l.tail.Revision, events); err != nil {
		l.tail = eventstore.Tail{} // perhaps it was appended: look again
		return fmt.Errorf("access log: %w", err)
	}
	l.tail = tail
	return nil
}

// turn makes the stream the one being written.
func (l *Log) turn(ctx context.Context, stream string) error {
	if l.tail.Stream == stream {
		return nil
	}
	l.tail = eventstore.Tail{Stream: stream}
	var last eventstore.Recorded
	for e, err := range l.ledger.Store.ReadStream(ctx, stream, 0) {
		if err != nil {
			l.tail = eventstore.Tail{}
			return err
		}
		last = e
	}
	if last.Revision == 0 {
		return nil
	}
	entry, err := l.ledger.Codec.Decode(last)
	if err != nil {
		l.tail = eventstore.Tail{}
		return fmt.Errorf("stream %s: revision %d: %w", stream, last.Revision, err)
	}
	l.tail = eventstore.Tail{Stream: stream, Revision: last.Revision, Metadata: last.Metadata, Recorded: entry.Recorded}
	return nil
}
