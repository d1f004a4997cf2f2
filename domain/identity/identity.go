// Package identity is the part of a record that says who the person is: names,
// birth, identifiers, address, characteristics, death. It never matches or
// merges people.
package identity

import (
	"slices"

	"caseledger/domain"
)

// Event is one fact about who the person is.
//
//sumtype:decl
type Event interface {
	domain.Event
	identityEvent()
}

// Registered says that the authority opened a record on the person.
type Registered struct {
	domain.Dated
	Person domain.PersonID `json:"person"`
}

// Named says which name the person bears from a day on.
type Named struct {
	domain.Dated
	Kind   string `json:"kind"` // legal, known-as, at-birth
	Given  string `json:"given"`
	Family string `json:"family"`
}

// Born says on which day the person was born: that is the day it happened.
type Born struct{ domain.Dated }

// BirthExpected says when an unborn child is due.
type BirthExpected struct {
	domain.Dated
	Expected domain.Date `json:"expected"`
}

// Identified says that a source claims an identifier for the person. A wrong
// one is kept: Valid tells whether its check character holds.
type Identified struct {
	domain.Dated
	Kind   string      `json:"kind"` // see Kinds
	Value  string      `json:"value"`
	Source string      `json:"source"`
	Until  domain.Date `json:"until,omitzero"`
	Valid  bool        `json:"valid"`
}

// IdentifierMissing says why the person has no identifier of a kind.
type IdentifierMissing struct {
	domain.Dated
	Kind   string `json:"kind"`
	Reason string `json:"reason"` // code set upn-unknown where the kind is upn
}

// AddressRecorded says where the person lives from a day on.
type AddressRecorded struct {
	domain.Dated
	Lines    []string `json:"lines"`
	Postcode string   `json:"postcode,omitempty"`
	UPRN     string   `json:"uprn,omitempty"`
}

// EthnicityRecorded says to which ethnic group the person, or a parent for
// them, says they belong.
type EthnicityRecorded struct {
	domain.Dated
	Ethnicity string `json:"ethnicity"` // code set ethnicity
}

// SexRecorded says the person's sex.
type SexRecorded struct {
	domain.Dated
	Sex string `json:"sex"` // code set sex
}

// DisabilitiesRecorded says all disabilities known on a day.
type DisabilitiesRecorded struct {
	domain.Dated
	Disabilities []string `json:"disabilities"` // code set disability
}

// Died says on which day the person died.
type Died struct{ domain.Dated }

func (Registered) About() string           { return "" }
func (e Named) About() string              { return "name/" + e.Kind }
func (Born) About() string                 { return "birth" }
func (BirthExpected) About() string        { return "birth" }
func (e Identified) About() string         { return "identifier/" + e.Kind }
func (e IdentifierMissing) About() string  { return "identifier/" + e.Kind }
func (AddressRecorded) About() string      { return "address" }
func (EthnicityRecorded) About() string    { return "ethnicity" }
func (SexRecorded) About() string          { return "sex" }
func (DisabilitiesRecorded) About() string { return "disabilities" }
func (Died) About() string                 { return "death" }

func (Registered) identityEvent()           {}
func (Named) identityEvent()                {}
func (Born) identityEvent()                 {}
func (BirthExpected) identityEvent()        {}
func (Identified) identityEvent()           {}
func (IdentifierMissing) identityEvent()    {}
func (AddressRecorded) identityEvent()      {}
func (EthnicityRecorded) identityEvent()    {}
func (SexRecorded) identityEvent()          {}
func (DisabilitiesRecorded) identityEvent() {}
func (Died) identityEvent()                 {}

// Person is who the record is about, by the latest fact of each kind.
type Person struct {
	Registered   domain.Known[Registered]
	Names        []domain.Known[Named] // one of each kind
	Born         domain.Known[Born]
	Expected     domain.Known[BirthExpected]
	Identifiers  []domain.Known[Identified]        // one of each kind and value
	Missing      []domain.Known[IdentifierMissing] // one of each kind
	Address      domain.Known[AddressRecorded]
	Ethnicity    domain.Known[EthnicityRecorded]
	Sex          domain.Known[SexRecorded]
	Disabilities domain.Known[DisabilitiesRecorded]
	Died         domain.Known[Died]
}

// Identifier returns the latest claim of the kind.
func (p Person) Identifier(kind string) domain.Known[Identified] {
	for _, k := range slices.Backward(p.Identifiers) {
		if k.Fact.Kind == kind {
			return k
		}
	}
	return domain.Known[Identified]{}
}

// Name returns the name of the kind.
func (p Person) Name(kind string) domain.Known[Named] {
	for _, k := range p.Names {
		if k.Fact.Kind == kind {
			return k
		}
	}
	return domain.Known[Named]{}
}

// Evolve returns the person with one more fact.
func (p Person) Evolve(entry uint64, e Event) Person {
	switch e := e.(type) {
	case Registered:
		p.Registered = domain.Know(entry, e)
	case Named:
		p.Names = domain.Upsert(p.Names,
			func(k *domain.Known[Named]) bool { return k.Fact.Kind == e.Kind },
			func(k *domain.Known[Named]) { *k = domain.Know(entry, e) })
	case Born:
		p.Born = domain.Know(entry, e)
	case BirthExpected:
		p.Expected = domain.Know(entry, e)
	case Identified:
		// The latest claim goes to the end, also where an older claim returns.
		kept := slices.DeleteFunc(slices.Clone(p.Identifiers), func(k domain.Known[Identified]) bool {
			return k.Fact.Kind == e.Kind && k.Fact.Value == e.Value
		})
		p.Identifiers = append(kept, domain.Know(entry, e))
	case IdentifierMissing:
		p.Missing = domain.Upsert(p.Missing,
			func(k *domain.Known[IdentifierMissing]) bool { return k.Fact.Kind == e.Kind },
			func(k *domain.Known[IdentifierMissing]) { *k = domain.Know(entry, e) })
	case AddressRecorded:
		p.Address = domain.Know(entry, e)
	case EthnicityRecorded:
		p.Ethnicity = domain.Know(entry, e)
	case SexRecorded:
		p.Sex = domain.Know(entry, e)
	case DisabilitiesRecorded:
		p.Disabilities = domain.Know(entry, e)
	case Died:
		p.Died = domain.Know(entry, e)
	}
	return p
}
