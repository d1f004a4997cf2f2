package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Limits on a file of keys. Standard Webhooks asks for 24 to 64 bytes.
const (
	maxKeyFileBytes = 4 << 10
	maxKeys         = 2
	minSecretBytes  = 24
	maxSecretBytes  = 64
)

// signer signs what is sent.
type signer []func(message []byte) string

// readSigner reads a file of keys that only its owner may read.
func readSigner(path string) (signer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, errors.Join(fmt.Errorf("key: %s must have mode 0600", path), err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	s, err := parseSigner(string(text))
	if err != nil {
		return nil, fmt.Errorf("key: %s: %w", path, err)
	}
	return s, nil
}

var errKey = errors.New("a line is not whsec_ or whsk_ and 24 to 64 bytes in base64, or there are not 1 or 2 of them")

func parseSigner(text string) (signer, error) {
	lines := strings.Fields(text)
	if len(text) > maxKeyFileBytes || len(lines) == 0 || len(lines) > maxKeys {
		return nil, errKey
	}
	var s signer
	for _, line := range lines {
		kind, encoded, _ := strings.Cut(line, "_")
		key, err := base64.StdEncoding.DecodeString(encoded)
		switch {
		case err != nil:
			return nil, errKey
		case kind == "whsec" && minSecretBytes <= len(key) && len(key) <= maxSecretBytes:
			s = append(s, func(message []byte) string {
				mac := hmac.New(sha256.New, key)
				mac.Write(message)
				return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
			})
		case kind == "whsk" && (len(key) == ed25519.SeedSize || len(key) == ed25519.PrivateKeySize):
			private := ed25519.NewKeyFromSeed(key[:ed25519.SeedSize])
			s = append(s, func(message []byte) string {
				return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(private, message))
			})
		default:
			return nil, errKey
		}
	}
	return s, nil
}

// sign returns the header webhook-signature of a body sent under an id at a time
// in seconds.
func (s signer) sign(id, seconds string, body []byte) string {
	message := append([]byte(id+"."+seconds+"."), body...)
	all := make([]string, len(s))
	for i, one := range s {
		all[i] = one(message)
	}
	return strings.Join(all, " ")
}
