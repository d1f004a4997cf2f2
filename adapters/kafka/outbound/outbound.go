// Package outbound publishes the ledger to Kafka. A Follower reads the log in
// order and publishes the events of persons' records to one topic, as
// CloudEvents 1.0 in binary mode: the record is the key, so that a record's
// events stay in order, and the id is the event's own, so that whoever gets one
// twice can tell. It saves its position after the brokers' acknowledgement:
// every event arrives at least once, however long the brokers were away.
//
// A topic's policy says what an event carries. A notice says that something was
// recorded and holds no personal data; sealed adds the ciphertext and its leaf,
// which only a key opens; open adds the fields that are named, and nothing else.
//
// The package never decides who may read a topic or what must not go there, and never changes the ledger.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"caseledger/adapters/feed"
	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/eventstore/seal"
	"caseledger/schema"
)

// Limits of what is published before the position is saved.
const (
	batchEvents = 5_000
	batchBytes  = 4 << 20
	scanEvents  = 100_000 // events looked at, of which a topic may want none

	openEvents = 200 // of a topic with opened payloads: each such batch is one access
)

// Pauses after a failure; they double.
const (
	leastPause = 100 * time.Millisecond
	mostPause  = 30 * time.Second
)

// Ledger is what is followed.
type Ledger struct {
	Name  string // which events bear as their source
	Store eventstore.Store
	// Open opens a stored event; seal.ErrErased says that its key is destroyed.
	Open func(eventstore.Recorded) (seal.Opened, error)
	// Release makes it durable that content of records is about to leave to a
	// topic, before it does. records has each record once.
	Release func(ctx context.Context, to Release, records []string, rows int) error
	// Account is the topic as a follower: what is barred or sealed from it, or not
	// permitted by the policies, does not go there.
	Account func(to Release) Account
}

// Account says what a topic must not be told.
type Account interface {
	// Hides returns what hides events, in the order of the ledger.
	Hides(context.Context) (feed.Hides, error)
	// Kept returns the records that rows must not name.
	Kept(context.Context) ([]domain.RecordID, error)
	// Told reports whether rows of a record may go there; of no record, for "".
	Told(domain.RecordID) bool
}

// Release says to where and why content leaves.
type Release struct {
	Topic   string
	Basis   string // legal
	Purpose string
}

// Follower publishes to one topic. Create it with New.
type Follower struct {
	topic     Topic
	ledger    Ledger
	publisher message.Publisher
	file      string
	pause     time.Duration // after the first failure
	hides     feed.Hides    // nil before the first time; belongs to Run

	mu   sync.Mutex
	at   position
	last error // why it does not go on now
}

// New returns a follower that keeps its position in a file of dir, which is
// made when it is missing. The publisher must have "ce_id" as its IDHeader.
func New(topic Topic, ledger Ledger, publisher message.Publisher, dir string) (*Follower, error) {
	if err := topic.check(); err != nil {
		return nil, err
	}
	if topic.Payload == PayloadOpen && ledger.Release == nil {
		return nil, errNoRelease
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f := &Follower{topic: topic, ledger: ledger, publisher: publisher, file: filepath.Join(dir, topic.Topic+".position"), pause: leastPause}
	at, err := readPosition(f.file)
	f.at = at
	return f, err
}

// Run publishes until ctx ends. Whatever fails is tried again, from the last
// position saved; told hears of each failure that differs from the one before,
// and of nil when it goes on.
func (f *Follower) Run(ctx context.Context, told func(topic string, err error)) {
	pause := f.pause
	for ctx.Err() == nil {
		moved, err := f.catchUp(ctx)
		if ctx.Err() != nil {
			return
		}
		if f.remember(err) {
			told(f.topic.Topic, err)
		}
		if moved {
			pause = f.pause
		}
		if err == nil {
			f.wait(ctx)
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, mostPause)
	}
}

// remember reports whether the error is another one than before.
func (f *Follower) remember(err error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.last
	f.last = err
	if before == nil || err == nil {
		return before != err
	}
	return before.Error() != err.Error()
}

// Health returns why the follower does not go on, or nil.
func (f *Follower) Health() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// Topic returns the topic's name.
func (f *Follower) Topic() string { return f.topic.Topic }

// Position returns up to where events are published and acknowledged.
func (f *Follower) Position() eventstore.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at.Position
}

