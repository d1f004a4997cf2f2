package backup

import (
	"context"
	"fmt"
	"path"

	"caseledger/eventstore/durable"
)

// Pruned is what Prune has removed.
type Pruned struct {
	Backups int
	Objects int
	Bytes   int64
}

// Prune removes all backups but those of the newest checkpoints, so many, and
// then every object that none of the rest needs. The backups go first, so
// whenever it is interrupted those that are listed are whole; what it left is
// removed by the next one. The error wraps ErrLocked while somebody else uses
// the repository.
func (r *Repository) Prune(ctx context.Context, keep int) (Pruned, error) {
	if keep < 1 {
		return Pruned{}, fmt.Errorf("backup: at least 1 backup is kept, not %d", keep)
	}
	held, err := r.at.Lock(ctx, true)
	if err != nil {
		return Pruned{}, err
	}
	defer held.Close()
	all, err := r.List(ctx)
	if err != nil {
		return Pruned{}, err
	}
	var done Pruned
	needed := make(map[string]bool)
	sizes := make(map[int64]bool)
	for i := len(all) - 1; i >= 0; i-- {
		if sizes[all[i].Size] || len(sizes) < keep {
			sizes[all[i].Size] = true
			all[i].Manifest.mark(needed)
		}
	}
	kept, err := r.at.List(ctx, backupsFolder)
	if err != nil {
		return done, err
	}
	for _, k := range kept {
		if size, _, ok := parseManifestFile(k.Name); ok && sizes[size] {
			continue
		}
		if err := r.at.Remove(ctx, k.Name); err != nil {
			return done, err
		}
		if !durable.Unfinished(k.Name) {
			done.Backups++
		}
	}
	return r.sweep(ctx, needed, done)
}

// mark notes the objects that a backup needs.
func (m Manifest) mark(needed map[string]bool) {
	for _, f := range m.Files {
		for _, name := range f.Objects {
			needed[name] = true
		}
	}
}

// sweep removes the objects that are not needed.
func (r *Repository) sweep(ctx context.Context, needed map[string]bool, done Pruned) (Pruned, error) {
	kept, err := r.at.List(ctx, objectsFolder)
	if err != nil {
		return done, err
	}
	for _, k := range kept {
		if needed[path.Base(k.Name)] {
			continue
		}
		if err := r.at.Remove(ctx, k.Name); err != nil {
			return done, err
		}
		done.Objects++
		done.Bytes += k.Bytes
	}
	return done, nil
}
