package sealer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var errCrash = errors.New("the machine has stopped")

// quickDisk is a disk that syncs nothing.
type quickDisk struct{ realDisk }

func (quickDisk) syncDir(string) error { return nil }

func (quickDisk) write(path string, fill func(io.Writer) error) error {
	return onFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, func(f *os.File) error { return fill(f) })
}

func (d quickDisk) writeAll(files map[string][]byte) error { return writeEach(d, files) }

func writeEach(d disk, files map[string][]byte) error {
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := d.write(path, func(w io.Writer) error { _, err := w.Write(files[path]); return err }); err != nil {
			return err
		}
	}
	return nil
}

func (quickDisk) writeAt(path string, b []byte, offset int64) error {
	return onFile(path, os.O_WRONLY|os.O_CREATE, func(f *os.File) error {
		_, err := f.WriteAt(b, offset)
		return err
	})
}

// crashDisk stops at its n-th operation, which is done by half. What was
// renamed and not made durable may then be lost.
type crashDisk struct {
	quickDisk
	left    int // operations until it stops
	loses   bool
	renamed []renaming // not durable yet
}

type renaming struct {
	path string
	old  []byte // nil: there was none
}

// stops counts an operation and reports whether it is the last.
func (d *crashDisk) stops() bool {
	d.left--
	if d.left == 0 && d.loses {
		for i := len(d.renamed) - 1; i >= 0; i-- {
			undo(d.renamed[i])
		}
	}
	return d.left <= 0
}

func undo(r renaming) {
	if r.old == nil {
		os.Remove(r.path)
		return
	}
	if err := os.WriteFile(r.path, r.old, 0o644); err != nil {
		panic(err)
	}
}

func (d *crashDisk) mkdir(path string) error {
	if d.stops() {
		return errCrash
	}
	return d.quickDisk.mkdir(path)
}

func (d *crashDisk) write(path string, fill func(io.Writer) error) error {
	var all bytes.Buffer
	if err := fill(&all); err != nil {
		return err
	}
	if d.stops() {
		if d.left == 0 {
			os.WriteFile(path, all.Bytes()[:all.Len()/2], 0o644)
		}
		return errCrash
	}
	return d.quickDisk.write(path, func(w io.Writer) error { _, err := w.Write(all.Bytes()); return err })
}

func (d *crashDisk) writeAll(files map[string][]byte) error { return writeEach(d, files) }

func (d *crashDisk) writeAt(path string, b []byte, offset int64) error {
	if d.stops() {
		if d.left == 0 {
			d.quickDisk.writeAt(path, b[:len(b)/2], offset)
		}
		return errCrash
	}
	return d.quickDisk.writeAt(path, b, offset)
}

func (d *crashDisk) rename(from, to string) error {
	old, _ := os.ReadFile(to)
	if d.stops() {
		return errCrash
	}
	d.renamed = append(d.renamed, renaming{to, old})
	return d.quickDisk.rename(from, to)
}

func (d *crashDisk) removeAll(path string) error {
	if d.stops() {
		return errCrash
	}
	return d.quickDisk.removeAll(path)
}

func (d *crashDisk) syncDir(path string) error {
	if d.stops() {
		return errCrash
	}
	var kept []renaming
	for _, r := range d.renamed {
		if filepath.Dir(r.path) != path {
			kept = append(kept, r)
		}
	}
	d.renamed = kept
	return d.quickDisk.syncDir(path)
}

// live does what a server does in a day, until the disk stops.
func live(r *rig, on disk) error {
	ctx := context.Background()
	s, err := openSealer(ctx, r.cfg, on)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, n := range []int{3, 260, 1} {
		r.addMany(n, 5)
		if err := s.CatchUp(ctx); err != nil {
			return err
		}
	}
	if err := s.chains.merge(s.on, r.cfg.Dir, s.at); err != nil {
		return err
	}
	r.addMany(250, 7)
	if _, err := s.BuildHeads(ctx); err != nil {
		return err
	}
	return nil
}

func TestAfterACrashAtAnyOperationTheLogGoesOnAndNothingSignedIsLost(t *testing.T) {
	for _, loses := range []bool{false, true} {
		step := 1
		if testing.Short() {
			step = 7
		}
		for n := 1; ; n += step {
			if survives(t, n, loses) {
				t.Logf("at most %d operations", n-1)
				break
			}
		}
	}
}

// survives reports whether the whole life passed before the crash.
func survives(t *testing.T, n int, loses bool) bool {
	t.Helper()
	r := newRig(t)
	d := &crashDisk{left: n, loses: loses}
	last := &LastFile{dir: r.cfg.Last.(*LastFile).dir, on: d}
	r.cfg.Last = last
	err := live(r, d)
	if err != nil && !errors.Is(err, errCrash) {
		t.Fatalf("operation %d: %v", n, err)
	}
	last.on = quickDisk{}
	before, err2 := last.Load(t.Context())
	if err2 != nil {
		t.Fatalf("operation %d: %v", n, err2)
	}
	r.addMany(2, 5)
	c := r.seal()
	if c.Root != rootByOther(t, r.leaves()) || c.Size != int64(len(r.leaves())) {
		t.Fatalf("operation %d: another root", n)
	}
	if before != nil {
		old, err := r.cfg.Keys.Open(before)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewLog(r.cfg.Dir).ProveConsistency(old.Checkpoint, c); err != nil {
			t.Fatalf("operation %d: %v", n, err)
		}
	}
	checkInclusion(t, r, c, r.leaves())
	r.heads()
	return err == nil
}
