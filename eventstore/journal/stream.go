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
		var kind shared
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
			for r, err := range s.each(ctx, t, places) {
				if err != nil {
					yield(eventstore.Recorded{}, err)
					return
				}
				if !yield(r.recorded(stream, kind.of(r.kind)), nil) {
					return
				}
			}
		}
	}
}

// each reads the trail's events at the places.
func (s *Store) each(ctx context.Context, t *trail, places []location) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		n := (len(places) + recordsAtOnce - 1) / recordsAtOnce
		due := t.after - uint64(len(places))
		for _, c := range ahead(n, readLanes, func(i int) chunk {
			return s.chunk(t.view, places[i*recordsAtOnce:min((i+1)*recordsAtOnce, len(places))])
		}) {
			for i, r := range c.records {
				if due++; string(r.stream) != t.stream || r.revision != due {
					yield(record{}, t.astray(places[i]))
					return
				}
				if err := ctx.Err(); err != nil {
					yield(record{}, err)
					return
				}
				if !yield(r, nil) {
					return
				}
			}
			if c.err != nil {
				yield(record{}, c.err)
				return
			}
		}
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

type chunk struct {
	records []record
	err     error // after them
}

// chunk reads the records at the places. They belong to the caller.
func (s *Store) chunk(v *view, places []location) chunk {
	c := chunk{records: make([]record, 0, len(places))}
	var w window
	defer w.leave()
	for i, at := range places {
		in := v.segment(at.segment())
		err := w.enter(s.files, in)
		var r record
		if err == nil {
			r, err = w.record(at.offset(), len(places)-i)
		}
		if err != nil {
			c.err = s.fault(err, in, at.offset())
			return c
		}
		c.records = append(c.records, r)
	}
	return c
}

// Sizes of one read of a record: small when records lie apart, and no more than is
// needed when that takes no system call; growing while they are read one after
// the other.
const (
	minReadBytes = 2 << 10
	maxReadBytes = 32 << 10
	usualBytes   = 1 << 10 // of a record, for memory that several share
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

// record returns the record at the offset, when so many are still wanted.
func (w *window) record(at int64, wanted int) (record, error) {
	b, err := w.bytes(at, recordHeaderBytes, wanted)
	if err != nil {
		return record{}, err
	}
	size, ok := recordSize(b)
	if !ok {
		return record{}, errUnreadable
	}
	if b, err = w.bytes(at, size, wanted); err != nil {
		return record{}, err
	}
	w.base, w.buf = at+int64(size), b[size:]
	r, ok := decode(b[:size:size], w.in.seed)
	if !ok {
		return record{}, errUnreadable
	}
	return r, nil
}

// bytes returns at least n bytes from the offset.
func (w *window) bytes(at int64, n, wanted int) ([]byte, error) {
	if skip := at - w.base; skip >= 0 && skip+int64(n) <= int64(len(w.buf)) {
		return w.buf[skip:], nil
	}
	if w.in.end-at < int64(n) {
		return nil, errUnreadable
	}
	w.last = min(2*w.last, maxReadBytes)
	switch {
	case at == w.base:
	case w.src.mapped == nil:
		w.last = minReadBytes
	default:
		w.last = n
	}
	n = int(min(int64(max(n, w.last)), w.in.end-at))
	if cap(w.buf) < n {
		w.buf = make([]byte, 0, max(n, min(wanted*usualBytes, maxReadBytes)))
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
