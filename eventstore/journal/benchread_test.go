package journal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"caseledger/eventstore"
)

// eventsVariable is how many events the benchmarks of reading and opening
// have; eventsDefault is used without it.
const (
	eventsVariable = "CASELEDGER_BENCH_EVENTS"
	eventsDefault  = 200_000
)

func benchEvents(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv(eventsVariable))
	if err != nil {
		return eventsDefault
	}
	return n
}

// benchJournal has its events in 100,000 streams, of which two have 100 and
// 10,000 events at regular distances.
func benchJournal(b *testing.B) (*Store, string) {
	dir := b.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	const writers, turn = 64, 50_000
	l := newLoad()
	workers := make([]*worker, writers)
	for i := range workers {
		workers[i] = l.worker(i)
	}
	batch := max(1, benchEvents(b)/eventsDefault) // many are made faster together
	for left := benchEvents(b); left > 0; left -= turn {
		spread(min(turn, left)/batch, workers, func(w *worker, i int) { w.append(b, s, w.batch(batch)) })
		for stream, n := range map[string]int{"short": 100, "long": 10_000} {
			have, err := headOf(s, stream)
			for i := 0; i < n*turn/benchEvents(b) && err == nil && int(have) < n; i++ {
				have++
				_, err = s.Append(b.Context(), stream, eventstore.Revision(have-1), workers[0].batch(1))
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	return s, dir
}

// BenchmarkRead reports beside the time what it costs the processor, which others
// who use the machine change little.
func BenchmarkRead(b *testing.B) {
	s, dir := benchJournal(b)
	events, bytes := int(s.Head()), s.Stats().Bytes
	b.Run("scan", func(b *testing.B) { besideBare(b, s, dir) })
	measured(b, "Scan", events, bytes, func() error { counted(b, s.Scan(b.Context(), 0), events); return nil })
	measured(b, "ReadLog", events, bytes, func() error { counted(b, s.ReadLog(b.Context(), 0), events); return nil })
	for stream, n := range map[string]int{"short": 100, "long": 10_000} { // the limits are 500,000/s and 1,000,000/s
		measured(b, fmt.Sprintf("ReadStream/%d", n), n, 0, func() error {
			counted(b, s.ReadStream(b.Context(), stream, 0), n)
			return nil
		})
	}
	measured(b, "Verify", events, bytes, func() error {
		_, err := s.Verify(b.Context())
		return err
	})
	s.Close()
	measured(b, "Open", events, 0, func() error { // the limit is 1 s for 5,000,000 events
		again, err := Open(dir, Options{})
		if err != nil {
			return err
		}
		return again.Close()
	})
	measured(b, "Reindex", events, bytes, func() error { // the limit is 1,000,000/s
		_, err := Reindex(dir)
		return err
	})
}

// measured runs do, which is about so many events and bytes.
func measured(b *testing.B, name string, events int, bytes int64, do func() error) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(bytes)
		used := processorTime(b)
		for b.Loop() {
			if err := do(); err != nil {
				b.Fatal(err)
			}
		}
		n := float64(b.N) * float64(events)
		b.ReportMetric(n/b.Elapsed().Seconds(), "events/s")
		b.ReportMetric(float64(processorTime(b)-used)/n, "cpu-ns/event")
	})
}

// processorTime is what the process has used.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func counted(b *testing.B, r func(func(eventstore.Recorded, error) bool), want int) {
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

// besideBare scans each segment after it was read into one buffer, which is the
// limit. ratio is the median of the turns, of which the limit is 0.7, and
// cpu-ratio that of the processor time of all.
func besideBare(b *testing.B, s *Store, dir string) {
	v := s.view.Load()
	var ratios []float64
	var took, used, usedBare time.Duration
	for b.Loop() {
		for i := range len(v.full) + 1 {
			in := v.segment(i)
			began, before := time.Now(), processorTime(b)
			readBare(b, segmentPath(dir, in.first))
			bare, usedBefore := time.Since(began), processorTime(b)
			began = time.Now()
			scanSegment(b, s, in)
			ours := time.Since(began)
			ratios = append(ratios, bare.Seconds()/ours.Seconds())
			took, used, usedBare = took+ours, used+processorTime(b)-usedBefore, usedBare+usedBefore-before
		}
	}
	slices.Sort(ratios)
	n := float64(b.N) * float64(s.Head())
	b.ReportMetric(n/took.Seconds(), "events/s")
	b.ReportMetric(float64(b.N)*float64(s.Stats().Bytes)/took.Seconds()/1e6, "MB-scanned/s")
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(usedBare.Seconds()/used.Seconds(), "cpu-ratio")
}

// scanSegment reads and checks every record.
func scanSegment(b *testing.B, s *Store, in *segment) {
	src, err := s.files.get(in.first)
	if err != nil {
		b.Fatal(err)
	}
	defer src.release()
	got := uint64(0)
	for r, err := range records(scanned(src, headerBytes, in.end), in.seed) {
		if err != nil {
			b.Fatal(err)
		}
		if !r.mark() {
			got++
		}
	}
	if got != in.events {
		b.Fatalf("%d events, want %d", got, in.events)
	}
}

