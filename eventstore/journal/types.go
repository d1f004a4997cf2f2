package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"caseledger/eventstore"
)

// The index by type is one file for each sealed segment, bound to it by its
// digest: the places of each type's events, then a directory of them. It is
// made when a segment is sealed or the index built, and whenever one that is
// missing or not sound is asked for.
const (
	typesMagic    = "casetype"
	typesSuffix   = ".typ"
	typesEndBytes = 56 // magic, version, segment, bytes of the directory, digest, checksum
)

// typed are the events of one type in a sealed segment.
type typed struct {
	kind   string
	events uint32
	at     int64  // of their places in the file
	bytes  uint32 // of them
	sum    uint32 // checksum of them
}

func typesName(segment int) string { return fmt.Sprintf("%08d%s", segment, typesSuffix) }

// CountType returns how many events of a type there are. It reads no event.
func (s *Store) CountType(ctx context.Context, kind string) (uint64, error) {
	v, all := s.view.Load(), uint64(0)
	for number := range len(v.full) + 1 {
		n, err := s.countType(ctx, v, number, kind)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// ReadType yields the events of one type in the order of the log, without the
// first ones that are to be skipped, up to the end as it was when the read
// began. It reads no event of another type. An error is the last pair.
func (s *Store) ReadType(ctx context.Context, kind string, skip uint64) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		v := s.view.Load()
		for number := range len(v.full) + 1 {
			n, err := s.countType(ctx, v, number, kind)
			if err == nil && n <= skip {
				skip -= n
				continue
			}
			var offsets []uint32
			if err == nil {
				offsets, err = s.placesOfType(ctx, v, number, kind)
			}
			if err != nil {
				yield(eventstore.Recorded{}, err)
				return
			}
			if !s.eachOfType(ctx, v, number, kind, offsets[skip:], yield) {
				return
			}
			skip = 0
		}
	}
}

// eachOfType yields the events at the offsets of a segment, and reports whether
// the caller wants more.
func (s *Store) eachOfType(ctx context.Context, v *view, number int, kind string, offsets []uint32, yield func(eventstore.Recorded, error) bool) bool {
	places := make([]location, len(offsets))
	for i, offset := range offsets {
		places[i] = locate(number, offset)
	}
	return s.give(ctx, v, places, func(int) accept {
		var streams names
		return func(_ int, r record, e *eventstore.Recorded) bool {
			if string(r.kind()) != kind {
				return false
			}
			r.event(e, streams.of(r.stream()), kind)
			return true
		}
	}, yield)
}

// countType returns how many events of a type a segment of the view has.
func (s *Store) countType(ctx context.Context, v *view, number int, kind string) (uint64, error) {
	if t := v.table(number); t != nil {
		return uint64(len(v.placesOfType(t, kind))), nil
	}
	t, err := s.runs.typed(ctx, number, kind)
	return uint64(t.events), indexed(err)
}

func (s *Store) placesOfType(ctx context.Context, v *view, number int, kind string) ([]uint32, error) {
	if t := v.table(number); t != nil {
		return v.placesOfType(t, kind), nil
	}
	offsets, err := s.runs.placesOfType(ctx, number, kind)
	return offsets, indexed(err)
}

// table returns the table of a segment, or nil when index files hold it.
func (v *view) table(number int) *table {
	if first := v.tables[0].segment; number >= first {
		return v.tables[number-first]
	}
	return nil
}

// placesOfType leaves out what is newer than the view.
func (v *view) placesOfType(t *table, kind string) []uint32 {
	p := t.types.get([]byte(kind))
	if p == nil {
		return nil
	}
	offsets := p.offsets()
	if t.segment < len(v.full) {
		return offsets
	}
	n, _ := slices.BinarySearchFunc(offsets, v.active.end, func(offset uint32, end int64) int { return int(int64(offset) - end) })
	return offsets[:n]
}

// typed returns what a sealed segment has of a type, which may be nothing.
func (x *runs) typed(ctx context.Context, segment int, kind string) (typed, error) {
	all, err := x.typesOf(ctx, segment)
	if err != nil {
		return typed{}, err
	}
	at, found := slices.BinarySearchFunc(all, kind, func(t typed, kind string) int { return strings.Compare(t.kind, kind) })
	if !found {
		return typed{}, nil
	}
	return all[at], nil
}

// placesOfType reads where the events of a type are in a sealed segment. A file
// that is damaged is made anew, once.
func (x *runs) placesOfType(ctx context.Context, segment int, kind string) ([]uint32, error) {
	for try := 0; ; try++ {
		t, err := x.typed(ctx, segment, kind)
		if err != nil || t.events == 0 {
			return nil, err
		}
		offsets, err := readPlaces(filepath.Join(x.dir, typesName(segment)), t)
		if !errors.Is(err, errIndex) || try > 0 {
			return offsets, err
		}
		x.forgetTypes(segment)
		if err := x.makeTypes(ctx, segment); err != nil {
			return nil, err
		}
	}
}

func readPlaces(path string, t typed) ([]uint32, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errIndex
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, t.bytes)
	if n, err := f.ReadAt(b, t.at); n < len(b) || crc32.Checksum(b, castagnoli) != t.sum {
		return nil, errors.Join(errIndex, err)
	}
	offsets, at := make([]uint32, t.events), uint64(0)
	for i := range offsets {
		step, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errIndex
		}
		at += step
		offsets[i], b = uint32(at), b[n:]
	}
	return offsets, nil
}

