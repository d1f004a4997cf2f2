package kafka_test

import (
	"context"
	"fmt"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kfake"

	"caseledger/adapters/kafka"
)

func Example() {
	broker := kfake.MustCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "records"))
	defer broker.Close()
	cluster := kafka.Cluster{Brokers: broker.ListenAddrs()}

	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: cluster})
	if err != nil {
		panic(err)
	}
	defer pub.Close()
	m := message.NewMessage("m-1", []byte("received"))
	m.Metadata[kafka.KeyMetadata] = "record-7"
	if err := pub.Publish("records", m); err != nil {
		panic(err)
	}

	sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{Cluster: cluster, Group: "reports", Poison: kafka.Poison{Topic: "reports.poison"}})
	if err != nil {
		panic(err)
	}
	defer sub.Close()
	messages, err := sub.Subscribe(context.Background(), "records")
	if err != nil {
		panic(err)
	}
	got := <-messages
	at, _ := kafka.PlaceOf(got.Context())
	fmt.Println(got.UUID, got.Metadata[kafka.KeyMetadata], string(got.Payload), at.Offset)
	got.Ack()
	// Output: m-1 record-7 received 0
}
