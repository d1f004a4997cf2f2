package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caseledger/eventstore"
)

// smallSegmentBytes has room for two appends of two events.
const smallSegmentBytes = 400

// manySegments makes a journal of many segments that is sealed up to the last one, and
// whose index files are merged.
func manySegments(t *testing.T, dir string, n int) *Store {
	t.Helper()
	s := opened(t, dir, Options{SegmentBytes: smallSegmentBytes})
	for i := range n {
		extend(t, s, fmt.Sprint("s", i%7), 2*(i/7), 2)
	}
	rested(t, s)
	return s
}

// rested waits until nothing is left to do in the background.
func rested(t *testing.T, s *Store) {
	t.Helper()
	if err := s.behind.wait(); err != nil {
		t.Fatal(err)
	}
	for mergeable(s.runs.all()) != nil {
		runtime.Gosched()
	}
}

// leadsEverywhere checks every stream from every revision on.
func leadsEverywhere(t *testing.T, s *Store, n int) {
	t.Helper()
	for i := range 7 {
		stream := fmt.Sprint("s", i)
		head := 2 * ((n - i + 6) / 7)
		for after := range head + 1 {
			due := after
			for r, err := range s.ReadStream(t.Context(), stream, eventstore.Revision(after)) {
				if due++; err != nil || int(r.Revision) != due || r.ID != entry(stream, due).ID {
					t.Fatalf("%s after %d: revision %d where %d is due: %v", stream, after, r.Revision, due, err)
				}
			}
			if due != head {
				t.Fatalf("%s after %d: ends at %d, not %d", stream, after, due, head)
			}
		}
		if got, err := headOf(s, stream); err != nil || got != uint64(head) {
			t.Fatalf("%s: head %d, not %d: %v", stream, got, head, err)
		}
	}
	if got, err := headOf(s, "nobody"); got != 0 || err != nil {
		t.Fatalf("a stream that does not exist has head %d, %v", got, err)
	}
}

// headOf returns the last revision of a stream, as an append finds it.
func headOf(s *Store, stream string) (uint64, error) {
	for _, t := range slices.Backward(s.view.Load().tables) {
		if p := t.get([]byte(stream)); p != nil {
			return p.head(), nil
		}
	}
	return s.runs.head(context.Background(), stream)
}

func TestMergedIndexFilesLeadToEveryEvent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const n = 150
	s := manySegments(t, dir, n)
	levels := make([]int, 3)
	for _, r := range s.runs.all() {
		levels[r.level()]++
	}
	if slices.Max(levels) >= mergedAtOnce || levels[1] == 0 || levels[2] == 0 {
		t.Fatalf("there are %v index files by level", levels)
	}
	leadsEverywhere(t, s, n)
	holds(t, s, 2*n)
	s.Close()
	leadsEverywhere(t, opened(t, dir, Options{}), n)
	files, err := filepath.Glob(filepath.Join(dir, indexDir, "*"+runSuffix))
	if err != nil || len(files) != len(s.runs.all()) {
		t.Fatalf("%d index files, %d are in use: %v", len(files), len(s.runs.all()), err)
	}
}

func TestAnIndexThatIsMissingStaleOrUnsoundIsBuiltAnew(t *testing.T) {
	t.Parallel()
	const n = 40
	whole, other := t.TempDir(), t.TempDir()
	manySegments(t, whole, n).Close()
	differs := opened(t, other, Options{SegmentBytes: smallSegmentBytes})
	for i := range n {
		extend(t, differs, fmt.Sprint("s", i%3), 2*(i/3), 2)
	}
	rested(t, differs)
	differs.Close()
	index := func(dir string) string { return filepath.Join(dir, indexDir) }
	for name, harm := range map[string]func(dir string) error{
		"the directory is missing": func(dir string) error { return os.RemoveAll(index(dir)) },
		"it is another journal's": func(dir string) error {
			return errors.Join(os.RemoveAll(index(dir)), os.CopyFS(index(dir), os.DirFS(index(other))))
		},
		"the first file is missing": func(dir string) error { return os.Remove(firstRun(t, index(dir))) },
		"a file is empty":           func(dir string) error { return os.Truncate(firstRun(t, index(dir)), 0) },
		"a file is short":           func(dir string) error { return os.Truncate(firstRun(t, index(dir)), pageBytes) },
		"a file has another name": func(dir string) error {
			return os.Rename(firstRun(t, index(dir)), filepath.Join(index(dir), runName(extent{1, 8})))
		},
		"a file was being written": func(dir string) error {
			return os.WriteFile(filepath.Join(index(dir), runName(extent{0, 64})+".tmp"), []byte("x"), 0o600)
		},
		"it was deleted by its command": func(dir string) error {
			_, err := Reindex(dir)
			return err
		},
	} {
		dir := copied(t, whole)
		if err := harm(dir); err != nil {
			t.Fatal(err)
		}
		s := opened(t, dir, Options{})
		leadsEverywhere(t, s, n)
		rested(t, s)
		leadsEverywhere(t, s, n)
		holds(t, s, 2*n)
		files, err := filepath.Glob(filepath.Join(index(dir), "*"+runSuffix))
		if err != nil || len(files) != len(s.runs.all()) {
			t.Errorf("%s: %d index files, %d are in use: %v", name, len(files), len(s.runs.all()), err)
		}
	}
}

