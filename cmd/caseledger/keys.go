package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/adapters/openbao"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

// What a data directory holds beside the journal, without which nobody can
// read it.
const (
	keysDir = "keys"
	keyFile = "key"
)

// maxSecretBytes bounds the file of a passphrase.
const maxSecretBytes = 4096

// place says where a ledger is and what opens its keys.
type place struct {
	dir            string
	keyFile        string         // path; empty stands for the file "key" in dir
	passphraseFile string         // path; empty for none
	transit        openbao.Config // empty for none
	log            logPlace
	readModels     string // inFile or "" for the file in dir, else the file of a connection string
	forms          string // directory of definitions; empty for none
}

// addData adds --data, and the flags that say what opens the keys, to a
// command that works on a ledger.
func addData(cmd *cobra.Command) *place {
	p := &place{}
	dir := os.Getenv("CASELEDGER_DATA")
	if dir == "" {
		dir = "caseledger-data"
	}
	cmd.Flags().StringVar(&p.dir, "data", dir, "directory of the ledger (also CASELEDGER_DATA)")
	addSecrets(cmd, p)
	addLog(cmd, p)
	addReadModels(cmd, p)
	addForms(cmd, &p.forms)
	return p
}

func addSecrets(cmd *cobra.Command, p *place) {
	cmd.Flags().StringVar(&p.keyFile, "key-file", os.Getenv("CASELEDGER_KEY_FILE"),
		"file of the key that wraps the records' keys (also CASELEDGER_KEY_FILE); the ledger's own if not given")
	cmd.Flags().StringVar(&p.passphraseFile, "passphrase-file", os.Getenv("CASELEDGER_PASSPHRASE_FILE"),
		"file of a passphrase that does so instead (also CASELEDGER_PASSPHRASE_FILE)")
	cmd.Flags().StringVar(&p.transit.Key, "kms", os.Getenv("CASELEDGER_KMS"),
		"address of a key of an OpenBao or Vault transit engine that does so instead (also CASELEDGER_KMS)")
	cmd.Flags().StringVar(&p.transit.TokenFile, "kms-token-file", os.Getenv("CASELEDGER_KMS_TOKEN_FILE"),
		"file of the token that may use it (also CASELEDGER_KMS_TOKEN_FILE)")
	cmd.Flags().StringVar(&p.transit.CAFile, "kms-ca-file", os.Getenv("CASELEDGER_KMS_CA_FILE"),
		"file of the authorities of its certificate (also CASELEDGER_KMS_CA_FILE); the system's if not given")
}

// ownKeyFile is the key file that init makes when no other secret is given.
func (p place) ownKeyFile() string { return filepath.Join(p.dir, keyFile) }

// given returns how many secrets are given. Without any, the ledger's own key
// file is used.
func (p place) given() int {
	n := 0
	for _, is := range []bool{p.keyFile != "", p.passphraseFile != "", p.inKMS()} {
		if is {
			n++
		}
	}
	return n
}

// inKMS reports whether a KMS is given, if only in part.
func (p place) inKMS() bool { return p.transit != (openbao.Config{}) }

// kms returns what wraps the records' keys.
func (p place) kms() (keys.KMS, error) {
	switch {
	case p.given() > 1:
		return nil, usageError{errors.New("key file, passphrase file and KMS exclude each other")}
	case p.inKMS():
		return openTransit(p.transit)
	case p.passphraseFile != "":
		return readPassphrase(p.passphraseFile)
	case p.keyFile != "":
		return readKeyFile(p.keyFile)
	}
	return readKeyFile(p.ownKeyFile())
}

func readKeyFile(path string) (keys.KMS, error) {
	k, err := keys.ReadKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = notReadyError{fmt.Errorf("%w: give the one that the ledger was created with, or its passphrase", err)}
	}
	return k, err
}

// openTransit does not ask the KMS anything yet.
func openTransit(c openbao.Config) (keys.KMS, error) {
	if c.Key == "" || c.TokenFile == "" {
		return nil, usageError{errors.New("a KMS is given by the address of a key and the file of a token: --kms and --kms-token-file")}
	}
	k, err := openbao.Open(c)
	switch {
	case err == nil:
		return k, nil
	case errors.Is(err, keys.ErrRefused):
		err = usageError{err}
	case errors.Is(err, fs.ErrNotExist):
		err = notReadyError{err}
	}
	return nil, err
}

