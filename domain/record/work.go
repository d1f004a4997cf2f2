package record

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/lookedafter"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
)

// OpenWork reports whether an assessment, enquiry, plan or care under the
// referral goes on.
func (r Record) OpenWork(id referral.ID) bool {
	return r.Assessments.OpenUnder(id) || r.Enquiries.OpenUnder(id) ||
		r.CINPlans.OpenUnder(id) || r.Protection.OpenUnder(id) ||
		r.Care.OpenUnder(id)
}

// Worked reports whether any discussion, assessment, enquiry, conference, plan
// or care under the referral is on record.
func (r Record) Worked(id referral.ID) bool {
	return slices.ContainsFunc(r.Assessments, func(a assessment.Assessment) bool { return a.Started.Fact.Referral == id }) ||
		slices.ContainsFunc(r.Enquiries.All, func(q enquiry.Enquiry) bool {
			return q.Started.Fact.Referral == id || q.Discussed.Fact.Referral == id
		}) ||
		slices.ContainsFunc(r.Enquiries.Conferences, func(c domain.Known[enquiry.ConferenceHeld]) bool { return c.Fact.Referral == id }) ||
		slices.ContainsFunc(r.CINPlans, func(p cinplan.Plan) bool { return p.Started.Fact.Referral == id }) ||
		slices.ContainsFunc(r.Protection, func(p protection.Plan) bool { return p.Registered.Fact.Referral == id }) ||
		slices.ContainsFunc(r.Care.Episodes, func(e lookedafter.Episode) bool { return !e.Began.IsZero() && e.Began.Fact.Referral == id })
}

// CaseOpen reports whether the case that a referral opened goes on. One that
// was turned down is no case, unless work under it is recorded all the same:
// then two sources contradict each other, and the child may not be lost sight
// of.
func (r Record) CaseOpen(one referral.Referral) bool {
	return !one.Received.IsZero() && one.Closed.IsZero() && (one.NotTakenFurther.IsZero() || r.Worked(one.ID))
}

// Conferred reports whether an initial conference under the referral is
// recorded on the day.
func (r Record) Conferred(id referral.ID, day domain.Date) bool {
	return slices.ContainsFunc(r.Enquiries.Conferences, func(c domain.Known[enquiry.ConferenceHeld]) bool {
		return c.Fact.Referral == id && c.Fact.Happened == day
	})
}
