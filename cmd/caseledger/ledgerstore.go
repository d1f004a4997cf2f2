package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore"
	"caseledger/eventstore/durable"
	"caseledger/eventstore/esdb"
	"caseledger/eventstore/journal"
)

// ledgerStore is where the events of a ledger are: the journal in its data
// directory, or an EventStoreDB.
type ledgerStore interface {
	eventstore.Store
	// Head returns the position of the last event, 0 when there is none.
	Head(context.Context) (eventstore.Position, error)
	// Last returns the last event, the zero value when there is none.
	Last(context.Context) (eventstore.Recorded, error)
	Close() error
}

var (
	_ ledgerStore = embedded{}
	_ ledgerStore = (*esdb.Store)(nil)
)

// embedded is the journal in the data directory.
type embedded struct{ *journal.Store }

// Head is ledgerStore's.
func (e embedded) Head(context.Context) (eventstore.Position, error) { return e.Store.Head(), nil }

// Last is ledgerStore's.
func (e embedded) Last(ctx context.Context) (eventstore.Recorded, error) {
	head := e.Store.Head()
	if head == 0 {
		return eventstore.Recorded{}, nil
	}
	for last, err := range e.ReadLog(ctx, head-1) {
		return last, err
	}
	return eventstore.Recorded{}, ctx.Err()
}

// storeFile names, in a data directory, the EventStoreDB that holds the ledger.
// Without it the ledger is in the directory's own journal. It is in the data
// directory, and no flag of every command, because a command that looks in the
// wrong store must not find an empty ledger there.
const storeFile = "store.json"

// storeConfig is what the file says.
type storeConfig struct {
	// Connection is a connection string without credentials:
	// esdb://host:2113?tlsCAFile=/etc/caseledger/ca.pem
	Connection string `json:"connection"`
	// Credentials is the path of a file with one line, login:password.
	Credentials string `json:"credentials,omitzero"`
	// Keys is the path of a file with the connection string of the PostgreSQL
	// that has the keys of the records; the directory's own keys if empty.
	Keys string `json:"keys,omitzero"`
	// SealedElsewhere says that another node has the log and its keys.
	SealedElsewhere bool `json:"sealedElsewhere,omitzero"`
}

func (c storeConfig) open(ctx context.Context) (*esdb.Store, error) {
	s, err := esdb.Open(ctx, esdb.Options{Connection: c.Connection, Credentials: c.Credentials})
	if errors.Is(err, esdb.ErrUnavailable) {
		err = notReadyError{err}
	}
	return s, err
}

// readStoreFile reads the file of a data directory, nil when there is none.
func readStoreFile(dir string) (*storeConfig, error) {
	path := filepath.Join(dir, storeFile)
	text, err := readTrust(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := &storeConfig{}
	if err := json.Unmarshal(text, c, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if c.Connection == "" {
		return nil, fmt.Errorf("%s: it names no connection", path)
	}
	return c, nil
}

// write puts the file into a data directory, whole or not at all.
func (c storeConfig) write(dir string) error {
	text, err := json.Marshal(c, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	return durable.Replace(filepath.Join(dir, storeFile), append(text, '\n'))
}

// openStore opens the store of a ledger that exists.
func openStore(ctx context.Context, dir string) (ledgerStore, error) {
	c, err := readStoreFile(dir)
	if err != nil {
		return nil, err
	}
	if c != nil {
		return c.open(ctx)
	}
	j, err := openJournal(dir)
	if err != nil {
		return nil, err
	}
	return embedded{j}, nil
}

// newStoreIn opens the store for a ledger that does not exist yet.
func newStoreIn(ctx context.Context, dir string) (ledgerStore, error) {
	c, err := readStoreFile(dir)
	if err != nil {
		return nil, err
	}
	if c == nil {
		j, err := newJournal(dir)
		if err != nil {
			return nil, err
		}
		return embedded{j}, nil
	}
	s, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	head, err := s.Head(ctx)
	if err == nil && head > 0 {
		err = errors.New("the EventStoreDB holds a ledger already")
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// exists says why there is no ledger in a data directory, or nothing.
func exists(dir string) error {
	c, err := readStoreFile(dir)
	if err != nil || c != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(dir, journalDir))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return notReadyError{errors.New("there is no ledger in the data directory: create one with 'caseledger init'")}
	}
	return err
}

// embeddedOnly refuses a ledger that is not in its journal.
func embeddedOnly(dir string) error {
	c, err := readStoreFile(dir)
	if err == nil && c != nil {
		err = usageError{fmt.Errorf("the ledger is in an EventStoreDB, which %s names: this is for ledgers in a journal", filepath.Join(dir, storeFile))}
	}
	return err
}

// openJournal opens a journal that exists.
func openJournal(dir string) (*journal.Store, error) {
	if err := embeddedOnly(dir); err != nil {
		return nil, err
	}
	if err := exists(dir); err != nil {
		return nil, err
	}
	return journal.Open(filepath.Join(dir, journalDir), journal.Options{})
}
