package cincensus

import (
	"cmp"
	"slices"

	"caseledger/domain"
	"caseledger/domain/referral"
)

// inScope returns the referrals that belong to the year, by their dates: those
// whose case was open in it, and those under which work was.
func (w writing) inScope() []referral.Referral {
	var in []referral.Referral
	for _, r := range w.seen.Referrals {
		if !r.Received.IsZero() && (w.caseInYear(r) || w.workInYear(r.ID)) {
			in = append(in, r)
		}
	}
	slices.SortStableFunc(in, func(a, b referral.Referral) int {
		return cmp.Or(a.Received.Fact.Happened.Compare(b.Received.Fact.Happened), cmp.Compare(a.Received.Entry, b.Received.Entry))
	})
	return in
}

// caseInYear reports whether the case had not ended before the year began. A
// referral on which no further action was taken ended with that decision; a
// closure of which nobody knows the day may lie in the year.
func (w writing) caseInYear(r referral.Referral) bool {
	switch {
	case !r.Closed.IsZero():
		return r.Closed.Fact.Happened.IsZero() || w.inYear(r.Closed.Fact.Happened)
	case !r.NotTakenFurther.IsZero():
		return w.inYear(r.NotTakenFurther.Fact.Happened)
	}
	return true
}

// workInYear reports whether work under the referral is open or ended in the
// year.
func (w writing) workInYear(id referral.ID) bool {
	if w.seen.OpenWork(id) {
		return true
	}
	for _, a := range w.seen.Assessments {
		if a.Started.Fact.Referral == id && w.inYear(a.Completed.Fact.Happened) {
			return true
		}
	}
	for _, q := range w.seen.Enquiries.All {
		if q.Started.Fact.Referral == id && (w.inYear(q.Conference.Fact.Happened) || w.inYear(q.NotRequired.Fact.Happened)) {
			return true
		}
	}
	for _, c := range w.seen.Enquiries.Conferences {
		if c.Fact.Referral == id && w.inYear(c.Fact.Happened) {
			return true
		}
	}
	return w.planInYear(id)
}

func (w writing) planInYear(id referral.ID) bool {
	for _, p := range w.seen.CINPlans {
		if p.Started.Fact.Referral == id && w.inYear(p.Ended.Fact.Happened) {
			return true
		}
	}
	for _, p := range w.seen.Protection {
		if p.Registered.Fact.Referral == id && w.inYear(p.Ended.Fact.Happened) {
			return true
		}
	}
	return false
}

func (w writing) inYear(day domain.Date) bool { return !day.Before(w.began()) }
