package storetest

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"caseledger/eventstore"
)

// grace is given to a promise to notice that its time is over.
const grace = time.Second

// broken says in which ways the store breaks the promise. A store that panics,
// or hangs until ctx ends, breaks it.
func (p promise) broken(ctx context.Context, name string, s eventstore.Store) []string {
	t := &recorder{ctx: ctx, name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if cause := recover(); cause != nil {
				t.Errorf("panic: %v", cause)
			}
		}()
		p.check(t, s)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		select {
		case <-done:
		case <-time.After(grace):
			t.Errorf("hangs")
		}
	}
	return t.failed()
}

// recorder is what a promise sees of its test. It collects failures, so that a
// promise can also be run where it is expected to fail. It is a rapid.TB.
type recorder struct {
	ctx   context.Context
	name  string
	fatal func(failure string) // ends the caller instead of runtime.Goexit, when set

	mu       sync.Mutex
	failures []string
}

func (t *recorder) Context() context.Context { return t.ctx }
func (t *recorder) Name() string             { return t.name }
func (t *recorder) Helper()                  {}
func (t *recorder) Log(...any)               {}
func (t *recorder) Logf(string, ...any)      {}
func (t *recorder) Failed() bool             { return len(t.failed()) > 0 }
func (t *recorder) Fail()                    { t.record("failed") }
func (t *recorder) Error(args ...any)        { t.record(fmt.Sprint(args...)) }

func (t *recorder) Errorf(format string, args ...any) { t.record(fmt.Sprintf(format, args...)) }

// Fatalf ends the goroutine of the promise; only that one may call it.
func (t *recorder) Fatalf(format string, args ...any) {
	t.record(fmt.Sprintf(format, args...))
	if t.fatal != nil {
		failures := t.failed()
		t.fatal(failures[len(failures)-1])
	}
	runtime.Goexit()
}

func (t *recorder) Fatal(args ...any)    { t.Fatalf("%s", fmt.Sprint(args...)) }
func (t *recorder) FailNow()             { t.Fatalf("failed") }
func (t *recorder) SkipNow()             { t.Fatalf("no promise may be skipped") }
func (t *recorder) Skip(...any)          { t.SkipNow() }
func (t *recorder) Skipf(string, ...any) { t.SkipNow() }

// record keeps the failure with the places in the promise that led to it.
func (t *recorder) record(failure string) {
	where := ""
	for skip := 2; skip < 6; skip++ {
		_, file, line, ok := runtime.Caller(skip)
		if base := filepath.Base(file); ok && base != "recorder.go" && filepath.Base(filepath.Dir(file)) == "storetest" {
			where += fmt.Sprintf("%s:%d: ", base, line)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, where+failure)
}

func (t *recorder) failed() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failures
}
