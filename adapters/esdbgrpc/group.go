package esdbgrpc

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
	"caseledger/eventstore/durable"
)

// settings of a group, as clients state them. Times are milliseconds.
type settings struct {
	ResolveLinks    bool   `json:"resolve_links"`
	ExtraStatistics bool   `json:"extra_statistics"`
	MaxRetries      int32  `json:"max_retries"`
	MinCheckpoint   int32  `json:"min_checkpoint"`
	MaxCheckpoint   int32  `json:"max_checkpoint"`
	MaxConsumers    int32  `json:"max_consumers"` // 0: maxConsumers
	LiveBuffer      int32  `json:"live_buffer"`
	ReadBatch       int32  `json:"read_batch"`
	HistoryBuffer   int32  `json:"history_buffer"`
	Timeout         int32  `json:"timeout"` // 0: none
	CheckpointAfter int32  `json:"checkpoint_after"`
	Strategy        string `json:"strategy"`
}

// groupState is what survives a restart.
type groupState struct {
	Source   string   `json:"source"` // a stream, or $all
	Name     string   `json:"name"`
	Settings settings `json:"settings"`
	Filter   *filter  `json:"filter,omitzero"`
	Start    uint64   `json:"start"`
	Next     uint64   `json:"next"`   // everything before this place is done or parked
	Parked   []parked `json:"parked"` // in order of place
}

func (s groupState) groupName() groupName { return groupName{s.Source, s.Name} }

// parked is an event that was put aside: only where it is, never what it says.
type parked struct {
	Place uint64    `json:"place"`
	At    time.Time `json:"at"`

	replaying bool // is out for another try
}

type messageID = eventstore.EventID

// message is an event on its way through a group.
type message struct {
	id       messageID
	place    uint64
	retries  int32
	parked   bool // comes from the parked ones
	event    *event
	consumer *consumer
	deadline time.Time
	notYet   time.Time // not to be sent before
}

// consumer is one call that takes events of a group.
type consumer struct {
	caller
	slots   int
	inUse   int
	send    chan *message
	dropped chan struct{} // closed when the group wants no more of it
	total   int64
	since   time.Time
}

// group hands events to its consumers. One goroutine reads and hands out; what
// is not handed out stays in the store.
type group struct {
	*Server
	src    source
	path   string
	wake   chan struct{}
	cancel context.CancelFunc
	ended  chan struct{}
	saved  error // of the last save; read after ended

	mu sync.Mutex // guards what follows
	groupState
	reading   uint64 // next place to read
	stopped   bool
	held      map[messageID]*message
	retries   []*message
	consumers []*consumer
	turn      int // of the round robin
	unsent    int // bytes handed out and not yet sent
	done      int32
	lastSave  time.Time
	earliest  time.Time // no deadline is before
	total     int64
	since     time.Time
}

func (g *group) poke() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// run hands out until ctx ends, then saves.
func (g *group) run(ctx context.Context) {
	defer close(g.ended)
	for ctx.Err() == nil {
		grown, done := g.hub.next(g.src.grows())
		if err := g.pass(ctx); err != nil && ctx.Err() == nil {
			g.log.Error("esdbgrpc: persistent subscription", "error", err)
		}
		g.pause(ctx, grown)
		done()
	}
	g.saved = g.save()
}

// stop ends the group: its consumers are told, its state is saved.
func (g *group) stop() {
	g.cancel()
	<-g.ended
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
	for _, c := range slices.Clone(g.consumers) {
		g.dismiss(c)
	}
}

// state is what the next group of this name begins with.
func (g *group) state() groupState {
	g.mu.Lock()
	defer g.mu.Unlock()
	state := g.groupState
	state.Parked = slices.Clone(state.Parked)
	return state
}

