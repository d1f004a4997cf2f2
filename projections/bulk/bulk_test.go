package bulk

import (
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

// made makes a file with one table, and returns the root pages of the table,
// its key and its index.
func made(t *testing.T, path string) (roots [3]uint32) {
	t.Helper()
	db := opened(t, path)
	for _, text := range []string{
		"CREATE TABLE t (a TEXT, b INTEGER, c TEXT, d INTEGER, PRIMARY KEY (a, b)) STRICT",
		"CREATE INDEX i ON t (d, c)",
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"t", "sqlite_autoindex_t_1", "i"} {
		if err := db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = ?", name).Scan(&roots[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return roots
}

func opened(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(OFF)&_pragma=journal_mode(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// begun opens the file of made for filling.
func begun(t *testing.T, dir string, budget int) (*File, *Table) {
	t.Helper()
	path := filepath.Join(dir, "t.db")
	roots := made(t, path)
	f, err := Open(path, filepath.Join(dir, "scratch"), budget)
	if err != nil {
		t.Fatal(err)
	}
	return f, f.Table(roots[0], []Index{{roots[1], []int{0, 1}}, {roots[2], []int{3, 2}}})
}

// same makes sure that SQLite finds the file in order, and in it the rows.
func same(t *testing.T, path string, rows [][]any) {
	t.Helper()
	db := opened(t, path)
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatal(verdict, err)
	}
	if got := all(t, db, "SELECT * FROM t NOT INDEXED ORDER BY rowid"); !reflect.DeepEqual(got, rows) {
		t.Fatalf("%d rows %.300v, want %d %.300v", len(got), got, len(rows), rows)
	}
	// What an index alone answers is what a sort without it does.
	for _, by := range []string{"a, b", "d, c"} {
		indexed := all(t, db, "SELECT "+by+" FROM t ORDER BY "+by)
		if sorted := all(t, db, "SELECT "+by+" FROM t NOT INDEXED ORDER BY "+by); !reflect.DeepEqual(indexed, sorted) {
			t.Fatalf("by %s\n%.300v, want\n%.300v", by, indexed, sorted)
		}
	}
}

func all(t *testing.T, db *sql.DB, query string) [][]any {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list [][]any
	for rows.Next() {
		row, to := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		list = append(list, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func add(t *testing.T, table *Table, rows [][]any) {
	t.Helper()
	var encoded Rows
	if err := table.Encode(&encoded, rows); err != nil {
		t.Fatal(err)
	}
	if err := table.Append(&encoded); err != nil {
		t.Fatal(err)
	}
}

// values of all lengths: what stays in a page, what goes to others, and what
// is one byte beyond.
func someText() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Just(any(nil)),
		rapid.Map(rapid.StringN(1, 12, -1), func(s string) any { return strings.ReplaceAll(s, "\x00", "") }),
		rapid.Map(rapid.SampledFrom([]int{100, 480, 489, 490, 900, 1000, 1002, 1003, 4000, 4050, 4061, 4062, 4092, 4093, 9000, 40_000}), func(n int) any { return strings.Repeat("x", n) }),
		rapid.Map(rapid.IntRange(900, 4200), func(n int) any { return strings.Repeat("y", n) }))
}

func someInteger() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Just(any(nil)),
		rapid.Map(rapid.Int64Range(-3, 300), func(n int64) any { return n }),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.IntRange(0, 63), func(n int) any { return int64(math.MinInt64) >> n }),
		rapid.Map(rapid.IntRange(0, 63), func(n int) any { return int64(math.MaxInt64) >> n }))
}

func TestSQLiteFindsWhatWasWrittenAndFindsItInOrder(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		here := filepath.Join(dir, fmt.Sprint(n))
		if err := os.Mkdir(here, 0o700); err != nil {
			t.Fatal(err)
		}
		f, table := begun(t, here, rapid.SampledFrom([]int{1, 10_000, 1 << 20}).Draw(r, "budget"))
		var rows [][]any
		for range rapid.IntRange(0, 6).Draw(r, "appends") {
			var some [][]any
			for range rapid.IntRange(0, 40).Draw(r, "rows") {
				key := fmt.Sprint(rapid.IntRange(0, 9).Draw(r, "a"), strings.Repeat("k", rapid.SampledFrom([]int{0, 40, 700, 1100, 5000}).Draw(r, "length")))
				some = append(some, []any{key, int64(len(rows) + len(some)), someText().Draw(r, "c"), someInteger().Draw(r, "d")})
			}
			add(t, table, some)
			rows = append(rows, some...)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		same(t, filepath.Join(here, "t.db"), rows)
		if _, err := os.Stat(filepath.Join(here, "scratch")); !os.IsNotExist(err) {
			t.Error("the scratch file is left:", err)
		}
		if err := os.RemoveAll(here); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTreesOfSeveralLevelsAreInOrder(t *testing.T) {
	dir := t.TempDir()
	f, table := begun(t, dir, 200_000)
	var rows [][]any
	for n := range 30_000 {
		rows = append(rows, []any{fmt.Sprintf("%032d", n*7919%30_000), int64(n), strings.Repeat("z", n%300), int64(n % 17)})
		if rows[n][2] == "" {
			rows[n][2] = nil
		}
	}
	add(t, table, rows[:20_000])
	add(t, table, rows[20_000:])
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	same(t, filepath.Join(dir, "t.db"), rows)
}

// SQLite never uses the page at 1 GiB, and takes a file in which one is for
// damaged. The file here has a hole, so that it takes no space.
func TestThePageAtOneGiBIsLeftOut(t *testing.T) {
	dir := t.TempDir()
	f, table := begun(t, dir, 1<<20)
	lock := f.lockPage()
	if lock != 262_145 {
		t.Fatal("the page is", lock)
	}
	made := f.pages
	f.pages = lock - 3
	if _, err := f.file.Seek(int64(f.pages)*int64(f.size), 0); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for n := range 1000 {
		rows = append(rows, []any{fmt.Sprintf("%032d", n), int64(n), "text", int64(n)})
	}
	add(t, table, rows)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db := opened(t, filepath.Join(dir, "t.db"))
	defer db.Close()
	problems := all(t, db, "PRAGMA integrity_check(1000000)")
	for _, problem := range strings.Split(problems[0][0].(string), "\n")[1:] {
		// The hole is the only thing that SQLite finds.
		var page uint32
		if _, err := fmt.Sscanf(problem, "Page %d: never used", &page); err != nil || page <= made || page > lock-3 {
			t.Fatal(problem, err)
		}
	}
	if got := all(t, db, "SELECT * FROM t"); !reflect.DeepEqual(got, rows) {
		t.Errorf("%d rows, want %d", len(got), len(rows))
	}
}

func TestAKeyWithAZeroByteIsRefused(t *testing.T) {
	f, table := begun(t, t.TempDir(), 1<<20)
	defer f.Abandon()
	if err := table.Encode(new(Rows), [][]any{{"a\x00b", int64(1), nil, nil}}); err == nil || err.Error() != "column 1 of the table: a zero byte in a key" {
		t.Error(err)
	}
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t.db")
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, filepath.Join(dir, "scratch"), 1); err == nil {
		t.Error("a file of zeros is taken for a database")
	}
}
