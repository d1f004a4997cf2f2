// Package adoption is the part of a record on the way to another family: the
// decision that the child should be placed for adoption, the match, the
// placement, the order, a decision taken back, and the parting of the child's
// two identities. It never tells the new identity of the old: only the old
// record, which is sealed, names the new one.
package adoption

import "caseledger/domain"

// ID names a plan of adoption within its record.
type ID string

// Event is one fact about adoption.
//
//sumtype:decl
type Event interface {
	domain.Event
	adoptionEvent()
}

// Decided says that the authority decided that the child should be placed for
// adoption (the decision of the agency decision maker).
type Decided struct {
	domain.Dated
	Adoption ID `json:"adoption"`
}

// Matched says that child and adopters were matched.
type Matched struct {
	domain.Dated
	Adoption ID       `json:"adoption"`
	Adopters Adopters `json:"adopters,omitzero"`
}

// Adopters are those to whom the child goes, as the return describes them.
type Adopters struct {
	Number      string `json:"number,omitempty"` // 1, 2
	Sex         string `json:"sex,omitempty"`    // code set adopter-sex
	LegalStatus string `json:"legalStatus,omitempty"`
	// Fostered tells whether they had fostered the child before: 1, 0; "" where
	// nobody says.
	Fostered string `json:"fostered,omitempty"`
}

// Placed says that the child was placed with the adopters.
type Placed struct {
	domain.Dated
	Adoption ID `json:"adoption"`
}

// Reversed says that the decision was taken back.
type Reversed struct {
	domain.Dated
	Adoption ID     `json:"adoption"`
	Reason   string `json:"reason"` // code set adoption-reversal
}

// Ordered says that the court made the adoption order.
type Ordered struct {
	domain.Dated
	Adoption ID `json:"adoption"`
}

// IdentityParted says that the child goes on under a new identity, in a record of
// its own. It stands in the old record alone, which is sealed by the same act:
// nobody finds the way from one to the other but who may open the old one.
type IdentityParted struct {
	domain.Dated
	Adoption  ID              `json:"adoption"`
	Successor domain.RecordID `json:"successor"`
}

func (e Decided) About() string  { return "adoption/" + string(e.Adoption) }
func (e Matched) About() string  { return "adoption/" + string(e.Adoption) }
func (e Placed) About() string   { return "adoption/" + string(e.Adoption) }
func (e Reversed) About() string { return "adoption/" + string(e.Adoption) }
func (e Ordered) About() string  { return "adoption/" + string(e.Adoption) }

func (e IdentityParted) About() string { return "adoption/" + string(e.Adoption) + "/identity" }

func (Decided) adoptionEvent()        {}
func (Matched) adoptionEvent()        {}
func (Placed) adoptionEvent()         {}
func (Reversed) adoptionEvent()       {}
func (Ordered) adoptionEvent()        {}
func (IdentityParted) adoptionEvent() {}

// Adoption is what is known of one plan of adoption.
type Adoption struct {
	ID       ID
	Decided  domain.Known[Decided]
	Matched  domain.Known[Matched]
	Placed   domain.Known[Placed]
	Reversed domain.Known[Reversed]
	Ordered  domain.Known[Ordered]
	Parted   domain.Known[IdentityParted]
}

// Open reports whether the decision stands and the child is not yet adopted.
func (a Adoption) Open() bool {
	return !a.Decided.IsZero() && a.Reversed.IsZero() && a.Ordered.IsZero()
}

// Adoptions are the plans of adoption of one record, in the order of their
// beginning.
type Adoptions []Adoption

// Find returns the plan with the id, or one about which nothing is known.
func (as Adoptions) Find(id ID) Adoption {
	for _, a := range as {
		if a.ID == id {
			return a
		}
	}
	return Adoption{ID: id}
}

// Evolve returns the plans with one more fact.
func (as Adoptions) Evolve(entry uint64, e Event) Adoptions {
	switch e := e.(type) {
	case Decided:
		return as.with(e.Adoption, func(a *Adoption) { a.Decided = domain.Know(entry, e) })
	case Matched:
		return as.with(e.Adoption, func(a *Adoption) { a.Matched = domain.Know(entry, e) })
	case Placed:
		return as.with(e.Adoption, func(a *Adoption) { a.Placed = domain.Know(entry, e) })
	case Reversed:
		return as.with(e.Adoption, func(a *Adoption) { a.Reversed = domain.Know(entry, e) })
	case Ordered:
		return as.with(e.Adoption, func(a *Adoption) { a.Ordered = domain.Know(entry, e) })
	case IdentityParted:
		return as.with(e.Adoption, func(a *Adoption) { a.Parted = domain.Know(entry, e) })
	}
	return as
}

// Parted returns the fact that the child goes on under a new identity; the zero
// Known where the child has one alone.
func (as Adoptions) Parted() domain.Known[IdentityParted] {
	for _, a := range as {
		if !a.Parted.IsZero() {
			return a.Parted
		}
	}
	return domain.Known[IdentityParted]{}
}

func (as Adoptions) with(id ID, change func(*Adoption)) Adoptions {
	return domain.Upsert(as,
		func(a *Adoption) bool { return a.ID == id },
		func(a *Adoption) { a.ID = id; change(a) })
}
