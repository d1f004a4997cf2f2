package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// officer makes an age identity in a file, and its recipient.
func officer(t *testing.T) (file, recipient string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file = writeFile(t, filepath.Join(t.TempDir(), "officer"), "# an officer\n"+id.String()+"\n")
	return file, id.Recipient().String()
}

func TestTwoOfficersTogetherBringTheKeysOfALedgerBack(t *testing.T) {
	dir, export := newLedger(t), filepath.Join(t.TempDir(), "keys.age")
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir)
	first, toFirst := officer(t)
	second, toSecond := officer(t)
	if out := must(t, "keys", "export", "--data", dir, "--officer", toFirst, "--officer", toSecond, "--out", export); !strings.HasPrefix(out, "Exported ") {
		t.Error(out)
	}
	if info, err := os.Stat(export); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if code, _, _ := caseledger(t, "keys", "export", "--data", dir, "--officer", toFirst, "--officer", toSecond, "--out", export); code != exitFailed {
		t.Errorf("over another file: exit %d", code)
	}
	if code, _, _ := caseledger(t, "keys", "export", "--data", dir, "--officer", toFirst, "--officer", toFirst, "--out", export+"2"); code != exitUsage {
		t.Errorf("one officer twice: exit %d", code)
	}
	imported := func(a, b string) (int, string) {
		code, out, errs := caseledger(t, "keys", "import", export, "--data", dir, "--identity", a, "--identity", b)
		return code, out + errs
	}
	if code, said := imported(first, second); code != exitFailed || !strings.Contains(said, "there is a key store already") {
		t.Errorf("over the keys that are there: exit %d: %s", code, said)
	}
	before := contents(t, dir)
	for _, path := range []string{keysDir, keyFile} {
		if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	stranger, _ := officer(t)
	for _, pair := range [][2]string{{first, first}, {second, second}, {second, first}, {stranger, second}, {first, stranger}} {
		if code, said := imported(pair[0], pair[1]); code != exitFailed || !strings.Contains(said, "officer: ") {
			t.Errorf("without both: exit %d: %s", code, said)
		}
	}
	if code, said := imported(first, second); code != exitOK || !strings.HasPrefix(said, "Imported ") {
		t.Fatalf("exit %d: %s", code, said)
	}
	must(t, "verify", "--data", dir)
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir)
	for path, text := range contents(t, dir) {
		if strings.HasPrefix(path, filepath.Join(dir, journalDir)) && !strings.HasPrefix(text, strings.TrimRight(before[path], "\x00")) {
			t.Errorf("%s has changed", path)
		}
	}
}

func TestAnExportOlderThanTheLedgerSaysSo(t *testing.T) {
	dir, export := newLedger(t), filepath.Join(t.TempDir(), "keys.age")
	first, toFirst := officer(t)
	second, toSecond := officer(t)
	must(t, "keys", "export", "--data", dir, "--officer", toFirst, "--officer", toSecond, "--out", export)
	must(t, "import", "cin-census", written(t, soundReturn(1)), "--data", dir)
	if err := os.RemoveAll(filepath.Join(dir, keysDir)); err != nil {
		t.Fatal(err)
	}
	args := []string{"keys", "import", export, "--data", dir, "--identity", first, "--identity", second}
	if code, out, errs := caseledger(t, args...); code != exitNotReady || !strings.HasPrefix(out, "Imported 1 ") || !strings.Contains(errs, "the export is older than the ledger") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestAnIdentityThatOthersCanReadIsRefused(t *testing.T) {
	dir := newLedger(t)
	export := writeFile(t, filepath.Join(t.TempDir(), "keys.age"), "not an export")
	good, _ := officer(t)
	exposed, _ := officer(t)
	if err := os.Chmod(exposed, 0o640); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, identity string
		want           int
		reason         string
	}{
		{"open to others", exposed, exitNotReady, "open to others"},
		{"none", good + "-none", exitFailed, "no such file"},
		{"not an identity", export, exitFailed, "does not hold one age identity"},
		{"long", writeFile(t, filepath.Join(t.TempDir(), "long"), strings.Repeat("#\n", maxSecretBytes)), exitFailed, "more than"},
	} {
		code, _, errs := caseledger(t, "keys", "import", export, "--data", dir, "--identity", good, "--identity", tt.identity)
		if code != tt.want || !strings.Contains(errs, tt.reason) || strings.Contains(errs, "AGE-SECRET") {
			t.Errorf("%s: exit %d: %s", tt.name, code, errs)
		}
	}
}
