package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/seal"
)

func newInit(to streams) *cobra.Command {
	var ledger, nation, lea string
	cmd := &cobra.Command{
		Use:     "init",
		Short:   "Create an empty ledger in the data directory",
		Example: "  caseledger init --data ledger --ledger anytown.example/prod --nation england --lea 201",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.Flags().StringVar(&ledger, "ledger", "localhost/caseledger", "name of the ledger, for ever")
	cmd.Flags().StringVar(&nation, "nation", "england", "whose rules hold: england, scotland or wales")
	cmd.Flags().StringVar(&lea, "lea", "", "the authority's three-digit number in statutory returns")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		created := settings.LedgerCreated{Ledger: ledger, Nation: nation, LEA: lea}
		if err := create(cmd.Context(), *data, created, to); err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Created ledger %s in %s.\n", ledger, data.dir)
		return nil
	}
	return cmd
}

// create makes an empty ledger in a directory that holds none.
func create(ctx context.Context, p place, c settings.LedgerCreated, to streams) error {
	if err := check(c); err != nil {
		return err
	}
	v, err := newVault(ctx, p)
	if err != nil {
		return err
	}
	v.warn(to)
	a, err := assemble(p, v, v.codec(c.Ledger), time.Now, newEventID)
	if err != nil {
		return err
	}
	err = a.create(ctx, c)
	if err == nil {
		err = a.configure(ctx) // which seals it
	}
	return errors.Join(err, a.close())
}

// check refuses settings before anything is made for them.
func check(c settings.LedgerCreated) error {
	if !seal.ValidLedger(c.Ledger) {
		return usageError{fmt.Errorf("a ledger's name is 1 to %d of a-z A-Z 0-9 . _ - /", seal.MaxNameChars)}
	}
	c.Happened = domain.DateOf(time.Now()) // some day
	if err := eventstore.Validate(c); err != nil {
		return usageError{err}
	}
	return nil
}

// newJournal makes a journal in a directory that holds none.
func newJournal(dir string) (*journal.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	store, err := journal.Open(filepath.Join(dir, journalDir), journal.Options{})
	if err != nil {
		return nil, err
	}
	if store.Head() > 0 {
		return nil, errors.Join(errors.New("the data directory holds a ledger already"), store.Close())
	}
	return store, nil
}

func (a *app) create(ctx context.Context, c settings.LedgerCreated) error {
	c.Happened = a.records.Setting().Today
	keys, err := a.place.logKeys(c.Ledger, c.Happened)
	if err != nil {
		return err
	}
	return a.record(ctx, "init", c, append(domain.Facts(c), keys...)...)
}

// record appends to the ledger's own stream what the program itself did. The
// request makes sure that it is recorded once.
func (a *app) record(ctx context.Context, request string, command any, facts ...domain.Fact) error {
	act := eventstore.Act{
		Stream: systemStream, Request: request, Actor: operator("administrator"), Command: command,
		Authority: domain.Authority{Basis: "local-government-act-1972", Purpose: "administration"},
	}
	folds := eventstore.NewFolds(0, settings.Settings.Evolve)
	_, err := eventstore.Update(ctx, a.records.Ledger, folds, act, func(settings.Settings) ([]domain.Fact, error) { return facts, nil })
	return err
}
