// Package health is the part of a record on the health and well-being of a
// looked-after child, as far as the authority answers for it: assessments,
// teeth, immunisations, development, the score of strengths and difficulties,
// convictions, and substance misuse. It never holds medical findings.
package health

import (
	"strconv"

	"caseledger/domain"
)

// ID names a check, conviction or finding within its record.
type ID string

// Event is one fact about a child's health and well-being.
//
//sumtype:decl
type Event interface {
	domain.Event
	healthEvent()
}

// Assessed says that a health assessment was held.
type Assessed struct {
	domain.Dated
	Assessment ID `json:"assessment"`
	// NextBy is the last day in time for the next one.
	NextBy domain.Date `json:"nextBy,omitzero"`
}

// TeethChecked says that a dentist checked the child's teeth.
type TeethChecked struct {
	domain.Dated
	Check ID `json:"check"`
}

// Immunised says whether the child's immunisations were found up to date.
type Immunised struct {
	domain.Dated
	Check    ID   `json:"check"`
	UpToDate bool `json:"upToDate"`
}

// DevelopmentChecked says that a young child's development was checked.
type DevelopmentChecked struct {
	domain.Dated
	Check ID `json:"check"`
}

// DifficultiesScored says the score of the questionnaire on strengths and
// difficulties, or why there is none.
type DifficultiesScored struct {
	domain.Dated
	Check  ID     `json:"check"`
	Score  *int   `json:"score,omitempty"`  // 0 to 40
	Reason string `json:"reason,omitempty"` // code set sdq-reason
}

// Convicted says that the child was convicted of an offence, or given a youth
// caution.
type Convicted struct {
	domain.Dated
	Conviction ID `json:"conviction"`
}

// MisuseFound says that the child was found to have a problem of substance
// misuse.
type MisuseFound struct {
	domain.Dated
	Finding ID `json:"finding"`
}

// InterventionOffered says that help against substance misuse was offered, and
// whether the child took it.
type InterventionOffered struct {
	domain.Dated
	Finding  ID   `json:"finding"`
	Received bool `json:"received"`
}

// OutcomesStated says what a return of a year answers about the child's health
// and well-being, word for word. Days of single checks are not in it.
type OutcomesStated struct {
	domain.Dated
	Year                 int    `json:"year"`
	Score                string `json:"score,omitempty"`
	ScoreReason          string `json:"scoreReason,omitempty"` // code set sdq-reason
	Convicted            string `json:"convicted,omitempty"`   // 0, 1
	DevelopmentChecked   string `json:"developmentChecked,omitempty"`
	Immunised            string `json:"immunised,omitempty"`
	TeethChecked         string `json:"teethChecked,omitempty"`
	Assessed             string `json:"assessed,omitempty"`
	Misuse               string `json:"misuse,omitempty"`
	InterventionReceived string `json:"interventionReceived,omitempty"`
	InterventionOffered  string `json:"interventionOffered,omitempty"`
}

func (e Assessed) About() string            { return "health-assessment/" + string(e.Assessment) }
func (e TeethChecked) About() string        { return "health-check/" + string(e.Check) }
func (e Immunised) About() string           { return "health-check/" + string(e.Check) }
func (e DevelopmentChecked) About() string  { return "health-check/" + string(e.Check) }
func (e DifficultiesScored) About() string  { return "health-check/" + string(e.Check) }
func (e Convicted) About() string           { return "conviction/" + string(e.Conviction) }
func (e MisuseFound) About() string         { return "substance-misuse/" + string(e.Finding) }
func (e InterventionOffered) About() string { return "substance-misuse/" + string(e.Finding) }
func (e OutcomesStated) About() string      { return "outcomes/" + strconv.Itoa(e.Year) }

func (Assessed) healthEvent()            {}
func (TeethChecked) healthEvent()        {}
func (Immunised) healthEvent()           {}
func (DevelopmentChecked) healthEvent()  {}
func (DifficultiesScored) healthEvent()  {}
func (Convicted) healthEvent()           {}
func (MisuseFound) healthEvent()         {}
func (InterventionOffered) healthEvent() {}
func (OutcomesStated) healthEvent()      {}

// Misuse is what is known of one problem of substance misuse.
type Misuse struct {
	ID      ID
	Found   domain.Known[MisuseFound]
	Offered domain.Known[InterventionOffered]
}

// Health is all that is known. Lists are in the order of the world.
type Health struct {
	Assessments []domain.Known[Assessed]
	Teeth       []domain.Known[TeethChecked]
	Immunised   []domain.Known[Immunised]
	Development []domain.Known[DevelopmentChecked]
	Scores      []domain.Known[DifficultiesScored]
	Convictions []domain.Known[Convicted]
	Misuse      []Misuse
	Outcomes    []domain.Known[OutcomesStated] // one of each year
}

// LastAssessment returns the latest health assessment.
func (h Health) LastAssessment() domain.Known[Assessed] {
	var last domain.Known[Assessed]
	for _, k := range h.Assessments {
		if !k.Fact.Happened.Before(last.Fact.Happened) {
			last = k
		}
	}
	return last
}

// Evolve returns the health with one more fact.
func (h Health) Evolve(entry uint64, e Event) Health {
	switch e := e.(type) {
	case Assessed:
		h.Assessments = latest(h.Assessments, domain.Know(entry, e))
	case TeethChecked:
		h.Teeth = latest(h.Teeth, domain.Know(entry, e))
	case Immunised:
		h.Immunised = latest(h.Immunised, domain.Know(entry, e))
	case DevelopmentChecked:
		h.Development = latest(h.Development, domain.Know(entry, e))
	case DifficultiesScored:
		h.Scores = latest(h.Scores, domain.Know(entry, e))
	case Convicted:
		h.Convictions = latest(h.Convictions, domain.Know(entry, e))
	case MisuseFound:
		h.Misuse = misuse(h.Misuse, e.Finding, func(m *Misuse) { m.Found = domain.Know(entry, e) })
	case InterventionOffered:
		h.Misuse = misuse(h.Misuse, e.Finding, func(m *Misuse) { m.Offered = domain.Know(entry, e) })
	case OutcomesStated:
		h.Outcomes = latest(h.Outcomes, domain.Know(entry, e))
	}
	return h
}

// latest puts a fact in the place of an earlier one about the same thing.
func latest[E Event](all []domain.Known[E], one domain.Known[E]) []domain.Known[E] {
	return domain.Upsert(all,
		func(k *domain.Known[E]) bool { return k.Fact.About() == one.Fact.About() },
		func(k *domain.Known[E]) { *k = one })
}

func misuse(all []Misuse, id ID, change func(*Misuse)) []Misuse {
	return domain.Upsert(all,
		func(m *Misuse) bool { return m.ID == id },
		func(m *Misuse) { m.ID = id; change(m) })
}
