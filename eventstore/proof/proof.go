// Package proof has the texts that a ledger's log is made of, and verifies
// them: checkpoints and their keys, proofs of inclusion and consistency, and
// the heads of records. To verify takes a text and the log's public keys, and
// neither store, disk, network nor clock.
//
// The trees are those of RFC 6962 and the formats those of C2SP: signed-note,
// tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-witness.
// README.md beside this file describes what the package adds to them. Package
// sealer keeps the log and makes the proofs.
//
// The package never reads a store, never opens a blob, holds no key of a
// record, and knows no event type. It makes alteration evident; it does not
// prevent it.
package proof

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore/seal"
)

// Hash is a SHA-256: a leaf's hash, a node or a root.
type Hash = seal.Hash

// What is wrong, to be tested with errors.Is.
var (
	// ErrFormat says that a text is not, byte for byte, what this package writes.
	ErrFormat = errors.New("not in the format")
	// ErrSignature says that a checkpoint is not signed by the keys that must
	// have signed it.
	ErrSignature = errors.New("not signed as it must be")
	// ErrProof says that a proof does not prove what was asked of it.
	ErrProof = errors.New("the proof does not hold")
	// ErrOutside says that an entry lies outside the checkpoint.
	ErrOutside = errors.New("outside the checkpoint")
)

// MissingKeyError says that a key that is in force did not sign.
type MissingKeyError struct {
	Key string // name+hash, as in the note
}

func (e *MissingKeyError) Error() string {
	return fmt.Sprintf("the checkpoint is not signed by key %s", e.Key)
}

// Is makes errors.Is(err, ErrSignature) true.
func (e *MissingKeyError) Is(target error) bool { return target == ErrSignature }

func toTlog(hashes []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(hashes))
	for i, h := range hashes {
		out[i] = tlog.Hash(h)
	}
	return out
}
