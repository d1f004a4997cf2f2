package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// The load: so many drafts, of so many authors, each saved this often.
const (
	draftsOpen  = 500
	authors     = 50
	autosaved   = 5 * time.Second
	draftRounds = 10
	actsARound  = 400
)

// BenchmarkAppendsBesideDrafts has one caller perform acts one after the other,
// in rounds without and with 500 drafts that are saved every five seconds, by
// turns, and compares how long an act takes. A draft is a note of 2 KB that grows.
func BenchmarkAppendsBesideDrafts(b *testing.B) {
	dir := newLedger(b)
	token := tokenOf(b, dir, "manager")
	w := new(writers)
	for i := range w.tokens {
		w.tokens[i] = strings.TrimSpace(must(b, "token", "add", "--data", dir, "--id", fmt.Sprint("author-", i), "--role", "manager", "--agency", "anytown"))
	}
	s := serveProcess(b, dir, "--per-caller", "0")
	c := newCallers(b, s, token)
	w.callers, w.record = c, c.records[1]
	quiet, busy := make([]time.Duration, 0, draftRounds*actsARound), make([]time.Duration, 0, draftRounds*actsARound)
	revision, saves := 1, 0
	for b.Loop() {
		quiet, busy = quiet[:0], busy[:0]
		for range draftRounds {
			acts := func(to *[]time.Duration) {
				for range actsARound {
					began := time.Now()
					if _, err := c.ask(http.MethodPost, "/v1/records/"+c.records[0]+"/names", fmt.Sprint("act", revision), revision,
						`{"happened":"2026-01-05","kind":"legal","given":"Ann","family":"Example"}`); err != nil {
						b.Fatal(err)
					}
					*to = append(*to, time.Since(began))
					revision++
				}
			}
			acts(&quiet)
			ctx, stop := context.WithCancel(b.Context())
			saved := w.save(ctx, b)
			acts(&busy)
			stop()
			saves += saved()
		}
	}
	slices.Sort(quiet)
	slices.Sort(busy)
	for _, p := range []int{50, 95} {
		at := func(all []time.Duration) float64 { return float64(all[len(all)*p/100]) / float64(time.Microsecond) }
		b.ReportMetric(at(quiet), fmt.Sprintf("µs/p%d-alone", p))
		b.ReportMetric(at(busy), fmt.Sprintf("µs/p%d-beside", p))
		b.ReportMetric(at(busy)/at(quiet), fmt.Sprintf("p%d-ratio", p))
	}
	b.ReportMetric(float64(saves)/float64(b.N), "saves")
	b.ReportMetric(0, "ns/op")
	if code := s.end(b, syscall.SIGTERM); code != exitOK {
		b.Error(code)
	}
}

// writers are authors at their drafts.
type writers struct {
	*callers
	record   string
	tokens   [authors]string
	versions [draftsOpen]int
}

// save saves all drafts every five seconds, spread over them, until ctx ends.
// What it returns waits for that, and returns how many saves there were.
func (w *writers) save(ctx context.Context, b *testing.B) func() int {
	var all sync.WaitGroup
	var count atomic.Int64
	for draft := range draftsOpen {
		all.Go(func() {
			due := time.NewTimer(time.Duration(draft) * autosaved / draftsOpen)
			defer due.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-due.C:
				}
				due.Reset(autosaved)
				if err := w.saveOne(draft); err != nil {
					b.Error(err)
					return
				}
				count.Add(1)
			}
		})
	}
	return func() int { all.Wait(); return int(count.Load()) }
}

func (w *writers) saveOne(draft int) error {
	as := callers{client: w.client, url: w.url, token: w.tokens[draft%authors]}
	text, err := as.ask(http.MethodPut, fmt.Sprint("/v1/drafts/d", draft), "", w.versions[draft],
		draftOf(w.record, strings.Repeat("What was seen. ", 130+w.versions[draft])))
	if err != nil {
		return err
	}
	var saved struct {
		Version int `json:"version"`
	}
	err = json.Unmarshal(text, &saved, json.RejectUnknownMembers(false))
	w.versions[draft] = saved.Version
	return err
}
