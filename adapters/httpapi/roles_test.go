package httpapi

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"caseledger/adapters/otlp"
)

var update = flag.Bool("update", false, "write the table of roles anew")

var braces = regexp.MustCompile(`\{[a-z]+\}`)

// at returns the address of an operation on a record.
func (op operation) at(record string) string {
	return braces.ReplaceAllStringFunc(strings.Replace(op.path, "/v1/records/{id}", record, 1), func(name string) string {
		if name == "{entry}" {
			return "1"
		}
		return "r1"
	})
}

// TestEveryOperationAnswersEachRoleAsTheTableSays makes each request in each
// role with an empty body: 403 is a denial, 422 an act that may be made, once it
// says what it does.
func TestEveryOperationAnswersEachRoleAsTheTableSays(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	var table strings.Builder
	table.WriteString("operation," + strings.Join(roles, ",") + "\n")
	for _, op := range operations() {
		table.WriteString(op.id)
		for _, role := range roles {
			if op.stream {
				w.api.Stop() // or it would not end
			}
			got := w.call(role, op.method, op.at(record), "{}", "Idempotency-Key: k", `If-Match: "4"`)
			fmt.Fprintf(&table, ",%d", got.status)
		}
		table.WriteString("\n")
	}
	const path = "testdata/roles.csv"
	if *update {
		must(t, os.WriteFile(path, []byte(table.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if table.String() != string(want) {
		t.Errorf("the table is another (-update writes it):\n%s", table.String())
	}
}

func TestWhoIsNotKnownIsToldNothing(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	for _, op := range operations() {
		for _, token := range []string{"-Authorization", "Authorization: Bearer x", "Authorization: Basic eDp5", "Authorization: Bearer ", "Authorization: Bearer eyJhbGciOiJub25lIn0.e30."} {
			got := w.call("nobody", op.method, op.at(record), "{}", token)
			if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %s: %d", op.id, token, got.status)
			}
		}
	}
	if rows := w.accessed(); len(rows) != 0 {
		t.Errorf("%d accesses of nobody", len(rows))
	}
}

// TestACanaryComesBackNowhere puts a word into every place of every operation.
func TestACanaryComesBackNowhere(t *testing.T) {
	const canary = "zqxcanary"
	w := newWorld(t)
	record := w.child("AT1")
	var traced lockedText
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		traced.add(string(body))
	}))
	defer collector.Close()
	traces, err := otlp.Open(t.Context(), collector.URL, "1", slog.New(slog.DiscardHandler))
	must(t, err)
	w.api.Traces = traces
	for _, op := range operations() {
		if op.stream {
			w.api.Stop() // or it would not end
		}
		var s struct {
			Properties map[string]any `json:"properties"`
		}
		if op.body != nil {
			must(t, json.Unmarshal(op.body, &s, json.RejectUnknownMembers(false)))
		}
		bodies := []string{canary, `"` + canary + `"`, `{"` + canary + `":"` + canary + `"}`, `{"a":{"` + canary + `":[`}
		whole := `{"happened":"` + canary + `"`
		for name := range s.Properties {
			bodies = append(bodies, `{"`+name+`":"`+canary+`"}`, `{"`+name+`":{"`+canary+`":"`+canary+`"}}`, `{"`+name+`":["`+canary+`",{"`+canary+`":1}]}`, `{"`+name+`":[{"`+canary+`":1}]}`)
			if name != "happened" {
				whole += `,"` + name + `":"` + canary + `"`
			}
		}
		bodies = append(bodies, whole+"}")
		if op.body != nil {
			bodies = append(bodies, laden(t, op.body, canary, false), laden(t, op.body, canary, true))
		}
		for _, body := range bodies {
			silent(t, w, op, canary, record, "", body, "Idempotency-Key: k", `If-Match: "4"`)
		}
		for _, query := range []string{"?" + canary + "=" + canary, "?knownAt=" + canary + "&dryRun=" + canary + "&limit=" + canary + "&cursor=" + canary} {
			silent(t, w, op, canary, record, query, "{}", "Idempotency-Key: k", `If-Match: "4"`)
		}
		silent(t, w, op, canary, record, "", "{}", "Idempotency-Key: k", `If-Match: "`+canary+`"`, "Content-Type: "+canary)
		silent(t, w, op, canary, record, "", "{}", "Idempotency-Key: é"+canary, "Purpose: é"+canary, "Legal-Basis: é"+canary, "Tracestate: a="+canary, "Traceparent: 00-"+canary)
		for _, path := range []string{op.at("/v1/records/" + canary), strings.ReplaceAll(strings.Replace(op.at(record), "/r1", "/"+canary, 1), "/1/", "/"+canary+"/")} {
			got := w.call("manager", op.method, path, "{}", "Idempotency-Key: k", `If-Match: "4"`)
			if strings.Contains(got.body, canary) {
				t.Fatalf("%s: %s", op.id, got.body)
			}
		}
	}
	w.call("manager", http.MethodGet, "/"+canary, "")
	w.call("manager", canary, "/v1/register", "")
	page := httptest.NewRecorder()
	promhttp.HandlerFor(w.numbers, promhttp.HandlerOpts{}).ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	must(t, traces.Close(t.Context()))
	for what, text := range map[string]string{"log": w.logs.String(), "metrics": page.Body.String(), "traces": traced.text()} {
		if text == "" || strings.Contains(text, canary) {
			t.Errorf("the %s: %.2000s", what, text)
		}
	}
}

