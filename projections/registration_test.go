package projections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/register"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/projections"
)

func TestTheRegisterHoldsUnbornTemporaryAndMissingChildren(t *testing.T) {
	l := newLedger(t)
	l.events(ann, identity.BirthExpected{Dated: on("2024-01-02"), Expected: date("2024-05-01")},
		protection.Registered{Dated: on("2024-01-10"), Plan: "p1", CoreGroupBy: date("2024-01-24")},
		protection.ConcernsRecorded{Dated: on("2024-01-10"), Plan: "p1", Concerns: []string{"neglect"}},
		protection.CoreGroupMet{Dated: on("2024-01-20"), Plan: "p1", Meeting: "g1", NextBy: date("2024-03-02")},
		protection.MissingReported{Dated: on("2024-02-01"), Plan: "p1"})
	l.events(ben, temporary.Entered{Dated: on("2024-01-02"), Registration: "m1", From: "othertown", ConferenceBy: date("2024-01-23")})
	db := caughtUp(t, l)
	rows, err := db.Register(ctx)
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	a, b := rows[0], rows[1]
	if a.Kind != projections.ByPlan || a.Expected != date("2024-05-01") || !a.Born.IsZero() || a.Missing != date("2024-02-01") ||
		a.CoreGroup != date("2024-03-02") || !slices.Equal(a.Concerns, []string{"neglect"}) {
		t.Errorf("%+v", a)
	}
	if b.Kind != projections.Temporarily || b.Elsewhere != "othertown" || b.ReviewBy != date("2024-01-23") {
		t.Errorf("%+v", b)
	}
	then, err := db.RegisterAt(ctx, l.load, time.Time{}, date("2024-01-05"))
	if err != nil || len(then) != 1 || then[0].Record != ben {
		t.Errorf("in between: %+v, %v", then, err)
	}
}

