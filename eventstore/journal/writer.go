package journal

import (
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"caseledger/eventstore"
)

// allocatedBytes is the room that is allocated ahead of what is written, so that
// few writes have to change the size of the file.
const allocatedBytes = 16 << 20

// The first write to a place has the file system note that something is there now,
// which the sync has to write as well, and elsewhere. So all groups but the large
// ones, for which it is the bytes that cost, get zeros ahead of them, a few syncs
// for many; and after the first never more zeros than they had bytes themselves.
const (
	largeGroup  = pieceShown
	firstZeros  = 32 << 10 // a command that records one act needs few
	zeroedBytes = 256 << 10
)

var zeros [zeroedBytes]byte

// The writer gives those it has answered a part of the last write's time to come
// back with their next append: with few appenders one group of all is faster
// than two groups that take turns. With more, half of them are enough.
const (
	patience     = 16
	longestPause = 50 * time.Microsecond
	fewAppends   = 16
)

// writer is the one goroutine that appends and publishes views.
type writer struct {
	*Store
	disk         opener
	segmentBytes int64
	file         file          // the active segment
	allocated    int64         // its size
	zeroed       int64         // end of the zeros that were written ahead
	earned       int64         // zeros that may be written
	marked       bool          // its last record is a mark
	ahead        int           // bytes of the next group that are written already
	took         time.Duration // the last write and sync
	cause        error         // set for good when a write went wrong
}

// ready opens the last segment for writing, cut to its last complete append
// and durable: it may hold appends that an ended process could not sync.
func (w *writer) ready(r *recovered) error {
	if r.active == nil {
		h := header{ledger: newLedger(), first: 1, salt: newSalt()}
		r.active = newScan(h, 0, w.path(h.first))
		f, err := createSegment(w.disk, w.dir, h)
		w.file, w.allocated = f, headerBytes
		return err
	}
	f, err := w.disk(filepath.Join(w.dir, fileName(r.active.first)))
	if err != nil {
		return err
	}
	err = f.Truncate(r.active.end)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Close()
	}
	w.file, w.allocated, w.marked = f, r.active.end, r.active.marked
	return err
}

func (w *writer) run() {
	defer close(w.written)
	defer w.behind.end()
	defer func() { w.file.Close() }()
	g, ended := w.queue.take()
	for !ended {
		if g == nil {
			<-w.queue.wake
		} else {
			w.commit(g)
		}
		g, ended = w.next(g)
	}
	w.mark()
}

// next answers a group, if it is not nil, and returns the one after it. Of many
// appenders enough wait already, as a rule: then their group is taken before
// those who are answered ask for the queue.
func (w *writer) next(answered *group) (g *group, ended bool) {
	if answered != nil && len(answered.requests) > fewAppends && w.queue.waiting.Load() >= enough(answered) {
		defer close(answered.done)
		return w.queue.take()
	}
	if answered != nil {
		close(answered.done)
		w.linger(enough(answered))
	}
	w.writeShown()
	return w.queue.take()
}

// enough is how many appends are worth a write after a group was answered.
func enough(answered *group) int64 {
	n := int64(len(answered.requests))
	if n > fewAppends {
		n /= 2
	}
	return n
}

// linger lets those who were just answered come back.
func (w *writer) linger(enough int64) {
	pause := min(w.took/patience, longestPause)
	for began := time.Now(); w.queue.waiting.Load() < enough && time.Since(began) < pause; {
		runtime.Gosched()
	}
}

// commit makes a group durable and visible, or says why it could not.
func (w *writer) commit(g *group) {
	if g.begin != nil && w.cause == nil {
		w.cause = w.roll(g)
	}
	if w.cause != nil {
		g.err = broken(w.cause)
		return
	}
	if len(g.records) == 0 {
		return
	}
	v := w.view.Load()
	began := time.Now()
	err := w.zero(g)
	if err == nil {
		err = w.put(g.records[w.ahead:], v.active.end+int64(w.ahead))
	}
	w.ahead = 0
	if err != nil {
		w.fail(err, v.active.end)
		g.err = broken(err)
		return
	}
	w.took = time.Since(began)
	w.publish(g, v)
	w.queue.recycle(g)
}

