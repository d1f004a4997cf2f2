package projections_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

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
	t.Cleanup(func() { removeSchema(t, u.String(), schema) })
	return u.String()
}

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
	again := exec.Command(os.Args[0], short, "-test.timeout=20m", "-rapid.checks=10")
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
