// Package storebench measures event stores: it makes the events, lets any number
// of writers append them to any eventstore.Store, and compares the outcome with
// what the disk allows, which is a bare loop that writes as many bytes in the same groups
// and syncs each (Bare). What is compared takes turns within one run, so that
// whatever else the machine does meanwhile hits all alike, and what counts is the
// median of the ratios of the turns.
//
// It uses no ledger that it is not given, and no speed it finds makes it fail.
package storebench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Done is what was done in one turn.
type Done struct {
	Times int           // how often
	Took  time.Duration // until the last one had ended
	CPU   time.Duration // of this process, in user and kernel mode
}

// Turn lets every writer do its work once, and over and over until the time is
// over.
func Turn[W any](ctx context.Context, writers []W, lasts time.Duration, do func(W) error) (Done, error) {
	times, errs := make([]int, len(writers)), make([]error, len(writers))
	began, used := time.Now(), ProcessorTime()
	var all sync.WaitGroup
	for i, w := range writers {
		all.Go(func() {
			for times[i] == 0 || time.Since(began) < lasts {
				if errs[i] = errors.Join(do(w), ctx.Err()); errs[i] != nil {
					return
				}
				times[i]++
			}
		})
	}
	all.Wait()
	d := Done{Took: time.Since(began), CPU: ProcessorTime() - used}
	for _, n := range times {
		d.Times += n
	}
	return d, errors.Join(errs...)
}

// Each calls do for 0 to n-1, shared out among the writers.
func Each[W any](ctx context.Context, writers []W, n int, do func(w W, i int) error) error {
	errs := make([]error, len(writers))
	var all sync.WaitGroup
	for k, w := range writers {
		all.Go(func() {
			for i := k; i < n && errs[k] == nil; i += len(writers) {
				errs[k] = errors.Join(do(w, i), ctx.Err())
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// ProcessorTime is what the process has used; 0 where the system does not say.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Number prints with three figures, and as nothing where there is none.
type Number float64

// String returns 0.853, 28,700 as 28700, and "" for 0.
func (n Number) String() string {
	switch {
	case n == 0:
		return ""
	case n >= 100 || n <= -100:
		return strconv.FormatFloat(float64(n), 'f', 0, 64)
	}
	return strconv.FormatFloat(float64(n), 'g', 3, 64)
}

// Result is one measurement, with the limit and the target that it is held to.
type Result struct {
	Work   string `json:"work"` // "append"
	Case   string `json:"case"` // "64 writers"
	Value  Number `json:"value"`
	Unit   string `json:"unit"`               // of value and limit
	Limit  Number `json:"limit,omitzero"`     // what the bare loop or the bare read reached in its turns
	Ratio  Number `json:"ratio,omitzero"`     // of value to limit: the median of the turns
	Turns  string `json:"turns,omitzero"`     // lowest and highest ratio
	CPU    Number `json:"cpuMicros,omitzero"` // processor time for an event, µs, of both sides of the call; of the API, of the server
	Target string `json:"target,omitzero"`    // "≥ 0.85 of the limit"
	Met    string `json:"met,omitzero"`       // yes or no
}

// Against fills in what two sides reached in the same turns: the medians of
// both, and of their ratio.
func (r *Result) Against(ours, limits []float64) {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / limits[i]
	}
	r.Value, r.Limit, r.Ratio = Number(Median(ours)), Number(Median(limits)), Number(Median(ratios))
	r.Turns = fmt.Sprintf("%.2f – %.2f", slices.Min(ratios), slices.Max(ratios))
}

// AtLeast states the target of the ratio.
func (r *Result) AtLeast(ratio float64, of string) {
	r.Target, r.Met = fmt.Sprintf("≥ %v of %s", ratio, of), yes(float64(r.Ratio) >= ratio)
}

// Reach states the target of the value.
func (r *Result) Reach(text string, met bool) { r.Target, r.Met = text, yes(met) }

func yes(met bool) string {
	if met {
		return "yes"
	}
	return "no"
}

// Median returns the middle of the values, of which there is at least one.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Percentile returns the value that so many of a hundred do not exceed.
func Percentile(values []time.Duration, percent int) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)*percent/100]
}
