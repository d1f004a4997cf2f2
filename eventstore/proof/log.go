package proof

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
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
		return nil, fmt.Errorf("proof: %w", err)
	}
	return b, nil
}

// ProveInclusion proves the entry at index under a checkpoint of this log.
func (l Log) ProveInclusion(c Signed, index int64) (InclusionProof, error) {
	if index < 0 || index >= c.Size {
		return InclusionProof{}, fmt.Errorf("proof: index %d: %w of %d", index, ErrOutside, c.Size)
	}
	hashes, err := tlog.ProveRecord(c.Size, index, tiles{l.dir}.reader(c.tree()))
	if err != nil {
		return InclusionProof{}, fmt.Errorf("proof: tree: %w", err)
	}
	return InclusionProof{Index: index, Hashes: fromTlog(hashes), Checkpoint: c.Note}, nil
}

// ProveConsistency proves that next grew out of old. Both are checkpoints of
// this log, or it finds that old is not: then the error is *ForkError.
func (l Log) ProveConsistency(old Checkpoint, next Signed) (ConsistencyProof, error) {
	p, err := prove(tiles{l.dir}.reader(next.tree()), old, next.Checkpoint)
	if err != nil {
		return p, err
	}
	p.Checkpoint = next.Note
	if VerifyConsistency(old, next.Checkpoint, p) != nil {
		return ConsistencyProof{}, &ForkError{What: "the log", Sealed: old.Size}
	}
	return p, nil
}

// Leaves returns the hashes of the leaves from index begin to before end.
func (l Log) Leaves(c Checkpoint, begin, end int64) ([]Hash, error) {
	if begin < 0 || begin > end || end > c.Size {
		return nil, fmt.Errorf("proof: entries %d to %d: %w of %d", begin, end, ErrOutside, c.Size)
	}
	return leavesOf(tiles{l.dir}.reader(c.tree()), begin, end)
}

// Index returns the index of the event at a position of the store, ErrOutside
// when it is not under the checkpoint.
func (l Log) Index(c Checkpoint, position eventstore.Position) (int64, error) {
	f, err := os.Open(filepath.Join(l.dir, positionsName))
	if err != nil {
		return 0, fmt.Errorf("proof: %w", err)
	}
	defer f.Close()
	return indexOf(f, c.Size, position)
}

// Position returns the position in the store of the entry at an index.
func (l Log) Position(c Checkpoint, index int64) (eventstore.Position, error) {
	if index < 0 || index >= c.Size {
		return 0, fmt.Errorf("proof: index %d: %w of %d", index, ErrOutside, c.Size)
	}
	f, err := os.Open(filepath.Join(l.dir, positionsName))
	if err != nil {
		return 0, fmt.Errorf("proof: %w", err)
	}
	defer f.Close()
	return positionAt(f, index)
}
