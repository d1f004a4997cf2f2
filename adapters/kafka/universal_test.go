package kafka_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"
	"github.com/twmb/franz-go/pkg/kfake"

	"caseledger/adapters/kafka"
)

// fake starts a broker that is no Kafka but speaks its protocol.
func fake(t *testing.T, o ...kfake.Opt) (*kfake.Cluster, kafka.Cluster) {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second)}, o...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, kafka.Cluster{Brokers: c.ListenAddrs(), ClientID: "test"}
}

// real returns the Apache Kafka that CASELEDGER_KAFKA names.
func real(t testing.TB) kafka.Cluster {
	t.Helper()
	brokers := os.Getenv("CASELEDGER_KAFKA")
	if brokers == "" {
		t.Skip("CASELEDGER_KAFKA names no broker")
	}
	return kafka.Cluster{Brokers: strings.Split(brokers, ","), ClientID: "test"}
}

// suite are the constructors that Watermill's universal suite asks for.
type suite struct {
	cluster    kafka.Cluster
	partitions int
	keyed      bool // messages of one payload stay in order
}

func (s suite) with(t *testing.T, group string) (message.Publisher, message.Subscriber) {
	t.Helper()
	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: s.cluster})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{
		Cluster: s.cluster, Group: group, Topic: kafka.Topic{Partitions: s.partitions}, Heartbeat: 200 * time.Millisecond, FetchWait: 100 * time.Millisecond,
		CloseTimeout: time.Minute, NackPause: time.Millisecond, MaxNackPause: 10 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.keyed {
		return keyedByPayload{pub}, sub
	}
	return pub, sub
}

func (s suite) grouped(t *testing.T) (message.Publisher, message.Subscriber) {
	return s.with(t, "universal-"+t.Name())
}

func (s suite) alone(t *testing.T) (message.Publisher, message.Subscriber) { return s.with(t, "") }

// keyedByPayload gives each message its payload as its key, because the
// suite's test of the order asks that messages of one payload keep theirs.
type keyedByPayload struct{ message.Publisher }

func (k keyedByPayload) Publish(topic string, messages ...*message.Message) error {
	for _, m := range messages {
		m.Metadata.Set(kafka.KeyMetadata, string(m.Payload))
	}
	return k.Publisher.Publish(topic, messages...)
}

// universal are the tests of Watermill's suite, beside TestReconnect: what it
// asks for, within a minute, stands in
// TestABrokerThatGoesAwayAndComesBackLosesNothing with more patience.
var universal = []struct {
	name  string
	test  func(*testing.T, tests.TestContext, tests.PubSubConstructor)
	order bool // speaks of subscriptions that keep an order
}{
	{"PublishSubscribe", tests.TestPublishSubscribe, false},
	{"ConcurrentSubscribe", tests.TestConcurrentSubscribe, false},
	{"ConcurrentSubscribeMultipleTopics", tests.TestConcurrentSubscribeMultipleTopics, false},
	{"ResendOnError", tests.TestResendOnError, false},
	{"NoAck", tests.TestNoAck, true},
	{"ContinueAfterSubscribeClose", tests.TestContinueAfterSubscribeClose, false},
	{"ConcurrentClose", tests.TestConcurrentClose, false},
	{"ContinueAfterErrors", tests.TestContinueAfterErrors, false},
	{"PublishSubscribeInOrder", tests.TestPublishSubscribeInOrder, true},
	{"PublisherClose", tests.TestPublisherClose, false},
	{"Topic", tests.TestTopic, false},
	{"MessageCtx", tests.TestMessageCtx, false},
	{"SubscribeCtx", tests.TestSubscribeCtx, false},
}

// run runs the whole suite. The suite's own runner would skip what the features
// leave out; here it is left out, so that a skipped test stands out.
func (s suite) run(t *testing.T, short bool) {
	t.Helper()
	features := tests.Features{ConsumerGroups: true, Persistent: true, GuaranteedOrder: s.keyed, ForceShort: short}
	for _, one := range universal {
		if one.order && !s.keyed {
			continue
		}
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			one.test(t, tests.TestContext{TestID: tests.NewTestID(), Features: features}, s.grouped)
		})
	}
	t.Run("ConsumerGroups", func(t *testing.T) {
		t.Parallel()
		tests.TestConsumerGroups(t, tests.TestContext{TestID: tests.NewTestID(), Features: features}, s.with)
	})
	t.Run("NewSubscriberReceivesOldMessages", func(t *testing.T) {
		t.Parallel()
		old := features
		old.NewSubscriberReceivesOldMessages = true
		tests.TestNewSubscriberReceivesOldMessages(t, tests.TestContext{TestID: tests.NewTestID(), Features: old}, s.alone)
	})
}

func TestTheUniversalSuitePassesOnAFakeBroker(t *testing.T) {
	_, cluster := fake(t)
	suite{cluster: cluster, partitions: 4}.run(t, true)
}

func TestTheUniversalSuitePassesInOrderOnAFakeBroker(t *testing.T) {
	_, cluster := fake(t)
	suite{cluster: cluster, partitions: 1, keyed: true}.run(t, true)
}

func TestTheUniversalSuitePassesOnKafka(t *testing.T) {
	suite{cluster: real(t), partitions: 4}.run(t, false)
}

func TestTheUniversalSuitePassesInOrderOnKafka(t *testing.T) {
	suite{cluster: real(t), partitions: 4, keyed: true}.run(t, false)
}

// The stress form is several of the suite at once against one broker.
func stress(t *testing.T, cluster kafka.Cluster) {
	t.Helper()
	copies := 3
	if testing.Short() {
		copies = 1
	}
	for i := range copies {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			suite{cluster: cluster, partitions: 2, keyed: true}.run(t, true)
		})
	}
}

func TestTheUniversalSuitePassesUnderStressOnAFakeBroker(t *testing.T) {
	_, cluster := fake(t)
	stress(t, cluster)
}

func TestTheUniversalSuitePassesUnderStressOnKafka(t *testing.T) { stress(t, real(t)) }
