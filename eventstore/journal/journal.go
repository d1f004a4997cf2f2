// Package journal is the embedded event store: append-only files of checksummed
// records in one directory, as eventstore/README.md describes them byte by byte.
//
// An append returns when its events are on the disk. The package never changes
// or deletes what was acknowledged, never repairs damage, and never lets two
// processes write one directory.
package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"caseledger/eventstore"
)

// defaultSegmentBytes is the size at which a segment is sealed.
const defaultSegmentBytes = 256 << 20

// Options of a journal. The zero value is right for production.
type Options struct {
	// SegmentBytes is the size from which on a segment is sealed and another
	// one begun; a segment exceeds it by at most one write. 0 is 256 MiB.
	SegmentBytes int64
}

// Store is a journal that is open. It keeps the promises of eventstore.Store.
type Store struct {
	dir          string
	segmentBytes int64
	recovered    Recovered
	lock         *os.File
	files        *handles

	requests chan *request
	closing  chan struct{}
	written  chan struct{} // closed when the writer has ended
	close    func() error

	mu    sync.RWMutex // guards what follows, and is held only to look or to publish
	index index
	grown chan struct{} // closed and replaced when the journal grows
}

// Open opens the journal in a directory, which it creates when only that one
// is missing. It reads every byte; damage is a *CorruptError. A directory in
// use is ErrLocked. The caller must Close the store.
func Open(dir string, opts Options) (*Store, error) {
	return open(dir, opts, openDisk)
}

func open(dir string, opts Options, disk opener) (*Store, error) {
	if opts.SegmentBytes == 0 {
		opts.SegmentBytes = defaultSegmentBytes
	}
	if opts.SegmentBytes < 0 || opts.SegmentBytes > maxSegmentBytes {
		return nil, fmt.Errorf("journal: segments of %d bytes, allowed are 1 to %d", opts.SegmentBytes, int64(maxSegmentBytes))
	}
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	locked, err := lock(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, segmentBytes: opts.SegmentBytes, lock: locked, files: newHandles(dir)}
	if err := s.start(disk); err != nil {
		locked.Close()
		return nil, err
	}
	return s, nil
}

func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// start recovers what is there and starts the writer.
func (s *Store) start(disk opener) error {
	firsts, err := listSegments(s.dir)
	if err != nil {
		return err
	}
	c, recovered, err := load(context.Background(), s.dir, firsts)
	if err != nil {
		return err
	}
	f, err := c.ready(disk)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	s.index, s.recovered = c.index, recovered
	s.requests = make(chan *request)
	s.closing, s.written = make(chan struct{}), make(chan struct{})
	s.grown = make(chan struct{})
	s.close = sync.OnceValue(s.stop)
	go (&writer{Store: s, disk: disk, file: f, marked: c.marked}).run(s.requests)
	return nil
}

// ready opens the last segment for the writer, cut to its last complete append
// and durable: it may hold appends that an ended process could not sync.
func (c *scan) ready(disk opener) (file, error) {
	if c.active.first == 0 {
		f, s, err := createSegment(disk, c.dir, 1)
		if err == nil {
			c.begin(s)
		}
		return f, err
	}
	f, err := disk(filepath.Join(c.dir, fileName(c.active.first)))
	if err != nil {
		return nil, err
	}
	err = f.Truncate(c.end)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Close waits for the appends under way, ends all reads and gives the
// directory free. Later calls return what the first one returned.
func (s *Store) Close() error { return s.close() }

func (s *Store) stop() error {
	close(s.closing)
	<-s.written
	s.files.close()
	return s.lock.Close()
}

// Recovered says what Open cut off. The operator should be told.
func (s *Store) Recovered() Recovered { return s.recovered }

// Head returns the position of the last event, 0 when there is none.
func (s *Store) Head() eventstore.Position {
	v, _ := s.end()
	return eventstore.Position(v.head)
}

// end returns the durable extent and a channel that is closed when it grows.
func (s *Store) end() (view, <-chan struct{}) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index.view, s.grown
}

// stream returns the durable extent and the places of a stream's events.
func (s *Store) stream(name string) (view, []location) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index.view, s.index.streams[name]
}
