package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore/proof/evidence"
)

// serving runs a command that serves, and returns its address. stop ends it.
func serving(t *testing.T, args ...string) (url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, args, in, &errs); in.Close() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, errs.String())
	}
	go io.Copy(io.Discard, out) // ends with the command
	stop = func() {
		cancel()
		if code := <-ended; code != exitOK {
			t.Errorf("%s: exit %d: %s", args, code, errs.String())
		}
		ended <- exitOK
	}
	t.Cleanup(stop)
	return strings.TrimSpace(strings.TrimPrefix(line, "Listening on ")), stop
}

// opensslAuthority is a time-stamp authority: openssl ts behind HTTP.
func opensslAuthority(t *testing.T) (file string, stop func()) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	openssl := func(args ...string) {
		cmd := exec.CommandContext(t.Context(), "openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("openssl %s: %v\n%s", args, err, out)
		}
	}
	writeFile(t, filepath.Join(dir, "ca.cnf"), "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Root\n[tsa]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n[root]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n")
	writeFile(t, filepath.Join(dir, "serial"), "01\n")
	writeFile(t, filepath.Join(dir, "ts.cnf"), "[tsa]\ndefault_tsa=t\n[t]\ndir=.\nserial=serial\ndefault_policy=1.2.3.4.1\ndigests=sha256\naccuracy=secs:1\nordering=no\ness_cert_id_alg=sha256\nsigner_digest=sha256\n")
	openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-config", "ca.cnf", "-extensions", "root")
	openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-config", "ca.cnf", "-subj", "/CN=Time of Anytown")
	openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out", "tsa.pem", "-days", "30", "-extfile", "ca.cnf", "-extensions", "tsa")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil || os.WriteFile(filepath.Join(dir, "query"), query, 0o600) != nil {
			http.Error(w, "cannot be read", http.StatusBadRequest)
			return
		}
		openssl("ts", "-reply", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply", "-config", "ts.cnf")
		reply, err := os.ReadFile(filepath.Join(dir, "reply"))
		if err != nil {
			http.Error(w, "no reply", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(reply)
	}))
	t.Cleanup(server.Close)
	return writeFile(t, filepath.Join(dir, "authorities"), "# name URL roots\nanytown "+server.URL+" root.pem\n"), server.Close
}

// attested is a ledger with a witness and a time-stamp authority that answer.
type attestedLedger struct {
	dir, record, keys   string
	policy, authorities string
	killWitness         func()
	killAuthority       func()
}

func newAttestedLedger(t *testing.T) attestedLedger {
	t.Helper()
	root := t.TempDir()
	l := attestedLedger{dir: newLedger(t), keys: filepath.Join(root, "keys"), policy: filepath.Join(root, "policy")}
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", l.dir)
	l.record = rows(t, "record", "list", "--data", l.dir)[0]["record"].(string)
	writeFile(t, l.keys, must(t, "log", "keys", "--data", l.dir))
	witnessDir := filepath.Join(root, "witness")
	vkey := strings.TrimSpace(must(t, "witness", "init", "--dir", witnessDir, "--name", "borough.example/w1"))
	must(t, "witness", "enrol", "--dir", witnessDir, "--keys", l.keys)
	url, stop := serving(t, "witness", "serve", "--dir", witnessDir, "--listen", "127.0.0.1:0")
	l.killWitness = stop
	writeFile(t, l.policy, must(t, "log", "keys", "--policy", "--data", l.dir)+"witness borough "+vkey+" "+url+"\nquorum borough\n")
	l.authorities, l.killAuthority = opensslAuthority(t)
	return l
}

func (l attestedLedger) verify(t *testing.T, file string, more ...string) (int, evidence.Report) {
	t.Helper()
	args := append([]string{"verify", file, "--keys", l.keys, "--witness-policy", l.policy, "--authorities", l.authorities, "--output", "json"}, more...)
	code, out, errs := caseledger(t, args...)
	var r evidence.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	return code, r
}

func (l attestedLedger) evidence(t *testing.T, name string, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := append([]string{"evidence", "--data", l.dir, "--record", l.record, "--out", path, "--witness-policy", l.policy, "--authorities", l.authorities}, more...)
	must(t, args...)
	return path
}

