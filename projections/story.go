package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
)

// Story is a chronology for a court, as it was built: the same for ever.
type Story struct {
	Chronology chronology.ID        `json:"chronology"`
	Title      string               `json:"title"`
	Built      time.Time            `json:"built"` // when it was recorded
	By         string               `json:"by"`
	Selection  chronology.Selection `json:"selection"`
	Parts      []StoryPart          `json:"parts"`
	Rows       []StoryRow           `json:"rows"` // oldest first; what nobody knows the day of comes last
	// For is set of a story for one reader, from whom something is withheld.
	For *Readership `json:"for,omitempty"`
}

// Readership is for whom a story is told, and on which grounds something is withheld.
type Readership struct {
	Redaction redaction.ID `json:"redaction"`
	Reader    string       `json:"reader"`
	Grounds   []Grounds    `json:"grounds"` // in the order of their names
}

// Grounds is a ground on which something is withheld, as the reader is told of it.
type Grounds struct {
	Name        string `json:"name"`
	Law         string `json:"law"`
	Explanation string `json:"explanation"`
}

// StoryPart is a record that a story tells of.
type StoryPart struct {
	Record   domain.RecordID `json:"record"`
	Person   string          `json:"person,omitempty"` // as the record named the person
	Known    uint64          `json:"known"`
	Recorded time.Time       `json:"recorded"` // of that entry
	InForce  int             `json:"inForce"`  // entries that could have been chosen
	Told     int             `json:"told"`
}

// StoryRow is one entry of a story, or a time of which nothing is recorded.
type StoryRow struct {
	Gap      *Gap            `json:"gap,omitempty"` // then nothing else is set
	Record   domain.RecordID `json:"record,omitempty"`
	Person   string          `json:"person,omitempty"`
	Entry    uint64          `json:"entry,omitzero"`
	First    uint64          `json:"firstEntry,omitzero"`
	Leaf     string          `json:"leaf,omitempty"` // its hash in the log, hexadecimal, where somebody has looked it up
	Happened domain.Date     `json:"happened,omitzero"`
	Time     string          `json:"time,omitempty"` // hh:mm, of a note that says so
	Recorded time.Time       `json:"recorded,omitzero"`
	Lateness *int            `json:"latenessDays,omitempty"`
	Late     bool            `json:"late,omitzero"`
	Kind     string          `json:"kind,omitempty"`
	Sentence string          `json:"sentence,omitempty"`
	// Passages are what a note says, whole, each with whose words or view it is.
	// What must not be handed on is left out, and the passage says so.
	Passages []note.Passage `json:"passages,omitempty"`
	Author   string         `json:"author,omitempty"`
	Role     string         `json:"role,omitempty"`
	Source   string         `json:"source,omitempty"` // the agency, or the format it was imported from
	// AgeYears and WeeksBeforeBirth are of the person whose chronology it is.
	AgeYears         *int     `json:"ageYears,omitempty"`
	WeeksBeforeBirth *int     `json:"weeksBeforeBirth,omitempty"`
	Tags             []string `json:"tags,omitempty"`
	Stands           []Stand  `json:"stands,omitempty"`
	Impact           *Impact  `json:"impact,omitempty"`
}

// Gap is a time of which no record of the story has an entry, chosen or not.
type Gap struct {
	After  domain.Date `json:"after"`
	Before domain.Date `json:"before"`
	Days   int         `json:"days"`
}

// Stand is how a party stands to an entry.
type Stand struct {
	Party string `json:"party"`
	Stand string `json:"stand"`
	Note  string `json:"note,omitempty"`
	Entry uint64 `json:"entry"`
}

// Impact is what an entry meant for the person.
type Impact struct {
	By    string   `json:"by"`
	Text  []string `json:"text"`
	Entry uint64   `json:"entry"`
}

