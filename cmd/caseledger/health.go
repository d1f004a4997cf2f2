package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"caseledger/eventstore/proof"
	"caseledger/projections"
)

// following keeps the read models up to date for many who ask at once.
type following struct {
	store ledgerStore
	at    atomic.Uint64 // position up to which they are

	mu     sync.Mutex
	runner *projections.Runner
}

// catchUp returns when the read models hold what the ledger held when it was
// called. One caller works for all that wait.
func (f *following) catchUp(ctx context.Context) error {
	head, err := f.store.Head(ctx)
	if err != nil {
		return err
	}
	if f.at.Load() >= uint64(head) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at.Load() >= uint64(head) {
		return nil
	}
	now, err := f.store.Head(ctx)
	if err != nil {
		return err
	}
	// Not the caller's context: whoever goes away must not undo the others' work.
	if err := f.runner.CatchUp(context.WithoutCancel(ctx), nil); err != nil {
		return ofReadModels(err)
	}
	f.at.Store(uint64(now))
	return nil
}

// run catches up now and then, so that the first who asks does not wait for
// everything.
func (f *following) run(ctx context.Context, logger *slog.Logger) {
	tick := time.NewTicker(catchUpEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := f.catchUp(ctx); err != nil {
				logger.Error("read models", "error", err.Error())
			}
		}
	}
}

// health tells how a server is.
type health struct {
	first, second *app
	following     *following
	topics        *exchange
	hooks         *hooks
}

// handler serves /livez, /readyz and /metrics.
func (h health) handler(numbers *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(numbers, promhttp.HandlerOpts{}))
	h.hooks.handle(mux)
	return mux
}

func (h health) ready(w http.ResponseWriter, r *http.Request) {
	var lines strings.Builder
	status := http.StatusOK
	for _, one := range h.checks(r.Context()) {
		said := "ok"
		if one.err != nil {
			said, status = one.err.Error(), http.StatusServiceUnavailable
		}
		fmt.Fprintf(&lines, "%s: %s (%s)\n", one.name, said, one.seen)
	}
	w.WriteHeader(status)
	if r.URL.Query().Has("verbose") || status != http.StatusOK {
		fmt.Fprint(w, lines.String())
		return
	}
	fmt.Fprintln(w, "ok")
}

type checked struct {
	name, seen string
	err        error
}

func (h health) checks(ctx context.Context) []checked {
	behind := h.following.catchUp(ctx)
	head, missing := h.first.store.Head(ctx)
	second, lost := h.second.store.Head(ctx)
	out := []checked{
		{"store", fmt.Sprintf("position %d", head), missing},
		{"read models", fmt.Sprintf("position %d", h.following.at.Load()), behind},
		{"access", fmt.Sprintf("position %d", second), lost},
		{"access log", fmt.Sprintf("%d signed", h.second.log.signed()), h.second.log.alive()},
	}
	if h.first.log != nil {
		out = append(out, checked{"log", fmt.Sprintf("%d signed", h.first.log.signed()), h.first.log.alive()})
	}
	return append(append(out, h.topics.checks()...), h.hooks.checks()...)
}

// alive reports whether the sealer still works.
func (s *sealing) alive() error {
	if len(s.ended) > 0 {
		return errors.New("the sealer has stopped; stop the server, which says why")
	}
	return nil
}

// signed returns how many entries the last checkpoint holds.
func (s *sealing) signed() int64 {
	text, err := s.proofs.Checkpoint()
	if err != nil || text == nil {
		return 0
	}
	c, err := proof.ReadCheckpoint(text)
	if err != nil {
		return 0
	}
	return c.Size
}

// measure adds how far everything has got to the metrics.
func (h health) measure(to *prometheus.Registry) {
	gauge := func(name, help string, value func() float64) {
		to.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	head := func(s ledgerStore) func() float64 {
		return func() float64 {
			at, err := s.Head(context.Background()) // a store waits for nobody longer than its own limit
			if err != nil {
				return math.NaN()
			}
			return float64(at)
		}
	}
	gauge("caseledger_position", "End of the ledger.", head(h.first.store))
	gauge("caseledger_access_position", "End of the second ledger.", head(h.second.store))
	gauge("caseledger_read_models_position", "Up to where the read models are.", func() float64 { return float64(h.following.at.Load()) })
	if h.first.log != nil {
		gauge("caseledger_signed_entries", "Entries under the last checkpoint.", func() float64 { return float64(h.first.log.signed()) })
	}
}
