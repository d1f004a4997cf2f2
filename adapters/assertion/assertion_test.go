package assertion

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
)

const audience = "https://ledger.anytown.example"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// service is a service with a private key, and the ledger that knows it.
type service struct {
	t   testing.TB
	key *ecdsa.PrivateKey
	now time.Time
	v   *Verifier
}

func newService(t testing.TB) *service {
	t.Helper()
	s := &service{t: t, now: noon}
	var err error
	if s.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(map[string]any{"keys": []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	s.v = &Verifier{audience, Keys{"mash-app": keys, "other": {}}, NewSeen(func() time.Time { return s.now })}
	return s
}

func good() map[string]any {
	return map[string]any{"iss": "mash-app", "sub": "mash-app", "aud": audience, "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(), "jti": "1"}
}

// sign makes an assertion with some claims changed; nil takes one out.
func (s *service) sign(with any, alg jose.SignatureAlgorithm, header map[string]any, changes map[string]any) string {
	s.t.Helper()
	claims := good()
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	text, err := json.Marshal(claims)
	if err != nil {
		s.t.Fatal(err)
	}
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: with}, options)
	if err != nil {
		s.t.Fatal(err)
	}
	signed, err := signer.Sign(text)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func (s *service) assert(changes map[string]any) string {
	return s.sign(s.key, jose.ES256, map[string]any{"kid": "k1"}, changes)
}

func TestAnAssertionIsGoodForItsServiceItsAudienceItsTimeAndOnce(t *testing.T) {
	at := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	for _, tt := range []struct {
		name    string
		changes map[string]any
		want    bool
	}{
		{"as it must be", nil, true},
		{"the audience as a list", map[string]any{"aud": []string{audience}}, true},
		{"another audience", map[string]any{"aud": "https://other.example"}, false},
		{"two audiences", map[string]any{"aud": []string{audience, "https://other.example"}}, false},
		{"no audience", map[string]any{"aud": nil}, false},
		{"a service without keys", map[string]any{"iss": "other", "sub": "other"}, false},
		{"no service", map[string]any{"iss": nil, "sub": nil}, false},
		{"for another", map[string]any{"sub": "manager-1"}, false},
		{"expired within the skew", map[string]any{"exp": at(-Skew + time.Second)}, true},
		{"expired", map[string]any{"exp": at(-Skew)}, false},
		{"no expiry", map[string]any{"exp": nil}, false},
		{"good for five minutes", map[string]any{"exp": at(MaxLife)}, true},
		{"good for too long", map[string]any{"exp": at(MaxLife + time.Second)}, false},
		{"not said when made", map[string]any{"iat": nil}, false},
		{"made within the skew", map[string]any{"iat": at(Skew)}, true},
		{"made in the future", map[string]any{"iat": at(Skew + time.Second)}, false},
		{"made before the memory", map[string]any{"iat": at(-time.Second)}, false},
		{"not good yet", map[string]any{"nbf": at(Skew + time.Second)}, false},
		{"no id", map[string]any{"jti": nil}, false},
		{"a long id", map[string]any{"jti": strings.Repeat("x", maxID+1)}, false},
		{"a number as id", map[string]any{"jti": 1}, false},
	} {
		s := newService(t)
		id, err := s.v.Service(s.assert(tt.changes))
		if (err == nil) != tt.want || tt.want && id != "mash-app" || err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %q %v", tt.name, id, err)
		}
	}
}

func TestAnAssertionIsNotTakenTwiceWhateverTheClock(t *testing.T) {
	s := newService(t)
	token, other := s.assert(nil), s.assert(map[string]any{"jti": "2"})
	for i, want := range []bool{true, false, false} {
		if _, err := s.v.Service(token); (err == nil) != want {
			t.Errorf("time %d: %v", i+1, err)
		}
	}
	if _, err := s.v.Service(other); err != nil {
		t.Errorf("another one: %v", err)
	}
	for s.now = noon; s.now.Before(noon.Add(3 * time.Minute)); s.now = s.now.Add(10 * time.Second) {
		if _, err := s.v.Service(token); err == nil {
			t.Errorf("taken again at %s", s.now)
		}
	}
	if len(s.v.Seen.ids) > 2 {
		t.Errorf("%d are remembered", len(s.v.Seen.ids))
	}
	again := &Verifier{audience, s.v.Keys, NewSeen(func() time.Time { return noon.Add(time.Second) })} // the server was started anew
	if _, err := again.Service(token); !errors.Is(err, ErrRefused) {
		t.Errorf("by a new server: %v", err)
	}
}

func TestOnlyTheServicesOwnKeyAndGoodAlgorithmsAreTaken(t *testing.T) {
	s := newService(t)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: s.key.Public(), KeyID: "k1"})
	if err != nil {
		t.Fatal(err)
	}
	body := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"mash-app","sub":"mash-app"}`))
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`))
	whole := s.assert(nil)
	for name, token := range map[string]string{
		"another's key":           s.sign(stranger, jose.ES256, map[string]any{"kid": "k1"}, nil),
		"the public key as a MAC": s.sign(public, jose.HS256, map[string]any{"kid": "k1"}, nil),
		"no signature":            none + "." + body + ".",
		"no key's id":             s.sign(s.key, jose.ES256, nil, nil),
		"another key's id":        s.sign(s.key, jose.ES256, map[string]any{"kid": "k2"}, nil),
		"another use":             s.sign(s.key, jose.ES256, map[string]any{"kid": "k1", "typ": "logout+jwt"}, nil),
		"cut off":                 whole[:len(whole)-4],
		"altered":                 strings.Replace(whole, ".", ".A", 1),
		"too large":               whole + strings.Repeat("A", MaxBytes),
		"nothing":                 "",
	} {
		if id, err := s.v.Service(token); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %q %v", name, id, err)
		}
	}
	if _, err := s.v.Service(whole); err != nil {
		t.Errorf("what was refused used it up: %v", err)
	}
}

