// Package keys keeps the keys of records, apart from the events that are
// sealed under them. Destroying a key is how a record's content is destroyed
// in every copy of the ledger at once.
//
// Store is what a key store promises. Directory is the embedded one: a
// directory of its own, whose keys are wrapped by an epoch key that is renewed
// and destroyed, so that old copies of the directory open nothing. Memory is
// for tests. Book is what a store elsewhere, such as adapters/pgkeys, is made of.
//
// The package never decides that a key may be destroyed, never writes a secret
// unwrapped, never puts one into an error, and never makes a second key for a
// place whose key was destroyed. README.md of the package above describes the
// files byte by byte.
package keys

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"caseledger/eventstore/seal"
)

// Place is what a key is for: one stream and one record class.
type Place struct {
	Stream string // 1 to MaxNameChars of a-z A-Z 0-9 . _ -
	Class  string // the same characters; empty stands for the stream's kind, "record" of "record-7f3c"
}

// Destruction says when and on what ground a key was destroyed.
type Destruction struct {
	When        time.Time // to the microsecond
	Certificate string    // reference of the certificate: 1 to MaxCertificateChars of printable ASCII without space
}

// Entry is what may be known of a key.
type Entry struct {
	ID        string
	Check     Check
	Destroyed *Destruction // nil for a living key
}

// Check is a key check value: it shows that two copies of a key are the same
// without showing the key.
type Check [8]byte

// String returns 16 hexadecimal characters.
func (c Check) String() string { return hex.EncodeToString(c[:]) }

// CheckOf returns the first 8 bytes of HMAC-SHA-256(key, "caseledger/kcv/v1").
func CheckOf(k seal.Key) Check { return checkOf(&k.Secret) }

func checkOf(secret *[32]byte) Check {
	mac := hmac.New(sha256.New, secret[:])
	mac.Write([]byte("caseledger/kcv/v1"))
	return Check(mac.Sum(nil)[:len(Check{})])
}

// Store keeps keys. All methods may be called by many goroutines at once.
type Store interface {
	// ForOpening returns the key that a leaf names, without waiting for a disk
	// or a network: it is asked for every event that is read. *DestroyedError
	// for a key that was destroyed, ErrUnknown for one that the store never had:
	// the store is then older than the events, or not theirs.
	ForOpening(ctx context.Context, id string) (seal.Key, error)

	// ForSealing returns the place's key and makes it first if there is none.
	// A key is durable before it is returned: an event sealed under it can
	// never outlive it by accident. A place whose key was destroyed never gets
	// another: *DestroyedError.
	//
	// Before it appends to a stream that has events, the caller must have
	// opened them: that is what finds a store that is older than the events.
	ForSealing(ctx context.Context, p Place) (seal.Key, error)

	// Prepare makes the keys that the places have not, all durable at once, at
	// most MaxPlaces. It is ForSealing for imports.
	Prepare(ctx context.Context, places []Place) error

	// Destroy destroys the keys of the places, all or none, at most MaxPlaces.
	// The store's own files hold none of them when it returns. A key that was
	// destroyed before stays as it was recorded then. A place without a key is
	// ErrUnknown. The caller must have stopped appends to the streams.
	Destroy(ctx context.Context, places []Place, d Destruction) ([]Entry, error)

	// List returns all keys, living and destroyed, in the order of their making.
	List(ctx context.Context) ([]Entry, error)
}

// Limits of a key store.
const (
	MaxKeys             = 4_000_000 // living and destroyed
	MaxPlaces           = 100_000   // in one call
	MaxNameChars        = seal.MaxNameChars
	MaxCertificateChars = 63
)

// What goes wrong with a key store. In every case nothing has been written.
var (
	// ErrUnknown says that the store has no such key.
	ErrUnknown = errors.New("the key store does not have the key")
	// ErrRefused marks a bad name, certificate or number of places.
	ErrRefused = errors.New("refused")
	// ErrLocked says that another process has the store open.
	ErrLocked = errors.New("the key store is open in another process")
	// ErrMissing says that there is no key store where one should be.
	ErrMissing = errors.New("there is no key store")
	// ErrExists says that a new store would take the place of another.
	ErrExists = errors.New("there is a key store already, or what is left of one")
	// ErrNoEpoch says that the epoch key of the keys is gone. An old copy of
	// the key store ends here.
	ErrNoEpoch = errors.New("the epoch key that wraps these keys does not exist")
	// ErrUnwrap says that the passphrase, key file or KMS does not open the
	// epoch key.
	ErrUnwrap = errors.New("the epoch key does not open")
	// ErrCorrupt says that a file is not as it was written.
	ErrCorrupt = errors.New("the key store is damaged")
	// ErrExposed says that others than the owner can read the key store or the
	// file of a secret.
	ErrExposed = errors.New("it is open to others than its owner")
	// ErrConflict says that what is imported contradicts what is there.
	ErrConflict = errors.New("the imported keys contradict those of the key store")
	// ErrBroken says that a write went wrong before. Open the store again.
	ErrBroken = errors.New("the key store stopped after a write went wrong")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("the key store is closed")
	// ErrUnreachable says that the KMS, or the database of a key store, gave no
	// answer, or is not ready to: try again when it is back.
	ErrUnreachable = errors.New("the KMS cannot be reached")
	// ErrDenied says that the KMS, or the database, does not take these
	// credentials, or does not let them use the key.
	ErrDenied = errors.New("the KMS refuses the credentials")
)

// DestroyedError says that a key was destroyed. It matches seal.ErrErased.
type DestroyedError struct{ Entry }

func (e *DestroyedError) Error() string {
	return fmt.Sprintf("key %s (check value %s) was destroyed at %s, certificate %s",
		e.ID, e.Check, e.Destroyed.When.UTC().Format(time.RFC3339), e.Destroyed.Certificate)
}

// Is makes the error match seal.ErrErased.
func (e *DestroyedError) Is(target error) bool { return target == seal.ErrErased }

func (p Place) check() error {
	if !validName(p.Stream) || !validName(p.class()) {
		return fmt.Errorf("%w: stream and class are 1 to %d of a-z A-Z 0-9 . _ -", ErrRefused, MaxNameChars)
	}
	return nil
}

func (p Place) class() string {
	if p.Class != "" {
		return p.Class
	}
	kind, _, _ := strings.Cut(p.Stream, "-")
	return kind
}

// hash is how a place is named in the files, which then do not list the
// streams that exist.
func (p Place) hash() [32]byte {
	return sha256.Sum256([]byte("caseledger/place/v1\n" + p.Stream + "\n" + p.class() + "\n"))
}

// CheckPlaces returns ErrRefused for bad names, or for more than MaxPlaces.
func CheckPlaces(places []Place) error {
	if len(places) > MaxPlaces {
		return fmt.Errorf("%w: %d places, allowed are %d", ErrRefused, len(places), MaxPlaces)
	}
	for _, p := range places {
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

func (d Destruction) check() error {
	if len(d.Certificate) < 1 || len(d.Certificate) > MaxCertificateChars || strings.ContainsFunc(d.Certificate, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("%w: a certificate's reference is 1 to %d of printable ASCII without space", ErrRefused, MaxCertificateChars)
	}
	if year := d.When.UTC().Year(); year < 1970 || year > 9999 {
		return fmt.Errorf("%w: a destruction without its time", ErrRefused)
	}
	return nil
}

func validName(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxNameChars
}
