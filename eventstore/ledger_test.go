package eventstore_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/eventstore"
)

func TestAnActIsRecordedAtTheRevisionThatItSaw(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	first, err := eventstore.Update(t.Context(), l, folds, act("a", "r1", "one"), say("one", "two"))
	want := eventstore.Receipt{Stream: "a", First: 1, Revision: 2, Position: 2}
	if err != nil || first != want || first.Events() != 2 {
		t.Fatalf("receipt %+v, %v; want %+v", first, err, want)
	}
	second, err := eventstore.Update(t.Context(), l, folds, act("a", "r2", "three"), func(heard talk) ([]domain.Fact, error) {
		if !reflect.DeepEqual(heard, talk{"one", "two"}) {
			t.Errorf("decide saw %q", heard)
		}
		return say("three")(heard)
	})
	if err != nil || second.First != 3 || second.Revision != 3 {
		t.Fatalf("receipt %+v, %v", second, err)
	}
	entry, err := l.Codec.Decode(store.log()[0])
	if err != nil || entry.Actor != worker || entry.Authority != authority || entry.Request != "r1" || len(entry.Digest) != 64 {
		t.Errorf("the entry says %+v, %v", entry, err)
	}
	if want := time.Date(2026, 2, 3, 10, 0, 0, 123456000, time.UTC); !entry.Recorded.Equal(want) {
		t.Errorf("recorded at %s, want microseconds: %s", entry.Recorded, want)
	}
}

