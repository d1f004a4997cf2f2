package backup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"caseledger/eventstore"
	"caseledger/eventstore/durable"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
)

// The first file of a mirror, and its title.
const (
	mirrorName  = "mirror"
	mirrorTitle = "caseledger/mirror/v1"

	// maxTails is how many parts of one piece there are before they become one.
	maxTails = 64
)

// Mirror keeps a copy of a ledger's journal, as it is, at a destination that may
// see it: ciphertext and leaves, and no key. Only one goroutine uses it.
type Mirror struct {
	at      Destination
	dir     string // the data directory
	files   journal.Files
	shipped map[string]*shipped // by segment
	beside  map[string]int64    // sizes of the other files there
	size    int64               // of the checkpoint there
}

// shipped is what the destination has of one segment.
type shipped struct {
	bytes int64  // without a gap from its beginning
	tails []tail // of its last piece
}

// tail is a part of a piece that is not full.
type tail struct {
	offset int64 // in the segment
	bytes  int64
}

func (t tail) end() int64 { return t.offset + t.bytes }

func pieceFile(segment string, piece int64) string {
	return fmt.Sprintf("%s/%s/%08d", journalDir, segment, piece)
}

func (t tail) file(segment string) string {
	return fmt.Sprintf("%s+%07d", pieceFile(segment, t.offset/pieceBytes), t.offset%pieceBytes)
}

// OpenMirror goes on with the mirror at a destination, or begins one. The error
// wraps ErrOther when it is of another journal.
func OpenMirror(ctx context.Context, at Destination, dir string, note []byte) (*Mirror, error) {
	c, err := proof.ReadCheckpoint(note)
	if err != nil {
		return nil, err
	}
	m := &Mirror{at: at, dir: dir, shipped: make(map[string]*shipped), beside: make(map[string]int64)}
	if m.files, err = journal.ReadFiles(ctx, filepath.Join(dir, journalDir), eventstore.Position(c.Size)); err != nil {
		return nil, err
	}
	first := []byte(mirrorTitle + "\n" + c.Origin + "\n" + m.files.Journal + "\n")
	standing, err := at.Get(ctx, mirrorName, maxConfigBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return m, at.Put(ctx, mirrorName, first)
	case err != nil:
		return nil, err
	case !bytes.Equal(standing, first):
		return nil, fmt.Errorf("backup: mirror: %w", ErrOther)
	}
	return m, m.survey(ctx)
}

