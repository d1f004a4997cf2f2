package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite"

	"caseledger/projections/bulk"
)

const (
	newSuffix     = ".new"     // of the file beside the read models that a rebuild fills
	sortingSuffix = ".sorting" // of the file in which its index entries wait
	entryBudget   = 32 << 20   // bytes of index entries in memory
	copiedPages   = 10_000     // at once
)

// newFile is a file beside the read models that a rebuild of all of them fills,
// because that is much faster than to let SQLite insert the rows. It then takes
// the place of the old one at once, so that readers, and a crash, see the old or
// the new.
type newFile struct {
	path   string
	pages  *bulk.File
	tables [][]*bulk.Table // by projection; none of one that has failed
	fresh  []*follower
	used   sync.Pool // of *encoded that were appended, for their space
}

// fillFile makes a new file of all projections, and fills it. When a projection
// turns out to have an event that cannot be applied, that is done once more
// without its rows.
func (b *building) fillFile(ctx context.Context) error {
	for {
		before := b.failures()
		if err := b.newFile(ctx); err != nil {
			return errors.Join(err, removeNew(b.db.path))
		}
		if err := b.fill(ctx); err != nil {
			return errors.Join(err, b.file.pages.Abandon(), removeNew(b.db.path))
		}
		if b.failures() > before {
			if err := b.file.pages.Abandon(); err != nil {
				return err
			}
			continue
		}
		if err := b.file.pages.Close(); err != nil {
			return errors.Join(err, removeNew(b.db.path))
		}
		return nil
	}
}

func (b *building) failures() int {
	n := 0
	for i := range b.failed {
		if b.failed[i].Load() {
			n++
		}
	}
	return n
}

