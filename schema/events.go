// Package schema holds the two catalogues: every type and version of event
// that was ever stored, and every command that can be given. Names on the wire
// stand here and nowhere else, and are for ever. The package decides no rule
// and stores nothing itself.
package schema

import (
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/batch"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/group"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/settings"
	"caseledger/domain/unmapped"

	"caseledger/domain/conference"
	"caseledger/domain/contact"
	"caseledger/domain/family"
	"caseledger/domain/incident"
	"caseledger/domain/privatefostering"
	"caseledger/domain/register"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/domain/visit"
	"caseledger/domain/voice"

	"caseledger/domain/breakglass"
	"caseledger/domain/capacity"
	"caseledger/domain/correspondence"
	"caseledger/domain/discharge"
	"caseledger/domain/disclosure"
	"caseledger/domain/form"
	"caseledger/domain/needs"
	"caseledger/domain/oversight"
	"caseledger/domain/safeguarding"
	"caseledger/domain/subjectaccess"
	"caseledger/domain/support"
	"caseledger/domain/transition"

	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/redaction"
)

// EventType is one type of event with all its versions.
type EventType struct {
	Name string // "referral.received"
	Text string // what the event says, in a sentence
	// Go is the type of the latest version.
	Go       reflect.Type
	versions []version // oldest first
}

// version reads one version of an event and makes the latest of it.
type version struct {
	goType reflect.Type
	decode func(jsontext.Value) (domain.Event, error)
}

// Version returns the number of the latest version, from 1.
func (t EventType) Version() int { return len(t.versions) }

// String returns the name on the wire: "referral.received/1".
func (t EventType) String() string { return fmt.Sprintf("%s/%d", t.Name, t.Version()) }

// event is the catalogue line of an event that has had one version.
func event[E domain.Event](name, text string) EventType {
	t := reflect.TypeFor[E]()
	return EventType{Name: name, Text: text, Go: t, versions: []version{{t, decodeStrict[E]}}}
}

// upgraded adds a version: what was the latest is read as Old and made New.
func upgraded[Old, New domain.Event](t EventType, upgrade func(Old) New) EventType {
	for i, v := range t.versions {
		t.versions[i].decode = func(text jsontext.Value) (domain.Event, error) {
			old, err := v.decode(text)
			if err != nil {
				return nil, err
			}
			return upgrade(old.(Old)), nil
		}
	}
	latest := reflect.TypeFor[New]()
	t.Go, t.versions = latest, append(t.versions, version{latest, decodeStrict[New]})
	return t
}

func decodeStrict[E domain.Event](text jsontext.Value) (domain.Event, error) {
	var e E
	if err := json.Unmarshal(text, &e, json.RejectUnknownMembers(true)); err != nil {
		return nil, errShape
	}
	return e, nil
}

