package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"caseledger/eventstore"
)

func emptyStore(t *recorder, s store) {
	for _, after := range []uint64{0, 1, 7, 1<<64 - 1} {
		if n := len(readStream(t, s, "missing", eventstore.Revision(after))); n != 0 {
			t.Fatalf("a stream that does not exist yields %d events after %d", n, after)
		}
		if n := len(readLog(t, s, eventstore.Position(after))); n != 0 {
			t.Fatalf("an empty log yields %d events after %d", n, after)
		}
	}
	fill(t, s, "present", 2)
	if n := len(readStream(t, s, "missing", 0)); n != 0 {
		t.Fatalf("a stream that does not exist yields %d events", n)
	}
}

func streamAfter(t *recorder, s store) {
	const n = 7
	fill(t, s, "a", n)
	for after := range eventstore.Revision(n + 1) {
		got := readStream(t, s, "a", after)
		isStream(t, got, "a", after, several("a", after, n-int(after)))
	}
	for _, after := range []eventstore.Revision{n + 1, 1<<63 - 1, 1<<64 - 1} {
		isStream(t, readStream(t, s, "a", after), "a", after, nil)
	}
}

func streamsDoNotMix(t *recorder, s store) {
	streams := []string{"a", "a-1", "b", "A", "a.1", "a_1", "aa"}
	for n := 1; n <= 3; n++ {
		for _, stream := range streams {
			mustAppend(t, s, stream, eventstore.Revision(n-1), happened(stream, n))
		}
	}
	for _, stream := range streams {
		isStream(t, readStream(t, s, stream, 0), stream, 0, several(stream, 0, 3))
	}
	log := readLog(t, s, 0)
	if len(log) != 3*len(streams) {
		t.Fatalf("the log has %d events, want %d", len(log), 3*len(streams))
	}
	for i, r := range log {
		if want := streams[i%len(streams)]; r.Stream != want || !equal(r.Event, happened(want, 1+i/len(streams))) {
			t.Fatalf("event %d of the log is %s at %d, want %s", i, r.Stream, r.Revision, want)
		}
	}
}

func logAfter(t *recorder, s store) {
	fill(t, s, "a", 4)
	mustAppend(t, s, "b", 0, several("b", 0, 3)...)
	fill(t, s, "c", 2)
	log := readLog(t, s, 0)
	if len(log) != 9 {
		t.Fatalf("the log has %d events, 9 were appended", len(log))
	}
	ascending(t, log)
	for i, r := range log {
		isLog(t, readLog(t, s, r.Position), log[i+1:])
		isLog(t, readLog(t, s, r.Position-1), log[i:])
	}
	isLog(t, readLog(t, s, 1<<64-1), nil)
}

// oneOrder reads while others append: what one reader has seen is the
// beginning of what every later reader sees.
func oneOrder(t *recorder, s store) {
	appended := make(chan struct{})
	go func() {
		defer close(appended)
		appendAtOnce(t, s, 4, 40)
	}()
	var mu sync.Mutex
	var seen [][]recorded
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ended := false; !ended; {
				select {
				case <-appended:
					ended = true
				default:
				}
				got := collect(t, s.ReadLog(t.Context(), 0))
				mu.Lock()
				seen = append(seen, got)
				mu.Unlock()
			}
		})
	}
	readers.Wait()
	final := readLog(t, s, 0)
	for _, got := range seen {
		if len(got) > len(final) {
			t.Fatalf("an earlier reader saw %d events, the last one %d", len(got), len(final))
		}
		isLog(t, got, final[:len(got)])
	}
	ascending(t, final)
}

// collect is all for other goroutines than the promise's own.
func collect(t *recorder, r read) []recorded {
	var got []recorded
	for one, err := range r {
		if err != nil || len(got) == maxRead {
			t.Errorf("read: after %d events: %v", len(got), err)
			break
		}
		got = append(got, one)
	}
	return got
}

func endedContext(t *recorder, s store) {
	fill(t, s, "a", 5)
	for _, seen := range []int{0, 1, 3} {
		reads := map[string]func(context.Context) read{
			"ReadStream": func(ctx context.Context) read { return s.ReadStream(ctx, "a", 0) },
			"ReadLog":    func(ctx context.Context) read { return s.ReadLog(ctx, 0) },
			"Follow":     func(ctx context.Context) read { return s.Follow(ctx, 0) },
		}
		for name, reading := range reads {
			ctx, cancel := context.WithCancel(t.Context())
			endsOnce(t, fmt.Sprintf("%s ended at event %d", name, seen), reading(ctx), cancel, seen)
			cancel()
		}
	}
}

// endsOnce ends the context of a read when it has given so many events, and
// checks that its error comes once, as the last pair, and nearly at once.
func endsOnce(t *recorder, name string, r read, end context.CancelFunc, events int) {
	const late = 1000 // events that a store may have on their way
	var got, failed int
	if events == 0 {
		end()
	}
	for _, err := range r {
		if failed > 0 {
			t.Fatalf("%s: another pair after the error", name)
		}
		if err != nil {
			failed++
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: %v, want the context's error", name, err)
			}
			continue
		}
		if got++; got == events {
			end()
		}
		if got > events+late {
			t.Fatalf("%s: the read goes on", name)
		}
	}
	if failed != 1 {
		t.Fatalf("%s: the error came %d times, want once", name, failed)
	}
}

func stopEarly(t *recorder, s store) {
	fill(t, s, "a", 4)
	for n := 1; n <= 4; n++ {
		for _, r := range []read{
			s.ReadStream(t.Context(), "a", 0), s.ReadLog(t.Context(), 0), s.Follow(t.Context(), 0),
		} {
			isStream(t, first(t, r, n), "a", 0, several("a", 0, n))
			isStream(t, first(t, r, n), "a", 0, several("a", 0, n)) // the same read once more
		}
	}
	mustAppend(t, s, "a", 4, happened("a", 5))
}

func loopBodyAppends(t *recorder, s store) {
	fill(t, s, "a", 3)
	for name, r := range map[string]read{
		"stream": s.ReadStream(t.Context(), "a", 0),
		"log":    s.ReadLog(t.Context(), 0),
		"follow": s.Follow(t.Context(), 0),
	} {
		n := 0
		for _, err := range r {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			mustAppend(t, s, name, eventstore.Revision(n), happened(name, n+1))
			if n++; n == 3 {
				break
			}
		}
		isStream(t, readStream(t, s, name, 0), name, 0, several(name, 0, 3))
	}
}
