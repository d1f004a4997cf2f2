package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/drafts"
	"caseledger/domain"
)

// Offline is the body of an upload: acts that the caller did on a device without
// a connection, in the order in which they were done.
type Offline struct {
	Device string           `json:"device" validate:"required,max=100,printascii"`
	Items  []jsontext.Value `json:"items" validate:"required,min=1,max=500"`
}

// OfflineItem is one act of an upload.
type OfflineItem struct {
	// Key is the act's own for ever, drawn when it was done: a repeat is known by
	// it, and nothing else makes two acts one.
	Key      string    `json:"key" validate:"required,max=64,printascii"`
	Sequence uint64    `json:"sequence" validate:"required"`
	At       time.Time `json:"at" validate:"required"` // by the clock of the device
	Seen     uint64    `json:"seen,omitzero"`          // the revision of the record that the device had
	Command  string    `json:"command" validate:"required,max=100,printascii"`
	// Record is empty where the act opens one, and where OpenedBy says which one
	// it is: the key of the act that opened it.
	Record   string                    `json:"record,omitempty" validate:"omitempty,len=32,hexadecimal"`
	OpenedBy string                    `json:"openedBy,omitempty" validate:"max=64"`
	Body     map[string]jsontext.Value `json:"body" validate:"required"`
}

// offlineShape describes Offline: its items are read one by one.
type offlineShape struct {
	Device string        `json:"device" validate:"required,max=100,printascii"`
	Items  []OfflineItem `json:"items" validate:"required,min=1,max=500,dive"`
}

// OfflineResult is what became of one act. The device may forget an act that has
// a receipt or is kept, and no other.
type OfflineResult struct {
	Status   int      `json:"status"`
	Receipt  *Receipt `json:"receipt,omitempty"`
	Repeated bool     `json:"repeated,omitzero"` // the act had been recorded before
	Problem  *Problem `json:"problem,omitempty"`
	// Kept is whether a refused act is a draft of the caller's now, under its key:
	// to be mended and signed, and not to expire.
	Kept bool `json:"kept,omitzero"`
}

// OfflineResults are those of the items, in their order.
type OfflineResults struct {
	Results []OfflineResult `json:"results"`
}

// queued is an item on its way.
type queued struct {
	OfflineItem
	record domain.RecordID
	result OfflineResult
	keep   bool // refused, and not kept yet
}

// offline performs the acts of an upload one after the other, each on its record
// as it is now. What is refused is kept as a draft. When the server cannot go on
// it stops, so that no act is recorded before one that was done earlier.
func (a *API) offline(ctx context.Context, r *request) (reply, error) {
	var body Offline
	if err := unmarshal(r.body, &body); err != nil {
		return reply{}, err
	}
	items := make([]queued, len(body.Items))
	var last uint64
	var stopped error
	for i, raw := range body.Items {
		one := &items[i]
		if stopped != nil {
			one.result = offlineFailed(stopped)
			continue
		}
		if err := readOffline(raw, &one.OfflineItem); err != nil {
			one.result = offlineFailed(err)
			continue
		}
		inOrder := one.Sequence > last
		last = max(last, one.Sequence)
		a.offlineOne(ctx, r, body.Device, inOrder, one)
		if p := one.result.Problem; p != nil && p.Status >= http.StatusInternalServerError {
			stopped = p
		}
	}
	a.keepRefused(ctx, r, body.Device, items)
	out := OfflineResults{Results: make([]OfflineResult, len(items))}
	for i, one := range items {
		out.Results[i] = one.result
	}
	return reply{body: out}, nil
}

func offlineFailed(err error) OfflineResult {
	p := problemOf(err)
	return OfflineResult{Status: p.Status, Problem: p}
}

// readOffline reads an item. One that is no item at all cannot be kept.
func readOffline(raw []byte, to *OfflineItem) error {
	if err := unmarshal(raw, to); err != nil {
		return err
	}
	var faults []Fault
	if !drafts.ValidID(to.Key) {
		faults = append(faults, Fault{Pointer: "/key", Rule: "a-z A-Z 0-9 _ -"})
	}
	if !sound(to.At) {
		faults = append(faults, Fault{Pointer: "/at", Rule: "time"})
	}
	if len(faults) > 0 {
		return problem(codeInvalid, faults...)
	}
	return nil
}

// sound reports whether a device's clock may be recorded: one that was never set
// says 1970.
func sound(at time.Time) bool {
	year := at.UTC().Year()
	return 1970 <= year && year <= 9999
}

