package journal

import (
	"io"
	"iter"
	"sync"
)

const (
	readLanes    = 2         // that read for one reader, its own among them
	blockBytes   = 128 << 10 // of one read along the log
	fetchedAhead = 2         // by each lane, at most
	scanBytes    = 256 << 10 // of one read of a scan, which is in one processor's cache when it is looked at
)

// ahead yields fetch(_, 0) to fetch(_, n-1) in order, each fetched by one of so many
// lanes. Lane 0 is whoever asks: instead of waiting for another lane it fetches
// what comes later, so that hardly anybody is put to sleep and woken for what takes
// less time than that. The others are goroutines, which have ended when it ends.
func ahead[T any](n, lanes int, fetch func(lane, i int) T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		if n == 1 {
			yield(0, fetch(0, 0))
			return
		}
		due := make(chan int, min(n, fetchedAhead*lanes))
		fetched := make([]chan T, cap(due)) // i in the one with index i modulo their number
		for i := range fetched {
			fetched[i] = make(chan T, 1)
			due <- i
		}
		var running sync.WaitGroup
		for lane := 1; lane < min(n, lanes); lane++ {
			running.Go(func() {
				for i := range due {
					fetched[i%len(fetched)] <- fetch(lane, i)
				}
			})
		}
		defer running.Wait()
		defer func() {
			close(due)
			for range due { // which nobody wants any more
			}
		}()
		for i := range n {
			if !yield(i, await(fetched, i, due, fetch)) {
				return
			}
			if next := i + len(fetched); next < n {
				due <- next
			}
		}
	}
}

// await returns what was fetched of i. Until it is, it fetches what is due.
func await[T any](fetched []chan T, i int, due <-chan int, fetch func(lane, i int) T) T {
	mine := fetched[i%len(fetched)]
	for len(mine) == 0 {
		select {
		case v := <-mine:
			return v
		case other := <-due:
			fetched[other%len(fetched)] <- fetch(0, other)
		}
	}
	return <-mine
}

type block struct {
	bytes []byte
	err   error
}

// blocks reads the bytes from one offset to another, into memory that belongs
// to whoever gets the blocks.
func blocks(src io.ReaderAt, from, to int64) iter.Seq2[int, block] {
	n := int((to - from + blockBytes - 1) / blockBytes)
	return ahead(n, readLanes, func(_, i int) block {
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
				yield(nil, b.err)
				return
			}
			if !j.each(b.bytes, seed, yield) {
				return
			}
		}
		if len(j.part) > 0 {
			yield(nil, errUnreadable)
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
		if !ok || !sound(whole, seed) {
			yield(nil, errUnreadable)
			return false
		}
		if !yield(whole, nil) {
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
		if !ok {
			return nil, nil, false
		}
		if size <= len(b) {
			return b[:size:size], b[size:], true
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
