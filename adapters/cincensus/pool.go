package cincensus

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/schema"
)

// pool records children side by side. The children of one key go to one
// worker, in the order of the file. Its goroutines end with finish.
type pool struct {
	run    *run
	ctx    context.Context
	cancel context.CancelCauseFunc
	queues []chan child
	done   sync.WaitGroup
	given  int
	waited time.Duration // for a free place in a queue

	folds *eventstore.Folds[record.Record]

	mu sync.Mutex // guards run.report and run.flaws while workers run
}

// child is one Child on its way to a worker.
type child struct {
	*element
	ordinal int
	key     string // what the record is found by
	local   bool   // key is the authority's own number
	upn     string // a valid one, where there is no number of the authority
}

const (
	queueLength = 8
	// foldBudget is small: an import seldom comes back to a record.
	foldBudget = 4 << 20
)

func newPool(ctx context.Context, r *run, workers int) *pool {
	ctx, cancel := context.WithCancelCause(ctx)
	p := &pool{run: r, ctx: ctx, cancel: cancel, queues: make([]chan child, workers),
		folds: eventstore.NewFolds(foldBudget, record.Record.Evolve)}
	for n := range p.queues {
		p.queues[n] = make(chan child, queueLength)
		p.done.Go(func() { p.work(p.queues[n]) })
	}
	return p
}

// give hands a child to its worker.
func (p *pool) give(e *element) error {
	p.given++
	c := keyed(e, p.given)
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(c.key)) // a hash takes everything
	start := time.Now()
	defer func() { p.waited += time.Since(start) }()
	select {
	case p.queues[int(sum.Sum32()%uint32(len(p.queues)))] <- c:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// finish waits until all children given are recorded.
func (p *pool) finish() error {
	for _, q := range p.queues {
		close(q)
	}
	p.done.Wait()
	err := context.Cause(p.ctx)
	p.cancel(nil)
	return err
}

func (p *pool) work(queue <-chan child) {
	seen := make(map[string]domain.RecordID)
	for c := range queue {
		if p.ctx.Err() != nil {
			continue // drain, so that nobody waits for ever
		}
		if err := p.record(c, seen); err != nil && !p.survive(c, err) {
			p.cancel(err)
		}
	}
}

// survive counts a child that could not be recorded, where the import goes on.
func (p *pool) survive(c child, err error) bool {
	var invalid *eventstore.ValidationError
	var reused *eventstore.RequestReusedError
	if !p.run.KeepGoing || !(errors.Is(err, eventstore.ErrInvalid) || errors.As(err, &invalid) || errors.As(err, &reused)) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run.report.Children++
	p.run.report.Failed++
	p.run.flaws.add(Flaw{Line: c.line, Element: "Child", Rule: "not-recorded", Reason: "The ledger would not take the child's events."})
	return true
}

// outcome is what became of one child.
type outcome struct {
	record    domain.RecordID
	fresh     bool
	again     bool // the file held this child before
	line      int
	flags     int // recorded with the events
	events    int
	episodes  int
	missing   int // episodes on record that the return leaves out
	flaws     []Flaw
	decide    time.Duration
	appending time.Duration
}

func (p *pool) record(c child, seen map[string]domain.RecordID) error {
	id, repeats := seen[c.key]
	if !repeats {
		var err error
		if id, err = p.find(c); err != nil {
			return err
		}
		seen[c.key] = id
	}
	o := outcome{record: id, line: c.line, episodes: episodes(c.element)}
	person := domain.PersonID(p.run.NewID())
	start := time.Now()
	receipt, err := eventstore.Update(p.ctx, p.run.Records.Ledger, p.folds, p.act(c, id), func(on record.Record) ([]domain.Fact, error) {
		begun := time.Now()
		defer func() { o.decide += time.Since(begun) }()
		d := newDecision(p.run.Records, p.run.header, p.run.report.File, on, repeats)
		mapped := mapChild(p.run.header, id, person, on, c.element)
		facts, err := d.decide(mapped)
		o.flags = d.FlagsRecorded()
		o.flaws, o.fresh, o.missing = d.flaws(), len(on.Entries) == 0, d.notInReturn(mapped.episodes)
		return facts, err
	})
	o.appending = time.Since(start) - o.decide
	if err != nil {
		return fmt.Errorf("cin-census: the Child on line %d: %w", c.line, err)
	}
	o.again = repeats && !receipt.Repeated
	if !receipt.Repeated {
		o.events = receipt.Events()
	}
	p.count(o)
	return nil
}

func (p *pool) act(c child, id domain.RecordID) eventstore.Act {
	return eventstore.Act{Stream: schema.Stream(id), Request: p.run.request(strconv.Itoa(c.ordinal)), Digest: canonical(c.element),
		Actor: p.run.Actor, Authority: p.run.Authority, Policy: p.run.Records.Pack.Name()}
}

func (p *pool) count(o outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	report := &p.run.report
	report.Children++
	report.Episodes += o.episodes
	report.NotInReturn += o.missing
	report.Events += o.events
	report.Spent.Decide += o.decide
	report.Spent.Append += o.appending
	switch {
	case o.events == 0:
		report.Unchanged++
		if o.again {
			p.run.flaws.add(Flaw{Line: o.line, Element: "Child", Rule: "duplicate-child", Reason: reasonOf("duplicate-child"), Record: o.record})
		}
		return
	case o.fresh:
		report.New++
	default:
		report.Changed++
	}
	report.Flags += o.flags
	for _, f := range o.flaws {
		f.Record = o.record
		p.run.flaws.add(f)
	}
}

// keyed returns a child with what its record is found by: the authority's own
// number, else a valid unique pupil number, else all that the return says.
func keyed(e *element, ordinal int) child {
	c := child{element: e, ordinal: ordinal}
	local, upn := peek(e, "LAchildID"), peek(e, "UPN")
	switch {
	case local != "":
		c.key, c.local = "local|"+local, true
	case policy.ValidUPN(upn):
		c.key, c.upn = "upn|"+upn, upn
	default:
		c.key = "content|" + canonical(e)
	}
	return c
}

func peek(e *element, name string) string {
	for _, part := range e.children {
		for _, c := range part.children {
			if part.name == "ChildIdentifiers" && c.name == name {
				return c.text
			}
		}
	}
	return ""
}

func episodes(e *element) int {
	n := 0
	for _, c := range e.children {
		if c.name == "CINdetails" {
			n++
		}
	}
	return n
}

// find returns the record of a child, or the id of a new one. A child that
// nothing identifies is given an id made of all that its return says, so that
// the same return finds it again.
func (p *pool) find(c child) (domain.RecordID, error) {
	if c.local {
		return p.findBy(p.run.Find, peek(c.element, "LAchildID"))
	}
	if c.upn != "" && p.run.FindUPN != nil {
		return p.findBy(p.run.FindUPN, c.upn)
	}
	return domain.RecordID(canonical(c.element)[:32]), nil
}

func (p *pool) findBy(find func(context.Context, string) (domain.RecordID, bool, error), number string) (domain.RecordID, error) {
	id, found, err := find(p.ctx, number)
	if err == nil && !found {
		id = p.run.NewID()
	}
	return id, err
}
