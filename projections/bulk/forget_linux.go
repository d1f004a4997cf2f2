package bulk

import (
	"os"

	"golang.org/x/sys/unix"
)

// forget has the system keep nothing of a file in memory that is on the disk. It is
// advice: where it is not taken, nothing is lost but memory.
func forget(file *os.File) {
	_ = unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED)
}
