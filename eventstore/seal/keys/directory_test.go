package keys

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"caseledger/eventstore/seal"
)

var (
	destruction = Destruction{When: time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC), Certificate: "certificate-17"}
	mary, tom   = Place{Stream: "record-7f3c"}, Place{Stream: "record-81aa", Class: "adoption"}
)

func testKMS(t testing.TB) KMS {
	t.Helper()
	k, err := newKeyFile(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newDirectory(t testing.TB) (*Directory, Dirs) {
	t.Helper()
	dirs := Dirs{Keys: filepath.Join(t.TempDir(), "keys")}
	s, err := CreateDirectory(t.Context(), dirs, testKMS(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dirs
}

func reopen(t testing.TB, s *Directory) *Directory {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenDirectory(t.Context(), s.dirs, s.kms)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close() })
	return again
}

func sealing(t testing.TB, s Store, p Place) seal.Key {
	t.Helper()
	k, err := s.ForSealing(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestADestructionOverwritesTheOldFile(t *testing.T) {
	s, dirs := newDirectory(t)
	sealing(t, s, mary)
	old, err := os.Open(dirs.keysFile(1))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if _, err := s.Destroy(t.Context(), []Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(old)
	if err != nil || len(b) != headerBytes+recordBytes || len(bytes.Trim(b, "\x00")) != 0 {
		t.Errorf("%d bytes are left, %v", len(b), err)
	}
}

func TestAnEpochKeyIsBoundToItsNumber(t *testing.T) {
	_, text, err := newEpoch(t.Context(), testKMS(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("epoch 1\n"), []byte("epoch 2\n"), 1)
	if _, err := openEpoch(t.Context(), testKMS(t), 2, text); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}

func TestKeysThatAreAskedForTogetherAreWrittenTogether(t *testing.T) {
	d := newMemDisk()
	s, err := create(t.Context(), crashDirs, testKMS(t), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, first, err := s.stage(mary.hash())
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := s.stage(tom.hash())
	if err != nil || first != second {
		t.Fatal(err)
	}
	before := d.step
	if err := errors.Join(s.settle(second), s.settle(first)); err != nil || d.step != before+2 {
		t.Errorf("%d steps: %v", d.step-before, err)
	}
}

// refusedAndUnchanged opens the store, which must fail and write nothing.
func refusedAndUnchanged(t *testing.T, dirs Dirs, k KMS, want error) {
	t.Helper()
	before := snapshot(t, dirs.Keys)
	if s, err := OpenDirectory(t.Context(), dirs, k); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
		if err == nil {
			s.Close()
		}
	}
	after := snapshot(t, dirs.Keys)
	delete(before, lockName)
	delete(after, lockName)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("files have changed")
	}
}

func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(b)
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

func TestEveryFlippedBitOfTheFilesIsFound(t *testing.T) {
	s, dirs := newDirectory(t)
	sealing(t, s, mary)
	sealing(t, s, tom)
	if _, err := s.Destroy(t.Context(), []Place{tom}, destruction); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, path := range []string{dirs.keysFile(1), dirs.epochFile(1)} {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << (i % 8)
			os.WriteFile(path, bad, 0o600)
			s, err := OpenDirectory(t.Context(), dirs, testKMS(t))
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrUnwrap) {
				t.Errorf("%s, byte %d: %v", path, i, err)
			}
			if err == nil {
				s.Close()
			}
		}
		os.WriteFile(path, good, 0o600)
	}
	refusals := map[string]func([]byte) []byte{
		"records exchanged": func(b []byte) []byte {
			return append(append(bytes.Clone(b[:headerBytes]), b[headerBytes+recordBytes:]...), b[headerBytes:headerBytes+recordBytes]...)
		},
		"the first record missing": func(b []byte) []byte { return append(bytes.Clone(b[:headerBytes]), b[headerBytes+recordBytes:]...) },
		"a record twice":           func(b []byte) []byte { return append(bytes.Clone(b), b[len(b)-recordBytes:]...) },
		"a header cut short":       func(b []byte) []byte { return b[:headerBytes-1] },
	}
	good, _ := os.ReadFile(dirs.keysFile(1))
	for name, spoil := range refusals {
		t.Log(name)
		os.WriteFile(dirs.keysFile(1), spoil(good), 0o600)
		refusedAndUnchanged(t, dirs, testKMS(t), ErrCorrupt)
	}
}

func TestAStoreThatIsNotThereOrNotOursIsRefused(t *testing.T) {
	s, dirs := newDirectory(t)
	if _, err := OpenDirectory(t.Context(), dirs, testKMS(t)); !errors.Is(err, ErrLocked) {
		t.Errorf("a second process: %v", err)
	}
	s.Close()
	if _, err := CreateDirectory(t.Context(), dirs, testKMS(t)); !errors.Is(err, ErrExists) {
		t.Errorf("creating over it: %v", err)
	}
	other, err := newKeyFile(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	refusedAndUnchanged(t, dirs, other, ErrUnwrap)
	refusedAndUnchanged(t, dirs, cheapPassphrase("correct horse battery"), ErrUnwrap)
	os.Chmod(dirs.Keys, 0o755)
	refusedAndUnchanged(t, dirs, testKMS(t), ErrExposed)
	os.Chmod(dirs.Keys, 0o700)
	os.Remove(dirs.keysFile(1))
	refusedAndUnchanged(t, dirs, testKMS(t), ErrMissing)
	refusedAndUnchanged(t, Dirs{Keys: filepath.Join(dirs.Keys, "none")}, testKMS(t), ErrMissing)
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	s, dirs := newDirectory(t)
	sealing(t, s, mary)
	filepath.WalkDir(dirs.Keys, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
		return nil
	})
}

func TestAClosedStoreGivesNoKeys(t *testing.T) {
	s, _ := newDirectory(t)
	k := sealing(t, s, mary)
	s.Close()
	_, opening := s.ForOpening(t.Context(), k.ID)
	_, sealing := s.ForSealing(t.Context(), mary)
	_, list := s.List(t.Context())
	_, destroy := s.Destroy(t.Context(), []Place{mary}, destruction)
	for _, err := range []error{opening, sealing, list, destroy, s.Renew(t.Context()), s.Prepare(t.Context(), []Place{mary, tom})} {
		if !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoFileHoldsASecretInTheClear(t *testing.T) {
	s, dirs := newDirectory(t)
	k := sealing(t, s, mary)
	for name, text := range snapshot(t, dirs.Keys) {
		if bytes.Contains([]byte(text), k.Secret[:]) || bytes.Contains([]byte(text), s.epochKey) || bytes.Contains([]byte(text), []byte(mary.Stream)) {
			t.Errorf("%s holds it", name)
		}
	}
}

func cheapPassphrase(phrase string) Passphrase { return Passphrase{phrase, 2} }

func TestAPassphraseOrAKeyFileOpensTheStoreThatItClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := WriteKeyFile(path); err != nil {
		t.Fatal(err)
	}
	if err := WriteKeyFile(path); err == nil {
		t.Error("a key file was overwritten")
	}
	fromFile, err := ReadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(path, 0o644)
	if _, err := ReadKeyFile(path); !errors.Is(err, ErrExposed) {
		t.Errorf("a key file that all can read: %v", err)
	}
	if _, err := NewPassphrase("short"); !errors.Is(err, ErrRefused) {
		t.Errorf("a short passphrase: %v", err)
	}
	for _, k := range []KMS{fromFile, cheapPassphrase("correct horse battery")} {
		dirs := Dirs{Keys: filepath.Join(t.TempDir(), "keys"), Epochs: filepath.Join(t.TempDir(), "epochs")}
		s, err := CreateDirectory(t.Context(), dirs, k)
		if err != nil {
			t.Fatal(err)
		}
		key := sealing(t, s, mary)
		if sealing(t, reopen(t, s), mary) != key {
			t.Errorf("%s: another key", k.Name())
		}
		if Warning(k) == "" {
			t.Errorf("%s: no warning", k.Name())
		}
		if shown := fmt.Sprintf("%+v %#v %s", k, k, k); bytes.Contains([]byte(shown), []byte("horse")) {
			t.Errorf("shows the passphrase: %s", shown)
		}
	}
}

func TestAnExportNeedsBothOfficers(t *testing.T) {
	s, _ := newDirectory(t)
	k := sealing(t, s, mary)
	sealing(t, s, tom)
	if _, err := s.Destroy(t.Context(), []Place{tom}, destruction); err != nil {
		t.Fatal(err)
	}
	first, second := identity(t), identity(t)
	var export bytes.Buffer
	if err := s.Export(&export, first.Recipient().String(), second.Recipient().String()); err != nil {
		t.Fatal(err)
	}
	if err := s.Export(&export, first.Recipient().String(), first.Recipient().String()); !errors.Is(err, ErrRefused) {
		t.Errorf("one officer twice: %v", err)
	}
	dirs := Dirs{Keys: filepath.Join(t.TempDir(), "keys")}
	for _, pair := range [][2]age.Identity{{first, first}, {second, second}, {second, first}, {identity(t), second}} {
		if _, err := ImportDirectory(t.Context(), dirs, testKMS(t), bytes.NewReader(export.Bytes()), pair[0], pair[1]); err == nil {
			t.Error("imported without both")
		}
	}
	bad := bytes.Clone(export.Bytes())
	bad[len(bad)-1] ^= 1
	if _, err := ImportDirectory(t.Context(), dirs, testKMS(t), bytes.NewReader(bad), first, second); err == nil {
		t.Error("imported with a flipped byte")
	}
	if len(snapshot(t, dirs.Keys)) != 0 {
		t.Error("a refused import has written")
	}
	again, err := ImportDirectory(t.Context(), dirs, testKMS(t), bytes.NewReader(export.Bytes()), first, second)
	if err != nil {
		t.Fatal(err)
	}
	again = reopen(t, again)
	if sealing(t, again, mary) != k {
		t.Error("another key")
	}
	want, _ := s.List(t.Context())
	got, _ := again.List(t.Context())
	if len(got) != 2 || got[0] != want[0] || *got[1].Destroyed != destruction || got[1].Check != want[1].Check {
		t.Errorf("got %v, want %v", got, want)
	}
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func BenchmarkPrepareThousand(b *testing.B) {
	s, _ := newDirectory(b)
	n := 0
	for b.Loop() {
		places := make([]Place, 1000)
		for i := range places {
			places[i].Stream = fmt.Sprint("record-", n)
			n++
		}
		if err := s.Prepare(b.Context(), places); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "keys/s")
}

func BenchmarkDestroyOneOf100000(b *testing.B) {
	s, _ := newDirectory(b)
	places := make([]Place, MaxPlaces)
	for i := range places {
		places[i].Stream = fmt.Sprint("record-", i)
	}
	if err := s.Prepare(b.Context(), places); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := s.Destroy(b.Context(), places[i:i+1], destruction); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen100000(b *testing.B) {
	s, _ := newDirectory(b)
	places := make([]Place, MaxPlaces)
	for i := range places {
		places[i].Stream = fmt.Sprint("record-", i)
	}
	if err := s.Prepare(b.Context(), places); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s = reopen(b, s)
	}
}

func BenchmarkForSealing64Callers(b *testing.B) {
	s, _ := newDirectory(b)
	var mu sync.Mutex
	n := 0
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mu.Lock()
			n++
			p := Place{Stream: fmt.Sprint("record-", n)}
			mu.Unlock()
			if _, err := s.ForSealing(b.Context(), p); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "keys/s")
}
