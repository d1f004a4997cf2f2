package main

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caseledger/projections"
)

// inSchema writes a file with the connection string of a schema of the test's
// own.
func inSchema(t *testing.T) string {
	t.Helper()
	server := os.Getenv("CASELEDGER_POSTGRES")
	if server == "" {
		t.Skip("CASELEDGER_POSTGRES holds no connection string")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("CASELEDGER_POSTGRES is no URL")
	}
	query := u.Query()
	query.Set("search_path", "t_"+strings.ToLower(rand.Text()))
	u.RawQuery = query.Encode()
	path := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(path, []byte(u.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := projections.RemovePostgres(context.WithoutCancel(t.Context()), u.String()); err != nil {
			t.Error(err)
		}
	})
	return path
}

func TestReadModelsInPostgreSQLAnswerAsThoseInTheFile(t *testing.T) {
	dir, schema := smallDemo(t), inSchema(t)
	if out := must(t, "rebuild", "--data", dir, "--readmodels", schema); !strings.Contains(out, "Rebuilt") {
		t.Errorf("rebuild says %s", out)
	}
	for _, question := range [][]string{
		{"register"}, {"caseload"}, {"duties"}, {"gaps", "--days", "28"}, {"record", "list"}, {"looked-after"},
		{"performance", "--from", "2024-04-01", "--to", "2025-03-31"}, {"allocations"},
	} {
		asked := append(question, "--data", dir, "--output", "json")
		if in, file := must(t, append(asked, "--readmodels", schema)...), must(t, asked...); in != file {
			t.Errorf("%s: in PostgreSQL\n%s\nin the file\n%s", strings.Join(question, " "), in, file)
		}
	}
	must(t, "verify", "--data", dir, "--readmodels", schema)
}

func TestAConnectionStringThatOthersCanReadIsRefused(t *testing.T) {
	dir, path := smallDemo(t), filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(path, []byte("postgres://u:precious@127.0.0.1:1/db"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, said := caseledger(t, "rebuild", "--data", dir, "--readmodels", path)
	if code != exitNotReady || !strings.Contains(said, "0600") || strings.Contains(said, "precious") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestADatabaseThatIsNotThereLeavesTheLedgerAsItIs(t *testing.T) {
	dir, path := smallDemo(t), filepath.Join(t.TempDir(), "dsn")
	for _, dsn := range []string{"postgres://u:precious@127.0.0.1:1/db", "precious", "postgres://u:precious@127.0.0.1:1/db?search_path=public"} {
		if err := os.WriteFile(path, []byte(dsn), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, said := caseledger(t, "register", "--data", dir, "--readmodels", path)
		if code != exitNotReady || !strings.Contains(said, "read models: ") || strings.Contains(said, "precious") {
			t.Errorf("exit %d: %s", code, said)
		}
	}
	must(t, "register", "--data", dir)
}
