package storetest

import (
	"context"
	"sync"

	"caseledger/eventstore"
)

// followWaits appends the next event only when the follower has the last one,
// so that it must wait for every one.
func followWaits(t *recorder, s store) {
	const n = 20
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	got := make(chan recorded)
	go func() {
		defer close(got)
		for r, err := range s.Follow(ctx, 0) {
			if err != nil {
				return
			}
			select {
			case got <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	for i := 1; i <= n; i++ {
		mustAppend(t, s, "a", eventstore.Revision(i-1), happened("a", i))
		r, open := <-got
		if !open {
			t.Fatalf("the follower ended after %d events", i-1)
		}
		isStream(t, []recorded{r}, "a", eventstore.Revision(i-1), several("a", eventstore.Revision(i-1), 1))
	}
	cancel()
	for range got {
		t.Errorf("the follower gave an event that was not appended")
	}
}

func followAfter(t *recorder, s store) {
	positions := fill(t, s, "a", 6)
	log := readLog(t, s, 0)
	for i, after := range positions[:5] {
		isLog(t, first(t, s.Follow(t.Context(), after), len(log)-i-1), log[i+1:])
	}
	ready := make(chan struct{})
	go func() {
		<-ready
		if _, err := s.Append(t.Context(), "a", 6, several("a", 6, 2)); err != nil {
			t.Errorf("append: %v", err)
		}
	}()
	atEnd := s.Follow(t.Context(), positions[5])
	close(ready)
	isStream(t, first(t, atEnd, 2), "a", 6, several("a", 6, 2))
}

// followEnds ends the context while the follower waits at the end.
func followEnds(t *recorder, s store) {
	positions := fill(t, s, "a", 3)
	for _, after := range []eventstore.Position{0, positions[2]} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if after > 0 {
			go cancel()
			endsOnce(t, "at the end", s.Follow(ctx, after), func() {}, -1)
			continue
		}
		endsOnce(t, "at the last event", s.Follow(ctx, after), func() { go cancel() }, 3)
	}
}

// followConcurrent starts followers before, during and after the appends of
// several others; each must see exactly the log.
func followConcurrent(t *recorder, s store) {
	const streams, each = 4, 50
	total := 1 + streams*each
	followed := make([][]recorded, 6)
	var followers, begun sync.WaitGroup
	follow := func(i int) {
		begun.Add(1)
		followers.Go(func() { followed[i] = follower(t, s, 0, total, begun.Done) })
	}
	mustAppend(t, s, "first", 0, happened("first", 1))
	follow(0)
	follow(1)
	begun.Wait() // these have read to the end before the others append
	var appenders sync.WaitGroup
	appenders.Go(func() { appendAtOnce(t, s, streams, each) })
	follow(2)
	followers.Go(func() { followed[3] = resuming(t, s, total) })
	followers.Go(func() { followed[4] = resuming(t, s, total) })
	appenders.Wait()
	follow(5)
	followers.Wait()
	log := readLog(t, s, 0)
	if len(log) != total {
		t.Fatalf("the log has %d events, %d were appended", len(log), total)
	}
	for _, got := range followed {
		isLog(t, got, log)
	}
}

// follower follows until it has n events, and calls begun when it has the first or
// ends.
func follower(t *recorder, s store, after eventstore.Position, n int, begun func()) []recorded {
	begun = sync.OnceFunc(begun)
	defer begun()
	var got []recorded
	for r, err := range s.Follow(t.Context(), after) {
		if err != nil {
			t.Errorf("follow: after %d of %d events: %v", len(got), n, err)
			break
		}
		begun()
		if got = append(got, r); len(got) == n {
			break
		}
	}
	return got
}

// resuming follows in short turns, each from where the last one ended.
func resuming(t *recorder, s store, n int) []recorded {
	var got []recorded
	for len(got) < n && !t.Failed() {
		after := eventstore.Position(0)
		if len(got) > 0 {
			after = got[len(got)-1].Position
		}
		got = append(got, follower(t, s, after, min(7, n-len(got)), func() {})...)
	}
	return got
}
