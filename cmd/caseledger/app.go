package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/projections"
	"caseledger/schema"
)

// What a data directory holds.
const (
	journalDir      = "journal"
	projectionsFile = "projections.db"
	systemStream    = schema.SystemStream
)

// app is an open ledger: the journal with its keys, the log that proves it, the
// records over it and the read models, which have caught up with the journal.
type app struct {
	vault
	place   place
	log     *sealing // nil on a node that does not seal
	sealed  schema.Sealed
	records *schema.Records
	db      *projections.DB
	view    projections.View
	runner  *projections.Runner
	created settings.LedgerCreated
}

// withApp opens the ledger, runs do, and closes the ledger again.
func withApp(ctx context.Context, p place, to streams, do func(*app) error) error {
	v, err := openVault(ctx, p)
	if err != nil {
		return err
	}
	return useApp(ctx, p, v, to, do)
}

// withLog is withApp for what needs the log: on the node that seals.
func withLog(ctx context.Context, p place, to streams, do func(*app) error) error {
	if err := p.sealsHere(); err != nil {
		return err
	}
	return withApp(ctx, p, to, do)
}

// sealsHere refuses a node that does not seal.
func (p place) sealsHere() error {
	c, err := readStoreFile(p.dir)
	if err == nil && c != nil && c.SealedElsewhere {
		err = usageError{errors.New("the log is on another node, the one that seals: run the command there")}
	}
	return err
}

// useApp builds the app on an open vault, finishes what a crash has left, lets
// the read models catch up, runs do, and closes everything.
func useApp(ctx context.Context, p place, v vault, to streams, do func(*app) error) error {
	name, err := v.ledger(ctx)
	if err != nil {
		return errors.Join(err, v.close())
	}
	a, err := assemble(p, v, v.codec(name), time.Now, newEventID)
	if err != nil {
		return err
	}
	if err := a.ready(ctx, to); err != nil {
		return errors.Join(err, a.close())
	}
	return errors.Join(do(a), a.close())
}

// assemble makes an app of an open vault, which it closes when it fails. Now
// and newID are those of the ledger.
func assemble(p place, v vault, sealed schema.Sealed, now func() time.Time, newID func() eventstore.EventID) (*app, error) {
	a := &app{vault: v, place: p, sealed: sealed}
	if err := a.assemble(&eventstore.Ledger{Store: v.store, Codec: sealed, Now: now, NewID: newID}); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *app) assemble(ledger *eventstore.Ledger) error {
	var err error
	if a.records, err = schema.NewRecords(ledger, policy.Pack{}); err != nil {
		return err
	}
	if a.records.Forms, err = formsOf(a.place.forms); err != nil {
		return err
	}
	if a.db, err = a.place.openReadModels(context.Background()); err != nil {
		return err
	}
	a.view = projections.View{DB: a.db, Records: a.records, Codec: a.sealed.Payload}
	a.runner, err = projections.NewRunner(a.db, a.store, a.sealed, projections.All())
	return ofReadModels(err)
}

// ofReadModels says that an error is one of the read models, not of the ledger.
func ofReadModels(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read models: %w", err)
}

// ready reads the ledger's settings, opens the log, lets the read models catch
// up, and finishes acts on several records that a crash has interrupted.
func (a *app) ready(ctx context.Context, to streams) error {
	if j, ok := a.store.(embedded); ok && j.Recovered().Bytes > 0 {
		fmt.Fprintf(to.err, "caseledger: %d bytes of an append that was never acknowledged were removed from the end of the journal\n", j.Recovered().Bytes)
	}
	if err := a.configure(ctx); err != nil {
		return err
	}
	if err := a.current(ctx); err != nil {
		return err
	}
	if err := a.catchUp(ctx, to); err != nil {
		return err
	}
	groups, err := a.db.OpenGroups(ctx)
	if err != nil || len(groups) == 0 {
		return err
	}
	for _, g := range groups {
		if _, err := eventstore.FinishGroup(ctx, a.records.Ledger, g.Group); err != nil {
			return err
		}
	}
	return a.catchUp(ctx, to)
}

// configure takes up what the ledger says of itself, and opens its log.
func (a *app) configure(ctx context.Context) error {
	at, err := a.settings(ctx)
	if err != nil {
		return err
	}
	if at.State.Created.IsZero() {
		return notReadyError{errors.New("the ledger was never created: run 'caseledger init'")}
	}
	a.created = at.State.Created.Fact
	if a.created.Ledger != a.sealed.Ledger {
		return verifyError{errors.New("the ledger's first entry names another ledger than its leaf")}
	}
	if a.records.Pack, err = at.State.Pack(); err != nil {
		return err
	}
	keys, err := history(a.created.Ledger, at.State)
	if err != nil || a.sealedElsewhere {
		return err
	}
	a.log, err = openLog(ctx, a.place, a.store, keys)
	return err
}

func (a *app) settings(ctx context.Context) (eventstore.Folded[settings.Settings], error) {
	return eventstore.NewFolds(0, settings.Settings.Evolve).Load(ctx, a.records.Ledger, systemStream)
}

// catchUp brings the read models to the end of the log.
func (a *app) catchUp(ctx context.Context, to streams) error {
	head, err := a.store.Head(ctx)
	if err != nil {
		return err
	}
	show, total := bar(to.err, "read models"), int64(head)
	return ofReadModels(a.runner.CatchUp(ctx, func(at eventstore.Position) { show(int64(at), total) }))
}

func (a *app) close() error {
	var errs []error
	if a.log != nil {
		errs = append(errs, a.log.close())
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	return errors.Join(append(errs, a.vault.close())...)
}

// load returns a record; one that does not exist is an error.
func (a *app) load(ctx context.Context, id domain.RecordID) (record.Record, error) {
	r, _, err := a.view.Record(ctx, id)
	return r, err
}

// find returns the record that the argument names: its id, or the child's
// number with the authority.
func (a *app) find(ctx context.Context, name string) (domain.RecordID, error) {
	if id := strings.TrimPrefix(name, "record-"); len(id) == 32 {
		return domain.RecordID(id), nil
	}
	found, err := a.db.FindIdentifier(ctx, "la-child-id", name)
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d records have this identifier; give a record's id or a child's number with the authority", len(found))
	}
	return found[0], nil
}

func newEventID() eventstore.EventID {
	var id eventstore.EventID
	rand.Read(id[:]) // never fails: see crypto/rand
	return id
}

func newRecordID() domain.RecordID {
	id := newEventID()
	return domain.RecordID(hex.EncodeToString(id[:]))
}

// operator is who acts when a command of this program writes.
func operator(role string) domain.Actor {
	return domain.Actor{ID: "operator", Role: role, Agency: "authority"}
}
