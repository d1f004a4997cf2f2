package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/enclosures"
	"caseledger/adapters/httpapi"
	"caseledger/domain"
	"caseledger/domain/bundle"
)

// filesDir holds the documents that were uploaded and the bundles that were built
// over HTTP, encrypted.
const filesDir = "files"

// Limits on the jobs of a server.
const (
	maxMaking    = 2 // at one time
	maxWaiting   = 100
	maxEnded     = 1_000 // that are remembered after their end
	makingTime   = 30 * time.Minute
	maxGathered  = 1 << 30 // bytes of the documents of one bundle
	jobQueued    = "queued"
	jobRunning   = "running"
	jobDone      = "done"
	jobFailed    = "failed"
	jobCancelled = "cancelled"
)

// openFiles opens the files beside the ledger, under its keys.
func (a *app) openFiles() (*enclosures.Store, error) {
	s, err := enclosures.Open(filepath.Join(a.place.dir, filesDir), a.keys)
	if err != nil {
		return nil, notReadyError{err}
	}
	return s, nil
}

// bundleJobs makes the bundles that are asked for over HTTP: a few at a time, and
// of one bundle one after the other. What they have come to is lost with the
// process; what they have recorded and built is not, and a repeat of the request
// goes on from there.
type bundleJobs struct {
	app      *app
	files    *enclosures.Store
	logger   *slog.Logger
	freezing sync.Mutex // of several checkpoints at one time none could be foretold

	mu      sync.Mutex
	changed *sync.Cond // when a job was added or has ended, and when all is over
	over    bool
	all     []*bundleJob // the one that was asked for last, last
}

// bundleJob is one of them. What changes is under the lock of all.
type bundleJob struct {
	httpapi.BundleOrder
	httpapi.BundleProgress
	cancelled bool // by somebody who may
	cancel    context.CancelFunc
}

func newBundleJobs(a *app, s *enclosures.Store, logger *slog.Logger) *bundleJobs {
	jobs := &bundleJobs{app: a, files: s, logger: logger}
	jobs.changed = sync.NewCond(&jobs.mu)
	return jobs
}

// run works until ctx ends, and returns when all that had begun has ended.
func (b *bundleJobs) run(ctx context.Context) {
	defer context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.over = true
		b.changed.Broadcast()
	})()
	var workers sync.WaitGroup
	for range maxMaking {
		workers.Go(func() {
			for {
				j, within, found := b.next(ctx)
				if !found {
					return
				}
				b.end(ctx, j, b.make(within, j))
			}
		})
	}
	workers.Wait()
}

// next waits for a job of a bundle that nobody is making, and begins it.
func (b *bundleJobs) next(ctx context.Context) (*bundleJob, context.Context, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.over {
		for _, j := range b.all {
			if j.State == jobQueued && !slices.ContainsFunc(b.all, j.waitsFor) {
				within, cancel := context.WithTimeout(ctx, makingTime)
				j.BundleProgress, j.cancel = httpapi.BundleProgress{State: jobRunning}, cancel
				return j, within, true
			}
		}
		b.changed.Wait()
	}
	return nil, nil, false
}

// waitsFor reports whether another job is making the same bundle.
func (j *bundleJob) waitsFor(other *bundleJob) bool {
	return other.State == jobRunning && other.Record == j.Record && other.Bundle == j.Bundle
}

// end notes what became of a job.
func (b *bundleJobs) end(ctx context.Context, j *bundleJob, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j.cancel()
	switch {
	case err == nil:
		j.BundleProgress = httpapi.BundleProgress{State: jobDone, Done: j.Total, Total: j.Total}
	case j.cancelled || ctx.Err() != nil:
		j.State = jobCancelled
	default:
		j.State, j.Err = jobFailed, toldOf(err)
		if _, told := j.Err.(*httpapi.UnbuildableError); !told {
			b.logger.Error("a bundle was not made", "job", j.Job, "error", err.Error())
		}
	}
	b.logger.Info("the job of a bundle ended", "job", j.Job, "state", j.State)
	b.changed.Broadcast()
}

