package needs

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Ask records a request for support.
type Ask struct {
	domain.Dated
	Request RequestID `json:"supportRequest" validate:"required,max=64,printascii"`
	Of      string    `json:"of" validate:"required,oneof=needs carer"`
	Route   string    `json:"route" validate:"required,code=route-of-access"`
	Wanted  string    `json:"wanted,omitempty" validate:"max=20000"`
}

// DecideRequest records what came of a request.
type DecideRequest struct {
	domain.Dated
	Request RequestID `json:"supportRequest" validate:"required,max=64,printascii"`
	Outcome string    `json:"outcome" validate:"required,code=adult-outcome"`
	Reason  string    `json:"reason,omitempty" validate:"max=2000"`
}

// Start begins an assessment. A specialist one names the domains that it goes
// into, a carer's the person cared for.
type Start struct {
	domain.Dated
	Assessment ID              `json:"assessment" validate:"required,max=64,printascii"`
	Request    RequestID       `json:"supportRequest,omitempty" validate:"omitempty,max=64,printascii"`
	Of         string          `json:"of" validate:"required,oneof=needs carer"`
	Level      string          `json:"level" validate:"required,oneof=contact overview specialist comprehensive"`
	Domains    []string        `json:"domains,omitempty" validate:"max=30,unique,dive,code=assessment-domain"`
	CaresFor   domain.RecordID `json:"caresFor,omitempty" validate:"omitempty,len=32,hexadecimal"`
}

// Answer records what is known on a question: the answer, or why none was
// given.
type Answer struct {
	domain.Dated
	Question   string `json:"question" validate:"required,code=assessment-question"`
	Assessment ID     `json:"assessment" validate:"required,max=64,printascii"`
	Source     string `json:"source" validate:"required,oneof=person carer family professional observation record"`
	Answer     string `json:"answer,omitempty" validate:"max=20000"`
	NotGiven   string `json:"notGiven,omitempty" validate:"omitempty,oneof=declined not-known does-not-apply"`
}

// Complete ends an assessment.
type Complete struct {
	domain.Dated
	Assessment ID     `json:"assessment" validate:"required,max=64,printascii"`
	Reason     string `json:"supportReason" validate:"required,code=support-reason"`
	Outcome    string `json:"outcome" validate:"required,code=adult-outcome"`
}

// DecideEligibility records the findings on which eligibility turns. Whether
// the person is eligible follows from them.
type DecideEligibility struct {
	domain.Dated
	Assessment   ID       `json:"assessment" validate:"required,max=64,printascii"`
	Cause        bool     `json:"cause,omitzero"`
	Unable       []string `json:"unable,omitempty" validate:"max=20,unique,dive,required,max=64,printascii"`
	HealthAtRisk bool     `json:"healthAtRisk,omitzero"`
	Impact       bool     `json:"impact,omitzero"`
}

// Ask decides on a request. It is to be decided in the time that the authority
// has set itself.
func (n Needs) Ask(c Ask, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.SupportRequest, c.Happened)
	e := Requested{Dated: c.Dated, Request: c.Request, Of: c.Of, Route: c.Route, Wanted: c.Wanted, DecideBy: by}
	return []domain.Event{e}, domain.Refuse(domain.Rule{Name: "support-already-requested", Broken: !n.FindRequest(c.Request).Requested.IsZero(),
		Reason: "A request with this id is already on the record."})
}

// DecideRequest decides on what came of a request.
func (n Needs) DecideRequest(c DecideRequest) ([]domain.Event, error) {
	q := n.FindRequest(c.Request)
	return []domain.Event{RequestDecided{Dated: c.Dated, Request: c.Request, Outcome: c.Outcome, Reason: c.Reason}},
		domain.Refuse(append(q.begun(c.Happened), domain.Rule{Name: "support-request-already-decided", Broken: !q.Decided.IsZero(),
			Reason: "A decision on this request is already on the record."})...)
}

func (q Request) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "support-request-unknown", Broken: q.Requested.IsZero(), Reason: "No request for support with this id is on the record."},
		{Name: "before-support-request", Broken: !q.Requested.IsZero() && !on.IsZero() && on.Before(q.Requested.Fact.Happened),
			Reason: "The day lies before the request for support."},
	}
}

// Start decides on a new assessment.
func (n Needs) Start(c Start, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.AdultAssessment, c.Happened)
	e := Started{Dated: c.Dated, Assessment: c.Assessment, Request: c.Request, Of: c.Of, Level: c.Level, Domains: c.Domains, CaresFor: c.CaresFor, CompleteBy: by}
	rules := []domain.Rule{
		{Name: "adult-assessment-already-started", Broken: !n.Find(c.Assessment).Started.IsZero(),
			Reason: "An assessment of the adult with this id is already on the record."},
		{Name: "specialist-without-domain", Broken: (c.Level == Specialist) != (len(c.Domains) > 0),
			Reason: "A specialist assessment, and no other, names the domains that it goes into."},
		{Name: "cares-for-nobody", Broken: (c.Of == OfCarer) != (c.CaresFor != ""),
			Reason: "A carer's assessment, and no other, names the record of the person cared for."},
	}
	if c.Request != "" {
		rules = append(rules, n.FindRequest(c.Request).begun(c.Happened)...)
	}
	return []domain.Event{e}, domain.Refuse(rules...)
}

