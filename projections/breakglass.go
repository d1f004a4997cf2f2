package projections

import (
	"context"

	"caseledger/domain"
	"caseledger/domain/breakglass"
	"caseledger/domain/record"
)

// BreakGlassRow is one time that somebody opened a record in an emergency.
type BreakGlassRow struct {
	Record   domain.RecordID `json:"record"`
	Use      breakglass.ID   `json:"use"`
	Worker   string          `json:"worker"`
	Agency   string          `json:"agency"`
	Reason   string          `json:"reason"`
	Detail   string          `json:"detail"`
	On       domain.Date     `json:"on,omitzero"`
	Until    string          `json:"until"`
	Lead     string          `json:"lead,omitempty"` // who holds the case
	Team     string          `json:"team,omitempty"`
	Finding  string          `json:"finding,omitempty"` // "" waits for a review
	Reviewer string          `json:"reviewer,omitempty"`
	Reviewed domain.Date     `json:"reviewed,omitzero"`
	Waits    bool            `json:"waits"`
	Entries  []uint64        `json:"entries"`
}

func (r *BreakGlassRow) fields() []any {
	return []any{&r.Record, &r.Use, &r.Worker, &r.Agency, &r.Reason, &r.Detail, &r.On, &r.Until, &r.Lead, &r.Team, &r.Finding, &r.Reviewer, &r.Reviewed, &r.Waits, &r.Entries}
}

func breakGlassProjection() Projection {
	return Projection{
		Name: "break_glass", Version: 1, Tables: []Table{breakGlassTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" || len(c.After.Openings) == 0 && len(c.Before.Openings) == 0 {
				return nil
			}
			return replace(w, "break_glass", breakGlassRows(c.Record, c.Before), breakGlassRows(c.Record, c.After))
		},
	}
}

func breakGlassTable() Table {
	return Table{
		Name: "break_glass", Comment: "One row for each time that somebody opened a record in an emergency.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"use", Text, "Id of the use within the record."},
			{"worker", Text, "Who opened it: a pseudonym."},
			{"agency", Text, "The agency that the worker acted for."},
			{"reason", Text, "risk-of-harm, missing-person, out-of-hours, court, cover, other."},
			{"detail", Text, "Why, in the worker's words."},
			{"on_date", Date, "Day on which it was opened."},
			{"until", Text, "When that ends or ended: 2026-02-03T14:00:00Z."},
			{"lead", Text, "Who holds the case as its lead worker."},
			{"team", Text, "The lead worker's team, whose manager reviews it."},
			{"finding", Text, "justified, unjustified, further-enquiry. NULL: nobody has reviewed it."},
			{"reviewer", Text, "Who reviewed it last."},
			{"reviewed", Date, "Day of that review."},
			{"waits", Boolean, "Whether a review is still to be made or finished."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "use"},
		Indexes: [][]string{{"waits", "team"}, {"worker"}},
	}
}

func breakGlassRows(id domain.RecordID, r record.Record) []BreakGlassRow {
	var rows []BreakGlassRow
	held := leadOf(r)
	for _, o := range r.Openings {
		if o.Used.IsZero() {
			continue // a review of what nothing says there was
		}
		used, _ := r.Entry(o.Used.Entry)
		judged, _ := r.Entry(o.Reviewed.Entry)
		f := o.Used.Fact
		rows = append(rows, BreakGlassRow{Record: id, Use: o.ID, Worker: f.Worker, Agency: used.Actor.Agency, Reason: f.Reason, Detail: f.Detail, On: f.Happened,
			Until: f.Until, Lead: held.worker, Team: held.team, Finding: o.Reviewed.Fact.Finding, Reviewer: judged.Actor.ID, Reviewed: o.Reviewed.Fact.Happened,
			Waits: o.Reviewed.IsZero() || o.Reviewed.Fact.Finding == breakglass.Enquire, Entries: entries(o.Used.Entry, o.Reviewed.Entry, held.entry)})
	}
	return rows
}

// BreakGlassFilter chooses openings; empty members choose all.
type BreakGlassFilter struct {
	Record domain.RecordID
	Worker string
	Team   string
	Waits  bool // for a review
}

// BreakGlass returns who opened records in an emergency, from the earliest on.
func (db *DB) BreakGlass(ctx context.Context, f BreakGlassFilter) ([]BreakGlassRow, error) {
	q := selectFrom(breakGlassTable())
	q.whereSet("record", string(f.Record))
	q.whereSet("worker", f.Worker)
	q.whereSet("team", f.Team)
	if f.Waits {
		q.where("waits = TRUE")
	}
	q.order = "on_date NULLS FIRST, record, use"
	return rowsOf[BreakGlassRow](ctx, db, q)
}
