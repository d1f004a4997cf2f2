package schema

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/eventstore"
)

// What a payload can have wrong. The errors never repeat what it holds.
var (
	errType    = errors.New("the event type is not in the catalogue")
	errVersion = errors.New("the event's version is not in the catalogue: it was written by a newer program")
	errShape   = errors.New("the payload does not have the shape of its type and version")
)

// Codec writes entries as JSON and reads every version back as the latest.
//
// The payload is one JSON object: the circumstances' members, then those of
// the event. The metadata is one JSON object with the moment of recording.
type Codec struct {
	byName map[string]EventType
	byType map[reflect.Type]EventType
}

// NewCodec returns the codec of a catalogue: Events() in the product.
func NewCodec(catalogue []EventType) Codec {
	c := Codec{byName: make(map[string]EventType), byType: make(map[reflect.Type]EventType)}
	for _, t := range catalogue {
		c.byName[t.Name], c.byType[t.Go] = t, t
	}
	return c
}

// payload is an entry as stored. Its own names may not be used by events.
type payload struct {
	Actor     domain.Actor       `json:"actor"`
	Authority domain.Authority   `json:"authority"`
	Request   string             `json:"request"`
	Digest    string             `json:"digest,omitempty"`
	Group     string             `json:"group,omitempty"`
	Corrects  *domain.Correction `json:"corrects,omitempty"`
	Import    *domain.Source     `json:"import,omitempty"`
	Event     jsontext.Value     `json:",embed"`
}

// metadata is what is known of an event without its payload.
type metadata struct {
	Recorded string `json:"recorded"`
}

const recordedLayout = "2006-01-02T15:04:05.000000Z"

// TypeOf returns the catalogue line of an event.
func (c Codec) TypeOf(e domain.Event) (EventType, bool) {
	t, ok := c.byType[reflect.TypeOf(e)]
	return t, ok
}

// Encode implements eventstore.Codec.
func (c Codec) Encode(e domain.Entry) (eventstore.Event, error) {
	t, ok := c.TypeOf(e.Event)
	if !ok {
		return eventstore.Event{}, fmt.Errorf("%T: %w", e.Event, errType)
	}
	event, err := json.Marshal(e.Event)
	if err != nil {
		return eventstore.Event{}, fmt.Errorf("%s: %w", t, errShape)
	}
	data, err := json.Marshal(payload{
		Actor: e.Actor, Authority: e.Authority, Request: e.Request, Digest: e.Digest, Group: e.Group,
		Corrects: e.Corrects, Import: e.Source, Event: event,
	})
	if err != nil {
		return eventstore.Event{}, fmt.Errorf("%s: %w", t, errShape)
	}
	meta, err := json.Marshal(metadata{Recorded: e.Recorded.UTC().Format(recordedLayout)})
	if err != nil {
		return eventstore.Event{}, fmt.Errorf("%s: %w", t, err)
	}
	return eventstore.Event{Type: t.String(), Metadata: meta, Data: data}, nil
}

// Decode implements eventstore.Codec.
func (c Codec) Decode(r eventstore.Recorded) (domain.Entry, error) {
	decode, err := c.version(r.Type)
	if err != nil {
		return domain.Entry{}, err
	}
	var m metadata
	if err := json.Unmarshal(r.Metadata, &m, json.RejectUnknownMembers(true)); err != nil {
		return domain.Entry{}, fmt.Errorf("%s: metadata: %w", r.Type, errShape)
	}
	recorded, err := time.Parse(recordedLayout, m.Recorded)
	if err != nil {
		return domain.Entry{}, fmt.Errorf("%s: metadata: %w", r.Type, errShape)
	}
	var p payload
	// Members that the payload does not name go to Event, so this refuses
	// unknown ones of the circumstances only; the event's reader does the rest.
	if err := json.Unmarshal(r.Data, &p, json.RejectUnknownMembers(true)); err != nil {
		return domain.Entry{}, fmt.Errorf("%s: %w", r.Type, errShape)
	}
	event, err := decode(p.Event)
	if err != nil {
		return domain.Entry{}, fmt.Errorf("%s: %w", r.Type, err)
	}
	return domain.Entry{
		Seq: uint64(r.Revision), Recorded: recorded, Event: event,
		Circumstances: domain.Circumstances{
			Actor: p.Actor, Authority: p.Authority, Request: p.Request, Digest: p.Digest, Group: p.Group,
			Corrects: p.Corrects, Source: p.Import,
		},
	}, nil
}

// version returns the reader of "referral.received/1".
func (c Codec) version(wire string) (func(jsontext.Value) (domain.Event, error), error) {
	name, number, _ := strings.Cut(wire, "/")
	t, ok := c.byName[name]
	if !ok {
		return nil, errType
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(t.versions) || strconv.Itoa(n) != number {
		return nil, errVersion
	}
	return t.versions[n-1].decode, nil
}
