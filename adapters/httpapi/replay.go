package httpapi

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/projections"
)

// pointsOfView are the parameters that say how a record is looked at.
var pointsOfView = []param{knownAt, byEntry, trueOn, thenKnownAt, thenEntry, thenTrueOn}

// Parameters of what is asked about the past.
var (
	afterEntry = param{"after", number, "Only entries after this one; 0 is the beginning."}
	ofEntry    = param{"entry", number, "Only who knew of this entry; of the record at all if not given."}
	lookedFrom = param{"from", day, "Read the accesses from this day on, in UTC; from the first entry asked about if not given, and at most 366 days."}
)

// Steps are entries of a record, each with what it made of the record.
type Steps struct {
	OfRecord
	Rows []projections.Step `json:"rows"`
	Next uint64             `json:"next,omitzero"` // the `after` of the entries that follow
}

// Knowers are who knew of a record.
type Knowers struct {
	OfRecord
	Entry uint64 `json:"entry,omitzero"`
	// By is until when, and AccessesFrom from which day on, accesses were read.
	By           time.Time          `json:"by"`
	AccessesFrom domain.Date        `json:"accessesFrom"`
	Rows         []accesslog.Knower `json:"rows"`
}

// Overdue is what should have been done on a record and was not.
type Overdue struct {
	OfRecord
	Rows []projections.DutyRow `json:"rows"`
}

// Relations are the relationships that a record states.
type Relations struct {
	OfRecord
	Rows []projections.RelationRow `json:"rows"`
}

// permanent returns the address of a request with its points of view pinned to
// entries; "" of an operation that cannot be asked so.
func permanent(r *request, rec record.Record) string {
	if !slices.Contains(r.op.params, byEntry) {
		return ""
	}
	v := url.Values{}
	for _, p := range r.op.params {
		if r.query[p.name] != "" && p != atLeast && !slices.Contains(pointsOfView, p) {
			v.Set(p.name, r.query[p.name])
		}
	}
	pin(v, r.query.asked().Pin(rec), byEntry, trueOn, knownAt)
	if slices.Contains(r.op.params, thenEntry) {
		pin(v, r.query.then().Pin(rec), thenEntry, thenTrueOn, thenKnownAt)
	}
	return r.URL.Path + "?" + v.Encode()
}

// pin writes a moment into a query. One before the first entry stays a time.
func pin(v url.Values, m projections.Moment, entry, on, known param) {
	if m.Entry > 0 {
		v.Set(entry.name, strconv.FormatUint(m.Entry, 10))
	} else if !m.Known.IsZero() {
		v.Set(known.name, m.Known.UTC().Format(time.RFC3339Nano))
	}
	if !m.On.IsZero() {
		v.Set(on.name, m.On.String())
	}
}

func (a *API) steps(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	size := sizeOf(r.query)
	rows, err := projections.Steps(rec, r.query.asked(), r.query.number(afterEntry), size)
	if err != nil {
		return reply{}, err
	}
	next := uint64(0)
	if len(rows) == size {
		next = rows[size-1].Entry
	}
	sieve := a.sieve(r, rec)
	rows = slices.DeleteFunc(rows, func(row projections.Step) bool { return !sieve.part(row.Type, row.Entry) })
	for i, row := range rows {
		rows[i].Changes = sieve.differences(a.unchangedIfClosed(r, rec, row.Changes))
		if !sieve.whole(row.Entry) {
			rows[i].Sentence = "[withheld]"
		}
	}
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), Steps{about, rows, next}), nil
}

func (a *API) whoKnew(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	q := accesslog.Knowing{Record: r.record, Entry: r.query.number(ofEntry), By: r.query.asked().Known, From: r.query.date(lookedFrom)}
	if q.By.IsZero() {
		q.By = a.View.Records.Ledger.Now().UTC().Truncate(time.Microsecond)
	}
	first, found := rec.Entry(max(q.Entry, 1))
	if !found {
		return reply{}, problem(codeNotFound)
	}
	if q.From.IsZero() {
		q.From = domain.DateOf(first.Recorded.UTC())
	}
	if earliest := domain.DateOf(q.By.UTC()).AddDays(1 - accesslog.MaxDays); q.From.Before(earliest) {
		q.From = earliest
	}
	rows, err := accesslog.WhoKnew(ctx, a.Accessed, rec, q)
	return ofRecord(r, about, len(rows), Knowers{OfRecord: about, Entry: q.Entry, By: q.By, AccessesFrom: q.From, Rows: rows}), err
}

func (a *API) overdue(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	rows, err := a.View.Overdue(ctx, r.record, rec, r.query.asked())
	return ofRecord(r, about, len(rows), Overdue{about, rows}), err
}

func (a *API) relations(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	rows, err := a.View.Relations(ctx, r.record, rec, r.query.asked())
	if err != nil {
		return reply{}, err
	}
	sieve := a.sieve(r, rec)
	rows = slices.DeleteFunc(rows, func(row projections.RelationRow) bool {
		return len(row.Entries) > 0 && !sieve.keep(sieve.thing(row.Entries[0]), "", row.Entries[0])
	})
	about.Withheld = sieve.withheld()
	rows, err = named(ctx, a, r, rows, func(row projections.RelationRow) domain.RecordID { return row.Other })
	return ofRecord(r, about, len(rows), Relations{about, rows}), err
}
