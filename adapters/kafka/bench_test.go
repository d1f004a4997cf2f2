package kafka_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"caseledger/adapters/kafka"
)

// benchTopic makes a topic of its own on the broker of CASELEDGER_KAFKA.
func benchTopic(b *testing.B, partitions int) (kafka.Cluster, string) {
	b.Helper()
	cluster, topic := real(b), "bench-"+watermill.NewShortUUID()
	s, err := kafka.NewSubscriber(kafka.SubscriberConfig{Cluster: cluster, Topic: kafka.Topic{Partitions: partitions}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.SubscribeInitialize(topic); err != nil {
		b.Fatal(err)
	}
	return cluster, topic
}

// benchMessages are n messages of 200 bytes of 1,000 keys, n being
// CASELEDGER_BENCH_MESSAGES or 500,000.
func benchMessages(b *testing.B) []*message.Message {
	b.Helper()
	n := 500_000
	if text := os.Getenv("CASELEDGER_BENCH_MESSAGES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	all := make([]*message.Message, n)
	for i := range all {
		all[i] = message.NewMessage(fmt.Sprintf("%032x", i), make([]byte, 200))
		all[i].Metadata[kafka.KeyMetadata] = fmt.Sprintf("%032x", i%1_000)
	}
	return all
}

// BenchmarkPublish publishes in calls of 5,000 messages, as the outbound
// follower does, and waits for each call's acknowledgement by all replicas.
func BenchmarkPublish(b *testing.B) {
	cluster, topic := benchTopic(b, 4)
	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: cluster, IDHeader: "ce_id"})
	if err != nil {
		b.Fatal(err)
	}
	defer pub.Close()
	all := benchMessages(b)
	if err := pub.Publish(topic, all[:1]...); err != nil { // connects
		b.Fatal(err)
	}
	for b.Loop() {
		for at := 0; at < len(all); at += 5_000 {
			if err := pub.Publish(topic, all[at:min(at+5_000, len(all))]...); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkPublishOne publishes message by message, from 20 goroutines.
func BenchmarkPublishOne(b *testing.B) {
	cluster, topic := benchTopic(b, 4)
	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: cluster})
	if err != nil {
		b.Fatal(err)
	}
	defer pub.Close()
	var n atomic.Int64
	b.SetParallelism(10)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := pub.Publish(topic, message.NewMessage(strconv.FormatInt(n.Add(1), 10), []byte("x"))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkColdConsumer reads a topic from its beginning as a new group, and
// acknowledges every message.
func BenchmarkColdConsumer(b *testing.B) {
	cluster, topic := benchTopic(b, 4)
	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: cluster})
	if err != nil {
		b.Fatal(err)
	}
	defer pub.Close()
	all := benchMessages(b)
	if err := pub.Publish(topic, all...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{Cluster: cluster, Group: topic + watermill.NewShortUUID()})
		if err != nil {
			b.Fatal(err)
		}
		out, err := sub.Subscribe(context.Background(), topic)
		if err != nil {
			b.Fatal(err)
		}
		for range all {
			(<-out).Ack()
		}
		if err := sub.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "messages/s")
}
