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
	"sync/atomic"

	"caseledger/eventstore"
	"caseledger/eventstore/durable"
)

// defaultSegmentBytes is the size of a segment. It is a bound for the time that
// opening takes after a crash: what is not sealed is read as a whole.
const defaultSegmentBytes = 128 << 20

// Options of a journal. The zero value is right for production.
type Options struct {
	// SegmentBytes is the largest size of a segment; only one write that is
	// larger by itself exceeds it. 0 is 128 MiB.
	SegmentBytes int64
}

// Store is a journal that is open. It keeps the promises of eventstore.Store.
type Store struct {
	dir       string
	recovered Recovered
	lock      *os.File
	files     *handles
	runs      *runs
	view      atomic.Pointer[view]
	queue     *queue
	behind    *background
	sealed    atomic.Int64 // segments that have their footer

	closing chan struct{} // closed when Close begins
	written chan struct{} // closed when the writer has ended
	close   func() error
}

// Open opens the journal in a directory, which it creates when only that one
// is missing. It checks every byte that is not in a sealed segment, and builds
// the index where it is missing; damage is a *CorruptError. A directory in use is
// ErrLocked. The caller must Close the store.
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
	s := &Store{dir: dir, lock: locked, files: newHandles(dir, opts.SegmentBytes)}
	if err := s.start(opts.SegmentBytes, disk); err != nil {
		s.files.close()
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
	return durable.SyncDir(filepath.Dir(dir))
}

// start recovers what is there and starts the goroutines.
func (s *Store) start(segmentBytes int64, disk opener) error {
	ctx := context.Background()
	firsts, err := listSegments(s.dir)
	if err != nil {
		return err
	}
	r, err := find(ctx, s.dir, firsts)
	if err != nil {
		return err
	}
	w := &writer{Store: s, disk: disk, segmentBytes: segmentBytes, earned: firstZeros}
	if err := w.ready(r); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	s.recovered = r.torn
	s.sealed.Store(int64(len(r.sealed)))
	s.view.Store(r.view())
	s.runs = &runs{dir: filepath.Join(s.dir, indexDir), disk: disk, rebuild: s.rebuild, changed: make(chan struct{}, 1)}
	if err := s.runs.load(ctx, r.digests); err != nil {
		w.file.Close()
		return indexed(err)
	}
	s.closing, s.written = make(chan struct{}), make(chan struct{})
	s.queue = newQueue(s.view.Load(), segmentBytes)
	s.close = sync.OnceValue(s.stop)
	s.behind = newBackground(s, disk)
	if r.full != nil {
		s.behind.begin(r.full.table)
	}
	go w.run()
	return nil
}

// indexed says that an error is one of the index, unless it says where it is.
func indexed(err error) error {
	var corrupt *CorruptError
	if err == nil || errors.As(err, &corrupt) {
		return err
	}
	return fmt.Errorf("journal: index: %w", err)
}

// view is the first one of an open journal.
func (r *recovered) view() *view {
	v := &view{full: r.sealed, active: r.active.segment, tables: []*table{r.active.table}, grown: make(chan struct{})}
	if r.full != nil {
		v.full = append(v.full, r.full.segment)
		v.tables = []*table{r.full.table, r.active.table}
	}
	return v
}

// rebuild makes the table of a segment from its bytes.
func (s *Store) rebuild(ctx context.Context, number int) (*table, error) {
	known := s.view.Load().segment(number)
	c := newScan(known.header, number, s.path(known.first))
	src, err := s.files.get(known.first)
	if err != nil {
		return nil, err
	}
	defer src.release()
	err = c.read(ctx, src, known.end)
	return c.table, unsound(err)
}

// unsound makes damage of a record that cannot be read.
func unsound(err error) error {
	var unreadable *unreadableError
	if errors.As(err, &unreadable) {
		return unreadable.corrupt("no sound record begins here")
	}
	return err
}

func (s *Store) path(first uint64) string { return filepath.Join(s.dir, fileName(first)) }

// Reindex deletes the index of a journal that is closed and builds it anew from
// the segments. Open does the same for what is missing or damaged.
func Reindex(dir string) (Stats, error) {
	locked, err := lock(dir)
	if err != nil {
		return Stats{}, err
	}
	err = os.RemoveAll(filepath.Join(dir, indexDir))
	if closed := locked.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return Stats{}, fmt.Errorf("journal: %w", err)
	}
	s, err := Open(dir, Options{})
	if err != nil {
		return Stats{}, err
	}
	return s.Stats(), s.Close()
}

// Close waits for the appends under way, ends all reads and gives the
// directory free. Later calls return what the first one returned.
func (s *Store) Close() error { return s.close() }

func (s *Store) stop() error {
	close(s.closing)
	s.queue.close()
	<-s.written
	s.files.close()
	return s.lock.Close()
}

// Recovered says what Open cut off. The operator should be told.
func (s *Store) Recovered() Recovered { return s.recovered }

// Head returns the position of the last event, 0 when there is none.
func (s *Store) Head() eventstore.Position { return eventstore.Position(s.view.Load().head()) }