// toldOf is why a bundle was not made, as whoever asked is told: what the ledger
// refuses, and what is wrong with the bundle, but nothing of this machine.
func toldOf(err error) error {
	var refused domain.Refusals
	var path *fs.PathError
	var link *os.LinkError
	var number syscall.Errno
	switch {
	case errors.As(err, &refused), errors.As(err, &path), errors.As(err, &link), errors.As(err, &number), errors.Is(err, enclosures.ErrDamaged):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &httpapi.UnbuildableError{Reason: fmt.Sprintf("It took longer than %s.", makingTime)}
	}
	return &httpapi.UnbuildableError{Reason: err.Error()}
}

// Make implements httpapi.Maker.
func (b *bundleJobs) Make(o httpapi.BundleOrder) (httpapi.BundleProgress, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	waiting := 0
	for i, j := range b.all {
		if j.State == jobQueued {
			waiting++
		}
		if j.Job != o.Job {
			continue
		}
		if !slices.Equal(j.Variants, o.Variants) {
			return j.BundleProgress, false, httpapi.ErrOtherJob
		}
		if j.State != jobFailed && j.State != jobCancelled {
			return j.BundleProgress, true, nil
		}
		b.all = slices.Delete(b.all, i, i+1)
		break
	}
	if waiting >= maxWaiting {
		return httpapi.BundleProgress{}, false, httpapi.ErrManyJobs
	}
	j := &bundleJob{BundleOrder: o, BundleProgress: httpapi.BundleProgress{State: jobQueued}}
	b.all = append(b.all, j)
	b.forget()
	b.changed.Broadcast()
	return j.BundleProgress, false, nil
}

// forget removes the jobs that were asked for first of those that have ended, where
// there are too many.
func (b *bundleJobs) forget() {
	more := len(b.all) - maxEnded
	b.all = slices.DeleteFunc(b.all, func(j *bundleJob) bool {
		gone := more > 0 && j.State != jobQueued && j.State != jobRunning
		if gone {
			more--
		}
		return gone
	})
}

func (b *bundleJobs) find(id string) *bundleJob {
	i := slices.IndexFunc(b.all, func(j *bundleJob) bool { return j.Job == id })
	if i < 0 {
		return nil
	}
	return b.all[i]
}

// Job implements httpapi.Maker.
func (b *bundleJobs) Job(id string) (httpapi.BundleOrder, httpapi.BundleProgress, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j := b.find(id)
	if j == nil {
		return httpapi.BundleOrder{}, httpapi.BundleProgress{}, false
	}
	return j.BundleOrder, j.BundleProgress, true
}

// Cancel implements httpapi.Maker. A running job is cancelled when it has ended.
func (b *bundleJobs) Cancel(id string) (httpapi.BundleProgress, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j := b.find(id)
	switch {
	case j == nil:
		return httpapi.BundleProgress{}, false
	case j.State == jobQueued:
		j.State = jobCancelled
	case j.State == jobRunning:
		j.cancelled = true
		j.cancel()
	}
	return j.BundleProgress, true
}

// jobShown tells how far a job has come, wherever the work shows it: as progress,
// and in what would be warnings on the command line.
type jobShown struct {
	jobs *bundleJobs
	job  *bundleJob
}

// Write implements io.Writer, of warnings.
func (s jobShown) Write(text []byte) (int, error) {
	s.jobs.logger.Warn("the making of a bundle", "job", s.job.Job, "warning", string(bytes.TrimSpace(text)))
	return len(text), nil
}

// Show implements shower.
func (s jobShown) Show(done, total int64) {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	s.job.Done, s.job.Total = int(done), int(total)
}

// step begins a step of the job.
func (s jobShown) step(name, variant string) {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	s.job.Step, s.job.Variant, s.job.Done, s.job.Total = name, variant, 0, 0
}

