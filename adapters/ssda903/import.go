package ssda903

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"caseledger/adapters/reconcile"
	"caseledger/domain"
	"caseledger/domain/batch"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Import records returns. All fields but Year, Workers and Progress are
// required.
type Import struct {
	Records *schema.Records
	// Find returns the record that bears the authority's number for a child. It
	// must know of everything recorded before the import began, and is asked by
	// many workers at once.
	Find func(ctx context.Context, laChildID string) (domain.RecordID, bool, error)
	// NewID draws a random id, for records and persons, for many workers at once.
	NewID     func() domain.RecordID
	Actor     domain.Actor
	Authority domain.Authority
	// Year is the collection: 2026 is April 2025 to March 2026. The tables do
	// not say it; 0 takes the latest year to which at least one in a hundred of
	// the days belongs on which episodes began or ceased.
	Year int
	// Workers is the number of children decided at once; 0 is four for each
	// processor.
	Workers int
	// Progress is told, by one goroutine, how many children are done.
	Progress func(done, total int64)
}

// Folder imports one folder. The same folder again records nothing; so do other
// files with the same content.
func (i Import) Folder(ctx context.Context, dir string) (Report, error) {
	held, err := readFolder(dir)
	if err != nil {
		return Report{}, err
	}
	year := cmp.Or(i.Year, held.year(i.Records.Ledger.Now().Year()+1))
	if year < FirstYear {
		r := &run{report: Report{File: held.sum, Tables: held.tables}, flaws: held.flaws}
		return r.result(), &Fault{File: filepath.Base(dir), Rule: "no-year",
			Reason: "no DECOM or DEC of an episode says of which year the return is; name the year, as in --year 2026"}
	}
	r := &run{Import: i, held: held, of: collection{year}}
	r.report = Report{Kind: r.of.kind(), File: held.sum, Year: year, ReferenceDate: r.of.last(), Tables: held.tables}
	r.flaws = held.flaws
	err = r.record(ctx)
	return r.result(), err
}

// year is the latest collection, up to the last, to which at least one in a
// hundred days of episodes belongs; 0 where there is none.
func (c *contents) year(last int) int {
	counts, all := make(map[int]int), 0
	for _, one := range c.children {
		for _, r := range one.rows {
			for _, column := range []string{"DECOM", "DEC"} {
				if day, ok := parseDay(r.cells[column]); ok && r.table == atEpisodes {
					counts[collectionOf(day)]++
					all++
				}
			}
		}
	}
	for year := last; year >= FirstYear; year-- {
		if counts[year] > 0 && 100*counts[year] >= all {
			return year
		}
	}
	return 0
}

// collectionOf returns the year of the collection that a day belongs to.
func collectionOf(day domain.Date) int {
	year := day.Time().Year()
	if day.Before(collection{year}.last().AddDays(1)) {
		return year
	}
	return year + 1
}

// run is one folder on its way into the ledger.
type run struct {
	Import
	held *contents
	of   collection

	mu     sync.Mutex // guards report and flaws while workers run
	report Report
	flaws  flaws
}

func (r *run) result() Report {
	slices.SortStableFunc(r.flaws.list, func(a, b Flaw) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule))
	})
	r.report.Flaws, r.report.FlawCount = r.flaws.list, r.flaws.count
	return r.report
}

func (r *run) record(ctx context.Context) error {
	if err := r.note(ctx, "began", batch.Began{Dated: r.today(), Kind: r.of.kind(), File: r.report.File, Year: r.of.year, ReferenceDate: r.of.last()}); err != nil {
		return err
	}
	if err := r.everyChild(ctx); err != nil {
		return err
	}
	return r.note(ctx, "finished", batch.Finished{Dated: r.today(), Children: r.report.Children, Events: r.report.Events,
		Flags: r.report.Flags, Failed: r.report.Failed, Episodes: r.rowsOf(atEpisodes)})
}

func (r *run) rowsOf(name string) int {
	n := 0
	for _, t := range r.held.tables {
		if t.Name == name {
			n += t.Rows
		}
	}
	return n
}

