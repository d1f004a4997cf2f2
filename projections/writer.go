package projections

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Writer writes the rows of one projection, within the transaction that also
// moves its position. The transaction ends with the runner's context; single
// statements do not watch it, because that would cost a goroutine for each.
type Writer struct {
	tx         tx
	projection *Projection
	prepared   map[string]*sql.Stmt
}

// Cell is a column with a value: see Writer.Insert for the types.
type Cell struct {
	Column string
	Value  any
}

// Insert adds a row. Values are given in the order of the table's columns, as
// strings, numbers, bools, dates, times, lists (JSON), or pointers to them;
// what is empty becomes NULL, except numbers and bools.
func (w *Writer) Insert(table string, values ...any) error { return w.put(table, false, values) }

// put adds a row, in place of one with the same key if that is allowed.
func (w *Writer) put(table string, instead bool, values []any) error {
	t, err := w.table(table)
	if err != nil {
		return err
	}
	if len(values) != len(t.Columns) {
		return fmt.Errorf("table %s: %d values for %d columns", table, len(values), len(t.Columns))
	}
	statement, err := w.prepare(fmt.Sprint("put ", table, instead), func() string {
		text := fmt.Sprintf("INSERT INTO %s VALUES (%s)", physical(table, w.projection.Version), marks(len(t.Columns)))
		if instead {
			text += t.onConflict()
		}
		return text
	})
	if err != nil {
		return err
	}
	_, err = w.exec(t, statement, values, func(i int) string { return t.Columns[i].Name })
	return err
}

// Delete removes the rows in which all cells are as given.
func (w *Writer) Delete(table string, where ...Cell) error {
	_, err := w.change(table, nil, where)
	return err
}

// Update sets cells in the rows in which all where cells are as given, and
// returns the number of rows.
func (w *Writer) Update(table string, set, where []Cell) (int, error) {
	return w.change(table, set, where)
}

func (w *Writer) change(table string, set, where []Cell) (int, error) {
	t, err := w.table(table)
	if err != nil {
		return 0, err
	}
	verb, key := "DELETE FROM %s", "delete "+table
	if set != nil {
		verb, key = "UPDATE %s SET "+cells(set, " = ?", ", "), "update "+table+cells(set, "", ",")
	}
	statement, err := w.prepare(key+" where "+cells(where, "", ","), func() string {
		return fmt.Sprintf(verb, physical(table, w.projection.Version)) + " WHERE " + t.equal(where)
	})
	if err != nil {
		return 0, err
	}
	var values []any
	all := append(append([]Cell(nil), set...), where...)
	for _, c := range all {
		values = append(values, c.Value)
	}
	return w.exec(t, statement, values, func(i int) string { return all[i].Column })
}

// equal is the condition that cells are as given. Only the key is never NULL,
// and can be looked up.
func (t Table) equal(where []Cell) string {
	conditions := make([]string, len(where))
	for i, c := range where {
		conditions[i] = c.Column + " IS NOT DISTINCT FROM ?"
		if slices.Contains(t.Key, c.Column) {
			conditions[i] = c.Column + " = ?"
		}
	}
	return strings.Join(conditions, " AND ")
}

// onConflict makes an insert replace the row with the same key.
func (t Table) onConflict() string {
	var sets []string
	for _, c := range t.Columns {
		if !slices.Contains(t.Key, c.Name) {
			sets = append(sets, c.Name+" = excluded."+c.Name)
		}
	}
	if len(sets) == 0 {
		return " ON CONFLICT DO NOTHING"
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(t.Key, ", "), strings.Join(sets, ", "))
}

// marks are the places of a row's values: "?,?,?".
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// cells joins the columns' names: "kind = ?, value = ?".
func cells(all []Cell, suffix, between string) string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = c.Column + suffix
	}
	return strings.Join(texts, between)
}

func (w *Writer) table(name string) (Table, error) {
	for _, t := range w.projection.Tables {
		if t.Name == name {
			return t, nil
		}
	}
	return Table{}, fmt.Errorf("table %s is not the projection's", name)
}

func (w *Writer) prepare(key string, text func() string) (*sql.Stmt, error) {
	if s, ok := w.prepared[key]; ok {
		return s, nil
	}
	s, err := w.tx.Prepare(text())
	if err != nil {
		return nil, err
	}
	w.prepared[key] = s
	return s, nil
}

// exec runs a statement with values of columns. In a key, where NULL would
// equal nothing, what is empty stays empty text.
func (w *Writer) exec(t Table, statement *sql.Stmt, values []any, column func(int) string) (int, error) {
	args := make([]any, len(values))
	for i, v := range values {
		arg, err := stored(v)
		if err != nil {
			return 0, fmt.Errorf("table %s: %w", t.Name, err)
		}
		if arg == nil && slices.Contains(t.Key, column(i)) {
			arg = ""
		}
		args[i] = arg
	}
	result, err := statement.Exec(args...)
	if err != nil {
		return 0, fmt.Errorf("table %s: %w", t.Name, err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// savepoint runs do so that its writes can be taken back alone.
func (w *Writer) savepoint(do func() error) (undone, err error) {
	if err := w.tx.execAll("SAVEPOINT step"); err != nil {
		return nil, err
	}
	if undone = do(); undone != nil {
		return undone, w.tx.execAll("ROLLBACK TO step", "RELEASE step")
	}
	return nil, w.tx.execAll("RELEASE step")
}
