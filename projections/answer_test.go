package projections_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/subjectaccess"
	"caseledger/projections"
	"caseledger/schema"
)

// asked is a record with a request for access whose set of redactions was
// approved.
func asked(lines []redaction.Line, events ...domain.Event) record.Record {
	known := uint64(len(events))
	events = append(events, subjectaccess.Received{Dated: on("2026-03-02"), Request: "a1", From: "person"},
		redaction.Proposed{Dated: on("2026-03-03"), Redaction: "s1", Purpose: "subject-access", Known: known, Lines: lines, Nothing: len(lines) == 0},
		redaction.Approved{Dated: on("2026-03-04"), Redaction: "s1"}, subjectaccess.Exempted{Dated: on("2026-03-05"), Request: "a1", Redaction: "s1"})
	entries := make([]domain.Entry, len(events))
	for i, e := range events {
		entries[i] = domain.Entry{Seq: uint64(i + 1), Recorded: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Event: e, Circumstances: domain.Circumstances{
			Actor: domain.Actor{ID: "sw-1", Role: "social-worker", Agency: "anytown"}, Authority: domain.Authority{Basis: "b", Purpose: "p"}, Request: fmt.Sprint(i), Digest: "d"}}
	}
	return record.Fold(entries)
}

func TestEveryFieldOfEveryEntryIsGivenOrWithheldByALineOfTheSchedule(t *testing.T) {
	codec := schema.NewCodec(schema.Events())
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "entries")
		var events []domain.Event
		var lines []redaction.Line
		for i := range n {
			word := fmt.Sprintf("word%dend", i)
			if rapid.Bool().Draw(t, "name") {
				events = append(events, identity.Named{Dated: on("2020-01-01"), Kind: "legal", Given: word, Family: "Example"})
			} else {
				events = append(events, note.Written{Dated: on("2020-01-01"), Note: note.ID(fmt.Sprint("n", i)), Kind: "visit", Present: []string{"aunt"},
					Text: []note.Passage{{Text: word}, {Text: "And more."}}})
			}
			if rapid.Bool().Draw(t, "withheld") {
				field := rapid.SampledFrom([]redaction.Field{"/*", "/text/0", "/given", "/actor", "/present*"}).Draw(t, "field")
				lines = append(lines, redaction.Line{Entry: uint64(i + 1), Field: field, Ground: "third-party", Reason: "r"})
			}
		}
		r := asked(lines, events...)
		a, err := projections.AnswerOf(codec, ann, r, "a1")
		if err != nil {
			t.Fatal(err)
		}
		fields := 0
		for _, e := range r.Entries[:n] {
			all, err := codec.Fields(e)
			if err != nil {
				t.Fatal(err)
			}
			fields += len(all)
			for _, f := range all {
				given := slices.ContainsFunc(a.Entries[e.Seq-1].Fields, func(g projections.AnswerField) bool { return g.Field == f.Path && string(g.Value) == string(f.Value) })
				if withheld := slices.ContainsFunc(a.Entries[e.Seq-1].Withheld, func(w projections.Withheld) bool { return w.Field == f.Path }); given == withheld {
					t.Fatalf("entry %d %s: given %t, withheld %t", e.Seq, f.Path, given, withheld)
				}
			}
		}
		count, err := projections.CountAnswer(codec, r, a)
		if err != nil || count.Delivered+count.Withheld != fields || len(count.Missing) > 0 {
			t.Fatalf("%+v of %d, %v", count, fields, err)
		}
		// What is withheld stands nowhere, the story included.
		for _, e := range a.Entries {
			for _, w := range e.Withheld {
				if word := fmt.Sprintf("word%dend", e.Entry-1); (w.Field == "/text/0" || w.Field == "/given") && strings.Contains(fmt.Sprint(a.Story, a.Entries), word) {
					t.Fatalf("%s is withheld and told", word)
				}
			}
		}
		// Whatever is taken out of the answer is missed.
		i := rapid.IntRange(0, n-1).Draw(t, "entry")
		lost := &a.Entries[i]
		if len(lost.Fields) > 0 && rapid.Bool().Draw(t, "of fields") {
			lost.Fields = slices.Delete(slices.Clone(lost.Fields), 0, 1)
		} else if len(lost.Withheld) > 0 {
			lost.Withheld = lost.Withheld[1:]
		} else {
			a.Entries = slices.Delete(a.Entries, i, i+1)
		}
		if count, err := projections.CountAnswer(codec, r, a); err != nil || len(count.Missing) == 0 {
			t.Fatalf("nothing is missed: %+v, %v", count, err)
		}
	})
}

func TestAStorySpeaksToThePersonWhoseItIs(t *testing.T) {
	r := asked([]redaction.Line{{Entry: 4, Field: "/text/1", Ground: "third-party", Reason: "r"}},
		identity.Registered{Dated: on("2010-05-01"), Person: "p"}, identity.Born{Dated: on("2010-04-30")},
		identity.Named{Dated: on("2010-04-30"), Kind: "legal", Given: "Ann", Family: "Example"},
		note.Written{Dated: on("2016-02-01"), Note: "n1", Kind: "visit", Present: []string{"Ann", "her aunt"}, Text: []note.Passage{{Text: "She drew a boat of the child.", From: "aunt"}, {Text: "Her cousin cried."}}})
	a, err := projections.AnswerOf(schema.NewCodec(schema.Events()), ann, r, "a1")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(a.Person, a.Story)
	for _, want := range []string{"Ann", "2010: the year in which you were born", "You were born.", "2016: the year in which you turned 6", "1 February 2016", "there were Ann, her aunt", "aunt: She drew a boat of the child.", "[withheld: third party]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	for _, not := range []string{"cousin", "The child", "Name (legal)", "opened a record"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is in %s", not, text)
		}
	}
}

func TestThereIsNoAnswerBeforeItIsSaidWhatIsWithheld(t *testing.T) {
	r := asked(nil, identity.Born{Dated: on("2010-04-30")})
	if _, err := projections.AnswerOf(schema.NewCodec(schema.Events()), ann, r, "a2"); err != projections.ErrNoAccessRequest {
		t.Error(err)
	}
	if _, err := projections.AnswerOf(schema.NewCodec(schema.Events()), ann, r.Upto(4), "a1"); err != projections.ErrNoAccessRequest {
		t.Error(err)
	}
}
