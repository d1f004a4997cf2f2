package keys

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// disk is what a Directory asks of a file system. Tests have one that loses
// power.
type disk interface {
	// MakeDir makes a directory that is the owner's alone, and its parents.
	MakeDir(dir string) error
	// Private returns ErrExposed for a directory that is not the owner's alone.
	Private(dir string) error
	// Lock keeps other processes out until it is closed or the process ends.
	Lock(path string) (io.Closer, error)
	Names(dir string) ([]string, error)
	Read(path string) ([]byte, error)
	// Written returns when the file was last changed.
	Written(path string) (time.Time, error)
	// Create opens a new or emptied file that is the owner's alone.
	Create(path string) (file, error)
	// Open opens an existing file for writing.
	Open(path string) (file, error)
	Rename(from, to string) error
	Remove(path string) error
	SyncDir(dir string) error
}

type file interface {
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// osDisk is the operating system's.
type osDisk struct{}

func (osDisk) MakeDir(dir string) error         { return os.MkdirAll(dir, 0o700) }
func (osDisk) Read(path string) ([]byte, error) { return os.ReadFile(path) }
func (osDisk) Rename(from, to string) error     { return os.Rename(from, to) }
func (osDisk) Remove(path string) error         { return os.Remove(path) }
func (osDisk) Open(path string) (file, error)   { return openFile(path, os.O_RDWR) }
func (osDisk) Create(path string) (file, error) {
	return openFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

// openFile keeps a failed open from becoming a file that is not nil.
func openFile(path string, flags int) (file, error) {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osDisk) Written(path string) (time.Time, error) {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

func (osDisk) Private(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%w: %s has mode %v, not 0700", ErrExposed, dir, info.Mode().Perm())
	}
	return nil
}

func (osDisk) Lock(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	return nil, err
}

func (osDisk) Names(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

func (osDisk) SyncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

const newSuffix = ".new" // of a file that is not whole yet

// writeFile makes content durable under path, whole or not at all: written
// beside, synced, renamed, and the directory synced.
func writeFile(d disk, path string, write func(file) error) error {
	f, err := d.Create(path + newSuffix)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := d.Rename(path+newSuffix, path); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}

// scrub overwrites a file with zeros. Disks that move blocks (flash with wear
// levelling, file systems that copy on write, snapshots) may keep the old
// bytes all the same; against those only the destruction of what they are
// wrapped under helps, and for an epoch key only a KMS that forgets.
func scrub(f file, size int) error {
	zeros := make([]byte, 64<<10)
	for at := 0; at < size; at += len(zeros) {
		if _, err := f.WriteAt(zeros[:min(len(zeros), size-at)], int64(at)); err != nil {
			return err
		}
	}
	return f.Sync()
}

// scrubAndRemove does not return before the name is gone for good.
func scrubAndRemove(d disk, path string) error {
	b, err := d.Read(path)
	if err != nil {
		return err
	}
	f, err := d.Open(path)
	if err != nil {
		return err
	}
	if err := errors.Join(scrub(f, len(b)), f.Close(), d.Remove(path)); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}
