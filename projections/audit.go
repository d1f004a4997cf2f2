package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

// AuditRow is one entry of a record: who recorded what, when, why, and what
// became of it.
type AuditRow struct {
	Record      domain.RecordID     `json:"record"`
	Entry       uint64              `json:"entry"`
	Position    eventstore.Position `json:"position"`
	Type        string              `json:"type"`
	Happened    domain.Date         `json:"happened,omitzero"`
	Recorded    time.Time           `json:"recorded"`
	Lateness    *int                `json:"latenessDays,omitempty"`
	Actor       string              `json:"actor"`
	Role        string              `json:"role"`
	Agency      string              `json:"agency"`
	Basis       string              `json:"basis"`
	Purpose     string              `json:"purpose"`
	Request     string              `json:"request"`
	Group       string              `json:"group,omitempty"`
	Policy      string              `json:"policy,omitempty"`
	Corrects    *uint64             `json:"corrects,omitempty"`
	Voids       *uint64             `json:"voids,omitempty"`
	Reason      string              `json:"reason,omitempty"`
	InForce     bool                `json:"inForce"`
	CorrectedBy *uint64             `json:"correctedBy,omitempty"`
	Captured    time.Time           `json:"captured,omitzero"` // by the clock of the device
	Device      string              `json:"device,omitempty"`
	Sequence    *uint64             `json:"sequence,omitempty"`
	Seen        *uint64             `json:"seen,omitempty"`
	ImportKind  string              `json:"importKind,omitempty"`
	ImportFile  string              `json:"importFile,omitempty"`
	ImportLine  *int                `json:"importLine,omitempty"`
	ImportFlags []domain.Flag       `json:"importFlags,omitempty"`
	// Ledger is the ledger that recorded the entry first, where another one did;
	// Written is when, and Leaf what its log proves.
	Ledger  string        `json:"ledger,omitempty"`
	Written time.Time     `json:"written,omitzero"`
	Leaf    string        `json:"leaf,omitempty"`
	Changes []FieldChange `json:"changes"`
}

// FieldChange is one field that an entry states otherwise than the entry
// before it did. Nothing stands where there is no value.
type FieldChange struct {
	Field  string         `json:"field"`
	Before jsontext.Value `json:"before,omitzero"`
	After  jsontext.Value `json:"after,omitzero"`
}

func (r *AuditRow) fields() []any {
	return []any{&r.Record, &r.Entry, &r.Position, &r.Type, &r.Happened, &r.Recorded, &r.Lateness,
		&r.Actor, &r.Role, &r.Agency, &r.Basis, &r.Purpose, &r.Request, &r.Group, &r.Policy, &r.Corrects, &r.Voids, &r.Reason,
		&r.InForce, &r.CorrectedBy, &r.Captured, &r.Device, &r.Sequence, &r.Seen, &r.ImportKind, &r.ImportFile, &r.ImportLine, &r.ImportFlags, &r.Ledger, &r.Written, &r.Leaf, &r.Changes}
}

func auditProjection() Projection {
	return Projection{Name: "audit", Version: 4, Tables: []Table{auditTable()}, Apply: applyAudit}
}

func auditTable() Table {
	return Table{
		Name: "audit", Comment: "One row for each entry of each record, those no longer in force included.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"entry", Integer, "Number of the entry within the record: 1, 2, 3 …"},
			{"position", Integer, "Position of the entry in the ledger."},
			{"type", Text, "What kind of fact it states: referral.received. schema/README.md lists them."},
			{"happened", Date, "Day on which it was true in the world, as stated. NULL: nobody knows."},
			{"recorded", Time, "When the ledger accepted it."},
			{"lateness_days", Integer, "Days from happened to recorded, by the calendar of the United Kingdom."},
			{"actor", Text, "Who recorded it: a pseudonym."},
			{"role", Text, "The role the actor acted in."},
			{"agency", Text, "The agency the actor acted for."},
			{"basis", Text, "Legal basis."},
			{"purpose", Text, "Purpose of the processing."},
			{"request", Text, "The request that asked for it. Entries of one request are one act."},
			{"group_id", Text, "Joins the entries of one act on several records."},
			{"policy", Text, "Name of the rules by which it was decided, and its days were reckoned."},
			{"corrects", Integer, "The entry that it replaces."},
			{"voids", Integer, "The entry that it takes out of force as written in error."},
			{"reason", Text, "Why it corrects or voids."},
			{"in_force", Boolean, "Whether the record still goes by it."},
			{"corrected_by", Integer, "The entry that took it out of force."},
			{"captured", Time, "When it was done, by the clock of a device that had no connection. NULL: at the ledger."},
			{"device", Text, "That device: a pseudonym."},
			{"sequence", Integer, "Number of the act among those of the device."},
			{"seen", Integer, "Revision of the record that the device had."},
			{"import_kind", Text, "Format of the file it was imported from: cin-census/2022."},
			{"import_file", Text, "SHA-256 of that file, hexadecimal."},
			{"import_line", Integer, "Line in that file, from 1."},
			{"import_flags", JSON, "List of rules that the imported data breaks: field, rule, raw."},
			{"ledger", Text, "The other ledger that recorded it first. NULL: this one did."},
			{"written", Time, "When that ledger recorded it."},
			{"leaf", Text, "SHA-256 of its leaf there, hexadecimal: what that ledger's log proves."},
			{"changes", JSON, "List of field, before, after. Before: of a correction, the entry corrected; otherwise the entry that stood for the same fact until then. Fields that stay the same are left out."},
		},
		Key:     []string{"record", "entry"},
		Indexes: [][]string{{"recorded"}, {"group_id"}},
	}
}

