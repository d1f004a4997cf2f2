package esdbgrpc

import (
	"context"
	"iter"
	"sync"

	"caseledger/eventstore"
)

// heads finds the ends of streams and of the log. A store has no question for
// that, so they are found by asking for the first event after a place, which
// every store answers without reading what lies before.
type heads struct {
	store eventstore.Store

	mu      sync.Mutex
	streams map[string]uint64 // some ends that were true once
	end     uint64            // one of the log
}

const maxHints = 4096

// stream returns the number of events in a stream.
func (h *heads) stream(ctx context.Context, name string) (uint64, error) {
	h.mu.Lock()
	hint := h.streams[name]
	h.mu.Unlock()
	head, err := last(hint, func(after uint64) (uint64, bool, error) {
		r, found, err := first(h.store.ReadStream(ctx, name, eventstore.Revision(after)))
		return uint64(r.Revision), found, err
	})
	if err == nil && head != hint {
		h.remember(name, head)
	}
	return head, err
}

func (h *heads) remember(name string, head uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams == nil || len(h.streams) >= maxHints {
		h.streams = make(map[string]uint64)
	}
	h.streams[name] = max(head, h.streams[name])
}

// log returns the position of the last event, 0 when there is none.
func (h *heads) log(ctx context.Context) (uint64, error) {
	h.mu.Lock()
	hint := h.end
	h.mu.Unlock()
	end, err := last(hint, func(after uint64) (uint64, bool, error) {
		r, found, err := first(h.store.ReadLog(ctx, eventstore.Position(after)))
		return uint64(r.Position), found, err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.end = max(h.end, end)
	return end, err
}

// last finds the largest number that exists, from one that did at some time.
// next returns the first one after a number.
func last(known uint64, next func(after uint64) (uint64, bool, error)) (uint64, error) {
	step, beyond := uint64(0), ^uint64(0) // nothing exists after beyond
	for known < beyond {
		probe := known + min(step, (beyond-known)/2)
		found, exists, err := next(probe)
		switch {
		case err != nil:
			return 0, err
		case exists:
			known, step = found, max(1, 2*step)
		case probe == known:
			return known, nil
		default:
			beyond, step = probe, 0
			if known+1 < beyond {
				step = (beyond - known) / 2
			}
		}
	}
	return known, nil
}

func first(read iter.Seq2[eventstore.Recorded, error]) (eventstore.Recorded, bool, error) {
	for r, err := range read {
		return r, err == nil, err
	}
	return eventstore.Recorded{}, false, nil
}
