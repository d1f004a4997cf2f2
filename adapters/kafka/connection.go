package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// Connection is a Cluster as a configuration states it. Secrets stand in files
// of their own.
type Connection struct {
	Brokers  []string   `json:"brokers"`
	ClientID string     `json:"clientId,omitzero"`
	TLS      *TLSFiles  `json:"tls,omitzero"`  // none: the brokers are spoken to plainly
	SASL     *SASLFiles `json:"sasl,omitzero"` // none: the brokers are not told who we are, but by a certificate
}

// TLSFiles are paths to PEM files. An empty TLSFiles trusts the machine's own
// authorities.
type TLSFiles struct {
	Authorities string `json:"authorities,omitzero"` // that sign the brokers' certificates
	Certificate string `json:"certificate,omitzero"` // our own, where the brokers ask for one
	Key         string `json:"key,omitzero"`
}

// SASLFiles say who we are.
type SASLFiles struct {
	Mechanism    string `json:"mechanism"` // "plain" (only with TLS), "scram-sha-256" or "scram-sha-512"
	User         string `json:"user"`
	PasswordFile string `json:"passwordFile"` // its first line
}

const maxSecretBytes = 4 << 10

// Cluster reads the files.
func (c Connection) Cluster() (Cluster, error) {
	out := Cluster{Brokers: c.Brokers, ClientID: orDefault(c.ClientID, "caseledger")}
	var err error
	if c.TLS != nil {
		if out.TLS, err = c.TLS.config(); err != nil {
			return Cluster{}, err
		}
	}
	if c.SASL != nil {
		if out.SASL, err = c.SASL.mechanism(c.TLS != nil); err != nil {
			return Cluster{}, err
		}
	}
	return out, nil
}

func (f TLSFiles) config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.Authorities != "" {
		text, err := os.ReadFile(f.Authorities)
		if err != nil {
			return nil, fmt.Errorf("kafka: authorities: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("kafka: authorities: %s holds no certificate", f.Authorities)
		}
	}
	if (f.Certificate == "") != (f.Key == "") {
		return nil, errors.New("kafka: a certificate and its key belong together")
	}
	if f.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return nil, fmt.Errorf("kafka: certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func (f SASLFiles) mechanism(secure bool) (sasl.Mechanism, error) {
	password, err := password(f.User, f.PasswordFile)
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(f.Mechanism) {
	case "plain":
		if !secure {
			return nil, errors.New("kafka: the mechanism plain shows the password to whoever listens: it needs tls")
		}
		return plain.Mechanism{Username: f.User, Password: password}, nil
	case "scram-sha-256":
		return scram.Mechanism(scram.SHA256, f.User, password)
	case "scram-sha-512":
		return scram.Mechanism(scram.SHA512, f.User, password)
	}
	return nil, errors.New("kafka: a mechanism is plain, scram-sha-256 or scram-sha-512")
}

// password reads a user's password: the first line of a file.
func password(user, path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("kafka: password: %w", err)
	}
	password, _, _ := strings.Cut(string(text), "\n")
	if password == "" || len(text) > maxSecretBytes || user == "" {
		return "", errors.New("kafka: a user and a file with a password are needed")
	}
	return password, nil
}
