package health

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// Assess records that a health assessment was held.
type Assess struct {
	domain.Dated
	Assessment ID `json:"assessment" validate:"required,max=64,printascii"`
}

// CheckTeeth records that a dentist checked the child's teeth.
type CheckTeeth struct {
	domain.Dated
	Check ID `json:"check" validate:"required,max=64,printascii"`
}

// Immunise records whether the child's immunisations were found up to date.
type Immunise struct {
	domain.Dated
	Check    ID   `json:"check" validate:"required,max=64,printascii"`
	UpToDate bool `json:"upToDate"`
}

// CheckDevelopment records that a young child's development was checked.
type CheckDevelopment struct {
	domain.Dated
	Check ID `json:"check" validate:"required,max=64,printascii"`
}

// ScoreDifficulties records the score of the questionnaire on strengths and
// difficulties, or why there is none.
type ScoreDifficulties struct {
	domain.Dated
	Check  ID     `json:"check" validate:"required,max=64,printascii"`
	Score  *int   `json:"score,omitempty" validate:"omitempty,min=0,max=40"`
	Reason string `json:"reason,omitempty" validate:"omitempty,code=sdq-reason"`
}

// Convict records a conviction or a youth caution.
type Convict struct {
	domain.Dated
	Conviction ID `json:"conviction" validate:"required,max=64,printascii"`
}

// FindMisuse records that a problem of substance misuse was found.
type FindMisuse struct {
	domain.Dated
	Finding ID `json:"finding" validate:"required,max=64,printascii"`
}

// OfferIntervention records that help was offered, and whether it was taken.
type OfferIntervention struct {
	domain.Dated
	Finding  ID   `json:"finding" validate:"required,max=64,printascii"`
	Received bool `json:"received"`
}

// StateOutcomes records what a return of a year answers.
type StateOutcomes struct {
	domain.Dated
	Year                 int    `json:"year" validate:"required,min=1990,max=9999"`
	Score                string `json:"score,omitempty" validate:"omitempty,max=2,printascii"`
	ScoreReason          string `json:"scoreReason,omitempty" validate:"omitempty,code=sdq-reason"`
	Convicted            string `json:"convicted,omitempty" validate:"omitempty,oneof=0 1"`
	DevelopmentChecked   string `json:"developmentChecked,omitempty" validate:"omitempty,oneof=0 1"`
	Immunised            string `json:"immunised,omitempty" validate:"omitempty,oneof=0 1"`
	TeethChecked         string `json:"teethChecked,omitempty" validate:"omitempty,oneof=0 1"`
	Assessed             string `json:"assessed,omitempty" validate:"omitempty,oneof=0 1"`
	Misuse               string `json:"misuse,omitempty" validate:"omitempty,oneof=0 1"`
	InterventionReceived string `json:"interventionReceived,omitempty" validate:"omitempty,oneof=0 1"`
	InterventionOffered  string `json:"interventionOffered,omitempty" validate:"omitempty,oneof=0 1"`
}

// The ages in months at which the rules change.
const (
	five = 5 * 12  // health assessments become yearly
	ten  = 10 * 12 // the age of criminal responsibility (Children and Young Persons Act 1963 section 16)
)

// Assess decides on a health assessment: the next is due in six months, from
// the age of five in twelve.
func (h Health) Assess(a Assess, born domain.Date, p policy.Pack) ([]domain.Event, error) {
	clock := policy.HealthAssessmentUnderFive
	if FromFive(born, a.Happened) {
		clock = policy.HealthAssessmentFromFive
	}
	by, _ := p.Due(clock, a.Happened)
	return []domain.Event{Assessed{Dated: a.Dated, Assessment: a.Assessment, NextBy: by}},
		domain.Refuse(once(h.Assessments, Assessed{Assessment: a.Assessment}))
}

// FromFive reports whether a child born on a day was five or over on another: from
// then on health is assessed once a year.
func FromFive(born, day domain.Date) bool {
	return !born.IsZero() && !day.Before(born.AddMonths(five))
}

// CheckTeeth decides on a check of teeth.
func (h Health) CheckTeeth(c CheckTeeth) ([]domain.Event, error) {
	e := TeethChecked{Dated: c.Dated, Check: c.Check}
	return []domain.Event{e}, domain.Refuse(once(h.Teeth, e))
}

// Immunise decides on immunisations.
func (h Health) Immunise(i Immunise) ([]domain.Event, error) {
	e := Immunised{Dated: i.Dated, Check: i.Check, UpToDate: i.UpToDate}
	return []domain.Event{e}, domain.Refuse(once(h.Immunised, e))
}

