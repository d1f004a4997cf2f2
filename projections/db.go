package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// ErrUnusable marks a file that cannot serve as read models of the ledger. As
// the file holds nothing of its own, the cure is always the same.
var ErrUnusable = errors.New("the file of read models cannot be used; it holds nothing of its own: delete it and rebuild")

const (
	// applicationID marks the file as ours ("CLED"), so that no other
	// program's database is filled with tables by mistake.
	applicationID = 0x434c4544
	busyTimeoutMS = 10_000 // how long a writer waits for another process
	maxReaders    = 8      // connections for queries
	cacheKiB      = 65_536 // page cache of the writing connection
)

// DB is the file of read models. Any number of readers see the last commit
// while one Runner writes. All methods may be called by many goroutines.
type DB struct {
	write *sql.DB // one connection
	read  *sql.DB
}

// Open opens or creates the file; only its owner may read it. Errors that
// deleting the file would cure are ErrUnusable.
func Open(path string) (*DB, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("read models: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("read models: %w", err)
	}
	db := &DB{}
	if err := db.connect(path); err != nil {
		return nil, errors.Join(explain(err), db.Close())
	}
	return db, nil
}

func (db *DB) connect(path string) error {
	var err error
	if db.write, err = sql.Open("sqlite", source(path, "immediate", "journal_mode(WAL)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(-%d)", cacheKiB))); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if err := db.claim(); err != nil {
		return err
	}
	if db.read, err = sql.Open("sqlite", source(path, "deferred", "query_only(1)")); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(maxReaders)
	_, err = db.write.Exec(ownTables)
	return err
}

// source is the name under which the driver opens the file. Synchronous NORMAL
// may lose the last commits in a power cut, never more: rows and positions go
// together, and the runner reads the lost events again.
func source(path, begin string, pragmas ...string) string {
	query := url.Values{"_txlock": {begin}}
	query["_pragma"] = append([]string{fmt.Sprintf("busy_timeout(%d)", busyTimeoutMS), "synchronous(NORMAL)"}, pragmas...)
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// claim marks an empty file as ours, and refuses one that is somebody else's.
func (db *DB) claim() error {
	var id, objects int
	if err := db.write.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&objects); err != nil {
		return err
	}
	if err := db.write.QueryRow("PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id == applicationID {
		return nil
	}
	if objects > 0 || id != 0 {
		return errors.New("read models: the file is the database of another program")
	}
	_, err := db.write.Exec(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// Close closes the file.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// within runs do in a transaction that is committed when do returns nil. When
// ctx ends first the transaction is undone, and the error is ctx's: what do saw
// of it is only that the transaction was gone.
func (db *DB) within(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err = do(tx); err != nil {
		err = errors.Join(err, tx.Rollback())
	} else {
		err = tx.Commit()
	}
	// A context that ends rolls back by itself, and whatever comes next fails
	// for that reason only.
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// explain adds what can be done about a damaged file.
func explain(err error) error {
	const corrupt, notADatabase = 11, 26 // SQLITE_CORRUPT, SQLITE_NOTADB
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	if code := fault.Code() & 0xff; code == corrupt || code == notADatabase {
		return fmt.Errorf("%w (%w)", ErrUnusable, err)
	}
	return err
}
