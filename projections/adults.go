package projections

import (
	"context"
	"slices"

	"caseledger/domain"
	"caseledger/domain/needs"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/support"
	"caseledger/domain/transition"
)

// adultWork returns the open work with an adult or carer.
func adultWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, q := range r.Needs.Requests {
		if s := q.Requested; q.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkSupportRequest, Work: string(q.ID), Opened: s.Fact.Happened, Due: s.Fact.DecideBy,
				What: "decision on the request", Entries: []uint64{s.Entry}})
		}
	}
	for _, a := range r.Needs.Assessments {
		if s := a.Started; a.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkAdultAssessment, Work: string(a.ID), Opened: s.Fact.Happened, Due: s.Fact.CompleteBy,
				What: "completion of the assessment", Entries: []uint64{s.Entry}})
		}
	}
	for _, p := range r.Support.Plans {
		if p.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkSupportPlan, Work: string(p.ID), Opened: p.First.Fact.Happened, Due: p.ReviewBy(),
				What: "review of the plan", Entries: supportEntries(p)})
		}
	}
	for _, p := range r.Support.Payments {
		if s := p.Started; p.Open() {
			row := CaseloadRow{Kind: WorkDirectPayment, Work: string(p.ID), Opened: s.Fact.Happened, Due: s.Fact.ReviewBy,
				What: "review of the direct payment", Entries: []uint64{s.Entry}}
			if n := len(p.Reviews); n > 0 {
				row.Due, row.Entries = p.Reviews[n-1].Fact.ReviewBy, append(row.Entries, p.Reviews[n-1].Entry)
			}
			rows = append(rows, row)
		}
	}
	return append(append(append(rows, safeguardingWork(r)...), libertyWork(r)...), hospitalWork(r)...)
}

// safeguardingWork returns the open work that keeps an adult safe, and that
// with a young person who comes of age.
func safeguardingWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, c := range r.Safeguarding.Concerns {
		if s := c.Raised; c.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkConcern, Work: string(c.ID), Opened: s.Fact.Happened, Due: s.Fact.DecideBy,
				What: "decision on the concern", Entries: []uint64{s.Entry}})
		}
	}
	for _, q := range r.Safeguarding.Enquiries {
		if s := q.Started; q.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkAdultEnquiry, Work: string(q.ID), Opened: s.Fact.Happened, Due: s.Fact.EndBy,
				What: "end of the enquiry", Entries: []uint64{s.Entry}})
		}
	}
	for _, p := range r.Safeguarding.Plans {
		if p.Open() {
			row := CaseloadRow{Kind: WorkAdultProtection, Work: string(p.ID), Opened: p.First.Fact.Happened, Due: p.ReviewBy(),
				What: "review of the plan", Entries: []uint64{p.First.Entry, p.Agreed.Entry}}
			if n := len(p.Reviews); n > 0 {
				row.Entries = append(row.Entries, p.Reviews[n-1].Entry)
			}
			rows = append(rows, row)
		}
	}
	for _, t := range r.Transitions {
		if s := t.Planned; t.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkTransition, Work: string(t.ID), Opened: s.Fact.Happened, Due: s.Fact.Eighteen,
				What: "conclusion of the transition", Entries: []uint64{s.Entry}})
		}
	}
	return rows
}

// supportEntries are the entries that say what a plan is and when it is next
// due for a review.
func supportEntries(p support.Plan) []uint64 {
	all := []uint64{p.First.Entry, p.Agreed.Entry}
	if n := len(p.Reviews); n > 0 {
		all = append(all, p.Reviews[n-1].Entry)
	}
	return all
}

// libertyWork returns the requests for authority to deprive the adult of liberty
// that wait for a decision, and the authorisations that hold.
func libertyWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, a := range r.Capacity.Authorisations {
		s := a.Requested
		switch {
		case a.Waits():
			rows = append(rows, CaseloadRow{Kind: WorkLibertyRequest, Work: string(a.ID), Opened: s.Fact.Happened, Due: s.Fact.DecideBy,
				What: "decision on the request", Entries: []uint64{s.Entry}})
		case a.Granted():
			rows = append(rows, CaseloadRow{Kind: WorkLiberty, Work: string(a.ID), Opened: a.Decided.Fact.Happened, Due: a.Decided.Fact.Until,
				What: "end of the authorisation, or another", Entries: []uint64{s.Entry, a.Decided.Entry}})
		}
	}
	return rows
}

