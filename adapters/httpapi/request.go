package httpapi

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/breakglass"
	"caseledger/eventstore"
	"caseledger/projections"
)

// request is one request of a known caller to one operation.
type request struct {
	*http.Request
	op       operation
	era      int64 // when it came
	caller   Caller
	record   domain.RecordID // "" where the operation is not about one
	purpose  string
	basis    string
	query    query
	body     []byte
	asked    string   // what a page depends on beside the query
	policies []string // that decided
	tie      projections.Tie
	glass    breakglass.ID // without which the request would have been denied
	withheld []string      // why something was left out
}

// reply is what an operation answers with.
type reply struct {
	status   int // 0 is that of the operation
	body     any
	revision eventstore.Revision // of the record, 0 for none
	location string
	link     string // header Link
	kind     string // media type; "" is application/json
	repeated bool
	// release says what content leaves; nil says that none does.
	release *access.Released
	stream  func(context.Context, http.ResponseWriter) // instead of body
}

// answer takes one request from its arrival to its answer.
func (a *API) answer(w http.ResponseWriter, hr *http.Request, op operation) {
	began := time.Now()
	a.harden(w.Header())
	hr, span := a.Traces.Request(hr, op.id)
	r := &request{Request: hr, op: op, era: a.tails.era.Load()}
	status, err := a.guarded(w, r)
	span.Answered(status)
	a.metrics.answered(op.id, status, time.Since(began))
	level := slog.LevelInfo
	if op.id == breaks && status == http.StatusCreated {
		level = slog.LevelWarn
		a.metrics.broken.Inc()
	}
	attrs := []slog.Attr{slog.String("operation", op.id), slog.Int("status", status), slog.Duration("took", time.Since(began)), slog.String("caller", r.caller.ID)}
	if err != nil {
		attrs = append(attrs, slog.String("problem", problemOf(err).Code))
		if cause := problemOf(err).cause; cause != nil {
			if status >= http.StatusInternalServerError {
				level = slog.LevelError
			}
			attrs = append(attrs, slog.String("error", cause.Error()))
		}
	}
	a.Logger.LogAttrs(hr.Context(), level, "request", attrs...)
}

// guarded answers, and returns the status and the error behind a problem. A
// bug in an operation is a problem of that request alone.
func (a *API) guarded(w http.ResponseWriter, r *request) (status int, err error) {
	defer func() {
		cause := recover()
		if cause == http.ErrAbortHandler {
			panic(cause) // the answer has begun: the connection is all that can be cut
		}
		if cause != nil { // what was panicked with may quote content
			err = problem(codeFailed)
			err.(*Problem).cause = errors.New("the operation panicked")
			status = http.StatusInternalServerError
			writeProblem(w, r.Request, problem(codeFailed))
		}
	}()
	if r.op.stream {
		return a.respond(r.Context(), w, r)
	}
	slots := []chan struct{}{a.slots}
	if r.op.transfers {
		slots = append(slots, a.transfers)
	}
	for _, slot := range slots {
		select {
		case slot <- struct{}{}:
			defer func() { <-slot }()
		default:
			err = problem(codeBusy)
			writeProblem(w, r.Request, problemOf(err))
			return problemOf(err).Status, err
		}
	}
	if r.op.transfers { // a slow client has longer than others
		until, out := time.Now().Add(transferTime), http.NewResponseController(w)
		if err := errors.Join(out.SetReadDeadline(until), out.SetWriteDeadline(until)); err != nil {
			return http.StatusServiceUnavailable, err // the connection is gone
		}
	}
	a.metrics.running.Inc()
	defer a.metrics.running.Dec()
	ctx, cancel := context.WithTimeout(r.Context(), r.op.limit())
	defer cancel()
	return a.respond(ctx, w, r)
}

