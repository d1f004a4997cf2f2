package enclosures_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/enclosures"
	"caseledger/eventstore/seal/keys"
)

const ann, ben = "record-aaaa", "record-bbbb"

func opened(t *testing.T, dir string, k keys.Store) *enclosures.Store {
	t.Helper()
	s, err := enclosures.Open(dir, k)
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stored are the files on the disk, with what they hold.
func stored(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	}))
	return all
}

func TestAFileIsGivenBackUnderItsNameAndNoOther(t *testing.T) {
	dir, k := t.TempDir(), keys.NewMemory()
	s := opened(t, dir, k)
	must(t, s.Put(t.Context(), ann, "letter", []byte("dear canary")))
	must(t, s.Put(t.Context(), ann, "letter", []byte("dear canary again")))
	for _, s := range []*enclosures.Store{s, opened(t, dir, k)} {
		if got, err := s.Get(t.Context(), ann, "letter"); err != nil || string(got) != "dear canary again" {
			t.Errorf("%q %v", got, err)
		}
		for stream, name := range map[string]string{ann: "other", ben: "letter"} {
			if _, err := s.Get(t.Context(), stream, name); !errors.Is(err, enclosures.ErrNone) {
				t.Errorf("%s %s: %v", stream, name, err)
			}
		}
	}
	all := stored(t, dir)
	for path, text := range all {
		if strings.Contains(path+text, "canary") || strings.Contains(path, "letter") {
			t.Errorf("the disk tells: %s", path)
		}
	}
	if len(all) != 1 {
		t.Errorf("%d files", len(all))
	}
}

func TestAFileThatWasChangedOrMovedOpensNoMore(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, keys.NewMemory())
	must(t, s.Put(t.Context(), ann, "one", []byte("1")))
	must(t, s.Put(t.Context(), ann, "two", []byte("2")))
	var paths []string
	for path := range stored(t, dir) {
		paths = append(paths, path)
	}
	text, err := os.ReadFile(paths[0])
	must(t, err)
	must(t, os.WriteFile(paths[1], text, 0o600))
	text[len(text)-1] ^= 1
	must(t, os.WriteFile(paths[0], text, 0o600))
	for _, name := range []string{"one", "two"} {
		if _, err := s.Get(t.Context(), ann, name); !errors.Is(err, enclosures.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFilesGoWithTheKeyOfTheirRecord(t *testing.T) {
	k := keys.NewMemory()
	s := opened(t, t.TempDir(), k)
	must(t, s.Put(t.Context(), ann, "one", []byte("1")))
	_, err := k.Destroy(t.Context(), []keys.Place{{Stream: ann}}, keys.Destruction{When: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Certificate: "c1"})
	must(t, err)
	var destroyed *keys.DestroyedError
	if got, err := s.Get(t.Context(), ann, "one"); !errors.As(err, &destroyed) {
		t.Errorf("%q %v", got, err)
	}
	if err := s.Put(t.Context(), ann, "one", nil); !errors.As(err, &destroyed) {
		t.Error(err)
	}
}

func TestWhatIsTooLargeIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, keys.NewMemory())
	if err := s.Put(t.Context(), ann, "big", make([]byte, enclosures.MaxBytes+1)); !errors.Is(err, enclosures.ErrFull) || len(stored(t, dir)) > 0 {
		t.Errorf("%v", err)
	}
}

func TestWhatWasNotFinishedIsRemovedAtTheNextOpening(t *testing.T) {
	dir, k := t.TempDir(), keys.NewMemory()
	must(t, opened(t, dir, k).Put(t.Context(), ann, "one", bytes.Repeat([]byte("1"), 1<<16)))
	must(t, os.WriteFile(filepath.Join(dir, "unfinished", "half"), []byte("half"), 0o600))
	opened(t, dir, k)
	if all := stored(t, dir); len(all) != 1 {
		t.Errorf("%d files", len(all))
	}
}
