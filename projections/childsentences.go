package projections

import (
	"fmt"
	"strings"

	"caseledger/domain"
	"caseledger/domain/conference"
	"caseledger/domain/contact"
	"caseledger/domain/family"
	"caseledger/domain/incident"
	"caseledger/domain/policy"
	"caseledger/domain/privatefostering"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/domain/visit"
	"caseledger/domain/voice"
)

// childSentence tells an event of the parts that say how a child was helped.
func childSentence(e domain.Event) string {
	switch e := e.(type) {
	case contact.Event:
		return contactSentence(e)
	case voice.Recorded:
		return viewSentence(e)
	case conference.Event:
		return conferenceSentence(e)
	case visit.Made:
		return visitSentence(e)
	case visit.MadeInCare:
		return fmt.Sprintf("A worker visited the child in the placement%s%s.", unless(!e.Seen, "; the child was seen"), unless(!e.SeenAlone, " alone"))
	case privatefostering.Event:
		return privateFosteringSentence(e)
	case transfer.Event:
		return transferSentence(e)
	case incident.Event:
		return incidentSentence(e)
	case temporary.Event:
		return temporarySentence(e)
	case family.Event:
		return familySentence(e)
	case restriction.Event:
		return restrictionSentence(e)
	}
	return ""
}

func contactSentence(e contact.Event) string {
	switch e := e.(type) {
	case contact.Received:
		return fmt.Sprintf("A contact was received from %s (%s).", label(policy.ReferralSource, e.Source), spaced(e.Channel))
	case contact.Decided:
		return fmt.Sprintf("It was decided what the contact became: %s.", spaced(e.Outcome))
	case contact.HelpStarted:
		return fmt.Sprintf("Early help began, led by %s.", e.Lead)
	case contact.HelpReviewed:
		return fmt.Sprintf("Early help was reviewed; outcome: %s.", spaced(e.Outcome))
	case contact.HelpEnded:
		return fmt.Sprintf("Early help ended: %s.", spaced(e.Reason))
	}
	return ""
}

func viewSentence(e voice.Recorded) string {
	words := quote(e.Words)
	if e.Verbatim {
		words = "“" + words + "”"
	}
	return fmt.Sprintf("View of %s (%s%s): %s", spaced(e.Whose), spaced(e.How), prefixed(", through ", e.Through), words)
}

func conferenceSentence(e conference.Event) string {
	switch e := e.(type) {
	case conference.Minuted:
		dissent := make([]string, len(e.Dissent))
		for i, d := range e.Dissent {
			dissent[i] = d.Agency
		}
		return fmt.Sprintf("The %s conference was %squorate%s; child: %s; parents: %s%s.", e.Kind, unless(e.Quorate, "not "), people(e.Attended, e.Apologies),
			spaced(e.Child), spaced(e.Parents), prefixed("; dissent: ", strings.Join(dissent, ", ")))
	case conference.Adjourned:
		return fmt.Sprintf("The %s conference was adjourned: %s%s.", e.Kind, spaced(e.Reason), prefixed(", to be held again by ", day(e.ReconveneBy)))
	case conference.Circulated:
		return fmt.Sprintf("The record of the conference was sent to %s.", strings.Join(e.To, ", "))
	case conference.Delayed:
		return fmt.Sprintf("Manager %s allowed the conference to be held by %s: %s", e.Manager, day(e.Until), quote(e.Reason))
	}
	return ""
}

// people says who came, and who sent apologies.
func people(attended, apologies []domain.Attendee) string {
	return prefixed("; attended: ", attendees(attended)) + prefixed("; apologies: ", attendees(apologies))
}

func attendees(all []domain.Attendee) string {
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.Role + prefixed(" of ", a.Agency)
	}
	return strings.Join(names, ", ")
}

func visitSentence(e visit.Made) string {
	how := "The child was not seen" + prefixed(": ", spaced(e.NotSeen))
	switch {
	case e.WasSeenAlone():
		how = "The child was seen alone"
	case e.Seen:
		how = "The child was seen, not alone"
	}
	if e.Bedroom {
		how += "; where the child sleeps was seen"
	}
	return fmt.Sprintf("Worker %s visited (%s, under %s%s). %s.", e.Visitor, spaced(e.Where), spaced(e.Under), prefixed(", present: ", strings.Join(e.Present, ", ")), how)
}

