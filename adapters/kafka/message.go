package kafka

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	kgo "github.com/segmentio/kafka-go"
)

// KeyMetadata is the metadata that holds a record's key. It becomes the key and
// not a header, both ways; a message without it has no key and goes to the
// partitions in turn.
const KeyMetadata = "kafka_key"

// DefaultIDHeader is the header that bears Message.UUID where no other is
// named. It is that of Watermill's own adapter.
const DefaultIDHeader = "_watermill_message_uuid"

// Place is where a message stands in Kafka.
type Place struct {
	Topic     string
	Partition int
	Offset    int64
	Time      time.Time // as the producer or the broker stated
}

type placeKey struct{}

// PlaceOf returns where a delivered message stands, from its context.
func PlaceOf(ctx context.Context) (Place, bool) {
	p, ok := ctx.Value(placeKey{}).(Place)
	return p, ok
}

// format says which header bears the id.
type format struct{ id string }

func formatWith(header string) format {
	if header == "" {
		return format{DefaultIDHeader}
	}
	return format{header}
}

// record makes a record of a message: metadata become headers, sorted by name,
// so that one message always has the same bytes. A payload that is nil becomes
// a null value, which a compacted topic takes as the end of its key.
func (f format) record(topic string, m *message.Message) kgo.Message {
	r := kgo.Message{Topic: topic, Value: m.Payload, Headers: make([]kgo.Header, 0, len(m.Metadata)+1)}
	r.Headers = append(r.Headers, kgo.Header{Key: f.id, Value: []byte(m.UUID)})
	for _, name := range slices.Sorted(maps.Keys(m.Metadata)) {
		switch name {
		case f.id:
		case KeyMetadata:
			r.Key = []byte(m.Metadata[name])
		default:
			r.Headers = append(r.Headers, kgo.Header{Key: name, Value: []byte(m.Metadata[name])})
		}
	}
	return r
}

// message makes a message of a record. One that bears no id is known by its
// place, which is the same at every delivery. Of two headers with one name the
// last counts, as Kafka has it.
func (f format) message(r kgo.Message) *message.Message {
	m := message.NewMessage("", r.Value)
	for _, h := range r.Headers {
		if h.Key == f.id {
			m.UUID = string(h.Value)
			continue
		}
		m.Metadata[h.Key] = string(h.Value)
	}
	delete(m.Metadata, KeyMetadata) // a header cannot pass for the key
	if r.Key != nil {
		m.Metadata[KeyMetadata] = string(r.Key)
	}
	if m.UUID == "" {
		m.UUID = fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset)
	}
	return m
}

// size is what a record counts against the limits: key, value and headers.
func size(r kgo.Message) int {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}
