package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"caseledger/adapters/kafka"
)

const patience = 90 * time.Second // of a test, for what takes milliseconds

func publisher(t *testing.T, c kafka.PublisherConfig) *kafka.Publisher {
	t.Helper()
	p, err := kafka.NewPublisher(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func subscriber(t *testing.T, c kafka.SubscriberConfig) *kafka.Subscriber {
	t.Helper()
	c.Heartbeat = 100 * time.Millisecond
	s, err := kafka.NewSubscriber(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func subscribe(t *testing.T, s *kafka.Subscriber, topic string) <-chan *message.Message {
	t.Helper()
	out, err := s.Subscribe(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// next returns the next message of a subscription. One that was acknowledged
// there and comes again, because its group was divided anew before the commit,
// is acknowledged again: at least once is what is promised.
func next(t *testing.T, from <-chan *message.Message) *message.Message {
	t.Helper()
	end := time.After(patience)
	for {
		select {
		case m, open := <-from:
			if !open {
				t.Fatal("the subscription ended")
			}
			if !again(from, m) {
				return m
			}
			m.Ack()
		case <-end:
			t.Fatal("no message came")
			return nil
		}
	}
}

// delivery is a message as a subscription gave it.
type delivery struct {
	from      <-chan *message.Message
	topic     string
	partition int
	offset    int64
}

var delivered sync.Map // of deliveries: the message that was the last

// again reports whether the subscription gave the message before and it was
// acknowledged.
func again(from <-chan *message.Message, m *message.Message) bool {
	at, _ := kafka.PlaceOf(m.Context())
	before, known := delivered.Swap(delivery{from, at.Topic, at.Partition, at.Offset}, m)
	if !known {
		return false
	}
	select {
	case <-before.(*message.Message).Acked():
		return true
	default:
		return false
	}
}

func keyed(id, key, text string) *message.Message {
	m := message.NewMessage(id, []byte(text))
	if key != "" {
		m.Metadata[kafka.KeyMetadata] = key
	}
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func TestTwoSubscriptionsOfOneSubscriberLiveSideBySide(t *testing.T) {
	_, cluster := fake(t, kfake.SeedTopics(1, "one", "two"))
	pub, sub := publisher(t, kafka.PublisherConfig{Cluster: cluster}), subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"})
	one, two := subscribe(t, sub, "one"), subscribe(t, sub, "two")
	for i := range 3 {
		must(t, pub.Publish("one", keyed(fmt.Sprint("a", i), "", "")))
		must(t, pub.Publish("two", keyed(fmt.Sprint("b", i), "", "")))
		a, b := next(t, one), next(t, two)
		if a.UUID != fmt.Sprint("a", i) || b.UUID != fmt.Sprint("b", i) {
			t.Fatalf("one gave %s, two gave %s", a.UUID, b.UUID)
		}
		a.Ack()
		b.Ack()
	}
}

// produces watches the requests that write.
func produces(c *kfake.Cluster) (requests, unsafe *atomic.Int64) {
	requests, unsafe = new(atomic.Int64), new(atomic.Int64)
	c.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		requests.Add(1)
		if r.(*kmsg.ProduceRequest).Acks != -1 {
			unsafe.Add(1)
		}
		return nil, nil, false
	})
	return requests, unsafe
}

func TestOneCallIsFewRequestsAndAsksForAllAcknowledgements(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(4, "many"))
	requests, unsafe := produces(c)
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	many := make([]*message.Message, 5_000)
	for i := range many {
		many[i] = keyed(fmt.Sprint(i), fmt.Sprint(i%97), "text")
	}
	must(t, pub.Publish("many", many...))
	if n := requests.Load(); n == 0 || n > 8 {
		t.Errorf("5000 messages took %d requests", n)
	}
	if n := unsafe.Load(); n > 0 {
		t.Errorf("%d requests did not ask for the acknowledgement of all replicas", n)
	}
}

func TestMessagesOfOneKeyGoToThePartitionThatOthersChoose(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(8, "keys"))
	pub, sub := publisher(t, kafka.PublisherConfig{Cluster: cluster}), subscriber(t, kafka.SubscriberConfig{Cluster: cluster})
	// toPositive(murmur2("21")) is 973932308 in the clients of Apache Kafka, by
	// the test vectors of their own Utils.murmur2.
	must(t, pub.Publish("keys", keyed("1", "21", "a"), keyed("2", "21", "b")))
	want := 973932308 & 0x7fffffff % 8
	out := subscribe(t, sub, "keys")
	for _, text := range []string{"a", "b"} {
		m := next(t, out)
		at, ok := kafka.PlaceOf(m.Context())
		if !ok || at.Topic != "keys" || at.Partition != want || string(m.Payload) != text || m.Metadata[kafka.KeyMetadata] != "21" {
			t.Fatalf("%q of key %q is at %+v, want partition %d", m.Payload, m.Metadata[kafka.KeyMetadata], at, want)
		}
		m.Ack()
	}
	if n := c.PartitionInfo("keys", int32(want)).HighWatermark; n != 2 {
		t.Errorf("the partition holds %d records", n)
	}
}

func TestANackIsFollowedByAPauseThatDoubles(t *testing.T) {
	_, cluster := fake(t, kfake.SeedTopics(1, "nacks"))
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g", NackPause: 10 * time.Millisecond, MaxNackPause: 40 * time.Millisecond})
	must(t, pub.Publish("nacks", keyed("1", "", "")))
	out := subscribe(t, sub, "nacks")
	first := next(t, out)
	began := time.Now()
	first.Nack()
	for range 4 {
		next(t, out).Nack()
	}
	if took, least := time.Since(began), (10+20+40+40)*time.Millisecond; took < least {
		t.Errorf("four repeats came within %v, the pauses are %v", took, least)
	}
}

func TestAMessageThatKeepsFailingIsPutAsideWithTheReasonAndThePartitionGoesOn(t *testing.T) {
	_, cluster := fake(t, kfake.SeedTopics(1, "work", "aside"))
	counts := prometheus.NewRegistry()
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g", NackPause: time.Millisecond, MaxNackPause: time.Millisecond,
		Poison: kafka.Poison{Topic: "aside", Attempts: 3, MaxBytes: 1000}, Metrics: kafka.NewMetrics(counts)})
	must(t, pub.Publish("work", keyed("bad", "k", "x"), keyed("large", "k", strings.Repeat("y", 2000)), keyed("good", "k", "z")))
	out := subscribe(t, sub, "work")
	for range 3 {
		m := next(t, out)
		if m.UUID != "bad" {
			t.Fatalf("%s came", m.UUID)
		}
		m.Metadata[kafka.PoisonReason] = "cannot be read"
		m.Nack()
	}
	if m := next(t, out); m.UUID != "good" || !m.Ack() {
		t.Fatalf("%s came after the bad ones", m.UUID)
	}
	aside := subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster}), "aside")
	bad := next(t, aside)
	if bad.UUID != "bad" || string(bad.Payload) != "x" || bad.Metadata[kafka.PoisonReason] != "cannot be read" ||
		bad.Metadata[kafka.PoisonOffset] != "0" || bad.Metadata[kafka.PoisonAttempts] != "3" || bad.Metadata[kafka.PoisonTopic] != "work" {
		t.Errorf("put aside: %q %v", bad.Payload, bad.Metadata)
	}
	bad.Ack()
	large := next(t, aside)
	if len(large.Payload) != 0 || large.Metadata[kafka.PoisonOffset] != "1" || large.Metadata[kafka.PoisonReason] != "larger than 1000 bytes" {
		t.Errorf("put aside: %d bytes %v", len(large.Payload), large.Metadata)
	}
	large.Ack()
	families, err := counts.Gather()
	must(t, err)
	if n, err := testutil.GatherAndCount(counts, "kafka_poisoned_messages_total"); err != nil || n != 1 {
		t.Errorf("no count of what was put aside among %d metrics: %v", len(families), err)
	}
}

