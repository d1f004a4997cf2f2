// Package needs is the part of a record that says what an adult, or a carer,
// asked the authority for, and what was found out: requests for support,
// assessments in the four levels of the Single Assessment Process, what is
// known, and eligibility. It never arranges support: that is package support.
package needs

import (
	"slices"

	"caseledger/domain"
)

// RequestID names a request within its record.
type RequestID string

// ID names an assessment within its record.
type ID string

// The levels of the Single Assessment Process.
const (
	Contact       = "contact"
	Overview      = "overview"
	Specialist    = "specialist"
	Comprehensive = "comprehensive"
)

// Whose needs are judged.
const (
	OfNeeds = "needs" // of an adult for care and support
	OfCarer = "carer" // of somebody who cares for another
)

// Event is one fact about an adult's or carer's needs.
//
//sumtype:decl
type Event interface {
	domain.Event
	needsEvent()
}

// Requested says that somebody asked for support for the adult or carer.
type Requested struct {
	domain.Dated
	Request RequestID `json:"supportRequest"`
	Of      string    `json:"of"`    // needs, carer
	Route   string    `json:"route"` // code set route-of-access
	Wanted  string    `json:"wanted,omitempty"`
	// DecideBy is the last day in time for a decision, where the authority has
	// set itself a clock.
	DecideBy domain.Date `json:"decideBy,omitzero"`
}

// RequestDecided says what came of a request.
type RequestDecided struct {
	domain.Dated
	Request RequestID `json:"supportRequest"`
	Outcome string    `json:"outcome"` // code set adult-outcome
	Reason  string    `json:"reason,omitempty"`
}

// Started says that an assessment of a level began.
type Started struct {
	domain.Dated
	Assessment ID        `json:"assessment"`
	Request    RequestID `json:"supportRequest,omitempty"`
	Of         string    `json:"of"`    // needs, carer
	Level      string    `json:"level"` // contact, overview, specialist, comprehensive
	// Domains are what a specialist goes into: code set assessment-domain.
	Domains []string `json:"domains,omitempty"`
	// CaresFor names the record of the person cared for.
	CaresFor domain.RecordID `json:"caresFor,omitempty"`
	// CompleteBy is the last day in time, where the authority has set itself a
	// clock.
	CompleteBy domain.Date `json:"completeBy,omitzero"`
}

// Answered says what is known on one question of the assessments, who said so,
// and in which assessment it was found out. A later one takes its place.
type Answered struct {
	domain.Dated
	Question   string `json:"question"` // code set assessment-question
	Assessment ID     `json:"assessment"`
	Source     string `json:"source"`           // see Answer
	Answer     string `json:"answer,omitempty"` // "" where NotGiven says why
	NotGiven   string `json:"notGiven,omitempty"`
}

// Completed says that an assessment ended with a finding.
type Completed struct {
	domain.Dated
	Assessment ID     `json:"assessment"`
	Reason     string `json:"supportReason"` // code set support-reason
	Outcome    string `json:"outcome"`       // code set adult-outcome
}

// EligibilityDecided says whether the person is eligible for support, and on
// which findings.
type EligibilityDecided struct {
	domain.Dated
	Assessment ID `json:"assessment"`
	// Cause is whether the needs come from an impairment or illness, or, of a
	// carer, from giving necessary care.
	Cause bool `json:"cause,omitzero"`
	// Unable are the outcomes that the person cannot achieve: code set
	// care-act-outcome, or carer-outcome.
	Unable []string `json:"unable,omitempty"`
	// HealthAtRisk is whether caring puts the carer's health at risk.
	HealthAtRisk bool `json:"healthAtRisk,omitzero"`
	Impact       bool `json:"impact,omitzero"` // on well-being, and significant
	Eligible     bool `json:"eligible,omitzero"`
}

