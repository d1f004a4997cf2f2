package schema

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/note"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"

	"caseledger/domain/conference"
	"caseledger/domain/contact"
	"caseledger/domain/family"
	"caseledger/domain/incident"
	"caseledger/domain/privatefostering"
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
	"caseledger/domain/support"
	"caseledger/domain/transition"

	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/redaction"
	"caseledger/domain/subjectaccess"
)

// Setting is what a decision needs to know beside the record: whose rules, what
// day and time it is, and who acts.
type Setting struct {
	Pack  policy.Pack
	Today domain.Date
	Now   time.Time
	By    string // an actor id; "" where nobody knows, as in an import
	Role  string // of the actor; "" where nobody knows
	Forms *Forms
}

// Command is one kind of act on a record.
type Command struct {
	Name string // "referral.receive"
	Path string // resource below a record: "referrals"
	Text string // what the act does, in a sentence
	Go   reflect.Type
	// Decode reads a command strictly.
	Decode func(jsontext.Value) (any, error)
	// Decide returns the events, and the rules that forbid them: an import
	// records the events all the same, with the rules as flags.
	Decide func(record.Record, Setting, any) ([]domain.Event, error)
}

var errCommand = errors.New("the body does not have the shape of the command")

type decideFunc[C any] func(record.Record, Setting, C) ([]domain.Event, error)

func command[C any](name, path, text string, decide decideFunc[C]) Command {
	return Command{
		Name: name, Path: path, Text: text, Go: reflect.TypeFor[C](),
		Decode: func(body jsontext.Value) (any, error) {
			var c C
			if err := json.Unmarshal(body, &c, json.RejectUnknownMembers(true)); err != nil {
				return nil, errCommand
			}
			return c, nil
		},
		Decide: func(r record.Record, s Setting, c any) ([]domain.Event, error) {
			events, err := decide(r, s, c.(C))
			return events, domain.Join(err, r.Allow(events, s.Today))
		},
	}
}

