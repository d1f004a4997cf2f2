package esdb

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"strings"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"

	"caseledger/eventstore"
)

// ReadStream is eventstore.Store's. It goes on where it was when the
// connection breaks.
func (s *Store) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return s.read(ctx, uint64(after), func(ctx context.Context, c *client.Client, after uint64) (*client.ReadStream, error) {
		return c.ReadStream(ctx, stream, client.ReadStreamOptions{From: client.Revision(after)}, math.MaxInt64)
	}, func(r eventstore.Recorded) uint64 { return uint64(r.Revision) })
}

// ReadLog is eventstore.Store's.
func (s *Store) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return s.read(ctx, uint64(after), func(ctx context.Context, c *client.Client, after uint64) (*client.ReadStream, error) {
		return c.ReadAll(ctx, client.ReadAllOptions{From: position(after)}, math.MaxInt64)
	}, func(r eventstore.Recorded) uint64 { return uint64(r.Position) })
}

// Head returns the position of the ledger's last event, 0 when there is none.
func (s *Store) Head(ctx context.Context) (eventstore.Position, error) {
	e, err := s.Last(ctx)
	return e.Position, err
}

// Last returns the ledger's last event, the zero value when there is none.
func (s *Store) Last(ctx context.Context) (eventstore.Recorded, error) {
	var none eventstore.Recorded
	return try(ctx, s, func(ctx context.Context, c *client.Client) (eventstore.Recorded, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read, err := c.ReadAll(ctx, client.ReadAllOptions{Direction: client.Backwards, From: client.End{}}, math.MaxInt64)
		if err != nil {
			return none, err
		}
		defer read.Close()
		for {
			e, err := receive(read)
			switch {
			case errors.Is(err, io.EOF):
				return none, nil
			case err != nil:
				return none, err
			case s.holds(e.Event):
				return recordedOf(e.Event), nil
			}
		}
	})
}

func position(after uint64) client.AllPosition {
	if after == 0 {
		return client.Start{}
	}
	return client.Position{Commit: after, Prepare: after}
}

type (
	opener func(ctx context.Context, c *client.Client, after uint64) (*client.ReadStream, error)
	placer func(eventstore.Recorded) uint64
)

// read yields what a server sends after a place, connecting again from the
// last one when no server answers. Servers may send the place itself too.
func (s *Store) read(ctx context.Context, after uint64, open opener, place placer) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		after := after
		for tries := 1; after <= math.MaxInt64; tries++ {
			more, before := true, after
			err := s.pass(ctx, after, open, func(r eventstore.Recorded) bool {
				if place(r) > after {
					after = place(r)
					more = yield(r, nil)
				}
				return more
			})
			if after > before {
				tries = 1
			}
			switch {
			case !more || err == nil && ctx.Err() == nil:
				return
			case ctx.Err() != nil:
				yield(eventstore.Recorded{}, ctx.Err())
				return
			case !errors.Is(err, ErrUnavailable) || tries >= maxTries:
				yield(eventstore.Recorded{}, told(err))
				return
			}
			_ = sleep(ctx, pauseFirst<<tries) // an ended ctx is seen next
		}
		if err := ctx.Err(); err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

// pass reads once to the end, or until take wants no more.
func (s *Store) pass(ctx context.Context, after uint64, open opener, take func(eventstore.Recorded) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // ends a read that is given up while it opens
	defer cancel()
	read, err := once(ctx, s, func(ctx context.Context, c *client.Client) (*client.ReadStream, error) {
		return open(ctx, c, after)
	})
	if err != nil {
		return err
	}
	defer read.Close()
	for ctx.Err() == nil {
		e, err := receive(read)
		switch {
		case errors.Is(err, io.EOF), codeOf(err) == client.ErrorCodeResourceNotFound:
			return nil
		case gone(err):
			return errors.Join(ErrUnavailable, err)
		case err != nil:
			return err
		}
		if s.holds(e.Event) && !take(recordedOf(e.Event)) {
			return nil
		}
	}
	return ctx.Err()
}

func receive(read *client.ReadStream) (*client.ResolvedEvent, error) {
	a := guarded(read.Recv)
	return a.value, a.err
}

// holds reports whether an event is the ledger's.
func (s *Store) holds(e *client.RecordedEvent) bool {
	return e != nil && strings.HasPrefix(e.StreamID, s.opts.Prefix) && !strings.HasPrefix(e.StreamID, "$") && !strings.HasPrefix(e.EventType, "$")
}

// Follow is eventstore.Store's. It subscribes again, from where it was, as
// often as the connection breaks; only an error that trying again does not
// help ends it.
func (s *Store) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		f := follower{Store: s, looked: uint64(after), yield: yield}
		pause := pauseFirst
		for {
			before := f.looked
			err := f.pass(ctx)
			switch {
			case f.ended:
				return
			case ctx.Err() != nil:
				yield(eventstore.Recorded{}, ctx.Err())
				return
			case hopeless(err):
				yield(eventstore.Recorded{}, told(err))
				return
			}
			if f.looked > before {
				pause = pauseFirst
			}
			_ = sleep(ctx, pause) // an ended ctx is seen next
			pause = min(2*pause, pauseLongest)
		}
	}
}

// follower is one Follow across its subscriptions.
type follower struct {
	*Store
	looked uint64 // position up to which the log was seen
	yield  func(eventstore.Recorded, error) bool
	ended  bool // by the caller
}

const (
	searchWindow    = 1_024 // events that the server looks at in one go
	checkpointEvery = 8     // windows
)

func (f *follower) pass(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if f.looked > math.MaxInt64 { // nothing will ever follow
		<-ctx.Done()
		return ctx.Err()
	}
	sub, err := once(ctx, f.Store, func(ctx context.Context, c *client.Client) (*client.Subscription, error) {
		return c.SubscribeToAll(ctx, client.SubscribeToAllOptions{
			From:               position(f.looked),
			Filter:             &client.SubscriptionFilter{Type: client.StreamFilterType, Regex: `^[^\$]`},
			MaxSearchWindow:    searchWindow,
			CheckpointInterval: checkpointEvery,
		})
	})
	if err != nil {
		return err
	}
	defer sub.Close()
	return f.receive(ctx, sub)
}

func (f *follower) receive(ctx context.Context, sub *client.Subscription) error {
	for {
		a := guarded(func() (*client.SubscriptionEvent, error) { return sub.Recv(), nil })
		e, err := a.value, a.err
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case e.SubscriptionDropped != nil:
			return e.SubscriptionDropped.Error
		case e.CheckPointReached != nil:
			f.looked = max(f.looked, e.CheckPointReached.Commit)
		case e.EventAppeared != nil:
			if !f.take(e.EventAppeared.Event) {
				f.ended = true
				return nil
			}
		}
	}
}

func (f *follower) take(e *client.RecordedEvent) bool {
	if e == nil || e.Position.Commit <= f.looked {
		return true
	}
	f.looked = e.Position.Commit
	return !f.holds(e) || f.yield(recordedOf(e), nil)
}

// hopeless reports whether trying again cannot help.
func hopeless(err error) bool {
	switch codeOf(err) {
	case client.ErrorCodeUnauthenticated, client.ErrorCodeAccessDenied, client.ErrorCodeUnsupportedFeature:
		return true
	}
	switch grpcCode(err) {
	case codes.Unauthenticated, codes.PermissionDenied, codes.InvalidArgument, codes.Unimplemented:
		return true
	}
	return false
}
