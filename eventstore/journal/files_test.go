package journal

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"caseledger/eventstore"
)

func TestTheFilesOfAJournalInUseHoldTheSameUpToAPositionWheneverTheyAreRead(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{SegmentBytes: 4 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put := func(n int) {
		for i := range n {
			stream := fmt.Sprint("stream-", s.Head(), "-", i)
			if _, err := s.Append(t.Context(), stream, 0, []eventstore.Event{{ID: eventstore.EventID{byte(i), byte(i >> 8), 1}, Type: "x/1", Data: make([]byte, 300)}}); err != nil {
				t.Error(err)
			}
		}
	}
	put(60)
	first, err := ReadFiles(t.Context(), dir, 60)
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	writing.Go(func() { put(400) })
	for range 50 {
		again, err := ReadFiles(t.Context(), dir, 60)
		if err != nil {
			t.Fatal(err)
		}
		if sizes(again) != sizes(first) || again.Events != 60 || again.Last != 60 {
			t.Fatalf("%s became %s", sizes(first), sizes(again))
		}
	}
	writing.Wait()
	all, err := ReadFiles(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := Stats{Segments: len(all.Parts), Streams: all.Streams, Events: all.Events, Bytes: all.Bytes}
	if want := s.Stats(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if _, err := ReadFiles(t.Context(), dir, s.Head()+1); !errors.Is(err, ErrShort) {
		t.Errorf("beyond the end: %v", err)
	}
}

// sizes is what does not depend on when the files were read.
func sizes(f Files) (out string) {
	for _, p := range f.Parts {
		out += fmt.Sprintln(p.Name, p.Size(), p.Sealed, p.Digest)
	}
	return out
}
