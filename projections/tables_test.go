package projections_test

import (
	"reflect"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/projections"
	"caseledger/schema"
)

func TestEveryRowTypeHasAFieldForEachColumn(t *testing.T) {
	fields := projections.RowFields()
	for _, p := range projections.All() {
		for _, table := range p.Tables {
			of := fields[table.Name]
			if len(of) != len(table.Columns) {
				t.Errorf("table %s: %d fields for %d columns", table.Name, len(of), len(table.Columns))
				continue
			}
			for i, c := range table.Columns {
				if got := columnType(of[i]); got != c.Type {
					t.Errorf("table %s: column %s is %s, its field %T", table.Name, c.Name, c.Type, of[i])
				}
				if c.Comment == "" {
					t.Errorf("table %s: column %s has no comment", table.Name, c.Name)
				}
			}
			for i, key := range table.Key {
				if table.Columns[i].Name != key {
					t.Errorf("table %s: the key does not come first", table.Name)
				}
			}
			delete(fields, table.Name)
		}
	}
	for table := range fields {
		t.Errorf("a row type is left over: %s", table)
	}
}

// columnType returns the type of a column that the field belongs in.
func columnType(field any) projections.Type {
	switch field.(type) {
	case *domain.Date:
		return projections.Date
	case *time.Time:
		return projections.Time
	}
	kind := reflect.TypeOf(field).Elem()
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch kind.Kind() {
	case reflect.Bool:
		return projections.Boolean
	case reflect.Slice:
		return projections.JSON
	case reflect.String:
		return projections.Text
	}
	return projections.Integer
}

func TestEveryEventHasASentence(t *testing.T) {
	for _, e := range schema.Events() {
		if projections.Sentence(reflect.Zero(e.Go).Interface().(domain.Event)) == "" {
			t.Errorf("%s has no sentence", e.Name)
		}
	}
}

func TestTablesThatCannotBeMadeAreRefused(t *testing.T) {
	apply := func(*projections.Writer, projections.Change) error { return nil }
	good := projections.Table{Name: "t", Columns: []projections.Column{{Name: "n", Type: projections.Text}}, Key: []string{"n"}}
	change := func(f func(*projections.Table)) projections.Table { c := good; f(&c); return c }
	for what, all := range map[string][]projections.Projection{
		"no version":       {{Name: "p", Apply: apply}},
		"no Apply":         {{Name: "p", Version: 1}},
		"a name with SQL":  {{Name: "p; DROP", Version: 1, Apply: apply}},
		"the same name":    {{Name: "p", Version: 1, Apply: apply}, {Name: "p", Version: 1, Apply: apply}},
		"the same table":   {{Name: "p", Version: 1, Apply: apply, Tables: []projections.Table{good}}, {Name: "q", Version: 1, Apply: apply, Tables: []projections.Table{good}}},
		"no columns":       {{Name: "p", Version: 1, Apply: apply, Tables: []projections.Table{change(func(t *projections.Table) { t.Columns = nil })}}},
		"no such key":      {{Name: "p", Version: 1, Apply: apply, Tables: []projections.Table{change(func(t *projections.Table) { t.Key = []string{"m"} })}}},
		"no such type":     {{Name: "p", Version: 1, Apply: apply, Tables: []projections.Table{change(func(t *projections.Table) { t.Columns = []projections.Column{{Name: "n", Type: "BLOB"}} })}}},
		"a number as key":  {{Name: "p", Version: 1, Apply: apply, Tables: []projections.Table{change(func(t *projections.Table) { t.Columns = []projections.Column{{Name: "n", Type: projections.Integer}} })}}},
		"no index columns": {{Name: "p", Version: 1, Apply: apply, Tables: []projections.Table{change(func(t *projections.Table) { t.Indexes = [][]string{{"m"}} })}}},
	} {
		if _, err := projections.NewRunner(open(t), newStore(), codec, all); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
