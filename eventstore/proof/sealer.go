package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/seal"
)

const (
	// SignEvery is the time between two checkpoints. An event is under a
	// checkpoint after at most twice this time and that of one batch.
	SignEvery = time.Second

	// MaxBatch bounds the events between two writes of the tree.
	MaxBatch = 16_384
)

// Clock is the time for a Sealer. It may jump, in both directions.
type Clock interface {
	Now() time.Time
	// Wait returns after d, or with ctx's error when ctx ends first.
	Wait(ctx context.Context, d time.Duration) error
}

// SystemClock is the clock of the machine.
type SystemClock struct{}

// Now is Clock's.
func (SystemClock) Now() time.Time { return time.Now() }

// Wait is Clock's.
func (SystemClock) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Config is what a Sealer works with. All of it must be set.
type Config struct {
	Dir    string           // of the tree; derived: it can be removed and is made again
	Store  eventstore.Store // read, never written to
	Signer *Signer          // its origin is the ledger's name in every leaf
	Keys   *History         // must hold the signer's keys, and those that signed before
	Last   LastCheckpoint   // apart from Store and Dir
	Clock  Clock
}

// Sealer follows a store and keeps the log over its leaves. Its methods may be
// called by many goroutines; one Sealer at a time works in a directory. After
// an error other than the end of a context it does nothing more: open it again.
type Sealer struct {
	cfg    Config
	on     disk
	locked *os.File

	mu     sync.Mutex
	at     place // what the tree on disk covers
	chains *chains
	signed time.Time // when it last signed, by its clock
	broken error     // what it gives from now on
}

// OpenSealer opens the log in cfg.Dir and goes on where it was left. What was
// sealed since the heads were last written is read from the store again and
// compared with the tree; the tree is compared with the last checkpoint. The
// error is *RollbackError or *ForkError when they do not agree: then the
// ledger must not be written to.
func OpenSealer(ctx context.Context, cfg Config) (*Sealer, error) {
	return openSealer(ctx, cfg, realDisk{})
}

func openSealer(ctx context.Context, cfg Config, on disk) (*Sealer, error) {
	locked, err := lockDir(cfg.Dir, false)
	if err != nil {
		return nil, err
	}
	s := &Sealer{cfg: cfg, on: on, locked: locked}
	if err := s.load(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends the Sealer. It signs nothing.
func (s *Sealer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = errors.New("proof: the sealer is closed")
	}
	if s.chains != nil {
		s.chains.base.close()
		s.chains = nil
	}
	return s.locked.Close()
}

func (s *Sealer) load(ctx context.Context) (err error) {
	if s.at, err = readState(s.cfg.Dir, s.cfg.Signer.Origin()); err != nil {
		return err
	}
	if s.chains, err = openChains(s.cfg.Dir, s.cfg.Signer.Origin()); err != nil {
		return err
	}
	if s.chains.base.Size > s.at.Size {
		return &DamagedError{File: chainsName, Reason: "it is ahead of the tree"}
	}
	if err := s.replay(ctx); err != nil {
		return err
	}
	last, err := s.lastSigned(ctx)
	if err != nil {
		return err
	}
	if last.Size > s.at.Size { // the directory of the tree was lost, or crashed
		if err := s.advance(ctx, func() bool { return false }); err != nil {
			return err
		}
	}
	if err := s.agree(last.Checkpoint); err != nil {
		return err
	}
	return s.publish(last.Note)
}

// replay reads again what was sealed after the heads file was written.
func (s *Sealer) replay(ctx context.Context) error {
	index, last := s.chains.base.Size, s.chains.base.Position
	if index == s.at.Size {
		return s.sameLast(ctx)
	}
	hashes := tiles{s.cfg.Dir}.reader(s.at.tree())
	expected, err := leavesOf(hashes, index, s.at.Size)
	if err != nil {
		return err
	}
	for r, err := range s.cfg.Store.ReadLog(ctx, last) {
		if err != nil {
			return fmt.Errorf("proof: %w", err)
		}
		next, err := s.check(r, last, index)
		if err != nil {
			return err
		}
		if next.Head != expected[index-s.chains.base.Size] {
			return &ForkError{What: "the store", Sealed: s.at.Size, Detail: fmt.Sprintf("index %d, position %d", index, r.Position)}
		}
		s.chains.set(next)
		index, last = index+1, r.Position
		if index == s.at.Size {
			s.chains.keep()
			return s.sameEnd(last)
		}
	}
	return &RollbackError{What: "the store", Size: index, Sealed: s.at.Size}
}

// sameLast checks that the last sealed event stands where it stood.
func (s *Sealer) sameLast(ctx context.Context) error {
	if s.at.Size == 0 {
		return nil
	}
	expected, err := leavesOf(tiles{s.cfg.Dir}.reader(s.at.tree()), s.at.Size-1, s.at.Size)
	if err != nil {
		return err
	}
	for r, err := range s.cfg.Store.ReadLog(ctx, s.at.Position-1) {
		if err != nil {
			return fmt.Errorf("proof: %w", err)
		}
		if seal.HashLeaf(r.Metadata) != expected[0] {
			return &ForkError{What: "the store", Sealed: s.at.Size, Detail: fmt.Sprintf("position %d", r.Position)}
		}
		return s.sameEnd(r.Position)
	}
	return &RollbackError{What: "the store", Size: -1, Sealed: s.at.Size}
}

func (s *Sealer) sameEnd(last eventstore.Position) error {
	if last != s.at.Position {
		return &ForkError{What: "the store", Sealed: s.at.Size, Detail: fmt.Sprintf("its last entry is at position %d and was at %d", last, s.at.Position)}
	}
	return nil
}

// leavesOf reads the leaf hashes from index begin to before end.
func leavesOf(r tlog.HashReader, begin, end int64) ([]Hash, error) {
	out := make([]Hash, 0, end-begin)
	for at := begin; at < end; {
		stop := min(end, at+tileWidth*16)
		indexes := make([]int64, 0, stop-at)
		for ; at < stop; at++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at))
		}
		hashes, err := r.ReadHashes(indexes)
		if err != nil {
			return nil, fmt.Errorf("proof: tree: %w", err)
		}
		out = append(out, fromTlog(hashes)...)
	}
	return out, nil
}

