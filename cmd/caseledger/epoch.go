package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/openbao"
	"caseledger/eventstore/seal/keys"
)

func newKeys(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "keys",
		Short:   "The keys of the records: what wraps them, renewal, and copies for two officers",
		Example: "  caseledger keys info --data ledger",
	}, newKeysInfo(to), newKeysList(to), newKeysRenew(to), newKeysExport(to), newKeysImport(to))
}

// renewEvery is how long an epoch lasts: a copy of the key store that somebody
// took opens for no longer.
const renewEvery = 31 * 24 * time.Hour

// epochRow is what may be told of a key store.
type epochRow struct {
	WrappedBy  string    `json:"wrappedBy"`            // what wraps the epoch key
	Version    string    `json:"kmsVersion,omitempty"` // of the KMS's key, where it says so
	Epoch      uint64    `json:"epoch"`
	Begun      time.Time `json:"begun"`
	Days       int       `json:"days"`  // since then
	Check      string    `json:"check"` // key check value of the epoch key
	Living     int       `json:"living"`
	Destroyed  int       `json:"destroyed"`
	RenewalDue bool      `json:"renewalDue"`
	InKMS      bool      `json:"inKMS"`
}

func newKeysInfo(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "info",
		Short:   "Say what wraps the keys, since when, and how many there are",
		Example: "  caseledger keys info --data ledger",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withKeyStore(cmd.Context(), *data, to, func(s keyStore) error {
			row, err := describe(s, time.Now())
			if err != nil {
				return err
			}
			row.InKMS = data.inKMS()
			if row.RenewalDue {
				fmt.Fprintf(to.err, "caseledger: warning: the epoch key is %d days old: renew it monthly with 'caseledger keys renew'\n", row.Days)
			}
			return output.print(to.out, []epochRow{row})
		})
	}
	return cmd
}

// describe tells what the key store is like now.
func describe(s keyStore, now time.Time) (epochRow, error) {
	e, err := s.Epoch()
	if err != nil {
		return epochRow{}, err
	}
	all, err := s.List(context.Background())
	if err != nil {
		return epochRow{}, err
	}
	age := now.Sub(e.Begun)
	row := epochRow{WrappedBy: e.KMS, Epoch: e.Number, Begun: e.Begun.UTC().Truncate(time.Second), Days: int(age / (24 * time.Hour)), Check: e.Check.String(), RenewalDue: age > renewEvery}
	if version, ok := openbao.Version(e.Wrapped); ok {
		row.Version = strconv.Itoa(version)
	}
	row.Living, row.Destroyed = count(all)
	return row, nil
}

func count(all []keys.Entry) (living, destroyed int) {
	for _, k := range all {
		if k.Destroyed != nil {
			destroyed++
		}
	}
	return len(all) - destroyed, destroyed
}

// keyRow is what may be told of a key.
type keyRow struct {
	Key         string    `json:"key"`
	Check       string    `json:"check"`
	Destroyed   time.Time `json:"destroyed,omitzero"`
	Certificate string    `json:"certificate,omitempty"`
}

func newKeysList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the keys, living and destroyed, by their check values",
		Example: "  caseledger keys list --data ledger --output csv",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withKeyStore(cmd.Context(), *data, to, func(s keyStore) error {
			all, err := s.List(cmd.Context())
			if err != nil {
				return err
			}
			rows := make([]keyRow, len(all))
			for i, k := range all {
				rows[i] = keyRow{Key: k.ID, Check: k.Check.String()}
				if d := k.Destroyed; d != nil {
					rows[i].Destroyed, rows[i].Certificate = d.When, d.Certificate
				}
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newKeysRenew(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "renew",
		Short: "Wrap all keys under a new epoch key and destroy the old one",
		Long: `Renew makes a new epoch key, wraps the key of every record under it, and
destroys the old epoch key: copies of the key store that were made before open
nothing more. Do it monthly, and at once after a destruction that may not wait.

With one of the --new flags the new epoch key is wrapped by another secret or
KMS, which every later command must be given: so a ledger goes over to a KMS, or
leaves a secret that has become known.`,
		Example: "  caseledger keys renew --data ledger",
		Args:    exactly(0),
	}
	data, next := addData(cmd), addNewSecrets(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withKeyStore(cmd.Context(), *data, to, func(s keyStore) error {
			if err := renew(cmd.Context(), s, *next); err != nil {
				return err
			}
			row, err := describe(s, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(to.out, "Epoch %d has begun, wrapped by %s: %d living keys are wrapped under it, and the epoch key before it is destroyed.\n", row.Epoch, row.WrappedBy, row.Living)
			return nil
		})
	}
	return cmd
}

func renew(ctx context.Context, s keyStore, next place) error {
	if next.given() == 0 {
		return s.Renew(ctx)
	}
	k, err := next.kms()
	if err != nil {
		return err
	}
	return s.RenewUnder(ctx, k)
}

// addNewSecrets adds the flags that say what is to wrap the keys from now on.
// The environment has no say in it.
func addNewSecrets(cmd *cobra.Command) *place {
	p := &place{}
	cmd.Flags().StringVar(&p.keyFile, "new-key-file", "", "file of the key that wraps the records' keys from now on")
	cmd.Flags().StringVar(&p.passphraseFile, "new-passphrase-file", "", "file of a passphrase that does so")
	cmd.Flags().StringVar(&p.transit.Key, "new-kms", "", "address of a key of an OpenBao or Vault transit engine that does so")
	cmd.Flags().StringVar(&p.transit.TokenFile, "new-kms-token-file", "", "file of the token that may use it")
	cmd.Flags().StringVar(&p.transit.CAFile, "new-kms-ca-file", "", "file of the authorities of its certificate; the system's if not given")
	return p
}

// withKeyStore opens the keys without the journal, warns, runs do, and closes
// the keys again.
func withKeyStore(ctx context.Context, p place, to streams, do func(keyStore) error) error {
	k, err := p.kms()
	if err != nil {
		return err
	}
	at, err := p.keyPlace()
	if err != nil {
		return err
	}
	s, err := at.open(ctx, k)
	if err != nil {
		return err
	}
	vault{warning: p.warning(k)}.warn(to)
	return errors.Join(do(s), s.Close())
}
