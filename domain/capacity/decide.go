package capacity

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

const adultAge = 18 * 12 // in months: Mental Capacity Act 2005 schedule A1 paragraph 13

// Assess records an assessment of capacity for one decision. Whether the adult
// can take it follows from the findings.
type Assess struct {
	domain.Dated
	Assessment   ID     `json:"assessment" validate:"required,max=64,printascii"`
	Decision     string `json:"decision" validate:"required,max=2000"`
	Impaired     bool   `json:"impaired,omitzero"`
	Understands  bool   `json:"understands,omitzero"`
	Retains      bool   `json:"retains,omitzero"`
	Weighs       bool   `json:"weighs,omitzero"`
	Communicates bool   `json:"communicates,omitzero"`
	Help         string `json:"help,omitempty" validate:"max=20000"`
}

// Decide records a decision in the adult's best interests.
type Decide struct {
	domain.Dated
	Decision   DecisionID        `json:"decision" validate:"required,max=64,printascii"`
	Assessment ID                `json:"assessment" validate:"required,max=64,printascii"`
	Maker      string            `json:"maker" validate:"required,oneof=worker clinician attorney deputy court"`
	Consulted  []domain.Attendee `json:"consulted,omitempty" validate:"max=60,dive"`
	Wishes     string            `json:"wishes,omitempty" validate:"max=20000"`
	Outcome    string            `json:"outcome" validate:"required,max=20000"`
}

// RequestLiberty records a request for authority to deprive of liberty.
type RequestLiberty struct {
	domain.Dated
	Authorisation AuthorisationID `json:"authorisation" validate:"required,max=64,printascii"`
	Place         string          `json:"place" validate:"required,max=200"`
	UrgentUntil   domain.Date     `json:"urgentUntil,omitzero"`
}

// DecideLiberty records whether a standard authorisation is given, and on which
// assessment of capacity.
type DecideLiberty struct {
	domain.Dated
	Authorisation AuthorisationID `json:"authorisation" validate:"required,max=64,printascii"`
	Granted       bool            `json:"granted,omitzero"`
	Assessment    ID              `json:"assessment,omitempty" validate:"omitempty,max=64,printascii"`
	Until         domain.Date     `json:"until,omitzero"`
	Conditions    []string        `json:"conditions,omitempty" validate:"max=30,dive,required,max=2000"`
}

// EndLiberty records that an authorisation no longer holds, or that a request
// was withdrawn.
type EndLiberty struct {
	domain.Dated
	Authorisation AuthorisationID `json:"authorisation" validate:"required,max=64,printascii"`
	Reason        string          `json:"reason" validate:"required,oneof=expired replaced not-required moved withdrawn died"`
}

// Assess decides on an assessment: an adult lacks capacity who is impaired and
// therefore cannot do one of the four things (sections 2 and 3 of the Act).
func (cs Capacity) Assess(c Assess) ([]domain.Event, error) {
	able := c.Understands && c.Retains && c.Weighs && c.Communicates
	e := Assessed{Dated: c.Dated, Assessment: c.Assessment, Decision: c.Decision, Impaired: c.Impaired, Understands: c.Understands, Retains: c.Retains,
		Weighs: c.Weighs, Communicates: c.Communicates, Help: c.Help, Capable: able || !c.Impaired}
	return []domain.Event{e}, domain.Refuse(domain.Rule{Name: "capacity-already-assessed", Broken: !cs.Find(c.Assessment).IsZero(),
		Reason: "An assessment of capacity with this id is already on the record."})
}

// Decide decides on a best-interest decision: there is one only where the adult
// cannot decide.
func (cs Capacity) Decide(c Decide) ([]domain.Event, error) {
	known := slices.ContainsFunc(cs.Decisions, func(k domain.Known[Decided]) bool { return k.Fact.Decision == c.Decision })
	e := Decided{Dated: c.Dated, Decision: c.Decision, Assessment: c.Assessment, Maker: c.Maker, Consulted: c.Consulted, Wishes: c.Wishes, Outcome: c.Outcome}
	return []domain.Event{e}, domain.Refuse(append(cs.lacks(c.Assessment, c.Happened),
		domain.Rule{Name: "best-interest-already-decided", Broken: known, Reason: "A best-interest decision with this id is already on the record."})...)
}