// check says whether an event may be sealed: the next one of its record, its
// leaf and blob as they were made, under the name, revision and type that the
// leaf states.
func (s *Sealer) check(r eventstore.Recorded, after eventstore.Position, index int64) (seal.Chain, error) {
	unsound := func(err error) (seal.Chain, error) {
		return seal.Chain{}, &UnsoundError{Position: r.Position, Index: index, Err: err}
	}
	if r.Position <= after {
		return unsound(fmt.Errorf("its position does not follow %d", after))
	}
	chain, err := s.chains.chain(r.Stream)
	if err != nil {
		return seal.Chain{}, err
	}
	next, leaf, err := chain.Next(r.Metadata)
	switch {
	case err != nil:
		return unsound(err)
	case leaf.Type != r.Type:
		return unsound(errors.New("its leaf states another type"))
	case leaf.Seq != uint64(r.Revision):
		return unsound(fmt.Errorf("its leaf states seq %d and its revision is %d", leaf.Seq, r.Revision))
	}
	if err := seal.CheckBlob(leaf, r.Data); err != nil {
		return unsound(err)
	}
	return next, nil
}

// Run seals what is appended until ctx ends, and returns its error, or the
// error that stops the Sealer. It signs at most every SignEvery.
func (s *Sealer) Run(ctx context.Context) error {
	for {
		if err := s.pass(ctx, s.due); err != nil {
			return err
		}
		if err := s.cfg.Clock.Wait(ctx, SignEvery); err != nil {
			return err
		}
	}
}

// CatchUp seals everything that the store holds and signs once, at the end. It
// signs nothing when nothing was added.
func (s *Sealer) CatchUp(ctx context.Context) error {
	return s.pass(ctx, func() bool { return false })
}

func (s *Sealer) pass(ctx context.Context, due func() bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passLocked(ctx, due)
}

func (s *Sealer) passLocked(ctx context.Context, due func() bool) error {
	if s.broken != nil {
		return s.broken
	}
	err := s.advance(ctx, due)
	if err == nil {
		err = s.sign(ctx)
	}
	if err != nil && !errors.Is(err, ctx.Err()) {
		s.broken = err
	}
	return err
}

// due reports whether it is time to sign. A clock that was put back makes it so.
func (s *Sealer) due() bool {
	since := s.cfg.Clock.Now().Sub(s.signed)
	return since >= SignEvery || since < 0
}

// advance adds batches to the tree up to the end of the store, and signs in
// between when it is due.
func (s *Sealer) advance(ctx context.Context, due func() bool) error {
	for {
		n, err := s.batch(ctx)
		if err != nil || n < MaxBatch {
			return err
		}
		if !due() {
			continue
		}
		if err := s.sign(ctx); err != nil {
			return err
		}
	}
}

