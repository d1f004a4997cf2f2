package otlp

import (
	"context"
	"iter"

	"caseledger/eventstore"
)

// Store returns a store whose appends and followers are spans that name the
// ledger; the store itself where t makes none.
func (t *Tracer) Store(s eventstore.Store, ledger string) eventstore.Store {
	if t == nil {
		return s
	}
	return traced{s, t, ledger}
}

type traced struct {
	eventstore.Store
	tracer *Tracer
	ledger string
}

// Append implements eventstore.Store.
func (s traced) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	ctx, span := s.tracer.Start(ctx, "append", s.ledger)
	span.Count(len(events))
	at, err := s.Store.Append(ctx, stream, after, events)
	span.End(err)
	return at, err
}

// Follow implements eventstore.Store.
func (s traced) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		ctx, span := s.tracer.Start(ctx, "follow", s.ledger)
		n, failed := 0, error(nil)
		defer func() { span.Count(n); span.End(failed) }()
		for e, err := range s.Store.Follow(ctx, after) {
			if n++; err != nil && ctx.Err() == nil {
				failed = err
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
