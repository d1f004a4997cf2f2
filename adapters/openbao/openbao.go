// Package openbao has epoch keys wrapped by the transit engine of an OpenBao
// server, or of HashiCorp Vault, which speaks the same protocol. The engine's
// key never leaves the server.
//
// The package speaks TLS only and always verifies the server; it keeps no
// token, follows no redirect, retries nothing, and puts neither a token nor
// what is wrapped into an error.
package openbao

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"caseledger/eventstore/seal/keys"
)

// Limits of a request.
const (
	MaxWait          = 15 * time.Second
	maxAnswerBytes   = 64 << 10
	maxComplaint     = 200 // characters of the server's own words in an error
	maxTokenBytes    = 4096
	maxCABytes       = 1 << 20
	maxKeyURLBytes   = 1024
	idleConnTimeout  = 10 * time.Second
	handshakeTimeout = 10 * time.Second
)

// Config says which key it is, and what opens the door to it.
type Config struct {
	// Key is the address of the key in the server's API:
	// https://kms.anytown.example:8200/v1/transit/keys/caseledger. A namespace is part
	// of the path. The key must be of an authenticating kind, such as the
	// default, aes256-gcm96, and not derived.
	Key string
	// TokenFile is read for every request, so that an agent can renew it.
	// Only its owner and group may read it.
	TokenFile string
	// CAFile holds the certificates, in PEM, of the authorities that the server's
	// certificate may be from. Empty stands for those of the operating system.
	CAFile string
}

var _ keys.KMS = (*Transit)(nil)

// Transit is a key of a transit engine. Many goroutines may use it at once.
type Transit struct {
	base      string // https://host/v1/mount
	name      string // of the key
	kms       string
	tokenFile string
	client    *http.Client
}

// Open checks the configuration, and that the token can be read. It does not
// ask the server anything.
func Open(c Config) (*Transit, error) {
	base, mount, name, err := parseKey(c.Key)
	if err != nil {
		return nil, err
	}
	roots, err := readCA(c.CAFile)
	if err != nil {
		return nil, err
	}
	if _, err := readToken(c.TokenFile); err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: handshakeTimeout,
		IdleConnTimeout:     idleConnTimeout,
		ForceAttemptHTTP2:   true,
	}
	client := &http.Client{
		Transport: transport,
		Timeout:   MaxWait,
		// The token is for this server, not for where it may point.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Transit{base, name, "transit:" + mount + "/keys/" + name, c.TokenFile, client}, nil
}

// Name implements keys.KMS: "transit:", the path of the key and its name. The
// server's address is no part of it, so that a server can move.
func (t *Transit) Name() string { return t.kms }

// Wrap implements keys.KMS. It returns "vault:v", the version of the key, ":"
// and base64, as the engine writes it.
func (t *Transit) Wrap(ctx context.Context, plaintext []byte) ([]byte, error) {
	var answer struct {
		Data struct {
			Ciphertext string `json:"ciphertext"`
		} `json:"data"`
	}
	if err := t.ask(ctx, "encrypt", question{Plaintext: plaintext, AssociatedData: purpose}, &answer); err != nil {
		return nil, err
	}
	wrapped := []byte(answer.Data.Ciphertext)
	if _, ok := Version(wrapped); !ok {
		return nil, errors.New("transit: the server answers with something else than a ciphertext")
	}
	return wrapped, nil
}

var errNotWrapped = errors.New("transit: not a ciphertext of a transit engine")

// Unwrap implements keys.KMS.
func (t *Transit) Unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	if _, ok := Version(wrapped); !ok {
		return nil, errNotWrapped
	}
	var answer struct {
		Data struct {
			Plaintext []byte `json:"plaintext"`
		} `json:"data"`
	}
	err := t.ask(ctx, "decrypt", question{Ciphertext: string(wrapped), AssociatedData: purpose}, &answer)
	return answer.Data.Plaintext, err
}

// Version returns the version of the engine's key under which something was
// wrapped. It takes nothing but the one way of writing it, while the engine
// passes over bits of base64 that mean nothing.
func Version(wrapped []byte) (version int, ok bool) {
	rest, ok := strings.CutPrefix(string(wrapped), "vault:v")
	number, text, cut := strings.Cut(rest, ":")
	version, err := strconv.Atoi(number)
	if !ok || !cut || err != nil || version < 1 || strconv.Itoa(version) != number {
		return 0, false
	}
	body, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(body) != text {
		return 0, false
	}
	return version, true
}

// parseKey takes the address of a key apart.
func parseKey(address string) (base, mount, name string, err error) {
	refused := fmt.Errorf("%w: a key of a transit engine is given as https://host:port/v1/transit/keys/name", keys.ErrRefused)
	u, err := url.Parse(address)
	if err != nil || len(address) > maxKeyURLBytes || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", "", "", refused
	}
	parts := strings.Split(u.EscapedPath(), "/") // "", "v1", mount…, "keys", name
	n := len(parts)
	if n < 5 || parts[1] != "v1" || parts[n-2] != "keys" || slices.ContainsFunc(parts[1:], unclear) {
		return "", "", "", refused
	}
	mount = strings.Join(parts[2:n-2], "/")
	return "https://" + u.Host + "/v1/" + mount, mount, parts[n-1], nil
}

// unclear reports a part of a path that needs escapes or points elsewhere.
func unclear(part string) bool {
	return part == "" || part == "." || part == ".." || strings.ContainsFunc(part, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.' && r != '_' && r != '-'
	})
}

// readCA returns nil, which stands for the system's authorities, for no file.
func readCA(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readFile(path, maxCABytes, 0)
	if err != nil {
		return nil, fmt.Errorf("KMS certificate authorities: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("KMS certificate authorities: %w: %s holds no certificate in PEM", keys.ErrRefused, path)
	}
	return roots, nil
}

// readToken reads a token, less the line end that editors add.
func readToken(path string) (string, error) {
	text, err := readFile(path, maxTokenBytes, 0o037)
	if err != nil {
		return "", fmt.Errorf("KMS token: %w", err)
	}
	token := strings.TrimRight(string(text), "\r\n")
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("KMS token: %w: %s does not hold one line of printable ASCII without space", keys.ErrRefused, path)
	}
	return token, nil
}

// readFile refuses a file that is too long, or of a mode that it must not have.
func readFile(path string, limit int64, without os.FileMode) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&without != 0 {
		return nil, fmt.Errorf("%w: %s has mode %v, not 0600 or 0640", keys.ErrExposed, path, mode)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", keys.ErrRefused, path, limit)
	}
	return os.ReadFile(path)
}
