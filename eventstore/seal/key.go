package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
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
func (k *Key) eventKey(event [16]byte) []byte {
	var none [sha256.Size]byte
	extract := hmac.New(sha256.New, none[:])
	extract.Write(k.Secret[:])
	expand := hmac.New(sha256.New, extract.Sum(nil))
	expand.Write([]byte(infoPrefix))
	expand.Write(event[:])
	expand.Write([]byte{1})
	return expand.Sum(nil)
}

// aead returns the cipher of one event.
func (k *Key) aead(event [16]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.eventKey(event))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
