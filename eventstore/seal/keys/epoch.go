package keys

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	epochTitle    = "caseledger/epoch/v1"
	epochKeyBytes = 32

	maxEpochFileBytes = 64 << 10
)

// Epoch is what may be known of the epoch in which a key store is.
type Epoch struct {
	Number  uint64
	Begun   time.Time // when the epoch's file was written, as the file system has it
	KMS     string    // its name
	Wrapped []byte    // the number and the epoch key, as the KMS gave them back
	Check   Check     // of the epoch key
}

// Epoch returns the epoch in which the store is.
func (s *Directory) Epoch() (Epoch, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.stopped(); err != nil {
		return Epoch{}, err
	}
	path := s.dirs.epochFile(s.epoch)
	text, err := s.disk.Read(path)
	if err != nil {
		return Epoch{}, fmt.Errorf("keys: %w", err)
	}
	begun, err := s.disk.Written(path)
	if err != nil {
		return Epoch{}, fmt.Errorf("keys: %w", err)
	}
	kms, wrapped, ok := parseEpoch(s.epoch, text)
	if !ok {
		return Epoch{}, fmt.Errorf("keys: %w: epoch file %d", ErrCorrupt, s.epoch)
	}
	return Epoch{s.epoch, begun, kms, wrapped, checkOf((*[epochKeyBytes]byte)(s.epochKey))}, nil
}

// newEpoch makes an epoch key, and the text of its file, in which the number
// of the epoch is wrapped with the key. It opens the text again: keys wrapped
// under an epoch key that does not open are lost.
func newEpoch(ctx context.Context, k KMS, epoch uint64) (key, text []byte, err error) {
	plain := make([]byte, 8+epochKeyBytes)
	binary.LittleEndian.PutUint64(plain, epoch)
	rand.Read(plain[8:])
	wrapped, err := k.Wrap(ctx, plain)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: wrap with %s: %w", k.Name(), err)
	}
	text = epochText(epoch, k.Name(), wrapped)
	again, err := openEpoch(ctx, k, epoch, text)
	if err == nil && !bytes.Equal(again, plain[8:]) {
		err = fmt.Errorf("%w: the KMS gives back another key", ErrUnwrap)
	}
	return plain[8:], text, err
}

func epochText(epoch uint64, kms string, wrapped []byte) []byte {
	return fmt.Appendf(nil, "%s\nepoch %d\nwrapped-by %s\nkey %s\n", epochTitle, epoch, kms, base64.RawURLEncoding.EncodeToString(wrapped))
}

// openEpoch returns the epoch key of a file.
func openEpoch(ctx context.Context, k KMS, epoch uint64, text []byte) ([]byte, error) {
	kms, wrapped, ok := parseEpoch(epoch, text)
	if !ok {
		return nil, fmt.Errorf("%w: epoch file %d", ErrCorrupt, epoch)
	}
	if kms != k.Name() {
		return nil, fmt.Errorf("%w: it was wrapped by %q, not by %q", ErrUnwrap, kms, k.Name())
	}
	plain, err := k.Unwrap(ctx, wrapped)
	if err != nil {
		return nil, fmt.Errorf("%w with %s: %w", ErrUnwrap, kms, err)
	}
	if len(plain) != 8+epochKeyBytes || binary.LittleEndian.Uint64(plain) != epoch {
		return nil, fmt.Errorf("%w: epoch file %d holds another epoch's key", ErrCorrupt, epoch)
	}
	return plain[8:], nil
}

// parseEpoch accepts exactly what epochText writes.
func parseEpoch(epoch uint64, text []byte) (kms string, wrapped []byte, ok bool) {
	lines := strings.Split(string(text[:min(len(text), maxEpochFileBytes)]), "\n")
	if len(lines) != 5 {
		return "", nil, false
	}
	kms = strings.TrimPrefix(lines[2], "wrapped-by ")
	wrapped, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimPrefix(lines[3], "key "))
	return kms, wrapped, err == nil && bytes.Equal(epochText(epoch, kms, wrapped), text)
}

// number returns the n of a file named prefix and n.
func number(name, prefix string) (uint64, bool) {
	digits, ok := strings.CutPrefix(name, prefix)
	n, err := strconv.ParseUint(digits, 10, 63)
	return n, ok && err == nil && n > 0 && strconv.FormatUint(n, 10) == digits
}
