package schema

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the day of a council's act must not depend on the machine

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

const recordPrefix = "record-"

// Stream returns the stream of a record.
func Stream(id domain.RecordID) string { return recordPrefix + string(id) }

// RecordOf returns the record whose stream it is, and whether it is one.
func RecordOf(stream string) (domain.RecordID, bool) {
	id, ok := strings.CutPrefix(stream, recordPrefix)
	return domain.RecordID(id), ok
}

// Records is a ledger of persons' records: commands go in, entries come out.
type Records struct {
	Ledger *eventstore.Ledger
	Folds  *eventstore.Folds[record.Record]
	Pack   policy.Pack
	Forms  *Forms // those that come with the program, unless set otherwise
	byType map[reflect.Type]Command
	byName map[string]Command
	zone   *time.Location
}

// NewRecords returns the records of a ledger under a nation's rules.
func NewRecords(l *eventstore.Ledger, pack policy.Pack) (*Records, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	forms, err := NewForms()
	if err != nil {
		return nil, err
	}
	r := &Records{
		Ledger: l, Pack: pack, Forms: forms, zone: zone,
		Folds:  eventstore.NewFolds(eventstore.DefaultFoldBudget, record.Record.Evolve),
		byType: make(map[reflect.Type]Command), byName: make(map[string]Command),
	}
	for _, c := range Commands() {
		r.byType[c.Go], r.byName[c.Name] = c, c
	}
	return r, nil
}

// Setting returns the rules and the day, in the United Kingdom, of now.
func (r *Records) Setting() Setting {
	now := r.Ledger.Now()
	return Setting{Pack: r.Pack, Forms: r.Forms, Today: domain.DateOf(now.In(r.zone)), Now: now}
}

// Named returns the command with the name.
func (r *Records) Named(name string) (Command, bool) {
	c, ok := r.byName[name]
	return c, ok
}

// Load returns a record as it is now, and its revision.
func (r *Records) Load(ctx context.Context, id domain.RecordID) (record.Record, eventstore.Revision, error) {
	at, err := r.Folds.Load(ctx, r.Ledger, Stream(id))
	return at.State.Fork(), at.Revision, err
}

// Decide returns what the command would record, and the rules against it, where
// nobody knows who acts.
func (r *Records) Decide(on record.Record, command any) ([]domain.Event, error) {
	return r.decideAs(on, domain.Actor{}, command)
}

func (r *Records) decideAs(on record.Record, by domain.Actor, command any) ([]domain.Event, error) {
	c, ok := r.byType[reflect.TypeOf(command)]
	if !ok {
		return nil, fmt.Errorf("command %T is not in the catalogue", command)
	}
	setting := r.Setting()
	setting.By, setting.Role = by.ID, by.Role
	return c.Decide(on, setting, command)
}

// Do performs act.Command on one record. See eventstore.Update for errors.
func (r *Records) Do(ctx context.Context, id domain.RecordID, act eventstore.Act) (eventstore.Receipt, error) {
	act.Stream, act.Name, act.Policy = Stream(id), r.nameOf(act.Command), r.Pack.Name()
	return eventstore.Update(ctx, r.Ledger, r.Folds, act, r.decide(act.Command, act.Actor))
}

// DoAll performs one act on several records, whole or not at all. The parts'
// streams are made of the records' ids.
func (r *Records) DoAll(ctx context.Context, group string, acts map[domain.RecordID]eventstore.Act) ([]eventstore.Receipt, error) {
	var parts []eventstore.Part[record.Record]
	for _, id := range slices.Sorted(maps.Keys(acts)) { // in one order, so that a repeat is the same act
		act := acts[id]
		act.Stream, act.Name, act.Policy = Stream(id), r.nameOf(act.Command), r.Pack.Name()
		parts = append(parts, eventstore.Part[record.Record]{Act: act, Decide: r.decide(act.Command, act.Actor)})
	}
	return eventstore.UpdateAll(ctx, r.Ledger, r.Folds, group, parts)
}

func (r *Records) nameOf(command any) string { return r.byType[reflect.TypeOf(command)].Name }

// decide returns what decides on a command or a Correction by somebody.
func (r *Records) decide(command any, by domain.Actor) func(record.Record) ([]domain.Fact, error) {
	if c, ok := command.(Correction); ok {
		return func(on record.Record) ([]domain.Fact, error) {
			return on.Correct(c.Entry, c.Reason, func(without record.Record) ([]domain.Event, error) {
				return r.decideAs(without, by, c.Command)
			})
		}
	}
	return func(on record.Record) ([]domain.Fact, error) {
		events, err := r.decideAs(on.Fork(), by, command)
		if err != nil {
			return nil, err
		}
		return domain.Facts(events...), nil
	}
}

// Try returns what a command or a Correction by somebody would record now, and
// the revision on which that was decided. It records nothing and validates nothing.
func (r *Records) Try(ctx context.Context, id domain.RecordID, by domain.Actor, command any) ([]domain.Fact, eventstore.Revision, error) {
	on, at, err := r.Load(ctx, id)
	if err != nil {
		return nil, at, err
	}
	facts, err := r.decide(command, by)(on)
	return facts, at, err
}

// Correction replaces an entry by what another command records.
type Correction struct {
	Entry   uint64 `json:"entry" validate:"required"`
	Reason  string `json:"reason" validate:"required,max=500"`
	Command any    `json:"command" validate:"required"`
}

// Correct performs a correction, given as act.Command, on one record.
func (r *Records) Correct(ctx context.Context, id domain.RecordID, act eventstore.Act) (eventstore.Receipt, error) {
	c, ok := act.Command.(Correction)
	if !ok {
		return eventstore.Receipt{}, fmt.Errorf("command %T is no correction", act.Command)
	}
	act.Stream, act.Name, act.Policy = Stream(id), "entry.correct "+r.nameOf(c.Command), r.Pack.Name()
	return eventstore.Update(ctx, r.Ledger, r.Folds, act, r.decide(c, act.Actor))
}
