package sealer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// LastCheckpoint remembers the last checkpoint that was signed, apart from the
// store: on another disk, another machine, or a service. It is what shows that
// a store was put back to an older copy.
type LastCheckpoint interface {
	// Load returns the last signed checkpoint, nil when none was ever signed.
	Load(ctx context.Context) ([]byte, error)

	// Swap replaces old by next, durably, or changes nothing. old is nil for
	// the first one. The error is ErrSwapped when old is not what is there.
	Swap(ctx context.Context, old, next []byte) error
}

// LastFile is a LastCheckpoint in a directory. Several processes may use it.
type LastFile struct {
	dir string
	on  disk
}

const lastName = "last-checkpoint"

// NewLastFile returns the one in dir, which is made when it is missing.
func NewLastFile(dir string) *LastFile { return &LastFile{dir: dir, on: realDisk{}} }

// Load is LastCheckpoint's.
func (l *LastFile) Load(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(l.dir, lastName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sealer: last checkpoint: %w", err)
	}
	if len(b) == 0 {
		return nil, &DamagedError{File: lastName, Reason: "it is empty"}
	}
	return b, nil
}

// Swap is LastCheckpoint's.
func (l *LastFile) Swap(ctx context.Context, old, next []byte) error {
	locked, err := lockDir(l.dir, true)
	if err != nil {
		return err
	}
	defer locked.Close()
	standing, err := l.Load(ctx)
	if err != nil {
		return err
	}
	if !bytes.Equal(standing, old) {
		return fmt.Errorf("sealer: %w", ErrSwapped)
	}
	if err := put(l.on, filepath.Join(l.dir, lastName), next); err != nil || old != nil {
		return err
	}
	if err := l.on.syncDir(filepath.Dir(l.dir)); err != nil { // the directory may be new
		return fmt.Errorf("sealer: last checkpoint: %w", err)
	}
	return nil
}
