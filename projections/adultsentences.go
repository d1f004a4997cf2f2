package projections

import (
	"fmt"

	"caseledger/domain"
	"caseledger/domain/capacity"
	"caseledger/domain/discharge"
	"caseledger/domain/needs"
	"caseledger/domain/policy"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"
)

// adultSentence tells an event of the parts that say how an adult or a carer
// was helped.
func adultSentence(e domain.Event) string {
	switch e := e.(type) {
	case needs.Event:
		return needsSentence(e)
	case support.Event:
		return supportSentence(e)
	case safeguarding.Event:
		return safeguardingSentence(e)
	case transition.Event:
		return transitionSentence(e)
	case capacity.Event:
		return capacitySentence(e)
	case discharge.Event:
		return hospitalSentence(e)
	}
	return ""
}

func needsSentence(e needs.Event) string {
	switch e := e.(type) {
	case needs.Requested:
		return fmt.Sprintf("Support was asked for%s%s.", unless(e.Of != needs.OfCarer, " by a carer"), prefixed(": ", label(policy.RouteOfAccess, e.Route)))
	case needs.RequestDecided:
		return fmt.Sprintf("The request for support was decided: %s.", label(policy.AdultOutcome, e.Outcome))
	case needs.Started:
		return fmt.Sprintf("A %s assessment%s began%s.", e.Level, unless(e.Of != needs.OfCarer, " of a carer"), prefixed(": ", labels(policy.AssessmentDomain, e.Domains)))
	case needs.Answered:
		return fmt.Sprintf("%s (%s): %s", policy.Label(policy.AssessmentQuestion, e.Question), spaced(e.Source), quote(orElse(e.Answer, spaced(e.NotGiven))))
	case needs.Completed:
		return fmt.Sprintf("The assessment was completed: %s.", label(policy.AdultOutcome, e.Outcome))
	case needs.EligibilityDecided:
		return fmt.Sprintf("The person is %seligible for support%s.", unless(e.Eligible, "not "), eligibleBy(e))
	}
	return ""
}

// eligibleBy says which outcomes the person cannot achieve, of whichever list
// they are.
func eligibleBy(e needs.EligibilityDecided) string {
	text := ""
	for _, code := range e.Unable {
		text += prefixed("; unable: ", orElse(policy.Label(policy.CareActOutcome, code), orElse(policy.Label(policy.CarerOutcome, code), code)))
	}
	return text
}

func supportSentence(e support.Event) string {
	switch e := e.(type) {
	case support.Agreed:
		return fmt.Sprintf("A support plan was agreed: %d aims%s%s.", len(e.Aims), prefixed(", ", yearly(e.Budget)), prefixed(", to be reviewed by ", day(e.ReviewBy)))
	case support.Reviewed:
		return fmt.Sprintf("The support plan was reviewed; aims achieved: %s; %s.", e.Achieved, label(policy.AdultOutcome, e.Outcome))
	case support.Ended:
		return fmt.Sprintf("The support plan ended: %s.", label(policy.AdultOutcome, e.Outcome))
	case support.ServiceStarted:
		return fmt.Sprintf("A service began: %s, given by %s (%s)%s.", label(policy.ServiceComponent, e.Component), e.Provider, label(policy.DeliveryMechanism, e.Delivery), costing(e.Cost, e.Per))
	case support.ServiceEnded:
		return fmt.Sprintf("A service ended: %s.", label(policy.AdultOutcome, e.Outcome))
	case support.PaymentStarted:
		return fmt.Sprintf("A direct payment began, to %s%s%s.", spaced(e.To), costing(e.Amount, e.Per), prefixed(", to be reviewed by ", day(e.ReviewBy)))
	case support.PaymentReviewed:
		return fmt.Sprintf("The direct payment was looked at and is %sused as it is meant.", unless(e.Proper, "not "))
	case support.PaymentEnded:
		return fmt.Sprintf("The direct payment ended: %s.", label(policy.AdultOutcome, e.Outcome))
	}
	return ""
}

