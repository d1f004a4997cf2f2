package pgkeys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"caseledger/eventstore/seal/keys"
)

// maxTries bounds how often a change is decided again because others wrote
// first: each time at least one of them was served.
const maxTries = 10_000

// round is a question to the database for callers that wait together.
type round struct {
	places []keys.Place // that need keys
	done   chan struct{}
	err    error // to be read when done is closed
}

func (r *round) end(err error) {
	r.err = err
	close(r.done)
}

// ask returns when the book holds all that the database held when it was
// called, and keys of the places.
func (s *Store) ask(ctx context.Context, places []keys.Place) error {
	r, err := s.join(places)
	if err != nil {
		return err
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return late(ctx)
	}
}

// join adds the places to a round that has not begun.
func (s *Store) join(places []keys.Place) (*round, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return nil, s.cause
	}
	if n := len(s.rounds); n > 0 && len(s.rounds[n-1].places)+len(places) <= keys.MaxPlaces {
		r := s.rounds[n-1]
		r.places = append(r.places, places...)
		return r, nil
	}
	r := &round{places: append([]keys.Place(nil), places...), done: make(chan struct{})}
	s.rounds = append(s.rounds, r)
	return r, nil
}

func (s *Store) take() []*round {
	s.mu.Lock()
	defer s.mu.Unlock()
	rounds := s.rounds
	s.rounds = nil
	return rounds
}

// follow asks for those who wait, and looks for what others did, until ctx
// ends.
func (s *Store) follow(ctx context.Context) {
	defer close(s.stopped)
	tick := time.NewTicker(min(lookEvery, s.stale/4+1))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.wake:
		case <-ctx.Done():
			return
		}
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return
		}
		s.serve(ctx)
		<-s.turn
	}
}

// serve asks for those who wait. When nobody does, it looks all the same; an
// error then shows itself to the next who asks.
func (s *Store) serve(ctx context.Context) {
	rounds := s.take()
	if len(rounds) == 0 {
		rounds = []*round{{done: make(chan struct{})}}
	}
	for _, r := range rounds {
		err := s.change(ctx, func(d *keys.Draft) error { return d.Make(r.places) })
		if ctx.Err() != nil {
			err = keys.ErrClosed
		}
		r.end(err)
	}
}

// inTurn has do speak to the database alone.
func (s *Store) inTurn(ctx context.Context, do func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return late(ctx)
	}
	s.mu.Lock()
	cause := s.cause
	s.mu.Unlock()
	if cause != nil {
		return cause
	}
	return do()
}

func nothing(*keys.Draft) error { return nil }

// change has the database take what decide adds to the book. decide sees the
// book as it was a moment ago, and decides again when others wrote first. Its
// refusal, or that there is nothing to add, counts only on a book that was
// compared with the database after change was called. A connection that is
// lost is made once more, and then the database says what became of a write
// whose answer did not come.
func (s *Store) change(ctx context.Context, decide func(*keys.Draft) error) error {
	looked, lost := false, false
	for range maxTries {
		d, began := s.book.Draft(), time.Now()
		refusal := decide(d)
		var err error
		if refusal != nil || len(d.Written()) == 0 {
			if looked {
				return refusal
			}
		} else {
			var won bool
			won, err = write(ctx, s.pool, s.book, d)
			if won {
				return s.adopt(d, began)
			}
		}
		if err == nil {
			err = s.look(ctx, s.pool)
			looked = err == nil
		}
		if err != nil && (lost || ctx.Err() != nil || !errors.Is(err, errUnreachable)) {
			return fmt.Errorf("pgkeys: %w", err)
		}
		lost = lost || err != nil
	}
	return fmt.Errorf("pgkeys: %w: others wrote first %d times", errUnreachable, maxTries)
}

// adopt makes the draft part of the book, which is then as the database was
// at a time after began.
func (s *Store) adopt(d *keys.Draft, began time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.book.Adopt(d); err != nil {
		s.cause = fmt.Errorf("pgkeys: %w", err)
		return s.cause
	}
	s.seen = began
	return nil
}

