package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"caseledger/domain/policy"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/schema"
)

// What a data directory holds for the HTTP API.
const (
	accessDir  = "access"     // the second ledger: who was given what
	tokensFile = "tokens"     // digests of local tokens
	secretFile = "api-secret" // makes the ids of new records
)

// ofAccess is the place of the second ledger. What wraps the keys of the first
// wraps those of the second.
func (p place) ofAccess() place {
	second := p
	second.dir = filepath.Join(p.dir, accessDir)
	if p.given() == 0 {
		second.keyFile = p.ownKeyFile()
	}
	if p.log.keyFile != "" {
		second.log.keyFile = p.log.keyFile + "." + accessDir
	}
	if p.log.lastDir != "" {
		second.log.lastDir = filepath.Join(p.log.lastDir, accessDir)
	}
	return second
}

// openSecond opens the second ledger of an open one, and makes it the first
// time. It has no read models.
func (a *app) openSecond(ctx context.Context) (*app, error) {
	p := a.place.ofAccess()
	err := exists(p.dir)
	if errors.As(err, &notReadyError{}) {
		return createSecond(ctx, p, a.created)
	}
	if err != nil {
		return nil, err
	}
	return reopenSecond(ctx, p)
}

func reopenSecond(ctx context.Context, p place) (*app, error) {
	v, err := openVault(ctx, p)
	if err != nil {
		return nil, err
	}
	name, err := v.ledger(ctx)
	if err != nil {
		return nil, errors.Join(err, v.close())
	}
	second, err := bare(p, v, name)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(second.configure(ctx), second.current(ctx)); err != nil {
		return nil, errors.Join(err, second.close())
	}
	return second, nil
}

func createSecond(ctx context.Context, p place, first settings.LedgerCreated) (*app, error) {
	created := settings.LedgerCreated{Ledger: first.Ledger + "/" + accessDir, Nation: first.Nation, LEA: first.LEA}
	if err := check(created); err != nil {
		return nil, err
	}
	v, err := newVault(ctx, p)
	if err != nil {
		return nil, err
	}
	second, err := bare(p, v, created.Ledger)
	if err != nil {
		return nil, err
	}
	err = second.create(ctx, created)
	if err == nil {
		err = second.configure(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, second.close())
	}
	return second, nil
}

// bare is an app without read models.
func bare(p place, v vault, name string) (*app, error) {
	a := &app{vault: v, place: p, sealed: v.codec(name)}
	var err error
	a.records, err = schema.NewRecords(&eventstore.Ledger{Store: v.store, Codec: a.sealed, Now: time.Now, NewID: newEventID}, policy.Pack{})
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}
