package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/record"
	"caseledger/domain/restriction"
	"caseledger/eventstore"
	"caseledger/projections"
)

// Moment is the point of view of an answer, as it was asked for.
type Moment struct {
	KnownAt    time.Time   `json:"knownAt,omitzero"`
	KnownEntry uint64      `json:"knownEntry,omitzero"`
	TrueOn     domain.Date `json:"trueOn,omitzero"`
}

// OfRecord is what every answer about one record says first.
type OfRecord struct {
	Record   domain.RecordID `json:"record"`
	Revision uint64          `json:"revision"`
	Moment
	// Permanent is the address of this answer that gives it for ever, whatever is
	// recorded later.
	Permanent string `json:"permanent,omitempty"`
	// Withheld says what was left out for this caller. Nothing is left out
	// without being listed.
	Withheld []Withheld `json:"withheld,omitempty"`
}

// Facts is a record, field by field.
type Facts struct {
	OfRecord
	Facts []projections.Fact `json:"facts"`
}

// Entries is a record's audit trail.
type Entries struct {
	OfRecord
	Entries []projections.AuditRow `json:"entries"`
}

// Chronology is a record's story.
type Chronology struct {
	OfRecord
	Rows []projections.ChronologyRow `json:"rows"`
}

// Notes are those of a record, whole.
type Notes struct {
	OfRecord
	Notes []projections.NoteRow `json:"notes"`
}

// Comparison is the difference of a record between two moments.
type Comparison struct {
	OfRecord
	Then    Moment                   `json:"then"`
	Changes []projections.Difference `json:"changes"`
}

// Identities are the links between the two records of an adopted child.
type Identities struct {
	OfRecord
	Rows []projections.LinkRow `json:"rows"`
}

// Register are the names on the register.
type Register struct {
	Moment
	Rows []projections.RegisterRow `json:"rows"`
}

// Caseload is a page of open work.
type Caseload struct {
	Moment
	Rows []projections.CaseloadRow `json:"rows"`
	Next string                    `json:"next,omitempty"` // cursor of the next page
}

// People is a page of people found.
type People struct {
	Rows     []projections.PersonRow `json:"rows"`
	Next     string                  `json:"next,omitempty"`
	Withheld []Withheld              `json:"withheld,omitempty"` // addresses
}

// Accesses are entries of the second ledger.
type Accesses struct {
	Rows []accesslog.Row `json:"rows"`
}

func echo(m projections.Moment) Moment { return Moment{m.Known, m.Entry, m.On} }

// about reads the record that a request asks for, at least as far as it asks.
func (a *API) about(ctx context.Context, r *request) (record.Record, OfRecord, error) {
	rec, at, err := a.View.Record(ctx, r.record)
	if err == nil && uint64(at) < max(r.query.number(atLeast), r.query.number(byEntry), r.query.number(thenEntry)) {
		err = stale(at) // one process owns the ledger, so waiting would not help
	}
	return rec, OfRecord{Record: r.record, Revision: uint64(at), Moment: echo(r.query.asked()), Permanent: permanent(r, rec)}, err
}

// ofRecord is the reply about one record, and what is released with it.
func ofRecord(r *request, about OfRecord, rows int, body any) reply {
	out := reply{body: body, revision: eventstore.Revision(about.Revision),
		release: &access.Released{Revision: about.Revision, View: view(r.query), Rows: rows}}
	if r.Header.Get("If-None-Match") == etag(out.revision) {
		out.status = http.StatusNotModified
	}
	return out
}

// view writes a point of view as the entry of an access holds it.
func view(q query) string {
	v := url.Values{}
	for _, p := range pointsOfView {
		if q[p.name] != "" {
			v.Set(p.name, q[p.name])
		}
	}
	return v.Encode()
}

func (a *API) facts(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	facts, err := a.View.Facts(rec, r.query.asked())
	if err != nil {
		return reply{}, err
	}
	sieve := a.sieve(r, rec)
	facts = sieve.facts(a.withoutClosed(r, rec, facts))
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(facts), Facts{about, facts}), nil
}

func (a *API) entries(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	rows, err := a.View.DB.Audit(ctx, r.record, r.query.asked())
	closed := a.View.Records.Forms.Closed(rec, r.caller.Role)
	for i := range rows {
		if closed[rows[i].Entry] {
			rows[i].Changes = nil
		}
	}
	sieve := a.sieve(r, rec)
	rows = sieve.audit(rows)
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), Entries{about, rows}), err
}

func (a *API) chronology(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	rows, err := a.View.Chronology(ctx, r.record, rec, r.query.asked())
	sieve := a.sieve(r, rec)
	rows = sieve.chronology(rows)
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), Chronology{about, rows}), err
}

func (a *API) notes(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	sieve := a.sieve(r, rec)
	rows := sieve.notes(projections.Notes(rec, r.query.asked()))
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), Notes{about, rows}), nil
}

// Disclosures are the disclosures of a record.
type Disclosures struct {
	OfRecord
	Rows []projections.DisclosureRow `json:"rows"`
}

