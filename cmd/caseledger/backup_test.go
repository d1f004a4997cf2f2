package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/s3/s3test"
	"caseledger/eventstore/backup"
	"caseledger/eventstore/journal"
)

// tinyDemo is quick to make.
func tinyDemo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	must(t, "demo", "--data", dir, "--children", "12", "--seed", "3")
	return dir
}

// backedUp is a small ledger with a repository that holds a backup of it.
func backedUp(t *testing.T, more ...string) (dir, repo, key string) {
	t.Helper()
	dir, repo, key = tinyDemo(t), filepath.Join(t.TempDir(), "repository"), filepath.Join(t.TempDir(), "repository-key")
	must(t, append([]string{"backup", "create", "--data", dir, "--to", repo, "--repository-key", key}, more...)...)
	return dir, repo, key
}

func TestALedgerIsBackedUpWhileAnotherProcessHasIt(t *testing.T) {
	dir := tinyDemo(t)
	store, err := openJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if code, _, errs := caseledger(t, "store", "check", "--data", dir); code != exitNotReady {
		t.Fatalf("nobody has it: %s", errs)
	}
	repo, key := filepath.Join(t.TempDir(), "repository"), filepath.Join(t.TempDir(), "repository-key")
	must(t, "backup", "create", "--data", dir, "--to", repo, "--repository-key", key)
	must(t, "backup", "verify", "--from", repo, "--repository-key", key)
	must(t, "store", "info", "--data", dir)
}

