package webhook

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/feed"
	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/schema"
)

// MaxTries is how often a notice is sent before it is parked.
const MaxTries = 10

// Pauses after a failure; they double.
const (
	leastPause = time.Second
	mostPause  = 5 * time.Minute
)

// A batch is what one access entry speaks of.
const (
	batchNotices = 100
	batchScan    = 10_000 // events looked at, of which a subscription may want none
)

// Ledger is what is followed.
type Ledger struct {
	Name  string // which notices bear as their source
	Store eventstore.Store
	Held  feed.Held
	// Hides returns what hides from a subscription what it must not be told.
	Hides func(ctx context.Context, to Subscription) (feed.Hides, error)
	// Release makes it durable that notices about records are about to leave,
	// before they do. records has each record once.
	Release func(ctx context.Context, to Subscription, records []domain.RecordID, rows int) error
}

// Follower tells one subscription. Create it with New.
type Follower struct {
	to     Subscription
	ledger Ledger
	caller caller
	keys   signer
	file   string
	pause  time.Duration // after the first failure

	replay chan struct{} // holds one when Replay was called

	chosen *feed.Choice // belongs to Run
	hides  feed.Hides   // likewise; nil before the first time

	mu    sync.Mutex
	at    state
	tries uint64
	last  error // of the last try
}

// New returns the followers of a configuration, which keep how far they are in
// files of dir.
func New(c Config, ledger Ledger, dir string) ([]*Follower, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	calls, err := newCaller(c)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var all []*Follower
	for _, s := range c.Subscriptions {
		f := &Follower{to: s, ledger: ledger, caller: calls, file: filepath.Join(dir, s.ID+".json"), pause: leastPause, replay: make(chan struct{}, 1)}
		var err error
		if f.keys, err = readSigner(s.SecretFile); err == nil {
			f.at, err = readState(f.file, s.After)
		}
		if err != nil {
			return nil, fmt.Errorf("webhooks: subscription %s: %w", s.ID, err)
		}
		all = append(all, f)
	}
	return all, nil
}

// Status is how a subscription is.
type Status struct {
	ID       string              `json:"id"`
	Position eventstore.Position `json:"position"` // up to where notices are delivered or parked
	Tries    uint64              `json:"tries"`    // since the start
	Problem  string              `json:"problem,omitempty"`
	Parked   []Parked            `json:"parked"`
}

// Status returns how the subscription is.
func (f *Follower) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := Status{ID: f.to.ID, Position: f.at.Position, Tries: f.tries, Parked: slices.Clone(f.at.Parked)}
	if f.last != nil {
		s.Problem = f.last.Error()
	}
	return s
}

// Replay has everything that is parked tried again, and returns how much that is.
func (f *Follower) Replay() (int, error) {
	n, err := f.update(func(s *state) int {
		for i := range s.Parked {
			s.Parked[i].Again = true
		}
		return len(s.Parked)
	})
	if err == nil && n > 0 {
		select {
		case f.replay <- struct{}{}:
		default:
		}
	}
	return n, err
}

// update changes the state, durably.
func (f *Follower) update(change func(*state) int) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := f.at
	next.Parked = slices.Clone(next.Parked)
	n := change(&next)
	if err := next.save(f.file); err != nil {
		return 0, fmt.Errorf("webhooks: subscription %s: position: %w", f.to.ID, err)
	}
	f.at = next
	return n, nil
}

// Run tells the subscription until ctx ends. told hears of each failure that
// differs from the one before, and of nil when it goes on.
func (f *Follower) Run(ctx context.Context, told func(id string, err error)) {
	f.chosen, f.hides = feed.NewChoice(f.to.Filter, f.ledger.Held), nil
	for ctx.Err() == nil {
		err := f.work(ctx, told)
		if ctx.Err() != nil {
			return
		}
		f.note(err, told)
		if err != nil {
			f.rest(ctx, f.pause)
			continue
		}
		f.wait(ctx)
	}
}

// note remembers how the last try went, and tells where that is news.
func (f *Follower) note(err error, told func(string, error)) {
	f.mu.Lock()
	before := f.last
	f.last = err
	f.mu.Unlock()
	if (before == nil) != (err == nil) || err != nil && before.Error() != err.Error() {
		told(f.to.ID, err)
	}
}

// rest lets time pass, or ctx end.
func (f *Follower) rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// wait returns when the log has grown, something is to be replayed, or ctx has
// ended.
func (f *Follower) wait(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	grown := make(chan struct{})
	go func() {
		defer close(grown)
		for range f.ledger.Store.Follow(ctx, f.Status().Position) {
			return
		}
	}()
	select {
	case <-grown:
	case <-f.replay:
		cancel()
		<-grown
	}
}

// work replays what is to be replayed, and then goes on to the end of the log.
func (f *Follower) work(ctx context.Context, told func(string, error)) error {
	if err := f.recognise(ctx); err != nil {
		return err
	}
	if f.hides == nil {
		hides, err := f.ledger.Hides(ctx, f.to)
		if err != nil {
			return fmt.Errorf("what must not be told: %w", err)
		}
		f.hides = hides
	}
	for {
		f.mu.Lock()
		i := slices.IndexFunc(f.at.Parked, func(p Parked) bool { return p.Again })
		at, parked := f.at.Position, Parked{}
		if i >= 0 {
			parked = f.at.Parked[i]
		}
		full := len(f.at.Parked)+batchNotices > MaxParked
		f.mu.Unlock()
		switch {
		case i >= 0:
			if err := f.again(ctx, parked, told); err != nil {
				return err
			}
			continue
		case full:
			return errors.New("too many notices are parked: see why, and replay them")
		}
		b, err := f.gather(ctx, at)
		if err != nil || b.end.Position == at {
			return err
		}
		if err := f.deliver(ctx, b, told); err != nil {
			return err
		}
	}
}

