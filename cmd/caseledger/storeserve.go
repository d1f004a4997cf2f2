package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore/journal"
)

// groupsDir holds, in a data directory, the persistent subscriptions.
const groupsDir = "groups"

// esdbFlags say how the protocol of EventStoreDB is served.
type esdbFlags struct {
	listen   string
	accounts string
	clientCA string
	cert     string
	key      string
	// current is the certificate of the moment, where it is read anew; nil where
	// it stays as it was when the server started.
	current func(*tls.ClientHelloInfo) (*tls.Certificate, error)
}

func newStoreServe(to streams) *cobra.Command {
	var o esdbFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a journal over the protocol of EventStoreDB; no keys are needed",
		Long: `Serve owns the journal in the data directory, which it makes when there is none,
and serves it to Caseledger on other machines and to EventStoreDB's clients. It
holds sealed events and no key: it can show nobody what they say. It takes only
sealed events, from accounts that may write. What a ledger in it says of itself is
for the machines that have the keys. On the signal HUP it reads accounts and
authorities anew.`,
		Example: `  caseledger store account --name api --may read,write --password-file api-password > accounts.json
  caseledger store serve --data store --listen 127.0.0.1:2113 --accounts accounts.json`,
		Args: exactly(0),
	}
	dir := addDir(cmd)
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:2113", "address to listen on; a loopback one without a certificate")
	cmd.Flags().StringVar(&o.accounts, "accounts", "", "file of the accounts that may call; without it, on a loopback address without a certificate, anybody may read and write")
	cmd.Flags().StringVar(&o.clientCA, "client-ca", "", "file of the authorities whose client certificates stand for an account")
	cmd.Flags().StringVar(&o.cert, "tls-cert", "", "file of the certificate chain; without it nothing is encrypted")
	cmd.Flags().StringVar(&o.key, "tls-key", "", "file of its key")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return serveStore(cmd.Context(), *dir, o, to) }
	return cmd
}

// serveStore serves until ctx ends.
func serveStore(ctx context.Context, dir string, o esdbFlags, to streams) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	store, err := journal.Open(filepath.Join(dir, journalDir), journal.Options{})
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(to.err, nil))
	opts := esdbgrpc.Options{Store: store, Admit: esdbgrpc.Sealed, Log: logger}
	if o.accounts == "" && o.cert == "" {
		opts.Anonymous = esdbgrpc.Read | esdbgrpc.Write
	}
	server, err := o.start(dir, opts)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	asked := hangUps()
	rereading, stop := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { rereads(rereading, asked, server.reread(o), logger) })
	defer keeping.Wait()
	defer stop()
	fmt.Fprintf(to.out, "Listening on %s\n", server.address())
	select {
	case err = <-server.ended:
		server.ended <- err
	case <-ctx.Done():
	}
	return errors.Join(server.close(), store.Close())
}

// esdbServer is a server of the protocol that runs.
type esdbServer struct {
	*esdbgrpc.Server
	listener net.Listener
	ended    chan error // holds what Serve returned
}

func (s *esdbServer) address() string { return s.listener.Addr().String() }

// reader reads anew who may call the server.
func (s *esdbServer) reader(o esdbFlags) reader {
	return func() (func(), error) {
		accounts, authorities, err := o.known()
		return func() { s.Know(accounts, authorities) }, err
	}
}

// reread reads anew who may call the server, and takes it.
func (s *esdbServer) reread(o esdbFlags) func() error {
	return func() error {
		take, err := s.reader(o)()
		if err == nil {
			take()
		}
		return err
	}
}

func (s *esdbServer) close() error { return errors.Join(s.Close(), <-s.ended) }

// start serves opts.Store, with the groups of a data directory.
func (o esdbFlags) start(dir string, opts esdbgrpc.Options) (*esdbServer, error) {
	if err := o.complete(&opts); err != nil {
		return nil, err
	}
	opts.State = filepath.Join(dir, groupsDir)
	if err := os.MkdirAll(opts.State, 0o700); err != nil {
		return nil, err
	}
	listener, err := o.listenAt()
	if err != nil {
		return nil, err
	}
	server, err := esdbgrpc.New(opts)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s := &esdbServer{server, listener, make(chan error, 1)}
	go func() { s.ended <- server.Serve(listener) }()
	return s, nil
}

// complete reads the files that the flags name.
func (o esdbFlags) complete(opts *esdbgrpc.Options) (err error) {
	if (o.cert == "") != (o.key == "") {
		return usageError{errors.New("--tls-cert and --tls-key belong together")}
	}
	if opts.Accounts, opts.ClientCAs, err = o.known(); err != nil {
		return err
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return notReadyError{fmt.Errorf("certificate: %w", err)}
		}
		opts.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, GetCertificate: o.current, MinVersion: tls.VersionTLS12}
		if o.current != nil {
			opts.TLS.Certificates = nil // or it would be taken for who names no server
		}
	}
	return nil
}

// known reads who may call: the accounts, and the authorities of their client
// certificates; nil where no file is named.
func (o esdbFlags) known() (accounts *esdbgrpc.Accounts, authorities *x509.CertPool, err error) {
	if o.accounts != "" {
		if accounts, err = esdbgrpc.ReadAccounts(o.accounts); err != nil {
			return nil, nil, err
		}
	}
	if o.clientCA != "" {
		text, err := readTrust(o.clientCA)
		if err != nil {
			return nil, nil, err
		}
		authorities = x509.NewCertPool()
		if !authorities.AppendCertsFromPEM(text) {
			return nil, nil, usageError{fmt.Errorf("%s holds no certificate", o.clientCA)}
		}
	}
	return accounts, authorities, nil
}

func (o esdbFlags) listenAt() (net.Listener, error) {
	if o.cert == "" {
		return listenLoopback(o.listen, "without a certificate the store is served on a loopback address only: 127.0.0.1 or ::1")
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nil, notReadyError{err}
	}
	return l, nil
}

func newStoreAccount(to streams) *cobra.Command {
	var a esdbgrpc.Account
	var file, passwordFile string
	cmd := &cobra.Command{
		Use:     "account",
		Short:   "Print a file of accounts with one more account",
		Example: "  caseledger store account --name api --may read,write --password-file api-password > accounts.json",
		Args:    exactly(0),
	}
	cmd.Flags().StringVar(&a.Name, "name", "", "of the account")
	cmd.Flags().StringSliceVar(&a.May, "may", nil, "what it may do: read, write, groups, admin")
	cmd.Flags().StringVar(&a.Certificate, "certificate", "", "common name of its client certificate")
	cmd.Flags().StringVar(&passwordFile, "password-file", "", "file of its password; only a hash is printed")
	cmd.Flags().StringVar(&file, "accounts", "", "file of the accounts that there are")
	cmd.RunE = func(*cobra.Command, []string) error {
		if passwordFile != "" {
			text, err := readTrust(passwordFile)
			if err != nil {
				return err
			}
			if a.Password, err = esdbgrpc.HashPassword(strings.TrimRight(string(text), "\r\n")); err != nil {
				return usageError{err}
			}
		}
		var all []esdbgrpc.Account
		if file != "" {
			accounts, err := esdbgrpc.ReadAccounts(file)
			if err != nil {
				return err
			}
			all = accounts.List()
		}
		all = append(all, a)
		if _, err := esdbgrpc.NewAccounts(all); err != nil {
			return usageError{err}
		}
		return writeJSON(to.out, map[string]any{"accounts": all})
	}
	return cmd
}
