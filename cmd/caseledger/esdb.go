package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/cedar"
	"caseledger/adapters/esdbgrpc"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/eventstore"
	"caseledger/eventstore/seal"
)

// What an account of the protocol does when it is given opened events.
const (
	openEvent   = "event.open"
	serviceRole = "service"
)

// serveESDB serves the protocol of EventStoreDB, if it is asked for, and returns
// what ends it.
func (a *app) serveESDB(o serveFlags, callers *live, accesses *accesslog.Log, logger *slog.Logger, to streams) (end func() error, err error) {
	if o.esdb.listen == "" {
		return func() error { return nil }, nil
	}
	o.esdb.cert, o.esdb.key, o.esdb.current = o.cert, o.key, callers.certificate
	opening := opening{a, callers.policies, accesses}
	server, err := o.esdb.start(a.place.dir, esdbgrpc.Options{Store: a.store, Admit: esdbgrpc.Sealed, Accessed: opening.accessed, Log: logger})
	if err != nil {
		return nil, fmt.Errorf("esdb: %w", err)
	}
	callers.also(server.reader(o.esdb))
	fmt.Fprintf(to.out, "EventStoreDB protocol on %s\n", server.address())
	return server.close, nil
}

// opening opens events for the accounts that a policy names.
type opening struct {
	*app
	policies *cedar.Policies
	accesses *accesslog.Log
}

// accessed gives an account an event of a record opened, when a policy permits
// it and nothing bars the account from the record; that is an access, and
// recorded first. Every other event is given as it is stored, which tells
// nothing to whoever has no key.
func (o opening) accessed(ctx context.Context, account string, e eventstore.Recorded) (esdbgrpc.Shown, error) {
	sealed := esdbgrpc.Shown{ContentType: "application/octet-stream", Metadata: e.Metadata, Data: e.Data}
	id, is := strings.CutPrefix(e.Stream, "record-")
	if !is || account == "" {
		return sealed, nil
	}
	d := o.policies.Decide(cedar.Question{Caller: account, Role: serviceRole, Agency: "authority", Action: openEvent, Record: id})
	if !d.Allowed {
		return sealed, nil
	}
	r, _, err := o.view.Record(ctx, domain.RecordID(id))
	if err != nil {
		return esdbgrpc.Shown{}, err
	}
	if _, shut := r.Restrictions.SealedFrom(account); shut || r.Restrictions.Barred(account) {
		return sealed, nil
	}
	opened, err := o.sealed.Open(e)
	if errors.Is(err, seal.ErrErased) {
		return sealed, nil
	}
	if err != nil {
		return esdbgrpc.Shown{}, err
	}
	err = o.accesses.Record(ctx, domain.Circumstances{Actor: domain.Actor{ID: account, Role: serviceRole, Agency: "authority"}}, access.Released{
		Dated:     domain.Dated{Happened: o.records.Setting().Today},
		Operation: openEvent, Subject: id, Revision: uint64(e.Revision), Rows: 1, Policies: d.Policies,
	})
	return esdbgrpc.Shown{ContentType: "application/json", Metadata: e.Metadata, Data: opened.Payload}, err
}
