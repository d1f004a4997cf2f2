package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"syscall"
	"time"

	"caseledger/adapters/enclosures"
	"caseledger/adapters/httpapi"
	"caseledger/domain"
)

// filesDir holds the documents that were uploaded and what was made over HTTP,
// encrypted.
const filesDir = "files"

// Limits on the jobs of a server.
const (
	maxMaking    = 2 // at one time
	maxWaiting   = 100
	maxEnded     = 1_000 // that are remembered after their end
	makingTime   = 30 * time.Minute
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

// jobs makes what is asked for over HTTP and takes longer than a request: a few at a
// time, and for one bundle one after the other. What they have come to is lost with
// the process; what they have recorded and made is not, and a repeat of the request
// goes on from there.
type jobs struct {
	app       *app
	second    *app // the ledger of accesses
	files     *enclosures.Store
	others    verifierFlags // whose word beside the ledger's counts
	profiles  string        // file of the authority's own profiles of disclosure, "" for none
	logger    *slog.Logger
	attesting sync.Mutex // of several checkpoints at one time none could be foretold

	mu      sync.Mutex
	changed *sync.Cond // when a job was added or has ended, and when all is over
	over    bool
	all     []*job // the one that was asked for last, last
}

// job is one of them. What changes is under the lock of all.
type job struct {
	httpapi.Order
	httpapi.Progress
	cancelled bool // by somebody who may
	cancel    context.CancelFunc
}

func newJobs(a, second *app, s *enclosures.Store, o serveFlags, logger *slog.Logger) *jobs {
	js := &jobs{app: a, second: second, files: s, others: o.others, profiles: o.profiles, logger: logger}
	js.changed = sync.NewCond(&js.mu)
	return js
}

// run works until ctx ends, and returns when all that had begun has ended.
func (js *jobs) run(ctx context.Context) {
	defer context.AfterFunc(ctx, func() {
		js.mu.Lock()
		defer js.mu.Unlock()
		js.over = true
		js.changed.Broadcast()
	})()
	var workers sync.WaitGroup
	for range maxMaking {
		workers.Go(func() {
			for {
				j, within, found := js.next(ctx)
				if !found {
					return
				}
				js.end(ctx, j, js.make(within, j))
			}
		})
	}
	workers.Wait()
}

// next waits for a job that waits for no other, and begins it.
func (js *jobs) next(ctx context.Context) (*job, context.Context, bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for !js.over {
		for _, j := range js.all {
			if j.State == jobQueued && !slices.ContainsFunc(js.all, j.waitsFor) {
				within, cancel := context.WithTimeout(ctx, makingTime)
				j.Progress, j.cancel = httpapi.Progress{State: jobRunning}, cancel
				return j, within, true
			}
		}
		js.changed.Wait()
	}
	return nil, nil, false
}

// waitsFor reports whether another job is making something for the same bundle.
func (j *job) waitsFor(other *job) bool {
	return other.State == jobRunning && other.Record == j.Record && other.Of == j.Of
}

// end notes what became of a job.
func (js *jobs) end(ctx context.Context, j *job, err error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j.cancel()
	switch {
	case err == nil:
		j.Progress = httpapi.Progress{State: jobDone, Done: j.Total, Total: j.Total, Attested: j.Attested}
	case j.cancelled || ctx.Err() != nil:
		j.State = jobCancelled
	default:
		j.State, j.Err = jobFailed, toldOf(err)
		if _, told := j.Err.(*httpapi.UnmakeableError); !told {
			js.logger.Error("a job failed", "job", j.Job, "error", err.Error())
		}
	}
	js.logger.Info("a job ended", "job", j.Job, "state", j.State)
	js.changed.Broadcast()
}

// ofMachineError is about this machine, and nothing to whoever asked for a job.
type ofMachineError struct{ error }

// toldOf is why something was not made, as whoever asked is told: what the ledger
// refuses, and what is wrong with what was asked for, but nothing of this machine.
func toldOf(err error) error {
	var refused domain.Refusals
	var path *fs.PathError
	var link *os.LinkError
	var number syscall.Errno
	var machine ofMachineError
	switch {
	case errors.As(err, &refused), errors.As(err, &path), errors.As(err, &link), errors.As(err, &number), errors.As(err, &machine), errors.Is(err, enclosures.ErrDamaged):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &httpapi.UnmakeableError{Reason: fmt.Sprintf("It took longer than %s.", makingTime)}
	}
	return &httpapi.UnmakeableError{Reason: err.Error()}
}

// Make implements httpapi.Maker.
func (js *jobs) Make(o httpapi.Order) (httpapi.Progress, bool, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	waiting := 0
	for i, j := range js.all {
		if j.State == jobQueued {
			waiting++
		}
		if j.Job != o.Job {
			continue
		}
		if !reflect.DeepEqual(j.Asked, o.Asked) {
			return j.Progress, false, httpapi.ErrOtherJob
		}
		if j.State != jobFailed && j.State != jobCancelled {
			return j.Progress, true, nil
		}
		js.all = slices.Delete(js.all, i, i+1)
		break
	}
	if waiting >= maxWaiting {
		return httpapi.Progress{}, false, httpapi.ErrManyJobs
	}
	j := &job{Order: o, Progress: httpapi.Progress{State: jobQueued}}
	js.all = append(js.all, j)
	js.forget()
	js.changed.Broadcast()
	return j.Progress, false, nil
}

// forget removes the jobs that were asked for first of those that have ended, where
// there are too many.
func (js *jobs) forget() {
	more := len(js.all) - maxEnded
	js.all = slices.DeleteFunc(js.all, func(j *job) bool {
		gone := more > 0 && j.State != jobQueued && j.State != jobRunning
		if gone {
			more--
		}
		return gone
	})
}

func (js *jobs) find(id string) *job {
	i := slices.IndexFunc(js.all, func(j *job) bool { return j.Job == id })
	if i < 0 {
		return nil
	}
	return js.all[i]
}

// Job implements httpapi.Maker.
func (js *jobs) Job(id string) (httpapi.Order, httpapi.Progress, bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j := js.find(id)
	if j == nil {
		return httpapi.Order{}, httpapi.Progress{}, false
	}
	return j.Order, j.Progress, true
}

// Cancel implements httpapi.Maker. A running job is cancelled when it has ended.
func (js *jobs) Cancel(id string) (httpapi.Progress, bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j := js.find(id)
	switch {
	case j == nil:
		return httpapi.Progress{}, false
	case j.State == jobQueued:
		j.State = jobCancelled
	case j.State == jobRunning:
		j.cancelled = true
		j.cancel()
	}
	return j.Progress, true
}

// jobShown tells how far a job has come, wherever the work shows it: as progress,
// and in what would be warnings on the command line.
type jobShown struct {
	jobs *jobs
	job  *job
}

// Write implements io.Writer, of warnings.
func (s jobShown) Write(text []byte) (int, error) {
	s.jobs.logger.Warn("a job", "job", s.job.Job, "warning", string(bytes.TrimSpace(text)))
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

// attested shows who was asked about the checkpoint, and notes why somebody did not
// attest it.
func (s jobShown) attested(rows []attestedRow) {
	warnOf(s, rows)
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	for _, row := range rows {
		s.job.Attested = append(s.job.Attested, httpapi.Attested{Who: row.Who, Kind: row.Kind, Attested: row.attests()})
	}
}

// acts are those of a job, under the key of a request.
func (j *job) acts(request string) acting {
	return acting{id: j.By.ID, role: j.By.Role, agency: j.By.Agency, basis: j.Authority.Basis, purpose: j.Authority.Purpose, request: request}
}

// make makes what a job is for.
func (js *jobs) make(ctx context.Context, j *job) error {
	shown := jobShown{js, j}
	switch asked := j.Asked.(type) {
	case httpapi.MakeBundle:
		return js.makeBundle(ctx, shown, asked)
	case httpapi.AddLate:
		return js.addLate(ctx, shown, asked)
	case httpapi.PackDisclosure:
		return js.packDisclosure(ctx, shown, asked)
	case httpapi.MakeAnswer:
		return js.makeAnswer(ctx, shown)
	}
	return fmt.Errorf("nothing makes what %s asks for", j.Makes)
}

// trusted reads whose word counts, before anything is made that could be without it.
func (js *jobs) trusted() error {
	if _, err := js.others.trust(); err != nil {
		return ofMachineError{err}
	}
	return nil
}
