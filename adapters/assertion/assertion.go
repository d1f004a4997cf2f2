// Package assertion tells which service made a bearer assertion (RFC 7523): a
// short-lived token that a service signs with a private key of its own, once for
// each request. Only the public keys are known here, so that nothing that is
// stored lets anybody call in the service's name.
//
// The package gives out no token and keeps no session. It never repeats in an
// error what a token says.
package assertion

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits on an assertion.
const (
	MaxBytes = 8 << 10
	MaxLife  = 5 * time.Minute // from when it was made to when it expires
	Skew     = 30 * time.Second
	MaxKeys  = 10 // of one service
	maxIDs   = 1 << 18
	maxID    = 128 // bytes of a jti
	minRSA   = 2048
)

// Algorithms are the signatures taken. None is a shared secret.
var Algorithms = []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.PS256, jose.EdDSA}

// ErrRefused says that a token is not a good assertion of any service.
var ErrRefused = errors.New("not a good assertion")

// ErrFull says that too many assertions were taken to remember another one.
var ErrFull = errors.New("assertion: too many to remember")

func refused(why string) error { return fmt.Errorf("%w: %s", ErrRefused, why) }

// Keys are the public keys of services, by the service's id and the key's.
type Keys map[string]map[string]jose.JSONWebKey

// ReadKeys reads the JSON Web Key Set of one service, strictly: each key is a
// public one of its own id, for signatures that are taken.
func ReadKeys(set jsontext.Value) (map[string]jose.JSONWebKey, error) {
	var list struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(set, &list, json.RejectUnknownMembers(true)); err != nil || len(list.Keys) == 0 || len(list.Keys) > MaxKeys {
		return nil, fmt.Errorf("keys: not a set of 1 to %d", MaxKeys)
	}
	keys := make(map[string]jose.JSONWebKey)
	for i, one := range list.Keys {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(one); err != nil || !signs(key) {
			return nil, fmt.Errorf("keys: key %d is not a public key for signatures, with an id", i+1)
		}
		if _, twice := keys[key.KeyID]; twice {
			return nil, fmt.Errorf("keys: the id of key %d stands twice", i+1)
		}
		keys[key.KeyID] = key
	}
	return keys, nil
}

func signs(key jose.JSONWebKey) bool {
	if key.KeyID == "" || key.Use != "" && key.Use != "sig" || !key.Valid() || !key.IsPublic() {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSA
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}

// Seen are the assertions that were taken, so that none is taken twice. Those
// that were made before it was are refused, because nobody knows whether they
// were taken: it outlives a change of the keys, and not the process.
type Seen struct {
	since time.Time
	now   func() time.Time

	mu  sync.Mutex
	ids map[string]time.Time // until when each is good
	due time.Time            // when to forget those that are not
}

// NewSeen returns a memory that begins now.
func NewSeen(now func() time.Time) *Seen {
	return &Seen{since: now().Truncate(time.Second), now: now, ids: make(map[string]time.Time)}
}

// take notes an assertion that is good until a time. ErrRefused says that it was
// taken before.
func (s *Seen) take(id string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.After(s.due) || len(s.ids) >= maxIDs {
		for id, until := range s.ids {
			if !now.Before(until) {
				delete(s.ids, id)
			}
		}
		s.due = now.Add(Skew)
	}
	if _, taken := s.ids[id]; taken {
		return refused("it was shown before")
	}
	if len(s.ids) >= maxIDs {
		return ErrFull
	}
	s.ids[id] = until
	return nil
}

// Verifier tells the services of one audience.
type Verifier struct {
	Audience string // what every assertion names: the address of the ledger
	Keys     Keys
	Seen     *Seen
}

// claims are what an assertion says, as RFC 7523 section 3 has it.
type claims struct {
	Issuer   string         `json:"iss"`
	Subject  string         `json:"sub"`
	Audience jsontext.Value `json:"aud"`
	Expires  int64          `json:"exp"`
	Made     int64          `json:"iat"`
	Begins   int64          `json:"nbf"`
	ID       string         `json:"jti"`
}

// Names reports whether a token says that a service with keys made it, which
// proves nothing.
func (v *Verifier) Names(token string) bool {
	_, c, err := parse(token)
	return err == nil && v.Keys[c.Issuer] != nil
}

func parse(token string) (*jose.JSONWebSignature, claims, error) {
	if len(token) > MaxBytes {
		return nil, claims{}, refused("it is too large")
	}
	jws, err := jose.ParseSignedCompact(token, Algorithms)
	if err != nil || len(jws.Signatures) != 1 {
		return nil, claims{}, refused("it has not the form of one, or is signed otherwise")
	}
	var c claims
	if err := json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &c); err != nil {
		return nil, claims{}, refused("its claims cannot be read")
	}
	return jws, c, nil
}

// Service returns the id of the service that made an assertion. It takes each
// only once. An error that does not match ErrRefused says that this cannot be
// told now.
func (v *Verifier) Service(token string) (string, error) {
	jws, c, err := parse(token)
	if err != nil {
		return "", err
	}
	header := jws.Signatures[0].Protected
	key, known := v.Keys[c.Issuer][header.KeyID]
	if !known || key.Algorithm != "" && key.Algorithm != header.Algorithm {
		return "", refused("it names no key of a service")
	}
	if kind, given := header.ExtraHeaders[jose.HeaderType]; given && kind != "JWT" && kind != "jwt" {
		return "", refused("it is signed for another use")
	}
	if _, err := jws.Verify(key); err != nil {
		return "", refused("the signature is not the service's")
	}
	if err := v.holds(c); err != nil {
		return "", err
	}
	if err := v.Seen.take(c.Issuer+"\x00"+c.ID, time.Unix(c.Expires, 0).Add(Skew)); err != nil {
		return "", err
	}
	return c.Issuer, nil
}

// holds looks at what a signed assertion says.
func (v *Verifier) holds(c claims) error {
	now, made, expires := v.Seen.now(), time.Unix(c.Made, 0), time.Unix(c.Expires, 0)
	switch {
	case c.Subject != c.Issuer:
		return refused("it speaks for another")
	case !v.isAudience(c.Audience):
		return refused("it is meant for another")
	case c.Made <= 0 || c.Expires <= 0 || expires.Sub(made) > MaxLife:
		return refused("it does not say when it was made and expires, or is good for too long")
	case !now.Before(expires.Add(Skew)):
		return refused("it has expired")
	case made.After(now.Add(Skew)) || time.Unix(c.Begins, 0).After(now.Add(Skew)):
		return refused("it is not good yet")
	case made.Before(v.Seen.since):
		return refused("it was made before the server began to remember")
	case c.ID == "" || len(c.ID) > maxID:
		return refused("it has no id of its own")
	}
	return nil
}

// isAudience reports whether a claim names the audience: alone, because an
// assertion that others may be shown too could be shown here by them.
func (v *Verifier) isAudience(claim jsontext.Value) bool {
	var one string
	if json.Unmarshal(claim, &one) == nil {
		return one == v.Audience
	}
	var list []string
	return json.Unmarshal(claim, &list) == nil && len(list) == 1 && list[0] == v.Audience
}
