package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/httpapi"
	"caseledger/cmd/caseledger/demo"
	"caseledger/domain/policy"
	"caseledger/domain/settings"
	"caseledger/eventstore/durable"
)

func newDemo(to streams) *cobra.Command {
	var options demo.Options
	var at place
	var o serveFlags
	var serve, secure bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Make a synthetic authority to try things on",
		Long: `Demo makes a ledger of made-up families over six years, with late entries,
corrections, transfers and children who are registered again. The same seed
gives the same entries; they are sealed under other keys each time. One child's
record goes to court, to its subject, to the police and to another authority; those
entries name what was made of the sealed ledger, and differ with it.

With --serve it is served on a loopback address until it is stopped, to a caller
in each of the five roles, whose tokens are printed. Every answer has the header
Caseledger-Demo. With --tls too, TLS is spoken with a certificate that is made for
this machine's loopback addresses and kept beside the ledger.`,
		Example: "  caseledger demo\n  caseledger demo --data ./demo --seed 7 --children 300\n  caseledger demo --serve",
		Args:    exactly(0),
	}
	cmd.Flags().StringVar(&at.dir, "data", "", "directory for the ledger; empty makes a temporary one")
	addSecrets(cmd, &at)
	addLog(cmd, &at)
	addReadModels(cmd, &at)
	cmd.Flags().Uint64Var(&options.Seed, "seed", 1, "the same seed gives the same entries")
	cmd.Flags().IntVar(&options.Children, "children", 1200, "at least this many children")
	cmd.Flags().BoolVar(&serve, "serve", false, "serve it as well")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "loopback address to listen on with --serve")
	cmd.Flags().StringVar(&o.admin, "admin", "127.0.0.1:8079", "loopback address of /livez, /readyz and /metrics with --serve")
	cmd.Flags().StringVar(&o.cert, "tls-cert", "", "file of the certificate chain with --serve; without it HTTP is spoken")
	cmd.Flags().StringVar(&o.key, "tls-key", "", "file of its key")
	cmd.Flags().BoolVar(&secure, "tls", false, "make a certificate for this machine, and speak TLS with it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if (o.cert == "") != (o.key == "") || secure && o.cert != "" {
			return usageError{errors.New("--tls-cert and --tls-key belong together, and --tls stands without them")}
		}
		if options.Children < 1 || options.Children > 100_000 {
			return usageError{errors.New("--children is a number from 1 to 100000")}
		}
		if err := onLoopback(o.listen, "a demo is served on a loopback address only: 127.0.0.1 or ::1"); err != nil {
			return err
		}
		if at.dir == "" {
			var err error
			if at.dir, err = os.MkdirTemp("", "caseledger-demo-"); err != nil {
				return err
			}
		}
		options.Progress = bar(to.err, "made-up lives")
		if err := runDemo(cmd.Context(), at, options, to); err != nil || !serve {
			return err
		}
		if secure {
			var err error
			if o.cert, o.key, err = makeCertificate(at.dir); err != nil {
				return err
			}
		}
		return serveDemo(cmd.Context(), at, o, to)
	}
	return cmd
}

// demoRoles are those of the callers of a served demo.
var demoRoles = []string{"social-worker", "manager", "records-officer", "auditor", "analyst"}

// serveDemo serves a demo to a caller in each role, until ctx ends.
func serveDemo(ctx context.Context, p place, o serveFlags, to streams) error {
	fmt.Fprintln(to.out, "\nWho calls, and the bearer token:")
	err := onTokens(p.dir, func(t *httpapi.Tokens) error {
		for _, role := range demoRoles {
			token, err := t.Add(httpapi.Caller{ID: role + "-1", Role: role, Agency: "anytown"})
			if err != nil {
				return err
			}
			fmt.Fprintf(to.out, "  %-16s %s\n", role, token)
		}
		return nil
	})
	if err != nil {
		return err
	}
	trust, scheme := "", "http"
	if o.cert != "" {
		trust, scheme = " --cacert "+o.cert, "https"
	}
	fmt.Fprintf(to.out, "To read: /reference. To try: curl%s -H 'Authorization: Bearer TOKEN' -H 'Purpose: demo' %s://%s/v1/register\n", trust, scheme, o.listen)
	o.rates = httpapi.Rates{PerCaller: 1000, PerAddress: 100}
	return serveLedger(ctx, p, o, to)
}

// demoCertificate is for how long the certificate of a demo is good.
const demoCertificate = 30 * 24 * time.Hour