func applyAudit(w *Writer, c Change) error {
	if c.Record == "" {
		return nil
	}
	turns := false // does an entry put others in or out of force?
	for i, e := range c.Entries {
		row, err := auditRow(c.Record, &c.After, e, c.Positions[i])
		if err != nil {
			return err
		}
		if err := w.Insert("audit", row.fields()...); err != nil {
			return err
		}
		turns = turns || target(e) != 0
	}
	if !turns {
		return nil
	}
	return updateForce(w, c)
}

// updateForce writes again what is in force of the rows that any entry ever
// aimed at: undoing a correction can bring back an entry long ago replaced.
func updateForce(w *Writer, c Change) error {
	for _, e := range c.After.Entries {
		aim := target(e)
		if aim == 0 {
			continue
		}
		in, by := c.After.InForce(aim)
		if _, err := w.Update("audit", []Cell{{"in_force", in}, {"corrected_by", numberOrNil(by)}}, []Cell{{"record", c.Record}, {"entry", aim}}); err != nil {
			return err
		}
	}
	return nil
}

// target returns the entry that e replaces or takes out of force, or 0.
func target(e domain.Entry) uint64 {
	if e.Corrects != nil {
		return e.Corrects.Entry
	}
	if v, ok := e.Event.(correction.EnteredInError); ok {
		return v.Entry
	}
	return 0
}

// auditRow returns the row of an entry of the record.
func auditRow(id domain.RecordID, r *record.Record, e domain.Entry, at eventstore.Position) (AuditRow, error) {
	row := AuditRow{
		Record: id, Entry: e.Seq, Position: at, Type: typeName(e.Event), Happened: e.Event.HappenedOn(), Recorded: e.Recorded, Lateness: lateness(e),
		Actor: e.Actor.ID, Role: e.Actor.Role, Agency: e.Actor.Agency, Basis: e.Authority.Basis, Purpose: e.Authority.Purpose,
		Request: e.Request, Group: e.Group, Policy: e.Policy, InForce: true, // until updateForce says otherwise
	}
	if e.Corrects != nil {
		row.Corrects, row.Reason = numberOrNil(e.Corrects.Entry), e.Corrects.Reason
	}
	if v, ok := e.Event.(correction.EnteredInError); ok {
		row.Voids, row.Reason = numberOrNil(v.Entry), v.Reason
	}
	if c := e.Captured; c != nil {
		row.Captured, row.Device, row.Sequence, row.Seen = c.At, c.Device, numberOrNil(c.Sequence), numberOrNil(c.Seen)
	}
	if s := e.Source; s != nil {
		row.ImportKind, row.ImportFile, row.ImportFlags = s.Kind, s.File, s.Flags
		if s.Line > 0 {
			row.ImportLine = &s.Line
		}
	}
	if len(e.Transferred) > 0 {
		first := e.Transferred[0]
		row.Ledger, row.Written, row.Leaf = first.Ledger, first.Recorded, first.Leaf
	}
	var err error
	row.Changes, err = changes(r, e)
	return row, err
}

func numberOrNil(n uint64) *uint64 {
	if n == 0 {
		return nil
	}
	return &n
}

// lateness returns the days from when the entry happened to when it was
// recorded, nil when nobody knows the day.
func lateness(e domain.Entry) *int {
	day := e.Event.HappenedOn()
	if day.IsZero() {
		return nil
	}
	recorded := e.Recorded
	if len(e.Transferred) > 0 {
		recorded = e.Transferred[0].Recorded
	}
	n := day.DaysUntil(domain.DateOf(recorded.In(london())))
	return &n
}

// Audit returns the entries of a record that were known at a moment, and what was
// in force then. The moment's day is not looked at.
func (db *DB) Audit(ctx context.Context, id domain.RecordID, at Moment) ([]AuditRow, error) {
	q := selectFrom(auditTable())
	q.where("record = ?", string(id))
	if !at.Known.IsZero() {
		q.where("recorded <= ?", timeText(at.Known))
	}
	if at.Entry > 0 {
		q.where("entry <= ?", int64(at.Entry))
	}
	q.order = "entry"
	rows, err := rowsOf[AuditRow](ctx, db, q)
	if err != nil || at.IsNow() {
		return rows, err
	}
	return rows, judge(rows)
}

// judge says of each row whether it is in force as far as these rows know.
func judge(rows []AuditRow) error {
	then := record.Record{Entries: make([]domain.Entry, len(rows))}
	for i, row := range rows {
		if row.Entry != uint64(i+1) {
			return fmt.Errorf("table audit: record %s: entry %d stands in place %d: %w", row.Record, row.Entry, i+1, ErrUnusable)
		}
		e := domain.Entry{Seq: row.Entry}
		if row.Corrects != nil {
			e.Corrects = &domain.Correction{Entry: *row.Corrects}
		}
		if row.Voids != nil {
			e.Event = correction.EnteredInError{Entry: *row.Voids}
		}
		then.Entries[i] = e
	}
	aims := make(map[uint64]bool)
	for _, e := range then.Entries {
		aims[target(e)] = true
	}
	for i := range rows {
		in, by := true, uint64(0)
		if aims[rows[i].Entry] {
			in, by = then.InForce(rows[i].Entry)
		}
		rows[i].InForce, rows[i].CorrectedBy = in, numberOrNil(by)
	}
	return nil
}
