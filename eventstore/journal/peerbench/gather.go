package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"caseledger/eventstore"
)

// mostGathered bounds the appends that are committed together; pause is how long
// those who were just answered are given to come back, as the journal does.
const (
	mostGathered = 1024
	pause        = 50 * time.Microsecond
)

// request is an append that waits to be committed.
type request struct {
	stream string
	after  eventstore.Revision
	events []eventstore.Event
	last   eventstore.Position
	err    error
	done   chan struct{}
}

// gather is the group commit of stores that have none across connections: one
// goroutine commits all appends that wait, in one transaction, while the next
// ones gather.
type gather struct {
	in      chan *request
	closing sync.RWMutex // held to write once nothing is appended any more
	closed  bool
	running sync.WaitGroup
}

// newGather starts the goroutine, which close ends. commit sets the outcome of
// every request.
func newGather(commit func([]*request)) *gather {
	g := &gather{in: make(chan *request, mostGathered)}
	g.running.Go(func() {
		for first := range g.in {
			group := g.others([]*request{first})
			commit(group)
			for _, r := range group {
				close(r.done)
			}
			g.linger(len(group))
		}
	})
	return g
}

func (g *gather) others(group []*request) []*request {
	for len(group) < mostGathered {
		select {
		case r, open := <-g.in:
			if !open {
				return group
			}
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

func (g *gather) linger(answered int) {
	for began := time.Now(); len(g.in) < answered && time.Since(began) < pause; {
		runtime.Gosched()
	}
}

// Append waits until its events are committed.
func (g *gather) Append(_ context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	r := &request{stream: stream, after: after, events: events, done: make(chan struct{})}
	if err := g.put(r); err != nil {
		return 0, err
	}
	<-r.done
	return r.last, r.err
}

func (g *gather) put(r *request) error {
	g.closing.RLock()
	defer g.closing.RUnlock()
	if g.closed {
		return errors.New("closed")
	}
	g.in <- r
	return nil
}

func (g *gather) close() {
	g.closing.Lock()
	g.closed = true
	close(g.in)
	g.closing.Unlock()
	g.running.Wait()
}

// all gives every request of a group the same outcome.
func all(group []*request, err error) {
	for _, r := range group {
		r.err = err
	}
}
