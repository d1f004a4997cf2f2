package journal

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"caseledger/eventstore"
)

// allocatedBytes is the room that is allocated ahead of what is written, so that
// few writes have to change the size of the file.
const allocatedBytes = 16 << 20

// patience is the part of the last write's time that the writer gives those it
// has answered to come back with their next append: with few appenders one
// group of all is faster than two that take turns.
const patience = 8

// writer is the one goroutine that appends and publishes views.
type writer struct {
	*Store
	disk      opener
	file      file  // the active segment
	allocated int64 // its size
	marked    bool  // its last record is a mark
	records   []byte
	took      time.Duration // the last write and sync
	cause     error         // set for good when a write went wrong
}

// ready opens the last segment for writing, cut to its last complete append
// and durable: it may hold appends that an ended process could not sync.
func (w *writer) ready(r *recovered) error {
	if r.active == nil {
		r.ledger = newLedger()
		f, s, err := createSegment(w.disk, w.dir, r.ledger, 1)
		r.active = newScan(s.header, 0, w.path(1))
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
	for !w.queue.ended() {
		g := w.queue.take()
		if g == nil {
			<-w.queue.wake
			continue
		}
		w.commit(g)
		w.linger(len(g.requests))
	}
	w.mark()
}

// linger lets those who were just answered come back.
func (w *writer) linger(answered int) {
	for began := time.Now(); w.queue.waiting() < answered && time.Since(began) < w.took/patience; {
		runtime.Gosched()
	}
}

// commit makes a group durable, then visible, then known.
func (w *writer) commit(g *group) {
	defer close(g.done)
	if w.cause == nil {
		w.cause = w.roll(int64(g.bytes), len(g.requests))
	}
	if w.cause != nil {
		g.err = broken(w.cause)
		return
	}
	v := w.view.Load()
	head := w.stage(g, v)
	if head == v.head() {
		return
	}
	began := time.Now()
	if err := w.put(w.records, v.active.end); err != nil {
		w.fail(err, v.active.end)
		g.err = broken(err)
		return
	}
	w.took = time.Since(began)
	w.publish(g, v)
}

// stage takes the appends that are at the heads of their streams into one
// write, and returns the position of the last event after it.
func (w *writer) stage(g *group, v *view) uint64 {
	head := v.head()
	w.records = w.records[:0]
	for _, r := range g.requests {
		p := w.places(r, v)
		if p == nil || p.staged != r.after {
			continue
		}
		p.staged += uint64(len(r.ids))
		for begin := len(w.records); len(r.records) > 0; begin = len(w.records) {
			size := binary.LittleEndian.Uint32(r.records)
			w.records = append(w.records, r.records[:size]...)
			head++
			sign(w.records[begin:], v.active.seed, head, begin)
			r.records = r.records[size:]
		}
		r.last = head
	}
	return head
}

// places returns the stream's in the active segment, or nil when the append is
// not at its head: then the outcome is set.
func (w *writer) places(r *request, v *view) *places {
	p := v.table().get([]byte(r.stream))
	head := r.before
	switch {
	case p != nil:
		head = p.staged
	case r.segment != len(v.full): // another segment was begun meanwhile
		head, r.err = w.head(context.Background(), v, r.stream)
	}
	if r.err != nil || head != r.after {
		r.actual = head
		return nil
	}
	if p == nil {
		p = v.table().add(r.stream, head)
	}
	return p
}

// put writes at the durable end of the active segment and syncs.
func (w *writer) put(b []byte, at int64) error {
	if at+int64(len(b)) > w.allocated {
		room := max(min(allocatedBytes, w.segmentBytes-at), int64(len(b)))
		w.allocated = at + room
		if w.file.Allocate(at, room) != nil {
			w.allocated = at + int64(len(b)) // whether there is room for so much the write will say
		}
	}
	if _, err := w.file.WriteAt(b, at); err != nil {
		return err
	}
	return w.file.Sync()
}

// roll begins another segment when the active one has no room for so many bytes
// of so many appends. The full one, all of which is durable, is sealed behind.
func (w *writer) roll(bytes int64, appends int) error {
	v := w.view.Load()
	s := &v.active
	mark := int64(recordHeaderBytes)
	most := uint64(bytes / recordHeaderBytes) // events
	if s.events == 0 || s.end+bytes+mark+footerBytes(s.events+most) <= w.segmentBytes {
		return nil
	}
	if err := w.behind.wait(); err != nil {
		return err
	}
	f, fresh, err := createSegment(w.disk, w.dir, w.ledger, v.head()+1)
	if err != nil {
		return err
	}
	next := &view{full: append(v.full, *s), active: fresh, grown: v.grown}
	next.tables = append(slices.Clone(unflushed(v.tables)), newTable(len(next.full)))
	w.view.Store(next)
	old := w.file
	w.file, w.allocated, w.marked = f, headerBytes, false
	w.behind.begin(v.table())
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
	next := *v
	next.tables, next.grown = unflushed(v.tables), make(chan struct{})
	offset := 0
	for _, r := range g.requests {
		if r.last == 0 {
			continue
		}
		p := v.table().get([]byte(r.stream))
		for range r.ids {
			next.active.count(p, uint32(v.active.end)+uint32(offset))
			offset += int(binary.LittleEndian.Uint32(w.records[offset:]))
		}
	}
	next.active.end += int64(offset)
	w.marked = false
	w.view.Store(&next)
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
		b := appendRecord(nil, "", 0, 0, eventstore.Event{})
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
