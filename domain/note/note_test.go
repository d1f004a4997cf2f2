package note_test

import (
	"reflect"
	"testing"

	"caseledger/domain"
	"caseledger/domain/note"
)

func TestANoteKeepsWhatWasTyped(t *testing.T) {
	write := note.Write{Dated: domain.Dated{Happened: domain.MustDate("2026-01-05")}, Note: "n1", Time: "14:05", Kind: "visit",
		Present: []string{"mother"}, Text: []note.Passage{{Text: "Seen alone.", Kind: "fact"}, {Text: " \"Fine\", says mother.", Kind: "reported", From: "mother"}}}
	events, err := note.Notes{}.Write(write)
	want := note.Written{Dated: write.Dated, Note: "n1", Time: "14:05", Kind: "visit", Present: write.Present, Text: write.Text}
	if err != nil || len(events) != 1 || !reflect.DeepEqual(events[0], want) {
		t.Fatalf("%+v, %v", events, err)
	}
	notes := note.Notes{}.Evolve(3, want).Evolve(5, want)
	if notes.Count != 2 || notes.Last.Entry != 5 {
		t.Errorf("%+v", notes)
	}
}
