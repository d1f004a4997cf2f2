package eventstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
)

// Tail is where a stream has got to. What comes next is encoded onto it.
type Tail struct {
	Stream   string
	Revision Revision
	Metadata []byte    // of the last event; nil for a new stream
	Recorded time.Time // of the last event; no later one is recorded before it
}

// Codec turns entries into stored events and back. It owns the meaning of
// Metadata and Data.
type Codec interface {
	// Encode returns the event that records the entry right after the tail,
	// and nowhere else, and the entry as Decode will return it: what could not
	// be read again is an error. The tail is what was decoded of the stream, so
	// that a codec never begins a stream anew that has events. The entry's Seq
	// is not used: it follows from the tail.
	Encode(ctx context.Context, after Tail, id EventID, e domain.Entry) (Event, domain.Entry, error)
	// Decode is the inverse. It fails on whatever it does not know, and waits
	// for nothing: it is called for every event of a log.
	Decode(Recorded) (domain.Entry, error)
}

// latest returns the later of two moments.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Ledger is a store with what is needed to write to it: how entries are
// encoded, what time it is, and new event ids.
type Ledger struct {
	Store Store
	Codec Codec
	Now   func() time.Time
	NewID func() EventID
}

// Act is who does something to one stream, why, and in answer to which
// request. Nothing of it is ever taken from a context.
type Act struct {
	Stream string
	// Expect is the revision that the caller saw and insists on. nil leaves it
	// to the ledger, which then decides again on a conflict.
	Expect *Revision
	// Request is the caller's idempotency key, 1 to MaxRequestBytes bytes.
	Request   string
	Actor     domain.Actor     `validate:"required"`
	Authority domain.Authority `validate:"required"`
	// Command is what is asked for. It is validated, and its digest makes sure
	// that one request id does not stand for two different acts. Imports, which
	// keep what breaks the rules, give only a Digest.
	Command any
	// Name is the command's name in the catalogue, "" where it has none. It is
	// part of the digest, because two commands can have the same members.
	Name   string
	Digest string
	// Policy names the rules by which the act is decided.
	Policy string
	// Captured is set where the act was done away from the ledger.
	Captured *domain.Captured
}

// Receipt says what became of an act.
type Receipt struct {
	Stream   string
	First    Revision // of the first event recorded; 0 when there was none
	Revision Revision // of the stream after the act
	Position Position // of the last event recorded; 0 when there was none
	Repeated bool     // the request had been answered before; this is that answer
}

// Events returns the number of events that the act recorded.
func (r Receipt) Events() int {
	if r.First == 0 {
		return 0
	}
	return int(r.Revision - r.First + 1)
}

// Limits on acts.
const (
	MaxRequestBytes = 200 // length of a request id
	MaxAttempts     = 16  // decisions on one act before a conflict is reported
)

// RequestReusedError says that a request id has been used for another act.
type RequestReusedError struct{ Stream string }

func (e *RequestReusedError) Error() string {
	return fmt.Sprintf("stream %s: the request id was used before for another act", e.Stream)
}

// Update performs one act on one stream: it loads and folds the stream, asks
// decide, and appends the facts at the exact revision that decide saw. A
// request that the stream has seen before gets its old receipt, whatever
// decide would say now. When the caller did not pin a revision, a conflict
// makes the ledger decide again, MaxAttempts times at most.
//
// Errors: *ValidationError, domain.Refusals (from decide), *ConflictError,
// *RequestReusedError, or the store's own.
func Update[S any](ctx context.Context, l *Ledger, folds *Folds[S], act Act, decide func(S) ([]domain.Fact, error)) (Receipt, error) {
	if err := act.check(); err != nil {
		return Receipt{}, err
	}
	var conflict *ConflictError
	for range MaxAttempts {
		receipt, err := attempt(ctx, l, folds, act, decide)
		if !errors.As(err, &conflict) || act.Expect != nil {
			return receipt, err
		}
	}
	return Receipt{}, conflict
}

