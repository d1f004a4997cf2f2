package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"caseledger/adapters/drafts"
)

// draftsFile holds what callers are writing, encrypted. It is no part of the
// ledger, and of no backup of it.
const draftsFile = "drafts.db"

// openDrafts opens the drafts beside the ledger, under its keys.
func (a *app) openDrafts() (*drafts.Store, error) {
	secret, err := ensureSecret(filepath.Join(a.place.dir, secretFile))
	if err != nil {
		return nil, err
	}
	s, err := drafts.Open(drafts.Options{Path: filepath.Join(a.place.dir, draftsFile), Keys: a.keys, Secret: secret, Now: a.records.Ledger.Now})
	if err != nil {
		return nil, notReadyError{fmt.Errorf("%w: the ledger does not need %s: move it away to serve without the drafts in it", err, draftsFile)}
	}
	return s, nil
}

// sweep removes drafts that have expired, until ctx ends.
func sweep(ctx context.Context, s *drafts.Store, logger *slog.Logger) {
	s.Run(ctx, func(err error) {
		logger.LogAttrs(ctx, slog.LevelError, "drafts that have expired are still there", slog.String("error", err.Error()))
	})
}