func (a *API) disclosures(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	sieve := a.sieve(r, rec)
	rows := slices.DeleteFunc(projections.Disclosures(rec), func(row projections.DisclosureRow) bool { return !sieve.whole(row.Entry) })
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), Disclosures{about, rows}), nil
}

func (a *API) comparison(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	then := r.query.then()
	changes, err := a.View.Changes(rec, r.query.asked(), then)
	sieve := a.sieve(r, rec)
	changes = sieve.differences(a.unchangedIfClosed(r, rec, changes))
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(changes), Comparison{about, echo(then), changes}), err
}

// identities answers a caller who may not open the old record as if there were
// none.
func (a *API) identities(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	_, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	rows, err := a.View.DB.Links(ctx, r.record)
	if err != nil {
		return reply{}, err
	}
	rows, err = named(ctx, a, r, rows, func(l projections.LinkRow) domain.RecordID { return l.Record })
	return ofRecord(r, about, len(rows), Identities{about, rows}), err
}

func (a *API) register(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	at := r.query.asked()
	rows, err := a.View.Register(ctx, at)
	if err != nil {
		return reply{}, err
	}
	rows, err = named(ctx, a, r, rows, ofName)
	return listed(r, Register{echo(at), rows}, rows, ofName), err
}

func ofName(row projections.RegisterRow) domain.RecordID { return row.Record }

// listed is the reply of a list, and whose rows are released with it.
func listed[R any](r *request, body any, rows []R, of func(R) domain.RecordID) reply {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = string(of(row))
	}
	slices.Sort(ids)
	return reply{body: body, release: &access.Released{View: view(r.query), Rows: len(rows), Records: slices.Compact(ids)}}
}

func (a *API) caseload(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	at := r.query.asked()
	f := projections.CaseloadFilter{Worker: r.query[worker.name], Team: r.query[team.name], Kind: r.query[work.name],
		Unallocated: r.query.is(unallocated), Overdue: r.query.is(overdue)}
	of := func(row projections.CaseloadRow) domain.RecordID { return row.Record }
	rows, next, err := pageOf(ctx, a, r, func(after string, limit int) ([]projections.CaseloadRow, error) {
		f.After, f.Limit = after, limit
		return a.View.Caseload(ctx, f, at)
	}, projections.CaseloadRow.Cursor, of)
	return listed(r, Caseload{echo(at), rows, next}, rows, of), err
}

func sizeOf(q query) int {
	if n := q.number(limit); n > 0 {
		return int(n)
	}
	return projections.DefaultLimit
}

// Search is the body of a search: by text, or by one identifier.
type Search struct {
	Text  string `json:"text,omitempty" validate:"required_without=Value,omitempty,min=2,max=100"`
	Kind  string `json:"kind,omitempty" validate:"required_with=Value,omitempty,oneof=la-child-id upn former-upn nhs-number chi"`
	Value string `json:"value,omitempty" validate:"omitempty,min=1,max=50,printascii"`
}

// search finds people. It is a POST, because names and numbers of people do not
// belong into addresses, which are logged everywhere.
func (a *API) search(ctx context.Context, r *request) (reply, error) {
	var s Search
	if err := unmarshal(r.body, &s); err != nil {
		return reply{}, err
	}
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	r.asked = url.Values{"text": {s.Text}, "kind": {s.Kind}, "value": {s.Value}}.Encode()
	f := projections.PeopleFilter{Text: s.Text}
	var only []domain.RecordID
	var err error
	if s.Value != "" {
		f.Text = s.Value
		if only, err = a.View.DB.FindIdentifier(ctx, s.Kind, s.Value); err != nil {
			return reply{}, err
		}
	}
	of := func(row projections.PersonRow) domain.RecordID { return row.Record }
	rows, next, err := pageOf(ctx, a, r, func(after string, limit int) ([]projections.PersonRow, error) {
		f.After, f.Limit = after, limit
		return a.View.DB.People(ctx, f)
	}, projections.PersonRow.Cursor, func(row projections.PersonRow) domain.RecordID { return row.Record })
	if s.Value != "" {
		rows = slices.DeleteFunc(rows, func(p projections.PersonRow) bool { return !slices.Contains(only, p.Record) })
	}
	if err != nil {
		return reply{}, err
	}
	withheld, err := a.withoutAddresses(ctx, r, rows)
	return listed(r, People{rows, next, withheld}, rows, of), err
}

// withoutAddresses leaves the postcodes out of rows of people whose address is
// kept from the caller.
func (a *API) withoutAddresses(ctx context.Context, r *request, rows []projections.PersonRow) ([]Withheld, error) {
	kept, err := a.View.DB.Restricted(ctx, restriction.Address)
	if err != nil {
		return nil, err
	}
	out := Withheld{Reason: markAddress}
	for i, row := range rows {
		if _, is := slices.BinarySearch(kept, row.Record); !is || row.Postcode == "" {
			continue
		}
		rec, _, err := a.View.Record(ctx, row.Record)
		if err != nil {
			return nil, err
		}
		one := *r
		one.record = row.Record
		one.tie = projections.TieTo(rec.Allocations, r.caller.ID, r.caller.Teams, a.today().Happened)
		if a.sieve(&one, rec).addressKept("person.address-recorded") {
			rows[i].Postcode = ""
			out.Records = append(out.Records, row.Record)
		}
	}
	if out.Records == nil {
		return nil, nil
	}
	r.withheld = append(r.withheld, markAddress)
	return []Withheld{out}, nil
}

