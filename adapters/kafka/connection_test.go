package kafka_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"caseledger/adapters/kafka"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// authority makes a certificate of a broker that signs itself.
func authority(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

func TestAPublisherAndASubscriberProveWhoTheyAreOverTLS(t *testing.T) {
	pair, ca := authority(t)
	for mechanism, name := range map[string]string{"plain": "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			c, _ := fake(t, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}), kfake.EnableSASL(), kfake.Superuser(name, "ledger", "correct horse"), kfake.SeedTopics(1, "t"))
			connection := kafka.Connection{Brokers: c.ListenAddrs(), TLS: &kafka.TLSFiles{Authorities: ca},
				SASL: &kafka.SASLFiles{Mechanism: mechanism, User: "ledger", PasswordFile: write(t, "password", "correct horse\n")}}
			cluster, err := connection.Cluster()
			must(t, err)
			must(t, publisher(t, kafka.PublisherConfig{Cluster: cluster}).Publish("t", keyed("1", "", "x")))
			next(t, subscribe(t, subscriber(t, kafka.SubscriberConfig{Cluster: cluster, Group: "g"}), "t")).Ack()

			connection.SASL.PasswordFile = write(t, "password", "canary")
			cluster, err = connection.Cluster()
			must(t, err)
			if err := publisher(t, kafka.PublisherConfig{Cluster: cluster, Attempts: 1}).Publish("t", keyed("1", "", "x")); err == nil || strings.Contains(err.Error(), "canary") {
				t.Errorf("with a wrong password: %v", err)
			}
			_, connection.TLS.Authorities = authority(t) // another one
			cluster, err = connection.Cluster()
			must(t, err)
			if err := publisher(t, kafka.PublisherConfig{Cluster: cluster, Attempts: 1}).Publish("t", keyed("1", "", "x")); err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("to a broker that nobody vouches for: %v", err)
			}
		})
	}
}

func TestAConnectionIsRefusedUnlessItsFilesAreWhole(t *testing.T) {
	password := write(t, "password", "secret")
	for name, c := range map[string]kafka.Connection{
		"plain without TLS":     {SASL: &kafka.SASLFiles{Mechanism: "plain", User: "u", PasswordFile: password}},
		"no such mechanism":     {SASL: &kafka.SASLFiles{Mechanism: "kerberos", User: "u", PasswordFile: password}},
		"no user":               {SASL: &kafka.SASLFiles{Mechanism: "scram-sha-256", PasswordFile: password}},
		"no password":           {SASL: &kafka.SASLFiles{Mechanism: "scram-sha-256", User: "u", PasswordFile: write(t, "password", "\n")}},
		"no password file":      {SASL: &kafka.SASLFiles{Mechanism: "scram-sha-256", User: "u"}},
		"no certificate":        {TLS: &kafka.TLSFiles{Authorities: password}},
		"a key without its own": {TLS: &kafka.TLSFiles{Key: password}},
	} {
		if _, err := c.Cluster(); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, brokers := range [][]string{nil, {"no-port"}} {
		if _, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: kafka.Cluster{Brokers: brokers}}); err == nil {
			t.Errorf("brokers %q were taken", brokers)
		}
	}
}
