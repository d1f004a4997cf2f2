package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"caseledger/eventstore/durable"
	"caseledger/eventstore/seal/keys"
)

// officers is how many must be together to read an export of the keys.
const officers = 2

func newKeysExport(to streams) *cobra.Command {
	var recipients []string
	var out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write a copy of all keys that two officers can open together",
		Long: `Export writes all keys, encrypted to the first officer's age recipient and the
result to the second's: neither can read it without the other. It opens, for
ever, every record that lives when it is made: keep it as you keep the keys, and
destroy it when a key is destroyed.`,
		Example: "  caseledger keys export --data ledger --officer age1… --officer age1… --out keys.age",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.Flags().StringArrayVar(&recipients, "officer", nil, "age recipient of an officer, to be given twice")
	cmd.Flags().StringVar(&out, "out", "", "file to write; it must not exist")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if len(recipients) != officers || out == "" {
			return usageError{fmt.Errorf("an export is for %d officers: give --officer twice, and --out", officers)}
		}
		return withKeyStore(cmd.Context(), *data, to, func(s keyStore) error {
			var sealed bytes.Buffer
			if err := s.Export(&sealed, recipients[0], recipients[1]); err != nil {
				return refusedIsUsage(err)
			}
			if err := durable.Create(out, sealed.Bytes()); err != nil {
				return err
			}
			return told(to.out, s, "Exported", out)
		})
	}
	return cmd
}

func newKeysImport(to streams) *cobra.Command {
	var identities []string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Make the key store of a ledger anew from an export",
		Long: `Import makes a new key store for a ledger that has lost its own, from an export
and the identities of both officers, in the order in which they were given to
the export. It never touches a key store that is there.`,
		Example: "  caseledger keys import keys.age --data ledger --identity first.txt --identity second.txt",
		Args:    exactly(1),
	}
	data := addData(cmd)
	cmd.Flags().StringArrayVar(&identities, "identity", nil, "file of an officer's age identity, to be given twice")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(identities) != officers {
			return usageError{fmt.Errorf("an export is opened by %d officers: give --identity twice", officers)}
		}
		v, err := importVault(cmd.Context(), *data, args[0], identities)
		if err != nil {
			return err
		}
		v.warn(to)
		if err = told(to.out, v.keys, "Imported", args[0]); err == nil {
			err = notOlder(v.current(cmd.Context()))
		}
		return errors.Join(err, v.close())
	}
	return cmd
}

// notOlder says what it means that a key is missing that the log names.
func notOlder(err error) error {
	if errors.Is(err, keys.ErrUnknown) {
		return fmt.Errorf("the export is older than the ledger, or of another one: %w", err)
	}
	return err
}

// importVault opens the store, which must be there, and makes its keys of the
// export.
func importVault(ctx context.Context, p place, path string, identities []string) (vault, error) {
	first, err := readIdentity(identities[0])
	if err != nil {
		return vault{}, err
	}
	second, err := readIdentity(identities[1])
	if err != nil {
		return vault{}, err
	}
	export, err := os.Open(path)
	if err != nil {
		return vault{}, err
	}
	defer export.Close()
	store, err := openStore(ctx, p.dir)
	if err != nil {
		return vault{}, err
	}
	if err := p.makeKeyFile(); err != nil {
		return vault{}, errors.Join(err, store.Close())
	}
	return p.withKeys(ctx, store, func(at keyPlace, ctx context.Context, k keys.KMS) (keyStore, error) {
		return at.importFrom(ctx, k, export, first, second)
	})
}

// readIdentity reads a file that age-keygen wrote.
func readIdentity(path string) (age.Identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("identity: %w: %s has mode %v, not 0600", keys.ErrExposed, path, info.Mode().Perm())
	}
	if info.Size() > maxSecretBytes {
		return nil, fmt.Errorf("identity: %s has more than %d bytes", path, maxSecretBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	all, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil || len(all) != 1 {
		return nil, fmt.Errorf("identity: %s does not hold one age identity", path)
	}
	return all[0], nil
}

// told says how many keys went where.
func told(w io.Writer, s keyStore, done, path string) error {
	all, err := s.List(context.Background())
	if err != nil {
		return err
	}
	living, destroyed := count(all)
	_, err = fmt.Fprintf(w, "%s %d living and %d destroyed keys: %s.\n", done, living, destroyed, path)
	return err
}

// refusedIsUsage marks what the caller typed wrongly.
func refusedIsUsage(err error) error {
	if errors.Is(err, keys.ErrRefused) {
		return usageError{err}
	}
	return err
}
