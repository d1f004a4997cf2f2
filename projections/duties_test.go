package projections_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/conference"
	"caseledger/domain/enquiry"
	"caseledger/domain/health"
	"caseledger/domain/incident"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/policy"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/domain/visit"
	"caseledger/projections"
)

func england(t testing.TB) policy.Pack {
	t.Helper()
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// clocksOf tells the clocks that run on Ann's record on a day.
func clocksOf(t *testing.T, on string, events ...domain.Event) string {
	t.Helper()
	l := newLedger(t)
	l.events(ann, events...)
	rows, err := caughtUp(t, l).DutiesAt(ctx, l.load, england(t), time.Time{}, projections.DutyFilter{On: date(on)})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		text := r.Clock + " by " + r.Due.String()
		if r.Overdue {
			text += "!"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestEachClockRunsFromWhatStartsItToWhatEndsIt(t *testing.T) {
	plan := protection.Registered{Dated: on("2024-01-10"), Plan: "p1", CoreGroupBy: date("2024-01-24"), ReviewBy: date("2024-04-10")}
	group := protection.CoreGroupMet{Dated: on("2024-01-20"), Plan: "p1", Meeting: "g1", NextBy: date("2024-03-02")}
	review := protection.Reviewed{Dated: on("2024-04-01"), Plan: "p1", Review: "v1", ReviewBy: date("2024-10-01")}
	action := protection.ActionSet{Dated: on("2024-01-20"), Plan: "p1", Action: domain.Action{ID: "x1", By: date("2024-02-20")}}
	change := protection.ChangeFound{Dated: on("2024-02-01"), Plan: "p1", Change: "s1", ReportBy: date("2024-02-04")}
	seen := visit.Made{Dated: on("2024-01-12"), Visit: "b1", Under: visit.Protection, Of: "p1", Seen: true, NextBy: date("2024-01-26")}
	unseen := visit.Made{Dated: on("2024-01-20"), Visit: "b2", Under: visit.Protection, Of: "p1"}
	need := cinplan.Agreed{Dated: on("2024-01-10"), Plan: "n1", Actions: []domain.Action{{ID: "x1", By: date("2024-02-10")}}, ReviewBy: date("2024-03-10")}
	fostered := privatefostering.Notified{Dated: on("2024-01-10"), Arrangement: "f1", VisitBy: date("2024-01-19")}
	fosterSeen := visit.Made{Dated: on("2025-01-10"), Visit: "b1", Under: visit.PrivateFostering, Of: "f1", Seen: true, NextBy: date("2025-04-04")}
	care := lookedafter.EpisodeBegan{Dated: on("2024-01-10"), Episode: "e1", Reason: "S", ReviewBy: date("2024-02-07"), VisitBy: date("2024-01-17"), HealthBy: date("2024-02-07"), PlanBy: date("2024-01-24")}
	careSeen := visit.Made{Dated: on("2024-01-12"), Visit: "b1", Under: visit.LookedAfter, Seen: true, NextBy: date("2024-02-23")}
	careUnseen := visit.MadeInCare{Dated: on("2024-01-12"), Visit: "b1", VisitBy: date("2024-02-23")}
	careReview := lookedafter.Reviewed{Dated: on("2024-01-30"), Review: "v1", ReviewBy: date("2024-04-30")}
	careHealth := health.Assessed{Dated: on("2024-01-25"), Assessment: "h1", NextBy: date("2024-07-25")}
	carePlan := lookedafter.EducationPlanned{Dated: on("2024-01-20"), Plan: "p1", ReviewBy: date("2024-07-20")}
	secure := lookedafter.LibertyRestricted{Dated: on("2024-01-10"), Restriction: "l1", Kind: "secure-accommodation", ReviewBy: date("2024-02-10")}
	pathway := careleaver.Planned{Dated: on("2024-01-10"), Plan: "p1", ReviewBy: date("2024-07-10")}
	met := careleaver.Contacted{Dated: on("2024-01-10"), Contact: "c1", InTouch: "YES", VisitBy: date("2024-03-10")}
	for _, tt := range []struct {
		why, on string
		given   []domain.Event
		want    string
	}{
		{"a plan", "2024-01-24", []domain.Event{plan}, "core-group by 2024-01-24, first-review by 2024-04-10"},
		{"the day after the core group was due", "2024-01-25", []domain.Event{plan}, "core-group by 2024-01-24!, first-review by 2024-04-10"},
		{"a core group", "2024-01-25", []domain.Event{plan, group}, "later-core-group by 2024-03-02, first-review by 2024-04-10"},
		{"a review", "2024-04-02", []domain.Event{plan, group, review}, "later-core-group by 2024-03-02!, later-review by 2024-10-01"},
		{"a plan that ended", "2024-04-02", []domain.Event{plan, protection.Ended{Dated: on("2024-04-02"), Plan: "p1"}}, ""},
		{"an action", "2024-01-21", []domain.Event{plan, group, review, action}, "plan-action by 2024-02-20, later-core-group by 2024-03-02, first-review by 2024-04-10"},
		{"an action done", "2024-01-23", []domain.Event{plan, action, protection.ActionClosed{Dated: on("2024-01-22"), Plan: "p1", ID: "x1"}}, "core-group by 2024-01-24, first-review by 2024-04-10"},
		{"a visit at which the child was not seen", "2024-01-25", []domain.Event{plan, group, seen, unseen}, "protection-visit by 2024-01-26, later-core-group by 2024-03-02, first-review by 2024-04-10"},
		{"a significant change", "2024-02-02", []domain.Event{plan, group, review, change}, "significant-change by 2024-02-04, later-core-group by 2024-03-02, first-review by 2024-04-10"},
		{"of which the chair was told", "2024-02-03", []domain.Event{plan, group, review, change, protection.ChangeReported{Dated: on("2024-02-03"), Plan: "p1", Change: "s1"}}, "later-core-group by 2024-03-02, first-review by 2024-04-10"},
		{"a plan in need", "2024-01-25", []domain.Event{need}, "cin-action by 2024-02-10, cin-review by 2024-03-10"},
		{"its review", "2024-02-25", []domain.Event{need, cinplan.Reviewed{Dated: on("2024-02-20"), Plan: "n1", Review: "v1"}}, "cin-action by 2024-02-10!"},
		{"private fostering", "2024-01-12", []domain.Event{fostered}, "private-fostering-first-visit by 2024-01-19"},
		{"after its first year", "2025-01-12", []domain.Event{fostered, fosterSeen}, "private-fostering-settled-visit by 2025-04-04"},
		{"an incident", "2024-01-12", []domain.Event{incident.Learned{Dated: on("2024-01-10"), Incident: "i1", NotifyBy: date("2024-01-17"), ReviewBy: date("2024-01-31")},
			incident.Notified{Dated: on("2024-01-11"), Incident: "i1"}}, "rapid-review by 2024-01-31"},
		{"a family that moved in", "2024-01-12", []domain.Event{transfer.Notified{Dated: on("2024-01-10"), Transfer: "t1", Direction: transfer.In, ConferenceBy: date("2024-01-31")},
			temporary.Entered{Dated: on("2024-01-10"), Registration: "t1", ConferenceBy: date("2024-01-31")}}, "transfer-conference by 2024-01-31"},
		{"minutes", "2024-01-12", []domain.Event{conference.Minuted{Dated: on("2024-01-10"), Conference: "c1", CirculateBy: date("2024-01-24")}}, "conference-record by 2024-01-24"},
		{"minutes sent", "2024-01-12", []domain.Event{conference.Minuted{Dated: on("2024-01-10"), Conference: "c1", CirculateBy: date("2024-01-24")},
			conference.Circulated{Dated: on("2024-01-12"), Conference: "c1"}}, ""},
		{"an inquorate conference", "2024-01-12", []domain.Event{conference.Adjourned{Dated: on("2024-01-10"), Conference: "c1", Kind: "initial", ReconveneBy: date("2024-01-24")}}, "inquorate-conference by 2024-01-24"},
		{"held again", "2024-01-18", []domain.Event{conference.Adjourned{Dated: on("2024-01-10"), Conference: "c1", Kind: "initial", ReconveneBy: date("2024-01-24")},
			enquiry.ConferenceHeld{Dated: on("2024-01-17"), Conference: "c2"}}, ""},
		{"care", "2024-01-12", []domain.Event{care}, "placement-visit by 2024-01-17, education-plan by 2024-01-24, looked-after-first-review by 2024-02-07, looked-after-health-assessment by 2024-02-07"},
		{"care that goes its way", "2024-02-24", []domain.Event{care, careSeen, careReview, careHealth, carePlan},
			"looked-after-visit by 2024-02-23!, looked-after-second-review by 2024-04-30, education-plan-review by 2024-07-20, health-assessment-under-five by 2024-07-25"},
		{"a child in care who was not seen", "2024-01-18", []domain.Event{care, careUnseen}, "placement-visit by 2024-01-17!, education-plan by 2024-01-24, looked-after-first-review by 2024-02-07, looked-after-health-assessment by 2024-02-07"},
		{"a later review", "2024-05-01", []domain.Event{care, careSeen, careReview, careHealth, carePlan, lookedafter.Reviewed{Dated: on("2024-04-30"), Review: "v2", ReviewBy: date("2024-10-30")}},
			"looked-after-visit by 2024-02-23!, education-plan-review by 2024-07-20, health-assessment-under-five by 2024-07-25, looked-after-later-review by 2024-10-30"},
		{"a move", "2024-03-02", []domain.Event{care, lookedafter.EpisodeCeased{Dated: on("2024-03-01"), Episode: "e1", Reason: "X1"},
			lookedafter.EpisodeBegan{Dated: on("2024-03-01"), Episode: "e2", Reason: "P", VisitBy: date("2024-03-08")}},
			"education-plan by 2024-01-24!, looked-after-first-review by 2024-02-07!, looked-after-health-assessment by 2024-02-07!, placement-visit by 2024-03-08"},
		{"a change of status", "2024-03-02", []domain.Event{care, careHealth, carePlan, careReview, lookedafter.EpisodeCeased{Dated: on("2024-01-15"), Episode: "e1", Reason: "X1"},
			lookedafter.EpisodeBegan{Dated: on("2024-01-15"), Episode: "e2", Reason: "L"}},
			"placement-visit by 2024-01-17!, looked-after-second-review by 2024-04-30, education-plan-review by 2024-07-20, health-assessment-under-five by 2024-07-25"},
		{"a child who left care", "2024-03-02", []domain.Event{care, careSeen, careReview, careHealth, carePlan, lookedafter.EpisodeCeased{Dated: on("2024-03-01"), Episode: "e1", Reason: "E4A"}}, ""},
		{"a child who came back", "2024-06-02", []domain.Event{care, lookedafter.EpisodeCeased{Dated: on("2024-01-15"), Episode: "e1", Reason: "E4A"},
			lookedafter.EpisodeBegan{Dated: on("2024-06-01"), Episode: "e2", Reason: "S", VisitBy: date("2024-06-08")}}, "placement-visit by 2024-06-08"},
		{"secure accommodation", "2024-03-02", []domain.Event{secure}, "secure-first-review by 2024-02-10!"},
		{"after its panel", "2024-03-02", []domain.Event{secure, lookedafter.LibertyReviewed{Dated: on("2024-02-09"), Restriction: "l1", Review: "1", ReviewBy: date("2024-05-09")}}, "secure-later-review by 2024-05-09"},
		{"freedom", "2024-03-02", []domain.Event{secure, lookedafter.LibertyRestored{Dated: on("2024-02-20"), Restriction: "l1"}}, ""},
		{"a child who came back from being missing", "2024-03-02", []domain.Event{missing.Returned{Dated: on("2024-03-01"), Absence: "m1", InterviewBy: date("2024-03-04")}}, "return-interview by 2024-03-04"},
		{"and was talked to", "2024-03-02", []domain.Event{missing.Returned{Dated: on("2024-03-01"), Absence: "m1", InterviewBy: date("2024-03-04")}, missing.Interviewed{Dated: on("2024-03-02"), Absence: "m1"}}, ""},
		{"a care leaver", "2024-03-02", []domain.Event{pathway, met}, "care-leaver-visit by 2024-03-10, pathway-plan-review by 2024-07-10"},
		{"who was not found", "2024-03-12", []domain.Event{pathway, met, careleaver.Contacted{Dated: on("2024-03-05"), Contact: "c2", InTouch: "NO", VisitBy: date("2024-05-05")}},
			"care-leaver-visit by 2024-03-10!, care-leaver-visit by 2024-05-05, pathway-plan-review by 2024-07-10"},
		{"who was visited", "2024-03-12", []domain.Event{pathway, met, visit.Made{Dated: on("2024-03-05"), Visit: "b1", Under: visit.CareLeaver, Seen: true, NextBy: date("2024-05-05")}},
			"care-leaver-visit by 2024-05-05, pathway-plan-review by 2024-07-10"},
		{"who wants no more help", "2024-03-12", []domain.Event{pathway, met, careleaver.Ended{Dated: on("2024-03-05")}}, ""},
		{"care proceedings", "2024-03-12", []domain.Event{legal.Applied{Dated: on("2024-01-10"), Application: "a1", DecideBy: date("2024-07-10")}}, "care-proceedings by 2024-07-10"},
		{"disposed of", "2024-03-12", []domain.Event{legal.Applied{Dated: on("2024-01-10"), Application: "a1", DecideBy: date("2024-07-10")}, legal.Disposed{Dated: on("2024-03-12"), Application: "a1"}}, ""},
	} {
		if got := clocksOf(t, tt.on, tt.given...); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.why, got, tt.want)
		}
	}
}

func TestADutyNamesTheRuleItComesFrom(t *testing.T) {
	l := annsStory(t)
	db := caughtUp(t, l)
	rows, err := db.Duties(ctx, england(t), projections.DutyFilter{Worker: "worker-7", On: date("2023-11-01"), By: date("2024-01-20")})
	if err != nil || len(rows) != 2 || rows[0].Clock != "assessment" || rows[0].Days != 33 || rows[0].Source != "Working Together 2013 and later" ||
		!strings.Contains(rows[1].Sentence, "first review conference") {
		t.Errorf("%+v, %v", rows, err)
	}
	for want, f := range map[int]projections.DutyFilter{
		1: {Unallocated: true}, 0: {Team: "south"}, 2: {Overdue: true, On: date("2024-01-04")},
	} {
		if rows, err := db.Duties(ctx, england(t), f); err != nil || len(rows) != want {
			t.Errorf("%+v: %+v, %v", f, rows, err)
		}
	}
}

func TestAGapIsAnOpenCaseWhoseChildNobodySaw(t *testing.T) {
	l := newLedger(t)
	received := func(day string) domain.Event { return referral.Received{Dated: on(day), Referral: "r1"} }
	seen := func(day string, alone bool) domain.Event {
		return visit.Made{Dated: on(day), Visit: visit.ID(day), Under: visit.Other, Seen: true, Alone: alone}
	}
	l.events("never", received("2024-01-01"))
	l.events("young", received("2024-01-20"))
	l.events("seen", received("2024-01-01"), seen("2024-01-10", true), visit.Made{Dated: on("2024-01-25"), Visit: "b9", NotSeen: "not-in"})
	l.events("together", received("2024-01-01"), seen("2024-01-20", false))
	l.events("closed", received("2024-01-01"), referral.Closed{Dated: on("2024-01-05"), Referral: "r1"})
	db := caughtUp(t, l)
	for _, tt := range []struct {
		on    string
		days  int
		alone bool
		want  string
	}{
		{"2024-01-20", 10, false, "never"},
		{"2024-01-21", 10, false, "never seen"},
		{"2024-01-21", 10, true, "never together seen"},
		{"2024-01-31", 0, false, "never young seen together"},
	} {
		f := projections.GapFilter{On: date(tt.on), Days: tt.days, Alone: tt.alone}
		now, err := db.Gaps(ctx, f)
		if got := recordsOf(now); err != nil || got != tt.want {
			t.Errorf("%+v: %s, %v; want %s", f, got, err, tt.want)
		}
	}
	then, err := db.GapsAt(ctx, l.load, time.Time{}, projections.GapFilter{On: date("2024-01-15"), Days: 10})
	if got := recordsOf(then); err != nil || got != "never together" {
		t.Errorf("as it was in between: %s, %v", got, err)
	}
}

func TestAChildIsSeenToWhateverTheChildHas(t *testing.T) {
	for want, given := range map[string][]domain.Event{
		"protection-plan":        {cinplan.Started{Dated: on("2024-01-01"), Plan: "n1"}, protection.Registered{Dated: on("2024-01-01"), Plan: "p1"}},
		"temporary-registration": {temporary.Entered{Dated: on("2024-01-01"), Registration: "m1"}},
		"cin-plan":               {cinplan.Started{Dated: on("2024-01-01"), Plan: "n1"}, privatefostering.Notified{Dated: on("2024-01-01"), Arrangement: "f1"}},
		"looked-after":           {cinplan.Started{Dated: on("2024-01-01"), Plan: "n1"}, lookedafter.EpisodeBegan{Dated: on("2024-01-02"), Episode: "e1", Reason: "S"}},
		"care-leaver":            {careleaver.Entitled{Dated: on("2024-01-01"), Eligibility: "relevant"}},
		"private-fostering":      {privatefostering.Notified{Dated: on("2024-01-01"), Arrangement: "f1"}},
		"none":                   {referral.Received{Dated: on("2024-01-01"), Referral: "r1"}},
		"":                       {temporary.Entered{Dated: on("2024-01-01"), Registration: "m1"}, temporary.Ended{Dated: on("2024-01-02"), Registration: "m1"}},
	} {
		l := newLedger(t)
		l.events(ann, given...)
		rows, err := caughtUp(t, l).Gaps(ctx, projections.GapFilter{})
		got := ""
		for _, r := range rows {
			got += r.Plan
		}
		if err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

func recordsOf(rows []projections.SightRow) string {
	var all []string
	for _, r := range rows {
		all = append(all, string(r.Record))
	}
	return strings.Join(all, " ")
}

func TestIndicatorsAreCountedOnTheCasesBehindThem(t *testing.T) {
	l := newLedger(t)
	received := func(id, day string) domain.Event {
		return referral.Received{Dated: on(day), Referral: referral.ID(id), DecideBy: date(day).AddDays(1)}
	}
	l.events("aaaa", received("r1", "2023-01-10"), referral.Decided{Dated: on("2023-01-11"), Referral: "r1"}, received("r2", "2024-01-10"), // a year to the day
		protection.Registered{Dated: on("2024-02-01"), Plan: "p1", Referral: "r2", Previous: 1, ReviewBy: date("2024-05-01")},
		protection.Reviewed{Dated: on("2024-05-01"), Plan: "p1", Review: "v1", ReviewBy: date("2024-11-01")},
		visit.Made{Dated: on("2024-02-10"), Visit: "b1", Seen: true, Alone: true}, visit.Made{Dated: on("2024-02-20"), Visit: "b2", Seen: true})
	l.events("bbbb", received("r1", "2022-12-31"), received("r2", "2024-01-01"), // a year and a day
		protection.Registered{Dated: on("2024-02-01"), Plan: "p1", Referral: "r2", ReviewBy: date("2024-05-01")},
		protection.Reviewed{Dated: on("2024-05-02"), Plan: "p1", Review: "v1"},
		protection.Registered{Dated: on("2024-01-01"), Plan: "p2", ReviewBy: date("2024-06-01")}, protection.Ended{Dated: on("2024-05-31"), Plan: "p2"},
		allocation.Allocated{Dated: on("2024-01-02"), Allocation: "l1", Worker: "w", Role: "lead"})
	db := caughtUp(t, l)
	period := projections.Period{From: date("2024-01-01"), To: date("2024-12-31")}
	all, err := db.Performance(ctx, period, date("2026-02-02"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, i := range projections.Indicators(all) {
		got[i.Indicator] = fmt.Sprintf("%d of %d", i.Counted, i.Of)
	}
	for indicator, want := range map[string]string{
		projections.ReReferrals: "1 of 2", projections.RepeatPlans: "1 of 3", projections.SeenAlone: "1 of 2",
		"in-time-first-review": "1 of 2", "in-time-later-review": "0 of 1", "in-time-referral-decision": "0 of 2",
		projections.DriftProtection: "2 of 2", projections.Unallocated: "2 of 4",
	} {
		if got[indicator] != want {
			t.Errorf("%s: %s, want %s", indicator, got[indicator], want)
		}
	}
	if early, err := db.Performance(ctx, period, date("2026-02-01")); err != nil || slices.ContainsFunc(early, func(e projections.Evidence) bool {
		return e.Indicator == projections.DriftProtection && e.Counted
	}) {
		t.Errorf("two years to the day is drift: %v", err)
	}
	then, err := db.PerformanceAt(ctx, l.load, moment(4), period, date("2024-12-31"))
	if err != nil || len(then) == 0 || len(then) >= len(all) {
		t.Errorf("as known after four entries: %d cases, %v", len(then), err)
	}
}

func TestIndicatorsOfAdultsAreCountedOnTheWorkWithThem(t *testing.T) {
	l := newLedger(t)
	l.events("aaaa", support.Agreed{Dated: on("2024-01-10"), Plan: "p1", ReviewBy: date("2025-01-10")},
		support.PaymentStarted{Dated: on("2024-02-01"), Payment: "d1", Plan: "p1"},
		allocation.Allocated{Dated: on("2024-01-02"), Allocation: "l1", Worker: "w", Role: "lead"})
	l.events("bbbb", support.Agreed{Dated: on("2024-01-11"), Plan: "p1", ReviewBy: date("2025-01-11")}, safeguarding.Raised{Dated: on("2024-03-01"), Concern: "c1"})
	l.events("cccc", support.Agreed{Dated: on("2024-01-11"), Plan: "p1"}, support.Ended{Dated: on("2024-06-01"), Plan: "p1"})
	count := func(day string) string {
		all, err := caughtUp(t, l).Performance(ctx, projections.Period{From: date("2024-01-01"), To: date("2024-12-31")}, date(day))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, i := range projections.Indicators(all) {
			if !strings.HasPrefix(i.Indicator, projections.InTimePrefix) {
				got += fmt.Sprintf("%s %d of %d; ", i.Indicator, i.Counted, i.Of)
			}
		}
		return got
	}
	for day, want := range map[string]string{
		"2025-01-10": "adults-unallocated 1 of 2; direct-payments 1 of 2; support-unreviewed 0 of 2; ",
		"2025-01-11": "adults-unallocated 1 of 2; direct-payments 1 of 2; support-unreviewed 1 of 2; ",
		"2025-01-12": "adults-unallocated 1 of 2; direct-payments 1 of 2; support-unreviewed 2 of 2; ",
	} {
		if got := count(day); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}

func TestAWorkloadWeighsChildrenAndCountsWhatIsDue(t *testing.T) {
	l := annsStory(t)
	weigh := func(plan string, _ domain.Date) int { return map[string]int{"protection-plan": 3, "none": 1}[plan] }
	rows, err := caughtUp(t, l).Workload(ctx, weigh, date("2023-12-05"), 50)
	got := fmt.Sprint(rows)
	if want := "[{  1 1 1 0} {worker-7 north 1 3 1 1}]"; err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func TestTheWorkWithChildrenInCareAndCareLeaversIsAWorkersOrNobodys(t *testing.T) {
	l := newLedger(t)
	care := lookedafter.EpisodeBegan{Dated: on("2024-01-10"), Episode: "e1", Reason: "S", ReviewBy: date("2024-02-07"), VisitBy: date("2024-01-17")}
	held := allocation.Allocated{Dated: on("2024-01-10"), Allocation: "l1", Worker: "worker-7", Team: "looked-after-children", Role: "lead"}
	l.events("aaaa", care, held, visit.Made{Dated: on("2024-01-12"), Visit: "b1", Under: visit.LookedAfter, Seen: true, Alone: true, NextBy: date("2024-02-23")})
	l.events("bbbb", care)
	l.events("cccc", careleaver.Entitled{Dated: on("2024-01-10"), Eligibility: "former-relevant"}, careleaver.AdviserNamed{Dated: on("2024-01-10"), Adviser: "pa-1"},
		careleaver.Planned{Dated: on("2024-01-11"), Plan: "p1", ReviewBy: date("2024-07-11")},
		careleaver.Contacted{Dated: on("2024-01-12"), Contact: "c1", InTouch: "YES", VisitBy: date("2024-03-12")},
		visit.Made{Dated: on("2024-02-12"), Visit: "b1", Under: visit.CareLeaver, Seen: true, NextBy: date("2024-04-12")})
	l.events("dddd", careleaver.Contacted{Dated: on("2024-01-12"), Contact: "c1", InTouch: "DIED"})
	db := caughtUp(t, l)
	for name, tt := range map[string]struct {
		filter projections.CaseloadFilter
		want   string
	}{
		"a worker's":   {projections.CaseloadFilter{Worker: "worker-7"}, "a:looked-after-review a:looked-after-visit a:looked-after"},
		"a team's":     {projections.CaseloadFilter{Team: "looked-after-children", Kind: projections.WorkCareVisit}, "a:looked-after-visit"},
		"nobody's":     {projections.CaseloadFilter{Unallocated: true}, "b:looked-after-visit b:looked-after-review b:looked-after"},
		"an adviser's": {projections.CaseloadFilter{Worker: "pa-1"}, "c:care-leaver-visit c:pathway-plan-review c:care-leaver"},
	} {
		rows, err := db.Caseload(ctx, tt.filter)
		if got := kinds(rows); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, tt.want)
		}
	}
	rows, err := db.Caseload(ctx, projections.CaseloadFilter{Record: "cccc", Kind: projections.WorkInTouch})
	if err != nil || len(rows) != 1 || rows[0].Due != date("2024-04-12") || rows[0].Opened != date("2024-02-12") {
		t.Errorf("a visit puts the next one off: %+v, %v", rows, err)
	}
	weigh := func(plan string, _ domain.Date) int { return map[string]int{"looked-after": 4, "care-leaver": 2}[plan] }
	loads, err := db.Workload(ctx, weigh, date("2024-02-24"), 30)
	if got, want := fmt.Sprint(loads), "[{  1 4 0 2} {pa-1  1 2 0 0} {worker-7 looked-after-children 1 4 0 2}]"; err != nil || got != want {
		t.Errorf("workload %s, %v; want %s", got, err, want)
	}
	gaps, err := db.Gaps(ctx, projections.GapFilter{On: date("2024-02-12"), Days: 30, Plan: "looked-after"})
	if got := recordsOf(gaps); err != nil || got != "bbbb aaaa" || gaps[0].Opened != date("2024-01-10") || gaps[1].Alone != date("2024-01-12") {
		t.Errorf("gaps %s %+v, %v", got, gaps, err)
	}
	all, err := db.Performance(ctx, projections.Period{From: date("2024-01-01"), To: date("2024-12-31")}, date("2024-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range projections.Indicators(all) {
		if i.Indicator == projections.Unallocated && (i.Counted != 1 || i.Of != 3) {
			t.Errorf("%d of %d are unallocated", i.Counted, i.Of)
		}
	}
}

func TestReallocationLosesNoHistory(t *testing.T) {
	l := annsStory(t)
	l.events(ann, allocation.CoverArranged{Dated: on("2023-12-01"), Allocation: "l1", Cover: "worker-9", Until: date("2023-12-14")},
		allocation.HandedOver{Dated: on("2024-01-02"), Allocation: "l2", From: "l1", Worker: "worker-8", Team: "south", Role: "lead", Reason: "left"})
	db := caughtUp(t, l)
	rows, err := db.Allocations(ctx, projections.AllocationFilter{Record: ann})
	if err != nil || len(rows) != 2 || rows[0].Worker != "worker-7" || rows[0].To != date("2024-01-02") || rows[0].Open || rows[0].Cover != "worker-9" || !rows[1].Open {
		t.Errorf("%+v, %v", rows, err)
	}
	work, err := db.Caseload(ctx, projections.CaseloadFilter{Worker: "worker-8"})
	if err != nil || len(work) == 0 {
		t.Errorf("the next worker has no work: %v", err)
	}
}

// naiveSights tells when each child was last seen, alone and not, entry by
// entry.
func naiveSights(id domain.RecordID, told []domain.Entry) string {
	var seen, alone domain.Date
	for _, e := range told {
		day, was, by := naiveSeen(e.Event)
		if was {
			seen = day
		}
		if was && by {
			alone = day
		}
	}
	return fmt.Sprintf("%s seen %s alone %s", id, seen, alone)
}

// naiveSeen tells whether an event, of either shape, says that a child was seen
// and seen alone.
func naiveSeen(e domain.Event) (day domain.Date, seen, alone bool) {
	switch v := e.(type) {
	case visit.Made:
		return v.Happened, v.Seen, v.Alone
	case visit.MadeInCare:
		return v.Happened, v.Seen, v.SeenAlone
	}
	return domain.Date{}, false, false
}

// naiveGroups tells the core groups that are due, entry by entry: of each plan
// the latest that nothing ended.
func naiveGroups(id domain.RecordID, told []domain.Entry) []string {
	var rows []string
	for i, start := range told {
		plan, by, meeting := startOf(start.Event)
		if by.IsZero() || restated(told, i, plan, meeting) {
			continue
		}
		over := false
		for j, e := range told {
			switch e := e.Event.(type) {
			case protection.CoreGroupMet:
				// a later core group, in its latest form
				over = over || e.Plan == plan && !restated(told, j, plan, e.Meeting) && naiveAfter(told[j], start)
			case protection.Ended:
				over = over || e.Plan == plan
			}
		}
		if !over {
			rows = append(rows, fmt.Sprintf("%s %s by %s", id, plan, by))
		}
	}
	slices.Sort(rows)
	return rows
}

func naiveAfter(a, b domain.Entry) bool {
	return cmp.Or(a.Event.HappenedOn().Compare(b.Event.HappenedOn()), cmp.Compare(a.Seq, b.Seq)) > 0
}

func startOf(e domain.Event) (protection.PlanID, domain.Date, string) {
	switch e := e.(type) {
	case protection.Registered:
		return e.Plan, e.CoreGroupBy, ""
	case protection.CoreGroupMet:
		return e.Plan, e.NextBy, e.Meeting
	}
	return "", domain.Date{}, ""
}

// restated reports whether a later entry states the same registration or core
// group.
func restated(told []domain.Entry, i int, plan protection.PlanID, meeting string) bool {
	for _, later := range told[i+1:] {
		switch e := later.Event.(type) {
		case protection.Registered:
			if meeting == "" && e.Plan == plan {
				return true
			}
		case protection.CoreGroupMet:
			if e.Meeting == meeting && e.Plan == plan {
				return true
			}
		}
	}
	return false
}

func TestWhoWasSeenAndWhatWasDueIsWhatANaiveFoldSaysAsKnownAtAnyTimeAndTrueOnAnyDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		drawHistory(rt, l, func() {})
		db := caughtUp(t, l)
		for range 3 {
			known, day := moment(rapid.IntRange(0, l.entries).Draw(rt, "known")), drawDated(rt).Happened
			sights, err := db.GapsAt(ctx, l.load, known, projections.GapFilter{On: day})
			if err != nil {
				rt.Fatal(err)
			}
			due, err := db.DutiesAt(ctx, l.load, england(t), known, projections.DutyFilter{On: day})
			if err != nil {
				rt.Fatal(err)
			}
			for _, id := range []domain.RecordID{"aaaa", "bbbb", "cccc"} {
				r, err := l.load(ctx, id)
				if err != nil {
					rt.Fatal(err)
				}
				told := naiveInForce(r.Entries, known, day)
				for _, s := range sights {
					if got := fmt.Sprintf("%s seen %s alone %s", s.Record, s.Seen, s.Alone); s.Record == id && got != naiveSights(id, told) {
						rt.Fatalf("%s, want %s", got, naiveSights(id, told))
					}
				}
				var got []string
				for _, d := range due {
					if d.Record == id && strings.HasSuffix(d.Clock, "core-group") {
						got = append(got, fmt.Sprintf("%s %s by %s", d.Record, d.Work, d.Due))
					}
				}
				slices.Sort(got)
				if want := naiveGroups(id, told); !slices.Equal(got, want) {
					rt.Fatalf("core groups %q, want %q", got, want)
				}
			}
		}
	})
}

func TestDutiesGapsAndIndicatorsOfNowAreWhatAReplaySays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		drawHistory(rt, l, func() {})
		db := caughtUp(t, l)
		today, period := date("2024-01-01"), projections.Period{From: date("2023-03-01"), To: date("2023-12-31")}
		f, g := projections.DutyFilter{}, projections.GapFilter{Days: 30, On: today, Alone: rapid.Bool().Draw(rt, "alone")}
		duties, err := db.Duties(ctx, england(t), f)
		replayed, errAt := db.DutiesAt(ctx, l.load, england(t), time.Time{}, f)
		if got, want := fmt.Sprint(duties), fmt.Sprint(replayed); err != nil || errAt != nil || got != want {
			rt.Fatalf("duties %v %v\n%s\nwant\n%s", err, errAt, got, want)
		}
		gaps, err := db.Gaps(ctx, g)
		gapsAt, errAt := db.GapsAt(ctx, l.load, time.Time{}, g)
		if got, want := fmt.Sprint(gaps), fmt.Sprint(gapsAt); err != nil || errAt != nil || got != want {
			rt.Fatalf("gaps %v %v\n%s\nwant\n%s", err, errAt, got, want)
		}
		cases, err := db.Performance(ctx, period, today)
		casesAt, errAt := db.PerformanceAt(ctx, l.load, time.Time{}, period, today)
		if got, want := fmt.Sprint(cases), fmt.Sprint(casesAt); err != nil || errAt != nil || got != want {
			rt.Fatalf("indicators %v %v\n%s\nwant\n%s", err, errAt, got, want)
		}
	})
}