// pause waits for a reason to go on: growth, a free slot, or a time.
func (g *group) pause(ctx context.Context, grown <-chan struct{}) {
	timer := time.NewTimer(g.due())
	defer timer.Stop()
	g.mu.Lock()
	if !g.roomy() {
		grown = nil
	}
	g.mu.Unlock()
	select {
	case <-grown:
	case <-g.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}

const idle = time.Minute

// due is how long nothing happens by itself.
func (g *group) due() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	until := time.Now().Add(idle)
	earlier := func(t time.Time) {
		if !t.IsZero() && t.Before(until) {
			until = t
		}
	}
	earlier(g.earliest)
	for _, m := range g.retries {
		earlier(m.notYet)
	}
	if g.done > 0 {
		earlier(g.lastSave.Add(time.Duration(g.Settings.CheckpointAfter) * time.Millisecond))
	}
	return max(time.Until(until), time.Millisecond)
}

// pass hands out what there is and what fits.
func (g *group) pass(ctx context.Context) error {
	g.expire()
	if err := g.checkpoint(); err != nil {
		return err
	}
	if err := g.again(ctx); err != nil || !g.room() {
		return err
	}
	g.mu.Lock()
	from := g.reading
	g.mu.Unlock()
	for e, err := range g.src.forward(ctx, from) {
		if err != nil {
			return err
		}
		matched := true
		if g.Filter != nil {
			if matched, err = g.Filter.matches(&e); err != nil {
				return err
			}
		}
		if !g.take(&e, matched) || !g.room() {
			return nil
		}
		if err := g.checkpoint(); err != nil {
			return err
		}
	}
	return nil
}

// room reports whether some consumer could take an event.
func (g *group) room() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.roomy()
}

func (g *group) roomy() bool {
	return g.unsent < maxUnsent && slices.ContainsFunc(g.consumers, (*consumer).free)
}

func (c *consumer) free() bool { return c.inUse < c.slots }

// take hands out the next event of the source, and reports whether it could.
func (g *group) take(e *event, matched bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !matched {
		g.reading = e.at + 1
		g.done++
		return true
	}
	if !g.hand(&message{id: e.original().ID, place: e.at, event: e}) {
		return false
	}
	g.reading = e.at + 1
	return true
}

// hand gives a message to a consumer, if one can take it. An event with an id
// that is out already waits until that one is settled.
func (g *group) hand(m *message) bool {
	c := g.pick(m.event)
	if c == nil || g.held[m.id] != nil {
		return false
	}
	m.consumer = c
	if timeout := g.Settings.Timeout; timeout > 0 {
		m.deadline = time.Now().Add(time.Duration(timeout) * time.Millisecond)
		if g.earliest.IsZero() || m.deadline.Before(g.earliest) {
			g.earliest = m.deadline
		}
	}
	g.held[m.id] = m
	g.unsent += len(m.event.Data) + len(m.event.Metadata)
	c.inUse++
	c.total++
	g.total++
	c.send <- m // has as many places as the consumer has slots
	return true
}

// pick chooses a consumer with a free slot, by the group's strategy.
func (g *group) pick(e *event) *consumer {
	n := len(g.consumers)
	if n == 0 {
		return nil
	}
	first := 0
	switch g.Settings.Strategy {
	case "Pinned", "PinnedByCorrelation":
		h := fnv.New32a()
		h.Write([]byte(e.name))
		if c := g.consumers[int(h.Sum32()%uint32(n))]; c.free() {
			return c
		}
		return nil
	case "RoundRobin":
		g.turn++
		first = g.turn
	}
	for i := range n {
		if c := g.consumers[(first+i)%n]; c.free() {
			return c
		}
	}
	return nil
}

// again hands out messages that are to be tried again, reading them anew.
func (g *group) again(ctx context.Context) error {
	for {
		m := g.nextRetry()
		if m == nil || !g.room() {
			return nil
		}
		found, err := g.reread(ctx, m)
		if err != nil {
			return err
		}
		g.mu.Lock()
		handed := !found || g.hand(m)
		if handed {
			g.retries = slices.DeleteFunc(g.retries, func(other *message) bool { return other == m })
		}
		g.mu.Unlock()
		if !handed {
			return nil
		}
	}
}

func (g *group) nextRetry() *message {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	for _, m := range g.retries {
		if m.notYet.Before(now) {
			return m
		}
	}
	return nil
}

func (g *group) reread(ctx context.Context, m *message) (bool, error) {
	for e, err := range g.src.forward(ctx, m.place) {
		if err != nil {
			return false, err
		}
		if e.at != m.place {
			break
		}
		m.event, m.id = &e, e.original().ID
		return true, nil
	}
	return false, nil
}

