package esdbgrpc

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore"
)

// condition is what a scratch stream's last event and settings say of it. A
// stream of the ledger has the zero condition, always.
type condition struct {
	head       uint64 // number of events
	tombstoned bool
	settings   map[string]jsontext.Value
	before     uint64 // $tb: numbers below are not read
	maxCount   uint64 // 0: all
	maxAge     time.Duration
}

// deleted reports whether reads find no stream.
func (c condition) deleted() bool { return c.before == math.MaxInt64 }

// first is the lowest number that is read.
func (c condition) first() uint64 {
	low := c.before
	if c.maxCount > 0 && c.head > c.maxCount {
		low = max(low, c.head-c.maxCount)
	}
	return low
}

const maxSettings = 64 << 10 // bytes

func (s *Server) condition(ctx context.Context, p place) (condition, error) {
	var c condition
	if p.kind != scratch {
		var err error
		if p.kind == ledger {
			c.head, err = s.heads.stream(ctx, p.at)
		}
		return c, err
	}
	last, head, err := s.lastOf(ctx, p.at)
	if err != nil {
		return c, err
	}
	c.head, c.tombstoned = head, last.Type == tombstoneType
	meta, at, err := s.lastOf(ctx, scratchName(metaPrefix+p.name))
	if err != nil || at == 0 || len(meta.Data) > maxSettings {
		return c, err
	}
	if json.Unmarshal(meta.Data, &c.settings) != nil {
		return c, nil // settings that are no JSON set nothing, as in the original
	}
	var maxAge uint64 // seconds
	c.setting("$tb", &c.before)
	c.setting("$maxCount", &c.maxCount)
	c.setting("$maxAge", &maxAge)
	c.maxAge = time.Duration(min(maxAge, 1<<32)) * time.Second
	return c, nil
}

func (c condition) setting(name string, into *uint64) {
	if json.Unmarshal(c.settings[name], into) != nil {
		*into = 0
	}
}

// lastOf returns the last event of a stream in the store, and its revision.
func (s *Server) lastOf(ctx context.Context, at string) (event, uint64, error) {
	head, err := s.heads.stream(ctx, at)
	if err != nil || head == 0 {
		return event{}, 0, err
	}
	r, _, err := first(s.store.ReadStream(ctx, at, eventstore.Revision(head-1)))
	if err != nil {
		return event{}, 0, err
	}
	return s.event(r), head, nil
}

// meets reports whether a stream is as expected.
func (c condition) meets(x expected) bool {
	gone := c.head == 0 || c.deleted()
	switch x.expectation {
	case noStream:
		return gone
	case exists:
		return !gone
	case exactly:
		return x.revision+1 == c.head
	}
	return true
}

// maxScratchTries bounds appends to a contested stream at any revision.
const maxScratchTries = 100

// appendScratch appends to a stream that is not the ledger's, at any of the
// protocol's expectations.
func (s *Server) appendScratch(ctx context.Context, p *proposal) (appended, error) {
	events := make([]eventstore.Event, len(p.events))
	now := time.Now()
	for i, e := range p.events {
		if e.ID == (eventstore.EventID{}) {
			e.ID = newID()
		}
		events[i] = wrap(e, p.content[i], now)
	}
	for range maxScratchTries {
		done, err := s.tryScratch(ctx, p, events)
		var wrong *wrongVersion
		if _, stated := p.want.after(); stated || !errors.As(err, &wrong) || wrong.final {
			return done, err
		}
	}
	return appended{}, exhausted("appends to the stream at once")
}

func (s *Server) tryScratch(ctx context.Context, p *proposal, events []eventstore.Event) (appended, error) {
	c, err := s.condition(ctx, p.place)
	if err != nil {
		return appended{}, err
	}
	if c.tombstoned {
		return appended{}, streamDeleted(p.name)
	}
	after := eventstore.Revision(c.head)
	if !c.meets(p.want) {
		at, stated := p.want.after()
		if !stated {
			return appended{}, &wrongVersion{stream: p.name, want: p.want, head: c.head, final: true}
		}
		after = at // may be a repeat, which the store knows
	}
	done, err := s.appendAt(ctx, p, after, events)
	if err == nil && c.deleted() {
		err = s.undelete(ctx, p.place, c)
	}
	return done, err
}

// undelete lets reads of a deleted stream begin after what was deleted.
func (s *Server) undelete(ctx context.Context, p place, c condition) error {
	_, err := s.set(ctx, p, c, "$tb", c.head)
	return err
}

// set changes one setting of a scratch stream.
func (s *Server) set(ctx context.Context, p place, c condition, name string, value uint64) (appended, error) {
	settings := map[string]jsontext.Value{}
	for other, kept := range c.settings {
		settings[other] = kept
	}
	settings[name] = jsontext.Value(decimal(value))
	data, err := json.Marshal(settings)
	if err != nil {
		return appended{}, err
	}
	meta := metaPrefix + p.name
	return s.appendScratch(ctx, &proposal{
		place: place{name: meta, kind: scratch, at: scratchName(meta)}, want: expected{expectation: anything},
		events: []eventstore.Event{{ID: newID(), Type: settingsType, Data: data}}, content: []string{jsonContent},
	})
}
