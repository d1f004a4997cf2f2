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

// RegisterRow is one protection plan: the child's name on the register.
type RegisterRow struct {
	Record    domain.RecordID   `json:"record"`
	Plan      protection.PlanID `json:"plan"`
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
	Entries   []uint64          `json:"entries"`
}

func (r *RegisterRow) fields() []any {
	return []any{&r.Record, &r.Plan, &r.LAChildID, &r.Given, &r.Family, &r.Born, &r.Expected, &r.Referral,
		&r.From, &r.To, &r.Open, &r.Initial, &r.Latest, &r.Previous, &r.ReviewBy, &r.Entries}
}

func registerProjection() Projection {
	return Projection{
		Name: "register", Version: 1, Tables: []Table{registerTable()},
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
		Name: "register", Comment: "One row for each protection plan that ever was. The register as it is now is the rows with open = 1.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"plan", Text, "Id of the plan within the record."},
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
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "plan"},
		Indexes: [][]string{{"open", "family"}},
	}
}

func registerRows(id domain.RecordID, r record.Record) []RegisterRow {
	var rows []RegisterRow
	name, number := bestName(r.Person), r.Person.Identifier(identity.LAChildID)
	for _, p := range r.Protection {
		if p.Registered.IsZero() {
			continue // facts about a plan that nothing says was ever made
		}
		latest, _ := p.LatestCategory()
		rows = append(rows, RegisterRow{
			Record: id, Plan: p.ID, LAChildID: number.Fact.Value, Given: name.Fact.Given, Family: name.Fact.Family,
			Born: r.Person.Born.Fact.Happened, Expected: r.Person.Expected.Fact.Expected,
			Referral: p.Registered.Fact.Referral, From: p.Registered.Fact.Happened, To: p.Ended.Fact.Happened, Open: p.Open(),
			Initial: p.Registered.Fact.Category, Latest: latest, Previous: p.Registered.Fact.Previous,
			ReviewBy: p.ReviewBy(),
			Entries:  entries(append(planEntries(p), name.Entry, number.Entry, r.Person.Born.Entry, r.Person.Expected.Entry)...),
		})
	}
	return rows
}

func planEntries(p protection.Plan) []uint64 {
	all := []uint64{p.Registered.Entry, p.Category.Entry, p.Ended.Entry}
	for _, r := range p.Reviews {
		all = append(all, r.Entry)
	}
	return all
}

// Register returns the names on the register now, in the order of family name,
// given name, record.
func (db *DB) Register(ctx context.Context) ([]RegisterRow, error) {
	q := selectFrom(registerTable())
	q.where("open")
	q.order = "coalesce(family, ''), coalesce(given, ''), record, plan"
	return rowsOf[RegisterRow](ctx, db, q)
}

// RegisterAt returns the names on the register on a day, as it was known at a
// time: what did we know, and when? A zero time means "as known now", a zero
// day "whatever the day". Records are replayed, not rows.
func (db *DB) RegisterAt(ctx context.Context, load Load, known time.Time, on domain.Date) ([]RegisterRow, error) {
	all := []RegisterRow{}
	const ever = "SELECT record FROM record WHERE ever_protected AND (? IS NULL OR first_recorded <= ?) ORDER BY record"
	err := db.candidates(ctx, load, ever, knownArgs(known), func(id domain.RecordID, r record.Record) {
		all = append(all, slices.DeleteFunc(registerRows(id, r.At(known, on)), func(p RegisterRow) bool { return !p.Open })...)
	})
	slices.SortFunc(all, func(a, b RegisterRow) int {
		return slices.Compare(a.order(), b.order())
	})
	return all, err
}

func (r RegisterRow) order() []string {
	return []string{r.Family, r.Given, string(r.Record), string(r.Plan)}
}

// knownArgs gives a time twice, as the queries for candidates want it.
func knownArgs(known time.Time) []any {
	text := textOrNull(timeText(known))
	return []any{text, text}
}
