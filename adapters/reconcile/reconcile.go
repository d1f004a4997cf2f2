// Package reconcile compares what a statutory return states of a person with
// what the record holds, and gathers the facts that the record lacks: new ones,
// corrections of what an earlier return stated otherwise, and, word for word,
// what does not prevail. The adapter of a return reads the file, and says which
// command each statement becomes; this package never reads one, and never drops
// a statement.
package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
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

// Return is a return of a kind and a day.
type Return struct {
	Kind string      // with the year behind a slash: "cin-census/2026"
	On   domain.Date // the day as of which it speaks
	// Content is what an event states of the world, so that two statements can
	// be compared.
	Content func(domain.Event) string
	// Reason says a rule of the return in a sentence.
	Reason func(rule string) string
}

// Claim is one fact that a return states.
type Claim struct {
	Command any
	Flags   []domain.Flag
	File    string // SHA-256 of the file that states it, in hex
	At      Place
}

// Place says where in a return a claim stands. A place is a path:
// "episodes/DECOM".
type Place interface {
	// Name is where it stands.
	Name() string
	// OfRule is what a rule that the claim breaks is about.
	OfRule(rule string) string
	// OfMember is what fills a member of the command, by its JSON Pointer. A
	// member that nothing fills is not asked of an import.
	OfMember(pointer string) (place string, filled bool)
	// Line is the line of a place, from 1.
	Line(place string) int
}

// Flaw is a rule that a statement of the return breaks.
type Flaw struct {
	domain.Flag
	At     Place // of the claim with which it was recorded
	Line   int
	Reason string
}

// Noted is a flag on the line that it is about.
type Noted struct {
	domain.Flag
	Line int
}

// Decision gathers the facts that one record lacks. It works on a fork of the
// record that grows with each fact.
type Decision struct {
	Record record.Record // as it grows
	Facts  []domain.Fact
	Flaws  []Flaw
	Err    error // of the ledger, not of the return

	First []Noted       // flags to be borne by the first fact
	Each  []domain.Flag // flags to be borne by each

	of        Return
	records   *schema.Records
	effective map[Key]domain.Entry
	refusals  map[string]string // the reasons of the domain, by rule
}

// Key is what two events must share to be claims about the same fact.
type Key struct {
	event reflect.Type
	about string
	value string // of identifiers of which a person can have several
}

// KeyOf returns the key of an event.
func KeyOf(e domain.Event) Key {
	key := Key{event: reflect.TypeOf(e), about: e.About()}
	if i, ok := e.(identity.Identified); ok && i.Kind != identity.UPN {
		key.value = i.Value
	}
	return key
}

// New begins to decide on a record.
func New(records *schema.Records, of Return, on record.Record) *Decision {
	d := &Decision{of: of, records: records, Record: on.Fork(), effective: make(map[Key]domain.Entry), refusals: make(map[string]string)}
	for _, e := range record.Effective(on.Entries) {
		d.effective[KeyOf(e.Event)] = e
	}
	return d
}

// Known returns the entry in force that states the same fact as an event.
func (d *Decision) Known(e domain.Event) (domain.Entry, bool) {
	old, known := d.effective[KeyOf(e)]
	return old, known
}

// Same reports whether an entry states what an event states.
func (d *Decision) Same(old domain.Entry, e domain.Event) bool {
	return d.of.Content(old.Event) == d.of.Content(e)
}

// Later reports whether an entry speaks as of a later day than the return.
func (d *Decision) Later(old domain.Entry) bool { return StatedOn(old).After(d.of.On) }

// Try decides a claim on a record. An import records the events in spite of the
// rules against them, which become flags.
func (d *Decision) Try(on record.Record, c Claim) ([]domain.Event, []domain.Flag) {
	flags := append(c.Flags[:len(c.Flags):len(c.Flags)], faults(c)...)
	events, err := d.records.Decide(on, c.Command)
	var refused domain.Refusals
	if err != nil && !errors.As(err, &refused) {
		d.Err = err
	}
	for _, r := range refused {
		d.refusals[r.Rule] = r.Reason
		flags = append(flags, domain.Flag{Field: c.At.OfRule(r.Rule), Rule: r.Rule})
	}
	return events, flags
}

// faults are the faults of a command's members that the return can state. What
// it has no place for is not missing.
func faults(c Claim) []domain.Flag {
	var invalid *eventstore.ValidationError
	if !errors.As(eventstore.Validate(c.Command), &invalid) {
		return nil
	}
	var flags []domain.Flag
	for _, f := range invalid.Faults {
		place, filled := c.At.OfMember(f.Pointer)
		if filled && !(f.Rule == "required" && hasRaw(c.Flags, place)) {
			flags = append(flags, domain.Flag{Field: place, Rule: f.Rule})
		}
	}
	return flags
}

func hasRaw(flags []domain.Flag, place string) bool {
	for _, f := range flags {
		if f.Field == place && f.Raw != "" {
			return true
		}
	}
	return false
}

// Decide decides a claim and adds what comes of it.
func (d *Decision) Decide(c Claim) {
	events, flags := d.Try(d.Record, c)
	for _, e := range events {
		d.Add(c, e, nil, flags)
	}
}

