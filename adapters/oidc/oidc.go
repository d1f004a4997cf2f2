// Package oidc tells who bears a token that an OpenID Connect issuer signed: the
// directory of an authority, say. A configuration says which issuer is believed,
// and which claims of a token make the caller that the HTTP API knows.
//
// The package logs nobody in, keeps no session and gives out no token. It never
// repeats in an error what a token says.
package oidc

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/httpapi"
	"caseledger/eventstore"
)

// Limits.
const (
	MaxTokenBytes   = 8 << 10
	maxConfigBytes  = 1 << 20
	maxFileBytes    = 1 << 20 // of certificates of authorities
	defaultSkew     = 60      // seconds
	maxClaimDepth   = 8
	maxSecondsEpoch = 1 << 40
)

// Config says whose tokens are believed, and what they mean.
type Config struct {
	// Issuer is what the claim "iss" says, to the letter. Its keys are found by
	// OpenID Connect Discovery under this address.
	Issuer string `json:"issuer" validate:"required,max=500,url,startswith=https://"`
	// Audience is one of those that the claim "aud" names.
	Audience string `json:"audience" validate:"required,max=500"`
	// Authorities is a file of certificates, in PEM, of those who vouch for the
	// issuer's server; those of the system if empty. A path that is not absolute
	// begins at the configuration's directory.
	Authorities string `json:"authorities,omitempty" validate:"max=4096"`
	// Algorithms are the signatures taken; RS256, PS256 and ES256 if empty.
	Algorithms []string `json:"algorithms,omitempty" validate:"max=8,unique,dive,oneof=RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"`
	// SkewSeconds is how far the issuer's clock may be from ours; 60 if not given.
	SkewSeconds *int   `json:"skewSeconds,omitempty" validate:"omitempty,min=0,max=300"`
	Claims      Claims `json:"claims" validate:"required"`
	// Roles are the roles that values of the claim stand for. Other values count
	// for nothing, and a token needs one role. Without it the values are roles.
	Roles map[string]string `json:"roles,omitempty" validate:"max=1000,dive,keys,required,max=200,endkeys,oneof=social-worker manager records-officer auditor analyst"`
	// Agency is that of all callers, when no claim says it.
	Agency string `json:"agency,omitempty" validate:"max=100,omitempty,printascii"`
	// Require are claims that must be there with this very text, or have it
	// among their texts: {"acr": "mfa"}.
	Require map[string]string `json:"require,omitempty" validate:"max=20,dive,keys,required,max=200,endkeys,required,max=500"`
}

// Claims are the names of claims. One that begins with "/" is a JSON Pointer to a
// claim within another: "/realm_access/roles".
type Claims struct {
	// ID is one text that the issuer gives to nobody else, ever, and that its
	// users cannot change; "sub" if empty.
	ID     string `json:"id,omitempty" validate:"max=200"`
	Role   string `json:"role" validate:"required,max=200"`             // a text or a list of texts
	Agency string `json:"agency,omitempty" validate:"max=200"`          // a text
	Teams  string `json:"teams,omitempty" validate:"omitempty,max=200"` // a text or a list of texts; no teams if empty
}

// ReadConfig reads a configuration strictly.
func ReadConfig(path string) (Config, error) {
	text, err := readUpTo(path, maxConfigBytes)
	if err != nil {
		return Config{}, fmt.Errorf("oidc: %w", err)
	}
	c, err := parseConfig(text)
	if err != nil {
		return Config{}, fmt.Errorf("oidc: %s: %w", path, err)
	}
	if c.Authorities != "" && !filepath.IsAbs(c.Authorities) {
		c.Authorities = filepath.Join(filepath.Dir(path), c.Authorities)
	}
	return c, nil
}

