package keys

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"time"
)

var errPower = errors.New("the power is off")

// memDisk is a file system whose power fails at a chosen step. What was not
// synced by then may be lost, or not: see after.
type memDisk struct {
	names   map[string]*inode // as a program sees them
	durable map[string]*inode // as SyncDir left them
	step    int
	failAt  int // 0 for never
}

type inode struct{ data, synced []byte }

func newMemDisk() *memDisk {
	return &memDisk{names: map[string]*inode{}, durable: map[string]*inode{}}
}

// kept says what outlives the power of that which nobody had synced.
type kept struct {
	names, data bool
	zeros       bool // a file has its new length, but zeros for its new bytes
}

var allKept = []kept{{}, {names: true}, {data: true}, {names: true, data: true}, {zeros: true}, {names: true, zeros: true}}

// after returns what is found when the power is back.
func (d *memDisk) after(k kept) *memDisk {
	names := d.durable
	if k.names {
		names = d.names
	}
	out := newMemDisk()
	for path, n := range names {
		data := slices.Clone(n.synced)
		switch {
		case k.data:
			data = slices.Clone(n.data)
		case k.zeros && len(n.data) > len(data):
			data = append(data, make([]byte, len(n.data)-len(data))...)
		}
		out.names[path] = &inode{data: data, synced: slices.Clone(data)}
	}
	out.durable = maps.Clone(out.names)
	return out
}

// pass counts a step. At the last one, and ever after, it fails.
func (d *memDisk) pass() error {
	d.step++
	if d.failAt != 0 && d.step >= d.failAt {
		return errPower
	}
	return nil
}

func (d *memDisk) MakeDir(string) error           { return nil }
func (d *memDisk) Private(string) error           { return nil }
func (d *memDisk) Lock(string) (io.Closer, error) { return memFile{}, nil }

func (d *memDisk) Names(dir string) ([]string, error) {
	var out []string
	for path := range d.names {
		if filepath.Dir(path) == dir {
			out = append(out, filepath.Base(path))
		}
	}
	return out, nil
}

func (d *memDisk) Read(path string) ([]byte, error) {
	if n, ok := d.names[path]; ok {
		return slices.Clone(n.data), nil
	}
	return nil, fs.ErrNotExist
}

func (d *memDisk) Written(string) (time.Time, error) { return time.Time{}, nil }

func (d *memDisk) Create(path string) (file, error) {
	if err := d.pass(); err != nil {
		return nil, err
	}
	d.names[path] = &inode{}
	return memFile{d, d.names[path]}, nil
}

func (d *memDisk) Open(path string) (file, error) {
	if n, ok := d.names[path]; ok {
		return memFile{d, n}, d.pass()
	}
	return nil, fs.ErrNotExist
}

func (d *memDisk) Rename(from, to string) error {
	if err := d.pass(); err != nil {
		return err
	}
	d.names[to] = d.names[from]
	delete(d.names, from)
	return nil
}

func (d *memDisk) Remove(path string) error {
	if err := d.pass(); err != nil {
		return err
	}
	delete(d.names, path)
	return nil
}

func (d *memDisk) SyncDir(dir string) error {
	if err := d.pass(); err != nil {
		return err
	}
	for path := range d.durable {
		if filepath.Dir(path) == dir {
			delete(d.durable, path)
		}
	}
	for path, n := range d.names {
		if filepath.Dir(path) == dir {
			d.durable[path] = n
		}
	}
	return nil
}

type memFile struct {
	disk *memDisk
	*inode
}

// WriteAt writes half when the power fails.
func (f memFile) WriteAt(b []byte, at int64) (int, error) {
	err := f.disk.pass()
	if err != nil && f.disk.step == f.disk.failAt {
		b = b[:len(b)/2]
	} else if err != nil {
		return 0, err
	}
	if end := int(at) + len(b); end > len(f.data) {
		f.data = append(f.data, make([]byte, end-len(f.data))...)
	}
	copy(f.data[at:], b)
	return len(b), err
}

func (f memFile) Sync() error {
	if err := f.disk.pass(); err != nil {
		return err
	}
	f.synced = slices.Clone(f.data)
	return nil
}

func (f memFile) Truncate(size int64) error {
	if err := f.disk.pass(); err != nil {
		return err
	}
	f.data = f.data[:size]
	return nil
}

func (memFile) Close() error { return nil }