// Commands is the catalogue of acts on a record.
func Commands() []Command {
	return []Command{
		command("person.register", "registration", "Open a record on a person.",
			func(r record.Record, _ Setting, c identity.Register) ([]domain.Event, error) {
				return r.Person.Register(c)
			}),
		command("person.name", "names", "Record a name.",
			func(r record.Record, _ Setting, c identity.GiveName) ([]domain.Event, error) {
				return r.Person.GiveName(c)
			}),
		command("person.record-birth", "birth", "Record the day of birth.",
			func(r record.Record, _ Setting, c identity.RecordBirth) ([]domain.Event, error) {
				return r.Person.RecordBirth(c)
			}),
		command("person.expect-birth", "expected-birth", "Record when an unborn child is due.",
			func(r record.Record, _ Setting, c identity.ExpectBirth) ([]domain.Event, error) {
				return r.Person.ExpectBirth(c)
			}),
		command("person.identify", "identifiers", "Record an identifier that a source claims.",
			func(r record.Record, _ Setting, c identity.Identify) ([]domain.Event, error) {
				return r.Person.Identify(c)
			}),
		command("person.miss-identifier", "missing-identifiers", "Record why an identifier is missing.",
			func(r record.Record, _ Setting, c identity.MissIdentifier) ([]domain.Event, error) {
				return r.Person.MissIdentifier(c)
			}),
		command("person.record-address", "addresses", "Record where the person lives.",
			func(r record.Record, _ Setting, c identity.RecordAddress) ([]domain.Event, error) {
				return r.Person.RecordAddress(c)
			}),
		command("person.record-ethnicity", "ethnicity", "Record the ethnic group.",
			func(r record.Record, _ Setting, c identity.RecordEthnicity) ([]domain.Event, error) {
				return r.Person.RecordEthnicity(c)
			}),
		command("person.record-sex", "sex", "Record the sex.",
			func(r record.Record, _ Setting, c identity.RecordSex) ([]domain.Event, error) {
				return r.Person.RecordSex(c)
			}),
		command("person.record-disabilities", "disabilities", "Record all disabilities known.",
			func(r record.Record, _ Setting, c identity.RecordDisabilities) ([]domain.Event, error) {
				return r.Person.RecordDisabilities(c)
			}),
		command("person.record-death", "death", "Record the day of death.",
			func(r record.Record, _ Setting, c identity.RecordDeath) ([]domain.Event, error) {
				return r.Person.RecordDeath(c)
			}),

		command("referral.receive", "referrals", "Record that somebody asked for help.",
			func(r record.Record, s Setting, c referral.Receive) ([]domain.Event, error) {
				return r.Referrals.Receive(c, s.Pack)
			}),
		command("referral.decide", "referrals/{referral}/decision", "Record the decision to act on a referral.",
			func(r record.Record, _ Setting, c referral.Decide) ([]domain.Event, error) {
				return r.Referrals.Decide(c)
			}),
		command("referral.take-no-further", "referrals/{referral}/no-further-action", "Record the decision on no further action.",
			func(r record.Record, _ Setting, c referral.TakeNoFurther) ([]domain.Event, error) {
				return r.Referrals.TakeNoFurther(c, r.OpenWork(c.Referral))
			}),
		command("referral.close", "referrals/{referral}/closure", "Close the case that a referral opened.",
			func(r record.Record, _ Setting, c referral.Close) ([]domain.Event, error) {
				return r.Referrals.Close(c, r.OpenWork(c.Referral))
			}),

		command("assessment.start", "assessments", "Begin an assessment under a referral.",
			func(r record.Record, s Setting, c assessment.Start) ([]domain.Event, error) {
				return r.Assessments.Start(c, r.Referrals.Find(c.Referral), s.Pack)
			}),
		command("assessment.review", "assessments/{assessment}/review", "Record a manager's look at an assessment.",
			func(r record.Record, _ Setting, c assessment.Review) ([]domain.Event, error) {
				return r.Assessments.Review(c)
			}),
		command("assessment.complete", "assessments/{assessment}/completion", "Record the authorisation of an assessment.",
			func(r record.Record, _ Setting, c assessment.Complete) ([]domain.Event, error) {
				return r.Assessments.Complete(c)
			}),

		command("strategy-discussion.hold", "strategy-discussions", "Record a strategy discussion.",
			func(r record.Record, _ Setting, c enquiry.Discuss) ([]domain.Event, error) {
				return r.Enquiries.Discuss(c, r.Referrals.Find(c.Referral))
			}),
		command("s47-enquiry.start", "s47-enquiries", "Begin an enquiry under section 47.",
			func(r record.Record, s Setting, c enquiry.Start) ([]domain.Event, error) {
				return r.Enquiries.Start(c, r.Referrals.Find(c.Referral), r.Expected(c.Happened), s.Pack)
			}),
		command("initial-conference.hold", "initial-conferences", "Record an initial child protection conference.",
			func(r record.Record, _ Setting, c enquiry.HoldConference) ([]domain.Event, error) {
				return r.Enquiries.HoldConference(c, r.Referrals.Find(c.Referral))
			}),
		command("initial-conference.require-none", "s47-enquiries/{enquiry}/no-conference", "End an enquiry without a conference.",
			func(r record.Record, _ Setting, c enquiry.RequireNoConference) ([]domain.Event, error) {
				return r.Enquiries.RequireNoConference(c)
			}),

		command("cin-plan.start", "cin-plans", "Begin a child-in-need plan.",
			func(r record.Record, _ Setting, c cinplan.Start) ([]domain.Event, error) {
				return r.CINPlans.Start(c, r.Referrals.Find(c.Referral), r.Protection.On(c.Happened))
			}),
		command("cin-plan.review", "cin-plans/{plan}/reviews", "Record a review of a child-in-need plan.",
			func(r record.Record, _ Setting, c cinplan.Review) ([]domain.Event, error) {
				return r.CINPlans.Review(c)
			}),
		command("cin-plan.end", "cin-plans/{plan}/end", "End a child-in-need plan.",
			func(r record.Record, _ Setting, c cinplan.End) ([]domain.Event, error) { return r.CINPlans.End(c) }),

		command("protection-plan.register", "protection-plans", "Put the child's name on the register.",
			func(r record.Record, s Setting, c protection.Register) ([]domain.Event, error) {
				return r.Protection.Register(c, r.Referrals.Find(c.Referral), protection.Conferred{Met: r.Conferred(c.Referral, c.Happened), Unborn: r.Unborn(c.Happened)}, s.Pack)
			}),
		command("protection-plan.review", "protection-plans/{plan}/reviews", "Record a review conference.",
			func(r record.Record, s Setting, c protection.Review) ([]domain.Event, error) {
				return r.Protection.Review(c, s.Pack)
			}),
		command("protection-plan.change-category", "protection-plans/{plan}/category", "Change the category of registration.",
			func(r record.Record, _ Setting, c protection.ChangeCategory) ([]domain.Event, error) {
				return r.Protection.ChangeCategory(c)
			}),
		command("protection-plan.end", "protection-plans/{plan}/end", "Remove the child's name from the register.",
			func(r record.Record, _ Setting, c protection.End) ([]domain.Event, error) {
				return r.Protection.End(c, protection.Leaving{Born: r.Person.Born.Fact.Happened, Died: !r.Person.Died.IsZero(), TakenOver: r.Transfers.Gone(r.Protection.Find(c.Plan).Registered.Fact.Happened, c.Happened)})
			}),

		command("note.write", "notes", "Write a note.",
			func(r record.Record, s Setting, c note.Write) ([]domain.Event, error) {
				return r.Notes.Write(c, s.By, s.Pack)
			}),

		command("allocation.make", "allocations", "Give the case to a worker and team.",
			func(r record.Record, _ Setting, c allocation.Allocate) ([]domain.Event, error) {
				return r.Allocations.Allocate(c)
			}),
		command("allocation.end", "allocations/{allocation}/end", "End an allocation.",
			func(r record.Record, _ Setting, c allocation.End) ([]domain.Event, error) {
				return r.Allocations.End(c)
			}),

		command("care-episode.begin", "care-episodes", "Record that the child is looked after under a legal status and in a placement.",
			func(r record.Record, s Setting, c lookedafter.BeginEpisode) ([]domain.Event, error) {
				return r.Care.BeginEpisode(c, r.Referrals.Find(c.Referral), r.Person.Born.Fact.Happened, s.Pack)
			}),
		command("care-episode.cease", "care-episodes/{episode}/end", "Record that a legal status or placement ended.",
			func(r record.Record, _ Setting, c lookedafter.CeaseEpisode) ([]domain.Event, error) {
				return r.Care.CeaseEpisode(c)
			}),
		command("looked-after-review.hold", "looked-after-reviews", "Record a review of a looked-after child.",
			func(r record.Record, s Setting, c lookedafter.Review) ([]domain.Event, error) {
				return r.Care.Review(c, r.Person.Born.Fact.Happened, s.Pack)
			}),
		command("reviewing-officer.name", "reviewing-officer", "Name the independent reviewing officer.",
			func(r record.Record, _ Setting, c lookedafter.NameOfficer) ([]domain.Event, error) {
				return r.Care.NameOfficer(c)
			}),
		command("education-plan.make", "education-plans", "Record a personal education plan.",
			func(r record.Record, s Setting, c lookedafter.PlanEducation) ([]domain.Event, error) {
				return r.Care.PlanEducation(c, s.Pack)
			}),
		command("unaccompanied-child.recognise", "asylum", "Record that the child is an unaccompanied asylum seeker.",
			func(r record.Record, _ Setting, c lookedafter.Recognise) ([]domain.Event, error) {
				return r.Care.Recognise(c, r.Person.Born.Fact.Happened)
			}),
		command("previous-permanence.record", "previous-permanence", "Record by which order the child had left care before.",
			func(r record.Record, _ Setting, c lookedafter.KnowPermanence) ([]domain.Event, error) {
				return r.Care.KnowPermanence(c)
			}),
		command("motherhood.record", "motherhood", "Record whether a looked-after girl is a mother.",
			func(r record.Record, _ Setting, c lookedafter.RecordMotherhood) ([]domain.Event, error) {
				return r.Care.RecordMotherhood(c)
			}),
		command("short-breaks.agree", "short-breaks", "Agree a series of short breaks.",
			func(r record.Record, _ Setting, c lookedafter.AgreeShortBreaks) ([]domain.Event, error) {
				return r.Care.AgreeShortBreaks(c)
			}),
		command("short-breaks.end", "short-breaks/{agreement}/end", "End a series of short breaks.",
			func(r record.Record, _ Setting, c lookedafter.EndShortBreaks) ([]domain.Event, error) {
				return r.Care.EndShortBreaks(c)
			}),
		command("liberty.restrict", "liberty-restrictions", "Record that the child was deprived of liberty.",
			func(r record.Record, s Setting, c lookedafter.RestrictLiberty) ([]domain.Event, error) {
				return r.Care.RestrictLiberty(c, s.Pack)
			}),
		command("liberty.restore", "liberty-restrictions/{restriction}/end", "Record that the child is free again.",
			func(r record.Record, _ Setting, c lookedafter.RestoreLiberty) ([]domain.Event, error) {
				return r.Care.RestoreLiberty(c)
			}),

		command("health-assessment.hold", "health-assessments", "Record a health assessment.",
			func(r record.Record, s Setting, c health.Assess) ([]domain.Event, error) {
				return r.Health.Assess(c, r.Person.Born.Fact.Happened, s.Pack)
			}),
		command("teeth.check", "teeth-checks", "Record a check of the child's teeth.",
			func(r record.Record, _ Setting, c health.CheckTeeth) ([]domain.Event, error) {
				return r.Health.CheckTeeth(c)
			}),
		command("immunisations.check", "immunisation-checks", "Record whether immunisations are up to date.",
			func(r record.Record, _ Setting, c health.Immunise) ([]domain.Event, error) {
				return r.Health.Immunise(c)
			}),
		command("development.check", "development-checks", "Record a check of a young child's development.",
			func(r record.Record, _ Setting, c health.CheckDevelopment) ([]domain.Event, error) {
				return r.Health.CheckDevelopment(c)
			}),
		command("strengths-and-difficulties.score", "strengths-and-difficulties", "Record the score of strengths and difficulties, or why there is none.",
			func(r record.Record, _ Setting, c health.ScoreDifficulties) ([]domain.Event, error) {
				return r.Health.ScoreDifficulties(c)
			}),
		command("conviction.record", "convictions", "Record a conviction or a youth caution.",
			func(r record.Record, _ Setting, c health.Convict) ([]domain.Event, error) {
				return r.Health.Convict(c, r.Person.Born.Fact.Happened)
			}),
		command("substance-misuse.identify", "substance-misuse", "Record a problem of substance misuse.",
			func(r record.Record, _ Setting, c health.FindMisuse) ([]domain.Event, error) {
				return r.Health.FindMisuse(c)
			}),
		command("substance-misuse.offer-intervention", "substance-misuse/{finding}/intervention", "Record help that was offered.",
			func(r record.Record, _ Setting, c health.OfferIntervention) ([]domain.Event, error) {
				return r.Health.OfferIntervention(c)
			}),
		command("health-outcomes.state", "health-outcomes", "Record what a return of a year answers.",
			func(r record.Record, _ Setting, c health.StateOutcomes) ([]domain.Event, error) {
				return r.Health.StateOutcomes(c)
			}),

		command("absence.begin", "absences", "Record that the child went missing, or away without authorisation.",
			func(r record.Record, _ Setting, c missing.GoMissing) ([]domain.Event, error) {
				return r.Absences.GoMissing(c)
			}),
		command("absence.end", "absences/{absence}/end", "Record that the child came back.",
			func(r record.Record, s Setting, c missing.Return) ([]domain.Event, error) {
				return r.Absences.Return(c, s.Pack)
			}),
		command("return-interview.offer", "absences/{absence}/interview", "Record a return interview.",
			func(r record.Record, _ Setting, c missing.Interview) ([]domain.Event, error) {
				return r.Absences.Interview(c)
			}),

		command("adoption.decide", "adoptions", "Record the decision that the child should be placed for adoption.",
			func(r record.Record, _ Setting, c adoption.Decide) ([]domain.Event, error) {
				return r.Adoptions.Decide(c)
			}),
		command("adoption.match", "adoptions/{adoption}/match", "Record the match with adopters.",
			func(r record.Record, _ Setting, c adoption.Match) ([]domain.Event, error) {
				return r.Adoptions.Match(c)
			}),
		command("adoption.place", "adoptions/{adoption}/placement", "Record the placement with adopters.",
			func(r record.Record, _ Setting, c adoption.Place) ([]domain.Event, error) {
				return r.Adoptions.Place(c)
			}),
		command("adoption.reverse", "adoptions/{adoption}/reversal", "Take the decision on adoption back.",
			func(r record.Record, _ Setting, c adoption.Reverse) ([]domain.Event, error) {
				return r.Adoptions.Reverse(c)
			}),
		command("adoption.order", "adoptions/{adoption}/order", "Record the adoption order.",
			func(r record.Record, _ Setting, c adoption.Order) ([]domain.Event, error) {
				return r.Adoptions.Order(c)
			}),

		command("care-leaver.entitle", "care-leaver-eligibility", "Record to which help a care leaver is entitled.",
			func(r record.Record, _ Setting, c careleaver.Entitle) ([]domain.Event, error) {
				return r.Leaver.Entitle(c, r.Person.Born.Fact.Happened)
			}),
		command("personal-adviser.name", "personal-adviser", "Name the personal adviser.",
			func(r record.Record, _ Setting, c careleaver.NameAdviser) ([]domain.Event, error) {
				return r.Leaver.NameAdviser(c)
			}),
		command("pathway-plan.make", "pathway-plans", "Record a pathway plan, or a review of it.",
			func(r record.Record, s Setting, c careleaver.Plan) ([]domain.Event, error) {
				return r.Leaver.Plan(c, s.Pack)
			}),
		command("care-leaver.contact", "care-leaver-contacts", "Record how a care leaver is doing.",
			func(r record.Record, s Setting, c careleaver.Contact) ([]domain.Event, error) {
				return r.Leaver.Contact(c, s.Pack)
			}),

		command("allocation.hand-over", "allocations/{allocation}/handover", "Give the case from one worker to another.",
			func(r record.Record, _ Setting, c allocation.HandOver) ([]domain.Event, error) {
				return r.Allocations.HandOver(c)
			}),
		command("allocation.arrange-cover", "allocations/{allocation}/cover", "Say who sees to the case while its worker is away.",
			func(r record.Record, _ Setting, c allocation.ArrangeCover) ([]domain.Event, error) {
				return r.Allocations.ArrangeCover(c)
			}),

		command("pre-proceedings.start", "pre-proceedings", "Record a letter before proceedings.",
			func(r record.Record, _ Setting, c legal.SendLetter) ([]domain.Event, error) {
				return r.Legal.SendLetter(c)
			}),
		command("pre-proceedings.end", "pre-proceedings/{process}/end", "End pre-proceedings.",
			func(r record.Record, _ Setting, c legal.EndProcess) ([]domain.Event, error) {
				return r.Legal.EndProcess(c)
			}),
		command("court-application.make", "court-applications", "Record an application to a court.",
			func(r record.Record, s Setting, c legal.Apply) ([]domain.Event, error) {
				return r.Legal.Apply(c, s.Pack)
			}),
		command("court-hearing.hold", "court-applications/{application}/hearings", "Record a hearing.",
			func(r record.Record, _ Setting, c legal.Hear) ([]domain.Event, error) {
				return r.Legal.Hear(c)
			}),
		command("court-application.dispose", "court-applications/{application}/end", "Record the end of an application.",
			func(r record.Record, _ Setting, c legal.Dispose) ([]domain.Event, error) {
				return r.Legal.Dispose(c)
			}),
		command("court-order.make", "court-orders", "Record an order, or the use of a power.",
			func(r record.Record, s Setting, c legal.MakeOrder) ([]domain.Event, error) {
				return r.Legal.MakeOrder(c, s.Pack)
			}),
		command("court-order.extend", "court-orders/{made}/extension", "Record that an order has effect for longer.",
			func(r record.Record, s Setting, c legal.Extend) ([]domain.Event, error) {
				return r.Legal.Extend(c, s.Pack)
			}),
		command("court-order.end", "court-orders/{made}/end", "Record the end of an order.",
			func(r record.Record, _ Setting, c legal.EndOrder) ([]domain.Event, error) {
				return r.Legal.EndOrder(c)
			}),

		command("entry.enter-in-error", "entries/{entry}/error", "Take an entry out of force that was written in error.",
			func(r record.Record, _ Setting, c correction.EnterInError) ([]domain.Event, error) {
				return r.EnterInError(c)
			}),

		command("cin-plan.agree", "cin-plans/{plan}/content", "Record what a child-in-need plan is to bring about.",
			func(r record.Record, s Setting, c cinplan.Agree) ([]domain.Event, error) {
				return r.CINPlans.Agree(c, s.Pack)
			}),
		command("cin-plan.close-action", "cin-plans/{plan}/actions/{action}/closure", "Close an action of a child-in-need plan.",
			func(r record.Record, _ Setting, c cinplan.CloseAction) ([]domain.Event, error) {
				return r.CINPlans.CloseAction(c)
			}),
		command("cin-plan.minute-review", "cin-plans/{plan}/reviews/{review}/minutes", "Record how a review of a child-in-need plan went.",
			func(r record.Record, s Setting, c cinplan.MinuteReview) ([]domain.Event, error) {
				return r.CINPlans.MinuteReview(c, s.Pack)
			}),

		command("protection-plan.record-concerns", "protection-plans/{plan}/concerns", "Record the areas of concern about a registered child.",
			func(r record.Record, _ Setting, c protection.RecordConcerns) ([]domain.Event, error) {
				return r.Protection.RecordConcerns(c)
			}),
		command("protection-plan.agree-outline", "protection-plans/{plan}/outline", "Record the outline plan of a conference.",
			func(r record.Record, _ Setting, c protection.AgreeOutline) ([]domain.Event, error) {
				return r.Protection.AgreeOutline(c)
			}),
		command("protection-plan.plan-action", "protection-plans/{plan}/actions", "Make an action part of the detailed plan, or change it.",
			func(r record.Record, _ Setting, c protection.SetAction) ([]domain.Event, error) {
				return r.Protection.SetAction(c)
			}),
		command("protection-plan.close-action", "protection-plans/{plan}/actions/{action}/closure", "Close an action of the detailed plan.",
			func(r record.Record, _ Setting, c protection.CloseAction) ([]domain.Event, error) {
				return r.Protection.CloseAction(c)
			}),
		command("core-group.meet", "protection-plans/{plan}/core-groups", "Record a core group.",
			func(r record.Record, s Setting, c protection.MeetCoreGroup) ([]domain.Event, error) {
				return r.Protection.MeetCoreGroup(c, s.Pack)
			}),
		command("protection-plan.miss-child", "protection-plans/{plan}/missing", "Record that a registered child is missing.",
			func(r record.Record, _ Setting, c protection.ReportMissing) ([]domain.Event, error) {
				return r.Protection.ReportMissing(c)
			}),
		command("protection-plan.trace-child", "protection-plans/{plan}/traced", "Record that a missing registered child was found.",
			func(r record.Record, _ Setting, c protection.TraceChild) ([]domain.Event, error) {
				return r.Protection.TraceChild(c)
			}),

		command("contact.receive", "contacts", "Record a contact.",
			func(r record.Record, s Setting, c contact.Receive) ([]domain.Event, error) {
				return r.Contacts.Receive(c, s.Pack)
			}),
		command("contact.decide", "contacts/{contact}/decision", "Record what a contact became.",
			func(r record.Record, _ Setting, c contact.Decide) ([]domain.Event, error) {
				return r.Contacts.Decide(c, r.Referrals.Find(c.Referral))
			}),
		command("early-help.start", "early-help", "Begin early help.",
			func(r record.Record, _ Setting, c contact.StartHelp) ([]domain.Event, error) {
				return r.Contacts.StartHelp(c)
			}),
		command("early-help.review", "early-help/{help}/reviews", "Record a review of early help.",
			func(r record.Record, _ Setting, c contact.ReviewHelp) ([]domain.Event, error) {
				return r.Contacts.ReviewHelp(c)
			}),
		command("early-help.end", "early-help/{help}/end", "End early help.",
			func(r record.Record, _ Setting, c contact.EndHelp) ([]domain.Event, error) {
				return r.Contacts.EndHelp(c)
			}),

		command("view.record", "views", "Record a view of the child, or of somebody who matters to the child.",
			func(r record.Record, _ Setting, c voice.Record) ([]domain.Event, error) { return r.Views.Record(c) }),

		command("conference.minute", "conferences/{conference}/minutes", "Record how a conference went.",
			func(r record.Record, s Setting, c conference.Minute) ([]domain.Event, error) {
				return r.Conferences.Minute(c, r.Held(c.Kind, c.Conference), s.Pack)
			}),
		command("conference.adjourn", "conferences/{conference}/adjournment", "Record a conference that decided nothing.",
			func(r record.Record, s Setting, c conference.Adjourn) ([]domain.Event, error) {
				return r.Conferences.Adjourn(c, r.Held(c.Kind, c.Conference), s.Pack)
			}),
		command("conference.circulate", "conferences/{conference}/circulation", "Record that the record of a conference was sent.",
			func(r record.Record, _ Setting, c conference.Circulate) ([]domain.Event, error) {
				return r.Conferences.Circulate(c)
			}),
		command("conference.delay", "s47-enquiries/{enquiry}/delay", "Allow an initial conference to be late.",
			func(r record.Record, _ Setting, c conference.Delay) ([]domain.Event, error) {
				return r.Conferences.Delay(c, r.Enquiries.Find(c.Enquiry))
			}),

		command("visit.make", "visits", "Record a visit to the child.",
			func(r record.Record, s Setting, c visit.Make) ([]domain.Event, error) {
				return r.Visits.Make(c, r.Visited(c.Under, c.Of, c.Happened), s.Pack)
			}),

		command("private-fostering.notify", "private-fostering", "Record a private fostering arrangement.",
			func(r record.Record, s Setting, c privatefostering.Notify) ([]domain.Event, error) {
				return r.PrivateFostering.Notify(c, privatelyFostered(r), s.Pack)
			}),
		command("private-fostering.assess", "private-fostering/{arrangement}/assessment", "Record whether an arrangement is suitable.",
			func(r record.Record, _ Setting, c privatefostering.Assess) ([]domain.Event, error) {
				return r.PrivateFostering.Assess(c)
			}),
		command("private-fostering.end", "private-fostering/{arrangement}/end", "End a private fostering arrangement.",
			func(r record.Record, _ Setting, c privatefostering.End) ([]domain.Event, error) {
				return r.PrivateFostering.End(c)
			}),

		command("transfer.notify", "transfers", "Record notice of a move from or to another authority.",
			func(r record.Record, s Setting, c transfer.Notify) ([]domain.Event, error) {
				return r.Transfers.Notify(c, s.Pack)
			}),
		command("transfer.take-over", "transfers/{transfer}/takeover", "Record that the receiving authority took responsibility.",
			func(r record.Record, _ Setting, c transfer.TakeOver) ([]domain.Event, error) {
				return r.Transfers.TakeOver(c)
			}),
		command("transfer.decline", "transfers/{transfer}/refusal", "Record that a transfer did not come about.",
			func(r record.Record, _ Setting, c transfer.Decline) ([]domain.Event, error) {
				return r.Transfers.Decline(c)
			}),

		command("incident.learn", "incidents", "Record a serious incident.",
			func(r record.Record, s Setting, c incident.Learn) ([]domain.Event, error) {
				return r.Incidents.Learn(c, s.Pack)
			}),
		command("incident.notify", "incidents/{incident}/notification", "Record the notification of a serious incident.",
			func(r record.Record, _ Setting, c incident.Notify) ([]domain.Event, error) {
				return r.Incidents.Notify(c)
			}),
		command("incident.review", "incidents/{incident}/review", "Record the outcome of a rapid review.",
			func(r record.Record, _ Setting, c incident.Review) ([]domain.Event, error) {
				return r.Incidents.Review(c)
			}),

		command("temporary-registration.enter", "temporary-registrations", "Put the child's name on the register for a while.",
			func(r record.Record, s Setting, c temporary.Enter) ([]domain.Event, error) {
				return r.Temporary.Enter(c, r.Protection.On(c.Happened), s.Pack)
			}),
		command("temporary-registration.end", "temporary-registrations/{registration}/end", "End a temporary registration.",
			func(r record.Record, _ Setting, c temporary.End) ([]domain.Event, error) {
				return r.Temporary.End(c, r.Protection.On(c.Happened))
			}),

		command("relation.record", "relations", "Record a relationship.",
			func(r record.Record, _ Setting, c family.Relate) ([]domain.Event, error) { return r.Family.Relate(c) }),
		command("relation.end", "relations/{relation}/end", "Record the end of a relationship.",
			func(r record.Record, _ Setting, c family.EndRelation) ([]domain.Event, error) {
				return r.Family.EndRelation(c)
			}),
		command("parental-responsibility.hold", "relations/{relation}/responsibility", "Record that somebody holds parental responsibility.",
			func(r record.Record, _ Setting, c family.HoldResponsibility) ([]domain.Event, error) {
				return r.Family.HoldResponsibility(c)
			}),
		command("parental-responsibility.end", "relations/{relation}/responsibility-end", "Record that parental responsibility ended.",
			func(r record.Record, _ Setting, c family.EndResponsibility) ([]domain.Event, error) {
				return r.Family.EndResponsibility(c)
			}),
		command("household.join", "households", "Record that the person lives in a household.",
			func(r record.Record, _ Setting, c family.JoinHousehold) ([]domain.Event, error) {
				return r.Family.JoinHousehold(c)
			}),
		command("household.leave", "households/{household}/departure", "Record that the person left a household.",
			func(r record.Record, _ Setting, c family.LeaveHousehold) ([]domain.Event, error) {
				return r.Family.LeaveHousehold(c)
			}),

		command("restriction.raise-barrier", "restrictions/barriers", "Forbid a worker to open the record.",
			func(r record.Record, _ Setting, c restriction.SetBarrier) ([]domain.Event, error) {
				return r.Restrictions.SetBarrier(c)
			}),
		command("restriction.seal-record", "restrictions/seals", "Let only the named workers open the record.",
			func(r record.Record, _ Setting, c restriction.SealRecord) ([]domain.Event, error) {
				return r.Restrictions.SealRecord(c)
			}),
		command("restriction.shield-informant", "restrictions/informants", "Mark entries that could give an informant away.",
			func(r record.Record, _ Setting, c restriction.ShieldInformant) ([]domain.Event, error) {
				return r.Restrictions.ShieldInformant(c, len(r.Entries))
			}),
		command("restriction.withhold-address", "restrictions/addresses", "Keep the address from some people.",
			func(r record.Record, _ Setting, c restriction.WithholdAddress) ([]domain.Event, error) {
				return r.Restrictions.WithholdAddress(c)
			}),
		command("restriction.lift", "restrictions/{restriction}/end", "Lift a restriction.",
			func(r record.Record, _ Setting, c restriction.Lift) ([]domain.Event, error) {
				return r.Restrictions.Lift(c)
			}),

		command("liberty.review", "liberty-restrictions/{restriction}/reviews", "Record a review of secure accommodation.",
			func(r record.Record, s Setting, c lookedafter.ReviewLiberty) ([]domain.Event, error) {
				return r.Care.ReviewLiberty(c, s.Pack)
			}),
		command("care-leaver.end", "care-leaver-end", "Record that no help is owed to a care leaver any more.",
			func(r record.Record, _ Setting, c careleaver.End) ([]domain.Event, error) {
				return r.Leaver.End(c)
			}),
		command("protection-plan.identify-change", "protection-plans/{plan}/changes", "Record that a plan has to change significantly.",
			func(r record.Record, s Setting, c protection.FindChange) ([]domain.Event, error) {
				return r.Protection.FindChange(c, s.Pack)
			}),
		command("protection-plan.report-change", "protection-plans/{plan}/change-reports", "Record that the chair was told of a significant change.",
			func(r record.Record, _ Setting, c protection.ReportChange) ([]domain.Event, error) {
				return r.Protection.ReportChange(c)
			}),
		command("adoption.part-identity", "adoptions/{adoption}/identity", "Let an adopted child go on under a new identity, and seal this record.",
			func(r record.Record, _ Setting, c adoption.PartIdentity) ([]domain.Event, error) {
				return r.Adoptions.PartIdentity(c, r.Restrictions, r.SeenTo())
			}),
		command("note.submit", "notes/{note}/submission", "Give a note to somebody to sign off.",
			func(r record.Record, s Setting, c note.Submit) ([]domain.Event, error) {
				return r.Notes.Submit(c, r.Hands(c.Note, s.By), s.Pack)
			}),
		command("note.sign-off", "notes/{note}/signature", "Sign off a note as it stands.",
			func(r record.Record, s Setting, c note.SignOff) ([]domain.Event, error) {
				return r.Notes.SignOff(c, r.Hands(c.Note, s.By))
			}),
		command("note.countersign", "notes/{note}/countersignature", "Put a second name under a note that was signed off.",
			func(r record.Record, s Setting, c note.Countersign) ([]domain.Event, error) {
				return r.Notes.Countersign(c, r.Hands(c.Note, s.By))
			}),
		command("note.return", "notes/{note}/return", "Give a note back to its author, with the reason.",
			func(r record.Record, s Setting, c note.Return) ([]domain.Event, error) {
				return r.Notes.Return(c, r.Hands(c.Note, s.By))
			}),
		command("oversight.record", "oversights", "Record what a manager thought and decided about the work.",
			func(r record.Record, s Setting, c oversight.Record) ([]domain.Event, error) {
				return r.Oversights.Record(c, s.By)
			}),
		command("oversight.close-decision", "oversights/{oversight}/outcomes", "Record what became of a manager's decision.",
			func(r record.Record, _ Setting, c oversight.CloseDecision) ([]domain.Event, error) {
				return r.Oversights.CloseDecision(c)
			}),
		command("correspondence.record", "correspondence", "Record an e-mail or a letter that came in or went out.",
			func(r record.Record, _ Setting, c correspondence.Record) ([]domain.Event, error) {
				return r.Letters.Record(c)
			}),

		command("support.request", "support-requests", "Record a request for support for an adult or a carer.",
			func(r record.Record, s Setting, c needs.Ask) ([]domain.Event, error) {
				return r.Needs.Ask(c, s.Pack)
			}),
		command("support-request.decide", "support-requests/{supportRequest}/decision", "Record what came of a request for support.",
			func(r record.Record, _ Setting, c needs.DecideRequest) ([]domain.Event, error) {
				return r.Needs.DecideRequest(c)
			}),
		command("adult-assessment.start", "adult-assessments", "Begin an assessment of an adult or a carer.",
			func(r record.Record, s Setting, c needs.Start) ([]domain.Event, error) {
				return r.Needs.Start(c, s.Pack)
			}),
		command("answer.record", "adult-assessments/{assessment}/answers", "Record the answer to a question of the assessments, or why there is none.",
			func(r record.Record, _ Setting, c needs.Answer) ([]domain.Event, error) {
				return r.Needs.Answer(c)
			}),
		command("adult-assessment.complete", "adult-assessments/{assessment}/completion", "Record what an assessment of an adult or a carer found.",
			func(r record.Record, _ Setting, c needs.Complete) ([]domain.Event, error) {
				return r.Needs.Complete(c)
			}),
		command("eligibility.decide", "adult-assessments/{assessment}/eligibility", "Record the findings by which a person is eligible for support or not.",
			func(r record.Record, s Setting, c needs.DecideEligibility) ([]domain.Event, error) {
				return r.Needs.DecideEligibility(c, s.Pack)
			}),

		command("support-plan.agree", "support-plans", "Record the content of a support plan.",
			func(r record.Record, s Setting, c support.Agree) ([]domain.Event, error) {
				return r.Support.Agree(c, r.Needs.Find(c.Assessment), s.Pack)
			}),
		command("support-plan.review", "support-plans/{plan}/reviews", "Record a review of a support plan.",
			func(r record.Record, s Setting, c support.Review) ([]domain.Event, error) {
				return r.Support.Review(c, s.Pack)
			}),
		command("support-plan.end", "support-plans/{plan}/end", "End a support plan.",
			func(r record.Record, _ Setting, c support.End) ([]domain.Event, error) {
				return r.Support.End(c)
			}),
		command("service.start", "services", "Begin a service under a support plan.",
			func(r record.Record, _ Setting, c support.StartService) ([]domain.Event, error) {
				return r.Support.StartService(c)
			}),
		command("service.end", "services/{service}/end", "End a service.",
			func(r record.Record, _ Setting, c support.EndService) ([]domain.Event, error) {
				return r.Support.EndService(c)
			}),
		command("direct-payment.start", "direct-payments", "Begin a direct payment under a support plan.",
			func(r record.Record, s Setting, c support.StartPayment) ([]domain.Event, error) {
				return r.Support.StartPayment(c, s.Pack)
			}),
		command("direct-payment.review", "direct-payments/{payment}/reviews", "Record a look at the use of a direct payment.",
			func(r record.Record, s Setting, c support.ReviewPayment) ([]domain.Event, error) {
				return r.Support.ReviewPayment(c, s.Pack)
			}),
		command("direct-payment.end", "direct-payments/{payment}/end", "End a direct payment.",
			func(r record.Record, _ Setting, c support.EndPayment) ([]domain.Event, error) {
				return r.Support.EndPayment(c)
			}),

		command("safeguarding-concern.raise", "safeguarding-concerns", "Record a concern about an adult.",
			func(r record.Record, s Setting, c safeguarding.Raise) ([]domain.Event, error) {
				return r.Safeguarding.Raise(c, s.Pack)
			}),
		command("safeguarding-concern.decide", "safeguarding-concerns/{concern}/decision", "Record whether to enquire into a concern about an adult.",
			func(r record.Record, _ Setting, c safeguarding.Decide) ([]domain.Event, error) {
				return r.Safeguarding.Decide(c)
			}),
		command("safeguarding-enquiry.start", "safeguarding-enquiries", "Begin an enquiry into a concern about an adult.",
			func(r record.Record, s Setting, c safeguarding.StartEnquiry) ([]domain.Event, error) {
				return r.Safeguarding.StartEnquiry(c, s.Pack)
			}),
		command("safeguarding-enquiry.end", "safeguarding-enquiries/{enquiry}/end", "Record what an enquiry found and changed.",
			func(r record.Record, _ Setting, c safeguarding.EndEnquiry) ([]domain.Event, error) {
				return r.Safeguarding.EndEnquiry(c)
			}),
		command("safeguarding-plan.agree", "safeguarding-plans", "Record how an adult is to be protected.",
			func(r record.Record, s Setting, c safeguarding.AgreePlan) ([]domain.Event, error) {
				return r.Safeguarding.AgreePlan(c, s.Pack)
			}),
		command("safeguarding-plan.review", "safeguarding-plans/{plan}/reviews", "Record a review of an adult's protection plan.",
			func(r record.Record, s Setting, c safeguarding.ReviewPlan) ([]domain.Event, error) {
				return r.Safeguarding.ReviewPlan(c, s.Pack)
			}),
		command("safeguarding-plan.end", "safeguarding-plans/{plan}/end", "End an adult's protection plan.",
			func(r record.Record, _ Setting, c safeguarding.EndPlan) ([]domain.Event, error) {
				return r.Safeguarding.EndPlan(c)
			}),

		command("transition.plan", "transitions", "Plan a young person's way into adults' services.",
			func(r record.Record, _ Setting, c transition.Plan) ([]domain.Event, error) {
				return r.Transitions.Plan(c, r.Person.Born.Fact.Happened)
			}),
		command("transition.conclude", "transitions/{transition}/conclusion", "Record what adults' services do for a young person.",
			func(r record.Record, _ Setting, c transition.Conclude) ([]domain.Event, error) {
				return r.Transitions.Conclude(c, r.Needs.Find(c.Assessment))
			}),

		command("capacity.assess", "capacity-assessments", "Record whether an adult can take a decision.",
			func(r record.Record, _ Setting, c capacity.Assess) ([]domain.Event, error) {
				return r.Capacity.Assess(c)
			}),
		command("best-interest.decide", "best-interest-decisions", "Record a decision in the best interests of an adult.",
			func(r record.Record, _ Setting, c capacity.Decide) ([]domain.Event, error) {
				return r.Capacity.Decide(c)
			}),
		command("deprivation-of-liberty.request", "liberty-authorisations", "Record a request for authority to deprive an adult of liberty.",
			func(r record.Record, s Setting, c capacity.RequestLiberty) ([]domain.Event, error) {
				return r.Capacity.RequestLiberty(c, r.Person.Born.Fact.Happened, s.Pack)
			}),
		command("deprivation-of-liberty.decide", "liberty-authorisations/{authorisation}/decision", "Record whether an adult may be deprived of liberty.",
			func(r record.Record, s Setting, c capacity.DecideLiberty) ([]domain.Event, error) {
				return r.Capacity.DecideLiberty(c, s.Pack)
			}),
		command("deprivation-of-liberty.end", "liberty-authorisations/{authorisation}/end", "End an authorisation to deprive an adult of liberty.",
			func(r record.Record, _ Setting, c capacity.EndLiberty) ([]domain.Event, error) {
				return r.Capacity.EndLiberty(c)
			}),

		command("entry.tag", "tags", "Record for what an entry matters; the tags that it had are replaced.",
			func(r record.Record, _ Setting, c chronology.Tag) ([]domain.Event, error) {
				return r.Chronologies.Tag(c, uint64(len(r.Entries)))
			}),
		command("entry.mark", "marks", "Record that a party disputes an entry, or agrees to it.",
			func(r record.Record, _ Setting, c chronology.Mark) ([]domain.Event, error) {
				return r.Chronologies.Mark(c, uint64(len(r.Entries)))
			}),
		command("entry.state-impact", "impacts", "Record what an entry meant for the person.",
			func(r record.Record, _ Setting, c chronology.StateImpact) ([]domain.Event, error) {
				return r.Chronologies.StateImpact(c, uint64(len(r.Entries)))
			}),
		command("chronology.build", "chronologies", "Record a chronology: its selection, and the entries that it tells.",
			func(r record.Record, _ Setting, c chronology.Build) ([]domain.Event, error) {
				return r.Chronologies.Build(c, uint64(len(r.Entries)))
			}),

		command("break-glass.use", "break-glass", "Open the record in an emergency, for some hours; it is reviewed afterwards.",
			func(r record.Record, s Setting, c breakglass.Use) ([]domain.Event, error) {
				return r.Openings.Use(c, s.By, s.Now, r.Restrictions)
			}),
		command("break-glass.review", "break-glass/{use}/review", "Record what is made of somebody's opening the record in an emergency.",
			func(r record.Record, s Setting, c breakglass.Review) ([]domain.Event, error) {
				return r.Openings.Review(c, s.By)
			}),
		command("safeguarding-plan.close-action", "safeguarding-plans/{plan}/actions/{action}/closure", "Close an action of an adult's protection plan.",
			func(r record.Record, _ Setting, c safeguarding.CloseAction) ([]domain.Event, error) {
				return r.Safeguarding.CloseAction(c)
			}),
		command("hospital-notice.receive", "hospital-notices", "Record a hospital's notice that an adult is to leave it.",
			func(r record.Record, s Setting, c discharge.Notify) ([]domain.Event, error) {
				return r.Hospital.Notify(c, s.Pack)
			}),
		command("hospital-notice.withdraw", "hospital-stays/{stay}/withdrawal", "Record that a hospital took a notice back.",
			func(r record.Record, _ Setting, c discharge.Withdraw) ([]domain.Event, error) {
				return r.Hospital.Withdraw(c)
			}),
		command("hospital-discharge.delay", "hospital-stays/{stay}/delays", "Record that an adult who is ready to leave a hospital cannot.",
			func(r record.Record, _ Setting, c discharge.RecordDelay) ([]domain.Event, error) {
				return r.Hospital.RecordDelay(c)
			}),
		command("hospital-delay.end", "hospital-delays/{delay}/end", "Record that what keeps an adult in hospital is over.",
			func(r record.Record, _ Setting, c discharge.EndDelay) ([]domain.Event, error) {
				return r.Hospital.EndDelay(c)
			}),
		command("hospital-stay.end", "hospital-stays/{stay}/end", "Record that an adult left a hospital, and on which pathway.",
			func(r record.Record, s Setting, c discharge.Discharge) ([]domain.Event, error) {
				return r.Hospital.Discharge(c, s.Pack)
			}),

		command("form.start", "forms", "Begin a form, on the version of its definition in force.",
			func(r record.Record, s Setting, c form.Start) ([]domain.Event, error) { return s.Forms.start(r, c) }),
		command("form.answer", "forms/{form}/answers", "Answer questions of a form; what a command records is recorded by it.",
			func(r record.Record, s Setting, c form.Answer) ([]domain.Event, error) {
				return s.Forms.answer(r, s, c)
			}),
		command("form.complete", "forms/{form}/completion", "End the filling in of a form, and record what follows from it.",
			func(r record.Record, s Setting, c form.Complete) ([]domain.Event, error) {
				return s.Forms.complete(r, s, c)
			}),
		command("form.abandon", "forms/{form}/end", "Give a form up.",
			func(r record.Record, _ Setting, c form.Abandon) ([]domain.Event, error) {
				return r.Forms.Abandon(c)
			}),

		command("disclosure.request", "disclosures", "Record that somebody outside the authority asked for information.",
			func(r record.Record, s Setting, c disclosure.Request) ([]domain.Event, error) {
				return r.Disclosures.Request(c, s.Pack)
			}),
		command("disclosure.consider", "disclosures/{disclosure}/consideration", "Record under which profile a request for information is looked at.",
			func(r record.Record, _ Setting, c disclosure.Consider) ([]domain.Event, error) {
				return r.Disclosures.Consider(c)
			}),
		command("disclosure.decide", "disclosures/{disclosure}/decision", "Record what is disclosed, and why.",
			func(r record.Record, _ Setting, c disclosure.Decide) ([]domain.Event, error) {
				return r.Disclosures.Decide(c)
			}),
		command("disclosure.withhold", "not-shared", "Record that it was decided not to share something, and why.",
			func(r record.Record, _ Setting, c disclosure.Withhold) ([]domain.Event, error) {
				return r.Disclosures.Withhold(c)
			}),
		command("disclosure.make", "disclosures/{disclosure}/package", "Record what was disclosed: its package, and what the receiver may not do with it.",
			func(r record.Record, _ Setting, c disclosure.Disclose) ([]domain.Event, error) {
				return r.Disclosures.Disclose(c, uint64(len(r.Entries)))
			}),
		command("disclosure.acknowledge", "disclosures/{disclosure}/acknowledgement", "Record that the receiver has what was disclosed.",
			func(r record.Record, _ Setting, c disclosure.Acknowledge) ([]domain.Event, error) {
				return r.Disclosures.Acknowledge(c)
			}),
		command("disclosure.note-look", "looks", "Record that somebody looked, in another system, at what the authority shares.",
			func(r record.Record, _ Setting, c disclosure.NoteLook) ([]domain.Event, error) {
				return r.Disclosures.NoteLook(c)
			}),
		command("record.send", "sendings", "Record that the whole record goes to another authority.",
			func(r record.Record, _ Setting, c disclosure.Send) ([]domain.Event, error) {
				return r.Disclosures.Send(c, uint64(len(r.Entries)))
			}),
		command("subject-access.receive", "subject-access-requests", "Record that somebody asks to see what is recorded.",
			func(r record.Record, s Setting, c subjectaccess.Receive) ([]domain.Event, error) {
				return r.AccessRequests.Receive(c, s.Pack)
			}),
		command("subject-access.ask-identity", "subject-access-requests/{accessRequest}/identity-question", "Record that the requester was asked to show who they are.",
			func(r record.Record, s Setting, c subjectaccess.AskIdentity) ([]domain.Event, error) {
				return r.AccessRequests.AskIdentity(c, s.Pack)
			}),
		command("subject-access.check-identity", "subject-access-requests/{accessRequest}/identity", "Record whether the requester has shown who they are.",
			func(r record.Record, s Setting, c subjectaccess.CheckIdentity) ([]domain.Event, error) {
				return r.AccessRequests.CheckIdentity(c, s.Pack)
			}),
		command("subject-access.ask-clarification", "subject-access-requests/{accessRequest}/questions", "Record a question to the requester about the request; the clock stops where the law says so.",
			func(r record.Record, s Setting, c subjectaccess.AskClarification) ([]domain.Event, error) {
				return r.AccessRequests.AskClarification(c, s.Pack)
			}),
		command("subject-access.clarify", "subject-access-requests/{accessRequest}/answers", "Record the requester's answer to a question.",
			func(r record.Record, s Setting, c subjectaccess.Clarify) ([]domain.Event, error) {
				return r.AccessRequests.Clarify(c, s.Pack)
			}),
		command("subject-access.extend", "subject-access-requests/{accessRequest}/extension", "Record that the requester was told that the answer takes longer, and why.",
			func(r record.Record, s Setting, c subjectaccess.Extend) ([]domain.Event, error) {
				return r.AccessRequests.Extend(c, s.Pack)
			}),
		command("subject-access.search", "subject-access-requests/{accessRequest}/searches", "Record where was searched, and what was found.",
			func(r record.Record, _ Setting, c subjectaccess.Search) ([]domain.Event, error) {
				return r.AccessRequests.Search(c, uint64(len(r.Entries)))
			}),
		command("subject-access.ask-harm-opinion", "subject-access-requests/{accessRequest}/harm-questions", "Record that a health professional was asked about serious harm.",
			func(r record.Record, _ Setting, c subjectaccess.AskHarmOpinion) ([]domain.Event, error) {
				return r.AccessRequests.AskHarmOpinion(c, uint64(len(r.Entries)))
			}),
		command("subject-access.give-harm-opinion", "subject-access-requests/{accessRequest}/harm-opinions", "Record a health professional's opinion on serious harm.",
			func(r record.Record, s Setting, c subjectaccess.GiveHarmOpinion) ([]domain.Event, error) {
				return r.AccessRequests.GiveHarmOpinion(c, s.Pack)
			}),
		command("subject-access.ask-consent", "subject-access-requests/{accessRequest}/consent-questions", "Record that somebody else was asked whether what is about them may be shown.",
			func(r record.Record, _ Setting, c subjectaccess.AskConsent) ([]domain.Event, error) {
				return r.AccessRequests.AskConsent(c, uint64(len(r.Entries)))
			}),
		command("subject-access.settle-consent", "subject-access-requests/{accessRequest}/consents", "Record a consent, its refusal, or what is reasonable without one.",
			func(r record.Record, _ Setting, c subjectaccess.SettleConsent) ([]domain.Event, error) {
				return r.AccessRequests.SettleConsent(c)
			}),
		command("subject-access.exempt", "subject-access-requests/{accessRequest}/exemptions", "Record which approved set of redactions holds for the answer.",
			func(r record.Record, _ Setting, c subjectaccess.Exempt) ([]domain.Event, error) {
				return r.AccessRequests.Exempt(c, r.Redactions)
			}),
		command("subject-access.decide", "subject-access-requests/{accessRequest}/decision", "Record what the requester is to be given.",
			func(r record.Record, _ Setting, c subjectaccess.Decide) ([]domain.Event, error) {
				return r.AccessRequests.Decide(c, r.Redactions)
			}),
		command("subject-access.deliver", "subject-access-requests/{accessRequest}/delivery", "Record that the answer was handed over.",
			func(r record.Record, _ Setting, c subjectaccess.Deliver) ([]domain.Event, error) {
				return r.AccessRequests.Deliver(c)
			}),
		command("subject-access.check", "subject-access-requests/{accessRequest}/checks", "Record what counting the answer against the record gave.",
			func(r record.Record, _ Setting, c subjectaccess.Check) ([]domain.Event, error) {
				return r.AccessRequests.Check(c, uint64(len(r.Entries)))
			}),
		command("subject-access.close", "subject-access-requests/{accessRequest}/closure", "End a request for access.",
			func(r record.Record, _ Setting, c subjectaccess.Close) ([]domain.Event, error) {
				return r.AccessRequests.Close(c)
			}),
		command("subject-access.complain", "subject-access-requests/{accessRequest}/complaints", "Record a complaint about the answer.",
			func(r record.Record, s Setting, c subjectaccess.Complain) ([]domain.Event, error) {
				return r.AccessRequests.Complain(c, s.Pack)
			}),
		command("subject-access.review", "subject-access-requests/{accessRequest}/complaints/{complaint}/review", "Record what a review of the answer found.",
			func(r record.Record, _ Setting, c subjectaccess.Review) ([]domain.Event, error) {
				return r.AccessRequests.Review(c)
			}),
		command("redaction.propose", "redactions", "Propose what of the record to withhold from a reader.",
			func(r record.Record, _ Setting, c redaction.Propose) ([]domain.Event, error) {
				return r.Redactions.Propose(c, uint64(len(r.Entries)), fieldsOf(r))
			}),
		command("redaction.approve", "redactions/{redaction}/approval", "Decide to withhold what somebody else proposed.",
			func(r record.Record, s Setting, c redaction.Approve) ([]domain.Event, error) {
				return r.Redactions.Approve(c, r.Proposer(c.Redaction), s.By)
			}),
		command("redaction.reject", "redactions/{redaction}/rejection", "Decide not to withhold what was proposed.",
			func(r record.Record, _ Setting, c redaction.Reject) ([]domain.Event, error) {
				return r.Redactions.Reject(c)
			}),
		command("bundle.open", "bundles", "Begin a bundle for a court.",
			func(r record.Record, _ Setting, c bundle.Open) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Open(c)
			}),
		command("bundle.scope", "bundles/{bundle}/scope", "Choose which entries of which records a bundle can draw on.",
			func(r record.Record, _ Setting, c bundle.Scope) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Scope(c, uint64(len(r.Entries)))
			}),
		command("bundle.arrange", "bundles/{bundle}/sections", "Decide which documents are relevant, and where in a bundle each stands.",
			func(r record.Record, _ Setting, c bundle.Arrange) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Arrange(c, r.Chronologies)
			}),
		command("bundle.vary", "bundles/{bundle}/variants", "Decide for which readers a bundle is made, and by which redactions.",
			func(r record.Record, _ Setting, c bundle.Vary) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Vary(c, r.Redactions)
			}),
		command("bundle.review", "bundles/{bundle}/review", "Record a look through a bundle that others made.",
			func(r record.Record, s Setting, c bundle.Review) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Review(c, s.By, r.Made(c.Bundle))
			}),
		command("bundle.freeze", "bundles/{bundle}/freezing", "Record what a bundle is of from now on.",
			func(r record.Record, _ Setting, c bundle.Freeze) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Freeze(c)
			}),
		command("bundle.build", "bundles/{bundle}/builds", "Record which file a bundle became for a reader.",
			func(r record.Record, _ Setting, c bundle.Build) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Build(c)
			}),
		command("bundle.supplement", "bundles/{bundle}/supplements", "Add documents that came late to a frozen bundle.",
			func(r record.Record, _ Setting, c bundle.Supplement) ([]domain.Event, error) {
				return r.Bundles.Find(c.Bundle).Supplement(c, r.Chronologies)
			}),
	}
}

// fieldsOf returns what the rules of redactions ask about the entries of a record.
func fieldsOf(r record.Record) redaction.Fields {
	return func(entry uint64) (free, fixed []string) {
		e, _ := r.Entry(entry)
		return ofEvents().partsOf(e)
	}
}

// privatelyFostered is what the rules of private fostering ask about the child.
func privatelyFostered(r record.Record) privatefostering.Child {
	disabilities := r.Person.Disabilities.Fact.Disabilities
	return privatefostering.Child{Born: r.Person.Born.Fact.Happened, Disabled: len(disabilities) > 0 && !slices.Contains(disabilities, "NONE")}
}
