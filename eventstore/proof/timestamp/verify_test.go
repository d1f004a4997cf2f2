package timestamp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
	tsp "github.com/digitorus/timestamp"
)

func TestAGoodTokenStatesItsTime(t *testing.T) {
	for name, key := range map[string]crypto.Signer{"ECDSA": ecKey(t), "RSA": rsaKey(t, 2048)} {
		p := newPKI(t, key, nil)
		got, err := Verify(p.token(t, checkpoint, testNonce, nil), checkpoint, Trust{
			Roots: p.roots, Policy: testPolicy, Claimed: issuedAt, Early: time.Minute,
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !got.Time.Equal(issuedAt.Truncate(time.Second)) || got.Accuracy != 1500*time.Millisecond ||
			got.Authority != "anytown" || got.Signer != "CN=Time of Anytown" ||
			!got.Policy.Equal(testPolicy) || got.SerialNumber.Sign() <= 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestOrderingAndHarmlessExtensionsAreRead(t *testing.T) {
	p := newPKI(t, ecKey(t), nil)
	token := p.token(t, checkpoint, testNonce, func(s *tsp.Timestamp) {
		s.Ordering, s.Accuracy, s.Qualified = true, 0, true
	})
	if got, err := Verify(token, checkpoint, p.trust()); err != nil || got.Accuracy != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestATokenIsRefusedWhen(t *testing.T) {
	good := newPKI(t, ecKey(t), nil)
	token := good.token(t, checkpoint, testNonce, nil)
	other := newPKI(t, ecKey(t), nil)
	leaf := func(change func(*x509.Certificate)) (Token, Trust) {
		p := newPKI(t, ecKey(t), change)
		return p.token(t, checkpoint, testNonce, nil), p.trust()
	}
	stamped := func(change func(*tsp.Timestamp)) (Token, Trust) {
		return good.token(t, checkpoint, testNonce, change), good.trust()
	}
	with := func(change func(*Token)) (Token, Trust) {
		bad := Token{token.Authority, token.Nonce, bytes.Clone(token.DER)}
		change(&bad)
		return bad, good.trust()
	}
	tests := []struct {
		name string
		make func() (Token, Trust)
		want error
	}{
		{"it is for another checkpoint", func() (Token, Trust) {
			return good.token(t, []byte("another"), testNonce, nil), good.trust()
		}, ErrImprint},
		{"the nonce is another", func() (Token, Trust) {
			return with(func(x *Token) { x.Nonce = big.NewInt(5) })
		}, ErrNonce},
		{"it has no nonce", func() (Token, Trust) {
			return stamped(func(s *tsp.Timestamp) { s.Nonce = nil })
		}, ErrNonce},
		{"the policy is another", func() (Token, Trust) {
			return token, Trust{Roots: good.roots, Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 2}}
		}, ErrPolicy},
		{"the imprint uses another digest", func() (Token, Trust) {
			return stamped(func(s *tsp.Timestamp) {
				s.HashAlgorithm, s.HashedMessage = crypto.SHA384, sum(crypto.SHA384, checkpoint)
			})
		}, ErrAlgorithm},
		{"the roots are another authority's", func() (Token, Trust) { return token, other.trust() }, ErrChain},
		{"there are no roots", func() (Token, Trust) { return token, Trust{} }, ErrChain},
		{"the intermediate certificate is missing", func() (Token, Trust) {
			return stamped(func(s *tsp.Timestamp) { s.Certificates = nil })
		}, ErrChain},
		{"it holds no certificates", func() (Token, Trust) {
			return stamped(func(s *tsp.Timestamp) { s.AddTSACertificate, s.Certificates = false, nil })
		}, ErrSigner},
		{"it holds a certificate that no chain uses", func() (Token, Trust) {
			return more(t, token, other.root), good.trust()
		}, ErrSurplus},
		{"it holds many certificates", func() (Token, Trust) {
			return more(t, token, slices.Repeat([]*x509.Certificate{other.root}, maxCerts)...), good.trust()
		}, ErrSize},
		{"the certificate had expired", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.NotAfter = issuedAt.Add(-time.Hour) })
		}, ErrValidity},
		{"the certificate was not yet valid", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.NotBefore = issuedAt.Add(time.Hour) })
		}, ErrValidity},
		{"the certificate has no extended key usage", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.ExtraExtensions = nil })
		}, ErrUsage},
		{"the extended key usage is not critical", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{usage(false, 8)} })
		}, ErrUsage},
		{"the extended key usage is another", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{usage(true, 3)} })
		}, ErrUsage},
		{"the extended key usage is not time-stamping alone", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{usage(true, 8, 3)} })
		}, ErrUsage},
		{"the key may do more than sign", func() (Token, Trust) {
			return leaf(func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageKeyEncipherment })
		}, ErrUsage},
		{"the RSA key is short", func() (Token, Trust) {
			p := newPKI(t, rsaKey(t, 1024), nil)
			return p.token(t, checkpoint, testNonce, nil), p.trust()
		}, ErrAlgorithm},
		{"the checkpoint claims to be younger", func() (Token, Trust) {
			return token, Trust{Roots: good.roots, Claimed: issuedAt.Add(time.Hour), Early: time.Minute}
		}, ErrTime},
		{"an extension is critical", func() (Token, Trust) {
			return stamped(func(s *tsp.Timestamp) {
				s.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
			})
		}, ErrMalformed},
		{"something follows it", func() (Token, Trust) {
			return with(func(x *Token) { x.DER = append(x.DER, 0) })
		}, ErrMalformed},
		{"it is empty", func() (Token, Trust) { return with(func(x *Token) { x.DER = nil }) }, ErrText},
		{"it is huge", func() (Token, Trust) {
			return with(func(x *Token) { x.DER = make([]byte, MaxToken+1) })
		}, ErrSize},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token, trust := tt.make()
			if got, err := Verify(token, checkpoint, trust); !errors.Is(err, tt.want) || got.SerialNumber != nil {
				t.Errorf("got %+v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

// TestTheSignedAttributesMust goes below the protocol, to tokens that a signer
// with a good certificate could make by mistake or on purpose.
func TestTheSignedAttributesMust(t *testing.T) {
	p := newPKI(t, ecKey(t), nil)
	other := newPKI(t, ecKey(t), nil)
	s, err := parseSigned(p.token(t, checkpoint, testNonce, nil).DER)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name        string
		contentType asn1.ObjectIdentifier
		attrs       []pkcs7.Attribute
		want        error
	}{
		{"name the certificate", oidTSTInfo, []pkcs7.Attribute{essV2(t, p.leaf)}, nil},
		{"name the certificate at all", oidTSTInfo, nil, ErrSigner},
		{"name the certificate that signed", oidTSTInfo, []pkcs7.Attribute{essV2(t, other.leaf)}, ErrSigner},
		{"name the content type TSTInfo", asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 5}, []pkcs7.Attribute{essV2(t, p.leaf)}, ErrMalformed},
		{"be there once each", oidTSTInfo, []pkcs7.Attribute{essV2(t, p.leaf), essV2(t, p.leaf)}, ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := pkcs7.NewSignedData(s.content)
			if err != nil {
				t.Fatal(err)
			}
			data.SetDigestAlgorithm(oidSHA256)
			data.SetContentType(tt.contentType)
			data.GetSignedData().Version = 3
			if err := data.AddSignerChain(p.leaf, p.key, []*x509.Certificate{p.between}, pkcs7.SignerInfoConfig{ExtraSignedAttributes: tt.attrs}); err != nil {
				t.Fatal(err)
			}
			der, err := data.Finish()
			if err != nil {
				t.Fatal(err)
			}
			der = bytes.Replace(der, oidBytes(t, tt.contentType), oidBytes(t, oidTSTInfo), 1) // the unsigned one
			if _, err := Verify(Token{"anytown", testNonce, der}, checkpoint, p.trust()); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestASignedDigestOfAnotherContentIsRefused(t *testing.T) {
	p := newPKI(t, ecKey(t), nil)
	first, err := parseSigned(p.token(t, []byte("another"), testNonce, nil).DER)
	if err != nil {
		t.Fatal(err)
	}
	second, err := parseSigned(p.token(t, checkpoint, testNonce, nil).DER)
	if err != nil {
		t.Fatal(err)
	}
	second.signerInfos = first.signerInfos // good signature, over another TSTInfo
	der, err := second.encode(second.certs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(Token{"anytown", testNonce, der}, checkpoint, p.trust()); !errors.Is(err, ErrSignature) {
		t.Errorf("got %v", err)
	}
}

func oidBytes(t *testing.T, oid asn1.ObjectIdentifier) []byte {
	t.Helper()
	der, err := asn1.Marshal(oid)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func essV2(t *testing.T, cert *x509.Certificate) pkcs7.Attribute {
	t.Helper()
	type essCertID struct{ Hash []byte }
	type signingCert struct{ Certs []essCertID }
	der, err := asn1.Marshal(signingCert{[]essCertID{{sum(crypto.SHA256, cert.Raw)}}})
	if err != nil {
		t.Fatal(err)
	}
	return pkcs7.Attribute{Type: oidSigningCertV2, Value: asn1.RawValue{FullBytes: der}}
}

func TestEveryAlteredByteIsFound(t *testing.T) {
	p := newPKI(t, ecKey(t), nil)
	token := p.token(t, checkpoint, testNonce, func(s *tsp.Timestamp) {
		s.Certificates = append(s.Certificates, p.root)
	})
	if _, err := Verify(token, checkpoint, p.trust()); err != nil {
		t.Fatal(err)
	}
	flips := []byte{1, 2, 4, 8, 16, 32, 64, 128, 0xff}
	for i := range token.DER {
		for _, flip := range flips {
			bad := token
			bad.DER = bytes.Clone(token.DER)
			bad.DER[i] ^= flip
			if _, err := Verify(bad, checkpoint, p.trust()); err == nil {
				t.Errorf("byte %d of %d to %#x: accepted", i, len(bad.DER), bad.DER[i])
			}
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	p := newPKI(t, ecKey(t), nil)
	token := p.token(t, checkpoint, testNonce, nil)
	for n := range token.DER {
		cut := token
		cut.DER = token.DER[:n]
		if _, err := Verify(cut, checkpoint, p.trust()); err == nil {
			t.Errorf("the first %d bytes: accepted", n)
		}
	}
}

func FuzzVerify(f *testing.F) {
	p := newPKI(f, ecKey(f), nil)
	good := p.token(f, checkpoint, testNonce, nil)
	f.Add(good.DER)
	f.Add(good.DER[:40])
	f.Fuzz(func(t *testing.T, der []byte) {
		_, err := Verify(Token{"anytown", testNonce, der}, checkpoint, p.trust())
		if (err == nil) != bytes.Equal(der, good.DER) {
			t.Errorf("%x: %v", der, err)
		}
	})
}

func FuzzTSTInfo(f *testing.F) {
	s, err := parseSigned(newPKI(f, ecKey(f), nil).token(f, checkpoint, testNonce, nil).DER)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.content)
	f.Fuzz(func(t *testing.T, der []byte) {
		info, err := parseTSTInfo(der)
		if err == nil && (info.accuracy < 0 || len(info.imprint) > len(der)) {
			t.Errorf("%x: %+v", der, info)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for name, key := range map[string]crypto.Signer{"ECDSA": ecKey(b), "RSA": rsaKey(b, 2048)} {
		p := newPKI(b, key, nil)
		token, trust := p.token(b, checkpoint, testNonce, nil), p.trust()
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Verify(token, checkpoint, trust); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
