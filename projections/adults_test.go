package projections_test

import (
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/capacity"
	"caseledger/domain/discharge"
	"caseledger/domain/identity"
	"caseledger/domain/needs"
	"caseledger/domain/referral"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"
	"caseledger/projections"
)

func TestAnAdultsClocksRunFromWhatStartsThemToWhatEndsThem(t *testing.T) {
	requested := needs.Requested{Dated: on("2024-01-08"), Request: "q1", Of: needs.OfNeeds, DecideBy: date("2024-01-10")}
	assessed := needs.Started{Dated: on("2024-01-10"), Assessment: "a1", Of: needs.OfNeeds, CompleteBy: date("2024-02-07")}
	agreed := support.Agreed{Dated: on("2024-02-01"), Plan: "p1", ReviewBy: date("2024-03-28")}
	reviewed := support.Reviewed{Dated: on("2024-03-20"), Plan: "p1", Review: "v1", ReviewBy: date("2025-03-20")}
	again := support.Agreed{Dated: on("2024-06-01"), Plan: "p1", ReviewBy: date("2025-06-01")}
	paid := support.PaymentStarted{Dated: on("2024-02-01"), Payment: "d1", Plan: "p1", ReviewBy: date("2024-08-01")}
	looked := support.PaymentReviewed{Dated: on("2024-07-01"), Payment: "d1", Review: "v1", ReviewBy: date("2025-07-01")}
	raised := safeguarding.Raised{Dated: on("2024-01-02"), Concern: "c1", DecideBy: date("2024-01-03")}
	enquiry := safeguarding.EnquiryStarted{Dated: on("2024-01-03"), Enquiry: "e1", Concern: "c1", EndBy: date("2024-01-31")}
	protect := safeguarding.PlanAgreed{Dated: on("2024-02-01"), Plan: "p1", Enquiry: "e1", ReviewBy: date("2024-05-01")}
	protectedStill := safeguarding.PlanReviewed{Dated: on("2024-04-01"), Plan: "p1", Review: "v1", ReviewBy: date("2024-07-01")}
	crossing := transition.Planned{Dated: on("2024-02-01"), Transition: "t1", AssessBy: date("2024-03-01"), Eighteen: date("2024-09-10")}
	locked := capacity.LibertyRequested{Dated: on("2024-01-02"), Authorisation: "l1", DecideBy: date("2024-01-23")}
	protectBy := protect
	protectBy.Actions = []domain.Action{{ID: "x1", By: date("2024-02-09")}}
	noticed := discharge.Noticed{Dated: on("2024-03-01"), Stay: "s1", Notice: "discharge-to-assess", AssessBy: date("2024-03-03")}
	left := discharge.Discharged{Dated: on("2024-03-02"), Stay: "s1", AssessBy: date("2024-03-12")}
	evaluated := needs.Started{Dated: on("2024-03-10"), Assessment: "a1", Of: needs.OfNeeds}
	granted := capacity.LibertyDecided{Dated: on("2024-01-20"), Authorisation: "l1", Granted: true, Until: date("2024-07-20")}
	for _, tt := range []struct {
		why, on string
		given   []domain.Event
		want    string
	}{
		{"a request on its last day", "2024-01-10", []domain.Event{requested}, "support-request by 2024-01-10"},
		{"a request the day after", "2024-01-11", []domain.Event{requested}, "support-request by 2024-01-10!"},
		{"a request decided", "2024-01-11", []domain.Event{requested, needs.RequestDecided{Dated: on("2024-01-10"), Request: "q1"}}, ""},
		{"an assessment", "2024-01-11", []domain.Event{assessed}, "adult-assessment by 2024-02-07"},
		{"an assessment completed", "2024-02-02", []domain.Event{assessed, needs.Completed{Dated: on("2024-02-02"), Assessment: "a1"}}, ""},
		{"a plan", "2024-02-02", []domain.Event{agreed}, "first-support-review by 2024-03-28"},
		{"a review", "2024-03-21", []domain.Event{agreed, reviewed}, "support-review by 2025-03-20"},
		{"a plan agreed anew", "2024-06-02", []domain.Event{agreed, reviewed, again}, "support-review by 2025-06-01"},
		{"a plan that ended", "2024-06-02", []domain.Event{agreed, reviewed, support.Ended{Dated: on("2024-06-02"), Plan: "p1"}}, ""},
		{"a payment", "2024-02-02", []domain.Event{paid}, "direct-payment-first-review by 2024-08-01"},
		{"a look at it", "2024-07-02", []domain.Event{paid, looked}, "direct-payment-review by 2025-07-01"},
		{"a concern", "2024-01-03", []domain.Event{raised}, "safeguarding-decision by 2024-01-03"},
		{"a concern the day after", "2024-01-04", []domain.Event{raised}, "safeguarding-decision by 2024-01-03!"},
		{"a concern decided", "2024-01-04", []domain.Event{raised, safeguarding.Decided{Dated: on("2024-01-03"), Concern: "c1"}}, ""},
		{"an enquiry", "2024-01-04", []domain.Event{enquiry}, "safeguarding-enquiry by 2024-01-31"},
		{"an enquiry that ended", "2024-01-30", []domain.Event{enquiry, safeguarding.EnquiryEnded{Dated: on("2024-01-30"), Enquiry: "e1"}}, ""},
		{"an adult's protection plan", "2024-02-02", []domain.Event{protect}, "safeguarding-review by 2024-05-01"},
		{"its review", "2024-04-02", []domain.Event{protect, protectedStill}, "safeguarding-review by 2024-07-01"},
		{"its end", "2024-04-02", []domain.Event{protect, protectedStill, safeguarding.PlanEnded{Dated: on("2024-04-02"), Plan: "p1"}}, ""},
		{"a transition", "2024-02-02", []domain.Event{crossing}, "transition-assessment by 2024-03-01, coming-of-age by 2024-09-10"},
		{"a transition with an assessment", "2024-02-11", []domain.Event{crossing, needs.Started{Dated: on("2024-02-10"), Assessment: "a1", Of: needs.OfNeeds}}, "coming-of-age by 2024-09-10"},
		{"a transition with a carer's assessment", "2024-02-11", []domain.Event{crossing, needs.Started{Dated: on("2024-02-10"), Assessment: "a1", Of: needs.OfCarer}}, "transition-assessment by 2024-03-01, coming-of-age by 2024-09-10"},
		{"a transition late", "2024-09-11", []domain.Event{crossing}, "transition-assessment by 2024-03-01!, coming-of-age by 2024-09-10!"},
		{"a transition concluded", "2024-09-10", []domain.Event{crossing, transition.Concluded{Dated: on("2024-09-10"), Transition: "t1"}}, ""},
		{"a request about liberty", "2024-01-10", []domain.Event{locked}, "liberty-decision by 2024-01-23"},
		{"an authorisation", "2024-01-21", []domain.Event{locked, granted}, "standard-authorisation by 2024-07-20"},
		{"an authorisation that ran out", "2024-07-21", []domain.Event{locked, granted}, "standard-authorisation by 2024-07-20!"},
		{"an authorisation that ended", "2024-03-02", []domain.Event{locked, granted, capacity.LibertyEnded{Dated: on("2024-03-01"), Authorisation: "l1"}}, ""},
		{"a request withdrawn", "2024-01-11", []domain.Event{locked, capacity.LibertyEnded{Dated: on("2024-01-11"), Authorisation: "l1"}}, ""},
		{"an action to protect", "2024-02-10", []domain.Event{protectBy}, "safeguarding-action by 2024-02-09!, safeguarding-review by 2024-05-01"},
		{"an action to protect that was done", "2024-02-10", []domain.Event{protectBy, safeguarding.ActionClosed{Dated: on("2024-02-08"), Plan: "p1", Action: "x1"}}, "safeguarding-review by 2024-05-01"},
		{"a hospital's notice", "2024-03-02", []domain.Event{noticed}, "hospital-assessment by 2024-03-03"},
		{"a hospital's notice late", "2024-03-04", []domain.Event{noticed}, "hospital-assessment by 2024-03-03!"},
		{"a hospital's notice withdrawn", "2024-03-02", []domain.Event{noticed, discharge.Withdrawn{Dated: on("2024-03-02"), Stay: "s1", Notice: "discharge-to-assess"}}, ""},
		{"a hospital's notice and an assessment", "2024-03-10", []domain.Event{noticed, evaluated}, ""},
		{"a discharge to be assessed", "2024-03-09", []domain.Event{noticed, left}, "discharge-assessment by 2024-03-12"},
		{"a discharge and an assessment", "2024-03-13", []domain.Event{noticed, left, evaluated}, ""},
		{"a payment that ended", "2024-07-02", []domain.Event{paid, support.PaymentEnded{Dated: on("2024-07-02"), Payment: "d1"}}, ""},
	} {
		if got := clocksOf(t, tt.on, tt.given...); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.why, got, tt.want)
		}
	}
}

