// Package pgkeys keeps the keys of records in a PostgreSQL database, for
// several processes that write one ledger. Store does what keys.Directory does
// for one process, with the same wrapping, record for record: see keys.Book.
//
// # What several processes see
//
// A place gets one key, whoever asks first: every write states the record that
// it comes after, and the database takes it only if that is the last. ForSealing
// always asks the database, in one question for all callers that wait, so a key
// whose destruction has returned anywhere seals nothing more. ForOpening answers
// from memory. Each process looks every second for what others made and
// destroyed, so a key that was destroyed elsewhere opens for about a second
// more, and for Options.Stale at the most: a process that could not look for so
// long opens nothing until it can. A key that a process does not know is
// asked for.
//
// # What a directory promises and a database cannot
//
// Directory overwrites what it replaces and keeps the epoch key apart. In a
// database, what was scrubbed or renewed stays in old pages until a vacuum
// and the reuse of the page, in the write-ahead log until it is recycled, and in
// replicas' archives and backups for as long as those are kept, the wrapped epoch
// keys among them. All of it is wrapped: it opens nothing to one who has not also
// the passphrase, the key file or the use of the KMS. After Renew, and once the
// KMS has forgotten the version of its key that wrapped the epoch before, it
// opens nothing to anybody, ever. That is why a shared key store wants a KMS that
// forgets: with a passphrase or a key file, an old copy of the database and that
// secret open what lived when the copy was made. A dump without the data of
// caseledger_key_epochs opens nothing in any case (ErrNoEpoch): keep those rows
// out of dumps that are kept for long.
//
// A key is durable when the database says so: synchronous_commit is on. With a
// standby, replicate synchronously; a failover to a standby that lags loses keys
// of events that are in the ledger.
//
// # Roles and limits
//
// Create needs a role that may create tables in the schema that search_path
// names. To serve, a role needs SELECT and UPDATE on caseledger_key_store,
// SELECT on caseledger_key_epochs, SELECT, INSERT and UPDATE of the column record
// on caseledger_keys; to renew, also INSERT and DELETE on the latter two. No role
// of the database can read a key: secrets leave the process only wrapped.
//
// The package speaks over one connection, to the primary, to other machines only
// with sslmode=verify-full, and to the server itself: a pool between would have
// to keep sessions. It never creates or alters a schema or a role, and puts
// neither the connection string nor anything wrapped into an error.
//
// # Speed
//
// On two cores of a virtual machine (Xeon), with the server, which syncs, on the same one:
// ForOpening of a known key takes 0.3 µs; ForSealing 0.2 ms for a known place and
// 1.4 ms for a new one, one caller at a time; 64 callers get 68 000 known and
// 11 600 new keys a second. Prepare makes 74 000 keys a second, a thousand at a
// time. With 100 000 keys, Destroy takes 1.3 ms, Open 1.2 s and Renew 0.8 s.
//
//	go test -run '^$' -bench . -benchmem ./adapters/pgkeys
package pgkeys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
)

// DefaultStale is what an empty Options.Stale stands for.
const DefaultStale = time.Minute

const lookEvery = time.Second

// Options says where the key store is.
type Options struct {
	// DSNFile is the path of a file that holds the connection string, a URL or
	// key=value pairs. Only its owner may read it. search_path in it chooses the
	// schema; each ledger has one of its own.
	DSNFile string
	// Stale is how long ForOpening gives out keys without having heard from the
	// database. Longer keeps records readable while it is down; shorter bounds
	// how long a key that was destroyed elsewhere can still open. 0 stands for
	// DefaultStale.
	Stale time.Duration
}

var _ keys.Store = (*Store)(nil)

// Store is the key store in a database. All keys are held in memory, about 250
// bytes each.
type Store struct {
	pool  *pgxpool.Pool
	stale time.Duration

	stop    context.CancelFunc
	stopped chan struct{} // closed when the goroutine that looks has ended
	wake    chan struct{} // tells it that callers wait

	// turn is held by the one that speaks to the database, and guards kms. Only
	// its holder changes the book.
	turn chan struct{}
	kms  keys.KMS

	// mu is held for moments only, and guards what follows. The book is changed
	// by the holder of both, so that each may read it.
	mu     sync.Mutex
	book   *keys.Book
	seen   time.Time // when the question was sent whose answer the book last had
	rounds []*round
	cause  error // set for good when the store was closed or is damaged
}

// Create makes an empty key store in the schema that search_path names, which
// exists. ErrExists when it has one.
func Create(ctx context.Context, o Options, k keys.KMS) (*Store, error) {
	return create(ctx, o, k, nil)
}

// Import is Create with the keys of an export, by Directory or Store, and both
// officers' identities. Nothing is written unless the whole export is read.
func Import(ctx context.Context, o Options, k keys.KMS, export io.Reader, first, second age.Identity) (*Store, error) {
	from, err := keys.ImportBook(export, first, second)
	if err != nil {
		return nil, err
	}
	return create(ctx, o, k, from)
}

func create(ctx context.Context, o Options, k keys.KMS, from *keys.Book) (*Store, error) {
	s, err := connect(o, k)
	if err != nil {
		return nil, err
	}
	s.seen = time.Now()
	if s.book, err = keys.NewBook(ctx, k, 1); err == nil {
		err = s.inTransaction(ctx, func(tx pgx.Tx) error { return writeNew(ctx, tx, s.book, from) })
	}
	if err != nil {
		s.pool.Close()
		return nil, fmt.Errorf("pgkeys: %w", err)
	}
	return s.begin(), nil
}

