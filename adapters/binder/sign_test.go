package binder_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
	tsp "github.com/digitorus/timestamp"

	"caseledger/adapters/binder"
	"caseledger/eventstore/proof/timestamp"
)

func signer(t testing.TB, more ...pkix.Extension) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Anytown Council"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: more, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, cert
}

func signed(t testing.TB, file []byte, authority *timestamp.Authority) []byte {
	t.Helper()
	key, cert := signer(t)
	var out bytes.Buffer
	if err := binder.Sign(t.Context(), &out, file, binder.Signature{Key: key, Certificates: []*x509.Certificate{cert}, Reason: "Filed (by hand)", At: time.Now(), Authority: authority}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// signatureOf returns what was signed and the signature, as the file says.
func signatureOf(t *testing.T, file []byte) (content []byte, signature *pkcs7.PKCS7) {
	t.Helper()
	_, after, _ := bytes.Cut(file, []byte("/ByteRange ["))
	var n [4]int
	for i, field := range strings.Fields(string(after[:43])) {
		n[i], _ = strconv.Atoi(field)
	}
	der, err := hex.DecodeString(string(file[n[1]+1 : n[2]-1]))
	if err != nil {
		t.Fatal(err)
	}
	signature, err = pkcs7.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if n[2]+n[3] != len(file) {
		t.Errorf("bytes %v of %d are signed", n, len(file))
	}
	return append(bytes.Clone(file[:n[1]]), file[n[2]:]...), signature
}

func TestASignatureIsOverEveryByteButItself(t *testing.T) {
	file, _ := built(t, sample())
	out := signed(t, file, nil)
	if !bytes.HasPrefix(out, file) {
		t.Error("the bundle was changed")
	}
	content, signature := signatureOf(t, out)
	signature.Content = content
	if err := signature.Verify(); err != nil {
		t.Error(err)
	}
	content[100] ^= 1
	if err := signature.Verify(); err == nil {
		t.Error("another content verifies")
	}
	if fails := failing(t, out, binder.Given{}); len(fails) != 1 { // which pages came late cannot be seen
		t.Errorf("%+v", fails)
	}
}

func TestAStampIsOverTheSignature(t *testing.T) {
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	key, cert := signer(t, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}) // time-stamping alone
	var stamped []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			t.Error(err)
		}
		request, err := tsp.ParseRequest(body.Bytes())
		if err != nil {
			t.Error(err)
			return
		}
		stamped = request.HashedMessage
		token := tsp.Timestamp{HashAlgorithm: request.HashAlgorithm, HashedMessage: request.HashedMessage, Time: time.Now(), Nonce: request.Nonce, Policy: []int{1, 2, 3}, AddTSACertificate: true}
		answer, err := token.CreateResponseWithOpts(cert, key, request.HashAlgorithm)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(answer) //nolint:errcheck // the client says so
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	file, _ := built(t, sample())
	out := signed(t, file, &timestamp.Authority{Name: "test", URL: server.URL, Roots: roots})
	_, signature := signatureOf(t, out)
	if len(signature.Signers) != 1 || len(signature.Signers[0].UnauthenticatedAttributes) != 1 {
		t.Fatal("there is no stamp")
	}
	token, err := tsp.Parse(signature.Signers[0].UnauthenticatedAttributes[0].Value.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := token.HashAlgorithm.New()
	sum.Write(signature.Signers[0].EncryptedDigest)
	if !bytes.Equal(token.HashedMessage, sum.Sum(nil)) || !bytes.Equal(stamped, token.HashedMessage) {
		t.Error("the stamp is over something else")
	}
}

func TestOnlyABundleAsItWasBuiltIsSigned(t *testing.T) {
	key, cert := signer(t)
	file, _ := built(t, sample())
	for name, f := range map[string][]byte{"text": []byte("Dear court"), "signed": signed(t, file, nil)} {
		var out bytes.Buffer
		if err := binder.Sign(t.Context(), &out, f, binder.Signature{Key: key, Certificates: []*x509.Certificate{cert}}); !errors.Is(err, binder.ErrNotOurs) || out.Len() > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
