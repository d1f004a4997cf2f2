package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

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

// Open opens or creates a file of SQLite; only its owner may read it. Errors
// that deleting the file would cure are ErrUnusable.
func Open(path string) (*DB, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("read models: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("read models: %w", err)
	}
	db := &DB{engine: sqliteEngine{}, path: path}
	if err := db.connectFile(path); err != nil {
		return nil, errors.Join(fmt.Errorf("read models: %w", db.engine.explain(err)), db.Close())
	}
	return db, nil
}

func (db *DB) connectFile(path string) error {
	var err error
	if db.write, err = sql.Open("sqlite", source(path, "immediate", "journal_mode(WAL)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(-%d)", cacheKiB))); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if err := claimFile(db.write); err != nil {
		return err
	}
	if db.read, err = sql.Open("sqlite", source(path, "deferred", "query_only(1)")); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(maxReaders)
	db.read.SetMaxIdleConns(maxReaders) // a new connection reads the schema and prepares every statement anew
	return db.makeOwnTables(context.Background())
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

// claimFile marks an empty file as ours, and refuses one that is somebody
// else's.
func claimFile(write *sql.DB) error {
	var id, objects int
	if err := write.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&objects); err != nil {
		return err
	}
	if err := write.QueryRow("PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id == applicationID {
		return nil
	}
	if objects > 0 || id != 0 {
		return errors.New("the file is the database of another program")
	}
	_, err := write.Exec(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// sqliteEngine is SQLite. Its own DATE and BOOLEAN would make drivers guess, so
// everything is text or a number.
type sqliteEngine struct{}

func (sqliteEngine) statement(text string) string { return text }

func (sqliteEngine) storage(t Type) string {
	if t == Integer || t == Boolean {
		return "INTEGER"
	}
	return "TEXT"
}

func (sqliteEngine) options() string                        { return " STRICT" }
func (sqliteEngine) comments(_, _ string, _ Table) []string { return nil } // see the table guide
func (sqliteEngine) grants(string) []string                 { return nil } // the file's mode says who reads
func (sqliteEngine) elements(list string) string {
	return "json_each(" + list + ") AS e"
}

// columns has SQLite make one text of a row, as literals of SQL: the driver
// takes longer over a column than SQLite over the row.
func (sqliteEngine) columns(names []string) (string, func(*sql.Rows, []any) error) {
	literals := strings.TrimSuffix(strings.Repeat("%Q,", len(names)), ",")
	return "format('" + literals + "', " + strings.Join(names, ", ") + ")", scanLiterals
}

var errLiterals = errors.New("a row is not the literals that were asked for")

// scanLiterals reads 'it”s',NULL,'12' into the fields of an empty row.
func scanLiterals(rows *sql.Rows, fields []any) error {
	var text string
	if err := rows.Scan(&text); err != nil {
		return err
	}
	for i, f := range fields {
		if i > 0 {
			var more bool
			if text, more = strings.CutPrefix(text, ","); !more {
				return errLiterals
			}
		}
		if rest, null := strings.CutPrefix(text, "NULL"); null {
			text = rest
			continue
		}
		value, rest, ok := cutLiteral(text)
		if !ok {
			return errLiterals
		}
		if err := (cell{f}).scanText(value); err != nil {
			return err
		}
		text = rest
	}
	if text != "" {
		return errLiterals
	}
	return nil
}

// cutLiteral takes the literal off with which a text begins. A quote in it is
// doubled.
func cutLiteral(text string) (value, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, "'")
	doubled := false
	for end := 0; ok; end += len("''") {
		n := strings.IndexByte(text[end:], '\'')
		if n < 0 {
			return "", "", false
		}
		if end += n; !strings.HasPrefix(text[end+1:], "'") {
			if value = text[:end]; doubled {
				value = strings.ReplaceAll(value, "''", "'")
			}
			return value, text[end+1:], true
		}
		doubled = true
	}
	return "", "", false
}

func (sqliteEngine) key() string {
	return "SELECT group_concat(name, ', ' ORDER BY pk) FROM pragma_table_info(?) WHERE pk > 0"
}

func (sqliteEngine) rowsAtOnce() int { return 2 }

func (sqliteEngine) snapshot() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

// A transaction that writes is alone in the file from its beginning.
func (sqliteEngine) alone(*sql.Tx) error { return nil }
func (sqliteEngine) forUpdate() string   { return "" }

// lease holds nothing: a ledger with a file of its own is one process's at a
// time, and what another does all the same is found out by its position.
func (sqliteEngine) lease(context.Context, *sql.DB, []string) (func() error, error) {
	return func() error { return nil }, nil
}

// explain adds what can be done about a damaged file.
func (sqliteEngine) explain(err error) error {
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
