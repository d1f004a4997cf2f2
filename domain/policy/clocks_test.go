package policy_test

import (
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
)

func TestAClockEndsOnTheDayThatTheRulesOfItsStartSay(t *testing.T) {
	for _, tt := range []struct {
		why    string
		nation policy.Nation
		clock  policy.Clock
		from   string
		want   string // "" for no such clock
	}{
		{"next working day", policy.England, policy.ReferralDecision, "2026-02-06", "2026-02-09"},
		{"over Easter", policy.England, policy.ReferralDecision, "2026-04-02", "2026-04-07"},
		{"45 working days over three bank holidays", policy.England, policy.Assessment, "2026-04-01", "2026-06-09"},
		{"no single assessment before 2013", policy.England, policy.Assessment, "2013-04-14", ""},
		{"the first day of the single assessment", policy.England, policy.Assessment, "2013-04-15", "2013-06-19"},
		{"a record from 2015 by the rules of 2015", policy.England, policy.Assessment, "2015-03-02", "2015-05-07"},
		{"7 working days until 2010", policy.England, policy.InitialAssessment, "2010-03-31", "2010-04-13"},
		{"10 working days from 2010", policy.England, policy.InitialAssessment, "2010-04-01", "2010-04-19"},
		{"no initial assessment since 2013", policy.England, policy.InitialAssessment, "2013-04-15", ""},
		{"the last core assessment", policy.England, policy.CoreAssessment, "2013-04-14", "2013-06-04"},
		{"15 working days over Easter", policy.England, policy.InitialConference, "2024-03-18", "2024-04-10"},
		{"15 working days over the state funeral", policy.England, policy.InitialConference, "2022-09-05", "2022-09-27"},
		{"the same in Wales", policy.Wales, policy.InitialConference, "2022-09-05", "2022-09-27"},
		{"transfer", policy.England, policy.TransferConference, "2026-02-02", "2026-02-23"},
		{"core group", policy.England, policy.CoreGroup, "2025-12-22", "2026-01-08"},
		{"core group", policy.Wales, policy.CoreGroup, "2025-12-22", "2026-01-08"},
		{"three months into a shorter month", policy.England, policy.FirstReview, "2023-11-30", "2024-02-29"},
		{"six months", policy.England, policy.LaterReview, "2025-08-31", "2026-02-28"},
		{"six months", policy.Wales, policy.LaterReview, "2025-08-31", "2026-02-28"},
		{"no clock before the list begins", policy.England, policy.FirstReview, "1990-01-01", ""},

		{"21 calendar days in 2014", policy.Scotland, policy.InitialConference, "2021-09-01", "2021-09-22"},
		{"28 calendar days since 2021", policy.Scotland, policy.InitialConference, "2021-09-02", "2021-09-30"},
		{"no national clock before 2014", policy.Scotland, policy.InitialConference, "2014-04-30", ""},
		{"first review in 2014", policy.Scotland, policy.FirstReview, "2021-09-01", "2021-12-01"},
		{"first review since 2021", policy.Scotland, policy.FirstReview, "2021-09-02", "2022-03-02"},
		{"core group, calendar days", policy.Scotland, policy.CoreGroup, "2023-08-30", "2023-09-14"},
		{"core group, working days since 2023", policy.Scotland, policy.CoreGroup, "2023-08-31", "2023-09-21"},
		{"minutes in 2014", policy.Scotland, policy.ConferenceRecord, "2021-09-01", "2021-09-16"},
		{"significant change in 2014", policy.Scotland, policy.SignificantChange, "2014-05-01", "2014-05-04"},
		{"no significant change before", policy.Scotland, policy.SignificantChange, "2014-04-30", ""},
		{"28 weeks of a pregnancy", policy.Scotland, policy.PreBirthGestation, "2024-01-01", "2024-07-15"},
		{"record, working days of Scotland", policy.Scotland, policy.ConferenceRecord, "2025-12-22", "2026-01-09"},
		{"inquorate", policy.Scotland, policy.InquorateConference, "2026-06-12", "2026-06-29"},
		{"transfer", policy.Scotland, policy.TransferConference, "2026-06-12", "2026-07-14"},
		{"significant change", policy.Scotland, policy.SignificantChange, "2026-02-27", "2026-03-02"},
		{"unborn", policy.Scotland, policy.PreBirthConference, "2024-02-01", "2024-02-29"},
		{"unborn", policy.Scotland, policy.PreBirthReview, "2024-02-29", "2024-05-29"},
		{"no clock of England", policy.Scotland, policy.Assessment, "2026-02-02", ""},

		{"first week of a placement", policy.England, policy.PlacementVisit, "2026-02-02", "2026-02-09"},
		{"six weeks", policy.England, policy.LookedAfterVisit, "2026-02-02", "2026-03-16"},
		{"three months", policy.England, policy.SettledPlacementVisit, "2026-02-02", "2026-05-02"},
		{"four weeks until 2011", policy.England, policy.LookedAfterFirstReview, "2011-03-31", "2011-04-28"},
		{"20 working days from 2011", policy.England, policy.LookedAfterFirstReview, "2011-04-01", "2011-05-05"},
		{"three months", policy.England, policy.LookedAfterSecondReview, "2011-05-05", "2011-08-05"},
		{"six months", policy.England, policy.LookedAfterLaterReview, "2011-08-05", "2012-02-05"},
		{"first health assessment", policy.England, policy.LookedAfterHealthAssessment, "2026-04-01", "2026-05-01"},
		{"health under five", policy.England, policy.HealthAssessmentUnderFive, "2026-01-31", "2026-07-31"},
		{"health from five", policy.England, policy.HealthAssessmentFromFive, "2024-02-29", "2025-02-28"},
		{"no such clock of health before 2011", policy.England, policy.HealthAssessmentFromFive, "2011-03-31", ""},
		{"education plan over Easter", policy.England, policy.EducationPlan, "2026-04-01", "2026-04-17"},
		{"education plan again", policy.England, policy.EducationPlanReview, "2026-01-05", "2026-07-05"},
		{"72 hours after return", policy.England, policy.ReturnInterview, "2026-01-05", "2026-01-08"},
		{"no return interview before 2014", policy.England, policy.ReturnInterview, "2013-12-31", ""},
		{"pathway plan", policy.England, policy.PathwayPlanReview, "2026-01-05", "2026-07-05"},
		{"care leaver", policy.England, policy.CareLeaverVisit, "2026-01-05", "2026-03-05"},
		{"secure accommodation", policy.England, policy.SecureFirstReview, "2026-01-31", "2026-02-28"},
		{"secure accommodation again", policy.England, policy.SecureLaterReview, "2026-01-31", "2026-04-30"},
		{"26 weeks", policy.England, policy.CareProceedings, "2026-01-05", "2026-07-06"},
		{"26 weeks are not the law of Scotland", policy.Scotland, policy.CareProceedings, "2026-01-05", ""},
		{"72 hours", policy.Wales, policy.PoliceProtection, "2026-01-30", "2026-02-02"},
		{"8 days", policy.England, policy.EmergencyProtectionOrder, "2026-01-30", "2026-02-07"},
		{"7 days more", policy.England, policy.EmergencyProtectionExtension, "2026-02-07", "2026-02-14"},
		{"rapid review", policy.England, policy.RapidReview, "2026-03-27", "2026-04-21"},
		{"no rapid review before 2018", policy.England, policy.RapidReview, "2018-06-28", ""},
		{"7 working days over Easter", policy.England, policy.PrivateFosteringFirstVisit, "2026-03-30", "2026-04-10"},
		{"six weeks in the first year", policy.England, policy.PrivateFosteringVisit, "2026-01-05", "2026-02-16"},
		{"twelve weeks after it", policy.England, policy.PrivateFosteringSettledVisit, "2026-01-05", "2026-03-30"},
		{"no private fostering rules before 2005", policy.England, policy.PrivateFosteringFirstVisit, "2005-06-30", ""},
		{"serious incident", policy.England, policy.SeriousIncidentNotification, "2026-01-30", "2026-02-06"},
		{"40 days until 2018", policy.England, policy.SubjectAccess, "2018-05-24", "2018-07-03"},
		{"a month since, on a Saturday", policy.Scotland, policy.SubjectAccess, "2026-01-31", "2026-03-02"},
		{"a month to a working day", policy.England, policy.SubjectAccess, "2026-02-05", "2026-03-05"},
		{"a month to the last day of a short one", policy.England, policy.SubjectAccess, "2028-01-31", "2028-02-29"},
		{"a month to a Sunday", policy.England, policy.SubjectAccess, "2026-02-15", "2026-03-16"},
		{"a month to Good Friday", policy.England, policy.SubjectAccess, "2026-03-03", "2026-04-07"},
		{"a month to Easter Monday, which Scotland does not keep", policy.Scotland, policy.SubjectAccess, "2026-03-06", "2026-04-06"},
		{"a month to Easter Monday, which Wales keeps", policy.Wales, policy.SubjectAccess, "2026-03-06", "2026-04-07"},
		{"40 days end on a Sunday", policy.England, policy.SubjectAccess, "2018-05-22", "2018-07-01"},
		{"three months in all", policy.Wales, policy.SubjectAccessExtended, "2026-02-05", "2026-05-05"},

		{"no clock of that name", policy.England, policy.Clock("tea-break"), "2026-01-30", ""},
	} {
		due, ok := pack(t, tt.nation).Due(tt.clock, domain.MustDate(tt.from))
		if due.String() != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %s %s from %s is due %q, %t; want %q", tt.why, tt.nation, tt.clock, tt.from, due, ok, tt.want)
		}
	}
}

