package transfer

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// Notify records that one authority told the other of a move.
type Notify struct {
	domain.Dated
	Transfer  ID     `json:"transfer" validate:"required,max=64,printascii"`
	Direction string `json:"direction" validate:"required,oneof=in out"`
	Authority string `json:"authorityName" validate:"required,max=200"`
	Plan      string `json:"plan" validate:"required,oneof=protection-plan cin-plan looked-after none"`
	Permanent bool   `json:"permanent,omitzero"`
}

// TakeOver records that the receiving authority has taken responsibility.
type TakeOver struct {
	domain.Dated
	Transfer ID     `json:"transfer" validate:"required,max=64,printascii"`
	Bundle   string `json:"bundle,omitempty" validate:"omitempty,len=64,hexadecimal"`
}

// Decline records that a transfer did not come about.
type Decline struct {
	domain.Dated
	Transfer ID     `json:"transfer" validate:"required,max=64,printascii"`
	Reason   string `json:"reason" validate:"required,max=2000"`
}

// Notify decides on notice of a move.
func (ts Transfers) Notify(c Notify, p policy.Pack) ([]domain.Event, error) {
	e := Notified{Dated: c.Dated, Transfer: c.Transfer, Direction: c.Direction, Authority: c.Authority, Plan: c.Plan, Permanent: c.Permanent}
	if c.Plan == "protection-plan" && c.Permanent {
		e.ConferenceBy, _ = p.Due(policy.TransferConference, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(domain.Rule{Name: "transfer-already-notified", Broken: !ts.Find(c.Transfer).Notified.IsZero(),
		Reason: "A transfer with this id is already on the record."})
}

// TakeOver decides on the taking over of a case.
func (ts Transfers) TakeOver(c TakeOver) ([]domain.Event, error) {
	t := ts.Find(c.Transfer)
	return []domain.Event{TakenOver{Dated: c.Dated, Transfer: c.Transfer, Bundle: c.Bundle}}, domain.Refuse(t.waits(c.Happened)...)
}

// Decline decides on a transfer that did not come about.
func (ts Transfers) Decline(c Decline) ([]domain.Event, error) {
	t := ts.Find(c.Transfer)
	return []domain.Event{Declined{Dated: c.Dated, Transfer: c.Transfer, Reason: c.Reason}}, domain.Refuse(t.waits(c.Happened)...)
}

func (t Transfer) waits(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "transfer-unknown", Broken: t.Notified.IsZero(), Reason: "No transfer with this id is on the record."},
		{Name: "before-transfer", Broken: !t.Notified.IsZero() && !on.IsZero() && on.Before(t.Notified.Fact.Happened),
			Reason: "The day lies before the notice of the move."},
		{Name: "transfer-already-answered", Broken: !t.TakenOver.IsZero() || !t.Declined.IsZero(),
			Reason: "The transfer was already taken over or declined."},
	}
}
