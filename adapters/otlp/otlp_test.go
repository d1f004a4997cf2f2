package otlp_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"caseledger/adapters/otlp"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
)

func TestSpansStandUnderOneAnotherAndSayNothingOfTheCaller(t *testing.T) {
	var mu sync.Mutex
	var got collector.ExportTraceServiceRequest
	var raw strings.Builder
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		var one collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &one) != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		raw.Write(body)
		got.ResourceSpans = append(got.ResourceSpans, one.ResourceSpans...)
	}))
	defer receiver.Close()
	tracer, err := otlp.Open(t.Context(), receiver.URL, "1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/records/canary", strings.NewReader("canary"))
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r.Header.Set("Tracestate", "vendor=canary")
	r.Header.Set("Baggage", "name=canary")
	r, request := tracer.Request(r, "person.name")
	ctx, act := tracer.Start(r.Context(), "act", "person.name")
	store := tracer.Store(memory.New(), "main")
	if _, err := store.Append(ctx, "record-canary", 0, []eventstore.Event{{ID: eventstore.EventID{1}, Type: "canary", Data: []byte("canary")}}); err != nil {
		t.Fatal(err)
	}
	for range store.Follow(ctx, 0) {
		break
	}
	act.End(io.EOF)
	request.Answered(http.StatusInternalServerError)
	if err := tracer.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if strings.Contains(raw.String(), "canary") {
		t.Errorf("a trace says what a caller sent: %q", raw.String())
	}
	var names []string
	for _, resource := range got.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				names = append(names, span.Name)
				if trace := span.TraceId; len(trace) != 16 || trace[0] != 0x0a || trace[15] != 0x9c {
					t.Errorf("%s is not part of the caller's trace: %x", span.Name, trace)
				}
			}
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"act person.name", "append main", "follow main", "request person.name"}) {
		t.Errorf("spans %q", names)
	}
}

func TestWithoutACollectorTracingCostsNothing(t *testing.T) {
	tracer, err := otlp.Open(t.Context(), "", "1", nil)
	if err != nil || tracer != nil {
		t.Fatal(tracer, err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if n := testing.AllocsPerRun(100, func() {
		_, request := tracer.Request(r, "record.read")
		_, act := tracer.Start(r.Context(), "act", "record.read")
		act.Count(1)
		act.End(nil)
		request.Answered(http.StatusOK)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if store := memory.New(); tracer.Store(store, "main") != eventstore.Store(store) {
		t.Error("the store is wrapped")
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestACollectorThatIsNoneIsRefused(t *testing.T) {
	for _, endpoint := range []string{"collector:4318", "ftp://collector", "http://", ":"} {
		if _, err := otlp.Open(t.Context(), endpoint, "1", nil); err == nil {
			t.Errorf("%s is taken", endpoint)
		}
	}
}
