package family

import "caseledger/domain"

// kinds are the kinds of relationship, each with what the person is to the
// other one: who has a mother is her child.
var kinds = map[string]string{
	"mother": "child", "father": "child", "parent": "child", "step-parent": "step-child", "adoptive-parent": "adopted-child",
	"child": "parent", "unborn-child": "mother", "step-child": "step-parent", "adopted-child": "adoptive-parent",
	"sibling": "sibling", "half-sibling": "half-sibling", "step-sibling": "step-sibling",
	"grandparent": "grandchild", "grandchild": "grandparent", "aunt-or-uncle": "niece-or-nephew", "niece-or-nephew": "aunt-or-uncle", "cousin": "cousin",
	"partner": "partner", "former-partner": "former-partner", "carer": "cared-for", "cared-for": "carer", "guardian": "ward", "ward": "guardian",
	"friend": "friend", "neighbour": "neighbour", "professional": "client", "client": "professional", "other": "other",
}

// Reverse returns the kind of relationship as the other one's record states it,
// "" for a kind that nobody knows.
func Reverse(kind string) string { return kinds[kind] }

// Relate records a relationship.
type Relate struct {
	domain.Dated
	Relation    RelationID      `json:"relation" validate:"required,max=64,printascii"`
	Kind        string          `json:"kind" validate:"required,oneof=mother father parent step-parent adoptive-parent child unborn-child step-child adopted-child sibling half-sibling step-sibling grandparent grandchild aunt-or-uncle niece-or-nephew cousin partner former-partner carer cared-for guardian ward friend neighbour professional client other"`
	Record      domain.RecordID `json:"record,omitempty" validate:"omitempty,len=32,hexadecimal"`
	Name        string          `json:"name,omitempty" validate:"max=200"`
	Born        domain.Date     `json:"born,omitzero"`
	Significant bool            `json:"significant,omitzero"`
	Detail      string          `json:"detail,omitempty" validate:"max=2000"`
}

// EndRelation records the end of a relationship.
type EndRelation struct {
	domain.Dated
	Relation RelationID `json:"relation" validate:"required,max=64,printascii"`
	Reason   string     `json:"reason,omitempty" validate:"max=500"`
}

// HoldResponsibility records that somebody holds parental responsibility.
type HoldResponsibility struct {
	domain.Dated
	Relation RelationID `json:"relation" validate:"required,max=64,printascii"`
	Basis    string     `json:"basisOf" validate:"required,oneof=birth marriage birth-registration agreement order guardianship adoption"`
	Limits   string     `json:"limits,omitempty" validate:"max=2000"`
}

// EndResponsibility records that parental responsibility ended.
type EndResponsibility struct {
	domain.Dated
	Relation RelationID `json:"relation" validate:"required,max=64,printascii"`
	Reason   string     `json:"reason" validate:"required,max=500"`
}

// JoinHousehold records that the person lives in a household.
type JoinHousehold struct {
	domain.Dated
	Household HouseholdID `json:"household" validate:"required,max=64,printascii"`
	Part      string      `json:"part" validate:"required,oneof=child adult visitor"`
}

// LeaveHousehold records that the person no longer lives in a household.
type LeaveHousehold struct {
	domain.Dated
	Household HouseholdID `json:"household" validate:"required,max=64,printascii"`
	Reason    string      `json:"reason,omitempty" validate:"max=500"`
}

// Relate decides on a relationship. It is known by the other one's record, or
// else by a name.
func (f Family) Relate(c Relate) ([]domain.Event, error) {
	e := Related{Dated: c.Dated, Relation: c.Relation, Kind: c.Kind, Record: c.Record, Name: c.Name, Born: c.Born, Significant: c.Significant, Detail: c.Detail}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "relation-already-recorded", Broken: !f.Find(c.Relation).Related.IsZero(),
			Reason: "A relationship with this id is already on the record."},
		domain.Rule{Name: "relation-of-nobody", Broken: c.Record == "" && c.Name == "", Reason: "A relationship names a record or a person."},
		domain.Rule{Name: "second-mother", Broken: c.Kind == "mother" && len(f.Of("mother")) > 0,
			Reason: "The record names a mother; end that relationship first, or record a parent."},
		domain.Rule{Name: "already-so-related", Broken: c.Record != "" && f.related(c.Kind, c.Record),
			Reason: "This relationship to the other record is already open."})
}

