package journal

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Bounds of one group: appends are gathered until there are that many or they
// hold that many bytes; the last one may exceed the bytes.
const (
	maxGroupAppends  = 1024
	groupTargetBytes = 4 << 20
	maxGroupBytes    = groupTargetBytes + maxAppendBytes
)

// group are appends that one write and one sync make durable together.
type group struct {
	begin    *header // of the segment that begins with the group, or nil
	table    *table  // of the segment
	requests []*request
	records  []byte        // signed, of those that are at the heads of their streams
	done     chan struct{} // closed when the outcome is known
	err      error         // of all of them
}

func (g *group) full() bool {
	return len(g.requests) >= maxGroupAppends || len(g.records) >= groupTargetBytes
}

// queue holds the appends that wait, in groups: while the writer makes one group
// durable the appenders fill the next one. It knows where every stream will end
// when all of them are durable.
type queue struct {
	ledger       ledgerID
	segmentBytes int64

	mu     sync.Mutex
	groups []*group // all but the last are full, or end a segment
	spare  []byte   // for the records of a group
	closed bool
	wake   chan struct{} // has one element when a group may wait

	waiting atomic.Int64 // appends in the next group, for a look without the lock

	next   segment  // as it will be, without sparse index
	tables []*table // that no index file holds; the last one is next's
}

func newQueue(v *view, segmentBytes int64) *queue {
	return &queue{
		ledger: v.active.ledger, segmentBytes: segmentBytes,
		wake: make(chan struct{}, 1), next: v.active, tables: v.tables,
	}
}

// knows returns the first segment whose streams the queue knows.
func (q *queue) knows() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.tables[0].segment
}

// put adds an append and returns its group. It returns none when the queue is
// closed, and reports when it needs to be told of the stream.
func (q *queue) put(r *request) (g *group, stale bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, false
	}
	p, head, known := q.head(r)
	if !known {
		return nil, true
	}
	if head != r.after {
		r.actual = head
		return q.join(r), false
	}
	if q.turn(r.bytes, uint64(r.n)) || p == nil {
		p = q.tables[len(q.tables)-1].add(r.stream, head)
	}
	g = q.join(r)
	q.sign(g, r, p)
	return g, false
}

// head returns where the append's stream ends, and whether that is known; and
// its places in the last table, nil if it has none there.
func (q *queue) head(r *request) (last *places, head uint64, known bool) {
	for i, t := range slices.Backward(q.tables) {
		p := t.get([]byte(r.stream))
		if p == nil {
			continue
		}
		if i == len(q.tables)-1 {
			last = p
		}
		return last, p.staged, true
	}
	return nil, r.before, r.segment == q.tables[0].segment
}

// turn begins another segment when the next one has no room for so many bytes of
// so many events, and reports that it did.
func (q *queue) turn(bytes int64, events uint64) bool {
	s := &q.next
	if s.events == 0 || s.end+bytes+recordHeaderBytes+footerBytes(s.events+events) <= q.segmentBytes { // with a mark
		return false
	}
	h := header{ledger: q.ledger, first: s.last() + 1, salt: newSalt()}
	q.next = newSegment(h)
	last := q.tables[len(q.tables)-1]
	q.tables = append(slices.Clone(unflushed(q.tables)), newTable(last.segment+1))
	q.add(&h)
	return true
}

// add begins another group.
func (q *queue) add(begin *header) *group {
	g := &group{begin: begin, table: q.tables[len(q.tables)-1], records: q.spare[:0], done: make(chan struct{})}
	q.spare = nil
	q.groups = append(q.groups, g)
	return g
}

// join puts an append into the last group, or into another one.
func (q *queue) join(r *request) *group {
	n := len(q.groups)
	if n == 0 || q.groups[n-1].full() {
		q.add(nil)
		n++
	}
	g := q.groups[n-1]
	g.requests = append(g.requests, r)
	if n == 1 {
		q.waiting.Add(1)
		if len(g.requests) == 1 {
			q.signal()
		}
	}
	return g
}

// sign encodes the append and gives it its place behind all others.
func (q *queue) sign(g *group, r *request, p *places) {
	g.records = slices.Grow(g.records, int(r.bytes))
	for i, e := range r.events {
		at := len(g.records)
		g.records = appendRecord(g.records, r.stream, r.after+uint64(i)+1, r.n-1-i, e)
		sign(g.records[at:], q.next.seed, q.next.last()+1, at)
		q.next.events++
	}
	q.next.end += r.bytes
	r.events, r.places, r.last = nil, p, q.next.last()
	p.staged += uint64(r.n)
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
	q.groups = slices.Delete(q.groups, 0, 1)
	q.waiting.Store(0)
	if len(q.groups) > 0 {
		q.waiting.Store(int64(len(q.groups[0].requests)))
	}
	return g
}

// recycle gives a group's memory to a later one.
func (q *queue) recycle(g *group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cap(g.records) <= 2*groupTargetBytes {
		q.spare = g.records
	}
	g.records = nil
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
