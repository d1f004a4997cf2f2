package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"caseledger/eventstore"
)

// The last group has two appends, of which the first may survive by itself.
func TestATornEndIsCutAtEveryByteOfTheLastGroup(t *testing.T) {
	t.Parallel()
	l := newLayout(1).event(1, "a", 1, 1).event(2, "a", 2, 0).write().event(3, "b", 1, 0).write()
	begin := len(l.b)
	l.event(4, "a", 3, 2).event(5, "a", 4, 1).event(6, "a", 5, 0)
	second := len(l.b)
	l.event(7, "b", 2, 0)
	for cut := begin; cut < len(l.b); cut++ {
		end, events := begin, 3
		if cut >= second {
			end, events = second, 6
		}
		left := len(bytes.TrimRight(l.b[end:cut], "\x00")) // zeros are room
		for name, room := range map[string]int{"cut": 0, "room": 9000} {
			dir := t.TempDir()
			replace(t, segmentPath(dir, 1), append(l.b[:cut:cut], make([]byte, room)...))
			s := opened(t, dir, Options{})
			holds(t, s, events)
			if got := s.Recovered(); got.Bytes != int64(left) || left > 0 && got.Offset != int64(end) {
				t.Fatalf("%s at %d: recovered %+v, want %d bytes from %d", name, cut, got, left, end)
			}
			extend(t, s, "c", 0, 1)
			s.Close()
			healed := opened(t, dir, Options{})
			holds(t, healed, events+1)
			if healed.Recovered() != (Recovered{}) {
				t.Fatalf("%s at %d: more was found to cut off: %+v", name, cut, healed.Recovered())
			}
			healed.Close()
		}
	}
}

// flipped calls check with every segment file after one bit of one byte was
// flipped, for every byte.
func flipped(t *testing.T, dir string, check func(path string, offset int)) {
	firsts, err := listSegments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range firsts {
		path := segmentPath(dir, first)
		sound, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for offset := range sound {
			wrong := bytes.Clone(sound)
			wrong[offset] ^= 1 << (offset % 8)
			replace(t, path, wrong)
			check(path, offset)
			replace(t, path, sound)
		}
	}
}

