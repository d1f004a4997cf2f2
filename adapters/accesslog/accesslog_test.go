package accesslog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

// rig is an access ledger in memory with a clock that can be set.
type rig struct {
	*eventstore.Ledger
	now time.Time
}

func newRig() *rig {
	r := &rig{now: time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)}
	r.Ledger = &eventstore.Ledger{
		Store: memory.New(), Now: func() time.Time { return r.now },
		Codec: schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/access", Random: rand.Reader},
		NewID: func() (id eventstore.EventID) { rand.Read(id[:]); return id },
	}
	return r
}

// run lets a log write until the function it returns is called.
func run(l *Log) func() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { l.Run(ctx); close(ended) }()
	return func() { cancel(); <-ended }
}

func by(caller string) domain.Circumstances {
	return domain.Circumstances{Actor: domain.Actor{ID: caller, Role: "manager", Agency: "anytown"}, Authority: domain.Authority{Purpose: "assessment"}}
}

func seen(record string) access.Released {
	return access.Released{Dated: domain.Dated{Happened: domain.MustDate("2026-11-22")}, Operation: "record.read", Subject: record, Rows: 1}
}

func search(t *testing.T, r *rig, q Query) []Row {
	t.Helper()
	if q.From.IsZero() {
		q.From, q.To = domain.MustDate("2026-11-22"), domain.MustDate("2026-11-23")
	}
	rows, err := Search(t.Context(), r.Ledger, q)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestWhatManyRecordAtOnceIsThereWhenTheyAreTold(t *testing.T) {
	r := newRig()
	l := New(r.Ledger)
	stop := run(l)
	defer stop()
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if err := l.Record(t.Context(), by("m-1"), seen(fmt.Sprintf("r%d", i))); err != nil {
				t.Error(err)
			}
			if len(search(t, r, Query{Record: fmt.Sprintf("r%d", i)})) != 1 {
				t.Errorf("r%d is not there", i)
			}
		})
	}
	all.Wait()
	for i, row := range search(t, r, Query{}) {
		if row.Entry != uint64(i+1) {
			t.Fatalf("entry %d stands in place %d", row.Entry, i+1)
		}
	}
}

func TestEachDayHasAStreamOfItsOwnAndALogGoesOnWhereTheLastOneEnded(t *testing.T) {
	r := newRig()
	for i, day := range []string{"2026-11-22", "2026-11-22", "2026-11-23", "2026-11-23"} {
		if i == 2 {
			r.now = r.now.Add(2 * time.Minute)
		}
		if i == 3 {
			r.now = r.now.Add(-30 * time.Second) // the clock was set back, within the day
		}
		l := New(r.Ledger)
		stop := run(l)
		if err := l.Record(t.Context(), by("m-1"), seen("r1")); err != nil {
			t.Fatal(err)
		}
		stop()
		rows := search(t, r, Query{From: domain.MustDate(day), To: domain.MustDate(day)})
		if len(rows) != i%2+1 || rows[len(rows)-1].Entry != uint64(i%2+1) {
			t.Errorf("%s: %+v", day, rows)
		}
		if rows[len(rows)-1].Recorded.Before(rows[0].Recorded) {
			t.Error("time runs backwards")
		}
	}
}

// failing is a store that does not append.
type failing struct{ eventstore.Store }

func (failing) Append(context.Context, string, eventstore.Revision, []eventstore.Event) (eventstore.Position, error) {
	return 0, errors.New("the disk is full")
}

func TestAnEntryThatCouldNotBeWrittenIsToldAndTheNextOneIs(t *testing.T) {
	r := newRig()
	sound := r.Store
	r.Store = failing{sound}
	l := New(r.Ledger)
	stop := run(l)
	defer stop()
	if err := l.Record(t.Context(), by("m-1"), seen("r1")); err == nil {
		t.Error("it was not told")
	}
	r.Store = sound
	if err := l.Record(t.Context(), by("m-1"), seen("r2")); err != nil {
		t.Error(err)
	}
	stop()
	if err := l.Record(t.Context(), by("m-1"), seen("r3")); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestAReportCounts(t *testing.T) {
	r := newRig()
	l := New(r.Ledger)
	stop := run(l)
	defer stop()
	list := seen("")
	list.Records = []string{"r1", "r2"}
	for _, e := range []domain.Event{seen("r1"), seen("r1"), list, access.Denied{Operation: "record.read", Subject: "r3", Reason: "forbidden"}} {
		if err := l.Record(t.Context(), by("m-1"), e); err != nil {
			t.Fatal(err)
		}
	}
	day := domain.MustDate("2026-11-22")
	got := fmt.Sprint(Report(All(t.Context(), r.Ledger, Query{From: day, To: day, Caller: "m-1"})))
	if want := "[{m-1 manager record.read forbidden 1 1} {m-1 manager record.read released 3 2}] <nil>"; got != want {
		t.Error(got)
	}
	if rows := search(t, r, Query{Record: "r2"}); len(rows) != 1 {
		t.Errorf("of a list: %+v", rows)
	}
}
