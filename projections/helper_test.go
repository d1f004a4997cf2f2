package projections_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
	"caseledger/schema"
)

// spaced is a store whose positions are not consecutive, as those of a store
// need not be: 10, 20, 30 …
type spaced struct{ *memory.Store }

func newStore() spaced { return spaced{memory.New()} }

func (s spaced) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	at, err := s.Store.Append(ctx, stream, after, events)
	return 10 * at, err
}

func (s spaced) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return apart(s.Store.ReadStream(ctx, stream, after))
}

func (s spaced) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return apart(s.Store.ReadLog(ctx, after/10))
}

func (s spaced) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return apart(s.Store.Follow(ctx, after/10))
}

func apart(all iter.Seq2[eventstore.Recorded, error]) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range all {
			e.Position *= 10
			if !yield(e, err) {
				return
			}
		}
	}
}

// meanwhile is a store that lets something else happen whenever an event of it
// is read.
type meanwhile struct {
	spaced
	happens func()
}

func (m meanwhile) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return m.watched(m.spaced.ReadLog(ctx, after))
}

func (m meanwhile) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return m.watched(m.spaced.ReadStream(ctx, stream, after))
}

func (m meanwhile) watched(all iter.Seq2[eventstore.Recorded, error]) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range all {
			m.happens()
			if !yield(e, err) {
				return
			}
		}
	}
}

// codec seals what the ledgers of these tests hold.
var codec = schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader}

// moment is the time of an entry: each comes a minute after the one before.
func moment(n int) time.Time {
	return time.Date(2024, 1, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}

// ledger is a store being written to by a test.
type ledger struct {
	t       testing.TB
	store   spaced
	tails   map[string]eventstore.Tail
	entries int  // at the next minute each
	written int  // all entries
	salt    byte // tells the ids of two ledgers apart
}

func newLedger(t testing.TB) *ledger {
	return &ledger{t: t, store: newStore(), tails: make(map[string]eventstore.Tail)}
}

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
	l.written++
	id, after := eventstore.EventID{l.salt}, l.tails[stream]
	after.Stream = stream
	binary.BigEndian.PutUint64(id[8:], uint64(l.written))
	e, _, err := codec.Encode(context.Background(), after, id, domain.Entry{Recorded: at, Circumstances: c, Event: f.Event})
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.store.Append(context.Background(), stream, after.Revision, []eventstore.Event{e}); err != nil {
		l.t.Fatal(err)
	}
	l.tails[stream] = eventstore.Tail{Revision: after.Revision + 1, Metadata: e.Metadata, Recorded: at}
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

// trial is a test while one of its random cases is tried: what the case opens
// is closed at its end.
type trial struct {
	testing.TB
	random *rapid.T
}

func (t trial) Cleanup(f func()) { t.random.Cleanup(f) }

func open(t testing.TB) *projections.DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "read models.db"))
}

// openAt opens the read models of a path: the file there or, on PostgreSQL, the
// schema that stands for it.
func openAt(t testing.TB, path string) *projections.DB {
	t.Helper()
	if !onPostgres {
		return openFile(t, path)
	}
	db, err := projections.OpenPostgres(ctx, dsnOf(t, path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func openFile(t testing.TB, path string) *projections.DB {
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

// rebuilt returns read models of all projections as a rebuild makes them.
func rebuilt(t testing.TB, l *ledger) *projections.DB {
	t.Helper()
	db := open(t)
	r := runner(t, db, l.store, projections.All()...)
	r.SetRebuildFrom(0)
	if err := r.CatchUp(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	return db
}

func date(s string) domain.Date { return domain.MustDate(s) }

func on(s string) domain.Dated { return domain.Dated{Happened: date(s)} }
