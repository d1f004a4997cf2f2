package backup

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// Key is the secret of a repository: it reads and writes all backups in it.
type Key [32]byte

// Format implements fmt.Formatter for every verb, so that nothing shows the key.
func (Key) Format(s fmt.State, _ rune) { fmt.Fprint(s, "key of a repository") }

const (
	keyFileBytes = 2*len(Key{}) + 1
	maxAgeBytes  = 64 << 10

	namePurpose   = title + " name"
	objectPurpose = title + " object "
	nonceBytes    = 12
	overhead      = 16 // of AES-GCM
)

// NewKey makes a key.
func NewKey() (k Key) {
	rand.Read(k[:]) // never fails
	return k
}

// ReadKey reads a file of 64 of 0-9 a-f and a line end, which must be its
// owner's alone.
func ReadKey(path string) (k Key, err error) {
	f, err := os.Open(path)
	if err != nil {
		return k, fmt.Errorf("backup: key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return k, fmt.Errorf("backup: key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return k, fmt.Errorf("backup: key: %s has mode %v, not 0600", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(keyFileBytes)+1))
	if err != nil {
		return k, fmt.Errorf("backup: key: %w", err)
	}
	line, ended := strings.CutSuffix(string(text), "\n")
	raw, err := hex.DecodeString(line)
	if err != nil || !ended || len(raw) != len(k) || line != strings.ToLower(line) {
		return k, fmt.Errorf("backup: key: %s is not 64 of 0-9 a-f and a line end", path)
	}
	return Key(raw), nil
}

// WriteKey makes a file that ReadKey reads. It never takes the place of another.
func WriteKey(path string, k Key) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("backup: key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(k[:]) + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// wrap encrypts the key to age recipients.
func (k Key) wrap(recipients []string) ([]byte, error) {
	to, err := age.ParseRecipients(strings.NewReader(strings.Join(recipients, "\n")))
	if err != nil {
		return nil, fmt.Errorf("backup: recipient: %w", err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	_, err = w.Write(k[:])
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// unwrap opens what wrap made, with one of the identities.
func unwrap(wrapped []byte, identities []age.Identity) (k Key, err error) {
	r, err := age.Decrypt(bytes.NewReader(wrapped), identities...)
	if err != nil {
		return k, fmt.Errorf("backup: %w: %w", ErrKey, err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(len(k))+1))
	if err != nil || len(raw) != len(k) {
		return k, fmt.Errorf("backup: %w", ErrKey)
	}
	return Key(raw), nil
}

// name is that of an object: it depends on its content, and says nothing of it to
// whoever lacks the key.
func (k Key) name(content []byte) (string, error) {
	secret, err := hkdf.Key(sha256.New, k[:], nil, namePurpose, sha256.Size)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	mac := hmac.New(sha256.New, secret)
	mac.Write(sum[:])
	return hex.EncodeToString(mac.Sum(nil)), nil
}

func validName(name string) bool {
	raw, err := hex.DecodeString(name)
	return err == nil && len(raw) == sha256.Size && name == strings.ToLower(name)
}

// aead is the cipher of one object, and the nonce that it is used with once:
// another content has another name, and another key.
func (k Key) aead(name string) (cipher.AEAD, []byte, error) {
	secret, err := hkdf.Key(sha256.New, k[:], nil, objectPurpose+name, 32+nonceBytes)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(secret[:32])
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCM(block)
	return gcm, secret[32:], err
}

func (k Key) seal(name string, content []byte) ([]byte, error) {
	gcm, nonce, err := k.aead(name)
	if err != nil {
		return nil, err
	}
	return gcm.Seal(make([]byte, 0, len(content)+overhead), nonce, content, nil), nil
}

var errAltered = errors.New("its content is not what was written under this name")

// open is the content of an object. Whatever was altered, or has another's
// name, is errAltered.
func (k Key) open(name string, sealed []byte) ([]byte, error) {
	gcm, nonce, err := k.aead(name)
	if err != nil {
		return nil, err
	}
	content, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, errAltered
	}
	if is, err := k.name(content); err != nil || is != name {
		return nil, errAltered
	}
	return content, nil
}
