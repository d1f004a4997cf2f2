// Package durable makes and replaces small files so that after a crash each is
// there whole or as it was before, and names them only when they are on the disk.
//
// It keeps no file open, follows no format, and is not for what grows: logs are
// written by their own packages.
package durable

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// unfinished begins the name of a file that is not whole yet. After a crash it may
// be left, beside the file that it was to become.
const unfinished = ".new-"

// Unfinished reports whether a file of this name was left by a crash: it is part of
// nothing.
func Unfinished(name string) bool { return strings.HasPrefix(filepath.Base(name), unfinished) }

// Replace makes or replaces a file that only its owner can read. When it returns
// without error the content is durable; otherwise the old one may be there.
func Replace(path string, content []byte) error { return write(path, content, os.Rename) }

// Create makes a file that only its owner can read. One that is there already is
// left as it is: fs.ErrExist.
func Create(path string, content []byte) error { return write(path, content, os.Link) }

// write writes a file beside, makes it durable, and lets name give it its name.
func write(path string, content []byte, name func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), unfinished+"*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after a rename there is none
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := name(f.Name(), path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes durable which names a directory has.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
