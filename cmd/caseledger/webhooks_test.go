package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestAServerTellsAWebhookAndWhatIsParkedIsReplayed(t *testing.T) {
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	var taken atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { taken.Add(1) }))
	defer receiver.Close()
	secret, config := filepath.Join(t.TempDir(), "secret"), filepath.Join(t.TempDir(), "webhooks.json")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
	subscription := fmt.Sprintf(`{"hosts":["127.0.0.1"],"private":["127.0.0.0/8"],"subscriptions":[{"id":"app","url":%q,"secretFile":%q,"basis":"agreement","purpose":"case-work"}]}`, receiver.URL, secret)
	for _, bad := range []string{`{`, `{"hots":[]}`, strings.Replace(subscription, `"hosts":["127.0.0.1"],`, "", 1)} {
		write(config, bad)
		if code, _, errs := caseledger(t, "serve", "--data", dir, "--webhooks", config); code != exitUsage {
			t.Errorf("%s: exit %d %s", bad, code, errs)
		}
	}
	write(config, subscription)
	s := serveProcess(t, dir, "--webhooks", config)
	_, text, err := s.call(http.MethodPost, "/v1/records", token, `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`, "k1", 0)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); taken.Load() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing arrives in a minute: %s %s", text, s.errs)
		}
	}
	if got := rows(t, "webhook", "list", "--admin", s.admin); len(got) != 1 || got[0]["id"] != "app" || got[0]["parked"] != 0.0 {
		t.Errorf("%v", got)
	}
	if got := must(t, "webhook", "replay", "app", "--admin", s.admin); got != "0 to be tried again\n" {
		t.Error(got)
	}
	if code, _, _ := caseledger(t, "webhook", "replay", "other", "--admin", s.admin); code != exitFailed {
		t.Errorf("a subscription that is none: exit %d", code)
	}
	req, err := http.NewRequest(http.MethodPost, s.admin+"/webhooks/app/replay", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://example.org")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("from another origin: %s %v", res.Status, err)
	}
	for path, want := range map[string]string{"/readyz?verbose": "webhook app: ok", "/metrics": `caseledger_webhook_tries{subscription="app"}`} {
		if status, text := s.page(t, path); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if got := rows(t, "access", "search", "--data", dir, "--caller", "webhook app"); len(got) != 1 || got[0]["operation"] != "webhook.send" {
		t.Errorf("%v", got)
	}
	if code, _, _ := caseledger(t, "webhook", "list", "--admin", s.admin); code != exitNotReady {
		t.Errorf("without a server: exit %d", code)
	}
}

func TestAServerThatReadsItsFilesAnewTellsOtherWebhooksUnlessTheFileIsBroken(t *testing.T) {
	dir, files := newLedger(t), t.TempDir()
	token := tokenOf(t, dir, "manager")
	receiver := func(taken *atomic.Int64) string {
		r := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { taken.Add(1) }))
		t.Cleanup(r.Close)
		return r.URL
	}
	var first, second atomic.Int64
	secret := writeFile(t, filepath.Join(files, "secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
	subscription := func(id, url string) string {
		return fmt.Sprintf(`{"hosts":["127.0.0.1"],"private":["127.0.0.0/8"],"subscriptions":[{"id":%q,"url":%q,"secretFile":%q,"basis":"agreement","purpose":"case-work"}]}`, id, url, secret)
	}
	config := writeFile(t, filepath.Join(files, "webhooks.json"), subscription("old", receiver(&first)))
	s := serveProcess(t, dir, "--webhooks", config)
	eventually := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: not in a minute", what)
			}
		}
	}
	told := func() string { return rows(t, "webhook", "list", "--admin", s.admin)[0]["id"].(string) }
	record := func(digit, key string) {
		t.Helper()
		status, text, err := s.call(http.MethodPost, "/v1/records", token, `{"happened":"2026-01-05","person":"`+strings.Repeat(digit, 32)+`"}`, key, 0)
		if err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s %v", status, text, err)
		}
	}
	record("1", "k1")
	eventually("the first webhook is told", func() bool { return first.Load() > 0 })

	writeFile(t, config, "{")
	fine(t, s.cmd.Process.Signal(syscall.SIGHUP))
	eventually("the log says that a file is broken", func() bool { return strings.Contains(s.errs.String(), "were not taken anew") })
	if told() != "old" {
		t.Error("a broken file is taken")
	}

	writeFile(t, config, subscription("new", receiver(&second)))
	fine(t, s.cmd.Process.Signal(syscall.SIGHUP))
	eventually("the new webhooks are told", func() bool { return told() == "new" })
	before := first.Load()
	record("2", "k2")
	eventually("the second webhook is told of both records", func() bool { return second.Load() > before })
	if first.Load() != before {
		t.Error("a webhook that was taken away is told")
	}
	for path, want := range map[string]string{"/readyz?verbose": "webhook new: ok", "/metrics": `caseledger_webhook_tries{subscription="new"}`} {
		if status, text := s.page(t, path); status != http.StatusOK || !strings.Contains(text, want) || strings.Contains(text, "webhook old") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}
