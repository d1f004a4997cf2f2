package httpapi

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"

	"caseledger/adapters/assertion"
)

// vouched is a certificate with its key.
type vouched struct {
	tls.Certificate
	leaf *x509.Certificate
	key  *ecdsa.PrivateKey
}

// vouch makes a certificate; without an authority it is one.
func vouch(t testing.TB, name string, by *vouched, until time.Time, usage x509.ExtKeyUsage) *vouched {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
		BasicConstraintsValid: true, IsCA: by == nil, ExtKeyUsage: []x509.ExtKeyUsage{usage}}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.leaf, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	must(t, err)
	leaf, err := x509.ParseCertificate(der)
	must(t, err)
	return &vouched{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, leaf, key}
}

const accounts = `[{"id":"mash-app","role":"manager","agency":"anytown","teams":["mash"],"certificate":"mash.anytown.example"}]`

func TestAServiceIsKnownByItsCertificateAndABearerNeverBearsItsID(t *testing.T) {
	w := newWorld(t)
	services, err := parseServices([]byte(accounts), Assertions{})
	must(t, err)
	tokens := w.api.Callers.(*Tokens)
	borrowed, err := tokens.Add(Caller{ID: "mash-app", Role: "manager", Agency: "anytown"})
	must(t, err)
	w.api.Callers = Both{tokens, services}
	tomorrow := time.Now().Add(24 * time.Hour)
	authority := vouch(t, "the authority", nil, tomorrow, x509.ExtKeyUsageAny)
	server := httptest.NewUnstartedServer(w.api)
	server.Config = NewServer(w.api, slog.New(slog.NewJSONHandler(w.logs, nil)))
	server.TLS = &tls.Config{ClientCAs: x509.NewCertPool(), ClientAuth: tls.VerifyClientCertIfGiven}
	server.TLS.ClientCAs.AddCert(authority.leaf)
	server.StartTLS()
	t.Cleanup(server.Close)
	ask := func(certificate *vouched, token string) (int, error) {
		config := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		if certificate != nil {
			config.Certificates = []tls.Certificate{certificate.Certificate}
		}
		transport := &http.Transport{TLSClientConfig: config}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/register", nil)
		must(t, err)
		req.Header.Set("Purpose", "child-protection")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := (&http.Client{Transport: transport}).Do(req)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	mash := vouch(t, "mash.anytown.example", authority, tomorrow, x509.ExtKeyUsageClientAuth)
	for _, tt := range []struct {
		name        string
		certificate *vouched
		token       string
		status      int // 0 where the connection is refused
	}{
		{"a service", mash, "", 200},
		{"a gateway with somebody's token", mash, w.tokens["auditor"], 403},
		{"a gateway with a bad token", mash, "x", 401},
		{"nothing", nil, "", 401},
		{"a token with the id of a service", nil, borrowed, 401},
		{"no account", vouch(t, "other.anytown.example", authority, tomorrow, x509.ExtKeyUsageClientAuth), "", 401},
		{"another authority", vouch(t, "mash.anytown.example", vouch(t, "the authority", nil, tomorrow, x509.ExtKeyUsageAny), tomorrow, x509.ExtKeyUsageClientAuth), "", 0},
		{"its own authority", vouch(t, "mash.anytown.example", nil, tomorrow, x509.ExtKeyUsageClientAuth), "", 0},
		{"expired", vouch(t, "mash.anytown.example", authority, time.Now().Add(-time.Hour), x509.ExtKeyUsageClientAuth), "", 0},
		{"a server's", vouch(t, "mash.anytown.example", authority, tomorrow, x509.ExtKeyUsageServerAuth), "", 0},
	} {
		status, err := ask(tt.certificate, tt.token)
		if status != tt.status && tt.status != 0 || tt.status == 0 && err == nil && status != http.StatusUnauthorized {
			t.Errorf("%s: %d %v", tt.name, status, err)
		}
	}
	if rows := w.accessed(); len(rows) != 2 || rows[0].Caller+rows[1].Caller != "mash-appauditor-1" && rows[0].Caller+rows[1].Caller != "auditor-1mash-app" {
		t.Errorf("%v", rows)
	}
	late := vouch(t, "mash.anytown.example", authority, time.Now().Add(-time.Minute), x509.ExtKeyUsageClientAuth)
	if _, err := services.Caller(t.Context(), Shown{Certificate: late.leaf}); !errors.Is(err, ErrNobody) {
		t.Errorf("expired on an open connection: %v", err)
	}
}

func TestAServiceSignsItsOwnAssertionsAndEachIsTakenOnce(t *testing.T) {
	w := newWorld(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	public, err := json.Marshal(map[string]any{"keys": []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1"}}})
	must(t, err)
	now := time.Now()
	services, err := parseServices([]byte(`[{"id":"mash-app","role":"manager","agency":"anytown","keys":`+string(public)+`}]`),
		Assertions{"https://ledger.example", assertion.NewSeen(func() time.Time { return now })})
	must(t, err)
	w.api.Callers = Both{w.api.Callers, services}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	must(t, err)
	signed, err := signer.Sign([]byte(fmt.Sprintf(`{"iss":"mash-app","sub":"mash-app","aud":"https://ledger.example","iat":%d,"exp":%d,"jti":"1"}`, now.Unix(), now.Unix()+60)))
	must(t, err)
	token, err := signed.CompactSerialize()
	must(t, err)
	for i, want := range []int{200, 401} {
		got := w.call("nobody", http.MethodGet, "/v1/register", "", "Authorization: Bearer "+token)
		if got.status != want {
			t.Errorf("time %d: %d %s", i+1, got.status, got.body)
		}
	}
	if got := w.call("manager", http.MethodGet, "/v1/register", ""); got.status != http.StatusOK {
		t.Errorf("people beside it: %d", got.status)
	}
	if rows := w.accessed(); len(rows) != 2 || rows[0].Caller != "mash-app" {
		t.Errorf("%v", rows)
	}
}

// away are callers who cannot be asked for.
type away struct{}

func (away) Caller(context.Context, Shown) (Caller, error) {
	return Caller{}, errors.New("the issuer does not answer")
}

func TestWhoCannotBeAskedForIsToldToComeBack(t *testing.T) {
	w := newWorld(t)
	w.api.Callers = away{}
	got := w.call("manager", http.MethodGet, "/v1/register", "")
	if code, _ := got.problem(t); got.status != http.StatusServiceUnavailable || code != codeUnasked || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if text := w.logs.String(); !strings.Contains(text, "the issuer does not answer") || strings.Contains(got.body, "issuer") {
		t.Errorf("%s %s", text, got.body)
	}
}

func TestAFileOfServicesIsReadStrictly(t *testing.T) {
	for name, change := range map[string][2]string{
		"an unknown member": {`"role"`, `"rank":"high","role"`},
		"an unknown role":   {`"manager"`, `"king"`},
		"no certificate":    {`,"certificate":"mash.anytown.example"`, ``},
		"an empty name":     {`"mash.anytown.example"`, `""`},
		"no id":             {`"id":"mash-app",`, ``},
		"one name twice":    {`}]`, `},{"id":"b","role":"manager","agency":"anytown","certificate":"mash.anytown.example"}]`},
		"something after":   {`}]`, `}] x`},
		"one id twice":      {`}]`, `},{"id":"mash-app","role":"manager","agency":"anytown","certificate":"b.anytown.example"}]`},
		"keys for nobody":   {`}]`, `,"keys":{"keys":[]}}]`},
	} {
		text := strings.Replace(accounts, change[0], change[1], 1)
		if _, err := parseServices([]byte(text), Assertions{}); err == nil || text == accounts {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzServices(f *testing.F) {
	f.Add([]byte(accounts))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseServices(text, Assertions{})
		if err != nil {
			return
		}
		for name, c := range s.byName {
			if _, known := s.ids[c.ID]; name == "" || c.Validate() != nil || !known {
				t.Errorf("%q %+v", name, c)
			}
		}
	})
}
