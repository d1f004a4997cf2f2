package oidc

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"

	"caseledger/adapters/httpapi"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// issuer is a real server of OpenID Connect Discovery and keys over HTTPS.
type issuer struct {
	t         testing.TB
	server    *httptest.Server
	authority string // file

	mu    sync.Mutex
	keys  []jose.JSONWebKey // public
	asked int               // for keys
	says  string            // that it is; its own address if empty
	down  bool
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{t: t, authority: filepath.Join(t.TempDir(), "ca.pem")}
	mux := http.NewServeMux()
	mux.HandleFunc(discoveryPath, func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		says := i.says
		if says == "" {
			says = i.server.URL
		}
		i.write(w, map[string]string{"issuer": says, "jwks_uri": i.server.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.asked++
		i.write(w, jose.JSONWebKeySet{Keys: i.keys})
	})
	i.server = httptest.NewUnstartedServer(mux)
	i.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	i.server.StartTLS()
	t.Cleanup(i.server.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.server.Certificate().Raw})
	must(t, os.WriteFile(i.authority, block, 0o600))
	return i
}

func (i *issuer) write(w http.ResponseWriter, v any) {
	if err := json.MarshalWrite(w, v); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

// publish makes the set of keys anew.
func (i *issuer) publish(keys ...jose.JSONWebKey) {
	i.set(func() {
		i.keys = nil
		for _, key := range keys {
			i.keys = append(i.keys, key.Public())
		}
	})
}

func (i *issuer) times() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func ecKey(t testing.TB, id string) jose.JSONWebKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return jose.JSONWebKey{Key: key, KeyID: id, Algorithm: "ES256", Use: "sig"}
}

