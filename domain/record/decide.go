package record

import (
	"reflect"
	"slices"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/protection"

	"caseledger/domain/contact"
	"caseledger/domain/privatefostering"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/visit"

	"caseledger/domain/breakglass"
	"caseledger/domain/capacity"
	"caseledger/domain/discharge"
	"caseledger/domain/needs"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"

	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/disclosure"
	"caseledger/domain/redaction"
	"caseledger/domain/subjectaccess"
)

// Allow checks the rules that hold for every event of a record, whatever its
// part: the record must be open, and nothing happens after today, before birth
// or after death.
func (r Record) Allow(events []domain.Event, today domain.Date) error {
	var broken domain.Refusals
	for _, e := range events {
		if refused, ok := r.allow(e, today).(domain.Refusals); ok {
			broken = append(broken, refused...)
		}
	}
	if broken == nil {
		return nil
	}
	return broken
}

func (r Record) allow(e domain.Event, today domain.Date) error {
	day := e.HappenedOn()
	_, registers := e.(identity.Registered)
	_, aboutPerson := e.(identity.Event)
	born, died := r.Person.Born.Fact.Happened, r.Person.Died.Fact.Happened
	return domain.Refuse(
		domain.Rule{Name: "not-registered", Broken: !registers && r.Person.Registered.IsZero(),
			Reason: "The record is not open: register the person first."},
		domain.Rule{Name: "in-the-future", Broken: day.After(today),
			Reason: "The day lies in the future: what has not happened yet cannot be recorded as happened."},
		domain.Rule{Name: "before-birth", Broken: !aboutPerson && !born.IsZero() && !day.IsZero() && day.Before(born) && r.Person.Expected.IsZero(),
			Reason: "The day lies before the person's birth."},
		domain.Rule{Name: "after-death", Broken: startsWork(e) && !died.IsZero() && day.After(died),
			Reason: "The day lies after the person's death."},
		domain.Rule{Name: "identity-parted", Broken: !staysBehind(e) && r.partedBefore(day),
			Reason: "The child goes on under a new identity: what happened since is recorded there."})
}

// partedBefore reports whether the child had gone on under a new identity before
// the day. An event without a day may be one of the time before.
func (r Record) partedBefore(day domain.Date) bool {
	parted := r.Adoptions.Parted()
	return !parted.IsZero() && day.After(parted.Fact.Happened)
}

// staysBehind reports whether an event belongs to the record of a child who has
// gone on under a new identity: what is about that record itself.
func staysBehind(e domain.Event) bool {
	switch e.(type) {
	case restriction.Event, correction.EnteredInError, adoption.Event, chronology.Event, redaction.Event, bundle.Event, subjectaccess.Event, disclosure.Event:
		return true
	}
	return false
}

// startsWork reports whether the event begins work with a living person.
func startsWork(e domain.Event) bool {
	switch e.(type) {
	case assessment.Started, cinplan.Started, protection.Registered, lookedafter.EpisodeBegan:
		return true
	case contact.HelpStarted, privatefostering.Notified, temporary.Entered, visit.Made:
		return true
	case needs.Started, support.Agreed, support.ServiceStarted, support.PaymentStarted, safeguarding.PlanAgreed, transition.Planned, capacity.Assessed, capacity.LibertyRequested, discharge.Noticed:
		return true
	case subjectaccess.Received: // what is recorded of the dead is asked for under another law
		return true
	}
	return false
}

// Correct replaces an entry of the record by what decide returns, decided on
// the record as it would be had the fact never been written down. Exactly one
// event of the same type about the same thing can take its place.
func (r Record) Correct(seq uint64, reason string, decide func(Record) ([]domain.Event, error)) ([]domain.Fact, error) {
	old, found := r.Entry(seq)
	if err := r.correctable(seq, old, found); err != nil {
		return nil, err
	}
	events, err := decide(r.without(seq))
	if err != nil {
		return nil, err
	}
	same := len(events) == 1 && reflect.TypeOf(events[0]) == reflect.TypeOf(old.Event) && events[0].About() == old.Event.About()
	if err := domain.Refuse(domain.Rule{Name: "correction-of-another-fact", Broken: !same,
		Reason: "A correction must state the same kind of fact about the same thing."}); err != nil {
		return nil, err
	}
	return []domain.Fact{{Event: events[0], Corrects: &domain.Correction{Entry: seq, Reason: reason}}}, nil
}

// EnterInError decides on taking an entry out of force.
func (r Record) EnterInError(c correction.EnterInError) ([]domain.Event, error) {
	old, found := r.Entry(c.Entry)
	return []domain.Event{correction.EnteredInError{Dated: c.Dated, Entry: c.Entry, Reason: c.Reason}},
		r.correctable(c.Entry, old, found)
}

func (r Record) correctable(seq uint64, old domain.Entry, found bool) error {
	inForce, _ := r.InForce(seq)
	_, stands := old.Event.(breakglass.Event)
	step, isStep := old.Event.(bundle.Event)
	_, withholds := old.Event.(redaction.Event)
	return domain.Refuse(
		domain.Rule{Name: "entry-unknown", Broken: !found, Reason: "No entry with this number is on the record."},
		domain.Rule{Name: "entry-not-in-force", Broken: found && !inForce,
			Reason: "The entry has already been corrected or entered in error; name the one in force."},
		domain.Rule{Name: "break-glass-stands", Broken: stands,
			Reason: "That the record was opened in an emergency, and what a review found, stands as it was recorded."},
		domain.Rule{Name: "redaction-stands", Broken: withholds,
			Reason: "What was proposed and decided about a redaction stands as it was recorded: propose another under another id."},
		domain.Rule{Name: "bundle-stands", Broken: isStep && !r.Bundles.Find(step.Of()).Frozen.IsZero(),
			Reason: "The bundle is frozen: every step towards it stands as it was recorded."})
}

// without returns the record as it would be without the fact that the entry
// states: also without the entries that it corrected.
func (r Record) without(seq uint64) Record {
	rest := slices.DeleteFunc(Effective(r.Entries), func(e domain.Entry) bool { return e.Seq == seq })
	return told(slices.Clip(r.Entries), rest)
}
