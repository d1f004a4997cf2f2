package feed

import (
	"errors"
	"os"
	"path/filepath"
)

// Save replaces the file in which a follower keeps how far it is, durably, whole or
// not at all.
func Save(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".saved-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is none
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
