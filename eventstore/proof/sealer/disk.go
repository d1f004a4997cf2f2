package sealer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// disk is what the package changes on a disk. What write and writeAt wrote is
// durable when they return; that a name exists, only after syncDir.
type disk interface {
	mkdir(path string) error
	write(path string, fill func(io.Writer) error) error
	writeAll(files map[string][]byte) error // by path
	writeAt(path string, b []byte, offset int64) error
	rename(from, to string) error
	removeAll(path string) error
	syncDir(path string) error
}

const (
	newSuffix = ".new" // a file that has not got its name yet
	lockFile  = "LOCK"

	syncsAtOnce = 16
)

// ErrLocked says that another process uses a directory.
var ErrLocked = errors.New("another process uses this directory")

type realDisk struct{}

func (realDisk) mkdir(path string) error       { return os.MkdirAll(path, 0o755) }
func (realDisk) rename(from, to string) error  { return os.Rename(from, to) }
func (realDisk) removeAll(path string) error   { return os.RemoveAll(path) }
func (realDisk) syncDir(path string) (e error) { return onFile(path, os.O_RDONLY, (*os.File).Sync) }

func (realDisk) write(path string, fill func(io.Writer) error) error {
	return onFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, func(f *os.File) error {
		w := bufio.NewWriterSize(f, 64<<10)
		return errors.Join(fill(w), w.Flush(), f.Sync())
	})
}

// writeAll syncs several files at a time: the file system makes them durable
// together.
func (d realDisk) writeAll(files map[string][]byte) error {
	failed := make(chan error, len(files))
	slots := make(chan struct{}, syncsAtOnce)
	for path, content := range files {
		slots <- struct{}{}
		go func() {
			failed <- d.write(path, func(w io.Writer) error { _, err := w.Write(content); return err })
			<-slots
		}()
	}
	var err error
	for range files {
		err = errors.Join(err, <-failed)
	}
	return err
}

func (realDisk) writeAt(path string, b []byte, offset int64) error {
	return onFile(path, os.O_WRONLY|os.O_CREATE, func(f *os.File) error {
		_, err := f.WriteAt(b, offset)
		return errors.Join(err, f.Sync())
	})
}

func onFile(path string, flags int, do func(*os.File) error) error {
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(do(f), f.Close())
}

// put makes or replaces a file, all or nothing.
func put(d disk, path string, content []byte) error {
	return putFiles(d, filepath.Dir(path), map[string][]byte{filepath.Base(path): content})
}

// putFiles makes or replaces files below root, each all or nothing. They are
// durable when it returns.
func putFiles(d disk, root string, files map[string][]byte) error {
	fresh, dirs := map[string][]byte{}, map[string]bool{}
	for name, content := range files {
		path := filepath.Join(root, name)
		fresh[path+newSuffix] = content
		for dir := filepath.Dir(path); strings.HasPrefix(dir, root) && !dirs[dir]; dir = filepath.Dir(dir) {
			dirs[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if err := d.mkdir(dir); err != nil {
			return fmt.Errorf("sealer: %w", err)
		}
	}
	if err := d.writeAll(fresh); err != nil {
		return fmt.Errorf("sealer: %w", err)
	}
	for _, path := range slices.Sorted(maps.Keys(fresh)) {
		if err := d.rename(path, strings.TrimSuffix(path, newSuffix)); err != nil {
			return fmt.Errorf("sealer: %w", err)
		}
	}
	return syncDirs(d, dirs)
}

// putFile leaves it to the caller to sync the directory.
func putFile(d disk, path string, fill func(io.Writer) error) error {
	if err := d.mkdir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := d.write(path+newSuffix, fill); err != nil {
		return err
	}
	return d.rename(path+newSuffix, path)
}

// syncDirs syncs the deepest directories first, so that no name is durable
// whose content is not.
func syncDirs(d disk, dirs map[string]bool) error {
	for _, dir := range slices.Backward(slices.Sorted(maps.Keys(dirs))) {
		if err := d.syncDir(dir); err != nil {
			return fmt.Errorf("sealer: %w", err)
		}
	}
	return nil
}

// lockDir keeps a second process out, or waits for it. The lock ends with the
// process that holds it, however that ends.
func lockDir(dir string, wait bool) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		if err = syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	return nil, fmt.Errorf("sealer: %s: %w", dir, err)
}
