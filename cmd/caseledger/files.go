package main

import (
	"errors"
	"os"
	"path/filepath"
)

// writeNew writes a file that only its owner can read, whole or not at all, and
// never over another.
func writeNew(path string, content []byte) error {
	return viaTemporary(path, content, os.Link) // which, unlike a rename, replaces nothing
}

// replaceFile makes or replaces a small file, whole or not at all.
func replaceFile(path string, content []byte) error {
	return viaTemporary(path, content, os.Rename)
}

// viaTemporary writes a file beside, makes it durable, and lets name give it
// its name.
func viaTemporary(path string, content []byte, name func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
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
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
