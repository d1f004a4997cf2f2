// Package s3test runs a real server of the S3 protocol for tests: moto, in memory,
// on the loopback address, for as long as the test runs. It is never part of
// the product.
package s3test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a start may take.
const patience = 5 * time.Minute

// Server is an object store with an empty bucket.
type Server struct {
	Endpoint        string
	Bucket          string
	CredentialsFile string
}

// Start starts a server. The program is the one that CASELEDGER_MOTO names, or
// "moto_server"; without it the test is skipped.
func Start(t *testing.T) Server {
	t.Helper()
	program := os.Getenv("CASELEDGER_MOTO")
	if program == "" {
		program = "moto_server"
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip("there is no S3 server: install moto_server, or name it in CASELEDGER_MOTO")
	}
	server := exec.Command(path, "-H", "127.0.0.1", "-p", "0") // a port that is free, which it says
	out, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { server.Process.Kill() })
	defer stop()
	s := Server{Bucket: "backups", CredentialsFile: filepath.Join(t.TempDir(), "credentials")}
	said := bufio.NewReader(out)
	for s.Endpoint == "" {
		line, err := said.ReadString('\n')
		if err != nil {
			t.Fatalf("the S3 server does not start: %s", line)
		}
		if _, address, told := strings.Cut(line, "Running on http://"); told {
			s.Endpoint = "http://" + strings.TrimSpace(address)
		}
	}
	go io.Copy(io.Discard, said) // ends with the server
	if err := os.WriteFile(s.CredentialsFile, []byte("access\nsecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.makeBucket(t)
	return s
}

func (s Server) makeBucket(t *testing.T) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Endpoint+"/"+s.Bucket, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the bucket is not made: %s", answer.Status)
	}
}
