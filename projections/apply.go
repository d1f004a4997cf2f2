package projections

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/schema"
)

// stretch is a run of the log, in order and by stream.
type stretch struct {
	log     []logged
	changes []*Change // in the order of first appearance
	sizes   []int     // stored bytes of each change
	places  map[string]int
	bytes   int
}

// logged is one event of the run: entry number nth of a change.
type logged struct {
	position eventstore.Position
	id       string
	change   int
	nth      int
}

func newStretch() *stretch { return &stretch{places: make(map[string]int)} }

func (b *stretch) empty() bool  { return len(b.log) == 0 }
func (b *stretch) last() logged { return b.log[len(b.log)-1] }
func (b *stretch) full() bool   { return len(b.log) >= maxBatchEvents || b.bytes >= maxBatchBytes }

func (b *stretch) add(e eventstore.Recorded, entry domain.Entry) {
	i, known := b.places[e.Stream]
	if !known {
		i = len(b.changes)
		c := &Change{Stream: e.Stream}
		if id, ok := schema.RecordOf(e.Stream); ok {
			c.Record = id
		}
		b.places[e.Stream], b.changes, b.sizes = i, append(b.changes, c), append(b.sizes, 0)
	}
	c := b.changes[i]
	b.log = append(b.log, logged{e.Position, hex.EncodeToString(e.ID[:]), i, len(c.Entries)})
	c.Entries, c.Positions = append(c.Entries, entry), append(c.Positions, e.Position)
	size := len(e.Metadata) + len(e.Data)
	b.sizes[i] += size
	b.bytes += size
}

// commit applies a batch to every projection that has not seen it, and commits
// rows and positions together.
func (r *Runner) commit(ctx context.Context, b *stretch) error {
	for i, c := range b.changes {
		if c.Record == "" {
			continue
		}
		var err error
		if c.Before, c.After, err = r.folds.evolve(ctx, c.Stream, c.Entries, b.sizes[i]); err != nil {
			return err
		}
	}
	running := r.running()
	reached := make([]follower, len(running))
	err := r.db.within(ctx, func(tx tx) error {
		for i, f := range running {
			next, err := f.step(ctx, tx, b)
			if err != nil {
				return fmt.Errorf("projection %s: %w", f.Name, err)
			}
			reached[i] = next
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, f := range running {
		*f = reached[i]
	}
	return nil
}

// step applies what the projection has not seen of a batch and saves how far
// it came. The writes of a batch that fails are taken back, and made again one
// event at a time up to the event that fails.
func (f follower) step(ctx context.Context, tx tx, b *stretch) (follower, error) {
	if f.position >= b.last().position {
		return f, nil
	}
	if err := f.unmoved(tx); err != nil {
		return f, err
	}
	rows := &rowByRow{tx: tx, version: f.Version, prepared: make(map[string]*sql.Stmt)}
	w := &Writer{projection: &f.Projection, to: rows}
	failed, err := rows.savepoint(func() error { return f.applyAll(w, b) })
	if err != nil {
		return f, err
	}
	if failed == nil {
		f.position, f.event = b.last().position, b.last().id
		return f, f.save(tx)
	}
	if f, err = f.singly(ctx, rows, b); err != nil {
		return f, err
	}
	return f, f.save(tx)
}

// applyAll applies a batch a stream at a time.
func (f follower) applyAll(w *Writer, b *stretch) error {
	for _, c := range b.changes {
		unseen, any := c.after(f.position)
		if !any {
			continue
		}
		if err := f.Apply(w, unseen); err != nil {
			return err
		}
	}
	return nil
}

// singly applies a batch an event at a time, until one fails.
func (f follower) singly(ctx context.Context, rows *rowByRow, b *stretch) (follower, error) {
	w := &Writer{projection: &f.Projection, to: rows}
	for _, e := range b.log {
		if e.position <= f.position {
			continue
		}
		c := b.changes[e.change]
		failed, err := rows.savepoint(func() error { return f.Apply(w, c.only(e.nth)) })
		if err == nil {
			err = ctx.Err() // then the event is not to blame
		}
		if err != nil {
			return f, err
		}
		if failed != nil {
			f.stopped = fmt.Errorf("projection %s: position %d: stream %s: %w", f.Name, e.position, c.Stream, failed)
			return f, nil
		}
		f.position, f.event = e.position, e.id
	}
	return f, nil
}

// after returns the part of the change beyond a position.
func (c *Change) after(position eventstore.Position) (Change, bool) {
	n := 0
	for n < len(c.Positions) && c.Positions[n] <= position {
		n++
	}
	return c.between(n, len(c.Entries)), n < len(c.Entries)
}

// only returns the change made by one of the entries.
func (c *Change) only(nth int) Change { return c.between(nth, nth+1) }

func (c *Change) between(from, to int) Change {
	part := *c
	part.Entries, part.Positions = c.Entries[from:to], c.Positions[from:to]
	if c.Record == "" || from == to {
		return part
	}
	if from > 0 {
		part.Before = prefix(c.After, part.Entries[0].Seq-1)
	}
	if to < len(c.Entries) {
		part.After = prefix(c.After, part.Entries[to-from-1].Seq)
	}
	return part
}

// unmoved makes sure that no other process has moved the projection. The
// transaction holds the right to write, so none will until it ends.
func (f follower) unmoved(tx tx) error {
	var position eventstore.Position
	var event string
	err := tx.QueryRow("SELECT position, event FROM projection WHERE name = ? AND version = ?"+tx.engine.forUpdate(), f.Name, f.Version).Scan(&position, &event)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (position != f.position || event != f.event) {
		return errMoved
	}
	return err
}

func (f follower) save(tx tx) error {
	stopped := ""
	if f.stopped != nil {
		stopped = f.stopped.Error()
	}
	_, err := tx.Exec("UPDATE projection SET position = ?, event = ?, stopped = ? WHERE name = ? AND version = ?",
		int64(f.position), f.event, stopped, f.Name, f.Version)
	return err
}

// show lets readers see the projections that were built anew beside older
// versions, now that they have come to the end of the log.
func (r *Runner) show(ctx context.Context) error {
	for _, f := range r.running() {
		if f.inUse {
			continue
		}
		if err := r.db.alter(ctx, func(tx tx) error { return use(tx, f.Projection) }); err != nil {
			return fmt.Errorf("projection %s: %w", f.Name, err)
		}
		f.inUse = true
	}
	return nil
}
