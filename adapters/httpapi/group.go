package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/schema"
)

// GroupAct is the body of one act on several records: all of them are recorded,
// or none.
type GroupAct struct {
	Command string                    `json:"command" validate:"required,max=100,printascii"`
	Records []GroupRecord             `json:"records" validate:"required,min=1,max=50,unique=Record,dive"`
	Body    map[string]jsontext.Value `json:"body" validate:"required"`
}

// GroupRecord is a record that an act concerns, as the caller saw it.
type GroupRecord struct {
	Record   string `json:"record" validate:"required,len=32,hexadecimal"`
	Revision uint64 `json:"revision" validate:"required"`
}

// GroupReceipts are those of the records, in the order of their ids.
type GroupReceipts struct {
	Receipts []Receipt `json:"receipts"`
}

// group performs one act on several records, whole or not at all.
func (a *API) group(ctx context.Context, r *request) (reply, error) {
	var g GroupAct
	if err := unmarshal(r.body, &g); err != nil {
		return reply{}, err
	}
	command, named := a.View.Records.Named(g.Command)
	if !named || command.Name == registers {
		return reply{}, problem(codeInvalid, Fault{Pointer: "/command", Rule: "command"})
	}
	for _, part := range g.Records {
		if err := a.mayAct(ctx, r, command, domain.RecordID(part.Record)); err != nil {
			return reply{}, err
		}
	}
	what, faults := read(command, g.Body)
	for i := range faults {
		faults[i].Pointer = "/body" + faults[i].Pointer
	}
	if len(faults) > 0 {
		return reply{}, problem(codeInvalid, faults...)
	}
	for _, part := range g.Records {
		one := *r
		one.record = domain.RecordID(part.Record)
		if err := a.mayBecome(ctx, &one, one.record, what); err != nil {
			return reply{}, err
		}
	}
	key := r.Header.Get("Idempotency-Key")
	acts := make(map[domain.RecordID]eventstore.Act)
	for _, part := range g.Records {
		expect := eventstore.Revision(part.Revision)
		acts[domain.RecordID(part.Record)] = eventstore.Act{Expect: &expect, Request: r.caller.ID + "/" + key, Actor: r.actor(),
			Authority: domain.Authority{Basis: r.basis, Purpose: r.purpose}, Command: what}
	}
	ctx, span := a.Traces.Start(ctx, "act", r.op.id)
	span.Count(len(acts))
	receipts, err := a.View.Records.DoAll(ctx, string(a.newRecord(r.caller, "group/"+key)), acts)
	span.End(unexpected(err))
	if err != nil {
		return reply{}, groupProblem(err, g)
	}
	return grouped(receipts), nil
}

// mayAct reports whether the caller may perform the command on a record, which
// must exist. Both are judged of the record as of a request of its own.
func (a *API) mayAct(ctx context.Context, r *request, c schema.Command, id domain.RecordID) error {
	if !recordID(string(id)) {
		return problem(codeNotFound)
	}
	one := *r
	one.record = id
	if err := a.permit(ctx, &one, c.Name, groupAct, id); err != nil {
		return err
	}
	return a.exists(ctx, id)
}

func grouped(receipts []eventstore.Receipt) reply {
	body := GroupReceipts{}
	for _, one := range receipts {
		id, _ := schema.RecordOf(one.Stream)
		body.Receipts = append(body.Receipts, Receipt{Record: id, Revision: uint64(one.Revision), First: uint64(one.First),
			Entries: one.Events(), Position: uint64(one.Position)})
	}
	return reply{status: http.StatusCreated, body: body}
}

// groupProblem says what forbids an act, record by record. Where one record has
// changed since the caller saw it, nothing else is worth saying.
func groupProblem(err error, g GroupAct) error {
	var conflict *eventstore.ConflictError
	parts := partsOf(err)
	if errors.As(err, &conflict) || len(parts) == 0 {
		return err
	}
	var faults []Fault
	for _, part := range parts {
		p := problemOf(part.Err)
		if p.Code != codeInvalid {
			return err
		}
		for _, f := range p.Faults {
			if f.Pointer != "" {
				f.Pointer = "/body" + f.Pointer
			} else {
				f.Pointer = placeOf(part.Stream, g)
			}
			faults = append(faults, f)
		}
	}
	return problem(codeInvalid, faults...)
}

func placeOf(stream string, g GroupAct) string {
	for i, part := range g.Records {
		if schema.Stream(domain.RecordID(part.Record)) == stream {
			return fmt.Sprintf("/records/%d", i)
		}
	}
	return ""
}

// partsOf returns the records' errors that err joins.
func partsOf(err error) []*eventstore.PartError {
	if one, ok := err.(*eventstore.PartError); ok {
		return []*eventstore.PartError{one}
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var parts []*eventstore.PartError
	for _, one := range joined.Unwrap() {
		parts = append(parts, partsOf(one)...)
	}
	return parts
}
