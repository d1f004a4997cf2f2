package journal

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// maxOpenSegments bounds the file descriptors that readers use.
const maxOpenSegments = 128

// handles keeps segments open for reading, at most maxOpenSegments, and closes
// the one opened longest ago to make room.
type handles struct {
	dir string

	mu     sync.RWMutex
	open   map[uint64]*os.File // by first position
	oldest []uint64
	closed bool
}

func newHandles(dir string) *handles {
	return &handles{dir: dir, open: make(map[uint64]*os.File)}
}

// reader is one segment as an io.ReaderAt. It asks for the file once, so that
// readers of many small pieces do not wait for each other there.
type reader struct {
	*handles
	first uint64
	file  atomic.Pointer[os.File] // that was read from last
}

func (h *handles) reader(first uint64) *reader { return &reader{handles: h, first: first} }

// ReadAt reads from the segment and opens it when it is not open. A file that
// was closed meanwhile, to make room, is opened again.
func (r *reader) ReadAt(b []byte, offset int64) (int, error) {
	for {
		f := r.file.Load()
		if f == nil {
			var err error
			if f, err = r.get(r.first); err != nil {
				return 0, err
			}
			r.file.Store(f)
		}
		n, err := f.ReadAt(b, offset)
		if n == 0 && errors.Is(err, os.ErrClosed) {
			r.file.Store(nil) // get reports ErrClosed when the store itself was closed
			continue
		}
		return n, err
	}
}

func (h *handles) get(first uint64) (*os.File, error) {
	h.mu.RLock()
	f, closed := h.open[first], h.closed
	h.mu.RUnlock()
	if f == nil && !closed {
		return h.openSegment(first)
	}
	if closed {
		return nil, ErrClosed
	}
	return f, nil
}

// openSegment opens a segment, unless another reader has done it.
func (h *handles) openSegment(first uint64) (*os.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	if f := h.open[first]; f != nil {
		return f, nil
	}
	f, err := os.Open(filepath.Join(h.dir, fileName(first)))
	if err != nil {
		return nil, err
	}
	if len(h.oldest) == maxOpenSegments {
		h.open[h.oldest[0]].Close()
		delete(h.open, h.oldest[0])
		h.oldest = h.oldest[1:]
	}
	h.open[first] = f
	h.oldest = append(h.oldest, first)
	return f, nil
}

// close makes every later read ErrClosed.
func (h *handles) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, f := range h.open {
		f.Close()
	}
}
