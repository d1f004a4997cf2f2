package sealer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/compact"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// rootByOther is the root as another implementation computes it.
func rootByOther(t testing.TB, leaves []proof.Hash) proof.Hash {
	t.Helper()
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, l := range leaves {
		if err := r.Append(l[:], nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(leaves) == 0 {
		return proof.Hash(rfc6962.DefaultHasher.EmptyRoot())
	}
	root, err := r.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	return proof.Hash(root)
}

func raw(hashes []proof.Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}

func TestTreesAndProofsAreThoseOfAnotherImplementation(t *testing.T) {
	r := newRig(t)
	var seen []proof.Signed
	for _, n := range []int{1, 1, 5, 248, 1, 1, 255, 300, 1, 700} {
		r.addMany(n, 40)
		c := r.seal()
		leaves := r.leaves()
		if c.Size != int64(len(leaves)) || c.Root != rootByOther(t, leaves) {
			t.Fatalf("size %d: another root", c.Size)
		}
		checkInclusion(t, r, c, leaves)
		for _, old := range seen {
			p, err := NewLog(r.cfg.Dir).ProveConsistency(old.Checkpoint, c)
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(old.Checkpoint, c.Checkpoint, p); err != nil {
				t.Fatal(err)
			}
			if err := merkle.VerifyConsistency(rfc6962.DefaultHasher, uint64(old.Size), uint64(c.Size), raw(p.Hashes), old.Root[:], c.Root[:]); err != nil {
				t.Fatalf("%d to %d: %v", old.Size, c.Size, err)
			}
		}
		seen = append(seen, c)
	}
	for _, old := range seen { // from tiles that have grown since
		checkInclusion(t, r, old, r.leaves())
	}
}

func checkInclusion(t *testing.T, r *rig, c proof.Signed, leaves []proof.Hash) {
	t.Helper()
	for index := int64(0); index < c.Size; index += 1 + c.Size/50 {
		p, err := NewLog(r.cfg.Dir).ProveInclusion(c, index)
		if err != nil {
			t.Fatalf("size %d: %v", c.Size, err)
		}
		if err := proof.VerifyInclusion(leaves[index], p, c.Checkpoint); err != nil {
			t.Fatal(err)
		}
		if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(c.Size), leaves[index][:], raw(p.Hashes), c.Root[:]); err != nil {
			t.Fatal(fmt.Errorf("index %d of %d: %w", index, c.Size, err))
		}
	}
}

// copyTo appends the first n events to another store, each changed as asked.
func (r *rig) copyTo(to *memory.Store, n int, change func(i int, e *eventstore.Recorded)) {
	r.t.Helper()
	i := 0
	for e, err := range r.store.ReadLog(context.Background(), 0) {
		if err != nil {
			r.t.Fatal(err)
		}
		if i == n {
			return
		}
		change(i, &e)
		if _, err := to.Append(context.Background(), e.Stream, e.Revision-1, []eventstore.Event{e.Event}); err != nil {
			r.t.Fatal(err)
		}
		i++
	}
}

func unchanged(int, *eventstore.Recorded) {}

// The lines of a leaf that nothing else repeats (recorded, fields, key) can be
// altered into another leaf as good as the first. The next leaf of the record
// tells: its prev is the hash of the one that was made.
func TestAFlippedBitInAnyStoredByteStopsTheSealerBeforeItSigns(t *testing.T) {
	r := newRig(t)
	r.addMany(5, 2)
	sound := r.seal()
	r.addMany(4, 2) // 7 and 9 are of one record
	leaf, size := 0, 0
	r.copyTo(memory.New(), 7, func(_ int, e *eventstore.Recorded) { leaf, size = len(e.Metadata), len(e.Metadata)+len(e.Data) })
	for bit := 0; bit < 8*size; bit += 7 {
		bad := memory.New()
		r.copyTo(bad, 9, func(i int, e *eventstore.Recorded) {
			if i != 6 {
				return
			}
			whole := append(e.Metadata, e.Data...)
			whole[bit/8] ^= 1 << (bit % 8)
			e.Metadata, e.Data = whole[:leaf], whole[leaf:]
		})
		at := stopsAt(t, r, bad, sound)
		if at != 7 && (at != 9 || bit/8 >= leaf) {
			t.Fatalf("bit %d: the error names position %d", bit, at)
		}
	}
	r.seal() // the sound one goes on
}

// stopsAt returns the position that the sealer names when it stops.
func stopsAt(t *testing.T, r *rig, bad eventstore.Store, sound proof.Signed) eventstore.Position {
	t.Helper()
	cfg := r.cfg
	cfg.Store = bad
	s, err := OpenSealer(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var unsound *UnsoundError
	for range 2 { // and stays stopped
		err = s.CatchUp(t.Context())
		if !errors.As(err, &unsound) || unsound.Index != int64(unsound.Position)-1 || !strings.Contains(err.Error(), fmt.Sprintf("position %d ", unsound.Position)) {
			t.Fatal(err)
		}
	}
	if now := r.published(); now.Checkpoint != sound.Checkpoint {
		t.Fatalf("signed %d", now.Size)
	}
	return unsound.Position
}

func TestEventsThatAreNotWhatTheirLeafStatesAreNotSealed(t *testing.T) {
	for name, spoil := range map[string]func(r *rig) (stream string, e eventstore.Event){
		"another type": func(r *rig) (string, eventstore.Event) {
			e := r.event("record-000", "a/1", []byte(`{"a":1}`))
			e.Type = "b/1"
			return "record-000", e
		},
		"another stream": func(r *rig) (string, eventstore.Event) {
			return "record-001", r.event("record-002", "a/1", []byte(`{"a":1}`))
		},
		"no leaf": func(r *rig) (string, eventstore.Event) {
			return "record-001", eventstore.Event{ID: eventstore.EventID{9}, Type: "a/1", Metadata: []byte("{}")}
		},
		"a leaf left out": func(r *rig) (string, eventstore.Event) {
			r.event("record-001", "a/1", []byte(`{"a":1}`))
			return "record-001", r.event("record-001", "a/1", []byte(`{"a":2}`))
		},
		"another leaf before": func(r *rig) (string, eventstore.Event) {
			c := r.ends["record-000"]
			c.Head[0] ^= 1
			r.ends["record-000"] = c
			return "record-000", r.event("record-000", "a/1", []byte(`{"a":2}`))
		},
		"another ledger": func(r *rig) (string, eventstore.Event) {
			r.ends["record-001"] = seal.Chain{Ledger: "othertown.example/test", Record: "record-001"}
			return "record-001", r.event("record-001", "a/1", []byte(`{"a":2}`))
		},
	} {
		r := newRig(t)
		r.add("record-000", 3)
		stream, e := spoil(r)
		after := eventstore.Revision(0)
		if stream == "record-000" {
			after = 3
		}
		if _, err := r.store.Append(t.Context(), stream, after, []eventstore.Event{e}); err != nil {
			t.Fatal(err)
		}
		s := r.open()
		var unsound *UnsoundError
		if err := s.CatchUp(t.Context()); !errors.As(err, &unsound) || unsound.Position != 4 {
			t.Errorf("%s: %v", name, err)
		}
		if last, err := r.cfg.Last.Load(t.Context()); err != nil || last != nil {
			t.Errorf("%s: signed", name)
		}
		s.Close()
	}
}

// TestAStoreThatWasPutBackIsNoticed opens with the tree's directory and
// without it.
func TestAStoreThatWasPutBackIsNoticed(t *testing.T) {
	for _, merged := range []bool{false, true} {
		for _, lost := range []bool{false, true} {
			r := newRig(t)
			r.addMany(20, 3)
			c := r.seal()
			if merged {
				s := r.open()
				if err := s.chains.merge(realDisk{}, r.cfg.Dir, s.at); err != nil {
					t.Fatal(err)
				}
				s.Close()
			}
			older := memory.New()
			r.copyTo(older, 19, unchanged)
			refused(t, r, older, lost, new(*RollbackError))

			other := memory.New()
			r.copyTo(other, 19, unchanged)
			fork := *r
			fork.store, fork.ends = other, endsOf(t, other)
			fork.add("record-009", 5)
			refused(t, r, other, lost, new(*ForkError))

			if err := Guard(t.Context(), older, c.Checkpoint); !errors.As(err, new(*RollbackError)) || !strings.Contains(err.Error(), "holds 19 entries, but 20 were sealed") {
				t.Error(err)
			}
			if err := Guard(t.Context(), other, c.Checkpoint); !errors.As(err, new(*ForkError)) {
				t.Error(err)
			}
			if err := Guard(t.Context(), r.store, c.Checkpoint); err != nil {
				t.Error(err)
			}
		}
	}
}

func endsOf(t *testing.T, s eventstore.Store) map[string]seal.Chain {
	t.Helper()
	out := map[string]seal.Chain{}
	for e, err := range s.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		chain, ok := out[e.Stream]
		if !ok {
			chain = seal.Chain{Ledger: testOrigin, Record: e.Stream}
		}
		if out[e.Stream], _, err = chain.Next(e.Metadata); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func refused(t *testing.T, r *rig, store eventstore.Store, lost bool, as any) {
	t.Helper()
	cfg := r.cfg
	cfg.Store = store
	if lost {
		cfg.Dir = filepath.Join(t.TempDir(), "log")
	}
	s, err := OpenSealer(t.Context(), cfg)
	if err == nil {
		err = s.CatchUp(t.Context())
		s.Close()
		t.Errorf("it was opened: %v", err)
		return
	}
	if !errors.As(err, as) {
		t.Errorf("%v is not %T", err, as)
	}
}

func TestALostTreeIsMadeAgainAndTheLastCheckpointIsPublished(t *testing.T) {
	r := newRig(t)
	r.addMany(300, 30)
	before := r.seal()
	if err := os.RemoveAll(r.cfg.Dir); err != nil {
		t.Fatal(err)
	}
	r.open().Close()
	if now := r.published(); !bytes.Equal(now.Note, before.Note) {
		t.Error("another checkpoint")
	}
	checkInclusion(t, r, before, r.leaves())
}

func TestADamagedTileGivesAnErrorAndNeverASignature(t *testing.T) {
	r := newRig(t)
	r.addMany(300, 30)
	c := r.seal()
	path := filepath.Join(r.cfg.Dir, "tile/0/001.p/44")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[0] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := NewLog(r.cfg.Dir).ProveInclusion(c, 299); err == nil {
		t.Error("proved from a damaged tile")
	}
	if s, err := OpenSealer(t.Context(), r.cfg); err == nil {
		s.Close()
		t.Error("opened on a damaged tile")
	}
}

func TestCheckpointsAreSignedAtMostEverySecondAndSoonAfterAnAppend(t *testing.T) {
	r := newRig(t)
	s := r.open()
	defer s.Close()
	var sizes []int64
	steps := 0
	r.clock.waited = func() error {
		if c, err := NewLog(r.cfg.Dir).Checkpoint(); err == nil && c != nil {
			sizes = append(sizes, r.published().Size)
		}
		steps++
		switch steps {
		case 2, 3:
			r.addMany(4, 2)
		case 4:
			r.clock.now = testTime.Add(-time.Hour) // put back
			r.addMany(4, 2)
		case 6:
			return context.Canceled
		}
		return nil
	}
	if err := s.Run(t.Context()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if fmt.Sprint(sizes) != "[4 8 12 12]" && fmt.Sprint(sizes) != "[4 8 12]" {
		t.Error(sizes)
	}
	if c := r.published(); c.At.Before(testTime) {
		t.Errorf("the time of a checkpoint went back to %v", c.At)
	}
}

func TestAClockThatWasPutBackDoesNotDelayCheckpoints(t *testing.T) {
	r := newRig(t)
	r.addMany(1, 1)
	s := r.open()
	defer s.Close()
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		moved time.Duration
		due   bool
	}{{0, false}, {SignEvery - 1, false}, {SignEvery, true}, {time.Hour, true}, {-1, true}, {-time.Hour, true}} {
		r.clock.now = testTime.Add(tt.moved)
		if s.due() != tt.due {
			t.Errorf("after %v: %v", tt.moved, !tt.due)
		}
	}
}

func TestAStoreThatNumbersAStreamOtherwiseIsNotSealed(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 1)
	r.cfg.Store = renumbered{r.store}
	s := r.open()
	defer s.Close()
	if err := s.CatchUp(t.Context()); !errors.As(err, new(*UnsoundError)) || !strings.Contains(err.Error(), "revision is 2") {
		t.Error(err)
	}
}

// renumbered is a store whose revisions begin with 2.
type renumbered struct{ *memory.Store }

func (s renumbered) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range s.Store.ReadLog(ctx, after) {
			e.Revision++
			if !yield(e, err) {
				return
			}
		}
	}
}

