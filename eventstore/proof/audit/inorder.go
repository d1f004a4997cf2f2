package audit

import (
	"context"
	"iter"
	"sync"

	"caseledger/eventstore"
)

const (
	batchEvents = 256
	// batchesAhead bounds, for each worker, what is read and not yet followed.
	batchesAhead = 4
)

// batch is a run of events of the log, and what became of each.
type batch struct {
	events  []eventstore.Recorded
	checked []checked
	err     error // why the log could not be read on; there are no events then
	ready   chan struct{}
}

// inOrder reads the log of a store, has every event checked by one of several
// workers, and yields the batches in the order of the log. All of its
// goroutines end before it returns.
func inOrder(ctx context.Context, store eventstore.Store, workers int, check func(eventstore.Recorded) checked) iter.Seq[*batch] {
	return func(yield func(*batch) bool) {
		ctx, cancel := context.WithCancel(ctx)
		todo, order := make(chan *batch, workers*batchesAhead), make(chan *batch, workers*batchesAhead)
		var running sync.WaitGroup
		running.Go(func() { read(ctx, store, todo, order) })
		for range workers {
			running.Go(func() { work(todo, check) })
		}
		defer running.Wait()
		defer cancel()
		for b := range order {
			<-b.ready
			if !yield(b) {
				cancel()
				for range order {
				}
				return
			}
		}
	}
}

// read cuts the log into batches until it ends, fails, or ctx does.
func read(ctx context.Context, store eventstore.Store, todo, order chan<- *batch) {
	defer close(order)
	defer close(todo)
	give := func(b *batch) bool {
		b.ready = make(chan struct{})
		select {
		case order <- b:
			todo <- b
			return ctx.Err() == nil
		case <-ctx.Done():
			return false
		}
	}
	events := make([]eventstore.Recorded, 0, batchEvents)
	for e, err := range store.ReadLog(ctx, 0) {
		if err != nil {
			if len(events) == 0 || give(&batch{events: events}) {
				give(&batch{err: err})
			}
			return
		}
		if events = append(events, e); len(events) == batchEvents {
			if !give(&batch{events: events}) {
				return
			}
			events = make([]eventstore.Recorded, 0, batchEvents)
		}
	}
	if len(events) > 0 {
		give(&batch{events: events})
	}
}

func work(todo <-chan *batch, check func(eventstore.Recorded) checked) {
	for b := range todo {
		b.checked = make([]checked, len(b.events))
		for i, e := range b.events {
			b.checked[i] = check(e)
		}
		close(b.ready)
	}
}
