package projections

import (
	"fmt"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/careleaver"
	"caseledger/domain/health"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/policy"
)

// careSentence tells an event of a child's life in care and after it.
func careSentence(e domain.Event) string {
	switch e := e.(type) {
	case lookedafter.Event:
		return lookedAfterSentence(e)
	case health.Event:
		return healthSentence(e)
	case missing.Event:
		return missingSentence(e)
	case adoption.Event:
		return adoptionSentence(e)
	case careleaver.Event:
		return careLeaverSentence(e)
	case legal.Event:
		return legalSentence(e)
	}
	return ""
}

func legalSentence(e legal.Event) string {
	switch e := e.(type) {
	case legal.LetterSent:
		return "The authority sent a letter before proceedings."
	case legal.ProcessEnded:
		return fmt.Sprintf("Pre-proceedings ended%s.", prefixed(": ", spaced(e.Outcome)))
	case legal.Applied:
		return fmt.Sprintf("A court was asked for: %s%s.", label(policy.CourtOrder, e.Order), prefixed(", to be decided by ", day(e.DecideBy)))
	case legal.Heard:
		return fmt.Sprintf("A court held a hearing (%s)%s.", spaced(e.Kind), prefixed(": ", e.Outcome))
	case legal.Disposed:
		return fmt.Sprintf("The court disposed of the application%s.", prefixed(": ", spaced(e.Outcome)))
	case legal.Ordered:
		return fmt.Sprintf("An order was made: %s%s%s.", label(policy.CourtOrder, e.Order), prefixed(", until ", day(e.Until)), prefixed("; limits: ", e.Limits))
	case legal.Extended:
		return fmt.Sprintf("The order was extended until %s.", day(e.Until))
	case legal.Ended:
		return fmt.Sprintf("The order ended%s.", prefixed(": ", spaced(e.Reason)))
	}
	return ""
}

func lookedAfterSentence(e lookedafter.Event) string {
	switch e := e.(type) {
	case lookedafter.EpisodeBegan:
		return fmt.Sprintf("An episode of care began: %s%s%s.", label(policy.ReasonForNewEpisode, e.Reason),
			prefixed("; legal status: ", label(policy.LegalStatus, e.LegalStatus)), prefixed("; placement: ", label(policy.PlacementType, e.Placement.Type)))
	case lookedafter.EpisodeCeased:
		return fmt.Sprintf("The episode of care ceased%s%s.", prefixed(": ", label(policy.ReasonEpisodeCeased, e.Reason)),
			prefixed("; the placement changed: ", label(policy.ReasonForPlacementChange, e.PlacementChange)))
	case lookedafter.Reviewed:
		return fmt.Sprintf("A looked-after review was held%s.", prefixed(": ", label(policy.ReviewParticipation, e.Participation)))
	case lookedafter.OfficerNamed:
		return fmt.Sprintf("The independent reviewing officer is %s.", e.Officer)
	case lookedafter.EducationPlanned:
		return "A personal education plan was made or reviewed."
	case lookedafter.Recognised:
		return fmt.Sprintf("The child is an unaccompanied asylum seeker%s.", prefixed(", a status that ceases on ", day(e.Ceases)))
	case lookedafter.PermanenceKnown:
		return fmt.Sprintf("Earlier permanence: %s%s.", label(policy.PreviousPermanence, e.Option), prefixed(", ordered ", e.Ordered))
	case lookedafter.MotherhoodRecorded:
		return fmt.Sprintf("The girl is %sa mother%s.", unless(e.Mother, "not "), prefixed("; her child was born on ", day(e.ChildBorn)))
	case lookedafter.ShortBreaksAgreed:
		return fmt.Sprintf("A series of short breaks was agreed (%s).", e.LegalStatus)
	case lookedafter.ShortBreaksEnded:
		return "The series of short breaks ended."
	case lookedafter.LibertyRestricted:
		return fmt.Sprintf("The child was deprived of liberty%s%s.", prefixed(": ", spaced(e.Kind)), prefixed(", until ", day(e.Until)))
	case lookedafter.LibertyReviewed:
		return fmt.Sprintf("A panel reviewed secure accommodation: %s%s.", spaced(e.Outcome), prefixed("; the next review is due by ", day(e.ReviewBy)))
	case lookedafter.LibertyRestored:
		return "The child is no longer deprived of liberty."
	}
	return ""
}

func healthSentence(e health.Event) string {
	switch e := e.(type) {
	case health.Assessed:
		return "A health assessment was held."
	case health.TeethChecked:
		return "A dentist checked the child's teeth."
	case health.Immunised:
		return fmt.Sprintf("Immunisations were found %sup to date.", unless(e.UpToDate, "not "))
	case health.DevelopmentChecked:
		return "The child's development was checked."
	case health.DifficultiesScored:
		if e.Score != nil {
			return fmt.Sprintf("Strengths and difficulties were scored: %d.", *e.Score)
		}
		return fmt.Sprintf("There is no score of strengths and difficulties: %s.", label(policy.SDQReason, e.Reason))
	case health.Convicted:
		return "The child was convicted or cautioned."
	case health.MisuseFound:
		return "A problem of substance misuse was found."
	case health.InterventionOffered:
		return fmt.Sprintf("Help against substance misuse was offered and %staken.", unless(e.Received, "not "))
	case health.OutcomesStated:
		return fmt.Sprintf("The return of %d answers on health and well-being.", e.Year)
	}
	return ""
}

func missingSentence(e missing.Event) string {
	switch e := e.(type) {
	case missing.WentMissing:
		return fmt.Sprintf("The child went: %s.", label(policy.MissingKind, e.Kind))
	case missing.Returned:
		return fmt.Sprintf("The child came back%s.", prefixed(", with a return interview due by ", day(e.InterviewBy)))
	case missing.Interviewed:
		return fmt.Sprintf("A return interview was offered and %saccepted.", unless(e.Accepted, "not "))
	}
	return ""
}

func adoptionSentence(e adoption.Event) string {
	switch e := e.(type) {
	case adoption.Decided:
		return "The authority decided that the child should be placed for adoption."
	case adoption.Matched:
		return "The child was matched with adopters."
	case adoption.Placed:
		return "The child was placed with adopters."
	case adoption.Reversed:
		return fmt.Sprintf("The decision on adoption was reversed%s.", prefixed(": ", label(policy.AdoptionReversal, e.Reason)))
	case adoption.Ordered:
		return "The court made the adoption order."
	case adoption.IdentityParted:
		return "The child goes on under a new identity, in a record of its own."
	}
	return ""
}

func careLeaverSentence(e careleaver.Event) string {
	switch e := e.(type) {
	case careleaver.Entitled:
		return fmt.Sprintf("The person is entitled as a care leaver: %s.", spaced(e.Eligibility))
	case careleaver.AdviserNamed:
		return fmt.Sprintf("The personal adviser is %s.", e.Adviser)
	case careleaver.Planned:
		return "A pathway plan was made or reviewed."
	case careleaver.Contacted:
		return fmt.Sprintf("Care leaver: %s%s%s.", label(policy.InTouch, e.InTouch), prefixed("; ", label(policy.CareLeaverActivity, e.Activity)),
			prefixed("; ", label(policy.CareLeaverAccommodation, e.Accommodation)))
	case careleaver.Ended:
		return fmt.Sprintf("Help as a care leaver ended: %s.", spaced(e.Reason))
	}
	return ""
}
