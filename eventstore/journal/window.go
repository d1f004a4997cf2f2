package journal

import (
	"errors"
	"io"
)

// Sizes of one read from a file: small when records lie apart, growing while
// they are read one after the other.
const (
	minWindowBytes = 4 << 10
	maxWindowBytes = 512 << 10
)

// errUnreadable says that no sound record begins at an offset.
var errUnreadable = errors.New("no sound record")

// window reads records from a segment with few system calls, by keeping the
// bytes around the last one.
type window struct {
	src   io.ReaderAt
	limit int64 // nothing is read at or after this offset
	seed  uint32

	base int64 // offset of buf[0]
	buf  []byte
	next int // size of the next read
}

// move points the window at another segment.
func (w *window) move(src io.ReaderAt, limit int64, seed uint32) {
	w.src, w.limit, w.seed, w.buf = src, limit, seed, w.buf[:0]
}

// record returns the record at the offset. It is good until the next call.
func (w *window) record(offset int64) (record, error) {
	b, err := w.bytes(offset, recordHeaderBytes)
	if err != nil {
		return record{}, err
	}
	size, ok := recordSize(b)
	if !ok {
		return record{}, errUnreadable
	}
	if b, err = w.bytes(offset, size); err != nil {
		return record{}, err
	}
	r, ok := decode(b[:size], w.seed)
	if !ok {
		return record{}, errUnreadable
	}
	return r, nil
}

// bytes returns at least n bytes from the offset.
func (w *window) bytes(offset int64, n int) ([]byte, error) {
	end := w.base + int64(len(w.buf))
	if w.base <= offset && offset+int64(n) <= end {
		return w.buf[offset-w.base:], nil
	}
	if w.limit-offset < int64(n) {
		return nil, errUnreadable
	}
	w.next = min(2*w.next, maxWindowBytes)
	if offset < w.base || offset > end {
		w.next = minWindowBytes
	}
	return w.fill(offset, max(n, w.next, minWindowBytes))
}

func (w *window) fill(offset int64, n int) ([]byte, error) {
	n = int(min(int64(n), w.limit-offset))
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	w.base, w.buf = offset, w.buf[:n]
	if got, err := w.src.ReadAt(w.buf, offset); got < n {
		w.buf = w.buf[:0]
		if err == io.EOF {
			err = errUnreadable // the file is shorter than it was
		}
		return nil, err
	}
	return w.buf, nil
}
