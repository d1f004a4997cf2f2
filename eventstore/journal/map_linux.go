package journal

import (
	"os"
	"strconv"
	"syscall"
)

// mapFile maps a file for reading, with room for it to grow to so many bytes. It
// returns nil where that is not possible, or would take what little room for
// addresses there is.
func mapFile(f *os.File, bytes int64) []byte {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || strconv.IntSize < 64 {
		return nil
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(max(bytes, info.Size())), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil
	}
	return b
}

func unmapFile(b []byte) {
	if b != nil {
		syscall.Munmap(b) // fails for what was not mapped
	}
}
