package witness

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Kinds of key that a witness can sign with.
const (
	Ed25519 = "ed25519"
	MLDSA44 = "ml-dsa-44"
)

const (
	keyTitle    = "caseledger/witness-key/v1"
	maxKeyBytes = 16 << 10
)

// WriteKey makes the key of a new witness, in a file that only its owner can
// read, and returns the public key for policies. It never replaces a file.
func WriteKey(path, name, kind string) (vkey string, err error) {
	var skey string
	switch kind {
	case Ed25519:
		if skey, vkey, err = note.GenerateKey(rand.Reader, name); err == nil {
			vkey, err = cosig.VKeyToCosignatureV1(vkey)
		}
	case MLDSA44:
		skey, vkey, err = cosig.GenerateMLDSAKey(name)
	default:
		err = fmt.Errorf("the kinds are %s and %s: %w", Ed25519, MLDSA44, ErrKey)
	}
	if err != nil {
		return "", fmt.Errorf("witness: key: %w", err)
	}
	if _, err := ParseKey(vkey); err != nil {
		return "", fmt.Errorf("witness: name: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("witness: key: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s\n%s\n%s\n", keyTitle, skey, vkey)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("witness: key: %w", err)
	}
	return vkey, nil
}

// ReadKey reads a file that WriteKey made. It refuses one that others than its
// owner may read or write. Its errors show nothing of it.
func ReadKey(path string) (note.Signer, string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", fmt.Errorf("witness: key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("witness: key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, "", fmt.Errorf("witness: key: %s has mode %v, not 0600", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyBytes))
	if err != nil {
		return nil, "", fmt.Errorf("witness: key: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 4 || lines[0] != keyTitle || lines[3] != "" {
		return nil, "", fmt.Errorf("witness: key: %s: %w", path, ErrKey)
	}
	signer, err := cosig.NewSignerForCosignatureV1(lines[1])
	if err != nil {
		return nil, "", fmt.Errorf("witness: key: %s: %w", path, ErrKey) // the cause may quote the key
	}
	v, err := ParseKey(lines[2])
	if err != nil || v.KeyHash() != signer.KeyHash() || v.Name() != signer.Name() {
		return nil, "", fmt.Errorf("witness: key: %s: its parts do not belong together: %w", path, ErrKey)
	}
	return signer, lines[2], nil
}
