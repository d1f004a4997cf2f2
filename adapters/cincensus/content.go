package cincensus

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/unmapped"
)

// content is what an event states of the world, so that two statements can be
// compared. Days that the ledger reckoned from others are left out, because a
// later change of a clock is no other statement; so are days
// that the census does not give.
func content(e domain.Event) string {
	switch e := e.(type) {
	case identity.Registered:
		return "" // open is open, whoever opened it
	case identity.Identified:
		return e.Value
	case identity.IdentifierMissing:
		return e.Reason
	case identity.EthnicityRecorded:
		return e.Ethnicity
	case identity.SexRecorded:
		return e.Sex
	case identity.BirthExpected:
		return e.Expected.String()
	case identity.DisabilitiesRecorded:
		return strings.Join(slices.Sorted(slices.Values(e.Disabilities)), " ")
	case protection.CategoryChanged:
		return e.Category
	case unmapped.Kept:
		return e.Text
	case referral.NotTakenFurther, enquiry.ConferenceNotRequired:
		return "" // the census says that, and not when or why
	case referral.Received:
		e.DecideBy = domain.Date{}
		return text(e)
	case assessment.Started:
		e.CompleteBy = domain.Date{}
		return text(e)
	case protection.Registered:
		e.CoreGroupBy, e.ReviewBy = domain.Date{}, domain.Date{}
		return text(e)
	case protection.Reviewed:
		e.ReviewBy = domain.Date{}
		return text(e)
	}
	return text(e)
}

func text(e domain.Event) string {
	b, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		return err.Error() // no event of the catalogue fails to marshal
	}
	return string(b)
}

// carryOver completes a command by what the record already knows of the same
// thing: a return that leaves a member out does not deny it. Codes that the
// census has no element for are the record's own in the same way.
func carryOver(r record.Record, command any) any {
	switch c := command.(type) {
	case referral.Receive:
		known := r.Referrals.Find(c.Referral).Received.Fact
		c.Source, c.Need = or(c.Source, known.Source), or(c.Need, known.Need)
		return c
	case referral.Close:
		c.Reason = or(c.Reason, r.Referrals.Find(c.Referral).Closed.Fact.Reason)
		return c
	case assessment.Complete:
		if len(c.Factors) == 0 {
			c.Factors = r.Assessments.Find(c.Assessment).Completed.Fact.Factors
		}
		return c
	case enquiry.Start:
		if c.ConferenceBy.IsZero() {
			c.ConferenceBy = r.Enquiries.Find(c.Enquiry).Started.Fact.ConferenceBy
		}
		return c
	case enquiry.HoldConference:
		c.Outcome = r.Enquiries.Conference(c.Conference).Fact.Outcome
		return c
	case cinplan.End:
		c.Reason = r.CINPlans.Find(c.Plan).Ended.Fact.Reason
		return c
	case protection.End:
		c.Reason = r.Protection.Find(c.Plan).Ended.Fact.Reason
		return c
	case protection.Review:
		for _, known := range r.Protection.Find(c.Plan).Reviews {
			if known.Fact.Review == c.Review {
				c.Outcome = known.Fact.Outcome
			}
		}
		return c
	case protection.Register:
		if plan := r.Protection.Find(c.Plan); c.Previous == nil && !plan.Registered.IsZero() {
			c.Previous = &plan.Registered.Fact.Previous
		}
		return c
	}
	return command
}

func or(stated, known string) string {
	if stated != "" {
		return stated
	}
	return known
}
