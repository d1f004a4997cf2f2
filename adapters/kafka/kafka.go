// Package kafka publishes and subscribes to Apache Kafka for Watermill
// (github.com/ThreeDotsLabs/watermill), with kafka-go underneath. It knows
// nothing of the ledger and can be used alone.
//
// What a Publisher promises:
//
//   - Publish returns without error when every message is on all in-sync
//     replicas. It writes in batches, in the order given: after a batch that
//     failed none that follows it is sent.
//   - Messages with one key (KeyMetadata) go to one partition, the one that
//     Kafka's own clients would choose, and stay in order there.
//
// What a Subscriber promises:
//
//   - Every message is delivered at least once, whatever joins, leaves or dies.
//     A partition's messages come one after the other: the next one after the
//     last was acknowledged. Partitions do not wait for one another.
//   - Committed offsets never go back, and never pass a message that was not
//     acknowledged or put aside.
//   - A message of a partition that has been given to somebody else has its
//     context ended; what then becomes of it counts for nothing.
//   - A nack is followed by a pause that doubles. With a Poison topic, a message
//     that keeps failing goes there, with the reason, and the partition goes on.
//
// It never does transactions: an effect comes first and its offset afterwards,
// so a consumer must expect repeats and tell them by Message.UUID. Records of an
// aborted transaction of another producer are delivered like any other. It
// writes no payload, key or header to a log, an error or a metric.
package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	kgo "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
)

// Cluster says where the brokers are and how they are spoken to.
type Cluster struct {
	Brokers  []string       // host:port; one that answers is enough
	ClientID string         // what the brokers' logs call us
	TLS      *tls.Config    // nil speaks plainly
	SASL     sasl.Mechanism // nil names nobody
}

// Times and sizes of what is said to brokers.
const (
	dialTimeout    = 10 * time.Second // to a connection, with handshake and login
	requestTimeout = 20 * time.Second // to an answer
	metadataTTL    = 5 * time.Second  // age of what is known of topics and leaders
)

// ErrClosed says that a publisher or subscriber has been closed.
var ErrClosed = errors.New("kafka: closed")

// client is a Cluster with the connections of one publisher or subscriber. All
// of them can be cut, so that no broker that does not answer holds a Close up.
type client struct {
	kgo.Client
	dialer    *kgo.Dialer
	brokers   []string
	transport *kgo.Transport

	mu    sync.Mutex
	conns map[*tracked]struct{} // nil after the cut
}

func (c Cluster) open() (*client, error) {
	if len(c.Brokers) == 0 {
		return nil, errors.New("kafka: no broker is given")
	}
	for _, b := range c.Brokers {
		if _, _, err := net.SplitHostPort(b); err != nil {
			return nil, fmt.Errorf("kafka: broker: %w", err)
		}
	}
	o := &client{brokers: c.Brokers, conns: make(map[*tracked]struct{})}
	o.dialer = &kgo.Dialer{ClientID: c.ClientID, Timeout: dialTimeout, TLS: c.TLS, SASLMechanism: c.SASL, DialFunc: o.dial}
	o.transport = &kgo.Transport{
		Dial: o.dial, DialTimeout: dialTimeout, MetadataTTL: metadataTTL, ClientID: c.ClientID, TLS: c.TLS, SASL: c.SASL,
	}
	o.Client = kgo.Client{Addr: kgo.TCP(c.Brokers...), Timeout: requestTimeout, Transport: o.transport}
	return o, nil
}

func (c *client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	t := &tracked{Conn: conn, of: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conns == nil {
		return nil, errors.Join(ErrClosed, conn.Close())
	}
	c.conns[t] = struct{}{}
	return t, nil
}

// cut closes every connection and refuses new ones.
func (c *client) cut() {
	c.mu.Lock()
	conns := c.conns
	c.conns = nil
	c.mu.Unlock()
	for t := range conns {
		_ = t.Conn.Close() // nobody waits for what it had to say
	}
	c.transport.CloseIdleConnections()
}

// tracked is a connection that its client can cut.
type tracked struct {
	net.Conn
	of *client
}

func (t *tracked) Close() error {
	t.of.mu.Lock()
	delete(t.of.conns, t)
	t.of.mu.Unlock()
	return t.Conn.Close()
}

// partitions returns the numbers of a topic's partitions, as the brokers know
// them now. A topic that does not exist is an error.
func (c *client) partitions(ctx context.Context, topic string) ([]int, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var last error
	for _, broker := range c.brokers {
		found, err := c.dialer.LookupPartitions(ctx, "tcp", broker, topic)
		if err != nil {
			last = err
			continue
		}
		numbers := make([]int, len(found))
		for i, p := range found {
			numbers[i] = p.ID
		}
		if len(numbers) > 0 {
			return numbers, nil
		}
		last = kgo.UnknownTopicOrPartition
	}
	return nil, last
}

// reachable asks the brokers who they are.
func (c *client) reachable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if _, err := c.ApiVersions(ctx, &kgo.ApiVersionsRequest{}); err != nil {
		return fmt.Errorf("kafka: no broker answers: %w", err)
	}
	return nil
}

// pause waits, and reports whether ctx went on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// backoff doubles from least to most.
type backoff struct{ least, most, next time.Duration }

func (b *backoff) step() time.Duration {
	d := max(b.next, b.least)
	b.next = min(2*d, b.most)
	return min(d, b.most)
}

func (b *backoff) reset() { b.next = 0 }

// finish runs do, and after the limit the cut, which makes do come to its end.
// It reports whether do ended by itself.
func finish(limit time.Duration, do, cut func()) bool {
	ended := make(chan struct{})
	go func() { do(); close(ended) }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-ended:
		return true
	case <-timer.C:
		cut()
		<-ended
		return false
	}
}

// TopicName reports whether a name can be a topic's: what Kafka allows, up to
// 200 characters, so that a file can bear it too.
func TopicName(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return 0 < len(name) && len(name) <= 200 && name != "." && name != ".."
}
