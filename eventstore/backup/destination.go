package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"caseledger/eventstore/durable"
)

// Destination is where copies are kept: files with slashes in their names.
type Destination interface {
	// Put makes or replaces a file, whole or not at all. It is durable when Put
	// returns.
	Put(ctx context.Context, name string, content []byte) error
	// Get returns a file of at most so many bytes. The error wraps
	// fs.ErrNotExist when there is none.
	Get(ctx context.Context, name string, limit int64) ([]byte, error)
	// List returns the files whose names begin with a folder's name and a
	// slash, in order; none when there is no such folder.
	List(ctx context.Context, folder string) ([]Kept, error)
	// Remove deletes a file, if it is there. It is gone for good when Remove
	// returns.
	Remove(ctx context.Context, name string) error
	// Lock keeps others out while something is removed, or lets all in who do
	// not remove. It ends with the process, however that ends.
	Lock(ctx context.Context, alone bool) (io.Closer, error)
}

// Kept is a file at a destination.
type Kept struct {
	Name    string
	Bytes   int64
	Written time.Time
}

// ErrLocked says that another process changes the repository.
var ErrLocked = errors.New("another process is at work in the repository")

const lockName = "LOCK"

// Dir is a Destination in a directory of a local or mounted file system.
type Dir struct{ path string }

// NewDir returns the directory at a path. It is made with the first file in it.
func NewDir(path string) Dir { return Dir{path} }

// Put is Destination's.
func (d Dir) Put(_ context.Context, name string, content []byte) error {
	path := filepath.Join(d.path, filepath.FromSlash(name))
	if err := makeDirs(filepath.Dir(path)); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := durable.Replace(path, content); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return nil
}

// makeDirs makes a directory and its parents durable.
func makeDirs(dir string) error {
	err := os.Mkdir(dir, 0o700)
	switch {
	case err == nil:
		return syncDir(filepath.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir:
		return err
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	return makeDirs(dir)
}

func syncDir(dir string) error {
	if err := durable.SyncDir(dir); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// Get is Destination's.
func (d Dir) Get(_ context.Context, name string, limit int64) ([]byte, error) {
	f, err := os.Open(filepath.Join(d.path, filepath.FromSlash(name)))
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	if int64(len(content)) > limit {
		return nil, &CorruptError{name, fmt.Sprintf("it has more than %d bytes", limit)}
	}
	return content, nil
}

// List is Destination's.
func (d Dir) List(ctx context.Context, folder string) ([]Kept, error) {
	var out []Kept
	err := filepath.WalkDir(filepath.Join(d.path, filepath.FromSlash(folder)), func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || e.IsDir():
			return errors.Join(err, ctx.Err())
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(d.path, path)
		out = append(out, Kept{filepath.ToSlash(name), info.Size(), info.ModTime()})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return out, nil
}

// Remove is Destination's.
func (d Dir) Remove(_ context.Context, name string) error {
	path := filepath.Join(d.path, filepath.FromSlash(name))
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// Lock is Destination's.
func (d Dir) Lock(_ context.Context, alone bool) (io.Closer, error) {
	if err := makeDirs(d.path); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	path := filepath.Join(d.path, lockName)
	f, err := os.Open(path) // which suffices, also where nothing can be written
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	return nil, fmt.Errorf("backup: %s: %w", d.path, err)
}