func TestASealerGoesOnAfterAContextThatEnded(t *testing.T) {
	r := newRig(t)
	r.addMany(30, 4)
	ctx, cancel := context.WithCancel(t.Context())
	r.cfg.Store = ending{r.store, 17, cancel}
	s := r.open()
	defer s.Close()
	if err := s.CatchUp(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	root, err := s.BuildHeads(t.Context())
	if err != nil || root.Size != 30 || root.Root != rootByOther(t, r.leaves()) {
		t.Error(root.Size, err)
	}
}

// ending is a store that ends a context after n events of a read.
type ending struct {
	*memory.Store
	n      int
	cancel func()
}

func (s ending) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range s.Store.ReadLog(ctx, after) {
			if e.Position == eventstore.Position(s.n) {
				s.cancel()
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func TestATileThatWasLeftWithOtherHashesStopsTheSealer(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 1)
	path := filepath.Join(r.cfg.Dir, "tile/0/000.p/3")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, 96), 0o644); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	defer s.Close()
	if err := s.CatchUp(t.Context()); !errors.As(err, new(*DamagedError)) || !strings.Contains(err.Error(), "tile/0/000.p/3") {
		t.Error(err)
	}
}

func TestASecondSealerIsKeptOut(t *testing.T) {
	r := newRig(t)
	s := r.open()
	if _, err := OpenSealer(t.Context(), r.cfg); !errors.Is(err, ErrLocked) {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.CatchUp(t.Context()); err == nil {
		t.Error("a closed sealer works")
	}
	r.open().Close()
}

func TestOfTwoSealersWithOneLastCheckpointTheSecondIsRefused(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 1)
	s := r.open()
	defer s.Close()
	text, err := testSigner().Sign(proof.Checkpoint{Origin: testOrigin, Size: 9, Root: proof.Hash{1}}, testTime)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cfg.Last.Swap(t.Context(), nil, text); err != nil {
		t.Fatal(err)
	}
	if err := r.cfg.Last.Swap(t.Context(), nil, text); !errors.Is(err, ErrSwapped) {
		t.Error(err)
	}
	if err := s.CatchUp(t.Context()); !errors.As(err, new(*RollbackError)) {
		t.Error(err)
	}
}

