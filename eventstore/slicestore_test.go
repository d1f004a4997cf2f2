package eventstore_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/group"
	"caseledger/eventstore"
)

// sliceStore keeps its log in a slice. before and after, where set, run without
// a lock around each append, and their errors are what the caller sees.
type sliceStore struct {
	before, after func(stream string) error
	read          atomic.Int64 // events yielded

	mu  sync.Mutex
	log []eventstore.Recorded
	at  map[string][]int // of each stream: where its events are
}

func (s *sliceStore) Append(_ context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if s.before != nil {
		if err := s.before(stream); err != nil {
			return 0, err
		}
	}
	position, err := s.append(stream, after, events)
	if err == nil && s.after != nil {
		err = s.after(stream)
	}
	return position, err
}

func (s *sliceStore) append(stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if err := eventstore.Check(stream, events); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.at[stream]
	if n, end := uint64(len(at)), uint64(after)+uint64(len(events)); uint64(after) < n && end <= n {
		same := slices.EqualFunc(at[after:end], events, func(i int, e eventstore.Event) bool { return s.log[i].ID == e.ID })
		if same {
			return s.log[at[end-1]].Position, nil
		}
	}
	if uint64(after) != uint64(len(at)) {
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: eventstore.Revision(len(at))}
	}
	if s.at == nil {
		s.at = make(map[string][]int)
	}
	for i, e := range events {
		s.at[stream] = append(s.at[stream], len(s.log))
		s.log = append(s.log, eventstore.Recorded{Stream: stream, Revision: after + eventstore.Revision(i) + 1,
			Position: eventstore.Position(len(s.log) + 1), Event: e})
	}
	return eventstore.Position(len(s.log)), nil
}

// of returns the events of a stream after a revision.
func (s *sliceStore) of(stream string, after eventstore.Revision) []eventstore.Recorded {
	var found []eventstore.Recorded
	for _, i := range s.at[stream][min(int(after), len(s.at[stream])):] {
		found = append(found, s.log[i])
	}
	return found
}

func (s *sliceStore) ReadStream(_ context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		s.mu.Lock()
		events := s.of(stream, after)
		s.mu.Unlock()
		for _, e := range events {
			s.read.Add(1)
			if !yield(e, nil) {
				return
			}
		}
	}
}

var errNotHere = errors.New("not in this store")

func (s *sliceStore) ReadLog(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) { yield(eventstore.Recorded{}, errNotHere) }
}

func (s *sliceStore) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return s.ReadLog(ctx, after)
}

// said is the event of these tests.
type said struct {
	domain.Dated
	Text string `json:"text"`
}

func (said) About() string { return "" }

// plainCodec writes an entry as the JSON of its parts.
type plainCodec struct{}

type plain struct {
	Recorded      time.Time
	Circumstances domain.Circumstances
	Said          *said
	Begun         *group.Begun
	Finished      *group.Finished
}

func (plainCodec) Encode(e domain.Entry) (eventstore.Event, error) {
	p := plain{Recorded: e.Recorded, Circumstances: e.Circumstances}
	switch ev := e.Event.(type) {
	case said:
		p.Said = &ev
	case group.Begun:
		p.Begun = &ev
	case group.Finished:
		p.Finished = &ev
	default:
		return eventstore.Event{}, fmt.Errorf("%T is unknown", ev)
	}
	data, err := json.Marshal(p)
	return eventstore.Event{Type: "plain/1", Data: data}, err
}

func (plainCodec) Decode(r eventstore.Recorded) (domain.Entry, error) {
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
