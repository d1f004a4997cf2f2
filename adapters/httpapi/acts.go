package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Receipt says what an act recorded.
type Receipt struct {
	Record   domain.RecordID `json:"record"`
	Revision uint64          `json:"revision"`          // of the record after the act
	First    uint64          `json:"first,omitzero"`    // entry that the act recorded, the first of them
	Entries  int             `json:"entries"`           // how many
	Position uint64          `json:"position,omitzero"` // in the feed, of the last of them
	Would    []string        `json:"would,omitempty"`   // of a dry run: the types of the events
}

// doing is one act: on which record, decided on which revision, and what.
type doing struct {
	record  domain.RecordID
	by      domain.Actor         // the caller
	opens   bool                 // a new record
	expect  *eventstore.Revision // nil for a new record, and where the latest will do
	key     string
	command any
	faults  []Fault // of its shape
	// captured is set where the act was done away from the ledger.
	captured *domain.Captured
}

// act performs a command of the catalogue.
func (a *API) act(ctx context.Context, r *request, c schema.Command) (reply, error) {
	members, err := object(r.body)
	if err != nil {
		return reply{}, err
	}
	d := doing{record: r.record, by: r.actor(), key: r.Header.Get("Idempotency-Key")}
	if at, ok := parseETag(r.Header.Get("If-Match")); ok && r.op.pinned {
		d.expect = &at
	}
	if d.record == "" {
		d.record, d.expect, d.opens = a.newRecord(r.caller, d.key), nil, true
	}
	name := pathMember(c)
	_, twice := members[name]
	if name != "" {
		if members[name], err = pathValue(c, r.PathValue(name)); err != nil {
			return reply{}, err
		}
	}
	d.command, d.faults = read(c, members)
	if twice && name != "" {
		d.faults = append(d.faults, Fault{Rule: "unknown-member"})
	}
	return a.do(ctx, r, d)
}

// read makes a command of its members.
func read(c schema.Command, members map[string]jsontext.Value) (any, []Fault) {
	v := reflect.New(c.Go)
	faults := fill(v.Interface(), members)
	return v.Elem().Interface(), faults
}

// do performs an act, or says what it would record.
func (a *API) do(ctx context.Context, r *request, d doing) (reply, error) {
	if !d.opens {
		if err := a.exists(ctx, d.record); err != nil {
			return reply{}, err
		}
	}
	if len(d.faults) > 0 {
		return reply{}, a.invalid(ctx, d)
	}
	if err := a.mayBecome(ctx, r, d.record, d.command); err != nil {
		return reply{}, err
	}
	if r.query.is(dryRun) {
		return a.try(ctx, d)
	}
	receipt, err := a.record(ctx, r, d)
	var invalid *eventstore.ValidationError
	if errors.As(err, &invalid) {
		return reply{}, a.invalid(ctx, d)
	}
	if err != nil {
		return reply{}, err
	}
	out := reply{revision: receipt.Revision, repeated: receipt.Repeated, body: Receipt{Record: d.record, Revision: uint64(receipt.Revision),
		First: uint64(receipt.First), Entries: receipt.Events(), Position: uint64(receipt.Position)}}
	if d.opens {
		out.location = "/v1/records/" + string(d.record)
	}
	return out, nil
}

// mayBecome asks the policies about the commands that answers to a form become:
// a form is no way round them.
func (a *API) mayBecome(ctx context.Context, r *request, id domain.RecordID, command any) error {
	names, err := a.View.Records.Becomes(ctx, id, command)
	for _, name := range names {
		if err := a.permit(ctx, r, name, groupAct, id); err != nil {
			return err
		}
	}
	return err
}

func (a *API) exists(ctx context.Context, id domain.RecordID) error {
	_, _, err := a.View.Record(ctx, id)
	return err
}

// record performs an act. Of two requests with one key that come together, the
// one that lost the race finds the other's receipt.
func (a *API) record(ctx context.Context, r *request, d doing) (eventstore.Receipt, error) {
	ctx, span := a.Traces.Start(ctx, "act", r.op.id)
	receipt, err := a.perform(ctx, r, d)
	span.End(unexpected(err))
	return receipt, err
}

// unexpected is the error of an act that is more than a refusal.
func unexpected(err error) error {
	if err != nil && problemOf(err).Status < http.StatusInternalServerError {
		return nil
	}
	return err
}

func (a *API) perform(ctx context.Context, r *request, d doing) (eventstore.Receipt, error) {
	act := eventstore.Act{Expect: d.expect, Request: r.caller.ID + "/" + d.key, Actor: r.actor(),
		Authority: domain.Authority{Basis: r.basis, Purpose: r.purpose}, Command: d.command, Captured: d.captured}
	perform := a.View.Records.Do
	if _, corrects := d.command.(schema.Correction); corrects {
		perform = a.View.Records.Correct
	}
	receipt, err := perform(ctx, d.record, act)
	var conflict *eventstore.ConflictError
	if errors.As(err, &conflict) {
		receipt, err = perform(ctx, d.record, act)
	}
	return receipt, err
}

