package journal

import "sort"

// view is the durable extent of the journal at one moment. It never changes,
// and what it refers to is only ever appended to.
type view struct {
	full   []segment // all but the last one
	active segment
	tables []*table      // of the last segments, the active one's last; index files hold the others
	grown  chan struct{} // closed when another view is published
}

func (v *view) head() uint64 { return v.active.last() }

func (v *view) segment(i int) *segment {
	if i < len(v.full) {
		return &v.full[i]
	}
	return &v.active
}

// holds reports whether a place is within the view.
func (v *view) holds(at location) bool {
	return at.segment() < len(v.full) || at.segment() == len(v.full) && at.offset() < v.active.end
}

// seek returns the segment of a position up to the head, and an offset in it
// from which a scan soon meets the event.
func (v *view) seek(position uint64) (segment int, offset int64) {
	n := sort.Search(len(v.full), func(i int) bool { return v.segment(i+1).first > position })
	s := v.segment(n)
	return n, int64(s.sparse[(position-s.first)/sparseEvery])
}
