package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"caseledger/adapters/openbao/openbaotest"
	"caseledger/eventstore/seal/keys"
)

// warnings runs a command line that has to succeed, and returns its warnings.
func warnings(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, &out, &errs); code != exitOK {
		t.Fatalf("%s: exit %d: %s", args, code, &errs)
	}
	return strings.TrimSuffix(errs.String(), withoutWarnings(errs.String()))
}

func info(t *testing.T, args ...string) map[string]any {
	t.Helper()
	all := rows(t, append([]string{"keys", "info"}, args...)...)
	if len(all) != 1 {
		t.Fatalf("%d rows", len(all))
	}
	return all[0]
}

func TestInfoTellsWhatWrapsTheKeysAndSinceWhen(t *testing.T) {
	dir := newLedger(t)
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir)
	got := info(t, "--data", dir)
	for name, want := range map[string]any{"wrappedBy": "key-file", "epoch": 1.0, "days": 0.0, "destroyed": 0.0, "renewalDue": false, "inKMS": false} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if got["living"].(float64) < 4 || len(got["check"].(string)) != 16 {
		t.Errorf("%v", got)
	}
	if all := rows(t, "keys", "list", "--data", dir); float64(len(all)) != got["living"] || len(all[0]["check"].(string)) != 16 {
		t.Errorf("%d keys are listed: %v", len(all), all[0])
	}
	if warned := warnings(t, "keys", "info", "--data", dir); strings.Count(warned, "\n") != 1 || !strings.Contains(warned, "use a KMS in production") {
		t.Errorf("%q", warned)
	}
	old := time.Now().Add(-renewEvery - time.Hour)
	if err := os.Chtimes(filepath.Join(dir, keysDir, "epochs", "epoch-1"), old, old); err != nil {
		t.Fatal(err)
	}
	if got := info(t, "--data", dir); got["renewalDue"] != true || got["days"] != 31.0 {
		t.Errorf("%v", got)
	}
	if warned := warnings(t, "keys", "info", "--data", dir); !strings.Contains(warned, "31 days old: renew it") {
		t.Errorf("%q", warned)
	}
}

func TestARenewalLeavesOldCopiesOfTheKeysWorthless(t *testing.T) {
	dir := newLedger(t)
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir)
	before := info(t, "--data", dir)
	old, err := os.ReadFile(filepath.Join(dir, keysDir, "keys-1"))
	if err != nil {
		t.Fatal(err)
	}
	if out := must(t, "keys", "renew", "--data", dir); !strings.Contains(out, "Epoch 2 has begun, wrapped by key-file") {
		t.Error(out)
	}
	after := info(t, "--data", dir)
	if after["epoch"] != 2.0 || after["check"] == before["check"] || after["living"] != before["living"] {
		t.Errorf("%v, then %v", before, after)
	}
	must(t, "verify", "--data", dir)
	if err := os.Remove(filepath.Join(dir, keysDir, "keys-2")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, keysDir, "keys-1"), string(old))
	if code, _, errs := caseledger(t, "keys", "info", "--data", dir); code != exitNotReady || !strings.Contains(errs, "does not exist") {
		t.Errorf("the old copy: exit %d: %s", code, errs)
	}
}

func TestARenewalTakesALedgerOverToAnotherSecret(t *testing.T) {
	dir, next := newLedger(t), filepath.Join(t.TempDir(), "next")
	if err := keys.WriteKeyFile(next); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "keys", "renew", "--data", dir, "--new-key-file", next); !strings.Contains(out, "Epoch 2 has begun") {
		t.Error(out)
	}
	must(t, "verify", "--data", dir, "--key-file", next)
	if code, _, errs := caseledger(t, "register", "--data", dir); code != exitNotReady || !strings.Contains(errs, "does not open") {
		t.Errorf("the old secret: exit %d: %s", code, errs)
	}
}

