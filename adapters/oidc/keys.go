package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// How long keys are good, and limits on what an issuer answers with.
const (
	keysFresh      = 10 * time.Minute // a key that was withdrawn is believed no longer
	keysStale      = time.Hour        // or so long, while the issuer cannot be asked
	keysPause      = 10 * time.Second // between two questions, whatever tokens come
	askTime        = 10 * time.Second
	maxAnswerBytes = 1 << 20
	maxKeys        = 100
	minRSABits     = 2048
	discoveryPath  = "/.well-known/openid-configuration"
	notReachable   = "oidc: the issuer's keys are not known"
)

// unreachableKey is where a key set says, in a context, that it had no keys to
// look at: the verifier passes its errors on as text.
type unreachableKey struct{}

// keySet are the keys of an issuer. It asks for them anew when they are old or a
// token names one that is not among them. It starts no goroutine: who needs the
// keys asks, and one at a time.
type keySet struct {
	issuer     string
	algorithms []jose.SignatureAlgorithm
	client     *http.Client
	now        func() time.Time
	turn       chan struct{} // held by who asks

	mu      sync.Mutex
	keys    map[string]jose.JSONWebKey // by id
	fetched time.Time                  // when they were got
	asked   time.Time                  // when they were last asked for
	failed  error                      // why that gave none
}

func newKeySet(issuer string, algorithms []string, roots *x509.CertPool, now func() time.Time) *keySet {
	k := &keySet{issuer: issuer, now: now, turn: make(chan struct{}, 1)}
	for _, one := range algorithms {
		k.algorithms = append(k.algorithms, jose.SignatureAlgorithm(one))
	}
	k.client = &http.Client{
		Timeout: askTime,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: 64 << 10,
			IdleConnTimeout:        time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("redirected") },
	}
	return k
}

// VerifySignature implements the key set of go-oidc, which has looked at the
// algorithm before.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(token, k.algorithms)
	if err != nil || len(jws.Signatures) != 1 {
		return nil, errors.New("malformed")
	}
	header := jws.Signatures[0].Protected
	if !isAccess(header) || header.KeyID == "" {
		return nil, errors.New("not a token of access, or without the id of a key")
	}
	key, ok, err := k.key(ctx, header.KeyID)
	if err != nil {
		if unreachable, is := ctx.Value(unreachableKey{}).(*error); is {
			*unreachable = err
		}
		return nil, err
	}
	if !ok || key.Algorithm != "" && key.Algorithm != header.Algorithm {
		return nil, errors.New("signed with no key of the issuer")
	}
	return jws.Verify(key.Key)
}

// isAccess refuses what an issuer signs for another use, such as a logout.
func isAccess(h jose.Header) bool {
	kind, given := h.ExtraHeaders[jose.HeaderType]
	if !given {
		return true
	}
	text, is := kind.(string)
	text = strings.TrimPrefix(strings.ToLower(text), "application/")
	return is && (text == "jwt" || text == "at+jwt")
}

// key returns the key with an id. The error says that it cannot be known now.
func (k *keySet) key(ctx context.Context, id string) (jose.JSONWebKey, bool, error) {
	key, state := k.look(id)
	if state == good {
		return key, true, nil
	}
	if state == old { // good enough, unless nobody else is asking already
		select {
		case k.turn <- struct{}{}:
		default:
			return key, true, nil
		}
	} else {
		select {
		case k.turn <- struct{}{}:
		case <-ctx.Done():
			return key, false, fmt.Errorf("%s: %w", notReachable, ctx.Err())
		}
	}
	defer func() { <-k.turn }()
	k.ask(ctx)
	key, state = k.look(id)
	if state == good || state == old {
		return key, true, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed != nil {
		return key, false, fmt.Errorf("%s: %w", notReachable, k.failed)
	}
	return key, false, nil
}

// state is what is known about a key.
type state int

const (
	missing state = iota
	old
	good
)

func (k *keySet) look(id string) (jose.JSONWebKey, state) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, there := k.keys[id]
	age := k.now().Sub(k.fetched)
	switch {
	case !there || age >= keysStale:
		return jose.JSONWebKey{}, missing
	case age >= keysFresh:
		return key, old
	}
	return key, good
}

// ask gets the keys, unless they were asked for a moment ago.
func (k *keySet) ask(ctx context.Context) {
	k.mu.Lock()
	begun := k.now()
	soon := !k.asked.IsZero() && begun.Sub(k.asked) < keysPause
	k.mu.Unlock()
	if soon {
		return
	}
	// The next request needs the keys too when this one's caller has gone.
	keys, err := k.fetch(context.WithoutCancel(ctx))
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked, k.failed = begun, err
	if err == nil {
		k.keys, k.fetched = keys, begun
	}
}

// fetch finds the address of the keys, as OpenID Connect Discovery has it, and
// gets them.
func (k *keySet) fetch(ctx context.Context) (map[string]jose.JSONWebKey, error) {
	text, err := k.get(ctx, strings.TrimSuffix(k.issuer, "/")+discoveryPath)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	var found struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, errors.New("discovery: the answer cannot be read")
	}
	if found.Issuer != k.issuer {
		return nil, errors.New("discovery: the issuer names itself otherwise")
	}
	if at, err := url.Parse(found.Keys); err != nil || at.Scheme != "https" || at.Host == "" {
		return nil, errors.New("discovery: the keys have no address with https")
	}
	if text, err = k.get(ctx, found.Keys); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return parseKeys(text)
}

func (k *keySet) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address is not one")
	}
	req.Header.Set("Accept", "application/json")
	res, err := k.client.Do(req)
	if err != nil {
		var wrapped *url.Error // it would repeat the address
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxAnswerBytes {
		return nil, fmt.Errorf("more than %d bytes", maxAnswerBytes)
	}
	return text, nil
}

// parseKeys reads a JSON Web Key Set (RFC 7517). Keys of other kinds and for
// other uses, and those without an id, are left out.
func parseKeys(text []byte) (map[string]jose.JSONWebKey, error) {
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil || len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("keys: not a set of at most %d", maxKeys)
	}
	keys := make(map[string]jose.JSONWebKey)
	for _, one := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) != nil || !signs(key) {
			continue
		}
		if _, twice := keys[key.KeyID]; twice {
			return nil, errors.New("keys: two keys have one id")
		}
		keys[key.KeyID] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("keys: the set has no key to verify signatures with")
	}
	return keys, nil
}

// signs reports whether a key is a public one that verifies signatures.
func signs(key jose.JSONWebKey) bool {
	if key.KeyID == "" || key.Use != "" && key.Use != "sig" || !key.Valid() {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSABits
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}
