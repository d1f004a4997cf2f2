package ssda903

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// row is one line of a table.
type row struct {
	table string // "" of a file that is none of the return's
	file  *source
	line  int
	cells map[string]string // by column; empty cells are left out
	flags []string          // rules that the row breaks as a whole
	// beyond are the cells that no column of the return names.
	beyond []beyond
}

// source is the file of a row.
type source struct {
	name string
	sum  string // SHA-256, hexadecimal
}

// beyond is a cell in a column that the return does not have.
type beyond struct{ column, text string }

// contents is all that a folder holds.
type contents struct {
	sum      string // of the whole folder
	tables   []Table
	rows     int
	children []child
	flaws    flaws
}

// child is all rows of one child, in the order of the tables and files.
type child struct {
	number string // the authority's; "" where a row has none
	rows   []row
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// readFolder reads the tables of a folder.
func readFolder(dir string) (*contents, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.[cC][sS][vV]"))
	if err != nil {
		return nil, fmt.Errorf("ssda903: %w", err)
	}
	if len(names) > MaxFiles {
		return nil, overLimit(filepath.Base(dir), "files", MaxFiles)
	}
	if len(names) == 0 {
		return nil, &Fault{File: filepath.Base(dir), Rule: "no-tables", Reason: "the folder holds no file of comma-separated values"}
	}
	slices.Sort(names)
	c := &contents{}
	g := gathering{contents: c, places: make(map[string]int)}
	sum := sha256.New()
	for _, name := range names {
		one, err := g.file(name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %s\n", one.name, one.sum)
	}
	c.sum = hex.EncodeToString(sum.Sum(nil))
	return c, g.check()
}

// gathering brings the rows of each child together.
type gathering struct {
	*contents
	places map[string]int // of a child among the children, by number
}

func (g *gathering) file(path string) (*source, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("ssda903: %w", err)
	}
	if info.Size() > MaxFileBytes {
		return nil, overLimit(name, "file-bytes", MaxFileBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ssda903: %w", err)
	}
	digest := sha256.Sum256(text)
	from := &source{name: name, sum: hex.EncodeToString(digest[:])}
	return from, g.read(from, text)
}

func (g *gathering) read(from *source, text []byte) error {
	text = bytes.TrimPrefix(text, byteOrderMark)
	if !utf8.Valid(text) {
		g.flaws.add(Flaw{File: from.name, Line: 1, Rule: "encoding", Reason: reasonOf("encoding")})
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
		if err != nil {
			return &Fault{File: from.name, Rule: "encoding", Reason: "the file must be UTF-8 or windows-1252"}
		}
		text = decoded
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		g.flaws.add(Flaw{File: from.name, Line: 1, Rule: "empty-file", Reason: reasonOf("empty-file")})
		g.tables = append(g.tables, Table{File: from.name})
		return nil
	}
	if err != nil {
		return notCSV(from.name, err)
	}
	if len(head) > MaxColumns {
		return overLimit(from.name, "columns", MaxColumns)
	}
	for i := range head {
		head[i] = strings.ToUpper(strings.TrimSpace(head[i]))
	}
	if slices.Equal(head, split(strings.ToUpper(strings.Join(traceColumns(), " ")))) {
		return nil // this program's own, beside a return that it wrote
	}
	if !slices.Contains(head, "CHILD") {
		g.flaws.add(Flaw{File: from.name, Line: 1, Rule: "no-children", Reason: reasonOf("no-children")})
		g.tables = append(g.tables, Table{File: from.name})
		return nil
	}
	t, known := recognise(from.name, head)
	g.describe(from, t, known, head)
	n, err := g.body(r, from, t, head)
	g.tables = append(g.tables, Table{File: from.name, Name: t.name, Rows: n})
	return err
}

// describe notes what is wrong with a table as a whole.
func (g *gathering) describe(from *source, t table, known bool, head []string) {
	note := func(column, rule string) {
		g.flaws.add(Flaw{File: from.name, Line: 1, Column: column, Rule: rule, Reason: reasonOf(rule)})
	}
	if !known {
		note("", "unknown-table")
		return
	}
	for i, c := range head {
		if !slices.Contains(t.columns, c) || slices.Contains(head[:i], c) {
			note(t.name+"/"+c, "unknown-column")
		}
	}
	for _, c := range t.columns {
		if !slices.Contains(head, c) {
			note(t.name+"/"+c, "missing-column")
		}
	}
}

func (g *gathering) body(r *csv.Reader, from *source, t table, head []string) (int, error) {
	for n := 0; ; n++ {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, notCSV(from.name, err)
		}
		if g.rows++; g.rows > MaxRows {
			return n, overLimit(from.name, "rows", MaxRows)
		}
		line, _ := r.FieldPos(0)
		one, err := makeRow(from, t, head, fields, line)
		if err != nil {
			return n, err
		}
		g.add(one)
	}
}

func makeRow(from *source, t table, head, fields []string, line int) (row, error) {
	one := row{table: t.name, file: from, line: line, cells: make(map[string]string, len(fields))}
	if len(fields) < len(head) {
		one.flags = append(one.flags, "too-few-cells")
	}
	for i, text := range fields {
		if text = strings.TrimSpace(text); len(text) > MaxCellBytes {
			return one, overLimit(from.name, "cell-bytes", MaxCellBytes)
		}
		if text == "" {
			continue
		}
		column := "beyond the last column"
		if i < len(head) {
			column = head[i]
		}
		if _, twice := one.cells[column]; twice || !slices.Contains(t.columns, column) && column != "CHILD" {
			one.beyond = append(one.beyond, beyond{column, text})
			continue
		}
		one.cells[column] = text
	}
	return one, nil
}

// add gives a row to its child. Rows without a number are children of their
// own, because nothing says whose they are.
func (g *gathering) add(one row) {
	number := one.cells["CHILD"]
	i, known := g.places[number]
	if !known || number == "" {
		i = len(g.children)
		g.places[number] = i
		g.children = append(g.children, child{number: number})
	}
	g.children[i].rows = append(g.children[i].rows, one)
}

// check refuses a child with too many rows, and brings the rows of each into
// the order of the tables.
func (g *gathering) check() error {
	order := make(map[string]int)
	for i, t := range tables() {
		order[t.name] = i
	}
	order[""] = len(order)
	for _, c := range g.children {
		if len(c.rows) > MaxChildRows {
			return overLimit(c.rows[0].file.name, "child-rows", MaxChildRows)
		}
		slices.SortStableFunc(c.rows, func(a, b row) int { return order[a.table] - order[b.table] })
	}
	return nil
}

func notCSV(file string, err error) error {
	f := &Fault{File: file, Rule: "not-comma-separated", Reason: "a quotation mark is not closed, or stands where none may"}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		f.Line = parse.Line
	}
	return f
}

// text is the row word for word, the same for the same row of any file.
func (r row) text() string {
	var out strings.Builder
	columns := make([]string, 0, len(r.cells))
	for c := range r.cells {
		columns = append(columns, c)
	}
	slices.Sort(columns)
	for _, c := range columns {
		fmt.Fprintf(&out, "%s=%q ", c, r.cells[c])
	}
	for _, b := range r.beyond {
		fmt.Fprintf(&out, "%s=%q ", b.column, b.text)
	}
	return strings.TrimSpace(out.String())
}

// canonical is the SHA-256 of all that the tables say of a child.
func (c child) canonical() string {
	sum := sha256.New()
	for _, r := range c.rows {
		fmt.Fprintf(sum, "%s|%s\n", r.table, r.text())
	}
	return hex.EncodeToString(sum.Sum(nil))
}
