package timestamp

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
)

// textHead is the first line of a token's text form; the README gives the rest.
const textHead = "caseledger/timestamp/v1"

// MaxText is the largest text form, in bytes.
const MaxText = MaxToken*4/3 + 1<<10

// maxName is the longest name of an authority, in bytes.
const maxName = 200

// Text returns the form in which a token is kept. A name that is not one word
// of printable ASCII is refused.
func (t Token) Text() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s\nauthority %s\nnonce %x\ntoken %s\n",
		textHead, t.Authority, t.Nonce, base64.StdEncoding.EncodeToString(t.DER)), nil
}

func (t Token) check() error {
	switch {
	case !isName(t.Authority):
		return fmt.Errorf("timestamp: authority: %w", ErrText)
	case t.Nonce == nil || t.Nonce.Sign() < 0 || len(t.Nonce.Bytes()) > maxNonce:
		return fmt.Errorf("timestamp: nonce: %w", ErrText)
	case len(t.DER) == 0:
		return fmt.Errorf("timestamp: token: %w", ErrText)
	case len(t.DER) > MaxToken:
		return fmt.Errorf("timestamp: token of %d bytes: %w", len(t.DER), ErrSize)
	}
	return nil
}

// ParseToken reads the text form, byte for byte: what it accepts is what Text
// writes. It verifies nothing.
func ParseToken(text []byte) (Token, error) {
	if len(text) > MaxText {
		return Token{}, fmt.Errorf("timestamp: text of %d bytes: %w", len(text), ErrSize)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 5 || lines[0] != textHead || lines[4] != "" {
		return Token{}, fmt.Errorf("timestamp: %w", ErrText)
	}
	var t Token
	var values [3]string
	for i, label := range []string{"authority ", "nonce ", "token "} {
		value, ok := strings.CutPrefix(lines[i+1], label)
		if !ok {
			return Token{}, fmt.Errorf("timestamp: line %d: %w", i+2, ErrText)
		}
		values[i] = value
	}
	t.Authority = values[0]
	t.Nonce, _ = new(big.Int).SetString(values[1], 16)
	t.DER, _ = base64.StdEncoding.DecodeString(values[2])
	again, err := t.Text()
	if err != nil {
		return Token{}, err
	}
	if string(again) != string(text) {
		return Token{}, fmt.Errorf("timestamp: not the one spelling of these values: %w", ErrText)
	}
	return t, nil
}

func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
