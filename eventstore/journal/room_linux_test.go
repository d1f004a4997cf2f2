package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rooms are the ways to have room ahead of what is written.
var rooms = []struct {
	name  string
	ahead int64
	make  func(f *os.File, at, bytes int64) error
}{
	{"extended", 0, nil},
	{"hole", allocatedBytes, func(f *os.File, at, bytes int64) error { return f.Truncate(at + bytes) }},
	{"allocated", allocatedBytes, func(f *os.File, at, bytes int64) error { return diskFile{f}.Allocate(at, bytes) }},
	{"zeroRange", allocatedBytes, func(f *os.File, at, bytes int64) error {
		return unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_ZERO_RANGE, at, bytes)
	}},
	{"zeros", zeroedBytes, func(f *os.File, at, bytes int64) error {
		_, err := f.WriteAt(make([]byte, bytes), at)
		return err
	}},
}

// BenchmarkRoom says what one write and sync takes in the mean, the making of the
// room with it, for every way to have room ahead; in turns.
func BenchmarkRoom(b *testing.B) {
	for _, size := range []int{1 << 10, 6 << 10, 32 << 10, 128 << 10, 512 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) { roomFor(b, size) })
	}
}

func roomFor(b *testing.B, size int) {
	const syncs = 100 // in a turn
	files, at, made := make([]*os.File, len(rooms)), make([]int64, len(rooms)), make([]int64, len(rooms))
	for i, r := range rooms {
		f, err := os.Create(filepath.Join(b.TempDir(), r.name))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		files[i] = f
	}
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i*i>>3) | 1
	}
	took := make([]time.Duration, len(rooms))
	for b.Loop() {
		for i, r := range rooms {
			began := time.Now()
			for range syncs {
				if end := at[i] + int64(size); r.make != nil && end > made[i] {
					made[i] = end + r.ahead
					if err := r.make(files[i], at[i], made[i]-at[i]); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := files[i].WriteAt(content, at[i]); err != nil {
					b.Fatal(err)
				}
				if err := (diskFile{files[i]}).Sync(); err != nil {
					b.Fatal(err)
				}
				at[i] += int64(size)
			}
			took[i] += time.Since(began)
		}
	}
	for i, r := range rooms {
		b.ReportMetric(float64(took[i].Microseconds())/float64(syncs*b.N), "µs-"+r.name)
	}
}
