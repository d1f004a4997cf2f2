package record

import (
	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/conference"
	"caseledger/domain/enquiry"
	"caseledger/domain/lookedafter"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/visit"
)

// Visited returns what the record knows of the work under which a child is
// visited, on the day of the visit.
func (r Record) Visited(under, id string, day domain.Date) visit.Of {
	switch under {
	case visit.Assessment:
		a := r.Assessments.Find(assessment.ID(id))
		return of(a.Started.Entry, a.Started.Fact, a.Completed.Fact)
	case visit.Enquiry:
		q := r.Enquiries.Find(enquiry.ID(id))
		ended := q.Conference.Fact.Happened
		if ended.IsZero() {
			ended = q.NotRequired.Fact.Happened
		}
		return visit.Of{Known: !q.Started.IsZero(), Begun: q.Started.Fact.Happened, Ended: ended}
	case visit.InNeed:
		p := r.CINPlans.Find(cinplan.ID(id))
		return of(p.Started.Entry, p.Started.Fact, p.Ended.Fact)
	case visit.Protection:
		p := r.Protection.Find(protection.PlanID(id))
		return of(p.Registered.Entry, p.Registered.Fact, p.Ended.Fact)
	case visit.PrivateFostering:
		a := r.PrivateFostering.Find(privatefostering.ID(id))
		return of(a.Notified.Entry, a.Notified.Fact, a.Ended.Fact)
	case visit.LookedAfter:
		return r.inCare(lookedafter.EpisodeID(id), day)
	case visit.CareLeaver:
		return visit.Of{Known: !r.Leaver.Entitled.IsZero(), Begun: r.Leaver.Entitled.Fact.Happened, Ended: r.Leaver.Ended.Fact.Happened}
	}
	return visit.Of{}
}

// inCare returns what the record knows of the care in which the child was on a
// day: by the episode where one is named.
func (r Record) inCare(id lookedafter.EpisodeID, day domain.Date) visit.Of {
	if id == "" {
		return visit.Of{Known: day.IsZero() || !r.Care.In(day).IsZero(), Settled: r.Care.Settled(day)}
	}
	e := r.Care.Find(id)
	known := of(e.Began.Entry, e.Began.Fact, e.Ceased.Fact)
	known.Settled = r.Care.Settled(day)
	return known
}

func of(entry uint64, begun, ended domain.Event) visit.Of {
	return visit.Of{Known: entry != 0, Begun: begun.HappenedOn(), Ended: ended.HappenedOn()}
}

// Held returns the day on which a conference of a kind met, no date where none
// with the id is on the record.
func (r Record) Held(kind string, id conference.ID) domain.Date {
	if kind == "initial" {
		return r.Enquiries.Conference(enquiry.ConferenceID(id)).Fact.Happened
	}
	for _, p := range r.Protection {
		for _, review := range p.Reviews {
			if string(review.Fact.Review) == string(id) {
				return review.Fact.Happened
			}
		}
	}
	return domain.Date{}
}

// Expected returns the day on which a child who was unborn on a day was expected;
// no day for one who was born.
func (r Record) Expected(on domain.Date) domain.Date {
	if r.Unborn(on) {
		return r.Person.Expected.Fact.Expected
	}
	return domain.Date{}
}

// Unborn reports whether the child was not yet born on a day, as far as the
// record tells.
func (r Record) Unborn(on domain.Date) bool {
	if born := r.Person.Born.Fact.Happened; !born.IsZero() {
		return on.Before(born)
	}
	return !r.Person.Expected.IsZero()
}
