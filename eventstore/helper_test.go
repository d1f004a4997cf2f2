package eventstore_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/group"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
)

// watched is a store in memory that counts what is read of its streams. before
// and after, where set, run around each append, and their errors are what the
// caller sees.
type watched struct {
	*memory.Store
	before, after func(stream string) error
	read          atomic.Int64 // events yielded
}

func newStore() *watched { return &watched{Store: memory.New()} }

func (w *watched) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if w.before != nil {
		if err := w.before(stream); err != nil {
			return 0, err
		}
	}
	position, err := w.Store.Append(ctx, stream, after, events)
	if err == nil && w.after != nil {
		err = w.after(stream)
	}
	return position, err
}

func (w *watched) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range w.Store.ReadStream(ctx, stream, after) {
			w.read.Add(1)
			if !yield(e, err) {
				return
			}
		}
	}
}

// log returns every event of the store.
func (w *watched) log() []eventstore.Recorded {
	var all []eventstore.Recorded
	for e := range w.ReadLog(context.Background(), 0) { // which cannot fail
		all = append(all, e)
	}
	return all
}

// events returns the events of a stream after a revision.
func events(t testing.TB, store eventstore.Store, stream string, after eventstore.Revision) []eventstore.Recorded {
	t.Helper()
	var all []eventstore.Recorded
	for e, err := range store.ReadStream(t.Context(), stream, after) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// said is the event of these tests.
type said struct {
	domain.Dated
	Text string `json:"text"`
}

func (said) About() string { return "" }

// plainCodec writes an entry as the JSON of its parts. Its metadata says where
// the event stands and what comes before it.
type plainCodec struct{}

func link(stream string, at eventstore.Revision, before []byte) []byte {
	return fmt.Appendf(nil, "%s %d %x", stream, at, sha256.Sum256(before))
}

type plain struct {
	Recorded      time.Time
	Circumstances domain.Circumstances
	Said          *said
	Begun         *group.Begun
	Finished      *group.Finished
}

func (c plainCodec) Encode(_ context.Context, after eventstore.Tail, id eventstore.EventID, e domain.Entry) (eventstore.Event, domain.Entry, error) {
	p := plain{Recorded: e.Recorded, Circumstances: e.Circumstances}
	switch ev := e.Event.(type) {
	case said:
		p.Said = &ev
	case group.Begun:
		p.Begun = &ev
	case group.Finished:
		p.Finished = &ev
	default:
		return eventstore.Event{}, domain.Entry{}, fmt.Errorf("%T is unknown", ev)
	}
	data, err := json.Marshal(p)
	if err != nil {
		return eventstore.Event{}, domain.Entry{}, err
	}
	event := eventstore.Event{ID: id, Type: "plain/1", Metadata: link(after.Stream, after.Revision+1, after.Metadata), Data: data}
	read, err := c.Decode(eventstore.Recorded{Stream: after.Stream, Revision: after.Revision + 1, Event: event})
	return event, read, err
}

func (plainCodec) Decode(r eventstore.Recorded) (domain.Entry, error) {
	if place := fmt.Sprintf("%s %d ", r.Stream, r.Revision); !strings.HasPrefix(string(r.Metadata), place) {
		return domain.Entry{}, fmt.Errorf("%q is not the metadata of %s", r.Metadata, place)
	}
	var p plain
	if err := json.Unmarshal(r.Data, &p); err != nil {
		return domain.Entry{}, err
	}
	e := domain.Entry{Seq: uint64(r.Revision), Recorded: p.Recorded, Circumstances: p.Circumstances}
	switch {
	case p.Said != nil:
		e.Event = *p.Said
	case p.Begun != nil:
		e.Event = *p.Begun
	case p.Finished != nil:
		e.Event = *p.Finished
	}
	return e, nil
}

// wantChains checks that every event of the store was encoded onto the one
// before it in its stream, and no earlier than that.
func wantChains(t testing.TB, s *watched) {
	t.Helper()
	tails := make(map[string]eventstore.Tail)
	for _, e := range s.log() {
		before := tails[e.Stream]
		entry, err := plainCodec{}.Decode(e)
		if want := link(e.Stream, e.Revision, before.Metadata); err != nil || string(e.Metadata) != string(want) {
			t.Errorf("stream %s, revision %d: %q, %v; want %q", e.Stream, e.Revision, e.Metadata, err, want)
		}
		if entry.Recorded.Before(before.Recorded) {
			t.Errorf("stream %s, revision %d: recorded before the one before it", e.Stream, e.Revision)
		}
		tails[e.Stream] = eventstore.Tail{Metadata: e.Metadata, Recorded: entry.Recorded}
	}
}

// talk is what a stream says, and the folding of it.
type talk []string

func evolve(t talk, entries ...domain.Entry) talk {
	t = slices.Clone(t)
	for _, e := range entries {
		if s, ok := e.Event.(said); ok {
			t = append(t, s.Text)
		}
	}
	return t
}

var (
	today     = domain.Dated{Happened: domain.MustDate("2026-02-03")}
	worker    = domain.Actor{ID: "w1", Role: "social-worker", Agency: "anytown"}
	authority = domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}
)

// newLedger returns a ledger whose clock stands still and whose ids count.
func newLedger(s eventstore.Store) *eventstore.Ledger {
	var ids atomic.Uint64
	return &eventstore.Ledger{
		Store: s, Codec: plainCodec{},
		Now: func() time.Time { return time.Date(2026, 2, 3, 10, 0, 0, 123456789, time.UTC) },
		NewID: func() eventstore.EventID {
			sum := sha256.Sum256(fmt.Append(nil, ids.Add(1)))
			return eventstore.EventID(sum[:16])
		},
	}
}

// speak is the command of these tests.
type speak struct {
	domain.Dated
	Text string `json:"text" validate:"required,max=20"`
}

func act(stream, request, text string) eventstore.Act {
	return eventstore.Act{Stream: stream, Request: request, Actor: worker, Authority: authority,
		Command: speak{Dated: today, Text: text}}
}

// say decides on saying the texts.
func say(texts ...string) func(talk) ([]domain.Fact, error) {
	return func(talk) ([]domain.Fact, error) {
		var facts []domain.Fact
		for _, text := range texts {
			facts = append(facts, domain.Fact{Event: said{Dated: today, Text: text}})
		}
		return facts, nil
	}
}

func refuse(talk) ([]domain.Fact, error) {
	return nil, domain.Refuse(domain.Rule{Name: "silence", Broken: true, Reason: "Nothing may be said."})
}

func newFolds() *eventstore.Folds[talk] {
	return eventstore.NewFolds(eventstore.DefaultFoldBudget, evolve)
}
