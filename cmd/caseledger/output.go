package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"caseledger/domain"
)

// format is how rows are printed: text, json or csv.
type format string

// addFormat adds --output to a command that prints rows.
func addFormat(cmd *cobra.Command) *format {
	f := format("text")
	cmd.Flags().Var(&f, "output", "how to print rows: text, json or csv")
	return &f
}

// String implements pflag.Value.
func (f *format) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *format) Type() string { return "format" }

// Set implements pflag.Value.
func (f *format) Set(s string) error {
	switch s {
	case "text", "json", "csv":
		*f = format(s)
		return nil
	}
	return fmt.Errorf("the formats are text, json and csv")
}

// print writes a slice of structs. Columns are named by their json tags.
func (f format) print(w io.Writer, rows any) error {
	switch f {
	case "json":
		return writeJSON(w, rows)
	case "csv":
		out := csv.NewWriter(w)
		if err := out.WriteAll(table(rows)); err != nil {
			return err
		}
		return out.Error()
	}
	return writeText(w, table(rows))
}

// widest is the number of characters up to which a column is aligned: a longer
// cell pushes the rest of its line aside, instead of every line.
const widest = 40

// writeText aligns columns, and leaves out those that are empty in every row, and
// the head of an empty table.
func writeText(w io.Writer, lines [][]string) error {
	width := make([]int, len(lines[0]))
	for _, cells := range lines[1:] {
		for j, c := range cells {
			width[j] = max(width[j], min(utf8.RuneCountInString(c), widest))
		}
	}
	if len(lines) == 1 {
		return nil // no rows, and nothing to head
	}
	var out strings.Builder
	for i, cells := range lines {
		var line strings.Builder
		for j, c := range cells {
			if width[j] == 0 {
				continue
			}
			if i == 0 {
				c = strings.ToUpper(c)
			}
			fmt.Fprintf(&line, "%-*s  ", max(width[j], len(lines[0][j])), c)
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func writeJSON(w io.Writer, v any) error {
	if err := json.MarshalWrite(w, v, jsontext.WithIndent("  "), json.Deterministic(true), json.FormatNilSliceAsNull(false)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// table returns the rows as text, with the names of the columns first.
func table(rows any) [][]string {
	v := reflect.ValueOf(rows)
	t := v.Type().Elem()
	var header []string
	var fields [][]int
	for _, f := range reflect.VisibleFields(t) { // those of embedded structs too
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			header, fields = append(header, name), append(fields, f.Index)
		}
	}
	out := [][]string{header}
	for i := range v.Len() {
		cells := make([]string, len(fields))
		for j, field := range fields {
			cells[j] = cell(v.Index(i).FieldByIndex(field))
		}
		out = append(out, cells)
	}
	return out
}

func cell(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.UTC().Format(time.RFC3339Nano)
	case domain.Date:
		return x.String()
	case fmt.Stringer:
		return x.String()
	case bool:
		if x {
			return "yes"
		}
		return ""
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return fmt.Sprint(v.Interface())
	}
	text, err := json.Marshal(v.Interface(), json.Deterministic(true))
	if err != nil || string(text) == "null" {
		return ""
	}
	return string(text)
}
