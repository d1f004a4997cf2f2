package httpapi

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// maxCursorBytes bounds a cursor as text.
const maxCursorBytes = 4_096

// cursors turn places in lists, which can name people, into texts that say
// nothing and hold for one list with one filter. The key lives as long as the
// process.
type cursors struct{ aead cipher.AEAD }

func newCursors() (cursors, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails: see crypto/rand
	block, err := aes.NewCipher(key)
	if err != nil {
		return cursors{}, fmt.Errorf("cursors: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return cursors{}, fmt.Errorf("cursors: %w", err)
	}
	return cursors{aead}, nil
}

func (c cursors) seal(place, filter string) string {
	return base64.RawURLEncoding.EncodeToString(c.aead.Seal(nil, nil, []byte(place), []byte(filter)))
}

func (c cursors) open(text, filter string) (string, error) {
	if text == "" {
		return "", nil
	}
	if len(text) > maxCursorBytes {
		return "", problem(codeCursor)
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", problem(codeCursor)
	}
	place, err := c.aead.Open(nil, nil, sealed, []byte(filter))
	if err != nil {
		return "", problem(codeCursor)
	}
	return string(place), nil
}
