package storebench

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

func syncData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

func allocate(f *os.File, offset, bytes int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, offset, bytes)
		if errors.Is(err, errors.ErrUnsupported) {
			return nil // then every write extends the file
		}
		if err != syscall.EINTR {
			return os.NewSyscallError("fallocate", err)
		}
	}
}

// Written returns how many bytes the process has given to the system to write,
// and whether the system says so.
func Written() (int64, bool) {
	f, err := os.Open("/proc/self/io")
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "wchar: "); ok {
			var n int64
			_, err := fmt.Sscan(text, &n)
			return n, err == nil
		}
	}
	return 0, false
}
