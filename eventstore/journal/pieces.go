package journal

import (
	"io"
	"iter"
	"slices"
	"sort"

	"caseledger/eventstore"
)

// The log is read in pieces that begin where the sparse index says that a record
// does, so that each can be checked by the goroutine that read it.
const (
	pieceBytes   = 256 << 10 // of a piece, unless the events between two entries of the sparse index have more
	largestPiece = 4 << 20   // what has more is read block by block
)

// piece are events that one lane reads and checks, so that who gets them need not
// look at their bytes.
type piece struct {
	lane    int // whose memory it is: that of another is in the cache of another processor
	bytes   []byte
	events  []eventstore.Recorded // without marks
	streams names
	kind    shared
	end     int64 // of the sound records
	err     error // after them
}

// pieces reads the records of a segment from one of them on. Their bytes are the
// receiver's, or with again only until it asks for the next piece. The first
// piece is read alone: many want no more than that.
func (s *Store) pieces(in *segment, from int64, again bool) iter.Seq[*piece] {
	return func(yield func(*piece) bool) {
		src, err := s.files.get(in.first)
		if err != nil {
			yield(&piece{end: from, err: err})
			return
		}
		defer src.release()
		cuts := in.cuts(from)
		spare := newSpare()
		fetch := func(lane, i int) *piece {
			p := spare.get(lane)
			p.read(src, cuts[i], cuts[i+1], in.seed)
			return p
		}
		give := func(i int, p *piece) bool {
			if cuts[i+1]-cuts[i] > largestPiece {
				return p.parts(src, cuts[i], cuts[i+1], in.seed, again, yield)
			}
			if !yield(p) || p.err != nil {
				return false
			}
			if !again {
				p.bytes = nil
			}
			spare.put(p)
			return true
		}
		n := len(cuts) - 1
		if n == 0 || !give(0, fetch(0, 0)) {
			return
		}
		for i, p := range ahead(n-1, readLanes, func(lane, i int) *piece { return fetch(lane, i+1) }) {
			if !give(i+1, p) {
				return
			}
		}
	}
}

// spare are the pieces of each lane that are not in use.
type spare [readLanes]chan *piece

func newSpare() (s spare) {
	for lane := range s {
		s[lane] = make(chan *piece, fetchedAhead*readLanes+1) // and the one that the reader has
	}
	return s
}

func (s spare) get(lane int) *piece {
	select {
	case p := <-s[lane]:
		return p
	default:
		return &piece{lane: lane}
	}
}

func (s spare) put(p *piece) { s[p.lane] <- p }

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
	p.events, p.end, p.err = p.events[:0], from, nil
	n := int(to - from)
	if n > largestPiece {
		return
	}
	p.bytes = slices.Grow(p.bytes[:0], n)[:n]
	rest := readBlock(src, from, p.bytes)
	p.err = rest.err
	for b := rest.bytes; len(b) > 0; {
		r, ok := leading(b, seed)
		if !ok {
			p.err = errUnreadable
			return
		}
		p.take(r)
		b = b[r.size():]
	}
}

func (p *piece) take(r record) {
	p.end += r.size()
	if !r.mark() {
		p.events = append(p.events, eventstore.Recorded{})
		r.event(&p.events[len(p.events)-1], p.streams.of(r.stream()), p.kind.of(r.kind()))
	}
}

// parts yields the records of a piece that is too large one by one, and reports
// whether to go on.
func (p *piece) parts(src io.ReaderAt, from, to int64, seed uint32, again bool, yield func(*piece) bool) bool {
	read := blocks
	if again {
		read = scanned
	}
	for r, err := range records(read(src, from, to), seed) {
		p.events, p.err = p.events[:0], err
		if err == nil {
			p.take(r)
		}
		if !yield(p) || err != nil {
			return false
		}
	}
	return true
}
