package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheIndexOfTheJournalIsBuiltAnewByOneCommand(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(3))
	must(t, "import", "cin-census", file, "--data", dir)
	index := filepath.Join(dir, journalDir, "index")
	if err := os.RemoveAll(index); err != nil {
		t.Fatal(err)
	}
	out := must(t, "store", "reindex", "--data", dir)
	if !strings.HasPrefix(out, "Indexed ") {
		t.Errorf("it says %q", out)
	}
	if _, err := os.Stat(index); err != nil {
		t.Error(err)
	}
	staysUsable(t, dir, file, 3)
	if code, _, errs := caseledger(t, "store", "reindex", "--data", t.TempDir()); code != exitNotReady {
		t.Errorf("without a ledger: exit %d: %s", code, errs)
	}
}