// batch reads and checks events and adds them to the tree, all or none.
func (s *Sealer) batch(ctx context.Context) (int, error) {
	var leaves []Hash
	var positions []eventstore.Position
	defer s.chains.forget() // unless add kept it
	last := s.at.Position
	for r, err := range s.cfg.Store.ReadLog(ctx, last) {
		if err != nil {
			return 0, fmt.Errorf("proof: %w", err)
		}
		next, err := s.check(r, last, s.at.Size+int64(len(leaves)))
		if err != nil {
			return 0, err
		}
		s.chains.set(next)
		leaves, positions, last = append(leaves, next.Head), append(positions, r.Position), r.Position
		if len(leaves) == MaxBatch {
			break
		}
	}
	if len(leaves) == 0 {
		return 0, nil
	}
	return len(leaves), s.add(leaves, positions)
}

// add makes the leaves durable: tiles, then positions, then the state that
// says how far they are valid.
func (s *Sealer) add(leaves []Hash, positions []eventstore.Position) error {
	grown, err := tiles{s.cfg.Dir}.grow(s.on, s.at.tree(), leaves)
	if err != nil {
		return err
	}
	path := filepath.Join(s.cfg.Dir, positionsName)
	if err := s.on.writeAt(path, encodePositions(positions), s.at.Size*positionBytes); err != nil {
		return fmt.Errorf("proof: positions: %w", err)
	}
	at := place{Checkpoint{s.at.Origin, grown.N, Hash(grown.Hash)}, positions[len(positions)-1]}
	if err := put(s.on, filepath.Join(s.cfg.Dir, stateName), stateText(at)); err != nil {
		return err
	}
	s.at = at
	s.chains.keep()
	if s.chains.full() {
		return s.chains.merge(s.on, s.cfg.Dir, s.at)
	}
	return nil
}

// lastSigned returns the last checkpoint; the zero value when there is none.
func (s *Sealer) lastSigned(ctx context.Context) (Signed, error) {
	text, err := s.cfg.Last.Load(ctx)
	if err != nil || text == nil {
		return Signed{}, err
	}
	return s.cfg.Keys.Open(text)
}

// agree checks that the tree is the last checkpoint's or one that grew out of
// it.
func (s *Sealer) agree(last Checkpoint) error {
	if last.Size == 0 {
		return nil
	}
	if s.at.Size < last.Size {
		return &RollbackError{What: "the store", Size: s.at.Size, Sealed: last.Size}
	}
	p, err := prove(tiles{s.cfg.Dir}.reader(s.at.tree()), last, s.at.Checkpoint)
	if err != nil {
		return err
	}
	if VerifyConsistency(last, s.at.Checkpoint, p) != nil {
		return &ForkError{What: "the store", Sealed: last.Size}
	}
	return nil
}

// sign signs the tree when it has grown, and only if it is the last
// checkpoint's or grew out of it. Nobody sees a checkpoint before Last has it.
func (s *Sealer) sign(ctx context.Context) error {
	last, err := s.lastSigned(ctx)
	if err != nil {
		return err
	}
	if err := s.agree(last.Checkpoint); err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	if last.Size < s.at.Size {
		text, err := s.signature(now, last.At)
		if err != nil {
			return err
		}
		if err := s.cfg.Last.Swap(ctx, last.Note, text); err != nil {
			return err
		}
		s.signed, last.Note = now, text
		return s.publish(text)
	}
	return nil
}

// signature returns the checkpoint over the tree, signed and opened again: a
// key that is not in force, or a computer that miscalculated, shows here. Its
// time is never before that of the last one.
func (s *Sealer) signature(now, last time.Time) ([]byte, error) {
	if now.Before(last) {
		now = last
	}
	text, err := s.cfg.Signer.Sign(s.at.Checkpoint, now)
	if err != nil {
		return nil, err
	}
	if _, err := s.cfg.Keys.Open(text); err != nil {
		return nil, fmt.Errorf("proof: the signer's keys are not those in force: %w", err)
	}
	return text, nil
}

// publish puts the checkpoint beside the tiles, if it is not there.
func (s *Sealer) publish(text []byte) error {
	if text == nil {
		return nil
	}
	path := filepath.Join(s.cfg.Dir, checkpointName)
	if standing, err := os.ReadFile(path); err == nil && bytes.Equal(standing, text) {
		return nil
	}
	return put(s.on, path, text)
}
