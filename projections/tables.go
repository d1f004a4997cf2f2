package projections

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
)

// projectionTable says how far each version of a projection has come.
func projectionTable() Table {
	return Table{
		Name: "projection", Comment: "One row for each version of a projection that there are tables of.",
		Columns: []Column{
			{"name", Text, "Name of the projection."},
			{"version", Integer, "Number of the version: a table carries it in its name, register__v2."},
			{"position", Integer, "Position in the ledger up to which the rows go."},
			{"event", Text, "Id of the event at that position."},
			{"in_use", Boolean, "Whether readers see this version."},
			{"stopped", Text, "The error that stopped the projection; empty when it goes on."},
			{"tables", JSON, "List of its tables."},
		},
		Key: []string{"name", "version"},
	}
}

// guideTable holds the comments of all tables, for who has nothing but a file.
func guideTable() Table {
	return Table{
		Name: "guide", Comment: "One row for each table and each of its columns, as the analyst's guide lists them.",
		Columns: []Column{
			{"table_name", Text, "The table."},
			{"place", Integer, "Place of the column in the table, from 1; 0 is the table itself."},
			{"column_name", Text, "The column."},
			{"type", Text, "TEXT, INTEGER, DATE, TIME, JSON, BOOLEAN."},
			{"comment", Text, "What it holds."},
		},
		Key: []string{"table_name", "place"},
	}
}

// makeOwnTables makes the tables of the package itself where they are missing.
func (db *DB) makeOwnTables(ctx context.Context) error {
	return db.alter(ctx, func(t tx) error {
		for _, table := range []Table{projectionTable(), guideTable()} {
			if err := t.execAll(append(table.create(db.engine, table.Name), db.engine.grants(table.Name)...)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// physical is the table of one version of a projection.
func physical(table string, version int) string { return fmt.Sprintf("%s__v%d", table, version) }

func (t Table) columnNames() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// install makes the tables of the projections' versions where they are missing.
// Where no version is in use yet, this one is at once.
func (db *DB) install(ctx context.Context, all []Projection) error {
	return db.alter(ctx, func(tx tx) error {
		for _, p := range all {
			if err := install(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func install(tx tx, p Projection) error {
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
	if err := errors.Join(begin(tx, p, ""), index(tx, p)); err != nil || inUse {
		return err
	}
	return use(tx, p)
}

func (p Projection) tableNames() []string {
	names := []string{}
	for _, t := range p.Tables {
		names = append(names, t.Name)
	}
	return names
}

type version struct {
	number int
	inUse  bool
	tables []string
}

func versionsOf(tx tx, projection string) ([]version, error) {
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

// begin makes empty tables without indexes. event stands where the id of the
// last event will.
func begin(tx tx, p Projection, event string) error {
	for _, t := range p.Tables {
		name := physical(t.Name, p.Version)
		if err := tx.execAll(t.create(tx.engine, name)...); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	tables, err := json.Marshal(p.tableNames())
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO projection VALUES (?, ?, 0, ?, ?, '', ?)", p.Name, p.Version, event, false, string(tables))
	return err
}

// index makes the indexes beside the keys.
func index(tx tx, p Projection) error {
	for _, t := range p.Tables {
		if err := tx.execAll(t.index(physical(t.Name, p.Version))...); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

// use shows the version to readers in place of any other, which is dropped.
func use(tx tx, p Projection) error {
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
		statements := []string{fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM %s", t.Name, columns, physical(t.Name, p.Version))}
		statements = append(statements, tx.engine.comments("VIEW", t.Name, t)...)
		if err := tx.execAll(append(statements, tx.engine.grants(t.Name)...)...); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if err := describe(tx, t); err != nil {
			return err
		}
	}
	_, err = tx.Exec("UPDATE projection SET in_use = ? WHERE name = ? AND version = ?", true, p.Name, p.Version)
	return err
}

// describe writes the table's comments where an analyst finds them. Place 0 is
// the table itself.
func describe(tx tx, t Table) error {
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

func dropVersion(tx tx, projection string, v version) error {
	for _, table := range v.tables {
		if v.inUse {
			if err := tx.execAll("DROP VIEW IF EXISTS "+table, "DELETE FROM guide WHERE table_name = '"+table+"'"); err != nil {
				return err
			}
		}
		if err := tx.execAll("DROP TABLE " + physical(table, v.number)); err != nil {
			return err
		}
	}
	_, err := tx.Exec("DELETE FROM projection WHERE name = ? AND version = ?", projection, v.number)
	return err
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
	rows, err := db.query(ctx, "SELECT name, version, position, in_use, stopped FROM projection ORDER BY name, version")
	if err != nil {
		return nil, db.engine.explain(err)
	}
	defer rows.Close()
	var all []Status
	for rows.Next() {
		var s Status
		if err := rows.Scan(&s.Name, &s.Version, &s.Position, &s.InUse, &s.Stopped); err != nil {
			return nil, db.engine.explain(err)
		}
		all = append(all, s)
	}
	return all, db.engine.explain(rows.Err())
}
