package projections

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/schema"
)

// Fact is one field of what a record said at a moment, with the entry that
// said it.
type Fact struct {
	About    string      `json:"about"`    // the thing: "referral/r1"; "" is the person
	Type     string      `json:"type"`     // of the event: "referral.received"
	Field    string      `json:"field"`    // member of the event
	Value    string      `json:"value"`    // JSON text; of strings, the string
	Happened domain.Date `json:"happened"` // of the event
	Entry    uint64      `json:"entry"`
	Author   string      `json:"author"`
	Recorded time.Time   `json:"recorded"`
}

// Difference is a fact that is not the same at two moments.
type Difference struct {
	About  string `json:"about"`
	Type   string `json:"type"`
	Field  string `json:"field"`
	Change string `json:"change"` // added, removed, changed
	Before string `json:"before"`
	After  string `json:"after"`
	// Entry made the difference: it says what is new, or took out what is gone;
	// 0 where only the day asked for makes it.
	Entry    uint64    `json:"entry"`
	Author   string    `json:"author"`
	Recorded time.Time `json:"recorded"`
}

// Replay returns what the record said as known at a time and as true on a day:
// the latest entry in force of each type about each thing, field by field. A
// zero time means now, a zero day whatever the day.
func Replay(codec schema.Codec, r record.Record, known time.Time, on domain.Date) ([]Fact, error) {
	entries := r.Entries
	if !known.IsZero() {
		entries = record.KnownAt(entries, known)
	}
	effective := record.Effective(entries)
	if !on.IsZero() {
		effective = record.TrueOn(effective, on)
	}
	type key struct{ about, name string }
	latest := make(map[key]domain.Entry)
	for _, e := range effective {
		t, ok := codec.TypeOf(e.Event)
		if !ok {
			return nil, fmt.Errorf("entry %d: %T is not in the catalogue", e.Seq, e.Event)
		}
		latest[key{e.Event.About(), t.Name}] = e
	}
	var facts []Fact
	for k, e := range latest {
		fields, err := members(e.Event)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		for _, f := range fields {
			facts = append(facts, Fact{About: k.about, Type: k.name, Field: f.name, Value: f.value,
				Happened: e.Event.HappenedOn(), Entry: e.Seq, Author: e.Actor.ID, Recorded: e.Recorded})
		}
	}
	slices.SortFunc(facts, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.About, b.About), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Field, b.Field))
	})
	return facts, nil
}

// Compare returns the differences from one replay of a record to another, in
// the order of the things they are about. r tells which entries took out what
// is gone.
func Compare(r record.Record, before, after []Fact) []Difference {
	type key struct{ about, name, field string }
	was := make(map[key]Fact)
	for _, f := range before {
		was[key{f.About, f.Type, f.Field}] = f
	}
	var out []Difference
	for _, f := range after {
		k := key{f.About, f.Type, f.Field}
		old, known := was[k]
		delete(was, k)
		if known && old.Value == f.Value {
			continue
		}
		d := Difference{About: f.About, Type: f.Type, Field: f.Field, Change: "added", Before: old.Value, After: f.Value,
			Entry: f.Entry, Author: f.Author, Recorded: f.Recorded}
		if known {
			d.Change = "changed"
		}
		out = append(out, d)
	}
	for _, f := range was {
		out = append(out, removed(r, f))
	}
	slices.SortFunc(out, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.About, b.About), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Field, b.Field))
	})
	return out
}

func removed(r record.Record, f Fact) Difference {
	d := Difference{About: f.About, Type: f.Type, Field: f.Field, Change: "removed", Before: f.Value}
	if inForce, by := r.InForce(f.Entry); !inForce {
		e, _ := r.Entry(by)
		d.Entry, d.Author, d.Recorded = by, e.Actor.ID, e.Recorded
	}
	return d
}

type member struct{ name, value string }

// members returns the members of an event as they stand in its payload.
func members(e domain.Event) ([]member, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	out := make([]member, 0, len(fields))
	for name, value := range fields {
		out = append(out, member{name, plain(value)})
	}
	slices.SortFunc(out, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	return out, nil
}

// plain returns a JSON string without its quotes, and other values as they are.
func plain(value jsontext.Value) string {
	var s string
	if value.Kind() == '"' && json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}