// CheckDevelopment decides on a check of development.
func (h Health) CheckDevelopment(c CheckDevelopment) ([]domain.Event, error) {
	e := DevelopmentChecked{Dated: c.Dated, Check: c.Check}
	return []domain.Event{e}, domain.Refuse(once(h.Development, e))
}

// ScoreDifficulties decides on a score.
func (h Health) ScoreDifficulties(s ScoreDifficulties) ([]domain.Event, error) {
	e := DifficultiesScored{Dated: s.Dated, Check: s.Check, Score: s.Score, Reason: s.Reason}
	return []domain.Event{e}, domain.Refuse(once(h.Scores, e), scoreOrReason(s.Score != nil, s.Reason != ""))
}

// Convict decides on a conviction.
func (h Health) Convict(c Convict, born domain.Date) ([]domain.Event, error) {
	e := Convicted{Dated: c.Dated, Conviction: c.Conviction}
	return []domain.Event{e}, domain.Refuse(once(h.Convictions, e),
		domain.Rule{Name: "convicted-under-ten", Broken: !born.IsZero() && !c.Happened.IsZero() && c.Happened.Before(born.AddMonths(ten)),
			Reason: "A child under ten cannot be convicted."})
}

// FindMisuse decides on a finding of substance misuse.
func (h Health) FindMisuse(f FindMisuse) ([]domain.Event, error) {
	return []domain.Event{MisuseFound{Dated: f.Dated, Finding: f.Finding}}, domain.Refuse(
		domain.Rule{Name: "misuse-already-found", Broken: !h.find(f.Finding).Found.IsZero(),
			Reason: "A finding with this id is already on the record."})
}

// OfferIntervention decides on help that was offered.
func (h Health) OfferIntervention(o OfferIntervention) ([]domain.Event, error) {
	found := h.find(o.Finding).Found
	return []domain.Event{InterventionOffered{Dated: o.Dated, Finding: o.Finding, Received: o.Received}}, domain.Refuse(
		domain.Rule{Name: "misuse-unknown", Broken: found.IsZero(), Reason: "No finding of substance misuse with this id is on the record."},
		domain.Rule{Name: "before-misuse-found", Broken: !found.IsZero() && !o.Happened.IsZero() && o.Happened.Before(found.Fact.Happened),
			Reason: "The day lies before the finding of substance misuse."})
}

// StateOutcomes decides on the answers of a year. A later return of the same
// year states them anew.
func (h Health) StateOutcomes(s StateOutcomes) ([]domain.Event, error) {
	e := OutcomesStated{Dated: s.Dated, Year: s.Year, Score: s.Score, ScoreReason: s.ScoreReason, Convicted: s.Convicted,
		DevelopmentChecked: s.DevelopmentChecked, Immunised: s.Immunised, TeethChecked: s.TeethChecked, Assessed: s.Assessed,
		Misuse: s.Misuse, InterventionReceived: s.InterventionReceived, InterventionOffered: s.InterventionOffered}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "score-or-reason", Broken: s.Score != "" && s.ScoreReason != "",
			Reason: "There is a score of strengths and difficulties, or a reason for none, and not both."},
		domain.Rule{Name: "intervention-without-misuse", Broken: s.Misuse != "1" && (s.InterventionReceived != "" || s.InterventionOffered != ""),
			Reason: "Without a problem of substance misuse no intervention is offered or received."},
		domain.Rule{Name: "intervention-received-and-offered", Broken: s.InterventionReceived == "1" && s.InterventionOffered != "",
			Reason: "Whether an intervention was offered is asked only where none was received."})
}

func scoreOrReason(score, reason bool) domain.Rule {
	return domain.Rule{Name: "score-or-reason", Broken: score == reason,
		Reason: "There is a score of strengths and difficulties, or a reason for none, and not both."}
}

// once is the rule that a check is recorded once.
func once[E Event](all []domain.Known[E], one E) domain.Rule {
	known := false
	for _, k := range all {
		known = known || k.Fact.About() == one.About()
	}
	return domain.Rule{Name: "health-already-recorded", Broken: known, Reason: "A check, assessment or conviction with this id is already on the record."}
}

func (h Health) find(id ID) Misuse {
	for _, m := range h.Misuse {
		if m.ID == id {
			return m
		}
	}
	return Misuse{ID: id}
}