// commitsOf records what offsets a group is told.
func commitsOf(c *kfake.Cluster) func() map[int32][]int64 {
	var mu sync.Mutex
	seen := make(map[int32][]int64)
	c.ControlKey(int16(kmsg.OffsetCommit), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		mu.Lock()
		defer mu.Unlock()
		for _, topic := range r.(*kmsg.OffsetCommitRequest).Topics {
			for _, p := range topic.Partitions {
				seen[p.Partition] = append(seen[p.Partition], p.Offset)
			}
		}
		return nil, nil, false
	})
	return func() map[int32][]int64 {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

// rebalance lets members of a group come and go while a topic of 4 partitions
// is read, and returns when every message was acknowledged and all have gone.
func rebalance(t *testing.T, cluster kafka.Cluster, topic string) {
	t.Helper()
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	const total = 400
	all := make([]*message.Message, total)
	for i := range all {
		all[i] = keyed(fmt.Sprint(i), fmt.Sprint(i%16), "")
	}
	must(t, pub.Publish(topic, all...))
	var mu sync.Mutex
	got := make(map[string]bool)
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(got) }
	var members []*kafka.Subscriber
	join := func() {
		s := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: topic})
		members = append(members, s)
		out := subscribe(t, s, topic)
		go func() {
			for m := range out {
				time.Sleep(time.Millisecond) // a handler's work, so that members change in the midst of it
				if m.Ack() {
					mu.Lock()
					got[m.UUID] = true
					mu.Unlock()
				}
			}
		}()
	}
	join()
	until(t, "nothing was delivered", func() bool { return count() > 20 })
	join()
	join()
	until(t, "the new members brought it to a stop", func() bool { return count() > total/2 })
	must(t, members[0].Close())
	until(t, "messages were lost", func() bool { return count() == total })
	for _, m := range members[1:] {
		must(t, m.Close())
	}
}

