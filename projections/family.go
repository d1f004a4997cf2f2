package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/family"
	"caseledger/domain/record"
)

// RelationRow is one relationship that a record states.
type RelationRow struct {
	Record      domain.RecordID   `json:"record"`
	Relation    family.RelationID `json:"relation"`
	Kind        string            `json:"kind"`
	Other       domain.RecordID   `json:"other,omitempty"`
	Name        string            `json:"name,omitempty"`
	Born        domain.Date       `json:"born,omitzero"`
	From        domain.Date       `json:"from,omitzero"`
	To          domain.Date       `json:"to,omitzero"`
	Open        bool              `json:"open"`
	Responsible bool              `json:"responsible"`
	Basis       string            `json:"basis,omitempty"`
	Significant bool              `json:"significant"`
	Entries     []uint64          `json:"entries"`
}

func (r *RelationRow) fields() []any {
	return []any{&r.Record, &r.Relation, &r.Kind, &r.Other, &r.Name, &r.Born, &r.From, &r.To, &r.Open, &r.Responsible, &r.Basis, &r.Significant, &r.Entries}
}

// HouseholdRow is one time in a household.
type HouseholdRow struct {
	Record    domain.RecordID    `json:"record"`
	Household family.HouseholdID `json:"household"`
	Stay      int                `json:"stay"`
	Part      string             `json:"part,omitempty"`
	From      domain.Date        `json:"from,omitzero"`
	To        domain.Date        `json:"to,omitzero"`
	Open      bool               `json:"open"`
	Entries   []uint64           `json:"entries"`
}

func (r *HouseholdRow) fields() []any {
	return []any{&r.Record, &r.Household, &r.Stay, &r.Part, &r.From, &r.To, &r.Open, &r.Entries}
}

func familyProjection() Projection {
	return Projection{
		Name: "family", Version: 1, Tables: []Table{relationTable(), householdTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" || !slices.ContainsFunc(c.Entries, movesFamily) {
				return nil
			}
			if err := replace(w, "relation", relationRows(c.Record, c.Before), relationRows(c.Record, c.After)); err != nil {
				return err
			}
			return replace(w, "household", householdRows(c.Record, c.Before), householdRows(c.Record, c.After))
		},
	}
}

func movesFamily(e domain.Entry) bool {
	_, relates := e.Event.(family.Event)
	return relates || target(e) != 0
}

