package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/transparency-dev/formats/log"

	"caseledger/eventstore/durable"
)

var (
	// ErrState says that what a witness remembers is missing or spoiled. A
	// witness that began anew would cosign a fork of what it cosigned before.
	ErrState = errors.New("the witness's memory of a log is missing or spoiled")
	// ErrLocked says that another process is the witness of this directory.
	ErrLocked = errors.New("another process uses this directory")
)

// stateHead is the first line of a state file; the README gives the rest.
const stateHead = "caseledger/witness/v1\n"

// memory is what the witness knows of one log: the last checkpoint it cosigned.
type memory struct {
	log  Log
	path string

	mu     sync.Mutex // held from the comparison until the new state is on disk
	last   Checkpoint
	broken error // the disk may hold either state: nothing is cosigned any more
}

// Enrol makes the memory of a log that dir's witness never saw. It refuses a
// log that is enrolled already: forgetting is not a thing that a witness does.
func Enrol(dir, origin string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	root := emptyRoot()
	text := log.Checkpoint{Origin: origin, Hash: root[:]}.Marshal()
	if _, err := parseCheckpoint(text); err != nil {
		return fmt.Errorf("witness: origin: %w", err)
	}
	path := statePath(dir, origin)
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("witness: %s is enrolled already: %w", path, os.ErrExist)
	}
	return writeState(path, text)
}

func statePath(dir, origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(dir, hex.EncodeToString(sum[:16])+".log")
}

func openMemory(dir string, l Log) (*memory, error) {
	m := &memory{log: l, path: statePath(dir, l.Origin)}
	b, err := os.ReadFile(m.path)
	if err != nil {
		return nil, fmt.Errorf("witness: log %s: %w: %w", l.Origin, ErrState, err)
	}
	if m.last, err = parseState(b); err != nil || m.last.Origin != l.Origin {
		return nil, fmt.Errorf("witness: log %s: %s: %w", l.Origin, m.path, ErrState)
	}
	return m, nil
}

func parseState(b []byte) (Checkpoint, error) {
	rest, ok := bytes.CutPrefix(b, []byte(stateHead))
	line, text, more := bytes.Cut(rest, []byte("\n"))
	if !ok || !more || string(line) != sumLine(text) {
		return Checkpoint{}, ErrState
	}
	if at := bytes.LastIndex(text, []byte("\n\n")); at >= 0 {
		text = text[:at+1]
	}
	return parseCheckpoint(text)
}

func sumLine(text []byte) string { return fmt.Sprintf("sha256 %x", sha256.Sum256(text)) }

// writeState puts a state in the place of the last one: at any moment the file
// holds one of the two, whole, and on return the new one, durably.
func writeState(path string, text []byte) error {
	if err := durable.Replace(path, fmt.Appendf(nil, "%s%s\n%s", stateHead, sumLine(text), text)); err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	return nil
}

// lock keeps a second process out. It ends with the process, however that ends.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "LOCK"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("witness: %s: %w", dir, ErrLocked)
	}
	return f, nil
}