func parseConfig(text []byte) (Config, error) {
	var c Config
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return Config{}, err
	}
	if err := c.check(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (c Config) check() error {
	if err := eventstore.Validate(c); err != nil {
		return err
	}
	if (c.Agency == "") == (c.Claims.Agency == "") {
		return errors.New("the agency is given either for all callers or by a claim")
	}
	return nil
}

func readUpTo(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return text, err
}

// Bearers tells who bears a token. It implements httpapi.Callers.
type Bearers struct {
	config   Config
	skew     time.Duration
	verifier *oidc.IDTokenVerifier
	now      func() time.Time
}

var _ httpapi.Callers = (*Bearers)(nil)

// New returns the bearers of an issuer's tokens. The issuer is asked for its keys
// when the first token comes.
func New(c Config) (*Bearers, error) { return newBearers(c, time.Now) }

func newBearers(c Config, now func() time.Time) (*Bearers, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	if c.Claims.ID == "" {
		c.Claims.ID = "sub"
	}
	if len(c.Algorithms) == 0 {
		c.Algorithms = []string{"RS256", "PS256", "ES256"}
	}
	var roots *x509.CertPool
	if c.Authorities != "" {
		text, err := readUpTo(c.Authorities, maxFileBytes)
		if err != nil {
			return nil, fmt.Errorf("oidc: authorities: %w", err)
		}
		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("oidc: authorities: %s holds no certificate", c.Authorities)
		}
	}
	b := &Bearers{config: c, skew: defaultSkew * time.Second, now: now}
	if c.SkewSeconds != nil {
		b.skew = time.Duration(*c.SkewSeconds) * time.Second
	}
	keys := newKeySet(c.Issuer, c.Algorithms, roots, now)
	// The times are looked at here, with the skew that was configured.
	b.verifier = oidc.NewVerifier(c.Issuer, keys, &oidc.Config{ClientID: c.Audience, SupportedSigningAlgs: c.Algorithms, SkipExpiryCheck: true})
	return b, nil
}

// refused is an error that matches httpapi.ErrNobody; why is a fixed text.
func refused(why string) error { return fmt.Errorf("%w: %s", httpapi.ErrNobody, why) }

// Caller implements httpapi.Callers. A certificate is nobody's.
func (b *Bearers) Caller(ctx context.Context, s httpapi.Shown) (httpapi.Caller, error) {
	if !compact(s.Token) {
		return httpapi.Caller{}, refused("the token has not the form of a signed one, or is too large")
	}
	// The verifier keeps the keys' errors as text only.
	var unreachable error
	token, err := b.verifier.Verify(context.WithValue(ctx, unreachableKey{}, &unreachable), s.Token)
	if unreachable != nil {
		return httpapi.Caller{}, unreachable
	}
	if err != nil {
		return httpapi.Caller{}, refused("the token's signature, issuer or audience is not as it must be")
	}
	var text jsontext.Value
	if err := token.Claims(&text); err != nil {
		return httpapi.Caller{}, refused("the token's claims cannot be read")
	}
	var claims map[string]jsontext.Value
	if err := json.Unmarshal(text, &claims); err != nil {
		return httpapi.Caller{}, refused("the token's claims cannot be read")
	}
	if err := b.inTime(claims); err != nil {
		return httpapi.Caller{}, err
	}
	return b.config.caller(claims)
}

