package journal

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caseledger/eventstore"
)

// The events of all benchmarks: a payload of 600 bytes in the mean, nine in ten
// between 200 and 1,500, in 100,000 streams of which few are busy (Zipf).
const (
	benchStreams  = 100_000
	metadataBytes = 300
	logMean       = 6.22 // of the payload's size
	logSpread     = 0.6
)

// load makes events, each the next of its stream.
type load struct {
	seed  uint64
	names []string       // of the streams
	heads []atomic.Int64 // revision, and busy while one is appended
}

const busy = 1 << 62

func newLoad() *load {
	l := &load{seed: 1, heads: make([]atomic.Int64, benchStreams)}
	for i := range uint64(benchStreams) {
		l.names = append(l.names, streamName(i))
	}
	return l
}

// worker makes events for one goroutine.
type worker struct {
	*load
	random *rand.Rand
	zipf   *rand.Zipf
	filler []byte
	n      uint64
	given  int // bytes of payload and metadata
}

func (l *load) worker(i int) *worker {
	random := rand.New(rand.NewPCG(l.seed, uint64(i)))
	filler := make([]byte, 64<<10)
	for i := range filler {
		filler[i] = byte('a' + i*i%26)
	}
	return &worker{l, random, rand.NewZipf(random, 1.1, 10, benchStreams-1), filler, uint64(i) << 40, 0}
}

func streamName(i uint64) string { return fmt.Sprintf("record-%032x", i*0x9e3779b97f4a7c15) }

func (w *worker) event() eventstore.Event {
	w.n++
	size := int(math.Exp(logMean + logSpread*w.random.NormFloat64()))
	e := eventstore.Event{Type: "assessment.completed/1"}
	for i := range 8 {
		e.ID[i] = byte(w.n >> (8 * i))
	}
	e.ID[15] = 1
	at := w.random.IntN(len(w.filler) / 2)
	e.Metadata = w.filler[at:][:metadataBytes]
	e.Data = w.filler[at+metadataBytes:][:min(max(size, 20), 30_000)]
	w.given += len(e.Metadata) + len(e.Data)
	return e
}

// batch is an append that was made beforehand.
func (w *worker) batch(n int) []eventstore.Event {
	events := make([]eventstore.Event, n)
	for k := range events {
		events[k] = w.event()
	}
	return events
}

// append appends events to a stream that no other worker uses.
func (w *worker) append(b testing.TB, s *Store, events []eventstore.Event) {
	for {
		i := w.zipf.Uint64()
		head := w.heads[i].Load()
		if head >= busy || !w.heads[i].CompareAndSwap(head, head|busy) {
			continue
		}
		if _, err := s.Append(b.Context(), w.names[i], eventstore.Revision(head), events); err != nil {
			b.Error(err)
		}
		w.heads[i].Store(head + int64(len(events)))
		return
	}
}

// writes notes how many bytes of a segment are written before each sync.
type writes struct {
	mu      sync.Mutex
	groups  []int
	writing int           // bytes that are not synced
	bytes   int64         // to all files
	took    time.Duration // to write and sync groups
	began   time.Time
	events  uint64
	synced  []synced
	zeros   []zeroed
}

// zeroed says where zeros were written ahead, and how many.
type zeroed struct{ at, bytes int64 }

// zerosAhead returns how many bytes are written ahead, 0 when they are something else.
func zerosAhead(b []byte) int64 {
	if len(b) <= zeroedBytes && bytes.Equal(b, zeros[:len(b)]) {
		return int64(len(b))
	}
	return 0
}

// synced says when the sync of everything up to a position ended.
type synced struct {
	last uint64
	at   time.Time
}

func (n *writes) open(path string) (file, error) {
	f, err := openDisk(path)
	return notedFile{f, n, filepath.Ext(path) == suffix || filepath.Base(path) == unfinished}, err
}

type notedFile struct {
	file
	*writes
	segment bool
}

func (f notedFile) WriteAt(b []byte, offset int64) (int, error) {
	f.mu.Lock()
	f.bytes += int64(len(b))
	if ahead := zerosAhead(b); ahead > 0 {
		f.zeros = append(f.zeros, zeroed{offset, ahead})
	} else if f.segment {
		if f.writing == 0 {
			f.began = time.Now()
		}
		f.writing += len(b)
		f.events += eventsIn(b)
	}
	f.mu.Unlock()
	return f.file.WriteAt(b, offset)
}

