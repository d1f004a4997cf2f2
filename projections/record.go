package projections

import (
	"time"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/careleaver"
	"caseledger/domain/health"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/temporary"
)

// summaryRow says what a record has ever held, entries that are no longer in
// force included: questions about the past start from it.
type summaryRow struct {
	Record          domain.RecordID
	Entries         int
	FirstRecorded   time.Time
	LastRecorded    time.Time
	EverProtected   bool
	EverLookedAfter bool
}

func (r *summaryRow) fields() []any {
	return []any{&r.Record, &r.Entries, &r.FirstRecorded, &r.LastRecorded, &r.EverProtected, &r.EverLookedAfter}
}

func recordProjection() Projection {
	return Projection{
		Name: "record", Version: 2,
		Tables: []Table{{
			Name: "record", Comment: "One row for each record in the ledger.",
			Columns: []Column{
				{"record", Text, "Id of the record: a pseudonym."},
				{"entries", Integer, "Number of entries, those no longer in force included."},
				{"first_recorded", Time, "When the first entry was recorded."},
				{"last_recorded", Time, "When the latest entry was recorded."},
				{"ever_protected", Boolean, "Whether any entry speaks of a protection plan or a temporary registration, be it in force or not."},
				{"ever_looked_after", Boolean, "Whether any entry speaks of care, health in care, absence, adoption or leaving care, be it in force or not."},
			},
			Key: []string{"record"},
		}},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			return replace(w, "record", summaryRows(c.Record, c.Before), summaryRows(c.Record, c.After))
		},
	}
}

func summaryRows(id domain.RecordID, r record.Record) []summaryRow {
	n := len(r.Entries)
	if n == 0 {
		return nil
	}
	row := summaryRow{Record: id, Entries: n, FirstRecorded: r.Entries[0].Recorded, LastRecorded: r.Entries[n-1].Recorded}
	for _, e := range r.Entries {
		switch e.Event.(type) {
		case protection.Event, temporary.Event:
			row.EverProtected = true
		case lookedafter.Event, health.Event, missing.Event, adoption.Event, careleaver.Event:
			row.EverLookedAfter = true
		}
	}
	return []summaryRow{row}
}
