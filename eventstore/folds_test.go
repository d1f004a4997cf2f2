package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"caseledger/domain"
	"caseledger/eventstore"
)

// fill appends n events of one act each to a stream.
func fill(t testing.TB, store eventstore.Store, stream string, n int) *eventstore.Ledger {
	t.Helper()
	l, folds := newLedger(store), newFolds()
	ids := l.NewID
	l.NewID = func() eventstore.EventID {
		id := ids()
		copy(id[8:], stream)
		return id
	}
	for i := range n {
		a := act(stream, fmt.Sprintf("fill-%d", i), "x")
		if _, err := eventstore.Update(t.Context(), l, folds, a, say(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func load(t testing.TB, folds *eventstore.Folds[talk], l *eventstore.Ledger, stream string, want int) {
	t.Helper()
	at, err := folds.Load(t.Context(), l, stream)
	if err != nil || len(at.State) != want || at.Revision != eventstore.Revision(want) {
		t.Errorf("stream %s: %d texts at revision %d, %v; want %d", stream, len(at.State), at.Revision, err, want)
	}
}

func TestAKeptFoldReadsOnlyNewEvents(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 10)
	folds := newFolds()
	for _, step := range []struct{ more, read int }{{0, 10}, {0, 0}, {1, 1}, {0, 0}} {
		for range step.more {
			if _, err := eventstore.Update(t.Context(), l, newFolds(), act("a", "more", "x"), say("x")); err != nil {
				t.Fatal(err)
			}
		}
		store.read.Store(0)
		load(t, folds, l, "a", len(store.log()))
		if got := int(store.read.Load()); got != step.read {
			t.Errorf("read %d events, want %d", got, step.read)
		}
	}
}

func TestWhatAnActRecordsIsFoldedWithoutBeingRead(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 3)
	folds := newFolds()
	load(t, folds, l, "a", 3)
	store.read.Store(0)
	first := act("a", "first", "x")
	receipt, err := eventstore.Update(t.Context(), l, folds, first, say("3", "4"))
	if err != nil {
		t.Fatal(err)
	}
	load(t, folds, l, "a", 5)
	repeated, err := eventstore.Update(t.Context(), l, folds, first, say("never"))
	if receipt.Repeated = true; err != nil || repeated != receipt {
		t.Errorf("the repeat gives %+v, %v; want %+v", repeated, err, receipt)
	}
	if _, err := eventstore.Update(t.Context(), l, folds, act("new", "first", "x"), say("0")); err != nil {
		t.Fatal(err)
	}
	load(t, folds, l, "new", 1)
	if n := store.read.Load(); n != 0 {
		t.Errorf("%d events were read", n)
	}
	for _, stream := range []string{"a", "new"} {
		kept, err := folds.Load(t.Context(), l, stream)
		read, err2 := newFolds().Load(t.Context(), l, stream)
		if err != nil || err2 != nil || !reflect.DeepEqual(kept.State, read.State) || !reflect.DeepEqual(kept.Tail, read.Tail) {
			t.Errorf("stream %s: kept is %+v, %v; read is %+v, %v", stream, kept, err, read, err2)
		}
	}
}

func TestWhatAnActRecordsIsFoldedOnceWhenOthersReadItFirst(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	store.after = func(string) error {
		load(t, folds, l, "a", 2)
		return nil
	}
	if _, err := eventstore.Update(t.Context(), l, folds, act("a", "first", "x"), say("0", "1")); err != nil {
		t.Fatal(err)
	}
	load(t, folds, l, "a", 2)
}

func TestFoldsOverTheBudgetAreDroppedLongestUnusedFirst(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 3)
	fill(t, store, "b", 3)
	fill(t, store, "c", 3)
	one := 0
	for _, e := range store.log()[:3] {
		one += len(e.Data) + len(e.Metadata)
	}
	folds := eventstore.NewFolds(2*one+2*256+100, evolve) // two streams fit
	for _, stream := range []string{"a", "b", "a", "c"} {
		load(t, folds, l, stream, 3)
	}
	for _, step := range []struct {
		stream string
		read   int64
	}{{"a", 0}, {"c", 0}, {"b", 3}, {"c", 0}, {"a", 3}} {
		store.read.Store(0)
		load(t, folds, l, step.stream, 3)
		if got := store.read.Load(); got != step.read {
			t.Errorf("stream %s: read %d events, want %d", step.stream, got, step.read)
		}
	}
}

func TestAStreamOverTheBudgetIsKeptWhileItIsInUse(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 5)
	folds := eventstore.NewFolds(0, evolve)
	load(t, folds, l, "a", 5)
	store.read.Store(0)
	load(t, folds, l, "a", 5)
	if got := store.read.Load(); got != 0 {
		t.Errorf("read %d events again", got)
	}
}

// gate lets the first reader of stream "slow" wait in the midst of its reading.
type gate struct {
	*watched
	held             atomic.Bool
	reached, release chan struct{}
}

func (g *gate) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	if stream == "slow" && g.held.CompareAndSwap(false, true) {
		close(g.reached)
		<-g.release
	}
	return g.watched.ReadStream(ctx, stream, after)
}

