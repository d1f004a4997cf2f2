package journal

import (
	"sort"
	"strings"
)

// location is where a record begins: the segment's number in its upper 24
// bits, the offset in the lower 40.
type location uint64

const (
	offsetBits      = 40
	maxSegmentBytes = 1<<offsetBits - maxCommitBytes
	maxSegments     = 1 << (64 - offsetBits)
)

func locate(segment int, offset int64) location {
	return location(segment)<<offsetBits | location(offset)
}

func (l location) segment() int  { return int(l >> offsetBits) }
func (l location) offset() int64 { return int64(l & (1<<offsetBits - 1)) }

// view is the durable extent of the journal at one moment. Copies of it stay
// true, because what it refers to is only ever appended to.
type view struct {
	sealed []segment
	active segment
	head   uint64 // position of the last event
}

func (v view) segment(i int) segment {
	if i < len(v.sealed) {
		return v.sealed[i]
	}
	return v.active
}

// seek returns the segment and an offset from which a scan soon meets the
// event at the position, and the position that it meets first.
func (v view) seek(position uint64) (segment int, offset int64, first uint64) {
	n := sort.Search(len(v.sealed), func(i int) bool { return v.segment(i+1).first > position })
	s := v.segment(n)
	if position > v.head {
		return len(v.sealed), v.active.size, v.head + 1
	}
	i := (position - s.first) / sparseEvery
	return n, s.sparse[i], s.first + i*sparseEvery
}

// index is the view together with the places of every stream's events. It is
// derived from the segments alone.
type index struct {
	view
	streams map[string][]location
}

func newIndex() index { return index{streams: make(map[string][]location)} }

// begin makes s the active segment.
func (x *index) begin(s segment) {
	if x.active.first != 0 {
		x.sealed = append(x.sealed, x.active)
	}
	x.active = s
}

// add takes in the next event of the log, which begins at the offset of the
// active segment. Its bytes count as durable when the size is raised.
func (x *index) add(stream string, offset int64) {
	x.head++
	if (x.head-x.active.first)%sparseEvery == 0 {
		x.active.sparse = append(x.active.sparse, offset)
	}
	places, known := x.streams[stream]
	if !known {
		stream = strings.Clone(stream)
	}
	x.streams[stream] = append(places, locate(len(x.sealed), offset))
}
