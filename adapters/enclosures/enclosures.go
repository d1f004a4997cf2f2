// Package enclosures keeps the files that go with a record: documents that are none of
// the ledger's, and what was made of the record. Each is encrypted under the
// record's own key, which lies with the keys of the ledger, and its name on the disk
// tells nothing without that key: when the key is destroyed, the files are.
//
// The package does not know what a file is, records nothing in a ledger, and asks
// nobody who may have one.
package enclosures

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"caseledger/eventstore/durable"
	"caseledger/eventstore/seal/keys"
)

// Limits on the files of one record.
const (
	MaxBytes    = 512 << 20 // of one file
	MaxOfRecord = 20_000    // files
	MaxKept     = 16 << 30  // bytes of all of them
)

// What a store answers instead of a file.
var (
	// ErrNone says that there is no such file.
	ErrNone = errors.New("there is no such file")
	// ErrFull says that a file is too large, or that the record has as many files,
	// or bytes of them, as there may be. Nothing was changed.
	ErrFull = errors.New("the files of the record are full")
	// ErrDamaged says that what is stored is not what was written there.
	ErrDamaged = errors.New("the file is damaged")
)

// Store keeps files in a directory. Many goroutines can use it at once.
type Store struct {
	dir  string
	keys keys.Store
}

// unfinished is where a file is while it is being written.
const unfinished = "unfinished"

// Open returns the store in a directory, which is made if there is none. What a
// process that was killed had not finished is removed: one process has it open.
func Open(dir string, k keys.Store) (*Store, error) {
	if err := os.RemoveAll(filepath.Join(dir, unfinished)); err != nil {
		return nil, fmt.Errorf("enclosures: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, unfinished), 0o700); err != nil {
		return nil, fmt.Errorf("enclosures: %w", err)
	}
	return &Store{dir, k}, nil
}

// Put keeps a file under a name, which is the caller's, whole or not at all, and in
// the place of one that had the name. When it returns without error the file is
// durable. The stream is that of the record, which has events.
func (s *Store) Put(ctx context.Context, stream, name string, content []byte) error {
	at, err := s.place(ctx, stream, name)
	if err != nil {
		return err
	}
	if err := s.room(at, len(content)); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(s.dir, unfinished), "*")
	if err != nil {
		return fmt.Errorf("enclosures: %w", err)
	}
	defer os.Remove(f.Name()) // after a rename there is none
	_, err = f.Write(at.aead.Seal(nil, nil, content, at.bind))
	if err = errors.Join(err, f.Sync(), f.Close(), os.MkdirAll(at.dir, 0o700)); err == nil {
		err = os.Rename(f.Name(), at.path())
	}
	if err = errors.Join(err, durable.SyncDir(at.dir), durable.SyncDir(s.dir)); err != nil {
		return fmt.Errorf("enclosures: %w", err)
	}
	return nil
}

// Get returns the file that was put last under a name: ErrNone where none was, and
// ErrDamaged where it is not as it was put.
func (s *Store) Get(ctx context.Context, stream, name string) ([]byte, error) {
	at, err := s.place(ctx, stream, name)
	if err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(at.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("enclosures: %w", err)
	}
	content, err := at.aead.Open(nil, nil, sealed, at.bind)
	if err != nil {
		return nil, ErrDamaged
	}
	return content, nil
}

// place is where a file is, and what opens it there and nowhere else.
type place struct {
	dir, name string
	aead      cipher.AEAD
	bind      []byte
}

func (p place) path() string { return filepath.Join(p.dir, p.name) }

func (s *Store) place(ctx context.Context, stream, name string) (place, error) {
	key, err := s.keys.ForSealing(ctx, keys.Place{Stream: stream})
	if err != nil {
		return place{}, fmt.Errorf("enclosures: %w", err)
	}
	secret, err := hkdf.Key(sha256.New, key.Secret[:], nil, "caseledger/file/v1", 64)
	if err != nil {
		return place{}, fmt.Errorf("enclosures: %w", err)
	}
	block, err := aes.NewCipher(secret[:32])
	if err != nil {
		return place{}, fmt.Errorf("enclosures: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return place{}, fmt.Errorf("enclosures: %w", err)
	}
	hidden := hmac.New(sha256.New, secret[32:])
	hidden.Write([]byte(name))
	return place{filepath.Join(s.dir, stream), hex.EncodeToString(hidden.Sum(nil)), aead, []byte("caseledger/file/v1 " + stream + "/" + name)}, nil
}

// room reports ErrFull where a record may have no more.
func (s *Store) room(at place, more int) error {
	if more > MaxBytes {
		return ErrFull
	}
	all, err := os.ReadDir(at.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("enclosures: %w", err)
	}
	kept := int64(more)
	for _, one := range all {
		info, err := one.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("enclosures: %w", err)
		}
		kept += info.Size()
	}
	if len(all) >= MaxOfRecord || kept > MaxKept {
		return ErrFull
	}
	return nil
}