func TestNothingIsDueFromNoDateNorPastTheCalendar(t *testing.T) {
	p := pack(t, policy.England)
	if due, ok := p.Due(policy.Assessment, domain.Date{}); ok || !due.IsZero() {
		t.Errorf("from no date: %s, %t", due, ok)
	}
	if _, ok := p.ClockRule(policy.Assessment, domain.Date{}); ok {
		t.Error("a rule is in force on no date")
	}
	if due, ok := p.Due(policy.LaterReview, domain.MustDate("9999-12-31")); ok || !due.IsZero() {
		t.Errorf("from the last day: %s, %t", due, ok)
	}
}

func TestARuleSaysItsLengthItsPeriodAndItsSource(t *testing.T) {
	rule, ok := pack(t, policy.Scotland).ClockRule(policy.InitialConference, domain.MustDate("2015-06-01"))
	want := policy.Rule{
		Clock:    policy.InitialConference,
		Amount:   21,
		Unit:     policy.CalendarDays,
		From:     domain.MustDate("2014-05-01"),
		Until:    domain.MustDate("2021-09-01"),
		Source:   "National Guidance for Child Protection in Scotland 2014",
		Sentence: "The initial child protection case conference is held within 21 calendar days of the concern being notified.",
	}
	if !ok || rule != want {
		t.Errorf("got %+v, %t", rule, ok)
	}
}

