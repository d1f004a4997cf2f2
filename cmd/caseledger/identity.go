package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"caseledger/adapters/assertion"
	"caseledger/adapters/httpapi"
	"caseledger/adapters/oidc"
)

// identityFlags say how the callers of the HTTP API are known: by the tokens of
// an issuer, by client certificates, or else by local tokens.
type identityFlags struct {
	oidc     string
	services string
	clientCA string
	audience string // of the services' assertions
}

func (o *identityFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.oidc, "oidc", "", "file that says whose OpenID Connect tokens are believed; local tokens are not taken then")
	cmd.Flags().StringVar(&o.services, "services", "", "file of the service accounts that call with a client certificate or with assertions of their own; local tokens are not taken then")
	cmd.Flags().StringVar(&o.clientCA, "client-ca", "", "file of the authorities of those certificates")
	cmd.Flags().StringVar(&o.audience, "audience", "", "for whom those assertions are made: the address of the ledger as services know it")
}

func (o identityFlags) check(secure bool) error {
	if (o.services == "") != (o.clientCA == "" && o.audience == "") {
		return usageError{errors.New("--services belongs with --client-ca, --audience or both")}
	}
	if o.services != "" && !secure {
		return usageError{errors.New("--services needs --tls-cert and --tls-key")}
	}
	return nil
}

// local reports whether callers are known by local tokens.
func (o identityFlags) local() bool { return o.oidc == "" && o.services == "" }

// callers returns who may call. seen are the assertions of services that were
// taken.
func (o identityFlags) callers(dir string, seen *assertion.Seen) (httpapi.Callers, error) {
	if o.local() {
		tokens, err := httpapi.ReadTokens(filepath.Join(dir, tokensFile))
		if err == nil && len(tokens.List()) == 0 {
			err = notReadyError{errors.New("nobody bears a token: make one with 'caseledger token add'")}
		}
		return tokens, err
	}
	both := httpapi.Both{People: &httpapi.Tokens{}, Services: &httpapi.Services{}} // nobody and none
	if o.oidc != "" {
		config, err := oidc.ReadConfig(o.oidc)
		if err != nil {
			return nil, usageError{err}
		}
		if both.People, err = oidc.New(config); err != nil {
			return nil, notReadyError{err}
		}
	}
	if o.services != "" {
		var err error
		if both.Services, err = httpapi.ReadServices(o.services, httpapi.Assertions{Audience: o.audience, Seen: seen}); err != nil {
			return nil, usageError{err}
		}
	}
	return both, nil
}

// demand has a server look at client certificates. Who shows none may still
// bear a token.
func (o identityFlags) demand(c *tls.Config) error {
	if o.clientCA == "" {
		return nil
	}
	text, err := readTrust(o.clientCA)
	if err != nil {
		return notReadyError{err}
	}
	// A session that goes on is not verified by authorities that changed since.
	c.ClientCAs, c.ClientAuth, c.SessionTicketsDisabled = x509.NewCertPool(), tls.VerifyClientCertIfGiven, true
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return usageError{fmt.Errorf("%s holds no certificate", o.clientCA)}
	}
	return nil
}
