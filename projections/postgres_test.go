package projections_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/projections"
)

// onPostgres says that these tests make their read models in PostgreSQL, and
// not in files.
var onPostgres = os.Getenv("CASELEDGER_PROJECTIONS_ON") == "postgres"

// server returns the connection string of the PostgreSQL for tests.
func server(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("CASELEDGER_POSTGRES")
	if dsn == "" {
		t.Skip("CASELEDGER_POSTGRES holds no connection string")
	}
	return dsn
}

// dsnOf returns the connection string of the schema that stands for a path. It
// goes with the test.
func dsnOf(t testing.TB, path string) string {
	t.Helper()
	u, err := url.Parse(server(t))
	if err != nil {
		t.Fatal("CASELEDGER_POSTGRES is no URL")
	}
	sum := sha256.Sum256([]byte(path))
	schema := "t_" + hex.EncodeToString(sum[:10])
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	if _, known := schemas.LoadOrStore(schema, true); !known {
		t.Cleanup(func() { removeSchema(t, u.String(), schema) })
	}
	return u.String()
}

var (
	schemas sync.Map // those that a test removes at its end
	readers sync.Map // of *sql.DB by connection string, as each holds connections
)

func removeSchema(t testing.TB, dsn, schema string) {
	if err := projections.RemovePostgres(ctx, dsn); err != nil {
		t.Error(err)
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DROP ROLE IF EXISTS " + schema + "_reader"); err != nil {
		t.Error(err)
	}
}