// Enquiry is the body of an enquiry of the register.
type Enquiry struct {
	Kind  string `json:"kind" validate:"required,oneof=la-child-id upn former-upn nhs-number chi"`
	Value string `json:"value" validate:"required,max=50,printascii"`
}

// Enquired answers an enquiry. That nobody has the identifier is an answer.
type Enquired struct {
	Known      bool                      `json:"known"`
	OnRegister bool                      `json:"onRegister"`
	Rows       []projections.RegisterRow `json:"rows"`
}

// enquire answers whether a child's name is on the register. The access ledger
// keeps the enquirer, the purpose and the answer.
func (a *API) enquire(ctx context.Context, r *request) (reply, error) {
	var e Enquiry
	if err := unmarshal(r.body, &e); err != nil {
		return reply{}, err
	}
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	ids, err := a.View.DB.FindIdentifier(ctx, e.Kind, e.Value)
	if err != nil {
		return reply{}, err
	}
	if ids, err = named(ctx, a, r, ids, func(id domain.RecordID) domain.RecordID { return id }); err != nil {
		return reply{}, err
	}
	rows, err := a.View.DB.RegisterOf(ctx, ids)
	out := reply{body: Enquired{len(ids) > 0, len(rows) > 0, rows}, release: &access.Released{Rows: len(rows)}}
	for _, id := range ids {
		out.release.Records = append(out.release.Records, string(id))
	}
	return out, err
}

// Looks are who looked at a record.
type Looks struct {
	Record domain.RecordID  `json:"record"`
	Rows   []accesslog.Look `json:"rows"`
}

// Patterns are what somebody should look at in the second ledger.
type Patterns struct {
	Rows []accesslog.Pattern `json:"rows"`
}

// accessed returns the query of the second ledger that a request makes, of the
// last days if it does not say. It tells nothing of records that are barred to
// the caller.
func (a *API) accessed(ctx context.Context, r *request, days int) (accesslog.Query, error) {
	today := a.today().Happened
	q := accesslog.Query{From: today.AddDays(1 - days), To: today, Record: strings.TrimPrefix(r.query[ofPerson.name], "record-"), Caller: r.query[caller.name], Limit: sizeOf(r.query)}
	if from := r.query.date(since); !from.IsZero() {
		q.From = from
	}
	if to := r.query.date(until); !to.IsZero() {
		q.To = to
	}
	if err := a.CatchUp(ctx); err != nil {
		return q, err
	}
	barred, err := a.View.DB.Barred(ctx, r.caller.ID)
	q.Hides = func(id string) bool { _, is := slices.BinarySearch(barred, domain.RecordID(id)); return is }
	return q, err
}

// accesses searches the second ledger; that somebody did is recorded in it.
func (a *API) accesses(ctx context.Context, r *request) (reply, error) {
	q, err := a.accessed(ctx, r, 1)
	if err != nil {
		return reply{}, err
	}
	rows, err := accesslog.Search(ctx, a.Accessed, q)
	return reply{body: Accesses{rows}, release: &access.Released{Rows: len(rows)}}, err
}

// looks answers who looked at a record, in the last year if the request does not
// say.
func (a *API) looks(ctx context.Context, r *request) (reply, error) {
	if err := a.exists(ctx, r.record); err != nil {
		return reply{}, err
	}
	q, err := a.accessed(ctx, r, accesslog.MaxDays)
	if err != nil {
		return reply{}, err
	}
	q.Record = string(r.record)
	rows, err := accesslog.Looks(accesslog.All(ctx, a.Accessed, q), q.Record)
	return reply{body: Looks{r.record, rows}, release: &access.Released{Rows: len(rows)}}, err
}

func (a *API) patterns(ctx context.Context, r *request) (reply, error) {
	q, err := a.accessed(ctx, r, 1)
	if err != nil {
		return reply{}, err
	}
	rows, err := accesslog.Patterns(accesslog.All(ctx, a.Accessed, q))
	return reply{body: Patterns{rows}, release: &access.Released{Rows: len(rows)}}, err
}

// events answers with the entries of the second ledger as FHIR has them. An
// error on the way cuts the answer off in the middle of a line's worth of
// entries, with the connection.
func (a *API) events(ctx context.Context, r *request) (reply, error) {
	q, err := a.accessed(ctx, r, 1)
	if err != nil {
		return reply{}, err
	}
	return reply{release: &access.Released{View: "fhir"}, stream: func(ctx context.Context, w http.ResponseWriter) {
		w.Header().Set("Content-Type", r.op.media)
		if err := accesslog.WriteFHIR(w, a.Ledger+"/access", accesslog.All(ctx, a.Accessed, q)); err != nil {
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
