//go:build !linux

package storebench

import (
	"os"
	"time"
)

func syncData(f *os.File) error { return f.Sync() }

// allocate leaves it to every write to extend the file.
func allocate(_ *os.File, _, _ int64) error { return nil }

// Written returns how many bytes the process has given to the system to write,
// and whether the system says so.
func Written() (int64, bool) { return 0, false }

// Used returns the processor time that a process has used and the bytes of memory
// that it holds, and whether the system says so.
func Used(int) (cpu time.Duration, resident int64, known bool) { return 0, 0, false }
