package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/eventstore"
)

// bulkRecords is how many records a bulk request works on at one time.
const bulkRecords = 32

// Bulk is the body of a bulk request.
type Bulk struct {
	Items []jsontext.Value `json:"items" validate:"required,min=1,max=500"`
}

// BulkItem is one act of a bulk request.
type BulkItem struct {
	Command string `json:"command" validate:"required,max=100,printascii"`
	// Record is empty where a new one is opened.
	Record string `json:"record,omitempty" validate:"omitempty,len=32,hexadecimal"`
	// Revision is needed of the first item on a record; the next ones on it
	// follow the one before.
	Revision uint64                    `json:"revision,omitzero"`
	Body     map[string]jsontext.Value `json:"body" validate:"required"`
}

// bulkShape describes Bulk: its items are read one by one, so that a fault of
// one is not one of the others.
type bulkShape struct {
	Items []BulkItem `json:"items" validate:"required,min=1,max=500,dive"`
}

// Result is what became of one item: a receipt, or the problem with it.
type Result struct {
	Status  int      `json:"status"`
	Receipt *Receipt `json:"receipt,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

// Results are those of the items, in their order.
type Results struct {
	Results []Result `json:"results"`
}

// bulk performs up to MaxBulkItems acts. Each stands for itself; those on one
// record are performed in their order.
func (a *API) bulk(ctx context.Context, r *request) (reply, error) {
	var body Bulk
	if err := unmarshal(r.body, &body); err != nil {
		return reply{}, err
	}
	results := make([]Result, len(body.Items))
	items := make([]BulkItem, len(body.Items))
	groups := make(map[string][]int)
	for i, raw := range body.Items {
		if err := unmarshal(raw, &items[i]); err != nil {
			results[i] = failed(err)
			continue
		}
		group := items[i].Record
		if group == "" {
			group = strconv.Itoa(i)
		}
		groups[group] = append(groups[group], i)
	}
	a.each(ctx, r, items, groups, results)
	return reply{body: Results{results}}, nil
}

// each works on the groups of items, several at one time, and returns when all
// are done.
func (a *API) each(ctx context.Context, r *request, items []BulkItem, groups map[string][]int, results []Result) {
	var all sync.WaitGroup
	slots := make(chan struct{}, bulkRecords)
	for _, group := range groups {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			a.inOrder(ctx, r, items, group, results)
		})
	}
	all.Wait()
}

// inOrder performs the items of one record.
func (a *API) inOrder(ctx context.Context, r *request, items []BulkItem, group []int, results []Result) {
	var at eventstore.Revision
	for _, i := range group {
		if items[i].Revision > 0 {
			at = eventstore.Revision(items[i].Revision)
		}
		results[i] = a.item(ctx, r, i, items[i], at)
		if done := results[i].Receipt; done != nil {
			at = eventstore.Revision(done.Revision)
		}
	}
}

func (a *API) item(ctx context.Context, r *request, i int, item BulkItem, at eventstore.Revision) Result {
	one := *r // the item's own: its record and the policies that decide on it
	command, named := a.View.Records.Named(item.Command)
	if !named {
		return failed(problem(codeInvalid, Fault{Pointer: "/command", Rule: "command"}))
	}
	d := doing{record: domain.RecordID(item.Record), by: r.actor(), expect: &at, key: r.Header.Get("Idempotency-Key") + "/" + strconv.Itoa(i)}
	switch {
	case item.Record != "" && !recordID(item.Record):
		return failed(problem(codeNotFound))
	case (item.Record == "") != (command.Name == registers):
		return failed(problem(codeInvalid, Fault{Pointer: "/record", Rule: "only person.register opens a record"}))
	case item.Record == "":
		d.record, d.expect, d.opens = a.newRecord(r.caller, d.key), nil, true
	case at == 0:
		return failed(problem(codeNoRevision, Fault{Pointer: "/revision", Rule: "required"}))
	}
	one.record = domain.RecordID(item.Record)
	if err := a.permit(ctx, &one, command.Name, groupAct, one.record); err != nil {
		return failed(err)
	}
	d.command, d.faults = read(command, item.Body)
	out, err := a.do(ctx, &one, d)
	if err == nil && out.release != nil {
		err = a.released(ctx, &one, *out.release)
	}
	if err != nil {
		return failed(err)
	}
	receipt := out.body.(Receipt)
	status := http.StatusCreated
	if out.status != 0 {
		status = out.status
	}
	return Result{Status: status, Receipt: &receipt}
}

func failed(err error) Result {
	p := problemOf(err)
	return Result{Status: p.Status, Problem: p}
}

// unmarshal reads a body that is no command, with all its faults.
func unmarshal[T any](text []byte, to *T) error {
	members, err := object(text)
	if err != nil {
		return err
	}
	faults := fill(to, members)
	if invalid, ok := eventstore.Validate(*to).(*eventstore.ValidationError); ok {
		faults = append(faults, beside(faults, faultsOf(invalid))...)
	}
	if len(faults) > 0 {
		return problem(codeInvalid, faults...)
	}
	return nil
}
