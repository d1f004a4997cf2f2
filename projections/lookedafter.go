package projections

import (
	"context"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/record"
)

// LookedAfterRow is one child who is looked after: where, under which law, and
// what is due.
type LookedAfterRow struct {
	Record      domain.RecordID       `json:"record"`
	Episode     lookedafter.EpisodeID `json:"episode"`
	LAChildID   string                `json:"laChildId,omitempty"`
	Given       string                `json:"given,omitempty"`
	Family      string                `json:"family,omitempty"`
	Born        domain.Date           `json:"born,omitzero"`
	Since       domain.Date           `json:"since,omitzero"`
	Began       domain.Date           `json:"began,omitzero"`
	PlacedSince domain.Date           `json:"placedSince,omitzero"`
	LegalStatus string                `json:"legalStatus,omitempty"`
	Need        string                `json:"need,omitempty"`
	Placement   string                `json:"placement,omitempty"`
	Provider    string                `json:"provider,omitempty"`
	URN         string                `json:"urn,omitempty"`
	Officer     string                `json:"officer,omitempty"`
	LastReview  domain.Date           `json:"lastReview,omitzero"`
	ReviewBy    domain.Date           `json:"reviewBy,omitzero"`
	LastVisit   domain.Date           `json:"lastVisit,omitzero"`
	VisitBy     domain.Date           `json:"visitBy,omitzero"`
	HealthBy    domain.Date           `json:"healthBy,omitzero"`
	PlanBy      domain.Date           `json:"planBy,omitzero"`
	Missing     bool                  `json:"missing"`
	Entries     []uint64              `json:"entries"`
}

func (r *LookedAfterRow) fields() []any {
	return []any{&r.Record, &r.Episode, &r.LAChildID, &r.Given, &r.Family, &r.Born, &r.Since, &r.Began, &r.PlacedSince, &r.LegalStatus, &r.Need,
		&r.Placement, &r.Provider, &r.URN, &r.Officer, &r.LastReview, &r.ReviewBy, &r.LastVisit, &r.VisitBy, &r.HealthBy, &r.PlanBy, &r.Missing, &r.Entries}
}

func lookedAfterProjection() Projection {
	return Projection{
		Name: "looked_after", Version: 2, Tables: []Table{lookedAfterTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			return replace(w, "looked_after", lookedAfterRows(c.Record, c.Before), lookedAfterRows(c.Record, c.After))
		},
	}
}

