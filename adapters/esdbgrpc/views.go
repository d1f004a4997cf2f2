package esdbgrpc

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"sort"
	"strings"

	"caseledger/eventstore"
)

const (
	categoryPrefix = "$ce-" // of the streams of one category: the name up to its first "-"
	typePrefix     = "$et-" // of the events of one type
)

// isView reports whether a stream is computed from the log.
func isView(name string) bool {
	return len(name) > len(categoryPrefix) && (strings.HasPrefix(name, categoryPrefix) || strings.HasPrefix(name, typePrefix))
}

// viewsOf are the views that an event is in.
func viewsOf(e event) []string {
	of := []string{typePrefix + e.Type}
	if category, _, found := strings.Cut(e.name, "-"); found && category != "" {
		of = append(of, categoryPrefix+category)
	}
	return of
}

// typeIndex is what a store may offer beside eventstore.Store: the events of one
// type in the order of the log, without the first ones, and how many there are.
// The embedded journal does, so its views of a type are read without the rest of
// the log.
type typeIndex interface {
	ReadType(ctx context.Context, kind string, skip uint64) iter.Seq2[eventstore.Recorded, error]
	CountType(ctx context.Context, kind string) (uint64, error)
}

// typeSource is the view of one type, read from the store's index; places are
// numbers of its links.
type typeSource struct {
	viewSource
	index typeIndex
	kind  string
}

func (s typeSource) end(ctx context.Context) (uint64, error) { return s.index.CountType(ctx, s.kind) }

func (s typeSource) forward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		number := from
		for r, err := range s.index.ReadType(ctx, s.kind, from) {
			if err != nil {
				yield(event{}, err)
				return
			}
			if !yield(s.linked(s.event(r), number), nil) {
				return
			}
			number++
		}
	}
}

func (s typeSource) backward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return backward(ctx, s, from)
}

// openView returns the source of a view.
func (s *Server) openView(name string) source {
	v := viewSource{s, name}
	index, indexed := s.store.(typeIndex)
	if kind, ofType := strings.CutPrefix(name, typePrefix); ofType && indexed {
		return typeSource{v, index, kind}
	}
	return v
}

// views know, for every view, where in the log some of its events are. Marks
// are at most markEvents of the view and markSpan of the log apart, so that a
// read finds any number after reading little, and an index of a large log
// stays small: about 16 bytes for every 128 events.
type views struct {
	*Server
	turn   chan struct{} // held by whoever reads on
	seen   uint64        // position of the last event that is counted
	marks  map[string][]mark
	counts map[string]uint64
}

// mark says that an event of a view, with a number, stands at a position.
type mark struct{ number, position uint64 }

const (
	markEvents = 128
	markSpan   = 4096
	maxViews   = 100_000
)

func newViews(s *Server) *views {
	return &views{
		Server: s, turn: make(chan struct{}, 1),
		marks: make(map[string][]mark), counts: make(map[string]uint64),
	}
}

// state returns how many events a view has, and its marks, which the caller
// may read but not change.
func (v *views) state(ctx context.Context, name string) (uint64, []mark, error) {
	select {
	case v.turn <- struct{}{}:
		defer func() { <-v.turn }()
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	if err := v.catchUp(ctx); err != nil {
		return 0, nil, err
	}
	return v.counts[name], v.marks[name], nil
}

func (v *views) catchUp(ctx context.Context) error {
	for r, err := range v.store.ReadLog(ctx, eventstore.Position(v.seen)) {
		if err != nil {
			return err
		}
		for _, name := range viewsOf(v.event(r)) {
			if err := v.count(name, uint64(r.Position)); err != nil {
				return err
			}
		}
		v.seen = uint64(r.Position)
	}
	return nil
}

func (v *views) count(name string, position uint64) error {
	marks, n := v.marks[name], v.counts[name]
	if n == 0 && len(v.counts) >= maxViews {
		return exhausted("categories and event types for streams by category and type")
	}
	if n == 0 || n-marks[len(marks)-1].number >= markEvents || position-marks[len(marks)-1].position >= markSpan {
		v.marks[name] = append(marks, mark{n, position})
	}
	v.counts[name] = n + 1
	return nil
}

// viewSource is one view; places are numbers of its links.
type viewSource struct {
	*Server
	name string
}

func (viewSource) grows() string { return "" }

func (s viewSource) end(ctx context.Context) (uint64, error) {
	n, _, err := s.views.state(ctx, s.name)
	return n, err
}

// forward reads the log from mark to mark.
func (s viewSource) forward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		n, marks, err := s.views.state(ctx, s.name)
		if err != nil {
			yield(event{}, err)
			return
		}
		for i := max(0, sort.Search(len(marks), func(i int) bool { return marks[i].number > from })-1); i < len(marks); i++ {
			end := n
			if i+1 < len(marks) {
				end = marks[i+1].number
			}
			if !s.between(ctx, marks[i], max(from, marks[i].number), end, yield) {
				return
			}
		}
	}
}

// between yields the events of a view from one number up to another, reading
// from a mark, and reports whether the caller wants more.
func (s viewSource) between(ctx context.Context, m mark, from, end uint64, yield func(event, error) bool) bool {
	number := m.number
	if from >= end {
		return true
	}
	for r, err := range s.store.ReadLog(ctx, eventstore.Position(m.position-1)) {
		if err != nil {
			yield(event{}, err)
			return false
		}
		e := s.event(r)
		if !s.holds(e) {
			continue
		}
		if number >= from && !yield(s.linked(e, number), nil) {
			return false
		}
		if number++; number == end {
			return true
		}
	}
	return true
}

func (s viewSource) holds(e event) bool {
	for _, name := range viewsOf(e) {
		if name == s.name {
			return true
		}
	}
	return false
}

func (s viewSource) backward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return backward(ctx, s, from)
}

// linked is an event as found through the link with this number in a view. The
// link's id is derived, so that it is the same for every reader for ever.
func (s viewSource) linked(e event, number uint64) event {
	id := sha256.Sum256(fmt.Appendf(nil, "caseledger/link/v1\n%s\n%d\n%s", s.name, e.number, e.name))
	link := event{name: s.name, number: number, content: sealedContent, created: e.created}
	link.Recorded = eventstore.Recorded{Position: e.Position, Event: eventstore.Event{
		ID: eventstore.EventID(id[:16]), Type: linkType, Data: fmt.Appendf(nil, "%d@%s", e.number, e.name),
	}}
	e.link, e.at = &link, number
	return e
}
