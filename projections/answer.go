package projections

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/subjectaccess"
	"caseledger/schema"
)

// ErrNoAccessRequest says that a record has no such request for access, or that
// nobody has said yet which set of redactions holds for its answer.
var ErrNoAccessRequest = errors.New("no request for access with this id is on the record, or which set of redactions holds for it was not said ('act subject-access.exempt')")

// Answer is what somebody who asked to see their record is given of it: every
// field of every entry, or why it is withheld.
type Answer struct {
	Request subjectaccess.ID `json:"request"`
	Record  domain.RecordID  `json:"record"`
	Person  string           `json:"person,omitempty"` // the given name
	// Known is the last entry, and Made when the set of redactions was settled on:
	// what is made of an answer is the same for ever.
	Known   uint64        `json:"known"`
	Made    time.Time     `json:"made"`
	Entries []AnswerEntry `json:"entries"`
	Story   []Chapter     `json:"story"`
}

// AnswerEntry is one entry as its reader is given it.
type AnswerEntry struct {
	Entry    uint64        `json:"entry"`
	Happened domain.Date   `json:"happened,omitzero"`
	Recorded time.Time     `json:"recorded"`
	Kind     string        `json:"kind"`
	Fields   []AnswerField `json:"fields"`
	Withheld []Withheld    `json:"withheld,omitempty"`
}

// AnswerField is a field with what stands in it.
type AnswerField struct {
	Field string         `json:"field"`
	Value jsontext.Value `json:"value"`
}

// Chapter is a year of a person's story as it is told to them.
type Chapter struct {
	Title  string      `json:"title"`
	Events []StoryTold `json:"events"`
}

// StoryTold is one thing that happened.
type StoryTold struct {
	Entry uint64 `json:"entry"`
	Day   string `json:"day"`
	Text  string `json:"text"`
	// Words are what was written or said, a paragraph each.
	Words []string `json:"words,omitempty"`
}

