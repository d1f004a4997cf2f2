package projections_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/projections"
)

var ctx = context.Background()

const ann, ben = domain.RecordID("aaaa"), domain.RecordID("bbbb")

// annsStory is a child with a protection plan; ben's referral waits.
func annsStory(t testing.TB) *ledger {
	l := newLedger(t)
	l.events(ann,
		identity.Registered{Dated: on("2023-10-02"), Person: "p1"},
		identity.Named{Dated: on("2023-10-02"), Kind: "legal", Given: "Ann", Family: "Archer"},
		identity.Born{Dated: on("2015-05-05")},
		identity.Identified{Dated: on("2023-10-02"), Kind: identity.LAChildID, Value: "LA100", Source: "anytown", Valid: true},
		referral.Received{Dated: on("2023-10-02"), Referral: "r1", Source: "2A", Need: "N1", DecideBy: date("2023-10-03")},
		referral.Decided{Dated: on("2023-10-03"), Referral: "r1", Outcome: "strategy-discussion"},
		enquiry.Started{Dated: on("2023-10-04"), Enquiry: "q1", Referral: "r1", ConferenceBy: date("2023-10-25")},
		assessment.Started{Dated: on("2023-10-04"), Assessment: "a1", Referral: "r1", CompleteBy: date("2023-12-04")},
		enquiry.ConferenceHeld{Dated: on("2023-10-20"), Conference: "c1", Referral: "r1", Enquiry: "q1", Outcome: "protection-plan"},
		protection.Registered{Dated: on("2023-10-20"), Plan: "p1", Referral: "r1", Category: "NEG", ReviewBy: date("2024-01-20")},
		allocation.Allocated{Dated: on("2023-10-20"), Allocation: "l1", Worker: "worker-7", Team: "north", Role: "lead"},
	)
	l.events(ben, identity.Registered{Dated: on("2024-01-02"), Person: "p2"},
		referral.Received{Dated: on("2024-01-02"), Referral: "r1", Source: "1A", DecideBy: date("2024-01-03")})
	return l
}

func kinds(rows []projections.CaseloadRow) string {
	var all []string
	for _, r := range rows {
		text := string(r.Record[:1]) + ":" + r.Kind
		if r.Overdue {
			text += "!"
		}
		if r.Contradictory {
			text += "?"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestTheCaseloadIsTheOpenWorkInTheOrderOfItsDueDates(t *testing.T) {
	l := annsStory(t)
	db := caughtUp(t, l)
	for _, tt := range []struct {
		what   string
		filter projections.CaseloadFilter
		want   string
	}{
		{"all", projections.CaseloadFilter{}, "a:assessment b:referral-decision a:protection-plan-review a:protection-plan a:referral"},
		{"on a day", projections.CaseloadFilter{On: date("2024-01-03")}, "a:assessment! b:referral-decision a:protection-plan-review a:protection-plan a:referral"},
		{"overdue", projections.CaseloadFilter{On: date("2024-01-21"), Overdue: true}, "a:assessment! b:referral-decision! a:protection-plan-review!"},
		{"a worker's", projections.CaseloadFilter{Worker: "worker-7", Limit: 1}, "a:assessment"},
		{"a team's", projections.CaseloadFilter{Team: "south"}, ""},
		{"nobody's", projections.CaseloadFilter{Unallocated: true}, "b:referral-decision"},
		{"of a kind", projections.CaseloadFilter{Kind: projections.WorkCase}, "a:referral"},
	} {
		rows, err := db.Caseload(ctx, tt.filter)
		if got := kinds(rows); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.what, got, err, tt.want)
		}
		if !tt.filter.On.IsZero() {
			continue
		}
		rows, err = db.CaseloadAt(ctx, l.load, time.Time{}, tt.filter)
		if got := kinds(rows); err != nil || got != tt.want {
			t.Errorf("%s, replayed: %s, %v; want %s", tt.what, got, err, tt.want)
		}
	}
}

func TestTheRegisterNamesChildrenWithAnOpenPlan(t *testing.T) {
	db := caughtUp(t, annsStory(t))
	rows, err := db.Register(ctx)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if r := rows[0]; r.Record != ann || r.Family != "Archer" || r.From != date("2023-10-20") || r.Latest != "NEG" || !r.Open || len(r.Entries) != 4 {
		t.Errorf("%+v", r)
	}
}