// invalid gathers all that is wrong with an act: its shape, its members, and
// the rules that forbid it.
func (a *API) invalid(ctx context.Context, d doing) error {
	faults := d.faults
	var invalid *eventstore.ValidationError
	if err := eventstore.Validate(d.command); errors.As(err, &invalid) {
		faults = append(faults, beside(d.faults, inBody(d.command, faultsOf(invalid)))...)
	} else if err != nil {
		return err
	}
	_, _, err := a.View.Records.Try(ctx, d.record, d.by, d.command)
	var refused domain.Refusals
	switch {
	case errors.As(err, &refused):
		faults = append(faults, rulesOf(refused)...)
	case err != nil:
		return err
	}
	return problem(codeInvalid, faults...)
}

// inBody gives the faults of a correction the places that they have in its
// body, where the other command's members stand under "body".
func inBody(command any, faults []Fault) []Fault {
	if _, corrects := command.(schema.Correction); !corrects {
		return faults
	}
	for i, f := range faults {
		if inner, ok := strings.CutPrefix(f.Pointer, "/command/"); ok {
			faults[i].Pointer = "/body/" + inner
		}
	}
	return faults
}

// try answers what an act would record. That it would be refused tells of the
// record, so a dry run counts as an access.
func (a *API) try(ctx context.Context, d doing) (reply, error) {
	var invalid *eventstore.ValidationError
	if err := eventstore.Validate(d.command); errors.As(err, &invalid) {
		return reply{}, a.invalid(ctx, d)
	} else if err != nil {
		return reply{}, err
	}
	facts, at, err := a.View.Records.Try(ctx, d.record, d.by, d.command)
	if err != nil {
		return reply{}, err
	}
	if d.expect != nil && *d.expect != at {
		return reply{}, stale(at)
	}
	out := Receipt{Record: d.record, Revision: uint64(at) + uint64(len(facts)), Entries: len(facts)}
	for _, f := range facts {
		kind, ok := a.View.Codec.TypeOf(f.Event)
		if ok {
			out.Would = append(out.Would, kind.Name)
		}
	}
	return reply{status: http.StatusOK, body: out, release: &access.Released{Revision: uint64(at), View: "dry-run", Rows: len(facts)}}, nil
}

// newRecord returns the id of the record that a caller's key opens. Without the
// secret it cannot be told from a random one.
func (a *API) newRecord(c Caller, key string) domain.RecordID {
	mac := hmac.New(sha256.New, a.Secret)
	mac.Write([]byte(c.ID + "\x00" + key))
	return domain.RecordID(hex.EncodeToString(mac.Sum(nil)[:16]))
}

// pathValue returns a part of the address as a member of the command.
func pathValue(c schema.Command, text string) (jsontext.Value, error) {
	field := c.Go.FieldByIndex(fieldsOf(c.Go)[pathMember(c)])
	if field.Type.Kind() == reflect.Uint64 {
		if !between(text, 1, 1<<53) {
			return nil, problem(codeNotFound)
		}
		return jsontext.Value(text), nil
	}
	if !printable(text, 64) {
		return nil, problem(codeNotFound)
	}
	value, err := json.Marshal(text)
	return value, err
}

// Correcting is the body of a correction: another command in the place of an
// entry.
type Correcting struct {
	Reason  string                    `json:"reason" validate:"required,max=500"`
	Command string                    `json:"command" validate:"required,max=100,printascii"`
	Body    map[string]jsontext.Value `json:"body" validate:"required"`
}

// correct replaces an entry by what another command records.
func (a *API) correct(ctx context.Context, r *request) (reply, error) {
	members, err := object(r.body)
	if err != nil {
		return reply{}, err
	}
	var c Correcting
	faults := fill(&c, members)
	if !between(r.PathValue("entry"), 1, 1<<53) {
		return reply{}, problem(codeNotFound)
	}
	entry, err := strconv.ParseUint(r.PathValue("entry"), 10, 64)
	if err != nil {
		return reply{}, problem(codeNotFound)
	}
	command, named := a.View.Records.Named(c.Command)
	if !named {
		return reply{}, problem(codeInvalid, append(faults, Fault{Pointer: "/command", Rule: "command"})...)
	}
	if err := a.permit(ctx, r, command.Name, groupAct, r.record); err != nil {
		return reply{}, err
	}
	at, _ := parseETag(r.Header.Get("If-Match"))
	d := doing{record: r.record, by: r.actor(), expect: &at, key: r.Header.Get("Idempotency-Key")}
	what, bad := read(command, c.Body)
	for _, f := range bad {
		f.Pointer = "/body" + f.Pointer
		faults = append(faults, f)
	}
	d.command, d.faults = schema.Correction{Entry: entry, Reason: c.Reason, Command: what}, faults
	return a.do(ctx, r, d)
}