// compact reports whether a token has the form of RFC 7515's compact
// serialization and a size that is worth a look.
func compact(token string) bool {
	if len(token) > MaxTokenBytes || strings.Count(token, ".") != 2 {
		return false
	}
	for _, c := range []byte(token) {
		if c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// inTime looks at when a token is good: "exp" must be there, "nbf" and "iat" are
// held to when they are.
func (b *Bearers) inTime(claims map[string]jsontext.Value) error {
	now := b.now()
	expires, given, ok := moment(claims["exp"])
	if !given || !ok {
		return refused("the token does not say when it expires")
	}
	if !now.Before(expires.Add(b.skew)) {
		return refused("the token has expired")
	}
	for _, name := range []string{"nbf", "iat"} {
		begins, given, ok := moment(claims[name])
		if given && (!ok || now.Add(b.skew).Before(begins)) {
			return refused("the token is not good yet")
		}
	}
	return nil
}

// moment reads a NumericDate of RFC 7519: seconds, with or without a fraction.
func moment(v jsontext.Value) (t time.Time, given, ok bool) {
	if v == nil {
		return time.Time{}, false, true
	}
	var seconds float64
	if v.Kind() != '0' || json.Unmarshal(v, &seconds) != nil || seconds < 0 || seconds > maxSecondsEpoch {
		return time.Time{}, true, false
	}
	return time.Unix(int64(seconds), 0), true, true
}

// caller reads who the bearer is from the claims.
func (c Config) caller(claims map[string]jsontext.Value) (httpapi.Caller, error) {
	for name, want := range c.Require {
		if texts, ok := textsOf(claims, name); !ok || !slices.Contains(texts, want) {
			return httpapi.Caller{}, refused("a claim that is required is not as it must be")
		}
	}
	var out httpapi.Caller
	var ok bool
	if out.ID, ok = textOf(claims, c.Claims.ID); !ok {
		return httpapi.Caller{}, refused("no claim says who the bearer is")
	}
	if out.Role, ok = c.role(claims); !ok {
		return httpapi.Caller{}, refused("the claims say not one role")
	}
	if out.Agency = c.Agency; c.Claims.Agency != "" {
		if out.Agency, ok = textOf(claims, c.Claims.Agency); !ok {
			return httpapi.Caller{}, refused("no claim says the agency")
		}
	}
	if c.Claims.Teams != "" {
		if out.Teams, ok = textsOf(claims, c.Claims.Teams); !ok {
			return httpapi.Caller{}, refused("the claim of teams is not a text or a list of texts")
		}
	}
	if out.Validate() != nil { // its error names fields, but whose values these are stays here
		return httpapi.Caller{}, refused("the claims make no caller")
	}
	return out, nil
}

// role returns the one role that the claims give.
func (c Config) role(claims map[string]jsontext.Value) (string, bool) {
	texts, ok := textsOf(claims, c.Claims.Role)
	if !ok {
		return "", false
	}
	found := ""
	for _, text := range texts {
		role := text
		if c.Roles != nil {
			role = c.Roles[text]
		}
		if role == "" || role == found {
			continue
		}
		if found != "" {
			return "", false
		}
		found = role
	}
	return found, found != ""
}

// find returns the value of a claim, nil for none.
func find(claims map[string]jsontext.Value, name string) jsontext.Value {
	if !strings.HasPrefix(name, "/") {
		return claims[name]
	}
	depth := 0
	var at jsontext.Value
	for token := range jsontext.Pointer(name).Tokens() {
		if depth++; depth > 1 {
			claims = nil
			if at.Kind() != '{' || depth > maxClaimDepth || json.Unmarshal(at, &claims) != nil {
				return nil
			}
		}
		at = claims[token]
	}
	return at
}

func textOf(claims map[string]jsontext.Value, name string) (string, bool) {
	v := find(claims, name)
	var s string
	return s, v.Kind() == '"' && json.Unmarshal(v, &s) == nil && s != ""
}

// textsOf returns the texts of a claim that is a text or a list of them.
func textsOf(claims map[string]jsontext.Value, name string) ([]string, bool) {
	v := find(claims, name)
	switch v.Kind() {
	case '"':
		s, ok := textOf(claims, name)
		return []string{s}, ok
	case '[':
		var list []jsontext.Value
		if json.Unmarshal(v, &list) != nil {
			return nil, false
		}
		out := make([]string, len(list))
		for i, one := range list {
			if one.Kind() != '"' || json.Unmarshal(one, &out[i]) != nil {
				return nil, false
			}
		}
		return out, true
	}
	return nil, false
}
