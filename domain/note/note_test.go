package note_test

import (
	"reflect"
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
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

func TestANoteIsWrittenOnceUnderItsId(t *testing.T) {
	written := note.Notes{}.Evolve(1, note.Written{Note: "n1"})
	for id, want := range map[note.ID][]string{"n1": {"note-already-written"}, "n2": nil} {
		if _, err := written.Write(note.Write{Note: id}); !slices.Equal(domaintest.Rules(err), want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
}

func TestForkedNotesNeverWriteToTheSameMemory(t *testing.T) {
	var grown note.Notes
	for _, id := range []note.ID{"n1", "n2", "n3"} {
		grown = grown.Evolve(1, note.Written{Note: id})
	}
	left, right := grown.Fork().Evolve(4, note.Written{Note: "left"}), grown.Evolve(4, note.Written{Note: "right"})
	if left.IDs[3] != "left" || right.IDs[3] != "right" {
		t.Errorf("%v and %v", left.IDs, right.IDs)
	}
}
