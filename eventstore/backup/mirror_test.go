package backup

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// ship opens the mirror anew, as a program that was started again does, and
// ships everything.
func ship(t *testing.T, r *rig, at Destination) int64 {
	t.Helper()
	m, err := OpenMirror(t.Context(), at, r.dir, note(t, r.dir))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := m.Ship(t.Context(), note(t, r.dir))
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// unmirrored restores a mirror and checks that it is the ledger's checkpoint.
func unmirrored(t *testing.T, r *rig, at Destination) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "restored")
	got, err := RestoreMirror(t.Context(), at, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.keys.Open(got); err != nil || string(note(t, dir)) != string(got) {
		t.Fatal("another checkpoint", err)
	}
	return dir
}

func TestAMirrorFollowsALedgerAndIsTheLedgerWithoutItsKeys(t *testing.T) {
	r := newLedger(t, 3)
	at := NewDir(t.TempDir())
	m, err := OpenMirror(t.Context(), at, r.dir, note(t, r.dir))
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for i := range 40 {
		r.grow(t, i%7)
		sent, err := m.Ship(t.Context(), note(t, r.dir))
		if err != nil {
			t.Fatal(err)
		}
		total += sent
	}
	dir := unmirrored(t, r, at)
	if string(note(t, dir)) != string(note(t, r.dir)) {
		t.Error("it is behind")
	}
	got := tree(t, dir)
	for _, name := range []string{"log/heads/3", "log/attested/3"} {
		if got[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	for name := range tree(t, at.path) {
		if strings.Contains(name, "key") {
			t.Errorf("%s is in the mirror", name)
		}
	}
	if again := ship(t, r, at); again != 0 || total == 0 {
		t.Errorf("%d bytes were shipped, and then %d again", total, again)
	}
}

func TestAMirrorKeepsFewTailsAndWholePieces(t *testing.T) {
	r := newLedgerOf(t, testSigner(), 1, 1<<20)
	at := NewDir(t.TempDir())
	m, err := OpenMirror(t.Context(), at, r.dir, note(t, r.dir))
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for range maxTails + 5 {
		r.grow(t, 1)
		if _, err := m.Ship(t.Context(), note(t, r.dir)); err != nil {
			t.Fatal(err)
		}
		kept, err := at.List(t.Context(), journalDir)
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(kept))
	}
	if most != maxTails || len(m.files.Parts) != 1 {
		t.Errorf("up to %d files of %d segments", most, len(m.files.Parts))
	}
	unmirrored(t, r, at)
}

func TestAMirrorThatWasInterruptedAnywhereIsRestoredAndGoesOn(t *testing.T) {
	r := newLedger(t, 10)
	at := NewDir(t.TempDir())
	ship(t, r, at)
	for left := 0; left < 12; left++ {
		r.grow(t, 9)
		weak := &failing{Dir: at, left: left % 4, cause: syscall.ENOSPC}
		m, err := OpenMirror(t.Context(), weak, r.dir, note(t, r.dir))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Ship(t.Context(), note(t, r.dir)); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		unmirrored(t, r, at)
		weak.left = 1000
		if _, err := m.Ship(t.Context(), note(t, r.dir)); err != nil { // with room again
			t.Fatal(err)
		}
		if got := unmirrored(t, r, at); string(note(t, got)) != string(note(t, r.dir)) {
			t.Error("it is behind")
		}
	}
}

func TestAByteFlippedInAMirrorKeepsARestoreFromAppearing(t *testing.T) {
	r := newLedger(t, 60)
	at := t.TempDir()
	ship(t, r, NewDir(at))
	for name, text := range tree(t, at) {
		if !strings.HasPrefix(name, journalDir) {
			continue
		}
		for _, offset := range []int{1, len(text) / 2, len(text) - 1} {
			b := []byte(text)
			b[offset] ^= 1
			file := filepath.Join(at, name)
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			into := filepath.Join(t.TempDir(), "restored")
			_, err := RestoreMirror(t.Context(), NewDir(at), into)
			_, there := os.Stat(into)
			// A seal is made anew of what it seals.
			resealed := err == nil && tree(t, into)[path.Dir(name)] == text
			if !resealed && (err == nil || there == nil) {
				t.Errorf("%s at %d: %v", name, offset, err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAMirrorOfAnotherLedgerOrALaterStateIsRefused(t *testing.T) {
	r := newLedger(t, 5)
	at := NewDir(t.TempDir())
	old := note(t, r.dir)
	r.grow(t, 5)
	ship(t, r, at)
	m, err := OpenMirror(t.Context(), at, r.dir, old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Ship(t.Context(), old); !errors.Is(err, ErrOlder) {
		t.Errorf("an older copy: %v", err)
	}
	other := newLedger(t, 20)
	if _, err := OpenMirror(t.Context(), at, other.dir, note(t, other.dir)); !errors.Is(err, ErrOther) {
		t.Errorf("another ledger: %v", err)
	}
	if _, err := RestoreMirror(t.Context(), at, r.dir); !errors.Is(err, ErrThere) {
		t.Errorf("over a ledger: %v", err)
	}
}
