package demo

import (
	"fmt"

	"caseledger/domain"
	"caseledger/domain/correspondence"
	"caseledger/domain/note"
	"caseledger/domain/oversight"
)

// manager signs notes off and looks at the work.
var manager = actor{id: "mgr-01", role: "team-manager", basis: "children-act-1989-s17", purpose: "supervision"}

// senior is who countersigns.
var senior = actor{id: "mgr-senior", role: "service-manager", basis: "children-act-1989-s17", purpose: "supervision"}

// beside writes down what is done on a record right after the last act. It
// draws nothing, so that whatever else happens does not depend on it.
func (f *family) beside(record domain.RecordID, by actor, commands ...any) {
	if f.ended {
		return
	}
	f.g.steps = append(f.g.steps, step{record: record, by: by, commands: commands, at: f.now, order: len(f.g.steps)})
}

// sign lets what was written reach a manager: one note in ten is given to one,
// and most of those are signed off; one in fifty is countersigned too, one goes
// back and waits for its author. Now and then the manager decides something, or
// somebody writes.
func (f *family) sign(record domain.RecordID, id note.ID, day domain.Date) {
	f.g.notes++
	nth := f.g.notes
	dated := domain.Dated{Happened: day}
	if nth%10 != 0 {
		return
	}
	f.beside(record, f.worker, note.Submit{Dated: dated, Note: id, To: manager.id})
	switch nth / 10 % 5 {
	case 0:
		f.beside(record, manager, note.SignOff{Dated: dated, Note: id})
		f.beside(record, senior, note.Countersign{Dated: dated, Note: id})
	case 1:
		f.beside(record, manager, note.Return{Dated: dated, Note: id, Reason: "Say who told you about the school mornings."})
	case 2: // waits
	default:
		f.beside(record, manager, note.SignOff{Dated: dated, Note: id})
	}
	switch nth / 10 % 4 {
	case 0:
		f.oversee(record, id, nth, dated)
	case 1:
		f.receive(record, nth, dated)
	}
}

func (f *family) oversee(record domain.RecordID, id note.ID, nth int, dated domain.Dated) {
	of := oversight.ID(fmt.Sprintf("o%d", nth))
	f.beside(record, manager, oversight.Record{Dated: dated, Oversight: of, Kind: []string{"management-oversight", "supervision"}[nth%2],
		Worker: f.worker.id, Towards: "note/" + string(id), Text: []string{"The plan is followed. ", "The father's part is not clear yet."},
		Decisions: []domain.Action{{ID: "d1", What: "See the father on his own.", Who: f.worker.id, By: dated.Happened.AddDays(10)}}})
	if nth%3 != 0 {
		f.beside(record, manager, oversight.CloseDecision{Dated: dated, Oversight: of, Decision: "d1", Result: "done", Note: "He came to the office the same day."})
	}
}

func (f *family) receive(record domain.RecordID, nth int, dated domain.Dated) {
	f.beside(record, f.worker, correspondence.Record{Dated: dated, Correspondence: correspondence.ID(fmt.Sprintf("e%d", nth)), Medium: "e-mail",
		Direction: []string{"in", "out"}[nth%2], From: "office@school.example", To: []string{"duty@anytown.example"}, Subject: "Attendance this week",
		Sent: dated.Happened.String() + "T08:15:00Z", Text: []string{"She was in on all five days. ", "Please ring if you need more."}})
}
