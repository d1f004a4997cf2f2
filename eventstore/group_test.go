package eventstore_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/eventstore"
)

// meeting is one act on three records.
func meeting(decide func(talk) ([]domain.Fact, error)) []eventstore.Part[talk] {
	var parts []eventstore.Part[talk]
	for _, stream := range []string{"ann", "ben", "cat"} {
		parts = append(parts, eventstore.Part[talk]{Act: act(stream, "meet", "met"), Decide: decide})
	}
	return parts
}

// wantOnce checks that each stream says each text once, in order.
func wantTalk(t *testing.T, l *eventstore.Ledger, want map[string]talk) {
	t.Helper()
	for stream, texts := range want {
		at, err := newFolds().Load(t.Context(), l, stream)
		if err != nil || !reflect.DeepEqual(at.State, texts) {
			t.Errorf("stream %s says %q, %v; want %q", stream, at.State, err, texts)
		}
	}
}

var allMet = map[string]talk{"ann": {"a", "b"}, "ben": {"a", "b"}, "cat": {"a", "b"}}

func TestAnActOnSeveralRecordsIsRecordedInEach(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	receipts, err := eventstore.UpdateAll(t.Context(), l, folds, "g1", meeting(say("a", "b")))
	want := []eventstore.Receipt{
		{Stream: "ann", First: 1, Revision: 2, Position: 3},
		{Stream: "ben", First: 1, Revision: 2, Position: 5},
		{Stream: "cat", First: 1, Revision: 2, Position: 7},
	}
	if err != nil || !reflect.DeepEqual(receipts, want) {
		t.Fatalf("%+v, %v", receipts, err)
	}
	wantTalk(t, l, allMet)
	for _, e := range store.log() {
		entry, err := l.Codec.Decode(e)
		if err != nil || entry.Group != "g1" || entry.Actor != worker {
			t.Errorf("stream %s: group %q by %v, %v", e.Stream, entry.Group, entry.Actor, err)
		}
	}
}

func TestEveryPartIsDecidedBeforeTheFirstAppend(t *testing.T) {
	store := newStore()
	decided := 0
	store.before = func(string) error {
		if decided != 3 {
			t.Errorf("an append after %d decisions", decided)
		}
		return nil
	}
	_, err := eventstore.UpdateAll(t.Context(), newLedger(store), newFolds(), "g1", meeting(func(heard talk) ([]domain.Fact, error) {
		decided++
		return say("a")(heard)
	}))
	if err != nil {
		t.Error(err)
	}
}

func TestARefusalInOnePartRecordsNothingAnywhere(t *testing.T) {
	store := newStore()
	parts := meeting(say("a"))
	parts[1].Decide, parts[2].Decide = refuse, refuse
	_, err := eventstore.UpdateAll(t.Context(), newLedger(store), newFolds(), "g1", parts)
	var refused *eventstore.PartError
	if !errors.As(err, &refused) || refused.Stream != "ben" || strings.Count(err.Error(), "silence") != 2 || len(store.log()) != 0 {
		t.Errorf("%v, and %d events", err, len(store.log()))
	}
}

