package eventstore

import (
	"bytes"
	"container/list"
	"context"
	"fmt"
	"sync"

	"caseledger/domain"
)

// Folds keeps folded streams, so that only new events are read again. It is
// bounded: the streams that were longest unused are dropped, and folded anew
// when they are asked for.
type Folds[S any] struct {
	evolve func(S, ...domain.Entry) S
	budget int // bytes of stored events behind all kept states

	mu      sync.Mutex
	kept    map[string]*list.Element // of *folded[S]
	recent  *list.List               // most recently used first
	inBytes int
}

// DefaultFoldBudget bounds the stored events behind the kept states, in bytes.
// Folded, they take about four times as much memory.
const DefaultFoldBudget = 64 << 20

// NewFolds returns an empty cache for streams that evolve folds. evolve must
// not change the state it is given.
func NewFolds[S any](budget int, evolve func(S, ...domain.Entry) S) *Folds[S] {
	return &Folds[S]{evolve: evolve, budget: budget, kept: make(map[string]*list.Element), recent: list.New()}
}

// Folded is a stream as folded up to its tail.
type Folded[S any] struct {
	State S
	Tail
	requests *requests
}

// requests are the receipts of one stream's acts. All folded states of the
// stream share them: that an act was done holds for earlier states as well.
type requests struct {
	mu  sync.RWMutex
	all map[string]answered
}

func (r *requests) find(request string) (answered, bool) {
	if r == nil {
		return answered{}, false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	a, seen := r.all[request]
	return a, seen
}

// add notes the answers that the entries, recorded at these places, gave.
func (r *requests) add(stream string, entries []domain.Entry, at []Recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range entries {
		a, seen := r.all[e.Request]
		if !seen {
			a = answered{receipt: Receipt{Stream: stream, First: at[i].Revision}, digest: e.Digest}
		}
		a.receipt.Revision, a.receipt.Position = at[i].Revision, at[i].Position
		r.all[e.Request] = a
	}
}

// answered is the receipt of a request, with the digest of its command.
type answered struct {
	receipt Receipt
	digest  string
}

func (a answered) repeat(act Act) (Receipt, error) {
	if a.digest != act.Digest {
		return Receipt{}, &RequestReusedError{Stream: act.Stream}
	}
	receipt := a.receipt
	receipt.Repeated = true
	return receipt, nil
}

type folded[S any] struct {
	stream string
	bytes  int // guarded by Folds.mu

	mu sync.Mutex // held while new events are read and folded
	at Folded[S]
}

// Load returns the stream as it is now. The state is shared: it may be read at
// any time, also while others load later ones. Where evolve lets a state grow in
// place, whoever wants to evolve it apart from the cache takes a copy first.
func (f *Folds[S]) Load(ctx context.Context, l *Ledger, stream string) (Folded[S], error) {
	one := f.use(stream)
	one.mu.Lock()
	defer one.mu.Unlock()
	next, read, err := f.advance(ctx, l, stream, one.at)
	f.charge(one, read)
	if err != nil {
		return Folded[S]{}, err
	}
	one.at = next
	return next, nil
}

// advance folds what the stream has gained, and says how many bytes that were.
func (f *Folds[S]) advance(ctx context.Context, l *Ledger, stream string, at Folded[S]) (Folded[S], int, error) {
	var fresh []domain.Entry
	var answers []Recorded
	var tail Tail
	read := 0
	for e, err := range l.Store.ReadStream(ctx, stream, at.Revision) {
		if err != nil {
			return at, 0, err
		}
		entry, err := l.Codec.Decode(e)
		if err != nil {
			return at, 0, e.fault(err)
		}
		fresh = append(fresh, entry)
		read += len(e.Metadata) + len(e.Data)
		tail = e.tail(entry)
		answers = append(answers, Recorded{Revision: e.Revision, Position: e.Position})
	}
	if len(fresh) == 0 {
		return at, 0, nil
	}
	at.State = f.evolve(at.State, fresh...)
	at.Tail = tail
	at.Metadata = bytes.Clone(tail.Metadata) // alone: a store may give metadata and data as parts of one slice
	if at.requests == nil {
		at.requests = &requests{all: make(map[string]answered)}
	}
	at.requests.add(stream, fresh, answers)
	return at, read, nil
}

// fault says which event cannot be read.
func (r Recorded) fault(err error) error {
	return fmt.Errorf("position %d: stream %s: revision %d: %w", r.Position, r.Stream, r.Revision, err)
}

// tail is where a stream is that ends in this event.
func (r Recorded) tail(e domain.Entry) Tail {
	return Tail{Stream: r.Stream, Revision: r.Revision, Metadata: r.Metadata, Recorded: e.Recorded}
}

// use returns the kept stream, or a fresh one, as the most recently used.
func (f *Folds[S]) use(stream string) *folded[S] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if element, ok := f.kept[stream]; ok {
		f.recent.MoveToFront(element)
		return element.Value.(*folded[S])
	}
	const perStream = 256 // bytes: an empty stream is not free
	one := &folded[S]{stream: stream, bytes: perStream, at: Folded[S]{Tail: Tail{Stream: stream}}}
	f.inBytes += perStream
	f.kept[stream] = f.recent.PushFront(one)
	return one
}

// charge counts what was read, and drops what is over the budget. The stream
// itself stays, however long it is.
func (f *Folds[S]) charge(one *folded[S], read int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if element, kept := f.kept[one.stream]; !kept || element.Value != any(one) {
		return // dropped while it was being read, and perhaps begun anew
	}
	one.bytes += read
	f.inBytes += read
	for f.inBytes > f.budget && f.recent.Len() > 1 {
		oldest := f.recent.Remove(f.recent.Back()).(*folded[S])
		delete(f.kept, oldest.stream)
		f.inBytes -= oldest.bytes
	}
}
