package keys

import (
	"errors"
	"fmt"
	"testing"

	"caseledger/eventstore/seal"
)

// story is what a life of a key store has acknowledged.
type story struct {
	created   bool
	keys      map[Place]seal.Key
	doomed    map[Place]bool // destruction was asked for
	destroyed map[Place]bool // and acknowledged
	renewed   uint64         // the last epoch whose beginning was acknowledged
}

var crashDirs = Dirs{Keys: "/keys"}

// live goes through every kind of write until one fails.
func live(t *testing.T, d *memDisk) (story, error) {
	st := story{keys: map[Place]seal.Key{}, doomed: map[Place]bool{}, destroyed: map[Place]bool{}}
	s, err := create(t.Context(), crashDirs, testKMS(t), d, nil)
	if err != nil {
		return st, err
	}
	st.created, st.renewed = true, 1
	mark := func(err error, places ...Place) error {
		for _, p := range places {
			k, keyErr := s.ForSealing(t.Context(), p)
			if err != nil || keyErr != nil {
				return errors.Join(err, keyErr)
			}
			st.keys[p] = k
		}
		return nil
	}
	destroy := func(p Place) error {
		st.doomed[p] = true
		_, err := s.Destroy(t.Context(), []Place{p}, destruction)
		st.destroyed[p] = err == nil
		return err
	}
	renew := func() error {
		err := s.Renew(t.Context())
		if err == nil {
			st.renewed++
		}
		return err
	}
	some := []Place{{Stream: "a-1"}, {Stream: "a-2"}, {Stream: "a-3"}}
	for _, step := range []func() error{
		func() error { return mark(nil, mary) },
		func() error { return mark(s.Prepare(t.Context(), some), some...) },
		func() error { return destroy(mary) },
		renew,
		func() error { return mark(nil, tom) },
		func() error { return destroy(some[1]) },
		func() error { return mark(nil, Place{Stream: "b-1"}) },
		renew,
	} {
		if err := step(); err != nil {
			return st, err
		}
	}
	return st, nil
}

// holds checks that the store is whatever was acknowledged.
func (st story) holds(t *testing.T, s *Directory, d *memDisk) error {
	for p, k := range st.keys {
		got, err := s.ForOpening(t.Context(), k.ID)
		gone := errors.Is(err, seal.ErrErased)
		switch {
		case st.destroyed[p] && !gone:
			return fmt.Errorf("the destroyed key of %v: %w", p, err)
		case !st.doomed[p] && (err != nil || got != k):
			return fmt.Errorf("the key of %v: %w", p, err)
		case err != nil && !gone:
			return fmt.Errorf("the doomed key of %v: %w", p, err)
		}
	}
	for epoch := uint64(1); epoch < st.renewed; epoch++ {
		if _, err := d.Read(crashDirs.epochFile(epoch)); err == nil {
			return fmt.Errorf("epoch %d is still there", epoch)
		}
	}
	return nil
}

func TestWhateverIsAcknowledgedOutlivesALossOfPowerAtAnyStep(t *testing.T) {
	for failAt := 1; ; failAt++ {
		d := newMemDisk()
		d.failAt = failAt
		st, err := live(t, d)
		for _, k := range allKept {
			recovered(t, fmt.Sprintf("step %d, kept %+v", failAt, k), st, d.after(k))
		}
		if err == nil {
			t.Logf("%d steps", failAt-1)
			return
		}
		if !errors.Is(err, errPower) {
			t.Fatalf("step %d: %v", failAt, err)
		}
	}
}

// recovered opens the store, also with another loss of power at every step of
// that, and goes on to use it.
func recovered(t *testing.T, name string, st story, d *memDisk) {
	t.Helper()
	for failAt := 1; ; failAt++ {
		again := d.after(kept{})
		again.failAt = failAt
		s, err := open(t.Context(), crashDirs, testKMS(t), again)
		if err == nil {
			used(t, name, st, s, again)
			return
		}
		if !errors.Is(err, errPower) {
			if st.created || !errors.Is(err, ErrMissing) {
				t.Errorf("%s: %v", name, err)
			}
			return
		}
		for _, k := range allKept {
			last := again.after(k)
			s, err := open(t.Context(), crashDirs, testKMS(t), last)
			if err != nil {
				t.Errorf("%s, then step %d, kept %+v: %v", name, failAt, k, err)
				return
			}
			used(t, name, st, s, last)
		}
	}
}

func used(t *testing.T, name string, st story, s *Directory, d *memDisk) {
	t.Helper()
	d.failAt = 0
	if err := st.holds(t, s, d); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	left, _ := d.Names(crashDirs.Keys)
	epochs, _ := d.Names(crashDirs.epochs())
	if len(left) != 1 || len(epochs) != 1 {
		t.Errorf("%s: left are %v and %v", name, left, epochs)
	}
	d.failAt = d.step + 1
	if _, err := s.ForSealing(t.Context(), Place{Stream: "torn-1"}); !errors.Is(err, errPower) {
		t.Errorf("%s: %v", name, err)
	}
	d = d.after(kept{names: true, data: true})
	s, err := open(t.Context(), crashDirs, testKMS(t), d)
	if err != nil {
		t.Errorf("%s: a torn key later: %v", name, err)
		return
	}
	k, err := s.ForSealing(t.Context(), Place{Stream: "new-1"})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	s.Close()
	s, err = open(t.Context(), crashDirs, testKMS(t), d)
	if err != nil {
		t.Errorf("%s: opened again: %v", name, err)
		return
	}
	if got, err := s.ForOpening(t.Context(), k.ID); err != nil || got != k {
		t.Errorf("%s: the new key: %v", name, err)
	}
}

func TestAfterAFailedWriteTheStoreRefusesChangesAndStillOpens(t *testing.T) {
	d := newMemDisk()
	s, err := create(t.Context(), crashDirs, testKMS(t), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := sealing(t, s, mary)
	d.failAt = d.step + 2 // the sync
	if _, err := s.ForSealing(t.Context(), tom); !errors.Is(err, ErrBroken) {
		t.Error(err)
	}
	d.failAt = 0
	_, sealing := s.ForSealing(t.Context(), Place{Stream: "other"})
	_, destroy := s.Destroy(t.Context(), []Place{mary}, destruction)
	for _, err := range []error{sealing, destroy, s.Renew(t.Context())} {
		if !errors.Is(err, ErrBroken) {
			t.Error(err)
		}
	}
	if got, err := s.ForOpening(t.Context(), k.ID); err != nil || got != k {
		t.Error(err)
	}
}