// Answer decides on an answer. What the record knows already is not stated
// again: it is carried, with its source and day, into every later assessment.
func (n Needs) Answer(c Answer) ([]domain.Event, error) {
	known := n.KnownOn(c.Question)
	e := Answered{Dated: c.Dated, Question: c.Question, Assessment: c.Assessment, Source: c.Source, Answer: c.Answer, NotGiven: c.NotGiven}
	return []domain.Event{e}, domain.Refuse(append(n.Find(c.Assessment).active(c.Happened),
		domain.Rule{Name: "answer-or-reason", Broken: (c.Answer == "") == (c.NotGiven == ""),
			Reason: "There is an answer, or a reason for none, and not both."},
		domain.Rule{Name: "answer-already-known", Broken: !known.IsZero() && known.Fact.Answer == c.Answer && known.Fact.NotGiven == c.NotGiven,
			Reason: "The record knows this answer already: only one that has changed is recorded again."})...)
}

// ToAsk returns the questions of an assessment that nobody has answered yet, on
// a day: what an earlier one found out is not asked again.
func (n Needs) ToAsk(a Assessment, on domain.Date) []string {
	var open []string
	for _, q := range policy.Codes(policy.AssessmentQuestion, on) {
		if a.Started.Fact.asks(q.Code, on) && n.KnownOn(q.Code).IsZero() {
			open = append(open, q.Code)
		}
	}
	return open
}

// asks reports whether an assessment of this level asks a question: a contact
// asks all but the domains, a specialist the domains that were named, the
// others everything.
func (s Started) asks(question string, on domain.Date) bool {
	switch s.Level {
	case Contact:
		return !policy.Valid(policy.AssessmentDomain, question, on)
	case Specialist:
		return slices.Contains(s.Domains, question)
	}
	return true
}

// Complete decides on the end of an assessment.
func (n Needs) Complete(c Complete) ([]domain.Event, error) {
	a := n.Find(c.Assessment)
	return []domain.Event{Completed{Dated: c.Dated, Assessment: c.Assessment, Reason: c.Reason, Outcome: c.Outcome}},
		domain.Refuse(append(a.active(c.Happened),
			domain.Rule{Name: "adult-assessment-already-completed", Broken: !a.Completed.IsZero(),
				Reason: "The assessment is already completed."},
			domain.Rule{Name: "questions-open", Broken: !a.Started.IsZero() && len(n.ToAsk(a, c.Happened)) > 0,
				Reason: "A question of this level has neither an answer nor a reason for none."},
			domain.Rule{Name: "comprehensive-without-specialist", Broken: a.Started.Fact.Level == Comprehensive && !n.specialised(c.Happened),
				Reason: "A comprehensive assessment rests on a specialist one that is completed."})...)
}

func (n Needs) specialised(by domain.Date) bool {
	return slices.ContainsFunc(n.Assessments, func(a Assessment) bool {
		return a.Started.Fact.Level == Specialist && !a.Completed.IsZero() && (by.IsZero() || !a.Completed.Fact.Happened.After(by))
	})
}

// DecideEligibility decides by the nation's criteria of the day.
func (n Needs) DecideEligibility(c DecideEligibility, p policy.Pack) ([]domain.Event, error) {
	a := n.Find(c.Assessment)
	of := a.Started.Fact.Of
	criteria, known := p.Eligibility(of, c.Happened)
	enough := len(c.Unable) >= criteria.Outcomes || of == OfCarer && c.HealthAtRisk
	e := EligibilityDecided{Dated: c.Dated, Assessment: c.Assessment, Cause: c.Cause, Unable: c.Unable, HealthAtRisk: c.HealthAtRisk, Impact: c.Impact,
		Eligible: known && c.Cause && enough && c.Impact}
	return []domain.Event{e}, domain.Refuse(append(a.begun(c.Happened),
		domain.Rule{Name: "eligibility-already-decided", Broken: !a.Eligibility.IsZero(),
			Reason: "A decision on eligibility after this assessment is already on the record."},
		domain.Rule{Name: "no-criteria-of-eligibility", Broken: !a.Started.IsZero() && !known,
			Reason: "No criteria of eligibility are known for that day."},
		domain.Rule{Name: "outcome-unknown", Broken: !a.Started.IsZero() && !outcomes(of, c.Unable, c.Happened),
			Reason: "An outcome is not one of those by which the eligibility of an adult, or of a carer, is judged."})...)
}

func outcomes(of string, unable []string, on domain.Date) bool {
	set := policy.CareActOutcome
	if of == OfCarer {
		set = policy.CarerOutcome
	}
	return !slices.ContainsFunc(unable, func(code string) bool { return !policy.Valid(set, code, on) })
}

func (a Assessment) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "adult-assessment-unknown", Broken: a.Started.IsZero(), Reason: "No assessment of the adult with this id is on the record."},
		{Name: "before-adult-assessment", Broken: !a.Started.IsZero() && !on.IsZero() && on.Before(a.Started.Fact.Happened),
			Reason: "The day lies before the start of the assessment."},
	}
}

func (a Assessment) active(on domain.Date) []domain.Rule {
	return append(a.begun(on), domain.Rule{Name: "adult-assessment-not-active", Broken: !a.Completed.IsZero() && on.After(a.Completed.Fact.Happened),
		Reason: "The assessment was completed before that day."})
}
