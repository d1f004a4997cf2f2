package projections

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
)

// Digest returns the SHA-256, in hexadecimal, over all rows of a projection in
// the order of their keys, so that tables can be compared with rebuilt ones, be
// they in the same engine or another.
func (db *DB) Digest(ctx context.Context, projection string) (string, error) {
	begun, err := db.read.BeginTx(ctx, db.engine.snapshot()) // one moment for all tables
	if err != nil {
		return "", db.engine.explain(err)
	}
	defer begun.Rollback()
	tx := tx{begun, db.engine}
	versions, err := versionsOf(tx, projection)
	if err != nil {
		return "", db.engine.explain(err)
	}
	sum := sha256.New()
	for _, v := range versions {
		if !v.inUse {
			continue
		}
		for _, table := range v.tables {
			if err := digestTable(tx, sum, table, physical(table, v.number)); err != nil {
				return "", fmt.Errorf("table %s: %w", table, db.engine.explain(err))
			}
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	return "", fmt.Errorf("projection %s: no tables are in use", projection)
}

// digestTable hashes each row as a line of JSON.
func digestTable(tx tx, sum hash.Hash, name, table string) error {
	key, err := keyOf(tx, table)
	if err != nil {
		return err
	}
	rows, err := tx.Query(fmt.Sprintf("SELECT * FROM %s ORDER BY %s", table, key))
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	fmt.Fprintf(sum, "%s (%s)\n", name, strings.Join(columns, ", "))
	values, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i := range values {
			values[i] = plainly(values[i], kinds[i].DatabaseTypeName())
		}
		line, err := json.Marshal(values)
		if err != nil {
			return err
		}
		sum.Write(append(line, '\n'))
	}
	return rows.Err()
}

// keyOf returns the columns of a table's key: "record, entry".
func keyOf(tx tx, table string) (string, error) {
	var key sql.NullString
	err := tx.QueryRow(tx.engine.key(), table).Scan(&key)
	return key.String, err
}

// plainly gives a value of a column the same form for every engine.
func plainly(v any, kind string) any {
	switch v := v.(type) {
	case bool:
		return number(v)
	case []byte:
		return string(v)
	case time.Time:
		if kind == string(Date) {
			return domain.DateOf(v).String()
		}
		return timeText(v)
	}
	return v
}
