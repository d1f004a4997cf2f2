// Package proof keeps the Merkle log over a ledger's leaves, signs checkpoints
// of it, makes proofs from it and verifies them.
//
// The Sealer follows a store, reads again what was stored, checks that every
// leaf continues its record and that every blob is the one its leaf commits
// to, and only then signs. A Log makes proofs. Everything that verifies needs a
// text and the log's public keys, and neither disk, network nor clock.
//
// The trees are those of RFC 6962 and the formats those of C2SP: signed-note,
// tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-witness.
// README.md beside this file describes what the package adds to them.
//
// The package never writes to a store, never opens a blob, holds no key of a
// record, and knows no event type. It makes alteration evident; it does not
// prevent it.
package proof

import (
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
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
	// ErrSwapped says that another checkpoint than expected was the last one.
	ErrSwapped = errors.New("the last checkpoint is another than expected")
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

// UnsoundError says which stored event cannot be sealed. Nothing that was read
// with it or after it is signed.
type UnsoundError struct {
	Position eventstore.Position // in the store
	Index    int64               // in the log, 0 for the first event
	Err      error
}

func (e *UnsoundError) Error() string {
	return fmt.Sprintf("proof: the event at position %d (index %d) cannot be sealed: %v", e.Position, e.Index, e.Err)
}

func (e *UnsoundError) Unwrap() error { return e.Err }

// RollbackError says that less stands than was sealed before.
type RollbackError struct {
	What   string // "the store"
	Size   int64  // entries that are there; -1 when they were not counted
	Sealed int64  // entries that were there
}

func (e *RollbackError) Error() string {
	there := "fewer"
	if e.Size >= 0 {
		there = strconv.FormatInt(e.Size, 10)
	}
	return fmt.Sprintf("proof: %s holds %s entries, but %d were sealed before: it was cut short or replaced by an older copy; nothing may be added until the missing entries are restored", e.What, there, e.Sealed)
}

// ForkError says that what stands is not what was sealed before.
type ForkError struct {
	What   string // "the store"
	Sealed int64  // entries that it contradicts
	Detail string // where, if that is known
}

func (e *ForkError) Error() string {
	text := fmt.Sprintf("proof: %s contradicts the %d entries sealed before: entries were altered, inserted or removed, or it is another ledger; nothing may be signed", e.What, e.Sealed)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// DamagedError says that a file of the tree is not what was written.
type DamagedError struct {
	File   string
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("proof: %s is damaged: %s; the directory of the tree can be removed and is made again from the store", e.File, e.Reason)
}

func fromTlog(hashes []tlog.Hash) []Hash {
	out := make([]Hash, len(hashes))
	for i, h := range hashes {
		out[i] = Hash(h)
	}
	return out
}

func toTlog(hashes []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(hashes))
	for i, h := range hashes {
		out[i] = tlog.Hash(h)
	}
	return out
}
