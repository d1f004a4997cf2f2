package httpapi

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

func TestAClientThatIsSlowOrSaysTooMuchIsGivenUp(t *testing.T) {
	const canary = "zqxcanary"
	w := newWorld(t)
	server := NewServer(w.api, slog.New(slog.NewJSONHandler(w.logs, nil)))
	if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 || server.MaxHeaderBytes <= 0 {
		t.Fatalf("a limit is missing: %+v", server)
	}
	server.ReadHeaderTimeout, server.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond // the test does not wait for the real ones
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() { must(t, server.Close()); <-ended })
	head := " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + w.tokens["manager"] + "\r\nPurpose: p\r\nLegal-Basis: b\r\nIdempotency-Key: k\r\n"
	for name, said := range map[string]string{
		"nothing":          "",
		"half a header":    "GET /v1/register" + head + "X-" + canary,
		"half a body":      "POST /v1/records" + head + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"happened\":\"" + canary,
		"half a chunk":     "POST /v1/records" + head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"" + canary,
		"endless headers":  "GET /v1/register" + head + strings.Repeat("X-Canary: "+canary+"\r\n", 20_000),
		"one vast header":  "GET /v1/register" + head + "X-Canary: " + strings.Repeat(canary, 40_000) + "\r\n\r\n",
		"a vast address":   "GET /v1/" + strings.Repeat(canary, 40_000) + head + "\r\n",
		"two lengths":      "POST /v1/records" + head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + canary,
		"another protocol": canary + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", listener.Addr().String())
			must(t, err)
			defer conn.Close()
			must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
			if _, err := io.WriteString(conn, said); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("the server neither reads nor hangs up")
			}
			answer, err := io.ReadAll(conn) // which may be cut off
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("the server waits for ever")
			}
			if len(answer) > 0 && !strings.HasPrefix(string(answer), "HTTP/1.1 4") || strings.Contains(string(answer), canary) {
				t.Errorf("it is answered %.300s", answer)
			}
		})
	}
	t.Cleanup(func() {
		if strings.Contains(w.logs.String(), canary) {
			t.Error("the log holds what was sent")
		}
	})
}