// Choose returns what a selection chooses of records as they are now; the first is
// the one that the chronology is built on.
func Choose(s chronology.Selection, ids []domain.RecordID, records []record.Record) []chronology.Part {
	parts := make([]chronology.Part, len(records))
	for i, r := range records {
		parts[i] = chronology.Part{Record: ids[i], Known: uint64(len(r.Entries))}
		m := markedOf(r)
		for _, e := range record.Effective(r.Entries) {
			if chooses(s, e, m.tags[firstOf(&r, e)]) {
				parts[i].Entries = append(parts[i].Entries, e.Seq)
			}
		}
		slices.Sort(parts[i].Entries)
	}
	return parts
}

// tells reports whether an entry can be told in a chronology: what was made of the
// record for one cannot.
func tells(e domain.Entry) bool {
	switch e.Event.(type) {
	case chronology.Event, redaction.Event, bundle.Event:
		return false
	}
	return true
}

func chooses(s chronology.Selection, e domain.Entry, tags []string) bool {
	day, kind := e.Event.HappenedOn(), typeName(e.Event)
	of := func(name string) bool { return kind == name || strings.HasPrefix(kind, name+".") }
	from := func(source string) bool {
		return source == e.Actor.Agency || e.Source != nil && (e.Source.Kind == source || strings.HasPrefix(e.Source.Kind, source+"/"))
	}
	has := func(tag string) bool { return slices.Contains(tags, tag) }
	return tells(e) && (s.From.IsZero() || !day.Before(s.From)) && (s.To.IsZero() || !day.After(s.To)) &&
		(len(s.Kinds) == 0 || slices.ContainsFunc(s.Kinds, of)) && (len(s.Sources) == 0 || slices.ContainsFunc(s.Sources, from)) &&
		(len(s.Tags) == 0 || slices.ContainsFunc(s.Tags, has))
}

// marked is what was made of the entries of a record for chronologies, by the
// first entry of each chain of corrections.
type marked struct {
	tags    map[uint64][]string
	stands  map[uint64][]Stand
	impacts map[uint64]*Impact
}

func markedOf(r record.Record) marked {
	m := marked{make(map[uint64][]string), make(map[uint64][]Stand), make(map[uint64]*Impact)}
	first := func(entry uint64) uint64 {
		e, _ := r.Entry(entry)
		return firstOf(&r, e)
	}
	for _, t := range r.Chronologies.Tags {
		m.tags[first(t.Fact.Entry)] = t.Fact.Tags
	}
	for _, k := range r.Chronologies.Marks {
		of := first(k.Fact.Entry)
		m.stands[of] = slices.DeleteFunc(m.stands[of], func(s Stand) bool { return s.Party == k.Fact.Party })
		if k.Fact.Stand != chronology.Withdrawn {
			m.stands[of] = append(m.stands[of], Stand{k.Fact.Party, k.Fact.Stand, k.Fact.Note, k.Entry})
		}
	}
	for _, i := range r.Chronologies.Impacts {
		e, _ := r.Entry(i.Entry)
		m.impacts[first(i.Fact.Entry)] = &Impact{cmp.Or(i.Fact.By, e.Actor.ID), i.Fact.Text, i.Entry}
	}
	return m
}

// Tell renders a chronology that was built on a record. It is made of the entries
// that were there then, so that it never changes.
func Tell(ctx context.Context, load Load, r record.Record, id chronology.ID) (Story, error) {
	built := r.Chronologies.Find(id)
	if built.IsZero() {
		return Story{}, ErrNoChronology
	}
	e, _ := r.Entry(built.Entry)
	c := built.Fact
	s := Story{Chronology: c.Chronology, Title: c.Title, Built: e.Recorded, By: e.Actor.ID, Selection: c.Selection}
	var days []domain.Date
	person := r.Upto(c.Parts[0].Known).Person
	for _, p := range c.Parts {
		one, err := load(ctx, p.Record)
		if err != nil {
			return s, fmt.Errorf("record %s: %w", p.Record, err)
		}
		if uint64(len(one.Entries)) < p.Known {
			return s, fmt.Errorf("record %s: it has %d entries, and the chronology was built of %d", p.Record, len(one.Entries), p.Known)
		}
		one = one.Upto(p.Known)
		part := StoryPart{Record: p.Record, Person: bestName(one.Person).Fact.Given, Known: p.Known, Recorded: one.Entries[p.Known-1].Recorded, Told: len(p.Entries)}
		for _, e := range record.Effective(one.Entries) {
			if tells(e) {
				part.InForce++
				days = append(days, e.Event.HappenedOn())
			}
		}
		s.Parts = append(s.Parts, part)
		m := markedOf(one)
		for _, seq := range p.Entries {
			row := storyRow(part, one, one.Entries[seq-1], m)
			row.AgeYears, row.WeeksBeforeBirth = age(person, row.Happened)
			s.Rows = append(s.Rows, row)
		}
	}
	slices.SortStableFunc(s.Rows, byDay)
	s.Rows = withGaps(s.Rows, days, c.Selection)
	return s, nil
}

