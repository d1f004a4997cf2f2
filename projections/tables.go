package projections

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
)

// ownTables are the tables of the package itself. stopped is the error that
// stopped a projection; event is the id of the event at its position.
const ownTables = `
CREATE TABLE IF NOT EXISTS projection (
	name TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, event TEXT NOT NULL,
	in_use INTEGER NOT NULL, stopped TEXT NOT NULL, tables TEXT NOT NULL,
	PRIMARY KEY (name, version)) STRICT;
CREATE TABLE IF NOT EXISTS guide (
	table_name TEXT NOT NULL, place INTEGER NOT NULL, column_name TEXT NOT NULL, type TEXT NOT NULL, comment TEXT NOT NULL,
	PRIMARY KEY (table_name, place)) STRICT;`

// storage is how SQLite stores a type. SQLite's own DATE and BOOLEAN would make
// drivers guess.
var storage = map[Type]string{Text: "TEXT", Integer: "INTEGER", Date: "TEXT", Time: "TEXT", JSON: "TEXT", Boolean: "INTEGER"}

// physical is the table of one version of a projection.
func physical(table string, version int) string { return fmt.Sprintf("%s__v%d", table, version) }

func (t Table) columnNames() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// create returns the statements that make the table of a version.
func (t Table) create(version int) []string {
	var columns []string
	for _, c := range t.Columns {
		columns = append(columns, c.Name+" "+storage[c.Type])
	}
	target := physical(t.Name, version)
	statements := []string{fmt.Sprintf("CREATE TABLE %s (%s, PRIMARY KEY (%s)) STRICT",
		target, strings.Join(columns, ", "), strings.Join(t.Key, ", "))}
	for i, index := range t.Indexes {
		statements = append(statements, fmt.Sprintf("CREATE INDEX %s__%d ON %s (%s)", target, i+1, target, strings.Join(index, ", ")))
	}
	return statements
}

// install makes the tables of the projection's version where they are missing.
// Where no version is in use yet, this one is at once.
func (db *DB) install(ctx context.Context, p Projection) error {
	return db.within(ctx, func(tx *sql.Tx) error {
		versions, err := versionsOf(tx, p.Name)
		if err != nil {
			return err
		}
		inUse := false
		for _, v := range versions {
			inUse = inUse || v.inUse
			switch {
			case v.number > p.Version:
				return fmt.Errorf("projection %s: the tables are of version %d, this program makes version %d: use the newer program, or delete the file and rebuild",
					p.Name, v.number, p.Version)
			case v.number == p.Version:
				return nil
			case !v.inUse: // begun by a program between the last and this
				if err := dropVersion(tx, p.Name, v); err != nil {
					return err
				}
			}
		}
		if err := begin(tx, p); err != nil || inUse {
			return err
		}
		return use(tx, p)
	})
}

type version struct {
	number int
	inUse  bool
	tables []string
}

func versionsOf(tx *sql.Tx, projection string) ([]version, error) {
	rows, err := tx.Query("SELECT version, in_use, tables FROM projection WHERE name = ? ORDER BY version DESC", projection)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []version
	for rows.Next() {
		var v version
		var tables string
		if err := rows.Scan(&v.number, &v.inUse, &tables); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(tables), &v.tables); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// begin makes empty tables.
func begin(tx *sql.Tx, p Projection) error {
	names := []string{}
	for _, t := range p.Tables {
		names = append(names, t.Name)
		if err := execAll(tx, t.create(p.Version)...); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	tables, err := json.Marshal(names)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO projection VALUES (?, ?, 0, '', 0, '', ?)", p.Name, p.Version, string(tables))
	return err
}

// use shows the version to readers in place of any other, which is dropped.
func use(tx *sql.Tx, p Projection) error {
	versions, err := versionsOf(tx, p.Name)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.number == p.Version {
			continue
		}
		if err := dropVersion(tx, p.Name, v); err != nil {
			return err
		}
	}
	for _, t := range p.Tables {
		columns := strings.Join(t.columnNames(), ", ")
		if err := execAll(tx, fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM %s", t.Name, columns, physical(t.Name, p.Version))); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if err := describe(tx, t); err != nil {
			return err
		}
	}
	_, err = tx.Exec("UPDATE projection SET in_use = 1 WHERE name = ? AND version = ?", p.Name, p.Version)
	return err
}

// describe writes the table's comments where an analyst finds them. Place 0 is
// the table itself.
func describe(tx *sql.Tx, t Table) error {
	const insert = "INSERT INTO guide VALUES (?, ?, ?, ?, ?)"
	if _, err := tx.Exec(insert, t.Name, 0, "", "", t.Comment); err != nil {
		return err
	}
	for i, c := range t.Columns {
		if _, err := tx.Exec(insert, t.Name, i+1, c.Name, string(c.Type), c.Comment); err != nil {
			return err
		}
	}
	return nil
}

func dropVersion(tx *sql.Tx, projection string, v version) error {
	for _, table := range v.tables {
		if v.inUse {
			if err := execAll(tx, "DROP VIEW IF EXISTS "+table, "DELETE FROM guide WHERE table_name = '"+table+"'"); err != nil {
				return err
			}
		}
		if err := execAll(tx, "DROP TABLE "+physical(table, v.number)); err != nil {
			return err
		}
	}
	_, err := tx.Exec("DELETE FROM projection WHERE name = ? AND version = ?", projection, v.number)
	return err
}

func execAll(tx *sql.Tx, statements ...string) error {
	for _, s := range statements {
		if _, err := tx.Exec(s); err != nil {
			return err
		}
	}
	return nil
}

// Status is how far a version of a projection has come.
type Status struct {
	Name     string              `json:"name"`
	Version  int                 `json:"version"`
	Position eventstore.Position `json:"position"`
	InUse    bool                `json:"inUse"`             // readers see this version
	Stopped  string              `json:"stopped,omitempty"` // the error that stopped it
}

// Status returns how far each projection has come.
func (db *DB) Status(ctx context.Context) ([]Status, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT name, version, position, in_use, stopped FROM projection ORDER BY name, version")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var all []Status
	for rows.Next() {
		var s Status
		if err := rows.Scan(&s.Name, &s.Version, &s.Position, &s.InUse, &s.Stopped); err != nil {
			return nil, explain(err)
		}
		all = append(all, s)
	}
	return all, explain(rows.Err())
}