// sign makes a token of claims.
func sign(t testing.TB, key jose.JSONWebKey, alg jose.SignatureAlgorithm, kind string, claims map[string]any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	if kind != "" {
		options.WithType(jose.ContentType(kind))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	must(t, err)
	text, err := json.Marshal(claims)
	must(t, err)
	jws, err := signer.Sign(text)
	must(t, err)
	token, err := jws.CompactSerialize()
	must(t, err)
	return token
}

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is an issuer, those who bear its tokens, and a key that it has published.
type world struct {
	*issuer
	key     jose.JSONWebKey
	clock   *clock
	config  Config
	bearers *Bearers
}

func newWorld(t testing.TB, change func(*Config)) *world {
	t.Helper()
	w := &world{issuer: newIssuer(t), key: ecKey(t, "k1"), clock: &clock{at: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	w.publish(w.key)
	w.config = Config{
		Issuer: w.server.URL, Audience: "caseledger", Authorities: w.authority,
		Claims: Claims{Role: "/realm_access/roles", Agency: "agency", Teams: "teams"},
		Roles:  map[string]string{"CL Managers": "manager", "CL Workers": "social-worker"},
	}
	if change != nil {
		change(&w.config)
	}
	var err error
	w.bearers, err = newBearers(w.config, w.clock.now)
	must(t, err)
	return w
}

// claims are good ones, with changes; nil takes a claim out.
func (w *world) claims(changes map[string]any) map[string]any {
	now := w.clock.now().Unix()
	out := map[string]any{
		"iss": w.server.URL, "aud": []string{"other", "caseledger"}, "sub": "tm-001", "exp": now + 300, "iat": now, "nbf": now,
		"realm_access": map[string]any{"roles": []string{"everybody", "CL Managers"}}, "agency": "anytown", "teams": []string{"north", "south"},
	}
	maps.Copy(out, changes)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

func (w *world) ask(token string) (httpapi.Caller, error) {
	return w.bearers.Caller(context.Background(), httpapi.Shown{Token: token})
}

func (w *world) wantNobody(name, token string) {
	w.t.Helper()
	if c, err := w.ask(token); !errors.Is(err, httpapi.ErrNobody) || !reflect.DeepEqual(c, httpapi.Caller{}) {
		w.t.Errorf("%s: %v %v", name, c, err)
	}
}

func TestATokenOfTheIssuerMakesTheCallerThatItsClaimsSay(t *testing.T) {
	w := newWorld(t, nil)
	want := httpapi.Caller{ID: "tm-001", Role: "manager", Agency: "anytown", Teams: []string{"north", "south"}}
	for _, kind := range []string{"", "JWT", "at+jwt", "application/at+jwt"} {
		if got, err := w.ask(sign(t, w.key, jose.ES256, kind, w.claims(nil))); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v %v", kind, got, err)
		}
	}
	if got, err := w.ask(sign(t, w.key, jose.ES256, "", w.claims(map[string]any{"aud": "caseledger", "teams": "east"}))); err != nil || !reflect.DeepEqual(got.Teams, []string{"east"}) {
		t.Errorf("%v %v", got, err)
	}
	if n := w.times(); n != 1 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

func TestEverySignatureConfiguredIsTakenAndNoOther(t *testing.T) {
	w := newWorld(t, nil)
	rs := jose.JSONWebKey{Key: rsaKey(), KeyID: "r1"}
	w.publish(w.key, rs)
	for alg, taken := range map[jose.SignatureAlgorithm]bool{jose.RS256: true, jose.PS256: true, jose.RS384: false, jose.RS512: false, jose.PS512: false} {
		_, err := w.ask(sign(t, rs, alg, "", w.claims(nil)))
		if (err == nil) != taken {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

func TestAForgedTokenIsNobodys(t *testing.T) {
	w := newWorld(t, nil)
	rs := jose.JSONWebKey{Key: rsaKey(), KeyID: "r1", Algorithm: "RS256"}
	w.publish(w.key, rs)
	good := sign(t, w.key, jose.ES256, "", w.claims(nil))
	if _, err := w.ask(good); err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	claims, err := b64.DecodeString(body)
	must(t, err)
	other := b64.EncodeToString(bytes.Replace(claims, []byte("tm-001"), []byte("tm-002"), 1))

	// Whoever knows the public key, as everybody does, uses it as a secret.
	der, err := x509.MarshalPKIXPublicKey(rs.Public().Key)
	must(t, err)
	confused := func(secret []byte) string {
		return sign(t, jose.JSONWebKey{Key: secret, KeyID: "r1"}, jose.HS256, "", w.claims(nil))
	}
	stolen := ecKey(t, "k1") // the name of a key of the issuer
	// A token that brings the key that it is signed with.
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: ecKey(t, "k1").Key.(crypto.Signer)}, &jose.SignerOptions{EmbedJWK: true})
	must(t, err)
	text, err := json.Marshal(w.claims(nil))
	must(t, err)
	embedded, err := signer.Sign(text)
	must(t, err)
	own, err := embedded.CompactSerialize()
	must(t, err)

	for name, token := range map[string]string{
		"nothing":                   "",
		"no signature":              head + "." + body + ".",
		"alg none":                  b64.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`)) + "." + body + ".",
		"alg None":                  b64.EncodeToString([]byte(`{"alg":"None","kid":"k1"}`)) + "." + body + "." + signature,
		"other claims":              head + "." + other + "." + signature,
		"HS256 with the key's DER":  confused(der),
		"HS256 with the key's PEM":  confused(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"HS256 with the key's N":    confused(rsaKey().N.Bytes()),
		"another key of the name":   sign(t, stolen, jose.ES256, "", w.claims(nil)),
		"an unknown key":            sign(t, ecKey(t, "k9"), jose.ES256, "", w.claims(nil)),
		"a key that it brings":      own,
		"the alg of another key":    sign(t, jose.JSONWebKey{Key: w.key.Key, KeyID: "r1"}, jose.ES256, "", w.claims(nil)),
		"PS256 with a key of RS256": sign(t, rs, jose.PS256, "", w.claims(nil)),
		"no id of a key":            sign(t, jose.JSONWebKey{Key: w.key.Key}, jose.ES256, "", w.claims(nil)),
		"a logout":                  sign(t, w.key, jose.ES256, "logout+jwt", w.claims(nil)),
		"a huge one":                sign(t, w.key, jose.ES256, "", w.claims(map[string]any{"more": strings.Repeat("x", MaxTokenBytes)})),
		"a line end":                good + "\n",
		"four parts":                good + ".x",
		"JSON":                      embedded.FullSerialize(),
	} {
		w.wantNobody(name, token)
	}
	if c, err := w.bearers.Caller(t.Context(), httpapi.Shown{Certificate: w.server.Certificate()}); !errors.Is(err, httpapi.ErrNobody) {
		t.Errorf("a certificate: %v %v", c, err)
	}
}

func TestATokenForAnotherOrAtAnotherTimeIsNobodys(t *testing.T) {
	w := newWorld(t, nil)
	now := w.clock.now().Unix()
	roles := func(names ...any) map[string]any { return map[string]any{"roles": names} }
	for name, changes := range map[string]map[string]any{
		"another audience":  {"aud": "payroll"},
		"no audience":       {"aud": nil},
		"another issuer":    {"iss": "https://evil.example"},
		"a slash more":      {"iss": w.server.URL + "/"},
		"no issuer":         {"iss": nil},
		"expired":           {"exp": now - 60},
		"no expiry":         {"exp": nil},
		"expiry as text":    {"exp": "4102444800"},
		"expiry never":      {"exp": 1e18},
		"not yet":           {"nbf": now + 61},
		"issued later":      {"iat": now + 61},
		"no subject":        {"sub": nil},
		"a long subject":    {"sub": strings.Repeat("x", 81)},
		"a slash in it":     {"sub": "tm/001"},
		"a subject of é":    {"sub": "tm-é"},
		"no role":           {"realm_access": nil},
		"an unknown role":   {"realm_access": roles("manager")},
		"two roles":         {"realm_access": roles("CL Managers", "CL Workers")},
		"a role no text":    {"realm_access": roles("CL Managers", 1)},
		"roles not nested":  {"realm_access": "CL Managers"},
		"no agency":         {"agency": nil},
		"an agency of two":  {"agency": []string{"a", "b"}},
		"a team without id": {"teams": []string{""}},
		"teams in a number": {"teams": 7},
		"101 teams":         {"teams": strings.Split(strings.Repeat("x,", 100)+"x", ",")},
	} {
		w.wantNobody(name, sign(t, w.key, jose.ES256, "", w.claims(changes)))
	}
	for name, changes := range map[string]map[string]any{
		"just expired":    {"exp": now - 59},
		"just before":     {"nbf": now + 60, "iat": now + 60},
		"with a fraction": {"exp": float64(now) + 0.5},
		"a role twice":    {"realm_access": roles("CL Managers", "CL Managers")},
	} {
		if _, err := w.ask(sign(t, w.key, jose.ES256, "", w.claims(changes))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClaimsThatAreRequiredMustBeThere(t *testing.T) {
	none := 0
	w := newWorld(t, func(c *Config) {
		c.Require, c.SkewSeconds = map[string]string{"acr": "mfa", "azp": "app"}, &none
		c.Claims = Claims{ID: "employee", Role: "role"}
		c.Roles, c.Agency = nil, "anytown"
	})
	with := map[string]any{"acr": []string{"pwd", "mfa"}, "azp": "app", "employee": "e-7", "role": "auditor"}
	got, err := w.ask(sign(t, w.key, jose.ES256, "", w.claims(with)))
	if want := (httpapi.Caller{ID: "e-7", Role: "auditor", Agency: "anytown"}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for name, v := range map[string]any{"acr": "pwd", "azp": nil, "role": "king", "exp": w.clock.now().Unix()} {
		changed := maps.Clone(with)
		changed[name] = v
		w.wantNobody(name, sign(t, w.key, jose.ES256, "", w.claims(changed)))
	}
}

func TestANewKeyIsFoundAndOneThatWasWithdrawnEnds(t *testing.T) {
	w := newWorld(t, nil)
	first, second := w.key, ecKey(t, "k2")
	if _, err := w.ask(sign(t, first, jose.ES256, "", w.claims(nil))); err != nil {
		t.Fatal(err)
	}
	w.publish(second)
	w.wantNobody("at once", sign(t, second, jose.ES256, "", w.claims(nil))) // the issuer was asked a moment ago
	w.clock.add(keysPause)
	if _, err := w.ask(sign(t, second, jose.ES256, "", w.claims(nil))); err != nil {
		t.Errorf("a new key: %v", err)
	}
	w.wantNobody("withdrawn", sign(t, first, jose.ES256, "", w.claims(nil)))

	w.publish(first)
	w.clock.add(keysFresh)
	w.wantNobody("withdrawn, and nobody names another", sign(t, second, jose.ES256, "", w.claims(nil)))
	if n := w.times(); n != 3 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

func TestForgedTokensDoNotMakeTheIssuerAnswerMoreOften(t *testing.T) {
	w := newWorld(t, nil)
	forged := sign(t, ecKey(t, "k9"), jose.ES256, "", w.claims(nil))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := w.ask(forged); !errors.Is(err, httpapi.ErrNobody) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.times(); n != 1 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

func TestWhileTheIssuerIsAwayItsKeysAreGoodForAnHour(t *testing.T) {
	w := newWorld(t, nil)
	token := func() string { return sign(t, w.key, jose.ES256, "", w.claims(nil)) }
	if _, err := w.ask(token()); err != nil {
		t.Fatal(err)
	}
	w.set(func() { w.down = true })
	w.clock.add(keysStale - time.Second)
	if _, err := w.ask(token()); err != nil {
		t.Errorf("within the hour: %v", err)
	}
	w.clock.add(keysPause)
	if _, err := w.ask(token()); err == nil || errors.Is(err, httpapi.ErrNobody) {
		t.Errorf("after the hour: %v", err)
	}
	w.set(func() { w.down = false })
	w.clock.add(keysPause)
	if _, err := w.ask(token()); err != nil {
		t.Errorf("when it is back: %v", err)
	}
}

func TestAnIssuerThatCannotBeTrustedHasNoTokens(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"not its authority": func(w *world) {
			w.config.Authorities = newIssuer(t).authority
			other, err := rsa.GenerateKey(rand.Reader, 2048)
			must(t, err)
			template := x509.Certificate{SerialNumber: other.N, IsCA: true, BasicConstraintsValid: true}
			der, err := x509.CreateCertificate(rand.Reader, &template, &template, other.Public(), other)
			must(t, err)
			must(t, os.WriteFile(w.config.Authorities, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
		},
		"names another": func(w *world) { w.says = "https://evil.example" },
		"no keys":       func(w *world) { w.keys = nil },
		"only secrets": func(w *world) {
			w.keys = []jose.JSONWebKey{{Key: []byte("a secret of 32 bytes, or nearly."), KeyID: "k1"}}
		},
		"only for other": func(w *world) { w.keys[0].Use = "enc" },
		"doubled ids":    func(w *world) { w.keys = append(w.keys, w.keys[0]) },
	} {
		w := newWorld(t, nil)
		spoil(w)
		var err error
		w.bearers, err = newBearers(w.config, w.clock.now)
		must(t, err)
		_, err = w.ask(sign(t, w.key, jose.ES256, "", w.claims(nil)))
		if err == nil || errors.Is(err, httpapi.ErrNobody) || strings.Contains(err.Error(), w.server.URL) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAConfigurationIsReadStrictly(t *testing.T) {
	dir := t.TempDir()
	read := func(text string) (Config, error) {
		path := filepath.Join(dir, "oidc.json")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return ReadConfig(path)
	}
	good := `{"issuer":"https://login.example","audience":"a","authorities":"ca.pem","claims":{"role":"r"},"agency":"anytown","roles":{"M":"manager"}}`
	if c, err := read(good); err != nil || c.Authorities != filepath.Join(dir, "ca.pem") {
		t.Errorf("%+v %v", c, err)
	}
	for name, change := range map[string][2]string{
		"http":                {"https://", "http://"},
		"an unknown member":   {`"audience"`, `"audiences":["b"],"audience"`},
		"an unknown claim":    {`"role":`, `"name":"x","role":`},
		"a doubled member":    {`"audience"`, `"audience":"b","audience"`},
		"no audience":         {`"audience":"a",`, ``},
		"no agency":           {`,"agency":"anytown"`, ``},
		"two agencies":        {`"role":"r"`, `"role":"r","agency":"x"`},
		"no claim of roles":   {`"role":"r"`, ``},
		"a role of no ledger": {`"manager"`, `"king"`},
		"HS256":               {`"audience"`, `"algorithms":["HS256"],"audience"`},
		"none":                {`"audience"`, `"algorithms":["none"],"audience"`},
		"a skew of an hour":   {`"audience"`, `"skewSeconds":3600,"audience"`},
		"something after":     {`"M":"manager"}}`, `"M":"manager"}} x`},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if _, err := read(text); err == nil || text == good {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"issuer":"https://login.example","audience":"a","claims":{"role":"r"},"agency":"anytown"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseConfig(text)
		if err == nil && (!strings.HasPrefix(c.Issuer, "https://") || c.Audience == "" || c.Claims.Role == "") {
			t.Errorf("%+v", c)
		}
	})
}

func FuzzKeys(f *testing.F) {
	key := jose.JSONWebKey{Key: rsaKey(), KeyID: "r1"}
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
	must(f, err)
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := parseKeys(text)
		for id, key := range keys {
			if err != nil || id == "" || key.KeyID != id || !signs(key) {
				t.Errorf("%q %v", id, err)
			}
		}
	})
}

// FuzzToken signs whatever claims there are: whoever they make is a caller as the
// API knows them.
func FuzzToken(f *testing.F) {
	w := newWorld(f, nil)
	good, err := json.Marshal(w.claims(nil))
	must(f, err)
	f.Add(good)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: w.key}, nil)
	must(f, err)
	f.Fuzz(func(t *testing.T, claims []byte) {
		jws, err := signer.Sign(claims)
		must(t, err)
		token, err := jws.CompactSerialize()
		must(t, err)
		c, err := w.ask(token)
		if err == nil && c.Validate() != nil || err != nil && !errors.Is(err, httpapi.ErrNobody) {
			t.Errorf("%+v %v", c, err)
		}
	})
}
