package journal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"caseledger/eventstore"
)

// disk is a disk that can fail.
type disk struct {
	mu     sync.Mutex
	room   int64         // bytes that may still be written
	broken error         // what every sync says from now on
	unable chan struct{} // closed when the disk could not begin to write; nil while it can
}

func (d *disk) open(path string) (file, error) {
	f, err := openDisk(path)
	return badFile{f, d}, err
}

func (d *disk) breakSync(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = err
}

// breakStart lets the disk be unable to begin to write, and returns what is closed
// when it was to.
func (d *disk) breakStart() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unable = make(chan struct{})
	return d.unable
}

type badFile struct {
	file
	disk *disk
}

// WriteAt writes what there is room for, as a file system does.
func (f badFile) WriteAt(b []byte, offset int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	n := min(int64(len(b)), f.disk.room)
	f.disk.room -= n
	if written, err := f.file.WriteAt(b[:n], offset); err != nil {
		return written, err
	}
	if n < int64(len(b)) {
		return int(n), &os.PathError{Op: "write", Path: "segment", Err: syscall.ENOSPC}
	}
	return int(n), nil
}

func (f badFile) Start(offset, bytes int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.unable != nil {
		close(f.disk.unable)
		return syscall.EIO
	}
	return f.file.Start(offset, bytes)
}

func (f badFile) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.broken != nil {
		return f.disk.broken
	}
	return f.file.Sync()
}

// untilRefused appends until the disk refuses and returns how many were
// acknowledged.
func untilRefused(t *testing.T, s *Store) (int, error) {
	for n := range 100 {
		if _, err := s.Append(t.Context(), "a", eventstore.Revision(n), []eventstore.Event{entry("a", n+1)}); err != nil {
			return n, err
		}
	}
	t.Fatal("the disk never refused")
	return 0, nil
}

// refuses checks that no append is taken and that what was acknowledged, and
// nothing else, can be read: now, and after opening again.
func refuses(t *testing.T, s *Store, dir string, acknowledged int) {
	t.Helper()
	for _, stream := range []string{"a", "b"} {
		if _, err := s.Append(t.Context(), stream, 0, []eventstore.Event{entry(stream, 99)}); err == nil {
			t.Fatal("an append is taken after a write went wrong")
		}
	}
	holds(t, s, acknowledged)
	follows(t, s, acknowledged)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	last := s.view.Load().active
	if b, err := os.ReadFile(segmentPath(dir, last.first)); err != nil || len(bytes.TrimRight(b[last.end:], "\x00")) > 0 {
		t.Fatalf("more is in the segment than the %d bytes that were acknowledged: %v", last.end, err)
	}
	again := opened(t, dir, Options{})
	holds(t, again, acknowledged)
	extend(t, again, "a", acknowledged, 2)
	holds(t, again, acknowledged+2)
}

// follows checks that a follower gets n events and then waits.
func follows(t *testing.T, s *Store, n int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	got := 0
	for _, err := range s.Follow(ctx, 0) {
		if err != nil {
			break
		}
		if got++; got == n {
			cancel()
		}
	}
	if got != n {
		t.Fatalf("a follower saw %d events, %d were acknowledged", got, n)
	}
}

func TestAFullDiskLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	for _, segmentBytes := range []int64{0, 300} { // at 300 the disk gets full while a segment is made, too
		for room := int64(600); room < 700; room++ {
			dir := t.TempDir()
			d := &disk{room: room}
			s, err := open(dir, Options{SegmentBytes: segmentBytes}, d.open)
			if err != nil {
				t.Fatal(err)
			}
			n, err := untilRefused(t, s)
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the disk is full") {
				t.Fatalf("%v, want that the disk is full", err)
			}
			refuses(t, s, dir, n)
		}
	}
}

func TestAnErrorOfTheDiskRefusesEveryLaterAppend(t *testing.T) {
	for name, fail := range map[string]func(*Store, *disk){
		"of a sync": func(_ *Store, d *disk) { d.breakSync(syscall.EIO) },
		"when it is to begin": func(s *Store, d *disk) {
			unable := d.breakStart()
			s.queue.show(bytes.Repeat([]byte{1}, pieceShown)) // as while a large append is being encoded
			<-unable
			s.queue.show(nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := &disk{room: 1 << 20}
			s, err := open(dir, Options{}, d.open)
			if err != nil {
				t.Fatal(err)
			}
			extend(t, s, "a", 0, 3)
			fail(s, d)
			if _, err := s.Append(t.Context(), "a", 3, []eventstore.Event{entry("a", 4)}); !errors.Is(err, syscall.EIO) {
				t.Fatalf("%v, want the error of the disk", err)
			}
			d.breakSync(nil) // as a kernel does: it reports a failed sync once
			refuses(t, s, dir, 3)
		})
	}
}

func TestOpenOnAFullDiskSaysSo(t *testing.T) {
	dir := t.TempDir()
	if _, err := open(dir, Options{}, (&disk{room: 10}).open); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%v, want that there is no space", err)
	}
	extend(t, opened(t, dir, Options{}), "a", 0, 1)
}
