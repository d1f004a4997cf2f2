// Package inbound takes commands from partners' topics to the ledger. A Router
// reads CloudEvents 1.0 in binary mode: the type names a command of the
// catalogue, the subject the record, the value is the command's body, and the id
// makes a repeat harmless: with the partner's name it is the request's id, and
// the record itself remembers what it answered. Every message is acted on with
// the identity and the sharing agreement that the configuration gives its topic,
// never with one that the message claims.
//
// Each message is answered on a topic of replies: what was recorded, or every
// rule that forbids it. What cannot even be answered goes to a poison topic with
// the reason. While the ledger or a broker fails, the topic waits; nothing is
// skipped.
//
// The package never reads a record out to a partner, and repeats nothing of a
// message in a reply, a log or a metric but its id.
package inbound

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"

	"caseledger/adapters/kafka"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/identity"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Desk is where commands are handed in.
type Desk struct {
	Records *schema.Records
	Ledger  string // whose name replies bear as their source
	Secret  []byte // makes the ids of new records
	// Denied makes it durable that something was asked for and refused, before
	// the partner hears of it: what a rule says tells of a record.
	Denied func(ctx context.Context, by domain.Circumstances, e access.Denied) error
}

// Retries of an act that the ledger could not take up, before the message is
// delivered anew.
const (
	retries    = 3
	retryPause = 50 * time.Millisecond
	closeLimit = 20 * time.Second
)

const defaultPerSecond = 100

// Subscriber returns how an inbox is read: a message that is too large goes to
// its poison topic unread, and one that fails is delivered until it does not.
func (i Inbox) Subscriber(c kafka.Cluster, log watermill.LoggerAdapter, m *kafka.Metrics) kafka.SubscriberConfig {
	return kafka.SubscriberConfig{Cluster: c, Group: i.Group, IDHeader: "ce_id", Logger: log, Metrics: m,
		Poison: kafka.Poison{Topic: i.Poison, MaxBytes: MaxBytes, Attempts: 1 << 30}}
}

// NewRouter returns a router that takes an inbox's messages to the desk. The
// subscriber and the publisher have "ce_id" as their IDHeader.
func NewRouter(i Inbox, desk Desk, sub message.Subscriber, pub message.Publisher, log watermill.LoggerAdapter) (*message.Router, error) {
	if err := i.check(); err != nil {
		return nil, err
	}
	router, err := message.NewRouter(message.RouterConfig{CloseTimeout: closeLimit}, log)
	if err != nil {
		return nil, err
	}
	poison, err := middleware.PoisonQueueWithFilter(pub, i.Poison, hopeless)
	if err != nil {
		return nil, err
	}
	perSecond := i.PerSecond
	if perSecond == 0 {
		perSecond = defaultPerSecond
	}
	router.AddMiddleware(
		middleware.CorrelationID,
		poison, // around Retry, or the first failure would already be the last
		middleware.Retry{MaxRetries: retries, InitialInterval: retryPause, MaxInterval: time.Second, Multiplier: 2,
			ShouldRetry: func(p middleware.RetryParams) bool { return !hopeless(p.Err) }}.Middleware,
		middleware.NewThrottle(perSecond, time.Second).Middleware,
		middleware.Recoverer,
	)
	router.AddHandler("inbox "+i.Topic, i.Topic, sub, i.Replies, pub, clerk{i, desk}.handle)
	return router, nil
}

// hopeless reports whether the same message would fail again: it has no form, or
// makes the program panic.
func hopeless(err error) bool {
	var form malformed
	var panicked middleware.RecoveredPanicError
	return errors.As(err, &form) || errors.As(err, &panicked)
}

// clerk works through one inbox.
type clerk struct {
	Inbox
	Desk
}

// handle acts on a message and returns the reply. An error that is not hopeless
// leaves the message where it is.
func (c clerk) handle(m *message.Message) ([]*message.Message, error) {
	r, err := parse(m)
	if err != nil {
		return nil, err
	}
	out, err := c.act(m.Context(), r)
	if err != nil {
		return nil, err
	}
	reply, err := c.reply(m, r, out)
	return []*message.Message{reply}, err
}

// act performs what a message asks for. What forbids it is part of the reply;
// the error says that it was not decided.
func (c clerk) act(ctx context.Context, r request) (Reply, error) {
	by := domain.Circumstances{
		Actor:     domain.Actor{ID: c.Partner.ID, Role: c.Partner.Role, Agency: c.Partner.Agency},
		Authority: c.Agreement.authority(),
	}
	receipt, err := c.record(ctx, by, &r)
	faults, decided := faultsOf(err, r.expect != nil)
	switch {
	case err == nil:
		return accepted(r, receipt), nil
	case !decided:
		return Reply{}, err
	}
	denied := access.Denied{Dated: domain.Dated{Happened: c.Records.Setting().Today}, Operation: r.name, Subject: string(r.record), Reason: faults[0].Rule}
	if err := c.Denied(ctx, by, denied); err != nil {
		return Reply{}, err
	}
	return Reply{Request: r.id, Record: r.record, Faults: faults}, nil
}

// record hands the command in.
func (c clerk) record(ctx context.Context, by domain.Circumstances, r *request) (eventstore.Receipt, error) {
	if err := c.Agreement.allows(*r, c.Records.Setting().Today); err != nil {
		return eventstore.Receipt{}, err
	}
	kind, ok := c.Records.Named(r.name)
	if !ok {
		return eventstore.Receipt{}, domain.Refusals{{Rule: "command-not-known", Reason: "There is no such command."}}
	}
	command, err := kind.Decode(r.body)
	if err != nil {
		return eventstore.Receipt{}, domain.Refusals{{Rule: "shape", Reason: "The value does not have the shape of the command."}}
	}
	if err := c.place(ctx, r, command); err != nil {
		return eventstore.Receipt{}, err
	}
	if err := c.agreedToo(ctx, r.record, command); err != nil {
		return eventstore.Receipt{}, err
	}
	act := eventstore.Act{Expect: r.expect, Request: c.Partner.ID + "/" + r.id, Actor: by.Actor, Authority: by.Authority, Command: command}
	return c.Records.Do(ctx, r.record, act)
}

// agreedToo refuses answers to a form that become a command which the agreement
// does not name.
func (c clerk) agreedToo(ctx context.Context, id domain.RecordID, command any) error {
	names, err := c.Records.Becomes(ctx, id, command)
	for _, name := range names {
		if !slices.Contains(c.Agreement.Commands, name) {
			return domain.Refusals{{Rule: "command-not-agreed", Reason: "The sharing agreement does not name a command that the answers become."}}
		}
	}
	return err
}

// place finds the record that a message speaks of, or names the one that it
// opens: of partner and message id, so that a repeat opens the same.
func (c clerk) place(ctx context.Context, r *request, command any) error {
	if r.record == "" {
		if _, opens := command.(identity.Register); !opens {
			return domain.Refusals{{Rule: "subject-missing", Reason: "The subject does not say which record is meant."}}
		}
		mac := hmac.New(sha256.New, c.Secret)
		mac.Write([]byte("inbox\x00" + c.Partner.ID + "\x00" + r.id))
		r.record = domain.RecordID(hex.EncodeToString(mac.Sum(nil)[:16]))
		return nil
	}
	_, at, err := c.Records.Load(ctx, r.record)
	if err == nil && at == 0 {
		err = domain.Refusals{{Rule: "record-not-known", Reason: "There is no such record."}}
	}
	return err
}
