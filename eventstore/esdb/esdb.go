// Package esdb is the event store on an EventStoreDB or KurrentDB cluster, or
// on any server of that protocol, through EventStore-Client-Go/v4.
//
// It keeps every promise of eventstore.Store. It never appends without a
// revision, never deletes or truncates a stream, and yields nothing of the
// server's own streams.
package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"caseledger/eventstore"
)

// Options say where the cluster is and who calls.
type Options struct {
	// Connection is a connection string, without credentials:
	// esdb://host:2113?tlsCAFile=ca.pem&userCertFile=user.pem&userKeyFile=user.key
	Connection string

	// Credentials is a file with one line, login:password. It is read again
	// for every new connection. Empty: none are sent.
	Credentials string

	// Prefix is what the names of the ledger's streams begin with, on a server
	// that holds other streams too. Empty: every stream is the ledger's.
	Prefix string
}

const (
	maxCredentials = 1_024            // bytes
	callTime       = 30 * time.Second // for one append, or for the first answer of a read
	maxTries       = 4                // of a call that finds no server
	pauseFirst     = 50 * time.Millisecond
	pauseLongest   = 5 * time.Second
)

// ErrUnavailable says that the cluster did not answer. The outcome of an
// append is unknown then.
var ErrUnavailable = errors.New("esdb: the cluster does not answer")

// Store is the ledger in a cluster. Open makes one.
type Store struct {
	opts Options

	mu      sync.Mutex // guards what follows, and is never held during a call
	current *connection
	closed  bool
}

// Open returns a store when the cluster has answered once.
func Open(ctx context.Context, opts Options) (*Store, error) {
	if _, err := opts.configuration(); err != nil {
		return nil, err
	}
	s := &Store{opts: opts}
	c, err := s.connection(ctx)
	if err != nil {
		return nil, err
	}
	c.leave()
	return s, nil
}

func (o Options) configuration() (*client.Configuration, error) {
	conf, err := client.ParseConnectionString(o.Connection)
	if err != nil {
		return nil, errors.New("esdb: the connection string is not sound") // may hold what nobody should log
	}
	if conf.Username != "" || conf.Password != "" {
		return nil, errors.New("esdb: credentials come from a file, not in the connection string")
	}
	if o.Credentials != "" {
		if conf.DisableTLS {
			return nil, errors.New("esdb: credentials are not sent without TLS")
		}
		if conf.Username, conf.Password, err = readCredentials(o.Credentials); err != nil {
			return nil, err
		}
	}
	conf.Logger = client.NoopLogging()
	conf.MaxDiscoverAttempts = 1 // a client that failed is thrown away, and another one tries
	return conf, nil
}

func readCredentials(path string) (login, password string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("esdb: credentials: %w", err)
	}
	line := strings.TrimRight(string(text), "\r\n")
	login, password, found := strings.Cut(line, ":")
	if !found || login == "" || password == "" || len(text) > maxCredentials || strings.ContainsAny(line, "\r\n") {
		return "", "", fmt.Errorf("esdb: credentials: %s: not one line of login:password", path)
	}
	return login, password, nil
}

// Close ends the connection. Calls under way fail.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.current != nil {
		s.current.discard()
		s.current = nil
	}
	return nil
}

// Append is eventstore.Store's. A lost answer is asked for again with the same
// ids, which the server knows.
func (s *Store) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if err := eventstore.Check(stream, events); err != nil {
		return 0, err
	}
	proposed := proposals(events)
	return try(ctx, s, func(ctx context.Context, c *client.Client) (eventstore.Position, error) {
		return appendTo(ctx, c, stream, after, proposed)
	})
}

// maxSettled bounds how often a refusal may be found settled when the head is
// read again.
const maxSettled = 5

func appendTo(ctx context.Context, c *client.Client, stream string, after eventstore.Revision, events []client.EventData) (eventstore.Position, error) {
	limit := callTime
	options := client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}, Deadline: &limit}
	if after > 0 {
		options.ExpectedRevision = client.Revision(uint64(after) - 1)
	}
	for range maxSettled {
		if after <= math.MaxInt64 { // no stream can be further
			done, err := c.AppendToStream(ctx, stream, options, events...)
			if err == nil {
				return eventstore.Position(done.CommitPosition), nil
			}
			// EOF: the server ended the call while the client was sending, and
			// the client kept no reason. Asking again is safe and gives one.
			if codeOf(err) != client.ErrorCodeWrongExpectedVersion && !errors.Is(err, io.EOF) {
				return 0, err
			}
		}
		actual, err := head(ctx, c, stream)
		if err != nil {
			return 0, err
		}
		if actual != after {
			return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: actual}
		}
	}
	return 0, fmt.Errorf("esdb: stream %s: the server refuses without a reason", stream)
}

// head reads the revision of a stream, which a conflict names only in words.
func head(ctx context.Context, c *client.Client, stream string) (eventstore.Revision, error) {
	limit := callTime
	read, err := c.ReadStream(ctx, stream, client.ReadStreamOptions{Direction: client.Backwards, From: client.End{}, Deadline: &limit}, 1)
	if err != nil {
		return 0, err
	}
	defer read.Close()
	e, err := receive(read)
	switch {
	case codeOf(err) == client.ErrorCodeResourceNotFound:
		return 0, nil
	case err != nil:
		return 0, err
	}
	return eventstore.Revision(e.OriginalEvent().EventNumber + 1), nil
}

// proposals copies the events: the client may still send them when a call was
// given up.
func proposals(events []eventstore.Event) []client.EventData {
	out := make([]client.EventData, len(events))
	for i, e := range events {
		out[i] = client.EventData{
			EventID: uuid.UUID(e.ID), EventType: e.Type, ContentType: client.ContentTypeBinary,
			Metadata: append([]byte(nil), e.Metadata...), Data: append([]byte(nil), e.Data...),
		}
	}
	return out
}

func recordedOf(e *client.RecordedEvent) eventstore.Recorded {
	return eventstore.Recorded{
		Stream: e.StreamID, Revision: eventstore.Revision(e.EventNumber + 1), Position: eventstore.Position(e.Position.Commit),
		Event: eventstore.Event{ID: eventstore.EventID(e.EventID), Type: e.EventType, Metadata: e.UserMetadata, Data: e.Data},
	}
}
