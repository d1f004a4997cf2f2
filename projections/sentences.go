package projections

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/batch"
	"caseledger/domain/breakglass"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/correspondence"
	"caseledger/domain/disclosure"
	"caseledger/domain/enquiry"
	"caseledger/domain/form"
	"caseledger/domain/group"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/oversight"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/redaction"
	"caseledger/domain/referral"
	"caseledger/domain/register"
	"caseledger/domain/settings"
	"caseledger/domain/subjectaccess"
	"caseledger/domain/unmapped"
)

// maxQuote is how many characters of a note or element a sentence quotes.
const maxQuote = 280

// sentence tells an event in plain English. "" is an event that has no
// sentence; a test makes sure that there is none in the catalogue.
func sentence(e domain.Event) string {
	switch e := e.(type) {
	case identity.Event:
		return personSentence(e)
	case referral.Event:
		return referralSentence(e)
	case assessment.Event:
		return assessmentSentence(e)
	case enquiry.Event:
		return enquirySentence(e)
	case cinplan.Event:
		return cinPlanSentence(e)
	case protection.Event:
		return protectionSentence(e)
	case allocation.Event:
		return allocationSentence(e)
	case note.Event, oversight.Event, correspondence.Event, form.Event:
		return recordingSentence(e)
	case subjectaccess.Event:
		return accessSentence(e)
	case chronology.Event:
		return chronologySentence(e)
	case disclosure.Event:
		return disclosureSentence(e)
	case redaction.Event:
		return redactionSentence(e)
	case bundle.Event:
		return bundleSentence(e)
	}
	if text := childSentence(e); text != "" {
		return text
	}
	return otherSentence(e)
}

func personSentence(e identity.Event) string {
	switch e := e.(type) {
	case identity.Registered:
		return "The authority opened a record on the person."
	case identity.Named:
		return fmt.Sprintf("Name (%s): %s.", spaced(e.Kind), strings.TrimSpace(e.Given+" "+e.Family))
	case identity.Born:
		return "The child was born."
	case identity.BirthExpected:
		return fmt.Sprintf("The child was expected to be born on %s.", day(e.Expected))
	case identity.Identified:
		return fmt.Sprintf("Identifier %s: %s, as stated by %s%s.", e.Kind, e.Value, e.Source, unless(e.Valid, " (its form or check character is wrong)"))
	case identity.IdentifierMissing:
		return fmt.Sprintf("No %s: %s.", e.Kind, label(policy.UPNUnknown, e.Reason))
	case identity.AddressRecorded:
		return fmt.Sprintf("Address: %s.", strings.Join(append(append([]string(nil), e.Lines...), nonEmpty(e.Postcode)...), ", "))
	case identity.EthnicityRecorded:
		return fmt.Sprintf("Ethnicity: %s.", label(policy.Ethnicity, e.Ethnicity))
	case identity.SexRecorded:
		return fmt.Sprintf("Sex: %s.", label(policy.Sex, e.Sex))
	case identity.DisabilitiesRecorded:
		return fmt.Sprintf("Disabilities: %s.", labels(policy.Disability, e.Disabilities))
	case identity.Died:
		return "The person died."
	}
	return ""
}

func referralSentence(e referral.Event) string {
	switch e := e.(type) {
	case referral.Received:
		return fmt.Sprintf("A referral was received from %s%s.", label(policy.ReferralSource, e.Source), prefixed("; need: ", label(policy.PrimaryNeed, e.Need)))
	case referral.Decided:
		return fmt.Sprintf("A manager decided to act on the referral%s.", prefixed(": ", spaced(e.Outcome)))
	case referral.NotTakenFurther:
		return fmt.Sprintf("A manager decided on no further action on the referral%s.", prefixed(": ", e.Reason))
	case referral.Closed:
		return fmt.Sprintf("The case was closed%s.", prefixed(": ", label(policy.ReasonForClosure, e.Reason)))
	}
	return ""
}

