// Package httpapi is the HTTP API of a ledger: one POST for each command of the
// catalogue, queries about records and lists at any moment, and a feed of what
// was recorded, without content. Before content of records leaves, who is given
// what and why is durable in a second ledger.
//
// The package decides no rule of social care, keeps no state of its own, and
// never repeats in an answer, log or metric what a caller submitted. The routes
// and their description come from one list, in operations.go.
package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"caseledger/adapters/asyncapi"
	"caseledger/adapters/cedar"
	"caseledger/adapters/drafts"
	"caseledger/adapters/enclosures"
	"caseledger/adapters/otlp"
	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/projections"
)

// Limits on requests and answers.
const (
	MaxBodyBytes     = 1 << 20
	MaxTextBytes     = 4 << 20 // of an act that holds what somebody wrote
	MaxBulkBytes     = 8 << 20
	MaxBulkItems     = 500
	MaxKeyBytes      = 100 // of an idempotency key
	maxRunning       = 512 // requests answered at one time, streams left out
	maxFollowers     = 2_000
	maxRowsOfPage    = 1_000
	answerTime       = 30 * time.Second
	bulkTime         = 2 * time.Minute
	minSecretBytes   = 32
	compressFrom     = 1_024 // bytes of an answer
	maxHeaderBytes   = 16 << 10
	maxLongPoll      = 25 * time.Second
	heartbeat        = 15 * time.Second
	streamWriteLimit = 10 * time.Second
)

// Access records who was given, or denied, what.
type Access interface {
	// Record returns nil when the entry is durable.
	Record(context.Context, domain.Circumstances, domain.Event) error
}

// Config is what an API works on. All fields are required but Jobs, Secure,
// MadeUp, Rates and Traces.
type Config struct {
	View projections.View
	// CatchUp brings the read models to the end of the ledger as it is now.
	CatchUp func(context.Context) error
	// Head is the position of the ledger's last event.
	Head     func(context.Context) (eventstore.Position, error)
	Callers  Callers
	Policies *cedar.Policies
	Access   Access
	// Drafts keeps what callers are writing.
	Drafts *drafts.Store
	// Files keeps the documents of records that are none of the ledger's, and what
	// was made by jobs.
	Files *enclosures.Store
	// Jobs makes what takes longer than a request; nil where another node of the
	// ledger does.
	Jobs Maker
	// Accessed is the ledger that Access writes to.
	Accessed *eventstore.Ledger
	// Ledger is the ledger's name, the source of the feed's notices.
	Ledger string
	// Secret makes the ids of new records from idempotency keys, so that a
	// repeat opens no second one: at least 32 bytes, the same for ever.
	Secret  []byte
	Logger  *slog.Logger
	Metrics prometheus.Registerer
	Secure  bool         // served over TLS
	MadeUp  bool         // nobody in the ledger is real; every answer says so
	Rates   Rates        // none if zero
	Traces  *otlp.Tracer // nil for none
}

// API answers requests.
type API struct {
	Config
	cursors   cursors
	slots     chan struct{}
	followers chan struct{}
	transfers chan struct{}
	tails     tails
	callers   *buckets
	addresses *buckets
	metrics   metrics
	mux       *http.ServeMux
	running   context.Context // ends with Stop
	stop      context.CancelFunc
}

// New returns the API as a handler.
func New(c Config) (*API, error) {
	if len(c.Secret) < minSecretBytes {
		return nil, fmt.Errorf("http api: the secret has fewer than %d bytes", minSecretBytes)
	}
	if err := c.Rates.Check(); err != nil {
		return nil, fmt.Errorf("http api: %w", err)
	}
	a := &API{Config: c, callers: newBuckets(c.Rates.PerCaller), addresses: newBuckets(c.Rates.PerAddress), slots: make(chan struct{}, maxRunning), followers: make(chan struct{}, maxFollowers), transfers: make(chan struct{}, maxTransfers), mux: http.NewServeMux()}
	a.running, a.stop = context.WithCancel(context.Background())
	var err error
	if a.cursors, err = newCursors(); err != nil {
		return nil, err
	}
	if a.metrics, err = newMetrics(c.Metrics); err != nil {
		return nil, err
	}
	all := operations()
	document, err := describe(all)
	if err != nil {
		return nil, err
	}
	reference, err := makeReference(document, c.MadeUp)
	if err != nil {
		return nil, err
	}
	messages, err := asyncapi.Document()
	if err != nil {
		return nil, err
	}
	for _, op := range all {
		a.mux.HandleFunc(op.method+" "+op.path, func(w http.ResponseWriter, r *http.Request) { a.answer(w, r, op) })
	}
	a.mux.HandleFunc("GET /openapi.json", a.page("application/json", document))
	a.mux.HandleFunc("GET /v1/asyncapi.json", a.page("application/json", messages))
	a.mux.HandleFunc("GET /reference", a.page(htmlMediaType, reference))
	return a, nil
}

// NewServer returns a server with limits on how long a client may take. Its
// errors go to the logger.
func NewServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      bulkTime + 10*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(quiet{logger.Handler()}, slog.LevelWarn),
	}
}

// quiet drops the text of net/http's messages, which can quote what a client
// sent.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "a connection failed", 0))
}

// Stop ends what would go on for ever: streams, and requests that wait. The
// others come to their end.
func (a *API) Stop() { a.stop() }

// page answers everybody with a text about the API itself.
func (a *API) page(kind string, text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.harden(w.Header())
		if err := a.heardFrom(r); err != nil {
			writeProblem(w, r, problemOf(err))
			return
		}
		if kind == htmlMediaType {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		}
		write(w, r, http.StatusOK, kind, text)
	}
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, pattern := a.mux.Handler(r)
	if pattern == "" || !clean(r.URL) {
		a.nowhere(w, r, handler)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// nowhere answers where there is no resource, or not with this method.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request, said http.Handler) {
	a.harden(w.Header())
	seen := &headers{header: make(http.Header)}
	said.ServeHTTP(seen, r)
	p := problem(codeNotFound)
	if seen.status == http.StatusMethodNotAllowed {
		p = problem(codeMethod)
		p.header = map[string]string{"Allow": seen.header.Get("Allow")}
	}
	if err := a.heardFrom(r); err != nil {
		p = problemOf(err)
	}
	writeProblem(w, r, p)
}

// headers is an answer of which only status and headers are wanted.
type headers struct {
	header http.Header
	status int
}

func (h *headers) Header() http.Header { return h.header }
func (h *headers) WriteHeader(s int)   { h.status = s }
func (h *headers) Write(b []byte) (int, error) {
	return len(b), nil
}
