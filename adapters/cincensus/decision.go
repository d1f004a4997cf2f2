package cincensus

import (
	"errors"
	"reflect"
	"strings"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/identity"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/unmapped"
	"caseledger/eventstore"
	"caseledger/schema"
)

// What an import says of the entries that it replaces.
const (
	statesOtherwise = "a later return states otherwise"
	noLongerStates  = "a later return no longer states this"
)

// decision compares what a child's return states with what the record holds,
// and gathers the facts that the record lacks. It works on a fork of the
// record that grows with each fact.
type decision struct {
	records *schema.Records
	header  header
	file    string
	repeats bool // the file held this child before
	before  record.Record

	record    record.Record
	effective map[claimKey]domain.Entry
	facts     []domain.Fact
	flaws     []Flaw
	// contradictory: the return states a pupil number and why there is none.
	contradictory bool
	refusals      map[string]string // the reasons of the domain, by rule
	pending       []noted           // of the child, to be carried by its first fact
	err           error
}

// claimKey is what two events must share to be claims about the same fact.
type claimKey struct {
	event reflect.Type
	about string
	value string // of identifiers of which a person can have several
}

func keyOf(e domain.Event) claimKey {
	key := claimKey{event: reflect.TypeOf(e), about: e.About()}
	if i, ok := e.(identity.Identified); ok && i.Kind != identity.UPN {
		key.value = i.Value
	}
	return key
}

func newDecision(records *schema.Records, h header, file string, on record.Record) *decision {
	d := &decision{records: records, header: h, file: file, before: on, record: on.Fork(), effective: make(map[claimKey]domain.Entry), refusals: make(map[string]string)}
	for _, e := range record.Effective(on.Entries) {
		d.effective[keyOf(e.Event)] = e
	}
	return d
}

// decide takes all claims of a child in their order.
func (d *decision) decide(m *mapping) ([]domain.Fact, error) {
	d.pending, d.contradictory = m.flags, m.contradictory
	for _, c := range m.claims {
		switch {
		case c.kept != nil:
			d.keep(c)
		case c.absent != nil:
			d.withdraw(c)
		default:
			d.take(c)
		}
		if d.err != nil {
			return nil, d.err
		}
	}
	return d.facts, nil
}

// take decides one command, and records what the record does not yet say.
func (d *decision) take(c claim) {
	c.command = carryOver(d.record, c.command)
	if change, ok := c.command.(protection.ChangeCategory); ok {
		d.categorise(c, change)
		return
	}
	events, flags := d.try(d.record, c)
	for _, e := range events {
		old, stated := d.effective[keyOf(e)]
		switch {
		case d.overtakes(e, old):
			d.again(c)
		case !stated:
			d.add(c, e, nil, flags)
		case content(old.Event) == content(e):
		case d.repeats:
			d.contradict(c, e, "duplicate-child")
		case statedOn(old).After(d.header.reference):
			d.contradict(c, e, "later-return-states-otherwise")
		case varies(e):
			d.again(c)
		default:
			d.correct(c, old)
		}
	}
}

// try decides a command. An import records the events in spite of the rules
// against them, which become flags.
func (d *decision) try(on record.Record, c claim) ([]domain.Event, []domain.Flag) {
	flags := append(c.flags[:len(c.flags):len(c.flags)], faults(c)...)
	events, err := d.records.Decide(on, c.command)
	var refused domain.Refusals
	if err != nil && !errors.As(err, &refused) {
		d.err = err
	}
	for _, r := range refused {
		d.refusals[r.Rule] = r.Reason
		flags = append(flags, domain.Flag{Field: c.place(), Rule: r.Rule})
	}
	return events, flags
}

// faults are the faults of a command's members that the census can state. What
// it has no element for is not missing.
func faults(c claim) []domain.Flag {
	var invalid *eventstore.ValidationError
	if !errors.As(eventstore.Validate(c.command), &invalid) {
		return nil
	}
	var flags []domain.Flag
	for _, f := range invalid.Faults {
		element, ok := c.fieldOf(f.Pointer)
		if ok && !(f.Rule == "required" && hasRaw(c.flags, element)) {
			flags = append(flags, domain.Flag{Field: element, Rule: f.Rule})
		}
	}
	return flags
}

func hasRaw(flags []domain.Flag, element string) bool {
	for _, f := range flags {
		if f.Field == element && f.Raw != "" {
			return true
		}
	}
	return false
}

// again records a fact that changes over time: from the reference date on.
func (d *decision) again(c claim) {
	c.command = happening(c.command, d.header.reference)
	events, flags := d.try(d.record, c)
	for _, e := range events {
		d.add(c, e, nil, flags)
	}
}

// overtakes reports whether the event is a pupil number, or why there is none,
// where an earlier return or a worker has since old stated the other.
func (d *decision) overtakes(e domain.Event, old domain.Entry) bool {
	var since domain.Date
	if old.Event != nil {
		since = old.Event.HappenedOn()
	}
	if d.contradictory || d.repeats {
		return false
	}
	switch e := e.(type) {
	case identity.Identified:
		for _, m := range d.before.Person.Missing {
			if m.Fact.Kind == e.Kind && d.overtaken(m.Entry, since) {
				return true
			}
		}
	case identity.IdentifierMissing:
		return d.overtaken(d.before.Person.Identifier(e.Kind).Entry, since)
	}
	return false
}

// overtaken reports whether an entry speaks of a day after since, and was
// stated before this return.
func (d *decision) overtaken(seq uint64, since domain.Date) bool {
	other, known := d.before.Entry(seq)
	return known && other.Event.HappenedOn().After(since) && statedOn(other).Before(d.header.reference)
}

