package eventstore

import (
	"context"
	"slices"
	"time"

	"caseledger/domain"
)

// maxAdopted is how many entries one append takes over.
const maxAdopted = 200

// Adopt appends entries to a stream as another ledger recorded them: their
// circumstances are their own, and Recorded is when this ledger accepts them. It
// decides nothing: whoever calls it has proof of what they say. Entries go in
// several appends, each whole; what was appended before an error stays, and is
// found at the returned tail.
func (l *Ledger) Adopt(ctx context.Context, after Tail, entries []domain.Entry) (Tail, error) {
	for len(entries) > 0 {
		batch := slices.Clone(entries[:min(len(entries), maxAdopted)])
		ids := make([]EventID, len(batch))
		for i := range batch {
			ids[i], batch[i].Recorded = l.NewID(), l.Now().UTC().Truncate(time.Microsecond)
		}
		events, err := l.encodeEntries(ctx, after, ids, batch)
		if err != nil {
			return after, err
		}
		events = fitting(events)
		if _, err := l.Store.Append(ctx, after.Stream, after.Revision, events); err != nil {
			return after, err
		}
		n := len(events)
		after = Tail{Stream: after.Stream, Revision: after.Revision + Revision(n), Metadata: events[n-1].Metadata, Recorded: batch[n-1].Recorded}
		entries = entries[n:]
	}
	return after, nil
}

// fitting returns the first events that go into one append, one at least.
func fitting(events []Event) []Event {
	size := 0
	for i, e := range events {
		if size += len(e.Metadata) + len(e.Data); size > MaxAppendBytes && i > 0 {
			return events[:i]
		}
	}
	return events
}