func byDay(a, b StoryRow) int {
	if a.Happened.IsZero() != b.Happened.IsZero() {
		return b.Happened.Compare(a.Happened) // what nobody knows the day of comes last
	}
	return cmp.Or(a.Happened.Compare(b.Happened), cmp.Compare(a.Record, b.Record), cmp.Compare(a.First, b.First), cmp.Compare(a.Entry, b.Entry))
}

func storyRow(part StoryPart, r record.Record, e domain.Entry, m marked) StoryRow {
	first := firstOf(&r, e)
	row := StoryRow{Record: part.Record, Person: part.Person, Entry: e.Seq, First: first, Happened: e.Event.HappenedOn(), Recorded: e.Recorded,
		Lateness: lateness(e), Kind: typeName(e.Event), Sentence: sentence(e.Event), Author: e.Actor.ID, Role: e.Actor.Role, Source: e.Actor.Agency,
		Tags: m.tags[first], Stands: m.stands[first], Impact: m.impacts[first]}
	row.Late = row.Lateness != nil && *row.Lateness > lateAfterDays
	if e.Source != nil {
		row.Source = e.Source.Kind
	}
	if n, ok := e.Event.(note.Written); ok {
		row.Time = n.Time
		row.Sentence, row.Passages = noteHead(n), handedOn(n)
	}
	return row
}

// noteHead is the sentence of a note whose words follow it.
func noteHead(n note.Written) string {
	return fmt.Sprintf("Note (%s)%s.", spaced(n.Kind), prefixed(", present: ", strings.Join(n.Present, ", ")))
}

// handedOn are the words of a note that a chronology may hold.
func handedOn(n note.Written) []note.Passage {
	if n.Sensitivity != "" {
		return []note.Passage{{Text: isSensitive}}
	}
	passages := make([]note.Passage, 0, len(n.Text))
	for _, p := range n.Text {
		if p.ThirdParty || p.Informant {
			p = note.Passage{Text: fromOthers}
		}
		if len(passages) == 0 || p.Text != fromOthers || passages[len(passages)-1].Text != fromOthers {
			passages = append(passages, p)
		}
	}
	return passages
}

// withGaps puts the times of which nothing is recorded between the rows. Days are
// those of all entries that could have been chosen.
func withGaps(rows []StoryRow, days []domain.Date, s chronology.Selection) []StoryRow {
	days = slices.DeleteFunc(days, func(d domain.Date) bool {
		return d.IsZero() || d.Before(s.From) || !s.To.IsZero() && d.After(s.To)
	})
	slices.SortFunc(days, domain.Date.Compare)
	if s.GapDays == 0 {
		return rows
	}
	var all []StoryRow
	next := 0
	for i := 1; i < len(days); i++ {
		gap := Gap{After: days[i-1], Before: days[i], Days: days[i-1].DaysUntil(days[i]) - 1}
		if gap.Days <= s.GapDays {
			continue
		}
		for next < len(rows) && !rows[next].Happened.IsZero() && rows[next].Happened.Before(gap.Before) {
			all, next = append(all, rows[next]), next+1
		}
		all = append(all, StoryRow{Gap: &gap})
	}
	return append(all, rows[next:]...)
}
