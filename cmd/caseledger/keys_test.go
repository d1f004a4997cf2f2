package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caseledger/domain/settings"
	"caseledger/eventstore/seal/keys"
)

// contents returns every file of the data directory that an append could touch.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "LOCK" || strings.HasPrefix(d.Name(), projectionsFile) {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// wantUntouched checks that only the files that a test took away differ.
func wantUntouched(t *testing.T, dir string, before map[string]string) {
	t.Helper()
	after := contents(t, dir)
	for path, text := range after {
		if before[path] != text {
			t.Errorf("%s was written", path)
		}
	}
	if _, there := after[filepath.Join(dir, keysDir, "keys-2")]; there {
		t.Error("new keys were made")
	}
}

func readModels(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, projectionsFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWithoutItsKeysALedgerIsRefusedAndNothingIsWritten(t *testing.T) {
	remove := func(names ...string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(append([]string{dir}, names...)...)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		spoil  func(t *testing.T, dir string)
		want   int
		reason string
	}{
		{"no key store", remove(keysDir), exitNotReady, "there is no key store"},
		{"an empty key store", func(t *testing.T, dir string) {
			remove(keysDir, "keys-1")(t, dir)
		}, exitNotReady, "there is no key store"},
		{"no epochs", remove(keysDir, "epochs"), exitNotReady, "there is no key store"},
		{"no epoch key", remove(keysDir, "epochs", "epoch-1"), exitNotReady, "the epoch key that wraps these keys does not exist"},
		{"no key file", remove(keyFile), exitNotReady, "key file"},
		{"another key file", func(t *testing.T, dir string) {
			writeFile(t, filepath.Join(dir, keyFile), strings.Repeat("0a", 32)+"\n")
		}, exitNotReady, "the epoch key does not open"},
		{"a key store open to others", func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, keysDir), 0o755); err != nil {
				t.Fatal(err)
			}
		}, exitNotReady, "open to others"},
		{"a flipped bit", func(t *testing.T, dir string) {
			path := filepath.Join(dir, keysDir, "keys-1")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text[len(text)/2] ^= 1
			writeFile(t, path, string(text))
		}, exitVerify, "the key store is damaged"},
		{"the key store of another ledger", func(t *testing.T, dir string) {
			remove(keysDir)(t, dir)
			remove(keyFile)(t, dir)
			other := newLedger(t)
			for _, name := range []string{keysDir, keyFile} {
				if err := os.Rename(filepath.Join(other, name), filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}, exitNotReady, "the key store does not have the key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, file := newLedger(t), written(t, soundReturn(3))
			must(t, "import", "cin-census", file, "--data", dir)
			tt.spoil(t, dir)
			before := contents(t, dir)
			for _, args := range [][]string{{"import", "cin-census", file}, {"register"}, {"verify"}, {"rebuild"}} {
				want := tt.want
				if args[0] == "verify" && tt.name == "another key file" {
					want = exitVerify
				}
				code, _, errs := caseledger(t, append(args, "--data", dir)...)
				if code != want || !strings.Contains(errs, tt.reason) || strings.Count(errs, "\n") != 1 {
					t.Errorf("%s: exit %d: %s", args, code, errs)
				}
			}
			wantUntouched(t, dir, before)
		})
	}
}

func TestKeysOlderThanTheLedgerAreRefusedAndNoNewOnesAreMade(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(3))
	path := filepath.Join(dir, keysDir, "keys-1")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	must(t, "import", "cin-census", file, "--data", dir)
	writeFile(t, path, string(old))
	before, models := contents(t, dir), readModels(t, dir)
	for _, args := range [][]string{{"import", "cin-census", file}, {"register"}, {"verify"}, {"rebuild"}} {
		code, _, errs := caseledger(t, append(args, "--data", dir)...)
		if code != exitNotReady || !strings.Contains(errs, "the key store does not have the key") || !strings.Contains(errs, "position") {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
	}
	wantUntouched(t, dir, before)
	if now := readModels(t, dir); now != models {
		t.Errorf("what can still be read was thrown away: %d bytes became %d", len(models), len(now))
	}
}