func (f notedFile) Sync() error {
	err := f.file.Sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.segment {
		f.groups = append(f.groups, f.writing)
		f.writing = 0
		f.took += time.Since(f.began)
		f.synced = append(f.synced, synced{f.events, time.Now()})
	}
	return err
}

// eventsIn counts the records of a group. A header or a footer has none.
func eventsIn(b []byte) (n uint64) {
	for len(b) >= recordHeaderBytes {
		size, ok := recordSize(b)
		if !ok || size > len(b) {
			return n
		}
		n, b = n+1, b[size:]
	}
	return n
}

// bare is the limit: a loop that writes groups of the same sizes one after the
// other and syncs each.
type bare struct {
	f       *os.File
	content []byte
	at      int64
}

func newBare(b *testing.B) *bare {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	content := make([]byte, maxGroupBytes)
	for i := range content {
		content[i] = byte(i * i >> 3)
	}
	return &bare{f, content, 0}
}

func (w *bare) replay(b *testing.B, groups []int) {
	disk := diskFile{w.f}
	for _, n := range groups {
		if _, err := disk.WriteAt(w.content[:n], w.at); err != nil {
			b.Fatal(err)
		}
		if err := disk.Sync(); err != nil {
			b.Fatal(err)
		}
		w.at += int64(n)
	}
}

// BenchmarkAppend appends with so many writers, and replays the writes bare in
// short turns, because others may use the machine: ratio is the median of the
// turns and fastest that of the fastest turn of each, of which the limit is
// 0.85. disk is the part of the time in which the
// journal's disk was at work: what is missing to 1 is all that a ratio below 1
// can be due to.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct{ writers, batch, turn int }{
		{1, 1, 200}, {8, 1, 1600}, {64, 1, 8000}, {256, 1, 16_000}, {1, 500, 20_000}, {4, 500, 40_000},
	} {
		b.Run(fmt.Sprintf("writers=%d/batch=%d", c.writers, c.batch), func(b *testing.B) {
			disk := &writes{}
			s, err := open(b.TempDir(), Options{}, disk.open)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			limit := newBare(b)
			workers := make([]*worker, c.writers)
			l := newLoad()
			for i := range workers {
				workers[i] = l.worker(i)
			}
			var ours, used time.Duration
			var ratios []float64
			fastest, fastestBare := time.Hour, time.Hour
			groups, written, given := 0, disk.bytes, 0
			disk.took = 0
			for range b.N {
				disk.groups = disk.groups[:0]
				var made [][]eventstore.Event
				for i := range c.turn / c.batch {
					made = append(made, workers[i%len(workers)].batch(c.batch))
				}
				began, usedBefore := time.Now(), processorTime(b)
				spread(len(made), workers, func(w *worker, i int) { w.append(b, s, made[i]) })
				our := time.Since(began)
				used += processorTime(b) - usedBefore
				groups += len(disk.groups)
				began = time.Now()
				limit.replay(b, disk.groups)
				their := time.Since(began)
				ratios = append(ratios, their.Seconds()/our.Seconds())
				fastest, fastestBare = min(fastest, our), min(fastestBare, their)
				ours += our
			}
			for _, w := range workers {
				given += w.given
			}
			slices.Sort(ratios)
			events := float64(b.N * (c.turn / c.batch) * c.batch)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(events/ours.Seconds(), "events/s")
			b.ReportMetric(float64(used)/events, "cpu-ns/event")
			b.ReportMetric(events/float64(groups), "events/group")
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
			b.ReportMetric(fastestBare.Seconds()/fastest.Seconds(), "fastest")
			b.ReportMetric(float64(c.turn)/fastest.Seconds(), "fastest-events/s")
			b.ReportMetric(disk.took.Seconds()/ours.Seconds(), "disk")
			b.ReportMetric(float64(disk.bytes-written)/float64(given), "written/given")
		})
	}
}

// spread calls do for 0 to n-1, from one goroutine for each worker.
func spread(n int, workers []*worker, do func(w *worker, i int)) {
	var begun atomic.Int64
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() {
			for {
				i := int(begun.Add(1)) - 1
				if i >= n {
					return
				}
				do(w, i)
			}
		})
	}
	all.Wait()
}
