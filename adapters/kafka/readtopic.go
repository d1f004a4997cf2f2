package kafka

import (
	"context"
	"fmt"

	"github.com/ThreeDotsLabs/watermill/message"
	kgo "github.com/segmentio/kafka-go"
)

// ReadTopic gives every message that a topic holds now to do, each partition in
// order, and returns when it has come to the end that the topic had when it
// began, or with do's first error. It is a member of no group and remembers
// nothing. Only Cluster, IDHeader, FetchBytes and FetchWait of the configuration
// count.
func ReadTopic(ctx context.Context, c SubscriberConfig, topic string, do func(*message.Message) error) error {
	s, err := NewSubscriber(SubscriberConfig{Cluster: c.Cluster, IDHeader: c.IDHeader, FetchBytes: c.FetchBytes, FetchWait: c.FetchWait})
	if err != nil {
		return err
	}
	defer s.Close()
	partitions, err := s.client.partitions(ctx, topic)
	if err != nil {
		return err
	}
	sub := &subscription{Subscriber: s, topic: topic, ctx: ctx}
	for _, p := range partitions {
		if err := sub.worker(p, kgo.FirstOffset, nil).readToEnd(ctx, do); err != nil {
			return fmt.Errorf("kafka: topic %s: partition %d: %w", topic, p, err)
		}
	}
	return nil
}

// readToEnd gives each record up to the end as it is now to do.
func (w *worker) readToEnd(ctx context.Context, do func(*message.Message) error) error {
	first, last, err := w.bounds(ctx)
	if err != nil {
		return err
	}
	for w.offset = first; w.offset < last; {
		records, err := w.fetch(ctx)
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := do(w.format.message(r)); err != nil {
				return err
			}
			w.offset = r.Offset + 1
		}
	}
	return nil
}
