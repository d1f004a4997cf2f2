package journal

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// diskFile is a file whose Sync leaves out the times that nobody needs.
type diskFile struct{ *os.File }

// Sync also reports a file that no longer has a name: what is in it would be
// gone with the process.
func (f diskFile) Sync() error {
	if err := f.sync(); err != nil {
		return os.NewSyscallError("fdatasync", err)
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(int(f.Fd()), &st); err != nil {
		return os.NewSyscallError("fstat", err)
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

func openDisk(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}