func TestWhatCannotBeRememberedIsNotTaken(t *testing.T) {
	s := newService(t)
	for i := range maxIDs {
		s.v.Seen.ids[fmt.Sprint(i)] = noon.Add(time.Hour)
	}
	if _, err := s.v.Service(s.assert(nil)); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
}

func TestASetOfKeysIsReadStrictly(t *testing.T) {
	s := newService(t)
	set := func(keys ...any) string {
		text, err := json.Marshal(map[string]any{"keys": keys})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	one := jose.JSONWebKey{Key: s.key.Public(), KeyID: "k1"}
	for name, text := range map[string]string{
		"none":              set(),
		"a private key":     set(jose.JSONWebKey{Key: s.key, KeyID: "k1"}),
		"no id":             set(jose.JSONWebKey{Key: s.key.Public()}),
		"a shared secret":   set(jose.JSONWebKey{Key: []byte("secret"), KeyID: "k1"}),
		"one id twice":      set(one, one),
		"for encryption":    set(jose.JSONWebKey{Key: s.key.Public(), KeyID: "k1", Use: "enc"}),
		"an unknown member": `{"keys":[],"x":1}`,
		"no set":            `[]`,
	} {
		if _, err := ReadKeys([]byte(text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if keys, err := ReadKeys([]byte(set(one))); err != nil || len(keys) != 1 {
		t.Errorf("%v", err)
	}
}

func FuzzAssertion(f *testing.F) {
	s, stranger := newService(f), newService(f)
	f.Add(stranger.assert(nil), []byte(`{"keys":[]}`))
	f.Add("eyJhbGciOiJub25lIn0.e30.", []byte(`{"keys":[{"kty":"EC"}]}`))
	f.Fuzz(func(t *testing.T, token string, set []byte) {
		s.v.Names(token)
		if id, err := s.v.Service(token); err == nil {
			t.Errorf("%q is taken for %s", token, id)
		}
		if keys, err := ReadKeys(set); err == nil && len(keys) == 0 {
			t.Error("no key is read")
		}
	})
}
