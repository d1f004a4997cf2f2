package journal

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrLocked is wrapped by Open when the directory is in use.
var ErrLocked = errors.New("another process uses this directory")

// ErrClosed is given for everything asked of a store after Close.
var ErrClosed = errors.New("journal: closed")

// CorruptError says where the bytes on disk are not what was once written, or
// are missing. The journal repairs nothing: restore the file from a copy.
type CorruptError struct {
	File   string
	Offset int64 // bytes from the beginning of File
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("journal: %s is damaged at byte %d: %s", e.File, e.Offset, e.Reason)
}

// NewerError says that a journal was written by a newer program, and in a
// format that this one cannot read. Nothing is wrong with it.
type NewerError struct {
	File    string
	Version uint32 // of the format
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("journal: %s has version %d of the format, this program reads up to %d: use a newer program", e.File, e.Version, formatVersion)
}

// broken is the answer to every append after a write or sync went wrong.
func broken(cause error) error {
	if errors.Is(cause, syscall.ENOSPC) {
		return fmt.Errorf("journal: the disk is full, nothing is appended until there is room and the journal is opened again: %w", cause)
	}
	return fmt.Errorf("journal: nothing is appended until the journal is opened again, because a write went wrong: %w", cause)
}
