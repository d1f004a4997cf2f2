package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"caseledger/domain"
	"caseledger/domain/record"
)

// Maker makes what takes longer than a request, one job after the other, beside the
// requests.
type Maker interface {
	// Make begins a job, and returns how it stands. One that is known under the id
	// is not begun again unless it failed or was cancelled. Errors: ErrOtherJob,
	// ErrManyJobs.
	Make(Order) (Progress, bool, error)
	// Job returns a job and how it stands, and whether there is one.
	Job(id string) (Order, Progress, bool)
	// Cancel ends a job that is not done; what was made of it stays.
	Cancel(id string) (Progress, bool)
}

// Why a job is not begun.
var (
	ErrOtherJob = errors.New("a job under this id makes something else")
	ErrManyJobs = errors.New("too many jobs wait")
)

// Order is something that somebody wants to have made of a record.
type Order struct {
	Job    string
	Record domain.RecordID
	Makes  string // the operation that it was asked for by: bundle.make
	Of     string // id within the record of what it is made for: a bundle
	Asked  any    // the body of the request: MakeBundle, AddLate
	By     domain.Actor
	domain.Authority
}

// Request is the key under which the job records what happens once.
func (o Order) Request() string { return "job-" + o.Job }

// Recorded reports whether a record has what the job records once: a job that is
// asked for again after the server was started anew is done.
func (o Order) Recorded(r record.Record) bool {
	return slices.ContainsFunc(r.Entries, func(e domain.Entry) bool { return e.Request == o.Request() })
}

// Progress is how far a job has come.
type Progress struct {
	State   string // queued, running, done, failed, cancelled
	Step    string // of a running one, such as freeze or build
	Variant string // that is being built
	// Done of Total blocks, rows and pages of files are set. Both begin anew with
	// each variant that is laid out.
	Done, Total int
	// Attested is what those said who were asked about the checkpoint.
	Attested []Attested
	Err      error // of a failed one
}

// Attested is one witness or time-stamp authority that was asked about a checkpoint.
type Attested struct {
	Who      string `json:"who"`
	Kind     string `json:"kind"` // witness or time-stamp
	Attested bool   `json:"attested"`
}

// UnmakeableError says why something cannot be made as it is, in words for whoever
// asked.
type UnmakeableError struct{ Reason string }

func (e *UnmakeableError) Error() string { return e.Reason }

// Job is something that is being made of a record.
type Job struct {
	Job     string          `json:"job"`
	Record  domain.RecordID `json:"record"`
	Makes   string          `json:"makes"`             // the operation that it was asked for by: bundle.make
	Of      string          `json:"of"`                // what it is made for, by its id within the record
	State   string          `json:"state"`             // queued, running, done, failed, cancelled
	Step    string          `json:"step,omitempty"`    // of a running one
	Variant string          `json:"variant,omitempty"` // that is being built
	// Done of Total blocks, rows and pages of files are set, of the variant that is
	// being laid out.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Attested are the witnesses and time-stamp authorities that were asked.
	Attested []Attested `json:"attested,omitempty"`
	// Problem is why it failed.
	Problem *Problem `json:"problem,omitempty"`
}

// ordered reads the body of a request for a job, and returns the record that it is of.
func ordered[T any](ctx context.Context, a *API, r *request, body *T) (record.Record, error) {
	if err := unmarshal(r.body, body); err != nil {
		return record.Record{}, err
	}
	rec, _, err := a.View.Record(ctx, r.record)
	return rec, err
}

// order is what a request asks for.
func (a *API) order(r *request, of string, asked any) Order {
	return Order{Job: a.jobOf(r, of), Record: r.record, Makes: r.op.id, Of: of, Asked: asked, By: r.actor(),
		Authority: domain.Authority{Basis: r.basis, Purpose: r.purpose}}
}

// begin begins a job.
func (a *API) begin(o Order) (reply, error) {
	if a.Jobs == nil {
		return reply{}, problem(codeElsewhere)
	}
	now, repeated, err := a.Jobs.Make(o)
	switch {
	case errors.Is(err, ErrOtherJob):
		return reply{}, problem(codeKeyReused)
	case errors.Is(err, ErrManyJobs):
		return reply{}, problem(codeBusy)
	case err != nil:
		return reply{}, err
	}
	return reply{body: jobNow(o, now), repeated: repeated, location: "/v1/records/" + string(o.Record) + "/jobs/" + o.Job}, nil
}

// jobOf is the id of the job of a caller's key: a repeat finds it.
func (a *API) jobOf(r *request, of string) string {
	mac := hmac.New(sha256.New, a.Secret)
	fmt.Fprintf(mac, "%s\x00%s\x00%s\x00%s\x00%s", r.op.id, r.record, of, r.caller.ID, r.Header.Get("Idempotency-Key"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func jobNow(o Order, p Progress) Job {
	out := Job{Job: o.Job, Record: o.Record, Makes: o.Makes, Of: o.Of, State: p.State, Step: p.Step, Variant: p.Variant, Done: p.Done, Total: p.Total, Attested: p.Attested}
	var why *UnmakeableError
	switch {
	case p.Err == nil:
	case errors.As(p.Err, &why):
		out.Problem = problem(codeInvalid, Fault{Rule: "cannot-be-made", Reason: why.Reason})
	default:
		out.Problem = problemOf(p.Err)
	}
	return out
}

// asked returns the job of a request, which is one of its record.
func (a *API) asked(ctx context.Context, r *request) (Order, Progress, error) {
	if err := a.exists(ctx, r.record); err != nil {
		return Order{}, Progress{}, err
	}
	if a.Jobs == nil {
		return Order{}, Progress{}, problem(codeNotFound)
	}
	order, now, found := a.Jobs.Job(r.PathValue("job"))
	if !found || order.Record != r.record {
		return order, now, problem(codeNotFound)
	}
	return order, now, nil
}

// job tells how far a job has come: nothing of the record, so no access.
func (a *API) job(ctx context.Context, r *request) (reply, error) {
	order, now, err := a.asked(ctx, r)
	return reply{body: jobNow(order, now)}, err
}

// cancelJob ends a job for whoever may begin it.
func (a *API) cancelJob(ctx context.Context, r *request) (reply, error) {
	order, now, err := a.asked(ctx, r)
	if err != nil {
		return reply{}, err
	}
	if err := a.permit(ctx, r, order.Makes, groupAct, r.record); err != nil {
		return reply{}, err
	}
	if after, found := a.Jobs.Cancel(order.Job); found {
		now = after
	}
	return reply{body: jobNow(order, now)}, nil
}

// jobOperations is what can be asked about a job, whatever it makes.
func jobOperations() []operation {
	const path = "/v1/records/{id}/jobs/{job}"
	return []operation{
		{id: "record.job", method: http.MethodGet, path: path, group: groupRead, text: "How far something that is being made of a record has come.",
			status: http.StatusOK, reply: reflect.TypeFor[Job](), serve: (*API).job},
		{id: "job.cancel", method: http.MethodDelete, path: path, group: groupAct, text: "Cancel a job; what was made of it stays.",
			status: http.StatusOK, reply: reflect.TypeFor[Job](), serve: (*API).cancelJob},
	}
}

// ordering is an operation that begins a job.
func ordering(id, path, text string, body reflect.Type, serve func(*API, context.Context, *request) (reply, error)) operation {
	return operation{id: id, method: http.MethodPost, path: path, group: groupAct, text: text, body: structSchema(id, text, body),
		status: http.StatusAccepted, reply: reflect.TypeFor[Job](), serve: serve}
}
