package main

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/binder"
	"caseledger/eventstore/durable"
)

func newBundleSign(to streams) *cobra.Command {
	var others verifierFlags
	var key, certificate, reason, out string
	cmd := &cobra.Command{
		Use:   "sign FILE",
		Short: "Sign the PDF of a bundle, and let a time-stamp authority say when",
		Long: `Sign writes the PDF with a signature behind it (PAdES B-B): the bytes of the bundle
stay as they were built. Where a file of time-stamp authorities is named the first
of them stamps the signature (B-T). The key and the certificate, with those that
vouch for it, are PEM files; the ledger does not keep them.`,
		Example: `  caseledger bundle sign filed/b1-court.pdf --key sol.key --certificate sol.pem --authorities authorities --out filed/b1-court-signed.pdf`,
		Args:    exactly(1),
	}
	flags := cmd.Flags()
	flags.StringVar(&key, "key", "", "PEM file of the signer's private key, RSA or ECDSA")
	flags.StringVar(&certificate, "certificate", "", "PEM file of its certificate, and of those that vouch for it")
	flags.StringVar(&others.authorities, "authorities", "", "file of the time-stamp authorities, as of 'verify'; the first is asked")
	flags.StringVar(&reason, "reason", "Filed", "why it is signed")
	flags.StringVar(&out, "out", "", "file to write; it must not exist")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if key == "" || certificate == "" || out == "" {
			return usageError{errors.New("--key, --certificate and --out are required")}
		}
		s, err := signature(key, certificate)
		if err != nil {
			return err
		}
		s.Reason, s.At = reason, time.Now()
		list, err := others.stampers()
		if err != nil {
			return err
		}
		if len(list) > 0 {
			s.Authority = &list[0]
		}
		file, err := readBundle(args[0])
		if err != nil {
			return err
		}
		var signed bytes.Buffer
		if err := binder.Sign(cmd.Context(), &signed, file, s); err != nil {
			return err
		}
		if err := durable.Create(out, signed.Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Wrote %s.\n", out)
		return nil
	}
	return cmd
}

// signature reads a key and its certificates.
func signature(key, certificate string) (s binder.Signature, err error) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return s, usageError{errors.New("--key and --certificate: no private key and certificate that belong together can be read")}
	}
	for _, der := range pair.Certificate {
		one, err := x509.ParseCertificate(der)
		if err != nil {
			return s, usageError{fmt.Errorf("%s: %w", certificate, err)}
		}
		s.Certificates = append(s.Certificates, one)
	}
	var can bool
	if s.Key, can = pair.PrivateKey.(crypto.Signer); !can {
		return s, usageError{errors.New("--key: the key cannot sign")}
	}
	return s, nil
}
