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

// readFolder reads the tables of a folder.
func readFolder(dir string) (*contents, error) {
	c := &contents{}
	names, err := c.files(dir)
	if err != nil {
		return nil, err
	}
	g := gathering{contents: c, places: make(map[string]int)}
	sum := sha256.New()
	for _, name := range names {
		one, err := g.file(filepath.Join(dir, name))
		if err != nil {
			return c, err
		}
		fmt.Fprintf(sum, "%s %s\n", one.name, one.sum)
	}
	c.sum = hex.EncodeToString(sum.Sum(nil))
	return c, g.check()
}

// files returns the names of the tables in a folder, in their order. What else
// stands there is noted, so that nobody takes it for read.
func (c *contents) files(dir string) ([]string, error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("ssda903: %w", err)
	}
	var names []string
	for _, f := range all {
		switch name := f.Name(); {
		case strings.EqualFold(filepath.Ext(name), ".csv") && !f.IsDir():
			names = append(names, name)
		case !strings.HasPrefix(name, "."):
			c.flaws.add(Flaw{File: name, Rule: "not-read", Reason: reasonOf("not-read")})
		}
	}
	switch {
	case len(names) > MaxFiles:
		return nil, overLimit(filepath.Base(dir), 0, "files", MaxFiles)
	case len(names) == 0:
		return nil, &Fault{File: filepath.Base(dir), Rule: "no-tables", Reason: "the folder holds no file whose name ends in .csv"}
	}
	return names, nil
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
		return nil, overLimit(name, 0, "file-bytes", MaxFileBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ssda903: %w", err)
	}
	digest := sha256.Sum256(text)
	from := &source{name: name, sum: hex.EncodeToString(digest[:])}
	return from, g.read(from, text)
}

func (g *gathering) read(from *source, raw []byte) error {
	text, err := g.decode(from, raw)
	if err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	if r.Comma = separator(text); r.Comma != ',' {
		g.note(from, 1, "", "separator")
	}
	r.TrimLeadingSpace = r.Comma != '\t' // a tab is a space too
	head, err := g.head(r, from)
	if err != nil || head == nil {
		return err
	}
	t, known := recognise(from.name, head)
	g.describe(from, t, known, head)
	n, err := g.body(r, from, t, head)
	g.tables = append(g.tables, Table{File: from.name, Name: t.name, Rows: n})
	return err
}

// note notes what is wrong with a file.
func (g *gathering) note(from *source, line int, column, rule string) {
	g.flaws.add(Flaw{File: from.name, Line: line, Column: column, Rule: rule, Reason: reasonOf(rule)})
}

// maxLinesBefore is how many lines may stand above the names of the columns,
// such as a title.
const maxLinesBefore = 10

// head reads up to the names of the columns, in capitals; nil where the file
// has none that says whose a row is.
func (g *gathering) head(r *csv.Reader, from *source) ([]string, error) {
	for n := 0; n <= maxLinesBefore; n++ {
		head, err := r.Read()
		if errors.Is(err, io.EOF) && n == 0 {
			return nil, g.skip(from, "empty-file")
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, notCSV(from.name, err)
		}
		if len(head) > MaxColumns {
			return nil, overLimit(from.name, 1, "columns", MaxColumns)
		}
		for i := range head {
			head[i] = strings.ToUpper(strings.TrimSpace(head[i]))
		}
		if slices.Equal(head, split(strings.ToUpper(strings.Join(traceColumns(), " ")))) {
			return nil, nil // this program's own, beside a return that it wrote
		}
		if slices.Contains(head, "CHILD") {
			if n > 0 {
				g.note(from, 1, "", "lines-before")
			}
			return head, nil
		}
	}
	if named(from.name) {
		return nil, &Fault{File: from.name, Line: 1, Rule: "no-children",
			Reason: "the table has no column CHILD, so nothing says whose its rows are; are its first line the names of the columns?"}
	}
	return nil, g.skip(from, "no-children")
}

// skip passes over a file of which nothing can be recorded.
func (g *gathering) skip(from *source, rule string) error {
	g.note(from, 1, "", rule)
	g.tables = append(g.tables, Table{File: from.name})
	return nil
}

// describe notes what is wrong with a table as a whole.
func (g *gathering) describe(from *source, t table, known bool, head []string) {
	if !known {
		g.note(from, 1, "", "unknown-table")
		return
	}
	for i, c := range head {
		if !slices.Contains(t.columns, c) || slices.Contains(head[:i], c) {
			g.note(from, 1, t.name+"/"+c, "unknown-column")
		}
	}
	for _, c := range t.columns {
		if !slices.Contains(head, c) {
			g.note(from, 1, t.name+"/"+c, "missing-column")
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
		line, _ := r.FieldPos(0)
		if g.rows++; g.rows > MaxRows {
			return n, overLimit(from.name, line, "rows", MaxRows)
		}
		if saysNothing(fields) {
			g.note(from, line, "", "empty-row")
			continue
		}
		one, err := makeRow(from, t, head, fields, line)
		if err != nil {
			return n, err
		}
		g.add(one)
	}
}

// saysNothing reports whether all cells of a row are empty.
func saysNothing(fields []string) bool {
	return !slices.ContainsFunc(fields, func(text string) bool { return strings.TrimSpace(text) != "" })
}

func makeRow(from *source, t table, head, fields []string, line int) (row, error) {
	one := row{table: t.name, file: from, line: line, cells: make(map[string]string, len(fields))}
	if len(fields) < len(head) {
		one.flags = append(one.flags, "too-few-cells")
	}
	for i, text := range fields {
		if text = strings.TrimSpace(text); len(text) > MaxCellBytes {
			return one, overLimit(from.name, line, "cell-bytes", MaxCellBytes)
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
// own, because nothing says whose they are; the same such row twice is one.
func (g *gathering) add(one row) {
	number := one.cells["CHILD"]
	place := "numbered|" + number
	if number == "" {
		place = one.table + "|" + one.text()
	}
	i, known := g.places[place]
	if !known {
		i = len(g.children)
		g.places[place] = i
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
			return overLimit(c.rows[0].file.name, c.rows[0].line, "child-rows", MaxChildRows)
		}
		slices.SortStableFunc(c.rows, func(a, b row) int { return order[a.table] - order[b.table] })
	}
	return nil
}

func notCSV(file string, err error) error {
	f := &Fault{File: file, Rule: "not-comma-separated", Reason: "a quotation mark is not closed, or stands where none may"}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		f.Line = parse.StartLine // an open quotation mark is found lines later
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
