package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxNoteBytes bounds a signed checkpoint: 16 signatures of the largest kind
// and room to spare.
const MaxNoteBytes = 64 << 10

// MaxOriginChars bounds an origin; ML-DSA cosignatures write its length in
// one byte.
const MaxOriginChars = 200

// Checkpoint is a tree of a log: its first Size entries and their root.
type Checkpoint struct {
	Origin string // which log; the ledger's name
	Size   int64
	Root   Hash
}

// Signed is a checkpoint whose signatures are verified.
type Signed struct {
	Checkpoint
	At   time.Time // when it was signed, by the clock of the log, in whole seconds
	Note []byte    // the whole text with its signatures
}

// Text returns the text that is signed.
func (c Checkpoint) Text() []byte {
	return log.Checkpoint{Origin: c.Origin, Size: uint64(c.Size), Hash: c.Root[:]}.Marshal()
}

// Tree returns the checkpoint as tlog has it.
func (c Checkpoint) Tree() tlog.Tree { return tlog.Tree{N: c.Size, Hash: tlog.Hash(c.Root)} }

// ParseCheckpoint reads the text of a checkpoint without signatures: exactly
// what Text writes. Extension lines are refused: nothing signs them under
// ML-DSA.
func ParseCheckpoint(text []byte) (Checkpoint, error) {
	var read log.Checkpoint
	rest, err := read.Unmarshal(text)
	if err != nil || len(rest) > 0 || len(read.Hash) != len(Hash{}) || read.Size > math.MaxInt64 {
		return Checkpoint{}, fmt.Errorf("proof: checkpoint: %w", ErrFormat)
	}
	c := Checkpoint{Origin: read.Origin, Size: int64(read.Size), Root: Hash(read.Hash)}
	if !bytes.Equal(c.Text(), text) || !ValidOrigin(c.Origin) {
		return Checkpoint{}, fmt.Errorf("proof: checkpoint: %w", ErrFormat)
	}
	return c, nil
}

// ReadCheckpoint reads a signed checkpoint without verifying who signed it.
// What it states must not be believed before it was opened.
func ReadCheckpoint(signed []byte) (Checkpoint, error) {
	if len(signed) > MaxNoteBytes {
		return Checkpoint{}, fmt.Errorf("proof: checkpoint: %w: more than %d bytes", ErrFormat, MaxNoteBytes)
	}
	end := bytes.LastIndex(signed, []byte("\n\n"))
	if end < 0 {
		return Checkpoint{}, fmt.Errorf("proof: checkpoint: %w: no signatures", ErrFormat)
	}
	return ParseCheckpoint(signed[:end+1])
}

// OpenCheckpoint reads a signed checkpoint and verifies it. Every verifier
// must have signed; signatures of other keys, such as those of witnesses, are
// passed over. The error is ErrFormat or ErrSignature, and *MissingKeyError
// when one of the keys did not sign.
func OpenCheckpoint(signed []byte, verifiers []note.Verifier) (Signed, error) {
	c, err := ReadCheckpoint(signed)
	if err != nil {
		return Signed{}, err
	}
	if len(verifiers) == 0 {
		return Signed{}, fmt.Errorf("proof: checkpoint of %d: %w: no key is known", c.Size, ErrSignature)
	}
	n, err := note.Open(signed, note.VerifierList(verifiers...))
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		return Signed{}, fmt.Errorf("proof: checkpoint of %d: %w", c.Size, &MissingKeyError{Key: keyID(verifiers[0])})
	case err != nil && strings.Contains(err.Error(), "malformed"):
		return Signed{}, fmt.Errorf("proof: checkpoint of %d: %w", c.Size, ErrFormat)
	case err != nil:
		return Signed{}, fmt.Errorf("proof: checkpoint of %d: %w", c.Size, ErrSignature)
	}
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Signed{}, fmt.Errorf("proof: checkpoint of %d: %w", c.Size, ErrFormat)
		}
	}
	for _, v := range verifiers {
		if !signedBy(n, v) {
			return Signed{}, fmt.Errorf("proof: checkpoint of %d: %w", c.Size, &MissingKeyError{Key: keyID(v)})
		}
	}
	return Signed{Checkpoint: c, At: signedAt(n), Note: bytes.Clone(signed)}, nil
}

func signedBy(n *note.Note, v note.Verifier) bool {
	for _, s := range n.Sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}

// signedAt is the latest time in the verified timed signatures, the zero time
// when there are none.
func signedAt(n *note.Note) (at time.Time) {
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil || len(raw) != timedSignatureBytes {
			continue
		}
		seconds := binary.BigEndian.Uint64(raw[4:])
		if t := time.Unix(int64(min(seconds, math.MaxInt32<<8)), 0).UTC(); t.After(at) {
			at = t
		}
	}
	return at
}
