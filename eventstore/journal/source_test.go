package journal

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"caseledger/eventstore"
)

// readA reads stream a and returns how many events it gave before an error.
func readA(t *testing.T, s *Store) (n int, err error) {
	t.Helper()
	for r, err := range s.ReadStream(t.Context(), "a", 0) {
		if err != nil {
			return n, err
		}
		if n++; r.ID != entry("a", n).ID || string(r.Data) != string(entry("a", n).Data) {
			t.Fatalf("event %d is %+v", n, r)
		}
	}
	return n, nil
}

func TestAFileCutShortUnderItsMappingIsAnErrorAndNotTheEndOfTheProcess(t *testing.T) {
	const events = 500 // on many pages
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	extend(t, s, "a", 0, events)
	for range 2 { // from the file, and from its mapping
		if n, err := readA(t, s); n != events || err != nil {
			t.Fatalf("%d events, want %d: %v", n, events, err)
		}
	}
	o, err := s.files.get(1)
	if err != nil {
		t.Fatal(err)
	}
	defer o.release()
	if mapped := o.inMemory(headerBytes, int(s.Stats().Bytes-headerBytes)); mapped != (runtime.GOOS == "linux") {
		t.Fatalf("it is %v that all was read from the mapping", mapped)
	}
	if err := os.Truncate(segmentPath(dir, 1), 3*systemPage); err != nil {
		t.Fatal(err)
	}
	n, err := readA(t, s)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) || n == 0 || n > 3*systemPage/recordHeaderBytes {
		t.Fatalf("%d events and %v, want those of three pages and that the file is damaged", n, err)
	}
}

func TestAMappingShowsWhatIsAppendedAndSealedAfterwards(t *testing.T) {
	s := opened(t, t.TempDir(), Options{SegmentBytes: 3 * systemPage})
	for n := range 400 {
		extend(t, s, "a", n, 1)
		if n%20 > 0 {
			continue
		}
		if got, err := readA(t, s); got != n+1 || err != nil {
			t.Fatalf("%d events, want %d: %v", got, n+1, err)
		}
	}
	if s.Stats().Segments < 3 {
		t.Fatal("no segment was sealed")
	}
}

func TestMappingsEndWithTheJournalAndTheirReaders(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("nothing is mapped outside Linux")
	}
	dir := t.TempDir()
	mappings := func() int {
		b, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(b), dir)
	}
	s := opened(t, dir, Options{SegmentBytes: 1})
	const segments = maxOpenSegments + 10
	for n := range segments {
		extend(t, s, "a", n, 1)
	}
	if n, err := readA(t, s); n != segments || err != nil {
		t.Fatalf("%d events, want %d: %v", n, segments, err)
	}
	if n := mappings(); n == 0 || n > maxOpenSegments+1 { // one is being sealed
		t.Fatalf("%d files are mapped, want at most %d", n, maxOpenSegments+1)
	}
	for r, err := range s.ReadStream(t.Context(), "a", 0) {
		if r.Revision == eventstore.Revision(segments/2) {
			s.Close()
		}
		if err != nil && !errors.Is(err, ErrClosed) {
			t.Fatal(err)
		}
	}
	if n := mappings(); n != 0 {
		t.Fatal(fmt.Sprint(n, " files are mapped after all"))
	}
}
