package keystest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caseledger/eventstore/seal/keys"
)

// KMS checks every promise of keys.KMS, and those of a keys.Directory whose
// epochs it wraps. k is ready and stays so; other is a KMS of the same name
// with another key, or nil where a name has one key for ever.
func KMS(t *testing.T, k, other keys.KMS) {
	t.Run("WhatIsWrappedComesBack", func(t *testing.T) { comesBack(t, k) })
	t.Run("ItUnwrapsNothingThatItDidNotWrap", func(t *testing.T) { authenticates(t, k) })
	t.Run("ItsNameIsPrintableWithoutSpace", func(t *testing.T) {
		if !printable(k.Name()) {
			t.Errorf("%q", k.Name())
		}
	})
	if other != nil {
		t.Run("AnotherKeyOfTheSameNameOpensNothing", func(t *testing.T) { anotherKey(t, k, other) })
	}
	t.Run("EveryFlippedBitOfTheEpochFileIsFound", func(t *testing.T) { flipped(t, k) })
	t.Run("AnOldCopyOpensNothingOnceTheEpochIsRenewed", func(t *testing.T) { oldCopy(t, k) })
	t.Run("Directory", func(t *testing.T) {
		Store(t, func(t *testing.T) Opened { return Directory(t, newDirs(t), k) })
	})
}

// Directory makes an empty key store on a KMS.
func Directory(t *testing.T, dirs keys.Dirs, k keys.KMS) Opened {
	t.Helper()
	s, err := keys.CreateDirectory(t.Context(), dirs, k)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, dirs, k, s)
}

func opened(t *testing.T, dirs keys.Dirs, k keys.KMS, s *keys.Directory) Opened {
	t.Cleanup(func() { s.Close() })
	return Opened{Store: s, Renew: s.Renew, Again: func() Opened {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := keys.OpenDirectory(t.Context(), dirs, k)
		if err != nil {
			t.Fatal(err)
		}
		return opened(t, dirs, k, again)
	}}
}

func newDirs(t *testing.T) keys.Dirs {
	dir := filepath.Join(t.TempDir(), "keys")
	return keys.Dirs{Keys: dir, Epochs: filepath.Join(dir, "epochs")}
}

func printable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

func wrap(t *testing.T, k keys.KMS, plain []byte) []byte {
	t.Helper()
	wrapped, err := k.Wrap(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

func comesBack(t *testing.T, k keys.KMS) {
	for _, plain := range [][]byte{{0}, make([]byte, 40), bytes.Repeat([]byte{0xff, 0, '\n'}, 100)} {
		wrapped := wrap(t, k, plain)
		if bytes.Contains(wrapped, plain) && len(plain) > 1 || bytes.Equal(wrapped, wrap(t, k, plain)) {
			t.Error("not encrypted, or twice in the same way")
		}
		if got, err := k.Unwrap(t.Context(), wrapped); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes come back as %d: %v", len(plain), len(got), err)
		}
	}
}

func authenticates(t *testing.T, k keys.KMS) {
	wrapped := wrap(t, k, make([]byte, 40))
	refuse := func(what string, at int, spoiled []byte) {
		t.Helper()
		if _, err := k.Unwrap(t.Context(), spoiled); err == nil {
			t.Errorf("%s at %d of %d is not noticed", what, at, len(wrapped))
		}
	}
	for i := range wrapped {
		for bit := range 8 {
			spoiled := bytes.Clone(wrapped)
			spoiled[i] ^= 1 << bit
			refuse("a flipped bit", i, spoiled)
		}
		refuse("a cut", i, wrapped[:i])
	}
	for _, more := range []string{"\x00", "\n", "=", "A"} {
		refuse("something more", len(wrapped), append(bytes.Clone(wrapped), more...))
	}
}

func anotherKey(t *testing.T, k, other keys.KMS) {
	if k.Name() != other.Name() {
		t.Fatalf("%s is not %s", k.Name(), other.Name())
	}
	if _, err := other.Unwrap(t.Context(), wrap(t, k, make([]byte, 40))); err == nil {
		t.Error("it unwraps what another key has wrapped")
	}
	dirs := newDirs(t)
	if err := Directory(t, dirs, k).Store.(*keys.Directory).Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, dirs, other, keys.ErrUnwrap)
}

func refused(t *testing.T, dirs keys.Dirs, k keys.KMS, want ...error) {
	t.Helper()
	s, err := keys.OpenDirectory(t.Context(), dirs, k)
	if err == nil {
		s.Close()
	}
	for _, w := range want {
		if errors.Is(err, w) {
			return
		}
	}
	t.Errorf("%v, want %v", err, want)
}

func flipped(t *testing.T, k keys.KMS) {
	dirs := newDirs(t)
	if err := Directory(t, dirs, k).Store.(*keys.Directory).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dirs.Epochs, "epoch-1")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		write(t, path, bad)
		refused(t, dirs, k, keys.ErrCorrupt, keys.ErrUnwrap)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func oldCopy(t *testing.T, k keys.KMS) {
	dirs := newDirs(t)
	s := Directory(t, dirs, k)
	sealing(t, s, mary)
	old, err := os.ReadFile(filepath.Join(dirs.Keys, "keys-1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Destroy(t.Context(), []keys.Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Renew(t.Context()), s.Store.(*keys.Directory).Close()); err != nil {
		t.Fatal(err)
	}
	now := filepath.Join(dirs.Keys, "keys-2")
	if err := os.Remove(now); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dirs.Keys, "keys-1"), old)
	refused(t, dirs, k, keys.ErrNoEpoch)
	write(t, now, old) // nor under the new epoch's key
	refused(t, dirs, k, keys.ErrCorrupt)
}