// expire takes back what consumers have held for too long.
func (g *group) expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.earliest.IsZero() || now.Before(g.earliest) {
		return
	}
	g.earliest = time.Time{}
	for _, m := range g.held {
		switch {
		case m.deadline.IsZero():
		case !m.deadline.After(now) && m.event != nil: // not even sent: its consumer does not read
			g.dismiss(m.consumer)
		case !m.deadline.After(now):
			g.settle(m)
			g.retry(m)
		case g.earliest.IsZero() || m.deadline.Before(g.earliest):
			g.earliest = m.deadline
		}
	}
}

// settle ends that a consumer holds the message.
func (g *group) settle(m *message) {
	delete(g.held, m.id)
	m.consumer.inUse--
}

// retry queues a message once more, or parks it when it was tried enough.
func (g *group) retry(m *message) {
	if m.retries++; m.retries > g.Settings.MaxRetries {
		g.park(m)
		return
	}
	g.queue(m)
}

func (g *group) queue(m *message) {
	g.retries = append(g.retries, &message{id: m.id, place: m.place, retries: m.retries, parked: m.parked, notYet: m.notYet})
	slices.SortStableFunc(g.retries, func(a, b *message) int { return cmp.Compare(a.place, b.place) })
}

// parkedFull is how long a message waits that cannot be parked because too
// many are.
const parkedFull = 10 * time.Second

func (g *group) park(m *message) {
	i, found := g.parkedAt(m.place)
	switch {
	case found:
		g.Parked[i].replaying = false
	case len(g.Parked) >= maxParked:
		g.log.Error("esdbgrpc: persistent subscription: too many parked events", "limit", maxParked)
		m.notYet = time.Now().Add(parkedFull)
		g.queue(m)
		return
	default:
		g.Parked = slices.Insert(g.Parked, i, parked{Place: m.place, At: time.Now().UTC()})
	}
	g.done++
}

func (g *group) parkedAt(place uint64) (int, bool) {
	return slices.BinarySearchFunc(g.Parked, place, func(p parked, place uint64) int { return cmp.Compare(p.Place, place) })
}

// finish records that a message is done with for ever.
func (g *group) finish(m *message) {
	g.done++
	if i, found := g.parkedAt(m.place); found && m.parked {
		g.Parked = slices.Delete(g.Parked, i, i+1)
	}
}

// replay queues parked events again, at most so many when limit is positive.
// They stay parked until they are done with.
func (g *group) replay(limit int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.Parked {
		if p := &g.Parked[i]; !p.replaying {
			p.replaying = true
			g.queue(&message{place: p.Place, parked: true})
			if limit--; limit == 0 {
				break
			}
		}
	}
	g.poke()
}

// reached is the place before which everything is done or parked.
func (g *group) reached() uint64 {
	low := g.reading
	for _, m := range g.held {
		if !m.parked {
			low = min(low, m.place)
		}
	}
	for _, m := range g.retries {
		if !m.parked {
			low = min(low, m.place)
		}
	}
	return low
}

// checkpoint saves when the settings want it.
func (g *group) checkpoint() error {
	g.mu.Lock()
	after := time.Duration(g.Settings.CheckpointAfter) * time.Millisecond
	due := g.done > 0 && (g.done >= g.Settings.MaxCheckpoint ||
		g.done >= g.Settings.MinCheckpoint && time.Since(g.lastSave) >= after || time.Since(g.lastSave) >= idle)
	if !due && g.done > 0 && time.Since(g.lastSave) >= after {
		g.lastSave = time.Now() // too few to save; looked at again after as long
	}
	g.mu.Unlock()
	if !due {
		return nil
	}
	return g.save()
}

// save makes the state durable: a new file in place of the old one.
func (g *group) save() error {
	g.mu.Lock()
	g.Next = g.reached()
	g.done, g.lastSave = 0, time.Now()
	text, err := json.Marshal(g.groupState)
	g.mu.Unlock()
	if err != nil {
		return err
	}
	return durable.Replace(g.path, text)
}
