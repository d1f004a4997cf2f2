package projections

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Writer writes the rows of one projection. It may change and remove those
// only that come from the change's own stream.
type Writer struct {
	projection *Projection
	to         sink
}

// sink takes the rows of a projection, values as they are stored: a transaction
// that also moves the position, or a rebuild.
type sink interface {
	// put adds a row, in place of one with the same key if that is allowed. It
	// may keep the row, and texts may be pointed at.
	put(t *Table, instead bool, row []any) error
	// change sets cells, or removes rows when set is nil, where all cells are
	// as given, and returns the number of rows.
	change(t *Table, set, where []Cell) (int, error)
}

// Cell is a column with a value: see Writer.Insert for the types.
type Cell struct {
	Column string
	Value  any
}

// Insert adds a row. Values are given in the order of the table's columns, as
// strings, numbers, bools, dates, times, lists (JSON), or pointers to them;
// what is empty becomes NULL, except numbers and bools. A slice that is given
// is the writer's from then on, and so is what its values point at.
func (w *Writer) Insert(table string, values ...any) error { return w.put(table, false, values) }

// put makes the values a row, in their own place, as most that a rebuild does
// is to make rows.
func (w *Writer) put(table string, instead bool, values []any) error {
	t, err := w.table(table)
	if err != nil {
		return err
	}
	if len(values) != len(t.Columns) {
		return fmt.Errorf("table %s: %d values for %d columns", table, len(values), len(t.Columns))
	}
	for i, v := range values {
		if values[i], err = t.stored(i, v); err != nil {
			return err
		}
	}
	return w.to.put(t, instead, values)
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
	if set, err = t.storedCells(set); err != nil {
		return 0, err
	}
	if where, err = t.storedCells(where); err != nil {
		return 0, err
	}
	return w.to.change(t, set, where)
}

func (w *Writer) table(name string) (*Table, error) {
	for i := range w.projection.Tables {
		if t := &w.projection.Tables[i]; t.Name == name {
			return t, nil
		}
	}
	return nil, fmt.Errorf("table %s is not the projection's", name)
}

// stored returns a value as the column has it. In a key, where NULL would equal
// nothing, what is empty stays empty text.
func (t *Table) stored(column int, v any) (any, error) {
	to, err := stored(v)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.Name, err)
	}
	if to == nil && column < len(t.Key) {
		return "", nil
	}
	return to, nil
}

func (t *Table) storedCells(all []Cell) ([]Cell, error) {
	var out []Cell
	for _, c := range all {
		v, err := t.stored(t.place(c.Column), c.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, Cell{c.Column, itself(v)})
	}
	return out, nil
}

// rowByRow is the sink of a transaction. The transaction ends with the runner's
// context; single statements do not watch it, because that would cost a
// goroutine for each.
type rowByRow struct {
	tx       tx
	version  int
	prepared map[string]*sql.Stmt
}

func (w *rowByRow) put(t *Table, instead bool, row []any) error {
	statement, err := w.prepare(fmt.Sprint("put ", t.Name, instead), func() string {
		text := fmt.Sprintf("INSERT INTO %s VALUES (%s)", physical(t.Name, w.version), marks(len(t.Columns)))
		if instead {
			text += t.onConflict()
		}
		return text
	})
	if err != nil {
		return err
	}
	if _, err := statement.Exec(themselves(row)...); err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	return nil
}

func (w *rowByRow) change(t *Table, set, where []Cell) (int, error) {
	statement, err := w.prepare("change "+t.Name+cells(set, "", ",")+" where "+cells(where, "", ","), func() string {
		verb := "DELETE FROM " + physical(t.Name, w.version)
		if set != nil {
			verb = "UPDATE " + physical(t.Name, w.version) + " SET " + cells(set, " = ?", ", ")
		}
		return verb + " WHERE " + t.equal(where)
	})
	if err != nil {
		return 0, err
	}
	var values []any
	for _, c := range append(slices.Clip(set), where...) {
		values = append(values, c.Value)
	}
	result, err := statement.Exec(values...)
	if err != nil {
		return 0, fmt.Errorf("table %s: %w", t.Name, err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

func (w *rowByRow) prepare(key string, text func() string) (*sql.Stmt, error) {
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

// savepoint runs do so that its writes can be taken back alone.
func (w *rowByRow) savepoint(do func() error) (undone, err error) {
	if err := w.tx.execAll("SAVEPOINT step"); err != nil {
		return nil, err
	}
	if undone = do(); undone != nil {
		return undone, w.tx.execAll("ROLLBACK TO step", "RELEASE step")
	}
	return nil, w.tx.execAll("RELEASE step")
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