// readPassphrase reads a passphrase, less the line end that editors add.
func readPassphrase(path string) (keys.KMS, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, notReadyError{fmt.Errorf("passphrase: %w", err)}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("passphrase: %w: %s has mode %v, not 0600", keys.ErrExposed, path, info.Mode().Perm())
	}
	if info.Size() > maxSecretBytes {
		return nil, fmt.Errorf("passphrase: %s has more than %d bytes", path, maxSecretBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	k, err := keys.NewPassphrase(strings.TrimRight(string(text), "\r\n"))
	if err != nil {
		return nil, fmt.Errorf("passphrase: %s: %w", path, err)
	}
	return k, nil
}

// warning says in a line what the chosen secret does not protect from.
func (p place) warning(k keys.KMS) string {
	text := keys.Warning(k)
	if text != "" && p.given() == 0 {
		text += " The key file lies beside the data: move it elsewhere and give its place with --key-file."
	}
	return text
}

// vault is the open store of a ledger with the keys that open it: what cannot be made
// anew.
type vault struct {
	store   ledgerStore
	keys    keyStore
	warning string

	sealedElsewhere bool // by another node, which has the log
}

// openVault opens both. Nothing is written when one of them is not there.
func openVault(ctx context.Context, p place) (vault, error) {
	store, err := openStore(ctx, p.dir)
	if err != nil {
		return vault{}, err
	}
	v, err := p.withKeys(ctx, store, keyPlace.open)
	if errors.Is(err, keys.ErrMissing) {
		err = fmt.Errorf("%w: without its keys nobody can read the ledger; put %s back", err, filepath.Join(p.dir, keysDir))
	}
	return v, err
}

// newVault makes both in a directory that holds neither, and a key file when no
// secret is given.
func newVault(ctx context.Context, p place) (vault, error) {
	store, err := newStoreIn(ctx, p.dir)
	if err != nil {
		return vault{}, err
	}
	if err := p.makeKeyFile(); err != nil {
		return vault{}, errors.Join(err, store.Close())
	}
	v, err := p.withKeys(ctx, store, keyPlace.create)
	if errors.Is(err, keys.ErrExists) {
		err = fmt.Errorf("%w, without the journal that belongs to it: if there never was one, remove %s", err, filepath.Join(p.dir, keysDir))
	}
	return v, err
}

// makeKeyFile makes the ledger's own key file, unless there is one from an
// init that was interrupted.
func (p place) makeKeyFile() error {
	if p.given() > 0 {
		return nil
	}
	if _, err := os.Lstat(p.ownKeyFile()); err == nil {
		return nil
	}
	return keys.WriteKeyFile(p.ownKeyFile())
}

// withKeys adds the keys to an open store, which it closes when it fails.
func (p place) withKeys(ctx context.Context, store ledgerStore, open func(keyPlace, context.Context, keys.KMS) (keyStore, error)) (vault, error) {
	k, err := p.kms()
	if err != nil {
		return vault{}, errors.Join(err, store.Close())
	}
	at, err := p.keyPlace()
	if err != nil {
		return vault{}, errors.Join(err, store.Close())
	}
	opened, err := open(at, ctx, k)
	if err != nil {
		return vault{}, errors.Join(err, store.Close())
	}
	elsewhere, err := readStoreFile(p.dir)
	return vault{store, opened, p.warning(k), elsewhere != nil && elsewhere.SealedElsewhere}, err
}

// warn prints the warning, for commands that write or verify.
func (v vault) warn(to streams) {
	if v.warning != "" {
		fmt.Fprintf(to.err, "caseledger: warning: %s\n", v.warning)
	}
}

// codec returns what seals and opens the events of the ledger.
func (v vault) codec(ledger string) schema.Sealed {
	return schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: v.keys, Ledger: ledger, Random: rand.Reader}
}

// ledger returns the name of the ledger, which its first leaf bears.
func (v vault) ledger(ctx context.Context) (string, error) {
	for e, err := range v.store.ReadStream(ctx, systemStream, 0) {
		if err != nil {
			return "", err
		}
		leaf, err := seal.ParseLeaf(e.Metadata)
		if err != nil {
			return "", fmt.Errorf("position %d: stream %s: %w", e.Position, e.Stream, err)
		}
		return leaf.Ledger, nil
	}
	return "", notReadyError{errors.New("the ledger was never created: run 'caseledger init'")}
}

// current refuses keys that are older than the end of the log. Older events
// are looked at when they are read.
func (v vault) current(ctx context.Context) error {
	e, err := v.store.Last(ctx)
	if err != nil || e.Position == 0 {
		return err
	}
	leaf, err := seal.ParseLeaf(e.Metadata)
	if err == nil {
		_, err = v.keys.ForOpening(ctx, leaf.Key)
	}
	if errors.Is(err, seal.ErrErased) {
		return nil // it knows more than the log
	}
	if err != nil {
		return fmt.Errorf("position %d: stream %s: %w", e.Position, e.Stream, err)
	}
	return nil
}

func (v vault) close() error { return errors.Join(v.keys.Close(), v.store.Close()) }