func TestARebalanceLosesNothingAndNoCommitGoesBack(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(4, "moving"))
	commits := commitsOf(c)
	rebalance(t, cluster, "moving")
	for partition, offsets := range commits() {
		for i := 1; i < len(offsets); i++ {
			if offsets[i] < offsets[i-1] {
				t.Errorf("partition %d: committed %d after %d", partition, offsets[i], offsets[i-1])
			}
		}
		if end := c.PartitionInfo("moving", partition).HighWatermark; offsets[len(offsets)-1] != end {
			t.Errorf("partition %d ends at %d, committed is %d", partition, end, offsets[len(offsets)-1])
		}
	}
}

func TestARebalanceLosesNothingOnKafka(t *testing.T) {
	cluster, topic := real(t), "moving-"+watermill.NewShortUUID()
	must(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Topic: kafka.Topic{Partitions: 4}}).SubscribeInitialize(topic))
	rebalance(t, cluster, topic)
	// The group has committed all of it: who comes next gets only what is new.
	must(t, publisher(t, kafka.PublisherConfig{Cluster: cluster}).Publish(topic, keyed("new", "k", "")))
	if m := next(t, subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: topic}), topic)); m.UUID != "new" {
		t.Errorf("%s came again", m.UUID)
	}
}

func TestWhatIsAcknowledgedAfterThePartitionWasGivenAwayCountsForNothing(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(1, "given"))
	commits := commitsOf(c)
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	must(t, pub.Publish("given", keyed("1", "", "")))
	out := subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"}), "given")
	stale := next(t, out)
	subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"}), "given") // a second member: a new generation
	select {
	case <-stale.Context().Done():
	case <-time.After(patience):
		t.Fatal("the message was not taken back")
	}
	stale.Ack()
	// Whoever has the partition now gets the message again, because nothing was
	// committed; it is not acknowledged, so nothing is.
	for partition, offsets := range commits() {
		t.Errorf("partition %d: committed %v", partition, offsets)
	}
}

func TestAMessageThatIsNeverAcknowledgedHoldsUpItsPartitionOnly(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(2, "held"))
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	for i := range 64 {
		must(t, pub.Publish("held", keyed(fmt.Sprint(i), fmt.Sprint(i), "")))
	}
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"})
	out := subscribe(t, sub, "held")
	held, _ := kafka.PlaceOf(next(t, out).Context())
	others := c.PartitionInfo("held", int32(1-held.Partition)).HighWatermark
	for range others {
		m := next(t, out)
		if at, _ := kafka.PlaceOf(m.Context()); at.Partition == held.Partition {
			t.Fatalf("offset %d was delivered while offset %d waits", at.Offset, held.Offset)
		}
		m.Ack()
	}
	must(t, sub.Close())
}

func TestABrokerThatRejectsIsTriedAgainAndThenNamed(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(1, "rejected"))
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: 2})
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	must(t, pub.Publish("rejected", keyed("1", "", "x")))
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	if err := pub.Publish("rejected", keyed("2", "", "secret")); err == nil || !strings.Contains(err.Error(), "Topic Authorization Failed") || strings.Contains(err.Error(), "secret") {
		t.Errorf("refused: %v", err)
	}
}

