package cincensus

import (
	"caseledger/domain"
	"caseledger/domain/enquiry"
	"caseledger/domain/protection"
)

// The census gives the parts of a record no ids. A part is known again by what
// it belongs to and the day on which it began, whether an import or a worker
// recorded it. The functions below return the ids of such parts.

func (m *mapping) referralsOn(day domain.Date) (ids []string) {
	for _, r := range m.known.Referrals {
		if !r.Received.IsZero() && r.Received.Fact.Happened == day {
			ids = append(ids, string(r.ID))
		}
	}
	return ids
}

func (u episode) assessmentsOn(day domain.Date) (ids []string) {
	for _, a := range u.known.Assessments {
		if a.Started.Fact.Referral == u.id && a.Started.Fact.Happened == day {
			ids = append(ids, string(a.ID))
		}
	}
	return ids
}

func (u episode) cinPlansOn(day domain.Date) (ids []string) {
	for _, p := range u.known.CINPlans {
		if p.Started.Fact.Referral == u.id && p.Started.Fact.Happened == day {
			ids = append(ids, string(p.ID))
		}
	}
	return ids
}

func (u episode) enquiriesOn(day domain.Date) (ids []string) {
	for _, q := range u.known.Enquiries.All {
		if q.Started.Fact.Referral == u.id && q.Started.Fact.Happened == day {
			ids = append(ids, string(q.ID))
		}
	}
	return ids
}

// conferencesOf returns the conferences of an enquiry; with no enquiry, those
// of the episode outside of its enquiries.
func (u episode) conferencesOf(of enquiry.ID) (ids []string) {
	for _, c := range u.known.Enquiries.Conferences {
		if c.Fact.Referral == u.id && c.Fact.Enquiry == of {
			ids = append(ids, string(c.Fact.Conference))
		}
	}
	return ids
}

func (u episode) plansOn(day domain.Date) (ids []string) {
	for _, p := range u.known.Protection {
		if p.Registered.Fact.Referral == u.id && p.Registered.Fact.Happened == day {
			ids = append(ids, string(p.ID))
		}
	}
	return ids
}

func (u episode) reviewsOn(plan protection.PlanID, day domain.Date) (ids []string) {
	for _, r := range u.known.Protection.Find(plan).Reviews {
		if r.Fact.Happened == day {
			ids = append(ids, string(r.Fact.Review))
		}
	}
	return ids
}
