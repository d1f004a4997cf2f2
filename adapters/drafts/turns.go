package drafts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// turns lets many writes share one commit, and so one sync of the disk. The
// first that waits leads: it waits a moment for others, and commits for all.
type turns struct {
	mu   sync.Mutex
	next *turn      // that others may still join; nil for none
	one  sync.Mutex // held by the leader that commits
}

// turn is what one commit makes durable.
type turn struct {
	writes []func(*sql.Tx) error
	errs   []error // of each write, once done is closed
	done   chan struct{}
}

// write performs a change and returns when it is durable. A change that returns
// an error of its own has written nothing, and hinders no other. When ctx ends
// first, nobody knows whether it was made.
func (s *Store) write(ctx context.Context, change func(*sql.Tx) error) error {
	s.mu.Lock()
	leads := s.next == nil
	if leads {
		s.next = &turn{done: make(chan struct{})}
	}
	mine, place := s.next, len(s.next.writes)
	mine.writes = append(mine.writes, change)
	s.mu.Unlock()
	if leads {
		s.lead(context.WithoutCancel(ctx), mine) // for the others as well
		return mine.errs[place]
	}
	select {
	case <-mine.done:
		return mine.errs[place]
	case <-ctx.Done():
		return fmt.Errorf("drafts: %w", ctx.Err())
	}
}

// lead waits for others, and commits for all.
func (s *Store) lead(ctx context.Context, t *turn) {
	wait := time.NewTimer(s.Gather)
	<-wait.C
	s.one.Lock()
	defer s.one.Unlock()
	s.mu.Lock()
	s.next = nil
	s.mu.Unlock()
	t.errs = make([]error, len(t.writes))
	if err := s.commit(ctx, t); err != nil {
		for i := range t.errs {
			t.errs[i] = errors.Join(t.errs[i], fmt.Errorf("drafts: %w", err))
		}
	}
	close(t.done)
}

// commit performs the changes of a turn in one transaction.
func (s *Store) commit(ctx context.Context, t *turn) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for i, change := range t.writes {
		if t.errs[i] = within(ctx, tx, change); t.errs[i] != nil && !ours(t.errs[i]) {
			return errors.Join(t.errs[i], tx.Rollback())
		}
	}
	return tx.Commit()
}

// ours reports whether an error is an answer, not a fault of the file.
func ours(err error) bool {
	for _, one := range []error{ErrNone, ErrID, ErrStale, ErrSigned, ErrDivided, ErrFull} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// within performs a change whole or not at all.
func within(ctx context.Context, tx *sql.Tx, change func(*sql.Tx) error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT change"); err != nil {
		return err
	}
	failed := change(tx)
	if failed != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO change"); err != nil {
			return errors.Join(failed, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE change"); err != nil {
		return errors.Join(failed, err)
	}
	return failed
}
