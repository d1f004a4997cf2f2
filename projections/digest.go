package projections

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/go-json-experiment/json"
)

// Digest returns the SHA-256, in hexadecimal, over all rows of a projection in
// the order of their keys, so that tables can be compared with rebuilt ones.
func (db *DB) Digest(ctx context.Context, projection string) (string, error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment for all tables
	if err != nil {
		return "", explain(err)
	}
	defer tx.Rollback()
	versions, err := versionsOf(tx, projection)
	if err != nil {
		return "", explain(err)
	}
	sum := sha256.New()
	for _, v := range versions {
		if !v.inUse {
			continue
		}
		for _, table := range v.tables {
			if err := digestTable(ctx, tx, sum, table, physical(table, v.number)); err != nil {
				return "", fmt.Errorf("table %s: %w", table, explain(err))
			}
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	return "", fmt.Errorf("projection %s: no tables are in use", projection)
}

// digestTable hashes each row as a line of JSON.
func digestTable(ctx context.Context, tx *sql.Tx, sum hash.Hash, name, table string) error {
	key, err := keyOf(ctx, tx, table)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT * FROM %s ORDER BY %s", table, key))
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
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
		line, err := json.Marshal(values)
		if err != nil {
			return err
		}
		sum.Write(append(line, '\n'))
	}
	return rows.Err()
}

// keyOf returns the columns of a table's key: "record, entry".
func keyOf(ctx context.Context, tx *sql.Tx, table string) (string, error) {
	var key sql.NullString
	err := tx.QueryRowContext(ctx, "SELECT group_concat(name, ', ' ORDER BY pk) FROM pragma_table_info(?) WHERE pk > 0", table).Scan(&key)
	return key.String, err
}