func TestNoFileOfTheJournalHoldsAWordOfANote(t *testing.T) {
	const canary = "cassowary"
	dir := newLedger(t)
	act(t, dir, "person.register", `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`)
	id := rows(t, "record", "list", "--data", dir)
	if len(id) != 1 {
		t.Fatalf("%d records", len(id))
	}
	record := id[0]["record"].(string)
	act(t, dir, "note.write", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[{"kind":"fact","text":"A `+canary+` was seen."}]}`, "--record", record)
	if out := must(t, "record", "show", record, "--data", dir); !strings.Contains(out, canary) {
		t.Fatalf("the note does not say so:\n%s", out)
	}
	for path, text := range contents(t, dir) {
		for _, word := range []string{canary, "note-taker", "children-act"} {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %s", path, word)
			}
		}
	}
}

// act performs a command with the text as its body.
func act(t *testing.T, dir, command, body string, more ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	root := newRoot(&out, &errs)
	root.SetIn(strings.NewReader(body))
	root.SetArgs(append([]string{"act", command, "--data", dir, "--actor", "w1", "--role", "note-taker", "--agency", "anytown",
		"--basis", "children-act-1989-s17", "--purpose", "assessment", "--request", command}, more...))
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
}

func TestALedgerOpensUnderTheSecretThatItWasMadeWithAlone(t *testing.T) {
	secrets := t.TempDir()
	key := filepath.Join(secrets, "key")
	if err := keys.WriteKeyFile(key); err != nil {
		t.Fatal(err)
	}
	phrase := writeFile(t, filepath.Join(secrets, "phrase"), "correct horse battery\n")
	wrong := writeFile(t, filepath.Join(secrets, "wrong"), "wrong horse battery\n")
	exposed := writeFile(t, filepath.Join(secrets, "exposed"), "correct horse battery\n")
	if err := os.Chmod(exposed, 0o644); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(secrets, "none")
	for _, tt := range []struct {
		flag, right string
		wrong       []string
	}{
		{"--key-file", key, []string{none}},
		{"--passphrase-file", phrase, []string{wrong, exposed, none}},
	} {
		t.Run(tt.flag, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "ledger")
			must(t, "init", "--data", dir, tt.flag, tt.right)
			if _, err := os.Stat(filepath.Join(dir, keyFile)); err == nil {
				t.Error("a key file was made all the same")
			}
			must(t, "verify", "--data", dir, tt.flag, tt.right)
			if code, _, errs := caseledger(t, "verify", "--data", dir); code != exitNotReady {
				t.Errorf("without: exit %d: %s", code, errs)
			}
			for _, other := range tt.wrong {
				if code, _, errs := caseledger(t, "register", "--data", dir, tt.flag, other); code != exitNotReady {
					t.Errorf("%s: exit %d: %s", other, code, errs)
				}
			}
		})
	}
	if code, _, _ := caseledger(t, "verify", "--data", newLedger(t), "--key-file", key, "--passphrase-file", phrase); code != exitUsage {
		t.Errorf("two secrets: exit %d", code)
	}
}

func TestWhoeverWritesOrVerifiesIsWarnedInOneLine(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(1))
	key := filepath.Join(t.TempDir(), "key")
	if err := os.Rename(filepath.Join(dir, keyFile), key); err != nil {
		t.Fatal(err)
	}
	warnings := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "--data", dir), &out, &errs); code != exitOK || strings.Contains(out.String(), "warning") {
			t.Errorf("%s: exit %d", args, code)
		}
		all := errs.String()
		return strings.TrimSuffix(all, withoutWarnings(all))
	}
	t.Setenv("CASELEDGER_KEY_FILE", key)
	for _, args := range [][]string{{"import", "cin-census", file}, {"verify"}} {
		if got := warnings(args...); strings.Count(got, "\n") != 1 || !strings.Contains(got, "key file only") || strings.Contains(got, "beside") {
			t.Errorf("%s: %q", args, got)
		}
	}
	if got := warnings("register"); got != "" {
		t.Errorf("whoever reads is warned: %q", got)
	}
	t.Setenv("CASELEDGER_KEY_FILE", "")
	if err := os.Rename(key, filepath.Join(dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if got := warnings("verify"); !strings.Contains(got, "lies beside the data") {
		t.Errorf("%q", got)
	}
}

func TestALedgerIsNotMadeOfBadSettings(t *testing.T) {
	for _, args := range [][]string{{"--ledger", "any town"}, {"--ledger", ""}, {"--nation", "france"}, {"--lea", "12"}} {
		dir := filepath.Join(t.TempDir(), "ledger")
		if code, _, errs := caseledger(t, append([]string{"init", "--data", dir}, args...)...); code != exitUsage {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: something was made", args)
		}
	}
}

func TestALedgerThatCallsItselfOtherThanItsLeavesDoIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	v, err := newVault(t.Context(), place{dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	a, err := assemble(place{dir: dir}, v, v.codec("anytown.example/prod"), time.Now, newEventID)
	if err != nil {
		t.Fatal(err)
	}
	created := settings.LedgerCreated{Ledger: "othertown.example/prod", Nation: "england"}
	if err := errors.Join(a.create(t.Context(), created), a.close()); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := caseledger(t, "register", "--data", dir); code != exitVerify || !strings.Contains(errs, "names another ledger") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
