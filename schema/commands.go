package schema

import (
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
)

// Setting is what a decision needs to know beside the record: whose rules, and
// what day it is.
type Setting struct {
	Pack  policy.Pack
	Today domain.Date
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
			return events, both(err, r.Allow(events, s.Today))
		},
	}
}

// both joins the refusals of two checks; any other error stands alone.
func both(part, whole error) error {
	a, ok := part.(domain.Refusals)
	if part != nil && !ok {
		return part
	}
	b, _ := whole.(domain.Refusals)
	if all := append(a[:len(a):len(a)], b...); len(all) > 0 {
		return all
	}
	return nil
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
				return r.Enquiries.Start(c, r.Referrals.Find(c.Referral), s.Pack)
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
				return r.Protection.Register(c, r.Referrals.Find(c.Referral), r.Conferred(c.Referral, c.Happened), s.Pack)
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
			func(r record.Record, _ Setting, c protection.End) ([]domain.Event, error) { return r.Protection.End(c) }),

		command("note.write", "notes", "Write a note.",
			func(r record.Record, _ Setting, c note.Write) ([]domain.Event, error) { return r.Notes.Write(c) }),

		command("allocation.make", "allocations", "Give the case to a worker and team.",
			func(r record.Record, _ Setting, c allocation.Allocate) ([]domain.Event, error) {
				return r.Allocations.Allocate(c)
			}),
		command("allocation.end", "allocations/{allocation}/end", "End an allocation.",
			func(r record.Record, _ Setting, c allocation.End) ([]domain.Event, error) {
				return r.Allocations.End(c)
			}),

		command("entry.enter-in-error", "entries/{entry}/error", "Take an entry out of force that was written in error.",
			func(r record.Record, _ Setting, c correction.EnterInError) ([]domain.Event, error) {
				return r.EnterInError(c)
			}),
	}
}
