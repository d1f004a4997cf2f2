package journal

import (
	"io"
	"iter"
	"slices"
	"sort"
	"sync"
)

// The log is read in pieces that begin where the sparse index says that a record
// does, so that each can be checked by the goroutine that read it.
const (
	pieceBytes   = 256 << 10 // of a piece, unless the events between two entries of the sparse index have more
	largestPiece = 4 << 20   // what has more is read block by block
)

// piece are records that are read and checked together.
type piece struct {
	from, to int64
	bytes    []byte
	records  []record
	err      error // after them
}

// log reads the records of a segment from one of them on. Their bytes are the
// receiver's, or with again only until it asks for the next record. The first
// piece is read alone: many want no more than that.
func (s *Store) log(in *segment, from int64, again bool) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		src, err := s.files.get(in.first)
		if err != nil {
			yield(record{}, err)
			return
		}
		defer src.release()
		cuts := in.cuts(from)
		var spare sync.Pool // of pieces
		fetch := func(i int) *piece {
			p, _ := spare.Get().(*piece)
			if p == nil {
				p = new(piece)
			}
			p.read(src, cuts[i], cuts[i+1], in.seed)
			return p
		}
		give := func(p *piece) bool {
			if !p.each(src, in.seed, again, yield) {
				return false
			}
			if !again {
				p.bytes = nil
			}
			spare.Put(p)
			return true
		}
		n := len(cuts) - 1
		if n == 0 || !give(fetch(0)) {
			return
		}
		for _, p := range ahead(n-1, readLanes, func(i int) *piece { return fetch(i + 1) }) {
			if !give(p) {
				return
			}
		}
	}
}

// cuts returns where the pieces begin that the segment has from an offset on,
// and where the last one ends.
func (s *segment) cuts(from int64) []int64 {
	cuts, last := []int64{from}, from
	next := func(at int64) {
		if begin := cuts[len(cuts)-1]; at-begin > pieceBytes && last > begin {
			cuts = append(cuts, last)
		}
		last = at
	}
	for _, at := range s.sparse[sort.Search(len(s.sparse), func(i int) bool { return int64(s.sparse[i]) > from }):] {
		next(int64(at))
	}
	next(s.end)
	if from < s.end {
		cuts = append(cuts, s.end)
	}
	return cuts
}

// read reads the piece and checks it, unless it is too large.
func (p *piece) read(src io.ReaderAt, from, to int64, seed uint32) {
	p.from, p.to, p.records = from, to, p.records[:0]
	n := int(to - from)
	if n > largestPiece {
		return
	}
	p.bytes = slices.Grow(p.bytes[:0], n)[:n]
	rest := readBlock(src, from, p.bytes)
	p.err = rest.err
	for b := rest.bytes; len(b) > 0; {
		if len(b) < recordHeaderBytes {
			p.err = errUnreadable
			return
		}
		size, ok := recordSize(b)
		if !ok || size > len(b) {
			p.err = errUnreadable
			return
		}
		r, ok := decode(b[:size:size], seed)
		if !ok {
			p.err = errUnreadable
			return
		}
		p.records, b = append(p.records, r), b[size:]
	}
}

// each yields the records of the piece, and reports whether to go on.
func (p *piece) each(src io.ReaderAt, seed uint32, again bool, yield func(record, error) bool) bool {
	if p.to-p.from > largestPiece {
		return p.eachOfLarge(src, seed, again, yield)
	}
	for _, r := range p.records {
		if !yield(r, nil) {
			return false
		}
	}
	if p.err != nil {
		yield(record{}, p.err)
		return false
	}
	return true
}

func (p *piece) eachOfLarge(src io.ReaderAt, seed uint32, again bool, yield func(record, error) bool) bool {
	read := blocks
	if again {
		read = scanned
	}
	for r, err := range records(read(src, p.from, p.to), seed) {
		if !yield(r, err) || err != nil {
			return false
		}
	}
	return true
}