// lacks are the rules that an assessment by a day found the adult unable to
// decide.
func (cs Capacity) lacks(id ID, by domain.Date) []domain.Rule {
	a := cs.Find(id)
	return []domain.Rule{
		{Name: "capacity-not-assessed", Broken: a.IsZero(), Reason: "No assessment of capacity with this id is on the record."},
		{Name: "before-capacity-assessment", Broken: !a.IsZero() && !by.IsZero() && by.Before(a.Fact.Happened),
			Reason: "The day lies before the assessment of capacity."},
		{Name: "adult-can-decide", Broken: !a.IsZero() && a.Fact.Capable, Reason: "By this assessment the adult can take the decision."},
	}
}

// RequestLiberty decides on a request about an adult born on a day.
func (cs Capacity) RequestLiberty(c RequestLiberty, born domain.Date, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.LibertyDecision, c.Happened)
	limit, limited := p.Due(policy.UrgentAuthorisation, c.Happened)
	e := LibertyRequested{Dated: c.Dated, Authorisation: c.Authorisation, Place: c.Place, UrgentUntil: c.UrgentUntil, DecideBy: by}
	if !c.UrgentUntil.IsZero() && (by.IsZero() || c.UrgentUntil.Before(by)) {
		e.DecideBy = c.UrgentUntil
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "liberty-already-requested", Broken: !cs.FindAuthorisation(c.Authorisation).Requested.IsZero(),
			Reason: "A request for an authorisation with this id is already on the record."},
		domain.Rule{Name: "liberty-of-a-child", Broken: !born.IsZero() && !c.Happened.IsZero() && c.Happened.Before(born.AddMonths(adultAge)),
			Reason: "Nobody under eighteen is deprived of liberty by an authorisation."},
		domain.Rule{Name: "urgent-authorisation-too-long", Broken: limited && c.UrgentUntil.After(limit),
			Reason: "The law does not let an urgent authorisation hold for so long."})
}

// DecideLiberty decides on a standard authorisation.
func (cs Capacity) DecideLiberty(c DecideLiberty, p policy.Pack) ([]domain.Event, error) {
	a := cs.FindAuthorisation(c.Authorisation)
	limit, limited := p.Due(policy.StandardAuthorisation, c.Happened)
	rules := append(a.begun(c.Happened),
		domain.Rule{Name: "liberty-already-decided", Broken: !a.Decided.IsZero(), Reason: "A decision on this request is already on the record."},
		domain.Rule{Name: "liberty-without-end", Broken: c.Granted == c.Until.IsZero(), Reason: "An authorisation that is given, and no other, has a last day."},
		domain.Rule{Name: "liberty-ends-before", Broken: !c.Until.IsZero() && c.Until.Before(c.Happened), Reason: "The last day of the authorisation lies before its first."},
		domain.Rule{Name: "liberty-too-long", Broken: limited && c.Until.After(limit), Reason: "The law does not let a standard authorisation hold for so long."})
	if c.Granted {
		rules = append(rules, cs.lacks(c.Assessment, c.Happened)...)
	}
	e := LibertyDecided{Dated: c.Dated, Authorisation: c.Authorisation, Granted: c.Granted, Assessment: c.Assessment, Until: c.Until, Conditions: c.Conditions}
	return []domain.Event{e}, domain.Refuse(rules...)
}

// EndLiberty decides on the end of an authorisation.
func (cs Capacity) EndLiberty(c EndLiberty) ([]domain.Event, error) {
	a := cs.FindAuthorisation(c.Authorisation)
	return []domain.Event{LibertyEnded{Dated: c.Dated, Authorisation: c.Authorisation, Reason: c.Reason}},
		domain.Refuse(append(a.begun(c.Happened), domain.Rule{Name: "liberty-already-ended", Broken: !a.Ended.IsZero(),
			Reason: "The authorisation has already ended."})...)
}

func (a Authorisation) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "liberty-not-requested", Broken: a.Requested.IsZero(), Reason: "No request for an authorisation with this id is on the record."},
		{Name: "before-liberty-request", Broken: !a.Requested.IsZero() && !on.IsZero() && on.Before(a.Requested.Fact.Happened),
			Reason: "The day lies before the request."},
	}
}
