package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding"
	"fmt"
	"hash"
)

const (
	infoPrefix = "caseledger/event-key/v1"
	saltPrefix = "caseledger/salt/v1"

	keyPrefix   = "k-"
	minKeyChars = 4
	maxKeyChars = 64
)

// Key is the key of one record and record class. Printing it in any way gives
// its id alone.
type Key struct {
	ID     string // "k-" and 4 to 64 of 0-9 a-f
	Secret [32]byte
}

// Format implements fmt.Formatter for every verb, so that no log or error
// shows the secret.
func (k Key) Format(s fmt.State, _ rune) { fmt.Fprint(s, k.ID) }

// MarshalText gives the id, so that no JSON or structured log shows the secret.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.ID), nil }

// ValidKeyID reports whether s can be the id of a key.
func ValidKeyID(s string) bool {
	if len(s) < len(keyPrefix)+minKeyChars || len(s) > len(keyPrefix)+maxKeyChars || s[:len(keyPrefix)] != keyPrefix {
		return false
	}
	for _, c := range []byte(s[len(keyPrefix):]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// check refuses a key that was never made: nobody has a secret of zeros.
func (k *Key) check() error {
	var zero [32]byte
	switch {
	case !ValidKeyID(k.ID):
		return fmt.Errorf("%w: a key's id is k- and %d to %d of 0-9 a-f", ErrRefused, minKeyChars, maxKeyChars)
	case subtle.ConstantTimeCompare(k.Secret[:], zero[:]) == 1:
		return fmt.Errorf("%w: key %s has no secret", ErrRefused, k.ID)
	}
	return nil
}

// eventKey is HKDF-SHA-256 (RFC 5869) of the record's key, without salt, for
// one event. Written out because crypto/hkdf takes three times as long.
func (k *Key) eventKey(event [16]byte) Hash {
	var none Hash
	extracted := mac(&none, k.Secret[:])
	var space [maxMACBytes]byte
	info := append(append(space[:0], infoPrefix...), event[:]...)
	return mac(&extracted, append(info, 1))
}

const (
	maxMACBytes = 64

	innerPad, outerPad = 0x36, 0x5c // of HMAC
)

// mac is HMAC-SHA-256 (RFC 2104) of at most maxMACBytes. For one message,
// crypto/hmac spends more on its state than on hashing.
func mac(key *Hash, message []byte) Hash {
	var inner [sha256.BlockSize + maxMACBytes]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	pad(inner[:sha256.BlockSize], key, innerPad)
	pad(outer[:sha256.BlockSize], key, outerPad)
	n := copy(inner[sha256.BlockSize:], message)
	sum := sha256.Sum256(inner[:sha256.BlockSize+n])
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

// pad fills a block with the key, and zeros after it, each XOR the byte.
func pad(block []byte, key *Hash, with byte) {
	copy(block, key[:])
	for i := range block {
		block[i] ^= with
	}
}

// keyedHash is HMAC-SHA-256 (RFC 2104) of many messages under one key, and then
// under another, as crypto/hmac is not. It keeps the two states that every hash
// under the key goes on from.
type keyedHash struct {
	hash         resumable
	inner, outer []byte                 // states
	sum          []byte                 // space for a hash
	block        [sha256.BlockSize]byte // space for a padded key
}

// resumable is what package sha256 promises of its hashes.
type resumable interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

func newKeyedHash() keyedHash { return keyedHash{hash: sha256.New().(resumable)} }

func (k *keyedHash) setKey(key *Hash) {
	k.inner = k.padded(k.inner, key, innerPad)
	k.outer = k.padded(k.outer, key, outerPad)
}

// forget clears what was made of the key.
func (k *keyedHash) forget() {
	clear(k.inner)
	clear(k.outer)
	clear(k.sum)
	clear(k.block[:])
	k.hash.Reset()
}

// padded returns the state after a padded key, in the space given. Hashes of
// package sha256 never fail.
func (k *keyedHash) padded(space []byte, key *Hash, with byte) []byte {
	clear(k.block[:])
	pad(k.block[:], key, with)
	k.hash.Reset()
	k.hash.Write(k.block[:])
	state, _ := k.hash.AppendBinary(space[:0])
	return state
}

// of returns the HMAC of a message, which is good until the next.
func (k *keyedHash) of(message []byte) []byte {
	k.sum = k.resume(k.inner, message)
	k.sum = k.resume(k.outer, k.sum)
	return k.sum
}

func (k *keyedHash) resume(state, message []byte) []byte {
	k.hash.UnmarshalBinary(state)
	k.hash.Write(message)
	return k.hash.Sum(k.sum[:0])
}

// aead returns the cipher of one event.
func (k *Key) aead(event [16]byte) (cipher.AEAD, error) {
	key := k.eventKey(event)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