// offlineOne performs an act, unless what became of it is known.
func (a *API) offlineOne(ctx context.Context, r *request, device string, inOrder bool, one *queued) {
	known, err := a.offlineBefore(ctx, r, one)
	if known {
		return
	}
	if err == nil && !inOrder {
		err = problem(codeInvalid, Fault{Pointer: "/sequence", Rule: "ascending"})
	}
	var out reply
	if err == nil {
		out, err = a.offlineAct(ctx, r, device, one)
	}
	if err != nil {
		one.result = offlineFailed(err)
		one.keep = one.result.Status < http.StatusInternalServerError
		return
	}
	receipt := out.body.(Receipt)
	one.result = OfflineResult{Status: http.StatusCreated, Receipt: &receipt, Repeated: out.repeated}
}

// offlineBefore answers an act that was refused before and is kept, or that was
// mended and signed since.
func (a *API) offlineBefore(ctx context.Context, r *request, one *queued) (known bool, err error) {
	answer, err := a.Drafts.Answer(ctx, r.caller.ID, one.Key)
	if err == nil {
		before, err := signedBefore(answer, nil)
		receipt, _ := before.body.(Receipt)
		one.result = OfflineResult{Status: http.StatusCreated, Receipt: &receipt, Repeated: true}
		return err == nil, err
	}
	if !errors.Is(err, drafts.ErrNone) {
		return false, err
	}
	d, err := a.Drafts.Get(ctx, r.caller.ID, one.Key)
	if errors.Is(err, drafts.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	one.result = offlineFailed(problem(codeOfflineKept))
	one.result.Kept = true
	if first, err := contentOf(d.Versions[0]); err == nil && first.Refused != nil {
		one.result.Status, one.result.Problem = first.Refused.Status, first.Refused
	}
	return true, nil
}

// offlineAct performs an act on its record as it is now: the rules of the record
// decide, and the entry says how much of it the author knew.
func (a *API) offlineAct(ctx context.Context, r *request, device string, item *queued) (reply, error) {
	one := *r // the item's own: its record and the policies that decide on it
	command, named := a.View.Records.Named(item.Command)
	opens := named && command.Name == registers
	switch {
	case item.Record != "":
		item.record = domain.RecordID(item.Record)
	case item.OpenedBy != "":
		item.record = a.newRecord(r.caller, item.OpenedBy)
	}
	switch {
	case !named:
		return reply{}, problem(codeInvalid, Fault{Pointer: "/command", Rule: "command"})
	case opens != (item.record == "") || item.Record != "" && item.OpenedBy != "":
		return reply{}, problem(codeInvalid, Fault{Pointer: "/record", Rule: "only person.register opens a record"})
	case !opens && !recordID(string(item.record)):
		return reply{}, problem(codeNotFound)
	}
	one.record = item.record
	if err := a.permit(ctx, &one, command.Name, groupAct, one.record); err != nil {
		return reply{}, err
	}
	d := doing{record: item.record, by: r.actor(), key: item.Key, captured: item.captured(device)}
	if opens {
		d.record, d.opens = a.newRecord(r.caller, item.Key), true
	} else if err := a.exists(ctx, d.record); err != nil {
		return reply{}, err
	}
	d.command, d.faults = read(command, item.Body)
	return a.do(ctx, &one, d)
}

func (item OfflineItem) captured(device string) *domain.Captured {
	return &domain.Captured{Device: device, Sequence: item.Sequence, At: item.At, Seen: item.Seen}
}

// keepRefused makes drafts of what was refused, all at once.
func (a *API) keepRefused(ctx context.Context, r *request, device string, items []queued) {
	var all sync.WaitGroup
	for i := range items {
		one := &items[i]
		if !one.keep {
			continue
		}
		all.Go(func() {
			d := keptDraft{Draft: Draft{Command: one.Command, Record: string(one.record), Body: one.Body, Captured: one.captured(device)}, Refused: one.result.Problem}
			_, err := a.keep(ctx, r, one.Key, nil, d, true)
			one.result.Kept = err == nil
		})
	}
	all.Wait()
}

// offlineOperation is the upload.
func offlineOperation() operation {
	text := "Record up to 500 acts that were done without a connection, one after the other; what is refused is kept as a draft."
	return operation{id: "offline.upload", method: http.MethodPost, path: "/v1/offline", group: groupAct, text: text,
		body: structSchema("offline.upload", text, reflect.TypeFor[offlineShape]()), status: http.StatusOK, reply: reflect.TypeFor[OfflineResults](), serve: (*API).offline}
}
