// Package audit verifies a whole ledger: that every leaf is in its place in its
// record and commits to the blob beside it, that every blob which can be opened
// holds what its leaf says, that the log's tree is the tree over these leaves,
// and that every checkpoint which somebody holds still stands.
//
// The package trusts the public keys that it is given and nothing else: it reads
// every event from the store and computes everything anew. It writes nothing,
// keeps no keys of records, and knows no event type.
package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/seal"
)

// MaxProblems bounds what is reported of the events; more are counted.
const MaxProblems = 100

// Config is what is verified, and against what. Only Progress may be nil, and
// Heads and Known may be empty.
type Config struct {
	Store  eventstore.Store
	Ledger string
	// Open opens an event, whose leaf it is given, checks that the leaf commits
	// to the blob and the blob to what it holds, and reads that strictly. It is
	// called by many goroutines. The error is seal.ErrErased when the key was
	// destroyed.
	Open func(eventstore.Recorded, seal.Leaf) error
	Log  sealer.Log
	Keys *proof.History
	// Last is the checkpoint that is kept apart; nil when it is lost.
	Last  []byte
	Known []Held            // checkpoints that others hold
	Heads []proof.HeadsRoot // all that the ledger logged, oldest first
	// Progress is told the position of what was checked.
	Progress func(eventstore.Position)
}

// Held is a signed checkpoint that somebody holds, with a name for reports.
type Held struct {
	Name string
	Note []byte
}

// Problem is something that does not hold about one event.
type Problem struct {
	Position eventstore.Position `json:"position"`
	Stream   string              `json:"stream"`
	Revision eventstore.Revision `json:"revision"` // of the entry in its stream
	What     string              `json:"what"`
}

func (p Problem) String() string {
	return fmt.Sprintf("position %d: entry %d of stream %s: %s", p.Position, p.Revision, p.Stream, p.What)
}

// Report is what was found.
type Report struct {
	Events      int64 // read from the store
	Bytes       int64 // of leaves and blobs
	Streams     int64
	Erased      int64 // events whose key was destroyed
	Sealed      int64 // events that are in the tree
	Checkpoints int   // that were compared
	SignedAt    time.Time
	Problems    []Problem // of events
	More        int       // problems beyond MaxProblems
	Log         []error   // of the log, its checkpoints and heads
}

// Sound reports whether everything holds.
func (r Report) Sound() bool { return len(r.Problems) == 0 && len(r.Log) == 0 }

// end is where a stream has got to.
type end struct {
	seq      uint64
	leaf     seal.Hash
	recorded int64 // microseconds since 1970
}

type auditor struct {
	cfg    Config
	ends   map[string]end
	tree   *sealer.Audit
	report Report
}

// Run verifies a ledger. The memory that it takes is some 150 bytes for each
// stream, and nothing for each event. The error is that of the store or of ctx:
// then the report holds what was found up to there.
func Run(ctx context.Context, cfg Config) (Report, error) {
	a := &auditor{cfg: cfg, ends: map[string]end{}}
	claims := a.claims()
	tree, err := cfg.Log.NewAudit(cfg.Ledger, claims)
	if err != nil {
		a.report.Log = append(a.report.Log, err)
	} else {
		defer tree.Close() // it was only read
	}
	a.tree = tree
	err = a.events(ctx)
	if a.tree != nil && err == nil {
		a.report.Sealed = min(a.tree.Size(), a.report.Events)
		a.report.Log = append(a.report.Log, a.tree.Finish()...)
	}
	a.report.Streams = int64(len(a.ends))
	return a.report, err
}

// claims opens every checkpoint that must still stand.
func (a *auditor) claims() []sealer.Claim {
	var out []sealer.Claim
	held := slices.Clone(a.cfg.Known)
	if published, err := a.cfg.Log.Checkpoint(); err != nil {
		a.wrong(err)
	} else if published != nil {
		held = append(held, Held{"the published checkpoint", published})
	}
	if a.cfg.Last != nil {
		held = append(held, Held{"the last checkpoint", a.cfg.Last})
	}
	held = append(held, a.attested()...)
	for _, h := range held {
		c, err := a.cfg.Keys.Open(h.Note)
		if err != nil {
			a.wrong(fmt.Errorf("%s: %w", h.Name, err))
			continue
		}
		if c.At.After(a.report.SignedAt) {
			a.report.SignedAt = c.At
		}
		out = append(out, sealer.Claim{Name: h.Name, Checkpoint: c.Checkpoint})
	}
	a.report.Checkpoints = len(out)
	for i, root := range a.cfg.Heads {
		out = append(out, sealer.Claim{Name: fmt.Sprintf("heads root %d", i+1), Checkpoint: root.Checkpoint})
	}
	return out
}

