package esdbgrpc

import (
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
)

// Between what a consumer's last word does to its events and what it does to
// the consumer there is no moment in which the group would hand it one again.
func TestAConsumerThatStopsIsGoneWhenItsEventsAreFree(t *testing.T) {
	const rounds = 50_000
	g := &group{held: make(map[messageID]*message), wake: make(chan struct{}, 1)}
	locked := func(do func()) {
		g.mu.Lock()
		defer g.mu.Unlock()
		do()
	}
	var over, again bool // guarded by g.mu
	var watching sync.WaitGroup
	watching.Go(func() {
		for end := false; !end; {
			locked(func() {
				again = again || len(g.retries) > 0 && g.roomy()
				end = over
			})
		}
	})
	for range rounds {
		c, err := g.join(caller{}, 1)
		if err != nil {
			t.Error(err)
			break
		}
		locked(func() {
			g.hand(&message{event: &event{}})
			g.forget(<-c.send)
		})
		g.nack(c, []messageID{{}}, persistent.ReadReq_Nack_Stop)
		locked(func() {
			if len(g.retries) != 1 || len(g.consumers) != 0 {
				t.Errorf("%d events wait and %d consumers are there, want 1 and 0", len(g.retries), len(g.consumers))
			}
			g.retries = nil
		})
	}
	locked(func() { over = true })
	watching.Wait()
	if again {
		t.Error("an event could be handed to the consumer that stopped")
	}
}
