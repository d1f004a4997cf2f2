package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"caseledger/eventstore"
)

// TestMain lets the test binary stand in for the program, so that it can be
// killed in the middle of an import, and limited in what it may use.
func TestMain(m *testing.M) {
	if os.Getenv("CASELEDGER_TEST_AS_PROGRAM") != "" {
		main() // which exits
	}
	if dir := os.Getenv("CASELEDGER_TEST_IMPORT_INTO"); dir != "" {
		os.Exit(exitCode(importAloud(dir, os.Args[1])))
	}
	code := m.Run()
	if made.dir != "" {
		os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

// importAloud imports a return, and says each position as soon as the store
// has acknowledged it.
func importAloud(dir, file string) error {
	to := streams{out: os.Stderr, err: os.Stderr}
	return withApp(context.Background(), place{dir: dir}, to, func(a *app) error {
		a.records.Ledger.Store = aloud{a.store}
		_, err := a.importCINCensus(context.Background(), file, false, to)
		return err
	})
}

type aloud struct{ eventstore.Store }

func (s aloud) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	at, err := s.Store.Append(ctx, stream, after, events)
	if err == nil {
		fmt.Printf("durable %d\n", at)
	}
	return at, err
}

// crashes is how often the import is killed; the gate asks for 200.
func crashes(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("CASELEDGER_CRASHES")); err == nil {
		return n
	}
	if testing.Short() {
		return 2
	}
	return 5
}

func TestKillingAnImportLosesNothingThatWasAcknowledged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "return.xml")
	must(t, "export", "cin-census", "--data", smallDemo(t), "--year", "2026", "--out", file)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	dir := newLedger(t)
	var acknowledged eventstore.Position
	for round := range crashes(t) {
		if round%10 == 0 {
			dir, acknowledged = newLedger(t), 0 // so that there is something left to import
		}
		seen := killImport(t, dir, file, rng)
		acknowledged = max(acknowledged, seen)
		if code, out, errs := caseledger(t, "verify", "--data", dir); code != exitOK {
			t.Fatalf("round %d: verify: exit %d\n%s%s", round, code, out, errs)
		}
		if head := headOf(t, dir); head < acknowledged {
			t.Fatalf("round %d: position %d was acknowledged, the journal ends at %d", round, acknowledged, head)
		}
	}
	must(t, "import", "cin-census", file, "--data", dir)
	if r := report(t, "import", "cin-census", file, "--data", dir); r.Events != 0 {
		t.Errorf("after the last crash the import was finished, and yet %d events were missing", r.Events)
	}
	must(t, "verify", "--data", dir)
}

// killImport starts an import as a process of its own, kills it after a random
// number of acknowledged children, and returns the last position that it said
// was durable.
func killImport(t *testing.T, dir, file string, rng *rand.Rand) eventstore.Position {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], file)
	cmd.Env = append(os.Environ(), "CASELEDGER_TEST_IMPORT_INTO="+dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last, children, patience := eventstore.Position(0), 0, rng.IntN(40)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var at eventstore.Position
		if _, err := fmt.Sscanf(lines.Text(), "durable %d", &at); err == nil {
			last, children = at, children+1
		}
		if children > patience {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Log(err) // the import was quicker
	}
	for lines.Scan() { // what it had said before it died counts too
		var at eventstore.Position
		if _, err := fmt.Sscanf(lines.Text(), "durable %d", &at); err == nil {
			last = max(last, at)
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() == -1 {
		return last
	}
	t.Fatalf("the import ended by itself: %s", errs.String())
	return 0
}

func headOf(t *testing.T, dir string) eventstore.Position {
	t.Helper()
	store, err := openJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	return store.Head()
}
