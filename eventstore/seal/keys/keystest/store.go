// Package keystest holds the promises of keys.Store and keys.KMS as tests.
// Every key store runs the first, and every KMS runs the second, which end with
// a keys.Directory on that KMS running the first.
//
// The package never looks behind the methods of the interfaces and the files
// that README.md of the package seal describes.
package keystest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
)

// Opened is a key store under test.
type Opened struct {
	keys.Store
	// Again closes the store and opens it once more; nil for a store that lives
	// in memory only.
	Again func() Opened
	// Renew begins a new epoch; nil for a store that has none.
	Renew func(context.Context) error
}

// again returns the store after it was opened again, if it can be.
func (o Opened) again() Opened {
	if o.Again == nil {
		return o
	}
	return o.Again()
}

func (o Opened) renew(ctx context.Context) error {
	if o.Renew == nil {
		return nil
	}
	return o.Renew(ctx)
}

// promises of every key store, to be seen on one that is empty.
var promises = []struct {
	name  string
	check func(*testing.T, Opened)
}{
	{"APlaceHasOneKeyForEver", oneKeyForEver},
	{"ADestroyedKeyIsGivenOutNoMore", destroyed},
	{"ADestroyedKeyStaysDestroyed", staysDestroyed},
	{"DestructionIsAllOrNone", allOrNone},
	{"AStoreOlderThanTheEventsSaysWhichKeyItLacks", olderThanTheEvents},
	{"BadPlacesAndDestructionsAreRefused", badPlaces},
	{"ManyCallersShareTheKeysOfTheSamePlaces", manyCallers},
}

// Store checks every promise of keys.Store. open returns an empty store, which
// it closes through t.Cleanup.
func Store(t *testing.T, open func(t *testing.T) Opened) {
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) { p.check(t, open(t)) })
	}
}

var (
	destruction = keys.Destruction{When: time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC), Certificate: "certificate-17"}
	mary, tom   = keys.Place{Stream: "record-7f3c"}, keys.Place{Stream: "record-81aa", Class: "adoption"}
)

