package projections_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/projections"
	"caseledger/schema"
)

// built writes a chronology of what the selection chooses of the records, and
// tells it.
func built(t *testing.T, l *ledger, id chronology.ID, s chronology.Selection, ids ...domain.RecordID) projections.Story {
	t.Helper()
	var records []record.Record
	for _, of := range ids {
		r, err := l.load(ctx, of)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	l.events(ids[0], chronology.Built{Dated: on("2024-01-01"), Chronology: id, Title: "T", Selection: s, Parts: projections.Choose(s, ids, records)})
	return tell(t, l, ids[0], id)
}

func tell(t *testing.T, l *ledger, on domain.RecordID, id chronology.ID) projections.Story {
	t.Helper()
	r, err := l.load(ctx, on)
	if err != nil {
		t.Fatal(err)
	}
	story, err := projections.Tell(ctx, l.load, r, id)
	if err != nil {
		t.Fatal(err)
	}
	return story
}

// outline is a story in short: "gap 30" or the record, day and entry of a row.
func outline(s projections.Story) string {
	var all []string
	for _, row := range s.Rows {
		if row.Gap != nil {
			all = append(all, fmt.Sprint("gap ", row.Gap.Days))
			continue
		}
		all = append(all, fmt.Sprint(row.Record[:1], row.Entry, " ", row.Happened))
	}
	return strings.Join(all, ", ")
}

func written(day, id, text string) note.Written {
	n := note.Written{Note: note.ID(id), Kind: "visit", Text: []note.Passage{{Text: text}}}
	if day != "" {
		n.Dated = on(day)
	}
	return n
}

func TestAStoryIsToldOldestFirstWithItsGapsAndWhatWasChosen(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-03-01", "n1", "third"), written("2023-01-01", "n2", "first"), written("", "n3", "nobody knows when"),
		identity.Named{Dated: on("2023-02-10"), Kind: "legal", Given: "Ann"})
	l.events(ben, written("2023-01-01", "n1", "beside the first"), written("2023-12-01", "n2", "last"))
	l.events(ann, chronology.Tagged{Dated: on("2023-12-31"), Entry: 1, Tags: []string{"home"}})
	for name, tt := range map[string]struct {
		s    chronology.Selection
		ids  []domain.RecordID
		want string
	}{
		"everything of one":                 {chronology.Selection{}, []domain.RecordID{ann}, "a2 2023-01-01, a4 2023-02-10, a1 2023-03-01, a3 "},
		"of two, with gaps":                 {chronology.Selection{GapDays: 30}, []domain.RecordID{ann, ben}, "a2 2023-01-01, b1 2023-01-01, gap 39, a4 2023-02-10, a1 2023-03-01, gap 274, b2 2023-12-01, a3 "},
		"of one kind":                       {chronology.Selection{Kinds: []string{"note"}}, []domain.RecordID{ann}, "a2 2023-01-01, a1 2023-03-01, a3 "},
		"of another":                        {chronology.Selection{Kinds: []string{"person.named", "not"}}, []domain.RecordID{ann}, "a4 2023-02-10"},
		"in a time":                         {chronology.Selection{From: date("2023-02-01"), To: date("2023-02-28")}, []domain.RecordID{ann}, "a4 2023-02-10"},
		"with a tag":                        {chronology.Selection{Tags: []string{"home", "x"}}, []domain.RecordID{ann, ben}, "a1 2023-03-01"},
		"of an agency":                      {chronology.Selection{Sources: []string{"anytown-childrens-services"}, Kinds: []string{"person"}}, []domain.RecordID{ann}, "a4 2023-02-10"},
		"a gap of what is left out is none": {chronology.Selection{Kinds: []string{"person"}, GapDays: 45}, []domain.RecordID{ann}, "a4 2023-02-10"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outline(built(t, l, chronology.ID(name), tt.s, tt.ids...)); got != tt.want {
				t.Errorf("%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestAStorySaysHowAnEntryStandsAlsoAfterItsCorrectionAndNeverChanges(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-03-01", "n1", "He hit her."),
		chronology.Marked{Dated: on("2023-04-01"), Entry: 1, Party: "father", Stand: chronology.Disputed, Note: "I was away."},
		chronology.Marked{Dated: on("2023-04-01"), Entry: 1, Party: "mother", Stand: chronology.Agreed},
		chronology.ImpactStated{Dated: on("2023-04-01"), Entry: 1, Text: []string{"She hid."}})
	l.write(schema.Stream(ann), domain.Fact{Event: written("2023-03-02", "n1", "He hit her."), Corrects: &domain.Correction{Entry: 1, Reason: "the day"}})
	l.events(ann, chronology.Marked{Dated: on("2023-04-02"), Entry: 5, Party: "mother", Stand: chronology.Withdrawn})
	story := built(t, l, "c1", chronology.Selection{}, ann)
	row := story.Rows[0]
	if len(story.Rows) != 1 || row.Entry != 5 || row.First != 1 || len(row.Stands) != 1 || row.Stands[0] != (projections.Stand{Party: "father", Stand: "disputed", Note: "I was away.", Entry: 2}) ||
		row.Impact == nil || row.Impact.By != "worker-7" || row.Author != "worker-7" || row.Source != "anytown-childrens-services" || !row.Late {
		t.Errorf("%+v", story)
	}
	l.events(ann, chronology.Marked{Dated: on("2023-05-01"), Entry: 5, Party: "mother", Stand: chronology.Disputed}, written("2023-03-03", "n2", "later"))
	if again := tell(t, l, ann, "c1"); fmt.Sprintf("%+v %v", again.Rows[0].Stands, len(again.Rows)) != fmt.Sprintf("%+v %v", row.Stands, 1) {
		t.Errorf("after later entries: %+v", again)
	}
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := projections.Tell(ctx, l.load, r, "c2"); !errors.Is(err, projections.ErrNoChronology) {
		t.Error(err)
	}
}

func TestAStoryLeavesOutWhatMustNotBeHandedOnAndSaysSo(t *testing.T) {
	l := newLedger(t)
	mixed := written("2023-03-01", "n1", "Seen alone. ")
	mixed.Text = append(mixed.Text, note.Passage{Text: "zqxcanary next door", ThirdParty: true}, note.Passage{Text: "zqxcanary rang", Informant: true}, note.Passage{Text: "I am cold.", From: "Ann", OwnWords: true})
	sensitive := written("2023-03-02", "n2", "zqxcanary")
	sensitive.Sensitivity = "sensitive"
	l.events(ann, mixed, sensitive)
	story := built(t, l, "c1", chronology.Selection{}, ann)
	if strings.Contains(fmt.Sprintf("%+v", story), "zqxcanary") {
		t.Errorf("%+v", story)
	}
	if passages := story.Rows[0].Passages; len(passages) != 3 || !strings.Contains(passages[1].Text, "left out") || passages[2].From != "Ann" {
		t.Errorf("%+v", passages)
	}
	if passages := story.Rows[1].Passages; len(passages) != 1 || !strings.Contains(passages[0].Text, "sensitive") {
		t.Errorf("%+v", passages)
	}
	if !slices.Equal(story.Rows[0].Tags, nil) || story.Parts[0].InForce != 2 || story.Parts[0].Told != 2 {
		t.Errorf("%+v", story.Parts)
	}
}