func TestARepeatedRequestGetsItsOldReceiptWhateverIsDecidedNow(t *testing.T) {
	store := newStore()
	l := newLedger(store)
	stale := eventstore.Revision(0)
	first, err := eventstore.Update(t.Context(), l, newFolds(), act("a", "r1", "one"), say("one", "two"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eventstore.Update(t.Context(), l, newFolds(), act("a", "r2", "x"), say("x")); err != nil {
		t.Fatal(err)
	}
	for name, expect := range map[string]*eventstore.Revision{"unpinned": nil, "pinned": &stale} {
		repeated := act("a", "r1", "one")
		repeated.Expect = expect
		got, err := eventstore.Update(t.Context(), l, newFolds(), repeated, refuse)
		want := first
		want.Repeated = true
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
	if len(store.log()) != 3 {
		t.Errorf("the store holds %d events, want 3", len(store.log()))
	}
}

func TestARequestIDCannotStandForTwoActs(t *testing.T) {
	l, folds := newLedger(newStore()), newFolds()
	named := act("a", "r1", "one")
	named.Name = "talk.say"
	if _, err := eventstore.Update(t.Context(), l, folds, named, say("one")); err != nil {
		t.Fatal(err)
	}
	renamed, reworded := named, act("a", "r1", "two")
	renamed.Name, reworded.Name = "talk.shout", "talk.say"
	for name, other := range map[string]eventstore.Act{"another text": reworded, "another command of the same members": renamed} {
		_, err := eventstore.Update(t.Context(), l, folds, other, say("two"))
		var reused *eventstore.RequestReusedError
		if !errors.As(err, &reused) || reused.Stream != "a" || strings.Contains(err.Error(), "two") {
			t.Errorf("%s: %v, want RequestReusedError", name, err)
		}
	}
}

func TestAPinnedRevisionThatHasPassedIsAConflict(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	for _, request := range []string{"r1", "r2"} {
		if _, err := eventstore.Update(t.Context(), l, folds, act("a", request, "x"), say("x")); err != nil {
			t.Fatal(err)
		}
	}
	pinned := act("a", "r3", "y")
	for _, expect := range []eventstore.Revision{0, 1, 3} {
		pinned.Expect = &expect
		_, err := eventstore.Update(t.Context(), l, folds, pinned, say("y"))
		var conflict *eventstore.ConflictError
		if !errors.As(err, &conflict) || conflict.Expected != expect || conflict.Actual != 2 {
			t.Errorf("pinned to %d: %v", expect, err)
		}
	}
	two := eventstore.Revision(2)
	pinned.Expect = &two
	if receipt, err := eventstore.Update(t.Context(), l, folds, pinned, say("y")); err != nil || receipt.First != 3 {
		t.Errorf("pinned to the head: %+v, %v", receipt, err)
	}
}

// race appends behind the back of an act, n times at most.
func race(t *testing.T, store *watched, stream string, n int) func(talk) ([]domain.Fact, error) {
	tries := 0
	return func(heard talk) ([]domain.Fact, error) {
		if tries++; tries <= n {
			other := act(stream, "race-"+string(rune('a'+tries)), "other")
			if _, err := eventstore.Update(t.Context(), newLedgerFrom(store, tries), newFolds(), other, say("other")); err != nil {
				t.Error(err)
			}
		}
		return say("mine")(heard)
	}
}

// newLedgerFrom returns a ledger whose ids differ from those of newLedger.
func newLedgerFrom(store *watched, n int) *eventstore.Ledger {
	l := newLedger(store)
	ids := l.NewID
	l.NewID = func() eventstore.EventID {
		id := ids()
		id[0], id[1] = byte(n), 0xff
		return id
	}
	return l
}

func TestAnUnpinnedActIsDecidedAgainAfterAConflict(t *testing.T) {
	store := newStore()
	l := newLedger(store)
	receipt, err := eventstore.Update(t.Context(), l, newFolds(), act("a", "r1", "mine"), race(t, store, "a", 2))
	if err != nil || receipt.First != 3 {
		t.Errorf("after two conflicts: %+v, %v", receipt, err)
	}
	pinned := act("a", "r2", "mine")
	three := eventstore.Revision(3)
	pinned.Expect = &three
	var conflict *eventstore.ConflictError
	if _, err := eventstore.Update(t.Context(), newLedgerFrom(store, 99), newFolds(), pinned, race(t, store, "a", 0)); err != nil {
		t.Fatal(err)
	}
	pinned.Request, pinned.Command = "r3", speak{Dated: today, Text: "again"}
	four := eventstore.Revision(4)
	pinned.Expect = &four
	_, err = eventstore.Update(t.Context(), newLedgerFrom(store, 98), newFolds(), pinned, func(heard talk) ([]domain.Fact, error) {
		if _, err := eventstore.Update(t.Context(), newLedgerFrom(store, 97), newFolds(), act("a", "r4", "other"), say("other")); err != nil {
			t.Error(err)
		}
		return say("mine")(heard)
	})
	if !errors.As(err, &conflict) || conflict.Actual != 5 {
		t.Errorf("a pinned act that loses the race: %v", err)
	}
}

func TestAConflictWithoutEndIsReportedAfterMaxAttempts(t *testing.T) {
	store := newStore()
	decided := 0
	always := race(t, store, "a", eventstore.MaxAttempts*2)
	_, err := eventstore.Update(t.Context(), newLedger(store), newFolds(), act("a", "r1", "mine"), func(heard talk) ([]domain.Fact, error) {
		decided++
		return always(heard)
	})
	var conflict *eventstore.ConflictError
	if !errors.As(err, &conflict) || decided != eventstore.MaxAttempts {
		t.Errorf("after %d decisions: %v", decided, err)
	}
}

func TestARefusalRecordsNothing(t *testing.T) {
	store := newStore()
	_, err := eventstore.Update(t.Context(), newLedger(store), newFolds(), act("a", "r1", "x"), refuse)
	var refusals domain.Refusals
	if !errors.As(err, &refusals) || refusals[0].Rule != "silence" || len(store.log()) != 0 {
		t.Errorf("%v, and %d events", err, len(store.log()))
	}
}

func TestAnActWithoutFactsRecordsNothingAndSaysWhereTheStreamIs(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	if _, err := eventstore.Update(t.Context(), l, folds, act("a", "r1", "x"), say("x")); err != nil {
		t.Fatal(err)
	}
	receipt, err := eventstore.Update(t.Context(), l, folds, act("a", "r2", "y"), say())
	if err != nil || receipt != (eventstore.Receipt{Stream: "a", Revision: 1}) || receipt.Events() != 0 {
		t.Errorf("%+v, %v", receipt, err)
	}
}

func TestAnActWithoutProperCircumstancesIsRefusedBeforeItIsDecided(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*eventstore.Act)
		want   []eventstore.Fault
	}{
		"no request": {func(a *eventstore.Act) { a.Request = "" },
			[]eventstore.Fault{{Pointer: "/request", Rule: "a request id has 1 to 200 bytes"}}},
		"a long request": {func(a *eventstore.Act) { a.Request = strings.Repeat("r", eventstore.MaxRequestBytes+1) },
			[]eventstore.Fault{{Pointer: "/request", Rule: "a request id has 1 to 200 bytes"}}},
		"nobody, for nothing": {func(a *eventstore.Act) { a.Actor, a.Authority = domain.Actor{}, domain.Authority{Basis: "b"} },
			[]eventstore.Fault{{Pointer: "/actor/id", Rule: "required"}, {Pointer: "/actor/role", Rule: "required"},
				{Pointer: "/actor/agency", Rule: "required"}, {Pointer: "/authority/purpose", Rule: "required"}}},
		"no day and a long text": {func(a *eventstore.Act) { a.Command = speak{Text: strings.Repeat("long", 10)} },
			[]eventstore.Fault{{Pointer: "/happened", Rule: "required"}, {Pointer: "/text", Rule: "max=20"}}},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := act("a", "r1", "x")
			tt.change(&wrong)
			store := newStore()
			_, err := eventstore.Update(t.Context(), newLedger(store), newFolds(), wrong, func(talk) ([]domain.Fact, error) {
				t.Error("decided")
				return nil, nil
			})
			var invalid *eventstore.ValidationError
			if !errors.As(err, &invalid) || !reflect.DeepEqual(invalid.Faults, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

func TestALostAnswerIsMendedByRepeatingTheRequest(t *testing.T) {
	store := newStore()
	store.after = func(string) error { return context.DeadlineExceeded }
	l, folds := newLedger(store), newFolds()
	if _, err := eventstore.Update(t.Context(), l, folds, act("a", "r1", "x"), say("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the lost answer is %v", err)
	}
	store.after = nil
	receipt, err := eventstore.Update(t.Context(), l, folds, act("a", "r1", "x"), say("x"))
	if err != nil || !receipt.Repeated || receipt.First != 1 || len(store.log()) != 1 {
		t.Errorf("%+v, %v, and %d events", receipt, err, len(store.log()))
	}
}

func TestDecideMayReadTheStreamThatItDecidesOn(t *testing.T) {
	l, folds := newLedger(newStore()), newFolds()
	_, err := eventstore.Update(t.Context(), l, folds, act("a", "r1", "x"), func(heard talk) ([]domain.Fact, error) {
		if _, err := folds.Load(t.Context(), l, "a"); err != nil {
			t.Error(err)
		}
		return say("x")(heard)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTheEventsOfAnActStandOneOnTheOtherHoweverTheClockIsSet(t *testing.T) {
	store := newStore()
	l, folds := newLedger(store), newFolds()
	now := l.Now()
	for i, back := range []time.Duration{0, time.Hour, -time.Hour} {
		l.Now = func() time.Time { return now.Add(-back) }
		if _, err := eventstore.Update(t.Context(), l, folds, act("a", string(rune('a'+i)), "x"), say("one", "two")); err != nil {
			t.Fatal(err)
		}
	}
	// Whoever has folded nothing yet goes on at the same place.
	if _, err := eventstore.Update(t.Context(), l, newFolds(), act("a", "d", "x"), say("three")); err != nil || len(store.log()) != 7 {
		t.Fatalf("%d events, %v", len(store.log()), err)
	}
	wantChains(t, store)
}
