package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"
)

// A run is an index file: where the events of every stream are in some
// segments that follow each other. It never changes. It is derived from the
// segments and bound to them by a digest, and every byte of it is under a
// checksum that is checked whenever the byte is used.
//
// It has pages of postings in the order of key and revision, then the fences,
// which are the key and revision of the first posting of every page, then an end.
const (
	runMagic  = "caseindx"
	runSuffix = ".idx"

	pageBytes       = 4096
	pageHeaderBytes = 6  // checksum of number and page, bytes in use
	postingBytes    = 28 // of an posting before its places: key, first revision, events, bytes of places
	fenceBytes      = 24
	runEndBytes     = 64 // magic, version, first segment, segments, pages, digest, checksum
)

// errIndex says that an index file is not what was once written.
var errIndex = errors.New("the index is damaged")

// fence is where an posting stands among all.
type fence struct {
	key
	revision uint64
}

// extent are the segments that a run is about.
type extent struct{ first, segments int }

func (e extent) end() int { return e.first + e.segments }

// run is an index file that is open for reading. The garbage collector closes
// it: readers may still use one that has been replaced.
type run struct {
	extent
	digest [sha256.Size]byte // of the digests of its segments
	f      *os.File
	fences []fence
}

func runName(e extent) string { return fmt.Sprintf("%08d-%08d%s", e.first, e.end()-1, runSuffix) }

// openRun opens an index file and reads its fences. A file that is not sound is
// errIndex.
func openRun(dir string, e extent) (*run, error) {
	f, err := os.Open(filepath.Join(dir, runName(e)))
	if err != nil {
		return nil, err
	}
	r := &run{extent: e, f: f}
	if err := r.readFences(); err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

func (r *run) readFences() error {
	info, err := r.f.Stat()
	if err != nil {
		return err
	}
	pages := (info.Size() - runEndBytes) / (pageBytes + fenceBytes)
	if info.Size() != pages*(pageBytes+fenceBytes)+runEndBytes {
		return errIndex
	}
	b := make([]byte, pages*fenceBytes+runEndBytes)
	if _, err := r.f.ReadAt(b, pages*pageBytes); err != nil {
		return err
	}
	end := b[pages*fenceBytes:]
	checked := len(b) - 4
	if binary.LittleEndian.Uint32(b[checked:]) != crc32.Checksum(b[:checked], castagnoli) ||
		string(end[:8]) != runMagic || binary.LittleEndian.Uint32(end[8:]) != formatVersion ||
		int(binary.LittleEndian.Uint32(end[12:])) != r.first || int(binary.LittleEndian.Uint32(end[16:])) != r.segments ||
		int64(binary.LittleEndian.Uint64(end[20:])) != pages {
		return errIndex
	}
	r.digest = [sha256.Size]byte(end[28:])
	r.fences = make([]fence, pages)
	for i := range r.fences {
		at := b[i*fenceBytes:]
		r.fences[i] = fence{key(at), binary.LittleEndian.Uint64(at[len(key{}):])}
	}
	return nil
}

// page returns the postings of a page.
func (r *run) page(i int, buffer []byte) ([]byte, error) {
	b := buffer[:pageBytes]
	if _, err := r.f.ReadAt(b, int64(i)*pageBytes); err == io.EOF {
		return nil, errIndex
	} else if err != nil {
		return nil, err
	}
	used := int(binary.LittleEndian.Uint16(b[4:]))
	if binary.LittleEndian.Uint32(b) != pageChecksum(i, b) || used > pageBytes-pageHeaderBytes {
		return nil, errIndex
	}
	return b[pageHeaderBytes:][:used], nil
}

func pageChecksum(i int, b []byte) uint32 {
	number := binary.LittleEndian.AppendUint32(make([]byte, 0, 4), uint32(i))
	return crc32.Update(crc32.Checksum(number, castagnoli), castagnoli, b[4:pageBytes])
}

// posting are places of one stream, as a page holds them.
type posting struct {
	fence
	events int
	places []byte // differences to the place before, as varints
	more   bool   // the run may have another posting of the stream
}

// cut takes the first posting off the postings of a page, and returns the rest.
func (e *posting) cut(b []byte) ([]byte, error) {
	if len(b) < postingBytes {
		return nil, errIndex
	}
	e.key, e.revision = key(b), binary.LittleEndian.Uint64(b[16:])
	e.events = int(binary.LittleEndian.Uint16(b[24:]))
	n := int(binary.LittleEndian.Uint16(b[26:]))
	if len(b) < postingBytes+n || e.events == 0 || e.events > n {
		return nil, errIndex
	}
	e.places = b[postingBytes:][:n]
	return b[postingBytes+n:], nil
}

// last is the revision of the posting's last event.
func (e posting) last() uint64 { return e.revision + uint64(e.events) - 1 }

func (e posting) decode() ([]location, error) {
	all := make([]location, 0, e.events)
	var at location
	b := e.places
	for range e.events {
		step, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errIndex
		}
		at += location(step)
		all, b = append(all, at), b[n:]
	}
	return all, nil
}

// from is the page on which a search for a key and revision begins.
func (r *run) from(f fence) int {
	after := sort.Search(len(r.fences), func(i int) bool { return f.before(r.fences[i]) })
	return max(after-1, 0)
}

func (f fence) before(g fence) bool {
	c := f.compare(g.key)
	return c < 0 || c == 0 && f.revision < g.revision
}

// next returns the first posting of a stream that holds an event after the
// revision. One without events says that there is none.
func (r *run) next(k key, after uint64, buffer []byte) (posting, error) {
	for i := r.from(fence{k, after + 1}); i < len(r.fences) && r.fences[i].compare(k) <= 0; i++ {
		b, err := r.page(i, buffer)
		for len(b) > 0 && err == nil {
			var e posting
			if b, err = e.cut(b); err == nil && e.key == k && e.last() > after {
				e.more = r.goesOn(i, b, k)
				return e, nil
			}
		}
		if err != nil {
			return posting{}, err
		}
	}
	return posting{}, nil
}

// goesOn reports whether more of a stream may follow on page i, of which b is left,
// or on a later one.
func (r *run) goesOn(i int, b []byte, k key) bool {
	if len(b) >= len(k) {
		return key(b) == k
	}
	return i+1 < len(r.fences) && r.fences[i+1].compare(k) <= 0
}

// head returns the last revision of a stream, or 0 when the run has none of
// its events.
func (r *run) head(k key, buffer []byte) (uint64, error) {
	i := r.from(fence{k, 1<<64 - 1})
	if i >= len(r.fences) || r.fences[i].compare(k) > 0 {
		return 0, nil
	}
	b, err := r.page(i, buffer)
	head := uint64(0)
	for e := (posting{}); err == nil && len(b) > 0 && e.compare(k) <= 0; {
		if b, err = e.cut(b); e.key == k {
			head = e.last()
		}
	}
	return head, err
}
