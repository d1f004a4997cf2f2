// Code generated from the OpenAPI file by adapters/httpapi/client_test.go; DO NOT EDIT.

package client

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// AccessSearchQuery are the parameters of [Client.AccessSearch]; one that is empty is not given.
type AccessSearchQuery struct {
	Record string // Only what concerns this record.
	Caller string // Only what this caller did.
	From   string // From this day on, in UTC; today if not given.
	To     string // Up to this day, in UTC; today if not given.
	Limit  int64  // At most this many rows; 100 if not given.
}

func (q AccessSearchQuery) values() url.Values {
	v := url.Values{}
	set(v, "record", q.Record)
	set(v, "caller", q.Caller)
	set(v, "from", q.From)
	set(v, "to", q.To)
	set(v, "limit", q.Limit)
	return v
}

// AccessSearch: Who was given, or denied, what.
func (c *Client) AccessSearch(ctx context.Context, query AccessSearchQuery) (out Accesses, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/accesses", query: query.values()}, &out)
	return out, err
}

// AccessExportQuery are the parameters of [Client.AccessExport]; one that is empty is not given.
type AccessExportQuery struct {
	Record string // Only what concerns this record.
	Caller string // Only what this caller did.
	From   string // From this day on, in UTC; today if not given.
	To     string // Up to this day, in UTC; today if not given.
}

func (q AccessExportQuery) values() url.Values {
	v := url.Values{}
	set(v, "record", q.Record)
	set(v, "caller", q.Caller)
	set(v, "from", q.From)
	set(v, "to", q.To)
	return v
}

// AccessPatternsQuery are the parameters of [Client.AccessPatterns]; one that is empty is not given.
type AccessPatternsQuery struct {
	Caller string // Only what this caller did.
	From   string // From this day on, in UTC; today if not given.
	To     string // Up to this day, in UTC; today if not given.
}

func (q AccessPatternsQuery) values() url.Values {
	v := url.Values{}
	set(v, "caller", q.Caller)
	set(v, "from", q.From)
	set(v, "to", q.To)
	return v
}

// AccessPatterns: What is odd in who was given, or denied, what, by caller and day.
func (c *Client) AccessPatterns(ctx context.Context, query AccessPatternsQuery) (out Patterns, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/accesses/patterns", query: query.values()}, &out)
	return out, err
}

// GroupPerform is the body of [Client.GroupPerform]. Perform one act on up to 50 records: all of them are recorded, or none.
type GroupPerform struct {
	Command string                `json:"command"`
	Records []GroupPerformRecords `json:"records"`
	Body    map[string]any        `json:"body"`
}

// GroupPerformRecords is a part of [GroupPerform].
type GroupPerformRecords struct {
	Record   string `json:"record"`
	Revision int64  `json:"revision"`
}

// GroupPerform: Perform one act on up to 50 records: all of them are recorded, or none.
func (c *Client) GroupPerform(ctx context.Context, act Act, body GroupPerform) (out GroupReceipts, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/acts", body: body, act: &act}, &out)
	return out, err
}

// AllocationListQuery are the parameters of [Client.AllocationList]; one that is empty is not given.
type AllocationListQuery struct {
	Worker string // Only the work of this worker.
	Team   string // Only the work of this team.
	Record string // Only what concerns this record.
	Open   bool   // Only cases that are held now.
	Limit  int64  // At most this many rows; 100 if not given.
	Cursor string // The `next` of the page before.
}

