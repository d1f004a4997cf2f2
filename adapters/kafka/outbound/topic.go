package outbound

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/kafka"
	"caseledger/eventstore"
	"caseledger/eventstore/seal"
	"caseledger/schema"
)

// What an event carries.
const (
	PayloadNotice = "notice" // that it was recorded; no personal data
	PayloadSealed = "sealed" // the ciphertext, and the leaf as a header
	PayloadOpen   = "open"   // the fields that the policy names, as a JSON object
)

// LeafHeader bears the leaf of a sealed event, as it was signed.
const LeafHeader = "leaf"

// Topic is where events go, and what they carry there.
type Topic struct {
	Topic   string   `json:"topic"`
	Payload string   `json:"payload,omitzero"` // "notice", "sealed" or "open"; notice if it is not given
	Types   []string `json:"types,omitempty"`  // of events, by name: "referral.received"; all if none is given
	// Fields are, of a topic with open payloads, the members of each type of
	// event that leave. Events of other types go as notices.
	Fields map[string][]string `json:"fields,omitempty"`
	// Basis and Purpose are, of a topic with open payloads, the legal basis and
	// the purpose for which its readers may have them. They stand in the entry
	// of each batch that leaves.
	Basis   string `json:"basis,omitzero"`
	Purpose string `json:"purpose,omitzero"`
}

// Limits on a topic's configuration.
const (
	maxTypes  = 1_000
	maxFields = 100
)

// check says what is wrong with a configuration.
func (t Topic) check() error {
	if !kafka.TopicName(t.Topic) {
		return errors.New("outbound: a topic has 1 to 200 characters of a-z A-Z 0-9 . _ -")
	}
	if !slices.Contains([]string{"", PayloadNotice, PayloadSealed, PayloadOpen}, t.Payload) {
		return fmt.Errorf("outbound: topic %s: a payload is notice, sealed or open", t.Topic)
	}
	if isOpen := t.Payload == PayloadOpen; isOpen != (len(t.Fields) > 0) || isOpen != (t.Basis != "") || isOpen != (t.Purpose != "") {
		return fmt.Errorf("outbound: topic %s: an open payload, and only one, names its fields, legal basis and purpose", t.Topic)
	}
	if len(t.Types) > maxTypes || len(t.Fields) > maxTypes {
		return fmt.Errorf("outbound: topic %s: more than %d types", t.Topic, maxTypes)
	}
	known := make(map[string]schema.EventType)
	for _, e := range schema.Events() {
		known[e.Name] = e
	}
	for _, name := range t.Types {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("outbound: topic %s: there is no event %q", t.Topic, name)
		}
	}
	for name, fields := range t.Fields {
		e, ok := known[name]
		if !ok || len(fields) == 0 || len(fields) > maxFields {
			return fmt.Errorf("outbound: topic %s: %q is no event with 1 to %d fields", t.Topic, name, maxFields)
		}
		for _, field := range fields {
			if !slices.Contains(e.Members(), field) {
				return fmt.Errorf("outbound: topic %s: event %s has no field %q", t.Topic, name, field)
			}
		}
	}
	return nil
}

func (t Topic) release() Release { return Release{t.Topic, t.Basis, t.Purpose} }

func (t Topic) most() int {
	if t.Payload == PayloadOpen {
		return openEvents
	}
	return batchEvents
}

// wants reports whether an event goes to the topic: only persons' records do.
func (t Topic) wants(e eventstore.Recorded) bool {
	_, isRecord := schema.RecordOf(e.Stream)
	return isRecord && (len(t.Types) == 0 || slices.Contains(t.Types, schema.NameOf(e.Type)))
}

// render makes the message of an event, and reports whether it holds content.
func (t Topic) render(l Ledger, e eventstore.Recorded) (*message.Message, bool, error) {
	n, err := schema.NoticeOf(l.Name, e)
	if err != nil {
		return nil, false, err
	}
	m := cloudEvent(n)
	switch t.Payload {
	case PayloadSealed:
		m.Payload = e.Data
		m.Metadata[LeafHeader], m.Metadata[ContentType] = string(e.Metadata), "application/octet-stream"
	case PayloadOpen:
		content, err := t.open(l, e)
		if err != nil || content == nil {
			return m, false, err
		}
		m.Payload = content
		m.Metadata[ContentType], m.Metadata["ce_dataschema"] = "application/json", "urn:caseledger:event:"+e.Type
		return m, true, nil
	}
	return m, false, nil
}

// ContentType is the header that says what a message's value is.
const ContentType = "content-type"

// cloudEvent is a notice in the binary mode of CloudEvents for Kafka. Its value
// is empty and not null: a null value would end a compacted topic's key.
func cloudEvent(n schema.Notice) *message.Message {
	m := message.NewMessage(n.ID, []byte{})
	id, _ := schema.RecordOf(n.Subject)
	m.Metadata = message.Metadata{
		"ce_specversion": n.SpecVersion, "ce_source": n.Source, "ce_type": n.Type, "ce_subject": n.Subject,
		"ce_time": n.Time.Format(time.RFC3339Nano), "ce_position": strconv.FormatUint(n.Position, 10), "ce_revision": strconv.FormatUint(n.Revision, 10),
		kafka.KeyMetadata: string(id),
	}
	return m
}

// open returns the fields of an event that the policy names, as they are
// stored. A type that it does not name has none, and neither has an event whose
// key is destroyed.
func (t Topic) open(l Ledger, e eventstore.Recorded) ([]byte, error) {
	fields := t.Fields[schema.NameOf(e.Type)]
	if fields == nil {
		return nil, nil
	}
	opened, err := l.Open(e)
	if errors.Is(err, seal.ErrErased) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(opened.Payload, &members); err != nil {
		return nil, fmt.Errorf("position %d: the payload is no JSON object", e.Position)
	}
	content := make(map[string]jsontext.Value, len(fields))
	for _, f := range fields {
		if value, ok := members[f]; ok {
			content[f] = value
		}
	}
	return json.Marshal(content, json.Deterministic(true))
}