// correct replaces an entry, decided on the record as if it had never been.
func (d *decision) correct(c claim, old domain.Entry) {
	var flags []domain.Flag
	facts, err := d.record.Correct(old.Seq, statesOtherwise, func(without record.Record) ([]domain.Event, error) {
		events, broken := d.try(without, c)
		flags = broken
		return events, nil
	})
	if err != nil {
		d.err = err
		return
	}
	for _, f := range facts {
		d.add(c, f.Event, f.Corrects, flags)
	}
}

// categorise records the latest category where it is not the one in force.
func (d *decision) categorise(c claim, change protection.ChangeCategory) {
	plan := d.record.Protection.Find(change.Plan)
	category, seq := plan.LatestCategory()
	if category == change.Category {
		return
	}
	if !d.before.Protection.Find(change.Plan).Registered.IsZero() {
		change.Happened = d.header.reference
		if end := plan.Ended.Fact.Happened; !end.IsZero() && end.Before(change.Happened) {
			change.Happened = end
		}
	}
	c.command = change
	events, flags := d.try(d.record, c)
	old, known := d.record.Entry(seq)
	for _, e := range events {
		switch {
		case known && d.repeats:
			d.contradict(c, e, "duplicate-child")
		case known && statedOn(old).After(d.header.reference):
			d.contradict(c, e, "later-return-states-otherwise")
		default:
			d.add(c, e, nil, flags)
		}
	}
}

// contradict keeps a claim that does not prevail, so that it is not lost.
func (d *decision) contradict(c claim, e domain.Event, rule string) {
	day := d.header.reference.String()
	text := content(e)
	d.keep(claim{line: c.line, path: c.path, flags: append(c.flags[:len(c.flags):len(c.flags)], domain.Flag{Field: c.place(), Rule: rule}),
		kept: &keepsake{id: hashed(string(e.About()), c.place(), day, text), element: c.place(), text: text}})
}

// keep records an element word for word, unless the record has it so.
func (d *decision) keep(c claim) {
	e := unmapped.Kept{Dated: on(d.header.reference), ID: c.kept.id, Element: c.kept.element, Text: c.kept.text}
	if old, known := d.effective[keyOf(e)]; known && content(old.Event) == content(e) {
		return
	}
	d.add(c, e, nil, c.flags)
}

// withdraw takes out of force what an earlier return stated and this one,
// which carries the same part, does not. What a worker entered stays.
func (d *decision) withdraw(c claim) {
	old, stated := d.effective[keyOf(c.absent.like)]
	if !stated || d.repeats || !imported(old) || statedOn(old).After(d.header.reference) || flagged(old, "duplicate-child") {
		return
	}
	c.command = correction.EnterInError{Dated: on(d.header.reference), Entry: old.Seq, Reason: noLongerStates}
	c.flags = []domain.Flag{{Field: c.place(), Rule: "withdrawn-by-later-return"}}
	events, flags := d.try(d.record, c)
	for _, e := range events {
		d.add(c, e, nil, flags)
	}
	delete(d.effective, keyOf(c.absent.like))
}

// add appends a fact to those to be recorded, and to the record as it grows.
func (d *decision) add(c claim, e domain.Event, corrects *domain.Correction, flags []domain.Flag) {
	if d.repeats {
		flags = append(flags[:len(flags):len(flags)], domain.Flag{Field: "Child", Rule: "duplicate-child"})
	}
	for _, f := range flags {
		d.flaw(c.lineOf(f), f)
	}
	for _, f := range d.pending {
		flags = append(flags[:len(flags):len(flags)], f.Flag)
		d.flaw(f.line, f.Flag)
	}
	d.pending = nil
	fact := domain.Fact{Event: e, Corrects: corrects, Source: &domain.Source{
		Kind: d.header.kind(), File: d.file, Line: c.line, StatedOn: d.header.reference, Flags: flags}}
	entry := domain.Entry{Seq: uint64(len(d.record.Entries)) + 1, Event: e,
		Circumstances: domain.Circumstances{Corrects: corrects, Source: fact.Source}}
	d.facts = append(d.facts, fact)
	d.record = d.record.Evolve(entry)
	d.effective[keyOf(e)] = entry
}

func (d *decision) flaw(line int, f domain.Flag) {
	d.flaws = append(d.flaws, Flaw{Line: line, Element: f.Field, Rule: f.Rule, Reason: d.reason(f.Rule)})
}

// reason says a rule in a sentence: the domain's own, where it was broken.
func (d *decision) reason(rule string) string {
	if own, ok := d.refusals[rule]; ok {
		return own
	}
	return reasonOf(rule)
}

// notInReturn counts the imported referrals that the return does not carry.
func (d *decision) notInReturn(carried []string) int {
	in := make(map[string]bool, len(carried))
	for _, id := range carried {
		in[id] = true
	}
	n := 0
	for _, r := range d.before.Referrals {
		received, _ := d.before.Entry(r.Received.Entry)
		if !in[string(r.ID)] && imported(received) {
			n++
		}
	}
	return n
}

func imported(e domain.Entry) bool {
	return e.Source != nil && strings.HasPrefix(e.Source.Kind, "cin-census/")
}

func flagged(e domain.Entry, rule string) bool {
	for _, f := range e.Source.Flags {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

// statedOn is the day as of which an entry speaks: that of its return, or the
// day on which a worker entered it.
func statedOn(e domain.Entry) domain.Date {
	if e.Source != nil && !e.Source.StatedOn.IsZero() {
		return e.Source.StatedOn
	}
	return domain.DateOf(e.Recorded)
}
