package projections

import (
	"context"
	"slices"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/domain/restriction"
)

// RestrictionRow is one restriction of a record.
type RestrictionRow struct {
	Record      domain.RecordID `json:"record"`
	Restriction restriction.ID  `json:"restriction"`
	Kind        string          `json:"kind"`
	People      []string        `json:"people,omitempty"`
	Shielded    []uint64        `json:"shielded,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	From        domain.Date     `json:"from,omitzero"`
	To          domain.Date     `json:"to,omitzero"`
	Open        bool            `json:"open"`
	Entries     []uint64        `json:"entries"`
}

func (r *RestrictionRow) fields() []any {
	return []any{&r.Record, &r.Restriction, &r.Kind, &r.People, &r.Shielded, &r.Reason, &r.From, &r.To, &r.Open, &r.Entries}
}

func restrictionProjection() Projection {
	return Projection{
		Name: "restriction", Version: 1, Tables: []Table{restrictionTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" || !slices.ContainsFunc(c.Entries, movesRestrictions) {
				return nil
			}
			return replace(w, "restriction", restrictionRows(c.Record, c.Before), restrictionRows(c.Record, c.After))
		},
	}
}

func movesRestrictions(e domain.Entry) bool {
	_, restricts := e.Event.(restriction.Event)
	return restricts || target(e) != 0
}

func restrictionTable() Table {
	return Table{
		Name: "restriction", Comment: "One row for each restriction of a record, also those that were lifted.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"restriction", Text, "Id of the restriction within the record."},
			{"kind", Text, "barrier (the people may not open the record), sealed (only the people may), informant, address (must not be told to the people; to nobody outside the authority when none is named)."},
			{"people", JSON, "List of workers, or of those from whom the address is kept."},
			{"shielded", JSON, "List of entries that could give an informant away."},
			{"reason", Text, "Why."},
			{"from_date", Date, "Day on which it was set."},
			{"to_date", Date, "Day on which it was lifted."},
			{"open", Boolean, "Whether it holds."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "restriction"},
		Indexes: [][]string{{"open", "kind"}},
	}
}

func restrictionRows(id domain.RecordID, r record.Record) []RestrictionRow {
	var rows []RestrictionRow
	for _, one := range r.Restrictions {
		if one.Kind == "" {
			continue // lifted, and nothing says that it was ever set
		}
		rows = append(rows, RestrictionRow{Record: id, Restriction: one.ID, Kind: one.Kind, People: one.Workers, Shielded: one.Entries, Reason: one.Reason,
			From: one.From, To: one.Lifted.Fact.Happened, Open: one.Open(), Entries: entries(one.Set, one.Lifted.Entry)})
	}
	return rows
}

// Restrictions returns the restrictions of a record that hold.
func (db *DB) Restrictions(ctx context.Context, id domain.RecordID) ([]RestrictionRow, error) {
	q := selectFrom(restrictionTable())
	q.where("record = ?", string(id))
	q.where("open = TRUE")
	return rowsOf[RestrictionRow](ctx, db, q)
}

// Barred returns the records that a worker may not open: those with a barrier
// against the worker, and those sealed from all but others.
func (db *DB) Barred(ctx context.Context, worker string) ([]domain.RecordID, error) {
	named := "EXISTS (SELECT 1 FROM " + db.engine.elements("r.people") + " WHERE e.value = ?1)"
	return db.records(ctx, `SELECT DISTINCT record FROM restriction r WHERE open AND (
		kind = 'barrier' AND `+named+` OR kind = 'sealed' AND NOT `+named+`) ORDER BY record`, worker)
}

// Restricted returns the records with a restriction of one of the kinds that
// holds.
func (db *DB) Restricted(ctx context.Context, kinds ...string) ([]domain.RecordID, error) {
	args := make([]any, len(kinds))
	for i, kind := range kinds {
		args[i] = kind
	}
	return db.records(ctx, "SELECT DISTINCT record FROM restriction WHERE open AND kind IN ("+marks(len(args))+") ORDER BY record", args...)
}
