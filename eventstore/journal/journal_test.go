package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"caseledger/eventstore"
	"caseledger/eventstore/storetest"
)

func TestTheJournalKeepsEveryPromise(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store { return opened(t, t.TempDir(), Options{}) })
}

func TestAJournalOfManySegmentsKeepsEveryPromise(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store {
		return opened(t, t.TempDir(), Options{SegmentBytes: 4 << 10})
	})
}

// scanning is a journal whose log is read by Scan.
type scanning struct{ *Store }

func (s scanning) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range eventstore.Scan(ctx, s.Store, after) {
			e.Metadata, e.Data = bytes.Clone(e.Metadata), bytes.Clone(e.Data)
			if !yield(e, err) {
				return
			}
		}
	}
}

func TestAScanOfTheJournalKeepsThePromisesOfReadLog(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store {
		return scanning{opened(t, t.TempDir(), Options{SegmentBytes: 4 << 10})}
	})
}

func TestTheLogIsReadWholeHoweverLargeItsEventsAre(t *testing.T) {
	s := opened(t, t.TempDir(), Options{SegmentBytes: 16 << 20})
	sizes := []int{10, pieceBytes / 3, 3 * pieceBytes, pieceBytes, 0, pieceBytes - 1, 3 << 20, 3 << 20}
	for i := range 3 * sparseEvery {
		sizes = append(sizes, i, pieceBytes/sparseEvery)
	}
	var events []eventstore.Event
	for i, size := range sizes {
		e := entry("a", i+1)
		e.Data = bytes.Repeat([]byte{byte(i)}, size)
		events = append(events, e)
	}
	for i, n := 0, 0; i < len(events); i += n {
		n = 1
		if i >= 8 {
			n = min(100, len(events)-i)
		}
		if _, err := s.Append(t.Context(), "a", eventstore.Revision(i), events[i:i+n]); err != nil {
			t.Fatal(err)
		}
	}
	for name, read := range map[string]func(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error]{"ReadLog": s.ReadLog, "Scan": s.Scan} {
		for _, after := range []int{0, 1, 7, 9, sparseEvery - 1, sparseEvery, sparseEvery + 9, len(events)} {
			n := after
			for got, err := range read(t.Context(), eventstore.Position(after)) {
				if err != nil || got.Position != eventstore.Position(n+1) || !reflect.DeepEqual(got.Event, events[n]) {
					t.Fatalf("%s after %d: event %d: %d bytes at %d, %v", name, after, n+1, len(got.Data), got.Position, err)
				}
				n++
			}
			if n != len(events) {
				t.Errorf("%s after %d: it ends with event %d of %d", name, after, n, len(events))
			}
		}
	}
}

// opened opens the journal and closes it when the test ends.
func opened(t testing.TB, dir string, opts Options) *Store {
	t.Helper()
	s, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// entry is an event that says where it belongs.
func entry(stream string, n int) eventstore.Event {
	e := eventstore.Event{Type: "entry/1", Metadata: []byte(stream), Data: fmt.Appendf(nil, "entry %d of %s", n, stream)}
	binary.BigEndian.PutUint64(e.ID[:], uint64(n))
	copy(e.ID[8:], stream)
	return e
}

// extend appends entries to a stream in one append.
func extend(t testing.TB, s *Store, stream string, after, n int) {
	t.Helper()
	events := make([]eventstore.Event, n)
	for i := range events {
		events[i] = entry(stream, after+i+1)
	}
	if _, err := s.Append(t.Context(), stream, eventstore.Revision(after), events); err != nil {
		t.Fatal(err)
	}
}

// holds checks that the log has exactly n events, each an entry where it
// belongs, and that the journal verifies.
func holds(t testing.TB, s *Store, n int) {
	t.Helper()
	count := 0
	for r, err := range s.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		count++
		if r.Position != eventstore.Position(count) || r.ID != entry(r.Stream, int(r.Revision)).ID {
			t.Fatalf("position %d holds %s at %d after %d events", r.Position, r.Stream, r.Revision, count)
		}
	}
	report, err := s.Verify(t.Context())
	if err != nil || count != n || report.Events != uint64(n) || s.Head() != eventstore.Position(n) {
		t.Fatalf("%d events read, %d verified, head %d, want %d: %v", count, report.Events, s.Head(), n, err)
	}
}

