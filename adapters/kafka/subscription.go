package kafka

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	kgo "github.com/segmentio/kafka-go"
)

// subscription is one Subscribe. It has a consumer group's member, or none, and
// a reader of its own, so that a second Subscribe takes nothing from the first.
type subscription struct {
	*Subscriber
	topic string
	ctx   context.Context // ends the subscription
	out   chan *message.Message
}

// run delivers until the subscription ends.
func (s *subscription) run() {
	again := backoff{least: 50 * time.Millisecond, most: time.Second}
	for {
		partitions, err := s.client.partitions(s.ctx, s.topic)
		switch {
		case s.ctx.Err() != nil:
			return
		case err != nil:
			s.trouble(s, noPartition, err)
			pause(s.ctx, again.step())
		case s.config.Group == "":
			s.trouble(s, noPartition, nil)
			s.readAll(partitions)
			return
		default:
			s.trouble(s, noPartition, nil)
			s.join()
			return
		}
	}
}

// readAll reads every partition without a group, until the subscription ends.
func (s *subscription) readAll(partitions []int) {
	var workers sync.WaitGroup
	for _, p := range partitions {
		workers.Go(func() { s.worker(p, s.startOffset(), nil).run(s.ctx) })
	}
	workers.Wait()
}

func (s *subscription) startOffset() int64 {
	if s.config.Start == Newest {
		return kgo.LastOffset
	}
	return kgo.FirstOffset
}

// join is a member of the group until the subscription ends.
func (s *subscription) join() {
	group, err := kgo.NewConsumerGroup(kgo.ConsumerGroupConfig{
		ID: s.config.Group, Brokers: s.client.brokers, Dialer: s.client.dialer, Topics: []string{s.topic},
		GroupBalancers: []kgo.GroupBalancer{kgo.RangeGroupBalancer{}}, StartOffset: s.startOffset(),
		HeartbeatInterval: s.config.Heartbeat, SessionTimeout: s.config.Session, RebalanceTimeout: s.config.Session,
		JoinGroupBackoff: time.Second, WatchPartitionChanges: true, Timeout: requestTimeout,
	})
	if err != nil { // of the configuration
		s.trouble(s, noPartition, err)
		<-s.ctx.Done()
		return
	}
	left := make(chan struct{})
	defer func() { <-left }()
	context.AfterFunc(s.ctx, func() { defer close(left); _ = group.Close() }) // it always returns nil
	for {
		generation, err := group.Next(s.ctx)
		switch {
		case s.ctx.Err() != nil || errors.Is(err, kgo.ErrGroupClosed):
			return
		case err != nil: // the group pauses before it tries again
			if !errors.Is(err, kgo.RebalanceInProgress) {
				s.trouble(s, noPartition, err)
			}
		default:
			s.trouble(s, noPartition, nil)
			s.begin(generation)
		}
	}
}

// begin starts what lives as long as a generation of the group: a worker for
// each partition that is ours, and the one who commits for them. The group does
// not go on to its next generation before all of them have ended.
func (s *subscription) begin(g *kgo.Generation) {
	s.metrics.generations.WithLabelValues(s.config.Group, s.topic).Inc()
	commits := newCommits(g, s)
	var workers sync.WaitGroup
	for _, a := range g.Assignments[s.topic] {
		w := s.worker(a.ID, a.Offset, commits)
		workers.Add(1)
		g.Start(func(ctx context.Context) {
			defer workers.Done()
			w.run(ctx)
		})
	}
	g.Start(func(ctx context.Context) { commits.run(ctx, workers.Wait) })
}

// commits tells the group how far its partitions were handled. While one
// commit is under way the next ones gather.
type commits struct {
	generation *kgo.Generation
	of         *subscription
	wake       chan struct{}

	mu   sync.Mutex
	next map[int]int64 // offset to go on from, of partitions that moved since the last commit
	done map[int]int64 // committed, or where the generation began
}

func newCommits(g *kgo.Generation, of *subscription) *commits {
	c := &commits{generation: g, of: of, wake: make(chan struct{}, 1), next: make(map[int]int64), done: make(map[int]int64)}
	for _, a := range g.Assignments[of.topic] {
		c.done[a.ID] = a.Offset
	}
	return c
}

// handled says that a partition goes on from an offset.
func (c *commits) handled(partition int, next int64) {
	c.mu.Lock()
	if next > c.done[partition] {
		c.next[partition] = max(next, c.next[partition])
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run commits until the generation ends, and once more when its workers have.
func (c *commits) run(ctx context.Context, workers func()) {
	again := backoff{least: 50 * time.Millisecond, most: time.Second}
	for {
		select {
		case <-c.wake:
			if c.commit() {
				again.reset()
				continue
			}
			if pause(ctx, again.step()) {
				c.handled(0, -1) // wakes, and moves nothing
			}
		case <-ctx.Done():
			workers()
			c.commit()
			return
		}
	}
}

// commit reports whether the group took what there was to commit. What it did
// not take stays, and is never put behind what it took.
func (c *commits) commit() bool {
	c.mu.Lock()
	moved := c.next
	c.next = make(map[int]int64)
	c.mu.Unlock()
	if len(moved) == 0 {
		return true
	}
	err := c.generation.CommitOffsets(map[string]map[int]int64{c.of.topic: moved})
	c.mu.Lock()
	defer c.mu.Unlock()
	for partition, next := range moved {
		if err == nil {
			c.done[partition] = max(next, c.done[partition])
		} else {
			c.next[partition] = max(next, c.next[partition])
		}
	}
	if err != nil {
		c.of.metrics.commitFailures.WithLabelValues(c.of.config.Group, c.of.topic).Inc()
		return false
	}
	c.of.metrics.commits.WithLabelValues(c.of.config.Group, c.of.topic).Inc()
	return true
}
