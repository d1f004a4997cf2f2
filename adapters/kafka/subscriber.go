package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	kgo "github.com/segmentio/kafka-go"
)

var (
	_ message.Subscriber           = (*Subscriber)(nil)
	_ message.SubscribeInitializer = (*Subscriber)(nil)
)

// SubscriberConfig says how messages are delivered. What is zero has a default.
type SubscriberConfig struct {
	Cluster
	// Group divides the partitions among all subscriptions that bear its name,
	// and remembers how far each was read. Without a group every subscription
	// reads every partition from Start, and nothing is remembered.
	Group    string
	Start    Start  // where to begin where nothing is remembered; Oldest
	IDHeader string // bears Message.UUID; DefaultIDHeader
	Poison   Poison
	Topic    Topic // how SubscribeInitialize makes a topic

	NackPause    time.Duration // after the first nack of a message, then twice as long; 10 ms
	MaxNackPause time.Duration // at most; 1 s
	FetchBytes   int           // of a partition, held in memory; 1,000,000
	FetchWait    time.Duration // of a broker for messages; 500 ms
	Heartbeat    time.Duration // how soon a member learns that the group changes; 3 s
	Session      time.Duration // without a heartbeat, after which a member is taken for dead; 30 s
	CloseTimeout time.Duration // until Close cuts connections; 5 s
	Logger       watermill.LoggerAdapter
	Metrics      *Metrics // nil counts nothing
}

// Start is where a subscription begins to read.
type Start int

// Where to begin.
const (
	Oldest Start = iota
	Newest
)

// Poison says what becomes of messages that cannot be handled. Without a topic
// a message that is nacked comes again for ever, and its partition waits.
type Poison struct {
	Topic    string
	Attempts int // deliveries of a message before it is put aside; 10
	MaxBytes int // of key, value and headers; a larger one is put aside undelivered; 1,000,000
}

// Topic is how a topic is made.
type Topic struct {
	Partitions int               // 1
	Replicas   int               // 1
	Config     map[string]string // "cleanup.policy": "compact"
}

// Subscriber subscribes to Kafka. Many goroutines may use it at once. Each
// Subscribe is a member of the group of its own.
type Subscriber struct {
	config  SubscriberConfig
	format  format
	client  *client
	poison  *Publisher // nil without a poison topic
	metrics *Metrics
	log     watermill.LoggerAdapter
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc

	mu       sync.Mutex
	closed   bool
	running  sync.WaitGroup
	troubles map[reading]error // of those that cannot read now
}

// reading is a subscription's way to a partition, or to all of them.
type reading struct {
	of        *subscription
	partition int // noPartition is all
}

const noPartition = -1

