package witness

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// ErrKey says that a text is not a verifier key of a kind that is accepted here.
var ErrKey = errors.New("not a verifier key of an accepted kind")

// Kinds of key, the first byte of a vkey's key material (C2SP signed-note).
const (
	kindEd25519     = 1
	kindCosignature = 4 // Ed25519, with a time
	kindMLDSA       = 6 // ML-DSA-44, with a time
)

// ParseLogKey reads the vkey of a log: Ed25519 (1) or ML-DSA-44 (6).
func ParseLogKey(vkey string) (note.Verifier, error) {
	_, v, err := parseKey(vkey, kindEd25519, kindMLDSA)
	return v, err
}

// ParseKey reads the vkey of a witness: Ed25519 cosignatures (4) or ML-DSA-44 (6).
func ParseKey(vkey string) (note.Verifier, error) {
	_, v, err := parseKey(vkey, kindCosignature, kindMLDSA)
	return v, err
}

// parseKey returns the key material too: two vkeys that wrap the same material
// are one key, whatever their names.
func parseKey(vkey string, kinds ...byte) (string, note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 || len(parts[0]) > maxOrigin {
		return "", nil, ErrKey
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(raw) == 0 || strings.IndexByte(string(kinds), raw[0]) < 0 {
		return "", nil, ErrKey
	}
	open := cosig.NewVerifierForCosignatureV1
	if raw[0] == kindEd25519 {
		open = note.NewVerifier
	}
	v, err := open(vkey)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	// The library does not compare the hash that stands in a cosigner's vkey.
	id, err := hex.DecodeString(parts[1])
	if err != nil || fmt.Sprintf("%08x", v.KeyHash()) != hex.EncodeToString(id) {
		return "", nil, fmt.Errorf("key hash: %w", ErrKey)
	}
	return string(raw[1:]), v, nil
}
