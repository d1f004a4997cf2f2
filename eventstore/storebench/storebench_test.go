package storebench_test

import (
	"context"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/storebench"
)

// fill lets writers append n events, one at a time.
func fill(t *testing.T, load *storebench.Workload, store storebench.Appender, writers, n int) {
	t.Helper()
	err := storebench.Each(t.Context(), load.Writers(writers), n, func(w *storebench.Writer, _ int) error {
		_, err := w.Append(t.Context(), store, 1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// all returns the log of a store.
func all(t *testing.T, store eventstore.Store) []eventstore.Recorded {
	t.Helper()
	var log []eventstore.Recorded
	for e, err := range store.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, e)
	}
	return log
}

func TestPayloadsAreJSONOfTheStatedSizes(t *testing.T) {
	store := memory.New()
	fill(t, storebench.NewWorkload(1), store, 4, 20_000)
	sum, within := 0, 0
	log := all(t, store)
	for _, e := range log {
		if !json.Valid(e.Data) || !json.Valid(e.Metadata) {
			t.Fatalf("no JSON: %s %s", e.Metadata, e.Data)
		}
		if len(e.Metadata) != storebench.MetadataBytes {
			t.Fatalf("metadata of %d bytes", len(e.Metadata))
		}
		sum += len(e.Data)
		if 200 <= len(e.Data) && len(e.Data) <= 1500 {
			within++
		}
	}
	if mean := sum / len(log); mean < 580 || mean > 620 {
		t.Errorf("payloads have %d bytes in the mean", mean)
	}
	if part := 100 * within / len(log); part < 88 || part > 92 {
		t.Errorf("%d in 100 payloads have between 200 and 1,500 bytes", part)
	}
}

func TestFewStreamsAreBusyAndManyAreUsed(t *testing.T) {
	store := memory.New()
	fill(t, storebench.NewWorkload(1), store, 4, 20_000)
	streams := make(map[string]int)
	for _, e := range all(t, store) {
		streams[e.Stream]++
	}
	busiest := 0
	for _, n := range streams {
		busiest = max(busiest, n)
	}
	if len(streams) < 2000 || busiest < 100 {
		t.Errorf("%d streams, the busiest has %d events", len(streams), busiest)
	}
}

func TestTheSameSeedMakesTheSameEvents(t *testing.T) {
	var logs [][]eventstore.Recorded
	for _, seed := range []uint64{7, 7, 8} {
		store := memory.New()
		fill(t, storebench.NewWorkload(seed), store, 1, 100)
		logs = append(logs, all(t, store))
	}
	if !reflect.DeepEqual(logs[0], logs[1]) {
		t.Error("seed 7 made other events the second time")
	}
	if reflect.DeepEqual(logs[0], logs[2]) {
		t.Error("seed 8 made the events of seed 7")
	}
}

func TestCheckFindsWhatAStoreLosesInventsOrAlters(t *testing.T) {
	load, store := storebench.NewWorkload(1), memory.New()
	fill(t, load, store, 1, 50)
	log := all(t, store)
	altered := func(alter func(e *eventstore.Recorded)) []eventstore.Recorded {
		other := slices.Clone(log)
		alter(&other[20])
		return other
	}
	for _, tt := range []struct {
		name string
		log  []eventstore.Recorded
		want string
	}{
		{"nothing", log, ""},
		{"the same JSON, written otherwise", altered(func(e *eventstore.Recorded) {
			e.Data = []byte(strings.Replace(string(e.Data), `":"`, `" : "`, 1))
		}), ""},
		{"the last one lost", log[:49], "are missing"},
		{"all lost", nil, "are missing"},
		{"one lost", slices.Concat(log[:20], log[21:]), ""}, // what is said depends on its stream
		{"one doubled", append(slices.Clone(log), log[49]), "comes after"},
		{"one invented", altered(func(e *eventstore.Recorded) { e.Stream = "another" }), "not acknowledged"},
		{"another payload", altered(func(e *eventstore.Recorded) { e.Data = []byte(`{}`) }), "not what was appended"},
		{"another id", altered(func(e *eventstore.Recorded) { e.ID[0]++ }), "not what was appended"},
		{"another revision", altered(func(e *eventstore.Recorded) { e.Revision++ }), "comes after"},
		{"two exchanged", altered(func(e *eventstore.Recorded) { e.Position = 1 }), "comes after"},
	} {
		err := load.Check(yielding(tt.log))
		sound := tt.name == "nothing" || strings.HasPrefix(tt.name, "the same JSON")
		if sound != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func yielding(log []eventstore.Recorded) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for _, e := range log {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestGroupsAreWhatTheJournalHasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	load, groups := storebench.NewWorkload(1), storebench.NewGroups(dir)
	sum, events := 0, 0
	for _, segmentBytes := range []int64{64 << 10, 0} { // the second one begins after a mark
		store, err := journal.Open(dir, journal.Options{SegmentBytes: segmentBytes})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			before := events
			fill(t, load, store, 8, 300)
			sizes, err := groups.Next()
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range sizes {
				sum += n
			}
			want := 0
			events = 0
			for _, e := range all(t, store) {
				const record = 52
				events++
				want += record + len(e.Stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
			}
			if sum != want || len(sizes) > events-before || len(sizes) < (events-before)/8 {
				t.Fatalf("%d groups of %d events have %d bytes together, want %d", len(sizes), events-before, sum, want)
			}
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if sizes, err := groups.Next(); err != nil || len(sizes) > 0 {
		t.Errorf("after the last one: %v, %v", sizes, err)
	}
}

func TestTheBareLoopWritesWhatItIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bare")
	bare, err := storebench.NewBare(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	for range 2 {
		took, err := bare.Replay([]int{10, 100_000, 52})
		if err != nil || len(took) != 3 || storebench.Sum(took) <= 0 {
			t.Errorf("%v, %v", took, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || bare.Bytes() != 2*(10+100_000+52) || info.Size() < bare.Bytes() {
		t.Errorf("%d bytes in a file of %d: %v", bare.Bytes(), info.Size(), err)
	}
	if _, err := storebench.NewBare(path, false); err == nil {
		t.Error("a file that is there already was taken")
	}
}

func TestTheBareLoopWritesZerosAheadOfSmallGroupsAlone(t *testing.T) {
	for _, c := range []struct {
		groups  []int
		written int64
	}{
		{[]int{1000, 1000, 1000}, 3000 + 256<<10}, // the others have room
		{[]int{128<<10 + 1}, 128<<10 + 1},
		{[]int{1000, 256 << 10, 10}, 1000 + 256<<10 + 256<<10 + 10 + 256<<10}, // the large one used the room up
	} {
		bare, err := storebench.NewBare(filepath.Join(t.TempDir(), "bare"), true)
		if err != nil {
			t.Fatal(err)
		}
		defer bare.Close()
		if _, err := bare.Replay(c.groups); err != nil || bare.Bytes() != c.written {
			t.Errorf("%v: %d bytes, want %d: %v", c.groups, bare.Bytes(), c.written, err)
		}
	}
}

func TestFillMakesTheStreamsThatItNames(t *testing.T) {
	for _, events := range []int{1000, 20_000} {
		store := memory.New()
		made, err := storebench.NewWorkload(1).Fill(t.Context(), store, events)
		if err != nil {
			t.Fatal(err)
		}
		streams := make(map[string]int)
		for _, e := range all(t, store) {
			streams[e.Stream]++
		}
		for _, name := range made.Short {
			if streams[name] != made.ShortEvents {
				t.Errorf("%s has %d events, want %d", name, streams[name], made.ShortEvents)
			}
		}
		for _, name := range made.Long {
			if streams[name] != made.LongEvents {
				t.Errorf("%s has %d events, want %d", name, streams[name], made.LongEvents)
			}
		}
		if n := len(all(t, store)); n != events || len(made.Short) == 0 || len(made.Long) == 0 || made.ShortEvents >= made.LongEvents {
			t.Errorf("%d events, want %d: %+v", n, events, made)
		}
	}
}

// counting is a store that keeps nothing.
type counting struct{ n atomic.Int64 }

func (c *counting) Append(_ context.Context, _ string, _ eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	return eventstore.Position(c.n.Add(int64(len(events)))), nil
}

// So many events that an append of Fill is of several.
func TestFillMakesAsManyEventsAsAreAskedFor(t *testing.T) {
	for _, events := range []int{200_001, 450_001} {
		var store counting
		if _, err := storebench.NewWorkload(1).Fill(t.Context(), &store, events); err != nil || store.n.Load() != int64(events) {
			t.Errorf("%d events, want %d: %v", store.n.Load(), events, err)
		}
	}
}

func TestWhatIsCalledForDuringASyncWaitsForItAndForItsOwn(t *testing.T) {
	var events []storebench.Delivered
	for _, called := range []time.Duration{50, 0, 3, 1, 12} { // in any order
		events = append(events, storebench.Delivered{Called: called})
	}
	// From 0 to 10 for the first, to 15 for those of 1 and 3, to 25 for that of 12, and from 50 to 55.
	want := []time.Duration{10, 14, 12, 13, 5}
	if got := storebench.Alone(events, []time.Duration{10, 5}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAFollowerIsTimedForEveryAppend(t *testing.T) {
	load, store := storebench.NewWorkload(1), memory.New()
	writers := load.Writers(4)
	var last eventstore.Position
	for turn := range 2 {
		all, at, err := storebench.Follow(t.Context(), store, last, writers, 10_000, 20*time.Millisecond)
		if err != nil || len(all) != 200 || at != eventstore.Position(200*(turn+1)) {
			t.Fatalf("%d events, up to %d: %v", len(all), at, err)
		}
		for _, one := range all {
			if one.Called < 0 || one.Took <= 0 {
				t.Fatalf("%+v", one)
			}
		}
		last = at
	}
	if err := load.Check(store.ReadLog(t.Context(), 0)); err != nil {
		t.Error(err)
	}
}

// refusing is a store that takes nothing.
type refusing struct{ *memory.Store }

func (refusing) Append(context.Context, string, eventstore.Revision, []eventstore.Event) (eventstore.Position, error) {
	return 0, eventstore.ErrInvalid
}

func TestATurnEndsWithTheFirstErrorOfTheStore(t *testing.T) {
	load, store := storebench.NewWorkload(1), refusing{memory.New()}
	do := func(w *storebench.Writer) error { _, err := w.Append(t.Context(), store, 1); return err }
	if _, err := storebench.Turn(t.Context(), load.Writers(3), time.Hour, do); err == nil {
		t.Error("no error")
	}
	if _, _, err := storebench.Follow(t.Context(), store, 0, load.Writers(3), 1000, time.Second); err == nil {
		t.Error("no error while following")
	}
}

func TestARatioIsTheMedianOfTheTurns(t *testing.T) {
	var r storebench.Result
	r.Against([]float64{90, 20, 80}, []float64{100, 100, 100})
	if r.Value != 80 || r.Limit != 100 || r.Ratio != 0.8 || r.Turns != "0.20 – 0.90" {
		t.Errorf("%+v", r)
	}
	if r.AtLeast(0.85, "the limit"); r.Met != "no" {
		t.Errorf("0.8 is said to be at least 0.85: %+v", r)
	}
	if r.AtLeast(0.75, "the limit"); r.Met != "yes" {
		t.Errorf("0.8 is said not to be at least 0.75: %+v", r)
	}
	for n, want := range map[storebench.Number]string{0: "", 0.8534: "0.853", 28_712.3: "28712", 1.5: "1.5"} {
		if n.String() != want {
			t.Errorf("%v is printed as %q, want %q", float64(n), n, want)
		}
	}
	if p := storebench.Percentile([]time.Duration{3, 1, 2}, 99); p != 2 {
		t.Errorf("99 in 100 of three: %d", p)
	}
}
