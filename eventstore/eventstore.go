// Package eventstore keeps the ledger: streams of events that can be appended
// to and read, and never changed. Store is what a store promises; Ledger and
// Update are how an act becomes events.
//
// The package knows no event type by name and decides no rule of social care.
// It never deletes, never rewrites, and has no append without a revision.
package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Revision counts the events of one stream: 1, 2, 3 … without gaps. 0 means
// that the stream does not exist.
type Revision uint64

// Position orders all events of a store. Positions grow along the log but need
// not be consecutive. 0 is before the first event.
type Position uint64

// EventID identifies one event for ever; it may not be zero. An append that is
// repeated after a lost answer must carry the same ids.
type EventID [16]byte

// Event is what is appended. Metadata and Data are opaque to a store.
type Event struct {
	ID       EventID
	Type     string // "referral.received/1": at most MaxTypeBytes of printable ASCII without space
	Metadata []byte
	Data     []byte
}

// Recorded is an event as a store gives it back. The bytes belong to the
// receiver.
type Recorded struct {
	Stream   string
	Revision Revision
	Position Position
	Event
}

// Limits that every store enforces before anything is written.
const (
	MaxStreamBytes  = 200      // length of a stream's name
	MaxTypeBytes    = 200      // length of an event's type
	MaxEventBytes   = 4 << 20  // metadata and data of one event together
	MaxAppendEvents = 10_000   // events in one append
	MaxAppendBytes  = 16 << 20 // metadata and data of one append together
)

// Store is an append-only event store. All methods may be called by many
// goroutines at once. storetest holds a named test for each promise below.
type Store interface {
	// Append adds events to one stream, all or none, and returns the position
	// of the last one. When it returns without error the events are as durable
	// as the store can make them, and every later read sees them.
	//
	// after is the revision that the caller has seen: the stream must be
	// exactly there, else *ConflictError and nothing is appended. 0 states that
	// the stream does not exist yet.
	//
	// An exact repeat (same stream, same after, same event ids in the same
	// order) appends nothing and returns the position of the first time, even
	// when the stream has grown since.
	//
	// An append of nothing, a bad name, a zero or doubled event id, or one
	// over a limit is ErrInvalid; nothing is appended.
	//
	// The store keeps no reference to the given slices. When ctx ends first the
	// outcome is unknown: repeat with the same ids.
	Append(ctx context.Context, stream string, after Revision, events []Event) (Position, error)

	// ReadStream yields the stream's events with a revision greater than
	// after, in order, up to the head as it was when the read began or later.
	// A stream that does not exist yields nothing. An error is yielded once, as
	// the last pair. The store holds no lock while the caller's loop body runs,
	// so the body may append.
	ReadStream(ctx context.Context, stream string, after Revision) iter.Seq2[Recorded, error]

	// ReadLog yields the events of all streams with a position greater than
	// after, in the order of position, up to the end as it was when the read
	// began or later. The order is the same for every reader for ever: an event
	// never appears before one that a reader has already been given.
	ReadLog(ctx context.Context, after Position) iter.Seq2[Recorded, error]

	// Follow is ReadLog that does not end: at the end of the log it waits for
	// more, without gap or repeat, until ctx ends (yielding ctx's error) or the
	// caller stops.
	Follow(ctx context.Context, after Position) iter.Seq2[Recorded, error]
}

// Scanner is a store that can give its log without fresh memory for every event.
type Scanner interface {
	// Scan is ReadLog, but metadata and data are the receiver's only until the
	// loop body ends: they are overwritten by what comes next.
	Scan(ctx context.Context, after Position) iter.Seq2[Recorded, error]
}

// Scan reads the log of a store for whoever keeps neither metadata nor data of
// it. It is ReadLog where the store is no Scanner.
func Scan(ctx context.Context, s Store, after Position) iter.Seq2[Recorded, error] {
	if s, ok := s.(Scanner); ok {
		return s.Scan(ctx, after)
	}
	return s.ReadLog(ctx, after)
}

// ErrInvalid marks an append that no store accepts, whatever its state.
var ErrInvalid = errors.New("invalid append")

// ConflictError says that a stream was not where the caller had seen it.
type ConflictError struct {
	Stream   string
	Expected Revision
	Actual   Revision
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("stream %s: expected revision %d, actual %d", e.Stream, e.Expected, e.Actual)
}

// Check says why no store would accept the append, or nil. Stores call it
// first, so that all of them refuse the same things in the same words.
func Check(stream string, events []Event) error {
	if !validName(stream) {
		return fmt.Errorf("%w: a stream's name is 1 to %d characters of a-z A-Z 0-9 . _ -", ErrInvalid, MaxStreamBytes)
	}
	if len(events) == 0 || len(events) > MaxAppendEvents {
		return fmt.Errorf("%w: stream %s: %d events, allowed are 1 to %d", ErrInvalid, stream, len(events), MaxAppendEvents)
	}
	total := 0
	for i := range events {
		e := &events[i]
		size := len(e.Metadata) + len(e.Data)
		total += size
		switch {
		case e.ID == EventID{}:
			return fmt.Errorf("%w: stream %s: event %d has no id", ErrInvalid, stream, i)
		case (i == 0 || e.Type != events[i-1].Type) && !validType(e.Type):
			return fmt.Errorf("%w: stream %s: event %d: a type is 1 to %d printable ASCII characters without space", ErrInvalid, stream, i, MaxTypeBytes)
		case size > MaxEventBytes:
			return fmt.Errorf("%w: stream %s: event %d has %d bytes, allowed are %d", ErrInvalid, stream, i, size, MaxEventBytes)
		case total > MaxAppendBytes:
			return fmt.Errorf("%w: stream %s: more than %d bytes in one append", ErrInvalid, stream, MaxAppendBytes)
		}
	}
	if i := repeated(events); i > 0 {
		return fmt.Errorf("%w: stream %s: event %d repeats an id", ErrInvalid, stream, i)
	}
	return nil
}

// repeated returns the first event that has the id of one before it, or 0.
func repeated(events []Event) int {
	if len(events) == 1 {
		return 0
	}
	seen := make(map[EventID]struct{}, len(events))
	for i := range events {
		if seen[events[i].ID] = struct{}{}; len(seen) == i {
			return i
		}
	}
	return 0
}

// nameBytes are those of which a stream's name consists.
var nameBytes = func() (allowed [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") {
		allowed[c] = true
	}
	return allowed
}()

func validName(s string) bool {
	for _, c := range []byte(s) {
		if !nameBytes[c] {
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxStreamBytes
}

func validType(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxTypeBytes
}
