package projections

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/eventstore"
)

// usualText is how many bytes space is made for at first in what becomes a text.
const usualText = 512

// timeLayout sorts as text as the times do.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// row is one line of a table: fields points at its members in the order of the
// table's columns, the key first.
type row[R any] interface {
	*R
	fields() []any
}

// replace makes the rows of a record, which are before, what they are after. Both
// come from the same pure function, so that rows always are what a fold of the
// whole record says.
func replace[R any, P row[R]](w *Writer, table string, before, after []R) error {
	t, err := w.table(table)
	if err != nil {
		return err
	}
	old := make(map[string]*R, len(before))
	for i := range before {
		old[keyText(t, P(&before[i]).fields())] = &before[i]
	}
	for i := range after {
		fields := P(&after[i]).fields()
		if len(old) > 0 {
			key := keyText(t, fields)
			was, there := old[key]
			delete(old, key)
			if there && reflect.DeepEqual(*was, after[i]) {
				continue
			}
		}
		if err := w.put(table, true, fields); err != nil {
			return err
		}
	}
	for _, gone := range old {
		if err := w.Delete(table, keyCells(t, P(gone).fields())...); err != nil {
			return err
		}
	}
	return nil
}

func keyCells(t *Table, fields []any) []Cell {
	cells := make([]Cell, len(t.Key))
	for i, column := range t.Key {
		cells[i] = Cell{column, fields[i]}
	}
	return cells
}

// keyText tells rows of one record apart. The separator occurs in no value,
// because ids are printable.
func keyText(t *Table, fields []any) string {
	var text strings.Builder
	for i := range t.Key {
		switch f := fields[i].(type) {
		case *string:
			text.WriteString(*f)
		case *domain.RecordID:
			text.WriteString(string(*f))
		case *uint64:
			fmt.Fprint(&text, *f)
		default:
			fmt.Fprint(&text, reflect.ValueOf(f).Elem())
		}
		text.WriteByte(0)
	}
	return text.String()
}

// stored returns a value as an engine is given it, but that a text may be left
// where it is pointed at: see itself.
func stored(v any) (any, error) {
	switch v := v.(type) {
	case *string:
		return textAt(v), nil
	case string:
		return textOrNull(v), nil
	case *domain.RecordID:
		return textAt((*string)(v)), nil
	case domain.RecordID:
		return textOrNull(string(v)), nil
	case *domain.Date:
		return textOrNull(v.String()), nil
	case domain.Date:
		return textOrNull(v.String()), nil
	case *time.Time:
		return textOrNull(timeText(*v)), nil
	case time.Time:
		return textOrNull(timeText(v)), nil
	case *jsontext.Value:
		return textOrNull(string(*v)), nil
	case jsontext.Value:
		return textOrNull(string(v)), nil
	case *bool:
		return *v, nil
	case *uint64:
		if v == nil {
			return nil, nil
		}
		return int64(*v), nil
	case *eventstore.Position:
		return int64(*v), nil
	case **uint64:
		return stored(*v)
	case **int:
		if *v == nil {
			return nil, nil
		}
		return int64(**v), nil
	case *[]uint64:
		return numbersText(*v), nil
	case *[]FieldChange:
		if len(*v) == 0 {
			return nil, nil
		}
		return changesText(*v)
	case nil:
		return nil, nil
	}
	return storedByKind(reflect.ValueOf(v))
}

func storedByKind(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return stored(v.Elem().Interface())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int64, reflect.Int32:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		return int64(v.Uint()), nil
	case reflect.String:
		return textOrNull(v.String()), nil
	case reflect.Slice:
		return storedList(v)
	}
	return nil, fmt.Errorf("a value of type %s has no column type", v.Type())
}

func storedList(v reflect.Value) (any, error) {
	if v.Len() == 0 {
		return nil, nil
	}
	text, err := json.Marshal(v.Interface())
	return string(text), err
}