func TestThereAreNoRulesForAnUnknownNation(t *testing.T) {
	for _, n := range []policy.Nation{"", "England", "northern-ireland"} {
		if p, err := policy.For(n); err == nil || p.Nation() != "" {
			t.Errorf("For(%q) gives %q, %v", n, p.Nation(), err)
		}
	}
	for _, n := range nations {
		if got := pack(t, n).Nation(); got != n {
			t.Errorf("the pack of %s says %s", n, got)
		}
	}
}

func TestThePackOfNoNationHasNoRules(t *testing.T) {
	var none policy.Pack
	if _, ok := none.Due(policy.Assessment, domain.MustDate("2026-02-02")); ok {
		t.Error("the zero pack has a clock")
	}
	if !none.IsWorkingDay(domain.MustDate("2025-12-25")) || none.IsWorkingDay(domain.MustDate("2025-12-27")) {
		t.Error("the zero pack knows more than weekends")
	}
}

func TestDaysOfWaitingDoNotCountWhereTheLawSaysSo(t *testing.T) {
	england := pack(t, policy.England)
	for started, want := range map[string]bool{"2026-02-04": false, "2026-02-05": true} {
		for _, waitsFor := range []string{policy.Identity, policy.Clarification} {
			if _, got := england.Waits(policy.SubjectAccess, waitsFor, domain.MustDate(started)); got != want {
				t.Errorf("a request of %s that waits for %s: %t", started, waitsFor, got)
			}
		}
	}
	if _, waits := england.Waits(policy.Assessment, policy.Clarification, domain.MustDate("2026-02-05")); waits {
		t.Error("an assessment waits")
	}
	for days, want := range map[int]string{0: "2026-03-05", 1: "2026-03-06", 2: "2026-03-09", 3: "2026-03-09", 4: "2026-03-09", 5: "2026-03-10"} {
		if due, _ := england.DueStopped(policy.SubjectAccess, domain.MustDate("2026-02-05"), days); due.String() != want {
			t.Errorf("stopped for %d days: %s, want %s", days, due, want)
		}
	}
	if due, _ := england.DueStopped(policy.PoliceProtection, domain.MustDate("2026-02-05"), 2); due.String() != "2026-02-10" {
		t.Errorf("another clock, stopped for 2 days: %s", due)
	}
}