func TestAnAdultsWorkIsOpenUntilItEnds(t *testing.T) {
	l := newLedger(t)
	l.events(ann, needs.Requested{Dated: on("2024-01-08"), Request: "q1", DecideBy: date("2024-01-10")},
		needs.Started{Dated: on("2024-01-10"), Assessment: "a1"},
		support.Agreed{Dated: on("2024-02-01"), Plan: "p1", ReviewBy: date("2024-03-28")},
		support.Reviewed{Dated: on("2024-03-20"), Plan: "p1", Review: "v1", ReviewBy: date("2025-03-20")},
		support.PaymentStarted{Dated: on("2024-02-01"), Payment: "d1", Plan: "p1", ReviewBy: date("2024-08-01")})
	work := func() string {
		t.Helper()
		rows, err := caughtUp(t, l).Caseload(ctx, projections.CaseloadFilter{Record: ann})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, r := range rows {
			text := strings.TrimSpace(r.Kind + " " + r.Due.String())
			if r.Contradictory {
				text += " contradictory"
			}
			all = append(all, text)
		}
		return strings.Join(all, ", ")
	}
	if got, want := work(), "support-request 2024-01-10, direct-payment 2024-08-01, support-plan 2025-03-20, adult-assessment"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	l.events(ann, needs.RequestDecided{Dated: on("2024-04-01"), Request: "q1"}, needs.Completed{Dated: on("2024-04-01"), Assessment: "a1"},
		support.PaymentReviewed{Dated: on("2024-07-01"), Payment: "d1", Review: "v1", ReviewBy: date("2025-07-01")},
		support.Ended{Dated: on("2024-07-02"), Plan: "p1"})
	if got, want := work(), "direct-payment 2025-07-01"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestWhatKeepsAnAdultSafeIsOpenUntilItEnds(t *testing.T) {
	l := newLedger(t)
	l.events(ann, safeguarding.Raised{Dated: on("2024-01-02"), Concern: "c1", DecideBy: date("2024-01-03")},
		safeguarding.EnquiryStarted{Dated: on("2024-01-03"), Enquiry: "e1", Concern: "c1", EndBy: date("2024-01-31")},
		safeguarding.PlanAgreed{Dated: on("2024-02-01"), Plan: "p1", Enquiry: "e1", ReviewBy: date("2024-05-01")},
		transition.Planned{Dated: on("2024-02-01"), Transition: "t1", Eighteen: date("2024-09-10")},
		capacity.LibertyRequested{Dated: on("2024-02-01"), Authorisation: "l1", DecideBy: date("2024-02-22")},
		capacity.LibertyRequested{Dated: on("2024-02-01"), Authorisation: "l2"},
		capacity.LibertyDecided{Dated: on("2024-02-01"), Authorisation: "l2", Granted: true, Until: date("2024-08-01")},
		discharge.Noticed{Dated: on("2024-02-01"), Stay: "s1", Notice: "discharge-to-assess", Expected: date("2024-08-02")})
	kinds := func() string {
		t.Helper()
		rows, err := caughtUp(t, l).Caseload(ctx, projections.CaseloadFilter{Record: ann})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, r := range rows {
			all = append(all, r.Kind+" "+r.Due.String())
		}
		return strings.Join(all, ", ")
	}
	if got, want := kinds(), "safeguarding-concern 2024-01-03, safeguarding-enquiry 2024-01-31, liberty-request 2024-02-22, safeguarding-plan 2024-05-01, deprivation-of-liberty 2024-08-01, hospital-stay 2024-08-02, transition 2024-09-10"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	l.events(ann, safeguarding.Decided{Dated: on("2024-03-01"), Concern: "c1"}, safeguarding.EnquiryEnded{Dated: on("2024-03-01"), Enquiry: "e1"},
		safeguarding.PlanEnded{Dated: on("2024-03-01"), Plan: "p1"}, transition.Concluded{Dated: on("2024-03-01"), Transition: "t1"},
		capacity.LibertyDecided{Dated: on("2024-03-01"), Authorisation: "l1"}, capacity.LibertyEnded{Dated: on("2024-03-01"), Authorisation: "l2"},
		discharge.Discharged{Dated: on("2024-03-01"), Stay: "s1"})
	if got := kinds(); got != "" {
		t.Errorf("still open: %s", got)
	}
}

func TestOneRecordTellsOneHistoryAcrossEighteen(t *testing.T) {
	l := newLedger(t)
	l.events(ann, identity.Born{Dated: on("2006-09-10")},
		referral.Received{Dated: on("2023-11-01"), Referral: "r1"}, assessment.Started{Dated: on("2023-11-02"), Assessment: "a1", Referral: "r1"},
		transition.Planned{Dated: on("2024-02-01"), Transition: "t1", Team: "adults", Eighteen: date("2024-09-10")},
		needs.Started{Dated: on("2024-03-01"), Assessment: "a1", Of: needs.OfNeeds, Level: needs.Overview},
		transition.Concluded{Dated: on("2024-09-09"), Transition: "t1", Outcome: "adult-support"},
		support.Agreed{Dated: on("2024-09-10"), Plan: "p1"})
	rows, err := caughtUp(t, l).Chronology(ctx, ann)
	if err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []int{0, 17, 17, 17, 17, 17, 18} {
		if rows[i].AgeYears == nil || *rows[i].AgeYears != want {
			t.Errorf("%s at the age of %v, want %d", rows[i].Sentence, rows[i].AgeYears, want)
		}
	}
	if got := rows[3].Sentence; got != "The way into adults' services was planned, with team adults, to be settled by 10 September 2024." {
		t.Error(got)
	}
}
