package timestamp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}

	tag0 = tag.Tag(0).ContextSpecific().Constructed()
	tag1 = tag.Tag(1).ContextSpecific().Constructed()
)

// signed is a token taken apart. Every byte of the token is either in one of
// its fields or was compared with the one value that is accepted there.
type signed struct {
	digestAlgs, encap, signerInfos []byte // as they stand in the token
	certs                          []*x509.Certificate
	lists                          bool   // the token carries revocation lists
	content                        []byte // TSTInfo in DER
	signer
}

type signer struct {
	issuer    []byte // Name in DER
	serial    *big.Int
	digest    crypto.Hash
	attrs     []byte // the signed attributes as they are hashed: a SET OF
	algorithm x509.SignatureAlgorithm
	signature []byte
}

func malformed(what string) error { return fmt.Errorf("%s: %w", what, ErrMalformed) }

// parseSigned takes a ContentInfo holding SignedData apart (RFC 5652, 3 and
// 5.1). It reads DER only: one length form, nothing after the end of anything.
func parseSigned(der []byte) (signed, error) {
	var s signed
	input := cryptobyte.String(der)
	var info, wrapped, data cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !input.ReadASN1(&info, tag.SEQUENCE) || !input.Empty() ||
		!info.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidSignedData) ||
		!info.ReadASN1(&wrapped, tag0) || !info.Empty() ||
		!wrapped.ReadASN1(&data, tag.SEQUENCE) || !wrapped.Empty() {
		return s, malformed("content info")
	}
	var version int
	var algs, encap, certs, lists, signers cryptobyte.String
	var hasCerts bool
	if !data.ReadASN1Integer(&version) || version != 3 ||
		!data.ReadASN1Element(&algs, tag.SET) ||
		!data.ReadASN1Element(&encap, tag.SEQUENCE) ||
		!data.ReadOptionalASN1(&certs, &hasCerts, tag0) ||
		!data.ReadOptionalASN1(&lists, &s.lists, tag1) ||
		!data.ReadASN1Element(&signers, tag.SET) || !data.Empty() {
		return s, malformed("signed data")
	}
	s.digestAlgs, s.encap, s.signerInfos = algs, encap, signers
	var err error
	if s.content, err = parseEncap(encap); err != nil {
		return s, err
	}
	if s.certs, err = parseCerts(certs); err != nil {
		return s, err
	}
	if s.signer, err = parseSigners(signers); err != nil {
		return s, err
	}
	return s, s.checkDigestAlgs(algs)
}

// checkDigestAlgs wants the list of digests to name the signer's, once.
func (s signed) checkDigestAlgs(element cryptobyte.String) error {
	var set cryptobyte.String
	if !element.ReadASN1(&set, tag.SET) {
		return malformed("digest algorithms")
	}
	listed, err := readDigest(&set)
	if err != nil {
		return err
	}
	if !set.Empty() || listed != s.digest {
		return malformed("digest algorithms")
	}
	return nil
}

func parseEncap(element cryptobyte.String) ([]byte, error) {
	var seq, wrapped, content cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !element.ReadASN1(&seq, tag.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&oid) {
		return nil, malformed("content")
	}
	if !oid.Equal(oidTSTInfo) {
		return nil, malformed("content type is not TSTInfo")
	}
	if !seq.ReadASN1(&wrapped, tag0) || !seq.Empty() ||
		!wrapped.ReadASN1(&content, tag.OCTET_STRING) || !wrapped.Empty() {
		return nil, malformed("content")
	}
	return content, nil
}

func parseCerts(list cryptobyte.String) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for !list.Empty() {
		var element cryptobyte.String
		if len(certs) == maxCerts {
			return nil, fmt.Errorf("more than %d certificates: %w", maxCerts, ErrSize)
		}
		if !list.ReadASN1Element(&element, tag.SEQUENCE) {
			return nil, malformed("certificates")
		}
		cert, err := x509.ParseCertificate(element)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w: %w", len(certs), ErrMalformed, err)
		}
		certs = append(certs, cert)
	}
	return certs, nil
}

