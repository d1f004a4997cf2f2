package projections

import (
	"context"
	"slices"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/record"
	"caseledger/domain/referral"
)

// EpisodeRow is one referral and what came of it: an episode of need.
type EpisodeRow struct {
	Record        domain.RecordID `json:"record"`
	Referral      referral.ID     `json:"referral"`
	LAChildID     string          `json:"laChildId,omitempty"`
	Received      domain.Date     `json:"received,omitzero"`
	Closed        domain.Date     `json:"closed,omitzero"`
	IsClosed      bool            `json:"isClosed"`
	TurnedDown    bool            `json:"turnedDown"`
	LastActivity  domain.Date     `json:"lastActivity,omitzero"`
	WorkUnder     bool            `json:"workUnder"`
	OpenWork      bool            `json:"openWork"`
	Contradictory bool            `json:"contradictory"`
	Entries       []uint64        `json:"entries"`
}

func (r *EpisodeRow) fields() []any {
	return []any{&r.Record, &r.Referral, &r.LAChildID, &r.Received, &r.Closed, &r.IsClosed, &r.TurnedDown, &r.LastActivity,
		&r.WorkUnder, &r.OpenWork, &r.Contradictory, &r.Entries}
}

func episodeProjection() Projection {
	return Projection{
		Name: "episode", Version: 1, Tables: []Table{episodeTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			return replace(w, "episode", episodeRows(c.Record, c.Before), episodeRows(c.Record, c.After))
		},
	}
}

func episodeTable() Table {
	return Table{
		Name: "episode", Comment: "One row for each referral, and for each id of a referral that work is recorded under: an episode of need.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"referral", Text, "Id of the referral within the record."},
			{"la_child_id", Text, "The authority's own number for the child."},
			{"received", Date, "Day of the referral."},
			{"closed", Date, "Day on which the case was closed."},
			{"is_closed", Boolean, "Whether the case was closed. The day can be unknown, so do not go by closed."},
			{"turned_down", Boolean, "Whether a manager decided on no further action."},
			{"last_activity", Date, "Latest day of the referral and of anything recorded under it."},
			{"work_under", Boolean, "Whether a discussion, assessment, enquiry, conference, plan or care under it is recorded."},
			{"open_work", Boolean, "Whether an assessment, enquiry, plan or care under it goes on."},
			{"contradictory", Boolean, "Whether work is recorded under it although it was turned down or never received, or goes on although it was closed."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "referral"},
		Indexes: [][]string{{"received"}},
	}
}

// work is what is recorded under a referral.
type work struct {
	entries []uint64
	last    domain.Date
}

func (w *work) add(entry uint64, day domain.Date) {
	if entry == 0 {
		return
	}
	w.entries = append(w.entries, entry)
	if day.After(w.last) {
		w.last = day
	}
}

// underReferral sums up what record.Under finds.
func underReferral(r record.Record, id referral.ID) work {
	var w work
	for _, one := range r.Under(id) {
		w.add(one.Entry, one.Day)
	}
	return w
}

// referralIDs returns every referral that the record speaks of.
func referralIDs(r record.Record) []referral.ID {
	var ids []referral.ID
	add := func(id referral.ID) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, one := range r.Referrals {
		add(one.ID)
	}
	for _, a := range r.Assessments {
		add(a.Started.Fact.Referral)
	}
	for _, q := range r.Enquiries.All {
		add(q.Discussed.Fact.Referral)
		add(q.Started.Fact.Referral)
	}
	for _, c := range r.Enquiries.Conferences {
		add(c.Fact.Referral)
	}
	for _, p := range r.CINPlans {
		add(p.Started.Fact.Referral)
	}
	for _, p := range r.Protection {
		add(p.Registered.Fact.Referral)
	}
	for _, e := range r.Care.Episodes {
		add(e.Began.Fact.Referral)
	}
	return ids
}

func episodeRows(id domain.RecordID, r record.Record) []EpisodeRow {
	var rows []EpisodeRow
	number := r.Person.Identifier(identity.LAChildID)
	for _, one := range referralIDs(r) {
		rows = append(rows, episodeRow(id, r, r.Referrals.Find(one), number))
	}
	return rows
}

func episodeRow(id domain.RecordID, r record.Record, one referral.Referral, number domain.Known[identity.Identified]) EpisodeRow {
	all := underReferral(r, one.ID)
	worked, goesOn := len(all.entries) > 0, r.OpenWork(one.ID)
	all.add(one.Received.Entry, one.Received.Fact.Happened)
	all.add(one.Decided.Entry, one.Decided.Fact.Happened)
	all.add(one.NotTakenFurther.Entry, one.NotTakenFurther.Fact.Happened)
	all.add(one.Closed.Entry, one.Closed.Fact.Happened)
	closed, turnedDown := !one.Closed.IsZero(), !one.NotTakenFurther.IsZero()
	return EpisodeRow{
		Record: id, Referral: one.ID, LAChildID: number.Fact.Value,
		Received: one.Received.Fact.Happened, Closed: one.Closed.Fact.Happened,
		IsClosed: closed, TurnedDown: turnedDown, LastActivity: all.last, WorkUnder: worked, OpenWork: goesOn,
		Contradictory: worked && (turnedDown || one.Received.IsZero()) || goesOn && closed,
		Entries:       entries(append(all.entries, number.Entry)...),
	}
}

// Episodes returns the records with an episode open at any time from the first
// to the last day: received by the last day, and still open or not without
// activity since before the first. A zero day leaves that end open; what has no
// known day is taken to be within.
//
// A referral that was turned down is not open, but the day it was turned down
// is activity.
func (db *DB) Episodes(ctx context.Context, from, to domain.Date) ([]domain.RecordID, error) {
	first, last := textOrNull(from.String()), textOrNull(to.String())
	return db.records(ctx, `SELECT DISTINCT record FROM episode
		WHERE coalesce(received <= ?, TRUE)
		AND (open_work OR NOT is_closed AND (NOT turned_down OR work_under) OR coalesce(last_activity >= ?, TRUE))
		ORDER BY record`, last, first)
}

// EpisodesOf returns the episodes of a record.
func (db *DB) EpisodesOf(ctx context.Context, id domain.RecordID) ([]EpisodeRow, error) {
	q := selectFrom(episodeTable())
	q.where("record = ?", string(id))
	q.order = "received NULLS FIRST, referral"
	return rowsOf[EpisodeRow](ctx, db, q)
}