func TestABackupWithWhatOpensItIsTheLedger(t *testing.T) {
	dir, repo, key := backedUp(t, "--with-keys")
	for path, text := range contents(t, repo) {
		if strings.Contains(text, "record-") || strings.Contains(text, "person.") {
			t.Errorf("%s is legible", path)
		}
	}
	into := filepath.Join(t.TempDir(), "restored")
	must(t, "restore", "--from", repo, "--repository-key", key, "--to", into)
	for _, name := range []string{"log-key", "key", filepath.Join("keys", "epochs", "epoch-1")} {
		if _, err := os.Stat(filepath.Join(into, name)); err == nil {
			t.Errorf("%s was in the backup", name)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(into, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(into, name), string(text))
	}
	if a, b := must(t, "record", "list", "--data", dir), must(t, "record", "list", "--data", into); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	must(t, "verify", "--data", into)
	if code, _, errs := caseledger(t, "restore", "--from", repo, "--repository-key", key, "--to", into); code != exitFailed || !strings.Contains(errs, "nothing is overwritten") {
		t.Errorf("over a ledger: exit %d: %s", code, errs)
	}
}

func TestAVerifiedBackupGivesTheReadModelsInUse(t *testing.T) {
	dir, repo, key := backedUp(t, "--with-keys")
	signers := writeFile(t, filepath.Join(t.TempDir(), "log.keys"), must(t, "log", "keys", "--data", dir))
	verify := []string{"backup", "verify", "--from", repo, "--repository-key", key, "--keys", signers, "--data", dir}
	for _, args := range [][]string{{"keys", "info"}, {"keys", "renew"}} { // with the backup's own keys, and without
		if out := must(t, verify...); !strings.Contains(out, "read model register") || !strings.Contains(out, "as in use") || !strings.Contains(out, "signature") {
			t.Errorf("before %v:\n%s", args, out)
		}
		must(t, append(args, "--data", dir)...)
	}
	if out := must(t, verify...); !strings.Contains(out, "an epoch that is gone") {
		t.Errorf("after a renewal:\n%s", out)
	}
	spoil(t, dir, "UPDATE register__v2 SET previous = previous + 1")
	if code, out, errs := caseledger(t, verify...); code != exitVerify || !strings.Contains(errs, "read model register") {
		t.Errorf("exit %d: %s\n%s", code, errs, out)
	}
}

func TestWhatIsWrongWithARepositorySaysAnExitCode(t *testing.T) {
	_, repo, key := backedUp(t)
	other := newLedger(t)
	stranger := writeFile(t, filepath.Join(t.TempDir(), "key"), strings.Repeat("0a", 32)+"\n")
	at := []string{"--repository-key", key}
	for _, tt := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"no place", append([]string{"backup", "list"}, at...), exitUsage, "--from"},
		{"no key", []string{"backup", "list", "--from", repo}, exitUsage, "--repository-key"},
		{"another key", []string{"backup", "list", "--from", repo, "--repository-key", stranger}, exitNotReady, "not the one of this repository"},
		{"a key that is not there", []string{"backup", "list", "--from", repo, "--repository-key", key + ".not"}, exitNotReady, "no such file"},
		{"no repository", append([]string{"backup", "verify", "--from", filepath.Join(t.TempDir(), "none")}, at...), exitNotReady, "there is none"},
		{"no such backup", append([]string{"restore", "--from", repo, "--to", filepath.Join(t.TempDir(), "x"), "--at", "3"}, at...), exitNotReady, "there is none"},
		{"another ledger", append([]string{"backup", "create", "--data", other, "--to", repo}, at...), exitFailed, "another ledger"},
		{"no ledger", append([]string{"backup", "create", "--data", repo, "--to", repo}, at...), exitNotReady, "there is no ledger"},
		{"keeping none", append([]string{"backup", "prune", "--from", repo, "--keep", "0"}, at...), exitUsage, "--keep"},
		{"keeping one", append([]string{"backup", "prune", "--from", repo, "--keep", "1"}, at...), exitOK, ""},
		{"a sound one", append([]string{"backup", "verify", "--from", repo}, at...), exitOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if code, _, errs := caseledger(t, tt.args...); code != tt.want || !strings.Contains(errs, tt.says) {
				t.Errorf("exit %d, want %d: %s", code, tt.want, errs)
			}
		})
	}
	objects, err := filepath.Glob(filepath.Join(repo, "objects", "*", "*"))
	if err != nil || len(objects) == 0 {
		t.Fatal("no objects")
	}
	text, err := os.ReadFile(objects[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	writeFile(t, objects[0], string(text))
	if code, _, errs := caseledger(t, append([]string{"backup", "verify", "--from", repo}, at...)...); code != exitVerify || !strings.Contains(errs, filepath.Base(objects[0])) {
		t.Errorf("a flipped bit: exit %d: %s", code, errs)
	}
}

func TestTheStoreIsLookedAtWithoutKeys(t *testing.T) {
	dir := tinyDemo(t)
	for _, name := range []string{keysDir, keyFile, logKeyFile} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var info []storeInfo
	if err := json.Unmarshal([]byte(must(t, "store", "info", "--data", dir, "--output", "json")), &info); err != nil {
		t.Fatal(err)
	}
	files, err := journal.ReadFiles(t.Context(), filepath.Join(dir, journalDir), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(info) != 1 || info[0].Events != files.Events || info[0].Checkpoint != int64(files.Events) || info[0].Index != "complete" {
		t.Errorf("%+v", info)
	}
	if out := must(t, "store", "reindex", "--data", dir); !strings.Contains(out, "events/s") {
		t.Error(out)
	}
	must(t, "store", "check", "--data", dir)
	segment := filepath.Join(dir, journalDir, "00000000000000000001.seg")
	text, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	writeFile(t, segment, string(text))
	if code, _, errs := caseledger(t, "store", "check", "--data", dir); code != exitVerify || !strings.Contains(errs, filepath.Base(segment)) {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, _, _ := caseledger(t, "store", "reindex", "--data", t.TempDir()); code != exitNotReady {
		t.Errorf("no ledger: exit %d", code)
	}
}

func TestAnObjectStoreHoldsBackupsAndMirrors(t *testing.T) {
	server := s3test.Start(t)
	t.Setenv("CASELEDGER_S3_ENDPOINT", server.Endpoint)
	t.Setenv("CASELEDGER_S3_CREDENTIALS_FILE", server.CredentialsFile)
	t.Setenv("CASELEDGER_S3_REGION", "us-east-1")
	dir, work := tinyDemo(t), t.TempDir()
	t.Setenv("CASELEDGER_REPOSITORY_KEY_FILE", filepath.Join(work, "repository-key"))
	repo, mirror := "s3://"+server.Bucket+"/backups", "s3://"+server.Bucket+"/mirror"
	must(t, "backup", "create", "--data", dir, "--to", repo)
	must(t, "backup", "create", "--data", dir, "--to", repo, "--with-keys")
	if n := len(rows(t, "backup", "list", "--from", repo)); n != 2 {
		t.Errorf("%d backups", n)
	}
	must(t, "backup", "prune", "--from", repo, "--keep", "1")
	must(t, "backup", "verify", "--from", repo)
	must(t, "restore", "--from", repo, "--to", filepath.Join(work, "one"))
	must(t, "mirror", "--data", dir, "--to", mirror, "--once")
	must(t, "restore", "--from", mirror, "--to", filepath.Join(work, "two"))
	must(t, "store", "check", "--data", filepath.Join(work, "two"))
	if code, _, errs := caseledger(t, "backup", "list", "--from", "s3://nowhere"); code != exitFailed {
		t.Errorf("no bucket: exit %d: %s", code, errs)
	}
}

func TestAMirrorFollowsUntilItIsStopped(t *testing.T) {
	dir, at := newLedger(t), filepath.Join(t.TempDir(), "mirror")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	m := mirroring{place: place{dir: dir}, at: backup.NewDir(at), into: at, to: streams{out: io.Discard, err: io.Discard}}
	before, err := m.place.lastNote(ctx)
	if err != nil {
		t.Fatal(err)
	}
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir)
	now, err := m.place.lastNote(ctx)
	if err != nil || bytes.Equal(before, now) {
		t.Fatal("nothing was sealed", err)
	}
	m.at = watched{m.at, func(name string, content []byte) {
		if bytes.Equal(content, now) {
			stop()
		}
	}}
	if err := m.run(ctx); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "restored")
	must(t, "restore", "--from", at, "--to", into)
	if a, b := rows(t, "store", "info", "--data", dir), rows(t, "store", "info", "--data", into); a[0]["events"] != b[0]["events"] {
		t.Errorf("%v\n%v", a, b)
	}
}

// watched is a destination that tells what was put there.
type watched struct {
	backup.Destination
	put func(name string, content []byte)
}

func (d watched) Put(ctx context.Context, name string, content []byte) error {
	err := d.Destination.Put(ctx, name, content)
	d.put(name, content)
	return err
}
