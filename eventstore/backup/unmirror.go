package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
)

// mirrorTries is how often a mirror is read that its ledger changes meanwhile.
const mirrorTries = 3

// RestoreMirror makes a data directory of a mirror, which its ledger may be
// shipping to. It does what Restore does; nothing but the root of the checkpoint
// shows that a mirror is what was shipped. It returns the checkpoint, whose
// signatures are left to the caller.
func RestoreMirror(ctx context.Context, at Destination, dir string) (note []byte, err error) {
	if err := vacant(dir); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		note, err = restoreMirror(ctx, at, dir)
		if try == mirrorTries || !errors.Is(err, fs.ErrNotExist) {
			return note, err
		}
	}
}

func restoreMirror(ctx context.Context, at Destination, dir string) ([]byte, error) {
	note, err := at.Get(ctx, lastName, proof.MaxNoteBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backup: a checkpoint in the mirror: %w", ErrNone)
	}
	if err != nil {
		return nil, err
	}
	c, err := proof.ReadCheckpoint(note)
	if err != nil {
		return nil, err
	}
	b := Backup{Size: c.Size, Manifest: Manifest{Checkpoint: string(note)}}
	return note, appear(ctx, b, dir, func(scratch string) error {
		if err := copyMirror(ctx, at, scratch); err != nil {
			return err
		}
		if err := writeBytes(filepath.Join(scratch, filepath.FromSlash(lastName)), note); err != nil {
			return err
		}
		return cut(ctx, filepath.Join(scratch, journalDir), eventstore.Position(c.Size))
	})
}

// copyMirror writes everything but the checkpoint.
func copyMirror(ctx context.Context, at Destination, dir string) error {
	segments, err := readLayout(ctx, at)
	if err != nil {
		return err
	}
	for name, l := range segments {
		if !restorable(journalDir + "/" + name) {
			return &CorruptError{journalDir + "/" + name, "its name is not that of a segment"}
		}
		err := writeFile(filepath.Join(dir, journalDir, name), func(w io.Writer) error { return l.copy(ctx, at, name, w) })
		if err != nil {
			return err
		}
	}
	for _, folder := range []string{headsDir, attestedDir} {
		kept, err := at.List(ctx, folder)
		if err != nil {
			return err
		}
		for _, k := range kept {
			if !restorable(k.Name) {
				continue
			}
			b, err := at.Get(ctx, k.Name, maxFileBytes)
			if err == nil {
				err = writeBytes(filepath.Join(dir, filepath.FromSlash(k.Name)), b)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// copy writes a segment as far as it is there without a gap.
func (l *layout) copy(ctx context.Context, at Destination, segment string, w io.Writer) error {
	end := int64(0)
	for _, p := range l.pieces {
		b, err := at.Get(ctx, p.Name, pieceBytes)
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		end += int64(len(b))
	}
	for _, t := range l.tails {
		if t.offset > end || t.end() <= end {
			continue
		}
		b, err := at.Get(ctx, t.file(segment), pieceBytes)
		if err != nil {
			return err
		}
		fresh := b[min(end-t.offset, int64(len(b))):]
		if _, err := w.Write(fresh); err != nil {
			return err
		}
		end += int64(len(fresh))
	}
	return nil
}

func writeBytes(path string, b []byte) error {
	return writeFile(path, func(w io.Writer) error { _, err := w.Write(b); return err })
}

func writeFile(path string, fill func(io.Writer) error) error {
	if err := makeDirs(filepath.Dir(path)); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err = errors.Join(fill(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// cut removes what came after a position, and gives sealed segments the mode
// that the journal gives them.
func cut(ctx context.Context, dir string, upTo eventstore.Position) error {
	files, err := journal.ReadFiles(ctx, dir, upTo)
	if err != nil {
		return err
	}
	var keep []string
	for _, p := range files.Parts {
		path := filepath.Join(dir, p.Name)
		keep = append(keep, p.Name)
		if p.Footer != nil {
			continue // full and not sealed: whoever opens the journal seals it
		}
		if err := os.Truncate(path, p.Bytes); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		if p.Sealed {
			if err := os.Chmod(path, 0o444); err != nil {
				return fmt.Errorf("backup: %w", err)
			}
		}
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	for _, path := range found {
		if !slices.Contains(keep, filepath.Base(path)) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return errors.Join(err, syncDir(dir))
}