func TestAStrangerVerifiesAPackageWithWitnessAndTimeStamp(t *testing.T) {
	l := newAttestedLedger(t)
	must(t, "log", "attest", "--data", l.dir, "--witness-policy", l.policy, "--authorities", l.authorities, "--heads")
	must(t, "verify", "--data", l.dir, "--witness-policy", l.policy, "--authorities", l.authorities)
	first, again := l.evidence(t, "first.zip"), l.evidence(t, "again.zip")
	code, r := l.verify(t, first)
	if code != exitOK || r.Overall != evidence.Valid || r.StampedAt.IsZero() || len(r.Entries) == 0 {
		t.Errorf("exit %d: %+v", code, r)
	}
	if a, b := fileText(t, first), fileText(t, again); a != b {
		t.Error("the same ledger and options gave other bytes")
	}
	opensslVerifies(t, first, filepath.Join(filepath.Dir(l.authorities), "root.pem"))
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// opensslVerifies checks the token in a package as README.md of package
// timestamp tells others to.
func opensslVerifies(t *testing.T, path, roots string) {
	t.Helper()
	in, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	part := func(name string) string {
		f, err := in.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dir := t.TempDir()
	text := strings.Join(strings.SplitAfterN(part("checkpoint"), "\n", 4)[:3], "")
	writeFile(t, filepath.Join(dir, "checkpoint"), text)
	writeFile(t, filepath.Join(dir, "stamp.txt"), part("timestamps/000001"))
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "sed -n 's/^token //p' stamp.txt | base64 -d > token.der && openssl ts -verify -token_in -in token.der -data checkpoint -CAfile \"$0\"", roots)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWithoutWitnessOrAuthorityTheVerdictSaysSo(t *testing.T) {
	for _, tt := range []struct {
		name string
		kill func(attestedLedger)
		want evidence.Verdict
	}{
		{"the witness", func(l attestedLedger) { l.killWitness() }, evidence.Unwitnessed},
		{"the authority", func(l attestedLedger) { l.killAuthority() }, evidence.Untimed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newAttestedLedger(t)
			tt.kill(l)
			code, out, _ := caseledger(t, "log", "attest", "--data", l.dir, "--witness-policy", l.policy, "--authorities", l.authorities)
			if code != exitFailed {
				t.Errorf("attest: exit %d: %s", code, out)
			}
			code, r := l.verify(t, l.evidence(t, "evidence.zip"))
			if code != exitVerify || r.Overall != tt.want {
				t.Errorf("exit %d, %s", code, r.Overall)
			}
		})
	}
}

func TestAWitnessThatSawTheTrueHistoryDoesNotCosignAnother(t *testing.T) {
	l := newAttestedLedger(t)
	backup := filepath.Join(t.TempDir(), "backup")
	copyDir(t, l.dir, backup)
	attest := []string{"log", "attest", "--witness-policy", l.policy, "--data"}
	must(t, "import", "cin-census", written(t, soundReturn(4)), "--data", l.dir)
	must(t, append(attest, l.dir)...)
	must(t, "import", "cin-census", written(t, strings.ReplaceAll(soundReturn(6), "2021-06-01", "2021-06-02")), "--data", backup)
	if code, out, errs := caseledger(t, append(attest, backup)...); code != exitFailed || !strings.Contains(errs, "borough") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestWhatIsWithheldIsExplainedAndNothingElseIsMissing(t *testing.T) {
	dir := newLedger(t)
	must(t, "import", "cin-census", written(t, soundReturn(1)), "--data", dir)
	record := rows(t, "record", "list", "--data", dir)[0]["record"].(string)
	keys := writeFile(t, filepath.Join(t.TempDir(), "keys"), must(t, "log", "keys", "--data", dir))
	const head = "entry,field,ground,decided-by,decided-on\n"
	for _, tt := range []struct {
		name string
		file string
		args []string
		code int
		want evidence.Verdict
	}{
		{"a field", head + "2,/actor,third party,team-manager,2026-11-22\n", nil, exitOK, evidence.Redacted},
		{"all fields of an entry", head + "3,/*,third party,team-manager,2026-11-22\n", nil, exitOK, evidence.Redacted},
		{"a field that there is not", head + "2,/none,third party,team-manager,2026-11-22\n", nil, exitUsage, ""},
		{"an entry that there is not", head + "999,/actor,third party,team-manager,2026-11-22\n", nil, exitUsage, ""},
		{"no ground", head + "2,/actor,,team-manager,2026-11-22\n", nil, exitUsage, ""},
		{"no day", head + "2,/actor,third party,team-manager,yesterday\n", nil, exitUsage, ""},
		{"no head", "2,/actor,third party,team-manager,2026-11-22\n", nil, exitUsage, ""},
		{"too few columns", head + "2,/actor\n", nil, exitUsage, ""},
		{"fields that are shown", "/happened\n/actor*\n", []string{"--ground", "not asked for", "--decided-by", "solicitor", "--decided-on", "2026-11-22"}, exitOK, evidence.Redacted},
		{"fields without a ground", "/happened\n", []string{"--decided-by", "solicitor"}, exitUsage, ""},
		{"no field", "# none\n", []string{"--ground", "x", "--decided-by", "y", "--decided-on", "2026-11-22"}, exitUsage, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			file, out := writeFile(t, filepath.Join(root, "list"), tt.file), filepath.Join(root, "evidence.zip")
			flag := "--redactions"
			if !strings.Contains(tt.file, ",") {
				flag = "--fields"
			}
			code, _, errs := caseledger(t, append([]string{"evidence", "--data", dir, "--record", record, "--out", out, flag, file}, tt.args...)...)
			if code != tt.code {
				t.Fatalf("exit %d: %s", code, errs)
			}
			if code != exitOK {
				if _, err := os.Stat(out); err == nil {
					t.Error("something was written")
				}
				return
			}
			code, text, _ := caseledger(t, "verify", out, "--keys", keys, "--output", "json")
			if code != exitOK || !strings.Contains(text, fmt.Sprintf(`"overall": %q`, tt.want)) {
				t.Errorf("exit %d: %s", code, text)
			}
		})
	}
}

func TestAPackageAsKnownThenHoldsNothingOfLater(t *testing.T) {
	dir := newLedger(t) // in which no heads were logged
	must(t, "import", "cin-census", written(t, soundReturn(1)), "--data", dir)
	record := rows(t, "record", "list", "--data", dir)[0]["record"].(string)
	keys := writeFile(t, filepath.Join(t.TempDir(), "keys"), must(t, "log", "keys", "--data", dir))
	out := filepath.Join(t.TempDir(), "evidence.zip")
	must(t, "evidence", "--data", dir, "--record", record, "--known-at", "2099-01-01", "--out", out)
	code, _, errs := caseledger(t, "verify", out, "--keys", keys)
	if code != exitVerify || !strings.Contains(errs, "MISSING") {
		t.Errorf("a package with an open end is believed: exit %d: %s", code, errs)
	}
	must(t, "verify", out, "--keys", keys, "--open-end")
	if code, _, _ := caseledger(t, "evidence", "--data", dir, "--record", record, "--out", out); code == exitOK {
		t.Error("a package was replaced")
	}
	must(t, "log", "attest", "--data", dir, "--heads")
	then := filepath.Join(t.TempDir(), "then.zip")
	must(t, "evidence", "--data", dir, "--record", record, "--known-at", "2099-01-01", "--out", then)
	must(t, "verify", then, "--keys", keys)
}

func TestTheLogIsServedForReadingBesideTheProgramThatWrites(t *testing.T) {
	dir := newLedger(t)
	url, _ := serving(t, "log", "serve", "--data", dir, "--listen", "127.0.0.1:0")
	must(t, "import", "cin-census", written(t, soundReturn(1)), "--data", dir)
	for path, want := range map[string]int{"/checkpoint": 200, "/tile/0/000.p/3": 200, "/key": 404, "/../log-key": 404, "/tile/entries/000.p/3": 404} {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != want {
			t.Errorf("%s: %d %v", path, answer.StatusCode, err)
		}
		if path == "/checkpoint" && string(body) != must(t, "log", "checkpoint", "--data", dir) {
			t.Error("it serves another checkpoint")
		}
	}
}

func TestNewKeysOfTheLogLeaveWhatWasSignedWithTheOldOnesGood(t *testing.T) {
	dir := newLedger(t)
	must(t, "import", "cin-census", written(t, soundReturn(1)), "--data", dir)
	before := writeFile(t, filepath.Join(t.TempDir(), "before"), must(t, "log", "checkpoint", "--data", dir))
	oldKeys := writeFile(t, filepath.Join(t.TempDir(), "old"), must(t, "log", "keys", "--data", dir))
	secret := fileText(t, filepath.Join(dir, logKeyFile))
	keys := writeFile(t, filepath.Join(t.TempDir(), "new"), must(t, "log", "rotate", "--data", dir))
	must(t, "import", "cin-census", written(t, soundReturn(2)), "--data", dir)
	must(t, "verify", "--data", dir, "--known", before)
	out := filepath.Join(t.TempDir(), "evidence.zip")
	must(t, "evidence", "--data", dir, "--record", rows(t, "record", "list", "--data", dir)[0]["record"].(string), "--out", out, "--known", before)
	must(t, "verify", out, "--keys", keys, "--known", before)
	if code, _, errs := caseledger(t, "verify", out, "--keys", oldKeys); code != exitVerify {
		t.Errorf("the old keys alone: exit %d: %s", code, errs)
	}
	writeFile(t, filepath.Join(dir, logKeyFile), secret)
	if code, _, errs := caseledger(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir); code != exitVerify || !strings.Contains(errs, "not those in force") {
		t.Errorf("the old keys sign on: exit %d: %s", code, errs)
	}
}

func TestARotationThatWasInterruptedIsFinishedByTheNextCommand(t *testing.T) {
	dir := newLedger(t)
	old := fileText(t, filepath.Join(dir, logKeyFile))
	must(t, "log", "rotate", "--data", dir)
	path := filepath.Join(dir, logKeyFile)
	if err := os.Rename(path, path+nextSuffix); err != nil { // as if the rename had not come about
		t.Fatal(err)
	}
	writeFile(t, path, old)
	must(t, "import", "cin-census", written(t, soundReturn(1)), "--data", dir)
	must(t, "verify", "--data", dir)
	if fileText(t, path) == old {
		t.Error("the old keys are still there")
	}
}
