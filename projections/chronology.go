package projections

import (
	"cmp"
	"context"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/record"
)

// lateAfterDays is how many days after it happened an entry can be recorded and
// still not count as late: a note of the evening is written the next day.
const lateAfterDays = 1

// ChronologyRow is one entry in force, told to a person.
type ChronologyRow struct {
	Record   domain.RecordID `json:"record"`
	Entry    uint64          `json:"entry"`
	First    uint64          `json:"firstEntry"`
	Happened domain.Date     `json:"happened,omitzero"`
	Recorded time.Time       `json:"recorded"`
	Kind     string          `json:"kind"`
	Sentence string          `json:"sentence"`
	Author   string          `json:"author"`
	Role     string          `json:"role"`
	// AgeYears is nil before birth, and when no day of birth is known.
	AgeYears         *int `json:"ageYears,omitempty"`
	WeeksBeforeBirth *int `json:"weeksBeforeBirth,omitempty"`
	Late             bool `json:"late"`
	Imported         bool `json:"imported"`
}

func (r *ChronologyRow) fields() []any {
	return []any{&r.Record, &r.Entry, &r.First, &r.Happened, &r.Recorded, &r.Kind, &r.Sentence, &r.Author, &r.Role,
		&r.AgeYears, &r.WeeksBeforeBirth, &r.Late, &r.Imported}
}

func chronologyProjection() Projection {
	return Projection{Name: "chronology", Version: 1, Tables: []Table{chronologyTable()}, Apply: applyChronology}
}

func applyChronology(w *Writer, c Change) error {
	if c.Record == "" {
		return nil
	}
	if slices.ContainsFunc(c.Entries, retells) {
		return replace(w, "chronology",
			chronologyRows(c.Record, &c.Before, inForce(c.Before.Entries)),
			chronologyRows(c.Record, &c.After, inForce(c.After.Entries)))
	}
	return replace(w, "chronology", nil, chronologyRows(c.Record, &c.After, c.Entries))
}

// retells reports whether an entry changes what is told of other entries: which
// are in force, and how old the person was. All others only add a row.
func retells(e domain.Entry) bool {
	switch e.Event.(type) {
	case identity.Born, identity.BirthExpected:
		return true
	}
	return target(e) != 0
}

func chronologyTable() Table {
	return Table{
		Name: "chronology", Comment: "One row for each entry in force. In the order of the world: ORDER BY happened, first_entry, entry.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"entry", Integer, "The entry that the row comes from."},
			{"first_entry", Integer, "The entry that this one corrects, the first of the chain; the entry itself when it corrects none."},
			{"happened", Date, "Day on which it happened. NULL: nobody knows."},
			{"recorded", Time, "When it was recorded."},
			{"kind", Text, "What kind of fact it is: referral.received."},
			{"sentence", Text, "What happened, in a sentence. The entry says more: see audit."},
			{"author", Text, "Who recorded it."},
			{"role", Text, "The role the author acted in."},
			{"age_years", Integer, "The person's age on the day, in full years."},
			{"weeks_before_birth", Integer, "Full weeks from the day to the birth, or to the expected birth."},
			{"late", Boolean, "Whether it was recorded more than a day after it happened."},
			{"imported", Boolean, "Whether it was imported from a file."},
		},
		Key: []string{"record", "entry"},
	}
}

// inForce returns the entries in force, in the order of recording.
func inForce(entries []domain.Entry) []domain.Entry {
	out := record.OutOfForce(entries)
	if len(out) == 0 {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e domain.Entry) bool { return out[e.Seq] != 0 })
}

// chronologyRows tells entries of a record, in their order.
func chronologyRows(id domain.RecordID, r *record.Record, effective []domain.Entry) []ChronologyRow {
	rows := make([]ChronologyRow, 0, len(effective))
	for _, e := range effective {
		row := ChronologyRow{
			Record: id, Entry: e.Seq, First: firstOf(r, e), Happened: e.Event.HappenedOn(), Recorded: e.Recorded,
			Kind: typeName(e.Event), Sentence: sentence(e.Event), Author: e.Actor.ID, Role: e.Actor.Role, Imported: e.Source != nil,
		}
		row.AgeYears, row.WeeksBeforeBirth = age(r.Person, row.Happened)
		if days := lateness(e); days != nil {
			row.Late = *days > lateAfterDays
		}
		rows = append(rows, row)
	}
	return rows
}

// firstOf follows corrections back to the entry that was corrected first.
func firstOf(r *record.Record, e domain.Entry) uint64 {
	for e.Corrects != nil {
		earlier, found := r.Entry(e.Corrects.Entry)
		if !found || earlier.Seq >= e.Seq {
			return e.Corrects.Entry
		}
		e = earlier
	}
	return e.Seq
}

// age returns the person's age in full years on a day, or the full weeks that
// were left to the birth.
func age(p identity.Person, day domain.Date) (years, weeksBefore *int) {
	born := p.Born.Fact.Happened
	birth := born
	if birth.IsZero() {
		birth = p.Expected.Fact.Expected
	}
	if birth.IsZero() || day.IsZero() {
		return nil, nil
	}
	if day.Before(birth) {
		n := day.DaysUntil(birth) / 7
		return nil, &n
	}
	if born.IsZero() {
		return nil, nil // expected by then, but not known to be born
	}
	from, to := born.Time(), day.Time()
	n := to.Year() - from.Year()
	if born.AddMonths(12 * n).After(day) {
		n--
	}
	return &n, nil
}

// Chronology returns what the record says now, in the order of the world.
func (db *DB) Chronology(ctx context.Context, id domain.RecordID) ([]ChronologyRow, error) {
	q := selectFrom(chronologyTable())
	q.where("record = ?", string(id))
	rows, err := rowsOf[ChronologyRow](ctx, db, q)
	slices.SortFunc(rows, func(a, b ChronologyRow) int {
		return cmp.Or(a.Happened.Compare(b.Happened), cmp.Compare(a.First, b.First), cmp.Compare(a.Entry, b.Entry))
	})
	return rows, err
}

// ChronologyAt returns what a record said as known at a time, up to a day. A
// zero time means "as known now", a zero day "whatever the day".
func ChronologyAt(id domain.RecordID, r record.Record, known time.Time, on domain.Date) []ChronologyRow {
	then := r.At(known, on)
	effective := record.Effective(then.Entries)
	if !on.IsZero() {
		effective = record.TrueOn(effective, on)
	}
	return chronologyRows(id, &then, effective)
}
