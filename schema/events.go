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
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/batch"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/group"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/settings"
	"caseledger/domain/unmapped"
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

		event[note.Written]("note.written", "A worker wrote a note."),

		event[allocation.Allocated]("allocation.made", "A worker and team hold the case."),
		event[allocation.Ended]("allocation.ended", "A worker and team no longer hold the case."),

		event[access.Released]("access.released", "Content of records was given to somebody."),
		event[access.Denied]("access.denied", "Somebody asked for something and was not given it."),
	}
}
