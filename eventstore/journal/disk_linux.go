package journal

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// diskFile is a file whose Sync leaves out the times that nobody needs.
type diskFile struct{ *os.File }

// Sync also reports a file that no longer has a name: what is in it would be
// gone with the process. It asks for the number of names and nothing else: since
// Linux 6.13 whoever asks for a file's times makes the next write note a finer
// one, and the sync after it a fifth slower.
func (f diskFile) Sync() error {
	if err := f.sync(); err != nil {
		return os.NewSyscallError("fdatasync", err)
	}
	var st unix.Statx_t
	if err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_NLINK, &st); err != nil {
		return os.NewSyscallError("statx", err)
	}
	if st.Nlink == 0 {
		return fmt.Errorf("%s was removed while it was in use", f.Name())
	}
	return nil
}

func (f diskFile) sync() error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return err
		}
	}
}

// Allocate reserves blocks without writing them: they read as zeros until
// they are written, after a power cut as well.
func (f diskFile) Allocate(offset, bytes int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, offset, bytes)
		switch {
		case err == nil, errors.Is(err, errors.ErrUnsupported):
			return nil
		case err != syscall.EINTR:
			return os.NewSyscallError("fallocate", err)
		}
	}
}

// startWriting is SYNC_FILE_RANGE_WRITE. It waits for nothing, and takes no error of
// the disk that Sync has to report.
const startWriting = 2

// Start leaves out the last page unless it is full: it would be written twice.
func (f diskFile) Start(offset, bytes int64) error {
	end := (offset + bytes) &^ (systemPage - 1)
	if end <= offset {
		return nil
	}
	err := syscall.SyncFileRange(int(f.Fd()), offset, end-offset, startWriting)
	if err == nil || err == syscall.EINTR || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return os.NewSyscallError("sync_file_range", err)
}

func openDisk(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}