func TestAFollowingBatchIsNotSentWhenOneFailed(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(1, "batches"))
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.TopicAuthorizationFailed, Count: 1})
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster, MaxBytes: 100_000})
	first, second := keyed("1", "k", strings.Repeat("a", 90_000)), keyed("2", "k", strings.Repeat("b", 90_000))
	if err := pub.Publish("batches", first, second); err == nil {
		t.Error("the failure of the first batch was not told")
	}
	if n := c.PartitionInfo("batches", 0).HighWatermark; n != 0 {
		t.Errorf("%d records were written, after one that was not", n)
	}
}

func TestAMessageOfTwentyMegabytesIsRefusedBeforeItIsSent(t *testing.T) {
	c, cluster := fake(t, kfake.SeedTopics(1, "large"))
	requests, _ := produces(c)
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	err := pub.Publish("large", keyed("1", "", "small"), message.NewMessage("2", make([]byte, 20<<20)))
	var tooLarge *kafka.TooLargeError
	if !errors.As(err, &tooLarge) || tooLarge.Index != 1 || tooLarge.Bytes < 20<<20 {
		t.Errorf("refused: %v", err)
	}
	if requests.Load() != 0 {
		t.Error("a part of the call was sent")
	}
}

func TestAMessageOfTwentyMegabytesOfOthersIsPutAsideUndelivered(t *testing.T) {
	c, cluster := fake(t)
	must(t, c.CreateTopic("theirs", 1, map[string]string{"max.message.bytes": "33554432"}))
	must(t, c.CreateTopic("aside", 1, nil))
	theirs := publisher(t, kafka.PublisherConfig{Cluster: cluster, MaxBytes: 32_000_000})
	must(t, theirs.Publish("theirs", message.NewMessage("huge", make([]byte, 20<<20)), keyed("small", "", "x")))
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g", Poison: kafka.Poison{Topic: "aside"}})
	if m := next(t, subscribe(t, sub, "theirs")); m.UUID != "small" {
		t.Errorf("%s was delivered", m.UUID)
	}
	aside := next(t, subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster}), "aside"))
	if aside.UUID != "theirs/0/0" || aside.Metadata[kafka.PoisonReason] != "larger than 1000000 bytes" || len(aside.Payload) != 0 {
		t.Errorf("put aside: %s %v", aside.UUID, aside.Metadata)
	}
}

// mute is a broker that accepts connections and never answers. calls counts
// those that it has read something from.
func mute(t *testing.T) (c kafka.Cluster, calls *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	calls = new(atomic.Int64)
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { // reads, so that nothing but the answer is missing
				defer c.Close()
				for b, n := make([]byte, 1024), 0; ; n++ {
					if _, err := c.Read(b); err != nil {
						return
					}
					if n == 0 {
						calls.Add(1)
					}
				}
			})
		}
	})
	t.Cleanup(func() { _ = l.Close() })
	return kafka.Cluster{Brokers: []string{l.Addr().String()}}, calls
}

