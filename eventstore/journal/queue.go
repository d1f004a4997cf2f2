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

// pieceShown is how many bytes of a large append are encoded before the writer
// is shown them.
const pieceShown = 128 << 10

// group are appends that one write and one sync make durable together.
type group struct {
	begin    *header // of the segment that begins with the group, or nil
	table    *table  // of the segment
	requests []*request
	records  []byte        // signed, of those that are at the heads of their streams
	after    segment       // with the group
	done     chan struct{} // closed when the outcome is known
	err      error         // of all of them
}

func (g *group) full() bool {
	return len(g.requests) >= maxGroupAppends || len(g.records) >= groupTargetBytes
}

// queue holds the appends that wait, in groups: while the writer makes one group
// durable the appenders fill the next one. It knows where every stream will end
// when all of them are durable, and puts the places of their events into the
// tables, where readers leave out what is newer than their view.
type queue struct {
	ledger       ledgerID
	segmentBytes int64

	mu     sync.Mutex
	groups []*group // all but the last are full, or end a segment
	spare  []byte   // for the records of a group
	closed bool
	wake   chan struct{} // has one element when a group may wait

	waiting atomic.Int64           // appends in the next group, for a look without the lock
	shown   atomic.Pointer[[]byte] // what is signed of the next group, while a large append is being encoded into it

	next   segment  // as it will be
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
		return q.join(r, nil), false
	}
	if q.turn(r.bytes, uint64(r.n)) || p == nil {
		p = q.tables[len(q.tables)-1].add(r.stream, head)
	}
	return q.join(r, p), false
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
		return last, p.head(), true
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

// join puts an append into the last group, or into another one. p are the places
// of its stream, nil if it is not at the stream's head.
func (q *queue) join(r *request, p *places) *group {
	n := len(q.groups)
	if n == 0 || q.groups[n-1].full() {
		q.add(nil)
		n++
	}
	g := q.groups[n-1]
	g.requests = append(g.requests, r)
	if p != nil {
		q.sign(g, r, p, n == 1)
	}
	if n == 1 && q.waiting.Add(1) == 1 {
		q.signal()
	}
	return g
}

// sign encodes the append and gives it its place behind all others. Of the next
// group the writer may write the first pieces of a large one meanwhile.
func (q *queue) sign(g *group, r *request, p *places, next bool) {
	g.records = slices.Grow(g.records, int(r.bytes))
	show := next && g.begin == nil && r.bytes > pieceShown
	if show {
		q.show(g.records)
		defer q.show(nil)
	}
	shown := len(g.records)
	for i := range r.events {
		at := len(g.records)
		g.records = appendRecord(g.records, r.stream, r.after+uint64(i)+1, r.n-1-i, &r.events[i])
		record := record(g.records[at:])
		sign(record, q.next.seed, q.next.last()+1, at)
		g.table.ofType(record.kind()).push(uint32(q.next.end))
		q.next.count(p, uint32(q.next.end))
		q.next.end += record.size()
		if show && len(g.records)-shown >= pieceShown {
			q.show(g.records)
			shown = len(g.records)
		}
	}
	r.events, r.last = nil, q.next.last()
	g.after = q.next
}

// show tells the writer what is signed of the next group, nil when nothing more is
// to be had without the lock.
func (q *queue) show(records []byte) {
	if records == nil {
		q.shown.Store(nil)
	} else {
		q.shown.Store(&records)
	}
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the next group, and nil when none waits; and reports that nothing
// more will come.
func (q *queue) take() (g *group, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.groups) == 0 {
		return nil, q.closed
	}
	g = q.groups[0]
	q.groups = slices.Delete(q.groups, 0, 1)
	q.waiting.Store(0)
	if len(q.groups) > 0 {
		q.waiting.Store(int64(len(q.groups[0].requests)))
	}
	return g, false
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
