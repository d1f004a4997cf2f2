package enquiry

import (
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

// Discuss records a strategy discussion.
type Discuss struct {
	domain.Dated
	Enquiry  ID          `json:"enquiry" validate:"required,max=64,printascii"`
	Referral referral.ID `json:"referral" validate:"required,max=64,printascii"`
	Agencies []string    `json:"agencies" validate:"required,min=1,max=30,unique,dive,required,max=100"`
	Outcome  string      `json:"outcome" validate:"required,oneof=s47-enquiry no-further-action assessment-continues"`
}

// Start begins an enquiry under section 47. ConferenceBy is given only where
// another system has stated the target; otherwise the rules of the day say it.
type Start struct {
	domain.Dated
	Enquiry      ID          `json:"enquiry" validate:"required,max=64,printascii"`
	Referral     referral.ID `json:"referral" validate:"required,max=64,printascii"`
	ConferenceBy domain.Date `json:"conferenceBy,omitzero"`
}

// HoldConference records that an initial conference met.
type HoldConference struct {
	domain.Dated
	Conference ConferenceID `json:"conference" validate:"required,max=64,printascii"`
	Referral   referral.ID  `json:"referral" validate:"required,max=64,printascii"`
	Enquiry    ID           `json:"enquiry,omitempty" validate:"omitempty,max=64,printascii"`
	Outcome    string       `json:"outcome" validate:"required,oneof=protection-plan no-protection-plan"`
}

// RequireNoConference ends an enquiry without a conference.
type RequireNoConference struct {
	domain.Dated
	Enquiry ID     `json:"enquiry" validate:"required,max=64,printascii"`
	Reason  string `json:"reason,omitempty" validate:"max=500"`
}

// Discuss decides on a strategy discussion.
func (qs Enquiries) Discuss(c Discuss, under referral.Referral) ([]domain.Event, error) {
	e := Discussed{Dated: c.Dated, Enquiry: c.Enquiry, Referral: c.Referral, Agencies: c.Agencies, Outcome: c.Outcome}
	return []domain.Event{e}, domain.Refuse(append(under.Active(c.Happened),
		domain.Rule{Name: "strategy-discussion-already-held", Broken: !qs.Find(c.Enquiry).Discussed.IsZero(),
			Reason: "A strategy discussion of this enquiry is already on the record."})...)
}

// pregnancy is how long one lasts by the reckoning of its weeks, in days.
const pregnancy = 280

// Start decides on a new enquiry. The clock to the conference runs from the
// strategy discussion that initiated it (Working Together), else from the start.
// expected is the day on which an unborn child is expected, no day for one who
// is born.
func (qs Enquiries) Start(c Start, under referral.Referral, expected domain.Date, p policy.Pack) ([]domain.Event, error) {
	q := qs.Find(c.Enquiry)
	from := q.Discussed.Fact.Happened
	if from.IsZero() {
		from = c.Happened
	}
	by := c.ConferenceBy
	if by.IsZero() {
		by, _ = p.Due(policy.InitialConference, from)
		if !expected.IsZero() && !from.IsZero() {
			by = beforeBirth(by, from, expected, p)
		}
	}
	e := Started{Dated: c.Dated, Enquiry: c.Enquiry, Referral: c.Referral, ConferenceBy: by}
	return []domain.Event{e}, domain.Refuse(append(under.Active(c.Happened),
		domain.Rule{Name: "enquiry-already-started", Broken: !q.Started.IsZero(),
			Reason: "An enquiry with this id is already on the record."})...)
}

// beforeBirth returns the last day in time for the conference on an unborn child,
// where the nation has a rule of its own for it. A nation that counts days for the
// unborn wants both kept, the days and the weeks of the pregnancy, as far as these
// have not passed; one that counts weeks alone wants the days kept only after them.
func beforeBirth(by, from, expected domain.Date, p policy.Pack) domain.Date {
	days, counted := p.Due(policy.PreBirthConference, from)
	_, weighed := p.ClockRule(policy.PreBirthGestation, from)
	weeks, _ := p.Due(policy.PreBirthGestation, expected.AddDays(-pregnancy))
	switch {
	case counted && weighed && !weeks.Before(from) && weeks.Before(days):
		return weeks
	case counted:
		return days
	case weighed && weeks.After(by):
		return weeks
	}
	return by
}

// HoldConference decides on an initial conference.
func (qs Enquiries) HoldConference(c HoldConference, under referral.Referral) ([]domain.Event, error) {
	e := ConferenceHeld{Dated: c.Dated, Conference: c.Conference, Referral: c.Referral, Enquiry: c.Enquiry, Outcome: c.Outcome}
	rules := append(under.Active(c.Happened),
		domain.Rule{Name: "conference-already-held", Broken: !qs.Conference(c.Conference).IsZero(),
			Reason: "A conference with this id is already on the record."},
		domain.Rule{Name: "conference-on-weekend", Broken: weekend(c.Happened),
			Reason: "A conference does not meet on a Saturday or Sunday."})
	if c.Enquiry != "" {
		rules = append(rules, qs.Find(c.Enquiry).active(c.Happened)...)
	}
	return []domain.Event{e}, domain.Refuse(rules...)
}

// RequireNoConference decides on ending an enquiry without a conference.
func (qs Enquiries) RequireNoConference(c RequireNoConference) ([]domain.Event, error) {
	return []domain.Event{ConferenceNotRequired{Dated: c.Dated, Enquiry: c.Enquiry, Reason: c.Reason}},
		domain.Refuse(qs.Find(c.Enquiry).active(c.Happened)...)
}

func (q Enquiry) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "enquiry-unknown", Broken: q.Started.IsZero(), Reason: "No enquiry with this id is on the record."},
		{Name: "before-enquiry", Broken: !q.Started.IsZero() && !on.IsZero() && on.Before(q.Started.Fact.Happened),
			Reason: "The day lies before the start of the enquiry."},
		{Name: "enquiry-already-ended", Broken: !q.Conference.IsZero() || !q.NotRequired.IsZero(),
			Reason: "The enquiry has already come to a conference or to the finding that none is required."},
	}
}

func weekend(d domain.Date) bool {
	return !d.IsZero() && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
}
