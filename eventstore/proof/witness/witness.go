package witness

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// What Add refuses, beside ErrMalformed and *ConflictError. Test with errors.Is.
var (
	ErrUnknownLog = errors.New("no such log is witnessed here")
	ErrUntrusted  = errors.New("no signature of a key trusted for this log")
	ErrProof      = errors.New("the proof does not lead from the last cosigned tree to this one")
)

// ConflictError says that the witness stands elsewhere than the caller thought:
// at Size. When Size is that of the checkpoint sent, the root was another: the
// log has forked.
type ConflictError struct{ Size int64 }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the last cosigned tree has size %d", e.Size)
}

// Log is a log that is witnessed: its origin, and the keys of which one has to
// have signed.
type Log struct {
	Origin string
	Keys   []note.Verifier
}

// Witness remembers and cosigns. It may be used by several goroutines.
type Witness struct {
	logs    map[string]*memory
	signers []note.Signer
	lock    *os.File
}

// Open takes up the memory in dir. Every log must have been enrolled there:
// a witness whose memory of a log is gone does not start. The signers make
// cosignatures: see NewSignerForCosignatureV1 of transparency-dev/formats.
func Open(dir string, logs []Log, signers []note.Signer) (*Witness, error) {
	if len(signers) == 0 {
		return nil, fmt.Errorf("witness: no key to cosign with: %w", ErrKey)
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	w := &Witness{make(map[string]*memory, len(logs)), signers, held}
	for _, l := range logs {
		m, err := openMemory(dir, l)
		if err != nil {
			held.Close()
			return nil, err
		}
		w.logs[l.Origin] = m
	}
	return w, nil
}

// Close lets another process be the witness.
func (w *Witness) Close() error { return w.lock.Close() }

// Add checks a request and returns the lines of the cosignatures. The order of
// the checks is that of tlog-witness; when it returns lines, the checkpoint is
// on disk.
func (w *Witness) Add(r Request) ([]byte, error) {
	next, _, err := parseSigned(r.Note)
	if err != nil {
		return nil, err
	}
	m := w.logs[next.Origin]
	if m == nil {
		return nil, ErrUnknownLog
	}
	n, err := note.Open(r.Note, note.VerifierList(m.log.Keys...))
	if err != nil {
		return nil, openError(err)
	}
	if r.Old > next.Size {
		return nil, fmt.Errorf("old size above the new one: %w", ErrMalformed)
	}
	if err := m.advance(r, next); err != nil {
		return nil, err
	}
	return w.cosign(n.Text)
}

// openError tells a note that nobody trusted has signed from a text that is no note.
func openError(err error) error {
	var unsigned *note.UnverifiedNoteError
	var forged *note.InvalidSignatureError
	if errors.As(err, &unsigned) || errors.As(err, &forged) {
		return ErrUntrusted
	}
	return fmt.Errorf("note: %w", ErrMalformed)
}

// advance compares and swaps: the state moves from r.Old to next, or stays.
func (m *memory) advance(r Request, next Checkpoint) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if r.Old != m.last.Size {
		return &ConflictError{m.last.Size}
	}
	if err := m.continues(r.Proof, next); err != nil {
		return err
	}
	if next.Size == m.last.Size {
		return nil
	}
	if err := writeState(m.path, r.Note); err != nil {
		m.broken = fmt.Errorf("log %s: nothing is cosigned until the witness is opened again: %w", m.log.Origin, err)
		return m.broken
	}
	m.last = next
	return nil
}

// continues says whether next's tree begins with the last cosigned one.
func (m *memory) continues(proof tlog.TreeProof, next Checkpoint) error {
	switch {
	case next.Size == m.last.Size && next.Root != m.last.Root:
		return &ConflictError{m.last.Size}
	case next.Size == m.last.Size || m.last.Size == 0:
		if len(proof) != 0 {
			return ErrProof
		}
		return nil
	}
	if tlog.CheckTree(proof, next.Size, next.Root, m.last.Size, m.last.Root) != nil {
		return ErrProof
	}
	return nil
}

// cosign returns the signature lines alone.
func (w *Witness) cosign(text string) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: text}, w.signers...)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	return signed[len(text)+1:], nil
}