// hospitalWork returns the stays in hospital whose end the authority prepares.
func hospitalWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, s := range r.Hospital.Stays {
		if !s.Open() {
			continue
		}
		row := CaseloadRow{Kind: WorkHospitalStay, Work: string(s.ID), Opened: s.First().Fact.Happened, Due: s.Expected(), What: "discharge from hospital"}
		for _, n := range s.Notices {
			if n.Holds() {
				row.Entries = append(row.Entries, n.Given.Entry)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// hospital adds the clocks of the assessments of those who are to leave a
// hospital, or have left it: the next one of needs ends them.
func (c *clocks) hospital(r record.Record) {
	var assessed []moment
	for _, a := range r.Needs.Assessments {
		if a.Started.Fact.Of == needs.OfNeeds {
			assessed = append(assessed, at(a.Started))
		}
	}
	for _, s := range r.Hospital.Stays {
		left := at(s.Discharged)
		for _, n := range s.Notices {
			given := []run{{at(n.Given), n.Given.Fact.AssessBy}}
			c.chain(string(policy.HospitalAssessment), string(s.ID)+"/"+n.Given.Fact.Notice, given, append(slices.Clone(assessed), left), at(n.Withdrawn))
		}
		c.chain(string(policy.DischargeAssessment), string(s.ID), []run{{left, s.Discharged.Fact.AssessBy}}, assessed, moment{})
	}
}

// adults adds the clocks of work with adults and carers.
func (c *clocks) adults(r record.Record) {
	for _, q := range r.Needs.Requests {
		c.add(string(policy.SupportRequest), string(q.ID), at(q.Requested), q.Requested.Fact.DecideBy, at(q.Decided), moment{})
	}
	for _, a := range r.Needs.Assessments {
		c.add(string(policy.AdultAssessment), string(a.ID), at(a.Started), a.Started.Fact.CompleteBy, at(a.Completed), moment{})
	}
	for _, p := range r.Support.Plans {
		c.support(p)
	}
	for _, p := range r.Support.Payments {
		done := moments(p.Reviews)
		c.chain(string(policy.DirectPaymentFirstReview), string(p.ID), []run{{at(p.Started), p.Started.Fact.ReviewBy}}, done, at(p.Ended))
		for _, v := range p.Reviews {
			c.chain(string(policy.DirectPaymentReview), string(p.ID), []run{{at(v), v.Fact.ReviewBy}}, done, at(p.Ended))
		}
	}
	c.safeguarding(r)
	for _, a := range r.Capacity.Authorisations {
		c.add(string(policy.LibertyDecision), string(a.ID), at(a.Requested), a.Requested.Fact.DecideBy, at(a.Decided), at(a.Ended))
		c.add(string(policy.StandardAuthorisation), string(a.ID), at(a.Decided), a.Decided.Fact.Until, at(a.Ended), moment{})
	}
	c.hospital(r)
	for _, t := range r.Transitions {
		c.transition(r, t)
	}
}

// transition adds the clocks of a young person who comes of age: to the start
// of the assessment, and to the conclusion.
func (c *clocks) transition(r record.Record, t transition.Transition) {
	var assessed []moment
	for _, a := range r.Needs.Assessments {
		if a.Started.Fact.Of == needs.OfNeeds {
			assessed = append(assessed, at(a.Started))
		}
	}
	planned := at(t.Planned)
	c.chain(TransitionAssessment, string(t.ID), []run{{planned, t.Planned.Fact.AssessBy}}, assessed, at(t.Concluded))
	c.add(ComingOfAge, string(t.ID), planned, t.Planned.Fact.Eighteen, at(t.Concluded), moment{})
}

// safeguarding adds the clocks of what keeps an adult safe.
func (c *clocks) safeguarding(r record.Record) {
	for _, one := range r.Safeguarding.Concerns {
		c.add(string(policy.SafeguardingDecision), string(one.ID), at(one.Raised), one.Raised.Fact.DecideBy, at(one.Decided), moment{})
	}
	for _, q := range r.Safeguarding.Enquiries {
		c.add(string(policy.SafeguardingEnquiry), string(q.ID), at(q.Started), q.Started.Fact.EndBy, at(q.Ended), moment{})
	}
	for _, p := range r.Safeguarding.Plans {
		agreed, done := at(p.Agreed), moments(p.Reviews)
		for _, a := range p.Agreed.Fact.Actions {
			c.add(AdultAction, string(p.ID)+"/"+a.ID, agreed, a.By, at(p.Outcome(a.ID)), at(p.Ended))
		}
		c.chain(string(policy.SafeguardingReview), string(p.ID), []run{{agreed, p.Agreed.Fact.ReviewBy}}, done, at(p.Ended))
		for _, v := range p.Reviews {
			c.chain(string(policy.SafeguardingReview), string(p.ID), []run{{at(v), v.Fact.ReviewBy}}, append(done, agreed), at(p.Ended))
		}
	}
}

// support adds the clocks of the reviews of a plan. A review ends the clock
// that was set last before it; so does a plan that is agreed anew.
func (c *clocks) support(p support.Plan) {
	done := moments(p.Reviews)
	var later []run
	if p.Agreed.Entry != p.First.Entry {
		done, later = append(done, at(p.Agreed)), append(later, run{at(p.Agreed), p.Agreed.Fact.ReviewBy})
	}
	for _, v := range p.Reviews {
		later = append(later, run{at(v), v.Fact.ReviewBy})
	}
	c.chain(string(policy.FirstSupportReview), string(p.ID), []run{{at(p.First), p.First.Fact.ReviewBy}}, done, at(p.Ended))
	c.chain(string(policy.SupportReview), string(p.ID), later, done, at(p.Ended))
}

// EverSupported returns the records of which any entry speaks of a request for
// an adult's or carer's support, of an assessment, a service or a review.
func (db *DB) EverSupported(ctx context.Context) ([]domain.RecordID, error) {
	return db.records(ctx, `SELECT DISTINCT record FROM audit WHERE type LIKE 'support%' OR type LIKE 'adult-assessment.%'
		OR type LIKE 'service.%' OR type LIKE 'direct-payment.%' ORDER BY record`)
}