// make freezes the bundle, if it is not frozen yet, and builds what was asked for.
func (b *bundleJobs) make(ctx context.Context, j *bundleJob) error {
	shown := jobShown{b, j}
	to := streams{io.Discard, shown}
	now, err := b.bundle(ctx, j)
	if err != nil {
		return err
	}
	gathered, err := b.gather(ctx, j.Record, now)
	if err != nil {
		return err
	}
	s := stepping{id: string(j.Bundle), uploaded: gathered, by: acting{id: j.By.ID, role: j.By.Role, agency: j.By.Agency,
		basis: j.Authority.Basis, purpose: j.Authority.Purpose, request: fmt.Sprintf("bundle-%s-%d", j.Job, now.Edition())}}
	if now.Frozen.IsZero() {
		shown.step("freeze", "")
		if err := b.freeze(ctx, to, j.Record, now, s); err != nil {
			return err
		}
		if now, err = b.bundle(ctx, j); err != nil {
			return err
		}
	}
	for _, v := range now.Varied.Fact.Variants {
		if len(j.Variants) > 0 && !slices.Contains(j.Variants, v.Variant) {
			continue
		}
		shown.step("build", v.Variant)
		if err := b.build(ctx, to, s, newBundling(b.app, j.Record, now, v, s.library(), now.Stand()), shown.Show); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (b *bundleJobs) bundle(ctx context.Context, j *bundleJob) (bundle.Bundle, error) {
	r, err := b.app.load(ctx, j.Record)
	return r.Bundles.Find(j.Bundle), err
}

func (b *bundleJobs) freeze(ctx context.Context, to streams, id domain.RecordID, now bundle.Bundle, s stepping) error {
	b.freezing.Lock()
	defer b.freezing.Unlock()
	return b.app.freeze(ctx, to, id, now, s, verifierFlags{})
}

// build builds a variant, keeps its files and records it last. One that was built
// and kept before is not built again.
func (b *bundleJobs) build(ctx context.Context, to streams, s stepping, made bundling, progress func(done, total int64)) error {
	place := httpapi.Built{Record: made.on, Bundle: made.bundle.ID, Edition: made.bundle.Edition(), Variant: made.variant.Variant}
	kept, err := place.Files(ctx, b.files)
	if was := made.bundle.BuiltOf(place.Variant).Fact; err != nil || len(kept) > 0 && kept[0].SHA256 == was.SHA256 {
		return err
	}
	var pdf bytes.Buffer
	whole, manifest, sum, err := made.write(ctx, to, &pdf, func(done, total int) { progress(int64(done), int64(total)) })
	if err != nil {
		return err
	}
	text, err := json.Marshal(manifest, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	all := []httpapi.BundleFile{{File: "pdf", Type: "application/pdf"}, {File: "manifest", Type: "application/json"}}
	content := map[string][]byte{"pdf": pdf.Bytes(), "manifest": append(text, '\n')}
	for i, a := range whole.Attachments {
		name := fmt.Sprintf("evidence-%d", i+1)
		all, content[name] = append(all, httpapi.BundleFile{File: name, Type: a.Type}), a.Content
	}
	if err := cmp.Or(ctx.Err(), place.Keep(ctx, b.files, all, content)); err != nil {
		return err
	}
	return made.record(ctx, s.by, builtRow{Variant: place.Variant, Pages: len(manifest.Labels), SHA256: sum})
}

// uploaded are documents that are none of the ledger's, by their hashes.
type uploaded map[string][]byte

func (u uploaded) byHash(hash string) ([]byte, error) {
	content, is := u[hash]
	if !is {
		return nil, fmt.Errorf("no file with the SHA-256 %s was uploaded to the record", hash)
	}
	return content, nil
}

// gather reads the documents of a bundle that were uploaded.
func (b *bundleJobs) gather(ctx context.Context, id domain.RecordID, of bundle.Bundle) (uploaded, error) {
	all, left := make(uploaded), maxGathered
	first, late := of.Sections()
	for _, s := range slices.Concat(first, late) {
		for _, d := range s.Documents {
			if d.File == "" || all[d.File] != nil {
				continue
			}
			content, err := httpapi.Uploaded(ctx, b.files, id, d.File)
			if errors.Is(err, enclosures.ErrNone) {
				continue // byHash says so, where it is asked for
			}
			if err != nil {
				return nil, err
			}
			if left -= len(content); left < 0 {
				return nil, fmt.Errorf("the files of the bundle have more than %d bytes", maxGathered)
			}
			all[d.File] = content
		}
	}
	return all, nil
}
