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

func TestReadingOnFromAnEarlierPositionGivesTheSameFiles(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{SegmentBytes: 4 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var before Files
	for i := range 60 {
		var events []eventstore.Event
		for j := range i%3 + 1 {
			events = append(events, eventstore.Event{ID: eventstore.EventID{byte(i), byte(j), 1}, Type: "x/1", Data: make([]byte, 200)})
		}
		if _, err := s.Append(t.Context(), fmt.Sprint("stream-", i), 0, events); err != nil {
			t.Fatal(err)
		}
		upTo := s.Head() - eventstore.Position(i%2) // also in the middle of an append
		if before, err = ReadFilesAfter(t.Context(), dir, before, upTo); err != nil {
			t.Fatal(err)
		}
		fresh, err := ReadFiles(t.Context(), dir, upTo)
		if err != nil || sizes(before) != sizes(fresh) || before.Last != fresh.Last || before.Bytes != fresh.Bytes || before.Events != fresh.Events {
			t.Fatalf("%d: %v\n%s\n%s", i, err, sizes(before), sizes(fresh))
		}
	}
}
