package projections

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/note"
	"caseledger/domain/record"
)

// Issues returns the entries in force to which a party was recorded to stand in one
// way or another, oldest first, as a chronology tells them.
func Issues(id domain.RecordID, r record.Record) []StoryRow {
	part, m := StoryPart{Record: id, Person: bestName(r.Person).Fact.Given}, markedOf(r)
	var rows []StoryRow
	for _, e := range record.Effective(r.Entries) {
		if tells(e) && len(m.stands[firstOf(&r, e)]) > 0 {
			rows = append(rows, storyRow(part, r, e, m))
		}
	}
	slices.SortStableFunc(rows, byDay)
	return rows
}

// Looked is what was looked for among the entries of a record.
type Looked struct {
	From, To domain.Date
	Kinds    []string // types of entries, or what their names begin with
	Sources  []string
	Word     string // in the content, whatever the case of its letters
}

// LookFor returns the numbers of the entries that a search finds: those no longer
// in force too, and those of which nobody knows the day, since each could be the
// one that is looked for. What was made of the record for a court is not searched.
func LookFor(l Looked, r record.Record) ([]uint64, error) {
	s := chronology.Selection{Kinds: l.Kinds, Sources: l.Sources}
	var found []uint64
	for _, e := range r.Entries {
		day := e.Event.HappenedOn()
		if !chooses(s, e, nil) || !day.IsZero() && (day.Before(l.From) || !l.To.IsZero() && day.After(l.To)) {
			continue
		}
		has, err := holds(e.Event, l.Word)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		if has {
			found = append(found, e.Seq)
		}
	}
	return found, nil
}

// holds reports whether an event says a word, however it is written: in capitals or
// not, composed or not, and over the ends of passages.
func holds(e domain.Event, word string) (bool, error) {
	if word == "" {
		return true, nil
	}
	word = alike(word)
	if n, is := e.(note.Written); is {
		var typed strings.Builder
		for _, p := range n.Text {
			typed.WriteString(p.Text)
		}
		if strings.Contains(alike(typed.String()), word) {
			return true, nil
		}
	}
	fields, err := fieldsOf(e)
	var all []Saying
	for _, f := range fields {
		if err == nil {
			all, err = appendSaying(all, 0, f.name, f.value)
		}
	}
	return slices.ContainsFunc(all, func(s Saying) bool { return strings.Contains(alike(s.Value), word) }), err
}

func alike(text string) string { return strings.ToLower(norm.NFKC.String(text)) }