func sealing(t *testing.T, s keys.Store, p keys.Place) seal.Key {
	t.Helper()
	k, err := s.ForSealing(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func oneKeyForEver(t *testing.T, s Opened) {
	k := sealing(t, s, mary)
	if sealing(t, s, mary) != k || sealing(t, s, keys.Place{Stream: mary.Stream, Class: "record"}) != k {
		t.Error("the place has two keys")
	}
	if sealing(t, s, tom) == k || sealing(t, s, keys.Place{Stream: mary.Stream, Class: "adoption"}) == k {
		t.Error("two places have one key")
	}
	s = s.again()
	if sealing(t, s, mary) != k {
		t.Error("another key after opening again")
	}
	if err := s.renew(t.Context()); err != nil || sealing(t, s, mary) != k {
		t.Errorf("another key after the renewal, or %v", err)
	}
	s = s.again()
	if got, err := s.ForOpening(t.Context(), k.ID); err != nil || got != k {
		t.Errorf("%v", err)
	}
	entries, err := s.List(t.Context())
	if err != nil || len(entries) != 3 || entries[0].ID != k.ID || entries[0].Check != keys.CheckOf(k) || entries[0].Destroyed != nil {
		t.Errorf("%v, %v", entries, err)
	}
}

func destroyed(t *testing.T, s Opened) {
	k, other := sealing(t, s, mary), sealing(t, s, tom)
	found, err := s.Destroy(t.Context(), []keys.Place{mary, mary}, destruction)
	if err != nil || len(found) != 2 || found[1].Check != keys.CheckOf(k) || *found[1].Destroyed != destruction {
		t.Fatalf("%v, %v", found, err)
	}
	gone(t, s, "at once", k, other)
	if err := s.Prepare(t.Context(), []keys.Place{mary, {Stream: "record-new"}}); err != nil {
		t.Error(err)
	}
	if all, err := s.List(t.Context()); err != nil || len(all) != 3 || all[0].Destroyed == nil || all[0].ID != k.ID {
		t.Errorf("%v, %v", all, err)
	}
}

func staysDestroyed(t *testing.T, s Opened) {
	k, other := sealing(t, s, mary), sealing(t, s, tom)
	if _, err := s.Destroy(t.Context(), []keys.Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	s = s.again()
	gone(t, s, "opened again", k, other)
	later := keys.Destruction{When: destruction.When.Add(time.Hour), Certificate: "other"}
	if again, err := s.Destroy(t.Context(), []keys.Place{mary}, later); err != nil || *again[0].Destroyed != destruction {
		t.Errorf("destroyed twice: %v, %v", again, err)
	}
	if err := s.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone(t, s, "renewed", k, other)
	gone(t, s.again(), "renewed and opened again", k, other)
}

// gone checks that mary's key is destroyed and tom's is not.
func gone(t *testing.T, s keys.Store, when string, k, other seal.Key) {
	t.Helper()
	_, opening := s.ForOpening(t.Context(), k.ID)
	_, sealing := s.ForSealing(t.Context(), mary)
	for _, err := range []error{opening, sealing} {
		var gone *keys.DestroyedError
		if !errors.As(err, &gone) || !errors.Is(err, seal.ErrErased) || *gone.Destroyed != destruction || gone.Check != keys.CheckOf(k) {
			t.Errorf("%s: %v", when, err)
		}
	}
	if got, err := s.ForOpening(t.Context(), other.ID); err != nil || got != other {
		t.Errorf("%s: the other key: %v", when, err)
	}
}

func allOrNone(t *testing.T, s Opened) {
	k := sealing(t, s, mary)
	if _, err := s.Destroy(t.Context(), []keys.Place{mary, tom}, destruction); !errors.Is(err, keys.ErrUnknown) {
		t.Error(err)
	}
	if _, err := s.ForOpening(t.Context(), k.ID); err != nil {
		t.Error(err)
	}
	if entries, err := s.Destroy(t.Context(), []keys.Place{mary, mary}, destruction); err != nil || entries[0].ID != entries[1].ID {
		t.Error(err)
	}
}

func olderThanTheEvents(t *testing.T, s Opened) {
	for _, id := range []string{"k-91ab", "k-00000000000000000000000000000000", "", "k-" + string(make([]byte, 32))} {
		if _, err := s.ForOpening(t.Context(), id); !errors.Is(err, keys.ErrUnknown) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func badPlaces(t *testing.T, s Opened) {
	sealing(t, s, mary)
	for _, p := range []keys.Place{{}, {Stream: "a b"}, {Stream: "-"}, {Stream: "a", Class: "b\n"}} {
		if _, err := s.ForSealing(t.Context(), p); !errors.Is(err, keys.ErrRefused) {
			t.Errorf("%q: %v", p, err)
		}
	}
	for _, d := range []keys.Destruction{{}, {When: destruction.When}, {Certificate: "c"}, {When: destruction.When, Certificate: "a b"}} {
		if _, err := s.Destroy(t.Context(), []keys.Place{mary}, d); !errors.Is(err, keys.ErrRefused) {
			t.Errorf("%v: %v", d, err)
		}
	}
	if err := s.Prepare(t.Context(), make([]keys.Place, keys.MaxPlaces+1)); !errors.Is(err, keys.ErrRefused) {
		t.Error(err)
	}
}

func record(i int) keys.Place { return keys.Place{Stream: fmt.Sprint("record-", i)} }
func doomed(i int) keys.Place { return keys.Place{Stream: fmt.Sprint("gone-", i)} }

func manyCallers(t *testing.T, s Opened) {
	var all sync.WaitGroup
	var got [8][50]seal.Key
	for g := range got {
		all.Go(func() {
			for i := range got[g] {
				k, err := s.ForSealing(context.Background(), record(i))
				if err != nil {
					t.Error(err)
				}
				got[g][i] = k
				if _, err := s.ForOpening(context.Background(), k.ID); err != nil {
					t.Error(err)
				}
				disturb(t, s, g, i)
			}
		})
	}
	all.Wait()
	for g := range got {
		if got[g] != got[0] {
			t.Fatal("a place has two keys")
		}
	}
	s = s.again()
	for i, k := range got[0] {
		if sealing(t, s, record(i)) != k {
			t.Errorf("key %d is another after opening again", i)
		}
	}
}

// disturb does what callers of other kinds do meanwhile.
func disturb(t *testing.T, s Opened, caller, i int) {
	if caller == 0 && i%10 == 0 {
		if err := s.renew(context.Background()); err != nil {
			t.Error(err)
		}
		s.Destroy(context.Background(), []keys.Place{doomed(i)}, destruction)
	}
	if caller == 1 {
		err := s.Prepare(context.Background(), []keys.Place{record(i + 1), doomed(i)})
		if err != nil && !errors.Is(err, seal.ErrErased) {
			t.Error(err)
		}
	}
}
