package projections

import (
	"context"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/temporary"
)

// Discrepancy is something about a registration that does not fit the rest of
// the record, or a rule.
type Discrepancy struct {
	Record    domain.RecordID `json:"record"`
	LAChildID string          `json:"laChildId,omitempty"`
	Plan      string          `json:"plan"`
	Rule      string          `json:"rule"`
	Sentence  string          `json:"sentence"`
	Entries   []uint64        `json:"entries"`
}

// maxAge is the age from which nobody is on the register.
const maxAge = 18

// Reconcile compares a record's registrations with its plans, cases and clocks
// on a day.
func Reconcile(id domain.RecordID, r record.Record, p policy.Pack, on domain.Date) []Discrepancy {
	var all []Discrepancy
	open := 0
	for _, plan := range r.Protection {
		all = append(all, checks(string(plan.ID), planEntries(plan), endedAmiss(plan))...)
		if !plan.Open() {
			continue
		}
		open++
		all = append(all, checks(string(plan.ID), planEntries(plan), planAmiss(r, plan, p, on))...)
	}
	for _, t := range r.Temporary {
		if t.Open() {
			open++
			all = append(all, checks(string(t.ID), []uint64{t.Entered.Entry}, temporaryAmiss(r, t, on))...)
		}
	}
	if open > 1 {
		all = append(all, Discrepancy{Rule: "registered-twice", Sentence: "The child's name stands on the register more than once."})
	}
	for i := range all {
		all[i].Record, all[i].LAChildID = id, r.Person.Identifier("la-child-id").Fact.Value
	}
	return all
}

func checks(plan string, of []uint64, rules []domain.Rule) []Discrepancy {
	var all []Discrepancy
	for _, rule := range rules {
		if rule.Broken {
			all = append(all, Discrepancy{Plan: plan, Rule: rule.Name, Sentence: rule.Reason, Entries: entries(append([]uint64(nil), of...)...)})
		}
	}
	return all
}

// planAmiss are the rules for a plan that is open.
func planAmiss(r record.Record, plan protection.Plan, p policy.Pack, on domain.Date) []domain.Rule {
	s, under := plan.Registered.Fact, r.Referrals.Find(plan.Registered.Fact.Referral)
	category, _ := plan.LatestCategory()
	overdue := func(by domain.Date) bool { return !by.IsZero() && by.Before(on) }
	return append(personAmiss(r, s.Happened, on),
		domain.Rule{Name: "plan-without-case", Broken: !under.Open(), Reason: "The referral of the plan was closed, turned down, or never received."},
		domain.Rule{Name: "plan-without-conference", Broken: !r.Conferred(s.Referral, s.Happened), Reason: "No initial conference on the day of the registration is on the record."},
		domain.Rule{Name: "plan-without-worker", Broken: !r.Allocations.Lead().Open(), Reason: "Nobody holds the case of a registered child."},
		domain.Rule{Name: "plan-without-category", Broken: category == "" && p.Requires(policy.CategoryAtRegistration, s.Happened), Reason: "The plan has no category."},
		domain.Rule{Name: "plan-without-concerns", Broken: plan.Concerns.IsZero() && p.Requires(policy.ConcernsAtRegistration, s.Happened), Reason: "No area of concern is recorded for the plan."},
		domain.Rule{Name: "plan-without-review-date", Broken: plan.ReviewBy().IsZero(), Reason: "No day is set by which the plan is to be reviewed."},
		domain.Rule{Name: "review-overdue", Broken: overdue(plan.ReviewBy()), Reason: "The review conference is overdue."},
		domain.Rule{Name: "core-group-overdue", Broken: overdue(plan.CoreGroupBy()), Reason: "The core group is overdue."},
		domain.Rule{Name: "plan-beside-child-in-need-plan", Broken: inNeed(r), Reason: "A child-in-need plan is open beside the protection plan."},
		domain.Rule{Name: "registered-child-missing", Broken: plan.IsMissing(), Reason: "The registered child is missing."})
}

// personAmiss are the rules for anybody whose name is on the register since a
// day.
func personAmiss(r record.Record, since, on domain.Date) []domain.Rule {
	born := r.Person.Born.Fact.Happened
	return []domain.Rule{
		{Name: "registered-after-18", Broken: !born.IsZero() && !on.IsZero() && !on.Before(born.AddMonths(12*maxAge)), Reason: "The person on the register has reached the age of 18."},
		{Name: "registered-after-death", Broken: !r.Person.Died.IsZero(), Reason: "The person on the register has died."},
		{Name: "registered-after-transfer", Broken: !on.IsZero() && r.Transfers.Gone(since, on), Reason: "Another authority has taken responsibility for the child."},
	}
}

// temporaryAmiss are the rules for a temporary registration that is open.
func temporaryAmiss(r record.Record, t temporary.Registration, on domain.Date) []domain.Rule {
	by := t.Entered.Fact.ConferenceBy
	return append(personAmiss(r, t.Entered.Fact.Happened, on), domain.Rule{Name: "transfer-conference-overdue", Broken: !by.IsZero() && by.Before(on),
		Reason: "The transfer conference is overdue, and the registration is still temporary."})
}

// endedAmiss are the rules for a plan that has ended.
func endedAmiss(p protection.Plan) []domain.Rule {
	met := false
	for _, r := range p.Reviews {
		met = met || r.Fact.Happened == p.Ended.Fact.Happened
	}
	return []domain.Rule{{Name: "removed-without-review", Broken: !p.Ended.IsZero() && p.Ended.Fact.Reason == "review-conference" && !met,
		Reason: "The name was removed by a review conference that is not on the record."}}
}

func inNeed(r record.Record) bool {
	for _, p := range r.CINPlans {
		if p.Open() {
			return true
		}
	}
	return false
}

// Reconcile compares all registrations with the records behind them, on a day
// and as known at a time. A zero time means "as known now".
func (db *DB) Reconcile(ctx context.Context, load Load, p policy.Pack, known time.Time, on domain.Date) ([]Discrepancy, error) {
	all := []Discrepancy{}
	const ever = "SELECT record FROM record WHERE ever_protected AND coalesce(first_recorded <= ?, TRUE) ORDER BY record"
	err := db.candidates(ctx, load, ever, knownArgs(known), func(id domain.RecordID, r record.Record) {
		all = append(all, Reconcile(id, r.At(known, on), p, on)...)
	})
	return all, err
}