func TestAFoldThatWasDroppedWhileItWasReadIsNotCharged(t *testing.T) {
	store := &gate{watched: newStore(), reached: make(chan struct{}), release: make(chan struct{})}
	l := fill(t, store.watched, "slow", 50)
	fill(t, store.watched, "a", 3)
	fill(t, store.watched, "b", 3)
	l.Store = store
	one := 0
	for _, e := range store.log()[:50] {
		one += len(e.Data)
	}
	folds := eventstore.NewFolds(one, evolve) // slow drops the others
	done := make(chan struct{})
	go func() {
		defer close(done)
		load(t, folds, l, "slow", 50)
	}()
	<-store.reached
	fill(t, store.watched, "big", 60)
	load(t, folds, l, "big", 60)  // drops slow while it is read
	load(t, folds, l, "slow", 50) // begins it anew
	close(store.release)
	<-done
	load(t, folds, l, "a", 3) // drops slow
	load(t, folds, l, "b", 3) // fits beside a, unless slow is still charged
	store.read.Store(0)
	load(t, folds, l, "a", 3)
	if got := store.read.Load(); got != 0 {
		t.Errorf("a was dropped although nothing else is kept: read %d events", got)
	}
}

// broken fails every read after its first event.
type broken struct{ *watched }

var errDisk = errors.New("disk")

func (b broken) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e := range b.watched.ReadStream(ctx, stream, after) {
			if !yield(e, nil) {
				return
			}
			yield(eventstore.Recorded{}, errDisk)
			return
		}
	}
}

func TestAReadThatFailsLeavesTheFoldAsItWas(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 3)
	folds := newFolds()
	load(t, folds, l, "a", 3)
	fill(t, store, "b", 1)
	more := act("a", "more", "x")
	if _, err := eventstore.Update(t.Context(), l, newFolds(), more, say("3", "4")); err != nil {
		t.Fatal(err)
	}
	l.Store = broken{store}
	if _, err := folds.Load(t.Context(), l, "a"); !errors.Is(err, errDisk) {
		t.Errorf("the read that fails gives %v", err)
	}
	l.Store = store
	load(t, folds, l, "a", 5)
}

func TestManyReadersAndWritersOfOneStreamSeeWholeStates(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	const writers, acts = 4, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range acts {
				a := act("a", fmt.Sprintf("w%d-%d", w, i), "x")
				for {
					_, err := eventstore.Update(context.Background(), l, folds, a, say("x", "y"))
					var conflict *eventstore.ConflictError
					if err == nil {
						break
					}
					if !errors.As(err, &conflict) {
						t.Error(err)
						return
					}
				}
			}
		})
		wg.Go(func() {
			for range acts {
				at, err := folds.Load(context.Background(), l, "a")
				if err != nil || len(at.State) != int(at.Revision) || len(at.State)%2 != 0 {
					t.Errorf("%d texts at revision %d, %v", len(at.State), at.Revision, err)
				}
			}
		})
	}
	wg.Wait()
	load(t, folds, l, "a", writers*acts*2)
}

func TestAnEarlierStateStaysAsItWas(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 3)
	folds := newFolds()
	before, err := folds.Load(t.Context(), l, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eventstore.Update(t.Context(), l, folds, act("a", "more", "x"), say("x")); err != nil {
		t.Fatal(err)
	}
	load(t, folds, l, "a", 4)
	if !reflect.DeepEqual(before.State, talk{"0", "1", "2"}) || before.Revision != 3 {
		t.Errorf("the earlier state is now %q at %d", before.State, before.Revision)
	}
}

func TestAnEntryThatCannotBeDecodedStopsTheFoldAndNamesThePlace(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 1)
	if _, err := store.Append(t.Context(), "a", 1, []eventstore.Event{{ID: eventstore.EventID{9}, Type: "plain/1", Data: []byte("secret")}}); err != nil {
		t.Fatal(err)
	}
	_, err := newFolds().Load(t.Context(), l, "a")
	if err == nil || !strings.HasPrefix(err.Error(), "position 2: stream a: revision 2: ") {
		t.Errorf("%v", err)
	}
}

// faulty cannot decode some revisions of a stream.
type faulty struct {
	eventstore.Codec
	revisions map[eventstore.Revision]bool
}

func (f faulty) Decode(r eventstore.Recorded) (domain.Entry, error) {
	if f.revisions[r.Revision] {
		return domain.Entry{}, errors.New("a fault")
	}
	return f.Codec.Decode(r)
}

func TestALongStreamIsFoldedInItsOrderAndItsFirstFaultIsNamed(t *testing.T) {
	const events = 1_400 // more than are decoded at one time
	l := fill(t, newStore(), "a", events)
	at, err := newFolds().Load(t.Context(), l, "a")
	if err != nil || len(at.State) != events {
		t.Fatalf("%d texts, %v", len(at.State), err)
	}
	for i, text := range at.State {
		if text != fmt.Sprint(i) {
			t.Fatalf("text %d is %q", i, text)
		}
	}
	for _, first := range []eventstore.Revision{1, 63, 300, 511, 512, 513, 1_300} {
		l.Codec = faulty{newLedger(newStore()).Codec, map[eventstore.Revision]bool{first: true, first + 1: true, first + 70: true, events: true}}
		if _, err := newFolds().Load(t.Context(), l, "a"); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("revision %d:", first)) {
			t.Errorf("a fault at revision %d: %v", first, err)
		}
	}
}

func TestTheNumberOfAnEntryIsItsRevision(t *testing.T) {
	store := newStore()
	l := fill(t, store, "a", 3)
	var seqs []uint64
	folds := eventstore.NewFolds(0, func(s talk, entries ...domain.Entry) talk {
		for _, e := range entries {
			seqs = append(seqs, e.Seq)
		}
		return s
	})
	if _, err := folds.Load(t.Context(), l, "a"); err != nil || !reflect.DeepEqual(seqs, []uint64{1, 2, 3}) {
		t.Errorf("%v, %v", seqs, err)
	}
}
