package journal

import (
	"os"
	"runtime/debug"
	"sync/atomic"
)

const systemPage = 4096 // of which the smallest page of any system is a multiple

// source is a segment that is open for reading. Its file is mapped into memory
// where the system can do that, so that no system call is needed for each of many
// small pieces. What was read before is then taken from there; what was not is read from
// the file, because a goroutine that waits for the disk in a mapping keeps a
// processor from all others, and one that waits in a call does not.
type source struct {
	file   *os.File
	mapped []byte          // from the beginning of the file; it may be longer, and is nil where nothing is mapped
	known  []atomic.Uint64 // a bit for each page that was read from the file
	ended  *atomic.Bool    // the store was closed
	users  atomic.Int32    // with the last of them file and mapping end
}

func newSource(f *os.File, segmentBytes int64, ended *atomic.Bool) *source {
	mapped := mapFile(f, segmentBytes)
	return &source{file: f, mapped: mapped, known: make([]atomic.Uint64, len(mapped)/(64*systemPage)+1), ended: ended}
}

func (s *source) hold() *source {
	s.users.Add(1)
	return s
}

func (s *source) release() {
	if s.users.Add(-1) == 0 {
		unmapFile(s.mapped)
		s.file.Close()
	}
}

// ReadAt is io.ReaderAt's, from the file.
func (s *source) ReadAt(b []byte, offset int64) (int, error) {
	if s.ended.Load() {
		return 0, ErrClosed
	}
	return s.file.ReadAt(b, offset)
}

// readPiece is ReadAt for a small piece, which gather finds from then on.
func (s *source) readPiece(b []byte, offset int64) (int, error) {
	n, err := s.ReadAt(b, offset)
	s.learn(offset, n)
	return n, err
}

// inMemory reports whether all pages of so many bytes are mapped and were read
// before.
func (s *source) inMemory(offset int64, n int) bool {
	if offset+int64(n) > int64(len(s.mapped)) {
		return false
	}
	for page := offset / systemPage; page*systemPage < offset+int64(n); page++ {
		if s.known[page/64].Load()&(1<<(page%64)) == 0 {
			return false
		}
	}
	return true
}

// learn notes that so many bytes were read from the file.
func (s *source) learn(offset int64, n int) {
	end := min(offset+int64(n), int64(len(s.mapped)))
	for page := offset / systemPage; page*systemPage < end; page++ {
		s.known[page/64].Or(1 << (page % 64))
	}
}

// gatherBytes is the most that gather copies into one piece of memory, unless one record
// has more.
const gatherBytes = maxReadBytes

// gather appends copies of the records at the first places to records, as long as
// they lie before the end of the segment's records, in pages that were read before. They
// share one piece of memory. Only their sizes were looked at: first of all,
// so that the processor waits for the memory of many at a time.
//
// A page that the disk does not give, or that is behind the end of a file that was
// cut short, would end the process: here it ends the records.
func (s *source) gather(places []location, end int64, records [][]byte) (all [][]byte) {
	if s.ended.Load() {
		return records
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil { // nothing but a fault can go wrong here
			all = records
		}
	}()
	all = records
	sum := 0
	for _, place := range places {
		b := s.peek(place.offset(), end)
		if b == nil || place.segment() != places[0].segment() || sum > 0 && sum+len(b) > gatherBytes {
			break
		}
		all, sum = append(all, b), sum+len(b)
	}
	room := make([]byte, sum)
	for i := len(records); i < len(all); i++ {
		n := copy(room, all[i])
		all[i], room = room[:n:n], room[n:]
	}
	return all
}

// peek returns the record at the offset in the mapping, nil unless it can be gathered.
func (s *source) peek(offset, end int64) []byte {
	if end-offset < recordHeaderBytes || !s.inMemory(offset, recordHeaderBytes) {
		return nil
	}
	size, ok := recordSize(s.mapped[offset:])
	if !ok || int64(size) > end-offset || !s.inMemory(offset, size) {
		return nil
	}
	return s.mapped[offset:][:size]
}
