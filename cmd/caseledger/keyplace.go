package main

import (
	"context"
	"io"
	"path/filepath"

	"filippo.io/age"

	"caseledger/adapters/pgkeys"
	"caseledger/eventstore/seal/keys"
)

// keyStore is where the keys of the records are: the directory beside the
// journal, or a PostgreSQL that several nodes share.
type keyStore interface {
	keys.Store
	Epoch() (keys.Epoch, error)
	Renew(ctx context.Context) error
	RenewUnder(ctx context.Context, k keys.KMS) error
	Export(w io.Writer, first, second string) error
	Close() error
}

// keyPlace says where the keys are. One of its members is set.
type keyPlace struct {
	dirs     keys.Dirs
	postgres pgkeys.Options
}

// keyPlace reads where the keys of a ledger are.
func (p place) keyPlace() (keyPlace, error) {
	c, err := readStoreFile(p.dir)
	if err != nil {
		return keyPlace{}, err
	}
	if c != nil && c.Keys != "" {
		return keyPlace{postgres: pgkeys.Options{DSNFile: c.Keys}}, nil
	}
	return keyPlace{dirs: p.keyDirs()}, nil
}

// keyDirs is where the keys are in the data directory.
func (p place) keyDirs() keys.Dirs {
	dir := filepath.Join(p.dir, keysDir)
	return keys.Dirs{Keys: dir, Epochs: filepath.Join(dir, "epochs")}
}

// open opens a key store that exists.
func (at keyPlace) open(ctx context.Context, k keys.KMS) (keyStore, error) {
	if at.postgres.DSNFile != "" {
		return orNone(pgkeys.Open(ctx, at.postgres, k))
	}
	return orNone(keys.OpenDirectory(ctx, at.dirs, k))
}

// create makes an empty key store.
func (at keyPlace) create(ctx context.Context, k keys.KMS) (keyStore, error) {
	if at.postgres.DSNFile != "" {
		return orNone(pgkeys.Create(ctx, at.postgres, k))
	}
	return orNone(keys.CreateDirectory(ctx, at.dirs, k))
}

// importFrom makes a key store of an export.
func (at keyPlace) importFrom(ctx context.Context, k keys.KMS, export io.Reader, first, second age.Identity) (keyStore, error) {
	if at.postgres.DSNFile != "" {
		return orNone(pgkeys.Import(ctx, at.postgres, k, export, first, second))
	}
	return orNone(keys.ImportDirectory(ctx, at.dirs, k, export, first, second))
}

// orNone keeps a nil pointer from becoming a key store.
func orNone[S keyStore](s S, err error) (keyStore, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
