package projections

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
)

// EachRow yields the rows of a table as readers see it, all of one moment. A
// row is the values of the table's columns in their order: string, int64, bool,
// jsontext.Value, or nil for what is not known. The slice is good until the next
// row. An error is yielded once, as the last pair.
func (db *DB) EachRow(ctx context.Context, t Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if err := db.eachRow(ctx, t, yield); err != nil {
			yield(nil, fmt.Errorf("table %s: %w", t.Name, err))
		}
	}
}

func (db *DB) eachRow(ctx context.Context, t Table, yield func([]any, error) bool) error {
	rows, err := db.read.QueryContext(ctx, "SELECT "+strings.Join(t.columnNames(), ", ")+" FROM "+t.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, pointers := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			values[i] = c.Type.plain(values[i])
		}
		if !yield(values, nil) {
			return nil
		}
	}
	return rows.Err()
}

// plain gives a value the same form whatever the database makes of its type.
func (t Type) plain(v any) any {
	switch v := v.(type) {
	case []byte:
		return t.plain(string(v))
	case string:
		if t == JSON {
			return jsontext.Value(v)
		}
	case int64:
		if t == Boolean {
			return v != 0
		}
	case time.Time:
		if t == Date {
			return domain.DateOf(v).String()
		}
		return timeText(v)
	}
	return v
}