// AnswerOf makes the answer to a request of what its set of redactions leaves.
func AnswerOf(c schema.Codec, id domain.RecordID, r record.Record, request subjectaccess.ID) (Answer, error) {
	q := r.AccessRequests.Find(request)
	if q.Received.IsZero() || q.Exempted.IsZero() {
		return Answer{}, ErrNoAccessRequest
	}
	v, err := Redacted(c, r, q.Exempted.Fact.Redaction)
	if err != nil {
		return Answer{}, err
	}
	settled, _ := r.Entry(q.Exempted.Entry)
	a := Answer{Request: q.ID, Record: id, Person: bestName(v.Record.Person).Fact.Given, Known: v.Known, Made: settled.Recorded, Story: ownStory(v.Record)}
	withheld := make(map[uint64][]Withheld)
	for _, w := range v.Schedule {
		withheld[w.Entry] = append(withheld[w.Entry], w)
	}
	for _, e := range r.Entries[:v.Known] {
		fields, err := c.Fields(e)
		if err != nil {
			return a, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		one := AnswerEntry{Entry: e.Seq, Happened: e.Event.HappenedOn(), Recorded: e.Recorded, Kind: typeName(e.Event), Fields: []AnswerField{}, Withheld: withheld[e.Seq]}
		for _, f := range fields {
			if !slices.ContainsFunc(one.Withheld, func(w Withheld) bool { return w.Field == f.Path }) {
				one.Fields = append(one.Fields, AnswerField{f.Path, jsontext.Value(f.Value)})
			}
		}
		a.Entries = append(a.Entries, one)
	}
	return a, nil
}

// Count is what counting an answer against the record gave, in fields.
type Count struct {
	Delivered int `json:"delivered"`
	Withheld  int `json:"withheld"`
	// Missing names what was neither given as it stands on the record nor withheld
	// by a line of the approved set: "entry 3 /text/0".
	Missing []string `json:"missing,omitempty"`
}

// CountAnswer counts an answer against the record: what the answer says of itself
// counts for nothing.
func CountAnswer(c schema.Codec, r record.Record, given Answer) (Count, error) {
	count := Count{}
	whole, err := AnswerOf(c, given.Record, r, given.Request)
	if err != nil {
		return count, err
	}
	got := make(map[uint64]AnswerEntry, len(given.Entries))
	for _, e := range given.Entries {
		got[e.Entry] = e
	}
	for _, e := range whole.Entries {
		has := got[e.Entry]
		for _, f := range e.Fields {
			if slices.ContainsFunc(has.Fields, func(g AnswerField) bool { return g.Field == f.Field && bytes.Equal(g.Value, f.Value) }) {
				count.Delivered++
				continue
			}
			count.Missing = append(count.Missing, fmt.Sprintf("entry %d %s", e.Entry, f.Field))
		}
		for _, w := range e.Withheld {
			if slices.Contains(has.Withheld, w) {
				count.Withheld++
				continue
			}
			count.Missing = append(count.Missing, fmt.Sprintf("entry %d %s (withheld, and the reader is not told why)", e.Entry, w.Field))
		}
	}
	return count, nil
}

// silent are the parts of a record that are about the record and not the life.
var silent = []string{"chronology.", "entry.", "redaction.", "bundle.", "subject-access.", "import.", "form.", "restriction.", "record.", "break-glass.",
	"person.registered", "person.identified", "person.identifier", "note.signed", "note.countersigned", "note.given", "note.returned"}

// ownStory tells a person what happened to them: oldest first, a chapter a year,
// in words that speak to them. What nobody knows the day of comes last.
func ownStory(r record.Record) []Chapter {
	var chapters []Chapter
	entries := slices.DeleteFunc(record.Effective(r.Entries), func(e domain.Entry) bool {
		kind := typeName(e.Event)
		return slices.ContainsFunc(silent, func(s string) bool { return strings.HasPrefix(kind, s) })
	})
	slices.SortStableFunc(entries, func(a, b domain.Entry) int {
		x, y := a.Event.HappenedOn(), b.Event.HappenedOn()
		if x.IsZero() != y.IsZero() {
			return y.Compare(x)
		}
		return cmp.Or(x.Compare(y), cmp.Compare(a.Seq, b.Seq))
	})
	for _, e := range entries {
		told, words := toYou(e.Event)
		if told == "" {
			continue
		}
		on := e.Event.HappenedOn()
		title := "When we do not know the day"
		if !on.IsZero() {
			title = fmt.Sprint(on.Time().Year()) + years(r, on)
		}
		if n := len(chapters); n == 0 || chapters[n-1].Title != title {
			chapters = append(chapters, Chapter{Title: title})
		}
		last := &chapters[len(chapters)-1]
		last.Events = append(last.Events, StoryTold{Entry: e.Seq, Day: day(on), Text: told, Words: words})
	}
	return chapters
}

// years says how old the person became in the year of a day.
func years(r record.Record, on domain.Date) string {
	born := r.Person.Born.Fact.Happened
	if born.IsZero() {
		return ""
	}
	switch n := on.Time().Year() - born.Time().Year(); {
	case n < 0:
		return ": before you were born"
	case n == 0:
		return ": the year in which you were born"
	default:
		return fmt.Sprintf(": the year in which you turned %d", n)
	}
}

// toYou tells an event to the person whom it is about, with what was written.
func toYou(e domain.Event) (told string, words []string) {
	if n, ok := e.(note.Written); ok {
		for _, p := range n.Text {
			words = append(words, prefixed(strings.TrimSuffix(p.From, ":"), unless(p.From == "", ": "))+p.Text)
		}
		return fmt.Sprintf("A worker wrote a note (%s)%s.", spaced(n.Kind), prefixed("; there were ", strings.Join(n.Present, ", "))), words
	}
	return speak(sentence(e)), nil
}

// speak turns a sentence about a person into one to the person, up to a colon: what
// follows is what somebody wrote or said, and stands as it was.
func speak(text string) string {
	head, rest, quoted := strings.Cut(text, ": ")
	if !quoted {
		return toTheReader.Replace(text)
	}
	return toTheReader.Replace(head) + ": " + rest
}

var toTheReader = strings.NewReplacer(
	"The child-in-need plan", "The plan to help you", "the child-in-need plan", "the plan to help you",
	"The child became subject to a protection plan", "A plan to protect you began", "A child-in-need plan began", "A plan to help you began",
	"The registered child was", "You were", "The missing registered child was", "You were", "the missing registered child", "you",
	"The child was", "You were", "the child was", "you were", "The adult was", "You were", "the adult was", "you were", "The person was", "You were", "the person was", "you were",
	"The child is", "You are", "the child is", "you are", "The adult is", "You are", "the adult is", "you are",
	"The child has", "You have", "the child has", "you have", "The adult has", "You have", "the adult has", "you have",
	"The child goes", "You go", "The child's", "Your", "the child's", "your", "The adult's", "Your", "the adult's", "your",
	"An adult's", "Your", "an adult's", "your", "The person's", "Your", "the person's", "your", "The child", "You", "the child", "you",
	"The adult", "You", "the adult", "you", "The person died", "You died", "The person is", "You are", "the person is", "you are", "on the person", "on you", "the person", "you", "Name (", "Your name (", "Address", "You lived at", "Ethnicity", "Your ethnicity", "Disabilities", "Your disabilities",
	"The case", "Your case", "the case", "your case",
	"A looked-after review", "A review of your care", "An enquiry under section 47", "An enquiry into whether you were safe (under section 47)",
)