func relationTable() Table {
	return Table{
		Name: "relation", Comment: "One row for each relationship that a record states, also those that ended.",
		Columns: []Column{
			{"record", Text, "Id of the record that states it."},
			{"relation", Text, "Id of the relationship within the record."},
			{"kind", Text, "What the other one is to the person of the record: mother, sibling, friend."},
			{"other", Text, "Id of the other one's record. NULL: the other one has none."},
			{"name", Text, "Name of an other one without a record."},
			{"born", Date, "Day of birth of an other one without a record."},
			{"from_date", Date, "Day on which it began."},
			{"to_date", Date, "Day on which it ended."},
			{"open", Boolean, "Whether it goes on."},
			{"responsible", Boolean, "Whether the other one holds parental responsibility for the person of the record."},
			{"basis", Text, "By what: birth, order, adoption."},
			{"significant", Boolean, "Whether the other one matters to the person."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "relation"},
		Indexes: [][]string{{"other"}},
	}
}

func householdTable() Table {
	return Table{
		Name: "household", Comment: "One row for each time in which a person lived in a household.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"household", Text, "Id of the household: records that name the same one live together."},
			{"stay", Integer, "1 for the first time in a household that the record states, 2 for the next, and so on."},
			{"part", Text, "child, adult, visitor."},
			{"from_date", Date, "Day on which the person came."},
			{"to_date", Date, "Day on which the person left."},
			{"open", Boolean, "Whether the person lives there."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "household", "stay"},
		Indexes: [][]string{{"household"}},
	}
}

func relationRows(id domain.RecordID, r record.Record) []RelationRow {
	var rows []RelationRow
	for _, one := range r.Family.Relations {
		s := one.Related.Fact
		if one.Related.IsZero() {
			continue // facts about a relationship that nothing says there was
		}
		row := RelationRow{Record: id, Relation: one.ID, Kind: s.Kind, Other: s.Record, Name: s.Name, Born: s.Born, From: s.Happened, To: one.Ended.Fact.Happened,
			Open: one.Open(), Responsible: one.Responsible(), Significant: s.Significant,
			Entries: entries(one.Related.Entry, one.Ended.Entry, one.Held.Entry, one.HeldOver.Entry)}
		if row.Responsible {
			row.Basis = one.Held.Fact.Basis
		}
		rows = append(rows, row)
	}
	return rows
}

func householdRows(id domain.RecordID, r record.Record) []HouseholdRow {
	var rows []HouseholdRow
	for i, s := range r.Family.Stays {
		rows = append(rows, HouseholdRow{Record: id, Household: s.Household, Stay: i + 1, Part: s.Joined.Fact.Part, From: s.Joined.Fact.Happened,
			To: s.Left.Fact.Happened, Open: s.Open(), Entries: entries(s.Joined.Entry, s.Left.Entry)})
	}
	return rows
}

// Relations returns the relationships that a record states.
func (db *DB) Relations(ctx context.Context, id domain.RecordID) ([]RelationRow, error) {
	q := selectFrom(relationTable())
	q.where("record = ?", string(id))
	return rowsOf[RelationRow](ctx, db, q)
}

// Member is a record that belongs to a person's family.
type Member struct {
	Record domain.RecordID `json:"record"`
	// Kinds are what the member is to the person: as the person's record says,
	// as the member's own says, sibling for who shares a parent, household for
	// who lives or lived in the same one.
	Kinds []string `json:"kinds"`
}

// maxFamily is how many records one family may have, the person's included:
// beyond that somebody has linked a whole town.
const maxFamily = 200

// The ways in which a record belongs to a family without saying so itself.
const (
	Self        = "self"
	BySharing   = "sibling"
	ByHousehold = "household"
)

// FamilyOf returns the records that belong to a person's family, the person's
// own first. It goes by what is recorded now, ended relationships included.
func (db *DB) FamilyOf(ctx context.Context, id domain.RecordID) ([]Member, error) {
	rows, err := db.query(ctx, `
		SELECT other, kind, 0 FROM relation WHERE record = ?1 AND other IS NOT NULL
		UNION SELECT record, kind, 1 FROM relation WHERE other = ?1
		UNION SELECT theirs.record, '`+BySharing+`', 0 FROM relation mine JOIN relation theirs ON theirs.other = mine.other AND theirs.record <> ?1
			WHERE mine.record = ?1 AND mine.kind IN ('mother', 'father', 'parent') AND theirs.kind IN ('mother', 'father', 'parent')
		UNION SELECT theirs.record, '`+ByHousehold+`', 0 FROM household mine JOIN household theirs ON theirs.household = mine.household AND theirs.record <> ?1
			WHERE mine.record = ?1
		ORDER BY 1, 2`, string(id))
	if err != nil {
		return nil, db.engine.explain(err)
	}
	defer rows.Close()
	all := []Member{{Record: id, Kinds: []string{Self}}}
	for rows.Next() {
		var other domain.RecordID
		var kind string
		var backwards bool
		if err := rows.Scan(&other, &kind, &backwards); err != nil {
			return nil, db.engine.explain(err)
		}
		if backwards {
			kind = family.Reverse(kind)
		}
		if all = joined(all, other, kind); len(all) > maxFamily {
			return nil, fmt.Errorf("record %s: its family has more than %d records", id, maxFamily)
		}
	}
	return all, db.engine.explain(rows.Err())
}

// joined adds a kind to a member, or a member to the family.
func joined(all []Member, id domain.RecordID, kind string) []Member {
	for i := range all {
		if all[i].Record == id {
			if all[i].Kinds[0] != Self && !slices.Contains(all[i].Kinds, kind) {
				all[i].Kinds = append(all[i].Kinds, kind)
			}
			return all
		}
	}
	return append(all, Member{Record: id, Kinds: []string{kind}})
}

// FamilyRow is one entry of a family's story, with the child's age.
type FamilyRow struct {
	Happened domain.Date     `json:"happened,omitzero"`
	Record   domain.RecordID `json:"record"`
	Kinds    []string        `json:"kinds"` // what the record's person is to the child
	Given    string          `json:"given,omitempty"`
	Entry    uint64          `json:"entry"`
	Recorded time.Time       `json:"recorded"`
	Kind     string          `json:"kind"`
	Sentence string          `json:"sentence"`
	Author   string          `json:"author"`
	// AgeYears and WeeksBeforeBirth are of the child whose family it is.
	AgeYears         *int `json:"ageYears,omitempty"`
	WeeksBeforeBirth *int `json:"weeksBeforeBirth,omitempty"`
	// OwnAge is that of the person of the record, in full years.
	OwnAge *int `json:"ownAgeYears,omitempty"`
	Late   bool `json:"late"`
}

// FamilyChronology tells what happened to everybody in a child's family, in the
// order of the world, with the child's age at each event, as known at a time
// and up to a day. A zero time means "as known now", a zero day "whatever the
// day". An act on several records is told once for each of them.
func (db *DB) FamilyChronology(ctx context.Context, load Load, id domain.RecordID, known time.Time, on domain.Date) ([]FamilyRow, error) {
	members, err := db.FamilyOf(ctx, id)
	if err != nil {
		return nil, err
	}
	child, err := load(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", id, err)
	}
	person := child.At(known, on).Person
	var all []FamilyRow
	for _, m := range members {
		r, err := load(ctx, m.Record)
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", m.Record, err)
		}
		name := bestName(r.At(known, on).Person).Fact.Given
		for _, c := range ChronologyAt(m.Record, r, known, on) {
			row := FamilyRow{Happened: c.Happened, Record: m.Record, Kinds: m.Kinds, Given: name, Entry: c.Entry, Recorded: c.Recorded,
				Kind: c.Kind, Sentence: c.Sentence, Author: c.Author, OwnAge: c.AgeYears, Late: c.Late}
			row.AgeYears, row.WeeksBeforeBirth = age(person, c.Happened)
			all = append(all, row)
		}
	}
	// What happened on one day keeps the order of its record.
	slices.SortStableFunc(all, func(a, b FamilyRow) int {
		return cmp.Or(a.Happened.Compare(b.Happened), cmp.Compare(a.Record, b.Record))
	})
	return all, nil
}
