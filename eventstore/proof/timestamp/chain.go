package timestamp

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

// signingCert finds the certificate that the signer names by issuer and serial.
func (s signed) signingCert() (*x509.Certificate, error) {
	var found *x509.Certificate
	for _, c := range s.certs {
		if !bytes.Equal(c.RawIssuer, s.issuer) || c.SerialNumber.Cmp(s.serial) != 0 {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("two certificates of one serial number: %w", ErrSigner)
		}
		found = c
	}
	if found == nil {
		return nil, fmt.Errorf("no certificate: %w", ErrSigner)
	}
	return found, nil
}

// checkSignature checks that cert's key signed the attributes, and that these
// name the content and the certificate.
func (s signed) checkSignature(cert *x509.Certificate) error {
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < minRSA {
		return fmt.Errorf("RSA key of %d bits: %w", key.N.BitLen(), ErrAlgorithm)
	}
	if err := cert.CheckSignature(s.algorithm, s.attrs, s.signature); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	a, err := parseAttributes(s.attrs)
	if err != nil {
		return err
	}
	if !a.contentType.Equal(oidTSTInfo) {
		return malformed("the signed content type is not TSTInfo")
	}
	if subtle.ConstantTimeCompare(a.messageDigest, sum(s.digest, s.content)) != 1 {
		return fmt.Errorf("the signed digest is of another content: %w", ErrSignature)
	}
	return a.checkCert(cert)
}

// checkCert checks every SigningCertificate attribute; one at least must be there.
func (a attributes) checkCert(cert *x509.Certificate) error {
	if a.cert == nil && a.certV2 == nil {
		return fmt.Errorf("no SigningCertificate: %w", ErrSigner)
	}
	if a.cert != nil && !essMatches(a.cert, cert, 1) || a.certV2 != nil && !essMatches(a.certV2, cert, 2) {
		return fmt.Errorf("SigningCertificate: %w", ErrSigner)
	}
	return nil
}

// essMatches says whether the first ESSCertID (version 1, SHA-1) or ESSCertIDv2
// is that of cert. Further ones name the chain, which is built anew instead.
func essMatches(element cryptobyte.String, cert *x509.Certificate, version int) bool {
	var seq, list, id, hash, issuerSerial cryptobyte.String
	if !element.ReadASN1(&seq, tag.SEQUENCE) || !seq.ReadASN1(&list, tag.SEQUENCE) || !list.ReadASN1(&id, tag.SEQUENCE) {
		return false
	}
	digest := crypto.SHA1
	if version == 2 {
		digest = crypto.SHA256 // the default
		if id.PeekASN1Tag(tag.SEQUENCE) {
			named, err := readDigest(&id)
			if err != nil {
				return false
			}
			digest = named
		}
	}
	var present bool
	return id.ReadASN1(&hash, tag.OCTET_STRING) && bytes.Equal(hash, sum(digest, cert.Raw)) &&
		id.ReadOptionalASN1(&issuerSerial, &present, tag.SEQUENCE) && id.Empty() &&
		(!present || issuerSerialMatches(issuerSerial, cert))
}

func issuerSerialMatches(s cryptobyte.String, cert *x509.Certificate) bool {
	var names, name cryptobyte.String
	serial := new(big.Int)
	directory := tag.Tag(4).ContextSpecific().Constructed()
	return s.ReadASN1(&names, tag.SEQUENCE) && names.ReadASN1(&name, directory) && names.Empty() &&
		s.ReadASN1Integer(serial) && s.Empty() &&
		bytes.Equal(name, cert.RawIssuer) && serial.Cmp(cert.SerialNumber) == 0
}

// checkUsage wants the extended key usage to be critical and time-stamping
// alone (RFC 3161, 2.3), and the key usage, if any, to be for signing alone.
func checkUsage(cert *x509.Certificate) error {
	at := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidExtKeyUsage) })
	if at < 0 || !cert.Extensions[at].Critical {
		return fmt.Errorf("extended key usage is missing or not critical: %w", ErrUsage)
	}
	if !slices.Equal(cert.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) || len(cert.UnknownExtKeyUsage) > 0 {
		return fmt.Errorf("extended key usage: %w", ErrUsage)
	}
	signing := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if cert.KeyUsage&^signing != 0 {
		return fmt.Errorf("key usage: %w", ErrUsage)
	}
	return nil
}

// chains builds every chain from cert to a root, as of at.
func (s signed) chains(cert *x509.Certificate, roots *x509.CertPool, at time.Time) ([][]*x509.Certificate, error) {
	if roots == nil { // x509 would take the machine's
		return nil, fmt.Errorf("no roots: %w", ErrChain)
	}
	between := x509.NewCertPool()
	for _, c := range s.certs {
		between.AddCert(c)
	}
	found, err := cert.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
		return found, nil
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return nil, fmt.Errorf("%w: %w", ErrValidity, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return nil, fmt.Errorf("%w: %w", ErrChain, err)
}

// used returns those certificates of the token that stand in some chain.
func (s signed) used(chains [][]*x509.Certificate) []*x509.Certificate {
	var keep []*x509.Certificate
	for _, c := range s.certs {
		if slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool {
			return slices.ContainsFunc(chain, c.Equal)
		}) {
			keep = append(keep, c)
		}
	}
	return keep
}

func sum(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}
