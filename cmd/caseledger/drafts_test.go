package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// draftOf is a draft of a note on a record.
func draftOf(record, text string) string {
	return fmt.Sprintf(`{"command":"note.write","record":%q,"body":{"happened":"2026-01-05","note":"n1","kind":"visit","text":[{"text":%q}]}}`, record, text)
}

// TestADraftThatWasSavedOutlivesKillsUntilItIsOneEvent kills the server after
// each answer, as a crash or a changed machine would.
func TestADraftThatWasSavedOutlivesKillsUntilItIsOneEvent(t *testing.T) {
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	var record, text, before string
	for n := range 4 {
		s := serveProcess(t, dir)
		ask := func(method, path, body string, revision, want int) string {
			t.Helper()
			status, answer, err := s.call(method, path, token, body, "k", revision)
			if err != nil || status != want {
				t.Fatalf("%s %s: %d %s %v", method, path, status, answer, err)
			}
			return answer
		}
		if n == 0 {
			answer := ask(http.MethodPost, "/v1/records", `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`, 0, http.StatusCreated)
			_, rest, _ := strings.Cut(answer, `"record":"`)
			record = rest[:32]
		}
		if n < 3 {
			if n > 0 && !strings.Contains(ask(http.MethodGet, "/v1/drafts/d1", "", 0, http.StatusOK), text) {
				t.Errorf("round %d: what was saved is not there", n)
			}
			text = fmt.Sprintf("canary %d", n)
			ask(http.MethodPut, "/v1/drafts/d1", draftOf(record, text), n, http.StatusOK)
		}
		if n >= 2 { // signed, and asked again after the kill
			answer := ask(http.MethodPost, "/v1/drafts/d1/sign", `{"revision":1}`, 3, http.StatusCreated)
			if before != "" && answer != before {
				t.Errorf("%s, before the kill %s", answer, before)
			}
			before = answer
			ask(http.MethodGet, "/v1/drafts/d1", "", 0, http.StatusNotFound)
		}
		s.end(t, syscall.SIGKILL)
	}
	files, err := filepath.Glob(filepath.Join(dir, draftsFile+"*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(b), "canary") || strings.Contains(string(b), "manager-1") {
			t.Errorf("%s tells what was written, or who wrote it: %v", filepath.Base(file), err)
		}
	}
	must(t, "verify", "--data", dir)
}

func TestADamagedFileOfDraftsIsNamedAndTheLedgerServesWithoutIt(t *testing.T) {
	dir := newLedger(t)
	tokenOf(t, dir, "manager")
	if err := os.WriteFile(filepath.Join(dir, draftsFile), []byte(strings.Repeat("not a database", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := caseledger(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	if code != exitNotReady || !strings.Contains(errs, draftsFile) {
		t.Errorf("exit %d: %s", code, errs)
	}
	if err := os.Rename(filepath.Join(dir, draftsFile), filepath.Join(dir, "aside")); err != nil {
		t.Fatal(err)
	}
	if code := serveProcess(t, dir).end(t, syscall.SIGTERM); code != exitOK {
		t.Error(code)
	}
}
