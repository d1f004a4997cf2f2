package projections

import (
	"context"
	"time"

	"caseledger/domain"
	"caseledger/domain/register"
)

// EnquiryRow is one enquiry of the register.
type EnquiryRow struct {
	Enquiry    string            `json:"enquiry"`
	Asked      time.Time         `json:"asked"`
	Keeper     string            `json:"keeper"`
	Enquirer   string            `json:"enquirer"`
	Role       string            `json:"enquirerRole"`
	Agency     string            `json:"enquirerAgency"`
	CalledBack bool              `json:"calledBack"`
	Reason     string            `json:"reason"`
	Given      string            `json:"given,omitempty"`
	Family     string            `json:"family,omitempty"`
	Born       domain.Date       `json:"born,omitzero"`
	Number     string            `json:"number,omitempty"`
	Answer     string            `json:"answer"`
	Records    []domain.RecordID `json:"records,omitempty"`
	Earlier    int               `json:"earlier"`
	Entry      uint64            `json:"entry"`
}

func (r *EnquiryRow) fields() []any {
	return []any{&r.Enquiry, &r.Asked, &r.Keeper, &r.Enquirer, &r.Role, &r.Agency, &r.CalledBack, &r.Reason,
		&r.Given, &r.Family, &r.Born, &r.Number, &r.Answer, &r.Records, &r.Earlier, &r.Entry}
}

func enquiryProjection() Projection {
	return Projection{
		Name: "register_enquiry", Version: 1, Tables: []Table{enquiryTable()},
		Apply: func(w *Writer, c Change) error {
			for _, e := range c.Entries {
				ev, ok := e.Event.(register.Enquired)
				if !ok {
					continue
				}
				row := enquiryRow(c.Stream, e, ev)
				if err := w.Insert("register_enquiry", row.fields()...); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func enquiryRow(stream string, e domain.Entry, ev register.Enquired) EnquiryRow {
	row := EnquiryRow{Enquiry: stream, Asked: e.Recorded, Keeper: e.Actor.ID, Enquirer: ev.Enquirer, Role: ev.Role, Agency: ev.From,
		CalledBack: ev.CalledBack, Reason: ev.Reason, Given: ev.Child.Given, Family: ev.Child.Family, Born: ev.Child.Born, Number: ev.Child.Number,
		Answer: ev.Answer, Earlier: ev.Earlier, Entry: e.Seq}
	for _, m := range ev.Matches {
		row.Records = append(row.Records, m.Record)
	}
	return row
}

func enquiryTable() Table {
	return Table{
		Name: "register_enquiry", Comment: "One row for each enquiry of the register: who asked, for whom, why, and what was answered.",
		Columns: []Column{
			{"enquiry", Text, "The stream of the enquiry."},
			{"asked", Time, "When it was answered."},
			{"keeper", Text, "Who answered: a pseudonym."},
			{"enquirer", Text, "Who asked."},
			{"enquirer_role", Text, "In which role."},
			{"enquirer_agency", Text, "For which agency."},
			{"called_back", Boolean, "Whether the enquirer was rung back at a number known to be the agency's."},
			{"reason", Text, "Why."},
			{"given", Text, "Given name, as the enquirer said it."},
			{"family", Text, "Family name, as the enquirer said it."},
			{"born", Date, "Day of birth, as the enquirer said it."},
			{"number", Text, "A number of the child, as the enquirer said it."},
			{"answer", Text, "on-register, possible, not-on-register."},
			{"records", JSON, "List of the records whose names fitted."},
			{"earlier", Integer, "Enquiries about the child before this one."},
			{"entry", Integer, "The entry of the stream that the row comes from."},
		},
		Key:     []string{"enquiry"},
		Indexes: [][]string{{"asked"}},
	}
}

// OnRegister returns the names on the register that fit what an enquirer says
// about a child, and how well.
func (db *DB) OnRegister(ctx context.Context, child register.Child) ([]register.Match, error) {
	rows, err := db.Register(ctx)
	if err != nil {
		return nil, err
	}
	numbers, err := db.registeredNumbers(ctx)
	if err != nil {
		return nil, err
	}
	var found []register.Match
	for _, r := range rows {
		if exact, partly := child.Fits(r.Given, r.Family, r.Born, numbers[r.Record]); partly {
			found = append(found, register.Match{Record: r.Record, Plan: string(r.Plan), Exact: exact})
		}
	}
	return found, nil
}

// registeredNumbers are all identifiers of those on the register.
func (db *DB) registeredNumbers(ctx context.Context) (map[domain.RecordID][]string, error) {
	q := selectFrom(identifierTable())
	q.where("record IN (SELECT record FROM register WHERE open = TRUE)")
	rows, err := rowsOf[IdentifierRow](ctx, db, q)
	numbers := make(map[domain.RecordID][]string)
	for _, r := range rows {
		numbers[r.Record] = append(numbers[r.Record], r.Value)
	}
	return numbers, err
}

// EarlierEnquiries counts the enquiries that said the same about a child.
func (db *DB) EarlierEnquiries(ctx context.Context, child register.Child) (int, error) {
	n := 0
	err := db.queryRow(ctx, `SELECT count(*) FROM register_enquiry
		WHERE lower(number) = lower(?) OR lower(family) = lower(?) AND born IS NOT DISTINCT FROM ? AND lower(coalesce(given, '')) = lower(?)`,
		textOrNull(child.Number), textOrNull(child.Family), textOrNull(child.Born.String()), child.Given).Scan(&n)
	return n, db.engine.explain(err)
}

// Enquiries returns the enquiries of the register, the earliest first, from a
// time on; a zero time is all.
func (db *DB) Enquiries(ctx context.Context, since time.Time) ([]EnquiryRow, error) {
	q := selectFrom(enquiryTable())
	if !since.IsZero() {
		q.where("asked >= ?", timeText(since))
	}
	q.order = "asked, enquiry"
	return rowsOf[EnquiryRow](ctx, db, q)
}