func (a *auditor) attested() []Held {
	sizes, err := a.cfg.Log.AttestedSizes()
	if err != nil {
		a.wrong(err)
	}
	var out []Held
	for _, size := range sizes {
		kept, err := a.cfg.Log.Attested(size)
		if err == nil { // else the tree's audit says so
			out = append(out, Held{fmt.Sprintf("the attested checkpoint of %d", size), kept.Note})
		}
	}
	return out
}

func (a *auditor) wrong(err error) { a.report.Log = append(a.report.Log, err) }

// events checks every event, many at a time, and then their order, one by one.
func (a *auditor) events(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for b := range inOrder(ctx, a.cfg.Store, runtime.GOMAXPROCS(0), a.check) {
		if b.err != nil {
			return b.err
		}
		for i := range b.events {
			a.follow(b.events[i], b.checked[i])
		}
		if a.cfg.Progress != nil {
			a.cfg.Progress(b.events[len(b.events)-1].Position)
		}
	}
	return ctx.Err()
}

// checked is what one event says for itself.
type checked struct {
	leaf   seal.Leaf
	hash   seal.Hash
	parsed bool
	erased bool
	err    error
}

func (a *auditor) check(e eventstore.Recorded) checked {
	c := checked{hash: seal.HashLeaf(e.Metadata)}
	if c.leaf, c.err = seal.ParseLeaf(e.Metadata); c.err != nil {
		return c
	}
	c.parsed = true
	c.err = a.cfg.Open(e, c.leaf)
	if errors.Is(c.err, seal.ErrErased) {
		c.erased, c.err = true, seal.CheckBlob(c.leaf, e.Data)
	}
	return c
}

// follow checks that an event continues its stream.
func (a *auditor) follow(e eventstore.Recorded, c checked) {
	before := a.ends[e.Stream]
	a.report.Events++
	a.report.Bytes += int64(len(e.Metadata) + len(e.Data))
	if c.erased {
		a.report.Erased++
	}
	if c.err == nil {
		c.err = continues(a.cfg.Ledger, before, e, c.leaf)
	}
	if c.err != nil {
		a.problem(e, c.err)
	}
	if a.tree != nil {
		a.tree.Add(e.Position, c.hash)
	}
	now := end{seq: before.seq + 1, leaf: c.hash, recorded: before.recorded}
	if c.parsed {
		now.seq, now.recorded = c.leaf.Seq, c.leaf.Recorded.UnixMicro()
	}
	a.ends[e.Stream] = now
	if n := len(a.cfg.Heads); n > 0 && a.cfg.Heads[n-1].Size == a.report.Events {
		a.heads(a.cfg.Heads[n-1])
	}
}

func continues(ledger string, before end, e eventstore.Recorded, leaf seal.Leaf) error {
	chain := seal.Chain{Ledger: ledger, Record: e.Stream, Seq: before.seq, Head: before.leaf}
	switch err := chain.Check(leaf); {
	case err != nil:
		return err
	case leaf.Type != e.Type:
		return errors.New("its leaf states another type")
	case leaf.Seq != uint64(e.Revision):
		return fmt.Errorf("its leaf states seq %d", leaf.Seq)
	case leaf.Recorded.UnixMicro() < before.recorded:
		return errors.New("it was recorded before the entry before it")
	}
	return nil
}

func (a *auditor) problem(e eventstore.Recorded, err error) {
	if len(a.report.Problems) == MaxProblems {
		a.report.More++
		return
	}
	a.report.Problems = append(a.report.Problems, Problem{e.Position, e.Stream, e.Revision, err.Error()})
}

// heads makes the tree of heads anew, as every record stands now.
func (a *auditor) heads(logged proof.HeadsRoot) {
	edge := make(hashes, 0, 2*len(a.ends))
	for i, record := range slices.Sorted(maps.Keys(a.ends)) {
		e := a.ends[record]
		head := proof.Head{Record: record, Seq: e.seq, Leaf: e.leaf}
		more, err := tlog.StoredHashes(int64(i), head.Append(nil), edge)
		if err != nil {
			a.wrong(fmt.Errorf("heads: %w", err))
			return
		}
		edge = append(edge, more...)
	}
	root, err := tlog.TreeHash(int64(len(a.ends)), edge)
	if err != nil || logged.Count != int64(len(a.ends)) || logged.Heads != proof.Hash(root) {
		a.wrong(fmt.Errorf("heads: the root that was logged over %d entries is not that of the records' ends: a record is left out or cut short in it", logged.Size))
	}
}

// hashes are all hashes of a tree in tlog's order.
type hashes []tlog.Hash

// ReadHashes is tlog.HashReader's.
func (h hashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, index := range at {
		out[i] = h[index]
	}
	return out, nil
}
