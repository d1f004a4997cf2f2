package esdbgrpc_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore/memory"
)

// quick settings make what is done durable at once.
func quick(change func(*client.PersistentSubscriptionSettings)) *client.PersistentSubscriptionSettings {
	s := client.SubscriptionSettingsDefault()
	s.CheckpointLowerBound, s.CheckpointUpperBound, s.CheckpointAfter = 1, 1, 1
	if change != nil {
		change(&s)
	}
	return &s
}

func group(t testing.TB, c *client.Client, stream string, s *client.PersistentSubscriptionSettings) {
	t.Helper()
	err := c.CreatePersistentSubscription(t.Context(), stream, "g", client.PersistentStreamSubscriptionOptions{StartFrom: client.Start{}, Settings: s})
	if err != nil {
		t.Fatal(err)
	}
}

func consume(t testing.TB, c *client.Client, stream string, slots uint32) *client.PersistentSubscription {
	t.Helper()
	sub, err := c.SubscribeToPersistentSubscription(within(t), stream, "g", client.SubscribeToPersistentSubscriptionOptions{BufferSize: slots})
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// take receives one event.
func take(t testing.TB, sub *client.PersistentSubscription) *client.EventAppeared {
	t.Helper()
	e := sub.Recv()
	if e.EventAppeared == nil {
		t.Fatalf("dropped: %v", e.SubscriptionDropped.Error)
	}
	return e.EventAppeared
}

func info(t testing.TB, c *client.Client, stream string) *client.PersistentSubscriptionInfo {
	t.Helper()
	i, err := c.GetPersistentSubscriptionInfo(within(t), stream, "g", client.GetPersistentSubscriptionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// until asks again until the state is as wanted or the test's patience ends.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for ctx := within(t); !is(); {
		if ctx.Err() != nil {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func TestANackDoesWithAnEventWhatItSays(t *testing.T) {
	for name, tt := range map[string]struct {
		action client.NackAction
		again  bool // comes again at once
		parked int64
	}{
		"park":    {client.NackActionPark, false, 1},
		"retry":   {client.NackActionRetry, true, 0},
		"skip":    {client.NackActionSkip, false, 0},
		"unknown": {client.NackActionUnknown, true, 0},
	} {
		store := memory.New()
		fill(t, store, "record-1", 2)
		c := connected(t, esdbgrpc.Options{Store: store})
		group(t, c, "record-1", quick(nil))
		sub := consume(t, c, "record-1", 1)
		first := take(t, sub)
		if err := sub.Nack("because", tt.action, first.Event); err != nil {
			t.Fatal(err)
		}
		second := take(t, sub)
		if again := second.Event.OriginalEvent().EventNumber == 0; again != tt.again || again && second.RetryCount != 1 {
			t.Errorf("%s: then came %d with %d retries", name, second.Event.OriginalEvent().EventNumber, second.RetryCount)
		}
		if got := info(t, c, "record-1").Stats.ParkedMessagesCount; got != tt.parked {
			t.Errorf("%s: %d are parked, want %d", name, got, tt.parked)
		}
	}
}

func TestANackThatStopsEndsTheConsumerAndLosesNothing(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	group(t, c, "record-1", quick(nil))
	sub := consume(t, c, "record-1", 1)
	if err := sub.Nack("because", client.NackActionStop, take(t, sub).Event); err != nil {
		t.Fatal(err)
	}
	if e := sub.Recv(); e.SubscriptionDropped == nil {
		t.Error("the consumer goes on")
	}
	if e := take(t, consume(t, c, "record-1", 1)); e.Event.OriginalEvent().EventNumber != 0 {
		t.Errorf("the next consumer got %d", e.Event.OriginalEvent().EventNumber)
	}
}

func TestAnEventThatNobodyAcknowledgesIsRetriedThenParkedThenReplayed(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	group(t, c, "record-1", quick(func(s *client.PersistentSubscriptionSettings) { s.MessageTimeout, s.MaxRetryCount = 20, 2 }))
	sub := consume(t, c, "record-1", 10)
	for retries := range 3 {
		if e := take(t, sub); e.RetryCount != retries {
			t.Errorf("retry count %d, want %d", e.RetryCount, retries)
		}
	}
	until(t, "it is parked", func() bool { return info(t, c, "record-1").Stats.ParkedMessagesCount == 1 })
	slower := client.PersistentStreamSubscriptionOptions{Settings: quick(func(s *client.PersistentSubscriptionSettings) { s.MessageTimeout = int32(patience.Milliseconds()) })}
	if err := c.UpdatePersistentSubscription(t.Context(), "record-1", "g", slower); err != nil { // from here on it waits for the test
		t.Fatal(err)
	}
	sub = consume(t, c, "record-1", 10)
	if err := c.ReplayParkedMessages(t.Context(), "record-1", "g", client.ReplayParkedMessagesOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := sub.Nack("still not", client.NackActionPark, take(t, sub).Event); err != nil {
		t.Fatal(err)
	}
	until(t, "it is parked again", func() bool { return info(t, c, "record-1").Stats.ParkedMessagesCount == 1 })
	if err := c.ReplayParkedMessages(t.Context(), "record-1", "g", client.ReplayParkedMessagesOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := sub.Ack(take(t, sub).Event); err != nil {
		t.Fatal(err)
	}
	until(t, "it is done", func() bool {
		s := info(t, c, "record-1").Stats
		return s.ParkedMessagesCount == 0 && s.TotalInFlightMessages == 0
	})
}

func TestAGroupGoesOnAfterARestartWhereItWas(t *testing.T) {
	store, state := memory.New(), t.TempDir()
	fill(t, store, "record-1", 6)
	opts := esdbgrpc.Options{Store: store, State: state, Anonymous: esdbgrpc.Admin}
	server := start(t, opts)
	c := dialled(t, "esdb://"+server.address+"?tls=false")
	group(t, c, "record-1", quick(nil))
	sub := consume(t, c, "record-1", 10)
	for range 6 { // all are on their way before one is settled
		switch e := take(t, sub); e.Event.OriginalEvent().EventNumber {
		case 1:
			if err := sub.Nack("later", client.NackActionPark, e.Event); err != nil {
				t.Fatal(err)
			}
		case 0, 3:
			if err := sub.Ack(e.Event); err != nil {
				t.Fatal(err)
			}
		}
	}
	until(t, "three are settled", func() bool { return info(t, c, "record-1").Stats.TotalInFlightMessages == 3 })
	server.stop()
	c = dialled(t, "esdb://"+served(t, opts)+"?tls=false")
	sub = consume(t, c, "record-1", 10)
	got := []uint64{}
	for range 4 { // 3 was done, but after 2, which was not: at least once
		got = append(got, take(t, sub).Event.OriginalEvent().EventNumber)
	}
	if !slices.Equal(got, []uint64{2, 3, 4, 5}) {
		t.Errorf("after the restart came %v, want 2 to 5", got)
	}
	if parked := info(t, c, "record-1").Stats.ParkedMessagesCount; parked != 1 {
		t.Errorf("%d are parked, want 1", parked)
	}
}

// The state is taken from under a server that runs, as a crash would leave it.
func TestAGroupGoesOnAfterACrashBeforeWhatWasNotSettled(t *testing.T) {
	store, state, after := memory.New(), t.TempDir(), t.TempDir()
	fill(t, store, "record-1", 3)
	opts := esdbgrpc.Options{Store: store, State: state}
	c := connected(t, opts)
	group(t, c, "record-1", quick(nil))
	sub := consume(t, c, "record-1", 10)
	events := []*client.EventAppeared{take(t, sub), take(t, sub), take(t, sub)}
	for _, settled := range []int{0, 2} { // not 1
		if err := sub.Ack(events[settled].Event); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "what was settled is saved", func() bool {
		if err := os.RemoveAll(after); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(after, os.DirFS(state)); err != nil {
			return false // a file was replaced meanwhile
		}
		files, err := filepath.Glob(filepath.Join(after, "*.json"))
		if err != nil || len(files) != 1 {
			return false
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		return !strings.Contains(string(text), `"next":0`) && info(t, c, "record-1").Stats.TotalInFlightMessages == 1
	})
	c = connected(t, esdbgrpc.Options{Store: store, State: after})
	if e := take(t, consume(t, c, "record-1", 10)); e.Event.OriginalEvent().EventNumber != 1 {
		t.Errorf("first came %d, want 1", e.Event.OriginalEvent().EventNumber)
	}
}

func TestConsumersOfAGroupShareItsEvents(t *testing.T) {
	const n = 200
	for _, strategy := range []client.ConsumerStrategy{
		client.ConsumerStrategyRoundRobin, client.ConsumerStrategyDispatchToSingle, client.ConsumerStrategyPinned,
	} {
		store := memory.New()
		fill(t, store, "record-1", n)
		c := connected(t, esdbgrpc.Options{Store: store})
		group(t, c, "record-1", quick(func(s *client.PersistentSubscriptionSettings) { s.ConsumerStrategyName = strategy }))
		taken := make(chan uint64)
		for range 3 {
			sub := consume(t, c, "record-1", 5)
			go func() {
				for e := sub.Recv(); e.EventAppeared != nil; e = sub.Recv() {
					_ = sub.Ack(e.EventAppeared.Event) // fails only when the test has ended
					select {
					case taken <- e.EventAppeared.Event.OriginalEvent().EventNumber:
					case <-t.Context().Done():
						return
					}
				}
			}()
		}
		seen := make(map[uint64]int)
		for range n {
			seen[<-taken]++
		}
		if len(seen) != n {
			t.Errorf("%s: %d different events, want %d", strategy, len(seen), n)
		}
	}
}

func TestWhatAConsumerHeldGoesToAnother(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 3)
	c := connected(t, esdbgrpc.Options{Store: store})
	group(t, c, "record-1", quick(nil))
	first := consume(t, c, "record-1", 3)
	for range 3 {
		take(t, first)
	}
	second := consume(t, c, "record-1", 3)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for want := range uint64(3) {
		if e := take(t, second); e.Event.OriginalEvent().EventNumber != want || e.RetryCount != 0 {
			t.Errorf("%d with %d retries, want %d with none", e.Event.OriginalEvent().EventNumber, e.RetryCount, want)
		}
	}
}

func TestAGroupOnTheLogGivesWhatItsFilterChooses(t *testing.T) {
	store := memory.New()
	fill(t, store, "other", 30)
	fill(t, store, "record-1", 2)
	c := connected(t, esdbgrpc.Options{Store: store})
	err := c.CreatePersistentSubscriptionToAll(t.Context(), "g", client.PersistentAllSubscriptionOptions{
		StartFrom: client.Start{}, Settings: quick(nil), Filter: &client.SubscriptionFilter{Type: client.StreamFilterType, Prefixes: []string{"record-"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := c.SubscribeToPersistentSubscriptionToAll(within(t), "g", client.SubscribeToPersistentSubscriptionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range names("record-1", 0, 1) {
		e := take(t, sub)
		if got := name(e.Event); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if err := sub.Ack(e.Event); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "it is at the end", func() bool {
		i, err := c.GetPersistentSubscriptionInfoToAll(t.Context(), "g", client.GetPersistentSubscriptionOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return i.Stats.LastCheckpointedPosition != nil && i.Stats.LastCheckpointedPosition.Commit == 32
	})
}

func TestAnUpdateOrDeleteOfAGroupDisconnectsItsConsumers(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	group(t, c, "record-1", quick(nil))
	for name, change := range map[string]func() error{
		"update": func() error {
			return c.UpdatePersistentSubscription(t.Context(), "record-1", "g", client.PersistentStreamSubscriptionOptions{Settings: quick(nil)})
		},
		"restart": func() error {
			return c.RestartPersistentSubscriptionSubsystem(t.Context(), client.RestartPersistentSubscriptionSubsystemOptions{})
		},
		"delete": func() error {
			defer group(t, c, "record-1", quick(nil))
			return c.DeletePersistentSubscription(t.Context(), "record-1", "g", client.DeletePersistentSubscriptionOptions{})
		},
	} {
		sub := consume(t, c, "record-1", 1)
		take(t, sub)
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if e := sub.Recv(); e.SubscriptionDropped == nil {
			t.Errorf("%s: the consumer goes on", name)
		}
	}
}

func TestAGroupHasAsManyConsumersAsItMay(t *testing.T) {
	c := connected(t, esdbgrpc.Options{})
	group(t, c, "record-1", quick(func(s *client.PersistentSubscriptionSettings) { s.MaxSubscriberCount = 1 }))
	consume(t, c, "record-1", 1)
	if _, err := c.SubscribeToPersistentSubscription(within(t), "record-1", "g", client.SubscribeToPersistentSubscriptionOptions{}); err == nil {
		t.Error("a second consumer is let in")
	}
}

func TestAnUnsoundStateOfAGroupIsFound(t *testing.T) {
	state := t.TempDir()
	server := start(t, esdbgrpc.Options{State: state, Anonymous: esdbgrpc.Admin})
	group(t, dialled(t, "esdb://"+server.address+"?tls=false"), "record-1", nil)
	server.stop()
	files, err := filepath.Glob(filepath.Join(state, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("state is %v, %v: want one file", files, err)
	}
	if err := os.WriteFile(files[0], []byte(`{"source":"record-1","name":"g","next":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := esdbgrpc.New(esdbgrpc.Options{Store: memory.New(), State: state}); err == nil {
		t.Error("a server starts over a torn state")
	}
}
