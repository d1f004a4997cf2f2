package esdbgrpc

import (
	"context"
	"sync"
	"time"

	"caseledger/eventstore"
)

// hub tells followers that a stream, or the log, has grown. It follows the
// store once for all of them and holds no event.
type hub struct {
	mu      sync.Mutex
	waiting map[string]*signal
}

type signal struct {
	grown   chan struct{}
	waiters int
}

func newHub() *hub { return &hub{waiting: make(map[string]*signal)} }

// retryFollow is how long the hub waits when the store cannot be followed.
const retryFollow = time.Second

// run follows the store until ctx ends.
func (h *hub) run(ctx context.Context, s *Server, end uint64) {
	for ctx.Err() == nil {
		for r, err := range s.store.Follow(ctx, eventstore.Position(end)) {
			if err != nil {
				if ctx.Err() == nil {
					s.log.Error("esdbgrpc: following the store", "error", err)
				}
				break
			}
			end = uint64(r.Position)
			h.tell(r.Stream)
			h.tell("")
		}
		select {
		case <-time.After(retryFollow):
		case <-ctx.Done():
		}
	}
}

func (h *hub) tell(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if sig := h.waiting[key]; sig != nil {
		close(sig.grown)
		delete(h.waiting, key)
	}
}

// next returns a channel that is closed when the stream has grown, and how to
// give it back. Ask before reading, and nothing is missed.
func (h *hub) next(key string) (grown <-chan struct{}, done func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sig := h.waiting[key]
	if sig == nil {
		sig = &signal{grown: make(chan struct{})}
		h.waiting[key] = sig
	}
	sig.waiters++
	return sig.grown, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if sig.waiters--; sig.waiters == 0 && h.waiting[key] == sig {
			delete(h.waiting, key)
		}
	}
}
