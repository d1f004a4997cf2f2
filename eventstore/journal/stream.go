package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"

	"caseledger/eventstore"
)

const (
	placesAtOnce  = 4096 // of one stream that are looked up before they are read
	recordsAtOnce = 128  // that are read ahead together
)

// ReadStream is eventstore.Store's.
func (s *Store) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		t := s.trail(stream, uint64(after))
		for more := true; more; {
			var places []location
			err := ctx.Err()
			if err == nil {
				places, more, err = t.collect(ctx)
			}
			if err != nil {
				yield(eventstore.Recorded{}, err)
				return
			}
			before := t.after - uint64(len(places))
			if !s.give(ctx, t.view, places, func(first int) accept { return t.expects(before + uint64(first)) }, yield) {
				return
			}
		}
	}
}

// expects accepts the events of the stream that follow a revision.
func (t *trail) expects(after uint64) accept {
	var kind shared
	return func(i int, r record, e *eventstore.Recorded) bool {
		if string(r.stream()) != t.stream || r.revision() != after+uint64(i)+1 {
			return false
		}
		r.event(e, t.stream, kind.of(r.kind()))
		return true
	}
}

// trail finds the places of one stream's events in a view, in order.
type trail struct {
	*Store
	view   *view
	stream string
	key    key
	after  uint64 // the last revision that was found
	runs   []*run // that are left
	tables []*table
	buffer []byte // of a page
}

func (s *Store) trail(stream string, after uint64) *trail {
	v := s.view.Load() // before the runs: they hold what the view has no table for
	return &trail{Store: s, view: v, stream: stream, key: keyOf(stream), after: after, runs: s.runs.all(), tables: v.tables}
}

// collect returns the next places, and whether there may be more.
func (t *trail) collect(ctx context.Context) (places []location, more bool, err error) {
	for len(places) < placesAtOnce && len(t.runs)+len(t.tables) > 0 && err == nil {
		var next []location
		if len(t.runs) > 0 {
			next, err = t.fromRun(ctx)
		} else {
			next, err = t.fromTable()
		}
		places = append(places, next...)
	}
	for i, at := range places { // what is newer than the view is left out
		if !t.view.holds(at) {
			t.after -= uint64(len(places) - i)
			return places[:i], false, err
		}
	}
	return places, len(t.runs)+len(t.tables) > 0, err
}

// fromRun takes the next places from the first run that is left. A damaged one is
// built anew.
func (t *trail) fromRun(ctx context.Context) ([]location, error) {
	if t.buffer == nil {
		t.buffer = make([]byte, pageBytes)
	}
	e, err := t.runs[0].next(t.key, t.after, t.buffer)
	var places []location
	if err == nil {
		places, err = e.decode()
	}
	switch {
	case errors.Is(err, errIndex):
		err = t.Store.runs.repair(ctx, t.runs[0])
		t.runs = t.Store.runs.all()
		return nil, indexed(err)
	case err != nil:
		return nil, indexed(err)
	case len(places) == 0:
		t.runs = t.runs[1:]
		return nil, nil
	case e.revision > t.after+1:
		return nil, t.astray(places[0])
	}
	places = places[t.after+1-e.revision:]
	t.after = e.last()
	if !e.more {
		t.runs = t.runs[1:]
	}
	return places, nil
}

func (t *trail) fromTable() ([]location, error) {
	table := t.tables[0]
	t.tables = t.tables[1:]
	p := table.get([]byte(t.stream))
	if p == nil {
		return nil, nil
	}
	offsets := p.offsets()
	head := p.base + uint64(len(offsets))
	if head <= t.after {
		return nil, nil
	}
	if p.base > t.after {
		return nil, t.astray(locate(table.segment, offsets[0]))
	}
	var places []location
	for _, offset := range offsets[t.after-p.base:] {
		places = append(places, locate(table.segment, offset))
	}
	t.after = head
	return places, nil
}

// astray says that the index does not lead to what it should.
func (t *trail) astray(at location) error { return t.Store.astray(t.view, at) }

func (s *Store) astray(v *view, at location) error {
	return &CorruptError{filepath.Join(s.dir, indexDir), 0,
		fmt.Sprintf("it leads to byte %d of %s, which is not the event that is due", at.offset(), fileName(v.segment(at.segment()).first))}
}

// accept fills in the event of the i'th record of a chunk, or reports that it is not
// the one that is due.
type accept func(i int, r record, e *eventstore.Recorded) bool

