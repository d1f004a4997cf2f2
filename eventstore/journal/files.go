package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"caseledger/eventstore"
)

// filesTries is how often the files of a journal are read before they are said
// to be damaged: its writer may give a file its seal at the same moment.
const filesTries = 3

// ErrShort says that a journal's files end before the position asked for.
var ErrShort = errors.New("the journal ends before this position")

// Part is what a copy of the journal needs of one segment: the first Bytes of
// its file, and then Footer.
type Part struct {
	Name   string // of the file
	Bytes  int64
	Footer []byte // nil unless the segment is full and its file has no footer yet
	Sealed bool   // a whole segment with its footer
	Digest string // of a sealed one, as its footer has it, hexadecimal
}

// Size is that of the copy.
func (p Part) Size() int64 { return p.Bytes + int64(len(p.Footer)) }

// Files is a journal as its files are, while another process may write to it.
type Files struct {
	Journal  string // the same for all segments of a journal and of no other
	Parts    []Part
	Streams  int
	Events   uint64
	Last     eventstore.Position
	Bytes    int64 // of events, without footers
	Unsealed int   // segments without a footer
	Indexed  int   // sealed segments that sound index files hold
}

// ReadFiles says what of the files in dir holds all appends up to the one with
// a position, and nothing after it: the same parts whenever it is asked. It
// takes no lock, writes nothing and reads every byte that is not in a sealed
// segment. The position must be one that was acknowledged, so that no writer
// changes what is before it. 0 stands for all that is readable. The error wraps
// ErrShort when the files end before the position.
func ReadFiles(ctx context.Context, dir string, upTo eventstore.Position) (Files, error) {
	for try := 1; ; try++ {
		out, err := readFiles(ctx, dir, uint64(upTo))
		var corrupt *CorruptError
		if try == filesTries || !errors.Is(err, ErrShort) && !errors.As(err, &corrupt) {
			return out, err
		}
	}
}

func readFiles(ctx context.Context, dir string, upTo uint64) (Files, error) {
	firsts, err := listSegments(dir)
	if err != nil {
		return Files{}, err
	}
	for upTo > 0 && len(firsts) > 0 && firsts[len(firsts)-1] > upTo {
		firsts = firsts[:len(firsts)-1]
	}
	var out Files
	var x runs
	for i, first := range firsts {
		due := uint64(0)
		if i+1 < len(firsts) {
			due = firsts[i+1]
		}
		if err := out.add(ctx, &x, filepath.Join(dir, fileName(first)), first, due, upTo); err != nil {
			return out, err
		}
	}
	if upTo > uint64(out.Last) {
		return out, fmt.Errorf("journal: %w: it ends with %d, and %d is asked for", ErrShort, out.Last, upTo)
	}
	x.dir = filepath.Join(dir, indexDir)
	out.Indexed = x.indexed()
	return out, nil
}

// add takes in the segment of a file. next is the first position of the segment
// after it, 0 for the last one.
func (o *Files) add(ctx context.Context, x *runs, path string, first, next, upTo uint64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	h, err := readHeader(f, path)
	if err != nil {
		return err
	}
	id := hex.EncodeToString(h.ledger[:])
	if h.first != first || h.first != uint64(o.Last)+1 || len(o.Parts) > 0 && id != o.Journal {
		return &CorruptError{path, 0, "the segment does not follow the one before it"}
	}
	o.Journal = id
	p := Part{Name: filepath.Base(path), Bytes: info.Size()}
	end, sealed := decodeFooter(f, info.Size(), h.seed())
	if sealed && next > 0 {
		x.digests = append(x.digests, end.digest)
		p.Sealed, p.Digest = true, hex.EncodeToString(end.digest[:])
		return o.take(p, path, sealedSegment(h, end), next)
	}
	if sealed {
		p.Bytes = end.end
	}
	c := newScan(h, len(o.Parts), path)
	if err := c.readUpTo(ctx, f, p.Bytes, upTo); err != nil {
		return err
	}
	p.Bytes = c.end
	if !sealed {
		o.Unsealed++
	}
	if next > 0 {
		p, err = c.sealedPart(f, p)
		if err != nil {
			return err
		}
	}
	return o.take(p, path, c.segment, next)
}

