package timestamp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"math/big"
)

// Verify checks a token for message, offline and without a clock: that it is
// strict DER with one signer, that imprint and nonce are those of message and
// request, that the signature is good over attributes which name the content
// and the certificate, that the certificate is for time-stamping alone, and
// that a chain led to one of trust.Roots at the time stated. Every byte of the
// token takes part: a token that verifies and differs from another is another.
// (One spelling apart: RSA signers may name their digest twice, RFC 5754, 3.2.)
func Verify(token Token, message []byte, trust Trust) (Stamp, error) {
	if err := token.check(); err != nil {
		return Stamp{}, err
	}
	s, err := parseSigned(token.DER)
	if err != nil {
		return Stamp{}, fmt.Errorf("timestamp: %w", err)
	}
	stamp, chains, err := s.verify(token, message, trust)
	if err != nil {
		return Stamp{}, fmt.Errorf("timestamp: %w", err)
	}
	if s.lists || len(s.used(chains)) != len(s.certs) {
		return Stamp{}, fmt.Errorf("timestamp: %w", ErrSurplus)
	}
	return stamp, nil
}

// verify makes every check but that for surplus.
func (s signed) verify(token Token, message []byte, trust Trust) (Stamp, [][]*x509.Certificate, error) {
	info, err := parseTSTInfo(s.content)
	if err != nil {
		return Stamp{}, nil, err
	}
	if err := info.check(token.Nonce, message, trust); err != nil {
		return Stamp{}, nil, err
	}
	cert, err := s.signingCert()
	if err != nil {
		return Stamp{}, nil, err
	}
	if err := s.checkSignature(cert); err != nil {
		return Stamp{}, nil, err
	}
	if err := checkUsage(cert); err != nil {
		return Stamp{}, nil, err
	}
	chains, err := s.chains(cert, trust.Roots, info.time)
	if err != nil {
		return Stamp{}, nil, err
	}
	return Stamp{
		Time: info.time, Accuracy: info.accuracy, Authority: token.Authority,
		Signer: cert.Subject.String(), Policy: info.policy, SerialNumber: info.serial,
	}, chains, nil
}

func (t tstInfo) check(nonce *big.Int, message []byte, trust Trust) error {
	if t.hash != crypto.SHA256 {
		return fmt.Errorf("imprint with %s: %w", t.hash, ErrAlgorithm)
	}
	if !bytes.Equal(t.imprint, sum(crypto.SHA256, message)) {
		return ErrImprint
	}
	if t.nonce == nil || t.nonce.Cmp(nonce) != 0 {
		return ErrNonce
	}
	if trust.Policy != nil && !t.policy.Equal(trust.Policy) {
		return fmt.Errorf("%s: %w", t.policy, ErrPolicy)
	}
	if !trust.Claimed.IsZero() && t.time.Before(trust.Claimed.Add(-trust.Early)) {
		return ErrTime
	}
	return nil
}
