package journal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"caseledger/eventstore"
)

// Report is what Verify has read.
type Report struct {
	Segments int
	Streams  int
	Events   uint64
	Bytes    int64
	Last     eventstore.Position
}

// Verify reads every byte that was durable when it began and checks every
// checksum, digest, position and revision, and that the index leads to each
// event and to nothing else. The first problem is returned as a *CorruptError,
// together with what was sound before it. A damaged index is no problem: it is
// built anew. Appends go on meanwhile.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	sealed := int(s.sealed.Load())
	v := s.view.Load()
	var r Report
	for i := range len(v.full) + 1 {
		c, err := s.verify(ctx, v, i)
		if err == nil && i < sealed {
			err = s.verifySeal(v.segment(i))
		}
		if c != nil {
			r.add(c)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r *Report) add(c *scan) {
	r.Segments++
	r.Streams += int(c.streams)
	r.Events += c.events
	r.Bytes += c.end
	r.Last = eventstore.Position(c.last())
}

// verify reads one segment and compares it with what is known of it.
func (s *Store) verify(ctx context.Context, v *view, number int) (*scan, error) {
	known := v.segment(number)
	path := s.path(known.first)
	src, err := s.files.get(known.first)
	if err != nil {
		return nil, err
	}
	defer src.release()
	h, err := readHeader(src, path)
	if err != nil {
		return nil, err
	}
	if h != known.header {
		return nil, &CorruptError{path, 0, "the header is not the one of this segment"}
	}
	c := newScan(h, number, path)
	if err := c.read(ctx, src, known.end); err != nil {
		return c, unsound(err)
	}
	if c.events != known.events || c.streams != known.streams || !slices.Equal(c.sparse, known.sparse) {
		return c, &CorruptError{path, known.end, "the counts are not those of the records"}
	}
	if err := s.compare(ctx, v, c); err != nil {
		return c, err
	}
	return c, s.compareTypes(ctx, v, c)
}

// compareTypes checks that the index by type has the segment's events and no
// others.
func (s *Store) compareTypes(ctx context.Context, v *view, c *scan) error {
	slots, counted := *c.table.types.slots.Load(), 0
	for i := range slots {
		p := slots[i].Load()
		if p == nil {
			continue
		}
		counted++
		offsets, err := s.placesOfType(ctx, v, c.table.segment, p.stream)
		if err != nil {
			return err
		}
		if !slices.Equal(offsets, p.offsets()) {
			return s.differs(v, c.table.segment)
		}
	}
	if v.table(c.table.segment) != nil {
		return nil
	}
	if all, err := s.runs.typesOf(ctx, c.table.segment); err != nil || len(all) != counted {
		return cmp.Or(indexed(err), s.differs(v, c.table.segment))
	}
	return nil
}

// compare checks that the index leads from every stream to the segment's events:
// each revision to the one place where it is.
func (s *Store) compare(ctx context.Context, v *view, c *scan) error {
	slots := *c.table.slots.Load()
	buffer := make([]byte, pageBytes)
	for i := range slots {
		p := slots[i].Load()
		if p == nil {
			continue
		}
		t := s.trail(p.stream, max(p.base, 1)-1)
		t.buffer = buffer
		if err := t.leads(ctx, c.table.segment, p); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// leads checks that the trail begins with the event before the places, which is in
// an earlier segment, and goes on with the places.
func (t *trail) leads(ctx context.Context, segment int, p *places) error {
	offsets := p.offsets()
	var found []location
	for more := true; more && len(found) <= len(offsets); {
		var next []location
		var err error
		if next, more, err = t.collect(ctx); err != nil {
			return err
		}
		found = append(found, next...)
	}
	if p.base > 0 {
		if len(found) == 0 || found[0].segment() >= segment {
			return t.differs(t.view, segment)
		}
		found = found[1:]
	}
	for i, offset := range offsets {
		if i >= len(found) || found[i] != locate(segment, offset) {
			return t.differs(t.view, segment)
		}
	}
	return nil
}

func (s *Store) differs(v *view, segment int) error {
	return &CorruptError{filepath.Join(s.dir, indexDir), 0,
		fmt.Sprintf("the index differs from %s", fileName(v.segment(segment).first))}
}

// verifySeal checks the footer of a sealed segment, and the digest of all bytes.
func (s *Store) verifySeal(known *segment) error {
	path := s.path(known.first)
	src, err := s.files.get(known.first)
	if err != nil {
		return err
	}
	defer src.release()
	size := known.end + footerBytes(known.events)
	f, ok := decodeFooter(src, size, known.seed)
	if !ok || f.end != known.end || f.events != known.events || f.streams != known.streams || !slices.Equal(f.sparse, known.sparse) {
		return &CorruptError{path, known.end, "the footer is not sound"}
	}
	if n, err := src.ReadAt(make([]byte, 1), size); n > 0 || err != io.EOF {
		return &CorruptError{path, size, "bytes follow the footer"}
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(src, 0, size-4-sha256.Size)); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if [sha256.Size]byte(sum.Sum(nil)) != f.digest {
		return &CorruptError{path, known.end, "the digest of the segment is wrong"}
	}
	return nil
}

// Stats are the sizes of an open journal.
type Stats struct {
	Segments int
	Streams  int
	Events   uint64
	Bytes    int64 // of events, without footers and index
}

// Stats returns the sizes of what is durable now.
func (s *Store) Stats() Stats {
	v := s.view.Load()
	st := Stats{Segments: len(v.full) + 1, Events: v.head()}
	for i := range st.Segments {
		st.Streams += int(v.segment(i).streams)
		st.Bytes += v.segment(i).end
	}
	return st
}
