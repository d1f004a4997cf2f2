package projections

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore/seal"
	"caseledger/schema"
)

// FullEntry is an entry with everything that it says, in plain words.
type FullEntry struct {
	Record   domain.RecordID  `json:"record"`
	Person   string           `json:"person,omitempty"` // as the record names the person
	Entry    uint64           `json:"entry"`
	First    uint64           `json:"firstEntry"` // of the chain of corrections
	Leaf     string           `json:"leaf"`       // its hash in the log, hexadecimal
	Happened domain.Date      `json:"happened,omitzero"`
	Time     string           `json:"time,omitempty"` // hh:mm, of a note that says so
	Recorded time.Time        `json:"recorded"`
	Lateness *int             `json:"latenessDays,omitempty"`
	Late     bool             `json:"late"`
	Kind     string           `json:"kind"`
	Author   domain.Actor     `json:"author"`
	On       domain.Authority `json:"authority"`
	Source   *domain.Source   `json:"source,omitempty"`
	Captured *domain.Captured `json:"captured,omitempty"`
	// Sentence tells it in short, with the meaning of its codes; "" where its own
	// words do.
	Sentence string   `json:"sentence,omitempty"`
	Sayings  []Saying `json:"sayings"`
	// Passages are the words of a note, each with whose they are.
	Passages []note.Passage `json:"passages,omitempty"`
	// Corrects and Voids are the entry that it replaces, or takes out of force as
	// written in error; Reason says why, and Changes what is otherwise.
	Corrects uint64     `json:"corrects,omitzero"`
	Voids    uint64     `json:"voids,omitzero"`
	Reason   string     `json:"reason,omitempty"`
	Changes  []Reworded `json:"changes,omitempty"`
	// OutBy is the entry that took this one out of force, 0 where it is in force.
	OutBy uint64 `json:"outBy,omitzero"`
}

// Saying is one thing that an entry says: a field, or the name of those below it.
type Saying struct {
	Level int    `json:"level"` // 0 is a field of the entry, 1 one inside of that
	Name  string `json:"name"`  // in words: "Decide by"
	Value string `json:"value"`
}

// Reworded is a field that a correction states otherwise.
type Reworded struct {
	Name   string   `json:"name"`
	Before []Saying `json:"before,omitempty"`
	After  []Saying `json:"after,omitempty"`
}

// Sift returns what a reader may see of a field of an entry: the value, less of it,
// or nothing. An object of which nothing may be seen says so in a member "withheld".
type Sift func(e domain.Entry, field string, value jsontext.Value) jsontext.Value

// InFull returns entries of a record with everything that they say, in the order
// in which they are asked for, but for why something is withheld from a reader:
// that would tell it. Of a line of a set of redactions only the ground is told. Leaves are the hashes of the record's leaves, see
// View.Leaves; sift is nil for a reader who may see everything.
func InFull(id domain.RecordID, r record.Record, leaves []string, entries []uint64, sift Sift) ([]FullEntry, error) {
	if sift == nil {
		sift = func(_ domain.Entry, _ string, value jsontext.Value) jsontext.Value { return value }
	}
	out, person := record.OutOfForce(r.Entries), bestName(r.Person).Fact.Given
	all := make([]FullEntry, 0, len(entries))
	for _, seq := range entries {
		e, found := r.Entry(seq)
		if !found || seq > uint64(len(leaves)) {
			return nil, fmt.Errorf("record %s: entry %d: %w", id, seq, ErrNoEntry)
		}
		f, err := fullEntry(r, e, sift)
		if err != nil {
			return nil, fmt.Errorf("record %s: entry %d: %w", id, seq, err)
		}
		f.Record, f.Person, f.Leaf, f.OutBy = id, person, leaves[seq-1], out[seq]
		all = append(all, f)
	}
	return all, nil
}

// ByDay orders entries as a court reads them: oldest first, and what nobody knows
// the day of last.
func ByDay(a, b FullEntry) int {
	if a.Happened.IsZero() != b.Happened.IsZero() {
		return b.Happened.Compare(a.Happened)
	}
	return cmp.Or(a.Happened.Compare(b.Happened), cmp.Compare(a.Record, b.Record), cmp.Compare(a.First, b.First), cmp.Compare(a.Entry, b.Entry))
}

func fullEntry(r record.Record, e domain.Entry, sift Sift) (FullEntry, error) {
	f := FullEntry{Entry: e.Seq, First: firstOf(&r, e), Happened: e.Event.HappenedOn(), Recorded: e.Recorded, Lateness: lateness(e), Kind: typeName(e.Event),
		Author: e.Actor, On: e.Authority, Source: e.Source, Captured: e.Captured, Sentence: sentence(e.Event)}
	f.Late = f.Lateness != nil && *f.Lateness > lateAfterDays
	fields, err := fieldsOf(e.Event)
	for _, one := range fields {
		if one.name == "happened" || err != nil {
			continue
		}
		one.value = hush(e.Event, one)
		value := sift(e, one.name, one.value)
		if one.name == "text" || !bytes.Equal(value, one.value) {
			f.Sentence = "" // it quotes what is told whole, or left out
		}
		if n, is := e.Event.(note.Written); is && one.name == "text" {
			f.Time = n.Time
			f.Passages, err = passagesOf(value)
			continue
		}
		f.Sayings, err = appendSaying(f.Sayings, 0, one.name, value)
	}
	if err == nil {
		err = f.correct(r, e, sift)
	}
	return f, err
}

