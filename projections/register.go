package projections

import (
	"context"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
)

// The kinds of registration.
const (
	ByPlan      = "plan"
	Temporarily = "temporary"
)

// RegisterRow is one protection plan or temporary registration: the child's
// name on the register.
type RegisterRow struct {
	Record    domain.RecordID   `json:"record"`
	Kind      string            `json:"kind"`
	Plan      protection.PlanID `json:"plan"` // of a temporary registration its own id
	LAChildID string            `json:"laChildId,omitempty"`
	Given     string            `json:"given,omitempty"`
	Family    string            `json:"family,omitempty"`
	Born      domain.Date       `json:"born,omitzero"`
	Expected  domain.Date       `json:"expected,omitzero"`
	Referral  referral.ID       `json:"referral,omitempty"`
	From      domain.Date       `json:"from,omitzero"`
	To        domain.Date       `json:"to,omitzero"`
	Open      bool              `json:"open"`
	Initial   string            `json:"initialCategory,omitempty"`
	Latest    string            `json:"latestCategory,omitempty"`
	Previous  int               `json:"previous"`
	ReviewBy  domain.Date       `json:"reviewBy,omitzero"`
	Concerns  []string          `json:"concerns,omitempty"`
	CoreGroup domain.Date       `json:"coreGroupBy,omitzero"`
	Missing   domain.Date       `json:"missingSince,omitzero"`
	Elsewhere string            `json:"elsewhere,omitempty"`
	Worker    string            `json:"worker,omitempty"`
	Team      string            `json:"team,omitempty"`
	Entries   []uint64          `json:"entries"`
}

func (r *RegisterRow) fields() []any {
	return []any{&r.Record, &r.Kind, &r.Plan, &r.LAChildID, &r.Given, &r.Family, &r.Born, &r.Expected, &r.Referral,
		&r.From, &r.To, &r.Open, &r.Initial, &r.Latest, &r.Previous, &r.ReviewBy,
		&r.Concerns, &r.CoreGroup, &r.Missing, &r.Elsewhere, &r.Worker, &r.Team, &r.Entries}
}

func registerProjection() Projection {
	return Projection{
		Name: "register", Version: 2, Tables: []Table{registerTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			return replace(w, "register", registerRows(c.Record, c.Before), registerRows(c.Record, c.After))
		},
	}
}

func registerTable() Table {
	return Table{
		Name: "register", Comment: "One row for each protection plan and temporary registration that ever was. The register as it is now is the rows WHERE open.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"kind", Text, "plan, or temporary: the family moved in and another authority keeps the plan."},
			{"plan", Text, "Id of the plan or temporary registration within the record."},
			{"la_child_id", Text, "The authority's own number for the child."},
			{"given", Text, "Given name."},
			{"family", Text, "Family name."},
			{"born", Date, "Day of birth."},
			{"expected", Date, "Day on which an unborn child was expected."},
			{"referral", Text, "The referral under which the plan was made."},
			{"from_date", Date, "Day on which the name was put on the register."},
			{"to_date", Date, "Day on which the name was removed."},
			{"open", Boolean, "Whether the name stands on the register. The day of an end can be unknown, so do not go by to_date."},
			{"initial_category", Text, "Category at registration, code set category-of-abuse."},
			{"latest_category", Text, "Category in force, or at the end."},
			{"previous", Integer, "Number of earlier plans, here and elsewhere, as stated at registration."},
			{"review_by", Date, "Last day in time for the next review conference."},
			{"concerns", JSON, "List of areas of concern, code set area-of-concern (Scotland)."},
			{"core_group_by", Date, "Last day in time for the next core group."},
			{"missing_since", Date, "Day on which the registered child was missed. NULL: nobody says that the child is missing."},
			{"elsewhere", Text, "The authority that keeps the plan of a child who is registered for a while."},
			{"worker", Text, "The lead worker. NULL: nobody holds the case."},
			{"team", Text, "The lead worker's team."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "kind", "plan"},
		Indexes: [][]string{{"open", "family", "given", "record", "kind", "plan"}},
	}
}

