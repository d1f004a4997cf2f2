// Package assessment is the part of a record that says what was found out
// about the child's needs. It never decides on services.
package assessment

import (
	"caseledger/domain"
	"caseledger/domain/referral"
)

// ID names an assessment within its record.
type ID string

// Event is one fact about an assessment.
//
//sumtype:decl
type Event interface {
	domain.Event
	assessmentEvent()
}

// Started says that an assessment began.
type Started struct {
	domain.Dated
	Assessment ID          `json:"assessment"`
	Referral   referral.ID `json:"referral"`
	// CompleteBy is the last day in time, by the rules of the day it began.
	CompleteBy domain.Date `json:"completeBy,omitzero"`
}

// Reviewed says that a manager looked at the assessment before its end.
type Reviewed struct {
	domain.Dated
	Assessment ID `json:"assessment"`
}

// Completed says that a manager authorised the assessment, and which factors
// it found.
type Completed struct {
	domain.Dated
	Assessment ID       `json:"assessment"`
	Factors    []string `json:"factors"` // code set assessment-factor
}

func (e Started) About() string   { return "assessment/" + string(e.Assessment) }
func (e Reviewed) About() string  { return "assessment/" + string(e.Assessment) }
func (e Completed) About() string { return "assessment/" + string(e.Assessment) }

func (Started) assessmentEvent()   {}
func (Reviewed) assessmentEvent()  {}
func (Completed) assessmentEvent() {}

// Assessment is what is known of one assessment.
type Assessment struct {
	ID        ID
	Started   domain.Known[Started]
	Reviewed  domain.Known[Reviewed]
	Completed domain.Known[Completed]
}

// Open reports whether the assessment goes on.
func (a Assessment) Open() bool { return !a.Started.IsZero() && a.Completed.IsZero() }

// Assessments are the assessments of one record, in the order of their
// beginning.
type Assessments []Assessment

// Find returns the assessment with the id, or one about which nothing is known.
func (as Assessments) Find(id ID) Assessment {
	for _, a := range as {
		if a.ID == id {
			return a
		}
	}
	return Assessment{ID: id}
}

// OpenUnder reports whether an assessment under the referral goes on.
func (as Assessments) OpenUnder(r referral.ID) bool {
	for _, a := range as {
		if a.Started.Fact.Referral == r && a.Open() {
			return true
		}
	}
	return false
}

// Evolve returns the assessments with one more fact.
func (as Assessments) Evolve(entry uint64, e Event) Assessments {
	switch e := e.(type) {
	case Started:
		return as.with(e.Assessment, func(a *Assessment) { a.Started = domain.Know(entry, e) })
	case Reviewed:
		return as.with(e.Assessment, func(a *Assessment) { a.Reviewed = domain.Know(entry, e) })
	case Completed:
		return as.with(e.Assessment, func(a *Assessment) { a.Completed = domain.Know(entry, e) })
	}
	return as
}

func (as Assessments) with(id ID, change func(*Assessment)) Assessments {
	return domain.Upsert(as,
		func(a *Assessment) bool { return a.ID == id },
		func(a *Assessment) { a.ID = id; change(a) })
}