// numbersText is the list of entries that nearly every row names.
func numbersText(numbers []uint64) any {
	if len(numbers) == 0 {
		return nil
	}
	var space [usualText]byte
	text := append(space[:0], '[')
	for _, n := range numbers {
		text = append(strconv.AppendUint(text, n, 10), ',')
	}
	text[len(text)-1] = ']'
	return string(text)
}

// textOrNull returns a text for a column. PostgreSQL has no NUL in texts, and
// what reads SQLite ends at one.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// textAt is textOrNull of a text that is not copied: most of what a rebuild
// writes is texts, and each is needed for a moment only.
func textAt(s *string) any {
	if *s == "" || strings.IndexByte(*s, 0) >= 0 {
		return textOrNull(*s)
	}
	return s
}

// itself is a stored value that is nowhere else.
func itself(v any) any {
	if s, ok := v.(*string); ok {
		return *s
	}
	return v
}

// themselves makes the values of a row such.
func themselves(row []any) []any {
	for i, v := range row {
		row[i] = itself(v)
	}
	return row
}

// timeText is the time in timeLayout, put together from what package time is
// quick with.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	text := t.UTC().AppendFormat(make([]byte, 0, len(time.RFC3339Nano)), time.RFC3339)
	second := len(text) - len("Z")
	text = strconv.AppendInt(text[:second], int64(1_000_000+t.Nanosecond()/1000), 10)
	text[second] = '.'
	return string(append(text, 'Z'))
}

// cell reads a column into what a row's field points at.
type cell struct{ to any }

// Scan implements sql.Scanner: the inverse of stored.
func (c cell) Scan(from any) error {
	switch from := from.(type) {
	case nil:
		reflect.ValueOf(c.to).Elem().SetZero()
		return nil
	case int64:
		return c.scanNumber(from)
	case bool:
		return c.scanNumber(number(from))
	case string:
		return c.scanText(from)
	case []byte:
		return c.scanText(string(from))
	case time.Time:
		return c.scanTime(from)
	}
	return fmt.Errorf("a column holds %T", from)
}

func (c cell) scanTime(t time.Time) error {
	switch to := c.to.(type) {
	case *domain.Date:
		*to = domain.DateOf(t)
	case *time.Time:
		*to = t.UTC()
	default:
		return fmt.Errorf("a time in a field of type %T", c.to)
	}
	return nil
}

// number is what SQLite keeps of a boolean.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (c cell) scanNumber(n int64) error {
	v := reflect.ValueOf(c.to).Elem()
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(n != 0)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(n)
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		v.SetUint(uint64(n))
	default:
		return fmt.Errorf("a number in a field of type %s", v.Type())
	}
	return nil
}

func (c cell) scanText(s string) error {
	switch to := c.to.(type) {
	case *string:
		*to = s
		return nil
	case *domain.Date:
		return to.UnmarshalText([]byte(s))
	case *time.Time:
		t, err := time.Parse(timeLayout, s)
		*to = t
		return err
	case *jsontext.Value:
		*to = jsontext.Value(s)
		return nil
	case *[]uint64:
		return scanNumbers(s, to)
	}
	v := reflect.ValueOf(c.to).Elem()
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
		return nil
	case reflect.Slice:
		return json.Unmarshal([]byte(s), c.to)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return fmt.Errorf("text in a field of type %s", v.Type()) // which the error would repeat
	}
	return c.scanNumber(n)
}

// scanNumbers reads the list of entries that nearly every row names.
func scanNumbers(s string, to *[]uint64) error {
	list := strings.Trim(s, "[]")
	*to = make([]uint64, 0, 1+strings.Count(list, ","))
	for number := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return errors.New("a list of entries is not one of numbers")
		}
		*to = append(*to, n)
	}
	return nil
}

// entries lists the entries that a row comes from: ascending, each once.
func entries(all ...uint64) []uint64 {
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > 0 && all[0] == 0 { // a fact of which nothing is recorded
		all = all[1:]
	}
	return all
}
