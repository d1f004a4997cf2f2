package schema

import (
	"context"
	"strings"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

// Series is several commands given as one act on one record: all of them are
// recorded, in order, or none.
type Series struct {
	Commands []any `json:"commands" validate:"required,min=1,max=100,dive,required"`
}

// DoSeries performs act.Command, a Series, on one record. Each command is
// decided on the record as the ones before it would leave it.
func (r *Records) DoSeries(ctx context.Context, id domain.RecordID, act eventstore.Act, commands ...any) (eventstore.Receipt, error) {
	act.Stream, act.Name, act.Policy, act.Command = Stream(id), r.namesOf(commands), r.Pack.Name(), Series{Commands: commands}
	return eventstore.Update(ctx, r.Ledger, r.Folds, act, func(on record.Record) ([]domain.Fact, error) {
		var facts []domain.Fact
		on = on.Fork()
		for _, command := range commands {
			events, err := r.decideAs(on, act.Actor, command)
			if err != nil {
				return nil, err
			}
			on = ahead(on, act.Actor, events)
			facts = append(facts, domain.Facts(events...)...)
		}
		return facts, nil
	})
}

func (r *Records) namesOf(commands []any) string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = r.nameOf(c)
	}
	return strings.Join(names, " ")
}

// ahead returns the record as it would be with the events recorded by somebody.
func ahead(on record.Record, by domain.Actor, events []domain.Event) record.Record {
	entries := make([]domain.Entry, len(events))
	for i, e := range events {
		entries[i] = domain.Entry{Seq: uint64(len(on.Entries) + i + 1), Circumstances: domain.Circumstances{Actor: by}, Event: e}
	}
	return on.Evolve(entries...)
}
