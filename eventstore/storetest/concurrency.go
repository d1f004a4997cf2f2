package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"caseledger/eventstore"
)

// appendAtOnce fills several streams with as many events each, all at the same
// time, one to three events in an append.
func appendAtOnce(t *recorder, s store, streams, each int) {
	var appenders sync.WaitGroup
	for i := range streams {
		appenders.Go(func() {
			stream := fmt.Sprintf("at-once-%d", i)
			for head := 0; head < each; {
				n := min(1+(head+i)%3, each-head)
				after := eventstore.Revision(head)
				if _, err := s.Append(t.Context(), stream, after, several(stream, after, n)); err != nil {
					t.Errorf("append to %s after %d: %v", stream, after, err)
					return
				}
				head += n
			}
		})
	}
	appenders.Wait()
}

// oneWins lets racers append at the same revision, several times over.
func oneWins(t *recorder, s store) {
	const rounds, racers = 20, 8
	for head := range eventstore.Revision(rounds) {
		results := make([]error, racers)
		start := make(chan struct{})
		var race sync.WaitGroup
		for i := range racers {
			race.Go(func() {
				<-start
				e := happened("racer", int(head)*racers+i)
				_, results[i] = s.Append(t.Context(), "a", head, []event{e})
			})
		}
		close(start)
		race.Wait()
		winner := -1
		for i, err := range results {
			switch {
			case err == nil && winner < 0:
				winner = i
			case err == nil:
				t.Fatalf("two appends after %d succeeded", head)
			default:
				lost(t, err, head)
			}
		}
		if winner < 0 {
			t.Fatalf("no append after %d succeeded", head)
		}
		isStream(t, readStream(t, s, "a", head), "a", head, []event{happened("racer", int(head)*racers+winner)})
	}
}

// lost checks the answer to an append that came second after a revision.
func lost(t *recorder, err error, after eventstore.Revision) {
	var conflict *eventstore.ConflictError
	if !errors.As(err, &conflict) || conflict.Actual != after+1 {
		t.Fatalf("append after %d: %v, want a conflict with actual revision %d", after, err, after+1)
	}
}

func allArrive(t *recorder, s store) {
	const streams, each = 16, 12
	appendAtOnce(t, s, streams, each)
	for i := range streams {
		stream := fmt.Sprintf("at-once-%d", i)
		isStream(t, readStream(t, s, stream, 0), stream, 0, several(stream, 0, each))
	}
	log := readLog(t, s, 0)
	if len(log) != streams*each {
		t.Fatalf("the log has %d events, %d were appended", len(log), streams*each)
	}
	ascending(t, log)
}

// neverHalf reads without pause while appends of a few events each are made.
func neverHalf(t *recorder, s store) {
	const appends, size = 60, 5
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var reader sync.WaitGroup
	reader.Go(func() {
		for ctx.Err() == nil {
			inStream := len(collect(t, s.ReadStream(t.Context(), "a", 0)))
			inLog := len(collect(t, s.ReadLog(t.Context(), 0)))
			if inStream%size != 0 || inLog%size != 0 {
				t.Errorf("a reader saw %d and %d events while they came by %d", inStream, inLog, size)
				return
			}
		}
	})
	for i := range eventstore.Revision(appends) {
		mustAppend(t, s, "a", i*size, several("a", i*size, size)...)
	}
	cancel()
	reader.Wait()
}
