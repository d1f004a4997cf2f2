package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"caseledger/eventstore"
)

// connection is one client and the calls on it. A client can stop answering
// for good and then blocks its callers past their contexts, so every call runs
// in a goroutine of its own that is given up when the connection is discarded.
type connection struct {
	client  *client.Client
	ready   chan struct{} // closed when the first call has ended
	err     error         // of the first call
	dropped chan struct{} // closed when no more calls shall begin

	mu        sync.Mutex
	calls     int
	discarded bool
}

// grace is what a call still gets when its connection is discarded.
const grace = 2 * time.Second

// connection returns the present connection, entered; the caller leaves it.
// Whoever finds none makes one and probes it alone.
func (s *Store) connection(ctx context.Context) (*connection, error) {
	s.mu.Lock()
	c, mine := s.current, false
	if s.closed {
		s.mu.Unlock()
		return nil, errors.New("esdb: the store is closed")
	}
	if c == nil {
		var err error
		if c, err = s.connect(); err != nil {
			s.mu.Unlock()
			return nil, err
		}
		s.current, mine = c, true
	}
	entered := c.enter()
	s.mu.Unlock()
	if !entered {
		return nil, ErrUnavailable
	}
	if mine {
		go c.probe()
	}
	select {
	case <-c.ready:
	case <-ctx.Done():
		c.leave()
		return nil, ctx.Err()
	case <-time.After(callTime):
		s.drop(c)
	}
	select {
	case <-c.ready:
		if c.err == nil {
			return c, nil
		}
		s.drop(c)
		c.leave()
		return nil, c.err
	default:
		c.leave()
		return nil, ErrUnavailable
	}
}

// connect makes a client; nothing is sent yet.
func (s *Store) connect() (*connection, error) {
	conf, err := s.opts.configuration()
	if err != nil {
		return nil, err
	}
	made, err := client.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("esdb: %w", err)
	}
	c := &connection{client: made, ready: make(chan struct{}), dropped: make(chan struct{}), calls: 1} // the probe's
	return c, nil
}

// probe makes the first call, which finds the server.
func (c *connection) probe() {
	defer c.leave()
	defer close(c.ready)
	if _, err := c.client.GetServerVersion(); err != nil {
		c.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
}

func (c *connection) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.discarded {
		return false
	}
	c.calls++
	return true
}

// leave ends a call. The last one out closes a client that was discarded: to
// close it under a call would panic in that call.
func (c *connection) leave() {
	c.mu.Lock()
	c.calls--
	last := c.calls == 0 && c.discarded
	c.mu.Unlock()
	if last {
		_ = c.client.Close() // always nil
	}
}

func (c *connection) discard() {
	c.mu.Lock()
	first := !c.discarded
	c.discarded = true
	idle := c.calls == 0
	c.mu.Unlock()
	if first {
		close(c.dropped)
	}
	if first && idle {
		_ = c.client.Close() // always nil
	}
}

// drop discards a connection, so that the next call makes another.
func (s *Store) drop(c *connection) {
	s.mu.Lock()
	if s.current == c {
		s.current = nil
	}
	s.mu.Unlock()
	c.discard()
}

// once runs a call on the present connection and returns when it has ended,
// when ctx has, or when the connection was discarded under it.
func once[T any](ctx context.Context, s *Store, call func(ctx context.Context, c *client.Client) (T, error)) (T, error) {
	var none T
	c, err := s.connection(ctx)
	if err != nil {
		return none, err
	}
	done := make(chan answer[T], 1)
	go func() {
		defer c.leave()
		done <- guarded(func() (T, error) { return call(ctx, c.client) })
	}()
	var a answer[T]
	select {
	case a = <-done:
	case <-ctx.Done():
		return none, ctx.Err()
	case <-c.dropped:
		select {
		case a = <-done:
		case <-time.After(grace):
			return none, ErrUnavailable
		}
	}
	if ctx.Err() == nil && gone(a.err) {
		s.drop(c)
		return none, fmt.Errorf("%w: %w", ErrUnavailable, a.err)
	}
	return a.value, a.err
}

// answer is what a call came to.
type answer[T any] struct {
	value T
	err   error
}

// try is once, again when no server answered.
func try[T any](ctx context.Context, s *Store, call func(ctx context.Context, c *client.Client) (T, error)) (T, error) {
	pause := pauseFirst
	for tries := 1; ; tries++ {
		value, err := once(ctx, s, call)
		if ctx.Err() != nil && err != nil {
			return value, ctx.Err()
		}
		if !errors.Is(err, ErrUnavailable) || tries == maxTries {
			return value, told(err)
		}
		if err := sleep(ctx, pause); err != nil {
			return value, err
		}
		pause = min(2*pause, pauseLongest)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// guarded turns a panic of the client, which it has for messages that it does
// not know, into an error.
func guarded[T any](call func() (T, error)) (a answer[T]) {
	defer func() {
		if cause := recover(); cause != nil {
			a.err = fmt.Errorf("esdb: the client panicked: %v", cause)
		}
	}()
	a.value, a.err = call()
	return a
}

// codeOf is the client's code of an error; no code for nil.
func codeOf(err error) client.ErrorCode {
	var e *client.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return client.ErrorCodeUnknown
}

// gone reports whether an error says that the connection is of no more use.
func gone(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	switch codeOf(err) {
	case client.ErrorUnavailable, client.ErrorCodeConnectionClosed, client.ErrorCodeNotLeader:
		return true
	case client.ErrorCodeDeadlineExceeded:
		return true // by our own limit, which no healthy server needs
	}
	code := grpcCode(err) // Canceled: the client was closed, as the caller's context is looked at first
	return code == codes.Unavailable || code == codes.Canceled || errors.Is(err, io.ErrUnexpectedEOF)
}

// grpcCode is the gRPC code that an error of the client holds within.
func grpcCode(err error) codes.Code {
	var inner interface{ GRPCStatus() *status.Status }
	if errors.As(err, &inner) {
		return inner.GRPCStatus().Code()
	}
	return codes.Unknown
}

// told names the package in errors that are not yet this program's own.
func told(err error) error {
	var conflict *eventstore.ConflictError
	if err == nil || errors.As(err, &conflict) || errors.Is(err, ErrUnavailable) || errors.Is(err, eventstore.ErrInvalid) {
		return err
	}
	return fmt.Errorf("esdb: %w", err)
}
