// Package capacity is the part of a record that says whether an adult can take
// a decision (Mental Capacity Act 2005), what was decided in the adult's best
// interests where not, and whether depriving the adult of liberty was
// authorised. It never covers a child's liberty: that is package lookedafter.
package capacity

import (
	"slices"

	"caseledger/domain"
)

// ID names an assessment of capacity within its record.
type ID string

// DecisionID names a best-interest decision within its record.
type DecisionID string

// AuthorisationID names an authorisation to deprive of liberty within its
// record, from the request on.
type AuthorisationID string

// Event is one fact about an adult's capacity or liberty.
//
//sumtype:decl
type Event interface {
	domain.Event
	capacityEvent()
}

// Assessed says whether the adult could take one decision on one day.
type Assessed struct {
	domain.Dated
	Assessment ID     `json:"assessment"`
	Decision   string `json:"decision"` // what was to be decided
	Impaired   bool   `json:"impaired,omitzero"`
	// What the adult could do about the decision, with all help given.
	Understands  bool   `json:"understands,omitzero"`
	Retains      bool   `json:"retains,omitzero"`
	Weighs       bool   `json:"weighs,omitzero"`
	Communicates bool   `json:"communicates,omitzero"`
	Help         string `json:"help,omitempty"`
	Capable      bool   `json:"capable,omitzero"` // the conclusion
}

// Decided says what was decided in the adult's best interests.
type Decided struct {
	domain.Dated
	Decision   DecisionID        `json:"decision"`
	Assessment ID                `json:"assessment"`
	Maker      string            `json:"maker"` // who decided: see Decide
	Consulted  []domain.Attendee `json:"consulted,omitempty"`
	Wishes     string            `json:"wishes,omitempty"` // the adult's own, past and present
	Outcome    string            `json:"outcome"`
}

// LibertyRequested says that a hospital or care home asked for authority to
// deprive the adult of liberty.
type LibertyRequested struct {
	domain.Dated
	Authorisation AuthorisationID `json:"authorisation"`
	Place         string          `json:"place"`
	// UrgentUntil is the last day of an urgent authorisation that the place gave
	// itself.
	UrgentUntil domain.Date `json:"urgentUntil,omitzero"`
	// DecideBy is the last day in time for a decision.
	DecideBy domain.Date `json:"decideBy,omitzero"`
}

// LibertyDecided says whether a standard authorisation was given.
type LibertyDecided struct {
	domain.Dated
	Authorisation AuthorisationID `json:"authorisation"`
	Granted       bool            `json:"granted,omitzero"`
	Assessment    ID              `json:"assessment,omitempty"`
	Until         domain.Date     `json:"until,omitzero"`
	Conditions    []string        `json:"conditions,omitempty"`
}

// LibertyEnded says that an authorisation no longer holds.
type LibertyEnded struct {
	domain.Dated
	Authorisation AuthorisationID `json:"authorisation"`
	Reason        string          `json:"reason"`
}

func (e Assessed) About() string { return "capacity/" + string(e.Assessment) }
func (e Decided) About() string  { return "best-interest/" + string(e.Decision) }
func (e LibertyRequested) About() string {
	return "deprivation-of-liberty/" + string(e.Authorisation)
}
func (e LibertyDecided) About() string { return "deprivation-of-liberty/" + string(e.Authorisation) }
func (e LibertyEnded) About() string   { return "deprivation-of-liberty/" + string(e.Authorisation) }

func (Assessed) capacityEvent()         {}
func (Decided) capacityEvent()          {}
func (LibertyRequested) capacityEvent() {}
func (LibertyDecided) capacityEvent()   {}
func (LibertyEnded) capacityEvent()     {}

// Authorisation is what is known of one authorisation.
type Authorisation struct {
	ID        AuthorisationID
	Requested domain.Known[LibertyRequested]
	Decided   domain.Known[LibertyDecided]
	Ended     domain.Known[LibertyEnded]
}

// Waits reports whether the request waits for a decision.
func (a Authorisation) Waits() bool {
	return !a.Requested.IsZero() && a.Decided.IsZero() && a.Ended.IsZero()
}

// Granted reports whether the adult may be deprived of liberty, as far as no
// end is on the record.
func (a Authorisation) Granted() bool { return a.Decided.Fact.Granted && a.Ended.IsZero() }

// Capacity is the assessments, decisions and authorisations of one record.
type Capacity struct {
	Assessments    []domain.Known[Assessed]
	Decisions      []domain.Known[Decided]
	Authorisations []Authorisation
}

// Find returns the assessment with the id, or none.
func (cs Capacity) Find(id ID) domain.Known[Assessed] {
	if i := slices.IndexFunc(cs.Assessments, func(k domain.Known[Assessed]) bool { return k.Fact.Assessment == id }); i >= 0 {
		return cs.Assessments[i]
	}
	return domain.Known[Assessed]{}
}

// FindAuthorisation returns the authorisation with the id, or one about which
// nothing is known.
func (cs Capacity) FindAuthorisation(id AuthorisationID) Authorisation {
	if i := slices.IndexFunc(cs.Authorisations, func(a Authorisation) bool { return a.ID == id }); i >= 0 {
		return cs.Authorisations[i]
	}
	return Authorisation{ID: id}
}

// Evolve returns the capacity with one more fact.
func (cs Capacity) Evolve(entry uint64, e Event) Capacity {
	switch e := e.(type) {
	case Assessed:
		cs.Assessments = domain.Upsert(cs.Assessments,
			func(k *domain.Known[Assessed]) bool { return k.Fact.Assessment == e.Assessment },
			func(k *domain.Known[Assessed]) { *k = domain.Know(entry, e) })
	case Decided:
		cs.Decisions = domain.Upsert(cs.Decisions,
			func(k *domain.Known[Decided]) bool { return k.Fact.Decision == e.Decision },
			func(k *domain.Known[Decided]) { *k = domain.Know(entry, e) })
	case LibertyRequested:
		return cs.with(e.Authorisation, func(a *Authorisation) { a.Requested = domain.Know(entry, e) })
	case LibertyDecided:
		return cs.with(e.Authorisation, func(a *Authorisation) { a.Decided = domain.Know(entry, e) })
	case LibertyEnded:
		return cs.with(e.Authorisation, func(a *Authorisation) { a.Ended = domain.Know(entry, e) })
	}
	return cs
}

func (cs Capacity) with(id AuthorisationID, change func(*Authorisation)) Capacity {
	cs.Authorisations = domain.Upsert(cs.Authorisations,
		func(a *Authorisation) bool { return a.ID == id },
		func(a *Authorisation) { a.ID = id; change(a) })
	return cs
}