// Open opens a key store and checks every byte of it. It writes nothing.
func Open(ctx context.Context, o Options, k keys.KMS) (*Store, error) {
	s, err := connect(o, k)
	if err != nil {
		return nil, err
	}
	if err := s.look(ctx, s.pool); err != nil {
		s.pool.Close()
		return nil, fmt.Errorf("pgkeys: %w", err)
	}
	return s.begin(), nil
}

// connect returns a Store without a book. Nothing has been sent yet.
func connect(o Options, k keys.KMS) (*Store, error) {
	if o.Stale < 0 {
		return nil, fmt.Errorf("pgkeys: %w: Stale is negative", keys.ErrRefused)
	}
	config, err := o.config()
	if err != nil {
		return nil, fmt.Errorf("pgkeys: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, fmt.Errorf("pgkeys: %w", named(err))
	}
	s := &Store{pool: pool, stale: o.Stale, kms: k, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1), stopped: make(chan struct{})}
	if s.stale == 0 {
		s.stale = DefaultStale
	}
	return s, nil
}

// begin has a goroutine look and ask until Close.
func (s *Store) begin() *Store {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.follow(ctx)
	return s
}

// Close ends the use of the store and forgets its keys. It waits for a change
// that is under way.
func (s *Store) Close() error {
	s.mu.Lock()
	closed := errors.Is(s.cause, keys.ErrClosed)
	s.cause = keys.ErrClosed
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.stop()
	<-s.stopped
	for _, r := range s.take() {
		r.end(keys.ErrClosed)
	}
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.pool.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = nil
	return nil
}

// ForOpening implements keys.Store. It asks the database only for a key that
// it does not know, and when it has not heard from it for Options.Stale.
func (s *Store) ForOpening(ctx context.Context, id string) (seal.Key, error) {
	k, fresh, err := s.known(id)
	if errors.Is(err, keys.ErrClosed) || fresh && !errors.Is(err, keys.ErrUnknown) || !seal.ValidKeyID(id) {
		return k, err
	}
	if err := s.ask(ctx, nil); err != nil {
		return seal.Key{}, err
	}
	k, _, err = s.known(id)
	return k, err
}

func (s *Store) known(id string) (k seal.Key, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.cause, keys.ErrClosed) {
		return seal.Key{}, false, s.cause
	}
	k, err = s.book.ForOpening(id)
	return k, time.Since(s.seen) <= s.stale, err
}

// ForSealing implements keys.Store. Callers that come at the same time share
// one question to the database.
func (s *Store) ForSealing(ctx context.Context, p keys.Place) (seal.Key, error) {
	places := []keys.Place{p}
	if err := keys.CheckPlaces(places); err != nil {
		return seal.Key{}, err
	}
	full := s.ask(ctx, places)
	if full != nil && !errors.Is(full, keys.ErrRefused) {
		return seal.Key{}, full
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.cause, keys.ErrClosed) {
		return seal.Key{}, s.cause
	}
	k, err := s.book.ForSealing(p)
	if errors.Is(err, keys.ErrUnknown) {
		err = full
	}
	return k, err
}

// Prepare implements keys.Store, in one round trip unless another process
// writes at the same time.
func (s *Store) Prepare(ctx context.Context, places []keys.Place) error {
	if err := keys.CheckPlaces(places); err != nil {
		return err
	}
	return s.ask(ctx, places)
}

// Destroy implements keys.Store, in one transaction: the destructions are
// added, and what the keys were wrapped in is taken out. Old pages, logs and
// backups hold that still: renew the epoch when a destruction may not wait.
// After ErrUnreachable it may have been done or not: ask again.
func (s *Store) Destroy(ctx context.Context, places []keys.Place, why keys.Destruction) (found []keys.Entry, err error) {
	if err := keys.CheckPlaces(places); err != nil {
		return nil, err
	}
	err = s.inTurn(ctx, func() error {
		return s.change(ctx, func(d *keys.Draft) (err error) {
			found, err = d.Destroy(places, why)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// List implements keys.Store.
func (s *Store) List(ctx context.Context) (all []keys.Entry, err error) {
	err = s.inTurn(ctx, func() error {
		if err := s.change(ctx, nothing); err != nil {
			return err
		}
		all = s.book.List()
		return nil
	})
	return all, err
}

// Export writes all keys for two officers, as keys.Directory's.
func (s *Store) Export(w io.Writer, first, second string) error {
	ctx := context.Background()
	return s.inTurn(ctx, func() error {
		if err := s.change(ctx, nothing); err != nil {
			return err
		}
		return s.book.Export(w, first, second)
	})
}

// Epoch returns the epoch in which the store is. It begun by the database's
// clock.
func (s *Store) Epoch() (e keys.Epoch, err error) {
	ctx := context.Background()
	err = s.inTurn(ctx, func() error {
		if err := s.change(ctx, nothing); err != nil {
			return err
		}
		e = s.book.Epoch()
		e.Begun, err = s.begun(ctx, e.Number)
		return err
	})
	return e, err
}
