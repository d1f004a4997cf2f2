package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof/sealer"
)

// Restore makes a data directory of a backup. The directory must not exist, or be
// empty. It appears when everything in it is durable and checked: the entries
// give the root of the backup's checkpoint. Whose signatures that bears is left
// to the caller.
func (r *Repository) Restore(ctx context.Context, b Backup, dir string, progress func(done, total int64)) error {
	held, err := r.at.Lock(ctx, false)
	if err != nil {
		return err
	}
	defer held.Close()
	if err := vacant(dir); err != nil {
		return err
	}
	return appear(ctx, b, dir, func(scratch string) error { return r.fill(ctx, b, scratch, progress) })
}

// appear has a directory filled beside its place, compares it with the backup's
// checkpoint, and gives it its name.
func appear(ctx context.Context, b Backup, dir string, fill func(scratch string) error) error {
	parent := filepath.Dir(filepath.Clean(dir))
	if err := makeDirs(parent); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	scratch, err := os.MkdirTemp(parent, ".restore-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(scratch) // after the rename there is none
	if err := fill(scratch); err != nil {
		return err
	}
	if err := b.matches(ctx, scratch); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // nothing but an empty directory
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(scratch, dir); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncDir(parent)
}

// vacant refuses a directory that holds anything.
func vacant(dir string) error {
	found, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("backup: %w", err)
	case len(found) > 0:
		return fmt.Errorf("backup: %s: %w", dir, ErrThere)
	}
	return nil
}

// fill writes the files of a backup.
func (r *Repository) fill(ctx context.Context, b Backup, dir string, progress func(done, total int64)) error {
	done, total := int64(0), b.Bytes()
	for _, f := range b.Manifest.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := makeDirs(filepath.Dir(path)); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		if err := r.write(ctx, f, path); err != nil {
			return err
		}
		if err := syncDir(filepath.Dir(path)); err != nil {
			return err
		}
		if done += f.Bytes; progress != nil {
			progress(done, total)
		}
	}
	return nil
}

func (r *Repository) write(ctx context.Context, f File, path string) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	err = r.pieces(ctx, f, func(b []byte) error { _, err := out.Write(b); return err })
	if err == nil && f.Digest != "" {
		err = out.Chmod(0o444) // as the journal has its sealed segments
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("backup: %s: %w", f.Path, err)
	}
	return nil
}

// pieces gives the content of a file, piece by piece.
func (r *Repository) pieces(ctx context.Context, f File, use func([]byte) error) error {
	for i, name := range f.Objects {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := r.object(ctx, name)
		if err != nil {
			return err
		}
		if int64(len(b)) != pieceSize(f, i) {
			return &CorruptError{objectName(name), fmt.Sprintf("it holds %d bytes", len(b))}
		}
		if err := use(b); err != nil {
			return err
		}
	}
	return nil
}

// matches checks that the entries in a directory are those under the
// checkpoint, and no others.
func (b Backup) matches(ctx context.Context, dir string) error {
	c, err := b.Manifest.checkpoint()
	if err != nil {
		return err
	}
	store, err := journal.Open(filepath.Join(dir, journalDir), journal.Options{})
	if err != nil {
		return err
	}
	err = sealer.Guard(ctx, store, c)
	return errors.Join(err, store.Close())
}