// Again records another state of a fact that changes over time: from the day of
// the return on.
func (d *Decision) Again(c Claim) {
	c.Command = happening(c.Command, d.of.On)
	d.Decide(c)
}

// Correct replaces an entry, decided on the record as if it had never been.
func (d *Decision) Correct(c Claim, old domain.Entry) {
	var flags []domain.Flag
	facts, err := d.Record.Correct(old.Seq, statesOtherwise, func(without record.Record) ([]domain.Event, error) {
		events, broken := d.Try(without, c)
		flags = broken
		return events, nil
	})
	if err != nil {
		d.Err = err
		return
	}
	for _, f := range facts {
		d.Add(c, f.Event, f.Corrects, flags)
	}
}

// Contradict keeps a claim that does not prevail, so that it is not lost.
func (d *Decision) Contradict(c Claim, e domain.Event, rule string) {
	place, text := c.At.Name(), d.of.Content(e)
	c.Flags = append(c.Flags[:len(c.Flags):len(c.Flags)], domain.Flag{Field: place, Rule: rule})
	d.Keep(c, ID(e.About(), place, d.of.On.String(), text), place, text)
}

// Keep records a text of a place word for word, unless the record has it so.
func (d *Decision) Keep(c Claim, id, place, text string) {
	e := unmapped.Kept{Dated: domain.Dated{Happened: d.of.On}, ID: id, Element: place, Text: text}
	if old, known := d.Known(e); known && d.Same(old, e) {
		return
	}
	d.Add(c, e, nil, c.Flags)
}

// Withdraw takes out of force what an earlier return stated and this one, which
// carries the same part, does not: an event of the type, about the same thing.
// What a worker entered stays.
func (d *Decision) Withdraw(c Claim, absent domain.Event) {
	old, known := d.Known(absent)
	if !known || !d.Imported(old) || d.Later(old) {
		return
	}
	c.Command = correction.EnterInError{Dated: domain.Dated{Happened: d.of.On}, Entry: old.Seq, Reason: noLongerStates}
	c.Flags = []domain.Flag{{Field: c.At.Name(), Rule: "withdrawn-by-later-return"}}
	d.Decide(c)
	delete(d.effective, KeyOf(absent))
}

// Note adds those flags of a claim to the flaws that a function picks, where the
// record holds what the claim states and nothing of it is recorded.
func (d *Decision) Note(c Claim, picked func(domain.Flag) bool) {
	for _, f := range c.Flags {
		if picked(f) {
			d.flaw(c.At, c.At.Line(f.Field), f)
		}
	}
}

// FlagsRecorded counts the flags that the facts bear.
func (d *Decision) FlagsRecorded() int {
	n := 0
	for _, f := range d.Facts {
		n += len(f.Source.Flags)
	}
	return n
}

// Add appends a fact to those to be recorded, and to the record as it grows.
func (d *Decision) Add(c Claim, e domain.Event, corrects *domain.Correction, flags []domain.Flag) {
	flags = append(flags[:len(flags):len(flags)], d.Each...)
	for _, f := range flags {
		d.flaw(c.At, c.At.Line(f.Field), f)
	}
	for _, f := range d.First {
		flags = append(flags, f.Flag)
		d.flaw(c.At, f.Line, f.Flag)
	}
	d.First = nil
	fact := domain.Fact{Event: e, Corrects: corrects, Source: &domain.Source{
		Kind: d.of.Kind, File: c.File, Line: c.At.Line(""), StatedOn: d.of.On, Flags: flags}}
	entry := domain.Entry{Seq: uint64(len(d.Record.Entries)) + 1, Event: e,
		Circumstances: domain.Circumstances{Corrects: corrects, Source: fact.Source}}
	d.Facts = append(d.Facts, fact)
	d.Record = d.Record.Evolve(entry)
	d.effective[KeyOf(e)] = entry
}

// flaw notes a flag with its rule in a sentence: the domain's own, where it was
// one of the domain's that was broken.
func (d *Decision) flaw(at Place, line int, f domain.Flag) {
	reason, own := d.refusals[f.Rule]
	if !own {
		reason = d.of.Reason(f.Rule)
	}
	d.Flaws = append(d.Flaws, Flaw{Flag: f, At: at, Line: line, Reason: reason})
}

// Imported reports whether an entry comes from a return of the kind, of
// whichever year.
func (d *Decision) Imported(e domain.Entry) bool {
	family, _, _ := strings.Cut(d.of.Kind, "/")
	return e.Source != nil && strings.HasPrefix(e.Source.Kind, family+"/")
}

// StatedOn is the day as of which an entry speaks: that of its return, or the
// day on which a worker entered it.
func StatedOn(e domain.Entry) domain.Date {
	if e.Source != nil && !e.Source.StatedOn.IsZero() {
		return e.Source.StatedOn
	}
	return domain.DateOf(e.Recorded)
}

// ID returns a short id of a key: the same for the same key.
func ID(key ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(key, "|")))
	return hex.EncodeToString(sum[:8])
}
