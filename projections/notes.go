package projections

import (
	"time"

	"golang.org/x/text/unicode/norm"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/record"
)

// Where a note has got to.
const (
	NoteWaiting       = "waiting"       // for a signature
	NoteReturned      = "returned"      // to its author
	NoteSigned        = "signed-off"    // as it stands
	NoteCountersigned = "countersigned" // as it stands
)

// NoteRow is one note in force, whole, as the court asks for it: when it
// happened, when it was recorded, who wrote it, who was there, and who signed.
type NoteRow struct {
	Note        note.ID     `json:"note"`
	Entry       uint64      `json:"entry"`
	Corrects    uint64      `json:"corrects,omitzero"` // the entry that it replaces
	Happened    domain.Date `json:"happened,omitzero"`
	Time        string      `json:"time,omitempty"`
	Recorded    time.Time   `json:"recorded"`
	DaysLate    int         `json:"daysLate,omitzero"` // from the day it happened to that of its recording
	Author      string      `json:"author"`
	Role        string      `json:"role"`
	Kind        string      `json:"kind"`
	Present     []string    `json:"present,omitempty"`
	Sensitivity string      `json:"sensitivity,omitempty"`
	Status      string      `json:"status,omitempty"` // "" where nobody was asked to sign
	For         string      `json:"for,omitempty"`    // who is to sign it
	Reason      string      `json:"reason,omitempty"` // of a return
	// NFC says whether the words are in Unicode's normalisation form C. They are
	// kept as they were typed in any case; where they are not, a search for what
	// looks the same may not find them.
	NFC  bool           `json:"nfc"`
	Text []note.Passage `json:"text"`
}

// Notes returns the notes of a record at a moment, in the order of the world.
func Notes(r record.Record, at Moment) []NoteRow {
	if !at.IsNow() {
		r = r.Upto(at.Entry).At(at.Known, at.On)
	}
	rows := []NoteRow{}
	for _, head := range r.Notes.Heads {
		e, _ := r.Entry(head.Entry)
		n, ok := e.Event.(note.Written)
		if !ok {
			continue
		}
		row := NoteRow{Note: n.Note, Entry: e.Seq, Happened: n.Happened, Time: n.Time, Recorded: e.Recorded, Author: e.Actor.ID, Role: e.Actor.Role,
			Kind: n.Kind, Present: n.Present, Sensitivity: n.Sensitivity, NFC: normal(n.Text), Text: n.Text}
		if e.Corrects != nil {
			row.Corrects = e.Corrects.Entry
		}
		if days := lateness(e); days != nil {
			row.DaysLate = *days
		}
		row.sign(r, head)
		rows = append(rows, row)
	}
	return rows
}

// sign says where the note has got to.
func (row *NoteRow) sign(r record.Record, head note.Head) {
	for _, g := range r.Notes.Given {
		if g.Note == head.ID && g.To != "" {
			row.Status, row.For = NoteWaiting, g.To
		}
	}
	if back := r.Notes.Returned(head); !back.IsZero() {
		row.Status, row.Reason = NoteReturned, back.Fact.Reason
	}
	if _, signed := r.Notes.Signed(head, false); signed {
		row.Status = NoteSigned
	}
	if _, signed := r.Notes.Signed(head, true); signed {
		row.Status = NoteCountersigned
	}
}

func normal(text []note.Passage) bool {
	for _, p := range text {
		if !norm.NFC.IsNormalString(p.Text) {
			return false
		}
	}
	return true
}
