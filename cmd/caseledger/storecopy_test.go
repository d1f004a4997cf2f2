package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"caseledger/eventstore"
	"caseledger/eventstore/esdb"
	"caseledger/projections"
)

// storeProcess serves an empty journal over the protocol of EventStoreDB, and
// returns a connection string for it.
func storeProcess(t testing.TB) (connection string, process *served) {
	t.Helper()
	s := startProcess(t, "store", "serve", "--data", filepath.Join(t.TempDir(), "store"), "--listen", "127.0.0.1:0")
	return "esdb://" + s.url + "?tls=false&gossipTimeout=60", s
}

// signed returns what the last checkpoint of a ledger says, less who signed it.
func signed(t *testing.T, dir string) string {
	t.Helper()
	text, _, _ := strings.Cut(must(t, "log", "checkpoint", "--data", dir), "\n\n")
	return text
}

// digests returns those of all read models of a ledger.
func digests(t *testing.T, dir string) map[string]string {
	t.Helper()
	db, err := projections.Open(filepath.Join(dir, projectionsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := map[string]string{}
	for _, p := range projections.All() {
		if out[p.Name], err = db.Digest(t.Context(), p.Name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func sameDigests(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: read model %s is another one", when, name)
		}
	}
}

func TestALedgerMovesToAnEventStoreDBAndBack(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(20))
	must(t, "import", "cin-census", file, "--data", dir)
	before, tree := digests(t, dir), signed(t, dir)
	connection, _ := storeProcess(t)

	out := must(t, "store", "copy", "--data", dir, "--to", connection, "--dry-run")
	if !strings.Contains(out, "the first 0 events") || signed(t, dir) != tree {
		t.Errorf("the dry run says %q", out)
	}
	must(t, "store", "copy", "--data", dir, "--to", connection)
	if signed(t, dir) != tree {
		t.Error("the tree is another one")
	}
	sameDigests(t, "there", digests(t, dir), before)
	must(t, "verify", "--data", dir)
	for _, args := range [][]string{{"store", "check"}, {"store", "info"}, {"store", "reindex"}, {"store", "copy", "--to", connection}} {
		if code, _, errs := caseledger(t, append(args, "--data", dir)...); code != exitUsage || !strings.Contains(errs, "store") {
			t.Errorf("%v of a ledger that is elsewhere: exit %d: %s", args, code, errs)
		}
	}

	more := written(t, soundReturn(25)) // five children more
	must(t, "import", "cin-census", more, "--data", dir)
	grown, tree := digests(t, dir), signed(t, dir)
	must(t, "store", "copy", "--data", dir, "--to-journal")
	if signed(t, dir) != tree {
		t.Error("back: the tree is another one")
	}
	sameDigests(t, "back", digests(t, dir), grown)
	must(t, "verify", "--data", dir)
	must(t, "store", "check", "--data", dir)
}

// A copy that was interrupted goes on; a target with anything else is left alone.
func TestACopyGoesOnAndNeverOntoSomethingElse(t *testing.T) {
	dir := newLedger(t)
	connection, _ := storeProcess(t)
	target, err := esdb.Open(t.Context(), esdb.Options{Connection: connection})
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	inVault(t, dir, func(v vault) {
		for e, err := range v.store.ReadLog(t.Context(), 0) {
			if err == nil {
				_, err = target.Append(t.Context(), e.Stream, e.Revision-1, []eventstore.Event{e.Event})
			}
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	})
	if out := must(t, "store", "copy", "--data", dir, "--to", connection); !strings.Contains(out, "1 events were there") {
		t.Errorf("going on: %s", out)
	}
	other := newLedger(t)
	before := signed(t, other)
	if code, _, errs := caseledger(t, "store", "copy", "--data", other, "--to", connection); code != exitVerify || !strings.Contains(errs, "something else as event 1") {
		t.Errorf("onto another ledger: exit %d: %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(other, storeFile)); err == nil || signed(t, other) != before {
		t.Error("the ledger that was not copied was changed")
	}
}

// A client of EventStoreDB reads the embedded ledger while the HTTP API serves
// it; what it says is opened for whom a policy permits, and that is recorded.
func TestAClientOfEventStoreDBReadsWhatItsAccountMay(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(2))
	must(t, "import", "cin-census", file, "--data", dir)
	tokenOf(t, dir, "manager")
	scratch := t.TempDir()
	password, accounts, policies := filepath.Join(scratch, "password"), filepath.Join(scratch, "accounts.json"), filepath.Join(scratch, "policies.cedar")
	put := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(password, "correct horse\n")
	put(accounts, must(t, "store", "account", "--name", "reporting", "--may", "read", "--password-file", password))
	put(accounts, must(t, "store", "account", "--accounts", accounts, "--name", "follower", "--may", "read", "--password-file", password))
	put(policies, `@id("reporting-opens") permit (principal == Caller::"reporting", action == Action::"event.open", resource);`)
	cert, key := selfSigned(t)
	s := serveProcess(t, dir, "--tls-cert", cert, "--tls-key", key, "--esdb", "127.0.0.1:0", "--esdb-accounts", accounts, "--policies", policies)

	opened := 0
	for _, account := range []string{"reporting", "follower"} {
		conf, err := client.ParseConnectionString("esdb://" + account + ":correct%20horse@" + s.esdb + "?tls=true&gossipTimeout=60&tlsCAFile=" + cert)
		if err != nil {
			t.Fatal(err)
		}
		c, err := client.NewClient(conf)
		if err != nil {
			t.Fatal(err)
		}
		read, err := c.ReadAll(t.Context(), client.ReadAllOptions{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		for {
			e, err := read.Recv()
			if err != nil {
				break
			}
			ofRecord := strings.HasPrefix(e.Event.StreamID, "record-")
			if json.Valid(e.Event.Data) != (ofRecord && account == "reporting") {
				t.Errorf("%s: stream %s: content type %s", account, e.Event.StreamID, e.Event.ContentType)
			}
			if ofRecord && account == "reporting" {
				opened++
			}
		}
		read.Close()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if seen := rows(t, "access", "search", "--data", dir, "--output", "json"); len(seen) != opened || opened == 0 {
		t.Errorf("%d opened, %d recorded", opened, len(seen))
	}
}
