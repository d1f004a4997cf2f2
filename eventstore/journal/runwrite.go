package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
)

// runWriter writes an index file from places in the order of key and
// revision.
type runWriter struct {
	f       file
	written int64
	buffer  []byte // not yet written
	page    []byte
	fences  []fence
	open    posting // being filled; not yet in the page
	at      location
}

const (
	runBufferBytes   = 1 << 20
	maxPlaceBytes    = binary.MaxVarintLen64
	maxPostingPlaces = pageBytes - pageHeaderBytes - postingBytes
)

// writeRun makes an index file durable under its name. each calls add with every
// place.
func writeRun(disk opener, dir string, e extent, digest [sha256.Size]byte, each func(w *runWriter) error) error {
	temporary := filepath.Join(dir, runName(e)+".tmp")
	f, err := disk(temporary)
	if err != nil {
		return err
	}
	w := &runWriter{f: f}
	if err = f.Truncate(0); err == nil {
		err = each(w)
	}
	if err == nil {
		err = w.end(e, digest)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(temporary)
		return err
	}
	return rename(temporary, filepath.Join(dir, runName(e)))
}

// add takes in the place of the next event.
func (w *runWriter) add(f fence, place location) error {
	follows := w.open.key == f.key && w.open.events > 0 && w.open.last()+1 == f.revision
	if !follows || len(w.open.places)+maxPlaceBytes > maxPostingPlaces {
		if err := w.close(); err != nil {
			return err
		}
		w.open.fence, w.at = f, 0
	}
	w.open.events++
	w.open.places = binary.AppendUvarint(w.open.places, uint64(place-w.at))
	w.at = place
	return nil
}

// close puts the open posting into the page, or into another one.
func (w *runWriter) close() error {
	e := w.open
	w.open.events, w.open.places = 0, e.places[:0]
	if e.events == 0 {
		return nil
	}
	if len(w.page) > 0 && len(w.page)+postingBytes+len(e.places) > pageBytes {
		if err := w.turn(); err != nil {
			return err
		}
	}
	if len(w.page) == 0 {
		w.fences = append(w.fences, e.fence)
		w.page = append(w.page, make([]byte, pageHeaderBytes)...)
	}
	w.page = append(w.page, e.key[:]...)
	w.page = binary.LittleEndian.AppendUint64(w.page, e.revision)
	w.page = binary.LittleEndian.AppendUint16(w.page, uint16(e.events))
	w.page = binary.LittleEndian.AppendUint16(w.page, uint16(len(e.places)))
	w.page = append(w.page, e.places...)
	return nil
}

// turn ends the page.
func (w *runWriter) turn() error {
	binary.LittleEndian.PutUint16(w.page[4:], uint16(len(w.page)-pageHeaderBytes))
	w.page = append(w.page, make([]byte, pageBytes-len(w.page))...)
	binary.LittleEndian.PutUint32(w.page, pageChecksum(len(w.fences)-1, w.page))
	w.buffer = append(w.buffer, w.page...)
	w.page = w.page[:0]
	if len(w.buffer) < runBufferBytes {
		return nil
	}
	return w.flush()
}

func (w *runWriter) flush() error {
	n, err := w.f.WriteAt(w.buffer, w.written)
	w.written += int64(n)
	w.buffer = w.buffer[:0]
	return err
}

func (w *runWriter) end(e extent, digest [sha256.Size]byte) error {
	err := w.close()
	if err == nil && len(w.page) > 0 {
		err = w.turn()
	}
	if err != nil {
		return err
	}
	w.buffer = append(w.buffer, w.last(e, digest)...)
	if err := w.flush(); err != nil {
		return err
	}
	return w.f.Sync()
}

// last is what follows the pages.
func (w *runWriter) last(e extent, digest [sha256.Size]byte) []byte {
	b := make([]byte, 0, len(w.fences)*fenceBytes+runEndBytes)
	for _, f := range w.fences {
		b = append(b, f.key[:]...)
		b = binary.LittleEndian.AppendUint64(b, f.revision)
	}
	b = append(b, runMagic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(e.first))
	b = binary.LittleEndian.AppendUint32(b, uint32(e.segments))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(w.fences)))
	b = append(b, digest[:]...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// writeTable writes the index file of one segment.
func writeTable(disk opener, dir string, t *table, digest [sha256.Size]byte) error {
	return writeRun(disk, dir, extent{t.segment, 1}, digest, func(w *runWriter) error {
		for _, k := range t.sorted() {
			for i, offset := range k.offsets() {
				if err := w.add(fence{k.key, k.base + uint64(i) + 1}, locate(t.segment, offset)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// writeMerged writes one index file with what several hold that follow each
// other. A damaged one is an *indexError.
func writeMerged(ctx context.Context, disk opener, dir string, several []*run, digest [sha256.Size]byte) error {
	whole := extent{several[0].first, several[len(several)-1].end() - several[0].first}
	return writeRun(disk, dir, whole, digest, func(w *runWriter) error {
		var all []*postings
		for _, r := range several {
			all = append(all, &postings{run: r})
		}
		all, err := advance(all, 0, len(all))
		for len(all) > 0 && err == nil {
			if err = ctx.Err(); err != nil {
				return err
			}
			i := first(all)
			if err = w.copy(all[i].posting); errors.Is(err, errIndex) {
				return &indexError{all[i].run}
			}
			if err == nil {
				all, err = advance(all, i, i+1)
			}
		}
		return err
	})
}

// advance moves the ones from i to j to their next posting and leaves out those
// that have none.
func advance(all []*postings, i, j int) ([]*postings, error) {
	for n := j - 1; n >= i; n-- {
		more, err := all[n].advance()
		if errors.Is(err, errIndex) {
			err = &indexError{all[n].run}
		}
		if err != nil {
			return nil, err
		}
		if !more {
			all = slices.Delete(all, n, n+1)
		}
	}
	return all, nil
}

func first(all []*postings) int {
	at := 0
	for i, e := range all {
		if e.before(all[at].fence) {
			at = i
		}
	}
	return at
}

// copy adds all places of an posting.
func (w *runWriter) copy(e posting) error {
	places, err := e.decode()
	if err != nil {
		return err
	}
	for i, place := range places {
		if err := w.add(fence{e.key, e.revision + uint64(i)}, place); err != nil {
			return err
		}
	}
	return nil
}

// postings goes through all postings of a run.
type postings struct {
	*run
	posting
	turned int // pages
	rest   []byte
	buffer [pageBytes]byte
}

// advance moves to the next posting and reports whether there is one.
func (e *postings) advance() (bool, error) {
	var err error
	for len(e.rest) == 0 {
		if e.turned == len(e.fences) {
			return false, nil
		}
		if e.rest, err = e.page(e.turned, e.buffer[:]); err != nil {
			return false, err
		}
		e.turned++
	}
	e.rest, err = e.posting.cut(e.rest)
	return true, err
}
