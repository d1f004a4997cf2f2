// Package witness lets neighbours vouch for a ledger: a witness remembers the
// last checkpoint it saw of each log and cosigns the next only when that one
// contains it (C2SP tlog-witness, tlog-cosignature, tlog-policy). Whoever holds
// a policy file can then tell, offline, whether enough of them saw the same
// ledger that he is shown.
//
// A witness learns origin, size and root of a log, nothing else. It never sees
// an event, never cosigns a smaller tree or a second root of one size, and
// never lets a cosignature out before its own state is on disk.
package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/tlog"
)

// Limits on what is read.
const (
	// MaxRequest bounds the body of add-checkpoint, and a signed checkpoint, in
	// bytes: room for a proof and a dozen ML-DSA signatures.
	MaxRequest = 64 << 10
	// MaxSize is the largest tree. The proof arithmetic of sumdb/tlog does not
	// end for sizes above 2^62, so the door is well before.
	MaxSize = 1 << 56

	maxProof    = 63 // hashes, tlog-witness
	maxOrigin   = 255
	maxResponse = 16 << 10 // bytes of a witness's answer
)

// ErrMalformed says that a text is not, byte for byte, what the formats have.
var ErrMalformed = errors.New("malformed")

// Checkpoint is what a log signs: that its tree of Size leaves has this Root.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// parseCheckpoint reads the body of a checkpoint. Extension lines are allowed,
// and mean nothing here.
func parseCheckpoint(text []byte) (Checkpoint, error) {
	var c log.Checkpoint
	if _, err := c.Unmarshal(text); err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", ErrMalformed)
	}
	switch {
	case len(c.Hash) != tlog.HashSize, c.Size > MaxSize, len(c.Origin) > maxOrigin:
		return Checkpoint{}, fmt.Errorf("checkpoint beyond the limits: %w", ErrMalformed)
	case !bytes.HasPrefix(text, c.Marshal()): // leading zeros, stray base64 bits
		return Checkpoint{}, fmt.Errorf("checkpoint in another spelling: %w", ErrMalformed)
	case text[len(text)-1] != '\n' || bytes.Contains(text, []byte("\n\n")):
		return Checkpoint{}, fmt.Errorf("checkpoint with an empty line: %w", ErrMalformed)
	}
	return Checkpoint{c.Origin, int64(c.Size), tlog.Hash(c.Hash)}, nil
}

// parseSigned splits a signed note at its last empty line, and reads the
// checkpoint in it. No signature is looked at.
func parseSigned(signed []byte) (Checkpoint, []byte, error) {
	if len(signed) > MaxRequest {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint of %d bytes: %w", len(signed), ErrMalformed)
	}
	at := bytes.LastIndex(signed, []byte("\n\n"))
	if at < 0 {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint without signatures: %w", ErrMalformed)
	}
	if !canonical(signed[at+2:]) {
		return Checkpoint{}, nil, fmt.Errorf("signature in another spelling: %w", ErrMalformed)
	}
	text := signed[:at+1]
	c, err := parseCheckpoint(text)
	return c, text, err
}

// canonical reports whether the base64 of every signature line is spelled in
// the one way that encoding it gives: the last character before the padding has
// bits without meaning, which sumdb/note passes over.
func canonical(signatures []byte) bool {
	for line := range bytes.Lines(signatures) {
		text := bytes.TrimSuffix(line[bytes.LastIndexByte(line, ' ')+1:], []byte("\n"))
		if _, err := base64.StdEncoding.Strict().DecodeString(string(text)); err != nil {
			return false
		}
	}
	return true
}

// emptyRoot is the root of the tree without leaves, RFC 6962.
func emptyRoot() tlog.Hash { return sha256.Sum256(nil) }
