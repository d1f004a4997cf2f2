package projections

import (
	"container/list"
	"context"
	"fmt"
	"slices"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

// foldBudget bounds the stored bytes behind the records kept in memory; folded
// they take about four times as much.
const foldBudget = 16 << 20

// folds keeps folded records, so that a stream is not read again for each of
// its events. The ones longest unused are dropped. It belongs to one goroutine.
type folds struct {
	store  eventstore.Store
	codec  eventstore.Codec
	budget int

	kept   map[string]*list.Element // of *keptRecord
	recent *list.List               // most recently used first
	bytes  int
}

type keptRecord struct {
	stream string
	state  record.Record
	bytes  int
}

func newFolds(store eventstore.Store, codec eventstore.Codec, budget int) *folds {
	return &folds{store: store, codec: codec, budget: budget, kept: make(map[string]*list.Element), recent: list.New()}
}

// evolve returns the record before and after new entries, which took size
// bytes in the store.
func (f *folds) evolve(ctx context.Context, stream string, fresh []domain.Entry, size int) (before, after record.Record, err error) {
	one := f.use(stream)
	read, err := f.rewind(ctx, one, fresh[0].Seq-1)
	if err != nil {
		return before, after, err
	}
	before = one.state
	one.state = one.state.Evolve(fresh...)
	f.charge(one, read+size)
	return before, one.state, nil
}

// rewind brings a kept record to a revision: back, where a transaction was
// lost after the record had been folded, or forward by reading the store.
func (f *folds) rewind(ctx context.Context, one *keptRecord, to uint64) (read int, err error) {
	have := uint64(len(one.state.Entries))
	if have > to {
		one.state = prefix(one.state, to)
		return 0, nil
	}
	if have == to {
		return 0, nil
	}
	var missing []domain.Entry
	for e, err := range f.store.ReadStream(ctx, one.stream, eventstore.Revision(have)) {
		if err != nil {
			return 0, fmt.Errorf("stream %s: %w", one.stream, err)
		}
		if uint64(e.Revision) > to {
			break
		}
		entry, err := f.codec.Decode(e)
		if err != nil {
			return 0, fmt.Errorf("position %d: stream %s: %w", e.Position, one.stream, err)
		}
		missing = append(missing, entry)
		read += len(e.Metadata) + len(e.Data)
	}
	if got := have + uint64(len(missing)); got != to {
		return 0, fmt.Errorf("stream %s: has %d events where the log has %d", one.stream, got, to)
	}
	one.state = one.state.Evolve(missing...)
	return read, nil
}

// prefix returns the record as of its first n entries. It shares no memory that
// evolving it would write to.
func prefix(r record.Record, n uint64) record.Record {
	return record.Fold(slices.Clip(r.Entries[:n]))
}

func (f *folds) use(stream string) *keptRecord {
	if element, ok := f.kept[stream]; ok {
		f.recent.MoveToFront(element)
		return element.Value.(*keptRecord)
	}
	one := &keptRecord{stream: stream}
	f.kept[stream] = f.recent.PushFront(one)
	return one
}

func (f *folds) charge(one *keptRecord, bytes int) {
	one.bytes += bytes
	f.bytes += bytes
	for f.bytes > f.budget && f.recent.Len() > 1 {
		oldest := f.recent.Remove(f.recent.Back()).(*keptRecord)
		delete(f.kept, oldest.stream)
		f.bytes -= oldest.bytes
	}
}
