package projections

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/record"
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
	// Entry makes the difference. Of two moments of one story it is the one that
	// says what is new, or takes out what is gone; where only the day asked for
	// makes the difference, the one that had happened on one of the days alone.
	Entry    uint64      `json:"entry"`
	Author   string      `json:"author"`
	Happened domain.Date `json:"happened,omitzero"`
	Recorded time.Time   `json:"recorded"`
	// Lateness is how many days after it happened that entry was recorded; nil
	// when nobody knows the day.
	Lateness *int `json:"latenessDays,omitempty"`
}

// subject is what entries of one type say about one thing: the latest in force
// holds.
type subject struct{ about, name string }

func subjectOf(e domain.Entry) subject { return subject{e.Event.About(), typeName(e.Event)} }

// side is a record from one point of view.
type side struct {
	entries []domain.Entry // all that were known
	on      domain.Date    // zero: whatever the day
	out     map[uint64]uint64
	told    map[subject]uint64 // the number of the entry
}

func sideOf(r record.Record, at Moment) side {
	entries := r.Entries
	if at.Entry > 0 && at.Entry < uint64(len(entries)) {
		entries = entries[:at.Entry:at.Entry]
	}
	if !at.Known.IsZero() {
		entries = record.KnownAt(entries, at.Known)
	}
	return view(entries, at.On)
}

func view(entries []domain.Entry, on domain.Date) side {
	s := side{entries: entries, on: on, out: record.OutOfForce(entries), told: make(map[subject]uint64, len(entries))}
	for _, e := range entries {
		if _, gone := s.out[e.Seq]; !gone && s.happened(e) {
			if key := subjectOf(e); s.isLater(e, s.told[key]) {
				s.told[key] = e.Seq
			}
		}
	}
	return s
}

// isLater reports whether e comes after the other entry, or none, in the order of
// the world, as record.Effective has it.
func (s side) isLater(e domain.Entry, than uint64) bool {
	if than == 0 {
		return true
	}
	other, of := s.entries[than-1], record.Record{Entries: s.entries}
	return cmp.Or(e.Event.HappenedOn().Compare(other.Event.HappenedOn()), cmp.Compare(firstOf(&of, e), firstOf(&of, other)), cmp.Compare(e.Seq, other.Seq)) > 0
}

// entry returns the entry that tells something of a subject, the zero value for
// none.
func (s side) entry(of subject) domain.Entry {
	if n := s.told[of]; n > 0 {
		return s.entries[n-1]
	}
	return domain.Entry{}
}

// happened reports whether an entry is of a day that this side looks at.
func (s side) happened(e domain.Entry) bool {
	return s.on.IsZero() || !e.Event.HappenedOn().After(s.on)
}

// without returns the entry for which this side does not go by e, and the other
// does: e itself where it was not known or had not happened here, the one that took
// it out of force here, or put it back there; or false where another simply stands
// in its place.
func (s side) without(other side, e domain.Entry) (domain.Entry, bool) {
	if !s.knows(e) || !s.happened(e) {
		return e, true
	}
	by, gone := s.out[e.Seq]
	if !gone {
		return domain.Entry{}, false
	}
	for e = s.entries[by-1]; other.knows(e); e = s.entries[by-1] {
		if by, gone = other.out[e.Seq]; !gone {
			break
		}
		s, other = other, s
	}
	return e, true
}

func (s side) knows(e domain.Entry) bool { return e.Seq <= uint64(len(s.entries)) }

// Replay returns what the record said as known at a time and as true on a day:
// the latest entry in force of each type about each thing, field by field.
func Replay(r record.Record, at Moment) ([]Fact, error) {
	s := sideOf(r, at)
	subjects := slices.SortedFunc(maps.Keys(s.told), func(a, b subject) int {
		return cmp.Or(cmp.Compare(a.about, b.about), cmp.Compare(s.told[a], s.told[b]))
	})
	facts := make([]Fact, 0, 8*len(subjects))
	for _, of := range subjects {
		e := s.entry(of)
		fields, err := sortedFields(e.Event)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		one := Fact{About: of.about, Type: of.name, Happened: e.Event.HappenedOn(), Entry: e.Seq, Author: e.Actor.ID, Recorded: e.Recorded}
		for _, f := range fields {
			one.Field, one.Value = f.name, plain(f.value)
			facts = append(facts, one)
		}
	}
	return facts, nil
}