func (q AllocationListQuery) values() url.Values {
	v := url.Values{}
	set(v, "worker", q.Worker)
	set(v, "team", q.Team)
	set(v, "record", q.Record)
	set(v, "open", q.Open)
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// AllocationList: Who of which team held which case, from when to when.
func (c *Client) AllocationList(ctx context.Context, query AllocationListQuery) (out Allocations, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/allocations", query: query.values()}, &out)
	return out, err
}

// BreakGlassListQuery are the parameters of [Client.BreakGlassList]; one that is empty is not given.
type BreakGlassListQuery struct {
	Worker string // Only the work of this worker.
	Team   string // Only the work of this team.
	Record string // Only what concerns this record.
	Waits  bool   // Only those that wait for a review.
	Limit  int64  // At most this many rows; 100 if not given.
	Cursor string // The `next` of the page before.
}

func (q BreakGlassListQuery) values() url.Values {
	v := url.Values{}
	set(v, "worker", q.Worker)
	set(v, "team", q.Team)
	set(v, "record", q.Record)
	set(v, "waits", q.Waits)
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// BreakGlassList: Who opened which record in an emergency, why, and what a review made of it.
func (c *Client) BreakGlassList(ctx context.Context, query BreakGlassListQuery) (out Openings, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/break-glass", query: query.values()}, &out)
	return out, err
}

// BulkPerformQuery are the parameters of [Client.BulkPerform]; one that is empty is not given.
type BulkPerformQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BulkPerformQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BulkPerform is the body of [Client.BulkPerform]. Perform up to 500 acts; each stands for itself and has a result of its own.
type BulkPerform struct {
	Items []BulkPerformItems `json:"items"`
}

// BulkPerformItems is a part of [BulkPerform].
type BulkPerformItems struct {
	Command  string         `json:"command"`
	Record   string         `json:"record,omitzero"`
	Revision *int64         `json:"revision,omitzero"`
	Body     map[string]any `json:"body"`
}

// BulkPerform: Perform up to 500 acts; each stands for itself and has a result of its own.
func (c *Client) BulkPerform(ctx context.Context, act Act, query BulkPerformQuery, body BulkPerform) (out Results, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/bulk", query: query.values(), body: body, act: &act}, &out)
	return out, err
}

// CaseloadListQuery are the parameters of [Client.CaseloadList]; one that is empty is not given.
type CaseloadListQuery struct {
	Worker      string // Only the work of this worker.
	Team        string // Only the work of this team.
	Kind        string // Only work of this kind: referral, assessment, protection-plan-review …
	Unallocated bool   // Only work that nobody holds.
	Overdue     bool   // Only work that is overdue today, or on trueOn.
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	Limit       int64  // At most this many rows; 100 if not given.
	Cursor      string // The `next` of the page before.
}

func (q CaseloadListQuery) values() url.Values {
	v := url.Values{}
	set(v, "worker", q.Worker)
	set(v, "team", q.Team)
	set(v, "kind", q.Kind)
	set(v, "unallocated", q.Unallocated)
	set(v, "overdue", q.Overdue)
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// CaseloadList: Open work: who holds it, and what is due or overdue.
func (c *Client) CaseloadList(ctx context.Context, query CaseloadListQuery) (out Caseload, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/caseloads", query: query.values()}, &out)
	return out, err
}

// DraftList: The caller's drafts, without what they say; the one saved last first.
func (c *Client) DraftList(ctx context.Context) (out DraftList, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/drafts"}, &out)
	return out, err
}

// DraftDiscard: Remove a draft; If-Match names all its current versions.
func (c *Client) DraftDiscard(ctx context.Context, draft string) (out DraftGone, err error) {
	_, err = c.do(ctx, call{method: "DELETE", path: strings.Replace("/v1/drafts/{draft}", "{draft}", url.PathEscape(draft), 1)}, &out)
	return out, err
}

// DraftRead: One of the caller's drafts, with all versions that are kept.
func (c *Client) DraftRead(ctx context.Context, draft string) (out DraftVersions, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/drafts/{draft}", "{draft}", url.PathEscape(draft), 1)}, &out)
	return out, err
}

// DraftSave is the body of [Client.DraftSave]. Save a version of a draft; If-Match names the versions whose place it takes, none for a first one.
type DraftSave struct {
	Command  string            `json:"command,omitzero"`
	Record   string            `json:"record,omitzero"`
	Body     map[string]any    `json:"body"`
	Captured DraftSaveCaptured `json:"captured,omitzero"`
}

// DraftSaveCaptured is a part of [DraftSave].
type DraftSaveCaptured struct {
	Device   string    `json:"device"`
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
	Seen     *int64    `json:"seen,omitzero"`
}

// DraftSave: Save a version of a draft; If-Match names the versions whose place it takes, none for a first one.
func (c *Client) DraftSave(ctx context.Context, draft string, body DraftSave) (out DraftSaved, err error) {
	_, err = c.do(ctx, call{method: "PUT", path: strings.Replace("/v1/drafts/{draft}", "{draft}", url.PathEscape(draft), 1), body: body}, &out)
	return out, err
}

// DraftSignQuery are the parameters of [Client.DraftSign]; one that is empty is not given.
type DraftSignQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DraftSignQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DraftSign is the body of [Client.DraftSign]. Make a draft an act on its record, with the draft's id as the key. A repeat gets the first answer.
type DraftSign struct {
	Revision *int64 `json:"revision,omitzero"`
}

// DraftSign: Make a draft an act on its record, with the draft's id as the key. A repeat gets the first answer.
func (c *Client) DraftSign(ctx context.Context, draft string, query DraftSignQuery, body DraftSign) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/drafts/{draft}/sign", "{draft}", url.PathEscape(draft), 1), query: query.values(), body: body}, &out.Receipt)
	return out, err
}

// DutyListQuery are the parameters of [Client.DutyList]; one that is empty is not given.
type DutyListQuery struct {
	Worker      string // Only the work of this worker.
	Team        string // Only the work of this team.
	Unallocated bool   // Only work that nobody holds.
	Overdue     bool   // Only work that is overdue today, or on trueOn.
	Within      int64  // Only what is due within this many days.
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	Limit       int64  // At most this many rows; 100 if not given.
	Cursor      string // The `next` of the page before.
}

func (q DutyListQuery) values() url.Values {
	v := url.Values{}
	set(v, "worker", q.Worker)
	set(v, "team", q.Team)
	set(v, "unallocated", q.Unallocated)
	set(v, "overdue", q.Overdue)
	set(v, "within", q.Within)
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// DutyList: What is due and overdue, for whom, and by which rule; the most urgent first.
func (c *Client) DutyList(ctx context.Context, query DutyListQuery) (out Duties, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/duties", query: query.values()}, &out)
	return out, err
}

// FeedReadQuery are the parameters of [Client.FeedRead]; one that is empty is not given.
type FeedReadQuery struct {
	After  int64    // Only what was recorded after this position; 0 is the beginning.
	Wait   int64    // Wait this many seconds for a notice when there is none.
	Type   []string // Only events of these types, separated by commas: referral.received,referral.closed.
	Record string   // Only what concerns this record.
	Team   string   // Only what stands in records of which this team holds a case.
	Limit  int64    // At most this many rows; 100 if not given.
}

func (q FeedReadQuery) values() url.Values {
	v := url.Values{}
	set(v, "after", q.After)
	set(v, "wait", q.Wait)
	set(v, "type", strings.Join(q.Type, ","))
	set(v, "record", q.Record)
	set(v, "team", q.Team)
	set(v, "limit", q.Limit)
	return v
}

// FeedRead: That something was recorded, and not what.
func (c *Client) FeedRead(ctx context.Context, query FeedReadQuery) (out Feed, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/feed", query: query.values()}, &out)
	return out, err
}

// FeedFollowQuery are the parameters of [Client.FeedFollow]; one that is empty is not given.
type FeedFollowQuery struct {
	After  int64    // Only what was recorded after this position; 0 is the beginning.
	Type   []string // Only events of these types, separated by commas: referral.received,referral.closed.
	Record string   // Only what concerns this record.
	Team   string   // Only what stands in records of which this team holds a case.
}

func (q FeedFollowQuery) values() url.Values {
	v := url.Values{}
	set(v, "after", q.After)
	set(v, "type", strings.Join(q.Type, ","))
	set(v, "record", q.Record)
	set(v, "team", q.Team)
	return v
}

// GapListQuery are the parameters of [Client.GapList]; one that is empty is not given.
type GapListQuery struct {
	Worker  string // Only the work of this worker.
	Team    string // Only the work of this team.
	Plan    string // Only children with this: protection-plan, temporary-registration, cin-plan, private-fostering, none.
	Days    int64  // Not seen for this many days; 28 if not given.
	Alone   bool   // Not seen alone.
	KnownAt string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn  string // As true on this day; whatever the day if not given.
	Limit   int64  // At most this many rows; 100 if not given.
	Cursor  string // The `next` of the page before.
}

func (q GapListQuery) values() url.Values {
	v := url.Values{}
	set(v, "worker", q.Worker)
	set(v, "team", q.Team)
	set(v, "plan", q.Plan)
	set(v, "days", q.Days)
	set(v, "alone", q.Alone)
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// GapList: Children with an open case whom nobody has seen for a while; the longest unseen first.
func (c *Client) GapList(ctx context.Context, query GapListQuery) (out Gaps, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/gaps", query: query.values()}, &out)
	return out, err
}

// OfflineUpload is the body of [Client.OfflineUpload]. Record up to 500 acts that were done without a connection, one after the other; what is refused is kept as a draft.
type OfflineUpload struct {
	Device string               `json:"device"`
	Items  []OfflineUploadItems `json:"items"`
}

// OfflineUploadItems is a part of [OfflineUpload].
type OfflineUploadItems struct {
	Key      string         `json:"key"`
	Sequence int64          `json:"sequence"`
	At       time.Time      `json:"at"`
	Seen     *int64         `json:"seen,omitzero"`
	Command  string         `json:"command"`
	Record   string         `json:"record,omitzero"`
	OpenedBy string         `json:"openedBy,omitzero"`
	Body     map[string]any `json:"body"`
}

// OfflineUpload: Record up to 500 acts that were done without a connection, one after the other; what is refused is kept as a draft.
func (c *Client) OfflineUpload(ctx context.Context, act Act, body OfflineUpload) (out OfflineResults, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/offline", body: body, act: &act}, &out)
	return out, err
}

// PersonRegisterQuery are the parameters of [Client.PersonRegister]; one that is empty is not given.
type PersonRegisterQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRegisterQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRegister is the body of [Client.PersonRegister]. Open a record on a person.
type PersonRegister struct {
	Happened string `json:"happened"`
	Person   string `json:"person"`
}

// PersonRegister: Open a record on a person.
func (c *Client) PersonRegister(ctx context.Context, act Act, query PersonRegisterQuery, body PersonRegister) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: "/v1/records", query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordReadQuery are the parameters of [Client.RecordRead]; one that is empty is not given.
type RecordReadQuery struct {
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordReadQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordRead: What a record says, field by field, at a moment: its replay.
func (c *Client) RecordRead(ctx context.Context, id string, query RecordReadQuery) (out Facts, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// AbsenceBeginQuery are the parameters of [Client.AbsenceBegin]; one that is empty is not given.
type AbsenceBeginQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AbsenceBeginQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AbsenceBegin is the body of [Client.AbsenceBegin]. Record that the child went missing, or away without authorisation.
type AbsenceBegin struct {
	Absence  string `json:"absence"`
	Happened string `json:"happened"`
	Kind     string `json:"kind"`
}

// AbsenceBegin: Record that the child went missing, or away without authorisation.
func (c *Client) AbsenceBegin(ctx context.Context, act Act, id string, query AbsenceBeginQuery, body AbsenceBegin) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/absences", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AbsenceEndQuery are the parameters of [Client.AbsenceEnd]; one that is empty is not given.
type AbsenceEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AbsenceEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AbsenceEnd is the body of [Client.AbsenceEnd]. Record that the child came back.
type AbsenceEnd struct {
	Happened string `json:"happened"`
}

// AbsenceEnd: Record that the child came back.
func (c *Client) AbsenceEnd(ctx context.Context, act Act, id string, absence string, query AbsenceEndQuery, body AbsenceEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/absences/{absence}/end", "{id}", url.PathEscape(id), 1), "{absence}", url.PathEscape(absence), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ReturnInterviewOfferQuery are the parameters of [Client.ReturnInterviewOffer]; one that is empty is not given.
type ReturnInterviewOfferQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ReturnInterviewOfferQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ReturnInterviewOffer is the body of [Client.ReturnInterviewOffer]. Record a return interview.
type ReturnInterviewOffer struct {
	Accepted *bool  `json:"accepted,omitzero"`
	Happened string `json:"happened"`
}

// ReturnInterviewOffer: Record a return interview.
func (c *Client) ReturnInterviewOffer(ctx context.Context, act Act, id string, absence string, query ReturnInterviewOfferQuery, body ReturnInterviewOffer) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/absences/{absence}/interview", "{id}", url.PathEscape(id), 1), "{absence}", url.PathEscape(absence), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AccessLooksQuery are the parameters of [Client.AccessLooks]; one that is empty is not given.
type AccessLooksQuery struct {
	From string // From this day on, in UTC; today if not given.
	To   string // Up to this day, in UTC; today if not given.
}

func (q AccessLooksQuery) values() url.Values {
	v := url.Values{}
	set(v, "from", q.From)
	set(v, "to", q.To)
	return v
}

// AccessLooks: Who looked at a record, or wanted to: what a person who asks is told.
func (c *Client) AccessLooks(ctx context.Context, id string, query AccessLooksQuery) (out Looks, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/accesses", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// PersonRecordAddressQuery are the parameters of [Client.PersonRecordAddress]; one that is empty is not given.
type PersonRecordAddressQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRecordAddressQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRecordAddress is the body of [Client.PersonRecordAddress]. Record where the person lives.
type PersonRecordAddress struct {
	Happened string   `json:"happened"`
	Lines    []string `json:"lines"`
	Postcode string   `json:"postcode,omitzero"`
	Uprn     string   `json:"uprn,omitzero"`
}

// PersonRecordAddress: Record where the person lives.
func (c *Client) PersonRecordAddress(ctx context.Context, act Act, id string, query PersonRecordAddressQuery, body PersonRecordAddress) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/addresses", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdoptionDecideQuery are the parameters of [Client.AdoptionDecide]; one that is empty is not given.
type AdoptionDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdoptionDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdoptionDecide is the body of [Client.AdoptionDecide]. Record the decision that the child should be placed for adoption.
type AdoptionDecide struct {
	Adoption string `json:"adoption"`
	Happened string `json:"happened"`
}

// AdoptionDecide: Record the decision that the child should be placed for adoption.
func (c *Client) AdoptionDecide(ctx context.Context, act Act, id string, query AdoptionDecideQuery, body AdoptionDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/adoptions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdoptionPartIdentityQuery are the parameters of [Client.AdoptionPartIdentity]; one that is empty is not given.
type AdoptionPartIdentityQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdoptionPartIdentityQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdoptionPartIdentity is the body of [Client.AdoptionPartIdentity]. Let an adopted child go on under a new identity, and seal this record.
type AdoptionPartIdentity struct {
	Happened    string   `json:"happened"`
	Readers     []string `json:"readers"`
	Restriction string   `json:"restriction"`
	Successor   string   `json:"successor"`
}

// AdoptionPartIdentity: Let an adopted child go on under a new identity, and seal this record.
func (c *Client) AdoptionPartIdentity(ctx context.Context, act Act, id string, adoption string, query AdoptionPartIdentityQuery, body AdoptionPartIdentity) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adoptions/{adoption}/identity", "{id}", url.PathEscape(id), 1), "{adoption}", url.PathEscape(adoption), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdoptionMatchQuery are the parameters of [Client.AdoptionMatch]; one that is empty is not given.
type AdoptionMatchQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdoptionMatchQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdoptionMatch is the body of [Client.AdoptionMatch]. Record the match with adopters.
type AdoptionMatch struct {
	Fostered    string `json:"fostered,omitzero"`
	Happened    string `json:"happened"`
	LegalStatus string `json:"legalStatus,omitzero"`
	Number      string `json:"number,omitzero"`
	Sex         string `json:"sex,omitzero"`
}

// AdoptionMatch: Record the match with adopters.
func (c *Client) AdoptionMatch(ctx context.Context, act Act, id string, adoption string, query AdoptionMatchQuery, body AdoptionMatch) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adoptions/{adoption}/match", "{id}", url.PathEscape(id), 1), "{adoption}", url.PathEscape(adoption), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdoptionOrderQuery are the parameters of [Client.AdoptionOrder]; one that is empty is not given.
type AdoptionOrderQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdoptionOrderQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdoptionOrder is the body of [Client.AdoptionOrder]. Record the adoption order.
type AdoptionOrder struct {
	Happened string `json:"happened"`
}

// AdoptionOrder: Record the adoption order.
func (c *Client) AdoptionOrder(ctx context.Context, act Act, id string, adoption string, query AdoptionOrderQuery, body AdoptionOrder) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adoptions/{adoption}/order", "{id}", url.PathEscape(id), 1), "{adoption}", url.PathEscape(adoption), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdoptionPlaceQuery are the parameters of [Client.AdoptionPlace]; one that is empty is not given.
type AdoptionPlaceQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdoptionPlaceQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdoptionPlace is the body of [Client.AdoptionPlace]. Record the placement with adopters.
type AdoptionPlace struct {
	Happened string `json:"happened"`
}

// AdoptionPlace: Record the placement with adopters.
func (c *Client) AdoptionPlace(ctx context.Context, act Act, id string, adoption string, query AdoptionPlaceQuery, body AdoptionPlace) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adoptions/{adoption}/placement", "{id}", url.PathEscape(id), 1), "{adoption}", url.PathEscape(adoption), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdoptionReverseQuery are the parameters of [Client.AdoptionReverse]; one that is empty is not given.
type AdoptionReverseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdoptionReverseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdoptionReverse is the body of [Client.AdoptionReverse]. Take the decision on adoption back.
type AdoptionReverse struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// AdoptionReverse: Take the decision on adoption back.
func (c *Client) AdoptionReverse(ctx context.Context, act Act, id string, adoption string, query AdoptionReverseQuery, body AdoptionReverse) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adoptions/{adoption}/reversal", "{id}", url.PathEscape(id), 1), "{adoption}", url.PathEscape(adoption), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdultAssessmentStartQuery are the parameters of [Client.AdultAssessmentStart]; one that is empty is not given.
type AdultAssessmentStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdultAssessmentStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdultAssessmentStart is the body of [Client.AdultAssessmentStart]. Begin an assessment of an adult or a carer.
type AdultAssessmentStart struct {
	Assessment     string   `json:"assessment"`
	CaresFor       string   `json:"caresFor,omitzero"`
	Domains        []string `json:"domains,omitzero"`
	Happened       string   `json:"happened"`
	Level          string   `json:"level"`
	Of             string   `json:"of"`
	SupportRequest string   `json:"supportRequest,omitzero"`
}

// AdultAssessmentStart: Begin an assessment of an adult or a carer.
func (c *Client) AdultAssessmentStart(ctx context.Context, act Act, id string, query AdultAssessmentStartQuery, body AdultAssessmentStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/adult-assessments", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AnswerRecordQuery are the parameters of [Client.AnswerRecord]; one that is empty is not given.
type AnswerRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AnswerRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AnswerRecord is the body of [Client.AnswerRecord]. Record the answer to a question of the assessments, or why there is none.
type AnswerRecord struct {
	Answer   string `json:"answer,omitzero"`
	Happened string `json:"happened"`
	NotGiven string `json:"notGiven,omitzero"`
	Question string `json:"question"`
	Source   string `json:"source"`
}

// AnswerRecord: Record the answer to a question of the assessments, or why there is none.
func (c *Client) AnswerRecord(ctx context.Context, act Act, id string, assessment string, query AnswerRecordQuery, body AnswerRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adult-assessments/{assessment}/answers", "{id}", url.PathEscape(id), 1), "{assessment}", url.PathEscape(assessment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AdultAssessmentCompleteQuery are the parameters of [Client.AdultAssessmentComplete]; one that is empty is not given.
type AdultAssessmentCompleteQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AdultAssessmentCompleteQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AdultAssessmentComplete is the body of [Client.AdultAssessmentComplete]. Record what an assessment of an adult or a carer found.
type AdultAssessmentComplete struct {
	Happened      string `json:"happened"`
	Outcome       string `json:"outcome"`
	SupportReason string `json:"supportReason"`
}

// AdultAssessmentComplete: Record what an assessment of an adult or a carer found.
func (c *Client) AdultAssessmentComplete(ctx context.Context, act Act, id string, assessment string, query AdultAssessmentCompleteQuery, body AdultAssessmentComplete) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adult-assessments/{assessment}/completion", "{id}", url.PathEscape(id), 1), "{assessment}", url.PathEscape(assessment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EligibilityDecideQuery are the parameters of [Client.EligibilityDecide]; one that is empty is not given.
type EligibilityDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EligibilityDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EligibilityDecide is the body of [Client.EligibilityDecide]. Record the findings by which a person is eligible for support or not.
type EligibilityDecide struct {
	Cause        *bool    `json:"cause,omitzero"`
	Happened     string   `json:"happened"`
	HealthAtRisk *bool    `json:"healthAtRisk,omitzero"`
	Impact       *bool    `json:"impact,omitzero"`
	Unable       []string `json:"unable,omitzero"`
}

// EligibilityDecide: Record the findings by which a person is eligible for support or not.
func (c *Client) EligibilityDecide(ctx context.Context, act Act, id string, assessment string, query EligibilityDecideQuery, body EligibilityDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/adult-assessments/{assessment}/eligibility", "{id}", url.PathEscape(id), 1), "{assessment}", url.PathEscape(assessment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AllocationMakeQuery are the parameters of [Client.AllocationMake]; one that is empty is not given.
type AllocationMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AllocationMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AllocationMake is the body of [Client.AllocationMake]. Give the case to a worker and team.
type AllocationMake struct {
	Allocation string `json:"allocation"`
	Happened   string `json:"happened"`
	Role       string `json:"role"`
	Team       string `json:"team"`
	Worker     string `json:"worker"`
}

// AllocationMake: Give the case to a worker and team.
func (c *Client) AllocationMake(ctx context.Context, act Act, id string, query AllocationMakeQuery, body AllocationMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/allocations", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AllocationArrangeCoverQuery are the parameters of [Client.AllocationArrangeCover]; one that is empty is not given.
type AllocationArrangeCoverQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AllocationArrangeCoverQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AllocationArrangeCover is the body of [Client.AllocationArrangeCover]. Say who sees to the case while its worker is away.
type AllocationArrangeCover struct {
	Cover    string `json:"cover"`
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
	Until    string `json:"until"`
}

// AllocationArrangeCover: Say who sees to the case while its worker is away.
func (c *Client) AllocationArrangeCover(ctx context.Context, act Act, id string, allocation string, query AllocationArrangeCoverQuery, body AllocationArrangeCover) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/allocations/{allocation}/cover", "{id}", url.PathEscape(id), 1), "{allocation}", url.PathEscape(allocation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AllocationEndQuery are the parameters of [Client.AllocationEnd]; one that is empty is not given.
type AllocationEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AllocationEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AllocationEnd is the body of [Client.AllocationEnd]. End an allocation.
type AllocationEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
}

// AllocationEnd: End an allocation.
func (c *Client) AllocationEnd(ctx context.Context, act Act, id string, allocation string, query AllocationEndQuery, body AllocationEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/allocations/{allocation}/end", "{id}", url.PathEscape(id), 1), "{allocation}", url.PathEscape(allocation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AllocationHandOverQuery are the parameters of [Client.AllocationHandOver]; one that is empty is not given.
type AllocationHandOverQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AllocationHandOverQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AllocationHandOver is the body of [Client.AllocationHandOver]. Give the case from one worker to another.
type AllocationHandOver struct {
	From     string `json:"from"`
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
	Summary  string `json:"summary,omitzero"`
	Team     string `json:"team"`
	Worker   string `json:"worker"`
}

// AllocationHandOver: Give the case from one worker to another.
func (c *Client) AllocationHandOver(ctx context.Context, act Act, id string, allocation string, query AllocationHandOverQuery, body AllocationHandOver) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/allocations/{allocation}/handover", "{id}", url.PathEscape(id), 1), "{allocation}", url.PathEscape(allocation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AssessmentStartQuery are the parameters of [Client.AssessmentStart]; one that is empty is not given.
type AssessmentStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AssessmentStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AssessmentStart is the body of [Client.AssessmentStart]. Begin an assessment under a referral.
type AssessmentStart struct {
	Assessment string `json:"assessment"`
	Happened   string `json:"happened"`
	Referral   string `json:"referral"`
}

// AssessmentStart: Begin an assessment under a referral.
func (c *Client) AssessmentStart(ctx context.Context, act Act, id string, query AssessmentStartQuery, body AssessmentStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/assessments", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AssessmentCompleteQuery are the parameters of [Client.AssessmentComplete]; one that is empty is not given.
type AssessmentCompleteQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AssessmentCompleteQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AssessmentComplete is the body of [Client.AssessmentComplete]. Record the authorisation of an assessment.
type AssessmentComplete struct {
	Factors  []string `json:"factors"`
	Happened string   `json:"happened"`
}

// AssessmentComplete: Record the authorisation of an assessment.
func (c *Client) AssessmentComplete(ctx context.Context, act Act, id string, assessment string, query AssessmentCompleteQuery, body AssessmentComplete) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/assessments/{assessment}/completion", "{id}", url.PathEscape(id), 1), "{assessment}", url.PathEscape(assessment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// AssessmentReviewQuery are the parameters of [Client.AssessmentReview]; one that is empty is not given.
type AssessmentReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q AssessmentReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// AssessmentReview is the body of [Client.AssessmentReview]. Record a manager's look at an assessment.
type AssessmentReview struct {
	Happened string `json:"happened"`
}

// AssessmentReview: Record a manager's look at an assessment.
func (c *Client) AssessmentReview(ctx context.Context, act Act, id string, assessment string, query AssessmentReviewQuery, body AssessmentReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/assessments/{assessment}/review", "{id}", url.PathEscape(id), 1), "{assessment}", url.PathEscape(assessment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// UnaccompaniedChildRecogniseQuery are the parameters of [Client.UnaccompaniedChildRecognise]; one that is empty is not given.
type UnaccompaniedChildRecogniseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q UnaccompaniedChildRecogniseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// UnaccompaniedChildRecognise is the body of [Client.UnaccompaniedChildRecognise]. Record that the child is an unaccompanied asylum seeker.
type UnaccompaniedChildRecognise struct {
	Ceases   string `json:"ceases,omitzero"`
	Happened string `json:"happened"`
}

// UnaccompaniedChildRecognise: Record that the child is an unaccompanied asylum seeker.
func (c *Client) UnaccompaniedChildRecognise(ctx context.Context, act Act, id string, query UnaccompaniedChildRecogniseQuery, body UnaccompaniedChildRecognise) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/asylum", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BestInterestDecideQuery are the parameters of [Client.BestInterestDecide]; one that is empty is not given.
type BestInterestDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BestInterestDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BestInterestDecide is the body of [Client.BestInterestDecide]. Record a decision in the best interests of an adult.
type BestInterestDecide struct {
	Assessment string                        `json:"assessment"`
	Consulted  []BestInterestDecideConsulted `json:"consulted,omitzero"`
	Decision   string                        `json:"decision"`
	Happened   string                        `json:"happened"`
	Maker      string                        `json:"maker"`
	Outcome    string                        `json:"outcome"`
	Wishes     string                        `json:"wishes,omitzero"`
}

// BestInterestDecideConsulted is a part of [BestInterestDecide].
type BestInterestDecideConsulted struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// BestInterestDecide: Record a decision in the best interests of an adult.
func (c *Client) BestInterestDecide(ctx context.Context, act Act, id string, query BestInterestDecideQuery, body BestInterestDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/best-interest-decisions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonRecordBirthQuery are the parameters of [Client.PersonRecordBirth]; one that is empty is not given.
type PersonRecordBirthQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRecordBirthQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRecordBirth is the body of [Client.PersonRecordBirth]. Record the day of birth.
type PersonRecordBirth struct {
	Happened string `json:"happened"`
}

// PersonRecordBirth: Record the day of birth.
func (c *Client) PersonRecordBirth(ctx context.Context, act Act, id string, query PersonRecordBirthQuery, body PersonRecordBirth) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/birth", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BreakGlassUseQuery are the parameters of [Client.BreakGlassUse]; one that is empty is not given.
type BreakGlassUseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BreakGlassUseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BreakGlassUse is the body of [Client.BreakGlassUse]. Open the record in an emergency, for some hours; it is reviewed afterwards.
type BreakGlassUse struct {
	Detail   string `json:"detail"`
	Happened string `json:"happened"`
	Hours    int64  `json:"hours"`
	Reason   string `json:"reason"`
	Use      string `json:"use"`
}

// BreakGlassUse: Open the record in an emergency, for some hours; it is reviewed afterwards.
func (c *Client) BreakGlassUse(ctx context.Context, act Act, id string, query BreakGlassUseQuery, body BreakGlassUse) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/break-glass", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BreakGlassReviewQuery are the parameters of [Client.BreakGlassReview]; one that is empty is not given.
type BreakGlassReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BreakGlassReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BreakGlassReview is the body of [Client.BreakGlassReview]. Record what is made of somebody's opening the record in an emergency.
type BreakGlassReview struct {
	Finding  string `json:"finding"`
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
}

// BreakGlassReview: Record what is made of somebody's opening the record in an emergency.
func (c *Client) BreakGlassReview(ctx context.Context, act Act, id string, use string, query BreakGlassReviewQuery, body BreakGlassReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/break-glass/{use}/review", "{id}", url.PathEscape(id), 1), "{use}", url.PathEscape(use), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordBundlesQuery are the parameters of [Client.RecordBundles]; one that is empty is not given.
type RecordBundlesQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordBundlesQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordBundles: The bundles of a record, and how far each has got.
func (c *Client) RecordBundles(ctx context.Context, id string, query RecordBundlesQuery) (out BundleList, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/bundles", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// BundleOpenQuery are the parameters of [Client.BundleOpen]; one that is empty is not given.
type BundleOpenQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleOpenQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleOpen is the body of [Client.BundleOpen]. Begin a bundle for a court.
type BundleOpen struct {
	Bundle     string   `json:"bundle"`
	Case       string   `json:"case"`
	Court      string   `json:"court"`
	Happened   string   `json:"happened"`
	Parties    []string `json:"parties"`
	Permission string   `json:"permission,omitzero"`
	Rules      string   `json:"rules"`
	Title      string   `json:"title"`
}

// BundleOpen: Begin a bundle for a court.
func (c *Client) BundleOpen(ctx context.Context, act Act, id string, query BundleOpenQuery, body BundleOpen) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/bundles", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordBundleQuery are the parameters of [Client.RecordBundle]; one that is empty is not given.
type RecordBundleQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordBundleQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordBundle: A bundle, and the files that it became for each reader.
func (c *Client) RecordBundle(ctx context.Context, id string, bundle string, query RecordBundleQuery) (out BundlePage, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values()}, &out)
	return out, err
}

// BundleBuildQuery are the parameters of [Client.BundleBuild]; one that is empty is not given.
type BundleBuildQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleBuildQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleBuild is the body of [Client.BundleBuild]. Record which file a bundle became for a reader.
type BundleBuild struct {
	Happened string `json:"happened"`
	Pages    int64  `json:"pages"`
	Sha256   string `json:"sha256"`
	Variant  string `json:"variant"`
}

// BundleBuild: Record which file a bundle became for a reader.
func (c *Client) BundleBuild(ctx context.Context, act Act, id string, bundle string, query BundleBuildQuery, body BundleBuild) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/builds", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BundleFreezeQuery are the parameters of [Client.BundleFreeze]; one that is empty is not given.
type BundleFreezeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleFreezeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleFreeze is the body of [Client.BundleFreeze]. Record what a bundle is of from now on.
type BundleFreeze struct {
	Happened string                 `json:"happened"`
	Known    []BundleFreezeKnown    `json:"known"`
	KnownAt  string                 `json:"knownAt"`
	Reserved []BundleFreezeReserved `json:"reserved"`
	Root     string                 `json:"root"`
	Size     int64                  `json:"size"`
}

// BundleFreezeKnown is a part of [BundleFreeze].
type BundleFreezeKnown struct {
	Record string `json:"record"`
	Entry  int64  `json:"entry"`
}

// BundleFreezeReserved is a part of [BundleFreeze].
type BundleFreezeReserved struct {
	Document string `json:"document"`
	Pages    int64  `json:"pages"`
}

// BundleFreeze: Record what a bundle is of from now on.
func (c *Client) BundleFreeze(ctx context.Context, act Act, id string, bundle string, query BundleFreezeQuery, body BundleFreeze) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/freezing", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BundleMake is the body of [Client.BundleMake]. Freeze a bundle, if it is not frozen yet, build it for its readers and check it against the rules, beside other requests. A repeat finds the job, or begins it anew where it had failed.
type BundleMake struct {
	Variants []string `json:"variants,omitzero"`
}

// BundleMake: Freeze a bundle, if it is not frozen yet, build it for its readers and check it against the rules, beside other requests. A repeat finds the job, or begins it anew where it had failed.
func (c *Client) BundleMake(ctx context.Context, act Act, id string, bundle string, body BundleMake) (out Job, err error) {
	_, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/jobs", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), body: body, act: &act}, &out)
	return out, err
}

// BundleAddLate is the body of [Client.BundleAddLate]. Add documents that came late to a frozen bundle, beside other requests: behind the last page of their sections, so that no page gets another number. Somebody else then looks it through, and it is made again.
type BundleAddLate struct {
	Sections []BundleAddLateSections `json:"sections"`
	Reason   string                  `json:"reason"`
}

// BundleAddLateSections is a part of [BundleAddLate].
type BundleAddLateSections struct {
	Letter    string                           `json:"letter"`
	Title     string                           `json:"title"`
	Documents []BundleAddLateSectionsDocuments `json:"documents"`
}

// BundleAddLateSectionsDocuments is a part of [BundleAddLateSections].
type BundleAddLateSectionsDocuments struct {
	Document   string                                  `json:"document"`
	Title      string                                  `json:"title"`
	Date       string                                  `json:"date,omitzero"`
	Chronology string                                  `json:"chronology,omitzero"`
	Paper      string                                  `json:"paper,omitzero"`
	Entries    []BundleAddLateSectionsDocumentsEntries `json:"entries,omitzero"`
	File       string                                  `json:"file,omitzero"`
}

// BundleAddLateSectionsDocumentsEntries is a part of [BundleAddLateSectionsDocuments].
type BundleAddLateSectionsDocumentsEntries struct {
	Record  string  `json:"record"`
	Known   int64   `json:"known"`
	Entries []int64 `json:"entries,omitzero"`
}

// BundleAddLate: Add documents that came late to a frozen bundle, beside other requests: behind the last page of their sections, so that no page gets another number. Somebody else then looks it through, and it is made again.
func (c *Client) BundleAddLate(ctx context.Context, act Act, id string, bundle string, body BundleAddLate) (out Job, err error) {
	_, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/late", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), body: body, act: &act}, &out)
	return out, err
}

// BundleReviewQuery are the parameters of [Client.BundleReview]; one that is empty is not given.
type BundleReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleReview is the body of [Client.BundleReview]. Record a look through a bundle that others made.
type BundleReview struct {
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
}

// BundleReview: Record a look through a bundle that others made.
func (c *Client) BundleReview(ctx context.Context, act Act, id string, bundle string, query BundleReviewQuery, body BundleReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/review", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BundleScopeQuery are the parameters of [Client.BundleScope]; one that is empty is not given.
type BundleScopeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleScopeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleScope is the body of [Client.BundleScope]. Choose which entries of which records a bundle can draw on.
type BundleScope struct {
	Happened  string               `json:"happened"`
	Parts     []BundleScopeParts   `json:"parts"`
	Selection BundleScopeSelection `json:"selection,omitzero"`
}

// BundleScopeParts is a part of [BundleScope].
type BundleScopeParts struct {
	Record  string  `json:"record"`
	Known   int64   `json:"known"`
	Entries []int64 `json:"entries,omitzero"`
}

// BundleScopeSelection is a part of [BundleScope].
type BundleScopeSelection struct {
	From    string   `json:"from,omitzero"`
	To      string   `json:"to,omitzero"`
	Kinds   []string `json:"kinds,omitzero"`
	Sources []string `json:"sources,omitzero"`
	Tags    []string `json:"tags,omitzero"`
	GapDays *int64   `json:"gapDays,omitzero"`
}

// BundleScope: Choose which entries of which records a bundle can draw on.
func (c *Client) BundleScope(ctx context.Context, act Act, id string, bundle string, query BundleScopeQuery, body BundleScope) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/scope", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BundleArrangeQuery are the parameters of [Client.BundleArrange]; one that is empty is not given.
type BundleArrangeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleArrangeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleArrange is the body of [Client.BundleArrange]. Decide which documents are relevant, and where in a bundle each stands.
type BundleArrange struct {
	Happened string                  `json:"happened"`
	Sections []BundleArrangeSections `json:"sections"`
}

// BundleArrangeSections is a part of [BundleArrange].
type BundleArrangeSections struct {
	Letter    string                           `json:"letter"`
	Title     string                           `json:"title"`
	Documents []BundleArrangeSectionsDocuments `json:"documents"`
}

// BundleArrangeSectionsDocuments is a part of [BundleArrangeSections].
type BundleArrangeSectionsDocuments struct {
	Document   string                                  `json:"document"`
	Title      string                                  `json:"title"`
	Date       string                                  `json:"date,omitzero"`
	Chronology string                                  `json:"chronology,omitzero"`
	Paper      string                                  `json:"paper,omitzero"`
	Entries    []BundleArrangeSectionsDocumentsEntries `json:"entries,omitzero"`
	File       string                                  `json:"file,omitzero"`
}

// BundleArrangeSectionsDocumentsEntries is a part of [BundleArrangeSectionsDocuments].
type BundleArrangeSectionsDocumentsEntries struct {
	Record  string  `json:"record"`
	Known   int64   `json:"known"`
	Entries []int64 `json:"entries,omitzero"`
}

// BundleArrange: Decide which documents are relevant, and where in a bundle each stands.
func (c *Client) BundleArrange(ctx context.Context, act Act, id string, bundle string, query BundleArrangeQuery, body BundleArrange) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/sections", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BundleSupplementQuery are the parameters of [Client.BundleSupplement]; one that is empty is not given.
type BundleSupplementQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleSupplementQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleSupplement is the body of [Client.BundleSupplement]. Add documents that came late to a frozen bundle.
type BundleSupplement struct {
	Happened string                     `json:"happened"`
	Known    []BundleSupplementKnown    `json:"known"`
	KnownAt  string                     `json:"knownAt"`
	Reason   string                     `json:"reason"`
	Reserved []BundleSupplementReserved `json:"reserved"`
	Root     string                     `json:"root"`
	Sections []BundleSupplementSections `json:"sections"`
	Size     int64                      `json:"size"`
}

// BundleSupplementKnown is a part of [BundleSupplement].
type BundleSupplementKnown struct {
	Record string `json:"record"`
	Entry  int64  `json:"entry"`
}

// BundleSupplementReserved is a part of [BundleSupplement].
type BundleSupplementReserved struct {
	Document string `json:"document"`
	Pages    int64  `json:"pages"`
}

// BundleSupplementSections is a part of [BundleSupplement].
type BundleSupplementSections struct {
	Letter    string                              `json:"letter"`
	Title     string                              `json:"title"`
	Documents []BundleSupplementSectionsDocuments `json:"documents"`
}

// BundleSupplementSectionsDocuments is a part of [BundleSupplementSections].
type BundleSupplementSectionsDocuments struct {
	Document   string                                     `json:"document"`
	Title      string                                     `json:"title"`
	Date       string                                     `json:"date,omitzero"`
	Chronology string                                     `json:"chronology,omitzero"`
	Paper      string                                     `json:"paper,omitzero"`
	Entries    []BundleSupplementSectionsDocumentsEntries `json:"entries,omitzero"`
	File       string                                     `json:"file,omitzero"`
}

// BundleSupplementSectionsDocumentsEntries is a part of [BundleSupplementSectionsDocuments].
type BundleSupplementSectionsDocumentsEntries struct {
	Record  string  `json:"record"`
	Known   int64   `json:"known"`
	Entries []int64 `json:"entries,omitzero"`
}

// BundleSupplement: Add documents that came late to a frozen bundle.
func (c *Client) BundleSupplement(ctx context.Context, act Act, id string, bundle string, query BundleSupplementQuery, body BundleSupplement) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/supplements", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// BundleVaryQuery are the parameters of [Client.BundleVary]; one that is empty is not given.
type BundleVaryQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q BundleVaryQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// BundleVary is the body of [Client.BundleVary]. Decide for which readers a bundle is made, and by which redactions.
type BundleVary struct {
	Happened string               `json:"happened"`
	Variants []BundleVaryVariants `json:"variants"`
}

// BundleVaryVariants is a part of [BundleVary].
type BundleVaryVariants struct {
	Variant   string `json:"variant"`
	Reader    string `json:"reader"`
	Redaction string `json:"redaction,omitzero"`
}

// BundleVary: Decide for which readers a bundle is made, and by which redactions.
func (c *Client) BundleVary(ctx context.Context, act Act, id string, bundle string, query BundleVaryQuery, body BundleVary) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/variants", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordBundleCheckQuery are the parameters of [Client.RecordBundleCheck]; one that is empty is not given.
type RecordBundleCheckQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordBundleCheckQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordBundleCheck: Of each rule for bundles, whether a variant that was built keeps it, and on which pages not.
func (c *Client) RecordBundleCheck(ctx context.Context, id string, bundle string, variant string, query RecordBundleCheckQuery) (out BundleCheck, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace(strings.Replace("/v1/records/{id}/bundles/{bundle}/variants/{variant}/check", "{id}", url.PathEscape(id), 1), "{bundle}", url.PathEscape(bundle), 1), "{variant}", url.PathEscape(variant), 1), query: query.values()}, &out)
	return out, err
}

// RecordBundleFileQuery are the parameters of [Client.RecordBundleFile]; one that is empty is not given.
type RecordBundleFileQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordBundleFileQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// CapacityAssessQuery are the parameters of [Client.CapacityAssess]; one that is empty is not given.
type CapacityAssessQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CapacityAssessQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CapacityAssess is the body of [Client.CapacityAssess]. Record whether an adult can take a decision.
type CapacityAssess struct {
	Assessment   string `json:"assessment"`
	Communicates *bool  `json:"communicates,omitzero"`
	Decision     string `json:"decision"`
	Happened     string `json:"happened"`
	Help         string `json:"help,omitzero"`
	Impaired     *bool  `json:"impaired,omitzero"`
	Retains      *bool  `json:"retains,omitzero"`
	Understands  *bool  `json:"understands,omitzero"`
	Weighs       *bool  `json:"weighs,omitzero"`
}

// CapacityAssess: Record whether an adult can take a decision.
func (c *Client) CapacityAssess(ctx context.Context, act Act, id string, query CapacityAssessQuery, body CapacityAssess) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/capacity-assessments", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CareEpisodeBeginQuery are the parameters of [Client.CareEpisodeBegin]; one that is empty is not given.
type CareEpisodeBeginQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CareEpisodeBeginQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CareEpisodeBegin is the body of [Client.CareEpisodeBegin]. Record that the child is looked after under a legal status and in a placement.
type CareEpisodeBegin struct {
	Distance     *int64 `json:"distance,omitzero"`
	Episode      string `json:"episode"`
	Happened     string `json:"happened"`
	HomePostcode string `json:"homePostcode,omitzero"`
	LegalStatus  string `json:"legalStatus"`
	Location     string `json:"location,omitzero"`
	Need         string `json:"need"`
	Postcode     string `json:"postcode,omitzero"`
	Provider     string `json:"provider,omitzero"`
	Reason       string `json:"reason"`
	Referral     string `json:"referral,omitzero"`
	Type         string `json:"type"`
	Urn          string `json:"urn,omitzero"`
}

// CareEpisodeBegin: Record that the child is looked after under a legal status and in a placement.
func (c *Client) CareEpisodeBegin(ctx context.Context, act Act, id string, query CareEpisodeBeginQuery, body CareEpisodeBegin) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/care-episodes", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CareEpisodeCeaseQuery are the parameters of [Client.CareEpisodeCease]; one that is empty is not given.
type CareEpisodeCeaseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CareEpisodeCeaseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CareEpisodeCease is the body of [Client.CareEpisodeCease]. Record that a legal status or placement ended.
type CareEpisodeCease struct {
	Happened        string `json:"happened"`
	PlacementChange string `json:"placementChange,omitzero"`
	Reason          string `json:"reason"`
}

// CareEpisodeCease: Record that a legal status or placement ended.
func (c *Client) CareEpisodeCease(ctx context.Context, act Act, id string, episode string, query CareEpisodeCeaseQuery, body CareEpisodeCease) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/care-episodes/{episode}/end", "{id}", url.PathEscape(id), 1), "{episode}", url.PathEscape(episode), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CareLeaverContactQuery are the parameters of [Client.CareLeaverContact]; one that is empty is not given.
type CareLeaverContactQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CareLeaverContactQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CareLeaverContact is the body of [Client.CareLeaverContact]. Record how a care leaver is doing.
type CareLeaverContact struct {
	Accommodation string `json:"accommodation,omitzero"`
	Activity      string `json:"activity,omitzero"`
	Contact       string `json:"contact"`
	Happened      string `json:"happened"`
	InTouch       string `json:"inTouch"`
}

// CareLeaverContact: Record how a care leaver is doing.
func (c *Client) CareLeaverContact(ctx context.Context, act Act, id string, query CareLeaverContactQuery, body CareLeaverContact) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/care-leaver-contacts", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CareLeaverEntitleQuery are the parameters of [Client.CareLeaverEntitle]; one that is empty is not given.
type CareLeaverEntitleQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CareLeaverEntitleQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CareLeaverEntitle is the body of [Client.CareLeaverEntitle]. Record to which help a care leaver is entitled.
type CareLeaverEntitle struct {
	Eligibility string `json:"eligibility"`
	Happened    string `json:"happened"`
}

// CareLeaverEntitle: Record to which help a care leaver is entitled.
func (c *Client) CareLeaverEntitle(ctx context.Context, act Act, id string, query CareLeaverEntitleQuery, body CareLeaverEntitle) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/care-leaver-eligibility", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CareLeaverEndQuery are the parameters of [Client.CareLeaverEnd]; one that is empty is not given.
type CareLeaverEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CareLeaverEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CareLeaverEnd is the body of [Client.CareLeaverEnd]. Record that no help is owed to a care leaver any more.
type CareLeaverEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// CareLeaverEnd: Record that no help is owed to a care leaver any more.
func (c *Client) CareLeaverEnd(ctx context.Context, act Act, id string, query CareLeaverEndQuery, body CareLeaverEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/care-leaver-end", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ChronologyBuildQuery are the parameters of [Client.ChronologyBuild]; one that is empty is not given.
type ChronologyBuildQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ChronologyBuildQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ChronologyBuild is the body of [Client.ChronologyBuild]. Record a chronology: its selection, and the entries that it tells.
type ChronologyBuild struct {
	Chronology string                   `json:"chronology"`
	Happened   string                   `json:"happened"`
	Parts      []ChronologyBuildParts   `json:"parts"`
	Selection  ChronologyBuildSelection `json:"selection,omitzero"`
	Title      string                   `json:"title"`
}

// ChronologyBuildParts is a part of [ChronologyBuild].
type ChronologyBuildParts struct {
	Record  string  `json:"record"`
	Known   int64   `json:"known"`
	Entries []int64 `json:"entries,omitzero"`
}

// ChronologyBuildSelection is a part of [ChronologyBuild].
type ChronologyBuildSelection struct {
	From    string   `json:"from,omitzero"`
	To      string   `json:"to,omitzero"`
	Kinds   []string `json:"kinds,omitzero"`
	Sources []string `json:"sources,omitzero"`
	Tags    []string `json:"tags,omitzero"`
	GapDays *int64   `json:"gapDays,omitzero"`
}

// ChronologyBuild: Record a chronology: its selection, and the entries that it tells.
func (c *Client) ChronologyBuild(ctx context.Context, act Act, id string, query ChronologyBuildQuery, body ChronologyBuild) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/chronologies", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordBuiltChronologyQuery are the parameters of [Client.RecordBuiltChronology]; one that is empty is not given.
type RecordBuiltChronologyQuery struct {
	Format      string // json, docx, pdf or csv; else as the header Accept says, and json if that says nothing.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordBuiltChronologyQuery) values() url.Values {
	v := url.Values{}
	set(v, "format", q.Format)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordBuiltChronology: A chronology as it was built, as JSON, Word, PDF or comma-separated values.
func (c *Client) RecordBuiltChronology(ctx context.Context, id string, chronology string, query RecordBuiltChronologyQuery) (out BuiltChronology, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/chronologies/{chronology}", "{id}", url.PathEscape(id), 1), "{chronology}", url.PathEscape(chronology), 1), query: query.values()}, &out)
	return out, err
}

// RecordChronologyQuery are the parameters of [Client.RecordChronology]; one that is empty is not given.
type RecordChronologyQuery struct {
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordChronologyQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordChronology: A record's story in the order in which it happened.
func (c *Client) RecordChronology(ctx context.Context, id string, query RecordChronologyQuery) (out Chronology, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/chronology", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// CinPlanStartQuery are the parameters of [Client.CinPlanStart]; one that is empty is not given.
type CinPlanStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CinPlanStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CinPlanStart is the body of [Client.CinPlanStart]. Begin a child-in-need plan.
type CinPlanStart struct {
	Happened string `json:"happened"`
	Plan     string `json:"plan"`
	Referral string `json:"referral"`
}

// CinPlanStart: Begin a child-in-need plan.
func (c *Client) CinPlanStart(ctx context.Context, act Act, id string, query CinPlanStartQuery, body CinPlanStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/cin-plans", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CinPlanCloseActionQuery are the parameters of [Client.CinPlanCloseAction]; one that is empty is not given.
type CinPlanCloseActionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CinPlanCloseActionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CinPlanCloseAction is the body of [Client.CinPlanCloseAction]. Close an action of a child-in-need plan.
type CinPlanCloseAction struct {
	Action   string `json:"action"`
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
	Result   string `json:"result"`
}

// CinPlanCloseAction: Close an action of a child-in-need plan.
func (c *Client) CinPlanCloseAction(ctx context.Context, act Act, id string, plan string, action string, query CinPlanCloseActionQuery, body CinPlanCloseAction) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace(strings.Replace("/v1/records/{id}/cin-plans/{plan}/actions/{action}/closure", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), "{action}", url.PathEscape(action), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CinPlanAgreeQuery are the parameters of [Client.CinPlanAgree]; one that is empty is not given.
type CinPlanAgreeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CinPlanAgreeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CinPlanAgree is the body of [Client.CinPlanAgree]. Record what a child-in-need plan is to bring about.
type CinPlanAgree struct {
	Actions  []CinPlanAgreeActions `json:"actions"`
	Aims     []string              `json:"aims"`
	Happened string                `json:"happened"`
	ReviewBy string                `json:"reviewBy,omitzero"`
}

// CinPlanAgreeActions is a part of [CinPlanAgree].
type CinPlanAgreeActions struct {
	Action  string `json:"action"`
	What    string `json:"what"`
	Who     string `json:"who"`
	By      string `json:"by,omitzero"`
	Outcome string `json:"outcome,omitzero"`
}

// CinPlanAgree: Record what a child-in-need plan is to bring about.
func (c *Client) CinPlanAgree(ctx context.Context, act Act, id string, plan string, query CinPlanAgreeQuery, body CinPlanAgree) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/cin-plans/{plan}/content", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CinPlanEndQuery are the parameters of [Client.CinPlanEnd]; one that is empty is not given.
type CinPlanEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CinPlanEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CinPlanEnd is the body of [Client.CinPlanEnd]. End a child-in-need plan.
type CinPlanEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
}

// CinPlanEnd: End a child-in-need plan.
func (c *Client) CinPlanEnd(ctx context.Context, act Act, id string, plan string, query CinPlanEndQuery, body CinPlanEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/cin-plans/{plan}/end", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CinPlanReviewQuery are the parameters of [Client.CinPlanReview]; one that is empty is not given.
type CinPlanReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CinPlanReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CinPlanReview is the body of [Client.CinPlanReview]. Record a review of a child-in-need plan.
type CinPlanReview struct {
	Happened string `json:"happened"`
	Review   string `json:"review"`
}

// CinPlanReview: Record a review of a child-in-need plan.
func (c *Client) CinPlanReview(ctx context.Context, act Act, id string, plan string, query CinPlanReviewQuery, body CinPlanReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/cin-plans/{plan}/reviews", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CinPlanMinuteReviewQuery are the parameters of [Client.CinPlanMinuteReview]; one that is empty is not given.
type CinPlanMinuteReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CinPlanMinuteReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CinPlanMinuteReview is the body of [Client.CinPlanMinuteReview]. Record how a review of a child-in-need plan went.
type CinPlanMinuteReview struct {
	Apologies []CinPlanMinuteReviewApologies `json:"apologies,omitzero"`
	Attended  []CinPlanMinuteReviewAttended  `json:"attended"`
	Child     string                         `json:"child"`
	Happened  string                         `json:"happened"`
	Outcome   string                         `json:"outcome"`
	Progress  string                         `json:"progress,omitzero"`
	Review    string                         `json:"review"`
}

// CinPlanMinuteReviewApologies is a part of [CinPlanMinuteReview].
type CinPlanMinuteReviewApologies struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// CinPlanMinuteReviewAttended is a part of [CinPlanMinuteReview].
type CinPlanMinuteReviewAttended struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// CinPlanMinuteReview: Record how a review of a child-in-need plan went.
func (c *Client) CinPlanMinuteReview(ctx context.Context, act Act, id string, plan string, review string, query CinPlanMinuteReviewQuery, body CinPlanMinuteReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace(strings.Replace("/v1/records/{id}/cin-plans/{plan}/reviews/{review}/minutes", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), "{review}", url.PathEscape(review), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordCompareQuery are the parameters of [Client.RecordCompare]; one that is empty is not given.
type RecordCompareQuery struct {
	KnownAt        string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn         string // As true on this day; whatever the day if not given.
	ThenKnownAt    string // The second point of view, as knownAt; now if not given.
	ThenTrueOn     string // The second point of view, as trueOn; whatever the day if not given.
	KnownEntry     int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	ThenKnownEntry int64  // The second point of view, as knownEntry.
	MinRevision    int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordCompareQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "thenKnownAt", q.ThenKnownAt)
	set(v, "thenTrueOn", q.ThenTrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "thenKnownEntry", q.ThenKnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordCompare: What is different in a record between two moments, and which entries made it so.
func (c *Client) RecordCompare(ctx context.Context, id string, query RecordCompareQuery) (out Comparison, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/comparison", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// ConferenceAdjournQuery are the parameters of [Client.ConferenceAdjourn]; one that is empty is not given.
type ConferenceAdjournQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ConferenceAdjournQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ConferenceAdjourn is the body of [Client.ConferenceAdjourn]. Record a conference that decided nothing.
type ConferenceAdjourn struct {
	Happened string `json:"happened"`
	Kind     string `json:"kind"`
	Reason   string `json:"reason"`
}

// ConferenceAdjourn: Record a conference that decided nothing.
func (c *Client) ConferenceAdjourn(ctx context.Context, act Act, id string, conference string, query ConferenceAdjournQuery, body ConferenceAdjourn) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/conferences/{conference}/adjournment", "{id}", url.PathEscape(id), 1), "{conference}", url.PathEscape(conference), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ConferenceCirculateQuery are the parameters of [Client.ConferenceCirculate]; one that is empty is not given.
type ConferenceCirculateQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ConferenceCirculateQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ConferenceCirculate is the body of [Client.ConferenceCirculate]. Record that the record of a conference was sent.
type ConferenceCirculate struct {
	Happened string   `json:"happened"`
	To       []string `json:"to"`
}

// ConferenceCirculate: Record that the record of a conference was sent.
func (c *Client) ConferenceCirculate(ctx context.Context, act Act, id string, conference string, query ConferenceCirculateQuery, body ConferenceCirculate) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/conferences/{conference}/circulation", "{id}", url.PathEscape(id), 1), "{conference}", url.PathEscape(conference), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ConferenceMinuteQuery are the parameters of [Client.ConferenceMinute]; one that is empty is not given.
type ConferenceMinuteQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ConferenceMinuteQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ConferenceMinute is the body of [Client.ConferenceMinute]. Record how a conference went.
type ConferenceMinute struct {
	Apologies []ConferenceMinuteApologies `json:"apologies,omitzero"`
	Attended  []ConferenceMinuteAttended  `json:"attended"`
	Child     string                      `json:"child"`
	Dissent   []ConferenceMinuteDissent   `json:"dissent,omitzero"`
	Exception string                      `json:"exception,omitzero"`
	Grounds   string                      `json:"grounds,omitzero"`
	Happened  string                      `json:"happened"`
	Kind      string                      `json:"kind"`
	Parents   string                      `json:"parents"`
	Quorate   *bool                       `json:"quorate,omitzero"`
}

// ConferenceMinuteApologies is a part of [ConferenceMinute].
type ConferenceMinuteApologies struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// ConferenceMinuteAttended is a part of [ConferenceMinute].
type ConferenceMinuteAttended struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// ConferenceMinuteDissent is a part of [ConferenceMinute].
type ConferenceMinuteDissent struct {
	Agency string `json:"agency"`
	Reason string `json:"reason"`
}

// ConferenceMinute: Record how a conference went.
func (c *Client) ConferenceMinute(ctx context.Context, act Act, id string, conference string, query ConferenceMinuteQuery, body ConferenceMinute) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/conferences/{conference}/minutes", "{id}", url.PathEscape(id), 1), "{conference}", url.PathEscape(conference), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ContactReceiveQuery are the parameters of [Client.ContactReceive]; one that is empty is not given.
type ContactReceiveQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ContactReceiveQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ContactReceive is the body of [Client.ContactReceive]. Record a contact.
type ContactReceive struct {
	Anonymous *bool  `json:"anonymous,omitzero"`
	Channel   string `json:"channel"`
	Concern   string `json:"concern,omitzero"`
	Contact   string `json:"contact"`
	Happened  string `json:"happened"`
	Source    string `json:"source"`
}

// ContactReceive: Record a contact.
func (c *Client) ContactReceive(ctx context.Context, act Act, id string, query ContactReceiveQuery, body ContactReceive) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/contacts", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ContactDecideQuery are the parameters of [Client.ContactDecide]; one that is empty is not given.
type ContactDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ContactDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ContactDecide is the body of [Client.ContactDecide]. Record what a contact became.
type ContactDecide struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason,omitzero"`
	Referral string `json:"referral,omitzero"`
}

// ContactDecide: Record what a contact became.
func (c *Client) ContactDecide(ctx context.Context, act Act, id string, contact string, query ContactDecideQuery, body ContactDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/contacts/{contact}/decision", "{id}", url.PathEscape(id), 1), "{contact}", url.PathEscape(contact), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ConvictionRecordQuery are the parameters of [Client.ConvictionRecord]; one that is empty is not given.
type ConvictionRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ConvictionRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ConvictionRecord is the body of [Client.ConvictionRecord]. Record a conviction or a youth caution.
type ConvictionRecord struct {
	Conviction string `json:"conviction"`
	Happened   string `json:"happened"`
}

// ConvictionRecord: Record a conviction or a youth caution.
func (c *Client) ConvictionRecord(ctx context.Context, act Act, id string, query ConvictionRecordQuery, body ConvictionRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/convictions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CorrespondenceRecordQuery are the parameters of [Client.CorrespondenceRecord]; one that is empty is not given.
type CorrespondenceRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CorrespondenceRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CorrespondenceRecord is the body of [Client.CorrespondenceRecord]. Record an e-mail or a letter that came in or went out.
type CorrespondenceRecord struct {
	Attachments    []CorrespondenceRecordAttachments `json:"attachments,omitzero"`
	Copied         []string                          `json:"copied,omitzero"`
	Correspondence string                            `json:"correspondence"`
	Defects        []string                          `json:"defects,omitzero"`
	Direction      string                            `json:"direction"`
	From           string                            `json:"from"`
	Happened       string                            `json:"happened"`
	InReplyTo      string                            `json:"inReplyTo,omitzero"`
	Informant      *bool                             `json:"informant,omitzero"`
	Medium         string                            `json:"medium"`
	MessageId      string                            `json:"messageId,omitzero"`
	Original       string                            `json:"original,omitzero"`
	Sensitivity    string                            `json:"sensitivity,omitzero"`
	Sent           string                            `json:"sent,omitzero"`
	Subject        string                            `json:"subject,omitzero"`
	Text           []string                          `json:"text,omitzero"`
	ThirdParty     *bool                             `json:"thirdParty,omitzero"`
	To             []string                          `json:"to,omitzero"`
}

// CorrespondenceRecordAttachments is a part of [CorrespondenceRecord].
type CorrespondenceRecordAttachments struct {
	Name      string `json:"name,omitzero"`
	MediaType string `json:"mediaType,omitzero"`
	Bytes     *int64 `json:"bytes,omitzero"`
	Sha256    string `json:"sha256"`
}

// CorrespondenceRecord: Record an e-mail or a letter that came in or went out.
func (c *Client) CorrespondenceRecord(ctx context.Context, act Act, id string, query CorrespondenceRecordQuery, body CorrespondenceRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/correspondence", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CourtApplicationMakeQuery are the parameters of [Client.CourtApplicationMake]; one that is empty is not given.
type CourtApplicationMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CourtApplicationMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CourtApplicationMake is the body of [Client.CourtApplicationMake]. Record an application to a court.
type CourtApplicationMake struct {
	Applicant   string `json:"applicant"`
	Application string `json:"application"`
	CaseNumber  string `json:"caseNumber,omitzero"`
	Court       string `json:"court,omitzero"`
	Happened    string `json:"happened"`
	Order       string `json:"order"`
}

// CourtApplicationMake: Record an application to a court.
func (c *Client) CourtApplicationMake(ctx context.Context, act Act, id string, query CourtApplicationMakeQuery, body CourtApplicationMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/court-applications", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CourtApplicationDisposeQuery are the parameters of [Client.CourtApplicationDispose]; one that is empty is not given.
type CourtApplicationDisposeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CourtApplicationDisposeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CourtApplicationDispose is the body of [Client.CourtApplicationDispose]. Record the end of an application.
type CourtApplicationDispose struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
}

// CourtApplicationDispose: Record the end of an application.
func (c *Client) CourtApplicationDispose(ctx context.Context, act Act, id string, application string, query CourtApplicationDisposeQuery, body CourtApplicationDispose) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/court-applications/{application}/end", "{id}", url.PathEscape(id), 1), "{application}", url.PathEscape(application), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CourtHearingHoldQuery are the parameters of [Client.CourtHearingHold]; one that is empty is not given.
type CourtHearingHoldQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CourtHearingHoldQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CourtHearingHold is the body of [Client.CourtHearingHold]. Record a hearing.
type CourtHearingHold struct {
	Happened string `json:"happened"`
	Hearing  string `json:"hearing"`
	Kind     string `json:"kind"`
	Outcome  string `json:"outcome,omitzero"`
}

// CourtHearingHold: Record a hearing.
func (c *Client) CourtHearingHold(ctx context.Context, act Act, id string, application string, query CourtHearingHoldQuery, body CourtHearingHold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/court-applications/{application}/hearings", "{id}", url.PathEscape(id), 1), "{application}", url.PathEscape(application), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CourtOrderMakeQuery are the parameters of [Client.CourtOrderMake]; one that is empty is not given.
type CourtOrderMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CourtOrderMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CourtOrderMake is the body of [Client.CourtOrderMake]. Record an order, or the use of a power.
type CourtOrderMake struct {
	Application string `json:"application,omitzero"`
	Happened    string `json:"happened"`
	Limits      string `json:"limits,omitzero"`
	Made        string `json:"made"`
	Order       string `json:"order"`
	Until       string `json:"until,omitzero"`
}

// CourtOrderMake: Record an order, or the use of a power.
func (c *Client) CourtOrderMake(ctx context.Context, act Act, id string, query CourtOrderMakeQuery, body CourtOrderMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/court-orders", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CourtOrderEndQuery are the parameters of [Client.CourtOrderEnd]; one that is empty is not given.
type CourtOrderEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CourtOrderEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CourtOrderEnd is the body of [Client.CourtOrderEnd]. Record the end of an order.
type CourtOrderEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// CourtOrderEnd: Record the end of an order.
func (c *Client) CourtOrderEnd(ctx context.Context, act Act, id string, made string, query CourtOrderEndQuery, body CourtOrderEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/court-orders/{made}/end", "{id}", url.PathEscape(id), 1), "{made}", url.PathEscape(made), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CourtOrderExtendQuery are the parameters of [Client.CourtOrderExtend]; one that is empty is not given.
type CourtOrderExtendQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CourtOrderExtendQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CourtOrderExtend is the body of [Client.CourtOrderExtend]. Record that an order has effect for longer.
type CourtOrderExtend struct {
	Happened string `json:"happened"`
	Until    string `json:"until"`
}

// CourtOrderExtend: Record that an order has effect for longer.
func (c *Client) CourtOrderExtend(ctx context.Context, act Act, id string, made string, query CourtOrderExtendQuery, body CourtOrderExtend) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/court-orders/{made}/extension", "{id}", url.PathEscape(id), 1), "{made}", url.PathEscape(made), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonRecordDeathQuery are the parameters of [Client.PersonRecordDeath]; one that is empty is not given.
type PersonRecordDeathQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRecordDeathQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRecordDeath is the body of [Client.PersonRecordDeath]. Record the day of death.
type PersonRecordDeath struct {
	Happened string `json:"happened"`
}

// PersonRecordDeath: Record the day of death.
func (c *Client) PersonRecordDeath(ctx context.Context, act Act, id string, query PersonRecordDeathQuery, body PersonRecordDeath) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/death", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DevelopmentCheckQuery are the parameters of [Client.DevelopmentCheck]; one that is empty is not given.
type DevelopmentCheckQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DevelopmentCheckQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DevelopmentCheck is the body of [Client.DevelopmentCheck]. Record a check of a young child's development.
type DevelopmentCheck struct {
	Check    string `json:"check"`
	Happened string `json:"happened"`
}

// DevelopmentCheck: Record a check of a young child's development.
func (c *Client) DevelopmentCheck(ctx context.Context, act Act, id string, query DevelopmentCheckQuery, body DevelopmentCheck) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/development-checks", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DirectPaymentStartQuery are the parameters of [Client.DirectPaymentStart]; one that is empty is not given.
type DirectPaymentStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DirectPaymentStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DirectPaymentStart is the body of [Client.DirectPaymentStart]. Begin a direct payment under a support plan.
type DirectPaymentStart struct {
	Amount   int64  `json:"amount"`
	Happened string `json:"happened"`
	Payment  string `json:"payment"`
	Per      string `json:"per"`
	Plan     string `json:"plan"`
	To       string `json:"to"`
}

// DirectPaymentStart: Begin a direct payment under a support plan.
func (c *Client) DirectPaymentStart(ctx context.Context, act Act, id string, query DirectPaymentStartQuery, body DirectPaymentStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/direct-payments", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DirectPaymentEndQuery are the parameters of [Client.DirectPaymentEnd]; one that is empty is not given.
type DirectPaymentEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DirectPaymentEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DirectPaymentEnd is the body of [Client.DirectPaymentEnd]. End a direct payment.
type DirectPaymentEnd struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
}

// DirectPaymentEnd: End a direct payment.
func (c *Client) DirectPaymentEnd(ctx context.Context, act Act, id string, payment string, query DirectPaymentEndQuery, body DirectPaymentEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/direct-payments/{payment}/end", "{id}", url.PathEscape(id), 1), "{payment}", url.PathEscape(payment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DirectPaymentReviewQuery are the parameters of [Client.DirectPaymentReview]; one that is empty is not given.
type DirectPaymentReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DirectPaymentReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DirectPaymentReview is the body of [Client.DirectPaymentReview]. Record a look at the use of a direct payment.
type DirectPaymentReview struct {
	Happened string `json:"happened"`
	Proper   *bool  `json:"proper,omitzero"`
	Review   string `json:"review"`
}

// DirectPaymentReview: Record a look at the use of a direct payment.
func (c *Client) DirectPaymentReview(ctx context.Context, act Act, id string, payment string, query DirectPaymentReviewQuery, body DirectPaymentReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/direct-payments/{payment}/reviews", "{id}", url.PathEscape(id), 1), "{payment}", url.PathEscape(payment), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonRecordDisabilitiesQuery are the parameters of [Client.PersonRecordDisabilities]; one that is empty is not given.
type PersonRecordDisabilitiesQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRecordDisabilitiesQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRecordDisabilities is the body of [Client.PersonRecordDisabilities]. Record all disabilities known.
type PersonRecordDisabilities struct {
	Disabilities []string `json:"disabilities"`
	Happened     string   `json:"happened"`
}

// PersonRecordDisabilities: Record all disabilities known.
func (c *Client) PersonRecordDisabilities(ctx context.Context, act Act, id string, query PersonRecordDisabilitiesQuery, body PersonRecordDisabilities) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/disabilities", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordDisclosuresQuery are the parameters of [Client.RecordDisclosures]; one that is empty is not given.
type RecordDisclosuresQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordDisclosuresQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordDisclosures: To whom outside the authority a record went, and to whom it was decided not to let it go.
func (c *Client) RecordDisclosures(ctx context.Context, id string, query RecordDisclosuresQuery) (out Disclosures, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/disclosures", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// DisclosureRequestQuery are the parameters of [Client.DisclosureRequest]; one that is empty is not given.
type DisclosureRequestQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureRequestQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureRequest is the body of [Client.DisclosureRequest]. Record that somebody outside the authority asked for information.
type DisclosureRequest struct {
	Asked      []string `json:"asked"`
	Body       string   `json:"body"`
	Disclosure string   `json:"disclosure"`
	From       string   `json:"from"`
	Happened   string   `json:"happened"`
	Protocol   string   `json:"protocol,omitzero"`
	Reason     string   `json:"reason"`
	Reference  string   `json:"reference,omitzero"`
}

// DisclosureRequest: Record that somebody outside the authority asked for information.
func (c *Client) DisclosureRequest(ctx context.Context, act Act, id string, query DisclosureRequestQuery, body DisclosureRequest) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/disclosures", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DisclosureAcknowledgeQuery are the parameters of [Client.DisclosureAcknowledge]; one that is empty is not given.
type DisclosureAcknowledgeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureAcknowledgeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureAcknowledge is the body of [Client.DisclosureAcknowledge]. Record that the receiver has what was disclosed.
type DisclosureAcknowledge struct {
	By        string `json:"by"`
	Happened  string `json:"happened"`
	Reference string `json:"reference,omitzero"`
}

// DisclosureAcknowledge: Record that the receiver has what was disclosed.
func (c *Client) DisclosureAcknowledge(ctx context.Context, act Act, id string, disclosure string, query DisclosureAcknowledgeQuery, body DisclosureAcknowledge) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/disclosures/{disclosure}/acknowledgement", "{id}", url.PathEscape(id), 1), "{disclosure}", url.PathEscape(disclosure), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DisclosureConsiderQuery are the parameters of [Client.DisclosureConsider]; one that is empty is not given.
type DisclosureConsiderQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureConsiderQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureConsider is the body of [Client.DisclosureConsider]. Record under which profile a request for information is looked at.
type DisclosureConsider struct {
	Happened string   `json:"happened"`
	Profile  string   `json:"profile"`
	Text     []string `json:"text"`
}

// DisclosureConsider: Record under which profile a request for information is looked at.
func (c *Client) DisclosureConsider(ctx context.Context, act Act, id string, disclosure string, query DisclosureConsiderQuery, body DisclosureConsider) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/disclosures/{disclosure}/consideration", "{id}", url.PathEscape(id), 1), "{disclosure}", url.PathEscape(disclosure), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DisclosureDecideQuery are the parameters of [Client.DisclosureDecide]; one that is empty is not given.
type DisclosureDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureDecide is the body of [Client.DisclosureDecide]. Record what is disclosed, and why.
type DisclosureDecide struct {
	Basis     string `json:"basis"`
	Decision  string `json:"decision"`
	Happened  string `json:"happened"`
	Necessity string `json:"necessity,omitzero"`
	Reason    string `json:"reason,omitzero"`
}

// DisclosureDecide: Record what is disclosed, and why.
func (c *Client) DisclosureDecide(ctx context.Context, act Act, id string, disclosure string, query DisclosureDecideQuery, body DisclosureDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/disclosures/{disclosure}/decision", "{id}", url.PathEscape(id), 1), "{disclosure}", url.PathEscape(disclosure), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordDisclosureFileQuery are the parameters of [Client.RecordDisclosureFile]; one that is empty is not given.
type RecordDisclosureFileQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordDisclosureFileQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// DisclosurePack is the body of [Client.DisclosurePack]. Make the evidence package and the paper of a disclosure that was decided, and record that it goes, beside other requests.
type DisclosurePack struct {
	Redaction string   `json:"redaction,omitzero"`
	Contacts  []string `json:"contacts,omitzero"`
}

// DisclosurePack: Make the evidence package and the paper of a disclosure that was decided, and record that it goes, beside other requests.
func (c *Client) DisclosurePack(ctx context.Context, act Act, id string, disclosure string, body DisclosurePack) (out Job, err error) {
	_, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/disclosures/{disclosure}/jobs", "{id}", url.PathEscape(id), 1), "{disclosure}", url.PathEscape(disclosure), 1), body: body, act: &act}, &out)
	return out, err
}

// RecordDisclosureQuery are the parameters of [Client.RecordDisclosure]; one that is empty is not given.
type RecordDisclosureQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordDisclosureQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordDisclosure: What went with a disclosure, and the files.
func (c *Client) RecordDisclosure(ctx context.Context, id string, disclosure string, query RecordDisclosureQuery) (out PackedDisclosure, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/disclosures/{disclosure}/package", "{id}", url.PathEscape(id), 1), "{disclosure}", url.PathEscape(disclosure), 1), query: query.values()}, &out)
	return out, err
}

// DisclosureMakeQuery are the parameters of [Client.DisclosureMake]; one that is empty is not given.
type DisclosureMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureMake is the body of [Client.DisclosureMake]. Record what was disclosed: its package, and what the receiver may not do with it.
type DisclosureMake struct {
	Checkpoint string   `json:"checkpoint"`
	Entries    []int64  `json:"entries"`
	Happened   string   `json:"happened"`
	Known      int64    `json:"known"`
	Onward     []string `json:"onward,omitzero"`
	Package    string   `json:"package"`
	Profile    string   `json:"profile"`
	Redaction  string   `json:"redaction,omitzero"`
}

// DisclosureMake: Record what was disclosed: its package, and what the receiver may not do with it.
func (c *Client) DisclosureMake(ctx context.Context, act Act, id string, disclosure string, query DisclosureMakeQuery, body DisclosureMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/disclosures/{disclosure}/package", "{id}", url.PathEscape(id), 1), "{disclosure}", url.PathEscape(disclosure), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EarlyHelpStartQuery are the parameters of [Client.EarlyHelpStart]; one that is empty is not given.
type EarlyHelpStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EarlyHelpStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EarlyHelpStart is the body of [Client.EarlyHelpStart]. Begin early help.
type EarlyHelpStart struct {
	Aim      string `json:"aim,omitzero"`
	Consent  *bool  `json:"consent,omitzero"`
	Contact  string `json:"contact,omitzero"`
	Happened string `json:"happened"`
	Help     string `json:"help"`
	Lead     string `json:"lead"`
}

// EarlyHelpStart: Begin early help.
func (c *Client) EarlyHelpStart(ctx context.Context, act Act, id string, query EarlyHelpStartQuery, body EarlyHelpStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/early-help", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EarlyHelpEndQuery are the parameters of [Client.EarlyHelpEnd]; one that is empty is not given.
type EarlyHelpEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EarlyHelpEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EarlyHelpEnd is the body of [Client.EarlyHelpEnd]. End early help.
type EarlyHelpEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// EarlyHelpEnd: End early help.
func (c *Client) EarlyHelpEnd(ctx context.Context, act Act, id string, help string, query EarlyHelpEndQuery, body EarlyHelpEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/early-help/{help}/end", "{id}", url.PathEscape(id), 1), "{help}", url.PathEscape(help), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EarlyHelpReviewQuery are the parameters of [Client.EarlyHelpReview]; one that is empty is not given.
type EarlyHelpReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EarlyHelpReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EarlyHelpReview is the body of [Client.EarlyHelpReview]. Record a review of early help.
type EarlyHelpReview struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Review   string `json:"review"`
}

// EarlyHelpReview: Record a review of early help.
func (c *Client) EarlyHelpReview(ctx context.Context, act Act, id string, help string, query EarlyHelpReviewQuery, body EarlyHelpReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/early-help/{help}/reviews", "{id}", url.PathEscape(id), 1), "{help}", url.PathEscape(help), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EducationPlanMakeQuery are the parameters of [Client.EducationPlanMake]; one that is empty is not given.
type EducationPlanMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EducationPlanMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EducationPlanMake is the body of [Client.EducationPlanMake]. Record a personal education plan.
type EducationPlanMake struct {
	Happened string `json:"happened"`
	Plan     string `json:"plan"`
}

// EducationPlanMake: Record a personal education plan.
func (c *Client) EducationPlanMake(ctx context.Context, act Act, id string, query EducationPlanMakeQuery, body EducationPlanMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/education-plans", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordEntriesQuery are the parameters of [Client.RecordEntries]; one that is empty is not given.
type RecordEntriesQuery struct {
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordEntriesQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordEntries: The audit trail of a record: every entry, in the order of recording.
func (c *Client) RecordEntries(ctx context.Context, id string, query RecordEntriesQuery) (out Entries, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/entries", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// EntryCorrectQuery are the parameters of [Client.EntryCorrect]; one that is empty is not given.
type EntryCorrectQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EntryCorrectQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EntryCorrect is the body of [Client.EntryCorrect]. Replace an entry by what another command records.
type EntryCorrect struct {
	Reason  string         `json:"reason"`
	Command string         `json:"command"`
	Body    map[string]any `json:"body"`
}

// EntryCorrect: Replace an entry by what another command records.
func (c *Client) EntryCorrect(ctx context.Context, act Act, id string, entry int64, query EntryCorrectQuery, body EntryCorrect) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/entries/{entry}/correction", "{id}", url.PathEscape(id), 1), "{entry}", url.PathEscape(strconv.FormatInt(entry, 10)), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EntryEnterInErrorQuery are the parameters of [Client.EntryEnterInError]; one that is empty is not given.
type EntryEnterInErrorQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EntryEnterInErrorQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EntryEnterInError is the body of [Client.EntryEnterInError]. Take an entry out of force that was written in error.
type EntryEnterInError struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// EntryEnterInError: Take an entry out of force that was written in error.
func (c *Client) EntryEnterInError(ctx context.Context, act Act, id string, entry int64, query EntryEnterInErrorQuery, body EntryEnterInError) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/entries/{entry}/error", "{id}", url.PathEscape(id), 1), "{entry}", url.PathEscape(strconv.FormatInt(entry, 10)), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonRecordEthnicityQuery are the parameters of [Client.PersonRecordEthnicity]; one that is empty is not given.
type PersonRecordEthnicityQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRecordEthnicityQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRecordEthnicity is the body of [Client.PersonRecordEthnicity]. Record the ethnic group.
type PersonRecordEthnicity struct {
	Ethnicity string `json:"ethnicity"`
	Happened  string `json:"happened"`
}

// PersonRecordEthnicity: Record the ethnic group.
func (c *Client) PersonRecordEthnicity(ctx context.Context, act Act, id string, query PersonRecordEthnicityQuery, body PersonRecordEthnicity) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/ethnicity", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonExpectBirthQuery are the parameters of [Client.PersonExpectBirth]; one that is empty is not given.
type PersonExpectBirthQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonExpectBirthQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonExpectBirth is the body of [Client.PersonExpectBirth]. Record when an unborn child is due.
type PersonExpectBirth struct {
	Expected string `json:"expected"`
	Happened string `json:"happened"`
}

// PersonExpectBirth: Record when an unborn child is due.
func (c *Client) PersonExpectBirth(ctx context.Context, act Act, id string, query PersonExpectBirthQuery, body PersonExpectBirth) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/expected-birth", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// FileKeep: Keep a PDF, JPEG or PNG that is none of the ledger's, by the SHA-256 that is answered.
func (c *Client) FileKeep(ctx context.Context, act Act, id string, body []byte) (out KeptFile, err error) {
	_, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/files", "{id}", url.PathEscape(id), 1), body: body, act: &act}, &out)
	return out, err
}

// RecordFileQuery are the parameters of [Client.RecordFile]; one that is empty is not given.
type RecordFileQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordFileQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordFormsQuery are the parameters of [Client.RecordForms]; one that is empty is not given.
type RecordFormsQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordFormsQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordForms: The forms of a record, and how far each has got.
func (c *Client) RecordForms(ctx context.Context, id string, query RecordFormsQuery) (out FormList, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/forms", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// FormStartQuery are the parameters of [Client.FormStart]; one that is empty is not given.
type FormStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q FormStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// FormStart is the body of [Client.FormStart]. Begin a form, on the version of its definition in force.
type FormStart struct {
	Definition string           `json:"definition"`
	Form       string           `json:"form"`
	Happened   string           `json:"happened"`
	Links      []FormStartLinks `json:"links,omitzero"`
	Version    *int64           `json:"version,omitzero"`
}

// FormStartLinks is a part of [FormStart].
type FormStartLinks struct {
	Link string `json:"link"`
	Id   string `json:"id"`
}

// FormStart: Begin a form, on the version of its definition in force.
func (c *Client) FormStart(ctx context.Context, act Act, id string, query FormStartQuery, body FormStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/forms", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordFormQuery are the parameters of [Client.RecordForm]; one that is empty is not given.
type RecordFormQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordFormQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordForm: A form with what the record knows in answer to its questions, and where that came from.
func (c *Client) RecordForm(ctx context.Context, id string, form string, query RecordFormQuery) (out FormPage, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/forms/{form}", "{id}", url.PathEscape(id), 1), "{form}", url.PathEscape(form), 1), query: query.values()}, &out)
	return out, err
}

// FormAnswerQuery are the parameters of [Client.FormAnswer]; one that is empty is not given.
type FormAnswerQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q FormAnswerQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// FormAnswer is the body of [Client.FormAnswer]. Answer questions of a form; what a command records is recorded by it.
type FormAnswer struct {
	Answers  []FormAnswerAnswers `json:"answers"`
	Happened string              `json:"happened"`
}

// FormAnswerAnswers is a part of [FormAnswer].
type FormAnswerAnswers struct {
	Question string   `json:"question"`
	Values   []string `json:"values,omitzero"`
	NotGiven string   `json:"notGiven,omitzero"`
}

// FormAnswer: Answer questions of a form; what a command records is recorded by it.
func (c *Client) FormAnswer(ctx context.Context, act Act, id string, form string, query FormAnswerQuery, body FormAnswer) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/forms/{form}/answers", "{id}", url.PathEscape(id), 1), "{form}", url.PathEscape(form), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// FormCompleteQuery are the parameters of [Client.FormComplete]; one that is empty is not given.
type FormCompleteQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q FormCompleteQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// FormComplete is the body of [Client.FormComplete]. End the filling in of a form, and record what follows from it.
type FormComplete struct {
	Happened string `json:"happened"`
}

// FormComplete: End the filling in of a form, and record what follows from it.
func (c *Client) FormComplete(ctx context.Context, act Act, id string, form string, query FormCompleteQuery, body FormComplete) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/forms/{form}/completion", "{id}", url.PathEscape(id), 1), "{form}", url.PathEscape(form), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// FormAbandonQuery are the parameters of [Client.FormAbandon]; one that is empty is not given.
type FormAbandonQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q FormAbandonQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// FormAbandon is the body of [Client.FormAbandon]. Give a form up.
type FormAbandon struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// FormAbandon: Give a form up.
func (c *Client) FormAbandon(ctx context.Context, act Act, id string, form string, query FormAbandonQuery, body FormAbandon) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/forms/{form}/end", "{id}", url.PathEscape(id), 1), "{form}", url.PathEscape(form), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HealthAssessmentHoldQuery are the parameters of [Client.HealthAssessmentHold]; one that is empty is not given.
type HealthAssessmentHoldQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HealthAssessmentHoldQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HealthAssessmentHold is the body of [Client.HealthAssessmentHold]. Record a health assessment.
type HealthAssessmentHold struct {
	Assessment string `json:"assessment"`
	Happened   string `json:"happened"`
}

// HealthAssessmentHold: Record a health assessment.
func (c *Client) HealthAssessmentHold(ctx context.Context, act Act, id string, query HealthAssessmentHoldQuery, body HealthAssessmentHold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/health-assessments", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HealthOutcomesStateQuery are the parameters of [Client.HealthOutcomesState]; one that is empty is not given.
type HealthOutcomesStateQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HealthOutcomesStateQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HealthOutcomesState is the body of [Client.HealthOutcomesState]. Record what a return of a year answers.
type HealthOutcomesState struct {
	Assessed             string `json:"assessed,omitzero"`
	Convicted            string `json:"convicted,omitzero"`
	DevelopmentChecked   string `json:"developmentChecked,omitzero"`
	Happened             string `json:"happened"`
	Immunised            string `json:"immunised,omitzero"`
	InterventionOffered  string `json:"interventionOffered,omitzero"`
	InterventionReceived string `json:"interventionReceived,omitzero"`
	Misuse               string `json:"misuse,omitzero"`
	Score                string `json:"score,omitzero"`
	ScoreReason          string `json:"scoreReason,omitzero"`
	TeethChecked         string `json:"teethChecked,omitzero"`
	Year                 int64  `json:"year"`
}

// HealthOutcomesState: Record what a return of a year answers.
func (c *Client) HealthOutcomesState(ctx context.Context, act Act, id string, query HealthOutcomesStateQuery, body HealthOutcomesState) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/health-outcomes", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HospitalDelayEndQuery are the parameters of [Client.HospitalDelayEnd]; one that is empty is not given.
type HospitalDelayEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HospitalDelayEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HospitalDelayEnd is the body of [Client.HospitalDelayEnd]. Record that what keeps an adult in hospital is over.
type HospitalDelayEnd struct {
	Happened string `json:"happened"`
}

// HospitalDelayEnd: Record that what keeps an adult in hospital is over.
func (c *Client) HospitalDelayEnd(ctx context.Context, act Act, id string, delay string, query HospitalDelayEndQuery, body HospitalDelayEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/hospital-delays/{delay}/end", "{id}", url.PathEscape(id), 1), "{delay}", url.PathEscape(delay), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HospitalNoticeReceiveQuery are the parameters of [Client.HospitalNoticeReceive]; one that is empty is not given.
type HospitalNoticeReceiveQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HospitalNoticeReceiveQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HospitalNoticeReceive is the body of [Client.HospitalNoticeReceive]. Record a hospital's notice that an adult is to leave it.
type HospitalNoticeReceive struct {
	Expected string `json:"expected,omitzero"`
	Happened string `json:"happened"`
	Hospital string `json:"hospital"`
	Notice   string `json:"notice"`
	Stay     string `json:"stay"`
	Ward     string `json:"ward,omitzero"`
}

// HospitalNoticeReceive: Record a hospital's notice that an adult is to leave it.
func (c *Client) HospitalNoticeReceive(ctx context.Context, act Act, id string, query HospitalNoticeReceiveQuery, body HospitalNoticeReceive) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/hospital-notices", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HospitalDischargeDelayQuery are the parameters of [Client.HospitalDischargeDelay]; one that is empty is not given.
type HospitalDischargeDelayQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HospitalDischargeDelayQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HospitalDischargeDelay is the body of [Client.HospitalDischargeDelay]. Record that an adult who is ready to leave a hospital cannot.
type HospitalDischargeDelay struct {
	By       string `json:"by"`
	Delay    string `json:"delay"`
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// HospitalDischargeDelay: Record that an adult who is ready to leave a hospital cannot.
func (c *Client) HospitalDischargeDelay(ctx context.Context, act Act, id string, stay string, query HospitalDischargeDelayQuery, body HospitalDischargeDelay) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/hospital-stays/{stay}/delays", "{id}", url.PathEscape(id), 1), "{stay}", url.PathEscape(stay), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HospitalStayEndQuery are the parameters of [Client.HospitalStayEnd]; one that is empty is not given.
type HospitalStayEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HospitalStayEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HospitalStayEnd is the body of [Client.HospitalStayEnd]. Record that an adult left a hospital, and on which pathway.
type HospitalStayEnd struct {
	Happened string `json:"happened"`
	Pathway  string `json:"pathway"`
	To       string `json:"to"`
}

// HospitalStayEnd: Record that an adult left a hospital, and on which pathway.
func (c *Client) HospitalStayEnd(ctx context.Context, act Act, id string, stay string, query HospitalStayEndQuery, body HospitalStayEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/hospital-stays/{stay}/end", "{id}", url.PathEscape(id), 1), "{stay}", url.PathEscape(stay), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HospitalNoticeWithdrawQuery are the parameters of [Client.HospitalNoticeWithdraw]; one that is empty is not given.
type HospitalNoticeWithdrawQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HospitalNoticeWithdrawQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HospitalNoticeWithdraw is the body of [Client.HospitalNoticeWithdraw]. Record that a hospital took a notice back.
type HospitalNoticeWithdraw struct {
	Happened string `json:"happened"`
	Notice   string `json:"notice"`
	Reason   string `json:"reason"`
}

// HospitalNoticeWithdraw: Record that a hospital took a notice back.
func (c *Client) HospitalNoticeWithdraw(ctx context.Context, act Act, id string, stay string, query HospitalNoticeWithdrawQuery, body HospitalNoticeWithdraw) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/hospital-stays/{stay}/withdrawal", "{id}", url.PathEscape(id), 1), "{stay}", url.PathEscape(stay), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HouseholdJoinQuery are the parameters of [Client.HouseholdJoin]; one that is empty is not given.
type HouseholdJoinQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HouseholdJoinQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HouseholdJoin is the body of [Client.HouseholdJoin]. Record that the person lives in a household.
type HouseholdJoin struct {
	Happened  string `json:"happened"`
	Household string `json:"household"`
	Part      string `json:"part"`
}

// HouseholdJoin: Record that the person lives in a household.
func (c *Client) HouseholdJoin(ctx context.Context, act Act, id string, query HouseholdJoinQuery, body HouseholdJoin) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/households", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// HouseholdLeaveQuery are the parameters of [Client.HouseholdLeave]; one that is empty is not given.
type HouseholdLeaveQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q HouseholdLeaveQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// HouseholdLeave is the body of [Client.HouseholdLeave]. Record that the person left a household.
type HouseholdLeave struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
}

// HouseholdLeave: Record that the person left a household.
func (c *Client) HouseholdLeave(ctx context.Context, act Act, id string, household string, query HouseholdLeaveQuery, body HouseholdLeave) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/households/{household}/departure", "{id}", url.PathEscape(id), 1), "{household}", url.PathEscape(household), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonIdentifyQuery are the parameters of [Client.PersonIdentify]; one that is empty is not given.
type PersonIdentifyQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonIdentifyQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonIdentify is the body of [Client.PersonIdentify]. Record an identifier that a source claims.
type PersonIdentify struct {
	Happened string `json:"happened"`
	Kind     string `json:"kind"`
	Source   string `json:"source"`
	Until    string `json:"until,omitzero"`
	Value    string `json:"value"`
}

// PersonIdentify: Record an identifier that a source claims.
func (c *Client) PersonIdentify(ctx context.Context, act Act, id string, query PersonIdentifyQuery, body PersonIdentify) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/identifiers", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordIdentitiesQuery are the parameters of [Client.RecordIdentities]; one that is empty is not given.
type RecordIdentitiesQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordIdentitiesQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordIdentities: The old or new identity of an adopted child, for those who may open the old record; for all others there is none.
func (c *Client) RecordIdentities(ctx context.Context, id string, query RecordIdentitiesQuery) (out Identities, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/identities", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// ImmunisationsCheckQuery are the parameters of [Client.ImmunisationsCheck]; one that is empty is not given.
type ImmunisationsCheckQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ImmunisationsCheckQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ImmunisationsCheck is the body of [Client.ImmunisationsCheck]. Record whether immunisations are up to date.
type ImmunisationsCheck struct {
	Check    string `json:"check"`
	Happened string `json:"happened"`
	UpToDate *bool  `json:"upToDate,omitzero"`
}

// ImmunisationsCheck: Record whether immunisations are up to date.
func (c *Client) ImmunisationsCheck(ctx context.Context, act Act, id string, query ImmunisationsCheckQuery, body ImmunisationsCheck) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/immunisation-checks", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EntryStateImpactQuery are the parameters of [Client.EntryStateImpact]; one that is empty is not given.
type EntryStateImpactQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EntryStateImpactQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EntryStateImpact is the body of [Client.EntryStateImpact]. Record what an entry meant for the person.
type EntryStateImpact struct {
	By       string   `json:"by,omitzero"`
	Entry    int64    `json:"entry"`
	Happened string   `json:"happened"`
	Text     []string `json:"text"`
}

// EntryStateImpact: Record what an entry meant for the person.
func (c *Client) EntryStateImpact(ctx context.Context, act Act, id string, query EntryStateImpactQuery, body EntryStateImpact) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/impacts", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// IncidentLearnQuery are the parameters of [Client.IncidentLearn]; one that is empty is not given.
type IncidentLearnQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q IncidentLearnQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// IncidentLearn is the body of [Client.IncidentLearn]. Record a serious incident.
type IncidentLearn struct {
	Happened string `json:"happened"`
	Incident string `json:"incident"`
	Kind     string `json:"kind"`
	On       string `json:"on,omitzero"`
}

// IncidentLearn: Record a serious incident.
func (c *Client) IncidentLearn(ctx context.Context, act Act, id string, query IncidentLearnQuery, body IncidentLearn) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/incidents", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// IncidentNotifyQuery are the parameters of [Client.IncidentNotify]; one that is empty is not given.
type IncidentNotifyQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q IncidentNotifyQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// IncidentNotify is the body of [Client.IncidentNotify]. Record the notification of a serious incident.
type IncidentNotify struct {
	Happened  string   `json:"happened"`
	Reference string   `json:"reference,omitzero"`
	To        []string `json:"to"`
}

// IncidentNotify: Record the notification of a serious incident.
func (c *Client) IncidentNotify(ctx context.Context, act Act, id string, incident string, query IncidentNotifyQuery, body IncidentNotify) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/incidents/{incident}/notification", "{id}", url.PathEscape(id), 1), "{incident}", url.PathEscape(incident), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// IncidentReviewQuery are the parameters of [Client.IncidentReview]; one that is empty is not given.
type IncidentReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q IncidentReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// IncidentReview is the body of [Client.IncidentReview]. Record the outcome of a rapid review.
type IncidentReview struct {
	Decision string `json:"decision"`
	Happened string `json:"happened"`
	Learning string `json:"learning,omitzero"`
}

// IncidentReview: Record the outcome of a rapid review.
func (c *Client) IncidentReview(ctx context.Context, act Act, id string, incident string, query IncidentReviewQuery, body IncidentReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/incidents/{incident}/review", "{id}", url.PathEscape(id), 1), "{incident}", url.PathEscape(incident), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// InitialConferenceHoldQuery are the parameters of [Client.InitialConferenceHold]; one that is empty is not given.
type InitialConferenceHoldQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q InitialConferenceHoldQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// InitialConferenceHold is the body of [Client.InitialConferenceHold]. Record an initial child protection conference.
type InitialConferenceHold struct {
	Conference string `json:"conference"`
	Enquiry    string `json:"enquiry,omitzero"`
	Happened   string `json:"happened"`
	Outcome    string `json:"outcome"`
	Referral   string `json:"referral"`
}

// InitialConferenceHold: Record an initial child protection conference.
func (c *Client) InitialConferenceHold(ctx context.Context, act Act, id string, query InitialConferenceHoldQuery, body InitialConferenceHold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/initial-conferences", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// JobCancel: Cancel a job; what was made of it stays.
func (c *Client) JobCancel(ctx context.Context, act Act, id string, job string) (out Job, err error) {
	_, err = c.do(ctx, call{method: "DELETE", path: strings.Replace(strings.Replace("/v1/records/{id}/jobs/{job}", "{id}", url.PathEscape(id), 1), "{job}", url.PathEscape(job), 1), act: &act}, &out)
	return out, err
}

// RecordJob: How far something that is being made of a record has come.
func (c *Client) RecordJob(ctx context.Context, id string, job string) (out Job, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/jobs/{job}", "{id}", url.PathEscape(id), 1), "{job}", url.PathEscape(job), 1)}, &out)
	return out, err
}

// DeprivationOfLibertyRequestQuery are the parameters of [Client.DeprivationOfLibertyRequest]; one that is empty is not given.
type DeprivationOfLibertyRequestQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DeprivationOfLibertyRequestQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DeprivationOfLibertyRequest is the body of [Client.DeprivationOfLibertyRequest]. Record a request for authority to deprive an adult of liberty.
type DeprivationOfLibertyRequest struct {
	Authorisation string `json:"authorisation"`
	Happened      string `json:"happened"`
	Place         string `json:"place"`
	UrgentUntil   string `json:"urgentUntil,omitzero"`
}

// DeprivationOfLibertyRequest: Record a request for authority to deprive an adult of liberty.
func (c *Client) DeprivationOfLibertyRequest(ctx context.Context, act Act, id string, query DeprivationOfLibertyRequestQuery, body DeprivationOfLibertyRequest) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/liberty-authorisations", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DeprivationOfLibertyDecideQuery are the parameters of [Client.DeprivationOfLibertyDecide]; one that is empty is not given.
type DeprivationOfLibertyDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DeprivationOfLibertyDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DeprivationOfLibertyDecide is the body of [Client.DeprivationOfLibertyDecide]. Record whether an adult may be deprived of liberty.
type DeprivationOfLibertyDecide struct {
	Assessment string   `json:"assessment,omitzero"`
	Conditions []string `json:"conditions,omitzero"`
	Granted    *bool    `json:"granted,omitzero"`
	Happened   string   `json:"happened"`
	Until      string   `json:"until,omitzero"`
}

// DeprivationOfLibertyDecide: Record whether an adult may be deprived of liberty.
func (c *Client) DeprivationOfLibertyDecide(ctx context.Context, act Act, id string, authorisation string, query DeprivationOfLibertyDecideQuery, body DeprivationOfLibertyDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/liberty-authorisations/{authorisation}/decision", "{id}", url.PathEscape(id), 1), "{authorisation}", url.PathEscape(authorisation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DeprivationOfLibertyEndQuery are the parameters of [Client.DeprivationOfLibertyEnd]; one that is empty is not given.
type DeprivationOfLibertyEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DeprivationOfLibertyEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DeprivationOfLibertyEnd is the body of [Client.DeprivationOfLibertyEnd]. End an authorisation to deprive an adult of liberty.
type DeprivationOfLibertyEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// DeprivationOfLibertyEnd: End an authorisation to deprive an adult of liberty.
func (c *Client) DeprivationOfLibertyEnd(ctx context.Context, act Act, id string, authorisation string, query DeprivationOfLibertyEndQuery, body DeprivationOfLibertyEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/liberty-authorisations/{authorisation}/end", "{id}", url.PathEscape(id), 1), "{authorisation}", url.PathEscape(authorisation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// LibertyRestrictQuery are the parameters of [Client.LibertyRestrict]; one that is empty is not given.
type LibertyRestrictQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q LibertyRestrictQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// LibertyRestrict is the body of [Client.LibertyRestrict]. Record that the child was deprived of liberty.
type LibertyRestrict struct {
	Happened    string `json:"happened"`
	Kind        string `json:"kind"`
	Restriction string `json:"restriction"`
	Until       string `json:"until,omitzero"`
}

// LibertyRestrict: Record that the child was deprived of liberty.
func (c *Client) LibertyRestrict(ctx context.Context, act Act, id string, query LibertyRestrictQuery, body LibertyRestrict) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/liberty-restrictions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// LibertyRestoreQuery are the parameters of [Client.LibertyRestore]; one that is empty is not given.
type LibertyRestoreQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q LibertyRestoreQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// LibertyRestore is the body of [Client.LibertyRestore]. Record that the child is free again.
type LibertyRestore struct {
	Happened string `json:"happened"`
}

// LibertyRestore: Record that the child is free again.
func (c *Client) LibertyRestore(ctx context.Context, act Act, id string, restriction string, query LibertyRestoreQuery, body LibertyRestore) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/liberty-restrictions/{restriction}/end", "{id}", url.PathEscape(id), 1), "{restriction}", url.PathEscape(restriction), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// LibertyReviewQuery are the parameters of [Client.LibertyReview]; one that is empty is not given.
type LibertyReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q LibertyReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// LibertyReview is the body of [Client.LibertyReview]. Record a review of secure accommodation.
type LibertyReview struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Review   string `json:"review"`
}

// LibertyReview: Record a review of secure accommodation.
func (c *Client) LibertyReview(ctx context.Context, act Act, id string, restriction string, query LibertyReviewQuery, body LibertyReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/liberty-restrictions/{restriction}/reviews", "{id}", url.PathEscape(id), 1), "{restriction}", url.PathEscape(restriction), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// LookedAfterReviewHoldQuery are the parameters of [Client.LookedAfterReviewHold]; one that is empty is not given.
type LookedAfterReviewHoldQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q LookedAfterReviewHoldQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// LookedAfterReviewHold is the body of [Client.LookedAfterReviewHold]. Record a review of a looked-after child.
type LookedAfterReviewHold struct {
	Happened      string `json:"happened"`
	Participation string `json:"participation"`
	Review        string `json:"review"`
}

// LookedAfterReviewHold: Record a review of a looked-after child.
func (c *Client) LookedAfterReviewHold(ctx context.Context, act Act, id string, query LookedAfterReviewHoldQuery, body LookedAfterReviewHold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/looked-after-reviews", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DisclosureNoteLookQuery are the parameters of [Client.DisclosureNoteLook]; one that is empty is not given.
type DisclosureNoteLookQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureNoteLookQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureNoteLook is the body of [Client.DisclosureNoteLook]. Record that somebody looked, in another system, at what the authority shares.
type DisclosureNoteLook struct {
	By        string `json:"by"`
	Happened  string `json:"happened"`
	Protocol  string `json:"protocol"`
	Reference string `json:"reference"`
}

// DisclosureNoteLook: Record that somebody looked, in another system, at what the authority shares.
func (c *Client) DisclosureNoteLook(ctx context.Context, act Act, id string, query DisclosureNoteLookQuery, body DisclosureNoteLook) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/looks", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EntryMarkQuery are the parameters of [Client.EntryMark]; one that is empty is not given.
type EntryMarkQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EntryMarkQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EntryMark is the body of [Client.EntryMark]. Record that a party disputes an entry, or agrees to it.
type EntryMark struct {
	Entry    int64  `json:"entry"`
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
	Party    string `json:"party"`
	Stand    string `json:"stand"`
}

// EntryMark: Record that a party disputes an entry, or agrees to it.
func (c *Client) EntryMark(ctx context.Context, act Act, id string, query EntryMarkQuery, body EntryMark) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/marks", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonMissIdentifierQuery are the parameters of [Client.PersonMissIdentifier]; one that is empty is not given.
type PersonMissIdentifierQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonMissIdentifierQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonMissIdentifier is the body of [Client.PersonMissIdentifier]. Record why an identifier is missing.
type PersonMissIdentifier struct {
	Happened string `json:"happened"`
	Kind     string `json:"kind"`
	Reason   string `json:"reason"`
}

// PersonMissIdentifier: Record why an identifier is missing.
func (c *Client) PersonMissIdentifier(ctx context.Context, act Act, id string, query PersonMissIdentifierQuery, body PersonMissIdentifier) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/missing-identifiers", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// MotherhoodRecordQuery are the parameters of [Client.MotherhoodRecord]; one that is empty is not given.
type MotherhoodRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q MotherhoodRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// MotherhoodRecord is the body of [Client.MotherhoodRecord]. Record whether a looked-after girl is a mother.
type MotherhoodRecord struct {
	ChildBorn string `json:"childBorn,omitzero"`
	Happened  string `json:"happened"`
	Mother    *bool  `json:"mother,omitzero"`
}

// MotherhoodRecord: Record whether a looked-after girl is a mother.
func (c *Client) MotherhoodRecord(ctx context.Context, act Act, id string, query MotherhoodRecordQuery, body MotherhoodRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/motherhood", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonNameQuery are the parameters of [Client.PersonName]; one that is empty is not given.
type PersonNameQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonNameQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonName is the body of [Client.PersonName]. Record a name.
type PersonName struct {
	Family   string `json:"family"`
	Given    string `json:"given"`
	Happened string `json:"happened"`
	Kind     string `json:"kind"`
}

// PersonName: Record a name.
func (c *Client) PersonName(ctx context.Context, act Act, id string, query PersonNameQuery, body PersonName) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/names", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// DisclosureWithholdQuery are the parameters of [Client.DisclosureWithhold]; one that is empty is not given.
type DisclosureWithholdQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q DisclosureWithholdQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// DisclosureWithhold is the body of [Client.DisclosureWithhold]. Record that it was decided not to share something, and why.
type DisclosureWithhold struct {
	Disclosure string `json:"disclosure"`
	Happened   string `json:"happened"`
	Reason     string `json:"reason"`
	What       string `json:"what"`
	With       string `json:"with"`
}

// DisclosureWithhold: Record that it was decided not to share something, and why.
func (c *Client) DisclosureWithhold(ctx context.Context, act Act, id string, query DisclosureWithholdQuery, body DisclosureWithhold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/not-shared", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordNotesQuery are the parameters of [Client.RecordNotes]; one that is empty is not given.
type RecordNotesQuery struct {
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordNotesQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordNotes: The notes of a record, whole: who wrote them when, who was there, and who signed.
func (c *Client) RecordNotes(ctx context.Context, id string, query RecordNotesQuery) (out Notes, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/notes", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// NoteWriteQuery are the parameters of [Client.NoteWrite]; one that is empty is not given.
type NoteWriteQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q NoteWriteQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// NoteWrite is the body of [Client.NoteWrite]. Write a note.
type NoteWrite struct {
	For         string          `json:"for,omitzero"`
	Happened    string          `json:"happened"`
	Kind        string          `json:"kind"`
	Note        string          `json:"note"`
	Present     []string        `json:"present,omitzero"`
	Sensitivity string          `json:"sensitivity,omitzero"`
	Text        []NoteWriteText `json:"text"`
	Time        string          `json:"time,omitzero"`
}

// NoteWriteText is a part of [NoteWrite].
type NoteWriteText struct {
	Text       string `json:"text"`
	Kind       string `json:"kind,omitzero"`
	From       string `json:"from,omitzero"`
	OwnWords   *bool  `json:"ownWords,omitzero"`
	ThirdParty *bool  `json:"thirdParty,omitzero"`
	Informant  *bool  `json:"informant,omitzero"`
}

// NoteWrite: Write a note.
func (c *Client) NoteWrite(ctx context.Context, act Act, id string, query NoteWriteQuery, body NoteWrite) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/notes", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// NoteCountersignQuery are the parameters of [Client.NoteCountersign]; one that is empty is not given.
type NoteCountersignQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q NoteCountersignQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// NoteCountersign is the body of [Client.NoteCountersign]. Put a second name under a note that was signed off.
type NoteCountersign struct {
	Happened string `json:"happened"`
}

// NoteCountersign: Put a second name under a note that was signed off.
func (c *Client) NoteCountersign(ctx context.Context, act Act, id string, note string, query NoteCountersignQuery, body NoteCountersign) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/notes/{note}/countersignature", "{id}", url.PathEscape(id), 1), "{note}", url.PathEscape(note), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// NoteReturnQuery are the parameters of [Client.NoteReturn]; one that is empty is not given.
type NoteReturnQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q NoteReturnQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// NoteReturn is the body of [Client.NoteReturn]. Give a note back to its author, with the reason.
type NoteReturn struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// NoteReturn: Give a note back to its author, with the reason.
func (c *Client) NoteReturn(ctx context.Context, act Act, id string, note string, query NoteReturnQuery, body NoteReturn) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/notes/{note}/return", "{id}", url.PathEscape(id), 1), "{note}", url.PathEscape(note), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// NoteSignOffQuery are the parameters of [Client.NoteSignOff]; one that is empty is not given.
type NoteSignOffQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q NoteSignOffQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// NoteSignOff is the body of [Client.NoteSignOff]. Sign off a note as it stands.
type NoteSignOff struct {
	Happened string `json:"happened"`
}

// NoteSignOff: Sign off a note as it stands.
func (c *Client) NoteSignOff(ctx context.Context, act Act, id string, note string, query NoteSignOffQuery, body NoteSignOff) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/notes/{note}/signature", "{id}", url.PathEscape(id), 1), "{note}", url.PathEscape(note), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// NoteSubmitQuery are the parameters of [Client.NoteSubmit]; one that is empty is not given.
type NoteSubmitQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q NoteSubmitQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// NoteSubmit is the body of [Client.NoteSubmit]. Give a note to somebody to sign off.
type NoteSubmit struct {
	Happened string `json:"happened"`
	To       string `json:"to"`
}

// NoteSubmit: Give a note to somebody to sign off.
func (c *Client) NoteSubmit(ctx context.Context, act Act, id string, note string, query NoteSubmitQuery, body NoteSubmit) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/notes/{note}/submission", "{id}", url.PathEscape(id), 1), "{note}", url.PathEscape(note), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordOverdueQuery are the parameters of [Client.RecordOverdue]; one that is empty is not given.
type RecordOverdueQuery struct {
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordOverdueQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordOverdue: What should have been done on a record by a moment and was not, by the rules of that time.
func (c *Client) RecordOverdue(ctx context.Context, id string, query RecordOverdueQuery) (out Overdue, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/overdue", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// OversightRecordQuery are the parameters of [Client.OversightRecord]; one that is empty is not given.
type OversightRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q OversightRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// OversightRecord is the body of [Client.OversightRecord]. Record what a manager thought and decided about the work.
type OversightRecord struct {
	Decisions []OversightRecordDecisions `json:"decisions,omitzero"`
	Happened  string                     `json:"happened"`
	Kind      string                     `json:"kind"`
	Oversight string                     `json:"oversight"`
	Text      []string                   `json:"text"`
	Towards   string                     `json:"towards,omitzero"`
	Worker    string                     `json:"worker"`
}

// OversightRecordDecisions is a part of [OversightRecord].
type OversightRecordDecisions struct {
	Action  string `json:"action"`
	What    string `json:"what"`
	Who     string `json:"who"`
	By      string `json:"by,omitzero"`
	Outcome string `json:"outcome,omitzero"`
}

// OversightRecord: Record what a manager thought and decided about the work.
func (c *Client) OversightRecord(ctx context.Context, act Act, id string, query OversightRecordQuery, body OversightRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/oversights", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// OversightCloseDecisionQuery are the parameters of [Client.OversightCloseDecision]; one that is empty is not given.
type OversightCloseDecisionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q OversightCloseDecisionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// OversightCloseDecision is the body of [Client.OversightCloseDecision]. Record what became of a manager's decision.
type OversightCloseDecision struct {
	Decision string `json:"decision"`
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
	Result   string `json:"result"`
}

// OversightCloseDecision: Record what became of a manager's decision.
func (c *Client) OversightCloseDecision(ctx context.Context, act Act, id string, oversight string, query OversightCloseDecisionQuery, body OversightCloseDecision) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/oversights/{oversight}/outcomes", "{id}", url.PathEscape(id), 1), "{oversight}", url.PathEscape(oversight), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordEntriesInFullQuery are the parameters of [Client.RecordEntriesInFull]; one that is empty is not given.
type RecordEntriesInFullQuery struct {
	Format      string   // json, docx or pdf; else as the header Accept says, and json if that says nothing.
	From        string   // Only what happened from this day on.
	To          string   // Only what happened up to this day.
	Type        []string // Only events of these types, separated by commas: referral.received,referral.closed.
	KnownAt     string   // As known at this time, or by the end of this day in London; now if not given.
	KnownEntry  int64    // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64    // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordEntriesInFullQuery) values() url.Values {
	v := url.Values{}
	set(v, "format", q.Format)
	set(v, "from", q.From)
	set(v, "to", q.To)
	set(v, "type", strings.Join(q.Type, ","))
	set(v, "knownAt", q.KnownAt)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordEntriesInFull: Entries in force with everything that they say, oldest first, as JSON or as a paper for a court.
func (c *Client) RecordEntriesInFull(ctx context.Context, id string, query RecordEntriesInFullQuery) (out FullEntries, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/papers/entries", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// PathwayPlanMakeQuery are the parameters of [Client.PathwayPlanMake]; one that is empty is not given.
type PathwayPlanMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PathwayPlanMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PathwayPlanMake is the body of [Client.PathwayPlanMake]. Record a pathway plan, or a review of it.
type PathwayPlanMake struct {
	Happened string `json:"happened"`
	Plan     string `json:"plan"`
}

// PathwayPlanMake: Record a pathway plan, or a review of it.
func (c *Client) PathwayPlanMake(ctx context.Context, act Act, id string, query PathwayPlanMakeQuery, body PathwayPlanMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/pathway-plans", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonalAdviserNameQuery are the parameters of [Client.PersonalAdviserName]; one that is empty is not given.
type PersonalAdviserNameQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonalAdviserNameQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonalAdviserName is the body of [Client.PersonalAdviserName]. Name the personal adviser.
type PersonalAdviserName struct {
	Adviser  string `json:"adviser"`
	Happened string `json:"happened"`
}

// PersonalAdviserName: Name the personal adviser.
func (c *Client) PersonalAdviserName(ctx context.Context, act Act, id string, query PersonalAdviserNameQuery, body PersonalAdviserName) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/personal-adviser", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PreProceedingsStartQuery are the parameters of [Client.PreProceedingsStart]; one that is empty is not given.
type PreProceedingsStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PreProceedingsStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PreProceedingsStart is the body of [Client.PreProceedingsStart]. Record a letter before proceedings.
type PreProceedingsStart struct {
	Happened string `json:"happened"`
	Process  string `json:"process"`
}

// PreProceedingsStart: Record a letter before proceedings.
func (c *Client) PreProceedingsStart(ctx context.Context, act Act, id string, query PreProceedingsStartQuery, body PreProceedingsStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/pre-proceedings", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PreProceedingsEndQuery are the parameters of [Client.PreProceedingsEnd]; one that is empty is not given.
type PreProceedingsEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PreProceedingsEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PreProceedingsEnd is the body of [Client.PreProceedingsEnd]. End pre-proceedings.
type PreProceedingsEnd struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
}

// PreProceedingsEnd: End pre-proceedings.
func (c *Client) PreProceedingsEnd(ctx context.Context, act Act, id string, process string, query PreProceedingsEndQuery, body PreProceedingsEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/pre-proceedings/{process}/end", "{id}", url.PathEscape(id), 1), "{process}", url.PathEscape(process), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PreviousPermanenceRecordQuery are the parameters of [Client.PreviousPermanenceRecord]; one that is empty is not given.
type PreviousPermanenceRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PreviousPermanenceRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PreviousPermanenceRecord is the body of [Client.PreviousPermanenceRecord]. Record by which order the child had left care before.
type PreviousPermanenceRecord struct {
	ArrangedBy string `json:"arrangedBy,omitzero"`
	Happened   string `json:"happened"`
	Option     string `json:"option"`
	Ordered    string `json:"ordered,omitzero"`
}

// PreviousPermanenceRecord: Record by which order the child had left care before.
func (c *Client) PreviousPermanenceRecord(ctx context.Context, act Act, id string, query PreviousPermanenceRecordQuery, body PreviousPermanenceRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/previous-permanence", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PrivateFosteringNotifyQuery are the parameters of [Client.PrivateFosteringNotify]; one that is empty is not given.
type PrivateFosteringNotifyQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PrivateFosteringNotifyQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PrivateFosteringNotify is the body of [Client.PrivateFosteringNotify]. Record a private fostering arrangement.
type PrivateFosteringNotify struct {
	Arrangement string `json:"arrangement"`
	Begins      string `json:"begins,omitzero"`
	By          string `json:"by"`
	Carer       string `json:"carer"`
	Happened    string `json:"happened"`
}

// PrivateFosteringNotify: Record a private fostering arrangement.
func (c *Client) PrivateFosteringNotify(ctx context.Context, act Act, id string, query PrivateFosteringNotifyQuery, body PrivateFosteringNotify) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/private-fostering", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PrivateFosteringAssessQuery are the parameters of [Client.PrivateFosteringAssess]; one that is empty is not given.
type PrivateFosteringAssessQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PrivateFosteringAssessQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PrivateFosteringAssess is the body of [Client.PrivateFosteringAssess]. Record whether an arrangement is suitable.
type PrivateFosteringAssess struct {
	Conditions string `json:"conditions,omitzero"`
	Happened   string `json:"happened"`
	Suitable   *bool  `json:"suitable,omitzero"`
}

// PrivateFosteringAssess: Record whether an arrangement is suitable.
func (c *Client) PrivateFosteringAssess(ctx context.Context, act Act, id string, arrangement string, query PrivateFosteringAssessQuery, body PrivateFosteringAssess) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/private-fostering/{arrangement}/assessment", "{id}", url.PathEscape(id), 1), "{arrangement}", url.PathEscape(arrangement), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PrivateFosteringEndQuery are the parameters of [Client.PrivateFosteringEnd]; one that is empty is not given.
type PrivateFosteringEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PrivateFosteringEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PrivateFosteringEnd is the body of [Client.PrivateFosteringEnd]. End a private fostering arrangement.
type PrivateFosteringEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// PrivateFosteringEnd: End a private fostering arrangement.
func (c *Client) PrivateFosteringEnd(ctx context.Context, act Act, id string, arrangement string, query PrivateFosteringEndQuery, body PrivateFosteringEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/private-fostering/{arrangement}/end", "{id}", url.PathEscape(id), 1), "{arrangement}", url.PathEscape(arrangement), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanRegisterQuery are the parameters of [Client.ProtectionPlanRegister]; one that is empty is not given.
type ProtectionPlanRegisterQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanRegisterQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanRegister is the body of [Client.ProtectionPlanRegister]. Put the child's name on the register.
type ProtectionPlanRegister struct {
	Category string `json:"category,omitzero"`
	Happened string `json:"happened"`
	Plan     string `json:"plan"`
	Previous *int64 `json:"previous,omitzero"`
	Referral string `json:"referral"`
}

// ProtectionPlanRegister: Put the child's name on the register.
func (c *Client) ProtectionPlanRegister(ctx context.Context, act Act, id string, query ProtectionPlanRegisterQuery, body ProtectionPlanRegister) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/protection-plans", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanPlanActionQuery are the parameters of [Client.ProtectionPlanPlanAction]; one that is empty is not given.
type ProtectionPlanPlanActionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanPlanActionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanPlanAction is the body of [Client.ProtectionPlanPlanAction]. Make an action part of the detailed plan, or change it.
type ProtectionPlanPlanAction struct {
	Action   string `json:"action"`
	By       string `json:"by,omitzero"`
	Happened string `json:"happened"`
	Outcome  string `json:"outcome,omitzero"`
	What     string `json:"what"`
	Who      string `json:"who"`
}

// ProtectionPlanPlanAction: Make an action part of the detailed plan, or change it.
func (c *Client) ProtectionPlanPlanAction(ctx context.Context, act Act, id string, plan string, query ProtectionPlanPlanActionQuery, body ProtectionPlanPlanAction) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/actions", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanCloseActionQuery are the parameters of [Client.ProtectionPlanCloseAction]; one that is empty is not given.
type ProtectionPlanCloseActionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanCloseActionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanCloseAction is the body of [Client.ProtectionPlanCloseAction]. Close an action of the detailed plan.
type ProtectionPlanCloseAction struct {
	Action   string `json:"action"`
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
	Result   string `json:"result"`
}

// ProtectionPlanCloseAction: Close an action of the detailed plan.
func (c *Client) ProtectionPlanCloseAction(ctx context.Context, act Act, id string, plan string, action string, query ProtectionPlanCloseActionQuery, body ProtectionPlanCloseAction) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/actions/{action}/closure", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), "{action}", url.PathEscape(action), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanChangeCategoryQuery are the parameters of [Client.ProtectionPlanChangeCategory]; one that is empty is not given.
type ProtectionPlanChangeCategoryQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanChangeCategoryQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanChangeCategory is the body of [Client.ProtectionPlanChangeCategory]. Change the category of registration.
type ProtectionPlanChangeCategory struct {
	Category string `json:"category"`
	Happened string `json:"happened"`
}

// ProtectionPlanChangeCategory: Change the category of registration.
func (c *Client) ProtectionPlanChangeCategory(ctx context.Context, act Act, id string, plan string, query ProtectionPlanChangeCategoryQuery, body ProtectionPlanChangeCategory) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/category", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanReportChangeQuery are the parameters of [Client.ProtectionPlanReportChange]; one that is empty is not given.
type ProtectionPlanReportChangeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanReportChangeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanReportChange is the body of [Client.ProtectionPlanReportChange]. Record that the chair was told of a significant change.
type ProtectionPlanReportChange struct {
	Change   string `json:"change"`
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	To       string `json:"to"`
}

// ProtectionPlanReportChange: Record that the chair was told of a significant change.
func (c *Client) ProtectionPlanReportChange(ctx context.Context, act Act, id string, plan string, query ProtectionPlanReportChangeQuery, body ProtectionPlanReportChange) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/change-reports", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanIdentifyChangeQuery are the parameters of [Client.ProtectionPlanIdentifyChange]; one that is empty is not given.
type ProtectionPlanIdentifyChangeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanIdentifyChangeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanIdentifyChange is the body of [Client.ProtectionPlanIdentifyChange]. Record that a plan has to change significantly.
type ProtectionPlanIdentifyChange struct {
	Change   string `json:"change"`
	Happened string `json:"happened"`
	Why      string `json:"why"`
}

// ProtectionPlanIdentifyChange: Record that a plan has to change significantly.
func (c *Client) ProtectionPlanIdentifyChange(ctx context.Context, act Act, id string, plan string, query ProtectionPlanIdentifyChangeQuery, body ProtectionPlanIdentifyChange) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/changes", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanRecordConcernsQuery are the parameters of [Client.ProtectionPlanRecordConcerns]; one that is empty is not given.
type ProtectionPlanRecordConcernsQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanRecordConcernsQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanRecordConcerns is the body of [Client.ProtectionPlanRecordConcerns]. Record the areas of concern about a registered child.
type ProtectionPlanRecordConcerns struct {
	Concerns []string `json:"concerns"`
	Happened string   `json:"happened"`
}

// ProtectionPlanRecordConcerns: Record the areas of concern about a registered child.
func (c *Client) ProtectionPlanRecordConcerns(ctx context.Context, act Act, id string, plan string, query ProtectionPlanRecordConcernsQuery, body ProtectionPlanRecordConcerns) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/concerns", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// CoreGroupMeetQuery are the parameters of [Client.CoreGroupMeet]; one that is empty is not given.
type CoreGroupMeetQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q CoreGroupMeetQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// CoreGroupMeet is the body of [Client.CoreGroupMeet]. Record a core group.
type CoreGroupMeet struct {
	Apologies []CoreGroupMeetApologies `json:"apologies,omitzero"`
	Attended  []CoreGroupMeetAttended  `json:"attended"`
	Happened  string                   `json:"happened"`
	Meeting   string                   `json:"meeting"`
	Progress  string                   `json:"progress,omitzero"`
}

// CoreGroupMeetApologies is a part of [CoreGroupMeet].
type CoreGroupMeetApologies struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// CoreGroupMeetAttended is a part of [CoreGroupMeet].
type CoreGroupMeetAttended struct {
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Agency string `json:"agency,omitzero"`
}

// CoreGroupMeet: Record a core group.
func (c *Client) CoreGroupMeet(ctx context.Context, act Act, id string, plan string, query CoreGroupMeetQuery, body CoreGroupMeet) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/core-groups", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanEndQuery are the parameters of [Client.ProtectionPlanEnd]; one that is empty is not given.
type ProtectionPlanEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanEnd is the body of [Client.ProtectionPlanEnd]. Remove the child's name from the register.
type ProtectionPlanEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// ProtectionPlanEnd: Remove the child's name from the register.
func (c *Client) ProtectionPlanEnd(ctx context.Context, act Act, id string, plan string, query ProtectionPlanEndQuery, body ProtectionPlanEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/end", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanMissChildQuery are the parameters of [Client.ProtectionPlanMissChild]; one that is empty is not given.
type ProtectionPlanMissChildQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanMissChildQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanMissChild is the body of [Client.ProtectionPlanMissChild]. Record that a registered child is missing.
type ProtectionPlanMissChild struct {
	Happened string   `json:"happened"`
	Told     []string `json:"told,omitzero"`
}

// ProtectionPlanMissChild: Record that a registered child is missing.
func (c *Client) ProtectionPlanMissChild(ctx context.Context, act Act, id string, plan string, query ProtectionPlanMissChildQuery, body ProtectionPlanMissChild) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/missing", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanAgreeOutlineQuery are the parameters of [Client.ProtectionPlanAgreeOutline]; one that is empty is not given.
type ProtectionPlanAgreeOutlineQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanAgreeOutlineQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanAgreeOutline is the body of [Client.ProtectionPlanAgreeOutline]. Record the outline plan of a conference.
type ProtectionPlanAgreeOutline struct {
	Actions     []ProtectionPlanAgreeOutlineActions `json:"actions,omitzero"`
	Aims        []string                            `json:"aims"`
	Contingency string                              `json:"contingency,omitzero"`
	Happened    string                              `json:"happened"`
}

// ProtectionPlanAgreeOutlineActions is a part of [ProtectionPlanAgreeOutline].
type ProtectionPlanAgreeOutlineActions struct {
	Action  string `json:"action"`
	What    string `json:"what"`
	Who     string `json:"who"`
	By      string `json:"by,omitzero"`
	Outcome string `json:"outcome,omitzero"`
}

// ProtectionPlanAgreeOutline: Record the outline plan of a conference.
func (c *Client) ProtectionPlanAgreeOutline(ctx context.Context, act Act, id string, plan string, query ProtectionPlanAgreeOutlineQuery, body ProtectionPlanAgreeOutline) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/outline", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanReviewQuery are the parameters of [Client.ProtectionPlanReview]; one that is empty is not given.
type ProtectionPlanReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanReview is the body of [Client.ProtectionPlanReview]. Record a review conference.
type ProtectionPlanReview struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Review   string `json:"review"`
}

// ProtectionPlanReview: Record a review conference.
func (c *Client) ProtectionPlanReview(ctx context.Context, act Act, id string, plan string, query ProtectionPlanReviewQuery, body ProtectionPlanReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/reviews", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ProtectionPlanTraceChildQuery are the parameters of [Client.ProtectionPlanTraceChild]; one that is empty is not given.
type ProtectionPlanTraceChildQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ProtectionPlanTraceChildQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ProtectionPlanTraceChild is the body of [Client.ProtectionPlanTraceChild]. Record that a missing registered child was found.
type ProtectionPlanTraceChild struct {
	Happened string `json:"happened"`
	Where    string `json:"where,omitzero"`
}

// ProtectionPlanTraceChild: Record that a missing registered child was found.
func (c *Client) ProtectionPlanTraceChild(ctx context.Context, act Act, id string, plan string, query ProtectionPlanTraceChildQuery, body ProtectionPlanTraceChild) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/protection-plans/{plan}/traced", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordRedactionSuggestionsQuery are the parameters of [Client.RecordRedactionSuggestions]; one that is empty is not given.
type RecordRedactionSuggestionsQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordRedactionSuggestionsQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordRedactionSuggestions: What of a record may have to be withheld from somebody else than the person, and why.
func (c *Client) RecordRedactionSuggestions(ctx context.Context, id string, query RecordRedactionSuggestionsQuery) (out Suggestions, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/redaction-suggestions", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// RecordRedactionsQuery are the parameters of [Client.RecordRedactions]; one that is empty is not given.
type RecordRedactionsQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordRedactionsQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordRedactions: What of a record is withheld from whom, and how far that was decided.
func (c *Client) RecordRedactions(ctx context.Context, id string, query RecordRedactionsQuery) (out RedactionSets, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/redactions", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// RedactionProposeQuery are the parameters of [Client.RedactionPropose]; one that is empty is not given.
type RedactionProposeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RedactionProposeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RedactionPropose is the body of [Client.RedactionPropose]. Propose what of the record to withhold from a reader.
type RedactionPropose struct {
	Happened  string                  `json:"happened"`
	Known     int64                   `json:"known"`
	Lines     []RedactionProposeLines `json:"lines,omitzero"`
	Nothing   *bool                   `json:"nothing,omitzero"`
	Purpose   string                  `json:"purpose"`
	Reader    string                  `json:"reader"`
	Redaction string                  `json:"redaction"`
}

// RedactionProposeLines is a part of [RedactionPropose].
type RedactionProposeLines struct {
	Entry  int64  `json:"entry"`
	Field  string `json:"field"`
	Ground string `json:"ground"`
	Reason string `json:"reason"`
}

// RedactionPropose: Propose what of the record to withhold from a reader.
func (c *Client) RedactionPropose(ctx context.Context, act Act, id string, query RedactionProposeQuery, body RedactionPropose) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/redactions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordRedactionQuery are the parameters of [Client.RecordRedaction]; one that is empty is not given.
type RecordRedactionQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordRedactionQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordRedaction: A set of redactions for who decides on it: what it withholds, why, and where the words still stand.
func (c *Client) RecordRedaction(ctx context.Context, id string, redaction string, query RecordRedactionQuery) (out RedactionPage, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/redactions/{redaction}", "{id}", url.PathEscape(id), 1), "{redaction}", url.PathEscape(redaction), 1), query: query.values()}, &out)
	return out, err
}

// RedactionApproveQuery are the parameters of [Client.RedactionApprove]; one that is empty is not given.
type RedactionApproveQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RedactionApproveQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RedactionApprove is the body of [Client.RedactionApprove]. Decide to withhold what somebody else proposed.
type RedactionApprove struct {
	Happened string `json:"happened"`
}

// RedactionApprove: Decide to withhold what somebody else proposed.
func (c *Client) RedactionApprove(ctx context.Context, act Act, id string, redaction string, query RedactionApproveQuery, body RedactionApprove) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/redactions/{redaction}/approval", "{id}", url.PathEscape(id), 1), "{redaction}", url.PathEscape(redaction), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RedactionRejectQuery are the parameters of [Client.RedactionReject]; one that is empty is not given.
type RedactionRejectQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RedactionRejectQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RedactionReject is the body of [Client.RedactionReject]. Decide not to withhold what was proposed.
type RedactionReject struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// RedactionReject: Decide not to withhold what was proposed.
func (c *Client) RedactionReject(ctx context.Context, act Act, id string, redaction string, query RedactionRejectQuery, body RedactionReject) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/redactions/{redaction}/rejection", "{id}", url.PathEscape(id), 1), "{redaction}", url.PathEscape(redaction), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ReferralReceiveQuery are the parameters of [Client.ReferralReceive]; one that is empty is not given.
type ReferralReceiveQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ReferralReceiveQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ReferralReceive is the body of [Client.ReferralReceive]. Record that somebody asked for help.
type ReferralReceive struct {
	Happened string `json:"happened"`
	Need     string `json:"need,omitzero"`
	Referral string `json:"referral"`
	Source   string `json:"source"`
}

// ReferralReceive: Record that somebody asked for help.
func (c *Client) ReferralReceive(ctx context.Context, act Act, id string, query ReferralReceiveQuery, body ReferralReceive) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/referrals", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ReferralCloseQuery are the parameters of [Client.ReferralClose]; one that is empty is not given.
type ReferralCloseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ReferralCloseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ReferralClose is the body of [Client.ReferralClose]. Close the case that a referral opened.
type ReferralClose struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// ReferralClose: Close the case that a referral opened.
func (c *Client) ReferralClose(ctx context.Context, act Act, id string, referral string, query ReferralCloseQuery, body ReferralClose) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/referrals/{referral}/closure", "{id}", url.PathEscape(id), 1), "{referral}", url.PathEscape(referral), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ReferralDecideQuery are the parameters of [Client.ReferralDecide]; one that is empty is not given.
type ReferralDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ReferralDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ReferralDecide is the body of [Client.ReferralDecide]. Record the decision to act on a referral.
type ReferralDecide struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
}

// ReferralDecide: Record the decision to act on a referral.
func (c *Client) ReferralDecide(ctx context.Context, act Act, id string, referral string, query ReferralDecideQuery, body ReferralDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/referrals/{referral}/decision", "{id}", url.PathEscape(id), 1), "{referral}", url.PathEscape(referral), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ReferralTakeNoFurtherQuery are the parameters of [Client.ReferralTakeNoFurther]; one that is empty is not given.
type ReferralTakeNoFurtherQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ReferralTakeNoFurtherQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ReferralTakeNoFurther is the body of [Client.ReferralTakeNoFurther]. Record the decision on no further action.
type ReferralTakeNoFurther struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
}

// ReferralTakeNoFurther: Record the decision on no further action.
func (c *Client) ReferralTakeNoFurther(ctx context.Context, act Act, id string, referral string, query ReferralTakeNoFurtherQuery, body ReferralTakeNoFurther) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/referrals/{referral}/no-further-action", "{id}", url.PathEscape(id), 1), "{referral}", url.PathEscape(referral), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordRelationsQuery are the parameters of [Client.RecordRelations]; one that is empty is not given.
type RecordRelationsQuery struct {
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordRelationsQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordRelations: The relationships that a record states.
func (c *Client) RecordRelations(ctx context.Context, id string, query RecordRelationsQuery) (out Relations, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/relations", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// RelationRecordQuery are the parameters of [Client.RelationRecord]; one that is empty is not given.
type RelationRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RelationRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RelationRecord is the body of [Client.RelationRecord]. Record a relationship.
type RelationRecord struct {
	Born        string `json:"born,omitzero"`
	Detail      string `json:"detail,omitzero"`
	Happened    string `json:"happened"`
	Kind        string `json:"kind"`
	Name        string `json:"name,omitzero"`
	Record      string `json:"record,omitzero"`
	Relation    string `json:"relation"`
	Significant *bool  `json:"significant,omitzero"`
}

// RelationRecord: Record a relationship.
func (c *Client) RelationRecord(ctx context.Context, act Act, id string, query RelationRecordQuery, body RelationRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/relations", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RelationEndQuery are the parameters of [Client.RelationEnd]; one that is empty is not given.
type RelationEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RelationEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RelationEnd is the body of [Client.RelationEnd]. Record the end of a relationship.
type RelationEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
}

// RelationEnd: Record the end of a relationship.
func (c *Client) RelationEnd(ctx context.Context, act Act, id string, relation string, query RelationEndQuery, body RelationEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/relations/{relation}/end", "{id}", url.PathEscape(id), 1), "{relation}", url.PathEscape(relation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ParentalResponsibilityHoldQuery are the parameters of [Client.ParentalResponsibilityHold]; one that is empty is not given.
type ParentalResponsibilityHoldQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ParentalResponsibilityHoldQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ParentalResponsibilityHold is the body of [Client.ParentalResponsibilityHold]. Record that somebody holds parental responsibility.
type ParentalResponsibilityHold struct {
	BasisOf  string `json:"basisOf"`
	Happened string `json:"happened"`
	Limits   string `json:"limits,omitzero"`
}

// ParentalResponsibilityHold: Record that somebody holds parental responsibility.
func (c *Client) ParentalResponsibilityHold(ctx context.Context, act Act, id string, relation string, query ParentalResponsibilityHoldQuery, body ParentalResponsibilityHold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/relations/{relation}/responsibility", "{id}", url.PathEscape(id), 1), "{relation}", url.PathEscape(relation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ParentalResponsibilityEndQuery are the parameters of [Client.ParentalResponsibilityEnd]; one that is empty is not given.
type ParentalResponsibilityEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ParentalResponsibilityEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ParentalResponsibilityEnd is the body of [Client.ParentalResponsibilityEnd]. Record that parental responsibility ended.
type ParentalResponsibilityEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// ParentalResponsibilityEnd: Record that parental responsibility ended.
func (c *Client) ParentalResponsibilityEnd(ctx context.Context, act Act, id string, relation string, query ParentalResponsibilityEndQuery, body ParentalResponsibilityEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/relations/{relation}/responsibility-end", "{id}", url.PathEscape(id), 1), "{relation}", url.PathEscape(relation), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RestrictionWithholdAddressQuery are the parameters of [Client.RestrictionWithholdAddress]; one that is empty is not given.
type RestrictionWithholdAddressQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RestrictionWithholdAddressQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RestrictionWithholdAddress is the body of [Client.RestrictionWithholdAddress]. Keep the address from some people.
type RestrictionWithholdAddress struct {
	BasisOf     string   `json:"basisOf"`
	From        []string `json:"from,omitzero"`
	Happened    string   `json:"happened"`
	Restriction string   `json:"restriction"`
}

// RestrictionWithholdAddress: Keep the address from some people.
func (c *Client) RestrictionWithholdAddress(ctx context.Context, act Act, id string, query RestrictionWithholdAddressQuery, body RestrictionWithholdAddress) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/restrictions/addresses", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RestrictionRaiseBarrierQuery are the parameters of [Client.RestrictionRaiseBarrier]; one that is empty is not given.
type RestrictionRaiseBarrierQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RestrictionRaiseBarrierQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RestrictionRaiseBarrier is the body of [Client.RestrictionRaiseBarrier]. Forbid a worker to open the record.
type RestrictionRaiseBarrier struct {
	Happened    string `json:"happened"`
	Reason      string `json:"reason"`
	Restriction string `json:"restriction"`
	Worker      string `json:"worker"`
}

// RestrictionRaiseBarrier: Forbid a worker to open the record.
func (c *Client) RestrictionRaiseBarrier(ctx context.Context, act Act, id string, query RestrictionRaiseBarrierQuery, body RestrictionRaiseBarrier) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/restrictions/barriers", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RestrictionShieldInformantQuery are the parameters of [Client.RestrictionShieldInformant]; one that is empty is not given.
type RestrictionShieldInformantQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RestrictionShieldInformantQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RestrictionShieldInformant is the body of [Client.RestrictionShieldInformant]. Mark entries that could give an informant away.
type RestrictionShieldInformant struct {
	Entries     []int64 `json:"entries"`
	Happened    string  `json:"happened"`
	Reason      string  `json:"reason,omitzero"`
	Restriction string  `json:"restriction"`
}

// RestrictionShieldInformant: Mark entries that could give an informant away.
func (c *Client) RestrictionShieldInformant(ctx context.Context, act Act, id string, query RestrictionShieldInformantQuery, body RestrictionShieldInformant) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/restrictions/informants", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RestrictionSealRecordQuery are the parameters of [Client.RestrictionSealRecord]; one that is empty is not given.
type RestrictionSealRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RestrictionSealRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RestrictionSealRecord is the body of [Client.RestrictionSealRecord]. Let only the named workers open the record.
type RestrictionSealRecord struct {
	Happened    string   `json:"happened"`
	Readers     []string `json:"readers"`
	Reason      string   `json:"reason"`
	Restriction string   `json:"restriction"`
}

// RestrictionSealRecord: Let only the named workers open the record.
func (c *Client) RestrictionSealRecord(ctx context.Context, act Act, id string, query RestrictionSealRecordQuery, body RestrictionSealRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/restrictions/seals", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RestrictionLiftQuery are the parameters of [Client.RestrictionLift]; one that is empty is not given.
type RestrictionLiftQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RestrictionLiftQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RestrictionLift is the body of [Client.RestrictionLift]. Lift a restriction.
type RestrictionLift struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// RestrictionLift: Lift a restriction.
func (c *Client) RestrictionLift(ctx context.Context, act Act, id string, restriction string, query RestrictionLiftQuery, body RestrictionLift) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/restrictions/{restriction}/end", "{id}", url.PathEscape(id), 1), "{restriction}", url.PathEscape(restriction), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ReviewingOfficerNameQuery are the parameters of [Client.ReviewingOfficerName]; one that is empty is not given.
type ReviewingOfficerNameQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ReviewingOfficerNameQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ReviewingOfficerName is the body of [Client.ReviewingOfficerName]. Name the independent reviewing officer.
type ReviewingOfficerName struct {
	Happened string `json:"happened"`
	Officer  string `json:"officer"`
}

// ReviewingOfficerName: Name the independent reviewing officer.
func (c *Client) ReviewingOfficerName(ctx context.Context, act Act, id string, query ReviewingOfficerNameQuery, body ReviewingOfficerName) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/reviewing-officer", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// S47EnquiryStartQuery are the parameters of [Client.S47EnquiryStart]; one that is empty is not given.
type S47EnquiryStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q S47EnquiryStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// S47EnquiryStart is the body of [Client.S47EnquiryStart]. Begin an enquiry under section 47.
type S47EnquiryStart struct {
	ConferenceBy string `json:"conferenceBy,omitzero"`
	Enquiry      string `json:"enquiry"`
	Happened     string `json:"happened"`
	Referral     string `json:"referral"`
}

// S47EnquiryStart: Begin an enquiry under section 47.
func (c *Client) S47EnquiryStart(ctx context.Context, act Act, id string, query S47EnquiryStartQuery, body S47EnquiryStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/s47-enquiries", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ConferenceDelayQuery are the parameters of [Client.ConferenceDelay]; one that is empty is not given.
type ConferenceDelayQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ConferenceDelayQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ConferenceDelay is the body of [Client.ConferenceDelay]. Allow an initial conference to be late.
type ConferenceDelay struct {
	Happened string `json:"happened"`
	Manager  string `json:"manager"`
	Reason   string `json:"reason"`
	Until    string `json:"until"`
}

// ConferenceDelay: Allow an initial conference to be late.
func (c *Client) ConferenceDelay(ctx context.Context, act Act, id string, enquiry string, query ConferenceDelayQuery, body ConferenceDelay) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/s47-enquiries/{enquiry}/delay", "{id}", url.PathEscape(id), 1), "{enquiry}", url.PathEscape(enquiry), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// InitialConferenceRequireNoneQuery are the parameters of [Client.InitialConferenceRequireNone]; one that is empty is not given.
type InitialConferenceRequireNoneQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q InitialConferenceRequireNoneQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// InitialConferenceRequireNone is the body of [Client.InitialConferenceRequireNone]. End an enquiry without a conference.
type InitialConferenceRequireNone struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
}

// InitialConferenceRequireNone: End an enquiry without a conference.
func (c *Client) InitialConferenceRequireNone(ctx context.Context, act Act, id string, enquiry string, query InitialConferenceRequireNoneQuery, body InitialConferenceRequireNone) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/s47-enquiries/{enquiry}/no-conference", "{id}", url.PathEscape(id), 1), "{enquiry}", url.PathEscape(enquiry), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingConcernRaiseQuery are the parameters of [Client.SafeguardingConcernRaise]; one that is empty is not given.
type SafeguardingConcernRaiseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingConcernRaiseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingConcernRaise is the body of [Client.SafeguardingConcernRaise]. Record a concern about an adult.
type SafeguardingConcernRaise struct {
	Account  string   `json:"account,omitzero"`
	Concern  string   `json:"concern"`
	Happened string   `json:"happened"`
	Source   string   `json:"source"`
	Types    []string `json:"types"`
	Where    string   `json:"where"`
}

// SafeguardingConcernRaise: Record a concern about an adult.
func (c *Client) SafeguardingConcernRaise(ctx context.Context, act Act, id string, query SafeguardingConcernRaiseQuery, body SafeguardingConcernRaise) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/safeguarding-concerns", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingConcernDecideQuery are the parameters of [Client.SafeguardingConcernDecide]; one that is empty is not given.
type SafeguardingConcernDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingConcernDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingConcernDecide is the body of [Client.SafeguardingConcernDecide]. Record whether to enquire into a concern about an adult.
type SafeguardingConcernDecide struct {
	AtRisk      *bool  `json:"atRisk,omitzero"`
	CareNeeds   *bool  `json:"careNeeds,omitzero"`
	Happened    string `json:"happened"`
	Outcome     string `json:"outcome"`
	Reason      string `json:"reason,omitzero"`
	Unprotected *bool  `json:"unprotected,omitzero"`
}

// SafeguardingConcernDecide: Record whether to enquire into a concern about an adult.
func (c *Client) SafeguardingConcernDecide(ctx context.Context, act Act, id string, concern string, query SafeguardingConcernDecideQuery, body SafeguardingConcernDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/safeguarding-concerns/{concern}/decision", "{id}", url.PathEscape(id), 1), "{concern}", url.PathEscape(concern), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingEnquiryStartQuery are the parameters of [Client.SafeguardingEnquiryStart]; one that is empty is not given.
type SafeguardingEnquiryStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingEnquiryStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingEnquiryStart is the body of [Client.SafeguardingEnquiryStart]. Begin an enquiry into a concern about an adult.
type SafeguardingEnquiryStart struct {
	Concern  string `json:"concern"`
	Enquiry  string `json:"enquiry"`
	Happened string `json:"happened"`
	Wished   string `json:"wished,omitzero"`
}

// SafeguardingEnquiryStart: Begin an enquiry into a concern about an adult.
func (c *Client) SafeguardingEnquiryStart(ctx context.Context, act Act, id string, query SafeguardingEnquiryStartQuery, body SafeguardingEnquiryStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/safeguarding-enquiries", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingEnquiryEndQuery are the parameters of [Client.SafeguardingEnquiryEnd]; one that is empty is not given.
type SafeguardingEnquiryEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingEnquiryEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingEnquiryEnd is the body of [Client.SafeguardingEnquiryEnd]. Record what an enquiry found and changed.
type SafeguardingEnquiryEnd struct {
	Finding  string `json:"finding,omitzero"`
	Happened string `json:"happened"`
	Risk     string `json:"risk"`
	Wishes   string `json:"wishes"`
}

// SafeguardingEnquiryEnd: Record what an enquiry found and changed.
func (c *Client) SafeguardingEnquiryEnd(ctx context.Context, act Act, id string, enquiry string, query SafeguardingEnquiryEndQuery, body SafeguardingEnquiryEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/safeguarding-enquiries/{enquiry}/end", "{id}", url.PathEscape(id), 1), "{enquiry}", url.PathEscape(enquiry), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingPlanAgreeQuery are the parameters of [Client.SafeguardingPlanAgree]; one that is empty is not given.
type SafeguardingPlanAgreeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingPlanAgreeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingPlanAgree is the body of [Client.SafeguardingPlanAgree]. Record how an adult is to be protected.
type SafeguardingPlanAgree struct {
	Actions  []SafeguardingPlanAgreeActions `json:"actions"`
	Enquiry  string                         `json:"enquiry"`
	Happened string                         `json:"happened"`
	Plan     string                         `json:"plan"`
	ReviewBy string                         `json:"reviewBy,omitzero"`
}

// SafeguardingPlanAgreeActions is a part of [SafeguardingPlanAgree].
type SafeguardingPlanAgreeActions struct {
	Action  string `json:"action"`
	What    string `json:"what"`
	Who     string `json:"who"`
	By      string `json:"by,omitzero"`
	Outcome string `json:"outcome,omitzero"`
}

// SafeguardingPlanAgree: Record how an adult is to be protected.
func (c *Client) SafeguardingPlanAgree(ctx context.Context, act Act, id string, query SafeguardingPlanAgreeQuery, body SafeguardingPlanAgree) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/safeguarding-plans", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingPlanCloseActionQuery are the parameters of [Client.SafeguardingPlanCloseAction]; one that is empty is not given.
type SafeguardingPlanCloseActionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingPlanCloseActionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingPlanCloseAction is the body of [Client.SafeguardingPlanCloseAction]. Close an action of an adult's protection plan.
type SafeguardingPlanCloseAction struct {
	Action   string `json:"action"`
	Happened string `json:"happened"`
	Note     string `json:"note,omitzero"`
	Result   string `json:"result"`
}

// SafeguardingPlanCloseAction: Close an action of an adult's protection plan.
func (c *Client) SafeguardingPlanCloseAction(ctx context.Context, act Act, id string, plan string, action string, query SafeguardingPlanCloseActionQuery, body SafeguardingPlanCloseAction) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace(strings.Replace("/v1/records/{id}/safeguarding-plans/{plan}/actions/{action}/closure", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), "{action}", url.PathEscape(action), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingPlanEndQuery are the parameters of [Client.SafeguardingPlanEnd]; one that is empty is not given.
type SafeguardingPlanEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingPlanEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingPlanEnd is the body of [Client.SafeguardingPlanEnd]. End an adult's protection plan.
type SafeguardingPlanEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// SafeguardingPlanEnd: End an adult's protection plan.
func (c *Client) SafeguardingPlanEnd(ctx context.Context, act Act, id string, plan string, query SafeguardingPlanEndQuery, body SafeguardingPlanEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/safeguarding-plans/{plan}/end", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SafeguardingPlanReviewQuery are the parameters of [Client.SafeguardingPlanReview]; one that is empty is not given.
type SafeguardingPlanReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SafeguardingPlanReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SafeguardingPlanReview is the body of [Client.SafeguardingPlanReview]. Record a review of an adult's protection plan.
type SafeguardingPlanReview struct {
	Happened string `json:"happened"`
	Review   string `json:"review"`
	ReviewBy string `json:"reviewBy,omitzero"`
}

// SafeguardingPlanReview: Record a review of an adult's protection plan.
func (c *Client) SafeguardingPlanReview(ctx context.Context, act Act, id string, plan string, query SafeguardingPlanReviewQuery, body SafeguardingPlanReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/safeguarding-plans/{plan}/reviews", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordSendQuery are the parameters of [Client.RecordSend]; one that is empty is not given.
type RecordSendQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q RecordSendQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// RecordSend is the body of [Client.RecordSend]. Record that the whole record goes to another authority.
type RecordSend struct {
	Checkpoint string `json:"checkpoint"`
	Happened   string `json:"happened"`
	Known      int64  `json:"known"`
	Package    string `json:"package"`
	Recipient  string `json:"recipient"`
	To         string `json:"to"`
}

// RecordSend: Record that the whole record goes to another authority.
func (c *Client) RecordSend(ctx context.Context, act Act, id string, query RecordSendQuery, body RecordSend) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/sendings", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ServiceStartQuery are the parameters of [Client.ServiceStart]; one that is empty is not given.
type ServiceStartQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ServiceStartQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ServiceStart is the body of [Client.ServiceStart]. Begin a service under a support plan.
type ServiceStart struct {
	Component string `json:"component"`
	Cost      *int64 `json:"cost,omitzero"`
	Delivery  string `json:"delivery"`
	Happened  string `json:"happened"`
	Location  string `json:"location,omitzero"`
	Per       string `json:"per,omitzero"`
	Plan      string `json:"plan"`
	Provider  string `json:"provider"`
	Service   string `json:"service"`
	Type      string `json:"type"`
	Units     *int64 `json:"units,omitzero"`
}

// ServiceStart: Begin a service under a support plan.
func (c *Client) ServiceStart(ctx context.Context, act Act, id string, query ServiceStartQuery, body ServiceStart) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/services", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ServiceEndQuery are the parameters of [Client.ServiceEnd]; one that is empty is not given.
type ServiceEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ServiceEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ServiceEnd is the body of [Client.ServiceEnd]. End a service.
type ServiceEnd struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
}

// ServiceEnd: End a service.
func (c *Client) ServiceEnd(ctx context.Context, act Act, id string, service string, query ServiceEndQuery, body ServiceEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/services/{service}/end", "{id}", url.PathEscape(id), 1), "{service}", url.PathEscape(service), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// PersonRecordSexQuery are the parameters of [Client.PersonRecordSex]; one that is empty is not given.
type PersonRecordSexQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q PersonRecordSexQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// PersonRecordSex is the body of [Client.PersonRecordSex]. Record the sex.
type PersonRecordSex struct {
	Happened string `json:"happened"`
	Sex      string `json:"sex"`
}

// PersonRecordSex: Record the sex.
func (c *Client) PersonRecordSex(ctx context.Context, act Act, id string, query PersonRecordSexQuery, body PersonRecordSex) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/sex", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ShortBreaksAgreeQuery are the parameters of [Client.ShortBreaksAgree]; one that is empty is not given.
type ShortBreaksAgreeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ShortBreaksAgreeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ShortBreaksAgree is the body of [Client.ShortBreaksAgree]. Agree a series of short breaks.
type ShortBreaksAgree struct {
	Agreement   string `json:"agreement"`
	Happened    string `json:"happened"`
	LegalStatus string `json:"legalStatus"`
}

// ShortBreaksAgree: Agree a series of short breaks.
func (c *Client) ShortBreaksAgree(ctx context.Context, act Act, id string, query ShortBreaksAgreeQuery, body ShortBreaksAgree) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/short-breaks", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ShortBreaksEndQuery are the parameters of [Client.ShortBreaksEnd]; one that is empty is not given.
type ShortBreaksEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ShortBreaksEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ShortBreaksEnd is the body of [Client.ShortBreaksEnd]. End a series of short breaks.
type ShortBreaksEnd struct {
	Happened string `json:"happened"`
}

// ShortBreaksEnd: End a series of short breaks.
func (c *Client) ShortBreaksEnd(ctx context.Context, act Act, id string, agreement string, query ShortBreaksEndQuery, body ShortBreaksEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/short-breaks/{agreement}/end", "{id}", url.PathEscape(id), 1), "{agreement}", url.PathEscape(agreement), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordStepsQuery are the parameters of [Client.RecordSteps]; one that is empty is not given.
type RecordStepsQuery struct {
	After       int64  // Only entries after this one; 0 is the beginning.
	Limit       int64  // At most this many rows; 100 if not given.
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn      string // As true on this day; whatever the day if not given.
	KnownEntry  int64  // As known when this entry of the record was its last: the answer stays the same for ever.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordStepsQuery) values() url.Values {
	v := url.Values{}
	set(v, "after", q.After)
	set(v, "limit", q.Limit)
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	set(v, "knownEntry", q.KnownEntry)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordSteps: A record's entries one after the other, each with what it made of the record.
func (c *Client) RecordSteps(ctx context.Context, id string, query RecordStepsQuery) (out Steps, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/steps", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// StrategyDiscussionHoldQuery are the parameters of [Client.StrategyDiscussionHold]; one that is empty is not given.
type StrategyDiscussionHoldQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q StrategyDiscussionHoldQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// StrategyDiscussionHold is the body of [Client.StrategyDiscussionHold]. Record a strategy discussion.
type StrategyDiscussionHold struct {
	Agencies []string `json:"agencies"`
	Enquiry  string   `json:"enquiry"`
	Happened string   `json:"happened"`
	Outcome  string   `json:"outcome"`
	Referral string   `json:"referral"`
}

// StrategyDiscussionHold: Record a strategy discussion.
func (c *Client) StrategyDiscussionHold(ctx context.Context, act Act, id string, query StrategyDiscussionHoldQuery, body StrategyDiscussionHold) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/strategy-discussions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// StrengthsAndDifficultiesScoreQuery are the parameters of [Client.StrengthsAndDifficultiesScore]; one that is empty is not given.
type StrengthsAndDifficultiesScoreQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q StrengthsAndDifficultiesScoreQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// StrengthsAndDifficultiesScore is the body of [Client.StrengthsAndDifficultiesScore]. Record the score of strengths and difficulties, or why there is none.
type StrengthsAndDifficultiesScore struct {
	Check    string `json:"check"`
	Happened string `json:"happened"`
	Reason   string `json:"reason,omitzero"`
	Score    *int64 `json:"score,omitzero"`
}

// StrengthsAndDifficultiesScore: Record the score of strengths and difficulties, or why there is none.
func (c *Client) StrengthsAndDifficultiesScore(ctx context.Context, act Act, id string, query StrengthsAndDifficultiesScoreQuery, body StrengthsAndDifficultiesScore) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/strengths-and-difficulties", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessReceiveQuery are the parameters of [Client.SubjectAccessReceive]; one that is empty is not given.
type SubjectAccessReceiveQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessReceiveQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessReceive is the body of [Client.SubjectAccessReceive]. Record that somebody asks to see what is recorded.
type SubjectAccessReceive struct {
	AccessRequest string `json:"accessRequest"`
	From          string `json:"from"`
	Happened      string `json:"happened"`
	How           string `json:"how"`
	Name          string `json:"name,omitzero"`
	Wants         string `json:"wants"`
}

// SubjectAccessReceive: Record that somebody asks to see what is recorded.
func (c *Client) SubjectAccessReceive(ctx context.Context, act Act, id string, query SubjectAccessReceiveQuery, body SubjectAccessReceive) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/subject-access-requests", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordAnswerQuery are the parameters of [Client.RecordAnswer]; one that is empty is not given.
type RecordAnswerQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordAnswerQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordAnswer: Whether the answer to a request for access is made, and complete.
func (c *Client) RecordAnswer(ctx context.Context, id string, accessRequest string, query RecordAnswerQuery) (out AnswerPage, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/answer", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values()}, &out)
	return out, err
}

// SubjectAccessClarifyQuery are the parameters of [Client.SubjectAccessClarify]; one that is empty is not given.
type SubjectAccessClarifyQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessClarifyQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessClarify is the body of [Client.SubjectAccessClarify]. Record the requester's answer to a question.
type SubjectAccessClarify struct {
	Happened string `json:"happened"`
	What     string `json:"what"`
}

// SubjectAccessClarify: Record the requester's answer to a question.
func (c *Client) SubjectAccessClarify(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessClarifyQuery, body SubjectAccessClarify) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/answers", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessCheckQuery are the parameters of [Client.SubjectAccessCheck]; one that is empty is not given.
type SubjectAccessCheckQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessCheckQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessCheck is the body of [Client.SubjectAccessCheck]. Record what counting the answer against the record gave.
type SubjectAccessCheck struct {
	Delivered *int64 `json:"delivered,omitzero"`
	Happened  string `json:"happened"`
	Hash      string `json:"hash"`
	Known     int64  `json:"known"`
	Missing   *int64 `json:"missing,omitzero"`
	Withheld  *int64 `json:"withheld,omitzero"`
}

// SubjectAccessCheck: Record what counting the answer against the record gave.
func (c *Client) SubjectAccessCheck(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessCheckQuery, body SubjectAccessCheck) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/checks", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessCloseQuery are the parameters of [Client.SubjectAccessClose]; one that is empty is not given.
type SubjectAccessCloseQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessCloseQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessClose is the body of [Client.SubjectAccessClose]. End a request for access.
type SubjectAccessClose struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// SubjectAccessClose: End a request for access.
func (c *Client) SubjectAccessClose(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessCloseQuery, body SubjectAccessClose) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/closure", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessComplainQuery are the parameters of [Client.SubjectAccessComplain]; one that is empty is not given.
type SubjectAccessComplainQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessComplainQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessComplain is the body of [Client.SubjectAccessComplain]. Record a complaint about the answer.
type SubjectAccessComplain struct {
	Complaint string `json:"complaint"`
	Happened  string `json:"happened"`
	Says      string `json:"says"`
}

// SubjectAccessComplain: Record a complaint about the answer.
func (c *Client) SubjectAccessComplain(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessComplainQuery, body SubjectAccessComplain) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/complaints", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessReviewQuery are the parameters of [Client.SubjectAccessReview]; one that is empty is not given.
type SubjectAccessReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessReview is the body of [Client.SubjectAccessReview]. Record what a review of the answer found.
type SubjectAccessReview struct {
	Complaint string `json:"complaint"`
	Happened  string `json:"happened"`
	Outcome   string `json:"outcome"`
	Reason    string `json:"reason"`
}

// SubjectAccessReview: Record what a review of the answer found.
func (c *Client) SubjectAccessReview(ctx context.Context, act Act, id string, accessRequest string, complaint string, query SubjectAccessReviewQuery, body SubjectAccessReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/complaints/{complaint}/review", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), "{complaint}", url.PathEscape(complaint), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessAskConsentQuery are the parameters of [Client.SubjectAccessAskConsent]; one that is empty is not given.
type SubjectAccessAskConsentQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessAskConsentQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessAskConsent is the body of [Client.SubjectAccessAskConsent]. Record that somebody else was asked whether what is about them may be shown.
type SubjectAccessAskConsent struct {
	Entries  []int64 `json:"entries"`
	Happened string  `json:"happened"`
	Party    string  `json:"party"`
}

// SubjectAccessAskConsent: Record that somebody else was asked whether what is about them may be shown.
func (c *Client) SubjectAccessAskConsent(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessAskConsentQuery, body SubjectAccessAskConsent) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/consent-questions", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessSettleConsentQuery are the parameters of [Client.SubjectAccessSettleConsent]; one that is empty is not given.
type SubjectAccessSettleConsentQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessSettleConsentQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessSettleConsent is the body of [Client.SubjectAccessSettleConsent]. Record a consent, its refusal, or what is reasonable without one.
type SubjectAccessSettleConsent struct {
	Answer   string `json:"answer"`
	Happened string `json:"happened"`
	Party    string `json:"party"`
	Reason   string `json:"reason,omitzero"`
}

// SubjectAccessSettleConsent: Record a consent, its refusal, or what is reasonable without one.
func (c *Client) SubjectAccessSettleConsent(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessSettleConsentQuery, body SubjectAccessSettleConsent) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/consents", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessDecideQuery are the parameters of [Client.SubjectAccessDecide]; one that is empty is not given.
type SubjectAccessDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessDecide is the body of [Client.SubjectAccessDecide]. Record what the requester is to be given.
type SubjectAccessDecide struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason"`
}

// SubjectAccessDecide: Record what the requester is to be given.
func (c *Client) SubjectAccessDecide(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessDecideQuery, body SubjectAccessDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/decision", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessDeliverQuery are the parameters of [Client.SubjectAccessDeliver]; one that is empty is not given.
type SubjectAccessDeliverQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessDeliverQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessDeliver is the body of [Client.SubjectAccessDeliver]. Record that the answer was handed over.
type SubjectAccessDeliver struct {
	Happened string `json:"happened"`
	Hash     string `json:"hash,omitzero"`
	How      string `json:"how"`
}

// SubjectAccessDeliver: Record that the answer was handed over.
func (c *Client) SubjectAccessDeliver(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessDeliverQuery, body SubjectAccessDeliver) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/delivery", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessExemptQuery are the parameters of [Client.SubjectAccessExempt]; one that is empty is not given.
type SubjectAccessExemptQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessExemptQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessExempt is the body of [Client.SubjectAccessExempt]. Record which approved set of redactions holds for the answer.
type SubjectAccessExempt struct {
	Happened  string                     `json:"happened"`
	Looks     []SubjectAccessExemptLooks `json:"looks,omitzero"`
	Redaction string                     `json:"redaction"`
}

// SubjectAccessExemptLooks is a part of [SubjectAccessExempt].
type SubjectAccessExemptLooks struct {
	Day    string `json:"day"`
	Entry  int64  `json:"entry"`
	Ground string `json:"ground"`
}

// SubjectAccessExempt: Record which approved set of redactions holds for the answer.
func (c *Client) SubjectAccessExempt(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessExemptQuery, body SubjectAccessExempt) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/exemptions", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessExtendQuery are the parameters of [Client.SubjectAccessExtend]; one that is empty is not given.
type SubjectAccessExtendQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessExtendQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessExtend is the body of [Client.SubjectAccessExtend]. Record that the requester was told that the answer takes longer, and why.
type SubjectAccessExtend struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
	Told     string `json:"told"`
}

// SubjectAccessExtend: Record that the requester was told that the answer takes longer, and why.
func (c *Client) SubjectAccessExtend(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessExtendQuery, body SubjectAccessExtend) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/extension", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordAnswerFileQuery are the parameters of [Client.RecordAnswerFile]; one that is empty is not given.
type RecordAnswerFileQuery struct {
	MinRevision int64 // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordAnswerFileQuery) values() url.Values {
	v := url.Values{}
	set(v, "minRevision", q.MinRevision)
	return v
}

// SubjectAccessGiveHarmOpinionQuery are the parameters of [Client.SubjectAccessGiveHarmOpinion]; one that is empty is not given.
type SubjectAccessGiveHarmOpinionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessGiveHarmOpinionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessGiveHarmOpinion is the body of [Client.SubjectAccessGiveHarmOpinion]. Record a health professional's opinion on serious harm.
type SubjectAccessGiveHarmOpinion struct {
	By         string `json:"by"`
	Happened   string `json:"happened"`
	Harm       *bool  `json:"harm,omitzero"`
	Opinion    string `json:"opinion"`
	Profession string `json:"profession"`
	Text       string `json:"text"`
}

// SubjectAccessGiveHarmOpinion: Record a health professional's opinion on serious harm.
func (c *Client) SubjectAccessGiveHarmOpinion(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessGiveHarmOpinionQuery, body SubjectAccessGiveHarmOpinion) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/harm-opinions", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessAskHarmOpinionQuery are the parameters of [Client.SubjectAccessAskHarmOpinion]; one that is empty is not given.
type SubjectAccessAskHarmOpinionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessAskHarmOpinionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessAskHarmOpinion is the body of [Client.SubjectAccessAskHarmOpinion]. Record that a health professional was asked about serious harm.
type SubjectAccessAskHarmOpinion struct {
	Entries  []int64 `json:"entries"`
	Happened string  `json:"happened"`
	Of       string  `json:"of"`
	Opinion  string  `json:"opinion"`
}

// SubjectAccessAskHarmOpinion: Record that a health professional was asked about serious harm.
func (c *Client) SubjectAccessAskHarmOpinion(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessAskHarmOpinionQuery, body SubjectAccessAskHarmOpinion) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/harm-questions", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessCheckIdentityQuery are the parameters of [Client.SubjectAccessCheckIdentity]; one that is empty is not given.
type SubjectAccessCheckIdentityQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessCheckIdentityQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessCheckIdentity is the body of [Client.SubjectAccessCheckIdentity]. Record whether the requester has shown who they are.
type SubjectAccessCheckIdentity struct {
	Happened string `json:"happened"`
	Means    string `json:"means"`
	Proved   *bool  `json:"proved,omitzero"`
}

// SubjectAccessCheckIdentity: Record whether the requester has shown who they are.
func (c *Client) SubjectAccessCheckIdentity(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessCheckIdentityQuery, body SubjectAccessCheckIdentity) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/identity", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessAskIdentityQuery are the parameters of [Client.SubjectAccessAskIdentity]; one that is empty is not given.
type SubjectAccessAskIdentityQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessAskIdentityQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessAskIdentity is the body of [Client.SubjectAccessAskIdentity]. Record that the requester was asked to show who they are.
type SubjectAccessAskIdentity struct {
	Happened string `json:"happened"`
	What     string `json:"what"`
}

// SubjectAccessAskIdentity: Record that the requester was asked to show who they are.
func (c *Client) SubjectAccessAskIdentity(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessAskIdentityQuery, body SubjectAccessAskIdentity) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/identity-question", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessAnswer is the body of [Client.SubjectAccessAnswer]. Make the answer to a request for access, and count that nothing is missing from it, beside other requests.
type SubjectAccessAnswer struct {
}

// SubjectAccessAnswer: Make the answer to a request for access, and count that nothing is missing from it, beside other requests.
func (c *Client) SubjectAccessAnswer(ctx context.Context, act Act, id string, accessRequest string, body SubjectAccessAnswer) (out Job, err error) {
	_, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/jobs", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), body: body, act: &act}, &out)
	return out, err
}

// SubjectAccessAskClarificationQuery are the parameters of [Client.SubjectAccessAskClarification]; one that is empty is not given.
type SubjectAccessAskClarificationQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessAskClarificationQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessAskClarification is the body of [Client.SubjectAccessAskClarification]. Record a question to the requester about the request; the clock stops where the law says so.
type SubjectAccessAskClarification struct {
	Happened string `json:"happened"`
	What     string `json:"what"`
}

// SubjectAccessAskClarification: Record a question to the requester about the request; the clock stops where the law says so.
func (c *Client) SubjectAccessAskClarification(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessAskClarificationQuery, body SubjectAccessAskClarification) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/questions", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubjectAccessSearchQuery are the parameters of [Client.SubjectAccessSearch]; one that is empty is not given.
type SubjectAccessSearchQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubjectAccessSearchQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubjectAccessSearch is the body of [Client.SubjectAccessSearch]. Record where was searched, and what was found.
type SubjectAccessSearch struct {
	Found    []SubjectAccessSearchFound `json:"found,omitzero"`
	Happened string                     `json:"happened"`
	Known    int64                      `json:"known"`
}

// SubjectAccessSearchFound is a part of [SubjectAccessSearch].
type SubjectAccessSearchFound struct {
	Place  string `json:"place"`
	Record string `json:"record,omitzero"`
	Count  *int64 `json:"count,omitzero"`
}

// SubjectAccessSearch: Record where was searched, and what was found.
func (c *Client) SubjectAccessSearch(ctx context.Context, act Act, id string, accessRequest string, query SubjectAccessSearchQuery, body SubjectAccessSearch) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/subject-access-requests/{accessRequest}/searches", "{id}", url.PathEscape(id), 1), "{accessRequest}", url.PathEscape(accessRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubstanceMisuseIdentifyQuery are the parameters of [Client.SubstanceMisuseIdentify]; one that is empty is not given.
type SubstanceMisuseIdentifyQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubstanceMisuseIdentifyQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubstanceMisuseIdentify is the body of [Client.SubstanceMisuseIdentify]. Record a problem of substance misuse.
type SubstanceMisuseIdentify struct {
	Finding  string `json:"finding"`
	Happened string `json:"happened"`
}

// SubstanceMisuseIdentify: Record a problem of substance misuse.
func (c *Client) SubstanceMisuseIdentify(ctx context.Context, act Act, id string, query SubstanceMisuseIdentifyQuery, body SubstanceMisuseIdentify) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/substance-misuse", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SubstanceMisuseOfferInterventionQuery are the parameters of [Client.SubstanceMisuseOfferIntervention]; one that is empty is not given.
type SubstanceMisuseOfferInterventionQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SubstanceMisuseOfferInterventionQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SubstanceMisuseOfferIntervention is the body of [Client.SubstanceMisuseOfferIntervention]. Record help that was offered.
type SubstanceMisuseOfferIntervention struct {
	Happened string `json:"happened"`
	Received *bool  `json:"received,omitzero"`
}

// SubstanceMisuseOfferIntervention: Record help that was offered.
func (c *Client) SubstanceMisuseOfferIntervention(ctx context.Context, act Act, id string, finding string, query SubstanceMisuseOfferInterventionQuery, body SubstanceMisuseOfferIntervention) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/substance-misuse/{finding}/intervention", "{id}", url.PathEscape(id), 1), "{finding}", url.PathEscape(finding), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SupportPlanAgreeQuery are the parameters of [Client.SupportPlanAgree]; one that is empty is not given.
type SupportPlanAgreeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SupportPlanAgreeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SupportPlanAgree is the body of [Client.SupportPlanAgree]. Record the content of a support plan.
type SupportPlanAgree struct {
	Aims       []string `json:"aims"`
	Assessment string   `json:"assessment"`
	Budget     *int64   `json:"budget,omitzero"`
	Happened   string   `json:"happened"`
	Plan       string   `json:"plan"`
}

// SupportPlanAgree: Record the content of a support plan.
func (c *Client) SupportPlanAgree(ctx context.Context, act Act, id string, query SupportPlanAgreeQuery, body SupportPlanAgree) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/support-plans", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SupportPlanEndQuery are the parameters of [Client.SupportPlanEnd]; one that is empty is not given.
type SupportPlanEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SupportPlanEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SupportPlanEnd is the body of [Client.SupportPlanEnd]. End a support plan.
type SupportPlanEnd struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
}

// SupportPlanEnd: End a support plan.
func (c *Client) SupportPlanEnd(ctx context.Context, act Act, id string, plan string, query SupportPlanEndQuery, body SupportPlanEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/support-plans/{plan}/end", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SupportPlanReviewQuery are the parameters of [Client.SupportPlanReview]; one that is empty is not given.
type SupportPlanReviewQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SupportPlanReviewQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SupportPlanReview is the body of [Client.SupportPlanReview]. Record a review of a support plan.
type SupportPlanReview struct {
	Achieved string `json:"achieved"`
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Planned  *bool  `json:"planned,omitzero"`
	Review   string `json:"review"`
}

// SupportPlanReview: Record a review of a support plan.
func (c *Client) SupportPlanReview(ctx context.Context, act Act, id string, plan string, query SupportPlanReviewQuery, body SupportPlanReview) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/support-plans/{plan}/reviews", "{id}", url.PathEscape(id), 1), "{plan}", url.PathEscape(plan), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SupportRequestQuery are the parameters of [Client.SupportRequest]; one that is empty is not given.
type SupportRequestQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SupportRequestQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SupportRequest is the body of [Client.SupportRequest]. Record a request for support for an adult or a carer.
type SupportRequest struct {
	Happened       string `json:"happened"`
	Of             string `json:"of"`
	Route          string `json:"route"`
	SupportRequest string `json:"supportRequest"`
	Wanted         string `json:"wanted,omitzero"`
}

// SupportRequest: Record a request for support for an adult or a carer.
func (c *Client) SupportRequest(ctx context.Context, act Act, id string, query SupportRequestQuery, body SupportRequest) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/support-requests", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// SupportRequestDecideQuery are the parameters of [Client.SupportRequestDecide]; one that is empty is not given.
type SupportRequestDecideQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q SupportRequestDecideQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// SupportRequestDecide is the body of [Client.SupportRequestDecide]. Record what came of a request for support.
type SupportRequestDecide struct {
	Happened string `json:"happened"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason,omitzero"`
}

// SupportRequestDecide: Record what came of a request for support.
func (c *Client) SupportRequestDecide(ctx context.Context, act Act, id string, supportRequest string, query SupportRequestDecideQuery, body SupportRequestDecide) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/support-requests/{supportRequest}/decision", "{id}", url.PathEscape(id), 1), "{supportRequest}", url.PathEscape(supportRequest), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// EntryTagQuery are the parameters of [Client.EntryTag]; one that is empty is not given.
type EntryTagQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q EntryTagQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// EntryTag is the body of [Client.EntryTag]. Record for what an entry matters; the tags that it had are replaced.
type EntryTag struct {
	Entry    int64    `json:"entry"`
	Happened string   `json:"happened"`
	Tags     []string `json:"tags,omitzero"`
}

// EntryTag: Record for what an entry matters; the tags that it had are replaced.
func (c *Client) EntryTag(ctx context.Context, act Act, id string, query EntryTagQuery, body EntryTag) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/tags", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TeethCheckQuery are the parameters of [Client.TeethCheck]; one that is empty is not given.
type TeethCheckQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TeethCheckQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TeethCheck is the body of [Client.TeethCheck]. Record a check of the child's teeth.
type TeethCheck struct {
	Check    string `json:"check"`
	Happened string `json:"happened"`
}

// TeethCheck: Record a check of the child's teeth.
func (c *Client) TeethCheck(ctx context.Context, act Act, id string, query TeethCheckQuery, body TeethCheck) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/teeth-checks", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TemporaryRegistrationEnterQuery are the parameters of [Client.TemporaryRegistrationEnter]; one that is empty is not given.
type TemporaryRegistrationEnterQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TemporaryRegistrationEnterQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TemporaryRegistrationEnter is the body of [Client.TemporaryRegistrationEnter]. Put the child's name on the register for a while.
type TemporaryRegistrationEnter struct {
	Category     string `json:"category,omitzero"`
	From         string `json:"from"`
	Happened     string `json:"happened"`
	Permanent    *bool  `json:"permanent,omitzero"`
	Registration string `json:"registration"`
}

// TemporaryRegistrationEnter: Put the child's name on the register for a while.
func (c *Client) TemporaryRegistrationEnter(ctx context.Context, act Act, id string, query TemporaryRegistrationEnterQuery, body TemporaryRegistrationEnter) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/temporary-registrations", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TemporaryRegistrationEndQuery are the parameters of [Client.TemporaryRegistrationEnd]; one that is empty is not given.
type TemporaryRegistrationEndQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TemporaryRegistrationEndQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TemporaryRegistrationEnd is the body of [Client.TemporaryRegistrationEnd]. End a temporary registration.
type TemporaryRegistrationEnd struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// TemporaryRegistrationEnd: End a temporary registration.
func (c *Client) TemporaryRegistrationEnd(ctx context.Context, act Act, id string, registration string, query TemporaryRegistrationEndQuery, body TemporaryRegistrationEnd) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/temporary-registrations/{registration}/end", "{id}", url.PathEscape(id), 1), "{registration}", url.PathEscape(registration), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TransferNotifyQuery are the parameters of [Client.TransferNotify]; one that is empty is not given.
type TransferNotifyQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TransferNotifyQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TransferNotify is the body of [Client.TransferNotify]. Record notice of a move from or to another authority.
type TransferNotify struct {
	AuthorityName string `json:"authorityName"`
	Direction     string `json:"direction"`
	Happened      string `json:"happened"`
	Permanent     *bool  `json:"permanent,omitzero"`
	Plan          string `json:"plan"`
	Transfer      string `json:"transfer"`
}

// TransferNotify: Record notice of a move from or to another authority.
func (c *Client) TransferNotify(ctx context.Context, act Act, id string, query TransferNotifyQuery, body TransferNotify) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/transfers", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TransferDeclineQuery are the parameters of [Client.TransferDecline]; one that is empty is not given.
type TransferDeclineQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TransferDeclineQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TransferDecline is the body of [Client.TransferDecline]. Record that a transfer did not come about.
type TransferDecline struct {
	Happened string `json:"happened"`
	Reason   string `json:"reason"`
}

// TransferDecline: Record that a transfer did not come about.
func (c *Client) TransferDecline(ctx context.Context, act Act, id string, transfer string, query TransferDeclineQuery, body TransferDecline) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/transfers/{transfer}/refusal", "{id}", url.PathEscape(id), 1), "{transfer}", url.PathEscape(transfer), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TransferTakeOverQuery are the parameters of [Client.TransferTakeOver]; one that is empty is not given.
type TransferTakeOverQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TransferTakeOverQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TransferTakeOver is the body of [Client.TransferTakeOver]. Record that the receiving authority took responsibility.
type TransferTakeOver struct {
	Bundle   string `json:"bundle,omitzero"`
	Happened string `json:"happened"`
}

// TransferTakeOver: Record that the receiving authority took responsibility.
func (c *Client) TransferTakeOver(ctx context.Context, act Act, id string, transfer string, query TransferTakeOverQuery, body TransferTakeOver) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/transfers/{transfer}/takeover", "{id}", url.PathEscape(id), 1), "{transfer}", url.PathEscape(transfer), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TransitionPlanQuery are the parameters of [Client.TransitionPlan]; one that is empty is not given.
type TransitionPlanQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TransitionPlanQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TransitionPlan is the body of [Client.TransitionPlan]. Plan a young person's way into adults' services.
type TransitionPlan struct {
	Aim        string `json:"aim,omitzero"`
	AssessBy   string `json:"assessBy,omitzero"`
	Happened   string `json:"happened"`
	Team       string `json:"team"`
	Transition string `json:"transition"`
}

// TransitionPlan: Plan a young person's way into adults' services.
func (c *Client) TransitionPlan(ctx context.Context, act Act, id string, query TransitionPlanQuery, body TransitionPlan) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/transitions", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// TransitionConcludeQuery are the parameters of [Client.TransitionConclude]; one that is empty is not given.
type TransitionConcludeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q TransitionConcludeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// TransitionConclude is the body of [Client.TransitionConclude]. Record what adults' services do for a young person.
type TransitionConclude struct {
	Assessment string `json:"assessment,omitzero"`
	Happened   string `json:"happened"`
	Outcome    string `json:"outcome"`
}

// TransitionConclude: Record what adults' services do for a young person.
func (c *Client) TransitionConclude(ctx context.Context, act Act, id string, transition string, query TransitionConcludeQuery, body TransitionConclude) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace(strings.Replace("/v1/records/{id}/transitions/{transition}/conclusion", "{id}", url.PathEscape(id), 1), "{transition}", url.PathEscape(transition), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// ViewRecordQuery are the parameters of [Client.ViewRecord]; one that is empty is not given.
type ViewRecordQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q ViewRecordQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// ViewRecord is the body of [Client.ViewRecord]. Record a view of the child, or of somebody who matters to the child.
type ViewRecord struct {
	Happened string `json:"happened"`
	How      string `json:"how"`
	Through  string `json:"through,omitzero"`
	Towards  string `json:"towards,omitzero"`
	Verbatim *bool  `json:"verbatim,omitzero"`
	View     string `json:"view"`
	Whose    string `json:"whose"`
	Words    string `json:"words"`
}

// ViewRecord: Record a view of the child, or of somebody who matters to the child.
func (c *Client) ViewRecord(ctx context.Context, act Act, id string, query ViewRecordQuery, body ViewRecord) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/views", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordViewQuery are the parameters of [Client.RecordView]; one that is empty is not given.
type RecordViewQuery struct {
	Definition  string // The definition of the form; core-assessment if not given.
	Form        string // The form, by its id within the record; the one completed last if not given.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordViewQuery) values() url.Values {
	v := url.Values{}
	set(v, "definition", q.Definition)
	set(v, "form", q.Form)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordView: A completed form as an audience is shown it, and what is left out and why.
func (c *Client) RecordView(ctx context.Context, id string, audience string, query RecordViewQuery) (out AudiencePage, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace(strings.Replace("/v1/records/{id}/views/{audience}", "{id}", url.PathEscape(id), 1), "{audience}", url.PathEscape(audience), 1), query: query.values()}, &out)
	return out, err
}

// VisitMakeQuery are the parameters of [Client.VisitMake]; one that is empty is not given.
type VisitMakeQuery struct {
	DryRun bool // Decide, and record nothing.
}

func (q VisitMakeQuery) values() url.Values {
	v := url.Values{}
	set(v, "dryRun", q.DryRun)
	return v
}

// VisitMake is the body of [Client.VisitMake]. Record a visit to the child.
type VisitMake struct {
	Alone     *bool    `json:"alone,omitzero"`
	Announced *bool    `json:"announced,omitzero"`
	Bedroom   *bool    `json:"bedroom,omitzero"`
	Happened  string   `json:"happened"`
	NotSeen   string   `json:"notSeen,omitzero"`
	Of        string   `json:"of,omitzero"`
	Present   []string `json:"present,omitzero"`
	Seen      *bool    `json:"seen,omitzero"`
	Time      string   `json:"time,omitzero"`
	Under     string   `json:"under"`
	Visit     string   `json:"visit"`
	Visitor   string   `json:"visitor"`
	Where     string   `json:"where"`
}

// VisitMake: Record a visit to the child.
func (c *Client) VisitMake(ctx context.Context, act Act, id string, query VisitMakeQuery, body VisitMake) (out Done, err error) {
	out.Repeated, err = c.do(ctx, call{method: "POST", path: strings.Replace("/v1/records/{id}/visits", "{id}", url.PathEscape(id), 1), query: query.values(), body: body, act: &act}, &out.Receipt)
	return out, err
}

// RecordWhoKnewQuery are the parameters of [Client.RecordWhoKnew]; one that is empty is not given.
type RecordWhoKnewQuery struct {
	Entry       int64  // Only who knew of this entry; of the record at all if not given.
	KnownAt     string // As known at this time, or by the end of this day in London; now if not given.
	From        string // Read the accesses from this day on, in UTC; from the first entry asked about if not given, and at most 366 days.
	MinRevision int64  // Wait until the record is at least at this revision, as an act answered it.
}

func (q RecordWhoKnewQuery) values() url.Values {
	v := url.Values{}
	set(v, "entry", q.Entry)
	set(v, "knownAt", q.KnownAt)
	set(v, "from", q.From)
	set(v, "minRevision", q.MinRevision)
	return v
}

// RecordWhoKnew: Who had written on a record, or had been given it, by a time; of one entry, who knew of it.
func (c *Client) RecordWhoKnew(ctx context.Context, id string, query RecordWhoKnewQuery) (out Knowers, err error) {
	_, err = c.do(ctx, call{method: "GET", path: strings.Replace("/v1/records/{id}/who-knew", "{id}", url.PathEscape(id), 1), query: query.values()}, &out)
	return out, err
}

// RegisterListQuery are the parameters of [Client.RegisterList]; one that is empty is not given.
type RegisterListQuery struct {
	KnownAt string // As known at this time, or by the end of this day in London; now if not given.
	TrueOn  string // As true on this day; whatever the day if not given.
}

func (q RegisterListQuery) values() url.Values {
	v := url.Values{}
	set(v, "knownAt", q.KnownAt)
	set(v, "trueOn", q.TrueOn)
	return v
}

// RegisterList: The child protection register.
func (c *Client) RegisterList(ctx context.Context, query RegisterListQuery) (out Register, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/register", query: query.values()}, &out)
	return out, err
}

// RegisterEnquire is the body of [Client.RegisterEnquire]. Whether the name of the child with an identifier is on the register.
type RegisterEnquire struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// RegisterEnquire: Whether the name of the child with an identifier is on the register.
func (c *Client) RegisterEnquire(ctx context.Context, body RegisterEnquire) (out Enquired, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/register/enquiries", body: body}, &out)
	return out, err
}

// PersonSearchQuery are the parameters of [Client.PersonSearch]; one that is empty is not given.
type PersonSearchQuery struct {
	Limit  int64  // At most this many rows; 100 if not given.
	Cursor string // The `next` of the page before.
}

func (q PersonSearchQuery) values() url.Values {
	v := url.Values{}
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// PersonSearch is the body of [Client.PersonSearch]. People by name, number or identifier.
type PersonSearch struct {
	Text  string `json:"text,omitzero"`
	Kind  string `json:"kind,omitzero"`
	Value string `json:"value,omitzero"`
}

// PersonSearch: People by name, number or identifier.
func (c *Client) PersonSearch(ctx context.Context, query PersonSearchQuery, body PersonSearch) (out People, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/searches", query: query.values(), body: body}, &out)
	return out, err
}

// TeamListQuery are the parameters of [Client.TeamList]; one that is empty is not given.
type TeamListQuery struct {
	Team   string // Only the work of this team.
	Limit  int64  // At most this many rows; 100 if not given.
	Cursor string // The `next` of the page before.
}

func (q TeamListQuery) values() url.Values {
	v := url.Values{}
	set(v, "team", q.Team)
	set(v, "limit", q.Limit)
	set(v, "cursor", q.Cursor)
	return v
}

// TeamList: The teams that hold cases, and how many each of their workers holds.
func (c *Client) TeamList(ctx context.Context, query TeamListQuery) (out Teams, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/teams", query: query.values()}, &out)
	return out, err
}

// Accesses is what the API answers with
type Accesses struct {
	Rows []AccessesRows `json:"rows"`
}

// AccessesRows is a part of [Accesses].
type AccessesRows struct {
	Day        string    `json:"day"`
	Entry      int64     `json:"entry"`
	Recorded   time.Time `json:"recorded"`
	Outcome    string    `json:"outcome"`
	Caller     string    `json:"caller"`
	Role       string    `json:"role"`
	Agency     string    `json:"agency"`
	Basis      string    `json:"basis,omitzero"`
	Purpose    string    `json:"purpose,omitzero"`
	Operation  string    `json:"operation"`
	Record     string    `json:"record,omitzero"`
	Revision   int64     `json:"revision,omitzero"`
	View       string    `json:"view,omitzero"`
	Rows       int64     `json:"rows"`
	Records    []string  `json:"records,omitzero"`
	Policies   []string  `json:"policies,omitzero"`
	BreakGlass string    `json:"breakGlass,omitzero"`
	Withheld   []string  `json:"withheld,omitzero"`
}

// Allocations is what the API answers with
type Allocations struct {
	Rows []AllocationsRows `json:"rows"`
	Next string            `json:"next,omitzero"`
}

// AllocationsRows is a part of [Allocations].
type AllocationsRows struct {
	Record     string  `json:"record"`
	Allocation string  `json:"allocation"`
	Worker     string  `json:"worker"`
	Team       string  `json:"team"`
	Role       string  `json:"role"`
	From       string  `json:"from,omitzero"`
	To         string  `json:"to,omitzero"`
	Open       bool    `json:"open"`
	Reason     string  `json:"reason,omitzero"`
	Cover      string  `json:"cover,omitzero"`
	CoverFrom  string  `json:"coverFrom,omitzero"`
	CoverUntil string  `json:"coverUntil,omitzero"`
	Entries    []int64 `json:"entries"`
}

// AnswerPage is what the API answers with
type AnswerPage struct {
	Record        string               `json:"record"`
	Revision      int64                `json:"revision"`
	KnownAt       time.Time            `json:"knownAt,omitzero"`
	KnownEntry    int64                `json:"knownEntry,omitzero"`
	TrueOn        string               `json:"trueOn,omitzero"`
	Permanent     string               `json:"permanent,omitzero"`
	Withheld      []AnswerPageWithheld `json:"withheld,omitzero"`
	AccessRequest string               `json:"accessRequest"`
	Count         AnswerPageCount      `json:"count"`
	Files         []AnswerPageFiles    `json:"files"`
	Permitted     bool                 `json:"permitted"`
}

// AnswerPageWithheld is a part of [AnswerPage].
type AnswerPageWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// AnswerPageCount is a part of [AnswerPage].
type AnswerPageCount struct {
	Hash      string `json:"hash"`
	Known     int64  `json:"known"`
	Delivered int64  `json:"delivered"`
	Withheld  int64  `json:"withheld"`
	Missing   int64  `json:"missing"`
}

// AnswerPageFiles is a part of [AnswerPage].
type AnswerPageFiles struct {
	File   string `json:"file"`
	Type   string `json:"type"`
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}

// AudiencePage is what the API answers with
type AudiencePage struct {
	View       string                `json:"view"`
	Title      string                `json:"title"`
	Audience   string                `json:"audience"`
	Form       string                `json:"form"`
	Definition string                `json:"definition"`
	Version    int64                 `json:"version"`
	Status     string                `json:"status"`
	Started    string                `json:"started"`
	Ended      string                `json:"ended,omitzero"`
	Links      []AudiencePageLinks   `json:"links,omitzero"`
	Parts      []AudiencePageParts   `json:"parts"`
	LeftOut    []AudiencePageLeftOut `json:"leftOut"`
}

// AudiencePageLinks is a part of [AudiencePage].
type AudiencePageLinks struct {
	Link string `json:"link"`
	Id   string `json:"id"`
}

// AudiencePageParts is a part of [AudiencePage].
type AudiencePageParts struct {
	Heading string                   `json:"heading"`
	Facts   []AudiencePagePartsFacts `json:"facts"`
}

// AudiencePagePartsFacts is a part of [AudiencePageParts].
type AudiencePagePartsFacts struct {
	Words    string   `json:"words"`
	Values   []string `json:"values,omitzero"`
	NotGiven string   `json:"notGiven,omitzero"`
	Entry    int64    `json:"entry,omitzero"`
	Day      string   `json:"day,omitzero"`
}

// AudiencePageLeftOut is a part of [AudiencePage].
type AudiencePageLeftOut struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// BuiltChronology is what the API answers with
type BuiltChronology struct {
	Record     string                    `json:"record"`
	Revision   int64                     `json:"revision"`
	KnownAt    time.Time                 `json:"knownAt,omitzero"`
	KnownEntry int64                     `json:"knownEntry,omitzero"`
	TrueOn     string                    `json:"trueOn,omitzero"`
	Permanent  string                    `json:"permanent,omitzero"`
	Withheld   []BuiltChronologyWithheld `json:"withheld,omitzero"`
	Chronology string                    `json:"chronology"`
	Title      string                    `json:"title"`
	Built      time.Time                 `json:"built"`
	By         string                    `json:"by"`
	Selection  BuiltChronologySelection  `json:"selection"`
	Parts      []BuiltChronologyParts    `json:"parts"`
	Rows       []BuiltChronologyRows     `json:"rows"`
	For        BuiltChronologyFor        `json:"for,omitzero"`
}

// BuiltChronologyWithheld is a part of [BuiltChronology].
type BuiltChronologyWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// BuiltChronologySelection is a part of [BuiltChronology].
type BuiltChronologySelection struct {
	From    string   `json:"from,omitzero"`
	To      string   `json:"to,omitzero"`
	Kinds   []string `json:"kinds,omitzero"`
	Sources []string `json:"sources,omitzero"`
	Tags    []string `json:"tags,omitzero"`
	GapDays int64    `json:"gapDays,omitzero"`
}

// BuiltChronologyParts is a part of [BuiltChronology].
type BuiltChronologyParts struct {
	Record   string    `json:"record"`
	Person   string    `json:"person,omitzero"`
	Known    int64     `json:"known"`
	Recorded time.Time `json:"recorded"`
	InForce  int64     `json:"inForce"`
	Told     int64     `json:"told"`
}

// BuiltChronologyRows is a part of [BuiltChronology].
type BuiltChronologyRows struct {
	Gap              BuiltChronologyRowsGap        `json:"gap,omitzero"`
	Record           string                        `json:"record,omitzero"`
	Person           string                        `json:"person,omitzero"`
	Entry            int64                         `json:"entry,omitzero"`
	FirstEntry       int64                         `json:"firstEntry,omitzero"`
	Leaf             string                        `json:"leaf,omitzero"`
	Happened         string                        `json:"happened,omitzero"`
	Time             string                        `json:"time,omitzero"`
	Recorded         time.Time                     `json:"recorded,omitzero"`
	LatenessDays     int64                         `json:"latenessDays,omitzero"`
	Late             bool                          `json:"late,omitzero"`
	Kind             string                        `json:"kind,omitzero"`
	Sentence         string                        `json:"sentence,omitzero"`
	Passages         []BuiltChronologyRowsPassages `json:"passages,omitzero"`
	Author           string                        `json:"author,omitzero"`
	Role             string                        `json:"role,omitzero"`
	Source           string                        `json:"source,omitzero"`
	AgeYears         int64                         `json:"ageYears,omitzero"`
	WeeksBeforeBirth int64                         `json:"weeksBeforeBirth,omitzero"`
	Tags             []string                      `json:"tags,omitzero"`
	Stands           []BuiltChronologyRowsStands   `json:"stands,omitzero"`
	Impact           BuiltChronologyRowsImpact     `json:"impact,omitzero"`
}

// BuiltChronologyRowsGap is a part of [BuiltChronologyRows].
type BuiltChronologyRowsGap struct {
	After  string `json:"after"`
	Before string `json:"before"`
	Days   int64  `json:"days"`
}

// BuiltChronologyRowsPassages is a part of [BuiltChronologyRows].
type BuiltChronologyRowsPassages struct {
	Text       string `json:"text"`
	Kind       string `json:"kind,omitzero"`
	From       string `json:"from,omitzero"`
	OwnWords   bool   `json:"ownWords,omitzero"`
	ThirdParty bool   `json:"thirdParty,omitzero"`
	Informant  bool   `json:"informant,omitzero"`
}

// BuiltChronologyRowsStands is a part of [BuiltChronologyRows].
type BuiltChronologyRowsStands struct {
	Party string `json:"party"`
	Stand string `json:"stand"`
	Note  string `json:"note,omitzero"`
	Entry int64  `json:"entry"`
}

// BuiltChronologyRowsImpact is a part of [BuiltChronologyRows].
type BuiltChronologyRowsImpact struct {
	By    string   `json:"by"`
	Text  []string `json:"text"`
	Entry int64    `json:"entry"`
}

// BuiltChronologyFor is a part of [BuiltChronology].
type BuiltChronologyFor struct {
	Redaction string                      `json:"redaction"`
	Reader    string                      `json:"reader"`
	Grounds   []BuiltChronologyForGrounds `json:"grounds"`
}

// BuiltChronologyForGrounds is a part of [BuiltChronologyFor].
type BuiltChronologyForGrounds struct {
	Name        string `json:"name"`
	Law         string `json:"law"`
	Explanation string `json:"explanation"`
}

// BundleCheck is what the API answers with
type BundleCheck struct {
	Record     string                `json:"record"`
	Revision   int64                 `json:"revision"`
	KnownAt    time.Time             `json:"knownAt,omitzero"`
	KnownEntry int64                 `json:"knownEntry,omitzero"`
	TrueOn     string                `json:"trueOn,omitzero"`
	Permanent  string                `json:"permanent,omitzero"`
	Withheld   []BundleCheckWithheld `json:"withheld,omitzero"`
	Bundle     string                `json:"bundle"`
	Variant    string                `json:"variant"`
	Sha256     string                `json:"sha256"`
	Rules      string                `json:"rules"`
	Title      string                `json:"title"`
	Findings   []BundleCheckFindings `json:"findings"`
}

// BundleCheckWithheld is a part of [BundleCheck].
type BundleCheckWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// BundleCheckFindings is a part of [BundleCheck].
type BundleCheckFindings struct {
	Rule   string   `json:"rule"`
	Result string   `json:"result"`
	Says   string   `json:"says,omitzero"`
	Pages  []string `json:"pages,omitzero"`
	Source string   `json:"source"`
}

// BundleList is what the API answers with
type BundleList struct {
	Record     string               `json:"record"`
	Revision   int64                `json:"revision"`
	KnownAt    time.Time            `json:"knownAt,omitzero"`
	KnownEntry int64                `json:"knownEntry,omitzero"`
	TrueOn     string               `json:"trueOn,omitzero"`
	Permanent  string               `json:"permanent,omitzero"`
	Withheld   []BundleListWithheld `json:"withheld,omitzero"`
	Rows       []BundleListRows     `json:"rows"`
}

// BundleListWithheld is a part of [BundleList].
type BundleListWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// BundleListRows is a part of [BundleList].
type BundleListRows struct {
	Bundle   string `json:"bundle"`
	Title    string `json:"title"`
	Court    string `json:"court"`
	Case     string `json:"case"`
	Happened string `json:"happened"`
	Rules    string `json:"rules"`
	Reviewed bool   `json:"reviewed"`
	Frozen   bool   `json:"frozen"`
	Edition  int64  `json:"edition"`
	Entry    int64  `json:"entry"`
}

// BundlePage is what the API answers with
type BundlePage struct {
	Record     string               `json:"record"`
	Revision   int64                `json:"revision"`
	KnownAt    time.Time            `json:"knownAt,omitzero"`
	KnownEntry int64                `json:"knownEntry,omitzero"`
	TrueOn     string               `json:"trueOn,omitzero"`
	Permanent  string               `json:"permanent,omitzero"`
	Withheld   []BundlePageWithheld `json:"withheld,omitzero"`
	Bundle     string               `json:"bundle"`
	Title      string               `json:"title"`
	Court      string               `json:"court"`
	Case       string               `json:"case"`
	Happened   string               `json:"happened"`
	Rules      string               `json:"rules"`
	Reviewed   bool                 `json:"reviewed"`
	Frozen     bool                 `json:"frozen"`
	Edition    int64                `json:"edition"`
	Entry      int64                `json:"entry"`
	Variants   []BundlePageVariants `json:"variants"`
}

// BundlePageWithheld is a part of [BundlePage].
type BundlePageWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// BundlePageVariants is a part of [BundlePage].
type BundlePageVariants struct {
	Variant   string                    `json:"variant"`
	Reader    string                    `json:"reader"`
	Pages     int64                     `json:"pages,omitzero"`
	Sha256    string                    `json:"sha256,omitzero"`
	Files     []BundlePageVariantsFiles `json:"files"`
	Permitted bool                      `json:"permitted"`
}

// BundlePageVariantsFiles is a part of [BundlePageVariants].
type BundlePageVariantsFiles struct {
	File   string `json:"file"`
	Type   string `json:"type"`
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}

// Caseload is what the API answers with
type Caseload struct {
	KnownAt    time.Time      `json:"knownAt,omitzero"`
	KnownEntry int64          `json:"knownEntry,omitzero"`
	TrueOn     string         `json:"trueOn,omitzero"`
	Rows       []CaseloadRows `json:"rows"`
	Next       string         `json:"next,omitzero"`
}

// CaseloadRows is a part of [Caseload].
type CaseloadRows struct {
	Record        string  `json:"record"`
	Kind          string  `json:"kind"`
	Work          string  `json:"work"`
	LaChildId     string  `json:"laChildId,omitzero"`
	Referral      string  `json:"referral,omitzero"`
	Worker        string  `json:"worker,omitzero"`
	Team          string  `json:"team,omitzero"`
	Opened        string  `json:"opened,omitzero"`
	Due           string  `json:"due,omitzero"`
	What          string  `json:"what,omitzero"`
	Contradictory bool    `json:"contradictory"`
	Entries       []int64 `json:"entries"`
	Overdue       bool    `json:"overdue"`
}

// Chronology is what the API answers with
type Chronology struct {
	Record     string               `json:"record"`
	Revision   int64                `json:"revision"`
	KnownAt    time.Time            `json:"knownAt,omitzero"`
	KnownEntry int64                `json:"knownEntry,omitzero"`
	TrueOn     string               `json:"trueOn,omitzero"`
	Permanent  string               `json:"permanent,omitzero"`
	Withheld   []ChronologyWithheld `json:"withheld,omitzero"`
	Rows       []ChronologyRows     `json:"rows"`
}

// ChronologyWithheld is a part of [Chronology].
type ChronologyWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// ChronologyRows is a part of [Chronology].
type ChronologyRows struct {
	Record           string    `json:"record"`
	Entry            int64     `json:"entry"`
	FirstEntry       int64     `json:"firstEntry"`
	Happened         string    `json:"happened,omitzero"`
	Recorded         time.Time `json:"recorded"`
	Kind             string    `json:"kind"`
	Sentence         string    `json:"sentence"`
	Author           string    `json:"author"`
	Role             string    `json:"role"`
	AgeYears         int64     `json:"ageYears,omitzero"`
	WeeksBeforeBirth int64     `json:"weeksBeforeBirth,omitzero"`
	Late             bool      `json:"late"`
	Imported         bool      `json:"imported"`
}

// Comparison is what the API answers with
type Comparison struct {
	Record     string               `json:"record"`
	Revision   int64                `json:"revision"`
	KnownAt    time.Time            `json:"knownAt,omitzero"`
	KnownEntry int64                `json:"knownEntry,omitzero"`
	TrueOn     string               `json:"trueOn,omitzero"`
	Permanent  string               `json:"permanent,omitzero"`
	Withheld   []ComparisonWithheld `json:"withheld,omitzero"`
	Then       ComparisonThen       `json:"then"`
	Changes    []ComparisonChanges  `json:"changes"`
}

// ComparisonWithheld is a part of [Comparison].
type ComparisonWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// ComparisonThen is a part of [Comparison].
type ComparisonThen struct {
	KnownAt    time.Time `json:"knownAt,omitzero"`
	KnownEntry int64     `json:"knownEntry,omitzero"`
	TrueOn     string    `json:"trueOn,omitzero"`
}

// ComparisonChanges is a part of [Comparison].
type ComparisonChanges struct {
	About        string    `json:"about"`
	Type         string    `json:"type"`
	Field        string    `json:"field"`
	Change       string    `json:"change"`
	Before       string    `json:"before"`
	After        string    `json:"after"`
	Entry        int64     `json:"entry"`
	Author       string    `json:"author"`
	Happened     string    `json:"happened,omitzero"`
	Recorded     time.Time `json:"recorded"`
	LatenessDays int64     `json:"latenessDays,omitzero"`
}

// Disclosures is what the API answers with
type Disclosures struct {
	Record     string                `json:"record"`
	Revision   int64                 `json:"revision"`
	KnownAt    time.Time             `json:"knownAt,omitzero"`
	KnownEntry int64                 `json:"knownEntry,omitzero"`
	TrueOn     string                `json:"trueOn,omitzero"`
	Permanent  string                `json:"permanent,omitzero"`
	Withheld   []DisclosuresWithheld `json:"withheld,omitzero"`
	Rows       []DisclosuresRows     `json:"rows"`
}

// DisclosuresWithheld is a part of [Disclosures].
type DisclosuresWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// DisclosuresRows is a part of [Disclosures].
type DisclosuresRows struct {
	Disclosure   string `json:"disclosure"`
	Kind         string `json:"kind"`
	From         string `json:"from"`
	Body         string `json:"body"`
	Protocol     string `json:"protocol,omitzero"`
	Begun        string `json:"begun,omitzero"`
	AnswerBy     string `json:"answerBy,omitzero"`
	Profile      string `json:"profile,omitzero"`
	Decision     string `json:"decision,omitzero"`
	Disclosed    string `json:"disclosed,omitzero"`
	Acknowledged string `json:"acknowledged,omitzero"`
	Package      string `json:"package,omitzero"`
	Open         bool   `json:"open"`
	Entry        int64  `json:"entry"`
}

// DraftGone is what the API answers with
type DraftGone struct {
	Versions int64 `json:"versions"`
}

// DraftList is what the API answers with
type DraftList struct {
	Drafts []DraftListDrafts `json:"drafts"`
}

// DraftListDrafts is a part of [DraftList].
type DraftListDrafts struct {
	Draft   string    `json:"draft"`
	Command string    `json:"command,omitzero"`
	Record  string    `json:"record,omitzero"`
	Saved   time.Time `json:"saved"`
	Expires time.Time `json:"expires,omitzero"`
	Current []int64   `json:"current"`
	Refused bool      `json:"refused"`
}

// DraftSaved is what the API answers with
type DraftSaved struct {
	Draft   string    `json:"draft"`
	Version int64     `json:"version"`
	Current []int64   `json:"current"`
	Expires time.Time `json:"expires,omitzero"`
}

// DraftVersions is what the API answers with
type DraftVersions struct {
	Draft    string                  `json:"draft"`
	Expires  time.Time               `json:"expires,omitzero"`
	Versions []DraftVersionsVersions `json:"versions"`
}

// DraftVersionsVersions is a part of [DraftVersions].
type DraftVersionsVersions struct {
	Version  int64                         `json:"version"`
	After    []int64                       `json:"after,omitzero"`
	Saved    time.Time                     `json:"saved"`
	Current  bool                          `json:"current"`
	Command  string                        `json:"command,omitzero"`
	Record   string                        `json:"record,omitzero"`
	Body     map[string]any                `json:"body"`
	Captured DraftVersionsVersionsCaptured `json:"captured,omitzero"`
	Refused  DraftVersionsVersionsRefused  `json:"refused,omitzero"`
}

// DraftVersionsVersionsCaptured is a part of [DraftVersionsVersions].
type DraftVersionsVersionsCaptured struct {
	Device   string    `json:"device"`
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
	Seen     int64     `json:"seen,omitzero"`
}

// DraftVersionsVersionsRefused is a part of [DraftVersionsVersions].
type DraftVersionsVersionsRefused struct {
	Type     string                               `json:"type"`
	Title    string                               `json:"title"`
	Status   int64                                `json:"status"`
	Code     string                               `json:"code"`
	Faults   []DraftVersionsVersionsRefusedFaults `json:"faults,omitzero"`
	Revision int64                                `json:"revision,omitzero"`
}

// DraftVersionsVersionsRefusedFaults is a part of [DraftVersionsVersionsRefused].
type DraftVersionsVersionsRefusedFaults struct {
	Pointer   string `json:"pointer,omitzero"`
	Parameter string `json:"parameter,omitzero"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason,omitzero"`
}

// Duties is what the API answers with
type Duties struct {
	KnownAt    time.Time    `json:"knownAt,omitzero"`
	KnownEntry int64        `json:"knownEntry,omitzero"`
	TrueOn     string       `json:"trueOn,omitzero"`
	Rows       []DutiesRows `json:"rows"`
	Next       string       `json:"next,omitzero"`
}

// DutiesRows is a part of [Duties].
type DutiesRows struct {
	Record     string  `json:"record"`
	Clock      string  `json:"clock"`
	Work       string  `json:"work"`
	Started    string  `json:"started,omitzero"`
	Due        string  `json:"due"`
	Done       string  `json:"done,omitzero"`
	IsDone     bool    `json:"isDone"`
	Stopped    string  `json:"stopped,omitzero"`
	IsStopped  bool    `json:"isStopped"`
	Allowed    string  `json:"allowed,omitzero"`
	Worker     string  `json:"worker,omitzero"`
	Team       string  `json:"team,omitzero"`
	StartEntry int64   `json:"startEntry"`
	Entries    []int64 `json:"entries"`
	Overdue    bool    `json:"overdue"`
	Days       int64   `json:"days"`
	Sentence   string  `json:"sentence,omitzero"`
	Source     string  `json:"source,omitzero"`
}

// Enquired is what the API answers with
type Enquired struct {
	Known      bool           `json:"known"`
	OnRegister bool           `json:"onRegister"`
	Rows       []EnquiredRows `json:"rows"`
}

// EnquiredRows is a part of [Enquired].
type EnquiredRows struct {
	Record          string   `json:"record"`
	Kind            string   `json:"kind"`
	Plan            string   `json:"plan"`
	LaChildId       string   `json:"laChildId,omitzero"`
	Given           string   `json:"given,omitzero"`
	Family          string   `json:"family,omitzero"`
	Born            string   `json:"born,omitzero"`
	Expected        string   `json:"expected,omitzero"`
	Referral        string   `json:"referral,omitzero"`
	From            string   `json:"from,omitzero"`
	To              string   `json:"to,omitzero"`
	Open            bool     `json:"open"`
	InitialCategory string   `json:"initialCategory,omitzero"`
	LatestCategory  string   `json:"latestCategory,omitzero"`
	Previous        int64    `json:"previous"`
	ReviewBy        string   `json:"reviewBy,omitzero"`
	Concerns        []string `json:"concerns,omitzero"`
	CoreGroupBy     string   `json:"coreGroupBy,omitzero"`
	MissingSince    string   `json:"missingSince,omitzero"`
	Elsewhere       string   `json:"elsewhere,omitzero"`
	Worker          string   `json:"worker,omitzero"`
	Team            string   `json:"team,omitzero"`
	Entries         []int64  `json:"entries"`
}

// Entries is what the API answers with
type Entries struct {
	Record     string            `json:"record"`
	Revision   int64             `json:"revision"`
	KnownAt    time.Time         `json:"knownAt,omitzero"`
	KnownEntry int64             `json:"knownEntry,omitzero"`
	TrueOn     string            `json:"trueOn,omitzero"`
	Permanent  string            `json:"permanent,omitzero"`
	Withheld   []EntriesWithheld `json:"withheld,omitzero"`
	Entries    []EntriesEntries  `json:"entries"`
}

// EntriesWithheld is a part of [Entries].
type EntriesWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// EntriesEntries is a part of [Entries].
type EntriesEntries struct {
	Record       string                      `json:"record"`
	Entry        int64                       `json:"entry"`
	Position     int64                       `json:"position"`
	Type         string                      `json:"type"`
	Happened     string                      `json:"happened,omitzero"`
	Recorded     time.Time                   `json:"recorded"`
	LatenessDays int64                       `json:"latenessDays,omitzero"`
	Actor        string                      `json:"actor"`
	Role         string                      `json:"role"`
	Agency       string                      `json:"agency"`
	Basis        string                      `json:"basis"`
	Purpose      string                      `json:"purpose"`
	Request      string                      `json:"request"`
	Group        string                      `json:"group,omitzero"`
	Policy       string                      `json:"policy,omitzero"`
	Corrects     int64                       `json:"corrects,omitzero"`
	Voids        int64                       `json:"voids,omitzero"`
	Reason       string                      `json:"reason,omitzero"`
	InForce      bool                        `json:"inForce"`
	CorrectedBy  int64                       `json:"correctedBy,omitzero"`
	Captured     time.Time                   `json:"captured,omitzero"`
	Device       string                      `json:"device,omitzero"`
	Sequence     int64                       `json:"sequence,omitzero"`
	Seen         int64                       `json:"seen,omitzero"`
	ImportKind   string                      `json:"importKind,omitzero"`
	ImportFile   string                      `json:"importFile,omitzero"`
	ImportLine   int64                       `json:"importLine,omitzero"`
	ImportFlags  []EntriesEntriesImportFlags `json:"importFlags,omitzero"`
	Ledger       string                      `json:"ledger,omitzero"`
	Written      time.Time                   `json:"written,omitzero"`
	Leaf         string                      `json:"leaf,omitzero"`
	Changes      []EntriesEntriesChanges     `json:"changes"`
}

// EntriesEntriesImportFlags is a part of [EntriesEntries].
type EntriesEntriesImportFlags struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
	Raw   string `json:"raw,omitzero"`
}

// EntriesEntriesChanges is a part of [EntriesEntries].
type EntriesEntriesChanges struct {
	Field  string `json:"field"`
	Before any    `json:"before,omitzero"`
	After  any    `json:"after,omitzero"`
}

// Facts is what the API answers with
type Facts struct {
	Record     string          `json:"record"`
	Revision   int64           `json:"revision"`
	KnownAt    time.Time       `json:"knownAt,omitzero"`
	KnownEntry int64           `json:"knownEntry,omitzero"`
	TrueOn     string          `json:"trueOn,omitzero"`
	Permanent  string          `json:"permanent,omitzero"`
	Withheld   []FactsWithheld `json:"withheld,omitzero"`
	Facts      []FactsFacts    `json:"facts"`
}

// FactsWithheld is a part of [Facts].
type FactsWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// FactsFacts is a part of [Facts].
type FactsFacts struct {
	About    string    `json:"about"`
	Type     string    `json:"type"`
	Field    string    `json:"field"`
	Value    string    `json:"value"`
	Happened string    `json:"happened"`
	Entry    int64     `json:"entry"`
	Author   string    `json:"author"`
	Recorded time.Time `json:"recorded"`
}

// Feed is what the API answers with
type Feed struct {
	Notices []FeedNotices `json:"notices"`
	Next    int64         `json:"next"`
}

// FeedNotices is a part of [Feed].
type FeedNotices struct {
	Specversion string    `json:"specversion"`
	Id          string    `json:"id"`
	Source      string    `json:"source"`
	Type        string    `json:"type"`
	Subject     string    `json:"subject"`
	Time        time.Time `json:"time"`
	Position    string    `json:"position"`
	Revision    int64     `json:"revision"`
}

// FormList is what the API answers with
type FormList struct {
	Record     string             `json:"record"`
	Revision   int64              `json:"revision"`
	KnownAt    time.Time          `json:"knownAt,omitzero"`
	KnownEntry int64              `json:"knownEntry,omitzero"`
	TrueOn     string             `json:"trueOn,omitzero"`
	Permanent  string             `json:"permanent,omitzero"`
	Withheld   []FormListWithheld `json:"withheld,omitzero"`
	Forms      []FormListForms    `json:"forms"`
}

// FormListWithheld is a part of [FormList].
type FormListWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// FormListForms is a part of [FormList].
type FormListForms struct {
	Form       string               `json:"form"`
	Definition string               `json:"definition"`
	Version    int64                `json:"version"`
	Title      string               `json:"title,omitzero"`
	Status     string               `json:"status"`
	Started    string               `json:"started"`
	Ended      string               `json:"ended,omitzero"`
	Links      []FormListFormsLinks `json:"links,omitzero"`
}

// FormListFormsLinks is a part of [FormListForms].
type FormListFormsLinks struct {
	Link string `json:"link"`
	Id   string `json:"id"`
}

// FormPage is what the API answers with
type FormPage struct {
	Form       string             `json:"form"`
	Definition string             `json:"definition"`
	Version    int64              `json:"version"`
	Title      string             `json:"title,omitzero"`
	Status     string             `json:"status"`
	Started    string             `json:"started"`
	Ended      string             `json:"ended,omitzero"`
	Links      []FormPageLinks    `json:"links,omitzero"`
	Sections   []FormPageSections `json:"sections"`
	Closed     []string           `json:"closed,omitzero"`
	Missing    int64              `json:"missing"`
}

// FormPageLinks is a part of [FormPage].
type FormPageLinks struct {
	Link string `json:"link"`
	Id   string `json:"id"`
}

// FormPageSections is a part of [FormPage].
type FormPageSections struct {
	Section   string                      `json:"section"`
	Title     string                      `json:"title"`
	Questions []FormPageSectionsQuestions `json:"questions"`
}

// FormPageSectionsQuestions is a part of [FormPageSections].
type FormPageSectionsQuestions struct {
	Question   string                           `json:"question"`
	Ask        string                           `json:"ask"`
	Kind       string                           `json:"kind"`
	Codes      []FormPageSectionsQuestionsCodes `json:"codes,omitzero"`
	Required   bool                             `json:"required"`
	Calculated bool                             `json:"calculated,omitzero"`
	Values     []string                         `json:"values,omitzero"`
	NotGiven   string                           `json:"notGiven,omitzero"`
	Entry      int64                            `json:"entry,omitzero"`
	Day        string                           `json:"day,omitzero"`
}

// FormPageSectionsQuestionsCodes is a part of [FormPageSectionsQuestions].
type FormPageSectionsQuestionsCodes struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// FullEntries is what the API answers with
type FullEntries struct {
	Record     string                `json:"record"`
	Revision   int64                 `json:"revision"`
	KnownAt    time.Time             `json:"knownAt,omitzero"`
	KnownEntry int64                 `json:"knownEntry,omitzero"`
	TrueOn     string                `json:"trueOn,omitzero"`
	Permanent  string                `json:"permanent,omitzero"`
	Withheld   []FullEntriesWithheld `json:"withheld,omitzero"`
	Entries    []FullEntriesEntries  `json:"entries"`
}

// FullEntriesWithheld is a part of [FullEntries].
type FullEntriesWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// FullEntriesEntries is a part of [FullEntries].
type FullEntriesEntries struct {
	Record       string                       `json:"record"`
	Person       string                       `json:"person,omitzero"`
	Entry        int64                        `json:"entry"`
	FirstEntry   int64                        `json:"firstEntry"`
	Leaf         string                       `json:"leaf"`
	Happened     string                       `json:"happened,omitzero"`
	Time         string                       `json:"time,omitzero"`
	Recorded     time.Time                    `json:"recorded"`
	LatenessDays int64                        `json:"latenessDays,omitzero"`
	Late         bool                         `json:"late"`
	Kind         string                       `json:"kind"`
	Author       FullEntriesEntriesAuthor     `json:"author"`
	Authority    FullEntriesEntriesAuthority  `json:"authority"`
	Source       FullEntriesEntriesSource     `json:"source,omitzero"`
	Captured     FullEntriesEntriesCaptured   `json:"captured,omitzero"`
	Sentence     string                       `json:"sentence,omitzero"`
	Sayings      []FullEntriesEntriesSayings  `json:"sayings"`
	Passages     []FullEntriesEntriesPassages `json:"passages,omitzero"`
	Corrects     int64                        `json:"corrects,omitzero"`
	Voids        int64                        `json:"voids,omitzero"`
	Reason       string                       `json:"reason,omitzero"`
	Changes      []FullEntriesEntriesChanges  `json:"changes,omitzero"`
	OutBy        int64                        `json:"outBy,omitzero"`
}

// FullEntriesEntriesAuthor is a part of [FullEntriesEntries].
type FullEntriesEntriesAuthor struct {
	Id     string `json:"id"`
	Role   string `json:"role"`
	Agency string `json:"agency"`
}

// FullEntriesEntriesAuthority is a part of [FullEntriesEntries].
type FullEntriesEntriesAuthority struct {
	Basis   string `json:"basis"`
	Purpose string `json:"purpose"`
}

// FullEntriesEntriesSource is a part of [FullEntriesEntries].
type FullEntriesEntriesSource struct {
	Kind     string                          `json:"kind"`
	File     string                          `json:"file"`
	Line     int64                           `json:"line,omitzero"`
	StatedOn string                          `json:"statedOn,omitzero"`
	Flags    []FullEntriesEntriesSourceFlags `json:"flags,omitzero"`
}

// FullEntriesEntriesSourceFlags is a part of [FullEntriesEntriesSource].
type FullEntriesEntriesSourceFlags struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
	Raw   string `json:"raw,omitzero"`
}

// FullEntriesEntriesCaptured is a part of [FullEntriesEntries].
type FullEntriesEntriesCaptured struct {
	Device   string    `json:"device"`
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
	Seen     int64     `json:"seen,omitzero"`
}

// FullEntriesEntriesSayings is a part of [FullEntriesEntries].
type FullEntriesEntriesSayings struct {
	Level int64  `json:"level"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// FullEntriesEntriesPassages is a part of [FullEntriesEntries].
type FullEntriesEntriesPassages struct {
	Text       string `json:"text"`
	Kind       string `json:"kind,omitzero"`
	From       string `json:"from,omitzero"`
	OwnWords   bool   `json:"ownWords,omitzero"`
	ThirdParty bool   `json:"thirdParty,omitzero"`
	Informant  bool   `json:"informant,omitzero"`
}

// FullEntriesEntriesChanges is a part of [FullEntriesEntries].
type FullEntriesEntriesChanges struct {
	Name   string                            `json:"name"`
	Before []FullEntriesEntriesChangesBefore `json:"before,omitzero"`
	After  []FullEntriesEntriesChangesAfter  `json:"after,omitzero"`
}

// FullEntriesEntriesChangesBefore is a part of [FullEntriesEntriesChanges].
type FullEntriesEntriesChangesBefore struct {
	Level int64  `json:"level"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// FullEntriesEntriesChangesAfter is a part of [FullEntriesEntriesChanges].
type FullEntriesEntriesChangesAfter struct {
	Level int64  `json:"level"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Gaps is what the API answers with
type Gaps struct {
	KnownAt    time.Time  `json:"knownAt,omitzero"`
	KnownEntry int64      `json:"knownEntry,omitzero"`
	TrueOn     string     `json:"trueOn,omitzero"`
	Rows       []GapsRows `json:"rows"`
	Next       string     `json:"next,omitzero"`
}

// GapsRows is a part of [Gaps].
type GapsRows struct {
	Record          string  `json:"record"`
	LaChildId       string  `json:"laChildId,omitzero"`
	Plan            string  `json:"plan"`
	Opened          string  `json:"opened,omitzero"`
	Worker          string  `json:"worker,omitzero"`
	Team            string  `json:"team,omitzero"`
	LastVisit       string  `json:"lastVisit,omitzero"`
	LastSeen        string  `json:"lastSeen,omitzero"`
	LastSeenAlone   string  `json:"lastSeenAlone,omitzero"`
	LastBedroomSeen string  `json:"lastBedroomSeen,omitzero"`
	Entries         []int64 `json:"entries"`
}

// GroupReceipts is what the API answers with
type GroupReceipts struct {
	Receipts []GroupReceiptsReceipts `json:"receipts"`
}

// GroupReceiptsReceipts is a part of [GroupReceipts].
type GroupReceiptsReceipts struct {
	Record   string   `json:"record"`
	Revision int64    `json:"revision"`
	First    int64    `json:"first,omitzero"`
	Entries  int64    `json:"entries"`
	Position int64    `json:"position,omitzero"`
	Would    []string `json:"would,omitzero"`
}

// Identities is what the API answers with
type Identities struct {
	Record     string               `json:"record"`
	Revision   int64                `json:"revision"`
	KnownAt    time.Time            `json:"knownAt,omitzero"`
	KnownEntry int64                `json:"knownEntry,omitzero"`
	TrueOn     string               `json:"trueOn,omitzero"`
	Permanent  string               `json:"permanent,omitzero"`
	Withheld   []IdentitiesWithheld `json:"withheld,omitzero"`
	Rows       []IdentitiesRows     `json:"rows"`
}

// IdentitiesWithheld is a part of [Identities].
type IdentitiesWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// IdentitiesRows is a part of [Identities].
type IdentitiesRows struct {
	Record    string  `json:"record"`
	Adoption  string  `json:"adoption"`
	Successor string  `json:"successor"`
	Since     string  `json:"since,omitzero"`
	Entries   []int64 `json:"entries"`
}

// Job is what the API answers with
type Job struct {
	Job      string        `json:"job"`
	Record   string        `json:"record"`
	Makes    string        `json:"makes"`
	Of       string        `json:"of"`
	State    string        `json:"state"`
	Step     string        `json:"step,omitzero"`
	Variant  string        `json:"variant,omitzero"`
	Done     int64         `json:"done"`
	Total    int64         `json:"total"`
	Attested []JobAttested `json:"attested,omitzero"`
	Problem  JobProblem    `json:"problem,omitzero"`
}

// JobAttested is a part of [Job].
type JobAttested struct {
	Who      string `json:"who"`
	Kind     string `json:"kind"`
	Attested bool   `json:"attested"`
}

// JobProblem is a part of [Job].
type JobProblem struct {
	Type     string             `json:"type"`
	Title    string             `json:"title"`
	Status   int64              `json:"status"`
	Code     string             `json:"code"`
	Faults   []JobProblemFaults `json:"faults,omitzero"`
	Revision int64              `json:"revision,omitzero"`
}

// JobProblemFaults is a part of [JobProblem].
type JobProblemFaults struct {
	Pointer   string `json:"pointer,omitzero"`
	Parameter string `json:"parameter,omitzero"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason,omitzero"`
}

// KeptFile is what the API answers with
type KeptFile struct {
	Record string `json:"record"`
	Sha256 string `json:"sha256"`
	Type   string `json:"type"`
	Bytes  int64  `json:"bytes"`
}

// Knowers is what the API answers with
type Knowers struct {
	Record       string            `json:"record"`
	Revision     int64             `json:"revision"`
	KnownAt      time.Time         `json:"knownAt,omitzero"`
	KnownEntry   int64             `json:"knownEntry,omitzero"`
	TrueOn       string            `json:"trueOn,omitzero"`
	Permanent    string            `json:"permanent,omitzero"`
	Withheld     []KnowersWithheld `json:"withheld,omitzero"`
	Entry        int64             `json:"entry,omitzero"`
	By           time.Time         `json:"by"`
	AccessesFrom string            `json:"accessesFrom"`
	Rows         []KnowersRows     `json:"rows"`
}

// KnowersWithheld is a part of [Knowers].
type KnowersWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// KnowersRows is a part of [Knowers].
type KnowersRows struct {
	Who      string    `json:"who"`
	Role     string    `json:"role"`
	Agency   string    `json:"agency"`
	Wrote    int64     `json:"wrote"`
	Read     int64     `json:"read"`
	Listed   int64     `json:"listed"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Entry    int64     `json:"entry,omitzero"`
	Purposes []string  `json:"purposes,omitzero"`
	Through  []string  `json:"through,omitzero"`
}

// Looks is what the API answers with
type Looks struct {
	Record string      `json:"record"`
	Rows   []LooksRows `json:"rows"`
}

// LooksRows is a part of [Looks].
type LooksRows struct {
	Day       string `json:"day"`
	Caller    string `json:"caller"`
	Role      string `json:"role"`
	Agency    string `json:"agency"`
	Purpose   string `json:"purpose"`
	Operation string `json:"operation"`
	Outcome   string `json:"outcome"`
	Emergency bool   `json:"emergency"`
	Times     int64  `json:"times"`
}

// Notes is what the API answers with
type Notes struct {
	Record     string          `json:"record"`
	Revision   int64           `json:"revision"`
	KnownAt    time.Time       `json:"knownAt,omitzero"`
	KnownEntry int64           `json:"knownEntry,omitzero"`
	TrueOn     string          `json:"trueOn,omitzero"`
	Permanent  string          `json:"permanent,omitzero"`
	Withheld   []NotesWithheld `json:"withheld,omitzero"`
	Notes      []NotesNotes    `json:"notes"`
}

// NotesWithheld is a part of [Notes].
type NotesWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// NotesNotes is a part of [Notes].
type NotesNotes struct {
	Note        string           `json:"note"`
	Entry       int64            `json:"entry"`
	Corrects    int64            `json:"corrects,omitzero"`
	Happened    string           `json:"happened,omitzero"`
	Time        string           `json:"time,omitzero"`
	Recorded    time.Time        `json:"recorded"`
	DaysLate    int64            `json:"daysLate,omitzero"`
	Author      string           `json:"author"`
	Role        string           `json:"role"`
	Kind        string           `json:"kind"`
	Present     []string         `json:"present,omitzero"`
	Sensitivity string           `json:"sensitivity,omitzero"`
	Status      string           `json:"status,omitzero"`
	For         string           `json:"for,omitzero"`
	Reason      string           `json:"reason,omitzero"`
	Nfc         bool             `json:"nfc"`
	Text        []NotesNotesText `json:"text"`
}

// NotesNotesText is a part of [NotesNotes].
type NotesNotesText struct {
	Text       string `json:"text"`
	Kind       string `json:"kind,omitzero"`
	From       string `json:"from,omitzero"`
	OwnWords   bool   `json:"ownWords,omitzero"`
	ThirdParty bool   `json:"thirdParty,omitzero"`
	Informant  bool   `json:"informant,omitzero"`
}

// OfflineResults is what the API answers with
type OfflineResults struct {
	Results []OfflineResultsResults `json:"results"`
}

// OfflineResultsResults is a part of [OfflineResults].
type OfflineResultsResults struct {
	Status   int64                        `json:"status"`
	Receipt  OfflineResultsResultsReceipt `json:"receipt,omitzero"`
	Repeated bool                         `json:"repeated,omitzero"`
	Problem  OfflineResultsResultsProblem `json:"problem,omitzero"`
	Kept     bool                         `json:"kept,omitzero"`
}

// OfflineResultsResultsReceipt is a part of [OfflineResultsResults].
type OfflineResultsResultsReceipt struct {
	Record   string   `json:"record"`
	Revision int64    `json:"revision"`
	First    int64    `json:"first,omitzero"`
	Entries  int64    `json:"entries"`
	Position int64    `json:"position,omitzero"`
	Would    []string `json:"would,omitzero"`
}

// OfflineResultsResultsProblem is a part of [OfflineResultsResults].
type OfflineResultsResultsProblem struct {
	Type     string                               `json:"type"`
	Title    string                               `json:"title"`
	Status   int64                                `json:"status"`
	Code     string                               `json:"code"`
	Faults   []OfflineResultsResultsProblemFaults `json:"faults,omitzero"`
	Revision int64                                `json:"revision,omitzero"`
}

// OfflineResultsResultsProblemFaults is a part of [OfflineResultsResultsProblem].
type OfflineResultsResultsProblemFaults struct {
	Pointer   string `json:"pointer,omitzero"`
	Parameter string `json:"parameter,omitzero"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason,omitzero"`
}

// Openings is what the API answers with
type Openings struct {
	Rows []OpeningsRows `json:"rows"`
	Next string         `json:"next,omitzero"`
}

// OpeningsRows is a part of [Openings].
type OpeningsRows struct {
	Record   string  `json:"record"`
	Use      string  `json:"use"`
	Worker   string  `json:"worker"`
	Agency   string  `json:"agency"`
	Reason   string  `json:"reason"`
	Detail   string  `json:"detail"`
	On       string  `json:"on,omitzero"`
	Until    string  `json:"until"`
	Lead     string  `json:"lead,omitzero"`
	Team     string  `json:"team,omitzero"`
	Finding  string  `json:"finding,omitzero"`
	Reviewer string  `json:"reviewer,omitzero"`
	Reviewed string  `json:"reviewed,omitzero"`
	Waits    bool    `json:"waits"`
	Entries  []int64 `json:"entries"`
}

// Overdue is what the API answers with
type Overdue struct {
	Record     string            `json:"record"`
	Revision   int64             `json:"revision"`
	KnownAt    time.Time         `json:"knownAt,omitzero"`
	KnownEntry int64             `json:"knownEntry,omitzero"`
	TrueOn     string            `json:"trueOn,omitzero"`
	Permanent  string            `json:"permanent,omitzero"`
	Withheld   []OverdueWithheld `json:"withheld,omitzero"`
	Rows       []OverdueRows     `json:"rows"`
}

// OverdueWithheld is a part of [Overdue].
type OverdueWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// OverdueRows is a part of [Overdue].
type OverdueRows struct {
	Record     string  `json:"record"`
	Clock      string  `json:"clock"`
	Work       string  `json:"work"`
	Started    string  `json:"started,omitzero"`
	Due        string  `json:"due"`
	Done       string  `json:"done,omitzero"`
	IsDone     bool    `json:"isDone"`
	Stopped    string  `json:"stopped,omitzero"`
	IsStopped  bool    `json:"isStopped"`
	Allowed    string  `json:"allowed,omitzero"`
	Worker     string  `json:"worker,omitzero"`
	Team       string  `json:"team,omitzero"`
	StartEntry int64   `json:"startEntry"`
	Entries    []int64 `json:"entries"`
	Overdue    bool    `json:"overdue"`
	Days       int64   `json:"days"`
	Sentence   string  `json:"sentence,omitzero"`
	Source     string  `json:"source,omitzero"`
}

// PackedDisclosure is what the API answers with
type PackedDisclosure struct {
	Record     string                     `json:"record"`
	Revision   int64                      `json:"revision"`
	KnownAt    time.Time                  `json:"knownAt,omitzero"`
	KnownEntry int64                      `json:"knownEntry,omitzero"`
	TrueOn     string                     `json:"trueOn,omitzero"`
	Permanent  string                     `json:"permanent,omitzero"`
	Withheld   []PackedDisclosureWithheld `json:"withheld,omitzero"`
	Disclosure string                     `json:"disclosure"`
	Profile    string                     `json:"profile"`
	Happened   string                     `json:"happened"`
	Package    string                     `json:"package"`
	Files      []PackedDisclosureFiles    `json:"files"`
	Permitted  bool                       `json:"permitted"`
}

// PackedDisclosureWithheld is a part of [PackedDisclosure].
type PackedDisclosureWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// PackedDisclosureFiles is a part of [PackedDisclosure].
type PackedDisclosureFiles struct {
	File   string `json:"file"`
	Type   string `json:"type"`
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}

// Patterns is what the API answers with
type Patterns struct {
	Rows []PatternsRows `json:"rows"`
}

// PatternsRows is a part of [Patterns].
type PatternsRows struct {
	Day     string `json:"day"`
	Pattern string `json:"pattern"`
	Caller  string `json:"caller"`
	Role    string `json:"role"`
	Agency  string `json:"agency"`
	Record  string `json:"record,omitzero"`
	Times   int64  `json:"times"`
	From    int64  `json:"from"`
}

// People is what the API answers with
type People struct {
	Rows     []PeopleRows     `json:"rows"`
	Next     string           `json:"next,omitzero"`
	Withheld []PeopleWithheld `json:"withheld,omitzero"`
}

// PeopleRows is a part of [People].
type PeopleRows struct {
	Record       string   `json:"record"`
	LaChildId    string   `json:"laChildId,omitzero"`
	Given        string   `json:"given,omitzero"`
	Family       string   `json:"family,omitzero"`
	Born         string   `json:"born,omitzero"`
	Expected     string   `json:"expected,omitzero"`
	Sex          string   `json:"sex,omitzero"`
	Ethnicity    string   `json:"ethnicity,omitzero"`
	Disabilities []string `json:"disabilities,omitzero"`
	Postcode     string   `json:"postcode,omitzero"`
	Died         string   `json:"died,omitzero"`
	Registered   string   `json:"registered,omitzero"`
	Entries      []int64  `json:"entries"`
}

// PeopleWithheld is a part of [People].
type PeopleWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// Problem is what the API answers with
type Problem struct {
	Type     string          `json:"type"`
	Title    string          `json:"title"`
	Status   int64           `json:"status"`
	Code     string          `json:"code"`
	Faults   []ProblemFaults `json:"faults,omitzero"`
	Revision int64           `json:"revision,omitzero"`
}

// ProblemFaults is a part of [Problem].
type ProblemFaults struct {
	Pointer   string `json:"pointer,omitzero"`
	Parameter string `json:"parameter,omitzero"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason,omitzero"`
}

// Receipt is what the API answers with
type Receipt struct {
	Record   string   `json:"record"`
	Revision int64    `json:"revision"`
	First    int64    `json:"first,omitzero"`
	Entries  int64    `json:"entries"`
	Position int64    `json:"position,omitzero"`
	Would    []string `json:"would,omitzero"`
}

// RedactionPage is what the API answers with
type RedactionPage struct {
	Record     string                    `json:"record"`
	Revision   int64                     `json:"revision"`
	KnownAt    time.Time                 `json:"knownAt,omitzero"`
	KnownEntry int64                     `json:"knownEntry,omitzero"`
	TrueOn     string                    `json:"trueOn,omitzero"`
	Permanent  string                    `json:"permanent,omitzero"`
	Withheld   []RedactionPageWithheld   `json:"withheld,omitzero"`
	Redaction  string                    `json:"redaction"`
	Reader     string                    `json:"reader"`
	Purpose    string                    `json:"purpose"`
	State      string                    `json:"state"`
	Known      int64                     `json:"known"`
	Lines      int64                     `json:"lines"`
	By         string                    `json:"by"`
	Proposed   string                    `json:"proposed"`
	DecidedBy  string                    `json:"decidedBy,omitzero"`
	Decided    string                    `json:"decided,omitzero"`
	Entry      int64                     `json:"entry"`
	Withholds  []RedactionPageWithholds  `json:"withholds"`
	Schedule   []RedactionPageSchedule   `json:"schedule"`
	Remainders []RedactionPageRemainders `json:"remainders"`
}

// RedactionPageWithheld is a part of [RedactionPage].
type RedactionPageWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// RedactionPageWithholds is a part of [RedactionPage].
type RedactionPageWithholds struct {
	Entry  int64  `json:"entry"`
	Field  string `json:"field"`
	Ground string `json:"ground"`
	Reason string `json:"reason"`
}

// RedactionPageSchedule is a part of [RedactionPage].
type RedactionPageSchedule struct {
	Entry       int64  `json:"entry"`
	Field       string `json:"field"`
	Ground      string `json:"ground"`
	Law         string `json:"law"`
	Name        string `json:"name"`
	Explanation string `json:"explanation"`
	DecidedBy   string `json:"decidedBy"`
	DecidedOn   string `json:"decidedOn"`
}

// RedactionPageRemainders is a part of [RedactionPage].
type RedactionPageRemainders struct {
	Entry int64  `json:"entry"`
	Field string `json:"field"`
	Where int64  `json:"where"`
	In    string `json:"in"`
}

// RedactionSets is what the API answers with
type RedactionSets struct {
	Record     string                  `json:"record"`
	Revision   int64                   `json:"revision"`
	KnownAt    time.Time               `json:"knownAt,omitzero"`
	KnownEntry int64                   `json:"knownEntry,omitzero"`
	TrueOn     string                  `json:"trueOn,omitzero"`
	Permanent  string                  `json:"permanent,omitzero"`
	Withheld   []RedactionSetsWithheld `json:"withheld,omitzero"`
	Rows       []RedactionSetsRows     `json:"rows"`
}

// RedactionSetsWithheld is a part of [RedactionSets].
type RedactionSetsWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// RedactionSetsRows is a part of [RedactionSets].
type RedactionSetsRows struct {
	Redaction string `json:"redaction"`
	Reader    string `json:"reader"`
	Purpose   string `json:"purpose"`
	State     string `json:"state"`
	Known     int64  `json:"known"`
	Lines     int64  `json:"lines"`
	By        string `json:"by"`
	Proposed  string `json:"proposed"`
	DecidedBy string `json:"decidedBy,omitzero"`
	Decided   string `json:"decided,omitzero"`
	Entry     int64  `json:"entry"`
}

// Register is what the API answers with
type Register struct {
	KnownAt    time.Time      `json:"knownAt,omitzero"`
	KnownEntry int64          `json:"knownEntry,omitzero"`
	TrueOn     string         `json:"trueOn,omitzero"`
	Rows       []RegisterRows `json:"rows"`
}

// RegisterRows is a part of [Register].
type RegisterRows struct {
	Record          string   `json:"record"`
	Kind            string   `json:"kind"`
	Plan            string   `json:"plan"`
	LaChildId       string   `json:"laChildId,omitzero"`
	Given           string   `json:"given,omitzero"`
	Family          string   `json:"family,omitzero"`
	Born            string   `json:"born,omitzero"`
	Expected        string   `json:"expected,omitzero"`
	Referral        string   `json:"referral,omitzero"`
	From            string   `json:"from,omitzero"`
	To              string   `json:"to,omitzero"`
	Open            bool     `json:"open"`
	InitialCategory string   `json:"initialCategory,omitzero"`
	LatestCategory  string   `json:"latestCategory,omitzero"`
	Previous        int64    `json:"previous"`
	ReviewBy        string   `json:"reviewBy,omitzero"`
	Concerns        []string `json:"concerns,omitzero"`
	CoreGroupBy     string   `json:"coreGroupBy,omitzero"`
	MissingSince    string   `json:"missingSince,omitzero"`
	Elsewhere       string   `json:"elsewhere,omitzero"`
	Worker          string   `json:"worker,omitzero"`
	Team            string   `json:"team,omitzero"`
	Entries         []int64  `json:"entries"`
}

// Relations is what the API answers with
type Relations struct {
	Record     string              `json:"record"`
	Revision   int64               `json:"revision"`
	KnownAt    time.Time           `json:"knownAt,omitzero"`
	KnownEntry int64               `json:"knownEntry,omitzero"`
	TrueOn     string              `json:"trueOn,omitzero"`
	Permanent  string              `json:"permanent,omitzero"`
	Withheld   []RelationsWithheld `json:"withheld,omitzero"`
	Rows       []RelationsRows     `json:"rows"`
}

// RelationsWithheld is a part of [Relations].
type RelationsWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// RelationsRows is a part of [Relations].
type RelationsRows struct {
	Record      string  `json:"record"`
	Relation    string  `json:"relation"`
	Kind        string  `json:"kind"`
	Other       string  `json:"other,omitzero"`
	Name        string  `json:"name,omitzero"`
	Born        string  `json:"born,omitzero"`
	From        string  `json:"from,omitzero"`
	To          string  `json:"to,omitzero"`
	Open        bool    `json:"open"`
	Responsible bool    `json:"responsible"`
	Basis       string  `json:"basis,omitzero"`
	Significant bool    `json:"significant"`
	Entries     []int64 `json:"entries"`
}

// Results is what the API answers with
type Results struct {
	Results []ResultsResults `json:"results"`
}

// ResultsResults is a part of [Results].
type ResultsResults struct {
	Status  int64                 `json:"status"`
	Receipt ResultsResultsReceipt `json:"receipt,omitzero"`
	Problem ResultsResultsProblem `json:"problem,omitzero"`
}

// ResultsResultsReceipt is a part of [ResultsResults].
type ResultsResultsReceipt struct {
	Record   string   `json:"record"`
	Revision int64    `json:"revision"`
	First    int64    `json:"first,omitzero"`
	Entries  int64    `json:"entries"`
	Position int64    `json:"position,omitzero"`
	Would    []string `json:"would,omitzero"`
}

// ResultsResultsProblem is a part of [ResultsResults].
type ResultsResultsProblem struct {
	Type     string                        `json:"type"`
	Title    string                        `json:"title"`
	Status   int64                         `json:"status"`
	Code     string                        `json:"code"`
	Faults   []ResultsResultsProblemFaults `json:"faults,omitzero"`
	Revision int64                         `json:"revision,omitzero"`
}

// ResultsResultsProblemFaults is a part of [ResultsResultsProblem].
type ResultsResultsProblemFaults struct {
	Pointer   string `json:"pointer,omitzero"`
	Parameter string `json:"parameter,omitzero"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason,omitzero"`
}

// Steps is what the API answers with
type Steps struct {
	Record     string          `json:"record"`
	Revision   int64           `json:"revision"`
	KnownAt    time.Time       `json:"knownAt,omitzero"`
	KnownEntry int64           `json:"knownEntry,omitzero"`
	TrueOn     string          `json:"trueOn,omitzero"`
	Permanent  string          `json:"permanent,omitzero"`
	Withheld   []StepsWithheld `json:"withheld,omitzero"`
	Rows       []StepsRows     `json:"rows"`
	Next       int64           `json:"next,omitzero"`
}

// StepsWithheld is a part of [Steps].
type StepsWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// StepsRows is a part of [Steps].
type StepsRows struct {
	Entry        int64              `json:"entry"`
	Type         string             `json:"type"`
	About        string             `json:"about"`
	Happened     string             `json:"happened,omitzero"`
	Recorded     time.Time          `json:"recorded"`
	LatenessDays int64              `json:"latenessDays,omitzero"`
	Author       string             `json:"author"`
	Role         string             `json:"role"`
	Agency       string             `json:"agency"`
	Sentence     string             `json:"sentence"`
	Changes      []StepsRowsChanges `json:"changes"`
}

// StepsRowsChanges is a part of [StepsRows].
type StepsRowsChanges struct {
	About        string    `json:"about"`
	Type         string    `json:"type"`
	Field        string    `json:"field"`
	Change       string    `json:"change"`
	Before       string    `json:"before"`
	After        string    `json:"after"`
	Entry        int64     `json:"entry"`
	Author       string    `json:"author"`
	Happened     string    `json:"happened,omitzero"`
	Recorded     time.Time `json:"recorded"`
	LatenessDays int64     `json:"latenessDays,omitzero"`
}

// Suggestions is what the API answers with
type Suggestions struct {
	Record     string                `json:"record"`
	Revision   int64                 `json:"revision"`
	KnownAt    time.Time             `json:"knownAt,omitzero"`
	KnownEntry int64                 `json:"knownEntry,omitzero"`
	TrueOn     string                `json:"trueOn,omitzero"`
	Permanent  string                `json:"permanent,omitzero"`
	Withheld   []SuggestionsWithheld `json:"withheld,omitzero"`
	Rows       []SuggestionsRows     `json:"rows"`
}

// SuggestionsWithheld is a part of [Suggestions].
type SuggestionsWithheld struct {
	Reason  string   `json:"reason"`
	Entries []int64  `json:"entries,omitzero"`
	Records []string `json:"records,omitzero"`
}

// SuggestionsRows is a part of [Suggestions].
type SuggestionsRows struct {
	Entry  int64  `json:"entry"`
	Field  string `json:"field"`
	Ground string `json:"ground"`
	Reason string `json:"reason"`
	Person string `json:"person,omitzero"`
	Of     string `json:"of,omitzero"`
	Source string `json:"source,omitzero"`
	Mark   string `json:"mark,omitzero"`
	Day    string `json:"day,omitzero"`
	Kind   string `json:"kind"`
}

// Teams is what the API answers with
type Teams struct {
	Rows []TeamsRows `json:"rows"`
	Next string      `json:"next,omitzero"`
}

// TeamsRows is a part of [Teams].
type TeamsRows struct {
	Team    string             `json:"team"`
	Records int64              `json:"records"`
	Workers []TeamsRowsWorkers `json:"workers"`
}

// TeamsRowsWorkers is a part of [TeamsRows].
type TeamsRowsWorkers struct {
	Worker  string `json:"worker"`
	Records int64  `json:"records"`
}