func privateFosteringSentence(e privatefostering.Event) string {
	switch e := e.(type) {
	case privatefostering.Notified:
		return fmt.Sprintf("The authority was told that the child is privately fostered by %s%s.", e.Carer, prefixed(", to be visited by ", day(e.VisitBy)))
	case privatefostering.Assessed:
		return fmt.Sprintf("The private fostering arrangement was found %ssuitable.", unless(e.Suitable, "not "))
	case privatefostering.Ended:
		return fmt.Sprintf("Private fostering ended: %s.", spaced(e.Reason))
	}
	return ""
}

func transferSentence(e transfer.Event) string {
	switch e := e.(type) {
	case transfer.Notified:
		to := "to"
		if e.Direction == transfer.In {
			to = "from"
		}
		return fmt.Sprintf("Notice of a move %s %s was given (%s).", to, e.Authority, spaced(e.Plan))
	case transfer.TakenOver:
		return "The receiving authority took responsibility."
	case transfer.Declined:
		return fmt.Sprintf("The transfer did not come about: %s.", e.Reason)
	}
	return ""
}

func incidentSentence(e incident.Event) string {
	switch e := e.(type) {
	case incident.Learned:
		return fmt.Sprintf("The authority became aware of a serious incident: %s.", spaced(e.Kind))
	case incident.Notified:
		return fmt.Sprintf("The serious incident was notified to %s.", strings.Join(e.To, ", "))
	case incident.Reviewed:
		return fmt.Sprintf("The rapid review of the serious incident was completed: %s.", spaced(e.Decision))
	}
	return ""
}

func temporarySentence(e temporary.Event) string {
	switch e := e.(type) {
	case temporary.Entered:
		return fmt.Sprintf("The child's name was put on the register for a while; %s keeps the plan%s.", e.From, prefixed("; conference due by ", day(e.ConferenceBy)))
	case temporary.Ended:
		return fmt.Sprintf("The temporary registration ended: %s.", spaced(e.Reason))
	}
	return ""
}

func familySentence(e family.Event) string {
	switch e := e.(type) {
	case family.Related:
		who := e.Name
		if who == "" {
			who = "the person of record " + string(e.Record)
		}
		return fmt.Sprintf("%s: %s.", capital(spaced(e.Kind)), who)
	case family.RelationEnded:
		return fmt.Sprintf("A relationship ended%s.", prefixed(": ", e.Reason))
	case family.ResponsibilityHeld:
		return fmt.Sprintf("Parental responsibility began by %s.", spaced(e.Basis))
	case family.ResponsibilityEnded:
		return fmt.Sprintf("Parental responsibility ended%s.", prefixed(": ", e.Reason))
	case family.HouseholdJoined:
		return fmt.Sprintf("The person came to live in household %s as %s.", e.Household, e.Part)
	case family.HouseholdLeft:
		return fmt.Sprintf("The person left household %s%s.", e.Household, prefixed(": ", e.Reason))
	}
	return ""
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func restrictionSentence(e restriction.Event) string {
	switch e := e.(type) {
	case restriction.BarrierSet:
		return fmt.Sprintf("Worker %s may not open the record (%s).", e.Worker, spaced(e.Reason))
	case restriction.RecordSealed:
		return fmt.Sprintf("The record was sealed (%s): %d workers may open it.", spaced(e.Reason), len(e.Readers))
	case restriction.InformantShielded:
		return fmt.Sprintf("Who told must not be known from %d entries.", len(e.Entries))
	case restriction.AddressWithheld:
		return fmt.Sprintf("The address must not be told to %s (%s).", orElse(strings.Join(e.From, ", "), "anybody outside the authority"), spaced(e.Basis))
	case restriction.Lifted:
		return fmt.Sprintf("A restriction was lifted: %s.", e.Reason)
	}
	return ""
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
