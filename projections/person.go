package projections

import (
	"context"
	"strings"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/record"
)

// PersonRow is who a record is about.
type PersonRow struct {
	Record       domain.RecordID `json:"record"`
	LAChildID    string          `json:"laChildId,omitempty"`
	Given        string          `json:"given,omitempty"`
	Family       string          `json:"family,omitempty"`
	Born         domain.Date     `json:"born,omitzero"`
	Expected     domain.Date     `json:"expected,omitzero"`
	Sex          string          `json:"sex,omitempty"`
	Ethnicity    string          `json:"ethnicity,omitempty"`
	Disabilities []string        `json:"disabilities,omitempty"`
	Postcode     string          `json:"postcode,omitempty"`
	Died         domain.Date     `json:"died,omitzero"`
	Registered   domain.Date     `json:"registered,omitzero"`
	Entries      []uint64        `json:"entries"`
}

func (r *PersonRow) fields() []any {
	return []any{&r.Record, &r.LAChildID, &r.Given, &r.Family, &r.Born, &r.Expected, &r.Sex, &r.Ethnicity,
		&r.Disabilities, &r.Postcode, &r.Died, &r.Registered, &r.Entries}
}

// IdentifierRow is an identifier that a source claims for a person.
type IdentifierRow struct {
	Record domain.RecordID `json:"record"`
	Kind   string          `json:"kind"`
	Value  string          `json:"value"`
	Source string          `json:"source"`
	Since  domain.Date     `json:"since,omitzero"`
	Until  domain.Date     `json:"until,omitzero"`
	Valid  bool            `json:"valid"`
	Latest bool            `json:"latest"`
	Entry  uint64          `json:"entry"`
}

func (r *IdentifierRow) fields() []any {
	return []any{&r.Record, &r.Kind, &r.Value, &r.Source, &r.Since, &r.Until, &r.Valid, &r.Latest, &r.Entry}
}

func personProjection() Projection {
	return Projection{
		Name: "person", Version: 1, Tables: []Table{personTable(), identifierTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			if err := replace(w, "person", personRows(c.Record, c.Before), personRows(c.Record, c.After)); err != nil {
				return err
			}
			return replace(w, "identifier", identifierRows(c.Record, c.Before), identifierRows(c.Record, c.After))
		},
	}
}

func personTable() Table {
	return Table{
		Name: "person", Comment: "One row for each record: who the person is, by the latest fact of each kind.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"la_child_id", Text, "The authority's own number for the child, as last claimed."},
			{"given", Text, "Given name: of the legal name, else of the name known as, else of that at birth."},
			{"family", Text, "Family name: of the legal name, else of the name known as, else of that at birth."},
			{"born", Date, "Day of birth."},
			{"expected", Date, "Day on which an unborn child was expected."},
			{"sex", Text, "Code set sex: M, F, U, I."},
			{"ethnicity", Text, "Code set ethnicity."},
			{"disabilities", JSON, "List of codes of the code set disability."},
			{"postcode", Text, "Postcode of the latest address."},
			{"died", Date, "Day of death."},
			{"registered", Date, "Day on which the authority opened the record."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record"},
		Indexes: [][]string{{"family", "given"}, {"la_child_id"}},
	}
}

func identifierTable() Table {
	return Table{
		Name: "identifier", Comment: "One row for each identifier that a source claims for a person. Wrong ones are kept and marked.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"kind", Text, "la-child-id, upn, former-upn, nhs-number, chi."},
			{"value", Text, "The identifier as it was given."},
			{"source", Text, "Who claims it."},
			{"since", Date, "First day of the claim."},
			{"until", Date, "Last day of the claim."},
			{"valid", Boolean, "Whether form and check character hold."},
			{"latest", Boolean, "Whether it is the latest claim of its kind."},
			{"entry", Integer, "The entry that the row comes from."},
		},
		Key:     []string{"record", "kind", "value"},
		Indexes: [][]string{{"kind", "value"}},
	}
}

