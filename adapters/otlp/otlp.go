// Package otlp tells a collector of OpenTelemetry what a server did and how long
// it took: a span for each request, act, append and follower, over OTLP and HTTP.
//
// A span has a kind, the name of an operation, a status and a count. The package
// takes nothing else, so that no trace says who asked, about whom, or what; of what
// a caller sends, only the two numbers of a traceparent are passed on.
package otlp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Limits on what waits to be sent; what is more is left out.
const (
	maxWaiting = 8_192 // spans
	sendTime   = 10 * time.Second
)

// Endpoint is where the environment says that traces go, "" for nowhere.
func Endpoint() string {
	if to := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); to != "" {
		return to
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
}

// Tracer makes spans. A nil one makes none, and costs nothing.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// Open returns a tracer that sends to the collector of an address, which has
// /v1/traces added where it has no path; nil for "". The other variables of
// OpenTelemetry (OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_CERTIFICATE,
// OTEL_TRACES_SAMPLER, …) hold. The logger hears that spans could not be sent.
func Open(ctx context.Context, endpoint, version string, logger *slog.Logger) (*Tracer, error) {
	if endpoint == "" {
		return nil, nil
	}
	to, err := url.Parse(endpoint)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return nil, errors.New("traces: the collector's address has the form https://collector.example:4318")
	}
	if to.Path == "" || to.Path == "/" {
		to.Path = "/v1/traces"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(to.String()), otlptracehttp.WithTimeout(sendTime))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) { // its text may quote the collector
		logger.Warn("traces could not be sent")
	}))
	about := resource.NewSchemaless(attribute.String("service.name", "caseledger"), attribute.String("service.version", version))
	provider := sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(maxWaiting)))
	return &Tracer{provider, provider.Tracer("caseledger")}, nil
}

// Close sends what waits, and ends the tracer.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// Span is a part of the work that has begun. The zero one is none.
type Span struct{ span trace.Span }

// Start begins a span of a kind (request, act, append, follow) under the one of
// ctx. The name is that of an operation, and never text of a caller.
func (t *Tracer) Start(ctx context.Context, kind, name string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	ctx, span := t.tracer.Start(ctx, kind+" "+name, trace.WithAttributes(attribute.String("caseledger.kind", kind), attribute.String("caseledger.operation", name)))
	return ctx, Span{span}
}

// Request begins the span of a request, under that of the caller where the header
// traceparent names one.
func (t *Tracer) Request(r *http.Request, name string) (*http.Request, Span) {
	if t == nil {
		return r, Span{}
	}
	given := http.Header{"Traceparent": r.Header.Values("Traceparent")} // not tracestate, which is free text
	ctx, span := t.Start(propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(given)), "request", name)
	return r.WithContext(ctx), span
}

// Count notes of how many things the span is.
func (s Span) Count(n int) {
	if s.span != nil {
		s.span.SetAttributes(attribute.Int("caseledger.count", n))
	}
}

// Answered ends the span of a request.
func (s Span) Answered(status int) {
	if s.span == nil {
		return
	}
	s.span.SetAttributes(attribute.Int("http.response.status_code", status))
	s.end(status >= http.StatusInternalServerError)
}

// End ends the span, and says whether it failed, but not how: that stands in the
// log.
func (s Span) End(err error) {
	if s.span != nil {
		s.end(err != nil)
	}
}

func (s Span) end(failed bool) {
	if failed {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}
