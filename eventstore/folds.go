package eventstore

import (
	"bytes"
	"container/list"
	"context"
	"fmt"
	"runtime"
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
	kept     *folded[S] // where it is kept
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

// add notes the answers that the entries gave.
func (r *requests) add(stream string, more gain) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range more.entries {
		at := more.places[i]
		a, seen := r.all[e.Request]
		if !seen {
			a = answered{receipt: Receipt{Stream: stream, First: at.revision}, digest: e.Digest}
		}
		a.receipt.Revision, a.receipt.Position = at.revision, at.position
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
	more, err := l.gained(ctx, stream, one.at.Revision)
	if err != nil {
		return Folded[S]{}, err
	}
	f.fold(one, more)
	return one.at, nil
}

// appended folds what was just appended to a stream that was loaded, so that it
// need not be read again. Where the kept state is another one by now it does
// nothing: what is missing there will be read.
func (f *Folds[S]) appended(to *Folded[S], more gain) {
	one := to.kept
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.at.Revision == to.Revision {
		f.fold(one, more)
	}
}

// fold takes in what follows on the kept state. Its caller holds one.mu.
func (f *Folds[S]) fold(one *folded[S], more gain) {
	if len(more.entries) == 0 {
		return
	}
	at := &one.at
	at.State = f.evolve(at.State, more.entries...)
	at.Tail = more.tail
	at.Metadata = bytes.Clone(more.tail.Metadata) // alone: a store may give metadata and data as parts of one slice
	if at.requests == nil {
		at.requests = &requests{all: make(map[string]answered)}
	}
	at.requests.add(one.stream, more)
	f.charge(one, more.bytes)
}

// gain are events that a stream has gained, decoded.
type gain struct {
	entries []domain.Entry
	places  []place // of the entries
	tail    Tail    // of the last one
	bytes   int     // of the events, as stored
}

// place is where an event stands.
type place struct {
	revision Revision
	position Position
}

func (g *gain) add(r Recorded, e domain.Entry) {
	g.entries = append(g.entries, e)
	g.places = append(g.places, place{r.Revision, r.Position})
	g.tail = r.tail(e)
	g.bytes += len(r.Metadata) + len(r.Data)
}

// How much of a long stream is decoded at one time, on all processors.
const (
	decodedEvents = 512
	decodedBytes  = 4 << 20
	decodedAlone  = 64 // events that are not worth another processor
)

// gained reads what a stream holds after a revision.
func (l *Ledger) gained(ctx context.Context, stream string, after Revision) (gain, error) {
	var more gain
	var read []Recorded
	size := 0
	for r, err := range l.Store.ReadStream(ctx, stream, after) {
		if err != nil {
			return gain{}, err
		}
		read, size = append(read, r), size+len(r.Metadata)+len(r.Data)
		if len(read) < decodedEvents && size < decodedBytes {
			continue
		}
		if err := l.decode(&more, read); err != nil {
			return gain{}, err
		}
		read, size = read[:0], 0
	}
	if err := l.decode(&more, read); err != nil {
		return gain{}, err
	}
	return more, nil
}

// decode adds events in their order, whichever is decoded first. It returns the
// fault of the earliest one.
func (l *Ledger) decode(more *gain, read []Recorded) error {
	entries, faults := make([]domain.Entry, len(read)), make([]error, len(read))
	each := max(decodedAlone, (len(read)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var others sync.WaitGroup
	for from := each; from < len(read); from += each {
		others.Go(func() { l.decodeEach(entries, faults, read, from, min(from+each, len(read))) })
	}
	l.decodeEach(entries, faults, read, 0, min(each, len(read)))
	others.Wait()
	for i, r := range read {
		if faults[i] != nil {
			return r.fault(faults[i])
		}
		more.add(r, entries[i])
	}
	return nil
}

// decodeEach decodes some of the events, up to the first that cannot be read.
func (l *Ledger) decodeEach(entries []domain.Entry, faults []error, read []Recorded, from, to int) {
	for i := from; i < to; i++ {
		if entries[i], faults[i] = l.Codec.Decode(read[i]); faults[i] != nil {
			return
		}
	}
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
	one.at.kept = one
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
