package ssda903

import (
	"errors"
	"reflect"
	"strings"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/identity"
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

// decision compares what a child's rows state with what the record holds, and
// gathers the facts that the record lacks. It works on a fork of the record
// that grows with each fact.
type decision struct {
	records *schema.Records
	of      collection

	record    record.Record
	effective map[claimKey]domain.Entry
	stated    map[claimKey]bool // by this return
	facts     []domain.Fact
	flaws     []Flaw
	refusals  map[string]string // the reasons of the domain, by rule
	err       error
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

func newDecision(records *schema.Records, of collection, on record.Record) *decision {
	d := &decision{records: records, of: of, record: on.Fork(), effective: make(map[claimKey]domain.Entry),
		stated: make(map[claimKey]bool), refusals: make(map[string]string)}
	for _, e := range record.Effective(on.Entries) {
		d.effective[keyOf(e.Event)] = e
	}
	return d
}

// decide takes all claims of a child in their order.
func (d *decision) decide(claims []claim) ([]domain.Fact, error) {
	for _, c := range claims {
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
	events, flags := d.try(d.record, c)
	for _, e := range events {
		key := keyOf(e)
		old, known := d.effective[key]
		again := d.stated[key]
		d.stated[key] = true
		switch {
		case !known:
			d.add(c, e, nil, flags)
		case content(old.Event) == content(e):
		case again:
			d.contradict(c, e, "stated-twice")
		case statedOn(old).After(d.of.last()):
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
		flags = append(flags, domain.Flag{Field: c.placeOf(r.Rule), Rule: r.Rule})
	}
	return events, flags
}

// faults are the faults of a command's members that the return can state. What
// it has no column for is not missing.
func faults(c claim) []domain.Flag {
	var invalid *eventstore.ValidationError
	if !errors.As(eventstore.Validate(c.command), &invalid) {
		return nil
	}
	var flags []domain.Flag
	for _, f := range invalid.Faults {
		column, ok := c.fieldOf(f.Pointer)
		if ok && !(f.Rule == "required" && hasRaw(c.flags, column)) {
			flags = append(flags, domain.Flag{Field: column, Rule: f.Rule})
		}
	}
	return flags
}

func hasRaw(flags []domain.Flag, column string) bool {
	for _, f := range flags {
		if f.Field == column && f.Raw != "" {
			return true
		}
	}
	return false
}

// again records a fact that changes over time: from the reference date on.
func (d *decision) again(c claim) {
	c.command = happening(c.command, d.of.last())
	events, flags := d.try(d.record, c)
	for _, e := range events {
		d.add(c, e, nil, flags)
	}
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

// contradict keeps a claim that does not prevail, so that it is not lost.
func (d *decision) contradict(c claim, e domain.Event, rule string) {
	text := content(e)
	d.keep(claim{row: c.row, flags: append(c.flags[:len(c.flags):len(c.flags)], domain.Flag{Field: c.place(), Rule: rule}),
		kept: &keepsake{id: hashed(e.About(), c.place(), d.of.kind(), text), place: c.place(), text: text}})
}

// keep records a text word for word, unless the record has it so.
func (d *decision) keep(c claim) {
	e := unmapped.Kept{Dated: on(d.of.last()), ID: c.kept.id, Element: c.kept.place, Text: c.kept.text}
	if old, known := d.effective[keyOf(e)]; known && content(old.Event) == content(e) {
		return
	}
	d.add(c, e, nil, c.flags)
}

// withdraw takes out of force what an earlier return stated and this one,
// which carries the same part, does not. What a worker entered stays.
func (d *decision) withdraw(c claim) {
	key := keyOf(c.absent)
	old, known := d.effective[key]
	if !known || !imported(old) || statedOn(old).After(d.of.last()) {
		return
	}
	c.command = correction.EnterInError{Dated: on(d.of.last()), Entry: old.Seq, Reason: noLongerStates}
	c.flags = []domain.Flag{{Field: c.place(), Rule: "withdrawn-by-later-return"}}
	events, flags := d.try(d.record, c)
	for _, e := range events {
		d.add(c, e, nil, flags)
	}
	delete(d.effective, key)
}

// add appends a fact to those to be recorded, and to the record as it grows.
func (d *decision) add(c claim, e domain.Event, corrects *domain.Correction, flags []domain.Flag) {
	for _, f := range flags {
		d.flaws = append(d.flaws, Flaw{File: c.row.file.name, Line: c.row.line, Column: f.Field, Rule: f.Rule, Reason: d.reason(f.Rule)})
	}
	fact := domain.Fact{Event: e, Corrects: corrects, Source: &domain.Source{
		Kind: d.of.kind(), File: c.row.file.sum, Line: c.row.line, StatedOn: d.of.last(), Flags: flags}}
	entry := domain.Entry{Seq: uint64(len(d.record.Entries)) + 1, Event: e,
		Circumstances: domain.Circumstances{Corrects: corrects, Source: fact.Source}}
	d.facts = append(d.facts, fact)
	d.record = d.record.Evolve(entry)
	d.effective[keyOf(e)] = entry
}

// reason says a rule in a sentence: the domain's own, where it was broken.
func (d *decision) reason(rule string) string {
	if own, ok := d.refusals[rule]; ok {
		return own
	}
	return reasonOf(rule)
}

func imported(e domain.Entry) bool {
	return e.Source != nil && strings.HasPrefix(e.Source.Kind, "ssda903/")
}

// statedOn is the day as of which an entry speaks: that of its return, or the
// day on which a worker entered it.
func statedOn(e domain.Entry) domain.Date {
	if e.Source != nil && !e.Source.StatedOn.IsZero() {
		return e.Source.StatedOn
	}
	return domain.DateOf(e.Recorded)
}
