package assessment

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

// noFactors is the factor that may only stand alone.
const noFactors = "21"

// Start begins an assessment under a referral.
type Start struct {
	domain.Dated
	Assessment ID          `json:"assessment" validate:"required,max=64,printascii"`
	Referral   referral.ID `json:"referral" validate:"required,max=64,printascii"`
}

// Review records a manager's look at the assessment before its end.
type Review struct {
	domain.Dated
	Assessment ID `json:"assessment" validate:"required,max=64,printascii"`
}

// Complete records a manager's authorisation.
type Complete struct {
	domain.Dated
	Assessment ID       `json:"assessment" validate:"required,max=64,printascii"`
	Factors    []string `json:"factors" validate:"required,min=1,max=60,unique,dive,code=assessment-factor"`
}

// Start decides on a new assessment. Its clock runs from the referral
// (Working Together: 45 working days from the point of referral).
func (as Assessments) Start(c Start, under referral.Referral, p policy.Pack) ([]domain.Event, error) {
	from := under.Received.Fact.Happened
	if from.IsZero() {
		from = c.Happened
	}
	by, _ := p.Due(policy.Assessment, from)
	return []domain.Event{Started{Dated: c.Dated, Assessment: c.Assessment, Referral: c.Referral, CompleteBy: by}},
		domain.Refuse(append(under.Active(c.Happened),
			domain.Rule{Name: "assessment-already-started", Broken: !as.Find(c.Assessment).Started.IsZero(),
				Reason: "An assessment with this id is already on the record."})...)
}

// Review decides on a manager's look. One that was had before the assessment
// was completed may be written down afterwards.
func (as Assessments) Review(c Review) ([]domain.Event, error) {
	a := as.Find(c.Assessment)
	return []domain.Event{Reviewed{Dated: c.Dated, Assessment: c.Assessment}},
		domain.Refuse(append(a.begun(c.Happened),
			domain.Rule{Name: "assessment-already-completed", Broken: !a.Completed.IsZero() && c.Happened.After(a.Completed.Fact.Happened),
				Reason: "The assessment was completed before that day."})...)
}

// Complete decides on the authorisation.
func (as Assessments) Complete(c Complete) ([]domain.Event, error) {
	a := as.Find(c.Assessment)
	return []domain.Event{Completed{Dated: c.Dated, Assessment: c.Assessment, Factors: c.Factors}},
		domain.Refuse(append(a.begun(c.Happened),
			domain.Rule{Name: "assessment-already-completed", Broken: !a.Completed.IsZero(),
				Reason: "The assessment is already completed."},
			domain.Rule{Name: "no-factors-alone", Broken: len(c.Factors) > 1 && slices.Contains(c.Factors, noFactors),
				Reason: "Factor 21 (no factors identified) cannot stand beside another factor."})...)
}

func (a Assessment) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "assessment-unknown", Broken: a.Started.IsZero(), Reason: "No assessment with this id is on the record."},
		{Name: "before-assessment", Broken: !a.Started.IsZero() && !on.IsZero() && on.Before(a.Started.Fact.Happened),
			Reason: "The day lies before the start of the assessment."},
	}
}
