package record_test

import (
	"testing"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/policy"
	"caseledger/domain/record"
)

func TestAnAmendedNoteKeepsItsOriginalAndWaitsForASignatureAgain(t *testing.T) {
	written := note.Written{Dated: on("2026-01-05"), Note: "n1", For: "mgr-1", Text: []note.Passage{{Text: "He said no."}}}
	amended := written
	amended.Text = []note.Passage{{Text: "He said no, mother told.", Kind: "reported", From: "mother"}}
	signed := note.SignedOff{Dated: on("2026-01-06"), Note: "n1", Entry: 1}
	r := record.Fold(entries(written, signed))
	if len(r.Notes.Given) != 0 {
		t.Fatalf("a note that was signed off waits: %+v", r.Notes.Given)
	}
	facts, err := r.Correct(1, "who said so", func(without record.Record) ([]domain.Event, error) {
		return without.Notes.Write(note.Write{Dated: amended.Dated, Note: "n1", Kind: "visit", For: "mgr-1", Text: amended.Text}, "sw-1", policy.Pack{})
	})
	if err != nil || len(facts) != 1 || facts[0].Corrects.Entry != 1 {
		t.Fatalf("%+v, %v", facts, err)
	}
	list := entries(written, signed, corrects(1, amended))
	r = record.Fold(list)
	if of := r.Notes.Find("n1"); of.Entry != 3 || len(r.Notes.Given) != 1 || r.Notes.Given[0].To != "mgr-1" {
		t.Errorf("%+v %+v", of, r.Notes.Given)
	}
	if original := r.Entries[0].Event.(note.Written); original.Text[0].Text != "He said no." {
		t.Error("the original is gone")
	}
	again := record.Fold(append(list, domain.Entry{Seq: 4, Event: note.SignedOff{Dated: on("2026-01-07"), Note: "n1", Entry: 3}}))
	if len(again.Notes.Given) != 0 {
		t.Error("a signature under the amended note does not count")
	}
	gone := record.Fold(entries(written, voids(1)))
	if gone.Notes.Find("n1").Entry != 0 || len(gone.Notes.Given) != 0 || len(gone.Entries) != 2 {
		t.Errorf("%+v", gone.Notes)
	}
}

func TestHandsAreThoseWhoMadeTheEntriesInForce(t *testing.T) {
	list := entries(note.Written{Dated: on("2026-01-05"), Note: "n1"}, note.SignedOff{Dated: on("2026-01-06"), Note: "n1", Entry: 1})
	list[0].Actor.ID, list[1].Actor.ID = "sw-1", "mgr-1"
	if got := record.Fold(list).Hands("n1", "mgr-2"); got != (note.Hands{Author: "sw-1", Signed: "mgr-1", By: "mgr-2"}) {
		t.Errorf("%+v", got)
	}
	amended := entries(list[0].Event, list[1].Event, corrects(1, list[0].Event))
	amended[2].Actor.ID = "sw-2"
	if got := record.Fold(amended).Hands("n1", ""); got != (note.Hands{Author: "sw-2"}) {
		t.Errorf("%+v", got)
	}
	if got := record.Fold(nil).Hands("n1", "mgr-2"); got != (note.Hands{By: "mgr-2"}) {
		t.Errorf("%+v", got)
	}
}
