package projections

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"caseledger/eventstore"
)

const (
	maxBatchEvents = 5_000   // events in one transaction
	maxBatchBytes  = 8 << 20 // stored bytes of events in one transaction
	maxRestarts    = 16      // how often another process may have been quicker
)

// errMoved says that another process has moved a projection's position.
var errMoved = errors.New("another process keeps these read models up to date at the same time")

// Runner reads the log and keeps projections up to date. It belongs to one
// goroutine.
type Runner struct {
	db        *DB
	store     eventstore.Store
	codec     eventstore.Codec
	followers []*follower
	folds     *folds
	// rebuildFrom is the number of events from which a rebuild is worth it.
	rebuildFrom int
}

// follower is a projection and how far it has come.
type follower struct {
	Projection
	position eventstore.Position
	event    string // the id of the event at the position; "" at the beginning
	inUse    bool   // readers see this version
	stopped  error
}

// NewRunner makes the tables that are missing. It reads nothing of the store.
func NewRunner(db *DB, store eventstore.Store, codec eventstore.Codec, all []Projection) (*Runner, error) {
	if err := check(all); err != nil {
		return nil, err
	}
	r := &Runner{db: db, store: store, codec: codec, folds: newFolds(store, codec, foldBudget), rebuildFrom: rebuildFrom}
	if err := errors.Join(removeNew(db.path), db.install(context.Background(), all)); err != nil {
		return nil, db.engine.explain(err)
	}
	for _, p := range all {
		r.followers = append(r.followers, &follower{Projection: p})
	}
	return r, nil
}

// CatchUp applies the log to its end as it is now. Rows and positions are
// committed together in batches; progress, which may be nil, is told each
// committed position.
//
// An event that a projection cannot apply stops that projection only; the
// others go on, and the errors of all that stopped are returned joined. The
// next CatchUp tries them again.
func (r *Runner) CatchUp(ctx context.Context, progress func(eventstore.Position)) error {
	if progress == nil {
		progress = func(eventstore.Position) {}
	}
	return errors.Join(r.catchUp(ctx, progress), r.stops())
}

// catchUp is CatchUp without the errors of projections that stopped.
func (r *Runner) catchUp(ctx context.Context, progress func(eventstore.Position)) error {
	for _, f := range r.followers {
		f.stopped = nil
	}
	return r.forward(ctx, progress)
}

// forward lets the projections that have not stopped come to the end of the
// log. Where several processes share the tables one of them works at a time, on
// each projection, and the others wait: what they find then is done already, or
// theirs to do.
//
// The lease is for a stretch of the log, and not for a process's life, so that
// whoever is first with new events applies them, and nobody waits for a process
// that has nothing to do with its lease.
func (r *Runner) forward(ctx context.Context, progress func(eventstore.Position)) error {
	release, err := r.db.engine.lease(ctx, r.db.write, r.leases())
	if err != nil {
		return fmt.Errorf("waiting for the other processes that keep these read models: %w", err)
	}
	err = errMoved
	for n := 0; n < maxRestarts && errors.Is(err, errMoved); n++ {
		err = r.fromStart(ctx, progress)
	}
	return errors.Join(r.db.engine.explain(err), release())
}

// leases are the names of the versions of projections that the runner moves:
// those of another version are other tables.
func (r *Runner) leases() []string {
	var names []string
	for _, f := range r.followers {
		names = append(names, physical(f.Name, f.Version))
	}
	slices.Sort(names)
	return names
}

// Run keeps the projections up to date until ctx ends, and returns its error
// joined with those of the projections that stopped. It ends before only when
// the store or the file fails, or no projection is left.
func (r *Runner) Run(ctx context.Context) error {
	silent := func(eventstore.Position) {}
	err := r.catchUp(ctx, silent)
	for err == nil && len(r.running()) > 0 {
		if err = r.wait(ctx); err != nil {
			break
		}
		err = r.forward(ctx, silent)
	}
	return errors.Join(r.db.engine.explain(err), r.stops())
}

// wait returns when the log has grown beyond what is applied.
func (r *Runner) wait(ctx context.Context) error {
	for _, err := range r.store.Follow(ctx, r.behind()) {
		return err
	}
	return ctx.Err()
}

