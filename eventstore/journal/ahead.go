package journal

import (
	"io"
	"iter"
	"sync"
)

const (
	readLanes  = 2         // goroutines that read ahead for one reader
	blockBytes = 128 << 10 // of one read along the log
	scanBytes  = 256 << 10 // of one read of a scan, which is in one processor's cache when it is looked at
)

// ahead yields fetch(0) to fetch(n-1) in order, while others are fetched by as
// many goroutines as there are lanes. All of them have ended when it ends.
func ahead[T any](n, lanes int, fetch func(i int) T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		if n == 1 {
			yield(0, fetch(0))
			return
		}
		out := make([]chan T, min(lanes, n))
		var running sync.WaitGroup
		stop := make(chan struct{})
		defer running.Wait()
		defer close(stop)
		for lane := range out {
			out[lane] = make(chan T, 1)
			running.Go(func() { fetchLane(out[lane], stop, lane, n, len(out), fetch) })
		}
		for i := range n {
			if !yield(i, <-out[i%len(out)]) {
				return
			}
		}
	}
}

func fetchLane[T any](out chan<- T, stop <-chan struct{}, lane, n, lanes int, fetch func(i int) T) {
	for i := lane; i < n; i += lanes {
		select {
		case out <- fetch(i):
		case <-stop:
			return
		}
	}
}

type block struct {
	bytes []byte
	err   error
}

// blocks reads the bytes from one offset to another, into memory that belongs
// to whoever gets the blocks.
func blocks(src io.ReaderAt, from, to int64) iter.Seq2[int, block] {
	n := int((to - from + blockBytes - 1) / blockBytes)
	return ahead(n, readLanes, func(i int) block {
		at := from + int64(i)*blockBytes
		return readBlock(src, at, make([]byte, min(blockBytes, to-at)))
	})
}

// scanned is blocks for who looks at each before the next: all are read into
// the same memory, and nobody is woken for one. To read ahead is left to the
// operating system.
func scanned(src io.ReaderAt, from, to int64) iter.Seq2[int, block] {
	return func(yield func(int, block) bool) {
		b := make([]byte, min(scanBytes, max(to-from, 0)))
		for i := 0; from < to; i++ {
			b = b[:min(int64(len(b)), to-from)]
			if !yield(i, readBlock(src, from, b)) {
				return
			}
			from += int64(len(b))
		}
	}
}

func readBlock(src io.ReaderAt, at int64, b []byte) block {
	if n, err := src.ReadAt(b, at); n < len(b) {
		if err == io.EOF {
			err = errUnreadable // the file is shorter than it was
		}
		return block{nil, err}
	}
	return block{b, nil}
}

// records reads the records that lie in blocks that follow each other. One that
// is not sound is errUnreadable, and the last pair.
func records(blocks iter.Seq2[int, block], seed uint32) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		var j joiner
		for _, b := range blocks {
			if b.err != nil {
				yield(record{}, b.err)
				return
			}
			if !j.each(b.bytes, seed, yield) {
				return
			}
		}
		if len(j.part) > 0 {
			yield(record{}, errUnreadable)
		}
	}
}

// joiner puts records together that lie in several blocks.
type joiner struct{ part []byte }

// each yields the records that are complete with the block, and reports whether
// to go on.
func (j *joiner) each(b []byte, seed uint32, yield func(record, error) bool) bool {
	for len(b) > 0 {
		whole, rest, ok := j.cut(b)
		if ok && whole == nil {
			return true
		}
		var r record
		if ok {
			r, ok = decode(whole, seed)
		}
		if !ok {
			yield(record{}, errUnreadable)
			return false
		}
		if !yield(r, nil) {
			return false
		}
		b = rest
	}
	return true
}

// cut takes the next record from the part before and the block, or keeps all of
// the block as a part. It reports false for what cannot be a record.
func (j *joiner) cut(b []byte) (whole, rest []byte, ok bool) {
	if len(j.part) == 0 && len(b) >= recordHeaderBytes {
		size, ok := recordSize(b)
		if !ok || size <= len(b) {
			return b[:size:size], b[size:], ok
		}
		j.part = make([]byte, 0, size)
	}
	b = j.take(b, recordHeaderBytes)
	if len(j.part) < recordHeaderBytes {
		return nil, nil, true
	}
	size, ok := recordSize(j.part)
	if !ok {
		return nil, nil, false
	}
	b = j.take(b, size)
	if len(j.part) < size {
		return nil, nil, true
	}
	whole, j.part = j.part, nil
	return whole, b, true
}

// take makes the part up to n bytes long.
func (j *joiner) take(b []byte, n int) []byte {
	n = min(max(n-len(j.part), 0), len(b))
	j.part = append(j.part, b[:n]...)
	return b[n:]
}
