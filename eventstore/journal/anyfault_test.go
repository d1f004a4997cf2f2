package journal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"caseledger/eventstore"
)

// trap is a disk of which one operation goes wrong, the n'th, and with some faults
// every later one.
type trap struct {
	fault fault

	mu   sync.Mutex
	left int // operations until then
	hit  bool
}

type fault struct {
	err   error
	short bool // half of a write is done
	stays bool // what went wrong once always goes wrong
}

// strikes counts an operation and reports whether it is to fail.
func (d *trap) strikes() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left--
	if d.left == 0 {
		d.hit = true
		return true
	}
	return d.left < 0 && d.fault.stays
}

func (d *trap) open(path string) (file, error) {
	if d.strikes() {
		return nil, &os.PathError{Op: "open", Path: filepath.Base(path), Err: d.fault.err}
	}
	f, err := openDisk(path)
	return trappedFile{f, d}, err
}

type trappedFile struct {
	file
	*trap
}

func (f trappedFile) WriteAt(b []byte, offset int64) (int, error) {
	if !f.strikes() {
		return f.file.WriteAt(b, offset)
	}
	n := 0
	if f.fault.short {
		n, _ = f.file.WriteAt(b[:len(b)/2], offset)
	}
	return n, f.fault.err
}

func (f trappedFile) Sync() error {
	if f.strikes() {
		return f.fault.err
	}
	return f.file.Sync()
}

func (f trappedFile) Allocate(offset, bytes int64) error {
	if f.strikes() {
		return f.fault.err
	}
	return f.file.Allocate(offset, bytes)
}

func (f trappedFile) Start(offset, bytes int64) error {
	if f.strikes() {
		return f.fault.err
	}
	return f.file.Start(offset, bytes)
}

func (f trappedFile) Truncate(size int64) error {
	if f.strikes() {
		return f.fault.err
	}
	return f.file.Truncate(size)
}

func (f trappedFile) Chmod(mode os.FileMode) error {
	if f.strikes() {
		return f.fault.err
	}
	return f.file.Chmod(mode)
}

