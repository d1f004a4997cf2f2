package timestamp

import (
	"crypto"
	_ "crypto/sha1" // for ESSCertID, RFC 2634, which knows no other
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}

	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidRSASHA384   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidRSASHA512   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidECDSASHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
)

// readAlgorithm reads an AlgorithmIdentifier whose parameters are absent or NULL.
func readAlgorithm(s *cryptobyte.String) (asn1.ObjectIdentifier, bool) {
	var seq, null cryptobyte.String
	var oid asn1.ObjectIdentifier
	var present bool
	ok := s.ReadASN1(&seq, tag.SEQUENCE) && seq.ReadASN1ObjectIdentifier(&oid) &&
		seq.ReadOptionalASN1(&null, &present, tag.NULL) && null.Empty() && seq.Empty()
	return oid, ok
}

func readDigest(s *cryptobyte.String) (crypto.Hash, error) {
	oid, ok := readAlgorithm(s)
	if !ok {
		return 0, malformed("digest algorithm")
	}
	switch {
	case oid.Equal(oidSHA256):
		return crypto.SHA256, nil
	case oid.Equal(oidSHA384):
		return crypto.SHA384, nil
	case oid.Equal(oidSHA512):
		return crypto.SHA512, nil
	}
	return 0, fmt.Errorf("digest %s: %w", oid, ErrAlgorithm)
}

// readSignatureAlgorithm accepts RSA PKCS #1 v1.5 and ECDSA, over the digest
// that the signer names beside it and no other.
func readSignatureAlgorithm(s *cryptobyte.String, digest crypto.Hash) (x509.SignatureAlgorithm, error) {
	oid, ok := readAlgorithm(s)
	if !ok {
		return 0, malformed("signature algorithm")
	}
	var rsa, ecdsa asn1.ObjectIdentifier
	var rsaAlg, ecdsaAlg x509.SignatureAlgorithm
	switch digest {
	case crypto.SHA256:
		rsa, rsaAlg, ecdsa, ecdsaAlg = oidRSASHA256, x509.SHA256WithRSA, oidECDSASHA256, x509.ECDSAWithSHA256
	case crypto.SHA384:
		rsa, rsaAlg, ecdsa, ecdsaAlg = oidRSASHA384, x509.SHA384WithRSA, oidECDSASHA384, x509.ECDSAWithSHA384
	case crypto.SHA512:
		rsa, rsaAlg, ecdsa, ecdsaAlg = oidRSASHA512, x509.SHA512WithRSA, oidECDSASHA512, x509.ECDSAWithSHA512
	}
	switch {
	case oid.Equal(oidRSA), oid.Equal(rsa):
		return rsaAlg, nil
	case oid.Equal(ecdsa):
		return ecdsaAlg, nil
	}
	return 0, fmt.Errorf("signature %s with %s: %w", oid, digest, ErrAlgorithm)
}