// readBare reads a file from beginning to end into one buffer.
func readBare(b *testing.B, path string) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for buffer := make([]byte, scanBytes); err == nil; {
		_, err = io.ReadFull(f, buffer)
	}
}

// BenchmarkFollow appends 5,000 events a second and reports how long after the
// sync a follower has one. The limit for 99 in 100 is 2 ms.
func BenchmarkFollow(b *testing.B) {
	const every, writers, events = 5 * time.Millisecond, 25, 10_000
	for range b.N {
		disk := &writes{}
		s, err := open(b.TempDir(), Options{}, disk.open)
		if err != nil {
			b.Fatal(err)
		}
		delivered := make([]time.Time, 0, events)
		ctx, cancel := context.WithCancel(b.Context())
		var following sync.WaitGroup
		following.Go(func() {
			for _, err := range s.Follow(ctx, 0) {
				if err != nil {
					return
				}
				if delivered = append(delivered, time.Now()); len(delivered) == events {
					cancel()
				}
			}
		})
		paced(b, s, every, writers, events)
		following.Wait()
		cancel()
		late := disk.delays(delivered)
		slices.Sort(late)
		b.ReportMetric(late[len(late)/2].Seconds()*1e6, "p50-µs")
		b.ReportMetric(late[len(late)*99/100].Seconds()*1e6, "p99-µs")
		s.Close()
	}
}

// paced lets each writer append one event in every interval.
func paced(b *testing.B, s *Store, every time.Duration, writers, events int) {
	l := newLoad()
	var all sync.WaitGroup
	for i := range writers {
		w := l.worker(i)
		all.Go(func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for range events / writers {
				<-tick.C
				w.append(b, s, w.batch(1))
			}
		})
	}
	all.Wait()
}

// delays are the times from the sync of each event to its delivery.
func (n *writes) delays(delivered []time.Time) []time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	var late []time.Duration
	for i, at := range delivered {
		group, _ := slices.BinarySearchFunc(n.synced, uint64(i)+1, func(s synced, position uint64) int {
			return int(int64(s.last) - int64(position))
		})
		late = append(late, at.Sub(n.synced[group].at))
	}
	return late
}

// BenchmarkIndexMemory makes the index of a journal of ten times as many events as
// the other benchmarks have, without the journal. The limit is 1 GB for
// 100,000,000 events.
func BenchmarkIndexMemory(b *testing.B) {
	events := 10 * benchEvents(b)
	const perSegment = 130_000
	dir := b.TempDir()
	x := &runs{dir: dir, disk: openDisk, changed: make(chan struct{}, 1)}
	x.publish(nil)
	heads, names := make([]uint64, benchStreams), make([][]byte, benchStreams)
	for i := range names {
		names[i] = []byte(streamName(uint64(i)))
	}
	kinds := make([][]byte, 60)
	for i := range kinds {
		kinds[i] = fmt.Appendf(nil, "assessment.completed-%d/1", i)
	}
	began := time.Now()
	for segment := range events / perSegment {
		t := newTable(segment)
		for i := range uint64(perSegment) {
			stream := (i*i + uint64(segment)*7919) % (benchStreams - i%1000)
			p := t.get(names[stream])
			if p == nil {
				p = t.add(string(names[stream]), heads[stream])
			}
			p.push(uint32(i * 1000))
			heads[stream]++
			t.ofType(kinds[stream%uint64(len(kinds))]).push(uint32(i * 1000))
		}
		if err := x.seal(t, [sha256.Size]byte{}); err != nil {
			b.Fatal(err)
		}
		if err := x.merge(b.Context()); err != nil {
			b.Fatal(err)
		}
		if _, err := x.typesOf(b.Context(), segment); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(events)/time.Since(began).Seconds(), "events/s")
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	held := x.all()
	onDisk := int64(0)
	for _, r := range held {
		info, err := os.Stat(filepath.Join(dir, runName(r.extent)))
		if err != nil {
			b.Fatal(err)
		}
		onDisk += info.Size()
	}
	byType, err := filepath.Glob(filepath.Join(dir, "*"+typesSuffix))
	if err != nil || len(byType) == 0 {
		b.Fatal("no index by type: ", err)
	}
	for _, path := range byType {
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		onDisk += info.Size()
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(u.Maxrss)/1e3, "MB-RSS-at-most")
	x.list.Store(&[]*run{})
	x.types = nil
	held = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(before.HeapAlloc-after.HeapAlloc)/1e6, "MB-resident")
	b.ReportMetric(float64(before.HeapAlloc-after.HeapAlloc)/float64(events), "bytes-resident/event")
	b.ReportMetric(float64(onDisk)/float64(events), "bytes-on-disk/event")
}