// TestWhateverGoesWrongOnceNothingAcknowledgedIsLostAndNothingInvented lets each
// operation on a file fail in turn while a journal is opened, filled, sealed,
// indexed, merged and closed.
func TestWhateverGoesWrongOnceNothingAcknowledgedIsLostAndNothingInvented(t *testing.T) {
	t.Parallel()
	const appends, small = 12, 200 // every append is a segment, and they are merged
	for name, f := range map[string]fault{
		"a read or write fails":     {err: syscall.EIO},
		"a write is short":          {err: syscall.EIO, short: true},
		"the disk gets full":        {err: syscall.ENOSPC, short: true, stays: true},
		"the file system goes away": {err: syscall.EIO, stays: true},
		"it becomes read-only":      {err: syscall.EROFS, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, hit := 1, true; hit; n += step(n) {
				dir := t.TempDir()
				d := &trap{fault: f, left: n}
				acknowledged, tried := 0, 0
				s, err := open(dir, Options{SegmentBytes: small}, d.open)
				for err == nil && acknowledged < appends {
					tried++
					_, err = s.Append(t.Context(), "a", eventstore.Revision(acknowledged), []eventstore.Event{entry("a", tried)})
					if err == nil {
						acknowledged++
					}
				}
				if err != nil && !errors.Is(err, f.err) {
					t.Fatalf("operation %d: %v does not tell the reason", n, err)
				}
				if s != nil {
					staysRefused(t, s, err, acknowledged)
				}
				d.mu.Lock()
				hit = d.hit
				d.mu.Unlock()
				again := opened(t, dir, Options{SegmentBytes: small})
				if head := int(again.Head()); head < acknowledged || head > tried {
					t.Fatalf("operation %d: %d events, %d were acknowledged and %d tried", n, head, acknowledged, tried)
				}
				holds(t, again, int(again.Head()))
				extend(t, again, "a", int(again.Head()), 1)
				if err := again.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestALargeAppendIsWholeOrNotThereHoweverManyWritesItTakes lets each operation
// fail in turn while appends are made that are large enough for their first pieces to be
// written before the last ones are encoded.
func TestALargeAppendIsWholeOrNotThereHoweverManyWritesItTakes(t *testing.T) {
	t.Parallel()
	const appends, each = 2, 2000
	large := func(after int) []eventstore.Event {
		events := make([]eventstore.Event, each)
		for i := range events {
			events[i] = entry("a", after+i+1)
			events[i].Metadata = bytes.Repeat(events[i].ID[:], 20)
		}
		return events
	}
	for _, f := range []fault{{err: syscall.EIO}, {err: syscall.ENOSPC, short: true}, {err: syscall.EIO, stays: true}} {
		for n, hit := 1, true; hit; n += step(n) {
			dir := t.TempDir()
			d := &trap{fault: f, left: n}
			acknowledged := 0
			s, err := open(dir, Options{}, d.open)
			for err == nil && acknowledged < appends*each {
				if _, err = s.Append(t.Context(), "a", eventstore.Revision(acknowledged), large(acknowledged)); err == nil {
					acknowledged += each
				}
			}
			if err != nil && !errors.Is(err, f.err) {
				t.Fatalf("operation %d: %v does not tell the reason", n, err)
			}
			if s != nil {
				staysRefused(t, s, err, acknowledged)
			}
			hit = d.hit // nothing goes on: the store is closed
			again := opened(t, dir, Options{})
			if head := int(again.Head()); head != acknowledged && head != acknowledged+each {
				t.Fatalf("operation %d: %d events, %d were acknowledged", n, head, acknowledged)
			}
			holds(t, again, int(again.Head()))
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// step tries every early operation and some of the later ones.
func step(n int) int {
	if n < 16 {
		return 1
	}
	return 7
}

// staysRefused checks that a store which has refused an append goes on to refuse,
// and still reads.
func staysRefused(t *testing.T, s *Store, refused error, acknowledged int) {
	t.Helper()
	if refused != nil {
		if _, err := s.Append(t.Context(), "b", 0, []eventstore.Event{entry("b", 1)}); err == nil {
			t.Fatalf("an append is taken after %v", refused)
		}
	}
	n := 0
	for _, err := range s.ReadLog(context.Background(), 0) {
		if err != nil {
			t.Fatalf("a read fails after %v: %v", refused, err)
		}
		n++
	}
	if n != acknowledged {
		t.Fatalf("%d events are read, %d were acknowledged", n, acknowledged)
	}
	s.Close() // may fail with what it met
}

func TestADirectoryThatVanishesIsNoticedByTheNextAppend(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	s := opened(t, dir, Options{})
	extend(t, s, "a", 0, 2)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, err := s.Append(t.Context(), "a", 2, []eventstore.Event{entry("a", 3)})
	if err == nil || !strings.Contains(err.Error(), "was removed while it was in use") {
		t.Fatalf("%v, want that the file was removed", err)
	}
	if _, err := s.Append(t.Context(), "b", 0, []eventstore.Event{entry("b", 1)}); err == nil {
		t.Fatal("an append is taken after that")
	}
}

func TestADirectoryThatCannotBeWrittenIsRefusedWithTheReason(t *testing.T) {
	if os.Geteuid() == 0 {
		dir := filepath.Join(t.TempDir(), "journal")
		if err := os.WriteFile(dir, nil, 0o400); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); !errors.Is(err, syscall.ENOTDIR) {
			t.Fatalf("%v, want that it is no directory", err)
		}
		return // no permission keeps root out
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, os.ErrPermission) {
		t.Fatalf("%v, want that it is not permitted", err)
	}
}

// A journal that asks the clock for nothing cannot be harmed by its jumps.
func TestNothingInAJournalDependsOnTheClock(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// The writer measures how long a write took, which no jump affects.
		if !strings.HasSuffix(path, "_test.go") && path != "writer.go" && strings.Contains(string(b), `"time"`) {
			t.Errorf("%s uses the clock", path)
		}
	}
}
