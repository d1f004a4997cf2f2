package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
)

// inFile is the value of --readmodels for the file in the data directory.
const inFile = "sqlite"

func addReadModels(cmd *cobra.Command, p *place) {
	where := os.Getenv("CASELEDGER_READMODELS")
	if where == "" {
		where = inFile
	}
	cmd.Flags().StringVar(&p.readModels, "readmodels", where,
		"where the read models are: sqlite for the file in the data directory, or a file that holds the connection string of a PostgreSQL database (also CASELEDGER_READMODELS)")
}

// inPostgres reports whether the read models are in PostgreSQL.
func (p place) inPostgres() bool { return p.readModels != "" && p.readModels != inFile }

func (p place) openReadModels(ctx context.Context) (*projections.DB, error) {
	if !p.inPostgres() {
		return projections.Open(filepath.Join(p.dir, projectionsFile))
	}
	dsn, err := p.readDSN()
	if err != nil {
		return nil, err
	}
	db, err := projections.OpenPostgres(ctx, dsn)
	if err != nil {
		return nil, notReadyError{err}
	}
	return db, nil
}

// removeReadModels throws the read models away, as they can be made anew.
func (p place) removeReadModels(ctx context.Context) error {
	if p.inPostgres() {
		dsn, err := p.readDSN()
		if err != nil {
			return err
		}
		return projections.RemovePostgres(ctx, dsn)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Remove(filepath.Join(p.dir, projectionsFile+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// readDSN reads a connection string, which can hold a password.
func (p place) readDSN() (string, error) {
	info, err := os.Stat(p.readModels)
	if err != nil {
		return "", notReadyError{fmt.Errorf("read models: %w", err)}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("read models: %w: %s has mode %v, not 0600", keys.ErrExposed, p.readModels, info.Mode().Perm())
	}
	if info.Size() > maxSecretBytes {
		return "", fmt.Errorf("read models: %s has more than %d bytes", p.readModels, maxSecretBytes)
	}
	text, err := os.ReadFile(p.readModels)
	return strings.TrimSpace(string(text)), err
}