// give yields the events at the places, in order, and reports whether the caller
// wants more. accepts is asked for each chunk, with its first place's number.
func (s *Store) give(ctx context.Context, v *view, places []location, accepts func(first int) accept, yield func(eventstore.Recorded, error) bool) bool {
	n := (len(places) + recordsAtOnce - 1) / recordsAtOnce
	for _, c := range ahead(n, readLanes, func(_, i int) chunk {
		first := i * recordsAtOnce
		return s.chunk(v, places[first:min(first+recordsAtOnce, len(places))], accepts(first))
	}) {
		for i := range c.events {
			if err := ctx.Err(); err != nil {
				yield(eventstore.Recorded{}, err)
				return false
			}
			if !yield(c.events[i], nil) {
				return false
			}
		}
		if c.err != nil {
			yield(eventstore.Recorded{}, c.err)
			return false
		}
	}
	return true
}

// chunk are events that one goroutine reads and checks, so that who gets them
// need not look at their bytes.
type chunk struct {
	events []eventstore.Recorded
	err    error // after them
}

// chunk reads the events at the places. They belong to the caller.
func (s *Store) chunk(v *view, places []location, accept accept) chunk {
	c := chunk{events: make([]eventstore.Recorded, 0, len(places))}
	var w window
	defer w.leave()
	var room [recordsAtOnce][]byte
	for len(places) > 0 {
		in := v.segment(places[0].segment())
		records, err := w.read(s.files, in, places, room[:0])
		for i, b := range records {
			r, ok := leading(b, in.seed)
			if !ok {
				c.err = s.fault(errUnreadable, in, places[i].offset())
				return c
			}
			n := len(c.events)
			c.events = c.events[:n+1]
			if !accept(n, r, &c.events[n]) {
				c.events, c.err = c.events[:n], s.astray(v, places[i])
				return c
			}
		}
		places = places[len(records):]
		if err != nil {
			c.err = s.fault(err, in, places[0].offset())
			return c
		}
	}
	return c
}

// Sizes of one read of records from the file: small when they lie apart, growing while
// they are read one after the other.
const (
	minReadBytes = 2 << 10
	maxReadBytes = 28 << 10 // the allocator takes larger pieces from the system's lists, one by one
)

// window reads records from one segment at a time with few system calls. It gives
// their bytes away.
type window struct {
	in  *segment // nothing is read at or after its end
	src *source

	base int64 // offset of buf[0]
	buf  []byte
	last int // size of the last read
}

// read appends the records at the places to records, the first at least unless there
// is an error, and none of another segment. They are not checked.
func (w *window) read(files *handles, in *segment, places []location, records [][]byte) ([][]byte, error) {
	if err := w.enter(files, in); err != nil {
		return records, err
	}
	records = w.src.gather(places, in.end, records)
	if len(records) > 0 {
		return records, nil
	}
	b, err := w.record(places[0].offset())
	if err != nil {
		return records, err
	}
	return append(records, b), nil
}

// enter goes to a segment.
func (w *window) enter(files *handles, in *segment) error {
	if w.in == in {
		return nil
	}
	w.leave()
	src, err := files.get(in.first)
	if err == nil {
		*w = window{in: in, src: src, buf: w.buf[:0]}
	}
	return err
}

func (w *window) leave() {
	if w.in != nil {
		w.src.release()
		w.in = nil
	}
}

// record returns the record at the offset, from the file.
func (w *window) record(at int64) ([]byte, error) {
	b, err := w.bytes(at, recordHeaderBytes)
	if err != nil {
		return nil, err
	}
	size, ok := recordSize(b)
	if !ok {
		return nil, errUnreadable
	}
	if b, err = w.bytes(at, size); err != nil {
		return nil, err
	}
	w.base, w.buf = at+int64(size), b[size:]
	return b[:size:size], nil
}

// bytes returns at least n bytes from the offset.
func (w *window) bytes(at int64, n int) ([]byte, error) {
	if skip := at - w.base; skip >= 0 && skip+int64(n) <= int64(len(w.buf)) {
		return w.buf[skip:], nil
	}
	if w.in.end-at < int64(n) {
		return nil, errUnreadable
	}
	w.last = min(2*w.last, maxReadBytes)
	if at != w.base {
		w.last = minReadBytes
	}
	n = int(min(int64(max(n, w.last)), w.in.end-at))
	if cap(w.buf) < n {
		w.buf = make([]byte, 0, n)
	}
	w.base, w.buf = at, w.buf[:n]
	if got, err := w.src.readPiece(w.buf, at); got < n {
		w.buf = w.buf[:0]
		if err == io.EOF {
			err = errUnreadable // the file is shorter than it was
		}
		return nil, err
	}
	return w.buf, nil
}
