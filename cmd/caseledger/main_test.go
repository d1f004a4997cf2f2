package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
)

// caseledger runs one command line and returns its exit code and what it
// printed, but for warnings.
func caseledger(t testing.TB, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), withoutWarnings(stderr.String())
}

func withoutWarnings(errs string) string {
	var kept strings.Builder
	for line := range strings.Lines(errs) {
		if !strings.HasPrefix(line, "caseledger: warning: ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// must runs a command line that has to succeed, and returns what it printed.
func must(t testing.TB, args ...string) string {
	t.Helper()
	code, out, errs := caseledger(t, args...)
	if code != exitOK {
		t.Fatalf("caseledger %s: exit %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out
}

// rows runs a command line that prints rows, and returns them.
func rows(t testing.TB, args ...string) []map[string]any {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal([]byte(must(t, append(args, "--output", "json")...)), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// shared returns a file that others published, or skips the test.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("CASELEDGER_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(dir, "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared data is not here: set CASELEDGER_SHARED")
	}
	return path
}

func newLedger(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ledger")
	must(t, "init", "--data", dir)
	return dir
}

// smallDemo returns a made-up authority of 80 children: a copy of one that is
// made once.
func smallDemo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	made.once.Do(func() {
		var err error
		if made.dir, err = os.MkdirTemp("", "caseledger-demo-"); err != nil {
			t.Fatal(err)
		}
		must(t, "demo", "--data", filepath.Join(made.dir, "demo"), "--children", "80", "--seed", "3")
	})
	copyDir(t, filepath.Join(made.dir, "demo"), dir)
	return dir
}

// made is the demo that tests copy; TestMain removes it.
var made struct {
	once sync.Once
	dir  string
}

func TestExitCodesSayWhatWentWrong(t *testing.T) {
	dir := newLedger(t)
	file := filepath.Join(t.TempDir(), "broken.xml")
	if err := os.WriteFile(file, []byte("<Message><Header>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want int
	}{
		{"an unknown flag", []string{"register", "--colour"}, exitUsage},
		{"an unknown command", []string{"regster"}, exitUsage},
		{"a bad date", []string{"register", "--true-on", "yesterday"}, exitUsage},
		{"a bad format", []string{"register", "--output", "yaml"}, exitUsage},
		{"no ledger", []string{"register", "--data", filepath.Join(t.TempDir(), "none")}, exitNotReady},
		{"a ledger that is there already", []string{"init", "--data", dir}, exitFailed},
		{"a broken file", []string{"import", "cin-census", file, "--data", dir}, exitFailed},
		{"a file that is not there", []string{"import", "cin-census", file + ".not", "--data", dir}, exitFailed},
		{"a record that is not there", []string{"record", "show", "AT1", "--data", dir}, exitFailed},
		{"a sound ledger", []string{"verify", "--data", dir}, exitOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := caseledger(t, tt.args...)
			if code != tt.want {
				t.Errorf("exit %d, want %d\n%s", code, tt.want, errs)
			}
			if code != exitOK && (!strings.HasPrefix(errs, "caseledger: ") || strings.Count(errs, "\n") != 1) {
				t.Errorf("no message: %q", errs)
			}
		})
	}
}

func TestEveryCommandHasAnExample(t *testing.T) {
	var check func(path string, args ...string)
	root := newRoot(os.Stdout, os.Stderr)
	check = func(path string, _ ...string) {
		cmd, _, err := root.Find(strings.Fields(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range cmd.Commands() {
			if sub.Hidden || sub.Name() == "help" || sub.Name() == "completion" {
				continue
			}
			if sub.Example == "" {
				t.Errorf("%s %s: no example", path, sub.Name())
			}
			check(path + " " + sub.Name())
		}
	}
	check("")
}

func TestADamagedJournalDoesNotVerify(t *testing.T) {
	dir := smallDemo(t)
	segments, err := filepath.Glob(filepath.Join(dir, journalDir, "*.seg"))
	if err != nil || len(segments) == 0 {
		t.Fatal("no segment")
	}
	text, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(segments[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := caseledger(t, "verify", "--data", dir)
	if code != exitVerify || !strings.Contains(errs, filepath.Base(segments[0])) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestAReadModelThatIsNotWhatTheEntriesSayDoesNotVerify(t *testing.T) {
	dir := smallDemo(t)
	spoil(t, dir, "UPDATE register__v2 SET previous = previous + 1 WHERE open")
	if code, _, errs := caseledger(t, "verify", "--data", dir); code != exitVerify || !strings.Contains(errs, "read models") {
		t.Errorf("exit %d: %s", code, errs)
	}
	must(t, "rebuild", "--data", dir)
	must(t, "verify", "--data", dir)
}

func TestFormatsHoldTheSameRows(t *testing.T) {
	dir := smallDemo(t)
	n := len(rows(t, "register", "--data", dir))
	if n == 0 {
		t.Fatal("nobody is on the register")
	}
	if got := strings.Count(must(t, "register", "--data", dir, "--output", "csv"), "\n"); got != n+1 {
		t.Errorf("csv has %d lines for %d rows", got, n)
	}
	if out := must(t, "register", "--data", dir); strings.Count(out, "\n") != n+3 {
		t.Errorf("text:\n%s", out)
	}
}

func TestAReplayNamesTheEntryBehindEachDifference(t *testing.T) {
	dir := smallDemo(t)
	for _, child := range rows(t, "record", "list", "--data", dir, "--limit", "5") {
		id := child["record"].(string)
		for _, d := range rows(t, "record", "replay", id, "--data", dir, "--known-at", "2021-06-30", "--diff") {
			if d["entry"].(float64) == 0 {
				t.Errorf("%s: no entry for %v", id, d)
			}
		}
	}
}

// spoil changes the read models behind the program's back.
func spoil(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, projectionsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestTheDemoLivesThroughCourtAccessAndDisclosure(t *testing.T) {
	dir := smallDemo(t)
	child := ""
	for _, row := range rows(t, "register", "--data", dir) {
		if n, _ := row["previous"].(float64); n > 0 && child == "" {
			child, _ = row["laChildId"].(string)
		}
	}
	if child == "" {
		child = "AT000001"
	}
	for what, want := range map[string][]string{
		"redaction list":  {"mother", "subject", "approved"},
		"chronology list": {"hearing"},
		"bundle list":     {"frozen", "court", "mother", "sha256"},
		"disclosure list": {"Anytown Police", "Othertown"},
		"record entries":  {"subject-access.identity-asked", "subject-access.clarification-received", "subject-access.delivered", "bundle.built", "disclosure.made"},
	} {
		code, text, errs := caseledger(t, append(strings.Fields(what), child, "--data", dir, "--output", "json")...)
		for _, word := range want {
			if code != exitOK || !strings.Contains(text, word) {
				t.Errorf("%s does not show %s: exit %d, %s %s", what, word, code, text, errs)
			}
		}
	}
	for _, file := range []string{"hearing-court.pdf", "hearing-mother.pdf", "answer.zip", "police.zip", "police.pdf", "othertown.age"} {
		if info, err := os.Stat(filepath.Join(dir, "court", file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
