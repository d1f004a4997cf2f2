package projections

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/record"
	"caseledger/schema"
)

// usualFields is how many fields space is made for at first.
const usualFields = 12

var errFields = errors.New("the fields of the event cannot be told apart")

// london returns the zone by which the days of acts are reckoned. Package
// schema embeds the zones, so that it is always found.
var london = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
})

var typeNames = sync.OnceValue(func() map[reflect.Type]string {
	names := make(map[reflect.Type]string)
	for _, t := range schema.Events() {
		names[t.Go] = t.Name
	}
	return names
})

// typeName returns the name of an event in the catalogue. Every entry that was
// read has one.
func typeName(e domain.Event) string { return typeNames()[reflect.TypeOf(e)] }

// changes returns the fields that an entry states otherwise than the entry that
// stood for the same fact until then. An entry that takes another out of force
// takes back all that it states.
func changes(r *record.Record, e domain.Entry) ([]FieldChange, error) {
	old, after := predecessor(r, e), e.Event
	if v, ok := e.Event.(correction.EnteredInError); ok {
		if voided, found := r.Entry(v.Entry); found {
			old, after = voided.Event, nil
		}
	}
	var space [2][usualFields]field
	was, err := appendFields(space[0][:0], old)
	if err != nil {
		return nil, err
	}
	is, err := appendFields(space[1][:0], after)
	if err != nil {
		return nil, err
	}
	return difference(was, is), nil
}

// predecessor returns the event that stood for the same fact when the entry was
// recorded: later entries are not looked at, so that the answer never changes.
func predecessor(r *record.Record, e domain.Entry) domain.Event {
	if e.Corrects != nil {
		if corrected, found := r.Entry(e.Corrects.Entry); found {
			return corrected.Event
		}
		return nil
	}
	then := r.Entries[:e.Seq-1]
	kind, about := reflect.TypeOf(e.Event), e.Event.About()
	for i := range slices.Backward(then) {
		earlier := then[i].Event
		if reflect.TypeOf(earlier) != kind || earlier.About() != about {
			continue
		}
		if _, gone := record.OutOfForce(then)[then[i].Seq]; !gone {
			return earlier
		}
	}
	return nil
}

// field is a member of an event as the ledger stores it.
type field struct {
	name  string
	value jsontext.Value
}

// fieldsOf returns the members of what the event is as JSON.
func fieldsOf(e domain.Event) ([]field, error) { return appendFields(nil, e) }

func appendFields(to []field, e domain.Event) ([]field, error) {
	if e == nil {
		return to, nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		return nil, errFields
	}
	return appendMembers(to, text)
}

// appendMembers appends the members of an object. The text is our own encoder's, so
// that nothing stands between its parts.
func appendMembers(to []field, text []byte) ([]field, error) {
	if len(text) < len("{}") {
		return nil, errFields
	}
	names := string(text) // at once, and then in parts
	for rest := text[1:]; len(rest) > 1; {
		name, value := valueEnd(rest), 0
		if rest[0] == '"' && name < len(rest) && rest[name] == ':' {
			value = name + 1 + valueEnd(rest[name+1:])
		}
		if value == 0 || value >= len(rest) {
			return nil, errFields
		}
		begin := len(text) - len(rest)
		to = append(to, field{names[begin+1 : begin+name-1], jsontext.Value(rest[name+1 : value : value])})
		rest = rest[value+1:] // after the comma or the closing brace
	}
	return to, nil
}

// elementsOf returns the elements of a list that our own encoder wrote.
func elementsOf(list []byte) []jsontext.Value {
	var all []jsontext.Value
	for rest := list[1:]; len(rest) > 1; {
		end := valueEnd(rest)
		all = append(all, jsontext.Value(rest[:end:end]))
		rest = rest[min(end+1, len(rest)):] // after the comma or the closing bracket
	}
	return all
}

// valueEnd returns where the value ends with which a text begins: at the first
// comma, colon or closing bracket that is not inside of it.
func valueEnd(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			i = quoteEnd(text, i)
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == ':' || c == '}' || c == ']'):
			return i
		case c == '}' || c == ']':
			depth--
		}
	}
	return len(text)
}

// quoteEnd returns where the string ends whose first quotation mark is at open.
func quoteEnd(text []byte, open int) int {
	for at := open + 1; at < len(text); at++ {
		n := bytes.IndexByte(text[at:], '"')
		if n < 0 {
			break
		}
		at += n
		escapes := 0
		for text[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at
		}
	}
	return len(text)
}

// difference lists what is otherwise, in the order of the fields; what is no
// longer stated comes last.
func difference(was, is []field) []FieldChange {
	all := make([]FieldChange, 0, len(is))
	for _, f := range is {
		before := valueOf(was, f.name)
		if !bytes.Equal(before, f.value) {
			all = append(all, FieldChange{Field: f.name, Before: before, After: f.value})
		}
	}
	for _, f := range was {
		if valueOf(is, f.name) == nil {
			all = append(all, FieldChange{Field: f.name, Before: f.value})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func valueOf(all []field, name string) jsontext.Value {
	for _, f := range all {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// changesText is the list as JSON.
func changesText(all []FieldChange) (string, error) {
	var space [usualText]byte
	text := append(space[:0], '[')
	for i, c := range all {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, `{"field":`...)
		var err error
		if text, err = jsontext.AppendQuote(text, c.Field); err != nil {
			return "", err
		}
		if c.Before != nil {
			text = append(append(text, `,"before":`...), c.Before...)
		}
		if c.After != nil {
			text = append(append(text, `,"after":`...), c.After...)
		}
		text = append(text, '}')
	}
	return string(append(text, ']')), nil
}
