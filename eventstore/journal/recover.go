package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Recovered says what Open cut off the end of the last segment: the remains of
// a write that never became durable and was never acknowledged. It is zero
// when nothing was cut off.
type Recovered struct {
	File   string
	Offset int64 // the file ends here now
	Bytes  int64 // that were cut off
}

// load reads all segments. Only the last may end in a torn write, and it is
// cut there.
func load(ctx context.Context, dir string, firsts []uint64) (*scan, Recovered, error) {
	c := &scan{index: newIndex(), dir: dir}
	for i, first := range firsts {
		path := filepath.Join(dir, fileName(first))
		info, err := os.Stat(path)
		if err != nil {
			return nil, Recovered{}, fmt.Errorf("journal: %w", err)
		}
		err = c.next(ctx, first, info.Size())
		var unreadable *unreadableError
		switch {
		case !errors.As(err, &unreadable):
		case i < len(firsts)-1:
			err = unreadable.corrupt("no sound record begins here, and the segment is sealed")
		default:
			err = c.damaged(unreadable, info.Size())
		}
		if err != nil {
			return nil, Recovered{}, err
		}
		if torn := info.Size() - c.end; torn > 0 {
			return c, Recovered{path, c.end, torn}, nil
		}
	}
	return c, Recovered{}, nil
}

// damaged tells a torn end from damage. Every record states where the write
// that it was part of began, and a write began only when everything before it
// was durable. So a sound record of a write that began after the unreadable
// place proves that this place was once durable: damage. Without such a record
// the place belongs to the last write, which was torn. Pages of one write may
// reach the disk in any order, so sound records of the same write may follow.
func (c *scan) damaged(at *unreadableError, size int64) error {
	if size-at.offset > maxCommitBytes {
		return at.corrupt("no sound record begins here, and more follows than one write can hold")
	}
	f, err := os.Open(at.path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	b := make([]byte, size-at.offset)
	if _, err := f.ReadAt(b, at.offset); err != nil && len(b) > 0 {
		return fmt.Errorf("journal: %w", err)
	}
	if later := c.laterWrite(b, at.offset); later > 0 {
		return at.corrupt(fmt.Sprintf("no sound record begins here, but a later write is at byte %d", later))
	}
	return nil
}

// laterWrite looks at every byte of b, which begins at the offset, for a sound
// record of a write that began after the offset, and returns its place or 0. A
// record of a position known already is a copy, kept as data in an event.
func (c *scan) laterWrite(b []byte, offset int64) int64 {
	for i := 1; i+recordHeaderBytes <= len(b); i++ {
		size, ok := recordSize(b[i:])
		if !ok || size > len(b)-i {
			continue
		}
		r, ok := decode(b[i:i+size], c.active.seed)
		if ok && int64(r.back) < int64(i) && r.position > c.head {
			return offset + int64(i)
		}
	}
	return 0
}
