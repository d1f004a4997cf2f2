package journal

import "sync"

// Bounds of one group: appends are gathered until there are that many or they
// hold that many bytes; the last one may exceed the bytes.
const (
	maxGroupAppends  = 1024
	groupTargetBytes = 4 << 20
	maxGroupBytes    = groupTargetBytes + maxAppendBytes
)

// group are appends that one write and one sync make durable together.
type group struct {
	requests []*request
	bytes    int
	done     chan struct{} // closed when the outcome is known
	err      error         // of all of them
}

func newGroup() *group { return &group{done: make(chan struct{})} }

func (g *group) full() bool {
	return len(g.requests) >= maxGroupAppends || g.bytes >= groupTargetBytes
}

// queue holds the appends that wait, in groups: while the writer makes one group
// durable the next one fills.
type queue struct {
	mu     sync.Mutex
	groups []*group // all but the last are full
	closed bool
	wake   chan struct{} // has one element when a group may wait
}

func (q *queue) init() { q.wake = make(chan struct{}, 1) }

// put adds an append and returns its group, or nil when the queue is closed.
func (q *queue) put(r *request) *group {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	n := len(q.groups)
	if n == 0 || q.groups[n-1].full() {
		q.groups = append(q.groups, newGroup())
		n++
	}
	g := q.groups[n-1]
	g.requests = append(g.requests, r)
	g.bytes += len(r.records)
	if n == 1 && len(g.requests) == 1 {
		q.signal()
	}
	return g
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the next group, and nil when none waits.
func (q *queue) take() *group {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.groups) == 0 {
		return nil
	}
	g := q.groups[0]
	q.groups = append(q.groups[:0], q.groups[1:]...)
	return g
}

// waiting is the number of appends in the next group.
func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.groups) == 0 {
		return 0
	}
	return len(q.groups[0].requests)
}

// close lets put refuse. What was put before stays.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

// ended reports that nothing waits and nothing more will come.
func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed && len(q.groups) == 0
}
