package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/drafts"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/eventstore"
)

// Draft is the body of a draft: an act that somebody is writing, with as much
// of it as there is.
type Draft struct {
	Command string `json:"command,omitempty" validate:"max=100,printascii"`
	// Record is empty where the act opens one, or where it is not known yet.
	Record string `json:"record,omitempty" validate:"omitempty,len=32,hexadecimal"`
	// Body is the act's, as far as it is written; nothing in it is checked yet.
	Body map[string]jsontext.Value `json:"body" validate:"required"`
	// Captured is set where it was written on a device without a connection.
	Captured *domain.Captured `json:"captured,omitempty"`
}

// keptDraft is a draft as the store holds it.
type keptDraft struct {
	Draft
	// Refused is why an act of an offline queue was not recorded.
	Refused *Problem `json:"refused,omitempty"`
}

// DraftSaved says which version a save became. Others that are current were
// saved by a device that did not know of it.
type DraftSaved struct {
	Draft   string    `json:"draft"`
	Version uint64    `json:"version"`
	Current []uint64  `json:"current"`
	Expires time.Time `json:"expires,omitzero"`
}

// DraftVersions is a draft with all of its versions that are kept.
type DraftVersions struct {
	Draft    string         `json:"draft"`
	Expires  time.Time      `json:"expires,omitzero"` // left out: not by itself
	Versions []DraftVersion `json:"versions"`
}

// DraftVersion is a draft as it was saved once.
type DraftVersion struct {
	Version uint64                    `json:"version"`
	After   []uint64                  `json:"after,omitempty"` // the versions whose place it took
	Saved   time.Time                 `json:"saved"`
	Current bool                      `json:"current"`
	Command string                    `json:"command,omitempty"`
	Record  string                    `json:"record,omitempty"`
	Body    map[string]jsontext.Value `json:"body"`
	// Captured and Refused are those of an act of an offline queue that was
	// refused.
	Captured *domain.Captured `json:"captured,omitempty"`
	Refused  *Problem         `json:"refused,omitempty"`
}

// DraftList are the caller's drafts, without what they say.
type DraftList struct {
	Drafts []DraftLine `json:"drafts"`
}

// DraftLine is one draft in the list.
type DraftLine struct {
	Draft   string    `json:"draft"`
	Command string    `json:"command,omitempty"`
	Record  string    `json:"record,omitempty"`
	Saved   time.Time `json:"saved"`
	Expires time.Time `json:"expires,omitzero"`
	Current []uint64  `json:"current"`
	Refused bool      `json:"refused"` // an act of an offline queue that was not recorded
}

// DraftGone says how many versions a draft had that is no more.
type DraftGone struct {
	Versions int `json:"versions"`
}

// Signing is the body of a signature.
type Signing struct {
	// Revision is where the record is, as the author saw it; left out where the
	// draft opens a record.
	Revision uint64 `json:"revision,omitzero"`
}

// saveDraft keeps a version of a draft. What it says is not checked, and not an
// access to a record: it is what the author typed.
func (a *API) saveDraft(ctx context.Context, r *request) (reply, error) {
	var d Draft
	if err := unmarshal(r.body, &d); err != nil {
		return reply{}, err
	}
	if d.Captured != nil && !sound(d.Captured.At) {
		return reply{}, problem(codeInvalid, Fault{Pointer: "/captured/at", Rule: "time"})
	}
	after, err := r.versions(false)
	if err != nil {
		return reply{}, err
	}
	saved, err := a.keep(ctx, r, r.PathValue("draft"), after, keptDraft{Draft: d}, false)
	if err != nil {
		return reply{}, err
	}
	return reply{revision: eventstore.Revision(saved.Version), body: saved}, nil
}

// keep saves a draft of the caller.
func (a *API) keep(ctx context.Context, r *request, id string, after []uint64, d keptDraft, stays bool) (DraftSaved, error) {
	text, err := json.Marshal(d, json.Deterministic(true)) // so that a repeat is the same version
	if err != nil {
		return DraftSaved{}, err
	}
	saved, err := a.Drafts.Save(ctx, drafts.Save{Author: r.caller.ID, ID: id, After: after, Content: text, Stays: stays})
	if err != nil {
		return DraftSaved{}, draftProblem(err)
	}
	return DraftSaved{id, saved.Version, saved.Current, saved.Expires}, nil
}