func TestASignerWhoseKeysAreNotInForceSignsNothing(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 1)
	r.cfg.Signer = newSigner(testOrigin)
	s := r.open()
	defer s.Close()
	if err := s.CatchUp(t.Context()); !errors.Is(err, proof.ErrSignature) {
		t.Error(err)
	}
	if last, _ := r.cfg.Last.Load(t.Context()); last != nil {
		t.Error("signed")
	}
}

func TestPositionsNeedNotBeConsecutive(t *testing.T) {
	r := newRig(t)
	r.addMany(700, 5)
	r.cfg.Store = sparse{r.store}
	c := r.seal()
	l := NewLog(r.cfg.Dir)
	for i := range int64(700) {
		p, err := l.Position(c.Checkpoint, i)
		if err != nil || p != spread(eventstore.Position(i+1)) {
			t.Fatal(i, p, err)
		}
		if index, err := l.Index(c.Checkpoint, p); err != nil || index != i {
			t.Fatal(index, err)
		}
		if _, err := l.Index(c.Checkpoint, p+1); !errors.Is(err, proof.ErrOutside) {
			t.Fatal(err)
		}
	}
	r.addMany(3, 5)
	r.seal()
}

// sparse is a store whose positions have gaps.
type sparse struct{ *memory.Store }

func spread(p eventstore.Position) eventstore.Position { return p * 10 }

func (s sparse) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range s.Store.ReadLog(ctx, after/10) {
			e.Position = spread(e.Position)
			if !yield(e, err) {
				return
			}
		}
	}
}