// writeShown writes the pieces of a large append while the rest of it is being
// encoded, and lets the disk begin with them. They are synced with the group that
// they are part of.
func (w *writer) writeShown() {
	for b := w.queue.shown.Load(); b != nil && w.cause == nil; b = w.queue.shown.Load() {
		if len(*b) == w.ahead {
			<-w.queue.wake
			continue
		}
		end := w.view.Load().active.end
		at, piece := end+int64(w.ahead), (*b)[w.ahead:]
		err := w.write(piece, at)
		if err == nil {
			err = w.file.Start(at, int64(len(piece)))
		}
		if err != nil {
			w.fail(err, end)
			return
		}
		w.ahead = len(*b)
	}
}

// zero writes zeros behind a group that reaches the end of the last ones.
func (w *writer) zero(g *group) error {
	if len(g.records) > largeGroup {
		return nil
	}
	w.earned += int64(len(g.records))
	end := g.after.end
	room := min(w.earned, zeroedBytes, w.allocated-end)
	if end <= w.zeroed || room <= 0 {
		return nil
	}
	w.earned -= room
	w.zeroed = end + room
	_, err := w.file.WriteAt(zeros[:room], end)
	return err
}

// put writes at the end of the active segment and syncs.
func (w *writer) put(b []byte, at int64) error {
	if err := w.write(b, at); err != nil {
		return err
	}
	return w.file.Sync()
}

func (w *writer) write(b []byte, at int64) error {
	if at+int64(len(b)) > w.allocated {
		room := max(min(allocatedBytes, w.segmentBytes-at), int64(len(b)))
		w.allocated = at + room
		if w.file.Allocate(at, room) != nil {
			w.allocated = at + int64(len(b)) // whether there is room for so much the write will say
		}
	}
	_, err := w.file.WriteAt(b, at)
	return err
}

// roll begins the group's segment. The one before, all of which is durable, is
// sealed behind.
func (w *writer) roll(g *group) error {
	if err := w.behind.wait(); err != nil {
		return err
	}
	f, err := createSegment(w.disk, w.dir, *g.begin)
	if err != nil {
		return err
	}
	v := w.view.Load()
	next := &view{full: append(v.full, v.active), active: newSegment(*g.begin), grown: v.grown}
	next.tables = append(slices.Clone(unflushed(v.tables)), g.table)
	w.view.Store(next)
	old := w.file
	w.file, w.allocated, w.zeroed, w.marked = f, headerBytes, 0, false
	w.behind.begin(v.tables[len(v.tables)-1])
	return old.Close()
}

// unflushed are the tables from the first one that no index file holds.
func unflushed(tables []*table) []*table {
	for tables[0].flushed.Load() {
		tables = tables[1:]
	}
	return tables
}

// publish lets readers see the group.
func (w *writer) publish(g *group, v *view) {
	w.marked = false
	w.view.Store(&view{full: v.full, active: g.after, tables: unflushed(v.tables), grown: make(chan struct{})})
	close(v.grown)
}

// fail refuses everything from now on: after a failed sync nobody knows which
// bytes are on the disk. The bytes in doubt are cut off so that they are not
// found when the journal is opened again; when that fails, too, they may be.
func (w *writer) fail(cause error, end int64) {
	w.cause = cause
	if w.file.Truncate(end) == nil {
		w.file.Sync() // nothing is left to refuse if this fails
	}
}

// mark writes, before a clean close, that everything before it was durable, and
// gives back the room that was not used. The mark lets damage to the last
// append be told from a torn write.
func (w *writer) mark() {
	v := w.view.Load()
	end := v.active.end
	if w.cause != nil || v.head() == 0 {
		return
	}
	if !w.marked {
		b := appendRecord(nil, "", 0, 0, &eventstore.Event{})
		sign(b, v.active.seed, v.head(), 0)
		if err := w.put(b, end); err != nil {
			w.fail(err, end) // nothing acknowledged is lost without the mark
			return
		}
		end += int64(len(b))
	}
	if w.allocated > end && w.file.Truncate(end) == nil {
		w.file.Sync() // without it the room may be there again, and is zeros
	}
}