func draftProblem(err error) error {
	for known, code := range map[error]string{
		drafts.ErrNone: codeNotFound, drafts.ErrID: codeNotFound, drafts.ErrStale: codeDraftStale, drafts.ErrSigned: codeDraftSigned,
		drafts.ErrDivided: codeDraftDivided, drafts.ErrFull: codeDraftsFull,
	} {
		if errors.Is(err, known) {
			return problem(code)
		}
	}
	return err
}

// versions reads the versions of If-Match: "2", "3".
func (r *request) versions(required bool) ([]uint64, error) {
	text := r.Header.Get("If-Match")
	if text == "" && !required {
		return nil, nil
	}
	if text == "" {
		return nil, problem(codeNoRevision, Fault{Parameter: "If-Match", Rule: "required"})
	}
	var all []uint64
	for one := range strings.SplitSeq(text, ",") {
		number, ok := parseETag(strings.TrimSpace(one))
		if !ok || len(all) == drafts.MaxCurrent {
			return nil, problem(codeMalformed, Fault{Parameter: "If-Match", Rule: "etags"})
		}
		all = append(all, uint64(number))
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (a *API) readDraft(ctx context.Context, r *request) (reply, error) {
	d, err := a.Drafts.Get(ctx, r.caller.ID, r.PathValue("draft"))
	if err != nil {
		return reply{}, draftProblem(err)
	}
	out := DraftVersions{Draft: d.ID, Expires: d.Expires}
	release := &access.Released{View: "draft", Rows: len(d.Versions)}
	for _, v := range d.Versions {
		kept, err := contentOf(v)
		if err != nil {
			return reply{}, err
		}
		out.Versions = append(out.Versions, DraftVersion{v.Number, v.After, v.Saved, v.Current, kept.Command, kept.Record, kept.Body, kept.Captured, kept.Refused})
		release.Records = withRecord(release.Records, kept.Record)
	}
	answer := reply{body: out, release: release}
	if current := d.Current(); len(current) == 1 {
		answer.revision = eventstore.Revision(current[0])
	}
	return answer, nil
}

// withRecord adds the record that a draft names, once.
func withRecord(all []string, record string) []string {
	if record == "" || slices.Contains(all, record) {
		return all
	}
	return append(all, record)
}

func contentOf(v drafts.Version) (keptDraft, error) {
	var kept keptDraft
	err := json.Unmarshal(v.Content, &kept, json.RejectUnknownMembers(true))
	return kept, err
}

func (a *API) listDrafts(ctx context.Context, r *request) (reply, error) {
	all, err := a.Drafts.List(ctx, r.caller.ID)
	if err != nil {
		return reply{}, err
	}
	out := DraftList{Drafts: []DraftLine{}}
	release := &access.Released{View: "drafts", Rows: len(all)}
	for _, d := range all {
		last := d.Versions[len(d.Versions)-1]
		kept, err := contentOf(last)
		if err != nil {
			return reply{}, err
		}
		out.Drafts = append(out.Drafts, DraftLine{d.ID, kept.Command, kept.Record, last.Saved, d.Expires, d.Current(), kept.Refused != nil})
		release.Records = withRecord(release.Records, kept.Record)
	}
	return reply{body: out, release: release}, nil
}

// discardDraft removes a draft for good, if the caller knows all that is
// current of it.
func (a *API) discardDraft(ctx context.Context, r *request) (reply, error) {
	d, err := a.wholly(ctx, r)
	if err != nil {
		return reply{}, err
	}
	if err := a.Drafts.Discard(ctx, r.caller.ID, d.ID); err != nil {
		return reply{}, draftProblem(err)
	}
	return reply{body: DraftGone{len(d.Versions)}}, nil
}

// wholly returns the draft of a request whose If-Match names all versions of it
// that are current, and no other.
func (a *API) wholly(ctx context.Context, r *request) (drafts.Draft, error) {
	seen, err := r.versions(true)
	if err != nil {
		return drafts.Draft{}, err
	}
	d, err := a.Drafts.Get(ctx, r.caller.ID, r.PathValue("draft"))
	if err != nil {
		return d, draftProblem(err)
	}
	if !slices.Equal(seen, d.Current()) {
		return d, problem(codeDraftStale)
	}
	return d, nil
}

// signDraft makes a draft an act, under its own id as the key: the draft is then
// gone, and whoever asks again is given the first answer.
func (a *API) signDraft(ctx context.Context, r *request) (reply, error) {
	id := r.PathValue("draft")
	if before, err := a.Drafts.Answer(ctx, r.caller.ID, id); !errors.Is(err, drafts.ErrNone) {
		return signedBefore(before, err)
	}
	var s Signing
	if err := unmarshal(r.body, &s); err != nil {
		return reply{}, err
	}
	d, err := a.wholly(ctx, r)
	if err != nil {
		return reply{}, err
	}
	if len(d.Current()) > 1 {
		return reply{}, problem(codeDraftDivided)
	}
	version, _ := d.Find(d.Current()[0])
	kept, err := contentOf(version)
	if err != nil {
		return reply{}, err
	}
	act, err := a.signing(ctx, r, id, kept, eventstore.Revision(s.Revision))
	if err != nil {
		return reply{}, err
	}
	out, err := a.do(ctx, r, act)
	if err != nil || r.query.is(dryRun) {
		return out, err
	}
	text, err := json.Marshal(out.body, json.Deterministic(true))
	if err != nil {
		return reply{}, err
	}
	return out, a.Drafts.Finish(ctx, r.caller.ID, id, version.Number, text)
}

func signedBefore(answer jsontext.Value, err error) (reply, error) {
	var receipt Receipt
	if err == nil {
		err = json.Unmarshal(answer, &receipt)
	}
	return reply{revision: eventstore.Revision(receipt.Revision), repeated: true, body: receipt}, err
}

// signing returns the act that a draft is, which the caller may perform.
func (a *API) signing(ctx context.Context, r *request, id string, kept keptDraft, at eventstore.Revision) (doing, error) {
	command, named := a.View.Records.Named(kept.Command)
	act := doing{record: domain.RecordID(kept.Record), by: r.actor(), expect: &at, key: id, captured: kept.Captured}
	switch {
	case !named:
		return act, problem(codeInvalid, Fault{Pointer: "/command", Rule: "command"})
	case (kept.Record == "") != (command.Name == registers):
		return act, problem(codeInvalid, Fault{Pointer: "/record", Rule: "only person.register opens a record"})
	case kept.Record == "":
		act.record, act.expect, act.opens = a.newRecord(r.caller, id), nil, true
	case !recordID(kept.Record):
		return act, problem(codeNotFound)
	case at == 0:
		return act, problem(codeNoRevision, Fault{Pointer: "/revision", Rule: "required"})
	}
	r.record = domain.RecordID(kept.Record)
	if err := a.permit(ctx, r, command.Name, groupAct, r.record); err != nil {
		return act, err
	}
	act.command, act.faults = read(command, kept.Body)
	return act, nil
}

// draftOperations is what can be asked about the caller's own drafts.
func draftOperations() []operation {
	one := "/v1/drafts/{draft}"
	save, sign := "Save a version of a draft; If-Match names the versions whose place it takes, none for a first one.",
		"Make a draft an act on its record, with the draft's id as the key. A repeat gets the first answer."
	return []operation{
		{id: "draft.list", method: http.MethodGet, path: "/v1/drafts", group: groupDraft, text: "The caller's drafts, without what they say; the one saved last first.",
			status: http.StatusOK, reply: reflect.TypeFor[DraftList](), serve: (*API).listDrafts},
		{id: "draft.read", method: http.MethodGet, path: one, group: groupDraft, text: "One of the caller's drafts, with all versions that are kept.",
			status: http.StatusOK, reply: reflect.TypeFor[DraftVersions](), serve: (*API).readDraft},
		{id: "draft.save", method: http.MethodPut, path: one, group: groupDraft, text: save, body: structSchema("draft.save", save, reflect.TypeFor[Draft]()),
			status: http.StatusOK, reply: reflect.TypeFor[DraftSaved](), serve: (*API).saveDraft},
		{id: "draft.discard", method: http.MethodDelete, path: one, group: groupDraft,
			text:   "Remove a draft; If-Match names all its current versions.",
			status: http.StatusOK, reply: reflect.TypeFor[DraftGone](), serve: (*API).discardDraft},
		{id: "draft.sign", method: http.MethodPost, path: one + "/sign", group: groupDraft, text: sign, params: []param{dryRun},
			body: structSchema("draft.sign", sign, reflect.TypeFor[Signing]()), status: http.StatusCreated, reply: reflect.TypeFor[Receipt](), serve: (*API).signDraft},
	}
}