func TestEverythingHoldsOnPostgreSQLToo(t *testing.T) {
	if onPostgres {
		return // this is the second run
	}
	server(t)
	short := "-test.short=" + map[bool]string{true: "true", false: "false"}[testing.Short()]
	again := exec.Command(os.Args[0], short, "-test.timeout=20m", "-rapid.checks=5")
	again.Env = append(os.Environ(), "CASELEDGER_PROJECTIONS_ON=postgres")
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheSameLedgerGivesTheSameRowsOnBothEngines(t *testing.T) {
	l := annsStory(t)
	path := filepath.Join(t.TempDir(), "r.db")
	db, err := projections.OpenPostgres(ctx, dsnOf(t, path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	file := openFile(t, path)
	for _, one := range []*projections.DB{db, file} {
		if err := runner(t, one, l.store, projections.All()...).CatchUp(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := digests(t, db), digests(t, file); got != want {
		t.Errorf("PostgreSQL\n%s\nSQLite\n%s", got, want)
	}
}

// openSchema opens read models in PostgreSQL, whatever the tests run on.
func openSchema(t testing.TB, dsn string) *projections.DB {
	t.Helper()
	db, err := projections.OpenPostgres(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// rawSchema returns connections of the test's own to a schema.
func rawSchema(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	if db, open := readers.Load(dsn); open {
		return db.(*sql.DB)
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	readers.Store(dsn, db)
	t.Cleanup(func() { readers.Delete(dsn); db.Close() })
	return db
}

func TestAnalystsReadTheTablesAndNothingElse(t *testing.T) {
	dsn := dsnOf(t, t.TempDir())
	db := openSchema(t, dsn)
	if err := runner(t, db, annsStory(t).store, projections.All()...).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	one, err := rawSchema(t, dsn).Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if _, err := one.ExecContext(ctx, "SELECT set_config('role', current_schema() || '_reader', false)"); err != nil {
		t.Fatal(err)
	}
	tables := []string{"guide", "projection"}
	for _, p := range projections.All() {
		for _, table := range p.Tables {
			tables = append(tables, table.Name)
		}
	}
	for _, table := range tables {
		if _, err := one.ExecContext(ctx, "SELECT * FROM "+table); err != nil {
			t.Errorf("%s: %v", table, err)
		}
		if _, err := one.ExecContext(ctx, "DELETE FROM "+table); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: a reader deletes: %v", table, err)
		}
	}
	for _, forbidden := range []string{"SELECT * FROM audit__v2", "CREATE TABLE mine (n INTEGER)", "DROP VIEW register"} {
		if _, err := one.ExecContext(ctx, forbidden); err == nil {
			t.Errorf("a reader may %s", forbidden)
		}
	}
}

func TestEveryTableAndColumnInPostgreSQLHasItsComment(t *testing.T) {
	dsn := dsnOf(t, t.TempDir())
	runner(t, openSchema(t, dsn), newStore(), projections.All()...)
	rows, err := rawSchema(t, dsn).Query(`SELECT c.relname, coalesce(a.attname, ''), coalesce(col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class'), '')
		FROM pg_class c LEFT JOIN LATERAL (SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 UNION SELECT NULL, 0) a ON true
		WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := make(map[string]string)
	for rows.Next() {
		var table, column, comment string
		if err := rows.Scan(&table, &column, &comment); err != nil {
			t.Fatal(err)
		}
		if found[table+"."+column] = comment; comment == "" {
			t.Errorf("%s.%s has no comment", table, column)
		}
	}
	for _, p := range projections.All() {
		for _, table := range p.Tables {
			if got := found[table.Name+"."]; got != table.Comment {
				t.Errorf("%s: %s", table.Name, got)
			}
			for _, c := range table.Columns {
				if got := found[table.Name+"."+c.Name]; got != c.Comment {
					t.Errorf("%s.%s: %s", table.Name, c.Name, got)
				}
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}

func TestASchemaOfAnotherProgramIsLeftAlone(t *testing.T) {
	dsn := dsnOf(t, t.TempDir())
	other := rawSchema(t, dsn)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("search_path")
	if _, err := other.Exec("CREATE SCHEMA " + schema + "; CREATE TABLE precious (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if db, err := projections.OpenPostgres(ctx, dsn); err == nil {
		t.Error("it is taken over", db.Close())
	}
	if err := projections.RemovePostgres(ctx, dsn); err == nil {
		t.Error("it is removed")
	}
	if _, err := other.Exec("SELECT * FROM precious; DROP SCHEMA " + schema + " CASCADE"); err != nil {
		t.Error(err)
	}
}

// patient waits until a condition holds.
func patient(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited a minute: " + what)
		}
	}
}

// waits reports whether a session waits for a lease of the schema's server.
func waits(t testing.TB, db *sql.DB) bool {
	t.Helper()
	var n int
	err := db.QueryRow(`SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l USING (pid) WHERE l.locktype = 'advisory' AND NOT l.granted
		AND pg_blocking_pids(a.pid) && ARRAY(SELECT pid FROM pg_stat_activity WHERE application_name = current_setting('search_path'))`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

func TestOneProcessAtATimeAppliesAndAnotherTakesOverWhenItsConnectionEnds(t *testing.T) {
	l := newLedger(t)
	names(l)
	dsn := dsnOf(t, t.TempDir())
	// The first process holds the lease and comes to no end.
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	named := dsn + "&application_name=" + url.QueryEscape(schemaOf(t, dsn))
	first := runner(t, openSchema(t, named), l.store, journal(1, func(domain.RecordID, domain.Entry) error {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-leave
		return nil
	}))
	failed := make(chan error, 1)
	go func() { failed <- first.CatchUp(ctx, nil) }()
	<-entered

	applied := make(chan uint64, 10)
	second := runner(t, openSchema(t, dsn), l.store, journal(1, func(_ domain.RecordID, e domain.Entry) error {
		applied <- e.Seq
		return nil
	}))
	done := make(chan error, 1)
	go func() { done <- second.CatchUp(ctx, nil) }()
	look := rawSchema(t, dsn)
	patient(t, "for the second process to wait", func() bool { return waits(t, look) })
	if len(applied) > 0 {
		t.Error("two processes apply at once")
	}
	if _, err := look.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = current_setting('search_path')"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	close(leave)
	if err := <-failed; err == nil {
		t.Error("the process that lost its connection believes that it has applied the log")
	}
	const want = "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1"
	if got := journalOf(t, look); got != want {
		t.Errorf("rows %s", got)
	}
	if err := first.CatchUp(ctx, nil); err != nil { // with a new connection
		t.Error(err)
	}
	if got := journalOf(t, look); got != want {
		t.Errorf("afterwards rows %s", got)
	}
}

func schemaOf(t testing.TB, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("search_path")
}

func TestManyProcessesThatFollowALedgerApplyEveryEventOnce(t *testing.T) {
	l := newLedger(t)
	dsn := dsnOf(t, t.TempDir())
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 3)
	for range cap(ended) {
		r := runner(t, openSchema(t, dsn), l.store, append(projections.All(), journal(1, never))...)
		go func() { ended <- r.Run(running) }()
	}
	want := ""
	for n := 1; n <= 20; n++ {
		l.events(ann, identity.Born{Dated: on("2015-05-05")})
		want += fmt.Sprintf(" %s/%d/1", ann, n)
	}
	look := rawSchema(t, dsn)
	patient(t, "for all events", func() bool { return " "+journalOf(t, look) == want })
	stop()
	for range cap(ended) {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("a process ended with %v", err)
		}
	}
	if got, want := digests(t, openSchema(t, dsn)), digests(t, caughtUp(t, l)); got != want {
		t.Errorf("kept by three\n%s\nwant\n%s", got, want)
	}
}
