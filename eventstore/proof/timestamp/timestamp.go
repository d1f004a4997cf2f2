// Package timestamp asks time-stamp authorities (RFC 3161) to say when a text
// existed, and checks what they said, then and years later, without a network.
//
// Only a hash leaves the building: 32 bytes of the text, a random nonce and,
// when one is configured, the policy asked for. A token proves that the text
// existed at the authority's time; it does not prove that the text is true,
// nor that it did not exist long before.
//
// The package never trusts the machine's list of certificate authorities,
// never looks up revocation, never reads a clock to verify, and never keeps a
// token that it has not verified.
package timestamp

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"time"
)

// Limits on what is read. Tokens of public authorities are 1 to 8 KiB.
const (
	MaxToken    = 64 << 10 // bytes of a token, and of its text form's base64 source
	MaxResponse = MaxToken + 4<<10
	maxCerts    = 10 // certificates in one token
	maxAttrs    = 16 // signed attributes in one token
	maxSerial   = 20 // bytes of a serial number, RFC 5280
	maxNonce    = 20 // bytes of a nonce
	maxRoots    = 64 // certificates in one file of roots
	minRSA      = 2048

	// Timeout is how long an authority may take, from dialling to the last
	// byte, when Authority.HTTP is nil.
	Timeout = 30 * time.Second
)

// What Verify and Stamp refuse. Test with errors.Is.
var (
	ErrSize      = errors.New("larger than the limit")
	ErrMalformed = errors.New("not a time-stamp token in DER")
	ErrSurplus   = errors.New("the token holds certificates or lists that its chain does not use")
	ErrAlgorithm = errors.New("an algorithm that is not accepted")
	ErrImprint   = errors.New("the token is for another text")
	ErrNonce     = errors.New("the token answers another request")
	ErrSignature = errors.New("the signature does not verify")
	ErrSigner    = errors.New("the token does not name the certificate that signed it")
	ErrUsage     = errors.New("the certificate is not for time-stamping alone")
	ErrValidity  = errors.New("a certificate was not valid at the time stated")
	ErrChain     = errors.New("no chain to a configured root")
	ErrPolicy    = errors.New("issued under another policy than the one configured")
	ErrTime      = errors.New("the time stated is before the text claims to have been written")
	ErrText      = errors.New("not the text form of a token")
	ErrRoots     = errors.New("not a file of root certificates")
	ErrTransport = errors.New("the authority did not give a time-stamp response")
)

// StatusError is an authority's refusal (RFC 3161, 2.4.2). Its free text is
// left out: it is the authority's, and goes to logs.
type StatusError struct {
	Status  int // PKIStatus; 0 never occurs here
	Failure int // number of the first bit set in PKIFailureInfo; -1 for none
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the authority granted nothing: status %d, failure %d", e.Status, e.Failure)
}

// Authority is one time-stamp authority, as configured.
type Authority struct {
	Name   string // one word; kept with each token
	URL    string
	Roots  *x509.CertPool        // the only roots that its chain may end in
	Policy asn1.ObjectIdentifier // asked for and required; nil for any
	HTTP   *http.Client          // nil for one that waits Timeout and follows no redirect
}

// Token is what is kept of one time-stamp.
type Token struct {
	Authority string   // Authority.Name
	Nonce     *big.Int // of the request
	DER       []byte   // CMS SignedData over a TSTInfo
}

// Trust is what a verifier holds: whom it believes, and for what.
type Trust struct {
	Roots  *x509.CertPool
	Policy asn1.ObjectIdentifier // nil for any
	// Claimed is the time that the text says it was written. The stamp may be
	// at most Early before it, and any time after. Zero is not checked.
	Claimed time.Time
	Early   time.Duration
}

// Stamp is what a verified token states: the text existed at Time, give or take
// Accuracy, in the words of Authority.
type Stamp struct {
	Time         time.Time     // UTC
	Accuracy     time.Duration // 0 when the authority states none
	Authority    string        // Token.Authority: a label, nothing that is signed
	Signer       string        // subject of the certificate that signed
	Policy       asn1.ObjectIdentifier
	SerialNumber *big.Int
}

// ParseRoots reads a file of PEM certificates, and nothing but those.
func ParseRoots(text []byte) (*x509.CertPool, error) {
	pool, n := x509.NewCertPool(), 0
	for len(text) > 0 {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		if n++; n > maxRoots || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("timestamp: block %d: %w", n, ErrRoots)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("timestamp: block %d: %w: %w", n, ErrRoots, err)
		}
		pool.AddCert(cert)
		text = rest
	}
	if n == 0 {
		return nil, fmt.Errorf("timestamp: no certificate: %w", ErrRoots)
	}
	return pool, nil
}
