package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// DefaultSchema is the schema of the read models when the connection string
	// names none.
	DefaultSchema = "caseledger"
	// schemaMark is the comment that says that a schema is ours.
	schemaMark = "Read models of a Caseledger ledger. They hold nothing of their own: drop the schema and rebuild."

	connectTimeout = 10 * time.Second
	alterTimeout   = "10s" // how long a change of tables waits for a reader of the old ones
)

// keepalive makes the server see within seconds that a process and its machine
// are gone, so that its leases fall to others. A process that dies on a machine
// that lives is seen at once.
var keepalive = map[string]string{"tcp_keepalives_idle": "3", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "9000"}

// OpenPostgres opens or creates read models in a schema of a PostgreSQL
// database, that of search_path in the connection string or DefaultSchema, and
// the role <schema>_reader, which may read them and nothing else.
//
// The connection must be one to the server itself: a pool between that shares
// sessions would lose the leases.
func OpenPostgres(ctx context.Context, dsn string) (*DB, error) {
	c, err := postgresConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read models: %w", err)
	}
	db := &DB{engine: c.engine}
	c.connect(db)
	if err := c.prepare(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("read models: %w", err), db.Close())
	}
	return db, nil
}

// RemovePostgres removes the read models and their schema. The role that reads
// them stays, with its members.
func RemovePostgres(ctx context.Context, dsn string) error {
	c, err := postgresConfig(dsn)
	if err != nil {
		return fmt.Errorf("read models: %w", err)
	}
	db := &DB{engine: c.engine}
	c.connect(db)
	err = db.alter(ctx, func(t tx) error {
		if _, marked, err := c.find(t); err != nil || !marked {
			return err
		}
		return t.execAll("DROP SCHEMA " + c.schema + " CASCADE")
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("read models: %w", err)
	}
	return nil
}

// postgresPlace is a schema and how to get there.
type postgresPlace struct {
	*pgx.ConnConfig
	schema string
	engine postgresEngine
}

func postgresConfig(dsn string) (postgresPlace, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return postgresPlace{}, errors.New("not a connection string of PostgreSQL") // which may hold a password
	}
	schema := c.RuntimeParams["search_path"]
	if schema == "" {
		schema = DefaultSchema
	}
	if !name.MatchString(schema) || strings.HasPrefix(schema, "pg_") || schema == "public" {
		return postgresPlace{}, errors.New("search_path must be one schema, of lower-case letters, digits and _, that is not PostgreSQL's own or public")
	}
	for key, value := range keepalive {
		c.RuntimeParams[key] = value
	}
	for key, value := range map[string]string{"search_path": schema, "timezone": "UTC", "datestyle": "ISO"} {
		c.RuntimeParams[key] = value
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "caseledger"
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	return postgresPlace{c, schema, postgresEngine{schema: schema}}, nil
}

// connect makes the two pools; nothing is sent yet. Readers have each statement
// described anew, because a raised version changes what a view is.
func (c postgresPlace) connect(db *DB) {
	db.write = stdlib.OpenDB(*c.Copy())
	db.write.SetMaxOpenConns(1)
	reading := c.Copy()
	reading.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	db.read = stdlib.OpenDB(*reading)
	db.read.SetMaxOpenConns(maxReaders)
	db.read.SetMaxIdleConns(maxReaders)
}

// prepare makes schema, role and own tables where they are missing.
func (c postgresPlace) prepare(ctx context.Context, db *DB) error {
	err := db.alter(ctx, func(t tx) error {
		there, marked, err := c.find(t)
		if err != nil || marked {
			return err
		}
		if err := c.makeReader(t); err != nil {
			return err
		}
		if !there {
			if err := t.execAll("CREATE SCHEMA " + c.schema); err != nil {
				return err
			}
		}
		return t.execAll("COMMENT ON SCHEMA "+c.schema+" IS "+literal(schemaMark),
			"GRANT USAGE ON SCHEMA "+c.schema+" TO "+c.engine.reader())
	})
	if err != nil {
		return err
	}
	return db.makeOwnTables(ctx)
}

// find reports whether the schema is there and marked as ours, and refuses one
// that is somebody else's.
func (c postgresPlace) find(t tx) (there, marked bool, err error) {
	var mark sql.NullString
	var objects int
	err = t.QueryRow(`SELECT obj_description(n.oid, 'pg_namespace'), (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid)
		FROM pg_namespace n WHERE nspname = ?`, c.schema).Scan(&mark, &objects)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err == nil && mark.String != schemaMark && objects > 0 {
		err = fmt.Errorf("the schema %s is another program's", c.schema)
	}
	return true, mark.String == schemaMark, err
}

// makeReader makes the role of those who may read, unless an administrator has.
func (c postgresPlace) makeReader(t tx) error {
	var there, may bool
	err := t.QueryRow(`SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ?),
		(SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user)`, c.engine.reader()).Scan(&there, &may)
	if err != nil || there {
		return err
	}
	if !may {
		return fmt.Errorf("the role %s is missing and this user may not make it: an administrator runs CREATE ROLE %[1]s NOLOGIN", c.engine.reader())
	}
	return t.execAll("CREATE ROLE " + c.engine.reader() + " NOLOGIN")
}

// postgresEngine is PostgreSQL, with its own types for its own tools.
type postgresEngine struct{ schema string }

func (e postgresEngine) reader() string { return e.schema + "_reader" }

// statement numbers the values that have no number, ?1, in the text; no text of
// the package has a ? that is none.
func (postgresEngine) statement(text string) string {
	var out strings.Builder
	for n := 1; ; n++ {
		before, after, more := strings.Cut(text, "?")
		out.WriteString(before)
		if !more {
			return out.String()
		}
		out.WriteByte('$')
		if after == "" || after[0] < '0' || after[0] > '9' {
			out.WriteString(strconv.Itoa(n))
		}
		text = after
	}
}

// postgresTypes are PostgreSQL's. Text sorts by its bytes, as everywhere else;
// json keeps a value as it was written.
var postgresTypes = map[Type]string{Text: `TEXT COLLATE "C"`, Integer: "BIGINT", Date: "DATE", Time: "TIMESTAMPTZ", JSON: "JSON", Boolean: "BOOLEAN"}

func (postgresEngine) storage(t Type) string { return postgresTypes[t] }
func (postgresEngine) options() string       { return "" }

func (postgresEngine) comments(kind, name string, t Table) []string {
	all := []string{fmt.Sprintf("COMMENT ON %s %s IS %s", kind, name, literal(t.Comment))}
	for _, c := range t.Columns {
		all = append(all, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", name, c.Name, literal(c.Comment)))
	}
	return all
}

// grants: who reads a view needs no right to the table under it.
func (e postgresEngine) grants(view string) []string {
	return []string{fmt.Sprintf("GRANT SELECT ON %s TO %s", view, e.reader())}
}

func (postgresEngine) columns(names []string) (string, func(*sql.Rows, []any) error) {
	return strings.Join(names, ", "), scanCells
}

func (postgresEngine) elements(list string) string {
	return "json_array_elements_text(" + list + ") AS e(value)"
}

func (postgresEngine) key() string {
	return `SELECT string_agg(a.attname, ', ' ORDER BY k.place)
		FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(number, place), pg_attribute a
		WHERE i.indrelid = to_regclass(?) AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number`
}

func (postgresEngine) rowsAtOnce() int { return 64 }

func (postgresEngine) snapshot() *sql.TxOptions {
	return &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
}

func (e postgresEngine) alone(t *sql.Tx) error {
	if _, err := t.Exec("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", e.schema); err != nil {
		return err
	}
	_, err := t.Exec("SET LOCAL lock_timeout = '" + alterTimeout + "'")
	return err
}

func (postgresEngine) forUpdate() string { return " FOR UPDATE" }

// lease takes advisory locks of the session that also writes the rows: when
// the session ends, the locks and whatever was not committed end with it.
func (e postgresEngine) lease(ctx context.Context, write *sql.DB, names []string) (func() error, error) {
	list := strings.Join(names, ",") // in one order for all, so that no two wait for each other
	const each = "FROM unnest(string_to_array($1, ',')) AS n"
	if _, err := write.ExecContext(ctx, "SELECT pg_advisory_lock(hashtextextended($2 || '/' || n, 0)) "+each, list, e.schema); err != nil {
		return nil, err
	}
	return func() error {
		_, err := write.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtextextended($2 || '/' || n, 0)) "+each, list, e.schema)
		return err
	}, nil
}

func (postgresEngine) explain(err error) error { return err }

// literal makes a text a literal of SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
