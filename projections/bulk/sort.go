package bulk

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	runBuffer = 1 << 16 // bytes
)

// index is an index that is being filled: its entries wait until all are
// known, and are then added to its tree in their order.
type index struct {
	*tree
	columns []int
	spill   *spill
	waiting []byte // keys one after the other
	spans   []span // of the keys
	runs    []run
	sorted  bool
	size    int // bytes of all keys, those of runs too
}

// span is where a key stands.
type span struct{ begin, end int }

// add adds the keys of rows, the first of which has the rowid given, and
// returns how many bytes more wait.
func (i *index) add(keys *list, rowid uint64) int {
	before := len(i.waiting)
	for n := range keys.len() {
		begin := len(i.waiting)
		i.waiting = appendKeyInteger(append(i.waiting, keys.at(n)...), int64(rowid))
		i.spans = append(i.spans, span{begin, len(i.waiting)})
		rowid++
	}
	i.sorted = false
	i.size += len(i.waiting) - before
	return len(i.waiting) - before + 16*keys.len()
}

// sort sorts the keys that wait. Most come in their order or nearly so.
func (i *index) sort() error {
	if !i.sorted {
		slices.SortFunc(i.spans, func(a, b span) int { return bytes.Compare(i.waiting[a.begin:a.end], i.waiting[b.begin:b.end]) })
		i.sorted = true
	}
	return nil
}

// relieve moves what waits, which is sorted, to the scratch file.
func (i *index) relieve() error {
	if len(i.spans) == 0 {
		return nil
	}
	begin := i.spill.size
	var last []byte
	for _, s := range i.spans {
		key := i.waiting[s.begin:s.end]
		if err := i.spill.write(last, key); err != nil {
			return err
		}
		last = key
	}
	i.runs = append(i.runs, run{begin, i.spill.size})
	i.waiting, i.spans = i.waiting[:0], i.spans[:0]
	return nil
}

// finish adds all entries to the tree.
func (i *index) finish() error {
	if err := i.sort(); err != nil {
		return err
	}
	sources := []source{&inMemory{i.waiting, i.spans}}
	for _, r := range i.runs {
		sources = append(sources, i.spill.read(r))
	}
	var e entry
	err := merge(sources, func(key []byte) error { return i.addEntry(e.of(key)) })
	i.waiting, i.spans = nil, nil
	return errors.Join(err, i.tree.finish())
}

// source gives keys in their order, each good until the next; nil is the end.
type source interface{ next() ([]byte, error) }

// merge gives the keys of all sources in their order.
func merge(sources []source, each func([]byte) error) error {
	type front struct {
		source
		key []byte
	}
	var fronts []front // in the order of their keys
	place := func(f front) {
		n, _ := slices.BinarySearchFunc(fronts, f.key, func(f front, key []byte) int { return bytes.Compare(f.key, key) })
		fronts = slices.Insert(fronts, n, f)
	}
	for _, s := range sources {
		key, err := s.next()
		if err != nil {
			return err
		}
		if key != nil {
			place(front{s, key})
		}
	}
	for len(fronts) > 0 {
		f := fronts[0]
		if err := each(f.key); err != nil {
			return err
		}
		var err error
		if f.key, err = f.next(); err != nil {
			return err
		}
		if f.key != nil && (len(fronts) == 1 || bytes.Compare(f.key, fronts[1].key) < 0) {
			fronts[0] = f // as long as one source has the least, nothing moves
			continue
		}
		fronts = slices.Delete(fronts, 0, 1)
		if f.key != nil {
			place(f)
		}
	}
	return nil
}

type inMemory struct {
	keys  []byte
	spans []span
}

func (m *inMemory) next() ([]byte, error) {
	if len(m.spans) == 0 {
		return nil, nil
	}
	s := m.spans[0]
	m.spans = m.spans[1:]
	return m.keys[s.begin:s.end], nil
}

// spill is the scratch file: sorted runs of keys. Of each stands there how many
// bytes it has in common with the one before it in its run, how many more it
// has, and these.
type spill struct {
	file *os.File
	out  *bufio.Writer
	size int64
	head [2 * binary.MaxVarintLen64]byte // space
}

// run is where in the scratch file keys stand in their order.
type run struct{ begin, end int64 }

func newSpill(path string) (*spill, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &spill{file: file, out: bufio.NewWriterSize(file, writeBuffer)}, nil
}

// write adds a key of the run in which the other one was the last.
func (s *spill) write(last, key []byte) error {
	common := 0
	for common < min(len(last), len(key)) && last[common] == key[common] {
		common++
	}
	head := binary.AppendUvarint(s.head[:0], uint64(common))
	head = binary.AppendUvarint(head, uint64(len(key)-common))
	if _, err := s.out.Write(head); err != nil {
		return err
	}
	_, err := s.out.Write(key[common:])
	s.size += int64(len(head) + len(key) - common)
	return err
}

func (s *spill) flush() error { return s.out.Flush() }

func (s *spill) read(r run) source {
	return &onDisk{from: bufio.NewReaderSize(io.NewSectionReader(s.file, r.begin, r.end-r.begin), runBuffer)}
}

// close closes and removes the file.
func (s *spill) close() error {
	err := os.Remove(s.file.Name())
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, s.file.Close())
}

var errSpill = errors.New("the scratch file is not what was written to it")

type onDisk struct {
	from *bufio.Reader
	key  []byte
}

func (d *onDisk) next() ([]byte, error) {
	common, err := binary.ReadUvarint(d.from)
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	more, err := binary.ReadUvarint(d.from)
	if err != nil {
		return nil, err
	}
	if common > uint64(len(d.key)) || more > math.MaxUint32 {
		return nil, errSpill
	}
	d.key = slices.Grow(d.key[:common], int(more))[:common+more]
	_, err = io.ReadFull(d.from, d.key[common:])
	return d.key, err
}

// inParallel does something to each index, on all processors.
func inParallel(all []*index, do func(*index) error) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	errs := make([]error, len(all))
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(all); n = int(next.Add(1)) - 1 {
				errs[n] = do(all[n])
			}
		})
	}
	workers.Wait()
	return errors.Join(errs...)
}
