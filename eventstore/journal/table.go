package journal

import (
	"bytes"
	"crypto/sha256"
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"
)

// location is where a record begins: the segment's number in its upper half,
// the offset in the lower.
type location uint64

func locate(segment int, offset uint32) location { return location(segment)<<32 | location(offset) }

func (l location) segment() int  { return int(l >> 32) }
func (l location) offset() int64 { return int64(uint32(l)) }

// key stands for a stream's name in the index files: the first half of its
// SHA-256. Two names with one key cannot be found, so they are one name.
type key [16]byte

func keyOf(stream string) key {
	sum := sha256.Sum256([]byte(stream))
	return key(sum[:len(key{})])
}

func (k key) compare(other key) int { return bytes.Compare(k[:], other[:]) }

// table is the index of one segment in memory. Streams and places are added under
// the lock of the queue; any number read it meanwhile without a lock. They see
// every place that the view has which they hold, and leave out what is newer.
type table struct {
	segment int
	slots   atomic.Pointer[[]atomic.Pointer[places]]
	streams int
	flushed atomic.Bool // an index file holds the same
	types   *table      // the same by type instead of by stream
}

// places are the events of one stream in one segment.
type places struct {
	stream string
	base   uint64                   // the stream's revision before the segment
	room   atomic.Pointer[[]uint32] // offsets; of it n are in use
	n      atomic.Uint32
}

const firstSlots = 1 << 6 // a power of two, as every later size

var tableSeed = maphash.MakeSeed()

func newTable(segment int) *table {
	t := newHalf(segment)
	t.types = newHalf(segment)
	return t
}

func newHalf(segment int) *table {
	t := &table{segment: segment}
	slots := make([]atomic.Pointer[places], firstSlots)
	t.slots.Store(&slots)
	return t
}

// get returns the places of a stream, or nil.
func (t *table) get(stream []byte) *places {
	slots := *t.slots.Load()
	for i := maphash.Bytes(tableSeed, stream); ; i++ {
		p := slots[i&uint64(len(slots)-1)].Load()
		if p == nil || p.stream == string(stream) {
			return p
		}
	}
}

// add makes room for a stream that is not in the table.
func (t *table) add(stream string, base uint64) *places {
	p := &places{stream: strings.Clone(stream), base: base}
	room := make([]uint32, 2)
	p.room.Store(&room)
	slots := *t.slots.Load()
	if t.streams++; 2*t.streams > len(slots) {
		larger := make([]atomic.Pointer[places], 2*len(slots))
		for i := range slots {
			if old := slots[i].Load(); old != nil {
				insert(larger, old)
			}
		}
		t.slots.Store(&larger)
		slots = larger
	}
	insert(slots, p)
	return p
}

func insert(slots []atomic.Pointer[places], p *places) {
	i := maphash.String(tableSeed, p.stream)
	for slots[i&uint64(len(slots)-1)].Load() != nil {
		i++
	}
	slots[i&uint64(len(slots)-1)].Store(p)
}

// ofType returns the places of a type, for which it makes room.
func (t *table) ofType(kind []byte) *places {
	p := t.types.get(kind)
	if p == nil {
		p = t.types.add(string(kind), 0)
	}
	return p
}

// push takes in the next event of the stream.
func (p *places) push(offset uint32) {
	n, room := int(p.n.Load()), *p.room.Load()
	if n == len(room) {
		larger := make([]uint32, 2*n)
		copy(larger, room)
		p.room.Store(&larger)
		room = larger
	}
	room[n] = offset
	p.n.Store(uint32(n + 1))
}

// offsets returns the places that are known now. They are not changed again.
func (p *places) offsets() []uint32 {
	n := p.n.Load() // before the room, which only grows
	return (*p.room.Load())[:n]
}

// head is the stream's revision, with what is not durable yet.
func (p *places) head() uint64 { return p.base + uint64(p.n.Load()) }

// sorted returns the streams in the order of their keys.
func (t *table) sorted() []keyed {
	var all []keyed
	slots := *t.slots.Load()
	for i := range slots {
		if p := slots[i].Load(); p != nil && p.n.Load() > 0 {
			all = append(all, keyed{keyOf(p.stream), p})
		}
	}
	slices.SortFunc(all, func(a, b keyed) int { return a.key.compare(b.key) })
	return all
}

type keyed struct {
	key
	*places
}