func TestCloseDoesNotWaitForABrokerThatDoesNotAnswer(t *testing.T) {
	cluster, calls := mute(t)
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster, CloseTimeout: 50 * time.Millisecond})
	failed := make(chan error, 1)
	go func() { failed <- pub.Publish("t", keyed("1", "", "")) }()
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g", CloseTimeout: 50 * time.Millisecond})
	out := subscribe(t, sub, "t")
	until(t, "nobody speaks to the broker", func() bool { return calls.Load() >= 2 })
	began := time.Now()
	_ = pub.Close()
	_ = sub.Close()
	if took := time.Since(began); took > 8*time.Second { // less than the limit of any request
		t.Errorf("it took %v", took)
	}
	if _, open := <-out; open {
		t.Error("the subscription goes on")
	}
	select {
	case err := <-failed:
		if err == nil {
			t.Error("what was not published was acknowledged")
		}
	case <-time.After(patience):
		t.Error("Publish still waits")
	}
	if err := pub.Publish("t", keyed("2", "", "")); !errors.Is(err, kafka.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := sub.Subscribe(t.Context(), "t"); !errors.Is(err, kafka.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestHealthSaysWhatKeepsASubscriptionFromReading(t *testing.T) {
	c, cluster := fake(t)
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"})
	must(t, sub.Health(t.Context()))
	out := subscribe(t, sub, "later")
	until(t, "the missing topic was not told", func() bool {
		err := sub.Health(t.Context())
		return err != nil && strings.Contains(err.Error(), "later")
	})
	must(t, c.CreateTopic("later", 1, nil))
	must(t, publisher(t, kafka.PublisherConfig{Cluster: cluster}).Publish("later", keyed("1", "", "")))
	next(t, out).Ack()
	until(t, "the topic is there and health does not say so", func() bool { return sub.Health(t.Context()) == nil })
}

func TestTheLagOfAPartitionIsToldUntilItIsGivenAway(t *testing.T) {
	_, cluster := fake(t, kfake.SeedTopics(1, "lagging"))
	numbers := prometheus.NewRegistry()
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	must(t, pub.Publish("lagging", keyed("1", "", ""), keyed("2", "", ""), keyed("3", "", "")))
	sub := subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g", Metrics: kafka.NewMetrics(numbers)})
	out := subscribe(t, sub, "lagging")
	lag := func(n int) string {
		return fmt.Sprintf("# HELP kafka_lag_messages Messages of a partition behind its end, as of the last fetch.\n"+
			"# TYPE kafka_lag_messages gauge\nkafka_lag_messages{group=\"g\",partition=\"0\",topic=\"lagging\"} %d\n", n)
	}
	for left := 3; left > 0; left-- {
		m := next(t, out)
		if err := testutil.GatherAndCompare(numbers, strings.NewReader(lag(left)), "kafka_lag_messages"); err != nil {
			t.Error(err)
		}
		m.Ack()
	}
	until(t, "the lag is not told as none", func() bool {
		return testutil.GatherAndCompare(numbers, strings.NewReader(lag(0)), "kafka_lag_messages") == nil
	})
	must(t, sub.Close())
	if n, err := testutil.GatherAndCount(numbers, "kafka_lag_messages"); err != nil || n != 0 {
		t.Errorf("%d partitions are told after the end: %v", n, err)
	}
}

func TestARecordWithoutAnIDIsKnownByItsPlaceAndANullValueStaysNull(t *testing.T) {
	_, cluster := fake(t, kfake.SeedTopics(1, "foreign"))
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster, IDHeader: "another"})
	must(t, pub.Publish("foreign", message.NewMessage("x", nil), message.NewMessage("y", []byte{})))
	out := subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster}), "foreign")
	null := next(t, out)
	if null.UUID != "foreign/0/0" || null.Payload != nil {
		t.Errorf("the first came as %q, %v", null.UUID, null.Payload)
	}
	null.Ack()
	if empty := next(t, out); empty.Payload == nil {
		t.Error("an empty value became none")
	}
}

// onPort starts a broker on a port that no connection is given as its own end, so
// that it finds it free when it comes back.
func onPort(t *testing.T, o ...kfake.Opt) (c *kfake.Cluster, port int) {
	t.Helper()
	err := errors.New("no port was tried")
	for tries := 0; err != nil && tries < 1_000; tries++ {
		port = 20_000 + rand.IntN(12_000) // below what systems give to connections
		c, err = kfake.NewCluster(append(o, kfake.NumBrokers(1), kfake.Ports(port))...)
	}
	must(t, err)
	return c, port
}

func TestABrokerThatGoesAwayAndComesBackLosesNothing(t *testing.T) {
	dir := t.TempDir()
	c, port := onPort(t, kfake.DataDir(dir), kfake.SyncWrites(), kfake.SeedTopics(2, "kept"))
	cluster := kafka.Cluster{Brokers: c.ListenAddrs()}
	pub := publisher(t, kafka.PublisherConfig{Cluster: cluster})
	out := subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"}), "kept")
	const total = 60
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	published := make(chan struct{})
	half := make(chan struct{})
	go func() {
		defer close(published)
		for i := range total {
			if i == total/2 {
				close(half)
			}
			for ctx.Err() == nil && pub.Publish("kept", keyed(fmt.Sprint(i), fmt.Sprint(i%5), "")) != nil {
			}
		}
	}()
	<-half
	c.Close()
	var err error
	until(t, "another program keeps the port of the broker", func() bool {
		c, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(dir), kfake.Ports(port))
		return err == nil
	})
	defer c.Close()
	<-published
	got := make(map[string]bool)
	for len(got) < total {
		m := next(t, out)
		got[m.UUID] = true
		m.Ack()
	}
}
