// Package openbaotest runs a real OpenBao server for tests: in memory, on the
// loopback address, over TLS with a certificate of its own, for as long as the
// test runs. It is never part of the product.
package openbaotest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// Limits of a start.
const (
	patience  = 5 * time.Minute
	maxStarts = 3 // another program may take the port first
)

const rootToken = "root-of-a-test"

// Server is an OpenBao server with a transit engine at "transit".
type Server struct {
	URL    string // https://127.0.0.1:port
	CAFile string
	// Process is the server's; a test may stop it and let it go on.
	Process *os.Process

	client *http.Client
}

// Start starts a server. The program is the one that CASELEDGER_BAO names, or
// "bao"; without it the test is skipped.
func Start(t *testing.T) *Server {
	t.Helper()
	program := os.Getenv("CASELEDGER_BAO")
	if program == "" {
		program = "bao"
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip("there is no OpenBao server: install bao, or name it in CASELEDGER_BAO")
	}
	for range maxStarts {
		if s := start(t, path); s != nil {
			s.Admin(t, "POST", "sys/mounts/transit", map[string]any{"type": "transit"})
			return s
		}
	}
	t.Fatal("the OpenBao server does not start")
	return nil
}

// start returns nil when the server ended before it was ready.
func start(t *testing.T, program string) *Server {
	t.Helper()
	dir, address := t.TempDir(), freeAddress(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server := exec.Command(program, "server", "-dev", "-dev-no-store-token", "-dev-tls", "-dev-tls-cert-dir="+dir,
		"-dev-listen-address="+address, "-dev-root-token-id="+rootToken)
	server.Env = append(os.Environ(), "HOME="+dir)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { server.Process.Kill() })
	said, ready := readUntil(out, "Root Token:")
	stop()
	if !ready {
		server.Wait()
		t.Logf("OpenBao: %s", said)
		return nil
	}
	go io.Copy(io.Discard, out) // ends with the server
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	// The server removes its own copy when it stops.
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text, err := os.ReadFile(filepath.Join(dir, "vault-ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	return &Server{URL: "https://" + address, CAFile: ca, Process: server.Process, client: client}
}

func readUntil(from io.Reader, words string) (said string, found bool) {
	var all strings.Builder
	for lines := bufio.NewScanner(from); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), words) {
			return all.String(), true
		}
	}
	return all.String(), false
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Key makes a key of the engine and returns its address.
func (s *Server) Key(t *testing.T, name string) string {
	t.Helper()
	s.Admin(t, "POST", "transit/keys/"+name, nil)
	return s.Address(name)
}

// Address returns the address of a key, whether there is one or not.
func (s *Server) Address(name string) string { return s.URL + "/v1/transit/keys/" + name }

// policy is what cmd/README.md tells an operator to write.
const policy = `path "transit/encrypt/NAME" { capabilities = ["update"] }
path "transit/decrypt/NAME" { capabilities = ["update"] }`

// TokenFile writes the file of a token that may wrap and unwrap with one key
// and do nothing else.
func (s *Server) TokenFile(t *testing.T, name string) string {
	t.Helper()
	s.Admin(t, "PUT", "sys/policies/acl/use-"+name, map[string]any{"policy": strings.ReplaceAll(policy, "NAME", name)})
	var made struct {
		Auth struct {
			ClientToken string `json:"client_token"`
		} `json:"auth"`
	}
	answer := s.Admin(t, "POST", "auth/token/create", map[string]any{"policies": []string{"use-" + name}})
	if err := json.Unmarshal(answer, &made); err != nil || made.Auth.ClientToken == "" {
		t.Fatalf("no token: %v", err)
	}
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(made.Auth.ClientToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Admin asks the server as its administrator, and returns its answer.
func (s *Server) Admin(t *testing.T, method, path string, body map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(method, s.URL+"/v1/"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Vault-Token", rootToken)
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: status %d: %s: %v", method, path, response.StatusCode, answer, err)
	}
	return answer
}