// bestName returns the legal name, or the next best known.
func bestName(p identity.Person) domain.Known[identity.Named] {
	for _, kind := range []string{"legal", "known-as"} {
		if name := p.Name(kind); !name.IsZero() {
			return name
		}
	}
	return p.Name("at-birth")
}

func personRows(id domain.RecordID, r record.Record) []PersonRow {
	if len(r.Entries) == 0 {
		return nil
	}
	p := r.Person
	name, number := bestName(p), p.Identifier(identity.LAChildID)
	return []PersonRow{{
		Record: id, LAChildID: number.Fact.Value, Given: name.Fact.Given, Family: name.Fact.Family,
		Born: p.Born.Fact.Happened, Expected: p.Expected.Fact.Expected, Sex: p.Sex.Fact.Sex, Ethnicity: p.Ethnicity.Fact.Ethnicity,
		Disabilities: p.Disabilities.Fact.Disabilities, Postcode: p.Address.Fact.Postcode,
		Died: p.Died.Fact.Happened, Registered: p.Registered.Fact.Happened,
		Entries: entries(p.Registered.Entry, number.Entry, name.Entry, p.Born.Entry, p.Expected.Entry, p.Sex.Entry,
			p.Ethnicity.Entry, p.Disabilities.Entry, p.Address.Entry, p.Died.Entry),
	}}
}

func identifierRows(id domain.RecordID, r record.Record) []IdentifierRow {
	var rows []IdentifierRow
	for _, k := range r.Person.Identifiers {
		rows = append(rows, IdentifierRow{
			Record: id, Kind: k.Fact.Kind, Value: k.Fact.Value, Source: k.Fact.Source,
			Since: k.Fact.Happened, Until: k.Fact.Until, Valid: k.Fact.Valid,
			Latest: r.Person.Identifier(k.Fact.Kind).Entry == k.Entry, Entry: k.Entry,
		})
	}
	return rows
}

// PeopleFilter chooses people. Pages are in the order of family name, given
// name, record.
type PeopleFilter struct {
	// Text occurs in the name or is the beginning of an identifier; "" is all.
	Text  string
	After string // PersonRow.Cursor of the last row seen
	Limit int    // 0 is DefaultLimit; at most MaxLimit
}

// Cursor names the row's place in the order of pages.
func (r PersonRow) Cursor() string { return cursor(r.Family, r.Given, string(r.Record)) }

// People returns the people that the filter chooses.
func (db *DB) People(ctx context.Context, f PeopleFilter) ([]PersonRow, error) {
	q := selectFrom(personTable())
	if f.Text != "" {
		q.where(`(lower(coalesce(given || ' ', '') || coalesce(family, '')) LIKE lower(?) ESCAPE '\' OR record IN (SELECT record FROM identifier WHERE lower(value) LIKE lower(?) ESCAPE '\'))`,
			"%"+likeText(f.Text)+"%", likeText(f.Text)+"%")
	}
	if err := q.page([]string{"coalesce(family, '')", "coalesce(given, '')", "record"}, f.After, f.Limit); err != nil {
		return nil, err
	}
	return rowsOf[PersonRow](ctx, db, q)
}

// likeText makes a text stand for itself in LIKE.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// FindIdentifier returns the records for which a source claims the identifier.
func (db *DB) FindIdentifier(ctx context.Context, kind, value string) ([]domain.RecordID, error) {
	return db.records(ctx, "SELECT record FROM identifier WHERE kind = ? AND value = ? ORDER BY record", kind, value)
}

// Identifiers returns all that sources claim for the person.
func (db *DB) Identifiers(ctx context.Context, id domain.RecordID) ([]IdentifierRow, error) {
	q := selectFrom(identifierTable())
	q.where("record = ?", string(id))
	q.order = "kind, value"
	return rowsOf[IdentifierRow](ctx, db, q)
}