// Events is the catalogue of event types.
func Events() []EventType {
	return []EventType{
		event[settings.LedgerCreated]("ledger.created", "The ledger was created."),
		event[settings.LogKeyAdded]("log-key.added", "A key signs the checkpoints of the log from a size on."),
		event[settings.LogKeyRetired]("log-key.retired", "A key signs no checkpoint of the log from a size on."),
		event[settings.HeadsLogged]("heads-root.logged", "The ledger committed to where every record had got to."),
		event[settings.PolicyAdopted]("ledger.policy-adopted", "The authority goes by rules of its own."),
		event[batch.Began]("batch.began", "The import of a file began."),
		event[batch.Finished]("batch.finished", "The import of a file came to its end."),
		event[group.Begun]("group.begun", "An act on several records was decided."),
		event[group.Finished]("group.finished", "An act on several records is recorded in each of them."),

		event[correction.EnteredInError]("entry.entered-in-error", "An entry was found to be written in error."),
		event[unmapped.Kept]("import.element-kept", "An imported file held an element that has no other place."),

		event[identity.Registered]("person.registered", "The authority opened a record on the person."),
		event[identity.Named]("person.named", "The person bears a name."),
		event[identity.Born]("person.born", "The person was born."),
		event[identity.BirthExpected]("person.birth-expected", "The child is expected to be born on a day."),
		event[identity.Identified]("person.identified", "A source claims an identifier for the person."),
		event[identity.IdentifierMissing]("person.identifier-missing", "The person has no identifier of a kind, for a reason."),
		event[identity.AddressRecorded]("person.address-recorded", "The person lives at an address."),
		event[identity.EthnicityRecorded]("person.ethnicity-recorded", "The person belongs to an ethnic group."),
		event[identity.SexRecorded]("person.sex-recorded", "The person is of a sex."),
		event[identity.DisabilitiesRecorded]("person.disabilities-recorded", "The person has these disabilities, or none."),
		event[identity.Died]("person.died", "The person died."),

		event[referral.Received]("referral.received", "Somebody asked the authority to help."),
		event[referral.Decided]("referral.decided", "A manager decided to act on the referral."),
		event[referral.NotTakenFurther]("referral.not-taken-further", "A manager decided on no further action."),
		event[referral.Closed]("referral.closed", "The case that the referral opened was closed."),

		event[assessment.Started]("assessment.started", "An assessment began."),
		event[assessment.Reviewed]("assessment.reviewed", "A manager looked at the assessment before its end."),
		event[assessment.Completed]("assessment.completed", "A manager authorised the assessment."),

		event[enquiry.Discussed]("strategy-discussion.held", "Agencies held a strategy discussion."),
		event[enquiry.Started]("s47-enquiry.started", "An enquiry under section 47 began."),
		event[enquiry.ConferenceHeld]("initial-conference.held", "An initial child protection conference met."),
		event[enquiry.ConferenceNotRequired]("initial-conference.not-required", "The enquiry ended without a conference."),

		event[cinplan.Started]("cin-plan.started", "A child-in-need plan began."),
		event[cinplan.Reviewed]("cin-plan.reviewed", "A child-in-need plan was reviewed and goes on."),
		event[cinplan.Ended]("cin-plan.ended", "A child-in-need plan ended."),

		event[protection.Registered]("protection-plan.registered", "A conference put the child's name on the register."),
		event[protection.Reviewed]("protection-plan.reviewed", "A review conference met."),
		event[protection.CategoryChanged]("protection-plan.category-changed", "The category of registration changed."),
		event[protection.Ended]("protection-plan.ended", "The child's name was removed from the register."),

		upgraded(upgraded(event[note.WrittenV1]("note.written", "A worker wrote a note."), note.WrittenV1.Next), note.WrittenV2.Latest),

		event[allocation.Allocated]("allocation.made", "A worker and team hold the case."),
		event[allocation.Ended]("allocation.ended", "A worker and team no longer hold the case."),
		event[allocation.HandedOver]("allocation.handed-over", "One worker gave the case to another."),
		event[allocation.CoverArranged]("allocation.cover-arranged", "It was arranged who sees to the case while its worker is away."),

		event[cinplan.Agreed]("cin-plan.agreed", "The content of a child-in-need plan was agreed."),
		event[cinplan.ActionClosed]("cin-plan.action-closed", "An action of a child-in-need plan was done, or given up."),
		event[cinplan.ReviewMinuted]("cin-plan.review-minuted", "A review of a child-in-need plan was written down: who took part, and what came of it."),

		event[protection.ConcernsRecorded]("protection-plan.concerns-recorded", "The areas of concern about a registered child were recorded."),
		event[protection.OutlineAgreed]("protection-plan.outline-agreed", "A conference agreed on an outline plan."),
		event[protection.ActionSet]("protection-plan.action-planned", "An action became part of the detailed plan."),
		event[protection.ActionClosed]("protection-plan.action-closed", "An action of the detailed plan was done, or given up."),
		event[protection.CoreGroupMet]("core-group.held", "A core group met."),
		event[protection.MissingReported]("protection-plan.child-missed", "A registered child was reported missing."),
		event[protection.ChildTraced]("protection-plan.child-traced", "A missing registered child was found."),

		event[register.Enquired]("register.enquired", "Somebody asked whether a child is on the register, and was answered."),

		event[contact.Received]("contact.received", "Somebody told the authority something about the child."),
		event[contact.Decided]("contact.decided", "It was decided what a contact became."),
		event[contact.HelpStarted]("early-help.started", "Early help began."),
		event[contact.HelpReviewed]("early-help.reviewed", "Early help was reviewed."),
		event[contact.HelpEnded]("early-help.ended", "Early help ended."),

		event[voice.Recorded]("view.recorded", "The child, or somebody who matters to the child, had a view."),

		event[conference.Minuted]("conference.minuted", "A conference was written down: who took part, and how."),
		event[conference.Adjourned]("conference.adjourned", "A conference met and decided nothing."),
		event[conference.Circulated]("conference.circulated", "The record of a conference was sent to those who took part."),
		event[conference.Delayed]("conference.delayed", "A senior manager allowed a conference to be late."),

		event[visit.Made]("visit.made", "A worker went to see the child."),

		event[privatefostering.Notified]("private-fostering.notified", "The authority was told that a child is privately fostered."),
		event[privatefostering.Assessed]("private-fostering.assessed", "The authority assessed a private fostering arrangement."),
		event[privatefostering.Ended]("private-fostering.ended", "A private fostering arrangement ended."),

		event[transfer.Notified]("transfer.notified", "One authority told another that a child moves."),
		event[transfer.TakenOver]("transfer.taken-over", "The receiving authority took responsibility."),
		event[transfer.Declined]("transfer.declined", "A transfer did not come about."),

		event[incident.Learned]("incident.learned", "The authority became aware of a serious incident."),
		event[incident.Notified]("incident.notified", "The authority told the national panel of a serious incident."),
		event[incident.Reviewed]("incident.reviewed", "The rapid review of a serious incident was completed."),

		event[temporary.Entered]("temporary-registration.entered", "The child's name was put on the register for a while."),
		event[temporary.Ended]("temporary-registration.ended", "A temporary registration ended."),

		event[family.Related]("relation.recorded", "Somebody stands in a relationship to the person."),
		event[family.RelationEnded]("relation.ended", "A relationship ended."),
		event[family.ResponsibilityHeld]("parental-responsibility.held", "Somebody holds parental responsibility."),
		event[family.ResponsibilityEnded]("parental-responsibility.ended", "Parental responsibility ended."),
		event[family.HouseholdJoined]("household.joined", "The person came to live in a household."),
		event[family.HouseholdLeft]("household.departed", "The person left a household."),

		event[restriction.BarrierSet]("restriction.barrier-raised", "A worker may not open the record."),
		event[restriction.RecordSealed]("restriction.record-sealed", "Only the named workers may open the record."),
		event[restriction.InformantShielded]("restriction.informant-shielded", "Who told must not be known from some entries."),
		event[restriction.AddressWithheld]("restriction.address-withheld", "Where the person lives must not be told to some people."),
		event[restriction.Lifted]("restriction.lifted", "A restriction no longer holds."),
		event[lookedafter.EpisodeBegan]("care-episode.began", "The child is looked after under a legal status and in a placement."),
		event[lookedafter.EpisodeCeased]("care-episode.ceased", "A legal status or placement of a looked-after child ended."),
		event[lookedafter.Reviewed]("looked-after-review.held", "The case of a looked-after child was reviewed."),
		event[visit.MadeInCare]("looked-after-visit.made", "A worker visited a looked-after child."),
		event[lookedafter.OfficerNamed]("reviewing-officer.named", "An independent reviewing officer was named."),
		event[lookedafter.EducationPlanned]("education-plan.made", "A personal education plan was made or reviewed."),
		event[lookedafter.Recognised]("unaccompanied-child.recognised", "The child is an unaccompanied asylum seeker."),
		event[lookedafter.PermanenceKnown]("previous-permanence.recorded", "It is known by which order the child had left care before."),
		event[lookedafter.MotherhoodRecorded]("motherhood.recorded", "A looked-after girl is a mother, or is not."),
		event[lookedafter.ShortBreaksAgreed]("short-breaks.agreed", "A series of short breaks was agreed."),
		event[lookedafter.ShortBreaksEnded]("short-breaks.ended", "A series of short breaks ended."),
		event[lookedafter.LibertyRestricted]("liberty.restricted", "The child was deprived of liberty."),
		event[lookedafter.LibertyRestored]("liberty.restored", "The child is no longer deprived of liberty."),

		event[health.Assessed]("health-assessment.held", "A health assessment was held."),
		event[health.TeethChecked]("teeth.checked", "A dentist checked the child's teeth."),
		event[health.Immunised]("immunisations.checked", "Immunisations were found up to date, or not."),
		event[health.DevelopmentChecked]("development.checked", "A young child's development was checked."),
		event[health.DifficultiesScored]("strengths-and-difficulties.scored", "Strengths and difficulties were scored, or could not be."),
		event[health.Convicted]("conviction.recorded", "The child was convicted or cautioned."),
		event[health.MisuseFound]("substance-misuse.identified", "The child has a problem of substance misuse."),
		event[health.InterventionOffered]("substance-misuse.intervention-offered", "Help against substance misuse was offered."),
		event[health.OutcomesStated]("health-outcomes.stated", "A return of a year answers on health and well-being."),

		event[missing.WentMissing]("absence.began", "The child went missing, or away without authorisation."),
		event[missing.Returned]("absence.ended", "The child was found or came back."),
		event[missing.Interviewed]("return-interview.offered", "A return interview was offered."),

		event[adoption.Decided]("adoption.decided", "The authority decided that the child should be placed for adoption."),
		event[adoption.Matched]("adoption.matched", "Child and adopters were matched."),
		event[adoption.Placed]("adoption.placed", "The child was placed with the adopters."),
		event[adoption.Reversed]("adoption.reversed", "The decision on adoption was taken back."),
		event[adoption.Ordered]("adoption.ordered", "The court made the adoption order."),

		event[careleaver.Entitled]("care-leaver.entitled", "The person is entitled to help as a care leaver."),
		event[careleaver.AdviserNamed]("personal-adviser.named", "A personal adviser was named."),
		event[careleaver.Planned]("pathway-plan.made", "A pathway plan was made or reviewed."),
		event[careleaver.Contacted]("care-leaver.contacted", "The authority found out how a care leaver is doing."),

		event[legal.LetterSent]("pre-proceedings.started", "The authority wrote to the parents before proceedings."),
		event[legal.ProcessEnded]("pre-proceedings.ended", "Pre-proceedings ended."),
		event[legal.Applied]("court-application.made", "A court was asked for an order."),
		event[legal.Heard]("court-hearing.held", "A court heard an application."),
		event[legal.Disposed]("court-application.disposed", "A court disposed of an application."),
		event[legal.Ordered]("court-order.made", "A court made an order, or a power was used."),
		event[legal.Extended]("court-order.extended", "A court let an order have effect for longer."),
		event[legal.Ended]("court-order.ended", "An order was discharged or ran out."),

		upgraded(event[access.ReleasedV1]("access.released", "Content of records was given to somebody."), access.ReleasedV1.Latest),
		event[access.Denied]("access.denied", "Somebody asked for something and was not given it."),

		event[lookedafter.LibertyReviewed]("liberty.reviewed", "A panel reviewed secure accommodation."),
		event[careleaver.Ended]("care-leaver.ended", "No help is owed to a care leaver any more."),
		event[protection.ChangeFound]("protection-plan.change-identified", "Those who carry out a plan found that it has to change significantly."),
		event[protection.ChangeReported]("protection-plan.change-reported", "The chair was told of a significant change."),
		event[adoption.IdentityParted]("adoption.identity-parted", "An adopted child goes on under a new identity."),
		upgraded(event[note.SubmittedV1]("note.submitted", "A note was given to somebody to sign off."), note.SubmittedV1.Latest),
		event[note.SignedOff]("note.signed-off", "A manager signed off a note."),
		event[note.Countersigned]("note.countersigned", "A second person signed a note."),
		event[note.Returned]("note.returned", "A note went back to its author."),
		event[oversight.Recorded]("oversight.recorded", "A manager looked at the work and decided on it."),
		event[oversight.DecisionClosed]("oversight.decision-closed", "It was recorded what became of a manager's decision."),
		event[correspondence.Recorded]("correspondence.recorded", "An e-mail or a letter came in or went out."),

		event[needs.Requested]("support.requested", "Somebody asked for support for an adult or a carer."),
		event[needs.RequestDecided]("support-request.decided", "It was decided what came of a request for support."),
		event[needs.Started]("adult-assessment.started", "An assessment of an adult or a carer began, at one of four levels."),
		event[needs.Answered]("answer.recorded", "It is known what the answer to a question of the assessments is, and who gave it."),
		event[needs.Completed]("adult-assessment.completed", "An assessment of an adult or a carer ended with a finding."),
		event[needs.EligibilityDecided]("eligibility.decided", "It was decided whether the person is eligible for support."),

		event[support.Agreed]("support-plan.agreed", "The content of a support plan was agreed."),
		event[support.Reviewed]("support-plan.reviewed", "A support plan was reviewed."),
		event[support.Ended]("support-plan.ended", "A support plan ended."),
		event[support.ServiceStarted]("service.started", "A service for an adult or a carer began."),
		event[support.ServiceEnded]("service.ended", "A service for an adult or a carer ended."),
		event[support.PaymentStarted]("direct-payment.started", "A direct payment began."),
		event[support.PaymentReviewed]("direct-payment.reviewed", "The use of a direct payment was looked at."),
		event[support.PaymentEnded]("direct-payment.ended", "A direct payment ended."),

		event[safeguarding.Raised]("safeguarding-concern.raised", "Somebody had a concern about an adult."),
		event[safeguarding.Decided]("safeguarding-concern.decided", "It was decided whether to enquire into a concern about an adult."),
		event[safeguarding.EnquiryStarted]("safeguarding-enquiry.started", "An enquiry into a concern about an adult began."),
		event[safeguarding.EnquiryEnded]("safeguarding-enquiry.ended", "An enquiry into a concern about an adult ended."),
		event[safeguarding.PlanAgreed]("safeguarding-plan.agreed", "It was agreed how an adult is to be protected."),
		event[safeguarding.PlanReviewed]("safeguarding-plan.reviewed", "An adult's protection plan was reviewed and goes on."),
		event[safeguarding.PlanEnded]("safeguarding-plan.ended", "An adult's protection plan ended."),

		event[transition.Planned]("transition.planned", "A young person's way into adults' services was planned."),
		event[transition.Concluded]("transition.concluded", "It was settled what adults' services do for a young person."),

		event[capacity.Assessed]("capacity.assessed", "It was assessed whether an adult can take a decision."),
		event[capacity.Decided]("best-interest.decided", "A decision was taken in the best interests of an adult who cannot take it."),
		event[capacity.LibertyRequested]("deprivation-of-liberty.requested", "A hospital or care home asked for authority to deprive an adult of liberty."),
		event[capacity.LibertyDecided]("deprivation-of-liberty.decided", "It was decided whether an adult may be deprived of liberty."),
		event[capacity.LibertyEnded]("deprivation-of-liberty.ended", "An authorisation to deprive an adult of liberty no longer holds."),

		event[chronology.Tagged]("entry.tagged", "It is known for what an entry matters."),
		event[chronology.Marked]("entry.marked", "A party disputes an entry, or agrees to it."),
		event[chronology.ImpactStated]("entry.impact-stated", "It was stated what an entry meant for the person."),
		event[chronology.Built]("chronology.built", "A chronology was built of chosen entries."),
		event[breakglass.Used]("break-glass.used", "A worker opened the record in an emergency."),
		event[breakglass.Reviewed]("break-glass.reviewed", "Somebody else judged such an opening."),
		event[safeguarding.ActionClosed]("safeguarding-plan.action-closed", "An action of an adult's protection plan was done, or given up."),
		event[discharge.Noticed]("hospital-notice.received", "A hospital gave notice that an adult is likely to need care and support when leaving it."),
		event[discharge.Withdrawn]("hospital-notice.withdrawn", "A hospital took a notice back."),
		event[discharge.Delayed]("hospital-discharge.delayed", "An adult was ready to leave a hospital and could not."),
		event[discharge.DelayEnded]("hospital-delay.ended", "What kept an adult in hospital is over."),
		event[discharge.Discharged]("hospital-stay.ended", "An adult left a hospital, and on which pathway."),
		event[form.Started]("form.started", "A form was begun on a version of its definition."),
		event[form.Answered]("form.answered", "A question of a form was answered, or it was said why not."),
		event[form.Completed]("form.completed", "A form was filled in."),
		event[form.Abandoned]("form.abandoned", "A form was given up."),
		event[disclosure.Requested]("disclosure.requested", "Somebody outside the authority asked for information."),
		event[disclosure.Considered]("disclosure.considered", "A request for information was looked at under a profile."),
		event[disclosure.Decided]("disclosure.decided", "It was decided what is disclosed, and why."),
		event[disclosure.NotShared]("disclosure.not-shared", "It was decided not to share something, and why."),
		event[disclosure.Disclosed]("disclosure.made", "Information was disclosed."),
		event[disclosure.Acknowledged]("disclosure.acknowledged", "The receiver has what was disclosed."),
		event[disclosure.Looked]("disclosure.looked-at", "Somebody looked, in another system, at what the authority shares."),
		event[disclosure.Sent]("record.dispatched", "The whole record was sent to another authority."),
		event[disclosure.Received]("record.received", "The record was taken over from another authority's ledger."),
		event[subjectaccess.Received]("subject-access.received", "Somebody asked to see what is recorded."),
		event[subjectaccess.IdentityAsked]("subject-access.identity-asked", "The authority asked who it is that wants to see the record."),
		event[subjectaccess.IdentityChecked]("subject-access.identity-checked", "It was checked who wants to see the record."),
		event[subjectaccess.ClarificationAsked]("subject-access.clarification-asked", "The requester was asked what the request is about."),
		event[subjectaccess.ClarificationGiven]("subject-access.clarification-received", "The requester said what the request is about."),
		event[subjectaccess.Extended]("subject-access.extended", "The requester was told that the answer takes longer, and why."),
		event[subjectaccess.Searched]("subject-access.searched", "It was searched for what is recorded, and counted."),
		event[subjectaccess.HarmOpinionAsked]("subject-access.harm-opinion-asked", "A health professional was asked whether seeing entries would cause serious harm."),
		event[subjectaccess.HarmOpinionGiven]("subject-access.harm-opinion-received", "A health professional said whether seeing entries would cause serious harm."),
		event[subjectaccess.ConsentAsked]("subject-access.consent-asked", "Somebody else was asked whether what is about them may be shown."),
		event[subjectaccess.ConsentSettled]("subject-access.consent-settled", "It was settled whether what is about somebody else may be shown."),
		event[subjectaccess.Exempted]("subject-access.exempted", "It was said which set of redactions holds for the answer."),
		event[subjectaccess.Decided]("subject-access.decided", "It was decided what the requester is given."),
		event[subjectaccess.Delivered]("subject-access.delivered", "The answer was handed over."),
		event[subjectaccess.Checked]("subject-access.checked", "It was counted whether anything is missing from the answer."),
		event[subjectaccess.Closed]("subject-access.closed", "A request for access ended."),
		event[subjectaccess.Complained]("subject-access.complained", "The requester complained about the answer."),
		event[subjectaccess.Reviewed]("subject-access.reviewed", "A complaint about the answer was reviewed."),
		event[redaction.Proposed]("redaction.proposed", "It was proposed what of the record to withhold from a reader."),
		event[redaction.Approved]("redaction.approved", "Somebody else decided to withhold so."),
		event[redaction.Rejected]("redaction.rejected", "It was decided not to withhold so."),
		event[bundle.Opened]("bundle.opened", "A bundle is to be filed with a court."),
		event[bundle.Scoped]("bundle.scoped", "It was chosen which entries of which records a bundle can draw on."),
		event[bundle.Arranged]("bundle.arranged", "It was decided which documents are relevant, and where in a bundle each stands."),
		event[bundle.Varied]("bundle.varied", "It was decided for which readers a bundle is made, and by which redactions."),
		event[bundle.Reviewed]("bundle.reviewed", "Somebody who did not make a bundle looked through it."),
		event[bundle.Frozen]("bundle.frozen", "A bundle was frozen: what it is of and how many pages each document takes."),
		event[bundle.Built]("bundle.built", "A bundle was built for a reader."),
		event[bundle.Supplemented]("bundle.supplemented", "Documents that came late were added to a frozen bundle."),
	}
}
