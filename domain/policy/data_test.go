package policy

import (
	"slices"
	"testing"
)

var everyClock = []Clock{
	ReferralDecision, InitialAssessment, CoreAssessment, Assessment,
	InitialConference, PreBirthConference, TransferConference, InquorateConference, ConferenceRecord,
	CoreGroup, FirstReview, PreBirthReview, LaterReview, SignificantChange, PreBirthGestation,
	PlacementVisit, LookedAfterVisit, SettledPlacementVisit,
	LookedAfterFirstReview, LookedAfterSecondReview, LookedAfterLaterReview,
	LookedAfterHealthAssessment, HealthAssessmentUnderFive, HealthAssessmentFromFive, EducationPlan, EducationPlanReview,
	ReturnInterview, PathwayPlanReview, CareLeaverVisit, SecureFirstReview, SecureLaterReview,
	CareProceedings, PoliceProtection, EmergencyProtectionOrder, EmergencyProtectionExtension,
	SeriousIncidentNotification, SubjectAccess, SubjectAccessExtended,
	RapidReview, PrivateFosteringFirstVisit, PrivateFosteringVisit, PrivateFosteringSettledVisit,
	FirstSupportReview, SupportReview, DirectPaymentFirstReview, DirectPaymentReview,
	HarmOpinion,
	LibertyDecision, UrgentAuthorisation, StandardAuthorisation,
	DisclosurePolice,
}

func TestNoNationSetsAClockThatIsLocal(t *testing.T) {
	for nation, rules := range clocks() {
		for _, clock := range OwnClocks() {
			if len(rules[clock]) > 0 {
				t.Errorf("%s sets %s", nation, clock)
			}
		}
	}
}

func TestEveryClockOfTheDataHasANameAndEveryNameAClock(t *testing.T) {
	used := make(map[Clock]bool)
	for nation, rules := range clocks() {
		if calendarOf(nation) == "" {
			t.Errorf("%s is no nation", nation)
		}
		for clock := range rules {
			used[clock] = true
			if !slices.Contains(everyClock, clock) {
				t.Errorf("%s: %s has no constant", nation, clock)
			}
		}
	}
	for _, clock := range everyClock {
		if !used[clock] {
			t.Errorf("%s is in no nation", clock)
		}
	}
}

func TestEveryClockRuleIsComplete(t *testing.T) {
	units := []Unit{WorkingDays, CalendarDays, Weeks, Months, MonthsToWorkingDay}
	for nation, byClock := range clocks() {
		for clock, rules := range byClock {
			for _, r := range rules {
				if r.Amount < 1 || !slices.Contains(units, r.Unit) || r.From.IsZero() || r.Source == "" || r.Sentence == "" {
					t.Errorf("%s %s from %s is incomplete", nation, clock, r.From)
				}
			}
		}
	}
}

func TestTheRulesOfAClockFollowEachOtherWithoutOverlap(t *testing.T) {
	for nation, byClock := range clocks() {
		for clock, rules := range byClock {
			for i, r := range rules {
				if !r.Until.IsZero() && r.Until.Before(r.From) {
					t.Errorf("%s %s: ends on %s, before it begins", nation, clock, r.Until)
				}
				if i > 0 && rules[i-1].Until.AddDays(1) != r.From {
					t.Errorf("%s %s: %s does not follow %s", nation, clock, r.From, rules[i-1].Until)
				}
			}
		}
	}
}

func TestTheRowsOfACodeFollowEachOtherWithoutOverlap(t *testing.T) {
	for set, table := range codeSets() {
		for code, rows := range table.rows {
			for i, r := range rows {
				if r.Label == "" || (!r.Until.IsZero() && r.Until.Before(r.From)) {
					t.Errorf("%s %s: no label, or ends on %s, before it begins", set, code, r.Until)
				}
				if i > 0 && rows[i-1].Until.AddDays(1) != r.From {
					t.Errorf("%s %s: %s does not follow %s", set, code, r.From, rows[i-1].Until)
				}
			}
		}
	}
}

func TestEveryHolidayExceptionIsAChangeToAWeekday(t *testing.T) {
	rows := must(readTable("data/holiday-exceptions.csv"))
	for _, row := range rows {
		if row["change"] != "added" && row["change"] != "removed" {
			t.Errorf("%s: no such change: %s", row["date"], row["change"])
		}
	}
	rules := must(readHolidayRules())
	for calendar, exceptions := range must(readExceptions()) {
		regular := calendarDays(rules[calendar], nil)
		for _, e := range exceptions {
			if isWeekend(e.day) || slices.Contains(regular, e.day) == e.added {
				t.Errorf("%s: %s changes nothing", calendar, e.day)
			}
		}
	}
}

func TestEasterIsOnTheKnownDays(t *testing.T) {
	// The earliest and latest possible days, and years at the edges of centuries.
	for year, want := range map[int]string{
		1818: "1818-03-22", 1943: "1943-04-25", 1975: "1975-03-30", 2000: "2000-04-23", 2024: "2024-03-31",
		2026: "2026-04-05", 2038: "2038-04-25", 2049: "2049-04-18", 2076: "2076-04-19", 2100: "2100-03-28",
	} {
		if got := easter(year).String(); got != want {
			t.Errorf("Easter %d is %s, want %s", year, got, want)
		}
	}
}

func TestABadRuleOfADayIsRefused(t *testing.T) {
	for _, text := range []string{"", "every monday", "first tuesday 05", "easter", "12/25"} {
		if _, err := parseDay(text); err == nil {
			t.Errorf("%q is taken for a rule", text)
		}
	}
}

func TestEveryStopIsOfAClockThatRunsThen(t *testing.T) {
	known := map[[2]string]bool{{Identity, Begins}: true, {Clarification, Stops}: true}
	for nation, all := range stops() {
		for _, s := range all {
			if _, runs := must(For(nation)).ClockRule(s.Clock, s.From); !runs || !known[[2]string{s.For, s.Effect}] || s.Source == "" || s.Sentence == "" {
				t.Errorf("%s: %s waits for %s", nation, s.Clock, s.For)
			}
		}
	}
	if len(stops()) != 3 {
		t.Errorf("%d nations have stops", len(stops()))
	}
}
