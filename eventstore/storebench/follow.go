package storebench

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"caseledger/eventstore"
)

// Delivered is an event that a follower was given.
type Delivered struct {
	Called time.Duration // of Append, after the beginning
	Took   time.Duration // from then to the delivery
}

// Alone returns how long each event takes from the call of Append until it is
// durable where nothing is done but to write and sync, in one go, what was called for until then:
// the wait for the sync under way and for its own. syncs are the times that they
// take, in order and over again. More events meet a long sync than a short one,
// so the times of the syncs themselves say less.
func Alone(events []Delivered, syncs []time.Duration) []time.Duration {
	events = slices.SortedFunc(slices.Values(events), func(a, b Delivered) int { return cmp.Compare(a.Called, b.Called) })
	alone := make([]time.Duration, 0, len(events))
	var end time.Duration
	for turn := 0; len(alone) < len(events); turn++ {
		begin := max(end, events[len(alone)].Called)
		end = begin + syncs[turn%len(syncs)]
		for len(alone) < len(events) && events[len(alone)].Called <= begin {
			alone = append(alone, end-events[len(alone)].Called)
		}
	}
	return alone
}

// Follow lets the writers append so many events a second, one at a time and
// evenly spread, while a follower that begins after a position reads them. It
// returns when each event was called for and delivered, and the position of the
// last one.
func Follow(ctx context.Context, store eventstore.Store, after eventstore.Position, writers []*Writer, perSecond int, lasts time.Duration) ([]Delivered, eventstore.Position, error) {
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
	start, began := time.Now(), make([]map[eventstore.Position]time.Time, len(writers))
	appended := paced(ctx, store, writers, perSecond, each, began)
	if appended != nil {
		cancel() // what the follower waits for will not come
	}
	following.Wait()
	if err := errors.Join(appended, followed); err != nil {
		return nil, after, err
	}
	all := make([]Delivered, 0, events)
	for _, of := range began {
		for position, at := range of {
			all, after = append(all, Delivered{at.Sub(start), delivered[position].Sub(at)}), max(after, position)
		}
	}
	return all, after, nil
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
