package sealer

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// Guard reads the leaves of a store and checks that the first last.Size of
// them give last's root: nothing that was signed is missing, altered or in
// another place. It needs no directory of the tree, and memory for one
// batch only. The error is *RollbackError or *ForkError. What came after last is
// not looked at.
func Guard(ctx context.Context, store eventstore.Store, last proof.Checkpoint) error {
	if last.Size == 0 {
		return nil
	}
	edge := peaks{}
	size := int64(0)
	for r, err := range eventstore.Scan(ctx, store, 0) {
		if err != nil {
			return fmt.Errorf("sealer: %w", err)
		}
		if err := edge.add(size, seal.HashLeaf(r.Metadata)); err != nil {
			return fmt.Errorf("sealer: tree: %w", err)
		}
		if size++; size == last.Size {
			return edge.match(last)
		}
	}
	return &RollbackError{What: "the store", Size: size, Sealed: last.Size}
}

// peaks are the roots of the complete subtrees of a tree that only grows, by
// their place in tlog's order.
type peaks map[int64]tlog.Hash

// ReadHashes is tlog.HashReader's.
func (p peaks) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, index := range at {
		h, ok := p[index]
		if !ok {
			return nil, fmt.Errorf("node %d is not kept", index)
		}
		out[i] = h
	}
	return out, nil
}

// add adds the leaf that makes a tree of n one of n+1.
func (p peaks) add(n int64, leaf proof.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(n, tlog.Hash(leaf), p)
	if err != nil {
		return err
	}
	top := len(hashes) - 1
	for level := range top {
		delete(p, tlog.StoredHashIndex(level, n>>level-1))
	}
	p[tlog.StoredHashIndex(top, n>>top)] = hashes[top]
	return nil
}

func (p peaks) match(last proof.Checkpoint) error {
	root, err := tlog.TreeHash(last.Size, p)
	if err != nil {
		return fmt.Errorf("sealer: tree: %w", err)
	}
	if proof.Hash(root) != last.Root {
		return &ForkError{What: "the store", Sealed: last.Size}
	}
	return nil
}
