package projections_test

import (
	"testing"

	"caseledger/domain"
	"caseledger/domain/subjectaccess"
	"caseledger/projections"
)

func TestTheClockOfARequestForAccessStandsStillWhileTheRequesterIsAsked(t *testing.T) {
	received := subjectaccess.Received{Dated: on("2026-03-02"), Request: "a1", AnswerBy: date("2026-04-02")}
	who := subjectaccess.IdentityAsked{Dated: on("2026-03-03"), Request: "a1", Stops: true}
	shown := subjectaccess.IdentityChecked{Dated: on("2026-03-09"), Request: "a1", Proved: true, AnswerBy: date("2026-04-09")}
	which := subjectaccess.ClarificationAsked{Dated: on("2026-03-10"), Request: "a1", Stops: true}
	runsOn := subjectaccess.ClarificationAsked{Dated: on("2026-03-10"), Request: "a1"}
	said := subjectaccess.ClarificationGiven{Dated: on("2026-03-12"), Request: "a1", AnswerBy: date("2026-04-13")}
	longer := subjectaccess.Extended{Dated: on("2026-03-20"), Request: "a1", AnswerBy: date("2026-06-12")}
	delivered := subjectaccess.Delivered{Dated: on("2026-06-10"), Request: "a1", Hash: "h"}
	complained := subjectaccess.Complained{Dated: on("2026-06-12"), Request: "a1", Complaint: "k1", ReviewBy: date("2026-07-10")}
	for _, tt := range []struct {
		why, on string
		given   []domain.Event
		want    string
	}{
		{"on its last day", "2026-04-02", []domain.Event{received}, "subject-access by 2026-04-02"},
		{"the day after", "2026-04-03", []domain.Event{received}, "subject-access by 2026-04-02!"},
		{"while the requester shows who they are", "2026-04-03", []domain.Event{received, who}, ""},
		{"when they did not", "2026-04-03", []domain.Event{received, who, subjectaccess.IdentityChecked{Dated: on("2026-03-09"), Request: "a1"}}, ""},
		{"when they did", "2026-04-03", []domain.Event{received, who, shown}, "subject-access by 2026-04-09"},
		{"while a question is open", "2026-05-03", []domain.Event{received, who, shown, which}, ""},
		{"while a question is open that stops nothing", "2026-03-11", []domain.Event{received, runsOn}, "subject-access by 2026-04-02"},
		{"when it is answered", "2026-03-13", []domain.Event{received, who, shown, which, said}, "subject-access by 2026-04-13"},
		{"extended", "2026-03-21", []domain.Event{received, who, shown, which, said, longer}, "subject-access-extended by 2026-06-12"},
		{"extended while a question is open", "2026-03-21", []domain.Event{received, which, longer}, ""},
		{"delivered", "2026-06-13", []domain.Event{received, who, shown, which, said, longer, delivered}, ""},
		{"withdrawn", "2026-06-13", []domain.Event{received, subjectaccess.Closed{Dated: on("2026-03-03"), Request: "a1", Reason: "withdrawn"}}, ""},
		{"a complaint", "2026-06-13", []domain.Event{received, delivered, complained}, "access-review by 2026-07-10"},
		{"a complaint reviewed", "2026-07-13", []domain.Event{received, delivered, complained, subjectaccess.Reviewed{Dated: on("2026-07-01"), Request: "a1", Complaint: "k1"}}, ""},
	} {
		if got := clocksOf(t, tt.on, tt.given...); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.why, got, tt.want)
		}
	}
}

func TestARequestForAccessIsOpenWorkUntilItIsClosed(t *testing.T) {
	l := newLedger(t)
	work := func() string {
		t.Helper()
		rows, err := caughtUp(t, l).Caseload(ctx, projections.CaseloadFilter{Record: ann})
		if err != nil || len(rows) > 1 {
			t.Fatalf("%v, %v", rows, err)
		}
		if len(rows) == 0 {
			return ""
		}
		return rows[0].Kind + " " + rows[0].Work + ": " + rows[0].What + " by " + rows[0].Due.String()
	}
	for _, step := range []struct {
		event domain.Event
		want  string
	}{
		{subjectaccess.Received{Dated: on("2026-03-02"), Request: "a1", AnswerBy: date("2026-04-02")}, "subject-access a1: answer to the request for access by 2026-04-02"},
		{subjectaccess.ClarificationAsked{Dated: on("2026-03-03"), Request: "a1", Stops: true}, "subject-access a1: the requester's answer by "},
		{subjectaccess.ClarificationGiven{Dated: on("2026-03-04"), Request: "a1", AnswerBy: date("2026-04-07")}, "subject-access a1: answer to the request for access by 2026-04-07"},
		{subjectaccess.Delivered{Dated: on("2026-03-09"), Request: "a1"}, "subject-access a1: closure of the request for access by "},
		{subjectaccess.Closed{Dated: on("2026-03-10"), Request: "a1", Reason: "answered"}, ""},
	} {
		l.events(ann, step.event)
		if got := work(); got != step.want {
			t.Errorf("%T: %s\nwant %s", step.event, got, step.want)
		}
	}
}
