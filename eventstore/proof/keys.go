package proof

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"filippo.io/mldsa"
	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

const (
	algEd25519 = 0x01 // C2SP signed-note
	algMLDSA44 = 0x06 // C2SP tlog-cosignature

	keyHashBytes        = 4
	timeBytes           = 8
	mldsaBytes          = 2420
	timedSignatureBytes = keyHashBytes + timeBytes + mldsaBytes

	skeyParts       = 5 // PRIVATE+KEY+<name>+<hash>+<key>
	maxKeyFileBytes = 4096
	keyFileTitle    = "caseledger/log-key/v1"
)

// Signer is the private half of a log: an Ed25519 and an ML-DSA-44 key, both
// under the origin's name. Printing it shows the name alone.
type Signer struct {
	origin  string
	classic note.Signer
	quantum *cosign.SubtreeSigner
	public  []string
}

// Format implements fmt.Formatter for every verb, so that no log or error
// shows a key.
func (s *Signer) Format(f fmt.State, _ rune) { fmt.Fprint(f, "signer of "+s.origin) }

// MarshalText gives the name, for the same reason.
func (s *Signer) MarshalText() ([]byte, error) { return []byte("signer of " + s.origin), nil }

// GenerateKeys makes the keys of a log from the system's randomness and
// returns them as the text that ParseSigner reads. The text is secret.
func GenerateKeys(origin string) ([]byte, error) {
	if !ValidOrigin(origin) {
		return nil, fmt.Errorf("proof: an origin is 1 to %d characters of a-z A-Z 0-9 . _ - /", MaxOriginChars)
	}
	classic, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, fmt.Errorf("proof: key: %w", err)
	}
	quantum, _, err := cosign.GenerateMLDSAKey(origin)
	if err != nil {
		return nil, fmt.Errorf("proof: key: %w", err)
	}
	return []byte(keyFileTitle + "\n" + classic + "\n" + quantum + "\n"), nil
}

// ParseSigner reads the text that GenerateKeys writes. Its errors show nothing
// of it.
func ParseSigner(text []byte) (*Signer, error) {
	lines := strings.Split(string(text), "\n")
	if len(text) > maxKeyFileBytes || len(lines) != 4 || lines[0] != keyFileTitle || lines[3] != "" {
		return nil, fmt.Errorf("proof: key file: %w", ErrFormat)
	}
	classic, err1 := note.NewSigner(lines[1])
	quantum, err2 := cosign.NewMLDSASigner(lines[2])
	if err1 != nil || err2 != nil || classic.Name() != quantum.Name() || !ValidOrigin(classic.Name()) {
		return nil, fmt.Errorf("proof: key file: %w", ErrFormat)
	}
	public, err := publicKeys(classic, quantum, lines[1:3])
	if err != nil {
		return nil, fmt.Errorf("proof: key file: %w", ErrFormat)
	}
	return &Signer{origin: classic.Name(), classic: classic, quantum: quantum, public: public}, nil
}

// publicKeys computes the public keys from the private ones.
func publicKeys(classic note.Signer, quantum *cosign.SubtreeSigner, private []string) ([]string, error) {
	var seeds [2][]byte
	for i, text := range private {
		parts := strings.SplitN(text, "+", skeyParts) // base64 has plus signs of its own
		raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
		if err != nil || len(raw) != 1+ed25519.SeedSize {
			return nil, ErrFormat
		}
		seeds[i] = raw[1:]
	}
	first := ed25519.NewKeyFromSeed(seeds[0]).Public().(ed25519.PublicKey)
	second, err := mldsa.NewPrivateKey(mldsa.MLDSA44(), seeds[1])
	if err != nil {
		return nil, err
	}
	keys := []string{
		keyID(classic) + "+" + base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, first...)),
		keyID(quantum) + "+" + base64.StdEncoding.EncodeToString(append([]byte{algMLDSA44}, second.PublicKey().Bytes()...)),
	}
	if !strings.HasPrefix(private[1], "PRIVATE+KEY+"+keyID(quantum)+"+") {
		return nil, ErrFormat
	}
	return keys, nil
}

// ReadSigner reads a key file. It refuses one that others than its owner may
// read or write.
func ReadSigner(path string) (*Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("proof: key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("proof: key file %s: others than its owner may use it (mode %o, wanted 600)", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("proof: key file: %w", err)
	}
	return ParseSigner(text)
}

// WriteKeys makes a key file with new keys. It never replaces a file.
func WriteKeys(path, origin string) (*Signer, error) {
	text, err := GenerateKeys(origin)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o600))
	if err != nil {
		return nil, fmt.Errorf("proof: key file: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("proof: key file: %w", err)
	}
	return ParseSigner(text)
}

// Origin returns the name of the log that the keys are for.
func (s *Signer) Origin() string { return s.origin }

// VerifierKeys returns the public keys as texts (vkey of C2SP signed-note).
func (s *Signer) VerifierKeys() []string { return append([]string(nil), s.public...) }

// Sign signs the checkpoint with both keys. at is written into the ML-DSA
// signature in whole seconds.
func (s *Signer) Sign(c Checkpoint, at time.Time) ([]byte, error) {
	if c.Origin != s.origin {
		return nil, fmt.Errorf("proof: the key of %s does not sign for another log", s.origin)
	}
	signed, err := note.Sign(&note.Note{Text: string(c.Text())}, s.classic, timed{s.quantum, c, at})
	if err != nil {
		return nil, fmt.Errorf("proof: checkpoint of %d: %w", c.Size, err)
	}
	return signed, nil
}

// timed signs one checkpoint at one time.
type timed struct {
	*cosign.SubtreeSigner
	checkpoint Checkpoint
	at         time.Time
}

func (t timed) Sign([]byte) ([]byte, error) {
	c := t.checkpoint
	return t.SignSubtree(uint64(max(0, t.at.Unix())), c.Origin, 0, uint64(c.Size), c.Root[:])
}

// ParseVerifier reads a public key: Ed25519 or ML-DSA-44.
func ParseVerifier(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) == 0 || len(name) > MaxOriginChars || strings.ContainsAny(vkey, "\r\n") {
		return nil, fmt.Errorf("proof: public key: %w", ErrFormat)
	}
	var v note.Verifier
	switch raw[0] {
	case algEd25519:
		v, err = note.NewVerifier(vkey)
	case algMLDSA44:
		v, err = cosign.NewMLDSAVerifier(vkey)
	default:
		return nil, fmt.Errorf("proof: public key: %w: signature type %d", ErrFormat, raw[0])
	}
	if err != nil || keyID(v) != name+"+"+hash {
		return nil, fmt.Errorf("proof: public key: %w", ErrFormat)
	}
	return v, nil
}

// keyID is the short name of a key: its name and the hash over name and key.
func keyID(v interface {
	Name() string
	KeyHash() uint32
}) string {
	return fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())
}
