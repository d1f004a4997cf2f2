package projections_test

import (
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/needs"
	"caseledger/domain/support"
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
