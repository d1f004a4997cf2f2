package schema

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/unmapped"
)

// What a payload can have wrong. The errors never repeat what it holds.
var (
	errType    = errors.New("the event type is not in the catalogue")
	errVersion = errors.New("the event's version is not in the catalogue: it was written by a newer program")
	errShape   = errors.New("the payload does not have the shape of its type and version")
)

// Codec writes the payloads of entries and reads every version back as the
// latest. A payload is one JSON object: the circumstances' members, then those
// of the event. Where an entry stands and when it was recorded are not part of
// it: see Sealed.
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

// payload is an entry as stored.
type payload struct {
	stated
	Event jsontext.Value `json:",embed"`
}

// stated are the circumstances as stored. Their names may not be used by events.
type stated struct {
	Actor     domain.Actor       `json:"actor"`
	Authority domain.Authority   `json:"authority"`
	Request   string             `json:"request"`
	Digest    string             `json:"digest,omitempty"`
	Group     string             `json:"group,omitempty"`
	Corrects  *domain.Correction `json:"corrects,omitempty"`
	Import    *domain.Source     `json:"import,omitempty"`
	Policy    string             `json:"policy,omitempty"`
	Captured  *domain.Captured   `json:"captured,omitempty"`

	Transferred []domain.Transferred `json:"transferred,omitempty"`
}

// TypeOf returns the catalogue line of an event.
func (c Codec) TypeOf(e domain.Event) (EventType, bool) {
	t, ok := c.byType[reflect.TypeOf(e)]
	return t, ok
}

// Encode returns the type and version of the entry's event, and the payload.
func (c Codec) Encode(e domain.Entry) (kind string, text []byte, err error) {
	t, ok := c.TypeOf(e.Event)
	if !ok {
		return "", nil, fmt.Errorf("%T: %w", e.Event, errType)
	}
	event, err := json.Marshal(e.Event)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", t, errShape)
	}
	text, err = json.Marshal(stated{
		Actor: e.Actor, Authority: e.Authority, Request: e.Request, Digest: e.Digest, Group: e.Group,
		Corrects: e.Corrects, Import: e.Source, Policy: e.Policy, Captured: e.Captured, Transferred: e.Transferred,
	})
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", t, errShape)
	}
	return t.String(), joined(text, event), nil
}

// joined is one object with the members of both. Given to json as a value to
// embed, the event would be parsed and written once more.
func joined(circumstances, event []byte) []byte {
	if len(event) == len("{}") {
		return circumstances
	}
	return append(append(circumstances[:len(circumstances)-1], ','), event[1:]...)
}

// Decode is the inverse: it returns the entry without Seq and Recorded.
func (c Codec) Decode(kind string, text []byte) (domain.Entry, error) {
	decode, err := c.version(kind)
	if err != nil {
		return domain.Entry{}, err
	}
	e, ok := decodeHalves(text, decode)
	if !ok {
		e, err = decodeWhole(text, decode)
	}
	if err != nil {
		return domain.Entry{}, fmt.Errorf("%s: %w", kind, err)
	}
	return e, nil
}

// decodeWhole decodes a payload whose members stand in any order.
func decodeWhole(text []byte, decode func(jsontext.Value) (domain.Event, error)) (domain.Entry, error) {
	p := payload{Event: make(jsontext.Value, 0, len(text))}
	// Members that the payload does not name go to Event, so this refuses
	// unknown ones of the circumstances only; the event's reader does the rest.
	if err := json.Unmarshal(text, &p, json.RejectUnknownMembers(true)); err != nil {
		return domain.Entry{}, errShape
	}
	event, err := decode(p.Event)
	return domain.Entry{Circumstances: p.circumstances(), Event: event}, err
}

// decodeHalves decodes a payload in which the circumstances stand before the
// event, as Encode writes them, without reading the event twice. What it does
// not take may be a payload all the same.
func decodeHalves(text []byte, decode func(jsontext.Value) (domain.Event, error)) (domain.Entry, bool) {
	circumstances, event, ok := halves(text)
	if !ok {
		return domain.Entry{}, false
	}
	var p stated
	if err := json.Unmarshal(circumstances, &p, json.RejectUnknownMembers(true)); err != nil {
		return domain.Entry{}, false
	}
	e, err := decode(event)
	return domain.Entry{Circumstances: p.circumstances(), Event: e}, err == nil
}

var statedNames = sync.OnceValue(func() map[string]bool {
	names := make(map[string]bool)
	for f := range reflect.TypeFor[stated]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names[name] = true
	}
	return names
})

// halves returns two objects with the members of one: those before the first
// that is no circumstance, and the others. That both are JSON shows when they
// are decoded: then the text is too.
func halves(text []byte) (circumstances, event []byte, ok bool) {
	names := statedNames()
	for at := 0; at < len(text) && bytes.HasPrefix(text[at+1:], []byte(`"`)); {
		name := at + len(`{"`)
		end := stringEnd(text, name)
		if names[string(text[name:end])] {
			at = memberEnd(text, end)
			continue
		}
		both := append(append(make([]byte, 0, len(text)+len("}{")), text[:at]...), '}')
		both = append(append(both, '{'), text[at+1:]...)
		return both[: at+1 : at+1], both[at+1:], at > 0
	}
	return nil, nil, false
}

// stringEnd returns where the string ends that begins before at.
func stringEnd(text []byte, at int) int {
	for at < len(text) && text[at] != '"' {
		if text[at] == '\\' {
			at++
		}
		at++
	}
	return min(at, len(text))
}

// memberEnd returns where the comma stands that ends a member, or the text does,
// from the end of the member's name on.
func memberEnd(text []byte, at int) int {
	depth := 0
	for at++; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = stringEnd(text, at+1)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				return at
			}
		}
	}
	return len(text)
}

func (p stated) circumstances() domain.Circumstances {
	return domain.Circumstances{
		Actor: p.Actor, Authority: p.Authority, Request: p.Request, Digest: p.Digest, Group: p.Group,
		Corrects: p.Corrects, Source: p.Import, Policy: p.Policy, Captured: p.Captured, Transferred: p.Transferred,
	}
}

// Foreign reads a payload of another ledger. One that the catalogue does not
// know, or not so, is kept word for word, as what an import found: known is
// false then.
func (c Codec) Foreign(kind string, text []byte) (e domain.Entry, known bool) {
	if e, err := c.Decode(kind, text); err == nil {
		return e, true
	}
	var p payload
	if json.Unmarshal(text, &p) != nil {
		p = payload{}
	}
	var day domain.Dated
	if json.Unmarshal(p.Event, &day) != nil {
		day = domain.Dated{}
	}
	sum := sha256.Sum256(text)
	e = domain.Entry{Circumstances: p.circumstances(), Event: unmapped.Kept{Dated: day, ID: hex.EncodeToString(sum[:16]), Element: kind, Text: string(text)}}
	e.Corrects, e.Source = nil, &domain.Source{Kind: ForeignSource, File: hex.EncodeToString(sum[:]), Flags: []domain.Flag{{Rule: "type-unknown", Raw: kind}}}
	return e, false
}

// ForeignSource is the kind of source of an entry that was kept word for word.
const ForeignSource = "caseledger-transfer"

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