// fromStart takes the positions from the tables, as another process may have
// moved them, and goes on from there.
func (r *Runner) fromStart(ctx context.Context, progress func(eventstore.Position)) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	if err := r.recognise(ctx); err != nil {
		return err
	}
	if err := r.rebuild(ctx, progress); err != nil {
		return err
	}
	return r.advance(ctx, progress)
}

// advance applies the log to its end, and shows what was built anew.
func (r *Runner) advance(ctx context.Context, progress func(eventstore.Position)) error {
	if err := r.apply(ctx, r.store.ReadLog(ctx, r.behind()), progress); err != nil {
		return err
	}
	return r.show(ctx)
}

func (r *Runner) apply(ctx context.Context, log iter.Seq2[eventstore.Recorded, error], progress func(eventstore.Position)) error {
	b := newStretch()
	commit := func() error {
		if b.empty() {
			return nil
		}
		if err := r.commit(ctx, b); err != nil {
			return err
		}
		progress(b.last().position)
		b = newStretch()
		return nil
	}
	for e, err := range log {
		if err != nil {
			return errors.Join(err, commit())
		}
		entry, err := r.codec.Decode(e)
		if err != nil {
			return errors.Join(fmt.Errorf("position %d: stream %s: %w", e.Position, e.Stream, err), commit())
		}
		b.add(e, entry)
		if b.full() {
			if err := commit(); err != nil {
				return err
			}
		}
	}
	return commit()
}

// load takes the positions from the tables.
func (r *Runner) load(ctx context.Context) error {
	rows, err := r.db.write.QueryContext(ctx, "SELECT name, version, position, event, in_use FROM projection")
	if err != nil {
		return err
	}
	defer rows.Close()
	found := make(map[string]follower)
	for rows.Next() {
		var f follower
		if err := rows.Scan(&f.Name, &f.Version, &f.position, &f.event, &f.inUse); err != nil {
			return fmt.Errorf("the positions of the projections: %w (%w)", ErrUnusable, err)
		}
		found[physical(f.Name, f.Version)] = f
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, f := range r.followers {
		at, ok := found[physical(f.Name, f.Version)]
		if !ok {
			return fmt.Errorf("projection %s: the tables of version %d are gone, altered or replaced by those of another program: %w", f.Name, f.Version, ErrUnusable)
		}
		f.position, f.event, f.inUse = at.position, at.event, at.inUse
	}
	return nil
}

// recognise makes sure that the file was made from this ledger: the event at
// each position must be the one that was applied last.
func (r *Runner) recognise(ctx context.Context) error {
	seen := make(map[eventstore.Position]string)
	for _, f := range r.followers {
		if f.position == 0 || seen[f.position] == f.event {
			continue
		}
		id, err := r.eventAt(ctx, f.position)
		if err != nil {
			return err
		}
		if id != f.event {
			return fmt.Errorf("projection %s: position %d: the ledger does not have the event that was applied there, the rows come from another ledger or from a later state of it: %w",
				f.Name, f.position, ErrUnusable)
		}
		seen[f.position] = id
	}
	return nil
}

// eventAt returns the id of the event at a position, "" where there is none.
func (r *Runner) eventAt(ctx context.Context, at eventstore.Position) (string, error) {
	for e, err := range r.store.ReadLog(ctx, at-1) {
		if err != nil || e.Position != at {
			return "", err
		}
		return hex.EncodeToString(e.ID[:]), nil
	}
	return "", nil
}

// running returns the projections that have not stopped.
func (r *Runner) running() []*follower {
	var left []*follower
	for _, f := range r.followers {
		if f.stopped == nil {
			left = append(left, f)
		}
	}
	return left
}

// behind returns the position of the running projection that is furthest back.
func (r *Runner) behind() eventstore.Position {
	var least eventstore.Position
	for i, f := range r.running() {
		if i == 0 || f.position < least {
			least = f.position
		}
	}
	return least
}

func (r *Runner) stops() error {
	var all []error
	for _, f := range r.followers {
		all = append(all, f.stopped)
	}
	return errors.Join(all...)
}