// Easter 2024 and the day of the state funeral lie within the 15 working days.
func TestAConferenceOnThe14thAnd15thWorkingDayIsInTimeAndOneOnThe16thIsNot(t *testing.T) {
	for _, tt := range []struct {
		why, discussed string
		held           string
		want           bool
	}{
		{"Easter, the 14th", "2024-03-18", "2024-04-09", true},
		{"Easter, the 15th", "2024-03-18", "2024-04-10", true},
		{"Easter, the 16th", "2024-03-18", "2024-04-11", false},
		{"the state funeral, the 14th", "2022-09-05", "2022-09-26", true},
		{"the state funeral, the 15th", "2022-09-05", "2022-09-27", true},
		{"the state funeral, the 16th", "2022-09-05", "2022-09-28", false},
	} {
		discussed := enquiry.Discussed{Dated: on(tt.discussed), Enquiry: "q1", Referral: "r1"}
		started, _ := enquiry.Enquiries{}.Evolve(1, discussed).Start(enquiry.Start{Dated: on(tt.discussed), Enquiry: "q1", Referral: "r1"}, referral.Referral{}, domain.Date{}, england(t))
		l := newLedger(t)
		l.events(ann, discussed, started[0], enquiry.ConferenceHeld{Dated: on(tt.held), Conference: "c1", Enquiry: "q1", Referral: "r1"})
		all, err := caughtUp(t, l).Performance(ctx, projections.Period{From: date("2022-01-01"), To: date("2024-12-31")}, date("2024-12-31"))
		if err != nil || len(all) != 1 || all[0].Indicator != projections.InTimePrefix+"initial-conference" || all[0].Counted != tt.want {
			t.Errorf("%s: %+v, %v", tt.why, all, err)
		}
	}
}

