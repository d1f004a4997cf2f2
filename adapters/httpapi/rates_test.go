package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// stopped returns buckets whose clock the test moves.
func stopped(rate int) (*buckets, *time.Time) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	b := newBuckets(rate)
	b.now = func() time.Time { return at }
	return b, &at
}

func TestABucketGivesTwoSecondsWorthAtOnceAndThenItsRate(t *testing.T) {
	for _, rate := range []int{1, 7, 100} {
		b, at := stopped(rate)
		for n := range 2 * rate {
			if wait := b.take("a"); wait != 0 {
				t.Fatalf("%d a second: number %d waits %v", rate, n, wait)
			}
		}
		for range 3 { // to be refused costs nothing
			if wait := b.take("a"); wait <= 0 || wait > time.Second/time.Duration(rate) {
				t.Errorf("%d a second: waits %v", rate, wait)
			}
		}
		if wait := b.take("b"); wait != 0 {
			t.Errorf("another waits %v", wait)
		}
		*at = at.Add(b.take("a"))
		if wait := b.take("a"); wait != 0 {
			t.Errorf("%d a second: after the wait: %v", rate, wait)
		}
		given := 0
		for range 10 * rate {
			*at = at.Add(time.Second / time.Duration(2*rate)) // twice as fast as it may
			if b.take("a") == 0 {
				given++
			}
		}
		if given < 5*rate-1 || given > 5*rate+1 {
			t.Errorf("%d a second: %d in five seconds", rate, given)
		}
	}
	b, _ := stopped(0)
	for range 1000 {
		if b.take("a") != 0 {
			t.Fatal("there is a limit")
		}
	}
}

func TestBucketsOfAnyNumberTakeBoundedMemoryAndTheBusyOnesAreKept(t *testing.T) {
	b, _ := stopped(1)
	b.most = 10
	b.take("busy")
	b.take("busy")
	for n := range 1000 {
		b.take(fmt.Sprint(n))
		if wait := b.take("busy"); wait == 0 {
			t.Fatalf("forgotten after %d others", n)
		}
		if kept := len(b.young) + len(b.old); kept > b.most {
			t.Fatalf("%d are kept", kept)
		}
	}
}

func TestWhoAsksTooOftenIsToldWhenToAskAgainAndOthersAreNotHindered(t *testing.T) {
	w := newWorld(t)
	var at *time.Time
	w.api.callers, at = stopped(2)
	w.api.addresses, _ = stopped(1)
	ask := func(role string, headers ...string) answered {
		return w.call(role, http.MethodGet, "/v1/register", "", headers...)
	}
	for range 4 {
		if got := ask("manager"); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	got := ask("manager")
	if code, _ := got.problem(t); got.status != http.StatusTooManyRequests || code != codeTooMany || got.header.Get("Retry-After") != "1" {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
	for range 2 {
		if got := ask("nobody"); got.status != http.StatusUnauthorized {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	for name, got := range map[string]answered{
		"no token":        ask("nobody"),
		"a bad token":     ask("nobody", "Authorization: Bearer x"),
		"the description": w.call("manager", http.MethodGet, "/openapi.json", ""),
		"nowhere":         w.call("manager", http.MethodGet, "/v2", ""),
		"no such method":  w.call("manager", http.MethodDelete, "/v1/register", ""),
	} {
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
	}
	if got := ask("analyst"); got.status != http.StatusOK {
		t.Errorf("somebody known at the same address: %d %s", got.status, got.body)
	}
	*at = at.Add(time.Second)
	if got := ask("manager"); got.status != http.StatusOK {
		t.Errorf("a second later: %d %s", got.status, got.body)
	}
	page := httptest.NewRecorder()
	promhttp.HandlerFor(w.numbers, promhttp.HandlerOpts{}).ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{`caseledger_http_throttled_total{who="caller"} 1`, `caseledger_http_throttled_total{who="address"} 5`} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("%s is not in %s", want, page.Body)
		}
	}
	if rows := w.accessed(); len(rows) != 6 {
		t.Errorf("%d accesses", len(rows))
	}
}

func TestRacersGetNoMoreTokensThanThereAre(t *testing.T) {
	b, _ := stopped(50)
	var all sync.WaitGroup
	var mu sync.Mutex
	given := 0
	for range 16 {
		all.Go(func() {
			for range 20 {
				if b.take("a") == 0 {
					mu.Lock()
					given++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if given != 100 {
		t.Errorf("%d of 100", given)
	}
}

func TestAnAddressIsWhatOneClientHas(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[::ffff:192.0.2.1]:80": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80": "fe80::/64", "pipe": "", "": "",
	} {
		if got := network(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
	for _, r := range []Rates{{PerCaller: -1}, {PerAddress: -1}, {PerCaller: MaxRate + 1}} {
		if r.Check() == nil {
			t.Errorf("%+v is taken", r)
		}
	}
}