// lockedText is gathered by several goroutines.
type lockedText struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lockedText) add(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.WriteString(text)
}

func (l *lockedText) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// laden is a body with the canary in every place that a schema has for a text,
// however deep. Where it is well-formed, what has a form or is one of a few
// words has one of them, so that the body gets as far as the rules.
func laden(t *testing.T, text []byte, canary string, wellFormed bool) string {
	t.Helper()
	var s map[string]any
	must(t, json.Unmarshal(text, &s))
	out, err := json.Marshal(load(s, canary, wellFormed))
	must(t, err)
	return string(out)
}

func load(s map[string]any, canary string, wellFormed bool) any {
	if properties, is := s["properties"].(map[string]any); is {
		out := make(map[string]any)
		for name, one := range properties {
			out[name] = load(one.(map[string]any), canary, wellFormed)
		}
		return out
	}
	if items, is := s["items"].(map[string]any); is {
		return []any{load(items, canary, wellFormed)}
	}
	if words, is := s["enum"].([]any); is && wellFormed {
		return words[0]
	}
	switch s["type"] {
	case "integer", "number":
		return 1
	case "boolean":
		return true
	case "object":
		return map[string]any{canary: canary}
	}
	switch pattern, _ := s["pattern"].(string); {
	case wellFormed && s["format"] == "date":
		return "2026-01-05"
	case wellFormed && strings.Contains(pattern, "0-9"):
		return "1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f"
	}
	return canary
}

