// Package family is the part of a record that says who belongs to the person:
// relationships with their kind and dates, parental responsibility, and the
// households the person lived in. It states what this record's person is told
// of others, who may have records of their own; it never changes those.
package family

import "caseledger/domain"

// RelationID names a relationship within its record.
type RelationID string

// HouseholdID names a household. Records that name the same one live together.
type HouseholdID string

// Event is one fact about the person's family.
//
//sumtype:decl
type Event interface {
	domain.Event
	familyEvent()
}

// Related says that somebody stands in a relationship to the person from a day
// on: the other one is the person's mother, sibling, neighbour. Record is set
// where the other has a record in this ledger; otherwise Name is.
type Related struct {
	domain.Dated
	Relation RelationID      `json:"relation"`
	Kind     string          `json:"kind"` // see Relate
	Record   domain.RecordID `json:"record,omitempty"`
	Name     string          `json:"name,omitempty"`
	Born     domain.Date     `json:"born,omitzero"`
	// Significant says that the other one matters to the person, whoever that is.
	Significant bool   `json:"significant,omitzero"`
	Detail      string `json:"detail,omitempty"`
}

// RelationEnded says that a relationship ended.
type RelationEnded struct {
	domain.Dated
	Relation RelationID `json:"relation"`
	Reason   string     `json:"reason,omitempty"`
}

// ResponsibilityHeld says that somebody related holds parental responsibility
// from a day on.
type ResponsibilityHeld struct {
	domain.Dated
	Relation RelationID `json:"relation"`
	Basis    string     `json:"basisOf"` // see HoldResponsibility
	// Limits says how the responsibility is limited by an order.
	Limits string `json:"limits,omitempty"`
}

// ResponsibilityEnded says that parental responsibility ended.
type ResponsibilityEnded struct {
	domain.Dated
	Relation RelationID `json:"relation"`
	Reason   string     `json:"reason,omitempty"`
}

// HouseholdJoined says that the person lives in a household from a day on.
type HouseholdJoined struct {
	domain.Dated
	Household HouseholdID `json:"household"`
	// Part is the person's part in it: child, adult, visitor.
	Part string `json:"part"`
}

// HouseholdLeft says that the person no longer lives in a household.
type HouseholdLeft struct {
	domain.Dated
	Household HouseholdID `json:"household"`
	Reason    string      `json:"reason,omitempty"`
}

func (e Related) About() string       { return "relation/" + string(e.Relation) }
func (e RelationEnded) About() string { return "relation/" + string(e.Relation) }
func (e ResponsibilityHeld) About() string {
	return "relation/" + string(e.Relation) + "/responsibility"
}
func (e ResponsibilityEnded) About() string {
	return "relation/" + string(e.Relation) + "/responsibility"
}
func (e HouseholdJoined) About() string { return "household/" + string(e.Household) }
func (e HouseholdLeft) About() string   { return "household/" + string(e.Household) }

func (Related) familyEvent()             {}
func (RelationEnded) familyEvent()       {}
func (ResponsibilityHeld) familyEvent()  {}
func (ResponsibilityEnded) familyEvent() {}
func (HouseholdJoined) familyEvent()     {}
func (HouseholdLeft) familyEvent()       {}

// Relation is what is known of one relationship.
type Relation struct {
	ID       RelationID
	Related  domain.Known[Related]
	Ended    domain.Known[RelationEnded]
	Held     domain.Known[ResponsibilityHeld]
	HeldOver domain.Known[ResponsibilityEnded] // since then
}

// Open reports whether the relationship goes on.
func (r Relation) Open() bool { return !r.Related.IsZero() && r.Ended.IsZero() }

// Responsible reports whether the other one holds parental responsibility. It
// outlasts a relationship: parents who part both keep it.
func (r Relation) Responsible() bool { return !r.Held.IsZero() && r.HeldOver.IsZero() }

// Stay is one time in a household.
type Stay struct {
	Household HouseholdID
	Joined    domain.Known[HouseholdJoined]
	Left      domain.Known[HouseholdLeft]
}

// Open reports whether the person lives there now.
func (s Stay) Open() bool { return !s.Joined.IsZero() && s.Left.IsZero() }

// Family is who belongs to the person.
type Family struct {
	Relations []Relation // in the order of their beginning
	Stays     []Stay     // likewise; a household left and joined again is two
}

// Find returns the relationship with the id, or one about which nothing is
// known.
func (f Family) Find(id RelationID) Relation {
	for _, r := range f.Relations {
		if r.ID == id {
			return r
		}
	}
	return Relation{ID: id}
}

// Of returns the relationships of a kind that go on.
func (f Family) Of(kind string) []Relation {
	var all []Relation
	for _, r := range f.Relations {
		if r.Open() && r.Related.Fact.Kind == kind {
			all = append(all, r)
		}
	}
	return all
}

// Stay returns the latest time in a household, or one about which nothing is
// known.
func (f Family) Stay(id HouseholdID) Stay {
	latest := Stay{Household: id}
	for _, s := range f.Stays {
		if s.Household == id {
			latest = s
		}
	}
	return latest
}

// Evolve returns the family with one more fact.
func (f Family) Evolve(entry uint64, e Event) Family {
	switch e := e.(type) {
	case Related:
		return f.with(e.Relation, func(r *Relation) { r.Related = domain.Know(entry, e) })
	case RelationEnded:
		return f.with(e.Relation, func(r *Relation) { r.Ended = domain.Know(entry, e) })
	case ResponsibilityHeld:
		return f.with(e.Relation, func(r *Relation) {
			r.Held, r.HeldOver = domain.Know(entry, e), domain.Known[ResponsibilityEnded]{}
		})
	case ResponsibilityEnded:
		return f.with(e.Relation, func(r *Relation) { r.HeldOver = domain.Know(entry, e) })
	case HouseholdJoined:
		return f.stay(func(s *Stay) bool { return s.Household == e.Household && s.Left.IsZero() },
			func(s *Stay) { s.Household, s.Joined = e.Household, domain.Know(entry, e) })
	case HouseholdLeft:
		return f.stay(func(s *Stay) bool { return s.Household == e.Household && s.Left.IsZero() },
			func(s *Stay) { s.Household, s.Left = e.Household, domain.Know(entry, e) })
	}
	return f
}

func (f Family) with(id RelationID, change func(*Relation)) Family {
	f.Relations = domain.Upsert(f.Relations,
		func(r *Relation) bool { return r.ID == id },
		func(r *Relation) { r.ID = id; change(r) })
	return f
}

func (f Family) stay(is func(*Stay) bool, change func(*Stay)) Family {
	f.Stays = domain.Upsert(f.Stays, is, change)
	return f
}
