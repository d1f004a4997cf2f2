package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// engine is what differs between the databases that can hold read models. All
// else is written in the SQL that they share, with ? for values.
type engine interface {
	// statement returns a text as the engine wants it written.
	statement(text string) string
	// storage returns the type of a column.
	storage(Type) string
	// options end the statement that makes a table.
	options() string
	// comments returns the statements that put a table's comments where the
	// engine keeps them; kind is TABLE or VIEW.
	comments(kind, name string, t Table) []string
	// grants returns the statements that let readers see a view.
	grants(view string) []string
	// columns is what stands in SELECT for columns, and how a row of it is read
	// into the fields of an empty one.
	columns(names []string) (list string, scan func(*sql.Rows, []any) error)
	// elements is what stands in FROM for the texts of a JSON list: rows e with
	// one column value.
	elements(list string) string
	// key asks for the columns of a table's key: "record, entry".
	key() string
	// rowsAtOnce is how many rows a statement of a rebuild adds: what saves time
	// on the way to a server is lost on binding the values in a process.
	rowsAtOnce() int
	// snapshot makes a transaction see one moment.
	snapshot() *sql.TxOptions
	// alone lets one transaction at a time change which tables there are.
	alone(*sql.Tx) error
	// forUpdate ends a query whose row the transaction is going to change.
	forUpdate() string
	// lease waits until no other process holds any of the leases, and holds them
	// until release or the end of the connection.
	lease(ctx context.Context, write *sql.DB, names []string) (release func() error, err error)
	// explain adds what can be done about an error.
	explain(error) error
}

// tx is a transaction of an engine.
type tx struct {
	*sql.Tx
	engine engine
}

func (t tx) Exec(text string, args ...any) (sql.Result, error) {
	return t.Tx.Exec(t.engine.statement(text), args...)
}

func (t tx) Query(text string, args ...any) (*sql.Rows, error) {
	return t.Tx.Query(t.engine.statement(text), args...)
}

func (t tx) QueryRow(text string, args ...any) *sql.Row {
	return t.Tx.QueryRow(t.engine.statement(text), args...)
}

func (t tx) Prepare(text string) (*sql.Stmt, error) { return t.Tx.Prepare(t.engine.statement(text)) }

// execAll runs statements without values, all in one message.
func (t tx) execAll(statements ...string) error {
	_, err := t.Tx.Exec(strings.Join(statements, ";\n"))
	return err
}

// DB holds the read models: a file of SQLite, or a schema of PostgreSQL. Any
// number of readers see the last commit while one Runner writes. All methods
// may be called by many goroutines.
type DB struct {
	engine engine
	path   string  // of the file; "" in PostgreSQL
	write  *sql.DB // one connection
	read   *sql.DB

	mu   sync.Mutex
	kept map[string]*sql.Stmt // of the file's readers, by text
}

// maxKept bounds the statements that are kept: the program has fewer, but for
// lists of different lengths.
const maxKept = 200

// Close ends all connections.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

func (db *DB) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	text = db.engine.statement(text)
	if s := db.prepared(ctx, text); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return db.read.QueryContext(ctx, text, args...)
}

// prepared returns a statement that is kept for its text: preparing takes SQLite
// more time than answering most of them. It is nil where none is kept; the driver
// of PostgreSQL keeps its own.
func (db *DB) prepared(ctx context.Context, text string) *sql.Stmt {
	if db.path == "" {
		return nil
	}
	db.mu.Lock()
	s, full := db.kept[text], len(db.kept) >= maxKept
	db.mu.Unlock()
	if s != nil || full {
		return s
	}
	s, err := db.read.PrepareContext(ctx, text) // not under the lock: it may wait for a connection
	if err != nil {
		return nil // who asks is told by the query itself
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if other := db.kept[text]; other != nil {
		_ = s.Close() // nobody has used it
		return other
	}
	if db.kept == nil {
		db.kept = make(map[string]*sql.Stmt)
	}
	db.kept[text] = s
	return s
}

func (db *DB) queryRow(ctx context.Context, text string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, db.engine.statement(text), args...)
}

// within runs do in a transaction that is committed when do returns nil. When
// ctx ends first the transaction is undone, and the error is ctx's: what do saw
// of it is only that the transaction was gone.
func (db *DB) within(ctx context.Context, do func(tx) error) error {
	begun, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err = do(tx{begun, db.engine}); err != nil {
		err = errors.Join(err, begun.Rollback())
	} else {
		err = begun.Commit()
	}
	// A context that ends rolls back by itself, and whatever comes next fails
	// for that reason only.
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// alter is within for what makes and drops tables.
func (db *DB) alter(ctx context.Context, do func(tx) error) error {
	return db.within(ctx, func(t tx) error {
		if err := db.engine.alone(t.Tx); err != nil {
			return err
		}
		return do(t)
	})
}

// create returns the statements that make a table under a name.
func (t Table) create(e engine, name string) []string {
	var columns []string
	for _, c := range t.Columns {
		columns = append(columns, c.Name+" "+e.storage(c.Type))
	}
	return append([]string{fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s, PRIMARY KEY (%s))%s",
		name, strings.Join(columns, ", "), strings.Join(t.Key, ", "), e.options())}, e.comments("TABLE", name, t)...)
}

// index returns the statements that make the indexes beside the key.
func (t Table) index(name string) []string {
	var statements []string
	for i, columns := range t.Indexes {
		statements = append(statements, fmt.Sprintf("CREATE INDEX %s ON %s (%s)", indexName(name, i), name, strings.Join(columns, ", ")))
	}
	return statements
}

func indexName(table string, i int) string { return fmt.Sprintf("%s__%d", table, i+1) }
