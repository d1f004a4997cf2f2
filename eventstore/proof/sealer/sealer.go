// Package sealer keeps the Merkle log over a ledger's leaves, signs checkpoints
// of it and makes proofs from it.
//
// The Sealer follows a store, reads again what was stored, checks that every
// leaf continues its record and that every blob is the one its leaf commits
// to, and only then signs. A Log makes proofs; package proof verifies them.
//
// The package never writes to a store, never opens a blob, holds no key of a
// record, and knows no event type.
package sealer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
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
	Signer *proof.Signer    // its origin is the ledger's name in every leaf
	Keys   *proof.History   // must hold the signer's keys, and those that signed before
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
		s.broken = errors.New("sealer: the sealer is closed")
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

// Forget removes from a directory what names positions of a store, so that the
// next Sealer there makes the log anew: of the same events in another store. No
// Sealer may be at work in it. What was signed or said of the tree stays.
func Forget(dir string) error {
	locked, err := lockDir(dir, false)
	if err != nil {
		return err
	}
	for _, name := range []string{stateName, chainsName, positionsName} {
		if removed := os.Remove(filepath.Join(dir, name)); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}
	return errors.Join(err, locked.Close())
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
	var leaves []proof.Hash
	var positions []eventstore.Position
	defer s.chains.forget() // unless add kept it
	last := s.at.Position
	for r, err := range eventstore.Scan(ctx, s.cfg.Store, last) {
		if err != nil {
			return 0, fmt.Errorf("sealer: %w", err)
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
func (s *Sealer) add(leaves []proof.Hash, positions []eventstore.Position) error {
	grown, err := tiles{s.cfg.Dir}.grow(s.on, s.at.Tree(), leaves)
	if err != nil {
		return err
	}
	path := filepath.Join(s.cfg.Dir, positionsName)
	if err := s.on.writeAt(path, encodePositions(positions), s.at.Size*positionBytes); err != nil {
		return fmt.Errorf("sealer: positions: %w", err)
	}
	at := place{proof.Checkpoint{Origin: s.at.Origin, Size: grown.N, Root: proof.Hash(grown.Hash)}, positions[len(positions)-1]}
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
