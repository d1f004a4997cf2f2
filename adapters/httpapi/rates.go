package httpapi

import (
	"errors"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Limits of what limits rates.
const (
	MaxRate    = 1_000_000       // requests a second
	burst      = 2 * time.Second // a bucket holds what comes in so long
	maxBuckets = 20_000          // of each kind; those not used for longest are forgotten
)

// Rates are how many requests a second are heard, and twice as many at once. 0
// sets no limit.
type Rates struct {
	PerCaller  int
	PerAddress int // of those who are not known
}

// Check reports rates that are none.
func (r Rates) Check() error {
	if min(r.PerCaller, r.PerAddress) < 0 || max(r.PerCaller, r.PerAddress) > MaxRate {
		return errors.New("a rate is 0 to 1000000 requests a second")
	}
	return nil
}

// buckets are token buckets, each kept as the one time at which it is full
// again. One that is not kept is full.
type buckets struct {
	every time.Duration // a token comes; 0 for no limit
	most  int
	now   func() time.Time

	mu         sync.Mutex
	young, old map[string]time.Time // when young is half of most, old is forgotten
}

func newBuckets(rate int) *buckets {
	b := &buckets{most: maxBuckets, now: time.Now, young: make(map[string]time.Time)}
	if rate > 0 {
		b.every = time.Second / time.Duration(rate)
	}
	return b
}

// take takes a token from the bucket of a key. When it has none, it returns how
// long it takes until one comes.
func (b *buckets) take(key string) time.Duration {
	if b.every == 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	full, kept := b.young[key]
	if !kept {
		full = b.old[key]
	}
	if full.Before(now) {
		full = now
	}
	wait := full.Add(b.every).Sub(now) - burst
	if wait <= 0 {
		full, wait = full.Add(b.every), 0
	}
	if !kept && len(b.young) >= b.most/2 {
		b.old, b.young = b.young, make(map[string]time.Time)
	}
	b.young[key] = full
	return wait
}

// heard is nil when the caller, who is known, may ask now.
func (a *API) heard(c Caller) error { return a.within(a.callers, "caller", c.ID) }

// heardFrom is nil when somebody unknown may ask now.
func (a *API) heardFrom(r *http.Request) error {
	return a.within(a.addresses, "address", network(r.RemoteAddr))
}

func (a *API) within(b *buckets, kind, key string) error {
	wait := b.take(key)
	if wait == 0 {
		return nil
	}
	a.metrics.throttled.WithLabelValues(kind).Inc()
	p := problem(codeTooMany)
	p.header = map[string]string{"Retry-After": strconv.Itoa(int(math.Ceil(wait.Seconds())))}
	return p
}

// network is what of an address belongs to one client: all of IPv4, and of IPv6
// the 64 bits that somebody is given.
func network(address string) string {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ""
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return ""
	}
	return prefix.String()
}
