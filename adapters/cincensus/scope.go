package cincensus

import (
	"cmp"
	"slices"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/protection"
	"caseledger/domain/record"
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
// closure of which nobody knows the day may lie in the year.
func (w writing) caseInYear(r referral.Referral) bool {
	switch {
	case w.seen.CaseOpen(r):
		return true
	case !r.Closed.IsZero():
		return r.Closed.Fact.Happened.IsZero() || w.inYear(r.Closed.Fact.Happened)
	}
	return w.inYear(r.NotTakenFurther.Fact.Happened)
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

// ofYear leaves out the work that had ended before the year began: a return
// reports the activity of its year (rules 8696, 8715, 8930 and 4013 of the
// collection). Registrations keep all their reviews.
func (w writing) ofYear(r record.Record) record.Record {
	r.Assessments = without(r.Assessments, func(a assessment.Assessment) bool { return w.over(a.Completed.Fact, a.Completed.Entry) })
	r.CINPlans = without(r.CINPlans, func(p cinplan.Plan) bool { return w.over(p.Ended.Fact, p.Ended.Entry) })
	r.Protection = without(r.Protection, func(p protection.Plan) bool { return w.over(p.Ended.Fact, p.Ended.Entry) })
	r.Enquiries.All = without(r.Enquiries.All, func(q enquiry.Enquiry) bool {
		return w.over(q.Conference.Fact, q.Conference.Entry) || w.over(q.NotRequired.Fact, q.NotRequired.Entry)
	})
	r.Enquiries.Conferences = without(r.Enquiries.Conferences, func(c domain.Known[enquiry.ConferenceHeld]) bool { return w.over(c.Fact, c.Entry) })
	return r
}

func without[T any](all []T, over func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), over)
}

// over reports whether work had ended before the year began. What a return of
// this very year stated is not over, however early: it is written again as it
// came.
func (w writing) over(end domain.Event, entry uint64) bool {
	e, recorded := w.all.Entry(entry)
	day := end.HappenedOn()
	if !recorded || day.IsZero() || w.inYear(day) {
		return false
	}
	return e.Source == nil || !w.inYear(e.Source.StatedOn)
}
