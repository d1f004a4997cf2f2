package projections_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/projections"
	"caseledger/schema"
)

func sayings(all []projections.Saying) string {
	var lines []string
	for _, s := range all {
		lines = append(lines, fmt.Sprintf("%d %s=%s", s.Level, s.Name, s.Value))
	}
	return strings.Join(lines, "; ")
}

func TestAnEntryInFullSaysEveryFieldInPlainWords(t *testing.T) {
	l := newLedger(t)
	n := written("2023-03-01", "n1", "She was \"hungry\".\n")
	n.Present, n.SignBy = []string{"mother", "Ann, 7"}, date("2023-03-08")
	l.events(ann, n, identity.AddressRecorded{Dated: on("2023-02-10"), Lines: []string{"1 High St", "Anytown"}})
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	leaves := []string{"a1", "b2"}
	all, err := projections.InFull(ann, r, leaves, []uint64{1, 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sayings(all[0].Sayings), "0 Note=n1; 0 Kind=visit; 0 Present=mother, Ann, 7; 0 Sign by=2023-03-08"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := all[0]; got.Leaf != "a1" || got.Sentence != "" || len(got.Passages) != 1 || got.Passages[0].Text != "She was \"hungry\".\n" {
		t.Errorf("%+v", got)
	}
	if got := all[1]; !strings.Contains(sayings(got.Sayings), "Lines=1 High St, Anytown") || got.Sentence == "" || got.Leaf != "b2" {
		t.Errorf("%+v", got)
	}
	if _, err := projections.InFull(ann, r, leaves, []uint64{3}, nil); !errors.Is(err, projections.ErrNoEntry) {
		t.Errorf("an entry that is not there: %v", err)
	}
}

func TestACorrectionInFullSaysWhatItChangesAndTheEntryWhatBecameOfIt(t *testing.T) {
	l := newLedger(t)
	was := written("2023-03-01", "n1", "Sunday.")
	is := was
	is.Text = []note.Passage{{Text: "Monday."}}
	l.events(ann, was)
	l.write(schema.Stream(ann), domain.Fact{Event: is, Corrects: &domain.Correction{Entry: 1, Reason: "the wrong day"}})
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	all, err := projections.InFull(ann, r, []string{"a", "b"}, []uint64{1, 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if all[0].OutBy != 2 || all[1].OutBy != 0 || all[1].Corrects != 1 || len(all[1].Changes) != 1 {
		t.Fatalf("%+v", all)
	}
	c := all[1].Changes[0]
	if got := c.Name + ": " + sayings(c.Before) + " | " + sayings(c.After); got != "Text: 0 Text=; 1 Text=Sunday. | 0 Text=; 1 Text=Monday." {
		t.Error(got)
	}
}

func TestNoEntryInFullSaysWhySomethingIsWithheld(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-01-01", "n1", "zqxcanary"))
	proposed(l, ann, "r1", 1, line(1, "/text/0", "third-party"), line(1, "/note", "crime"))
	l.events(ann, redaction.Rejected{Dated: on("2024-01-03"), Redaction: "r1", Reason: "zqxcanary need not be withheld"})
	all, err := projections.InFull(ann, loaded(t, l, ann), []string{"a", "b", "c"}, []uint64{2, 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(all); err != nil || strings.Contains(string(text), "zqxcanary") {
		t.Errorf("%v: %s", err, text)
	}
	if got := sayings(all[0].Sayings); !strings.HasSuffix(got, "0 Lines 1=; 1 Withheld=third-party; 0 Lines 2=; 1 Withheld=crime") || all[0].Sentence == "" {
		t.Errorf("%q: %s", all[0].Sentence, got)
	}
}

func TestEverySampleOfTheCatalogueIsToldInFull(t *testing.T) {
	told := 0
	err := filepath.WalkDir("../schema/testdata/samples", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		kind := filepath.Base(filepath.Dir(path)) + "/" + strings.TrimSuffix(filepath.Base(path), ".json")
		e, err := codec.Payload.Decode(kind, text)
		if err != nil {
			return err
		}
		e.Seq, e.Corrects = 1, nil
		all, err := projections.InFull(ann, record.Record{Entries: []domain.Entry{e}}, []string{"a"}, []uint64{1}, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		for _, s := range all[0].Sayings {
			if s.Name == "" || strings.ContainsAny(s.Value, "{}") {
				t.Errorf("%s says %q: %q", kind, s.Name, s.Value)
			}
		}
		told++
		return nil
	})
	if err != nil || told < 100 {
		t.Errorf("%d samples are told, %v", told, err)
	}
}
