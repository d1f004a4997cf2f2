package record

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/temporary"
)

// OpenWork reports whether an assessment, enquiry, plan or care under the
// referral goes on.
func (r Record) OpenWork(id referral.ID) bool {
	return r.Assessments.OpenUnder(id) || r.Enquiries.OpenUnder(id) ||
		r.CINPlans.OpenUnder(id) || r.Protection.OpenUnder(id) ||
		r.Care.OpenUnder(id)
}

// Work is one entry about work under a referral.
type Work struct {
	Entry uint64
	Day   domain.Date
}

// Worked reports whether any discussion, assessment, enquiry, conference, plan
// or care under the referral is on record.
func (r Record) Worked(id referral.ID) bool { return len(r.Under(id)) > 0 }

// Under returns the entries about discussions, assessments, enquiries,
// conferences, plans and care under the referral, part by part.
func (r Record) Under(id referral.ID) []Work {
	var all works
	for _, a := range r.Assessments {
		if a.Started.Fact.Referral == id {
			all.add(a.Started.Entry, a.Started.Fact)
			all.add(a.Reviewed.Entry, a.Reviewed.Fact)
			all.add(a.Completed.Entry, a.Completed.Fact)
		}
	}
	all.addEnquiries(r.Enquiries, id)
	for _, e := range r.Care.Episodes {
		if !e.Began.IsZero() && e.Began.Fact.Referral == id {
			all.add(e.Began.Entry, e.Began.Fact)
			all.add(e.Ceased.Entry, e.Ceased.Fact)
		}
	}
	for _, p := range r.CINPlans {
		if p.Started.Fact.Referral == id {
			all.addInNeed(p)
		}
	}
	for _, p := range r.Protection {
		if p.Registered.Fact.Referral == id {
			all.addProtection(p)
		}
	}
	return all
}

type works []Work

// add notes an entry; number 0 is a fact that nobody has stated.
func (w *works) add(entry uint64, e domain.Event) {
	if entry != 0 {
		*w = append(*w, Work{Entry: entry, Day: e.HappenedOn()})
	}
}

func (w *works) addEnquiries(qs enquiry.Enquiries, id referral.ID) {
	for _, q := range qs.All {
		if q.Discussed.Fact.Referral == id {
			w.add(q.Discussed.Entry, q.Discussed.Fact)
		}
		if q.Started.Fact.Referral == id {
			w.add(q.Started.Entry, q.Started.Fact)
			w.add(q.NotRequired.Entry, q.NotRequired.Fact)
		}
	}
	for _, c := range qs.Conferences {
		if c.Fact.Referral == id {
			w.add(c.Entry, c.Fact)
		}
	}
}

func (w *works) addInNeed(p cinplan.Plan) {
	w.add(p.Started.Entry, p.Started.Fact)
	w.add(p.Ended.Entry, p.Ended.Fact)
	for _, one := range p.Reviews {
		w.add(one.Entry, one.Fact)
	}
}

func (w *works) addProtection(p protection.Plan) {
	w.add(p.Registered.Entry, p.Registered.Fact)
	w.add(p.Category.Entry, p.Category.Fact)
	w.add(p.Ended.Entry, p.Ended.Fact)
	for _, one := range p.Reviews {
		w.add(one.Entry, one.Fact)
	}
}

// CaseOpen reports whether the case that a referral opened goes on. One that
// was turned down is no case, unless work under it is recorded all the same:
// then two sources contradict each other, and the child may not be lost sight
// of.
func (r Record) CaseOpen(one referral.Referral) bool {
	return !one.Received.IsZero() && one.Closed.IsZero() && (one.NotTakenFurther.IsZero() || r.Worked(one.ID))
}

// SeenTo reports whether the authority has anything open for the child: a case, a
// plan, a name on the register, care, private fostering, or help on leaving care.
func (r Record) SeenTo() bool {
	plans := slices.ContainsFunc(r.Protection, protection.Plan.Open) || slices.ContainsFunc(r.CINPlans, cinplan.Plan.Open)
	return slices.ContainsFunc(r.Referrals, r.CaseOpen) || plans || slices.ContainsFunc(r.Temporary, temporary.Registration.Open) ||
		r.Care.Current().Open() || slices.ContainsFunc(r.PrivateFostering, privatefostering.Arrangement.Open) || r.Leaver.Open()
}

// Conferred reports whether an initial conference under the referral is
// recorded on the day.
func (r Record) Conferred(id referral.ID, day domain.Date) bool {
	return slices.ContainsFunc(r.Enquiries.Conferences, func(c domain.Known[enquiry.ConferenceHeld]) bool {
		return c.Fact.Referral == id && c.Fact.Happened == day
	})
}