func (a *API) respond(ctx context.Context, w http.ResponseWriter, r *request) (int, error) {
	out, err := a.serve(ctx, r)
	if err == nil && out.release != nil {
		err = a.released(ctx, r, *out.release)
	}
	if err != nil {
		p := problemOf(err)
		writeProblem(w, r.Request, p)
		return p.Status, err
	}
	h := w.Header()
	if out.revision > 0 {
		h.Set("ETag", etag(out.revision))
	}
	if out.location != "" {
		h.Set("Location", out.location)
	}
	if out.link != "" {
		h.Set("Link", out.link)
	}
	if out.repeated {
		h.Set("Idempotent-Replayed", "true")
	}
	if out.stream != nil {
		out.stream(ctx, w)
		return http.StatusOK, nil
	}
	status := r.op.status
	if out.status != 0 {
		status = out.status
	}
	if status == http.StatusNotModified {
		w.WriteHeader(status)
		return status, nil
	}
	text, err := json.Marshal(out.body, json.Deterministic(true), json.FormatNilSliceAsNull(false))
	if err != nil {
		p := problem(codeFailed)
		p.cause = err
		writeProblem(w, r.Request, p)
		return p.Status, p
	}
	if out.kind == "" {
		out.kind = "application/json"
	}
	write(w, r.Request, status, out.kind, text)
	return status, nil
}

// serve lets the operation work on a request that may be made.
func (a *API) serve(ctx context.Context, r *request) (reply, error) {
	if err := a.admit(ctx, r); err != nil {
		return reply{}, err
	}
	if err := r.check(); err != nil {
		return reply{}, err
	}
	if err := r.read(); err != nil {
		return reply{}, err
	}
	out, err := r.op.serve(a, ctx, r)
	if p := problemOf(err); err != nil && p.Code == codeNotFound && r.op.group != groupAct {
		if err := a.denied(ctx, r, codeNotFound); err != nil { // that there is none is told too
			return reply{}, err
		}
	}
	return out, err
}

// admit finds out who asks, and whether he may.
func (a *API) admit(ctx context.Context, r *request) error {
	if err := a.identify(ctx, r); err != nil {
		return err
	}
	r.purpose, r.basis = r.Header.Get("Purpose"), r.Header.Get("Legal-Basis")
	if id := r.PathValue("id"); id != "" {
		if !recordID(id) {
			return problem(codeNotFound)
		}
		r.record = domain.RecordID(id)
	}
	return a.permit(ctx, r, r.op.id, r.op.group, r.record)
}

// identify finds out who asks, and whether he asks too often. Nobody is kept from
// asking by what others at his address do, unless he is not known either.
func (a *API) identify(ctx context.Context, r *request) error {
	caller, err := a.whoAsks(ctx, r)
	if err == nil {
		r.caller = caller
		return a.heard(caller)
	}
	if problemOf(err).Status == http.StatusUnauthorized {
		if err := a.heardFrom(r.Request); err != nil {
			return err
		}
	}
	return err
}

// whoAsks returns the caller. A token that is shown decides: the certificate
// beside it may be that of a gateway.
func (a *API) whoAsks(ctx context.Context, r *request) (Caller, error) {
	var s Shown
	given := r.Header.Values("Authorization")
	switch {
	case len(given) > 0:
		token, bearer := strings.CutPrefix(given[0], "Bearer ")
		if !bearer || len(given) > 1 {
			return Caller{}, problem(codeNoToken)
		}
		s.Token = token
	case r.TLS != nil && len(r.TLS.VerifiedChains) > 0:
		s.Certificate = r.TLS.VerifiedChains[0][0]
	default:
		return Caller{}, problem(codeNoToken)
	}
	caller, err := a.Callers.Caller(ctx, s)
	if err == nil {
		return caller, nil
	}
	p := problem(codeBadToken)
	if !errors.Is(err, ErrNobody) {
		p = problem(codeUnasked)
	}
	p.cause = err
	return Caller{}, p
}

// denied records that something was not given; nothing is said before it is.
func (a *API) denied(ctx context.Context, r *request, reason string) error {
	return a.account(ctx, r, access.Denied{Operation: r.op.id, Subject: string(r.record), Reason: reason, Policies: r.policies, Dated: a.today()})
}