// firstRun is the path of the first index file.
func firstRun(t *testing.T, dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*"+runSuffix))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d index files, %v", len(files), err)
	}
	return files[0]
}

func TestAFlippedBitInAnIndexFileIsNoticedAndMended(t *testing.T) {
	t.Parallel()
	const n, step = 30, 41 // bytes between two that are tried
	dir := t.TempDir()
	s := manySegments(t, dir, n)
	for at := 0; at < pageBytes+fenceBytes+runEndBytes; at += step {
		path := firstRun(t, filepath.Join(dir, indexDir))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[at%len(b)] ^= 1 << (at % 8)
		replace(t, path, b)
		if at >= pageBytes { // read when the file is opened
			s.Close()
			s = opened(t, dir, Options{SegmentBytes: smallSegmentBytes})
		}
		leadsEverywhere(t, s, n)
		rested(t, s)
		if _, err := s.Verify(t.Context()); err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		if got, err := os.ReadFile(firstRun(t, filepath.Join(dir, indexDir))); err != nil || bytes.Equal(got, b) {
			t.Fatalf("byte %d: the file was left as it is: %v", at, err)
		}
	}
}

func TestARunHoldsWhatWasPutIntoItAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "runs")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		segments := rapid.IntRange(1, 4).Draw(t, "segments")
		streams := rapid.IntRange(1, 300).Draw(t, "streams")
		model := make(map[string][]location)
		var several []*run
		for n := range segments {
			table := newTable(n)
			for offset := range rapid.IntRange(0, 3000).Draw(t, "events") {
				stream := fmt.Sprint("s", (offset*offset+n)%streams)
				p := table.get([]byte(stream))
				if p == nil {
					p = table.add(stream, uint64(len(model[stream])))
				}
				p.push(uint32(offset * 700))
				model[stream] = append(model[stream], locate(n, uint32(offset*700)))
			}
			if err := writeTable(openDisk, dir, table, [sha256.Size]byte{}); err != nil {
				t.Fatal(err)
			}
			several = append(several, openedRun(t, dir, extent{n, 1}))
		}
		if err := writeMerged(t.Context(), openDisk, dir, several, [sha256.Size]byte{}); err != nil {
			t.Fatal(err)
		}
		whole := openedRun(t, dir, extent{0, segments})
		for i := range streams + 1 {
			stream := fmt.Sprint("s", i)
			after := rapid.IntRange(0, len(model[stream])).Draw(t, "after")
			if got := held(t, whole, stream, after); !slices.Equal(got, model[stream][after:]) {
				t.Fatalf("%s after %d: %v, want %v", stream, after, got, model[stream][after:])
			}
			if head, err := whole.head(keyOf(stream), make([]byte, pageBytes)); err != nil || head != uint64(len(model[stream])) {
				t.Fatalf("%s: head %d, want %d: %v", stream, head, len(model[stream]), err)
			}
		}
	})
}

func openedRun(t *rapid.T, dir string, e extent) *run {
	r, err := openRun(dir, e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// held are the places after a revision.
func held(t *rapid.T, r *run, stream string, after int) []location {
	var all []location
	for {
		e, err := r.next(keyOf(stream), uint64(after+len(all)), make([]byte, pageBytes))
		if err != nil {
			t.Fatal(err)
		}
		if e.events == 0 {
			return all
		}
		places, err := e.decode()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, places[uint64(after+len(all))+1-e.revision:]...)
	}
}

func TestAStreamIsFoundOnEveryPageOfAnIndexFile(t *testing.T) {
	const events, begins = 5000, 100 // of which each takes an index of two bytes at least
	s := opened(t, t.TempDir(), Options{SegmentBytes: 1 << 20})
	for n := 0; n < events; n += begins {
		extend(t, s, "a", n, begins)
		extend(t, s, fmt.Sprint("between-", n), 0, begins)
	}
	for n := 0; len(s.runs.all()) == 0; n += begins { // until the segment is sealed
		extend(t, s, "z", n, begins)
	}
	rested(t, s)
	if pages := len(s.runs.all()[0].fences); pages < 3 {
		t.Fatalf("the index has %d pages", pages)
	}
	for _, after := range []int{0, 1, events / 2, events - 1, events} {
		due := after
		for r, err := range s.ReadStream(t.Context(), "a", eventstore.Revision(after)) {
			if due++; err != nil || r.ID != entry("a", due).ID {
				t.Fatalf("after %d: revision %d where %d is due: %v", after, r.Revision, due, err)
			}
		}
		if due != events {
			t.Fatalf("after %d: it ends at %d, not %d", after, due, events)
		}
	}
}
