package esdbgrpc

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc/codes"
)

// maxAcks is how many events one message may settle.
const maxAcks = 2_000

// join adds a consumer.
func (g *group) join(who caller, slots int) (*consumer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped {
		return nil, g.droppedError()
	}
	allowed := maxConsumers
	if n := int(g.Settings.MaxConsumers); n > 0 {
		allowed = min(n, maxConsumers)
	}
	if len(g.consumers) >= allowed {
		return nil, refusal(codes.FailedPrecondition, "the persistent subscription has as many consumers as it may",
			"exception", "maximum-subscribers-reached", "stream-name", printable(g.Source), "group-name", printable(g.Name))
	}
	if slots <= 0 {
		slots = defaultSlots
	}
	slots = min(slots, maxSlots)
	c := &consumer{caller: who, slots: slots, send: make(chan *message, slots), dropped: make(chan struct{}), since: time.Now()}
	g.consumers = append(g.consumers, c)
	g.poke()
	return c, nil
}

// leave takes a consumer's events back; others get them.
func (g *group) leave(c *consumer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dismiss(c)
	g.poke()
}

func (g *group) dismiss(c *consumer) {
	i := slices.Index(g.consumers, c)
	if i < 0 {
		return
	}
	g.consumers = slices.Delete(g.consumers, i, i+1)
	close(c.dropped)
	for _, m := range g.held {
		if m.consumer == c {
			g.settle(m)
			g.queue(m)
		}
	}
	for {
		select {
		case m := <-c.send:
			g.forget(m)
		default:
			return
		}
	}
}

// forget gives the memory of a message's event free.
func (g *group) forget(m *message) {
	g.unsent -= len(m.event.Data) + len(m.event.Metadata)
	m.event = nil
}

// ack and nack settle what the consumer holds; ids that it does not hold are
// those of messages that timed out, and mean nothing any more.
func (g *group) ack(c *consumer, ids []messageID) {
	g.settled(c, ids, g.finish)
}

func (g *group) nack(c *consumer, ids []messageID, action persistent.ReadReq_Nack_Action) {
	switch action {
	case persistent.ReadReq_Nack_Park:
		g.settled(c, ids, g.park)
	case persistent.ReadReq_Nack_Skip:
		g.settled(c, ids, g.finish)
	case persistent.ReadReq_Nack_Stop:
		g.leave(c) // and all that it holds is free
	default:
		g.settled(c, ids, g.retry)
	}
}

func (g *group) settled(c *consumer, ids []messageID, then func(*message)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		if m := g.held[id]; m != nil && m.consumer == c {
			g.settle(m)
			then(m)
		}
	}
	g.poke()
}

// Read hands a group's events to a caller until one of them ends it.
func (s groupsService) Read(stream persistent.PersistentSubscriptions_ReadServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	o := first.GetOptions()
	if o == nil {
		return invalid("a persistent subscription begins with its options")
	}
	name := nameOf(o.GetStreamIdentifier(), o.GetAll() != nil, o.GetGroupName())
	if err := allowed(stream.Context(), Read, checkedName(name.Source)); err != nil {
		return err
	}
	g, err := s.groups.find(name)
	if err != nil {
		return err
	}
	if !s.subscriptions.enter() {
		return exhausted("subscriptions")
	}
	defer s.subscriptions.leave()
	c, err := g.join(callerOf(stream.Context()), int(o.GetBufferSize()))
	if err != nil {
		return err
	}
	defer g.leave(c)
	return s.consume(stream, g, c, o.GetUuidOption().GetString_() != nil)
}

// checkedName is the name by which access is decided: $all is open to readers.
func checkedName(source string) string {
	if source == allStreams {
		return ""
	}
	return source
}

// consume receives in a goroutine, which ends with the call.
func (s groupsService) consume(stream persistent.PersistentSubscriptions_ReadServer, g *group, c *consumer, asText bool) error {
	confirmed := &persistent.ReadResp{Content: &persistent.ReadResp_SubscriptionConfirmation_{
		SubscriptionConfirmation: &persistent.ReadResp_SubscriptionConfirmation{SubscriptionId: g.Source + "::" + g.Name},
	}}
	if err := stream.Send(confirmed); err != nil {
		return err
	}
	received := make(chan error, 1)
	go func() { received <- receiveAcks(stream, g, c) }()
	for {
		select {
		case m := <-c.send:
			if err := s.deliver(stream, g, m, asText); err != nil {
				return err
			}
		case err := <-received:
			return err
		case <-c.dropped:
			return g.droppedError()
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-s.closing:
			return refusal(codes.Unavailable, "the server is closing")
		}
	}
}

func (g *group) droppedError() error {
	return refusal(codes.Canceled, "the persistent subscription has dropped its consumer",
		"exception", "persistent-subscription-dropped", "stream-name", printable(g.Source), "group-name", printable(g.Name))
}

func receiveAcks(stream persistent.PersistentSubscriptions_ReadServer, g *group, c *consumer) error {
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		ids, err := idsOf(m)
		if err != nil {
			return err
		}
		switch x := m.GetContent().(type) {
		case *persistent.ReadReq_Ack_:
			g.ack(c, ids)
		case *persistent.ReadReq_Nack_:
			g.nack(c, ids, x.Nack.GetAction())
		default:
			return invalid("a persistent subscription's options come once")
		}
	}
}

func idsOf(m *persistent.ReadReq) ([]messageID, error) {
	list := m.GetAck().GetIds()
	if m.GetNack() != nil {
		list = m.GetNack().GetIds()
	}
	if len(list) > maxAcks {
		return nil, exhausted("events settled by one message")
	}
	ids := make([]messageID, len(list))
	for i, u := range list {
		id, err := idOf(u)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

func (s groupsService) deliver(stream persistent.PersistentSubscriptions_ReadServer, g *group, m *message, asText bool) error {
	e := *m.event
	retries := m.retries
	g.mu.Lock()
	g.forget(m)
	resolve := g.Settings.ResolveLinks
	g.mu.Unlock()
	g.poke()
	if resolve || e.link == nil {
		if err := s.release(stream.Context(), &e); err != nil {
			return err
		}
	}
	return stream.SendMsg(sending{resolve, asText, retries, true}.message(&e))
}

func nameOf(id *shared.StreamIdentifier, all bool, name string) groupName {
	if all {
		return groupName{allStreams, name}
	}
	return groupName{string(id.GetStreamName()), name}
}
