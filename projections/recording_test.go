package projections_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/correspondence"
	"caseledger/domain/note"
	"caseledger/domain/oversight"
	"caseledger/projections"
)

func TestWhatIsToBeSignedIsSeenByWhoIsToSignIt(t *testing.T) {
	written := func(id string) domain.Event {
		return note.Written{Dated: on("2024-01-10"), Note: note.ID(id), Kind: "visit", For: "mgr-1", Text: []note.Passage{{Text: "x"}}}
	}
	returned := note.Returned{Dated: on("2024-01-11"), Note: "n1", Entry: 1, Reason: "Who said so?"}
	for name, tt := range map[string]struct {
		given []domain.Event
		want  string
	}{
		"a note":           {[]domain.Event{written("n1")}, "note-sign-off n1 mgr-1 2024-01-10"},
		"two":              {[]domain.Event{written("n1"), written("n2")}, "note-sign-off n1 mgr-1 2024-01-10, note-sign-off n2 mgr-1 2024-01-10"},
		"one signed off":   {[]domain.Event{written("n1"), note.SignedOff{Dated: on("2024-01-11"), Note: "n1", Entry: 1}}, ""},
		"one returned":     {[]domain.Event{written("n1"), returned}, "note-amendment n1 worker-7 2024-01-11"},
		"given to another": {[]domain.Event{written("n1"), returned, note.Submitted{Dated: on("2024-01-12"), Note: "n1", To: "mgr-2"}}, "note-sign-off n1 mgr-2 2024-01-12"},
		"due on a day":     {[]domain.Event{written("n1"), note.Submitted{Dated: on("2024-01-12"), Note: "n1", To: "mgr-2", SignBy: date("2024-01-19")}}, "note-sign-off n1 mgr-2 2024-01-12 by 2024-01-19"},
	} {
		l := newLedger(t)
		l.events(ann, tt.given...)
		rows, err := caughtUp(t, l).Caseload(ctx, projections.CaseloadFilter{})
		var all []string
		for _, r := range rows {
			due := ""
			if !r.Due.IsZero() {
				due = " by " + r.Due.String()
			}
			all = append(all, fmt.Sprintf("%s %s %s %s%s", r.Kind, r.Work, r.Worker, r.Opened, due))
		}
		if got := strings.Join(all, ", "); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, tt.want)
		}
	}
}

func TestAnAmendedNoteWaitsForASignatureAgain(t *testing.T) {
	l := newLedger(t)
	written := note.Written{Dated: on("2024-01-10"), Note: "n1", Kind: "visit", For: "mgr-1", Text: []note.Passage{{Text: "x"}}}
	l.events(ann, written, note.SignedOff{Dated: on("2024-01-11"), Note: "n1", Entry: 1})
	written.Text = []note.Passage{{Text: "y"}}
	l.write("record-"+string(ann), domain.Fact{Event: written, Corrects: &domain.Correction{Entry: 1, Reason: "mistyped"}})
	db := caughtUp(t, l)
	now, err := db.Caseload(ctx, projections.CaseloadFilter{Worker: "mgr-1"})
	if err != nil || len(now) != 1 || fmt.Sprint(now[0].Entries) != "[3]" {
		t.Errorf("%+v, %v", now, err)
	}
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	before, err := db.CaseloadAt(ctx, l.load, r.Entries[1].Recorded, projections.CaseloadFilter{})
	if err != nil || len(before) != 0 {
		t.Errorf("as known before: %+v, %v", before, err)
	}
}

