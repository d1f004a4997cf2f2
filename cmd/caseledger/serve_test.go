package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// served is a running 'caseledger serve'.
type served struct {
	cmd        *exec.Cmd
	url, admin string
	esdb       string
	errs       *errorOutput
	said       []string // on standard output, before it listens
}

// errorOutput is what a process says, which its test may read while it runs.
type errorOutput struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *errorOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *errorOutput) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// serveProcess serves a ledger on ports of its own.
func serveProcess(t testing.TB, dir string, args ...string) *served {
	t.Helper()
	return startProcess(t, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
}

// startProcess starts the program and waits until it says where it listens.
func startProcess(t testing.TB, args ...string) *served {
	t.Helper()
	s := &served{errs: &errorOutput{}}
	s.cmd = exec.CommandContext(t.Context(), os.Args[0], args...)
	s.cmd.Env = append(os.Environ(), "CASELEDGER_TEST_AS_PROGRAM=1")
	s.cmd.Stderr = s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // what a test leaves running must not write where its directory is being removed
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill() // the end of the test's context has done so, or will
			_ = s.cmd.Wait()
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && s.url == "" {
		s.said = append(s.said, lines.Text())
		if url, ok := strings.CutPrefix(lines.Text(), "Admin on "); ok {
			s.admin = url
		}
		if address, ok := strings.CutPrefix(lines.Text(), "EventStoreDB protocol on "); ok {
			s.esdb = address
		}
		if url, ok := strings.CutPrefix(lines.Text(), "Listening on "); ok {
			s.url = url
			break
		}
	}
	if s.url == "" {
		t.Fatalf("the server does not listen: %v %s", s.cmd.Wait(), s.errs)
	}
	return s
}

// end sends a signal and returns the exit code.
func (s *served) end(t testing.TB, signal os.Signal) int {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err == nil {
		return 0
	}
	return s.cmd.ProcessState.ExitCode()
}

// call makes a request that carries a key and, unless it is 0, a revision.
func (s *served) call(method, path, token, body, key string, revision int) (int, string, error) {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for name, value := range map[string]string{"Authorization": "Bearer " + token, "Purpose": "assessment", "Legal-Basis": "children-act-1989-s17",
		"Content-Type": "application/json", "Idempotency-Key": key, "If-Match": fmt.Sprintf(`"%d"`, revision)} {
		req.Header.Set(name, value)
	}
	if revision == 0 {
		req.Header.Del("If-Match")
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

func (s *served) page(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := http.Get(s.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func tokenOf(t testing.TB, dir, role string) string {
	t.Helper()
	return strings.TrimSpace(must(t, "token", "add", "--data", dir, "--id", role+"-1", "--role", role, "--agency", "anytown"))
}

func TestOneKeySentWithKillsBetweenIsOneEventAndOneAnswer(t *testing.T) {
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	register := `{"happened":"2026-01-05","person":"` + strings.Repeat("1f", 16) + `"}`
	refer := `{"happened":"2026-01-05","referral":"r1","source":"1A"}`
	answers := make(map[string]bool)
	for range max(crashes(t), 3) {
		s := serveProcess(t, dir)
		status, text, err := s.call(http.MethodPost, "/v1/records", token, register, "k1", 0)
		if err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s %v", status, text, err)
		}
		answers[text] = true
		var receipt struct {
			Record string `json:"record"`
		}
		if err := json.Unmarshal([]byte(text), &receipt); err != nil {
			t.Fatal(err)
		}
		// The kill comes while this is being answered, before or after.
		asked := make(chan string, 1)
		go func() {
			_, text, err := s.call(http.MethodPost, "/v1/records/"+receipt.Record+"/referrals", token, refer, "k2", 1)
			if err != nil {
				text = ""
			}
			asked <- text
		}()
		s.end(t, syscall.SIGKILL)
		if text := <-asked; text != "" {
			answers[text] = true
		}
	}
	s := serveProcess(t, dir)
	var record string
	for text := range answers {
		_, rest, _ := strings.Cut(text, `"record":"`)
		record = rest[:32]
	}
	if status, text, err := s.call(http.MethodPost, "/v1/records/"+record+"/referrals", token, refer, "k2", 1); err != nil || status != http.StatusCreated {
		t.Errorf("%d %s %v", status, text, err)
	} else {
		answers[text] = true
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK || len(answers) != 2 {
		t.Errorf("exit %d, %d answers to two keys: %v", code, len(answers), answers)
	}
	if got := rows(t, "record", "entries", record, "--data", dir); len(got) != 2 {
		t.Errorf("%d entries", len(got))
	}
	must(t, "verify", "--data", dir)
}

func TestAServerTellsHowItIsAndSealsBothLedgersAtItsEnd(t *testing.T) {
	dir := newLedger(t)
	token, auditor := tokenOf(t, dir, "manager"), tokenOf(t, dir, "auditor")
	s := serveProcess(t, dir)
	_, text, err := s.call(http.MethodPost, "/v1/records", token, `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`, "k1", 0)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(text, `"record":"`)
	record := rest[:32]
	if status, text, err := s.call(http.MethodGet, "/v1/records/"+record, token, "", "", 0); err != nil || status != http.StatusOK {
		t.Errorf("%d %s %v", status, text, err)
	}
	if status, text, err := s.call(http.MethodGet, "/v1/accesses?record="+record, auditor, "", "", 0); err != nil || status != http.StatusOK || !strings.Contains(text, `"caller":"manager-1"`) {
		t.Errorf("%d %s %v", status, text, err)
	}
	for path, want := range map[string]string{"/livez": "ok\n", "/readyz": "ok\n", "/readyz?verbose": "read models: ok", "/metrics": "caseledger_http_answers_total"} {
		if status, text := s.page(t, path); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if code, _, _ := caseledger(t, "register", "--data", dir); code != exitNotReady {
		t.Errorf("beside a server: exit %d", code)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	must(t, "verify", "--data", dir)
	second := must(t, "verify", "--data", filepath.Join(dir, accessDir), "--key-file", filepath.Join(dir, keyFile), "--ledger-only")
	if strings.Contains(second, "not sealed yet") {
		t.Error(second)
	}
	if got := rows(t, "access", "search", "--data", dir, "--record", record); len(got) != 1 || got[0]["operation"] != "record.read" {
		t.Errorf("%v", got)
	}
	if got := rows(t, "access", "report", "--data", dir); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

// A client that asks while its last connection is on its way back to it opens
// another, and may never need that.
func TestAServerEndsWellThoughAConnectionIsKeptReady(t *testing.T) {
	dir := newLedger(t)
	tokenOf(t, dir, "manager")
	s := serveProcess(t, dir)
	for _, url := range []string{s.url, s.admin} {
		ready, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		fine(t, err)
		defer ready.Close()
		res, err := http.Get(url + "/openapi.json") // accepted after it
		fine(t, err)
		fine(t, res.Body.Close())
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}

func TestAServerListensOnThisMachineOnly(t *testing.T) {
	dir := newLedger(t)
	if code, _, errs := caseledger(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"); code != exitNotReady {
		t.Errorf("without tokens: exit %d %s", code, errs)
	}
	tokenOf(t, dir, "manager")
	for _, args := range [][]string{
		{"--listen", "0.0.0.0:0"}, {"--listen", ":0"}, {"--listen", "192.0.2.1:0"}, {"--listen", "example.org:0"}, {"--admin", "[::]:0"}, {"--listen", "nowhere"},
		{"--tls-cert", "cert.pem"},
	} {
		if code, _, errs := caseledger(t, append([]string{"serve", "--data", dir}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
}

func TestAServerSpeaksTLSWithTheFilesGiven(t *testing.T) {
	dir := newLedger(t)
	tokenOf(t, dir, "manager")
	cert, key := selfSigned(t)
	s := serveProcess(t, dir, "--tls-cert", cert, "--tls-key", key)
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	res, err := client.Get(s.url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.TLS.Version != tls.VersionTLS13 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %x %v", res.StatusCode, res.TLS.Version, res.Header)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}

// selfSigned writes a certificate of this machine's own, and its key.
func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestADemoIsServedToACallerInEachRole(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	s := startProcess(t, "demo", "--serve", "--children", "5", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	callers := 0
	for _, line := range s.said {
		role, token, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !slices.Contains(demoRoles, role) {
			continue
		}
		callers++
		req, err := http.NewRequest(http.MethodGet, s.url+"/v1/register", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
		req.Header.Set("Purpose", "demo")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK && res.StatusCode != http.StatusForbidden || res.Header.Get("Caseledger-Demo") == "" {
			t.Errorf("%s: %s %v", role, res.Status, err)
		}
	}
	if callers != 5 {
		t.Errorf("%d callers: %v", callers, s.said)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if code, _, errs := caseledger(t, "demo", "--serve", "--children", "5", "--listen", "0.0.0.0:0"); code != exitUsage {
		t.Errorf("for other machines: exit %d %s", code, errs)
	}
}

func TestADemoSpeaksTLSOnRequest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	s := startProcess(t, "demo", "--serve", "--tls", "--children", "5", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	text, err := os.ReadFile(filepath.Join(dir, "demo-cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	trusted := &tls.Config{RootCAs: x509.NewCertPool()}
	trusted.RootCAs.AppendCertsFromPEM(text)
	transport := &http.Transport{TLSClientConfig: trusted}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Get(s.url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(s.url, "https://") {
		t.Errorf("%s: %s %v", s.url, res.Status, err)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if code, _, errs := caseledger(t, "demo", "--serve", "--tls", "--tls-cert", "c.pem", "--tls-key", "k.pem", "--children", "5"); code != exitUsage {
		t.Errorf("two certificates: exit %d %s", code, errs)
	}
}

func TestTokensAreListedRevokedAndNeverKept(t *testing.T) {
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	file, err := os.ReadFile(filepath.Join(dir, tokensFile))
	if err != nil || len(token) < 40 || bytes.Contains(file, []byte(token)) {
		t.Errorf("%v: the file holds the token: %s", err, file)
	}
	if got := rows(t, "token", "list", "--data", dir); len(got) != 1 || got[0]["id"] != "manager-1" {
		t.Errorf("%v", got)
	}
	must(t, "token", "revoke", "manager-1", "--data", dir)
	if got := rows(t, "token", "list", "--data", dir); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for _, args := range [][]string{{"token", "revoke", "manager-1", "--data", dir}, {"token", "add", "--data", dir, "--id", "x", "--role", "king", "--agency", "a"},
		{"token", "add", "--data", dir, "--id", "x/y", "--role", "manager", "--agency", "a"}} {
		if code, _, _ := caseledger(t, args...); code == exitOK {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if err := os.Chmod(filepath.Join(dir, tokensFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := caseledger(t, "token", "list", "--data", dir); code == exitOK {
		t.Error("a file that everybody can read is taken")
	}
}
