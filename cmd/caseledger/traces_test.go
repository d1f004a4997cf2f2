package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestTracesSayHowLongWhatTookAndNothingElse(t *testing.T) {
	var mu sync.Mutex
	var raw strings.Builder
	kinds := make(map[string]int)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &sent) != nil {
			t.Errorf("%s is no OTLP: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		raw.Write(body)
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					kind, _, _ := strings.Cut(span.Name, " ")
					kinds[kind]++
				}
			}
		}
	}))
	defer receiver.Close()
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	s := serveProcess(t, dir, "--traces", receiver.URL)
	_, text, err := s.call(http.MethodPost, "/v1/records", token, `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`, "canary-key", 0)
	if err != nil {
		t.Fatal(err)
	}
	id := strings.Split(strings.Split(text, `"record":"`)[1], `"`)[0]
	for _, one := range []struct {
		method, path, body string
	}{
		{http.MethodPost, "/v1/records/" + id + "/names", `{"happened":"2026-01-05","kind":"legal","given":"canary","family":"canary"}`},
		{http.MethodPost, "/v1/records/" + id + "/names", `{"canary":"canary"}`},
		{http.MethodPost, "/v1/people/searches", `{"text":"canary"}`},
		{http.MethodGet, "/v1/records/" + id + "?canary=canary", ""},
		{http.MethodGet, "/v1/feed?after=0", ""},
		{http.MethodGet, "/v1/feed?after=1000&wait=1", ""},
		{http.MethodGet, "/v1/canary", ""},
	} {
		if _, _, err := s.call(one.method, one.path, token, one.body, fmt.Sprint("canary-", one.path), 1); err != nil {
			t.Fatal(err)
		}
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Fatalf("exit %d: %s", code, s.errs)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, kind := range []string{"request", "act", "append", "follow"} {
		if kinds[kind] == 0 {
			t.Errorf("no span of a %s: %v", kind, kinds)
		}
	}
	for _, word := range []string{"canary", id, token, "manager"} {
		if strings.Contains(raw.String(), word) {
			t.Errorf("%q stands in a trace", word)
		}
	}
}
