package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/cedar"
	"caseledger/adapters/drafts"
	"caseledger/adapters/httpapi"
	"caseledger/adapters/otlp"
	"caseledger/eventstore/durable"
)

// serveFlags say how the HTTP API is served.
type serveFlags struct {
	listen   string
	admin    string
	cert     string
	key      string
	policies string
	esdb     esdbFlags
	kafka    string
	webhooks string
	identity identityFlags
	others   verifierFlags // who attests what is frozen or disclosed
	profiles string        // file of the authority's own profiles of disclosure
	rates    httpapi.Rates
	traces   string // address of a collector, "" for none
}

func newServe(to streams) *cobra.Command {
	var o serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the HTTP API",
		Long: `Serve owns the ledger while it runs, and answers the HTTP API that GET
/openapi.json describes. Before content of a record leaves, who is given it is
recorded in the second ledger, in the directory "access". Health and metrics are
served on an address of their own.

Callers are told by the tokens of an OpenID Connect issuer (--oidc), and services
by client certificates (--services). With either, and a certificate, the server
listens on any address; with the local tokens of 'caseledger token', on a loopback
one only.

When a bundle is frozen or supplemented over HTTP, or something is disclosed, the
witnesses and time-stamp authorities of --witness-policy and --authorities are asked
about the checkpoint, as the commands ask them.

With --esdb, clients of EventStoreDB in any language read and follow the ledger on
another address: sealed events, and opened ones where a policy permits an account,
which calls in the role "service", the action "event.open".`,
		Example: "  caseledger serve --data ledger --listen 127.0.0.1:8080",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to listen on; a loopback one unless callers are told by --oidc or --services, over TLS")
	cmd.Flags().StringVar(&o.admin, "admin", "127.0.0.1:8079", "loopback address of /livez, /readyz and /metrics")
	cmd.Flags().StringVar(&o.cert, "tls-cert", "", "file of the certificate chain; without it HTTP is spoken")
	cmd.Flags().StringVar(&o.key, "tls-key", "", "file of its key")
	cmd.Flags().StringVar(&o.esdb.listen, "esdb", "", "address to serve the protocol of EventStoreDB on as well; none if not given")
	cmd.Flags().StringVar(&o.esdb.accounts, "esdb-accounts", "", "file of the accounts that may call there")
	cmd.Flags().StringVar(&o.esdb.clientCA, "esdb-client-ca", "", "file of the authorities whose client certificates stand for an account there")
	cmd.Flags().StringVar(&o.policies, "policies", "", "file of Cedar policies; the product's own if not given")
	cmd.Flags().StringVar(&o.kafka, "kafka", os.Getenv("CASELEDGER_KAFKA_CONFIG"), "file that says which topics of Kafka are written and read (also CASELEDGER_KAFKA_CONFIG)")
	cmd.Flags().StringVar(&o.webhooks, "webhooks", os.Getenv("CASELEDGER_WEBHOOKS_CONFIG"), "file that says which servers are told of what is recorded (also CASELEDGER_WEBHOOKS_CONFIG)")
	o.identity.add(cmd)
	o.others.addOthers(cmd)
	addProfiles(cmd, &o.profiles)
	cmd.Flags().StringVar(&o.traces, "traces", otlp.Endpoint(), "address of a collector of OpenTelemetry that is told how long what took (also OTEL_EXPORTER_OTLP_ENDPOINT); none if not given")
	cmd.Flags().IntVar(&o.rates.PerCaller, "per-caller", 1000, "requests a second that a caller may make, and twice as many at once; 0 for no limit")
	cmd.Flags().IntVar(&o.rates.PerAddress, "per-address", 100, "requests a second from an address that shows nothing good, and twice as many at once; 0 for no limit")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if (o.cert == "") != (o.key == "") {
			return usageError{errors.New("--tls-cert and --tls-key belong together")}
		}
		if err := o.identity.check(o.cert != ""); err != nil {
			return err
		}
		if err := o.rates.Check(); err != nil {
			return usageError{err}
		}
		if _, err := o.others.trust(); err != nil { // rather now than when a bundle is to be frozen
			return err
		}
		if _, err := catalogue(o.profiles); err != nil {
			return err
		}
		return serveLedger(cmd.Context(), *data, o, to)
	}
	return cmd
}

