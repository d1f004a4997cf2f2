package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore"
)

// Limits on a file of tokens.
const (
	maxTokenFileBytes = 1 << 20
	MaxCallers        = 10_000
)

// Caller is who asks.
type Caller struct {
	// ID holds no "/", which stands between it and the key of a request.
	ID     string   `json:"id" validate:"required,max=80,printascii,excludes=/"`
	Role   string   `json:"role" validate:"required,oneof=social-worker manager records-officer auditor analyst"`
	Agency string   `json:"agency" validate:"required,max=100,printascii"`
	Teams  []string `json:"teams,omitempty" validate:"max=100,dive,required,max=100,printascii"`
}

// Shown is what a request shows of who makes it. One of the two is there.
type Shown struct {
	// Token is that of the header Authorization, "" for none.
	Token string
	// Certificate is that of the connection's client, of an authority that the
	// server trusts; nil for none.
	Certificate *x509.Certificate
}

// Callers tells who makes a request.
type Callers interface {
	// Caller returns who shows this, as Validate has it. The error matches
	// ErrNobody when it is good for nobody; any other says that it cannot be
	// found out now. No error says what was shown.
	Caller(context.Context, Shown) (Caller, error)
}

// ErrNobody says that what a request shows makes nobody known.
var ErrNobody = errors.New("not known")

// Validate reports what a caller breaks of the rules that stand with its fields.
func (c Caller) Validate() error { return eventstore.Validate(c) }

// Tokens are local tokens: for one machine only, because whoever has a copy of
// one is that caller. A file of them holds the digests, not the tokens.
type Tokens struct {
	list []bearer
	by   map[[sha256.Size]byte]Caller
}

type bearer struct {
	Caller
	Digest string `json:"sha256" validate:"required,len=64,hexadecimal"` // of the token
}

// ReadTokens reads a file of tokens; one that is not there holds none.
func ReadTokens(path string) (*Tokens, error) {
	t := &Tokens{by: make(map[[sha256.Size]byte]Caller)}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, errors.Join(fmt.Errorf("tokens: %s must have mode 0600", path), err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxTokenFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	if err := json.Unmarshal(text, &t.list, json.RejectUnknownMembers(true)); err != nil || len(t.list) > MaxCallers {
		return nil, fmt.Errorf("tokens: %s is not a list of at most %d callers", path, MaxCallers)
	}
	for i, b := range t.list {
		if err := t.index(b); err != nil {
			return nil, fmt.Errorf("tokens: %s: caller %d: %w", path, i+1, err)
		}
	}
	return t, nil
}

func (t *Tokens) index(b bearer) error {
	if err := eventstore.Validate(b); err != nil {
		return err
	}
	var digest [sha256.Size]byte
	if _, err := hex.Decode(digest[:], []byte(b.Digest)); err != nil {
		return errors.New("the digest is not hexadecimal")
	}
	if _, twice := t.by[digest]; twice {
		return errors.New("the token stands twice")
	}
	t.by[digest] = b.Caller
	return nil
}

// Add makes a token for a caller and returns it. It is not kept.
func (t *Tokens) Add(c Caller) (string, error) {
	if len(t.list) == MaxCallers {
		return "", fmt.Errorf("tokens: more than %d callers", MaxCallers)
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails: see crypto/rand
	token := base64.RawURLEncoding.EncodeToString(secret)
	digest := sha256.Sum256([]byte(token))
	b := bearer{c, hex.EncodeToString(digest[:])}
	if err := t.index(b); err != nil {
		return "", fmt.Errorf("tokens: %w", err)
	}
	t.list = append(t.list, b)
	return token, nil
}

// Remove takes the tokens of a caller out, and returns how many there were.
func (t *Tokens) Remove(id string) int {
	before := len(t.list)
	t.list = slices.DeleteFunc(t.list, func(b bearer) bool { return b.Caller.ID == id })
	maps.DeleteFunc(t.by, func(_ [sha256.Size]byte, c Caller) bool { return c.ID == id })
	return before - len(t.list)
}

// List returns the callers, one for each token.
func (t *Tokens) List() []Caller {
	out := make([]Caller, len(t.list))
	for i, b := range t.list {
		out[i] = b.Caller
	}
	return out
}

// Text returns the file of the tokens.
func (t *Tokens) Text() ([]byte, error) {
	text, err := json.Marshal(t.list, jsontext.WithIndent("  "), json.FormatNilSliceAsNull(false))
	return append(text, '\n'), err
}

// Caller implements Callers. The lookup is by digest, so how long it takes says
// nothing about a token. A certificate is nobody's.
func (t *Tokens) Caller(_ context.Context, s Shown) (Caller, error) {
	c, ok := t.by[sha256.Sum256([]byte(s.Token))]
	if !ok {
		return Caller{}, ErrNobody
	}
	return c, nil
}