// typesOf returns the directory of a sealed segment's types, in their order. It
// is kept in memory: some 60 bytes for each type in each segment.
func (x *runs) typesOf(ctx context.Context, segment int) ([]typed, error) {
	x.typesMu.Lock()
	known, found := x.types[segment]
	x.typesMu.Unlock()
	if found {
		return known, nil
	}
	all, err := readTypes(x.dir, segment, x.digestOf(segment))
	if errors.Is(err, errIndex) {
		if err = x.makeTypes(ctx, segment); err == nil {
			all, err = readTypes(x.dir, segment, x.digestOf(segment))
		}
	}
	if err != nil {
		return nil, err
	}
	x.typesMu.Lock()
	defer x.typesMu.Unlock()
	if x.types == nil {
		x.types = make(map[int][]typed)
	}
	x.types[segment] = all
	return all, nil
}

func (x *runs) forgetTypes(segment int) {
	x.typesMu.Lock()
	defer x.typesMu.Unlock()
	delete(x.types, segment)
}

func (x *runs) digestOf(segment int) [sha256.Size]byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.digests[segment]
}

// makeTypes makes the file of a segment anew from its bytes.
func (x *runs) makeTypes(ctx context.Context, segment int) error {
	t, err := x.rebuild(ctx, segment)
	if err != nil {
		return err
	}
	x.typesMade.Lock() // two readers may have missed it
	defer x.typesMade.Unlock()
	return writeTypes(x.disk, x.dir, t, x.digestOf(segment))
}

// writeTypes makes the file of a table's types.
func writeTypes(disk opener, dir string, t *table, digest [sha256.Size]byte) error {
	var all []*places
	slots := *t.types.slots.Load()
	for i := range slots {
		if p := slots[i].Load(); p != nil && p.n.Load() > 0 {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *places) int { return strings.Compare(a.stream, b.stream) })
	var b, directory []byte
	for _, p := range all {
		begin, last := len(b), uint32(0)
		for _, offset := range p.offsets() {
			b, last = binary.AppendUvarint(b, uint64(offset-last)), offset
		}
		directory = append(append(directory, byte(len(p.stream))), p.stream...)
		directory = binary.LittleEndian.AppendUint32(directory, p.n.Load())
		directory = binary.LittleEndian.AppendUint32(directory, uint32(len(b)-begin))
		directory = binary.LittleEndian.AppendUint32(directory, crc32.Checksum(b[begin:], castagnoli))
	}
	checked := len(b)
	b = append(append(b, directory...), typesMagic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(t.segment))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(directory)))
	b = append(b, digest[:]...)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[checked:], castagnoli))
	path := filepath.Join(dir, typesName(t.segment))
	f, err := create(disk, path+".tmp", path, b)
	if err != nil {
		return err
	}
	return f.Close()
}

// readTypes reads the directory of a file. One that is missing, not sound or of
// another segment is errIndex.
func readTypes(dir string, segment int, digest [sha256.Size]byte) ([]typed, error) {
	f, err := os.Open(filepath.Join(dir, typesName(segment)))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errIndex
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	end := make([]byte, typesEndBytes)
	if _, err := f.ReadAt(end, info.Size()-typesEndBytes); err != nil {
		return nil, errors.Join(errIndex, err)
	}
	bytes := int64(binary.LittleEndian.Uint32(end[16:]))
	begin := info.Size() - typesEndBytes - bytes
	if begin < 0 {
		return nil, errIndex
	}
	b := make([]byte, bytes+typesEndBytes)
	if _, err := f.ReadAt(b, begin); err != nil {
		return nil, errors.Join(errIndex, err)
	}
	return decodeTypes(b, begin, segment, digest)
}

// decodeTypes reads the directory and end of a file, of which the places take so
// many bytes.
func decodeTypes(b []byte, places int64, segment int, digest [sha256.Size]byte) ([]typed, error) {
	if len(b) < typesEndBytes {
		return nil, errIndex
	}
	end := b[len(b)-typesEndBytes:]
	if binary.LittleEndian.Uint32(b[len(b)-4:]) != crc32.Checksum(b[:len(b)-4], castagnoli) || string(end[:8]) != typesMagic ||
		binary.LittleEndian.Uint32(end[8:]) != formatVersion || int(binary.LittleEndian.Uint32(end[12:])) != segment ||
		[sha256.Size]byte(end[20:]) != digest {
		return nil, errIndex
	}
	var all []typed
	at := int64(0)
	for b = b[:len(b)-typesEndBytes]; len(b) > 0; {
		n := int(b[0])
		if len(b) < 1+n+12 {
			return nil, errIndex
		}
		t := typed{kind: string(b[1:][:n]), at: at}
		b = b[1+n:]
		t.events, t.bytes, t.sum = binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
		if t.events > t.bytes { // each place has a byte or more
			return nil, errIndex
		}
		all, at, b = append(all, t), at+int64(t.bytes), b[12:]
	}
	if at != places {
		return nil, errIndex
	}
	return all, nil
}
