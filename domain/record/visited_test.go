package record_test

import (
	"testing"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	conferences "caseledger/domain/conference"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/visit"
)

func TestTheWorkUnderWhichAChildIsVisitedIsFoundByItsKindAndId(t *testing.T) {
	r := record.Fold(entries(
		assessment.Started{Dated: on("2026-01-01"), Assessment: "x"},
		enquiry.Started{Dated: on("2026-01-02"), Enquiry: "x"},
		cinplan.Started{Dated: on("2026-01-03"), Plan: "x"},
		protection.Registered{Dated: on("2026-01-04"), Plan: "x"},
		privatefostering.Notified{Dated: on("2026-01-05"), Arrangement: "x"},
		enquiry.ConferenceNotRequired{Dated: on("2026-01-06"), Enquiry: "x"},
		protection.Ended{Dated: on("2026-01-07"), Plan: "x"}))
	for under, want := range map[string][2]string{
		visit.Assessment: {"2026-01-01", ""}, visit.Enquiry: {"2026-01-02", "2026-01-06"}, visit.InNeed: {"2026-01-03", ""},
		visit.Protection: {"2026-01-04", "2026-01-07"}, visit.PrivateFostering: {"2026-01-05", ""},
	} {
		of := r.Visited(under, "x")
		if !of.Known || of.Begun.String() != want[0] || of.Ended.String() != want[1] {
			t.Errorf("%s: %+v", under, of)
		}
		if r.Visited(under, "y").Known {
			t.Errorf("%s: another's work is taken for it", under)
		}
	}
}

func TestAConferenceIsFoundByItsKind(t *testing.T) {
	r := record.Fold(entries(enquiry.ConferenceHeld{Dated: on("2026-01-02"), Conference: "c1"},
		protection.Reviewed{Dated: on("2026-04-02"), Plan: "p1", Review: "v1"}))
	for _, tt := range []struct{ kind, id, want string }{
		{"initial", "c1", "2026-01-02"}, {"review", "v1", "2026-04-02"}, {"review", "c1", ""}, {"initial", "v1", ""},
	} {
		if got := r.Held(tt.kind, conferences.ID(tt.id)).String(); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.kind, tt.id, got, tt.want)
		}
	}
}

func TestAChildIsUnbornUntilTheDayOfBirth(t *testing.T) {
	expected := identity.BirthExpected{Dated: on("2026-01-01"), Expected: domain.MustDate("2026-03-01")}
	born := identity.Born{Dated: on("2026-02-20")}
	for name, tt := range map[string]struct {
		given []domain.Event
		day   string
		want  bool
	}{
		"nothing known":          {nil, "2026-02-01", false},
		"expected":               {[]domain.Event{expected}, "2026-02-01", true},
		"the day before birth":   {[]domain.Event{expected, born}, "2026-02-19", true},
		"the day of birth":       {[]domain.Event{expected, born}, "2026-02-20", false},
		"overdue and not stated": {[]domain.Event{expected}, "2026-04-01", true},
	} {
		if got := record.Fold(entries(tt.given...)).Unborn(domain.MustDate(tt.day)); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