// wait returns when the log has grown, or ctx has ended.
func (f *Follower) wait(ctx context.Context) {
	for range f.ledger.Store.Follow(ctx, f.Position()) {
		return
	}
}

// catchUp publishes to the end of the log as it is now, and reports whether it
// got on.
func (f *Follower) catchUp(ctx context.Context) (moved bool, err error) {
	if err := f.recognise(ctx); err != nil {
		return false, err
	}
	if f.hides == nil {
		if f.hides, err = f.ledger.Account(f.topic.release()).Hides(ctx); err != nil {
			f.hides = nil
			return false, fmt.Errorf("outbound: topic %s: what must not be told: %w", f.topic.Topic, err)
		}
	}
	b := &batch{}
	for e, err := range f.ledger.Store.ReadLog(ctx, f.Position()) {
		if err != nil {
			return moved, err
		}
		if err := f.add(ctx, b, e); err != nil {
			return moved, err
		}
		if !b.full(f.topic.most()) {
			continue
		}
		if err := f.send(ctx, b); err != nil {
			return moved, err
		}
		moved, b = true, &batch{}
	}
	if b.seen == 0 {
		return moved, nil
	}
	err = f.send(ctx, b)
	return moved || err == nil, err
}

// recognise compares the event at the position with the one that was there when
// it was saved: a ledger that was put back to an older copy, or is another one,
// is not published on top of what consumers have.
func (f *Follower) recognise(ctx context.Context) error {
	at := f.saved()
	if at.Position == 0 {
		return nil
	}
	for e, err := range f.ledger.Store.ReadLog(ctx, at.Position-1) {
		if err != nil {
			return err
		}
		if e.Position == at.Position && e.ID == at.event {
			return nil
		}
		break
	}
	return fmt.Errorf("outbound: topic %s: the ledger does not hold the event at position %d that was published: it is another one, or an older copy", f.topic.Topic, at.Position)
}

func (f *Follower) saved() position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

// batch is what is published before the position is saved.
type batch struct {
	messages []*message.Message
	records  []string // of whom there is opened content
	named    map[string]bool
	bytes    int
	opened   int
	seen     int
	end      position
}

func (b *batch) full(most int) bool {
	return len(b.messages) >= most || b.bytes >= batchBytes || b.seen >= scanEvents
}

// add puts an event that the topic wants into the batch.
func (f *Follower) add(ctx context.Context, b *batch, e eventstore.Recorded) error {
	b.seen++
	b.end = position{Position: e.Position, event: e.ID}
	hidden, err := f.hides(ctx, e)
	if err != nil {
		return fmt.Errorf("outbound: topic %s: %w", f.topic.Topic, err)
	}
	if hidden || !f.topic.wants(e) {
		return nil
	}
	m, opened, err := f.topic.render(f.ledger, e)
	if err != nil {
		return fmt.Errorf("outbound: topic %s: %w", f.topic.Topic, err)
	}
	b.messages, b.bytes = append(b.messages, m), b.bytes+len(m.Payload)+len(e.Metadata)
	if id, _ := schema.RecordOf(e.Stream); opened {
		b.opened++
		b.name(string(id))
	}
	return nil
}

func (b *batch) name(record string) {
	if b.named == nil {
		b.named = make(map[string]bool)
	}
	if !b.named[record] {
		b.named[record] = true
		b.records = append(b.records, record)
	}
}

// send publishes a batch, and then saves the position of its last event.
func (f *Follower) send(ctx context.Context, b *batch) error {
	if b.opened > 0 {
		if err := f.ledger.Release(ctx, f.topic.release(), b.records, b.opened); err != nil {
			return fmt.Errorf("outbound: topic %s: no access entry can be written: %w", f.topic.Topic, err)
		}
	}
	if len(b.messages) > 0 {
		if err := f.publisher.Publish(f.topic.Topic, b.messages...); err != nil {
			return err
		}
	}
	if err := b.end.save(f.file); err != nil {
		return fmt.Errorf("outbound: topic %s: position: %w", f.topic.Topic, err)
	}
	f.mu.Lock()
	f.at = b.end
	f.mu.Unlock()
	return nil
}

var errNoRelease = errors.New("outbound: opened payloads need somebody who records that they leave")
