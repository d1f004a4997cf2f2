package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"caseledger/adapters/httpapi"
	"caseledger/adapters/oidc"
)

// identityFlags say how the callers of the HTTP API are known: by the tokens of
// an issuer, by client certificates, or else by local tokens.
type identityFlags struct {
	oidc     string
	services string
	clientCA string
}

func (o *identityFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.oidc, "oidc", "", "file that says whose OpenID Connect tokens are believed; local tokens are not taken then")
	cmd.Flags().StringVar(&o.services, "services", "", "file of the service accounts that call with a client certificate; local tokens are not taken then")
	cmd.Flags().StringVar(&o.clientCA, "client-ca", "", "file of the authorities of those certificates")
}

func (o identityFlags) check(secure bool) error {
	if (o.services == "") != (o.clientCA == "") {
		return usageError{errors.New("--services and --client-ca belong together")}
	}
	if o.services != "" && !secure {
		return usageError{errors.New("--services needs --tls-cert and --tls-key")}
	}
	return nil
}

// local reports whether callers are known by local tokens.
func (o identityFlags) local() bool { return o.oidc == "" && o.services == "" }

// callers returns who may call.
func (o identityFlags) callers(dir string) (httpapi.Callers, error) {
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
		if both.Services, err = httpapi.ReadServices(o.services); err != nil {
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
	c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return usageError{fmt.Errorf("%s holds no certificate", o.clientCA)}
	}
	return nil
}