func (o *Files) take(p Part, path string, s segment, next uint64) error {
	if next > 0 && s.last()+1 != next {
		return &CorruptError{path, s.end, fmt.Sprintf("the segment ends with position %d, and the next one begins with %d", s.last(), next)}
	}
	o.Parts = append(o.Parts, p)
	o.Streams += int(s.streams)
	o.Events += s.events
	o.Bytes += s.end
	o.Last = eventstore.Position(s.last())
	return nil
}

// readUpTo reads the appends up to the one with a position, or all that are
// whole when that is 0.
func (c *scan) readUpTo(ctx context.Context, src io.ReaderAt, size int64, upTo uint64) error {
	offset := c.end
	for r, err := range records(scanned(src, offset, size), c.seed) {
		if errors.Is(err, errUnreadable) {
			return nil // the caller knows what is due
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		if reason := c.take(r, offset); reason != "" {
			return &CorruptError{c.path, offset, reason}
		}
		offset += r.size()
		if upTo > 0 && c.last() >= upTo {
			return nil
		}
	}
	return nil
}

// sealedPart gives a full segment the footer that its writer will give it.
func (c *scan) sealedPart(src io.ReaderAt, p Part) (Part, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(src, 0, c.end)); err != nil {
		return p, fmt.Errorf("journal: %w", err)
	}
	f := footer{events: c.events, streams: c.streams, end: c.end, sparse: c.sparse}
	p.Footer = f.encode(c.seed, sum)
	p.Sealed, p.Digest = true, hex.EncodeToString(p.Footer[len(p.Footer)-4-sha256.Size:len(p.Footer)-4])
	return p, nil
}

// indexed counts the sealed segments that sound index files hold.
func (x *runs) indexed() int {
	found, err := listRuns(x.dir)
	if err != nil {
		return 0 // there is none, or it will be made anew
	}
	n := 0
	for segment := 0; segment < len(x.digests); {
		r := x.longest(found[segment])
		if r == nil {
			segment++
			continue
		}
		r.f.Close()
		n, segment = n+r.segments, r.end()
	}
	return n
}

// ReadFilesAfter is ReadFiles for who has asked for an earlier position: of the
// last segment it reads only what came since, and counts no streams there.
func ReadFilesAfter(ctx context.Context, dir string, before Files, upTo eventstore.Position) (Files, error) {
	firsts, err := listSegments(dir)
	if err != nil {
		return Files{}, err
	}
	n := len(before.Parts)
	sameLast := n > 0 && n <= len(firsts) && fileName(firsts[n-1]) == before.Parts[n-1].Name &&
		(n == len(firsts) || firsts[n] > uint64(upTo))
	if !sameLast || upTo < before.Last {
		return ReadFiles(ctx, dir, upTo)
	}
	out := before
	out.Parts = slices.Clone(before.Parts)
	return out, out.grow(ctx, filepath.Join(dir, before.Parts[n-1].Name), uint64(upTo))
}

// grow takes in the appends that follow in the last segment.
func (o *Files) grow(ctx context.Context, path string, upTo uint64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	h, err := readHeader(f, path)
	if err != nil {
		return err
	}
	p := &o.Parts[len(o.Parts)-1]
	last, offset := uint64(o.Last), p.Bytes
	for r, err := range records(scanned(f, offset, info.Size()), h.seed()) {
		if uint64(o.Last) >= upTo || errors.Is(err, errUnreadable) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		if !r.mark() {
			last++
		}
		if r.position() != last {
			return &CorruptError{path, offset, fmt.Sprintf("position %d where %d is due", r.position(), last)}
		}
		if offset += r.size(); r.rest() == 0 && !r.mark() {
			o.Events += last - uint64(o.Last)
			o.Bytes += offset - p.Bytes
			o.Last, p.Bytes = eventstore.Position(last), offset
		}
	}
	if uint64(o.Last) < upTo {
		return fmt.Errorf("journal: %w: it ends with %d, and %d is asked for", ErrShort, o.Last, upTo)
	}
	return nil
}