func (f Family) related(kind string, to domain.RecordID) bool {
	for _, r := range f.Of(kind) {
		if r.Related.Fact.Record == to {
			return true
		}
	}
	return false
}

// EndRelation decides on the end of a relationship.
func (f Family) EndRelation(c EndRelation) ([]domain.Event, error) {
	r := f.Find(c.Relation)
	return []domain.Event{RelationEnded{Dated: c.Dated, Relation: c.Relation, Reason: c.Reason}}, domain.Refuse(append(r.begun(c.Happened),
		domain.Rule{Name: "relation-already-ended", Broken: !r.Ended.IsZero(), Reason: "The relationship has already ended."})...)
}

// HoldResponsibility decides on parental responsibility.
func (f Family) HoldResponsibility(c HoldResponsibility) ([]domain.Event, error) {
	r := f.Find(c.Relation)
	return []domain.Event{ResponsibilityHeld{Dated: c.Dated, Relation: c.Relation, Basis: c.Basis, Limits: c.Limits}}, domain.Refuse(append(r.begun(c.Happened),
		domain.Rule{Name: "responsibility-already-held", Broken: r.Responsible(), Reason: "Parental responsibility of this person is already on the record."})...)
}

// EndResponsibility decides on the end of parental responsibility.
func (f Family) EndResponsibility(c EndResponsibility) ([]domain.Event, error) {
	r := f.Find(c.Relation)
	return []domain.Event{ResponsibilityEnded{Dated: c.Dated, Relation: c.Relation, Reason: c.Reason}}, domain.Refuse(append(r.begun(c.Happened),
		domain.Rule{Name: "responsibility-not-held", Broken: !r.Responsible(), Reason: "No parental responsibility of this person is on the record."},
		domain.Rule{Name: "before-responsibility", Broken: r.Responsible() && !c.Happened.IsZero() && c.Happened.Before(r.Held.Fact.Happened),
			Reason: "The day lies before the beginning of parental responsibility."})...)
}

func (r Relation) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "relation-unknown", Broken: r.Related.IsZero(), Reason: "No relationship with this id is on the record."},
		{Name: "before-relation", Broken: !r.Related.IsZero() && !on.IsZero() && on.Before(r.Related.Fact.Happened),
			Reason: "The day lies before the beginning of the relationship."},
	}
}

// JoinHousehold decides on living in a household.
func (f Family) JoinHousehold(c JoinHousehold) ([]domain.Event, error) {
	return []domain.Event{HouseholdJoined{Dated: c.Dated, Household: c.Household, Part: c.Part}}, domain.Refuse(
		domain.Rule{Name: "already-in-household", Broken: f.Stay(c.Household).Open(), Reason: "The person already lives in this household."})
}

// LeaveHousehold decides on leaving a household.
func (f Family) LeaveHousehold(c LeaveHousehold) ([]domain.Event, error) {
	s := f.Stay(c.Household)
	return []domain.Event{HouseholdLeft{Dated: c.Dated, Household: c.Household, Reason: c.Reason}}, domain.Refuse(
		domain.Rule{Name: "not-in-household", Broken: !s.Open(), Reason: "The person does not live in this household."},
		domain.Rule{Name: "before-household", Broken: s.Open() && !c.Happened.IsZero() && c.Happened.Before(s.Joined.Fact.Happened),
			Reason: "The day lies before the person came to live in the household."})
}