// parseSigners takes the one SignerInfo apart (RFC 5652, 5.3): version 1, named
// by issuer and serial number, with signed attributes and no unsigned ones.
func parseSigners(element cryptobyte.String) (signer, error) {
	var s signer
	var set, info, sid, issuer, attrs, sig cryptobyte.String
	var version int
	s.serial = new(big.Int)
	if !element.ReadASN1(&set, tag.SET) || !set.ReadASN1(&info, tag.SEQUENCE) || !set.Empty() ||
		!info.ReadASN1Integer(&version) || version != 1 ||
		!info.ReadASN1(&sid, tag.SEQUENCE) ||
		!sid.ReadASN1Element(&issuer, tag.SEQUENCE) || !sid.ReadASN1Integer(s.serial) || !sid.Empty() {
		return s, malformed("signer")
	}
	var err error
	if s.digest, err = readDigest(&info); err != nil {
		return s, err
	}
	if !info.ReadASN1Element(&attrs, tag0) {
		return s, malformed("signed attributes")
	}
	if s.algorithm, err = readSignatureAlgorithm(&info, s.digest); err != nil {
		return s, err
	}
	if !info.ReadASN1(&sig, tag.OCTET_STRING) || !info.Empty() {
		return s, malformed("signature or unsigned attributes")
	}
	s.issuer, s.signature = issuer, sig
	s.attrs = bytes.Clone(attrs)
	s.attrs[0] = byte(tag.SET) // they are signed as a SET OF, RFC 5652, 5.4
	return s, nil
}

// attributes are the signed attributes that a time-stamp must have.
type attributes struct {
	contentType   asn1.ObjectIdentifier
	messageDigest []byte
	cert, certV2  cryptobyte.String // SigningCertificate, RFC 2634 and RFC 5035
}

func parseAttributes(set []byte) (attributes, error) {
	var a attributes
	element := cryptobyte.String(set)
	var list cryptobyte.String
	if !element.ReadASN1(&list, tag.SET) {
		return a, malformed("signed attributes")
	}
	seen := make(map[string]bool, maxAttrs)
	for !list.Empty() {
		var attr, values cryptobyte.String
		var oid asn1.ObjectIdentifier
		if len(seen) == maxAttrs {
			return a, fmt.Errorf("more than %d signed attributes: %w", maxAttrs, ErrSize)
		}
		if !list.ReadASN1(&attr, tag.SEQUENCE) || !attr.ReadASN1ObjectIdentifier(&oid) ||
			!attr.ReadASN1(&values, tag.SET) || !attr.Empty() || seen[oid.String()] {
			return a, malformed("signed attributes")
		}
		seen[oid.String()] = true
		if !a.take(oid, values) {
			return a, malformed("signed attribute " + oid.String())
		}
	}
	return a, nil
}

func (a *attributes) take(oid asn1.ObjectIdentifier, values cryptobyte.String) bool {
	switch {
	case oid.Equal(oidContentType):
		return values.ReadASN1ObjectIdentifier(&a.contentType) && values.Empty()
	case oid.Equal(oidMessageDigest):
		return values.ReadASN1Bytes(&a.messageDigest, tag.OCTET_STRING) && values.Empty()
	case oid.Equal(oidSigningCert):
		return values.ReadASN1Element(&a.cert, tag.SEQUENCE) && values.Empty()
	case oid.Equal(oidSigningCertV2):
		return values.ReadASN1Element(&a.certV2, tag.SEQUENCE) && values.Empty()
	}
	return true
}

// encode puts a token together again with fewer certificates and no lists.
// Neither is signed; what is signed is copied as it stands.
func (s signed) encode(keep []*x509.Certificate) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(3)
				b.AddBytes(s.digestAlgs)
				b.AddBytes(s.encap)
				b.AddASN1(tag0, func(b *cryptobyte.Builder) {
					for _, c := range keep {
						b.AddBytes(c.Raw)
					}
				})
				b.AddBytes(s.signerInfos)
			})
		})
	})
	return b.Bytes()
}
