// Command serve runs our server of EventStoreDB's protocol for the clients' own
// tests: an empty store in memory, TLS on three ports, an administrator, and
// streams that may be deleted. It writes its certificates below the directory
// that is its only argument, where those tests look for them, and "ready" when
// it serves. It ends with its standard input.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore/memory"
)

func main() {
	if err := serve(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func serve(dir string) error {
	ca, err := authority(filepath.Join(dir, "ca"), "ca")
	if err != nil {
		return err
	}
	node, err := ca.issue(filepath.Join(dir, "node"), "node", "eventstoredb-node")
	if err != nil {
		return err
	}
	if _, err := ca.issue(filepath.Join(dir, "user-admin"), "user-admin", "admin"); err != nil {
		return err
	}
	other, err := authority(filepath.Join(dir, "untrusted-ca"), "ca")
	if err != nil {
		return err
	}
	if _, err := other.issue(filepath.Join(dir, "user-invalid"), "user-invalid", "admin"); err != nil {
		return err
	}
	s, err := server(dir, ca, node)
	if err != nil {
		return err
	}
	for _, port := range []string{"2111", "2112", "2113"} {
		l, err := net.Listen("tcp", "localhost:"+port)
		if err != nil {
			return err
		}
		go func() {
			if err := s.Serve(l); err != nil {
				log.Fatal(err)
			}
		}()
	}
	if err := users(filepath.Join(dir, "ca", "ca.crt")); err != nil {
		return err
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}

func server(dir string, ca *pair, node tls.Certificate) (*esdbgrpc.Server, error) {
	hashed, err := esdbgrpc.HashPassword("changeit")
	if err != nil {
		return nil, err
	}
	accounts, err := esdbgrpc.NewAccounts([]esdbgrpc.Account{{Name: "admin", Password: hashed, Certificate: "admin", May: []string{"admin"}}})
	if err != nil {
		return nil, err
	}
	state := filepath.Join(dir, "state")
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
	return esdbgrpc.New(esdbgrpc.Options{
		Store: memory.New(), State: state, Accounts: accounts, ClientCAs: roots, Advertise: "localhost:2113",
		TLS:     &tls.Config{Certificates: []tls.Certificate{node}},
		Scratch: func(string) bool { return true },
		Log:     slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
}

// users fills the stream by which clients see that accounts are there.
func users(ca string) error {
	conf, err := client.ParseConnectionString("esdb://admin:changeit@localhost:2113?tlsCAFile=" + ca)
	if err != nil {
		return err
	}
	c, err := client.NewClient(conf)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.AppendToStream(context.Background(), "$users", client.AppendToStreamOptions{}, client.EventData{
		EventType: "$User", ContentType: client.ContentTypeJson, Data: []byte(`"admin"`),
	})
	return err
}

type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func authority(dir, name string) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: dir},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := write(dir, name, template, template, key, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &pair{cert, key}, err
}

func (p *pair) issue(dir, name, subject string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: subject},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := write(dir, name, template, p.cert, key, p.key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// write signs a certificate and writes it and its key.
func write(dir, name string, template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, name+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	return der, os.WriteFile(filepath.Join(dir, name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600)
}
