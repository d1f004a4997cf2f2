package storebench

import (
	"context"
	"errors"
	"sync"
	"time"

	"caseledger/eventstore"
)

// Follow lets the writers append so many events a second, one at a time and
// evenly spread, while a follower that begins after a position reads them. It
// returns for each event the time from the call of Append to its delivery, and
// the position of the last one.
func Follow(ctx context.Context, store eventstore.Store, after eventstore.Position, writers []*Writer, perSecond int, lasts time.Duration) ([]time.Duration, eventstore.Position, error) {
	each := max(1, int(lasts.Seconds()*float64(perSecond))/len(writers))
	events := each * len(writers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	delivered := make(map[eventstore.Position]time.Time, events)
	var following sync.WaitGroup
	var followed error
	following.Go(func() {
		for e, err := range store.Follow(ctx, after) {
			if err != nil {
				followed = err
				return
			}
			if delivered[e.Position] = time.Now(); len(delivered) == events {
				return
			}
		}
	})
	began := make([]map[eventstore.Position]time.Time, len(writers))
	appended := paced(ctx, store, writers, perSecond, each, began)
	if appended != nil {
		cancel() // what the follower waits for will not come
	}
	following.Wait()
	if err := errors.Join(appended, followed); err != nil {
		return nil, after, err
	}
	delays := make([]time.Duration, 0, events)
	for _, of := range began {
		for position, at := range of {
			delays, after = append(delays, delivered[position].Sub(at)), max(after, position)
		}
	}
	return delays, after, nil
}

// paced appends, and notes when each append began.
func paced(ctx context.Context, store eventstore.Store, writers []*Writer, perSecond, each int, began []map[eventstore.Position]time.Time) error {
	errs := make([]error, len(writers))
	interval := time.Second * time.Duration(len(writers)) / time.Duration(perSecond)
	start := time.Now()
	var all sync.WaitGroup
	for i, w := range writers {
		began[i] = make(map[eventstore.Position]time.Time, each)
		all.Go(func() {
			next := start.Add(interval * time.Duration(i) / time.Duration(len(writers)))
			for n := 0; n < each && errs[i] == nil; n++ {
				time.Sleep(time.Until(next))
				next = next.Add(interval)
				now := time.Now()
				at, err := w.Append(ctx, store, 1)
				began[i][at], errs[i] = now, err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
