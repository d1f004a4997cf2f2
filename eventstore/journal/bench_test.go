package journal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"caseledger/eventstore"
)

// kilobyte is the size of the data of one event in all benchmarks.
const kilobyte = 1024

func sample(n int) eventstore.Event {
	e := entry("bench", n)
	e.Data = bytes.Repeat([]byte{byte(n)}, kilobyte)
	return e
}

// BenchmarkAppend appends one event at a time; every writer has its stream.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := opened(b, b.TempDir(), Options{})
			b.SetBytes(kilobyte)
			b.ResetTimer()
			spread(b, writers, func(writer, n int) error {
				_, err := s.Append(b.Context(), fmt.Sprint("w", writer), eventstore.Revision(n), []eventstore.Event{sample(n + 1)})
				return err
			})
		})
	}
}

// spread calls do b.N times in all from so many goroutines at once.
func spread(b *testing.B, writers int, do func(writer, n int) error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				if err := do(i, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkRawAppend is the limit for one writer: it writes and syncs the same
// bytes and does nothing else.
func BenchmarkRawAppend(b *testing.B) {
	f, err := openDisk(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	record := appendRecord(nil, "w0", 1, 0, sample(1))
	b.SetBytes(kilobyte)
	for n := range b.N {
		if _, err := f.WriteAt(record, int64(n*len(record))); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

const benchEvents = 100_000

// benchJournal has its events in 100 streams, one after the other in turn.
func benchJournal(b *testing.B) (*Store, string) {
	dir := b.TempDir()
	s := opened(b, dir, Options{SegmentBytes: 32 << 20})
	const streams, each = 100, 10
	for n := 0; n < benchEvents/streams; n += each {
		for i := range streams {
			events := make([]eventstore.Event, each)
			for k := range events {
				events[k] = sample(n + k + 1)
			}
			if _, err := s.Append(b.Context(), fmt.Sprint("s", i), eventstore.Revision(n), events); err != nil {
				b.Fatal(err)
			}
		}
	}
	return s, dir
}

func BenchmarkRead(b *testing.B) {
	s, dir := benchJournal(b)
	b.Run("ReadLog", func(b *testing.B) {
		b.SetBytes(benchEvents * kilobyte)
		for b.Loop() {
			count(b, s.ReadLog(b.Context(), 0), benchEvents)
		}
	})
	b.Run("ReadStream", func(b *testing.B) {
		b.SetBytes(benchEvents / 100 * kilobyte)
		for i := 0; b.Loop(); i++ {
			count(b, s.ReadStream(b.Context(), fmt.Sprint("s", i%100), 0), benchEvents/100)
		}
	})
	b.Run("raw", func(b *testing.B) {
		b.SetBytes(s.Stats().Bytes)
		for b.Loop() {
			readRaw(b, dir)
		}
	})
	s.Close()
	b.Run("Open", func(b *testing.B) {
		b.SetBytes(benchEvents * kilobyte)
		for b.Loop() {
			opened(b, dir, Options{}).Close()
		}
	})
}

func count(b *testing.B, r func(func(eventstore.Recorded, error) bool), want int) {
	got := 0
	for _, err := range r {
		if err != nil {
			b.Fatal(err)
		}
		got++
	}
	if got != want {
		b.Fatalf("%d events, want %d", got, want)
	}
}

// readRaw reads all segments from beginning to end into one buffer.
func readRaw(b *testing.B, dir string) {
	firsts, err := listSegments(dir)
	if err != nil {
		b.Fatal(err)
	}
	buffer := make([]byte, blockBytes)
	for _, first := range firsts {
		f, err := os.Open(segmentPath(dir, first))
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = io.ReadFull(f, buffer)
		}
		f.Close()
	}
}