func TestWrongUseOfTheKeyCommandsIsAUsageError(t *testing.T) {
	dir := newLedger(t)
	token := writeFile(t, filepath.Join(t.TempDir(), "token"), "hvs.token\n")
	const key = "https://kms/v1/transit/keys/caseledger"
	for _, tt := range []struct {
		name string
		args []string
		want int
	}{
		{"no command", []string{"keys", "lose"}, exitUsage},
		{"a KMS without a token", []string{"keys", "info", "--kms", key}, exitUsage},
		{"a token without a KMS", []string{"keys", "info", "--kms-token-file", token}, exitUsage},
		{"a KMS without TLS", []string{"keys", "info", "--kms", "http://kms/v1/transit/keys/a", "--kms-token-file", token}, exitUsage},
		{"a KMS and a key file", []string{"keys", "info", "--kms", key, "--kms-token-file", token, "--key-file", token}, exitUsage},
		{"a token that is not there", []string{"keys", "info", "--kms", key, "--kms-token-file", token + "-none"}, exitNotReady},
		{"two new secrets", []string{"keys", "renew", "--new-key-file", token, "--new-passphrase-file", token}, exitUsage},
		{"a new token without a new KMS", []string{"keys", "renew", "--new-kms-token-file", token}, exitUsage},
		{"a new key file that is not there", []string{"keys", "renew", "--new-key-file", token + "-none"}, exitNotReady},
		{"one officer", []string{"keys", "export", "--officer", "age1x", "--out", token + "-new"}, exitUsage},
		{"no file", []string{"keys", "export", "--officer", "a", "--officer", "b"}, exitUsage},
		{"officers who are none", []string{"keys", "export", "--officer", "a", "--officer", "b", "--out", token + "-new"}, exitUsage},
		{"one identity", []string{"keys", "import", "keys.age", "--identity", token}, exitUsage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := caseledger(t, append(tt.args, "--data", dir)...)
			if code != tt.want || strings.Count(errs, "\n") != 1 || strings.Contains(errs, "hvs.") {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
	if got := info(t, "--data", dir); got["epoch"] != 1.0 {
		t.Errorf("%v", got)
	}
}

func TestALedgerLivesUnderAKMS(t *testing.T) {
	s := openbaotest.Start(t)
	kms := []string{"--kms", s.Key(t, "caseledger"), "--kms-token-file", s.TokenFile(t, "caseledger"), "--kms-ca-file", s.CAFile}
	dir := filepath.Join(t.TempDir(), "ledger")
	under := func(args ...string) []string { return append(append(args, "--data", dir), kms...) }
	if warned := warnings(t, under("init")...); warned != "" {
		t.Errorf("it warns of a KMS: %s", warned)
	}
	if _, err := os.Stat(filepath.Join(dir, keyFile)); err == nil {
		t.Error("a key file was made all the same")
	}
	must(t, under("import", "cin-census", written(t, soundReturn(2)))...)
	must(t, under("verify")...)
	if got := info(t, under()...); got["wrappedBy"] != "transit:transit/keys/caseledger" || got["kmsVersion"] != "1" || got["inKMS"] != true {
		t.Errorf("%v", got)
	}
	s.Admin(t, "POST", "transit/keys/caseledger/rotate", nil)
	must(t, under("keys", "renew")...)
	s.Admin(t, "POST", "transit/keys/caseledger/config", map[string]any{"min_decryption_version": 2})
	if got := info(t, under()...); got["kmsVersion"] != "2" || got["epoch"] != 2.0 {
		t.Errorf("%v", got)
	}
	t.Setenv("CASELEDGER_KMS", kms[1])
	t.Setenv("CASELEDGER_KMS_TOKEN_FILE", kms[3])
	t.Setenv("CASELEDGER_KMS_CA_FILE", kms[5])
	must(t, "register", "--data", dir)
	for _, tt := range []struct {
		name, reason string
		spoil        func()
	}{
		{"no authority that vouches for it", "certificate", func() { t.Setenv("CASELEDGER_KMS_CA_FILE", "") }},
		{"a token that it does not know", "refuses the credentials", func() {
			t.Setenv("CASELEDGER_KMS_CA_FILE", kms[5])
			t.Setenv("CASELEDGER_KMS_TOKEN_FILE", writeFile(t, filepath.Join(t.TempDir(), "token"), "hvs.unknown"))
		}},
		{"no KMS there", "cannot be reached", func() {
			t.Setenv("CASELEDGER_KMS_TOKEN_FILE", kms[3])
			if err := s.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			s.Process.Wait()
		}},
	} {
		tt.spoil()
		before := contents(t, dir)
		for _, args := range [][]string{{"verify"}, {"register"}, {"keys", "renew"}, {"keys", "info"}} {
			code, _, errs := caseledger(t, append(args, "--data", dir)...)
			if code != exitNotReady || !strings.Contains(errs, tt.reason) || strings.Count(errs, "\n") != 1 || strings.Contains(errs, "hvs.") {
				t.Errorf("%s: %s: exit %d: %s", tt.name, args, code, errs)
			}
		}
		if !maps.Equal(before, contents(t, dir)) {
			t.Errorf("%s: files were written", tt.name)
		}
	}
}

func TestALedgerIsMadeOrGoesOverToAKMSWhenThatAnswers(t *testing.T) {
	s := openbaotest.Start(t)
	token, dir := s.TokenFile(t, "caseledger"), filepath.Join(t.TempDir(), "ledger")
	kms := []string{"--data", dir, "--kms", s.Address("caseledger"), "--kms-token-file", token, "--kms-ca-file", s.CAFile}
	if code, _, errs := caseledger(t, append([]string{"init"}, kms...)...); code != exitNotReady || !strings.Contains(errs, "refuses the credentials") {
		t.Errorf("a key that is not there: exit %d: %s", code, errs)
	}
	s.Key(t, "caseledger")
	must(t, append([]string{"init"}, kms...)...)
	other := newLedger(t)
	must(t, "keys", "renew", "--data", other, "--new-kms", kms[3], "--new-kms-token-file", token, "--new-kms-ca-file", s.CAFile)
	if err := os.Remove(filepath.Join(other, keyFile)); err != nil {
		t.Fatal(err)
	}
	kms[1] = other
	must(t, append([]string{"verify"}, kms...)...)
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.Process.Wait()
	third := newLedger(t)
	code, _, errs := caseledger(t, "keys", "renew", "--data", third, "--new-kms", kms[3], "--new-kms-token-file", token, "--new-kms-ca-file", s.CAFile)
	if code != exitNotReady || !strings.Contains(errs, "cannot be reached") {
		t.Errorf("a KMS that is gone: exit %d: %s", code, errs)
	}
	if got := info(t, "--data", third); got["epoch"] != 1.0 {
		t.Errorf("%v", got)
	}
}