func safeguardingSentence(e safeguarding.Event) string {
	switch e := e.(type) {
	case safeguarding.Raised:
		return fmt.Sprintf("A concern about the adult was raised by: %s; %s (%s).", spaced(e.Source), labels(policy.TypeOfAbuse, e.Types), spaced(e.Where))
	case safeguarding.Decided:
		return fmt.Sprintf("The concern about the adult was decided: %s.", spaced(e.Outcome))
	case safeguarding.EnquiryStarted:
		return fmt.Sprintf("An enquiry into the concern began%s.", prefixed("; the adult wants: ", quote(e.Wished)))
	case safeguarding.EnquiryEnded:
		return fmt.Sprintf("The enquiry ended; risk: %s; what the adult wanted was reached: %s.", spaced(e.Risk), spaced(e.Wishes))
	case safeguarding.PlanAgreed:
		return fmt.Sprintf("The adult's protection plan was agreed: %d actions%s.", len(e.Actions), prefixed(", to be reviewed by ", day(e.ReviewBy)))
	case safeguarding.ActionClosed:
		return fmt.Sprintf("An action of the adult's protection plan was closed: %s.", spaced(e.Result))
	case safeguarding.PlanReviewed:
		return "The adult's protection plan was reviewed and goes on."
	case safeguarding.PlanEnded:
		return fmt.Sprintf("The adult's protection plan ended: %s.", spaced(e.Reason))
	}
	return ""
}

func transitionSentence(e transition.Event) string {
	switch e := e.(type) {
	case transition.Planned:
		return fmt.Sprintf("The way into adults' services was planned, with team %s%s.", e.Team, prefixed(", to be settled by ", day(e.Eighteen)))
	case transition.Concluded:
		return fmt.Sprintf("The way into adults' services was concluded: %s.", spaced(e.Outcome))
	}
	return ""
}

func capacitySentence(e capacity.Event) string {
	switch e := e.(type) {
	case capacity.Assessed:
		return fmt.Sprintf("The adult was found %sable to decide: %s", unless(e.Capable, "not "), quote(e.Decision))
	case capacity.Decided:
		return fmt.Sprintf("A decision was taken in the adult's best interests (%s)%s: %s", spaced(e.Maker), people(e.Consulted, nil), quote(e.Outcome))
	case capacity.LibertyRequested:
		return fmt.Sprintf("%s asked for authority to deprive the adult of liberty%s.", e.Place, prefixed(", to be decided by ", day(e.DecideBy)))
	case capacity.LibertyDecided:
		return fmt.Sprintf("Authority to deprive the adult of liberty was %sgiven%s.", unless(e.Granted, "not "), prefixed(", until ", day(e.Until)))
	case capacity.LibertyEnded:
		return fmt.Sprintf("The authority to deprive the adult of liberty ended: %s.", spaced(e.Reason))
	}
	return ""
}

func hospitalSentence(e discharge.Event) string {
	switch e := e.(type) {
	case discharge.Noticed:
		return fmt.Sprintf("%s gave notice (%s)%s.", e.Hospital, spaced(e.Notice), prefixed(", with the discharge expected on ", day(e.Expected)))
	case discharge.Withdrawn:
		return fmt.Sprintf("The hospital withdrew its notice (%s): %s.", spaced(e.Notice), spaced(e.Reason))
	case discharge.Delayed:
		return fmt.Sprintf("The adult was ready to leave the hospital and could not: %s (%s).", policy.Label(policy.DelayReason, e.Reason), spaced(e.By))
	case discharge.DelayEnded:
		return "What delayed the discharge from hospital was over."
	case discharge.Discharged:
		return fmt.Sprintf("The adult left the hospital (%s): %s.", spaced(e.To), policy.Label(policy.DischargePathway, e.Pathway))
	}
	return ""
}

func yearly(pence int) string {
	if pence == 0 {
		return ""
	}
	return pounds(pence) + " a year"
}

func costing(pence int, per string) string {
	if pence == 0 {
		return ""
	}
	return ", " + pounds(pence) + " " + label(policy.CostFrequency, per)
}

func pounds(pence int) string { return fmt.Sprintf("£%d.%02d", pence/100, pence%100) }
