package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	kgo "github.com/segmentio/kafka-go"
)

var _ message.Publisher = (*Publisher)(nil)

// PublisherConfig says how messages are published. What is zero has a default.
type PublisherConfig struct {
	Cluster
	IDHeader     string          // bears Message.UUID; DefaultIDHeader
	MaxBytes     int             // of a message, and of a batch; 1,000,000, which a broker takes as it comes
	Linger       time.Duration   // how long a batch waits for messages of other calls; 2 ms
	Compression  kgo.Compression // of batches; none
	Attempts     int             // to write a batch; 10, within about 10 s where the broker answers
	CloseTimeout time.Duration   // until Close cuts connections; 5 s
	Metrics      *Metrics        // nil counts nothing
}

// batchMessages bounds the messages that are written at once.
const batchMessages = 10_000

// Publisher publishes to Kafka. Many goroutines may use it at once.
type Publisher struct {
	config  PublisherConfig
	format  format
	client  *client
	writer  *kgo.Writer
	metrics *Metrics
	ctx     context.Context // ends when Close has waited long enough
	cancel  context.CancelFunc

	mu     sync.Mutex
	closed bool
}

// NewPublisher returns a publisher. It does not speak to a broker yet.
func NewPublisher(c PublisherConfig) (*Publisher, error) {
	c.MaxBytes, c.Attempts = orDefault(c.MaxBytes, 1_000_000), orDefault(c.Attempts, 10)
	c.Linger, c.CloseTimeout = orDefault(c.Linger, 2*time.Millisecond), orDefault(c.CloseTimeout, 5*time.Second)
	to, err := c.open()
	if err != nil {
		return nil, err
	}
	p := &Publisher{config: c, format: formatWith(c.IDHeader), client: to, metrics: c.Metrics.orNone()}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.writer = &kgo.Writer{
		Addr: to.Addr, Transport: to.transport, Balancer: &byKey{}, RequiredAcks: kgo.RequireAll, Compression: c.Compression,
		MaxAttempts: c.Attempts, WriteBackoffMin: 50 * time.Millisecond, WriteBackoffMax: time.Second,
		BatchSize: batchMessages, BatchBytes: int64(c.MaxBytes) + batchOverhead, BatchTimeout: c.Linger,
		ReadTimeout: requestTimeout, WriteTimeout: requestTimeout,
	}
	return p, nil
}

// batchOverhead lets a message of MaxBytes pass the writer's own limit, which
// counts what surrounds it too.
const batchOverhead = 16 << 10

func orDefault[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}

// byKey gives messages with a key the partition that the Java client would, and
// the others the partitions in turn.
type byKey struct {
	keyed  kgo.Murmur2Balancer
	others kgo.RoundRobin
}

func (b *byKey) Balance(m kgo.Message, partitions ...int) int {
	if m.Key == nil {
		return b.others.Balance(m, partitions...)
	}
	return b.keyed.Balance(m, partitions...)
}

// TooLargeError says that a message is larger than the publisher's limit.
// Nothing of the call that held it was published.
type TooLargeError struct {
	Topic        string
	Index        int // of the message in the call
	Bytes, Limit int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("kafka: topic %s: message %d has %d bytes, allowed are %d", e.Topic, e.Index, e.Bytes, e.Limit)
}

// Publish implements message.Publisher. It returns when all in-sync replicas
// hold every message. When it fails, a first part of each partition's messages
// may have been published: publish the same again, in the same order.
//
// Errors: *TooLargeError, ErrClosed, or the broker's.
func (p *Publisher) Publish(topic string, messages ...*message.Message) error {
	records := make([]kgo.Message, len(messages))
	for i, m := range messages {
		records[i] = p.format.record(topic, m)
		if n := size(records[i]); n > p.config.MaxBytes {
			return &TooLargeError{Topic: topic, Index: i, Bytes: n, Limit: p.config.MaxBytes}
		}
	}
	if p.isClosed() {
		return ErrClosed
	}
	for len(records) > 0 {
		n := p.batch(records)
		began := time.Now()
		if err := p.write(records[:n]); err != nil {
			p.metrics.failures.WithLabelValues(topic).Inc()
			return fmt.Errorf("kafka: topic %s: %w", topic, err)
		}
		p.metrics.wrote(topic, n, time.Since(began))
		records = records[n:]
	}
	return nil
}

// batch returns how many of the records go together: so many that a partition
// which gets all of them gets one batch. Of two batches in one call the second
// could arrive without the first.
func (p *Publisher) batch(records []kgo.Message) int {
	total := 0
	for i, r := range records {
		if total += size(r) + 64 + 10*len(r.Headers); i == batchMessages || i > 0 && total > p.config.MaxBytes {
			return i
		}
	}
	return len(records)
}

// write writes one batch. A topic that has just been made is not known at once.
func (p *Publisher) write(records []kgo.Message) error {
	again := backoff{least: 50 * time.Millisecond, most: time.Second}
	var err error
	for range p.config.Attempts {
		if err = first(p.writer.WriteMessages(p.ctx, records...)); !errors.Is(err, kgo.UnknownTopicOrPartition) || !pause(p.ctx, again.step()) {
			break
		}
	}
	if p.ctx.Err() != nil {
		return ErrClosed
	}
	return err
}

// first returns the first of many errors; they differ only in their place.
func first(err error) error {
	var many kgo.WriteErrors
	if !errors.As(err, &many) {
		return err
	}
	for _, one := range many {
		if one != nil {
			return one
		}
	}
	return nil
}

func (p *Publisher) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// Health reports whether a broker answers.
func (p *Publisher) Health(ctx context.Context) error {
	if p.isClosed() {
		return ErrClosed
	}
	return p.client.reachable(ctx)
}

// Close lets what is being written come to its end, and cuts the connections
// after CloseTimeout. What was being written then fails with ErrClosed and may
// have been written all the same.
func (p *Publisher) Close() error {
	p.mu.Lock()
	again := p.closed
	p.closed = true
	p.mu.Unlock()
	if again {
		return nil
	}
	defer p.client.cut()
	defer p.cancel()
	ended := finish(p.config.CloseTimeout, func() { _ = p.writer.Close() }, func() { p.cancel(); p.client.cut() })
	if !ended {
		return fmt.Errorf("%w: the brokers did not answer within %v", ErrClosed, p.config.CloseTimeout)
	}
	return nil
}
