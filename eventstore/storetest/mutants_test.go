package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"caseledger/eventstore/memory"
)

// mutantPatience is short because some faults make a promise hang.
const mutantPatience = 3 * time.Second

// brokenPromise returns the first promise that the stores break, "" when they
// break none within the limit for each.
func brokenPromise(t *testing.T, limit time.Duration, open func() store) (name, failure string) {
	for _, p := range promises {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		failures := p.broken(ctx, t.Name(), open())
		cancel()
		if len(failures) > 0 {
			return p.name, failures[0]
		}
	}
	return "", ""
}

func TestEveryPlantedFaultBreaksAPromise(t *testing.T) {
	caught := make(chan string, len(faults)) // names of promises
	t.Run("faults", func(t *testing.T) {
		for fault, plant := range faults {
			t.Run(fault, func(t *testing.T) {
				t.Parallel()
				name, failure := brokenPromise(t, mutantPatience, func() store { return plant(memory.New()) })
				if name == "" {
					t.Fatal("no promise is broken")
				}
				t.Logf("%s: %s", name, failure)
				caught <- name
			})
		}
	})
	close(caught)
	found := make(map[string]int)
	for name := range caught {
		found[name]++
	}
	t.Logf("%d faults were found by %d promises", len(faults), len(found))
}

func TestAStoreWithoutFaultBreaksNoPromise(t *testing.T) {
	name, failure := brokenPromise(t, patience, func() store { return sound(memory.New()) })
	if name != "" {
		t.Fatalf("%s: %s", name, failure)
	}
}

// These promises are rarely the first that a fault breaks.
func TestAPromiseAboutConcurrencyFindsItsFaultAlone(t *testing.T) {
	for _, tt := range []struct{ promise, fault string }{
		{"NoReaderSeesHalfAnAppend", "appends one event at a time"},
		{"OfManyAppendsAtOneRevisionOneWins", "looks first and appends later"},
		{"ConcurrentAppendsToManyStreamsAllArrive", "ends ReadLog one too early"},
		{"FollowHasNoGapAndNoRepeatUnderConcurrentAppends", "repeats one after waiting"},
		{"TheLogHasOneOrderForAllReaders", "orders the log anew"},
		{"StreamsDoNotMix", "ignores the case of a stream's name"},
		{"ARepeatSettlesAnUnknownOutcome", "does not know its own append again after the context ended"},
	} {
		i := slices.IndexFunc(promises, func(p promise) bool { return p.name == tt.promise })
		ctx, cancel := context.WithTimeout(t.Context(), mutantPatience)
		defer cancel()
		if len(promises[i].broken(ctx, t.Name(), faults[tt.fault](memory.New()))) == 0 {
			t.Errorf("a store that %s keeps the promise %s", tt.fault, tt.promise)
		}
	}
}