// Compare returns the differences of a record from one moment to another, in
// the order of the things they are about.
func Compare(r record.Record, from, to Moment) ([]Difference, error) {
	before, after := sideOf(r, from), sideOf(r, to)
	all := maps.Clone(before.told)
	maps.Copy(all, after.told)
	return compare(before, after, maps.Keys(all))
}

func compare(before, after side, subjects func(func(subject) bool)) ([]Difference, error) {
	var all []Difference
	for s := range subjects {
		was, is := before.entry(s), after.entry(s)
		if was.Seq == is.Seq {
			continue
		}
		some, err := differences(s, was, is, maker(before, after, was, is))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.About, b.About), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Field, b.Field))
	})
	return all, nil
}

// maker returns the entry that makes the difference between what two sides go
// by, of which one may go by nothing.
func maker(before, after side, was, is domain.Entry) domain.Entry {
	if is.Seq > 0 {
		if e, found := before.without(after, is); found {
			return e
		}
	}
	if was.Seq > 0 {
		if e, found := after.without(before, was); found {
			return e
		}
	}
	return is
}

func differences(s subject, was, is, by domain.Entry) ([]Difference, error) {
	before, err := fieldsOf(was.Event)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", was.Seq, err)
	}
	after, err := fieldsOf(is.Event)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", is.Seq, err)
	}
	var all []Difference
	for _, c := range difference(before, after) {
		d := Difference{About: s.about, Type: s.name, Field: c.Field, Change: "changed", Before: plain(c.Before), After: plain(c.After),
			Entry: by.Seq, Author: by.Actor.ID, Happened: by.Event.HappenedOn(), Recorded: by.Recorded, Lateness: lateness(by)}
		switch {
		case c.Before == nil:
			d.Change = "added"
		case c.After == nil:
			d.Change = "removed"
		}
		all = append(all, d)
	}
	return all, nil
}

// Step is one entry, and what it made of the record.
type Step struct {
	Entry    uint64      `json:"entry"`
	Type     string      `json:"type"`
	About    string      `json:"about"`
	Happened domain.Date `json:"happened,omitzero"`
	Recorded time.Time   `json:"recorded"`
	Lateness *int        `json:"latenessDays,omitempty"`
	Author   string      `json:"author"`
	Role     string      `json:"role"`
	Agency   string      `json:"agency"`
	Sentence string      `json:"sentence"`
	// Changes are from the record before the entry to the record with it. There
	// are none where the record goes by another entry, or the day is a later one.
	Changes []Difference `json:"changes"`
}

// Steps returns at most limit entries of a record after one of them, each with
// the record before and after it, as far as they were known at a moment and
// true on its day.
func Steps(r record.Record, at Moment, after uint64, limit int) ([]Step, error) {
	known := sideOf(r, at).entries
	if after >= uint64(len(known)) {
		return []Step{}, nil
	}
	now, steps := view(known[:after:after], at.On), []Step{}
	for _, e := range known[after:min(len(known), int(after)+limit)] {
		then := now
		touched := now.add(known[:e.Seq:e.Seq], e)
		step := Step{Entry: e.Seq, Type: typeName(e.Event), About: e.Event.About(), Happened: e.Event.HappenedOn(), Recorded: e.Recorded, Lateness: lateness(e),
			Author: e.Actor.ID, Role: e.Actor.Role, Agency: e.Actor.Agency, Sentence: sentence(e.Event)}
		var err error
		if step.Changes, err = compare(then, now, touched); err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// add moves the side on by one entry, the last of entries, and returns what it
// can have changed. Only an entry that takes others out of force makes it look at
// all of them again; the side as it was stays as it is.
func (s *side) add(entries []domain.Entry, e domain.Entry) func(func(subject) bool) {
	if target(e) != 0 {
		before := s.told
		*s = view(entries, s.on)
		all := maps.Clone(before)
		maps.Copy(all, s.told)
		return maps.Keys(all)
	}
	s.entries = entries
	key := subjectOf(e)
	if s.happened(e) && s.isLater(e, s.told[key]) {
		s.told = maps.Clone(s.told)
		s.told[key] = e.Seq
	}
	return func(yield func(subject) bool) { yield(key) }
}

func sortedFields(e domain.Event) ([]field, error) {
	fields, err := fieldsOf(e)
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return fields, err
}

// plain returns a JSON string without its quotes, and other values as they are.
func plain(value jsontext.Value) string {
	if s, err := jsontext.AppendUnquote(nil, value); err == nil {
		return string(s)
	}
	return string(value)
}
