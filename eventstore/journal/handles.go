package journal

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// maxOpenSegments bounds the files and mappings that are kept for readers. Each
// reader may hold one more.
const maxOpenSegments = 128

// handles keeps segments open for reading, at most maxOpenSegments, and lets go
// of the one opened longest ago to make room.
type handles struct {
	dir          string
	segmentBytes int64 // that a segment may grow to

	mu     sync.RWMutex
	open   map[uint64]*source // by first position
	oldest []uint64
	closed atomic.Bool
}

func newHandles(dir string, segmentBytes int64) *handles {
	return &handles{dir: dir, segmentBytes: segmentBytes, open: make(map[uint64]*source)}
}

// get opens a segment for a reader, unless it is open. The reader releases it.
func (h *handles) get(first uint64) (*source, error) {
	if o := h.find(first); o != nil {
		return o, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed.Load() {
		return nil, ErrClosed
	}
	if o := h.open[first]; o != nil {
		return o.hold(), nil
	}
	f, err := os.Open(filepath.Join(h.dir, fileName(first)))
	if err != nil {
		return nil, err
	}
	if len(h.oldest) == maxOpenSegments {
		h.open[h.oldest[0]].release()
		delete(h.open, h.oldest[0])
		h.oldest = h.oldest[1:]
	}
	o := newSource(f, h.segmentBytes, &h.closed)
	h.open[first] = o.hold()
	h.oldest = append(h.oldest, first)
	return o.hold(), nil
}

func (h *handles) find(first uint64) *source {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if o := h.open[first]; o != nil {
		return o.hold()
	}
	return nil
}

// close makes every later read ErrClosed. The files are closed when their
// readers have released them.
func (h *handles) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed.Swap(true) {
		return
	}
	for first, o := range h.open {
		o.release()
		delete(h.open, first)
	}
}