// hush returns what a field says but for why something is withheld from a reader.
func hush(e domain.Event, f field) jsontext.Value {
	switch e := e.(type) {
	case redaction.Proposed:
		if f.name != "lines" {
			return f.value
		}
		list := []byte{'['}
		for i, l := range e.Lines {
			if i > 0 {
				list = append(list, ',')
			}
			ground, _ := json.Marshal(l.Ground) // a string always can be
			list = append(append(append(list, `{"withheld":`...), ground...), '}')
		}
		return append(list, ']')
	case redaction.Rejected:
		if f.name == "reason" {
			return nil
		}
	}
	return f.value
}

// passagesOf reads the passages of a note, of which some may be left out.
func passagesOf(text jsontext.Value) ([]note.Passage, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var some []struct {
		note.Passage
		Withheld string `json:"withheld"`
	}
	if err := json.Unmarshal(text, &some); err != nil {
		return nil, errFields
	}
	all := make([]note.Passage, len(some))
	for i, one := range some {
		all[i] = one.Passage
		if one.Withheld != "" {
			all[i].Text = "[withheld: " + spaced(one.Withheld) + "]"
		}
	}
	return all, nil
}

// correct says what the entry does to an earlier one.
func (f *FullEntry) correct(r record.Record, e domain.Entry, sift Sift) error {
	if v, ok := e.Event.(correction.EnteredInError); ok {
		f.Voids, f.Reason = v.Entry, v.Reason
		return nil
	}
	if e.Corrects == nil {
		return nil
	}
	f.Corrects, f.Reason = e.Corrects.Entry, e.Corrects.Reason
	all, err := changes(&r, e)
	for _, c := range all {
		if err != nil {
			return err
		}
		one := Reworded{Name: inWords(c.Field)}
		if one.Before, err = appendSaying(nil, 0, c.Field, sift(e, c.Field, c.Before)); err == nil {
			one.After, err = appendSaying(nil, 0, c.Field, sift(e, c.Field, c.After))
		}
		f.Changes = append(f.Changes, one)
	}
	return err
}

// appendSaying appends what a field says: a line, or a line for each part.
func appendSaying(all []Saying, level int, name string, value jsontext.Value) ([]Saying, error) {
	if len(value) == 0 {
		return all, nil
	}
	words := inWords(name)
	switch value.Kind() {
	case '{':
		parts, err := appendMembers(nil, value)
		all = append(all, Saying{Level: level, Name: words})
		for _, p := range parts {
			if err == nil {
				all, err = appendSaying(all, level+1, p.name, p.value)
			}
		}
		return all, err
	case '[':
		return appendList(all, level, name, value)
	}
	return append(all, Saying{level, words, scalar(value)}), nil
}

// appendList appends a list: in one line where its elements are words, and where
// they are sentences that joined are what was typed.
func appendList(all []Saying, level int, name string, list jsontext.Value) ([]Saying, error) {
	elements := elementsOf(list)
	if len(elements) == 0 {
		return all, nil
	}
	if k := elements[0].Kind(); k != '{' && k != '[' {
		texts := make([]string, len(elements))
		for i, e := range elements {
			texts[i] = scalar(e)
		}
		between := ", "
		if name == "text" {
			between = ""
		}
		return append(all, Saying{level, inWords(name), strings.Join(texts, between)}), nil
	}
	var err error
	for i, e := range elements {
		one := name
		if len(elements) > 1 {
			one = fmt.Sprintf("%s %d", name, i+1)
		}
		if all, err = appendSaying(all, level, one, e); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func scalar(value jsontext.Value) string {
	switch value.Kind() {
	case 't':
		return "yes"
	case 'f':
		return "no"
	case 'n':
		return "not given"
	}
	return plain(value)
}

// inWords writes the name of a member as words: decideBy is "Decide by".
func inWords(name string) string {
	var out strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r):
			out.WriteByte(' ')
			r = unicode.ToLower(r)
		case r == '-':
			r = ' '
		}
		out.WriteRune(r)
	}
	return out.String()
}

// Leaves returns the hashes of the leaves of a record, in the order of its entries:
// hexadecimal, as the log and the evidence package have them.
func (v View) Leaves(ctx context.Context, id domain.RecordID) ([]string, error) {
	var all []string
	for e, err := range v.Records.Ledger.Store.ReadStream(ctx, schema.Stream(id), 0) {
		if err != nil {
			return nil, err
		}
		hash := seal.HashLeaf(e.Metadata)
		all = append(all, hex.EncodeToString(hash[:]))
	}
	return all, nil
}