func (e Requested) About() string          { return "support-request/" + string(e.Request) }
func (e RequestDecided) About() string     { return "support-request/" + string(e.Request) }
func (e Started) About() string            { return "adult-assessment/" + string(e.Assessment) }
func (e Answered) About() string           { return "answer/" + e.Question }
func (e Completed) About() string          { return "adult-assessment/" + string(e.Assessment) }
func (e EligibilityDecided) About() string { return "adult-assessment/" + string(e.Assessment) }

func (Requested) needsEvent()          {}
func (RequestDecided) needsEvent()     {}
func (Started) needsEvent()            {}
func (Answered) needsEvent()           {}
func (Completed) needsEvent()          {}
func (EligibilityDecided) needsEvent() {}

// Request is what is known of one request.
type Request struct {
	ID        RequestID
	Requested domain.Known[Requested]
	Decided   domain.Known[RequestDecided]
}

// Open reports whether the request waits for a decision.
func (q Request) Open() bool { return !q.Requested.IsZero() && q.Decided.IsZero() }

// Assessment is what is known of one assessment.
type Assessment struct {
	ID          ID
	Started     domain.Known[Started]
	Completed   domain.Known[Completed]
	Eligibility domain.Known[EligibilityDecided]
}

// Open reports whether the assessment goes on.
func (a Assessment) Open() bool { return !a.Started.IsZero() && a.Completed.IsZero() }

// Needs are the requests and assessments of one record, and what all of them
// together found out.
type Needs struct {
	Requests    []Request
	Assessments []Assessment
	Known       []domain.Known[Answered] // the latest on each question
}

// FindRequest returns the request with the id, or one about which nothing is
// known.
func (n Needs) FindRequest(id RequestID) Request {
	if i := slices.IndexFunc(n.Requests, func(q Request) bool { return q.ID == id }); i >= 0 {
		return n.Requests[i]
	}
	return Request{ID: id}
}

// Find returns the assessment with the id, or one about which nothing is known.
func (n Needs) Find(id ID) Assessment {
	if i := slices.IndexFunc(n.Assessments, func(a Assessment) bool { return a.ID == id }); i >= 0 {
		return n.Assessments[i]
	}
	return Assessment{ID: id}
}

// KnownOn returns what is known on a question.
func (n Needs) KnownOn(question string) domain.Known[Answered] {
	if i := slices.IndexFunc(n.Known, func(k domain.Known[Answered]) bool { return k.Fact.Question == question }); i >= 0 {
		return n.Known[i]
	}
	return domain.Known[Answered]{}
}

// Evolve returns the needs with one more fact.
func (n Needs) Evolve(entry uint64, e Event) Needs {
	switch e := e.(type) {
	case Requested:
		return n.request(e.Request, func(q *Request) { q.Requested = domain.Know(entry, e) })
	case RequestDecided:
		return n.request(e.Request, func(q *Request) { q.Decided = domain.Know(entry, e) })
	case Started:
		return n.assessment(e.Assessment, func(a *Assessment) { a.Started = domain.Know(entry, e) })
	case Answered:
		n.Known = domain.Upsert(n.Known,
			func(k *domain.Known[Answered]) bool { return k.Fact.Question == e.Question },
			func(k *domain.Known[Answered]) { *k = domain.Know(entry, e) })
	case Completed:
		return n.assessment(e.Assessment, func(a *Assessment) { a.Completed = domain.Know(entry, e) })
	case EligibilityDecided:
		return n.assessment(e.Assessment, func(a *Assessment) { a.Eligibility = domain.Know(entry, e) })
	}
	return n
}

func (n Needs) request(id RequestID, change func(*Request)) Needs {
	n.Requests = domain.Upsert(n.Requests,
		func(q *Request) bool { return q.ID == id },
		func(q *Request) { q.ID = id; change(q) })
	return n
}

func (n Needs) assessment(id ID, change func(*Assessment)) Needs {
	n.Assessments = domain.Upsert(n.Assessments,
		func(a *Assessment) bool { return a.ID == id },
		func(a *Assessment) { a.ID = id; change(a) })
	return n
}