func attempt[S any](ctx context.Context, l *Ledger, folds *Folds[S], act Act, decide func(S) ([]domain.Fact, error)) (Receipt, error) {
	at, err := folds.Load(ctx, l, act.Stream)
	if err != nil {
		return Receipt{}, err
	}
	if old, seen := at.requests.find(act.Request); seen {
		return old.repeat(act)
	}
	if act.Expect != nil && *act.Expect != at.Revision {
		return Receipt{}, &ConflictError{Stream: act.Stream, Expected: *act.Expect, Actual: at.Revision}
	}
	facts, err := decide(at.State)
	if err != nil {
		return Receipt{}, err
	}
	if len(facts) == 0 {
		return Receipt{Stream: act.Stream, Revision: at.Revision}, nil
	}
	events, entries, err := l.encode(ctx, at.Tail, act, "", facts)
	if err != nil {
		return Receipt{}, err
	}
	position, err := l.Store.Append(ctx, act.Stream, at.Revision, events)
	if err != nil {
		return Receipt{}, err
	}
	var more gain
	for i, e := range events { // only the last one's position is known, and asked for: it is one request
		more.add(Recorded{Stream: act.Stream, Revision: at.Revision + Revision(i) + 1, Position: position, Event: e}, entries[i])
	}
	folds.appended(&at, more)
	return Receipt{Stream: act.Stream, First: at.Revision + 1, Revision: more.tail.Revision, Position: position}, nil
}

// check validates the act and fills in the command's digest.
func (a *Act) check() error {
	if len(a.Request) == 0 || len(a.Request) > MaxRequestBytes {
		return &ValidationError{Faults: []Fault{{Pointer: "/request", Rule: fmt.Sprintf("a request id has 1 to %d bytes", MaxRequestBytes)}}}
	}
	if err := Validate(circumstances{a.Actor, a.Authority}); err != nil {
		return err
	}
	if a.Command == nil {
		return nil
	}
	if err := Validate(a.Command); err != nil {
		return err
	}
	sum := sha256.New()
	if a.Name != "" {
		io.WriteString(sum, a.Name+"\n")
	}
	if err := json.MarshalWrite(sum, a.Command, json.Deterministic(true)); err != nil {
		return fmt.Errorf("command %T: %w", a.Command, err)
	}
	a.Digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

type circumstances struct {
	Actor     domain.Actor     `json:"actor"`
	Authority domain.Authority `json:"authority"`
}

// encode makes the events of an act, to stand after the tail, and the entries
// that will be read from them. All of them carry the same moment.
func (l *Ledger) encode(ctx context.Context, after Tail, act Act, group string, facts []domain.Fact) ([]Event, []domain.Entry, error) {
	recorded := l.Now().UTC().Truncate(time.Microsecond)
	ids, entries := make([]EventID, len(facts)), make([]domain.Entry, len(facts))
	for i, fact := range facts {
		ids[i] = l.NewID()
		entries[i] = domain.Entry{
			Recorded: recorded,
			Circumstances: domain.Circumstances{
				Actor: act.Actor, Authority: act.Authority, Request: act.Request, Digest: act.Digest,
				Group: group, Corrects: fact.Corrects, Source: fact.Source, Policy: act.Policy, Captured: act.Captured,
			},
			Event: fact.Event,
		}
	}
	events, err := l.encodeEntries(ctx, after, ids, entries)
	return events, entries, err
}

// encodeEntries encodes entries one onto the other, and puts those that will be
// read in their place. A clock that was set back does not make time run
// backwards in the stream.
func (l *Ledger) encodeEntries(ctx context.Context, after Tail, ids []EventID, entries []domain.Entry) ([]Event, error) {
	events := make([]Event, len(entries))
	for i, e := range entries {
		e.Recorded = latest(e.Recorded, after.Recorded)
		var err error
		if events[i], entries[i], err = l.Codec.Encode(ctx, after, ids[i], e); err != nil {
			return nil, fmt.Errorf("stream %s: %w", after.Stream, err)
		}
		after = Tail{Stream: after.Stream, Revision: after.Revision + 1, Metadata: events[i].Metadata, Recorded: e.Recorded}
	}
	return events, nil
}