// IsMirror reports whether there is a mirror at a destination.
func IsMirror(ctx context.Context, at Destination) (bool, error) {
	_, err := at.Get(ctx, mirrorName, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// survey finds out what the destination has.
func (m *Mirror) survey(ctx context.Context) error {
	layout, err := readLayout(ctx, m.at)
	if err != nil {
		return err
	}
	for name, l := range layout {
		m.shipped[name] = &shipped{bytes: l.end(), tails: l.tails}
	}
	for _, dir := range []string{headsDir, attestedDir} {
		kept, err := m.at.List(ctx, dir)
		if err != nil {
			return err
		}
		for _, k := range kept {
			m.beside[k.Name] = k.Bytes
		}
	}
	standing, err := m.at.Get(ctx, lastName, proof.MaxNoteBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := proof.ReadCheckpoint(standing)
	m.size = c.Size
	return err
}

// Ship copies what is under a checkpoint and not at the destination, and then the
// checkpoint, and returns how many bytes of the journal went. After an error
// that is not of the ledger it can be called again.
func (m *Mirror) Ship(ctx context.Context, note []byte) (sent int64, err error) {
	c, err := proof.ReadCheckpoint(note)
	if err != nil {
		return 0, err
	}
	if c.Size < m.size {
		return 0, fmt.Errorf("backup: mirror: %w: it has %d entries under its last checkpoint, and the mirror has %d", ErrOlder, c.Size, m.size)
	}
	files, err := journal.ReadFilesAfter(ctx, filepath.Join(m.dir, journalDir), m.files, eventstore.Position(c.Size))
	if err != nil {
		return 0, err
	}
	m.files = files
	for _, p := range files.Parts {
		n, err := m.segment(ctx, p)
		if sent += n; err != nil {
			return sent, err
		}
	}
	for _, dir := range []string{headsDir, attestedDir} {
		if err := m.bySize(ctx, dir, c.Size); err != nil {
			return sent, err
		}
	}
	if c.Size > m.size {
		if err := m.at.Put(ctx, lastName, note); err != nil {
			return sent, err
		}
		m.size = c.Size
	}
	return sent, nil
}

// segment ships what the destination lacks of one.
func (m *Mirror) segment(ctx context.Context, p journal.Part) (sent int64, err error) {
	at := m.shipped[p.Name]
	if at == nil {
		at = &shipped{}
		m.shipped[p.Name] = at
	}
	if at.bytes >= p.Size() && !(p.Sealed && len(at.tails) > 0) {
		return 0, nil
	}
	src, err := os.Open(filepath.Join(m.dir, journalDir, p.Name))
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer src.Close()
	for at.bytes < p.Size() || p.Sealed && len(at.tails) > 0 {
		n, err := m.piece(ctx, src, p, at)
		if sent += n; err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// piece ships a whole piece, or what is new of one that is not full.
func (m *Mirror) piece(ctx context.Context, src *os.File, p journal.Part, at *shipped) (int64, error) {
	begin := at.bytes / pieceBytes * pieceBytes
	if len(at.tails) > 0 {
		begin = at.tails[0].offset / pieceBytes * pieceBytes
	}
	end := min(begin+pieceBytes, p.Size())
	whole := end-begin == pieceBytes || p.Sealed
	from := at.bytes
	if whole || len(at.tails) >= maxTails {
		from = begin
	}
	b, err := read(src, p, from, end)
	if err != nil {
		return 0, err
	}
	fresh := tail{from, end - from}
	name := fresh.file(p.Name)
	if whole {
		name = pieceFile(p.Name, begin/pieceBytes)
	}
	if err := m.at.Put(ctx, name, b); err != nil {
		return 0, err
	}
	sent := end - at.bytes
	at.bytes = end
	if from > begin {
		at.tails = append(at.tails, fresh)
		return sent, nil
	}
	old := at.tails
	at.tails = nil
	if !whole {
		at.tails = []tail{fresh}
	}
	return sent, m.drop(ctx, p.Name, old, name)
}

// drop removes the tails that a longer part has taken the place of.
func (m *Mirror) drop(ctx context.Context, segment string, old []tail, by string) error {
	for _, t := range old {
		if name := t.file(segment); name != by {
			if err := m.at.Remove(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// read gives the bytes of a part from one offset to another.
func read(src *os.File, p journal.Part, from, to int64) ([]byte, error) {
	b := make([]byte, to-from)
	n := max(min(to, p.Bytes)-from, 0)
	if _, err := src.ReadAt(b[:n], from); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	if to > p.Bytes {
		copy(b[n:], p.Footer[max(from-p.Bytes, 0):to-p.Bytes])
	}
	return b, nil
}

// bySize ships the files of a directory that are named by the size of a
// checkpoint, unless the destination has one of the same size in bytes.
func (m *Mirror) bySize(ctx context.Context, dir string, limit int64) error {
	found, err := os.ReadDir(filepath.Join(m.dir, filepath.FromSlash(dir)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	for _, f := range found {
		size, ok := proof.ParseNumber(f.Name())
		info, err := f.Info()
		name := path.Join(dir, f.Name())
		if there, known := m.beside[name]; !ok || size > limit || err != nil || known && there == info.Size() {
			continue
		}
		b, err := readSmall(filepath.Join(m.dir, filepath.FromSlash(name)))
		if err == nil {
			err = m.at.Put(ctx, name, b)
		}
		if err != nil {
			return err
		}
		m.beside[name] = int64(len(b))
	}
	return nil
}

// layout is how one segment lies at a destination.
type layout struct {
	pieces []Kept // without a gap
	tails  []tail // that follow them, in order
}

// end is how far the segment is there without a gap.
func (l *layout) end() int64 {
	end := int64(0)
	for _, p := range l.pieces {
		end += p.Bytes
	}
	for _, t := range l.tails {
		if t.offset <= end {
			end = max(end, t.end())
		}
	}
	return end
}

// readLayout lists the segments at a destination.
func readLayout(ctx context.Context, at Destination) (map[string]*layout, error) {
	kept, err := at.List(ctx, journalDir)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*layout)
	for _, k := range kept {
		if durable.Unfinished(k.Name) {
			continue
		}
		segment := path.Base(path.Dir(k.Name))
		if out[segment] == nil {
			out[segment] = &layout{}
		}
		if reason := out[segment].add(segment, k); reason != "" {
			return nil, &CorruptError{k.Name, reason}
		}
	}
	for _, l := range out {
		l.trim()
	}
	return out, nil
}

// add takes in the next file in the order of names: a tail comes after the piece
// that it is of, if that is there.
func (l *layout) add(segment string, k Kept) string {
	digits, offset, isTail := strings.Cut(path.Base(k.Name), "+")
	piece, err1 := strconv.ParseInt(digits, 10, 32)
	within, err2 := strconv.ParseInt(cmp.Or(offset, "0"), 10, 32)
	t := tail{piece*pieceBytes + within, k.Bytes}
	switch {
	case err1 != nil || err2 != nil || isTail && t.file(segment) != k.Name || !isTail && pieceFile(segment, piece) != k.Name:
		return "its name is not that of a part of a segment"
	case within+k.Bytes > pieceBytes:
		return "it is longer than a piece"
	case isTail:
		l.tails = append(l.tails, t)
	case piece != int64(len(l.pieces)):
		return "the piece before it is missing"
	default:
		l.pieces = append(l.pieces, k)
	}
	return ""
}

// trim leaves out the tails that a whole piece has taken the place of.
func (l *layout) trim() {
	whole := int64(len(l.pieces))
	l.tails = slices.DeleteFunc(l.tails, func(t tail) bool { return t.offset/pieceBytes < whole })
}