// silent makes a request of which nothing may come back.
func silent(t *testing.T, w *world, op operation, canary, record, query, body string, headers ...string) {
	t.Helper()
	got := w.call("manager", op.method, op.at(record)+query, body, headers...)
	if strings.Contains(got.body, canary) || strings.Contains(fmt.Sprint(got.header), canary) {
		t.Fatalf("%s %s %s: %d %v %s", op.id, query, body, got.status, got.header, got.body)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	deep := strings.Repeat(`[`, 100_000)
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
	}{
		{"a doubled member", "POST", "/referrals", `{"happened":"2026-01-06","happened":"2026-01-07","referral":"r2","source":"1A"}`, nil, 400},
		{"two values", "POST", "/referrals", `{} {}`, nil, 400},
		{"invalid UTF-8", "POST", "/names", "{\"happened\":\"2026-01-06\",\"kind\":\"legal\",\"given\":\"\xff\",\"family\":\"E\"}", nil, 400},
		{"a lone surrogate", "POST", "/names", `{"happened":"2026-01-06","kind":"legal","given":"\ud800","family":"E"}`, nil, 400},
		{"a NUL in a code", "POST", "/referrals", `{"happened":"2026-01-06","referral":"r2","source":"1A\u0000"}`, nil, 422},
		{"a bare NUL", "POST", "/names", "{\"happened\":\"2026-01-06\",\"kind\":\"legal\",\"given\":\"\x00\",\"family\":\"E\"}", nil, 400},
		{"depth", "POST", "/names", deep, nil, 400},
		{"depth in a member", "POST", "/names", `{"given":` + deep, nil, 400},
		{"nothing", "POST", "/names", ``, nil, 400},
		{"null", "POST", "/names", `null`, nil, 400},
		{"too much", "POST", "/names", `{"given":"` + strings.Repeat("x", MaxBodyBytes) + `"}`, nil, 413},
		{"a form", "POST", "/names", `a=b`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415},
		{"another encoding", "POST", "/names", `{}`, []string{"Content-Encoding: gzip"}, 415},
		{"another character set", "POST", "/names", `{}`, []string{"Content-Type: application/json; charset=latin1"}, 415},
		{"another case", "POST", "/names", `{"Happened":"2026-01-06"}`, nil, 422},
		{"a number as text", "POST", "/entries/1/error", `{"happened":20260106,"reason":"x"}`, nil, 422},
		{"an entry that is no number", "POST", "/entries/x/error", `{"happened":"2026-01-06","reason":"x"}`, nil, 404},
		{"entry zero", "POST", "/entries/0/error", `{"happened":"2026-01-06","reason":"x"}`, nil, 404},
		{"a long key", "POST", "/names", `{}`, []string{"Idempotency-Key: " + strings.Repeat("k", MaxKeyBytes+1)}, 400},
		{"another method", "DELETE", "", ``, nil, 405},
		{"no resource", "GET", "/nothing", ``, nil, 404},
		{"dots", "GET", "/../../register", ``, nil, 404},
		{"escaped dots", "GET", "/%2e%2e/%2e%2e/register", ``, nil, 404},
		{"an escaped slash", "GET", "%2fentries", ``, nil, 404},
		{"two slashes", "GET", "//entries", ``, nil, 404},
		{"a parameter twice", "GET", "?trueOn=2026-01-01&trueOn=2026-01-02", ``, nil, 400},
		{"a day that is none", "GET", "?trueOn=2026-02-30", ``, nil, 400},
		{"a broken query", "GET", "?trueOn=%zz", ``, nil, 400},
		{"a preflight", "OPTIONS", "", ``, []string{"Origin: https://evil.example", "Access-Control-Request-Method: GET"}, 405},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := append([]string{"Idempotency-Key: k", `If-Match: "4"`}, tt.headers...)
			got := w.call("manager", tt.method, record+tt.path, tt.body, headers...)
			if got.status != tt.status || got.header.Get("Access-Control-Allow-Origin") != "" {
				t.Fatalf("%d %s", got.status, got.body)
			}
			got.problem(t)
		})
	}
}

func TestAnswersAreHardenedAndCompressed(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	got := w.call("manager", http.MethodGet, record, "", "Accept-Encoding: gzip")
	for name, want := range map[string]string{
		"Content-Encoding": "gzip", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Content-Type": "application/json",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
	if !strings.HasPrefix(got.body, "\x1f\x8b") {
		t.Error("the body is not compressed")
	}
}

func TestTheDescriptionHoldsEveryOperationAndCommand(t *testing.T) {
	w := newWorld(t)
	var doc struct {
		OpenAPI string                               `json:"openapi"`
		Paths   map[string]map[string]map[string]any `json:"paths"`
	}
	w.call("nobody", http.MethodGet, "/openapi.json", "").as(t, &doc)
	for _, op := range operations() {
		if doc.Paths[op.path][strings.ToLower(op.method)]["operationId"] == nil {
			t.Errorf("%s %s is not described", op.method, op.path)
		}
		if op.text == "" || !strings.HasSuffix(op.text, ".") {
			t.Errorf("%s: %q", op.id, op.text)
		}
	}
	if doc.OpenAPI != "3.1.0" {
		t.Error(doc.OpenAPI)
	}
}
