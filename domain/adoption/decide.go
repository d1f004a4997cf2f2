package adoption

import (
	"caseledger/domain"
	"caseledger/domain/restriction"
)

// Decide records the decision that the child should be placed for adoption.
type Decide struct {
	domain.Dated
	Adoption ID `json:"adoption" validate:"required,max=64,printascii"`
}

// Match records that child and adopters were matched.
type Match struct {
	domain.Dated
	Adoption    ID     `json:"adoption" validate:"required,max=64,printascii"`
	Number      string `json:"number,omitempty" validate:"omitempty,oneof=1 2"`
	Sex         string `json:"sex,omitempty" validate:"omitempty,code=adopter-sex"`
	LegalStatus string `json:"legalStatus,omitempty" validate:"omitempty,code=adopter-legal-status"`
	Fostered    string `json:"fostered,omitempty" validate:"omitempty,oneof=0 1"`
}

// Place records that the child was placed with the adopters.
type Place struct {
	domain.Dated
	Adoption ID `json:"adoption" validate:"required,max=64,printascii"`
}

// Reverse records that the decision was taken back.
type Reverse struct {
	domain.Dated
	Adoption ID     `json:"adoption" validate:"required,max=64,printascii"`
	Reason   string `json:"reason" validate:"required,code=adoption-reversal"`
}

// Order records that the court made the adoption order.
type Order struct {
	domain.Dated
	Adoption ID `json:"adoption" validate:"required,max=64,printascii"`
}

// PartIdentity records that the child goes on under a new identity, in the record
// Successor, and seals this one: only Readers may open it from then on.
type PartIdentity struct {
	domain.Dated
	Adoption    ID              `json:"adoption" validate:"required,max=64,printascii"`
	Successor   domain.RecordID `json:"successor" validate:"required,len=32,hexadecimal"`
	Restriction restriction.ID  `json:"restriction" validate:"required,max=64,printascii"`
	Readers     []string        `json:"readers" validate:"required,min=1,max=100,unique,dive,required,max=100,printascii"`
}

// Decide decides on a new plan: one at a time.
func (as Adoptions) Decide(d Decide) ([]domain.Event, error) {
	open := false
	for _, a := range as {
		open = open || a.ID != d.Adoption && a.Open()
	}
	return []domain.Event{Decided{Dated: d.Dated, Adoption: d.Adoption}}, domain.Refuse(
		domain.Rule{Name: "adoption-already-decided", Broken: !as.Find(d.Adoption).Decided.IsZero(),
			Reason: "A decision with this id is already on the record."},
		domain.Rule{Name: "adoption-decision-open", Broken: open,
			Reason: "An earlier decision on adoption stands: it must be reversed first."})
}

// Match decides on a match.
func (as Adoptions) Match(m Match) ([]domain.Event, error) {
	a := as.Find(m.Adoption)
	e := Matched{Dated: m.Dated, Adoption: m.Adoption, Adopters: Adopters{Number: m.Number, Sex: m.Sex, LegalStatus: m.LegalStatus, Fostered: m.Fostered}}
	return []domain.Event{e}, domain.Refuse(append(a.going(m.Happened),
		domain.Rule{Name: "adoption-already-matched", Broken: !a.Matched.IsZero(), Reason: "A match under this decision is already on the record."},
		domain.Rule{Name: "adopters-do-not-agree", Broken: m.Number != "" && m.Sex != "" && (m.Number == "2") != (len(m.Sex) == 2 && m.Sex[1] != '1'),
			Reason: "The number of adopters and their sex contradict each other."})...)
}

// Place decides on a placement with adopters.
func (as Adoptions) Place(p Place) ([]domain.Event, error) {
	a := as.Find(p.Adoption)
	return []domain.Event{Placed{Dated: p.Dated, Adoption: p.Adoption}}, domain.Refuse(append(a.going(p.Happened),
		domain.Rule{Name: "adoption-not-matched", Broken: a.Matched.IsZero(), Reason: "No match with adopters is on the record."},
		domain.Rule{Name: "before-adoption-match", Broken: !a.Matched.IsZero() && !p.Happened.IsZero() && p.Happened.Before(a.Matched.Fact.Happened),
			Reason: "The day lies before the match with the adopters."},
		domain.Rule{Name: "already-placed-for-adoption", Broken: !a.Placed.IsZero(), Reason: "The child is already placed with adopters."})...)
}

// Reverse decides on taking the decision back.
func (as Adoptions) Reverse(r Reverse) ([]domain.Event, error) {
	return []domain.Event{Reversed{Dated: r.Dated, Adoption: r.Adoption, Reason: r.Reason}},
		domain.Refuse(as.Find(r.Adoption).going(r.Happened)...)
}

// Order decides on the adoption order.
func (as Adoptions) Order(o Order) ([]domain.Event, error) {
	a := as.Find(o.Adoption)
	return []domain.Event{Ordered{Dated: o.Dated, Adoption: o.Adoption}}, domain.Refuse(append(a.going(o.Happened),
		domain.Rule{Name: "not-placed-for-adoption", Broken: a.Placed.IsZero(), Reason: "The child was not placed with adopters."},
		domain.Rule{Name: "before-adoption-placement", Broken: !a.Placed.IsZero() && !o.Happened.IsZero() && o.Happened.Before(a.Placed.Fact.Happened),
			Reason: "The day lies before the placement with the adopters."})...)
}

// PartIdentity decides on parting the child's identities: on the day of the
// adoption order or later, and when no case or plan of the old record is open.
// sealed are the restrictions of the record.
func (as Adoptions) PartIdentity(p PartIdentity, sealed restriction.Restrictions, open bool) ([]domain.Event, error) {
	a := as.Find(p.Adoption)
	events, err := sealed.SealRecord(restriction.SealRecord{Dated: p.Dated, Restriction: p.Restriction, Reason: "adoption", Readers: p.Readers})
	parted := IdentityParted{Dated: p.Dated, Adoption: p.Adoption, Successor: p.Successor}
	return append([]domain.Event{parted}, events...), domain.Join(domain.Refuse(
		domain.Rule{Name: "adoption-not-ordered", Broken: a.Ordered.IsZero(), Reason: "No adoption order is on the record: until there is one the child has one identity."},
		domain.Rule{Name: "before-adoption-order", Broken: !a.Ordered.IsZero() && !p.Happened.IsZero() && p.Happened.Before(a.Ordered.Fact.Happened),
			Reason: "The day lies before the adoption order."},
		domain.Rule{Name: "identity-already-parted", Broken: !as.Parted().IsZero(), Reason: "The child already goes on under a new identity."},
		domain.Rule{Name: "identity-parted-with-open-work", Broken: open,
			Reason: "A case, plan or care is still open in the old record, where nobody will see to it: close it first."}), err)
}

// going are the rules for a step under a decision that must stand.
func (a Adoption) going(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "adoption-undecided", Broken: a.Decided.IsZero(), Reason: "No decision on adoption with this id is on the record."},
		{Name: "before-adoption-decision", Broken: !a.Decided.IsZero() && !on.IsZero() && on.Before(a.Decided.Fact.Happened),
			Reason: "The day lies before the decision on adoption."},
		{Name: "adoption-reversed", Broken: !a.Reversed.IsZero(), Reason: "The decision on adoption was reversed."},
		{Name: "already-adopted", Broken: !a.Ordered.IsZero(), Reason: "The adoption order is already on the record."},
	}
}
