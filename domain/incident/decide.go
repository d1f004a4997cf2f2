package incident

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// Learn records that the authority became aware of an incident.
type Learn struct {
	domain.Dated
	Incident ID          `json:"incident" validate:"required,max=64,printascii"`
	Kind     string      `json:"kind" validate:"required,oneof=death serious-harm"`
	On       domain.Date `json:"on,omitzero"`
}

// Notify records that the authority told the national panel and others.
type Notify struct {
	domain.Dated
	Incident  ID       `json:"incident" validate:"required,max=64,printascii"`
	To        []string `json:"to" validate:"required,min=1,max=20,dive,required,max=200"`
	Reference string   `json:"reference,omitempty" validate:"max=100"`
}

// Review records the outcome of the rapid review.
type Review struct {
	domain.Dated
	Incident ID     `json:"incident" validate:"required,max=64,printascii"`
	Decision string `json:"decision" validate:"required,oneof=local-review no-review"`
	Learning string `json:"learning,omitempty" validate:"max=20000"`
}

// Learn decides on becoming aware of an incident.
func (is Incidents) Learn(c Learn, p policy.Pack) ([]domain.Event, error) {
	notify, _ := p.Due(policy.SeriousIncidentNotification, c.Happened)
	review, _ := p.Due(policy.RapidReview, c.Happened)
	e := Learned{Dated: c.Dated, Incident: c.Incident, Kind: c.Kind, On: c.On, NotifyBy: notify, ReviewBy: review}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "incident-already-known", Broken: !is.Find(c.Incident).Learned.IsZero(),
			Reason: "An incident with this id is already on the record."},
		domain.Rule{Name: "aware-before-incident", Broken: !c.On.IsZero() && c.Happened.Before(c.On),
			Reason: "Nobody is aware of an incident before it happens."})
}

// Notify decides on the notification of an incident.
func (is Incidents) Notify(c Notify) ([]domain.Event, error) {
	i := is.Find(c.Incident)
	return []domain.Event{Notified{Dated: c.Dated, Incident: c.Incident, To: c.To, Reference: c.Reference}},
		domain.Refuse(append(i.known(c.Happened), domain.Rule{Name: "incident-already-notified", Broken: !i.Notified.IsZero(),
			Reason: "The notification of this incident is already on the record."})...)
}

// Review decides on the outcome of a rapid review.
func (is Incidents) Review(c Review) ([]domain.Event, error) {
	i := is.Find(c.Incident)
	return []domain.Event{Reviewed{Dated: c.Dated, Incident: c.Incident, Decision: c.Decision, Learning: c.Learning}},
		domain.Refuse(append(i.known(c.Happened), domain.Rule{Name: "incident-already-reviewed", Broken: !i.Reviewed.IsZero(),
			Reason: "The rapid review of this incident is already on the record."})...)
}

func (i Incident) known(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "incident-unknown", Broken: i.Learned.IsZero(), Reason: "No incident with this id is on the record."},
		{Name: "before-awareness", Broken: !i.Learned.IsZero() && !on.IsZero() && on.Before(i.Learned.Fact.Happened),
			Reason: "The day lies before the authority became aware of the incident."},
	}
}
