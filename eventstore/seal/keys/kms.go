package keys

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// KMS wraps epoch keys. In production it is a key management service or a
// hardware module that never gives its own key away. What it wraps it must
// authenticate: Unwrap fails for anything that Wrap did not return. It is asked
// when a key store is made, opened or renewed, never between. Its errors match
// ErrUnreachable and ErrDenied where that is what went wrong. keystest holds
// these promises as tests.
type KMS interface {
	// Name says which KMS and key it is, in printable ASCII without space. It
	// is written beside what was wrapped, and stays the same for as long as
	// that is to open.
	Name() string
	Wrap(ctx context.Context, plaintext []byte) ([]byte, error)
	Unwrap(ctx context.Context, ciphertext []byte) ([]byte, error)
}

// Warning returns what an operator must be told at every start when the epoch
// key is not wrapped by a KMS, or "".
func Warning(k KMS) string {
	const both = " Whoever copies the key store's directory with its epochs and has it opens every record, also those whose keys are destroyed after the copy was made." +
		" Keep the epochs directory out of backups, and use a KMS in production."
	switch k.(type) {
	case Passphrase:
		return "The epoch key is sealed with a passphrase only." + both
	case KeyFile:
		return "The epoch key is sealed with a key file only." + both
	}
	return ""
}

var errWrongSecret = errors.New("wrong secret, or the file is damaged")

// Passphrase wraps with age's scrypt recipient, which takes about a second.
type Passphrase struct {
	phrase string
	work   int // log2 of scrypt's N
}

// MinPassphraseBytes is the shortest passphrase that is accepted.
const MinPassphraseBytes = 12

const passphraseWork = 18

// NewPassphrase refuses a short passphrase.
func NewPassphrase(phrase string) (Passphrase, error) {
	if len(phrase) < MinPassphraseBytes {
		return Passphrase{}, fmt.Errorf("%w: a passphrase has at least %d bytes", ErrRefused, MinPassphraseBytes)
	}
	return Passphrase{phrase, passphraseWork}, nil
}

// Format implements fmt.Formatter for every verb, so that nothing shows the
// passphrase.
func (p Passphrase) Format(s fmt.State, _ rune) { fmt.Fprint(s, p.Name()) }

// Name implements KMS.
func (Passphrase) Name() string { return "passphrase" }

// Wrap implements KMS.
func (p Passphrase) Wrap(_ context.Context, plaintext []byte) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(p.phrase)
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(p.work)
	return ageEncrypt(plaintext, recipient)
}

// Unwrap implements KMS.
func (p Passphrase) Unwrap(_ context.Context, ciphertext []byte) ([]byte, error) {
	identity, err := age.NewScryptIdentity(p.phrase)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(passphraseWork + 2)
	return ageDecrypt(ciphertext, identity)
}

func ageEncrypt(plaintext []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func ageDecrypt(ciphertext []byte, by age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(ciphertext), by)
	if err != nil {
		return nil, errWrongSecret
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, errWrongSecret
	}
	return plain, nil
}

// KeyFile wraps with AES-256-GCM under a key that is kept in a file: 64
// hexadecimal characters and a line end.
type KeyFile struct{ aead cipher.AEAD }

// ReadKeyFile refuses a file that others than its owner can read.
func ReadKeyFile(path string) (KeyFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return KeyFile{}, fmt.Errorf("keys: key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return KeyFile{}, fmt.Errorf("%w: key file %s has mode %v, not 0600", ErrExposed, path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return KeyFile{}, fmt.Errorf("keys: key file: %w", err)
	}
	digits := string(bytes.TrimSuffix(text, []byte("\n")))
	key, err := hex.DecodeString(digits)
	if err != nil || len(key) != 32 || hex.EncodeToString(key) != digits { // one spelling
		return KeyFile{}, fmt.Errorf("%w: a key file has 64 of 0-9 a-f and a line end", ErrRefused)
	}
	return newKeyFile(key)
}

func newKeyFile(key []byte) (KeyFile, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return KeyFile{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return KeyFile{aead}, err
}

// WriteKeyFile makes a new key file. It never takes the place of another.
func WriteKeyFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keys: key file: %w", err)
	}
	key := make([]byte, 32)
	rand.Read(key)
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), osDisk{}.SyncDir(filepath.Dir(path)))
}

// Name implements KMS.
func (KeyFile) Name() string { return "key-file" }

// Format implements fmt.Formatter for every verb, so that nothing shows the
// key.
func (k KeyFile) Format(s fmt.State, _ rune) { fmt.Fprint(s, k.Name()) }

// Wrap implements KMS.
func (k KeyFile) Wrap(_ context.Context, plaintext []byte) ([]byte, error) {
	return k.aead.Seal(nil, nil, plaintext, []byte(epochTitle)), nil
}

// Unwrap implements KMS.
func (k KeyFile) Unwrap(_ context.Context, ciphertext []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, ciphertext, []byte(epochTitle))
	if err != nil {
		return nil, errWrongSecret
	}
	return plain, nil
}
