package timestamp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	tsp "github.com/digitorus/timestamp"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	checkpoint = []byte("ledger.example/prod\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— ledger.example/prod Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n")
	// issuedAt is long ago: a token outlives the certificate that signed it.
	issuedAt   = time.Date(2016, 11, 22, 10, 0, 0, 250_000_000, time.UTC)
	testPolicy = asn1.ObjectIdentifier{1, 2, 3, 4, 1}
	testNonce  = big.NewInt(0x1122334455667788)
)

// pki is a throw-away authority: root, intermediate, and the certificate that
// signs time-stamps.
type pki struct {
	root, between, leaf *x509.Certificate
	key                 crypto.Signer
	roots               *x509.CertPool
	at                  time.Time // what it says the time is
}

func usage(critical bool, purposes ...int) pkix.Extension {
	var oids []asn1.ObjectIdentifier
	for _, p := range purposes {
		oids = append(oids, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, p})
	}
	value, err := asn1.Marshal(oids)
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: oidExtKeyUsage, Critical: critical, Value: value}
}

// newPKI makes a good authority, after change (nil for none) had its way with
// the signing certificate.
func newPKI(t testing.TB, key crypto.Signer, change func(*x509.Certificate)) pki {
	t.Helper()
	rootKey, betweenKey := ecKey(t), ecKey(t)
	ca := func(name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
			NotBefore: issuedAt.AddDate(-5, 0, 0), NotAfter: issuedAt.AddDate(40, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		}
	}
	p := pki{key: key, roots: x509.NewCertPool(), at: issuedAt.Truncate(time.Second)}
	p.root = issue(t, ca("Root"), nil, rootKey.Public(), rootKey)
	p.between = issue(t, ca("Between"), p.root, betweenKey.Public(), rootKey)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "Time of Anytown"},
		NotBefore: issuedAt.AddDate(-1, 0, 0), NotAfter: issuedAt.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: []pkix.Extension{usage(true, 8)},
	}
	if change != nil {
		change(leaf)
	}
	p.leaf = issue(t, leaf, p.between, key.Public(), betweenKey)
	p.roots.AddCert(p.root)
	return p
}

// newPresentPKI is an authority of today, for when somebody's clock counts.
func newPresentPKI(t testing.TB, key crypto.Signer) pki {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	p := newPKI(t, key, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.Add(-time.Hour), now.Add(time.Hour) })
	p.at = now
	return p
}

func issue(t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// respond answers as p would, after change (nil for none) had its way with the
// time-stamp.
func (p pki) respond(t testing.TB, message []byte, nonce *big.Int, change func(*tsp.Timestamp)) []byte {
	t.Helper()
	stamp := tsp.Timestamp{
		HashAlgorithm: crypto.SHA256, HashedMessage: sum(crypto.SHA256, message),
		Time: p.at, Accuracy: 1500 * time.Millisecond, Policy: testPolicy, Nonce: nonce,
		AddTSACertificate: true, Certificates: []*x509.Certificate{p.between},
	}
	if change != nil {
		change(&stamp)
	}
	response, err := stamp.CreateResponseWithOpts(p.leaf, p.key, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func (p pki) token(t testing.TB, message []byte, nonce *big.Int, change func(*tsp.Timestamp)) Token {
	t.Helper()
	der, err := parseResponse(p.respond(t, message, nonce, change))
	if err != nil {
		t.Fatal(err)
	}
	return Token{"anytown", nonce, der}
}

// more is token with more certificates, which nobody signed for.
func more(t testing.TB, token Token, certs ...*x509.Certificate) Token {
	t.Helper()
	s, err := parseSigned(token.DER)
	if err != nil {
		t.Fatal(err)
	}
	token.DER, err = s.encode(append(s.certs, certs...))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// grant wraps a token into a response.
func grant(token []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddBytes(token)
	})
	return b.BytesOrPanic()
}

func (p pki) trust() Trust { return Trust{Roots: p.roots} }

// serve runs an authority that answers each request with reply.
func serve(t testing.TB, reply func(request []byte) []byte) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(reply(request))
	}))
	t.Cleanup(server.Close)
	return server.URL
}
