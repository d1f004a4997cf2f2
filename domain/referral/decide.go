package referral

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// Receive records that somebody asked for help.
type Receive struct {
	domain.Dated
	Referral ID     `json:"referral" validate:"required,max=64,printascii"`
	Source   string `json:"source" validate:"required,code=referral-source"`
	Need     string `json:"need,omitempty" validate:"omitempty,code=primary-need"`
}

// Decide records a manager's decision to act.
type Decide struct {
	domain.Dated
	Referral ID     `json:"referral" validate:"required,max=64,printascii"`
	Outcome  string `json:"outcome" validate:"required,oneof=assessment strategy-discussion early-help advice"`
}

// TakeNoFurther records a manager's decision not to act.
type TakeNoFurther struct {
	domain.Dated
	Referral ID     `json:"referral" validate:"required,max=64,printascii"`
	Reason   string `json:"reason,omitempty" validate:"max=500"`
}

// Close records the end of the case.
type Close struct {
	domain.Dated
	Referral ID     `json:"referral" validate:"required,max=64,printascii"`
	Reason   string `json:"reason" validate:"required,code=reason-for-closure"`
}

// Receive decides on a new referral.
func (rs Referrals) Receive(c Receive, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.ReferralDecision, c.Happened)
	received := Received{Dated: c.Dated, Referral: c.Referral, Source: c.Source, Need: c.Need, DecideBy: by}
	return []domain.Event{received}, domain.Refuse(
		domain.Rule{Name: "referral-already-received", Broken: !rs.Find(c.Referral).Received.IsZero(),
			Reason: "A referral with this id is already on the record."})
}

// Decide decides on a manager's decision.
func (rs Referrals) Decide(c Decide) ([]domain.Event, error) {
	r := rs.Find(c.Referral)
	return []domain.Event{Decided{Dated: c.Dated, Referral: c.Referral, Outcome: c.Outcome}},
		domain.Refuse(append(r.begun(c.Happened), r.undecided()...)...)
}

// TakeNoFurther decides on a manager's decision not to act. What is open under
// the referral is given by the caller: whoever turns a referral down while work
// under it goes on would lose sight of the child.
func (rs Referrals) TakeNoFurther(c TakeNoFurther, openWork bool) ([]domain.Event, error) {
	r := rs.Find(c.Referral)
	return []domain.Event{NotTakenFurther{Dated: c.Dated, Referral: c.Referral, Reason: c.Reason}},
		domain.Refuse(append(append(r.begun(c.Happened), r.undecided()...), idle(openWork))...)
}

// Close decides on the end of the case. What must have ended before is given
// by the caller, because it stands in other parts of the record.
func (rs Referrals) Close(c Close, openWork bool) ([]domain.Event, error) {
	r := rs.Find(c.Referral)
	return []domain.Event{Closed{Dated: c.Dated, Referral: c.Referral, Reason: c.Reason}},
		domain.Refuse(append(r.begun(c.Happened),
			domain.Rule{Name: "referral-already-closed", Broken: !r.Closed.IsZero(),
				Reason: "The case that this referral opened is already closed."},
			domain.Rule{Name: "referral-not-taken-further", Broken: !r.NotTakenFurther.IsZero(),
				Reason: "A referral on which no further action was taken has no case to close."},
			idle(openWork))...)
}

func idle(openWork bool) domain.Rule {
	return domain.Rule{Name: "open-work", Broken: openWork,
		Reason: "An assessment, enquiry, plan or care under this referral is still open."}
}

// Active are the rules for work under a referral on a day: it must have been
// received by then and must not have been closed or turned down.
func (r Referral) Active(on domain.Date) []domain.Rule {
	return append(r.begun(on),
		domain.Rule{Name: "referral-closed", Broken: !r.Closed.IsZero() && on.After(r.Closed.Fact.Happened),
			Reason: "The case that this referral opened was closed before that day."},
		domain.Rule{Name: "referral-not-taken-further", Broken: !r.NotTakenFurther.IsZero(),
			Reason: "No further action was taken on this referral, so no work can be recorded under it."})
}

func (r Referral) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "referral-unknown", Broken: r.Received.IsZero(), Reason: "No referral with this id is on the record."},
		{Name: "before-referral", Broken: !r.Received.IsZero() && !on.IsZero() && on.Before(r.Received.Fact.Happened),
			Reason: "The day lies before the referral."},
	}
}

func (r Referral) undecided() []domain.Rule {
	return []domain.Rule{{Name: "referral-already-decided", Broken: !r.Decided.IsZero() || !r.NotTakenFurther.IsZero(),
		Reason: "A decision on this referral is already on the record."}}
}
