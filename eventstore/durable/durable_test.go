package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"caseledger/eventstore/durable"
)

// holds fails unless the directory has one file, of that content, that nobody but
// its owner can read.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want the one file", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestAFileIsMadeAndReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	for _, text := range []string{"one", "", "two"} {
		if err := durable.Replace(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
}

func TestAFileThatIsThereIsNotMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := durable.Create(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := durable.Create(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v, want fs.ErrExist", err)
	}
	holds(t, path, "one")
}

func TestWhatCannotBeNamedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := durable.Replace(filepath.Join(dir, "none", "a"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want fs.ErrNotExist", err)
	}
	taken := filepath.Join(dir, "taken")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := durable.Replace(taken, []byte("x")); err == nil {
		t.Error("a directory was replaced")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want the directory alone", entries, err)
	}
}

func TestAnUnfinishedFileIsKnownByItsName(t *testing.T) {
	for name, want := range map[string]bool{"a/.new-123": true, ".new-": true, "a": false, ".new-1/a": false} {
		if durable.Unfinished(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
