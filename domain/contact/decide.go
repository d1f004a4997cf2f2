package contact

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

// becameReferral is the outcome of a contact that became a referral.
const becameReferral = "referral"

// Receive records a contact.
type Receive struct {
	domain.Dated
	Contact   ID     `json:"contact" validate:"required,max=64,printascii"`
	Source    string `json:"source" validate:"required,code=referral-source"`
	Channel   string `json:"channel" validate:"required,oneof=telephone email letter portal in-person other"`
	Concern   string `json:"concern,omitempty" validate:"max=20000"`
	Anonymous bool   `json:"anonymous,omitzero"`
}

// Decide records what was made of a contact. One that became a referral names
// it.
type Decide struct {
	domain.Dated
	Contact  ID          `json:"contact" validate:"required,max=64,printascii"`
	Outcome  string      `json:"outcome" validate:"required,oneof=referral early-help information-and-advice passed-on no-further-action"`
	Referral referral.ID `json:"referral,omitempty" validate:"omitempty,max=64,printascii"`
	Reason   string      `json:"reason,omitempty" validate:"max=2000"`
}

// StartHelp begins early help. Consent is that of the family: without it there
// is no early help, only a referral.
type StartHelp struct {
	domain.Dated
	Help    HelpID `json:"help" validate:"required,max=64,printascii"`
	Contact ID     `json:"contact,omitempty" validate:"omitempty,max=64,printascii"`
	Lead    string `json:"lead" validate:"required,max=100"`
	Aim     string `json:"aim,omitempty" validate:"max=2000"`
	Consent bool   `json:"consent,omitzero"`
}

// ReviewHelp records a review of early help.
type ReviewHelp struct {
	domain.Dated
	Help    HelpID   `json:"help" validate:"required,max=64,printascii"`
	Review  ReviewID `json:"review" validate:"required,max=64,printascii"`
	Outcome string   `json:"outcome" validate:"required,oneof=continue end step-up"`
}

// EndHelp ends early help.
type EndHelp struct {
	domain.Dated
	Help   HelpID `json:"help" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,oneof=aims-reached consent-withdrawn stepped-up moved-away other"`
}

// Receive decides on a contact. It is to be decided in the time that the
// authority has set itself; the nations set none.
func (cs Contacts) Receive(c Receive, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.ContactDecision, c.Happened)
	e := Received{Dated: c.Dated, Contact: c.Contact, Source: c.Source, Channel: c.Channel, Concern: c.Concern, Anonymous: c.Anonymous, DecideBy: by}
	return []domain.Event{e}, domain.Refuse(domain.Rule{Name: "contact-already-received", Broken: !cs.Find(c.Contact).Received.IsZero(),
		Reason: "A contact with this id is already on the record."})
}

// Decide decides on what a contact became. The referral is the one that the
// command names, or one about which nothing is known.
func (cs Contacts) Decide(c Decide, became referral.Referral) ([]domain.Event, error) {
	one := cs.Find(c.Contact)
	e := Decided{Dated: c.Dated, Contact: c.Contact, Outcome: c.Outcome, Referral: c.Referral, Reason: c.Reason}
	return []domain.Event{e}, domain.Refuse(append(one.begun(c.Happened),
		domain.Rule{Name: "contact-already-decided", Broken: !one.Decided.IsZero(), Reason: "A decision on this contact is already on the record."},
		domain.Rule{Name: "contact-names-no-referral", Broken: c.Outcome == becameReferral && became.Received.IsZero(),
			Reason: "A contact that became a referral names one that is on the record."},
		domain.Rule{Name: "contact-is-no-referral", Broken: c.Outcome != becameReferral && c.Referral != "",
			Reason: "Only a contact that became a referral names one."})...)
}

func (c Contact) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "contact-unknown", Broken: c.Received.IsZero(), Reason: "No contact with this id is on the record."},
		{Name: "before-contact", Broken: !c.Received.IsZero() && !on.IsZero() && on.Before(c.Received.Fact.Happened),
			Reason: "The day lies before the contact."},
	}
}

// StartHelp decides on the beginning of early help.
func (cs Contacts) StartHelp(c StartHelp) ([]domain.Event, error) {
	e := HelpStarted{Dated: c.Dated, Help: c.Help, Contact: c.Contact, Lead: c.Lead, Aim: c.Aim}
	rules := []domain.Rule{
		{Name: "early-help-already-started", Broken: !cs.FindHelp(c.Help).Started.IsZero(),
			Reason: "Early help with this id is already on the record."},
		{Name: "early-help-without-consent", Broken: !c.Consent,
			Reason: "Early help is given with the family's consent."}}
	if c.Contact != "" {
		rules = append(rules, cs.Find(c.Contact).begun(c.Happened)...)
	}
	return []domain.Event{e}, domain.Refuse(rules...)
}

// ReviewHelp decides on a review of early help.
func (cs Contacts) ReviewHelp(c ReviewHelp) ([]domain.Event, error) {
	h := cs.FindHelp(c.Help)
	known := slices.ContainsFunc(h.Reviews, func(r domain.Known[HelpReviewed]) bool { return r.Fact.Review == c.Review })
	return []domain.Event{HelpReviewed{Dated: c.Dated, Help: c.Help, Review: c.Review, Outcome: c.Outcome}},
		domain.Refuse(append(h.active(c.Happened), domain.Rule{Name: "early-help-review-already-recorded", Broken: known,
			Reason: "A review of this help with this id is already on the record."})...)
}

// EndHelp decides on the end of early help.
func (cs Contacts) EndHelp(c EndHelp) ([]domain.Event, error) {
	h := cs.FindHelp(c.Help)
	return []domain.Event{HelpEnded{Dated: c.Dated, Help: c.Help, Reason: c.Reason}},
		domain.Refuse(append(h.active(c.Happened), domain.Rule{Name: "early-help-already-ended", Broken: !h.Ended.IsZero(),
			Reason: "This early help has already ended."})...)
}

func (h Help) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "early-help-unknown", Broken: h.Started.IsZero(), Reason: "No early help with this id is on the record."},
		{Name: "before-early-help", Broken: !h.Started.IsZero() && !on.IsZero() && on.Before(h.Started.Fact.Happened),
			Reason: "The day lies before the start of the early help."},
		{Name: "early-help-not-active", Broken: !h.Ended.IsZero() && on.After(h.Ended.Fact.Happened),
			Reason: "The early help ended before that day."},
	}
}