func assessmentSentence(e assessment.Event) string {
	switch e := e.(type) {
	case assessment.Started:
		return fmt.Sprintf("An assessment began%s.", prefixed(", to be completed by ", day(e.CompleteBy)))
	case assessment.Reviewed:
		return "A manager looked at the assessment before its end."
	case assessment.Completed:
		return fmt.Sprintf("The assessment was completed%s.", prefixed("; factors: ", labels(policy.AssessmentFactor, e.Factors)))
	}
	return ""
}

func enquirySentence(e enquiry.Event) string {
	switch e := e.(type) {
	case enquiry.Discussed:
		return fmt.Sprintf("A strategy discussion was held%s%s.", prefixed(" with ", strings.Join(e.Agencies, ", ")), prefixed("; outcome: ", spaced(e.Outcome)))
	case enquiry.Started:
		return fmt.Sprintf("An enquiry under section 47 began%s.", prefixed(", with a conference due by ", day(e.ConferenceBy)))
	case enquiry.ConferenceHeld:
		return fmt.Sprintf("An initial child protection conference was held%s.", prefixed("; outcome: ", spaced(e.Outcome)))
	case enquiry.ConferenceNotRequired:
		return fmt.Sprintf("The enquiry under section 47 ended without a conference%s.", prefixed(": ", e.Reason))
	}
	return ""
}

func cinPlanSentence(e cinplan.Event) string {
	switch e := e.(type) {
	case cinplan.Started:
		return "A child-in-need plan began."
	case cinplan.Reviewed:
		return "The child-in-need plan was reviewed and goes on."
	case cinplan.Ended:
		return fmt.Sprintf("The child-in-need plan ended%s.", prefixed(": ", e.Reason))
	case cinplan.Agreed:
		return fmt.Sprintf("The child-in-need plan was agreed: %d actions%s.", len(e.Actions), prefixed(", to be reviewed by ", day(e.ReviewBy)))
	case cinplan.ActionClosed:
		return fmt.Sprintf("An action of the child-in-need plan was closed: %s.", spaced(e.Result))
	case cinplan.ReviewMinuted:
		return fmt.Sprintf("The review of the child-in-need plan was written down%s; child: %s; outcome: %s.", people(e.Attended, e.Apologies), spaced(e.Child), spaced(e.Outcome))
	}
	return ""
}

func protectionSentence(e protection.Event) string {
	switch e := e.(type) {
	case protection.Registered:
		return fmt.Sprintf("The child became subject to a protection plan%s.", prefixed(" under the category ", label(policy.CategoryOfAbuse, e.Category)))
	case protection.Reviewed:
		return fmt.Sprintf("A review conference was held%s.", prefixed("; outcome: ", spaced(e.Outcome)))
	case protection.CategoryChanged:
		return fmt.Sprintf("The category of the protection plan became %s.", label(policy.CategoryOfAbuse, e.Category))
	case protection.Ended:
		return fmt.Sprintf("The protection plan ended%s.", prefixed(": ", spaced(e.Reason)))
	case protection.ConcernsRecorded:
		return fmt.Sprintf("Areas of concern: %s.", labels(policy.AreaOfConcern, e.Concerns))
	case protection.OutlineAgreed:
		return fmt.Sprintf("An outline protection plan was agreed: %d aims, %d actions.", len(e.Aims), len(e.Actions))
	case protection.ActionSet:
		return fmt.Sprintf("Action of the protection plan, for %s%s: %s", e.Who, prefixed(", by ", day(e.By)), quote(e.What))
	case protection.ActionClosed:
		return fmt.Sprintf("An action of the protection plan was closed: %s.", spaced(e.Result))
	case protection.ChangeFound:
		return fmt.Sprintf("The protection plan has to change significantly: %s%s.", e.Why, prefixed("; the chair is to be told by ", day(e.ReportBy)))
	case protection.ChangeReported:
		return fmt.Sprintf("The chair, %s, was told of a significant change to the protection plan: %s.", e.To, spaced(e.Outcome))
	case protection.CoreGroupMet:
		return fmt.Sprintf("A core group met%s%s.", people(e.Attended, e.Apologies), prefixed("; the next is due by ", day(e.NextBy)))
	case protection.MissingReported:
		return fmt.Sprintf("The registered child was reported missing%s.", prefixed("; told: ", strings.Join(e.Told, ", ")))
	case protection.ChildTraced:
		return fmt.Sprintf("The missing registered child was found%s.", prefixed(": ", e.Where))
	}
	return ""
}