func TestAnActThatCouldNotBeFinishedIsRefusedBeforeItBegins(t *testing.T) {
	far := eventstore.Revision(7)
	many := make([]string, eventstore.MaxAppendEvents+1)
	for name, tt := range map[string]struct {
		change func([]eventstore.Part[talk]) []eventstore.Part[talk]
		is     func(error) bool
	}{
		"no part":               {func([]eventstore.Part[talk]) []eventstore.Part[talk] { return nil }, isInvalid},
		"too many parts":        {func(p []eventstore.Part[talk]) []eventstore.Part[talk] { return make([]eventstore.Part[talk], 101) }, isInvalid},
		"one record twice":      {func(p []eventstore.Part[talk]) []eventstore.Part[talk] { return append(p, p[0]) }, isInvalid},
		"a part by nobody":      {func(p []eventstore.Part[talk]) []eventstore.Part[talk] { p[1].Actor = domain.Actor{}; return p }, isInvalid},
		"a pinned revision":     {func(p []eventstore.Part[talk]) []eventstore.Part[talk] { p[1].Expect = &far; return p }, isConflict},
		"too many events":       {func(p []eventstore.Part[talk]) []eventstore.Part[talk] { p[2].Decide = say(many...); return p }, isRefusedByStores},
		"a stream without name": {func(p []eventstore.Part[talk]) []eventstore.Part[talk] { p[2].Stream = ""; return p }, isRefusedByStores},
	} {
		t.Run(name, func(t *testing.T) {
			store := newStore()
			_, err := eventstore.UpdateAll(t.Context(), newLedger(store), newFolds(), "g1", tt.change(meeting(say("a"))))
			if !tt.is(err) || len(store.log()) != 0 {
				t.Errorf("%v, and %d events", err, len(store.log()))
			}
		})
	}
}

func isInvalid(err error) bool {
	var invalid *eventstore.ValidationError
	return errors.As(err, &invalid)
}

func isConflict(err error) bool {
	var conflict *eventstore.ConflictError
	return errors.As(err, &conflict)
}

func isRefusedByStores(err error) bool { return errors.Is(err, eventstore.ErrInvalid) }

func TestAPartInWhichNothingHappensHoldsUpNoOther(t *testing.T) {
	l, folds := newLedger(newStore()), newFolds()
	parts := meeting(say("a", "b"))
	parts[1].Decide = say()
	receipts, err := eventstore.UpdateAll(t.Context(), l, folds, "g1", parts)
	if err != nil || len(receipts) != 3 || receipts[1] != (eventstore.Receipt{Stream: "ben"}) {
		t.Errorf("%+v, %v", receipts, err)
	}
	wantTalk(t, l, map[string]talk{"ann": {"a", "b"}, "ben": nil, "cat": {"a", "b"}})
}

func TestARepeatedActOnSeveralRecordsGetsItsOldReceipts(t *testing.T) {
	store := newStore()
	l := newLedger(store)
	first, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(say("a", "b")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eventstore.Update(t.Context(), l, newFolds(), act("ben", "later", "x"), say("x")); err != nil {
		t.Fatal(err)
	}
	length := len(store.log())
	again, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(refuse))
	if err != nil || !reflect.DeepEqual(again, first) || len(store.log()) != length {
		t.Errorf("%+v, %v, and %d more events", again, err, len(store.log())-length)
	}
}

