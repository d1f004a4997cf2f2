package backup

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// benchBytes is about the size of the journal that is copied.
const benchBytes = 64 << 20

// benchLedger is a ledger of blobs of 60 KiB in one journal of two segments.
func benchLedger(b *testing.B) *rig {
	r := newLedgerOf(b, testSigner(), 1, benchBytes/2)
	for range benchBytes / (60 << 10) {
		if err := r.add(b.Context(), testLedger, 60<<10); err != nil {
			b.Fatal(err)
		}
	}
	r.grow(b, 1)
	return r
}

func BenchmarkFirstBackup(b *testing.B) {
	r := benchLedger(b)
	for b.Loop() {
		at := NewDir(b.TempDir())
		b.SetBytes(create(b, establish(b, r, at), r.source(b)).Written)
	}
}

func BenchmarkBackupOfOneMoreEntry(b *testing.B) {
	r := benchLedger(b)
	repo := establish(b, r, NewDir(b.TempDir()))
	create(b, repo, r.source(b))
	for b.Loop() {
		r.grow(b, 1)
		create(b, repo, r.source(b))
	}
}

func BenchmarkRestore(b *testing.B) {
	r := benchLedger(b)
	repo := establish(b, r, NewDir(b.TempDir()))
	made := create(b, repo, r.source(b))
	b.SetBytes(made.Bytes())
	for b.Loop() {
		if err := repo.Restore(b.Context(), made.Backup, filepath.Join(b.TempDir(), "restored"), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOneMoreEntry is the limit of the two: nothing is copied.
func BenchmarkOneMoreEntry(b *testing.B) {
	r := benchLedger(b)
	for b.Loop() {
		r.grow(b, 1)
	}
}

func BenchmarkMirrorOfOneMoreEntry(b *testing.B) {
	r := benchLedger(b)
	m, err := OpenMirror(b.Context(), NewDir(b.TempDir()), r.dir, note(b, r.dir))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := m.Ship(b.Context(), note(b, r.dir)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r.grow(b, 1)
		if _, err := m.Ship(b.Context(), note(b, r.dir)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCopy is the limit: the same bytes, read, written and synced in the
// same pieces without being understood.
func BenchmarkCopy(b *testing.B) {
	from := filepath.Join(b.TempDir(), "from")
	if err := os.WriteFile(from, make([]byte, benchBytes), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(benchBytes)
	for b.Loop() {
		if err := copyPieces(from, b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
}

func copyPieces(from, into string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	piece := make([]byte, pieceBytes)
	for {
		n, err := io.ReadFull(src, piece)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if n == 0 {
			return err
		}
		f, err := os.CreateTemp(into, "")
		if err != nil {
			return err
		}
		_, err = f.Write(piece[:n])
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return err
		}
	}
}
