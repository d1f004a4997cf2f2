package sealer

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"caseledger/eventstore/proof"
)

// lastSigned returns the last checkpoint; the zero value when there is none.
func (s *Sealer) lastSigned(ctx context.Context) (proof.Signed, error) {
	text, err := s.cfg.Last.Load(ctx)
	if err != nil || text == nil {
		return proof.Signed{}, err
	}
	return s.cfg.Keys.Open(text)
}

// agree checks that the tree is the last checkpoint's or one that grew out of
// it.
func (s *Sealer) agree(last proof.Checkpoint) error {
	if last.Size == 0 {
		return nil
	}
	if s.at.Size < last.Size {
		return &RollbackError{What: "the store", Size: s.at.Size, Sealed: last.Size}
	}
	p, err := prove(tiles{s.cfg.Dir}.reader(s.at.Tree()), last, s.at.Checkpoint)
	if err != nil {
		return err
	}
	if proof.VerifyConsistency(last, s.at.Checkpoint, p) != nil {
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
		return nil, fmt.Errorf("sealer: the signer's keys are not those in force: %w", err)
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
