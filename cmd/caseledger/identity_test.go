package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	esdbclient "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
)

// issuing serves OpenID Connect Discovery over HTTPS. It returns the
// configuration that believes it, and what makes a token of a subject.
func issuing(t *testing.T) (config string, token func(subject string) string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	key := jose.JSONWebKey{Key: private, KeyID: "k1", Algorithm: "ES256", Use: "sig"}
	var url string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}}
		if r.URL.Path == "/.well-known/openid-configuration" {
			answer = map[string]string{"issuer": url, "jwks_uri": url + "/keys"}
		}
		if err := json.MarshalWrite(w, answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	url = server.URL
	dir := t.TempDir()
	writePEM(t, filepath.Join(dir, "issuer.pem"), "CERTIFICATE", server.Certificate().Raw)
	config = writeFile(t, filepath.Join(dir, "oidc.json"), `{"issuer":"`+url+`","audience":"caseledger","authorities":"issuer.pem","agency":"anytown",
		"claims":{"role":"groups"},"roles":{"CL Managers":"manager"}}`)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, nil)
	fine(t, err)
	return config, func(subject string) string {
		claims, err := json.Marshal(map[string]any{"iss": url, "aud": "caseledger", "sub": subject, "groups": []string{"CL Managers"}, "exp": time.Now().Add(time.Hour).Unix()})
		fine(t, err)
		jws, err := signer.Sign(claims)
		fine(t, err)
		text, err := jws.CompactSerialize()
		fine(t, err)
		return text
	}
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	fine(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

// clientOf makes an authority, and a client certificate of a service.
func clientOf(t *testing.T, service string) (authority string, certificate tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	top := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, top, top, key.Public(), key)
	fine(t, err)
	authority = filepath.Join(t.TempDir(), "clients.pem")
	writePEM(t, authority, "CERTIFICATE", der)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: service}, NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err = x509.CreateCertificate(rand.Reader, leaf, top, key.Public(), key)
	fine(t, err)
	return authority, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestAServerOnEveryAddressKnowsPeopleByTheirIssuerAndServicesByTheirCertificates(t *testing.T) {
	dir := newLedger(t)
	local := tokenOf(t, dir, "manager")
	config, token := issuing(t)
	authority, certificate := clientOf(t, "mash.anytown.example")
	services := writeFile(t, filepath.Join(t.TempDir(), "services.json"), `[{"id":"mash","role":"analyst","agency":"anytown","certificate":"mash.anytown.example"}]`)
	cert, key := selfSigned(t)
	s := startProcess(t, "serve", "--data", dir, "--listen", ":0", "--admin", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key,
		"--oidc", config, "--services", services, "--client-ca", authority)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.url, "https://"))
	fine(t, err)
	text, err := os.ReadFile(cert)
	fine(t, err)
	ask := func(path, token string, certificates ...tls.Certificate) (int, string) {
		t.Helper()
		trusted := &tls.Config{RootCAs: x509.NewCertPool(), Certificates: certificates}
		trusted.RootCAs.AppendCertsFromPEM(text)
		transport := &http.Transport{TLSClientConfig: trusted}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://127.0.0.1:"+port+path, nil)
		fine(t, err)
		req.Header.Set("Purpose", "child-protection")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := (&http.Client{Transport: transport}).Do(req)
		fine(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		fine(t, err)
		return res.StatusCode, string(body)
	}
	for _, tt := range []struct {
		name, path, token string
		certificates      []tls.Certificate
		status            int
	}{
		{"a manager", "/v1/register", token("tm-001"), nil, 200},
		{"a service", "/v1/register", "", []tls.Certificate{certificate}, 200},
		{"a service beyond its role", "/v1/accesses", "", []tls.Certificate{certificate}, 403},
		{"the id of a service", "/v1/register", token("mash"), nil, 401},
		{"a local token", "/v1/register", local, nil, 401},
		{"nobody", "/v1/register", "", nil, 401},
	} {
		if status, body := ask(tt.path, tt.token, tt.certificates...); status != tt.status {
			t.Errorf("%s: %d %s", tt.name, status, body)
		}
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	who := ""
	for _, row := range rows(t, "access", "search", "--data", dir) {
		who += row["caller"].(string) + " "
	}
	if who != "tm-001 mash mash " && who != "mash mash tm-001 " {
		t.Errorf("%q", who)
	}
}

func TestAServerIsNotOpenToOthersUnlessItKnowsThemAndSpeaksTLS(t *testing.T) {
	dir := newLedger(t)
	tokenOf(t, dir, "manager")
	config, _ := issuing(t)
	authority, _ := clientOf(t, "mash")
	services := writeFile(t, filepath.Join(t.TempDir(), "services.json"), `[]`)
	wrong := writeFile(t, filepath.Join(t.TempDir(), "wrong.json"), `{"issuer":"http://login.example"}`)
	cert, key := selfSigned(t)
	for _, args := range [][]string{
		{"--tls-cert", cert, "--tls-key", key},
		{"--oidc", config},
		{"--oidc", wrong, "--tls-cert", cert, "--tls-key", key},
		{"--services", services, "--client-ca", authority},
		{"--services", services, "--tls-cert", cert, "--tls-key", key},
		{"--client-ca", authority, "--tls-cert", cert, "--tls-key", key},
		{"--services", wrong, "--client-ca", authority, "--tls-cert", cert, "--tls-key", key},
		{"--services", services, "--client-ca", wrong, "--tls-cert", cert, "--tls-key", key},
	} {
		if code, _, errs := caseledger(t, append([]string{"serve", "--data", dir, "--listen", "0.0.0.0:0", "--admin", "127.0.0.1:0"}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
}

func TestAServerReadsItsFilesAnewWhenToldAndGoesOn(t *testing.T) {
	dir := newLedger(t)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	public, err := json.Marshal(map[string]any{"keys": []jose.JSONWebKey{{Key: private.Public(), KeyID: "k1"}}})
	fine(t, err)
	account := func(id string) string {
		return `[{"id":"` + id + `","role":"manager","agency":"anytown","keys":` + string(public) + `}]`
	}
	services := writeFile(t, filepath.Join(t.TempDir(), "services.json"), account("old-app"))
	policies := writeFile(t, filepath.Join(t.TempDir(), "policies.cedar"), `@id("old") permit (principal == Caller::"old-app", action, resource);`)
	password := writeFile(t, filepath.Join(t.TempDir(), "password"), "correct horse\n")
	esdbAccount := func(name string) string {
		return must(t, "store", "account", "--name", name, "--may", "read", "--password-file", password)
	}
	accounts := writeFile(t, filepath.Join(t.TempDir(), "accounts.json"), esdbAccount("old"))
	cert, key := selfSigned(t)
	s := startProcess(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key,
		"--services", services, "--audience", "https://ledger.example", "--policies", policies, "--esdb", "127.0.0.1:0", "--esdb-accounts", accounts)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	fine(t, err)
	made := 0
	ask := func(id, cert string) (int, error) {
		made++
		claims, err := json.Marshal(map[string]any{"iss": id, "sub": id, "aud": "https://ledger.example", "iat": time.Now().Unix(), "exp": time.Now().Unix() + 60, "jti": strconv.Itoa(made)})
		fine(t, err)
		jws, err := signer.Sign(claims)
		fine(t, err)
		token, err := jws.CompactSerialize()
		fine(t, err)
		text, err := os.ReadFile(cert)
		fine(t, err)
		trusted := &tls.Config{RootCAs: x509.NewCertPool()}
		trusted.RootCAs.AppendCertsFromPEM(text)
		transport := &http.Transport{TLSClientConfig: trusted}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/register", nil)
		fine(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Purpose", "child-protection")
		res, err := (&http.Client{Transport: transport}).Do(req)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	if status, err := ask("old-app", cert); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v", status, err)
	}
	newCert, newKey := selfSigned(t)
	for from, to := range map[string]string{newCert: cert, newKey: key} {
		text, err := os.ReadFile(from)
		fine(t, err)
		writeFile(t, to, string(text))
	}
	writeFile(t, services, account("new-app"))
	writeFile(t, accounts, esdbAccount("new"))
	writeFile(t, policies, `@id("new") permit (principal == Caller::"new-app", action, resource);`)
	fine(t, s.cmd.Process.Signal(syscall.SIGHUP))
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		status, err := ask("new-app", newCert)
		if err == nil && status == http.StatusOK {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("the new files were not taken: %d %v", status, err)
		}
	}
	text, err := os.ReadFile(newCert)
	fine(t, err)
	trusted := &tls.Config{RootCAs: x509.NewCertPool(), NextProtos: []string{"h2"}}
	trusted.RootCAs.AppendCertsFromPEM(text)
	conn, err := tls.Dial("tcp", s.esdb, trusted)
	if err != nil {
		t.Fatalf("EventStoreDB's clients get the old certificate: %v", err)
	}
	fine(t, conn.Close())
	reads := func(account string) bool {
		conf, err := esdbclient.ParseConnectionString("esdb://" + account + ":correct%20horse@" + s.esdb + "?tls=true&maxDiscoverAttempts=1&gossipTimeout=60&tlsCAFile=" + cert)
		fine(t, err)
		conf.Logger = esdbclient.NoopLogging()
		c, err := esdbclient.NewClient(conf)
		fine(t, err)
		defer func() { fine(t, c.Close()) }()
		read, err := c.ReadAll(t.Context(), esdbclient.ReadAllOptions{}, 1)
		if err != nil {
			return false
		}
		defer read.Close()
		_, err = read.Recv()
		return err == nil
	}
	for began := time.Now(); !reads("new") || reads("old"); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("EventStoreDB's clients are known by the old accounts")
		}
	}
	if status, err := ask("old-app", newCert); err != nil || status != http.StatusUnauthorized {
		t.Errorf("an account that was taken away: %d %v", status, err)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}

func TestBrokenFilesAreNotTakenInThePlaceOfGoodOnes(t *testing.T) {
	cert, key := selfSigned(t)
	authority, _ := clientOf(t, "mash")
	services := writeFile(t, filepath.Join(t.TempDir(), "services.json"), `[{"id":"mash","role":"analyst","agency":"anytown","certificate":"mash"}]`)
	policies := writeFile(t, filepath.Join(t.TempDir(), "policies.cedar"), `@id("all") permit (principal, action, resource);`)
	l, err := newLive(serveFlags{cert: cert, key: key, policies: policies, identity: identityFlags{services: services, clientCA: authority}}, t.TempDir())
	fine(t, err)
	good := l.files.Load()
	for _, path := range []string{services, cert, key, authority, policies} {
		text, err := os.ReadFile(path)
		fine(t, err)
		writeFile(t, path, "[")
		if err := l.read(); err == nil || l.files.Load() != good {
			t.Errorf("%s is taken: %v", filepath.Base(path), err)
		}
		writeFile(t, path, string(text))
	}
	took := 0
	l.also(func() (func(), error) { return func() { took++ }, nil })
	if err := l.read(); err != nil || l.files.Load() == good || took != 1 {
		t.Errorf("good ones are not: %v", err)
	}
	good = l.files.Load()
	l.also(func() (func(), error) { return nil, errors.New("broken") })
	if err := l.read(); err == nil || l.files.Load() != good || took != 1 {
		t.Errorf("something is taken while others are broken: %v", err)
	}
}