// serveLedger opens the ledger and serves it until ctx ends. The ledger itself
// outlives ctx, so that what has begun is finished and sealed.
func serveLedger(ctx context.Context, p place, o serveFlags, to streams) error {
	spaciously()
	untiringly()
	open, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	interrupted := context.AfterFunc(ctx, cancel) // while it opens
	return withApp(open, p, to, func(a *app) error {
		a.warn(to)
		second, err := a.openSecond(open)
		if err != nil {
			return fmt.Errorf("access: %w", err)
		}
		if !interrupted() {
			return errors.Join(ctx.Err(), second.close())
		}
		return errors.Join(a.serve(ctx, second, o, to), second.close())
	})
}

// serve serves until ctx ends, and lets what has begun come to its end.
func (a *app) serve(ctx context.Context, second *app, o serveFlags, to streams) (err error) {
	logger := slog.New(slog.NewJSONHandler(to.err, nil))
	written, err := a.openDrafts()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, written.Close()) }()
	traces, err := otlp.Open(ctx, o.traces, buildInfo().version, logger)
	if err != nil {
		return usageError{err}
	}
	defer func() {
		if err := traces.Close(context.WithoutCancel(ctx)); err != nil { // nothing of the ledger is lost with them
			logger.Warn("the last traces could not be sent")
		}
	}()
	a.records.Ledger.Store = traces.Store(a.records.Ledger.Store, "main")
	second.records.Ledger.Store = traces.Store(second.records.Ledger.Store, accessDir)
	accesses := accesslog.New(second.records.Ledger)
	following := &following{runner: a.runner, store: a.store}
	numbers := prometheus.NewRegistry()
	callers, err := newLive(o, a.place.dir)
	if err != nil {
		return err
	}
	kept, err := a.openFiles()
	if err != nil {
		return err
	}
	making := newJobs(a, second, kept, o, logger)
	api, err := a.api(second, accesses, following, callers, written, making, traces, numbers, o, logger)
	if err != nil {
		return err
	}
	callers.also(func() (func(), error) { return api.Renew, nil })
	topics, err := a.openExchange(o.kafka, following, callers.policies, accesses, numbers, logger)
	if err != nil {
		return err
	}
	told, err := a.openWebhooks(o.webhooks, following, callers, accesses, numbers, logger)
	if err != nil {
		return errors.Join(err, topics.close())
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var keeping sync.WaitGroup // up what is served
	keeping.Go(func() { accesses.Run(background) })
	asked := hangUps()
	keeping.Go(func() { following.run(background, logger) })
	keeping.Go(func() { sweep(background, written, logger) })
	keeping.Go(func() { making.run(background) })
	defer keeping.Wait()
	defer stop()
	h := health{a, second, following, topics, told}
	h.measure(numbers)
	protocol, err := a.serveESDB(o, callers, accesses, logger, to)
	if err != nil {
		return errors.Join(err, topics.close())
	}
	keeping.Go(func() { rereads(background, asked, callers.read, logger) })
	exchanging, hangUp := context.WithCancel(background)
	var exchanges sync.WaitGroup
	exchanges.Go(func() { topics.run(exchanging) })
	exchanges.Go(func() { told.run(exchanging) })
	err = listenBoth(ctx, o, callers, api, h.handler(numbers), logger, to)
	hangUp() // before the others end: they record what leaves or is refused
	exchanges.Wait()
	return errors.Join(err, protocol())
}

