package journal

import (
	"encoding/binary"
	"fmt"
	"runtime"

	"caseledger/eventstore"
)

// Bounds of one commit: appends are gathered until there are that many or they
// hold that many bytes; the last one may exceed the bytes.
const (
	maxCommitAppends  = 1024
	commitTargetBytes = 4 << 20
	maxCommitBytes    = commitTargetBytes + maxAppendBytes
)

// writer is the one goroutine that appends. It alone changes the index, so it
// reads it without the lock.
type writer struct {
	*Store
	disk   opener
	file   file     // the active segment
	marked bool     // the last record is a mark
	held   *request // must wait for the commit before it
	cause  error    // set for good when a write went wrong
}

// commit is what one write and one sync make durable.
type commit struct {
	records []byte
	parts   []part
	heads   map[string]uint64 // of the streams in parts, after them
	head    uint64
}

// part is the append of one request in a commit.
type part struct {
	*request
	end  int    // of its records in the commit
	last uint64 // its last position
}

func (w *writer) run(requests <-chan *request) {
	defer close(w.written)
	defer func() { w.file.Close() }()
	for {
		r := w.held
		w.held = nil
		if r == nil {
			select {
			case r = <-requests:
			case <-w.closing:
				w.mark()
				return
			}
		}
		w.write(w.gather(r, requests))
	}
}

// gather takes the appends that wait now, beginning with r, into one commit.
func (w *writer) gather(r *request, requests <-chan *request) *commit {
	runtime.Gosched() // lets appenders that were just answered come back
	c := &commit{heads: make(map[string]uint64), head: w.index.head}
	for range maxCommitAppends {
		if w.held = w.stage(c, r); w.held != nil || len(c.records) >= commitTargetBytes {
			return c
		}
		select {
		case r = <-requests:
		default:
			return c
		}
	}
	return c
}

// stage takes r into the commit or answers it. It returns r when its answer
// depends on what is not durable yet.
func (w *writer) stage(c *commit, r *request) *request {
	head, staged := c.heads[r.stream]
	if !staged {
		head = uint64(len(w.index.streams[r.stream]))
	}
	switch {
	case w.cause != nil:
		r.reply(0, broken(w.cause))
	case r.after == head:
		c.add(r, head)
	case staged:
		return r
	default:
		r.reply(w.settle(r, head))
	}
	return nil
}

func (c *commit) add(r *request, head uint64) {
	n := uint64(len(r.ids))
	c.records = append(c.records, r.records...)
	c.heads[r.stream] = head + n
	c.head += n
	c.parts = append(c.parts, part{r, len(c.records), c.head})
}

// settle answers an append that is not at the stream's head: it is an exact
// repeat or a conflict.
func (w *writer) settle(r *request, head uint64) (eventstore.Position, error) {
	conflict := &eventstore.ConflictError{
		Stream: r.stream, Expected: eventstore.Revision(r.after), Actual: eventstore.Revision(head),
	}
	if r.after > head || head-r.after < uint64(len(r.ids)) {
		return 0, conflict
	}
	places := w.index.streams[r.stream][r.after:]
	c := cursor{files: w.files}
	var last uint64
	for i, id := range r.ids {
		found, err := c.at(w.index.view, places[i])
		if err != nil {
			return 0, err
		}
		if found.id != id {
			return 0, conflict
		}
		last = found.position
	}
	return eventstore.Position(last), nil
}

// write makes the commit durable, then visible, then known.
func (w *writer) write(c *commit) {
	if len(c.parts) == 0 {
		return
	}
	if err := w.store(c); err != nil {
		w.fail(err)
		for _, p := range c.parts {
			p.reply(0, broken(err))
		}
		return
	}
	w.publish(c)
	for _, p := range c.parts {
		p.reply(eventstore.Position(p.last), nil)
	}
}

func (w *writer) store(c *commit) error {
	if w.index.active.size >= w.segmentBytes && w.index.head >= w.index.active.first {
		if err := w.roll(); err != nil {
			return err
		}
	}
	position := w.index.head
	for offset := 0; offset < len(c.records); {
		position++
		offset += sign(c.records[offset:], w.index.active.seed, position, offset)
	}
	return w.put(c.records)
}

// put writes at the durable end of the active segment and syncs.
func (w *writer) put(b []byte) error {
	if _, err := w.file.WriteAt(b, w.index.active.size); err != nil {
		return err
	}
	return w.file.Sync()
}

// roll seals the active segment, all of which is durable, and begins another.
func (w *writer) roll() error {
	if len(w.index.sealed) == maxSegments-1 {
		return fmt.Errorf("there are %d segments already", maxSegments)
	}
	f, s, err := createSegment(w.disk, w.dir, w.index.head+1)
	if err != nil {
		return err
	}
	old := w.file
	w.file = f
	w.mu.Lock()
	w.index.begin(s)
	w.mu.Unlock()
	return old.Close()
}

func (w *writer) publish(c *commit) {
	w.marked = false
	w.mu.Lock()
	defer w.mu.Unlock()
	base, offset := w.index.active.size, 0
	for _, p := range c.parts {
		for offset < p.end {
			w.index.add(p.stream, base+int64(offset))
			offset += int(binary.LittleEndian.Uint32(c.records[offset:]))
		}
	}
	w.index.active.size = base + int64(offset)
	close(w.grown)
	w.grown = make(chan struct{})
}

// fail refuses everything from now on: after a failed sync nobody knows which
// bytes are on the disk. The bytes in doubt are cut off so that they are not
// found when the journal is opened again; when that fails, too, they may be.
func (w *writer) fail(cause error) {
	w.cause = cause
	if w.file.Truncate(w.index.active.size) == nil {
		w.file.Sync() // nothing is left to refuse if this fails
	}
}

// mark writes, before a clean close, that everything before it was durable. It
// lets damage to the last append be told from a torn write.
func (w *writer) mark() {
	if w.cause != nil || w.marked || w.index.head == 0 {
		return
	}
	b := appendRecord(nil, "", 0, 0, eventstore.Event{})
	sign(b, w.index.active.seed, w.index.head, 0)
	if err := w.put(b); err != nil {
		w.fail(err) // nothing acknowledged is lost without the mark
	}
}
