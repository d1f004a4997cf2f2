package record_test

import (
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	conferences "caseledger/domain/conference"
	"caseledger/domain/domaintest"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/policy"
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
		of := r.Visited(under, "x", domain.MustDate("2026-01-06"))
		if !of.Known || of.Begun.String() != want[0] || of.Ended.String() != want[1] {
			t.Errorf("%s: %+v", under, of)
		}
		if r.Visited(under, "y", domain.MustDate("2026-01-06")).Known {
			t.Errorf("%s: another's work is taken for it", under)
		}
	}
}

func TestAVisitInCareIsDueInSixWeeksAndInThreeMonthsOnceAPlacementHasSettled(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	began := func(id, day, reason, place string) domain.Event {
		return lookedafter.EpisodeBegan{Dated: on(day), Episode: lookedafter.EpisodeID(id), Reason: reason, LegalStatus: "C2", Placement: lookedafter.Placement{Type: place}}
	}
	continued := lookedafter.EpisodeCeased{Dated: on("2025-06-02"), Episode: "e1", Reason: "X1"}
	for name, tt := range map[string]struct {
		given []domain.Event
		of    string
		want  string // the day, or the rule
	}{
		"a year in long-term fostering":   {[]domain.Event{began("e1", "2025-01-06", "S", "U4")}, "", "2026-04-06"},
		"a day less than a year":          {[]domain.Event{began("e1", "2025-01-07", "S", "U4")}, "", "2026-02-17"},
		"a year in other fostering":       {[]domain.Event{began("e1", "2025-01-06", "S", "U6")}, "e1", "2026-02-17"},
		"a change of status only":         {[]domain.Event{began("e1", "2025-01-06", "S", "U1"), continued, began("e2", "2025-06-02", "L", "U1")}, "e2", "2026-04-06"},
		"a move half a year ago":          {[]domain.Event{began("e1", "2025-01-06", "S", "U1"), continued, began("e2", "2025-06-02", "P", "U1")}, "", "2026-02-17"},
		"a child who comes into care":     {[]domain.Event{began("e1", "2026-01-06", "S", "U1")}, "", "2026-02-17"},
		"a child who comes the day after": {[]domain.Event{began("e1", "2026-01-07", "S", "U1")}, "", "visited-work-unknown"},
		"a child who left on the day":     {[]domain.Event{began("e1", "2025-01-06", "S", "U1"), lookedafter.EpisodeCeased{Dated: on("2026-01-06"), Episode: "e1", Reason: "E4A"}}, "", "2026-02-17"},
		"a child who left the day before": {[]domain.Event{began("e1", "2025-01-06", "S", "U1"), lookedafter.EpisodeCeased{Dated: on("2026-01-05"), Episode: "e1", Reason: "E4A"}}, "", "visited-work-unknown"},
		"an episode that nobody knows":    {[]domain.Event{began("e1", "2025-01-06", "S", "U1")}, "e9", "visited-work-unknown"},
	} {
		r := record.Fold(entries(tt.given...))
		c := visit.Make{Dated: on("2026-01-06"), Visit: "x", Under: visit.LookedAfter, Of: tt.of, Where: "placement", Seen: true}
		events, err := r.Visits.Make(c, r.Visited(c.Under, c.Of, c.Happened), england)
		got := events[0].(visit.Made).NextBy.String()
		if err != nil {
			got = strings.Join(domaintest.Rules(err), " ")
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestAVisitToACareLeaverIsDueInTwoMonthsWhileHelpIsOwed(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	r := record.Fold(entries(careleaver.Entitled{Dated: on("2026-01-06"), Eligibility: "relevant"}, careleaver.Ended{Dated: on("2026-03-02"), Reason: "declined"}))
	for day, want := range map[string]string{"2026-01-05": "visited-before-work", "2026-01-06": "2026-03-06", "2026-03-02": "2026-05-02", "2026-03-03": "visited-after-work"} {
		c := visit.Make{Dated: on(day), Visit: "x", Under: visit.CareLeaver, Where: "home", Seen: true}
		events, err := r.Visits.Make(c, r.Visited(c.Under, c.Of, c.Happened), england)
		got := events[0].(visit.Made).NextBy.String()
		if err != nil {
			got = strings.Join(domaintest.Rules(err), " ")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

func TestVisitsInCareOfEitherShapeStandInOneList(t *testing.T) {
	r := record.Fold(entries(
		visit.MadeInCare{Dated: on("2026-01-06"), Visit: "x1", Seen: true, SeenAlone: true, VisitBy: domain.MustDate("2026-02-17")},
		visit.Made{Dated: on("2026-02-06"), Visit: "x1", Under: visit.LookedAfter, Seen: true}))
	if len(r.Visits) != 2 || r.Visits.Last(visit.Made.WasSeen).Entry != 2 || r.Visits.Last(visit.Made.WasSeenAlone).Entry != 1 ||
		!lookedafter.InCare(r.Visits[0].Fact) || r.Visits[0].Fact.NextBy.String() != "2026-02-17" {
		t.Errorf("%+v", r.Visits)
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
