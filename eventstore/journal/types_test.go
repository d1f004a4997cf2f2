package journal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"caseledger/eventstore"
)

// ofTypes makes a journal of many segments with events of three types, of which
// the first segment has but one.
func ofTypes(t *testing.T, dir string) *Store {
	t.Helper()
	s := opened(t, dir, Options{SegmentBytes: smallSegmentBytes})
	for i := range 30 {
		e := entry("a", i+1)
		e.Type = fmt.Sprintf("kind-%d/1", i*i/7%3)
		if _, err := s.Append(t.Context(), "a", eventstore.Revision(i), []eventstore.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	rested(t, s)
	return s
}

// leadsByType compares what is read of each type with what the log has of it.
func leadsByType(t *testing.T, s *Store) {
	t.Helper()
	of := map[string][]eventstore.Position{"nothing/1": nil}
	for r, err := range s.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		of[r.Type] = append(of[r.Type], r.Position)
	}
	for kind, want := range of {
		if n, err := s.CountType(t.Context(), kind); err != nil || n != uint64(len(want)) {
			t.Fatalf("%s: %d events, not %d: %v", kind, n, len(want), err)
		}
		for skip := range len(want) + 2 {
			var got []eventstore.Position
			for r, err := range s.ReadType(t.Context(), kind, uint64(skip)) {
				if err != nil || r.Type != kind {
					t.Fatalf("%s without the first %d: %s, %v", kind, skip, r.Type, err)
				}
				got = append(got, r.Position)
			}
			if !slices.Equal(got, want[min(skip, len(want)):]) {
				t.Fatalf("%s without the first %d: positions %v of %v", kind, skip, got, want)
			}
		}
	}
}

func TestTheIndexByTypeLeadsToEveryEventOfATypeAndToNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := ofTypes(t, dir)
	if v := s.view.Load(); v.tables[0].segment == 0 || len(v.full) < 8 {
		t.Fatal("nothing is sealed")
	}
	leadsByType(t, s)
	s.Close()
	again := opened(t, dir, Options{})
	leadsByType(t, again)
	again.Close()
	if _, err := Reindex(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, indexDir, "*"+typesSuffix))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files after the index was built anew: %v", len(files), err)
	}
	leadsByType(t, opened(t, dir, Options{}))
}

func TestAnIndexByTypeThatIsMissingOrUnsoundIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ofTypes(t, dir).Close()
	path, other := filepath.Join(dir, indexDir, typesName(2)), filepath.Join(dir, indexDir, typesName(3))
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	mended := func(name string) {
		s := opened(t, dir, Options{})
		leadsByType(t, s)
		if _, err := s.Verify(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s.Close()
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, sound) {
			t.Fatalf("%s: the file was not made anew: %v", name, err)
		}
	}
	for offset := range sound {
		wrong := bytes.Clone(sound)
		wrong[offset] ^= 1 << (offset % 8)
		replace(t, path, wrong)
		mended(fmt.Sprint("a bit of byte ", offset))
	}
	replace(t, path, foreign)
	mended("that of another segment")
	replace(t, path, nil)
	mended("empty")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	mended("missing")
}

func TestVerifyFindsAnIndexByTypeThatDiffersFromTheSegments(t *testing.T) {
	s := ofTypes(t, t.TempDir())
	for name, harm := range map[string]func(x *table){
		"an event is missing": func(x *table) {},
		"a type too many":     func(x *table) { x.ofType([]byte("other/1")).push(60) },
	} {
		x, err := s.rebuild(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if harm(x); name == "an event is missing" {
			x = newTable(1)
			x.ofType([]byte("kind-0/1")).push(headerBytes)
		}
		if err := writeTypes(openDisk, s.runs.dir, x, s.runs.digestOf(1)); err != nil {
			t.Fatal(err)
		}
		s.runs.forgetTypes(1)
		var corrupt *CorruptError
		if _, err := s.Verify(t.Context()); !errors.As(err, &corrupt) {
			t.Errorf("%s: %v, want that the index differs", name, err)
		}
	}
}

func FuzzDecodeTypes(f *testing.F) {
	dir := f.TempDir()
	x := newTable(5)
	x.ofType([]byte("one/1")).push(52)
	x.ofType([]byte("two/1")).push(300)
	digest := sha256.Sum256(nil)
	if err := writeTypes(openDisk, dir, x, digest); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, typesName(5)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[3:], int64(3))
	f.Fuzz(func(t *testing.T, b []byte, places int64) {
		all, err := decodeTypes(b, places, 5, digest)
		if err != nil && !errors.Is(err, errIndex) {
			t.Fatal(err)
		}
		for _, e := range all {
			if e.at+int64(e.bytes) > places || e.events > e.bytes {
				t.Fatalf("%+v is not within %d bytes", e, places)
			}
		}
	})
}
