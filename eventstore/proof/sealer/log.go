package sealer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
)

// Log makes proofs from the directory of a Sealer, which may go on working
// meanwhile. What it reads it checks against the checkpoint it is asked about,
// so a damaged tile gives an error and never a false proof.
type Log struct{ dir string }

// NewLog returns the log in dir.
func NewLog(dir string) Log { return Log{dir} }

// Checkpoint returns the published checkpoint, nil when there is none yet.
func (l Log) Checkpoint() ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(l.dir, checkpointName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	return b, nil
}

// ProveInclusion proves the entry at index under a checkpoint of this log.
func (l Log) ProveInclusion(c proof.Signed, index int64) (proof.InclusionProof, error) {
	if index < 0 || index >= c.Size {
		return proof.InclusionProof{}, fmt.Errorf("sealer: index %d: %w of %d", index, proof.ErrOutside, c.Size)
	}
	hashes, err := tlog.ProveRecord(c.Size, index, tiles{l.dir}.reader(c.Tree()))
	if err != nil {
		return proof.InclusionProof{}, fmt.Errorf("sealer: tree: %w", err)
	}
	return proof.InclusionProof{Index: index, Hashes: fromTlog(hashes), Checkpoint: c.Note}, nil
}

// ProveConsistency proves that next grew out of old. Both are checkpoints of
// this log, or it finds that old is not: then the error is *ForkError.
func (l Log) ProveConsistency(old proof.Checkpoint, next proof.Signed) (proof.ConsistencyProof, error) {
	p, err := prove(tiles{l.dir}.reader(next.Tree()), old, next.Checkpoint)
	if err != nil {
		return p, err
	}
	p.Checkpoint = next.Note
	if proof.VerifyConsistency(old, next.Checkpoint, p) != nil {
		return proof.ConsistencyProof{}, &ForkError{What: "the log", Sealed: old.Size}
	}
	return p, nil
}

// ProveTree returns the path from the tree of the first older entries to that
// of a checkpoint of this log, for a witness that asks for it.
func (l Log) ProveTree(next proof.Checkpoint, older int64) (tlog.TreeProof, error) {
	if older <= 0 || older > next.Size {
		return nil, fmt.Errorf("sealer: tree of %d: %w of %d", older, proof.ErrOutside, next.Size)
	}
	p, err := tlog.ProveTree(next.Size, older, tiles{l.dir}.reader(next.Tree()))
	if err != nil {
		return nil, fmt.Errorf("sealer: tree: %w", err)
	}
	return p, nil
}

// Leaves returns the hashes of the leaves from index begin to before end.
func (l Log) Leaves(c proof.Checkpoint, begin, end int64) ([]proof.Hash, error) {
	if begin < 0 || begin > end || end > c.Size {
		return nil, fmt.Errorf("sealer: entries %d to %d: %w of %d", begin, end, proof.ErrOutside, c.Size)
	}
	return leavesOf(tiles{l.dir}.reader(c.Tree()), begin, end)
}

// Index returns the index of the event at a position of the store, ErrOutside
// when it is not under the checkpoint.
func (l Log) Index(c proof.Checkpoint, position eventstore.Position) (int64, error) {
	f, err := os.Open(filepath.Join(l.dir, positionsName))
	if err != nil {
		return 0, fmt.Errorf("sealer: %w", err)
	}
	defer f.Close()
	return indexOf(f, c.Size, position)
}

// Position returns the position in the store of the entry at an index.
func (l Log) Position(c proof.Checkpoint, index int64) (eventstore.Position, error) {
	if index < 0 || index >= c.Size {
		return 0, fmt.Errorf("sealer: index %d: %w of %d", index, proof.ErrOutside, c.Size)
	}
	f, err := os.Open(filepath.Join(l.dir, positionsName))
	if err != nil {
		return 0, fmt.Errorf("sealer: %w", err)
	}
	defer f.Close()
	return positionAt(f, index)
}

// prove makes the proof that next grew out of old.
func prove(r tlog.HashReader, old, next proof.Checkpoint) (proof.ConsistencyProof, error) {
	p := proof.ConsistencyProof{OldSize: old.Size}
	if old.Size > next.Size {
		return p, fmt.Errorf("sealer: checkpoint of %d: %w of %d", old.Size, proof.ErrOutside, next.Size)
	}
	if old.Size == 0 || old.Size == next.Size {
		return p, nil
	}
	hashes, err := tlog.ProveTree(next.Size, old.Size, r)
	if err != nil {
		return p, fmt.Errorf("sealer: tree: %w", err)
	}
	p.Hashes = fromTlog(hashes)
	return p, nil
}

func fromTlog(hashes []tlog.Hash) []proof.Hash {
	out := make([]proof.Hash, len(hashes))
	for i, h := range hashes {
		out[i] = proof.Hash(h)
	}
	return out
}
