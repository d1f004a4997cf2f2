package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// acted runs an act on a record with a body.
func acted(t *testing.T, dir, record, name, body, request string) {
	t.Helper()
	actedBy(t, "sol-01", dir, record, name, body, request)
}

func actedBy(t *testing.T, actor, dir, record, name, body, request string) {
	t.Helper()
	path := writeFile(t, filepath.Join(t.TempDir(), "body.json"), body)
	old := os.Stdin
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdin = in
	defer func() { os.Stdin = old; in.Close() }()
	must(t, "act", name, "--data", dir, "--record", record, "--actor", actor, "--role", "solicitor", "--agency", "anytown",
		"--basis", "children-act-1989-s31", "--purpose", "court", "--request", request)
}

func TestAChronologyIsBuiltOnceAndWrittenTheSameForEver(t *testing.T) {
	dir := smallDemo(t)
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	out := t.TempDir()
	in := func(name string) string { return filepath.Join(out, name) }
	build := func(more ...string) (int, string, string) {
		return caseledger(t, append([]string{"chronology", "build", child, "--data", dir, "--id", "c1", "--title", "What happened", "--family", "--gap-days", "28",
			"--actor", "sol-01", "--role", "solicitor", "--agency", "anytown", "--basis", "children-act-1989-s31", "--purpose", "court", "--request", "c1"}, more...)...)
	}
	acted(t, dir, child, "entry.mark", `{"happened":"2026-01-05","entry":2,"party":"mother","stand":"disputed","note":"=1+1"}`, "m1")
	acted(t, dir, child, "entry.state-impact", `{"happened":"2026-01-05","entry":2,"text":["She slept badly."]}`, "i1")
	if code, text, errs := build("--out", in("a.docx"), "--out", in("a.pdf"), "--out", in("a.csv")); code != exitOK || strings.Count(text, "Wrote") != 3 {
		t.Fatalf("exit %d, %s%s", code, text, errs)
	}
	csv := read(t, in("a.csv"))
	if !strings.Contains(csv, "disputed by mother") || !strings.Contains(csv, "She slept badly.") || strings.Contains(csv, ",=1+1") {
		t.Errorf("the table says\n%.3000s", csv)
	}
	acted(t, dir, child, "entry.mark", `{"happened":"2026-01-06","entry":2,"party":"father","stand":"agreed"}`, "m2")
	must(t, "chronology", "write", child, "--data", dir, "--id", "c1", "--out", in("b.docx"), "--out", in("b.pdf"), "--out", in("b.csv"))
	if code, _, errs := build("--out", in("c.pdf")); code != exitOK {
		t.Fatalf("a repeat: exit %d, %s", code, errs)
	}
	for _, kind := range []string{"docx", "pdf", "csv"} {
		if sum(t, in("a."+kind)) != sum(t, in("b."+kind)) {
			t.Errorf("the %s is another one after the next entry", kind)
		}
	}
	if sum(t, in("a.pdf")) != sum(t, in("c.pdf")) {
		t.Error("a repeat of the request is another chronology")
	}
	if built := rows(t, "chronology", "list", child, "--data", dir); len(built) != 1 || built[0]["chronology"] != "c1" || built[0]["told"].(float64) < 10 {
		t.Errorf("%v", built)
	}
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"another under the same id": {[]string{"--request", "c2"}, exitFailed, "chronology-already-built"},
		"a selection of nothing":    {[]string{"--id", "c3", "--request", "c3", "--tag", "nothing"}, exitFailed, "chronology-is-empty"},
		"another format":            {[]string{"--id", "c4", "--request", "c4", "--out", in("a.html")}, exitUsage, ".docx, .pdf, .csv"},
		"a file that exists":        {[]string{"--id", "c4", "--request", "c4", "--out", in("a.pdf")}, exitUsage, "exists"},
	} {
		if code, _, errs := build(tt.args...); code != tt.code || !strings.Contains(errs, tt.says) {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
	if built := rows(t, "chronology", "list", child, "--data", dir); len(built) != 1 {
		t.Errorf("what was refused is recorded: %v", built)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sum(t *testing.T, path string) string {
	t.Helper()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(read(t, path))))
}

func TestARecordIsLookedAtAsOfAnEntryAndStepByStep(t *testing.T) {
	dir := smallDemo(t)
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	entries := rows(t, "record", "entries", child, "--data", dir)
	then := must(t, "record", "show", child, "--data", dir, "--known-entry", "3", "--output", "json")
	acted(t, dir, child, "entry.tag", `{"happened":"2026-01-05","entry":3,"tags":["attendance"]}`, "t1")
	if again := must(t, "record", "show", child, "--data", dir, "--known-entry", "3", "--output", "json"); again != then {
		t.Error("the record as of an entry is another one after the next")
	}
	if code, _, errs := caseledger(t, "record", "show", child, "--data", dir, "--known-entry", fmt.Sprint(len(entries)+2)); code != exitUsage || !strings.Contains(errs, "entries") {
		t.Errorf("an entry that is not there: exit %d, %s", code, errs)
	}
	steps := rows(t, "record", "steps", child, "--data", dir, "--limit", "1000")
	if len(steps) != len(entries)+1 || steps[0]["entry"].(float64) != 1 || len(steps[0]["changes"].([]any)) == 0 {
		t.Errorf("%d steps of %d entries", len(steps), len(entries)+1)
	}
	knew := rows(t, "record", "who-knew", child, "--data", dir, "--entry", "3")
	if len(knew) != 1 || knew[0]["who"] != entries[2]["actor"] || knew[0]["wrote"].(float64) != 1 {
		t.Errorf("before anybody was given anything: %v", knew)
	}
	for _, row := range rows(t, "record", "overdue", child, "--data", dir, "--known-at", "2026-10-01") {
		if row["due"].(string) >= "2026-10-01" || row["isDone"] == true {
			t.Errorf("%v", row)
		}
	}
}