// recognise compares the event at the position with the one that was there when
// it was saved: notices of another ledger are not sent as if they followed.
func (f *Follower) recognise(ctx context.Context) error {
	f.mu.Lock()
	at := f.at
	f.mu.Unlock()
	if at.Event == "" {
		return nil
	}
	for e, err := range f.ledger.Store.ReadLog(ctx, at.Position-1) {
		if err != nil {
			return err
		}
		if e.Position == at.Position && hex.EncodeToString(e.ID[:]) == at.Event {
			return nil
		}
		break
	}
	return fmt.Errorf("the ledger does not hold the event at position %d that was told: it is another one, or an older copy", at.Position)
}

// batch is what is delivered under one access entry.
type batch struct {
	notices []schema.Notice
	records []domain.RecordID
	end     eventstore.Recorded // the last event looked at
}

// gather reads what comes next.
func (f *Follower) gather(ctx context.Context, at eventstore.Position) (batch, error) {
	b := batch{end: eventstore.Recorded{Position: at}}
	seen := 0
	for e, err := range f.ledger.Store.ReadLog(ctx, at) {
		if err != nil {
			return b, err
		}
		hidden, err := f.hides(ctx, e)
		if err != nil {
			return b, err
		}
		wanted, err := f.chosen.Takes(ctx, e)
		if err != nil {
			return b, err
		}
		if wanted && !hidden {
			n, err := schema.NoticeOf(f.ledger.Name, e)
			if err != nil {
				return b, err
			}
			b.add(n)
		}
		b.end = e
		if seen++; len(b.notices) == batchNotices || seen == batchScan {
			break
		}
	}
	return b, nil
}

func (b *batch) add(n schema.Notice) {
	b.notices = append(b.notices, n)
	if id, _ := schema.RecordOf(n.Subject); !slices.Contains(b.records, id) {
		b.records = append(b.records, id)
	}
}

// deliver sends a batch, parks what cannot be delivered, and saves how far that
// is. When it is interrupted, what was delivered is delivered again.
func (f *Follower) deliver(ctx context.Context, b batch, told func(string, error)) error {
	if err := f.release(ctx, b); err != nil {
		return err
	}
	for _, n := range b.notices {
		if err := f.one(ctx, n, told); err != nil {
			return err
		}
	}
	_, err := f.update(func(s *state) int {
		s.Position, s.Event = b.end.Position, hex.EncodeToString(b.end.ID[:])
		return 0
	})
	return err
}

func (f *Follower) release(ctx context.Context, b batch) error {
	if len(b.notices) == 0 {
		return nil
	}
	if err := f.ledger.Release(ctx, f.to, b.records, len(b.notices)); err != nil {
		return fmt.Errorf("no access entry can be written: %w", err)
	}
	return nil
}

// one delivers a notice or parks it.
func (f *Follower) one(ctx context.Context, n schema.Notice, told func(string, error)) error {
	err := f.send(ctx, n, told)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	_, err = f.update(func(s *state) int {
		at := eventstore.Position(n.Position)
		s.Parked = append(s.Parked, Parked{Position: at, Since: time.Now().UTC(), Tries: MaxTries, Why: err.Error()})
		s.Position, s.Event = at, n.ID
		return 0
	})
	return err
}

// send tries to deliver a notice, with pauses that double.
func (f *Follower) send(ctx context.Context, n schema.Notice, told func(string, error)) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	pause := f.pause
	for try := 1; ; try++ {
		f.mu.Lock()
		f.tries++
		f.mu.Unlock()
		err := f.caller.post(ctx, f.to.URL, f.keys, n.ID, body)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.note(err, told)
		if err == nil || try == MaxTries {
			return err
		}
		var status *statusError
		if errors.As(err, &status) {
			pause = min(max(pause, status.later), mostPause)
		}
		f.rest(ctx, pause)
		pause = min(2*pause, mostPause)
	}
}

// again sends a notice that was parked. One that still cannot be delivered stays;
// one that must not be told any more is forgotten.
func (f *Follower) again(ctx context.Context, p Parked, told func(string, error)) error {
	b, hidden, err := f.parked(ctx, p)
	if err != nil {
		return err
	}
	var failed error
	if !hidden {
		if err := f.release(ctx, b); err != nil {
			return err
		}
		failed = f.send(ctx, b.notices[0], told)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err = f.update(func(s *state) int {
		i := slices.IndexFunc(s.Parked, func(q Parked) bool { return q.Position == p.Position })
		if failed == nil {
			s.Parked = slices.Delete(s.Parked, i, i+1)
			return 0
		}
		s.Parked[i].Again, s.Parked[i].Tries, s.Parked[i].Why = false, p.Tries+MaxTries, failed.Error()
		return 0
	})
	return err
}

// parked reads a notice that was parked, and reports whether it is hidden now.
func (f *Follower) parked(ctx context.Context, p Parked) (b batch, hidden bool, err error) {
	for e, err := range f.ledger.Store.ReadLog(ctx, p.Position-1) {
		if err != nil {
			return b, false, err
		}
		if e.Position != p.Position {
			break
		}
		if hidden, err = f.hides(ctx, e); err != nil {
			return b, false, err
		}
		n, err := schema.NoticeOf(f.ledger.Name, e)
		b.add(n)
		return b, hidden, err
	}
	return b, false, fmt.Errorf("the ledger does not hold the event at position %d that was parked", p.Position)
}