func lookedAfterTable() Table {
	return Table{
		Name: "looked_after", Comment: "One row for each child who is looked after now. What is overdue depends on the day: visit_by < '2026-02-03'.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"episode", Text, "Id within the record of the episode of care."},
			{"la_child_id", Text, "The authority's own number for the child."},
			{"given", Text, "Given name."},
			{"family", Text, "Family name."},
			{"born", Date, "Day of birth."},
			{"since", Date, "First day of the period of care."},
			{"began", Date, "First day of the episode."},
			{"placed_since", Date, "First day of the placement."},
			{"legal_status", Text, "Code set legal-status."},
			{"need", Text, "Code set primary-need."},
			{"placement", Text, "Code set placement-type."},
			{"provider", Text, "Code set placement-provider."},
			{"urn", Text, "The provider's number at Ofsted."},
			{"officer", Text, "The independent reviewing officer."},
			{"last_review", Date, "Day of the latest review in this period of care."},
			{"review_by", Date, "Last day in time for the next review."},
			{"last_visit", Date, "Day of the latest visit in this period of care."},
			{"visit_by", Date, "Last day in time for the next visit."},
			{"health_by", Date, "Last day in time for the next health assessment."},
			{"plan_by", Date, "Last day in time for the next personal education plan or its review."},
			{"missing", Boolean, "Whether the child is missing or away without authorisation."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record"},
		Indexes: [][]string{{"review_by"}, {"visit_by"}, {"officer"}},
	}
}

func lookedAfterRows(id domain.RecordID, r record.Record) []LookedAfterRow {
	current := r.Care.Current()
	if !current.Open() {
		return nil
	}
	name, number, away := bestName(r.Person), r.Person.Identifier(identity.LAChildID), r.Absences.Current()
	began := current.Began.Fact
	row := LookedAfterRow{
		Record: id, Episode: current.ID, LAChildID: number.Fact.Value, Given: name.Fact.Given, Family: name.Fact.Family,
		Born: r.Person.Born.Fact.Happened, Since: r.Care.Start(current), Began: began.Happened, PlacedSince: r.Care.PlacedSince(began.Happened),
		LegalStatus: began.LegalStatus, Need: began.Need, Placement: began.Placement.Type, Provider: began.Placement.Provider,
		URN: began.Placement.URN, Officer: r.Care.Officer.Fact.Officer,
		ReviewBy: r.Care.ReviewBy(), VisitBy: r.Care.VisitBy(r.Visits), Missing: away.Open(),
	}
	all := []uint64{current.Began.Entry, name.Entry, number.Entry, r.Person.Born.Entry, r.Care.Officer.Entry, away.Went.Entry}
	row.Entries = entries(append(all, row.latest(r)...)...)
	return []LookedAfterRow{row}
}

// latest fills in what was done last in this period of care and what is due
// next, and returns the entries that say so.
func (row *LookedAfterRow) latest(r record.Record) []uint64 {
	var from []uint64
	for _, e := range r.Care.Episodes {
		if !e.Began.IsZero() && e.Began.Fact.Happened == row.Since {
			row.HealthBy, row.PlanBy = later(row.HealthBy, e.Began.Fact.HealthBy), later(row.PlanBy, e.Began.Fact.PlanBy)
			from = append(from, e.Began.Entry)
		}
	}
	if last := r.Care.LastReview(); !last.Fact.Happened.Before(row.Since) {
		row.LastReview, from = last.Fact.Happened, append(from, last.Entry)
	}
	if last := r.Visits.Last(lookedafter.InCare); !last.Fact.Happened.Before(row.Since) {
		row.LastVisit, from = last.Fact.Happened, append(from, last.Entry)
	}
	if last := r.Health.LastAssessment(); !last.IsZero() && !last.Fact.Happened.Before(row.Since) {
		row.HealthBy, from = last.Fact.NextBy, append(from, last.Entry)
	}
	if last := r.Care.LastPlan(); !last.IsZero() && !last.Fact.Happened.Before(row.Since) {
		row.PlanBy, from = last.Fact.ReviewBy, append(from, last.Entry)
	}
	return from
}

func later(a, b domain.Date) domain.Date {
	if b.After(a) {
		return b
	}
	return a
}

// LookedAfter returns the children looked after now, in the order of family
// name, given name, record.
func (db *DB) LookedAfter(ctx context.Context) ([]LookedAfterRow, error) {
	q := selectFrom(lookedAfterTable())
	q.order = "coalesce(family, ''), coalesce(given, ''), record"
	return rowsOf[LookedAfterRow](ctx, db, q)
}

// LookedAfterAt returns the children who were looked after on a day, as it was
// known at a time. A zero time means "as known now", a zero day "whatever the
// day". Records are replayed, not rows.
func (db *DB) LookedAfterAt(ctx context.Context, load Load, known time.Time, on domain.Date) ([]LookedAfterRow, error) {
	all := []LookedAfterRow{}
	const ever = "SELECT record FROM record WHERE ever_looked_after AND coalesce(first_recorded <= ?, TRUE) ORDER BY record"
	err := db.candidates(ctx, load, ever, knownArgs(known), func(id domain.RecordID, r record.Record) {
		all = append(all, lookedAfterRows(id, r.At(known, on))...)
	})
	slices.SortFunc(all, func(a, b LookedAfterRow) int { return slices.Compare(a.order(), b.order()) })
	return all, err
}

// EverLookedAfter returns the records of which any entry speaks of care, of
// leaving it, or of what a return on looked-after children answers.
func (db *DB) EverLookedAfter(ctx context.Context) ([]domain.RecordID, error) {
	return db.records(ctx, "SELECT record FROM record WHERE ever_looked_after ORDER BY record")
}

func (row LookedAfterRow) order() []string {
	return []string{row.Family, row.Given, string(row.Record)}
}