// NewSubscriber returns a subscriber. It does not speak to a broker yet.
func NewSubscriber(c SubscriberConfig) (*Subscriber, error) {
	c.NackPause, c.MaxNackPause = orDefault(c.NackPause, 10*time.Millisecond), orDefault(c.MaxNackPause, time.Second)
	c.FetchBytes, c.FetchWait = orDefault(c.FetchBytes, 1_000_000), orDefault(c.FetchWait, 500*time.Millisecond)
	c.Heartbeat, c.Session = orDefault(c.Heartbeat, 3*time.Second), orDefault(c.Session, 30*time.Second)
	c.CloseTimeout = orDefault(c.CloseTimeout, 5*time.Second)
	c.Poison.Attempts, c.Poison.MaxBytes = orDefault(c.Poison.Attempts, 10), orDefault(c.Poison.MaxBytes, 1_000_000)
	c.Topic.Partitions, c.Topic.Replicas = orDefault(c.Topic.Partitions, 1), orDefault(c.Topic.Replicas, 1)
	from, err := c.open()
	if err != nil {
		return nil, err
	}
	s := &Subscriber{config: c, format: formatWith(c.IDHeader), client: from, metrics: c.Metrics.orNone(), log: c.Logger,
		troubles: make(map[reading]error)}
	if s.log == nil {
		s.log = watermill.NopLogger{}
	}
	if c.Poison.Topic != "" {
		s.poison, err = NewPublisher(PublisherConfig{Cluster: c.Cluster, IDHeader: c.IDHeader, Metrics: c.Metrics,
			MaxBytes: c.Poison.MaxBytes + poisonHeaders, CloseTimeout: c.CloseTimeout})
		if err != nil {
			return nil, err
		}
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Subscribe implements message.Subscriber. The channel is closed when ctx ends
// or the subscriber is closed. Until the topic exists and a broker answers, it
// waits, and Health says so.
func (s *Subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	with := context.AfterFunc(s.ctx, cancel)
	sub := &subscription{Subscriber: s, topic: topic, ctx: ctx, out: make(chan *message.Message)}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		defer cancel()
		defer with()
		defer close(sub.out)
		sub.run()
		s.trouble(sub, noPartition, nil)
	}()
	return sub.out, nil
}

// SubscribeInitialize makes the topic, where there is none, as Config.Topic
// says, and waits until the brokers know it.
func (s *Subscriber) SubscribeInitialize(topic string) error {
	wanted := kgo.TopicConfig{Topic: topic, NumPartitions: s.config.Topic.Partitions, ReplicationFactor: s.config.Topic.Replicas}
	for name, value := range s.config.Topic.Config {
		wanted.ConfigEntries = append(wanted.ConfigEntries, kgo.ConfigEntry{ConfigName: name, ConfigValue: value})
	}
	ctx, cancel := context.WithTimeout(s.ctx, requestTimeout)
	defer cancel()
	made, err := s.client.CreateTopics(ctx, &kgo.CreateTopicsRequest{Topics: []kgo.TopicConfig{wanted}})
	if err == nil {
		err = made.Errors[topic]
	}
	if err != nil && !errors.Is(err, kgo.TopicAlreadyExists) {
		return fmt.Errorf("kafka: topic %s: %w", topic, err)
	}
	again := backoff{least: 10 * time.Millisecond, most: 500 * time.Millisecond}
	for {
		if _, err = s.client.partitions(ctx, topic); err == nil {
			return nil
		}
		if !pause(ctx, again.step()) {
			return fmt.Errorf("kafka: topic %s: %w", topic, err)
		}
	}
}

// trouble remembers why a partition, or the whole subscription, cannot be read,
// or that it can.
func (s *Subscriber) trouble(of *subscription, partition int, err error) {
	at := reading{of, partition}
	s.mu.Lock()
	before := s.troubles[at]
	if err == nil {
		delete(s.troubles, at)
	} else {
		s.troubles[at] = err
	}
	s.mu.Unlock()
	if err != nil && (before == nil || before.Error() != err.Error()) {
		s.log.Error("cannot read from Kafka", err, watermill.LogFields{"topic": of.topic, "group": s.config.Group, "partition": partition})
	}
}

// Health reports what keeps a subscription from reading, or whether a broker
// answers.
func (s *Subscriber) Health(ctx context.Context) error {
	s.mu.Lock()
	closed := s.closed
	var errs []error
	for at, err := range s.troubles {
		errs = append(errs, fmt.Errorf("kafka: topic %s: %w", at.of.topic, err))
	}
	s.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return s.client.reachable(ctx)
}

// Close ends all subscriptions: what was acknowledged is committed, the group
// is left, the channels are closed. After CloseTimeout it cuts connections, and
// the group finds out by itself.
func (s *Subscriber) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		s.running.Wait()
		return nil
	}
	s.cancel()
	ended := finish(s.config.CloseTimeout, s.running.Wait, s.client.cut)
	s.client.cut()
	var err error
	if s.poison != nil {
		err = s.poison.Close()
	}
	if !ended {
		err = errors.Join(err, fmt.Errorf("%w: the brokers did not answer within %v", ErrClosed, s.config.CloseTimeout))
	}
	return err
}
