// Package backup keeps copies of a ledger in a repository: encrypted, each byte
// once, while the ledger is being written to. A backup is the ledger as a signed
// checkpoint has it, and is made of the same objects whenever it is made.
//
// The package takes no lock of a ledger and changes nothing in one. It never
// copies what opens the keys of the records (the epochs and their secret) nor
// what signs the log, and overwrites nothing when it restores. README.md
// describes the repository.
package backup

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore/proof"
)

const (
	title = "caseledger/backup/v1"

	// pieceBytes is the size of all objects of a file but its last one. It is
	// what a copy keeps in memory.
	pieceBytes = 4 << 20

	// maxFileBytes bounds what is kept beside the segments: heads, time-stamps,
	// keys.
	maxFileBytes = 1 << 30
	// maxManifestBytes bounds a manifest. That of 10 TB of segments has less.
	maxManifestBytes = 256 << 20
)

// What a repository's owner acts on.
var (
	// ErrOther is wrapped when a repository holds the copies of another ledger.
	ErrOther = errors.New("the repository belongs to another ledger")
	// ErrKey is wrapped when the key does not open the repository.
	ErrKey = errors.New("the key is not the one of this repository, or its first file is damaged")
	// ErrNone is wrapped when there is no repository, or no such backup in it.
	ErrNone = errors.New("there is none")
	// ErrThere is wrapped when something would be overwritten.
	ErrThere = errors.New("it is there already, and nothing is overwritten")
	// ErrOlder is wrapped when a ledger is behind its own backups, or contradicts them.
	ErrOlder = errors.New("the ledger is not the one that was backed up, or an older copy of it")
)

// CorruptError names a file of a repository that is not as it was written.
type CorruptError struct {
	File   string
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("backup: %s is damaged: %s", e.File, e.Reason)
}

// Manifest is one backup: the files of a data directory, and the checkpoint
// that they stand for.
type Manifest struct {
	Format     string `json:"format"`
	Ledger     string `json:"ledger"`
	Journal    string `json:"journal"` // the same for all segments of one journal
	Checkpoint string `json:"checkpoint"`
	Files      []File `json:"files"`
}

// File is one file of the data directory.
type File struct {
	Path    string   `json:"path"` // below the data directory
	Bytes   int64    `json:"bytes"`
	Digest  string   `json:"digest,omitempty"` // of a sealed segment, as its footer has it
	Objects []string `json:"objects"`          // in order
}

// Backup is a manifest under its name.
type Backup struct {
	ID       string
	Size     int64     // entries under the checkpoint
	Made     time.Time // by the file of the manifest: a copy of it may be younger
	Manifest Manifest
}

// Bytes is the size of what the backup restores.
func (b Backup) Bytes() (n int64) {
	for _, f := range b.Manifest.Files {
		n += f.Bytes
	}
	return n
}

// Keys reports whether the wrapped keys of the records are in the backup.
func (b Backup) Keys() bool {
	for _, f := range b.Manifest.Files {
		if strings.HasPrefix(f.Path, keysDir+"/") {
			return true
		}
	}
	return false
}

// checkpoint reads the manifest's. Its signatures are left to whoever has the
// log's public keys.
func (m Manifest) checkpoint() (proof.Checkpoint, error) {
	return proof.ReadCheckpoint([]byte(m.Checkpoint))
}

func (m Manifest) encode() ([]byte, error) { return json.Marshal(m, json.Deterministic(true)) }

// decodeManifest reads what encode writes, and nothing that would be restored
// outside of where it belongs.
func decodeManifest(text []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m, json.RejectUnknownMembers(true)); err != nil {
		return m, err
	}
	if m.Format != title {
		return m, fmt.Errorf("its format is %q", m.Format)
	}
	for _, f := range m.Files {
		if !restorable(f.Path) {
			return m, errors.New("it names a file that no backup holds")
		}
		if want := (f.Bytes + pieceBytes - 1) / pieceBytes; int64(len(f.Objects)) != want {
			return m, fmt.Errorf("%s has %d objects, and its size asks for %d", f.Path, len(f.Objects), want)
		}
		for _, name := range f.Objects {
			if !validName(name) {
				return m, fmt.Errorf("%s has an object with no name", f.Path)
			}
		}
	}
	return m, nil
}

// reuse finds the sealed segment of an earlier backup.
func (m Manifest) reuse(path, digest string, size int64) (File, bool) {
	for _, f := range m.Files {
		if f.Path == path && f.Digest == digest && f.Bytes == size && digest != "" {
			return f, true
		}
	}
	return File{}, false
}