func (a *API) released(ctx context.Context, r *request, what access.Released) error {
	what.Dated, what.Operation, what.Subject, what.Policies = a.today(), r.op.id, string(r.record), r.policies
	what.BreakGlass, what.Withheld = string(r.glass), r.withheld
	return a.account(ctx, r, what)
}

func (a *API) today() domain.Dated {
	return domain.Dated{Happened: a.View.Records.Setting().Today}
}

func (a *API) account(ctx context.Context, r *request, e domain.Event) error {
	err := a.Access.Record(ctx, domain.Circumstances{Actor: r.actor(), Authority: domain.Authority{Basis: plain(r.basis), Purpose: plain(r.purpose)}}, e)
	if err == nil {
		return nil
	}
	p := problem(codeUnaccounted)
	p.cause = err
	return p
}

// plain returns a header as it may be recorded: one that is not as it should be
// is refused, and the refusal is recorded without it.
func plain(s string) string {
	if !printable(s, maxWordBytes) {
		return ""
	}
	return s
}

func (r *request) actor() domain.Actor {
	return domain.Actor{ID: r.caller.ID, Role: r.caller.Role, Agency: r.caller.Agency}
}

func recordID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// maxWordBytes bounds a purpose and a legal basis.
const maxWordBytes = 100

// printable reports whether s is 1 to limit characters of printable ASCII.
func printable(s string, limit int) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= limit
}

// check looks at headers and query, and reports all that is wrong at once.
func (r *request) check() error {
	var faults []Fault
	code := codeMalformed
	fault := func(parameter, rule string) { faults = append(faults, Fault{Parameter: parameter, Rule: rule}) }
	if !printable(r.purpose, maxWordBytes) {
		fault("Purpose", "required,max=100,printascii")
	}
	if r.op.based() && !printable(r.basis, maxWordBytes) {
		fault("Legal-Basis", "required,max=100,printascii")
	}
	var bad []Fault
	r.query, bad = r.op.parse(r.URL.RawQuery)
	faults = append(faults, bad...)
	if r.op.keyed() && !printable(r.Header.Get("Idempotency-Key"), MaxKeyBytes) {
		if len(faults) == 0 {
			code = codeNoKey
		}
		fault("Idempotency-Key", "required,max=100,printascii")
	}
	if r.op.pinned {
		code = r.checkRevision(code, &faults)
	}
	if len(faults) > 0 {
		return problem(code, faults...)
	}
	return nil
}

func (r *request) checkRevision(code string, faults *[]Fault) string {
	text := r.Header.Get("If-Match")
	if _, ok := parseETag(text); ok {
		return code
	}
	fault := Fault{Parameter: "If-Match", Rule: "etag"}
	if text == "" {
		fault.Rule = "required"
		if len(*faults) == 0 {
			code = codeNoRevision
		}
	}
	*faults = append(*faults, fault)
	return code
}

// parseETag reads the one ETag of a record: "12", in its quotes.
func parseETag(s string) (eventstore.Revision, bool) {
	s, begins := strings.CutPrefix(s, `"`)
	s, ends := strings.CutSuffix(s, `"`)
	n, err := strconv.ParseUint(s, 10, 64)
	return eventstore.Revision(n), begins && ends && err == nil && n > 0 && strconv.FormatUint(n, 10) == s
}

// read reads the body of an operation that has one.
func (r *request) read() error {
	if r.op.body == nil {
		return nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(params["charset"])
	if err != nil || kind != cmp.Or(r.op.takes, "application/json") || charset != "" && charset != "utf-8" || r.Header.Get("Content-Encoding") != "" {
		return problem(codeMediaType)
	}
	limit := r.op.bodyLimit()
	if r.ContentLength > limit {
		return problem(codeTooLarge)
	}
	r.body, err = io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return problem(codeMalformed, Fault{Rule: "body"})
	}
	if int64(len(r.body)) > limit {
		return problem(codeTooLarge)
	}
	return nil
}
