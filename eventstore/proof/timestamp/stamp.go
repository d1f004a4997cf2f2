package timestamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"

	tsp "github.com/digitorus/timestamp"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Stamp asks the authority for a token over message, verifies it, and returns
// it ready to be kept: certificates that the chain does not use are dropped.
// It makes one request and does not repeat it.
func (a Authority) Stamp(ctx context.Context, message []byte) (Token, error) {
	token, err := a.stamp(ctx, message)
	if err != nil {
		return Token{}, fmt.Errorf("timestamp: authority %s: %w", a.Name, err)
	}
	return token, nil
}

func (a Authority) stamp(ctx context.Context, message []byte) (Token, error) {
	nonce, err := newNonce()
	if err != nil {
		return Token{}, err
	}
	request, err := encodeRequest(message, nonce, a.Policy)
	if err != nil {
		return Token{}, err
	}
	response, err := a.post(ctx, request)
	if err != nil {
		return Token{}, err
	}
	der, err := parseResponse(response)
	if err != nil {
		return Token{}, err
	}
	return accept(Token{a.Name, nonce, der}, message, Trust{Roots: a.Roots, Policy: a.Policy})
}

// accept verifies a token at receipt, and drops the certificates and lists that
// no chain uses, so that every byte kept is one that Verify checks.
func accept(token Token, message []byte, trust Trust) (Token, error) {
	s, err := parseSigned(token.DER)
	if err != nil {
		return Token{}, err
	}
	_, chains, err := s.verify(token, message, trust)
	if err != nil {
		return Token{}, err
	}
	if token.DER, err = s.encode(s.used(chains)); err != nil {
		return Token{}, err
	}
	stamp, err := Verify(token, message, trust)
	if err != nil {
		return Token{}, err
	}
	return token, secondReading(token.DER, stamp)
}

// secondReading has another decoder read the token: a token on which two
// readers differ is no evidence, and now is the time to ask for a better one.
func secondReading(der []byte, stamp Stamp) error {
	other, err := tsp.Parse(der)
	if err != nil {
		return fmt.Errorf("second reading: %w: %w", ErrMalformed, err)
	}
	if !other.Time.Equal(stamp.Time) || other.Accuracy != stamp.Accuracy ||
		other.SerialNumber.Cmp(stamp.SerialNumber) != 0 || !other.Policy.Equal(stamp.Policy) {
		return fmt.Errorf("second reading differs: %w", ErrMalformed)
	}
	return nil
}

// newNonce returns 64 random bits: more are refused by some authorities.
func newNonce() (*big.Int, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, err
	}
	return new(big.Int).SetBytes(b[:]), nil
}

func encodeRequest(message []byte, nonce *big.Int, policy asn1.ObjectIdentifier) ([]byte, error) {
	request := tsp.Request{
		HashAlgorithm: crypto.SHA256,
		HashedMessage: sum(crypto.SHA256, message),
		Certificates:  true,
		TSAPolicyOID:  policy,
		Nonce:         nonce,
	}
	return request.Marshal()
}

func (a Authority) post(ctx context.Context, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTransport, err)
	}
	request.Header.Set("Content-Type", "application/timestamp-query")
	request.Header.Set("Accept", "application/timestamp-reply")
	response, err := a.client().Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTransport, err)
	}
	defer response.Body.Close()
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.StatusCode != http.StatusOK || kind != "application/timestamp-reply" {
		return nil, fmt.Errorf("%w: HTTP status %d", ErrTransport, response.StatusCode)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, MaxResponse+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTransport, err)
	}
	if len(answer) > MaxResponse {
		return nil, fmt.Errorf("response: %w", ErrSize)
	}
	return answer, nil
}

func (a Authority) client() *http.Client {
	if a.HTTP != nil {
		return a.HTTP
	}
	return &http.Client{
		Timeout:       Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// parseResponse returns the token of a TimeStampResp (RFC 3161, 2.4.2). Only
// the status "granted" is taken; "granted with modifications" is not.
func parseResponse(der []byte) ([]byte, error) {
	input := cryptobyte.String(der)
	var seq, info, texts, token cryptobyte.String
	var failure asn1.BitString
	var status int
	var hasTexts bool
	if !input.ReadASN1(&seq, tag.SEQUENCE) || !input.Empty() ||
		!seq.ReadASN1(&info, tag.SEQUENCE) || !info.ReadASN1Integer(&status) ||
		!info.ReadOptionalASN1(&texts, &hasTexts, tag.SEQUENCE) ||
		info.PeekASN1Tag(tag.BIT_STRING) && !info.ReadASN1BitString(&failure) || !info.Empty() {
		return nil, malformed("response")
	}
	if status != 0 {
		return nil, &StatusError{status, firstBit(failure)}
	}
	if !seq.ReadASN1Element(&token, tag.SEQUENCE) || !seq.Empty() {
		return nil, malformed("response without a token")
	}
	if len(token) > MaxToken {
		return nil, fmt.Errorf("token of %d bytes: %w", len(token), ErrSize)
	}
	return token, nil
}

func firstBit(b asn1.BitString) int {
	for i := range b.BitLength {
		if b.At(i) != 0 {
			return i
		}
	}
	return -1
}