func TestAGroupIDCannotStandForTwoActs(t *testing.T) {
	store := newStore()
	l := newLedger(store)
	if _, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(say("a"))); err != nil {
		t.Fatal(err)
	}
	length := len(store.log())
	other := meeting(say("a"))
	other[2].Command = speak{Dated: today, Text: "other"}
	for name, parts := range map[string][]eventstore.Part[talk]{"another command": other, "fewer records": meeting(say("a"))[:2]} {
		_, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", parts)
		var reused *eventstore.RequestReusedError
		if !errors.As(err, &reused) || len(store.log()) != length {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g2", meeting(say("a")))
	var reused *eventstore.RequestReusedError
	if !errors.As(err, &reused) || reused.Stream != "ann" {
		t.Errorf("the parts' requests under another group id: %v", err)
	}
}

var errCrash = errors.New("crash")

// crash fails the n-th append, before or after it is durable.
func crash(n int) func(string) error {
	count := 0
	return func(string) error {
		if count++; count == n {
			return errCrash
		}
		return nil
	}
}

func TestAnActIsFinishedOnceAfterACrashAtAnyPoint(t *testing.T) {
	const appends = 5 // the intention, three parts, the outcome
	for n := 1; n <= appends; n++ {
		for _, durable := range []bool{false, true} {
			for _, movedOn := range []bool{false, true} {
				t.Run(fmt.Sprintf("append %d durable %t moved on %t", n, durable, movedOn), func(t *testing.T) {
					testCrash(t, n, durable, movedOn)
				})
			}
		}
	}
}

func testCrash(t *testing.T, n int, durable, movedOn bool) {
	store := newStore()
	store.before = crash(n)
	if durable {
		store.before, store.after = nil, crash(n)
	}
	l := newLedger(store)
	if _, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(say("a", "b"))); !errors.Is(err, errCrash) {
		t.Fatalf("the crash is reported as %v", err)
	}
	store.before, store.after = nil, nil
	begun := n > 1 || durable
	want := allMet
	if movedOn && begun {
		// cat was written last, or not yet: something comes before or after it.
		if _, err := eventstore.Update(t.Context(), l, newFolds(), act("cat", "own", "own"), say("own")); err != nil {
			t.Fatal(err)
		}
		want = map[string]talk{"ann": {"a", "b"}, "ben": {"a", "b"}, "cat": {"own", "a", "b"}}
		if n == 5 || n == 4 && durable {
			want["cat"] = talk{"a", "b", "own"}
		}
	}
	if _, err := eventstore.FinishGroup(t.Context(), l, "g1"); (err == nil) != begun {
		t.Fatalf("finishing: %v, begun %t", err, begun)
	}
	first, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(say("a", "b")))
	if err != nil {
		t.Fatal(err)
	}
	length := len(store.log())
	again, err := eventstore.FinishGroup(t.Context(), l, "g1")
	if err != nil || !reflect.DeepEqual(again, first) || len(store.log()) != length {
		t.Errorf("finished again: %+v, %v; first %+v", again, err, first)
	}
	wantTalk(t, l, want)
	wantChains(t, store)
	for i, r := range first {
		if r.Events() != 2 {
			t.Errorf("receipt %d is %+v", i, r)
		}
	}
}

func TestAnIntentionGoesToTheEndOfARecordThatMovedOnWithoutGoingBackInTime(t *testing.T) {
	store := newStore()
	store.before = crash(4) // of three parts the last
	l := newLedger(store)
	if _, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(say("a", "b"))); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	store.before = nil
	later := newLedgerFrom(store, 9)
	later.Now = func() time.Time { return l.Now().Add(time.Hour) }
	if _, err := eventstore.Update(t.Context(), later, newFolds(), act("cat", "own", "own"), say("own")); err != nil {
		t.Fatal(err)
	}
	intended := events(t, store, "group-g1", 0)[0]
	receipts, err := eventstore.FinishGroup(t.Context(), l, "g1")
	if err != nil || receipts[2].First != 2 || receipts[2].Revision != 3 {
		t.Fatalf("%+v, %v", receipts, err)
	}
	wantChains(t, store)
	for _, e := range events(t, store, "cat", 1) {
		if !strings.Contains(string(intended.Data), hex.EncodeToString(e.ID[:])) {
			t.Errorf("revision %d has another id than was intended", e.Revision)
		}
		entry, err := l.Codec.Decode(e)
		if want := later.Now().UTC().Truncate(time.Microsecond); err != nil || !entry.Recorded.Equal(want) {
			t.Errorf("revision %d was recorded at %s, %v; want %s", e.Revision, entry.Recorded, err, want)
		}
	}
}

func TestAGroupThatNobodyBeganCannotBeFinished(t *testing.T) {
	if _, err := eventstore.FinishGroup(t.Context(), newLedger(newStore()), "g1"); err == nil {
		t.Error("finished")
	}
}

func TestTwoCallersWithOneGroupIDPerformOneAct(t *testing.T) {
	store := newStore()
	l := newLedger(store)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := eventstore.UpdateAll(t.Context(), l, newFolds(), "g1", meeting(say("a", "b"))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantTalk(t, l, allMet)
	if len(store.log()) != 8 {
		t.Errorf("the store holds %d events, want 8", len(store.log()))
	}
}
