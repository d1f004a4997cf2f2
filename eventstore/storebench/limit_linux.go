package storebench

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
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

// clockTicks is what the kernel counts processor time in: USER_HZ, everywhere 100.
const clockTicks = 100

// Used returns the processor time that a process has used and the bytes of memory
// that it holds, and whether the system says so.
func Used(pid int) (cpu time.Duration, resident int64, known bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name before may hold blanks
	fields := strings.Fields(after)
	if len(fields) < 22 {
		return 0, 0, false
	}
	var user, system, pages int64
	_, err = fmt.Sscan(fields[11]+" "+fields[12]+" "+fields[21], &user, &system, &pages)
	return time.Duration(user+system) * (time.Second / clockTicks), pages * int64(os.Getpagesize()), err == nil
}