// look brings the book to where the database is. When another epoch has begun
// it is opened, which asks the KMS, and all of its records are read.
func (s *Store) look(ctx context.Context, db database) error {
	began, book := time.Now(), s.book
	var err error
	if book == nil {
		if book, err = openBook(ctx, db, s.kms); err != nil {
			return err
		}
	}
	for d := book.Draft(); ; {
		read := d.Records()
		at, err := s.readOn(ctx, db, d, book)
		if err != nil {
			return err
		}
		switch {
		case uint64(at.epoch) > book.Epoch().Number:
			if book, err = openBook(ctx, db, s.kms); err != nil {
				return err
			}
			d = book.Draft()
		case d.Records() == at.last:
			return s.goOver(book, d, began)
		case d.Records() == read:
			return fmt.Errorf("%w: record %d is missing", keys.ErrCorrupt, read+1)
		}
	}
}

// readOn reads a page, and finds out whether the database is another than
// before: put back to a backup, or written by one who was.
func (s *Store) readOn(ctx context.Context, db database, d *keys.Draft, book *keys.Book) (end, error) {
	at, err := read(ctx, db, d, book.Epoch().Number)
	if err != nil {
		return end{}, err
	}
	tag := d.Tag()
	switch {
	case uint64(at.epoch) > book.Epoch().Number:
	case uint64(at.epoch) < book.Epoch().Number, at.last < d.Records(), at.last == d.Records() && string(at.tag) != string(tag[:]):
		return end{}, fmt.Errorf("%w: the database is not the one, or older than what was read from it", keys.ErrCorrupt)
	}
	return at, nil
}

// goOver adopts the draft, and the book if it is a new one.
func (s *Store) goOver(book *keys.Book, d *keys.Draft, began time.Time) error {
	if book == s.book {
		return s.adopt(d, began)
	}
	if err := book.Adopt(d); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book, s.seen = book, began
	return nil
}

// Renew wraps all living keys under a new epoch key and deletes the old one
// and what it wrapped, in one transaction. Other processes go over to the new
// epoch at their next look, for which they ask the KMS; their writes wait while
// this one renews. It is to be done monthly, and after a destruction that may
// not wait. After an error that is not ErrUnreachable the keys are wrapped as
// they were.
func (s *Store) Renew(ctx context.Context) error { return s.renew(ctx, nil) }

// RenewUnder is Renew, and has the new epoch key wrapped by another KMS. From
// then on only that KMS opens the store; other processes that have it open
// cannot follow and must be started again with it.
func (s *Store) RenewUnder(ctx context.Context, k keys.KMS) error { return s.renew(ctx, k) }

// renew leaves the KMS as it is when k is nil.
func (s *Store) renew(ctx context.Context, k keys.KMS) error {
	return s.inTurn(ctx, func() error {
		if k == nil {
			k = s.kms
		}
		for range maxTries {
			if err := s.change(ctx, nothing); err != nil {
				return err
			}
			next, err := keys.NewBook(ctx, k, s.book.Epoch().Number+1)
			if err != nil {
				return err
			}
			done, err := s.renewTo(ctx, next)
			if err != nil {
				return fmt.Errorf("pgkeys: %w", err)
			}
			if done {
				s.kms = k
				return nil
			}
		}
		return fmt.Errorf("pgkeys: %w: others renewed first %d times", errUnreachable, maxTries)
	})
}

// renewTo reports false when another process renewed first.
func (s *Store) renewTo(ctx context.Context, next *keys.Book) (bool, error) {
	var began time.Time // when this process alone could write
	first := true
	err := s.inTransaction(ctx, func(tx pgx.Tx) error {
		var epoch int64
		if err := tx.QueryRow(ctx, `SELECT epoch FROM caseledger_key_store FOR UPDATE`).Scan(&epoch); err != nil {
			return named(err)
		}
		if first = uint64(epoch) == s.book.Epoch().Number; !first {
			return nil
		}
		if err := s.look(ctx, tx); err != nil {
			return err
		}
		if err := replace(ctx, tx, s.book, next); err != nil {
			return err
		}
		began = time.Now()
		return nil
	})
	if err != nil || !first {
		return false, err
	}
	return true, s.goOver(next, next.Draft(), began)
}
