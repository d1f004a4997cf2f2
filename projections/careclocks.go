package projections

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/careleaver"
	"caseledger/domain/health"
	"caseledger/domain/lookedafter"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/visit"
)

// care adds the clocks of a child who is or was looked after: reviews, visits,
// health, education, the panel on secure accommodation, and the talk after
// having been missing. All but the last stop when the child leaves care.
func (c *clocks) care(r record.Record) {
	reviews, plans, seen := moments(r.Care.Reviews), moments(r.Care.Plans), seenInCare(r)
	for _, e := range r.Care.Episodes {
		began, left := e.Began.Fact, at(r.Care.Left(e))
		start := func(clock policy.Clock, due domain.Date, done []moment, stopped moment) {
			c.chain(string(clock), string(e.ID), []run{{at(e.Began), due}}, until(stopped, done), stopped)
		}
		start(policy.PlacementVisit, began.VisitBy, moments(seen), at(r.Care.Moved(e)))
		start(policy.LookedAfterFirstReview, began.ReviewBy, reviews, left)
		start(policy.LookedAfterHealthAssessment, began.HealthBy, moments(r.Health.Assessments), left)
		start(policy.EducationPlan, began.PlanBy, plans, left)
	}
	inCare(c, r, r.Care.Reviews, reviews, func(v lookedafter.Reviewed) (policy.Clock, domain.Date) {
		if r.Care.ReviewedBefore(v) {
			return policy.LookedAfterLaterReview, v.ReviewBy
		}
		return policy.LookedAfterSecondReview, v.ReviewBy
	})
	inCare(c, r, seen, moments(seen), func(v visit.Made) (policy.Clock, domain.Date) {
		if r.Care.Settled(v.Happened) {
			return policy.SettledPlacementVisit, v.NextBy
		}
		return policy.LookedAfterVisit, v.NextBy
	})
	inCare(c, r, r.Care.Plans, plans, func(p lookedafter.EducationPlanned) (policy.Clock, domain.Date) {
		return policy.EducationPlanReview, p.ReviewBy
	})
	born := r.Person.Born.Fact.Happened
	inCare(c, r, r.Health.Assessments, moments(r.Health.Assessments), func(a health.Assessed) (policy.Clock, domain.Date) {
		if health.FromFive(born, a.Happened) {
			return policy.HealthAssessmentFromFive, a.NextBy
		}
		return policy.HealthAssessmentUnderFive, a.NextBy
	})
	c.liberty(r)
	for _, a := range r.Absences {
		c.add(string(policy.ReturnInterview), string(a.ID), at(a.Returned), a.Returned.Fact.InterviewBy, at(a.Interviewed), moment{})
	}
}

// inCare adds the clocks that something done in care starts, and the same thing
// done again ends.
func inCare[E domain.Event](c *clocks, r record.Record, all []domain.Known[E], done []moment, clock func(E) (policy.Clock, domain.Date)) {
	for _, one := range all {
		if first := r.Care.First(one.Fact.HappenedOn()); !first.Began.IsZero() {
			name, due := clock(one.Fact)
			left := at(r.Care.Left(first))
			c.chain(string(name), string(first.ID), []run{{at(one), due}}, until(left, done), left)
		}
	}
}

// until leaves out what was done after a period had ended: it belongs to
// another.
func until(stopped moment, done []moment) []moment {
	return slices.DeleteFunc(slices.Clone(done), func(d moment) bool {
		return stopped.entry != 0 && !stopped.day.IsZero() && d.day.After(stopped.day)
	})
}

func (c *clocks) liberty(r record.Record) {
	for _, l := range r.Care.Restrictions {
		reviews := moments(l.Reviews)
		c.chain(string(policy.SecureFirstReview), string(l.ID), []run{{at(l.Restricted), l.Restricted.Fact.ReviewBy}}, reviews, at(l.Restored))
		for _, v := range l.Reviews {
			c.chain(string(policy.SecureLaterReview), string(l.ID), []run{{at(v), v.Fact.ReviewBy}}, reviews, at(l.Restored))
		}
	}
}

// seenInCare are the visits to a looked-after child at which the child was seen.
func seenInCare(r record.Record) []domain.Known[visit.Made] {
	return seenWhere(r, lookedafter.InCare)
}

// leaver adds the clocks of a care leaver: the pathway plan, and being visited or
// found to be in touch.
func (c *clocks) leaver(r record.Record) {
	ended := at(r.Leaver.Ended)
	if ended.entry == 0 {
		ended = at(r.Person.Died)
	}
	plans := moments(r.Leaver.Plans)
	for _, p := range r.Leaver.Plans {
		c.chain(string(policy.PathwayPlanReview), string(p.Fact.Plan), []run{{at(p), p.Fact.ReviewBy}}, plans, ended)
	}
	seen := seenWhere(r, func(v visit.Made) bool { return v.Under == visit.CareLeaver })
	met := moments(seen)
	for _, k := range r.Leaver.Contacts {
		if k.Fact.InTouch == careleaver.InTouch {
			met = append(met, at(k))
		}
	}
	for _, k := range r.Leaver.Contacts {
		c.chain(string(policy.CareLeaverVisit), string(k.Fact.Contact), []run{{at(k), k.Fact.VisitBy}}, met, ended)
	}
	for _, v := range seen {
		c.chain(string(policy.CareLeaverVisit), string(v.Fact.Visit), []run{{at(v), v.Fact.NextBy}}, met, ended)
	}
}

// court adds the clocks of applications to a court.
func (c *clocks) court(r record.Record) {
	for _, a := range r.Legal.Applications {
		c.add(string(policy.CareProceedings), string(a.ID), at(a.Applied), a.Applied.Fact.DecideBy, at(a.Disposed), moment{})
	}
}
