package esdbgrpc

import (
	"context"
	"iter"
	"math"

	"caseledger/eventstore"
)

// source is something that can be read from a place to its present end, and
// again from there when it has grown.
type source interface {
	// forward yields the events from a place on, that one included.
	forward(ctx context.Context, from uint64) iter.Seq2[event, error]
	// backward yields the events from a place back, that one included.
	backward(ctx context.Context, from uint64) iter.Seq2[event, error]
	// end is the place after the last event.
	end(ctx context.Context) (uint64, error)
	// grows names the stream whose growth is this source's; "" is any.
	grows() string
}

// open returns the source of a stream.
func (s *Server) open(p place) source {
	switch p.kind {
	case ledger, scratch:
		return streamSource{s, p}
	case view:
		return s.openView(p.name)
	}
	return nothing{}
}

// nothing is a stream that cannot exist.
type nothing struct{}

func (nothing) forward(context.Context, uint64) iter.Seq2[event, error] {
	return func(func(event, error) bool) {}
}

func (n nothing) backward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return n.forward(ctx, from)
}

func (nothing) end(context.Context) (uint64, error) { return 0, nil }
func (nothing) grows() string                       { return "\x00" }

// streamSource is one stream; places are revisions of the protocol.
type streamSource struct {
	*Server
	place
}

func (s streamSource) grows() string { return s.at }

func (s streamSource) end(ctx context.Context) (uint64, error) { return s.heads.stream(ctx, s.at) }

func (s streamSource) forward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return s.events(s.store.ReadStream(ctx, s.at, eventstore.Revision(from)), func(r eventstore.Recorded) uint64 {
		return uint64(r.Revision) - 1
	})
}

func (s streamSource) backward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return backward(ctx, s, from)
}

// backward is a source's whose places are 0 up to its end.
func backward(ctx context.Context, s source, from uint64) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		end, err := s.end(ctx)
		if err != nil || end == 0 {
			if err != nil {
				yield(event{}, err)
			}
			return
		}
		backwards(min(from, end-1), yield, func(from uint64) iter.Seq2[event, error] { return s.forward(ctx, from) })
	}
}

// events are what a store yields, as clients see it.
func (s *Server) events(read iter.Seq2[eventstore.Recorded, error], at func(eventstore.Recorded) uint64) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		for r, err := range read {
			if err != nil {
				yield(event{}, err)
				return
			}
			e := s.event(r)
			e.at = at(r)
			if !yield(e, nil) {
				return
			}
		}
	}
}

// logSource is the log of all streams; places are positions.
type logSource struct{ *Server }

func (logSource) grows() string { return "" }

func (s logSource) end(ctx context.Context) (uint64, error) {
	end, err := s.heads.log(ctx)
	return end + 1, err
}

func (s logSource) forward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return s.events(s.store.ReadLog(ctx, eventstore.Position(max(from, 1)-1)), func(r eventstore.Recorded) uint64 {
		return uint64(r.Position)
	})
}

func (s logSource) backward(ctx context.Context, from uint64) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		end, err := s.heads.log(ctx)
		if err != nil {
			yield(event{}, err)
			return
		}
		backwards(min(from, end), yield, func(from uint64) iter.Seq2[event, error] { return s.forward(ctx, from) })
	}
}

// Limits of a window that is read forwards to be given backwards.
const (
	windowEvents = 512
	windowBytes  = 16 << 20
)

// backwards yields the events from a place down to 0, reading windows of them
// forwards. Where places are sparse the windows grow; where events are large
// they shrink, so that memory stays bounded.
func backwards(from uint64, yield func(event, error) bool, forward func(from uint64) iter.Seq2[event, error]) {
	width := uint64(windowEvents / 4)
	for {
		low := from + 1 - min(width, from+1)
		window, fits, err := collect(low, from, forward)
		if err != nil {
			yield(event{}, err)
			return
		}
		if !fits {
			width = max(1, width/2)
			continue
		}
		for i := len(window) - 1; i >= 0; i-- {
			if !yield(window[i], nil) {
				return
			}
		}
		if low == 0 {
			return
		}
		if from = low - 1; len(window) < windowEvents/4 && width < math.MaxUint64/2 {
			width *= 2
		}
	}
}

// collect returns the events from low to high, unless they are too many.
func collect(low, high uint64, forward func(from uint64) iter.Seq2[event, error]) (window []event, fits bool, err error) {
	bytes := 0
	for e, err := range forward(low) {
		if err != nil {
			return nil, false, err
		}
		if e.at > high {
			break
		}
		bytes += len(e.Metadata) + len(e.Data)
		if window = append(window, e); low < high && (len(window) > windowEvents || bytes > windowBytes) {
			return nil, false, nil
		}
	}
	return window, true, nil
}