func TestAnEnquiryFindsNamesAndNumbersAndCountsTheEnquiriesBefore(t *testing.T) {
	l := annsStory(t)
	asked := register.Child{Given: "Ann", Family: "Archer"}
	l.write("register-enquiry-1", domain.Facts(register.Enquired{Dated: on("2024-01-02"), Enquirer: "Dr Lee", Role: "registrar", From: "hospital", Reason: "bruising",
		Child: asked, Answer: register.Possible, Matches: []register.Match{{Record: ann, Plan: "p1"}}})...)
	db := caughtUp(t, l)
	for name, tt := range map[string]struct {
		child register.Child
		want  string
	}{
		"by number":     {register.Child{Number: "la100"}, "exact"},
		"by birth":      {register.Child{Family: "ARCHER", Born: date("2015-05-05")}, "exact"},
		"by name":       {asked, "in part"},
		"somebody else": {register.Child{Family: "Zeller"}, ""},
	} {
		found, err := db.OnRegister(ctx, tt.child)
		got := ""
		for _, m := range found {
			got = map[bool]string{true: "exact", false: "in part"}[m.Exact]
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
	for want, child := range []register.Child{{Family: "Baker"}, {Given: "ann", Family: "archer"}} {
		if n, err := db.EarlierEnquiries(ctx, child); err != nil || n != want {
			t.Errorf("%d enquiries before, %v; want %d", n, err, want)
		}
	}
	rows, err := db.Enquiries(ctx, time.Time{})
	if err != nil || len(rows) != 1 || rows[0].Enquirer != "Dr Lee" || rows[0].Answer != register.Possible || !slices.Equal(rows[0].Records, []domain.RecordID{ann}) {
		t.Errorf("%+v, %v", rows, err)
	}
	if rows, err := db.Enquiries(ctx, moment(l.entries+1)); err != nil || len(rows) != 0 {
		t.Errorf("later ones: %+v, %v", rows, err)
	}
}

// sound is a registration with which nothing is amiss until 24 January 2024.
func sound() []domain.Event {
	return []domain.Event{
		identity.Born{Dated: on("2015-05-05")},
		referral.Received{Dated: on("2024-01-02"), Referral: "r1"},
		allocation.Allocated{Dated: on("2024-01-02"), Allocation: "l1", Worker: "w", Role: "lead"},
		enquiry.ConferenceHeld{Dated: on("2024-01-10"), Conference: "c1", Referral: "r1"},
		protection.Registered{Dated: on("2024-01-10"), Plan: "p1", Referral: "r1", Category: "NEG", CoreGroupBy: date("2024-01-24"), ReviewBy: date("2024-04-10")},
	}
}

func TestReconciliationNamesEachThingAboutARegistrationThatDoesNotFit(t *testing.T) {
	met := protection.CoreGroupMet{Dated: on("2024-01-20"), Plan: "p1", Meeting: "g1"}
	entered := temporary.Entered{Dated: on("2024-01-02"), Registration: "m1", ConferenceBy: date("2024-01-23")}
	out := transfer.Notified{Dated: on("2024-01-12"), Transfer: "t1", Direction: transfer.Out}
	const inScotland = policy.Scotland
	for _, tt := range []struct {
		why    string
		nation policy.Nation
		given  []domain.Event
		on     string
		want   string
	}{
		{"nothing", policy.England, sound(), "2024-01-24", ""},
		{"the day after the core group was due", policy.England, sound(), "2024-01-25", "core-group-overdue"},
		{"a core group met", policy.England, append(sound(), met), "2024-04-10", ""},
		{"the day after the review was due", policy.England, append(sound(), met), "2024-04-11", "review-overdue"},
		{"a case that was closed", policy.England, append(sound(), referral.Closed{Dated: on("2024-01-12"), Referral: "r1"}), "2024-01-24", "plan-without-case"},
		{"no worker", policy.England, append(sound(), allocation.Ended{Dated: on("2024-01-12"), Allocation: "l1"}), "2024-01-24", "plan-without-worker"},
		{"no conference", policy.England, slices.Delete(sound(), 3, 4), "2024-01-24", "plan-without-conference"},
		{"no concerns", inScotland, sound(), "2024-01-24", "plan-without-concerns"},
		{"concerns", inScotland, append(sound(), protection.ConcernsRecorded{Dated: on("2024-01-10"), Plan: "p1"}), "2024-01-24", ""},
		{"no category", policy.England, append(sound(), protection.CategoryChanged{Dated: on("2024-01-11"), Plan: "p1"}), "2024-01-24", "plan-without-category"},
		{"the day before the 18th birthday", policy.England, append(sound()[1:], met, identity.Born{Dated: on("2006-01-25")}), "2024-01-24", ""},
		{"the 18th birthday", policy.England, append(sound()[1:], met, identity.Born{Dated: on("2006-01-25")}), "2024-01-25", "registered-after-18"},
		{"a death", policy.England, append(sound(), identity.Died{Dated: on("2024-01-12")}), "2024-01-24", "registered-after-death"},
		{"a move not taken over", policy.England, append(sound(), out), "2024-01-24", ""},
		{"a move taken over", policy.England, append(sound(), out, transfer.TakenOver{Dated: on("2024-01-15"), Transfer: "t1"}), "2024-01-24", "registered-after-transfer"},
		{"a child who came back before", policy.England, append(sound(), out, transfer.TakenOver{Dated: on("2024-01-09"), Transfer: "t1"}), "2024-01-24", ""},
		{"a plan in need", policy.England, append(sound(), cinplan.Started{Dated: on("2024-01-11"), Plan: "n1"}), "2024-01-24", "plan-beside-child-in-need-plan"},
		{"a missing child", policy.England, append(sound(), protection.MissingReported{Dated: on("2024-01-11"), Plan: "p1"}), "2024-01-24", "registered-child-missing"},
		{"two registrations", policy.England, append(sound(), entered), "2024-01-23", "registered-twice"},
		{"the last day of a temporary one", policy.England, []domain.Event{entered}, "2024-01-23", ""},
		{"the day after", policy.England, []domain.Event{entered}, "2024-01-24", "transfer-conference-overdue"},
		{"a name removed", policy.England, append(sound(), protection.Ended{Dated: on("2024-01-12"), Plan: "p1", Reason: "review-conference"}), "2024-01-24", "removed-without-review"},
		{"a name removed by a review", policy.England, append(sound(), protection.Reviewed{Dated: on("2024-01-12"), Plan: "p1", Review: "v1"},
			protection.Ended{Dated: on("2024-01-12"), Plan: "p1", Reason: "review-conference"}), "2024-01-24", ""},
		{"no day for a review", policy.England, append(sound(), protection.Reviewed{Dated: on("2024-01-12"), Plan: "p1", Review: "v1"}), "2024-01-24", "plan-without-review-date"},
	} {
		p, err := policy.For(tt.nation)
		if err != nil {
			t.Fatal(err)
		}
		var entries []domain.Entry
		for i, e := range tt.given {
			entries = append(entries, domain.Entry{Seq: uint64(i + 1), Event: e})
		}
		var got []string
		for _, d := range projections.Reconcile(ann, record.Fold(entries).At(time.Time{}, date(tt.on)), p, date(tt.on)) {
			got = append(got, d.Rule)
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, text, tt.want)
		}
	}
	l := newLedger(t)
	l.events(ann, sound()...)
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := caughtUp(t, l).Reconcile(ctx, l.load, england, time.Time{}, date("2024-01-25"))
	if err != nil || len(rows) != 1 || rows[0].Record != ann || rows[0].Plan != "p1" || len(rows[0].Entries) == 0 {
		t.Errorf("%+v, %v", rows, err)
	}
}