func replace(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func smallJournal(t *testing.T, dir string) *Store {
	s := opened(t, dir, Options{SegmentBytes: 300})
	extend(t, s, "a", 0, 2)
	extend(t, s, "b", 0, 1)
	extend(t, s, "a", 2, 1)
	extend(t, s, "b", 1, 2)
	if err := s.behind.wait(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Only the mark at the very end may be lost, and losing it is reported.
func TestAFlippedBitInEveryByteOfAClosedJournalIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	smallJournal(t, dir).Close()
	flipped(t, dir, func(path string, offset int) {
		damaged := copied(t, dir)
		s, err := Open(damaged, Options{})
		var corrupt *CorruptError
		if err == nil {
			defer s.Close()
			if s.Recovered().Bytes > 0 && s.Recovered().Bytes <= recordHeaderBytes {
				holds(t, s, 6)
				return
			}
			_, err = s.Verify(t.Context())
		}
		if !errors.As(err, &corrupt) || filepath.Base(corrupt.File) != filepath.Base(path) {
			t.Fatalf("%s, byte %d: %v, want a CorruptError", path, offset, err)
		}
	})
}

func TestVerifyFindsAFlippedBitInEveryByteOfAnOpenJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := smallJournal(t, dir)
	last := s.view.Load().active
	flipped(t, dir, func(path string, offset int) {
		if path == segmentPath(dir, last.first) && offset >= int(last.end) {
			return // room
		}
		var corrupt *CorruptError
		if _, err := s.Verify(t.Context()); !errors.As(err, &corrupt) || corrupt.File != path || corrupt.Offset > int64(offset) {
			t.Fatalf("%s, byte %d: %v", path, offset, err)
		}
	})
	holds(t, s, 6)
}

func TestVerifyFindsAnIndexThatDiffersFromTheSegments(t *testing.T) {
	for name, harm := range map[string]func(t *table){
		"another place":    func(t *table) { t.get([]byte("a")).offsets()[1]++ },
		"a missing event":  func(t *table) { t.get([]byte("a")).n.Store(1) },
		"a missing stream": func(t *table) { t.get([]byte("b")).stream = "c" },
	} {
		s := opened(t, t.TempDir(), Options{})
		extend(t, s, "a", 0, 2)
		extend(t, s, "b", 0, 1)
		harm(s.view.Load().tables[0])
		var corrupt *CorruptError
		if _, err := s.Verify(t.Context()); !errors.As(err, &corrupt) {
			t.Errorf("%s: %v, want a CorruptError", name, err)
		}
	}
}

func TestAReadOfDamagedBytesIsAnError(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	extend(t, s, "a", 0, 1)
	size := s.Stats().Bytes
	for _, left := range [][]byte{make([]byte, size), make([]byte, size/2), nil} { // zeros, or fewer
		replace(t, segmentPath(dir, 1), left)
		for name, r := range map[string]func(func(eventstore.Recorded, error) bool){
			"stream": s.ReadStream(t.Context(), "a", 0), "log": s.ReadLog(t.Context(), 0), "follow": s.Follow(t.Context(), 0),
		} {
			for _, err := range r {
				if corrupt := (*CorruptError)(nil); !errors.As(err, &corrupt) {
					t.Fatalf("%s: %v, want a CorruptError", name, err)
				}
			}
		}
	}
}

// layout builds a segment record by record.
type layout struct {
	header
	b     []byte
	begun int // where the write under way began
}

func newLayout(first uint64) *layout {
	h := header{first: first, salt: 42}
	return &layout{header: h, b: h.encode(), begun: headerBytes}
}

// write begins another write: what came before was durable.
func (l *layout) write() *layout { l.begun = len(l.b); return l }

func (l *layout) event(position uint64, stream string, revision, rest int) *layout {
	at := len(l.b)
	l.b = appendRecord(l.b, stream, uint64(revision), rest, new(entry(stream, revision)))
	sign(l.b[at:], l.seed(), position, at-l.begun)
	return l
}

func (l *layout) mark(position uint64) *layout {
	at := len(l.write().b)
	l.b = appendRecord(l.b, "", 0, 0, &eventstore.Event{})
	sign(l.b[at:], l.seed(), position, 0)
	return l
}

// lost overwrites the last record with zeros, as if its page had not been written.
func (l *layout) lost(last int) *layout { clear(l.b[len(l.b)-last:]); return l }

// raw adds bytes that are no record.
func (l *layout) raw(b []byte) *layout { l.b = append(l.b, b...); return l }

const eventBytes = recordHeaderBytes + 1 + 7 + 1 + 12 // of an entry of stream a

func TestATornEndIsToldFromDamage(t *testing.T) {
	t.Parallel()
	two := func() *layout { return newLayout(1).event(1, "a", 1, 0).write().event(2, "a", 2, 0) }
	own := newLayout(1).event(1, "a", 1, 0)
	nested := func() *layout { // an event that holds a copy of an earlier record, torn
		l := two().write()
		at := len(l.b)
		e := entry("a", 3)
		e.Data = own.b[headerBytes:]
		l.b = appendRecord(l.b, "a", 3, 0, &e)
		sign(l.b[at:], l.seed(), 3, 0)
		l.b[at] ^= 1
		return l
	}
	for name, tt := range map[string]struct {
		layout *layout
		events int // found; -1 when Open must refuse
	}{
		"complete":                            {two(), 2},
		"the last write lost":                 {two().lost(eventBytes), 1},
		"half an append":                      {two().write().event(3, "a", 3, 1), 2},
		"one of an append lost":               {two().write().event(3, "a", 3, 1).lost(eventBytes).event(4, "a", 4, 0), 2},
		"a page of the last write lost":       {two().write().event(3, "a", 3, 0).lost(eventBytes).event(4, "a", 4, 0), 2},
		"zeros at the end":                    {two().raw(make([]byte, 5000)), 2},
		"a copy of an earlier record":         {nested(), 2},
		"a lost mark":                         {two().mark(2).lost(recordHeaderBytes), 2},
		"a record of another journal":         {two().raw([]byte{1}).raw(newLayoutWithSalt(7).event(3, "a", 3, 0).b[headerBytes:]), 2},
		"damage before another write":         {two().lost(eventBytes).write().event(3, "a", 3, 0), -1},
		"damage before a mark":                {two().lost(eventBytes).mark(2), -1},
		"a lost mark before a write":          {two().mark(2).lost(recordHeaderBytes).write().event(3, "a", 3, 0), -1},
		"half an append before a write":       {two().write().event(3, "a", 3, 1).write().event(4, "b", 1, 0), -1},
		"a position left out":                 {two().write().event(4, "a", 3, 0), -1},
		"a position twice":                    {two().write().event(2, "a", 3, 0), -1},
		"a revision left out":                 {two().write().event(3, "a", 4, 0), -1},
		"a revision twice":                    {two().write().event(3, "a", 2, 0), -1},
		"a revision of a new stream":          {two().write().event(3, "b", 2, 0), -1},
		"an append of two streams":            {two().write().event(3, "a", 3, 1).event(4, "b", 2, 0), -1},
		"an append that counts wrongly":       {two().write().event(3, "a", 3, 5).event(4, "a", 4, 0), -1},
		"a mark of another position":          {two().mark(1), -1},
		"a record that is less than it holds": {two().raw(contradiction(1 << 20)), 2},
		"more than one write can hold":        {two().raw(make([]byte, maxGroupBytes)).raw([]byte{1}), -1},
		"room of any size":                    {two().raw(make([]byte, 2*maxGroupBytes)), 2},
		"a torn write and room":               {two().raw([]byte{1}).raw(make([]byte, 2*maxGroupBytes)), 2},
		"damage before a mark and room":       {two().lost(eventBytes).mark(2).raw(make([]byte, 5000)), -1},
		"another first position":              {newLayout(7).event(7, "a", 1, 0), -1},
		"no header":                           {(&layout{b: nil}), -1},
		"a record before any write of it":     {func() *layout { l := two(); l.begun -= 8; return l.event(3, "a", 3, 0) }(), -1},
	} {
		dir := t.TempDir()
		replace(t, segmentPath(dir, 1), tt.layout.b)
		if got := eventsFound(t, dir); got != tt.events {
			t.Errorf("%s: %d events, want %d", name, got, tt.events)
		}
	}
}

// contradiction is the header of a record of so many bytes whose names and content
// are longer.
func contradiction(size uint32) []byte {
	b := bytes.Repeat([]byte{0xff}, recordHeaderBytes)
	binary.LittleEndian.PutUint32(b, size)
	return b
}

// FuzzRecords reads bytes that are no records as records, in blocks and as a piece.
func FuzzRecords(f *testing.F) {
	l := newLayout(1).event(1, "a", 1, 1).event(2, "a", 2, 0).mark(2)
	f.Add(l.b[headerBytes:])
	f.Add(contradiction(1 << 20))
	f.Add(contradiction(recordHeaderBytes))
	f.Fuzz(func(t *testing.T, b []byte) {
		src, seed := bytes.NewReader(b), newLayout(1).seed()
		var end int64
		for r, err := range records(scanned(src, 0, int64(len(b))), seed) {
			if err == nil {
				end += r.size()
			}
		}
		var p piece
		p.read(src, 0, int64(len(b)), seed)
		if p.end != end || (p.err == nil) != (end == int64(len(b))) {
			t.Errorf("as a piece %d bytes are sound, in blocks %d: %v", p.end, end, p.err)
		}
	})
}

// eventsFound opens a journal and returns its number of events, or -1 when
// Open refuses it as damaged.
func eventsFound(t *testing.T, dir string) int {
	t.Helper()
	s, err := Open(dir, Options{})
	if corrupt := (*CorruptError)(nil); errors.As(err, &corrupt) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return int(s.Head())
}

func newLayoutWithSalt(salt uint64) *layout {
	h := header{first: 1, salt: salt}
	return &layout{header: h, b: h.encode(), begun: headerBytes}
}

func TestAMissingOrShortenedSegmentIsDamage(t *testing.T) {
	whole := t.TempDir()
	s := opened(t, whole, Options{SegmentBytes: 1})
	for i := range 4 {
		extend(t, s, "a", i, 1)
	}
	s.Close()
	for name, harm := range map[string]func(dir string) error{
		"the first is missing":   func(dir string) error { return os.Remove(segmentPath(dir, 1)) },
		"the last is missing":    func(dir string) error { return os.Remove(segmentPath(dir, 4)) },
		"a middle is missing":    func(dir string) error { return os.Remove(segmentPath(dir, 2)) },
		"a sealed one is short":  func(dir string) error { return os.Truncate(segmentPath(dir, 2), 60) },
		"a sealed one is empty":  func(dir string) error { return os.Truncate(segmentPath(dir, 2), headerBytes) },
		"one has no header":      func(dir string) error { return os.Truncate(segmentPath(dir, 4), 0) },
		"two are exchanged":      func(dir string) error { return exchange(segmentPath(dir, 2), segmentPath(dir, 3)) },
		"one has another name":   func(dir string) error { return os.Rename(segmentPath(dir, 4), dir+"/4.seg") },
		"one has a later number": func(dir string) error { return os.Rename(segmentPath(dir, 4), segmentPath(dir, 5)) },
	} {
		dir := copied(t, whole)
		if err := harm(dir); err != nil {
			t.Fatal(err)
		}
		var corrupt *CorruptError
		if _, err := Open(dir, Options{}); !errors.As(err, &corrupt) {
			t.Errorf("%s: %v, want a CorruptError", name, err)
		}
	}
}

func TestSegmentsMustContinueEachOther(t *testing.T) {
	one := func() *layout { return newLayout(1).event(1, "a", 1, 0).write() }
	for name, tt := range map[string]struct {
		sealed *layout
		last   *layout
		named  uint64 // position in the name of the last
		sound  bool
	}{
		"an empty one follows":            {one(), newLayout(2), 2, true},
		"an empty one leaves a gap":       {one(), newLayout(3), 3, false},
		"an empty one has another header": {one(), newLayout(3), 2, false},
		"half an append at the end":       {one().event(2, "a", 2, 1), newLayout(2), 2, false},
		"half an append goes on":          {one().event(2, "a", 2, 1), newLayout(3).event(3, "a", 3, 0), 3, false},
		"a part of a seal":                {one().raw([]byte{1, 2, 3}), newLayout(2), 2, true},
		"room that is left":               {one().raw(make([]byte, 1000)), newLayout(2), 2, true},
	} {
		dir := t.TempDir()
		replace(t, segmentPath(dir, 1), tt.sealed.b)
		replace(t, segmentPath(dir, tt.named), tt.last.b)
		if found := eventsFound(t, dir) == 1; found != tt.sound {
			t.Errorf("%s: opens is %t, want %t", name, found, tt.sound)
		}
	}
}

func exchange(a, b string) error {
	return errors.Join(os.Rename(a, a+"~"), os.Rename(b, a), os.Rename(a+"~", b))
}

func TestVerifyFindsARecordThatWasForgedTogetherWithItsChecksum(t *testing.T) {
	dir := t.TempDir()
	s := smallJournal(t, dir)
	path := segmentPath(dir, 1)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size, _ := recordSize(b[headerBytes:])
	b[headerBytes+size-1] ^= 1 // the last byte of the first event's data
	sign(b[headerBytes:], s.view.Load().segment(0).seed, 1, 0)
	replace(t, path, b)
	var corrupt *CorruptError
	if _, err := s.Verify(t.Context()); !errors.As(err, &corrupt) || corrupt.Reason != "the digest of the segment is wrong" {
		t.Errorf("%v, want that the digest is wrong", err)
	}
}

func TestAnIndexThatLeadsToAnotherEventIsAnErrorAndNoAnswer(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	extend(t, s, "a", 0, 2)
	extend(t, s, "b", 0, 2)
	tables := s.view.Load().tables
	a, b := tables[0].get([]byte("a")).offsets(), tables[0].get([]byte("b")).offsets()
	for name, place := range map[string]uint32{"of another stream": b[1], "of another revision": a[0]} {
		sound := a[1]
		a[1] = place
		n := 0
		for _, err := range s.ReadStream(t.Context(), "a", 0) {
			if n++; n == 1 && err != nil {
				t.Fatal(err)
			}
			if corrupt := (*CorruptError)(nil); n == 2 && !errors.As(err, &corrupt) {
				t.Errorf("%s: %v, want a CorruptError", name, err)
			}
		}
		a[1] = sound
	}
}