// everyChild records children side by side. Each has a record of its own, so
// no two workers meet at one.
func (r *run) everyChild(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	const foldBudget = 4 << 20 // small: an import seldom comes back to a record
	folds := eventstore.NewFolds(foldBudget, record.Record.Evolve)
	queue, done := make(chan child), make(chan struct{})
	var workers sync.WaitGroup
	for range r.workers() {
		workers.Go(func() {
			for c := range queue {
				if ctx.Err() == nil {
					if err := r.child(ctx, folds, c); err != nil && !r.survive(c, err) {
						cancel(err)
					}
				}
				done <- struct{}{}
			}
		})
	}
	go func() { // ends with the last child, or with the first failure
		defer close(queue)
		for _, c := range r.held.children {
			queue <- c
		}
	}()
	for n := range r.held.children {
		<-done
		if r.Progress != nil {
			r.Progress(int64(n+1), int64(len(r.held.children)))
		}
	}
	workers.Wait()
	return context.Cause(ctx)
}

func (r *run) workers() int {
	const perProcessor = 4 // most of the time a worker waits for the disk
	if r.Workers > 0 {
		return min(r.Workers, MaxWorkers)
	}
	return min(perProcessor*runtime.GOMAXPROCS(0), MaxWorkers)
}

// survive counts a child that could not be recorded, where nothing but the
// child is at fault.
func (r *run) survive(c child, err error) bool {
	var invalid *eventstore.ValidationError
	var reused *eventstore.RequestReusedError
	if !errors.Is(err, eventstore.ErrInvalid) && !errors.As(err, &invalid) && !errors.As(err, &reused) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Children++
	r.report.Failed++
	r.flaws.add(Flaw{File: c.rows[0].file.name, Line: c.rows[0].line, Rule: "not-recorded", Reason: reasonOf("not-recorded")})
	return true
}

func (r *run) child(ctx context.Context, folds *eventstore.Folds[record.Record], c child) error {
	id, err := r.find(ctx, c)
	if err != nil {
		return err
	}
	person := domain.PersonID(r.NewID())
	act := eventstore.Act{Stream: schema.Stream(id), Request: r.request(reconcile.ID(c.rows[0].file.name, c.rows[0].text())), Digest: c.canonical(),
		Actor: r.Actor, Authority: r.Authority}
	var found []Flaw
	fresh, flags := false, 0
	receipt, err := eventstore.Update(ctx, r.Records.Ledger, folds, act, func(on record.Record) ([]domain.Fact, error) {
		d := newDecision(r.Records, r.of, on)
		facts, err := d.decide(mapChild(r.of, id, person, on, c).claims)
		found, fresh, flags = d.flaws(), len(on.Entries) == 0, d.FlagsRecorded()
		return facts, err
	})
	if err != nil {
		return err
	}
	r.count(id, receipt, found, fresh, flags)
	return nil
}

func (r *run) count(id domain.RecordID, receipt eventstore.Receipt, found []Flaw, fresh bool, flags int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Children++
	switch events := receipt.Events(); {
	case receipt.Repeated || events == 0:
		r.report.Unchanged++
		return
	case fresh:
		r.report.New++
		r.report.Events += events
	default:
		r.report.Changed++
		r.report.Events += events
	}
	r.report.Flags += flags
	for _, f := range found {
		f.Record = id
		r.flaws.add(f)
	}
}

// find returns the record of a child, or the id of a new one. Rows without a
// number are given an id made of all that they say, so that the same return
// finds them again.
func (r *run) find(ctx context.Context, c child) (domain.RecordID, error) {
	if c.number == "" {
		return domain.RecordID(child{rows: c.rows[:1]}.canonical()[:32]), nil
	}
	id, found, err := r.Find(ctx, c.number)
	if err == nil && !found {
		id = r.NewID()
	}
	return id, err
}

// request is the idempotency key of one step of the import of this folder.
func (r *run) request(step string) string { return "import:" + r.report.File[:32] + ":" + step }

func (r *run) today() domain.Dated { return on(r.Records.Setting().Today) }

// note writes to the stream of the batch, once for each step of a folder.
func (r *run) note(ctx context.Context, step string, e domain.Event) error {
	folds := eventstore.NewFolds(0, batch.Batch.Evolve)
	act := eventstore.Act{Stream: "batch-" + r.report.File[:32], Request: r.request(step), Digest: r.report.File,
		Actor: r.Actor, Authority: r.Authority}
	_, err := eventstore.Update(ctx, r.Records.Ledger, folds, act, func(batch.Batch) ([]domain.Fact, error) {
		return domain.Facts(e), nil
	})
	if err != nil {
		return fmt.Errorf("ssda903: batch: %w", err)
	}
	return nil
}