// makeCertificate makes a certificate of this machine's loopback addresses, which
// vouches for itself and nobody else, and puts it with its key into a directory,
// in the place of an older one.
func makeCertificate(dir string) (cert, key string, err error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Caseledger demo"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(demoCertificate), BasicConstraintsValid: true, IsCA: true,
		MaxPathLenZero: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		return "", "", err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	cert, key = filepath.Join(dir, "demo-cert.pem"), filepath.Join(dir, "demo-key.pem")
	return cert, key, errors.Join(durable.Replace(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
		durable.Replace(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

func runDemo(ctx context.Context, p place, options demo.Options, to streams) error {
	a, clock, summary, err := buildDemo(ctx, p, options)
	if err != nil {
		return err
	}
	return errors.Join(a.show(ctx, clock, summary, to), a.close())
}

// show lets the read models see the demo, takes a child of it to court, and says
// what there is to try.
func (a *app) show(ctx context.Context, clock *demo.Clock, s demo.Summary, to streams) error {
	if err := a.catchUp(ctx, to); err != nil {
		return err
	}
	again, err := a.registeredAgain(ctx)
	if err != nil {
		return err
	}
	child, err := a.find(ctx, again)
	if err != nil {
		return err
	}
	if err := a.court(ctx, clock, child); err != nil {
		return err
	}
	if err := a.catchUp(ctx, to); err != nil {
		return err
	}
	return a.tour(ctx, again, s, to)
}

// demoLedger is the name of every demo's ledger.
const demoLedger = "anytown.example/demo"

// buildDemo fills an empty directory. The ledger's clock and ids are the
// demo's own, so that the seed decides every entry.
func buildDemo(ctx context.Context, p place, options demo.Options) (*app, *demo.Clock, demo.Summary, error) {
	v, err := newVault(ctx, p)
	if err != nil {
		return nil, nil, demo.Summary{}, err
	}
	sealed := v.codec(demoLedger)
	ledger, clock := demo.NewLedger(v.store, sealed, options.Seed)
	a, err := assemble(p, v, sealed, ledger.Now, ledger.NewID)
	if err != nil {
		return nil, nil, demo.Summary{}, err
	}
	summary, err := a.fill(ctx, clock, options)
	if err != nil {
		return nil, nil, summary, errors.Join(err, a.close())
	}
	return a, clock, summary, nil
}

func (a *app) fill(ctx context.Context, clock *demo.Clock, options demo.Options) (demo.Summary, error) {
	created := settings.LedgerCreated{Ledger: demoLedger, Nation: string(policy.England), LEA: "999"}
	if err := a.create(ctx, created); err != nil {
		return demo.Summary{}, err
	}
	if err := a.configure(ctx); err != nil {
		return demo.Summary{}, err
	}
	return demo.Build(ctx, a.records, clock, options)
}

// tour prints what is in the demo, and what to try.
func (a *app) tour(ctx context.Context, again string, s demo.Summary, to streams) error {
	head, err := a.store.Head(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to.out, `Anytown is made up: %d children of %d families, %d events from October 2020 to
September 2026. %d notes were written late, %d entries corrected, %d written in
error, %d children moved away, %d came onto the register a second time, %[11]d came
into care. %[12]d adults and carers asked for support. The record of %[10]s went to
court, to its subject, to the police and to another authority: see %[13]s.

The ledger is in %[9]s. Things to try:

  caseledger register --data %[9]s
  caseledger register --data %[9]s --known-at 2024-03-31 --true-on 2024-03-31
  caseledger caseload --data %[9]s --overdue --true-on 2026-09-30
  caseledger record chronology %[10]s --data %[9]s
  caseledger record replay %[10]s --data %[9]s --known-at 2024-03-31 --diff
  caseledger export cin-census --data %[9]s --year 2026 --out return.xml
  caseledger looked-after --data %[9]s --true-on 2026-03-31
  caseledger export ssda903 --data %[9]s --year 2026 --out return-2026
  caseledger bundle list %[10]s --data %[9]s
  caseledger disclosure list %[10]s --data %[9]s
  caseledger verify --data %[9]s
`, s.Children, s.Families, head, s.Late, s.Corrections, s.Errors, s.Transfers, s.Again, a.place.dir, again, s.LookedAfter, s.Adults, filepath.Join(a.place.dir, "court"))
	return err
}

// registeredAgain returns the number of a child to look at: one who came onto
// the register more than once, or else the first child.
func (a *app) registeredAgain(ctx context.Context) (string, error) {
	rows, err := a.db.Register(ctx)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		if row.Previous > 0 {
			return row.LAChildID, nil
		}
	}
	return "AT000001", nil
}