// removeNew removes the files of a rebuild that was broken off.
func removeNew(path string) error {
	if path == "" {
		return nil
	}
	var errs []error
	for _, suffix := range []string{newSuffix, newSuffix + "-wal", newSuffix + "-shm", newSuffix + sortingSuffix} {
		if err := os.Remove(path + suffix); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// newFile lets SQLite make the file, with tables and positions as they will be,
// and opens it to be filled.
func (b *building) newFile(ctx context.Context) error {
	if err := removeNew(b.db.path); err != nil {
		return err
	}
	b.file = &newFile{path: b.db.path + newSuffix, fresh: b.fresh}
	db, err := Open(b.file.path)
	if err != nil {
		return err
	}
	roots, err := b.install(ctx, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	b.file.pages, err = bulk.Open(b.file.path, b.file.path+sortingSuffix, entryBudget)
	if err != nil {
		return err
	}
	for i, f := range b.fresh {
		var tables []*bulk.Table
		for _, t := range f.Tables {
			if !b.failed[i].Load() {
				tables = append(tables, b.file.pages.Table(t.places(physical(t.Name, f.Version), roots)))
			}
		}
		b.file.tables = append(b.file.tables, tables)
	}
	return nil
}

// install makes the tables of all projections in the new file, sets the
// positions, and returns the root pages.
func (b *building) install(ctx context.Context, db *DB) (roots map[string]uint32, err error) {
	err = db.alter(ctx, func(tx tx) error {
		for i, f := range b.fresh {
			if err := errors.Join(install(tx, f.Projection), b.reached(i).save(tx)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err := db.write.QueryContext(ctx, "SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	roots = make(map[string]uint32)
	for rows.Next() {
		var name string
		var root uint32
		if err := rows.Scan(&name, &root); err != nil {
			return nil, err
		}
		roots[name] = root
	}
	return roots, rows.Err()
}

// reached is how far a projection has come with the rebuild.
func (b *building) reached(i int) follower {
	f := *b.fresh[i]
	f.inUse = true
	if !b.failed[i].Load() {
		f.position, f.event = b.last, b.event
	}
	return f
}

// places says where a table and its indexes begin.
func (t Table) places(name string, roots map[string]uint32) (uint32, []bulk.Index) {
	list := []bulk.Index{{Root: roots["sqlite_autoindex_"+name+"_1"], Columns: t.numbers(t.Key)}}
	for i, columns := range t.Indexes {
		list = append(list, bulk.Index{Root: roots[indexName(name, i)], Columns: t.numbers(columns)})
	}
	return roots[name], list
}

func (t *Table) numbers(columns []string) []int {
	var numbers []int
	for _, c := range columns {
		numbers = append(numbers, t.place(c))
	}
	return numbers
}

// encoded is rows in the form of the file.
type encoded struct {
	rows [][]bulk.Rows // by projection and table
}

// encode gives rows the form of the file, in the goroutine that has made them,
// and adds them.
func (n *newFile) encode(to *encoded, all []gathered) error {
	for i, tables := range n.tables {
		for j, t := range tables {
			name := n.fresh[i].Tables[j].Name
			if err := t.Encode(&to.rows[i][j], all[i].tables[name]); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
	}
	return nil
}

// space is what encode adds to, empty.
func (n *newFile) space() *encoded {
	if out, ok := n.used.Get().(*encoded); ok {
		return out
	}
	out := &encoded{make([][]bulk.Rows, len(n.tables))}
	for i, tables := range n.tables {
		out.rows[i] = make([]bulk.Rows, len(tables))
	}
	return out
}

func (n *newFile) append(all []folded) error {
	for _, one := range all {
		for i, tables := range n.tables {
			for j, t := range tables {
				if err := t.Append(&one.inFile.rows[i][j]); err != nil {
					return err
				}
				one.inFile.rows[i][j].Reset()
			}
		}
		n.used.Put(one.inFile)
	}
	return nil
}

// moveIn puts the new file in the place of the old one, unless another process
// has begun the rebuild anew: by its name where nobody else has the old one
// open, and else by a copy. Should another process begin between the look and
// the copy, its tables are replaced by these, which are whole; it finds its mark
// gone and goes on from the positions that it finds.
func (b *building) moveIn(ctx context.Context) error {
	err := b.takePlace(ctx)
	if err != nil && !errors.Is(err, errMoved) && ctx.Err() == nil {
		if err = b.db.within(ctx, b.mine); err == nil {
			err = b.db.copyFrom(ctx, b.file.path)
		}
	}
	if err != nil {
		return errors.Join(err, removeNew(b.db.path))
	}
	for i, f := range b.fresh {
		*f = b.reached(i)
	}
	return removeNew(b.db.path)
}

// takePlace gives the new file the name of the old one, in a transaction that is
// alone in the old one. It fails where anybody else has the old one open, whose
// connections would never see the new: all of them hold a lock in a file with a
// log of SQLite's, so that it cannot be made a file without.
func (b *building) takePlace(ctx context.Context) error {
	b.db.write.SetMaxIdleConns(0) // closes the one that there is
	defer b.db.write.SetMaxIdleConns(1)
	old, err := sql.Open("sqlite", source(b.db.path, "exclusive", "journal_mode(DELETE)"))
	if err != nil {
		return err
	}
	begun, err := old.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(err, old.Close())
	}
	err = b.rename(tx{begun, b.db.engine})
	return errors.Join(err, begun.Rollback(), old.Close())
}

var errLog = errors.New("another process has opened the file")

// rename is what takePlace does alone. The log of the old file must be gone for
// good before the new one has the name that SQLite would look for it under. A
// connection that was made to the old file, but has not read yet, finds no rows
// there: empty has dropped the tables.
func (b *building) rename(tx tx) error {
	if err := b.mine(tx); err != nil {
		return err
	}
	var mode string
	if err := tx.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "delete" {
		return errors.Join(err, errLog)
	}
	if err := flushNames(filepath.Dir(b.db.path)); err != nil {
		return err
	}
	return os.Rename(b.file.path, b.db.path)
}

// flushNames makes the names in a directory durable.
func flushNames(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// copyFrom makes the file of the read models what another one is.
func (db *DB) copyFrom(ctx context.Context, path string) error {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(interface {
			NewRestore(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver cannot copy files")
		}
		copying, err := c.NewRestore(source(path, "deferred") + "&mode=rw") // which makes no file
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = copying.Step(copiedPages)
			}
		}
		return errors.Join(err, copying.Finish())
	})
	if err != nil {
		return err
	}
	// The log of the copy is as long as the file: it is not kept longer than
	// readers of the old state need it.
	_, err = conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