func allocationSentence(e allocation.Event) string {
	switch e := e.(type) {
	case allocation.Allocated:
		return fmt.Sprintf("The case was given to worker %s of team %s (%s).", e.Worker, e.Team, e.Role)
	case allocation.Ended:
		return fmt.Sprintf("A worker's allocation ended%s.", prefixed(": ", e.Reason))
	case allocation.HandedOver:
		return fmt.Sprintf("The case was handed over to worker %s of team %s%s.", e.Worker, e.Team, prefixed(": ", e.Reason))
	case allocation.CoverArranged:
		return fmt.Sprintf("Worker %s covers the case until %s%s.", e.Cover, day(e.Until), prefixed(": ", e.Reason))
	}
	return ""
}

func otherSentence(e domain.Event) string {
	switch e := e.(type) {
	case correction.EnteredInError:
		return fmt.Sprintf("Entry %d was found to be written in error: %s.", e.Entry, strings.TrimSuffix(e.Reason, "."))
	case unmapped.Kept:
		return fmt.Sprintf("An imported file also said, under %s: %s", e.Element, quote(e.Text))
	case settings.LedgerCreated:
		return fmt.Sprintf("The ledger %s was created.", e.Ledger)
	case settings.LogKeyAdded:
		return fmt.Sprintf("A key signs the checkpoints of the log from %d events on.", e.From)
	case settings.LogKeyRetired:
		return fmt.Sprintf("A key signs no checkpoint of the log from %d events on.", e.From)
	case settings.HeadsLogged:
		return "The ledger committed to where every record had got to."
	case settings.PolicyAdopted:
		return fmt.Sprintf("The authority goes by rules of its own, %s.", e.Name)
	case batch.Began:
		return fmt.Sprintf("The import of a file of kind %s began.", e.Kind)
	case batch.Finished:
		return fmt.Sprintf("The import came to its end: %d children, %d events, %d flags, %d failed.", e.Children, e.Events, e.Flags, e.Failed)
	case group.Begun:
		return fmt.Sprintf("An act on %d records was decided.", len(e.Parts))
	case register.Enquired:
		return fmt.Sprintf("%s of %s asked whether a child is on the register; answer: %s.", e.Role, e.From, spaced(e.Answer))
	case group.Finished:
		return fmt.Sprintf("An act on %d records was finished.", len(e.Outcomes))
	case breakglass.Used:
		return fmt.Sprintf("Worker %s opened the record in an emergency (%s) until %s.", e.Worker, spaced(e.Reason), e.Until)
	case breakglass.Reviewed:
		return fmt.Sprintf("Somebody judged that the record was opened in an emergency: %s.", spaced(e.Finding))
	case access.Released:
		return fmt.Sprintf("Content was given: %s.", e.Operation)
	case access.Denied:
		return fmt.Sprintf("Something was not given (%s): %s.", e.Reason, e.Operation)
	}
	return careSentence(e)
}

// label returns the meaning of a code with the code; a code that is not in the
// set stands for itself.
func label(set policy.CodeSet, code string) string {
	if text := policy.Label(set, code); text != "" {
		return fmt.Sprintf("%s (%s)", text, code)
	}
	return code
}

func labels(set policy.CodeSet, codes []string) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = label(set, c)
	}
	return strings.Join(texts, ", ")
}

// prefixed returns "" when there is no text.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func unless(ok bool, text string) string {
	if ok {
		return ""
	}
	return text
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func day(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format("2 January 2006")
}

func spaced(code string) string { return strings.ReplaceAll(code, "-", " ") }

// quote shortens a text to maxQuote characters.
func quote(s string) string {
	if utf8.RuneCountInString(s) <= maxQuote {
		return s
	}
	return string([]rune(s)[:maxQuote]) + " …"
}