func (a *app) api(second *app, accesses *accesslog.Log, f *following, callers *live, written *drafts.Store, making *jobs, traces *otlp.Tracer, numbers *prometheus.Registry, o serveFlags, logger *slog.Logger) (*httpapi.API, error) {
	secret, err := ensureSecret(filepath.Join(a.place.dir, secretFile))
	if err != nil {
		return nil, err
	}
	c := httpapi.Config{
		View: a.view, CatchUp: f.catchUp, Head: a.store.Head, Callers: callers, Policies: callers.policies, Access: accesses, Drafts: written, Files: making.files, Accessed: second.records.Ledger,
		Ledger: a.created.Ledger, Secret: secret, Logger: logger, Metrics: numbers, Secure: o.cert != "", MadeUp: a.created.Ledger == demoLedger, Rates: o.rates, Traces: traces,
	}
	if a.log != nil {
		c.Jobs = making
	}
	return httpapi.New(c)
}

func (o serveFlags) readPolicies() (*cedar.Policies, error) {
	if o.policies == "" {
		return cedar.Parse("policies.cedar", cedar.Default)
	}
	text, err := readTrust(o.policies)
	if err != nil {
		return nil, err
	}
	return cedar.Parse(o.policies, text)
}

// ensureSecret reads the secret of the API, or makes it.
func ensureSecret(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	if !errors.Is(err, os.ErrNotExist) {
		return secret, err
	}
	secret = make([]byte, 32)
	rand.Read(secret) // never fails: see crypto/rand
	return secret, durable.Create(path, secret)
}

// listenBoth serves the API and the admin's pages until ctx ends or one of them
// fails.
func listenBoth(ctx context.Context, o serveFlags, callers *live, api *httpapi.API, admin http.Handler, logger *slog.Logger, to streams) error {
	first, err := o.listenAPI(callers)
	if err != nil {
		return err
	}
	second, err := listenLoopback(o.admin, "the pages for the admin are served on a loopback address only: 127.0.0.1 or ::1")
	if err != nil {
		return errors.Join(err, first.Close())
	}
	servers := []*http.Server{httpapi.NewServer(api, logger), httpapi.NewServer(admin, logger)}
	for _, s := range servers {
		closeUnused(s)
	}
	ended := make(chan error, len(servers))
	go func() { ended <- servers[0].Serve(first) }()
	go func() { ended <- servers[1].Serve(second) }()
	scheme := "http"
	if o.cert != "" {
		scheme = "https"
	}
	fmt.Fprintf(to.out, "Admin on http://%s\nListening on %s://%s\n", second.Addr(), scheme, first.Addr())
	select {
	case err = <-ended:
		ended <- err
	case <-ctx.Done():
	}
	api.Stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serveGrace)
	defer cancel()
	err = errors.Join(servers[0].Shutdown(grace), servers[1].Shutdown(grace))
	for range servers {
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}
	return err
}

// listenLoopback listens on a loopback address, and refuses any other with why.
func listenLoopback(address, why string) (net.Listener, error) {
	if err := onLoopback(address, why); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, notReadyError{err}
	}
	return listener, nil
}

// onLoopback refuses any but a loopback address with why.
func onLoopback(address, why string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usageError{errors.New("an address to listen on has the form 127.0.0.1:8080")}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{errors.New(why)}
	}
	return nil
}

// listenAPI listens for callers: on a loopback address unless they are known by
// more than local tokens, and nobody on the way can read along.
func (o serveFlags) listenAPI(callers *live) (listener net.Listener, err error) {
	switch {
	case o.identity.local():
		listener, err = listenLoopback(o.listen, "with local tokens the server listens on a loopback address only: 127.0.0.1 or ::1")
	case o.cert == "":
		listener, err = listenLoopback(o.listen, "without --tls-cert the server listens on a loopback address only: 127.0.0.1 or ::1")
	default:
		if listener, err = net.Listen("tcp", o.listen); err != nil {
			err = notReadyError{err}
		}
	}
	if err != nil || o.cert == "" {
		return listener, err
	}
	return tls.NewListener(listener, callers.tls()), nil
}

// catchUpEvery is how often the read models catch up when nobody asks.
const catchUpEvery = time.Second