// What a worker or team asks every day may not read the whole table.
func TestTheQuestionsOfAWorkerAndATeamGoThroughAnIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	if err := runner(t, db, annsStory(t).store, projections.All()...).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	for _, question := range []string{
		"SELECT * FROM clock WHERE NOT is_done AND NOT is_stopped AND worker = 'w' ORDER BY due",
		"SELECT * FROM clock WHERE NOT is_done AND NOT is_stopped AND team = 't' AND due <= '2026-01-01' ORDER BY due",
		"SELECT * FROM sight WHERE worker = 'w'", "SELECT * FROM sight WHERE team = 't'",
		"SELECT * FROM caseload WHERE worker = 'w'", "SELECT * FROM register WHERE open = TRUE",
		"SELECT * FROM allocation WHERE worker = 'w' AND open", "SELECT * FROM relation WHERE other = 'r'", "SELECT * FROM household WHERE household = 'h'",
	} {
		for _, step := range plan(t, path, question) {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "Seq Scan") {
				t.Errorf("%s: %s", question, step)
			}
		}
	}
}

// plan returns how the engine goes about a question.
func plan(t *testing.T, path, question string) []string {
	t.Helper()
	one, err := reader(t, path).Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	explain, columns := "EXPLAIN QUERY PLAN ", 4
	if onPostgres {
		explain, columns = "EXPLAIN ", 1
		if _, err := one.ExecContext(ctx, "SET enable_seqscan = off"); err != nil { // a table of a few rows is read whole otherwise
			t.Fatal(err)
		}
	}
	rows, err := one.QueryContext(ctx, explain+question)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		fields := make([]any, columns)
		for i := range fields {
			fields[i] = new(string)
		}
		if err := rows.Scan(fields...); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, *fields[columns-1].(*string))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
