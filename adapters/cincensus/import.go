package cincensus

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/batch"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Import records returns. All fields but FindUPN, KeepGoing, Workers and
// Progress are required.
type Import struct {
	Records *schema.Records
	// Find returns the record that bears the authority's number for a child.
	// It must know of everything recorded before the import began, and is asked
	// by many workers at once.
	Find func(ctx context.Context, laChildID string) (domain.RecordID, bool, error)
	// FindUPN does the same for a unique pupil number. It is asked about a
	// child without the authority's number; where it is nil, such a child is
	// found again only while its return says the same.
	FindUPN func(ctx context.Context, upn string) (domain.RecordID, bool, error)
	// NewID draws a random id, for records and persons, for many workers at once.
	NewID     func() domain.RecordID
	Actor     domain.Actor
	Authority domain.Authority
	// KeepGoing imports a broken file up to the fault, and goes on after a
	// child that could not be recorded. Otherwise a broken file is refused
	// before anything of it is recorded.
	KeepGoing bool
	// Workers is the number of children decided at once; 0 is four for each
	// processor. One child is never decided by two at a time.
	Workers int
	// Progress is told, by one goroutine, how much has been read. The file is
	// read twice, and counts twice.
	Progress func(bytesDone, bytesTotal int64)
}

// File imports one file. The same file again records nothing; so does another
// file with the same content. The error is a *Fault where the file cannot be
// read on; with KeepGoing the report then says what was imported before it.
func (i Import) File(ctx context.Context, path string) (Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return Report{}, fmt.Errorf("cin-census: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Report{}, fmt.Errorf("cin-census: %w", err)
	}
	r := &run{Import: i, size: info.Size()}
	fault := r.check(file)
	if fault != nil && (!i.KeepGoing || r.report.Kind == "" || !isFault(fault)) {
		return r.result(), fault
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return r.result(), fmt.Errorf("cin-census: %w", err)
	}
	if err := r.record(ctx, file); err != nil {
		return r.result(), err
	}
	return r.result(), fault
}

func isFault(err error) bool {
	var f *Fault
	return errors.As(err, &f)
}

// run is one file on its way into the ledger.
type run struct {
	Import
	size   int64
	read   int64 // bytes in earlier passes
	header header
	flaws  flaws
	report Report
}

func (r *run) result() Report {
	slices.SortStableFunc(r.flaws.list, func(a, b Flaw) int { return a.Line - b.Line })
	r.report.Flaws, r.report.FlawCount = r.flaws.list, r.flaws.count
	return r.report
}

// check reads the whole file without recording anything.
func (r *run) check(file io.Reader) error {
	start := time.Now()
	defer func() { r.report.Spent.Parse += time.Since(start) }()
	sum := sha256.New()
	err := r.scan(file, sum, func(*element) error { return nil })
	r.report.File = hex.EncodeToString(sum.Sum(nil))
	r.read = r.size
	return err
}

// scan reads the file once, and adds all its bytes to the sum, also those
// behind a fault.
func (r *run) scan(file io.Reader, sum hash.Hash, onChild func(*element) error) error {
	summed := io.TeeReader(file, sum)
	tokens, err := newTokens(summed)
	if err != nil {
		return err
	}
	s := &scan{tokens: tokens, lastYear: r.Records.Ledger.Now().Year() + 1}
	s.onHeader = r.onHeader
	s.onChild = func(e *element) error {
		r.progress(tokens.guard.total)
		return onChild(e)
	}
	err = s.run()
	if _, rest := io.Copy(io.Discard, summed); rest != nil && err == nil {
		err = rest
	}
	r.progress(r.size)
	if r.read == 0 {
		r.flaws.add(s.flaws.list...)
	}
	return err
}

func (r *run) progress(done int64) {
	if r.Progress != nil {
		r.Progress(r.read+min(done, r.size), 2*r.size)
	}
}

func (r *run) onHeader(h header) error {
	r.header = h
	r.report.Kind, r.report.Year, r.report.ReferenceDate = h.kind(), h.year, h.reference
	return nil
}

// record reads the file again and records its children.
func (r *run) record(ctx context.Context, file io.Reader) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	pool := newPool(ctx, r, r.workers())
	start := time.Now()
	sum := sha256.New()
	err := r.scan(file, sum, pool.give)
	r.report.Spent.Parse += time.Since(start) - pool.waited
	if failed := pool.finish(); failed != nil {
		return failed
	}
	if err != nil && !isFault(err) {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.report.File {
		return errors.New("cin-census: the file changed while it was being imported")
	}
	return r.finish(ctx)
}

func (r *run) workers() int {
	const perProcessor = 4 // most of the time a worker waits for the disk
	if r.Workers > 0 {
		return min(r.Workers, MaxWorkers)
	}
	return min(perProcessor*runtime.GOMAXPROCS(0), MaxWorkers)
}

// request is the idempotency key of one step of the import of this file.
func (r *run) request(step string) string { return "import:" + r.report.File[:32] + ":" + step }

func (r *run) begin(ctx context.Context) error {
	return r.note(ctx, "began", batch.Began{Dated: r.today(), Kind: r.header.kind(), File: r.report.File,
		Year: r.header.year, ReferenceDate: r.header.reference, Authority: r.header.authority})
}

func (r *run) finish(ctx context.Context) error {
	return r.note(ctx, "finished", batch.Finished{Dated: r.today(), Children: r.report.Children, Episodes: r.report.Episodes,
		Events: r.report.Events, Flags: r.report.Flags, Failed: r.report.Failed})
}

func (r *run) today() domain.Dated { return on(r.Records.Setting().Today) }

// note writes to the stream of the batch, once for each step of a file.
func (r *run) note(ctx context.Context, step string, e domain.Event) error {
	folds := eventstore.NewFolds(0, batch.Batch.Evolve)
	act := eventstore.Act{Stream: "batch-" + r.report.File[:32], Request: r.request(step), Digest: r.report.File,
		Actor: r.Actor, Authority: r.Authority}
	_, err := eventstore.Update(ctx, r.Records.Ledger, folds, act, func(batch.Batch) ([]domain.Fact, error) {
		return domain.Facts(e), nil
	})
	return err
}