func registerRows(id domain.RecordID, r record.Record) []RegisterRow {
	var rows []RegisterRow
	for _, p := range r.Protection {
		if !p.Registered.IsZero() { // otherwise facts about a plan that nothing says was ever made
			rows = append(rows, planRow(p))
		}
	}
	for _, t := range r.Temporary {
		if e := t.Entered; !e.IsZero() {
			rows = append(rows, RegisterRow{Kind: Temporarily, Plan: protection.PlanID(t.ID), From: e.Fact.Happened, To: t.Ended.Fact.Happened, Open: t.Open(),
				Initial: e.Fact.Category, Latest: e.Fact.Category, ReviewBy: e.Fact.ConferenceBy, Elsewhere: e.Fact.From, Entries: []uint64{e.Entry, t.Ended.Entry}})
		}
	}
	name, number, lead := bestName(r.Person), r.Person.Identifier(identity.LAChildID), r.Allocations.Lead().Allocated
	for i := range rows {
		row := &rows[i]
		row.Record, row.LAChildID, row.Given, row.Family = id, number.Fact.Value, name.Fact.Given, name.Fact.Family
		row.Born, row.Expected = r.Person.Born.Fact.Happened, r.Person.Expected.Fact.Expected
		row.Worker, row.Team = lead.Fact.Worker, lead.Fact.Team
		row.Entries = entries(append(row.Entries, name.Entry, number.Entry, r.Person.Born.Entry, r.Person.Expected.Entry, lead.Entry)...)
	}
	return rows
}

func planRow(p protection.Plan) RegisterRow {
	latest, _ := p.LatestCategory()
	s := p.Registered.Fact
	row := RegisterRow{Kind: ByPlan, Plan: p.ID, Referral: s.Referral, From: s.Happened, To: p.Ended.Fact.Happened, Open: p.Open(),
		Initial: s.Category, Latest: latest, Previous: s.Previous, ReviewBy: p.ReviewBy(),
		Concerns: p.Concerns.Fact.Concerns, CoreGroup: p.CoreGroupBy(), Entries: planEntries(p)}
	if p.IsMissing() {
		row.Missing = p.Missing.Fact.Happened
	}
	return row
}

func planEntries(p protection.Plan) []uint64 {
	all := []uint64{p.Registered.Entry, p.Category.Entry, p.Ended.Entry, p.Concerns.Entry, p.Missing.Entry, p.Traced.Entry}
	for _, r := range p.Reviews {
		all = append(all, r.Entry)
	}
	for _, g := range p.CoreGroups {
		all = append(all, g.Entry)
	}
	return all
}

// Register returns the names on the register now, in the order of family name,
// given name, record.
func (db *DB) Register(ctx context.Context) ([]RegisterRow, error) {
	q := selectFrom(registerTable())
	q.where("open = TRUE")
	return db.register(ctx, q)
}

// RegisterOf returns those of some records, 500 records after 500.
func (db *DB) RegisterOf(ctx context.Context, ids []domain.RecordID) ([]RegisterRow, error) {
	all := []RegisterRow{}
	for part := range slices.Chunk(ids, maxIDs) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = string(id)
		}
		q := selectFrom(registerTable())
		q.where("open = TRUE")
		q.where("record IN ("+marks(len(args))+")", args...)
		rows, err := db.register(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

func (db *DB) register(ctx context.Context, q *query) ([]RegisterRow, error) {
	q.order = "family NULLS FIRST, given NULLS FIRST, record, kind, plan"
	return rowsOf[RegisterRow](ctx, db, q)
}

// RegisterAt returns the names on the register on a day, as it was known at a
// time: what did we know, and when? A zero time means "as known now", a zero
// day "whatever the day". Records are replayed, not rows.
func (db *DB) RegisterAt(ctx context.Context, load Load, known time.Time, on domain.Date) ([]RegisterRow, error) {
	all := []RegisterRow{}
	const ever = "SELECT record FROM record WHERE ever_protected AND coalesce(first_recorded <= ?, TRUE) ORDER BY record"
	err := db.candidates(ctx, load, ever, knownArgs(known), func(id domain.RecordID, r record.Record) {
		all = append(all, slices.DeleteFunc(registerRows(id, r.At(known, on)), func(p RegisterRow) bool { return !p.Open })...)
	})
	slices.SortFunc(all, func(a, b RegisterRow) int {
		return slices.Compare(a.order(), b.order())
	})
	return all, err
}

func (r RegisterRow) order() []string {
	return []string{r.Family, r.Given, string(r.Record), r.Kind, string(r.Plan)}
}

// knownArgs gives a time as the queries for candidates want it: NULL, and so
// no limit, for none.
func knownArgs(known time.Time) []any { return []any{textOrNull(timeText(known))} }
