package projections

import (
	"context"
	"slices"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/record"
)

// LinkRow joins the two records of an adopted child. Only those who may open the
// old one may see it: that is for whoever gives it out, see DB.Barred.
type LinkRow struct {
	Record    domain.RecordID `json:"record"` // of the old identity
	Adoption  adoption.ID     `json:"adoption"`
	Successor domain.RecordID `json:"successor"`
	Since     domain.Date     `json:"since,omitzero"`
	Entries   []uint64        `json:"entries"`
}

func (r *LinkRow) fields() []any {
	return []any{&r.Record, &r.Adoption, &r.Successor, &r.Since, &r.Entries}
}

func linkProjection() Projection {
	return Projection{
		Name: "identity_link", Version: 1, Tables: []Table{linkTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" || !slices.ContainsFunc(c.Entries, movesLinks) {
				return nil
			}
			return replace(w, "identity_link", linkRows(c.Record, c.Before), linkRows(c.Record, c.After))
		},
	}
}

func movesLinks(e domain.Entry) bool {
	_, parts := e.Event.(adoption.IdentityParted)
	return parts || target(e) != 0
}

func linkTable() Table {
	return Table{
		Name: "identity_link", Comment: "One row for each adopted child who goes on under a new identity. Whoever reads it undoes what the law keeps apart: ask first whether you may.",
		Columns: []Column{
			{"record", Text, "Id of the record of the old identity, which is sealed."},
			{"adoption", Text, "Id within the old record of the adoption."},
			{"successor", Text, "Id of the record of the new identity, which says nothing of the old."},
			{"since", Date, "Day from which the child goes on under the new identity."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "adoption"},
		Indexes: [][]string{{"successor"}},
	}
}

func linkRows(id domain.RecordID, r record.Record) []LinkRow {
	var rows []LinkRow
	for _, a := range r.Adoptions {
		if p := a.Parted; !p.IsZero() {
			rows = append(rows, LinkRow{Record: id, Successor: p.Fact.Successor, Adoption: a.ID, Since: p.Fact.Happened, Entries: entries(p.Entry)})
		}
	}
	return rows
}

// Links returns the links in which a record is the old identity or the new one.
func (db *DB) Links(ctx context.Context, id domain.RecordID) ([]LinkRow, error) {
	q := selectFrom(linkTable())
	q.where("(record = ? OR successor = ?)", string(id), string(id))
	q.order = "record, adoption"
	return rowsOf[LinkRow](ctx, db, q)
}
