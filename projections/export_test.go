package projections

import (
	"context"

	"caseledger/domain"
	"caseledger/domain/record"
)

// SetFoldBudget makes the runner forget records sooner.
func (r *Runner) SetFoldBudget(bytes int) { r.folds.budget = bytes }

// SetRebuildFrom makes the runner rebuild from shorter logs too.
func (r *Runner) SetRebuildFrom(events int) { r.rebuildFrom = events }

// Sentence is what a chronology says of an event.
func Sentence(e domain.Event) string { return sentence(e) }

// RowFields are the fields of the row types, by table.
func RowFields() map[string][]any {
	return map[string][]any{
		"record": new(summaryRow).fields(), "person": new(PersonRow).fields(), "identifier": new(IdentifierRow).fields(),
		"caseload": new(CaseloadRow).fields(), "register": new(RegisterRow).fields(), "register_enquiry": new(EnquiryRow).fields(), "audit": new(AuditRow).fields(),
		"chronology": new(ChronologyRow).fields(), "episode": new(EpisodeRow).fields(),
		"relation": new(RelationRow).fields(), "household": new(HouseholdRow).fields(), "restriction": new(RestrictionRow).fields(),
		"clock": new(ClockRow).fields(), "visit": new(VisitRow).fields(), "sight": new(SightRow).fields(), "allocation": new(AllocationRow).fields(),
		"batch": new(BatchRow).fields(), "open_group": new(GroupRow).fields(),
		"looked_after": new(LookedAfterRow).fields(), "identity_link": new(LinkRow).fields(),
		"break_glass": new(BreakGlassRow).fields(),
	}
}

// Tables are the rows of a record in the tables that hold rows of records.
type Tables struct {
	Person      []PersonRow
	Identifier  []IdentifierRow
	Caseload    []CaseloadRow
	Episode     []EpisodeRow
	Relation    []RelationRow
	Household   []HouseholdRow
	Restriction []RestrictionRow
	Clock       []ClockRow
	Visit       []VisitRow
	Sight       []SightRow
	Allocation  []AllocationRow
	Link        []LinkRow
	BreakGlass  []BreakGlassRow
}

// ReplayedTables are the tables that Tables has rows of.
var ReplayedTables = []string{"person", "identifier", "caseload", "episode", "relation", "household", "restriction", "clock", "visit", "sight", "allocation", "identity_link", "break_glass"}

// Replayed are the rows as the projections make them of a record.
func Replayed(id domain.RecordID, r record.Record) Tables {
	return Tables{personRows(id, r), identifierRows(id, r), caseloadRows(id, r), episodeRows(id, r), relationRows(id, r), householdRows(id, r),
		restrictionRows(id, r), clockRows(id, r), visitRows(id, r), sightRows(id, r), allocationRows(id, r), linkRows(id, r), breakGlassRows(id, r)}
}

// Stored are the rows as they stand in the tables.
func Stored(ctx context.Context, db *DB, id domain.RecordID) (all Tables, err error) {
	for _, read := range []func() error{
		func() error { return rowsIn(ctx, db, personTable(), id, &all.Person) },
		func() error { return rowsIn(ctx, db, identifierTable(), id, &all.Identifier) },
		func() error { return rowsIn(ctx, db, caseloadTable(), id, &all.Caseload) },
		func() error { return rowsIn(ctx, db, episodeTable(), id, &all.Episode) },
		func() error { return rowsIn(ctx, db, relationTable(), id, &all.Relation) },
		func() error { return rowsIn(ctx, db, householdTable(), id, &all.Household) },
		func() error { return rowsIn(ctx, db, restrictionTable(), id, &all.Restriction) },
		func() error { return rowsIn(ctx, db, clockTable(), id, &all.Clock) },
		func() error { return rowsIn(ctx, db, visitTable(), id, &all.Visit) },
		func() error { return rowsIn(ctx, db, sightTable(), id, &all.Sight) },
		func() error { return rowsIn(ctx, db, allocationTable(), id, &all.Allocation) },
		func() error { return rowsIn(ctx, db, linkTable(), id, &all.Link) },
		func() error { return rowsIn(ctx, db, breakGlassTable(), id, &all.BreakGlass) },
	} {
		if err := read(); err != nil {
			return all, err
		}
	}
	return all, nil
}

func rowsIn[R any, P interface {
	*R
	fields() []any
}](ctx context.Context, db *DB, t Table, id domain.RecordID, into *[]R) (err error) {
	q := selectFrom(t)
	q.where("record = ?", string(id))
	*into, err = rowsOf[R, P](ctx, db, q)
	return err
}