// copied copies a journal as a crash would leave it: without asking it to close.
func copied(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(from, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		return os.Chmod(filepath.Join(to, path[len(from):]), info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func segmentPath(dir string, first uint64) string { return filepath.Join(dir, fileName(first)) }

func TestASecondOpenOfTheDirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Fatalf("%v, want ErrLocked", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opened(t, dir, Options{})
}

func TestOpenCreatesOneDirectoryButNotItsParents(t *testing.T) {
	dir := t.TempDir()
	opened(t, filepath.Join(dir, "new"), Options{})
	if _, err := Open(filepath.Join(dir, "missing", "new"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v, want that the parent does not exist", err)
	}
	if _, err := Open(dir, Options{SegmentBytes: -1}); err == nil {
		t.Fatal("segments of -1 bytes are accepted")
	}
}

func TestAClosedJournalRefusesAndEndsItsFollowers(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	extend(t, s, "a", 0, 1)
	for _, err := range s.Follow(t.Context(), 0) {
		if err == nil {
			s.Close() // the follower waits next
			continue
		}
		if !errors.Is(err, ErrClosed) {
			t.Fatalf("follow: %v, want ErrClosed", err)
		}
	}
	if _, err := s.Append(t.Context(), "a", 1, []eventstore.Event{entry("a", 2)}); !errors.Is(err, ErrClosed) {
		t.Fatalf("append: %v, want ErrClosed", err)
	}
	for _, err := range s.ReadStream(t.Context(), "a", 0) {
		if !errors.Is(err, ErrClosed) {
			t.Fatalf("read: %v, want ErrClosed", err)
		}
	}
}

func TestAReopenedJournalGoesOnWhereItEnded(t *testing.T) {
	dir := t.TempDir()
	for turn := range 5 {
		s := opened(t, dir, Options{SegmentBytes: int64(200 * (turn + 1))})
		for i := range 4 {
			extend(t, s, fmt.Sprint("stream-", i), 2*turn, 2)
		}
		holds(t, s, 8*(turn+1))
		if s.Recovered() != (Recovered{}) {
			t.Fatalf("something was cut off: %+v", s.Recovered())
		}
		s.Close()
	}
}

func TestOpeningAndClosingAddsNothing(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	extend(t, s, "a", 0, 1)
	s.Close()
	before := opened(t, dir, Options{})
	before.Close()
	after := opened(t, dir, Options{})
	if got, want := after.Stats(), before.Stats(); got != want || got.Bytes != s.Stats().Bytes+recordHeaderBytes {
		t.Fatalf("%+v, want %+v with one mark", got, want)
	}
}

func TestManySegmentsNeedFewOpenFiles(t *testing.T) {
	t.Parallel()
	const segments = 3 * maxOpenSegments
	s := opened(t, t.TempDir(), Options{SegmentBytes: 1})
	for i := range segments {
		extend(t, s, "a", i, 1)
	}
	holds(t, s, segments)
	revisions := make([]eventstore.Revision, 0, segments)
	for r, err := range s.ReadStream(t.Context(), "a", 0) {
		if err != nil {
			t.Fatal(err)
		}
		revisions = append(revisions, r.Revision)
	}
	if len(revisions) != segments || !slices.IsSorted(revisions) {
		t.Fatalf("%d events of the stream, want %d", len(revisions), segments)
	}
	if got := s.Stats(); got.Segments != segments || len(s.files.open) > maxOpenSegments {
		t.Fatalf("%d segments with %d open, want %d with at most %d", got.Segments, len(s.files.open), segments, maxOpenSegments)
	}
}

func TestGroupsGetNoMoreZerosAheadThanTheyHaveBytes(t *testing.T) {
	disk := &writes{}
	s, err := open(t.TempDir(), Options{}, disk.open)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	large := entry("large", 1)
	large.Data = bytes.Repeat([]byte{'"'}, largeGroup)
	if _, err := s.Append(t.Context(), "large", 0, []eventstore.Event{large}); err != nil {
		t.Fatal(err)
	}
	if len(disk.zeros) > 0 {
		t.Error("zeros were written ahead of a large group")
	}
	const n = 40
	small, given, ahead := entry("small", 1), int64(firstZeros), int64(0)
	small.Data = bytes.Repeat([]byte{'"'}, largeGroup/4)
	for i := range n {
		begin := s.view.Load().active.end
		small.ID[0] = byte(i + 1)
		if _, err := s.Append(t.Context(), "small", eventstore.Revision(i), []eventstore.Event{small}); err != nil {
			t.Fatal(err)
		}
		given += s.view.Load().active.end - begin
	}
	var last zeroed
	for _, z := range disk.zeros {
		if z.at < last.at+last.bytes {
			t.Errorf("zeros at %d, and at %d already", z.at, last.at)
		}
		ahead, last = ahead+z.bytes, z
	}
	if len(disk.zeros) == 0 || len(disk.zeros) > n/4 || ahead > given {
		t.Errorf("%d zeros were written %d times for %d bytes", ahead, len(disk.zeros), given)
	}
}
