package schema

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/eventstore/seal"
)

// ofEvents is the codec of the catalogue, for rules that ask about payloads.
var ofEvents = sync.OnceValue(func() Codec { return NewCodec(Events()) })

// Fields returns the fields of an entry as they are sealed (see package seal),
// each with its value. An upgrade keeps the names of the fields, so that they are
// also those of an entry that was stored in an older version.
func (c Codec) Fields(e domain.Entry) ([]seal.Field, error) {
	kind, payload, err := c.Encode(e)
	if err != nil {
		return nil, err
	}
	fields, err := seal.Split(payload)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return fields, nil
}

// Withhold returns the entry without what stands in some of its fields, by their
// paths, each with the text that takes the place of what was said: every string
// that is not empty becomes it, every other value the zero one. Of a passage only
// the text does, and all that is said about it goes. The given entry stays as it
// is, and what holds the record together is kept: see Holds.
func (c Codec) Withhold(e domain.Entry, texts map[string]string) (domain.Entry, error) {
	kind, payload, err := c.Encode(e) // a copy that shares no memory
	if err != nil {
		return e, err
	}
	out, err := c.Decode(kind, payload)
	if err != nil {
		return e, err
	}
	out.Seq, out.Recorded = e.Seq, e.Recorded
	event := reflect.New(reflect.TypeOf(out.Event)).Elem()
	event.Set(reflect.ValueOf(out.Event))
	for path, text := range texts {
		if v := circumstance(&out, path); v.IsValid() {
			blank(v, text)
		} else if v := member(event, path); v.IsValid() {
			blank(v, text)
		}
	}
	out.Event = event.Interface().(domain.Event)
	return out, nil
}

// Holds reports whether an entry can lose a field without the record telling
// something else: the day of the entry, what it is about, which entry it corrects,
// and which entries a chronology tells.
func (c Codec) Holds(e domain.Entry, path string) (bool, error) {
	without, err := c.Withhold(e, map[string]string{path: "withheld"})
	if err != nil {
		return false, err
	}
	is, was := without.Event, e.Event
	built, _ := was.(chronology.Built)
	rebuilt, _ := is.(chronology.Built)
	return is.About() == was.About() && is.HappenedOn() == was.HappenedOn() && reflect.DeepEqual(rebuilt.Parts, built.Parts), nil
}

// circumstance returns the place in an entry of a field that is not of its event.
// Of a correction only the reason is one: see Holds.
func circumstance(e *domain.Entry, path string) reflect.Value {
	var place any
	switch path {
	case "/actor":
		place = &e.Actor
	case "/authority":
		place = &e.Authority
	case "/request":
		place = &e.Request
	case "/digest":
		place = &e.Digest
	case "/group":
		place = &e.Group
	case "/corrects":
		if e.Corrects == nil {
			return reflect.Value{}
		}
		place = &e.Corrects.Reason
	case "/import":
		place = &e.Source
	case "/policy":
		place = &e.Policy
	case "/captured":
		place = &e.Captured
	default:
		return reflect.Value{}
	}
	return reflect.ValueOf(place).Elem()
}

// member returns the place of a field in an event, the zero value for none.
func member(event reflect.Value, path string) reflect.Value {
	name, index, element := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	for _, f := range reflect.VisibleFields(event.Type()) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.Anonymous || tag != name {
			continue
		}
		v := event.FieldByIndex(f.Index)
		if !element {
			return v
		}
		if n, err := strconv.Atoi(index); err == nil && v.Kind() == reflect.Slice && 0 <= n && n < v.Len() {
			return v.Index(n)
		}
	}
	return reflect.Value{}
}

var (
	dateType = reflect.TypeFor[domain.Date]()
	timeType = reflect.TypeFor[time.Time]()
)

// blank puts text in the place of what a value says.
func blank(v reflect.Value, text string) {
	switch {
	case v.Kind() == reflect.String && v.Len() > 0:
		v.SetString(text)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		blank(v.Elem(), text)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			blank(v.Index(i), text)
		}
	case v.Kind() == reflect.Struct && v.Type() != dateType && v.Type() != timeType:
		if said := v.FieldByName("Text"); said.IsValid() && said.Kind() == reflect.String {
			v.SetZero()
			said.SetString(text)
			return
		}
		for i := range v.NumField() {
			blank(v.Field(i), text)
		}
	default:
		v.SetZero()
	}
}

// partsOf returns the paths of an entry's fields: those that can be withheld, and
// those that hold the record together.
func (c Codec) partsOf(e domain.Entry) (free, fixed []string) {
	fields, err := c.Fields(e)
	if err != nil {
		return nil, nil // an entry that was read is in the catalogue: it has fields
	}
	for _, f := range fields {
		if ok, err := c.Holds(e, f.Path); err == nil && ok {
			free = append(free, f.Path)
		} else {
			fixed = append(fixed, f.Path)
		}
	}
	return free, fixed
}
