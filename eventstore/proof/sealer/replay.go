package sealer

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// replay reads again what was sealed after the heads file was written.
func (s *Sealer) replay(ctx context.Context) error {
	index, last := s.chains.base.Size, s.chains.base.Position
	if index == s.at.Size {
		return s.sameLast(ctx)
	}
	hashes := tiles{s.cfg.Dir}.reader(s.at.Tree())
	expected, err := leavesOf(hashes, index, s.at.Size)
	if err != nil {
		return err
	}
	for r, err := range eventstore.Scan(ctx, s.cfg.Store, last) {
		if err != nil {
			return fmt.Errorf("sealer: %w", err)
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
	expected, err := leavesOf(tiles{s.cfg.Dir}.reader(s.at.Tree()), s.at.Size-1, s.at.Size)
	if err != nil {
		return err
	}
	var before eventstore.Position // a place between two events is none for every store
	if s.at.Size > 1 {
		if before, err = NewLog(s.cfg.Dir).Position(s.at.Checkpoint, s.at.Size-2); err != nil {
			return err
		}
	}
	for r, err := range eventstore.Scan(ctx, s.cfg.Store, before) {
		if err != nil {
			return fmt.Errorf("sealer: %w", err)
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
func leavesOf(r tlog.HashReader, begin, end int64) ([]proof.Hash, error) {
	out := make([]proof.Hash, 0, end-begin)
	for at := begin; at < end; {
		stop := min(end, at+tileWidth*16)
		indexes := make([]int64, 0, stop-at)
		for ; at < stop; at++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at))
		}
		hashes, err := r.ReadHashes(indexes)
		if err != nil {
			return nil, fmt.Errorf("sealer: tree: %w", err)
		}
		out = append(out, fromTlog(hashes)...)
	}
	return out, nil
}
