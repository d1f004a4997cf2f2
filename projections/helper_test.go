package projections_test

import (
	"context"
	"encoding/binary"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/projections"
	"caseledger/schema"
)

// sliceStore is a store in memory, for one writer.
type sliceStore struct {
	mu      sync.Mutex
	log     []eventstore.Recorded
	streams map[string][]int
	grown   chan struct{}
}

func newStore() *sliceStore {
	return &sliceStore{streams: make(map[string][]int), grown: make(chan struct{})}
}

func (s *sliceStore) Append(_ context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if actual := eventstore.Revision(len(s.streams[stream])); actual != after {
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: actual}
	}
	for _, e := range events {
		after++
		s.streams[stream] = append(s.streams[stream], len(s.log))
		s.log = append(s.log, eventstore.Recorded{Stream: stream, Revision: after, Position: eventstore.Position(10 * (len(s.log) + 1)), Event: e})
	}
	close(s.grown)
	s.grown = make(chan struct{})
	return s.log[len(s.log)-1].Position, nil
}

func (s *sliceStore) at(i int) (eventstore.Recorded, bool, chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i < len(s.log) {
		return s.log[i], true, s.grown
	}
	return eventstore.Recorded{}, false, s.grown
}

func (s *sliceStore) ReadStream(_ context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	s.mu.Lock()
	places := s.streams[stream]
	s.mu.Unlock()
	return func(yield func(eventstore.Recorded, error) bool) {
		for _, i := range places[min(int(after), len(places)):] {
			if e, _, _ := s.at(i); !yield(e, nil) {
				return
			}
		}
	}
}

func (s *sliceStore) ReadLog(_ context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for i := int(after) / 10; ; i++ {
			e, ok, _ := s.at(i)
			if !ok || !yield(e, nil) {
				return
			}
		}
	}
}

func (s *sliceStore) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for i := int(after) / 10; ; {
			e, ok, grown := s.at(i)
			if ok {
				i++
				if !yield(e, nil) {
					return
				}
				continue
			}
			select {
			case <-grown:
			case <-ctx.Done():
				yield(eventstore.Recorded{}, ctx.Err())
				return
			}
		}
	}
}

// meanwhile is a store while whose log is read something else happens.
type meanwhile struct {
	*sliceStore
	happens func()
}

func (m meanwhile) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range m.sliceStore.ReadLog(ctx, after) {
			m.happens()
			if !yield(e, err) {
				return
			}
		}
	}
}

var codec = schema.NewCodec(schema.Events())

// moment is the time of an entry: each comes a minute after the one before.
func moment(n int) time.Time {
	return time.Date(2024, 1, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}

// ledger is a store being written to by a test.
type ledger struct {
	t       testing.TB
	store   *sliceStore
	entries int
	salt    byte // tells the ids of two ledgers apart
}

func newLedger(t testing.TB) *ledger { return &ledger{t: t, store: newStore()} }

// circumstances are those of every entry of these tests.
func circumstances() domain.Circumstances {
	return domain.Circumstances{
		Actor:     domain.Actor{ID: "worker-7", Role: "social-worker", Agency: "anytown-childrens-services"},
		Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"},
		Request:   "request-1",
	}
}

// write appends facts to a stream, each at the next minute.
func (l *ledger) write(stream string, facts ...domain.Fact) {
	l.t.Helper()
	for _, f := range facts {
		l.entries++
		l.writeAt(moment(l.entries), stream, f)
	}
}

func (l *ledger) writeAt(at time.Time, stream string, f domain.Fact) {
	l.t.Helper()
	c := circumstances()
	c.Corrects, c.Source = f.Corrects, f.Source
	e, err := codec.Encode(domain.Entry{Recorded: at, Circumstances: c, Event: f.Event})
	if err != nil {
		l.t.Fatal(err)
	}
	e.ID[0] = l.salt
	binary.BigEndian.PutUint64(e.ID[8:], uint64(len(l.store.log)+1))
	if _, err := l.store.Append(context.Background(), stream, eventstore.Revision(len(l.store.streams[stream])), []eventstore.Event{e}); err != nil {
		l.t.Fatal(err)
	}
}

// events appends events that correct nothing.
func (l *ledger) events(id domain.RecordID, events ...domain.Event) {
	l.t.Helper()
	l.write(schema.Stream(id), domain.Facts(events...)...)
}

// load reads a record from the store.
func (l *ledger) load(_ context.Context, id domain.RecordID) (record.Record, error) {
	var all []domain.Entry
	for e := range l.store.ReadStream(context.Background(), schema.Stream(id), 0) {
		entry, err := codec.Decode(e)
		if err != nil {
			return record.Record{}, err
		}
		all = append(all, entry)
	}
	return record.Fold(all), nil
}

func open(t testing.TB) *projections.DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "read models.db"))
}

func openAt(t testing.TB, path string) *projections.DB {
	t.Helper()
	db, err := projections.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func runner(t testing.TB, db *projections.DB, store eventstore.Store, all ...projections.Projection) *projections.Runner {
	t.Helper()
	r, err := projections.NewRunner(db, store, codec, all)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// caughtUp returns read models of all projections at the end of the log.
func caughtUp(t testing.TB, l *ledger) *projections.DB {
	t.Helper()
	db := open(t)
	if err := runner(t, db, l.store, projections.All()...).CatchUp(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	return db
}

func date(s string) domain.Date { return domain.MustDate(s) }

func on(s string) domain.Dated { return domain.Dated{Happened: date(s)} }
