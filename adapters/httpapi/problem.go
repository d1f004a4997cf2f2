package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/projections"
)

// Problem is the answer to a request that was not granted, as RFC 9457 has it.
// Nothing in it repeats what the caller submitted.
type Problem struct {
	Type   string  `json:"type"` // urn:caseledger:problem:<code>
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Code   string  `json:"code"` // stable
	Faults []Fault `json:"faults,omitempty"`
	// Revision is where the record is, when the caller saw another.
	Revision uint64 `json:"revision,omitzero"`

	cause  error             // for the log
	header map[string]string // to answer with
}

// Fault is one thing to mend.
type Fault struct {
	// Pointer is a JSON Pointer into the body; Parameter names a header or a
	// part of the address. A rule of the record as a whole has neither.
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason,omitempty"`
}

// Error is error's; it names the code only.
func (p *Problem) Error() string { return p.Code }

// Unwrap returns what the caller is not told.
func (p *Problem) Unwrap() error { return p.cause }

// The codes of problems. They are for ever.
const (
	codeNoToken      = "token-missing"
	codeBadToken     = "token-unknown"
	codeForbidden    = "forbidden"
	codeNotFound     = "not-found"
	codeMethod       = "method-not-allowed"
	codeMalformed    = "malformed"
	codeInvalid      = "invalid"
	codeTooLarge     = "too-large"
	codeMediaType    = "media-type"
	codeNoKey        = "idempotency-key-missing"
	codeKeyReused    = "idempotency-key-reused"
	codeNoRevision   = "if-match-missing"
	codeStale        = "stale-revision"
	codeCursor       = "cursor-unknown"
	codeBusy         = "busy"
	codeUnaccounted  = "access-not-recorded"
	codeTimeout      = "too-slow"
	codeFailed       = "failed"
	codeUnasked      = "caller-not-checked"
	codeTooMany      = "too-many-requests"
	codeDraftStale   = "draft-stale"
	codeDraftDivided = "draft-divided"
	codeDraftSigned  = "draft-signed"
	codeDraftsFull   = "drafts-full"
	codeOfflineKept  = "offline-kept"
	codeFilesFull    = "files-full"
	codeElsewhere    = "made-elsewhere"
	problemMediaType = "application/problem+json"
)

// titles are the codes' sentences and statuses.
var titles = map[string]struct {
	status int
	title  string
}{
	codeNoToken:      {http.StatusUnauthorized, "A bearer token, or the certificate of a service account, is needed."},
	codeBadToken:     {http.StatusUnauthorized, "The bearer token or certificate is not known, or no longer good."},
	codeForbidden:    {http.StatusForbidden, "You may not do this in your role, or with this record."},
	codeNotFound:     {http.StatusNotFound, "There is nothing here."},
	codeMethod:       {http.StatusMethodNotAllowed, "This resource does not have the method."},
	codeMalformed:    {http.StatusBadRequest, "The request does not have the form that it needs."},
	codeInvalid:      {http.StatusUnprocessableEntity, "The request cannot be granted as it stands; every reason is listed."},
	codeTooLarge:     {http.StatusRequestEntityTooLarge, "The body is too large."},
	codeMediaType:    {http.StatusUnsupportedMediaType, "The body must be of the media type that the description names, application/json for most, and not compressed."},
	codeNoKey:        {http.StatusBadRequest, "The header Idempotency-Key is needed: 1 to 100 printable ASCII characters."},
	codeKeyReused:    {http.StatusUnprocessableEntity, "The idempotency key was used before for another act."},
	codeNoRevision:   {http.StatusPreconditionRequired, "The header If-Match is needed: the ETag of the record as you saw it."},
	codeStale:        {http.StatusPreconditionFailed, "The record has changed since you saw it."},
	codeCursor:       {http.StatusUnprocessableEntity, "The cursor is not one of this list with these filters, or the server was started anew: begin at the first page."},
	codeBusy:         {http.StatusServiceUnavailable, "Too many requests are being answered; try again."},
	codeUnaccounted:  {http.StatusServiceUnavailable, "The access could not be recorded, so nothing is shown; try again."},
	codeTimeout:      {http.StatusServiceUnavailable, "The answer took too long; try again."},
	codeUnasked:      {http.StatusServiceUnavailable, "Who asks cannot be found out now; try again."},
	codeTooMany:      {http.StatusTooManyRequests, "You ask too often; Retry-After says when to ask again."},
	codeDraftStale:   {http.StatusPreconditionFailed, "If-Match does not name the versions of the draft that are current: ask for the draft."},
	codeDraftDivided: {http.StatusConflict, "The draft has several versions side by side: save one that takes the place of the others."},
	codeDraftSigned:  {http.StatusConflict, "The draft was signed: what is written now is another draft."},
	codeDraftsFull:   {http.StatusConflict, "You have as many drafts, or as much in them, as there may be: sign or discard some."},
	codeOfflineKept:  {http.StatusConflict, "There is a draft under the key of this act: mend it and sign it, or discard it."},
	codeFilesFull:    {http.StatusConflict, "The record has as many files, or as much in them, as there may be."},
	codeElsewhere:    {http.StatusServiceUnavailable, "What takes longer than a request is made by the node that seals the ledger: ask that one."},
	codeFailed:       {http.StatusInternalServerError, "Something went wrong here; it has been noted."},
}

func problem(code string, faults ...Fault) *Problem {
	t := titles[code]
	return &Problem{Type: "urn:caseledger:problem:" + code, Title: t.title, Status: t.status, Code: code, Faults: faults}
}

// problemOf says what an error means for the caller.
func problemOf(err error) *Problem {
	var p *Problem
	var conflict *eventstore.ConflictError
	var reused *eventstore.RequestReusedError
	var invalid *eventstore.ValidationError
	var refused domain.Refusals
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &conflict):
		return stale(conflict.Actual)
	case errors.As(err, &reused):
		return problem(codeKeyReused)
	case errors.As(err, &invalid):
		return problem(codeInvalid, faultsOf(invalid)...)
	case errors.As(err, &refused):
		return problem(codeInvalid, rulesOf(refused)...)
	case errors.Is(err, eventstore.ErrInvalid):
		return problem(codeInvalid, Fault{Rule: "not-storable", Reason: "What the act would record is more than one entry, or one intention, can hold."})
	case errors.Is(err, projections.ErrNoRecord):
		return problem(codeNotFound)
	case errors.Is(err, projections.ErrCursor):
		return problem(codeCursor)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		p = problem(codeTimeout)
	default:
		p = problem(codeFailed)
	}
	p.cause = err
	return p
}

func stale(at eventstore.Revision) *Problem {
	p := problem(codeStale)
	p.Revision, p.header = uint64(at), map[string]string{"ETag": etag(at)}
	return p
}

func faultsOf(e *eventstore.ValidationError) []Fault {
	faults := make([]Fault, len(e.Faults))
	for i, f := range e.Faults {
		faults[i] = Fault{Pointer: f.Pointer, Rule: f.Rule}
	}
	return faults
}

func rulesOf(r domain.Refusals) []Fault {
	faults := make([]Fault, len(r))
	for i, one := range r {
		faults[i] = Fault{Pointer: one.Pointer, Rule: one.Rule, Reason: one.Reason}
	}
	return faults
}

func etag(at eventstore.Revision) string { return `"` + strconv.FormatUint(uint64(at), 10) + `"` }