func TestAManagersDecisionIsADutyUntilItIsClosed(t *testing.T) {
	recorded := oversight.Recorded{Dated: on("2024-01-10"), Oversight: "o1", Kind: "supervision", Worker: "sw-1",
		Decisions: []domain.Action{{ID: "d1", By: date("2024-01-20")}, {ID: "d2"}}}
	closed := oversight.DecisionClosed{Dated: on("2024-01-19"), Oversight: "o1", Decision: "d1", Result: "done"}
	for want, given := range map[string][]domain.Event{
		"oversight-decision by 2024-01-20!": {recorded},
		"":                                  {recorded, closed},
	} {
		if got := clocksOf(t, "2024-01-21", given...); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAChronologyQuotesNothingThatIsSensitiveOrOfOthers(t *testing.T) {
	const canary = "zqxcanary"
	text := []note.Passage{{Text: "Seen. "}, {Text: canary, ThirdParty: true}, {Text: canary, Informant: true}}
	letter := correspondence.Recorded{Dated: on("2024-01-10"), Correspondence: "e1", Medium: "letter", Direction: "in", From: "school",
		Subject: canary, Text: []string{canary}}
	informant, sensitive, others, open := letter, letter, letter, letter
	informant.Informant, informant.From = true, canary
	sensitive.Sensitivity, sensitive.From = "sensitive", canary
	others.ThirdParty = true
	open.Subject, open.Text, open.To = "Attendance", []string{"All ", "well."}, []string{"duty"}
	for name, tt := range map[string]struct {
		event domain.Event
		want  string
	}{
		"a note with others' words": {note.Written{Dated: on("2024-01-10"), Note: "n1", Kind: "visit", Text: text}, "Seen. [what others told is left out]"},
		"a sensitive note":          {note.Written{Dated: on("2024-01-10"), Note: "n1", Kind: "visit", Sensitivity: "sensitive", Text: text[1:]}, "[sensitive: not quoted]"},
		"an informant's letter":     {informant, "A letter came in: [what others told is left out]"},
		"a sensitive letter":        {sensitive, "A letter came in: [sensitive: not quoted]"},
		"a letter about others":     {others, "A letter from school came in: [what others told is left out]"},
		"a letter":                  {open, "A letter from school to duty came in, about Attendance: All well."},
	} {
		l := newLedger(t)
		l.events(ann, tt.event)
		r, err := l.load(ctx, ann)
		if err != nil {
			t.Fatal(err)
		}
		rows := projections.ChronologyAt(ann, r, time.Time{}, domain.Date{})
		told := fmt.Sprintf("%+v", rows)
		if len(rows) != 1 || !strings.Contains(told, tt.want) || strings.Contains(told, canary) {
			t.Errorf("%s: %s", name, told)
		}
	}
}

func TestANoteIsShownWithItsAuthorItsLatenessAndWhereItHasGotTo(t *testing.T) {
	l := newLedger(t)
	written := func(id, text string) note.Written {
		return note.Written{Dated: on("2024-01-10"), Note: note.ID(id), Kind: "visit", Text: []note.Passage{{Text: text}}}
	}
	given := func(id string) note.Written { n := written(id, "x"); n.For = "mgr-1"; return n }
	l.events(ann, written("plain", "caf\u00e9"), written("apart", "cafe\u0301"), given("waits"), given("back"), given("signed"), given("twice"),
		note.Returned{Dated: on("2024-01-11"), Note: "back", Entry: 4, Reason: "Who?"},
		note.SignedOff{Dated: on("2024-01-11"), Note: "signed", Entry: 5}, note.SignedOff{Dated: on("2024-01-11"), Note: "twice", Entry: 6},
		note.Countersigned{Dated: on("2024-01-11"), Note: "twice", Entry: 6})
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, n := range projections.Notes(r, projections.Moment{}) {
		if n.Author != "worker-7" || n.Recorded.IsZero() || n.DaysLate != date("2024-01-10").DaysUntil(domain.DateOf(n.Recorded)) {
			t.Errorf("%+v", n)
		}
		all = append(all, fmt.Sprintf("%s %s %t %s%s", n.Note, n.Status, n.NFC, n.For, n.Reason))
	}
	want := "plain  true , apart  false , waits waiting true mgr-1, back returned true mgr-1Who?, signed signed-off true , twice countersigned true "
	if got := strings.Join(all, ", "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if before := projections.Notes(r, projections.Moment{Known: r.Entries[1].Recorded}); len(before) != 2 {
		t.Errorf("as known before: %+v", before)
	}
}
