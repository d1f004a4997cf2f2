// Package incident is the part of a record that says that a child died or was
// seriously harmed and abuse or neglect is known or suspected (Children Act
// 2004, section 16C): whom the authority told, and what the rapid review found.
// It never says who is to blame.
package incident

import "caseledger/domain"

// ID names an incident within its record.
type ID string

// Event is one fact about a serious incident.
//
//sumtype:decl
type Event interface {
	domain.Event
	incidentEvent()
}

// Learned says that the authority became aware of an incident: that is the day
// it happened.
type Learned struct {
	domain.Dated
	Incident ID     `json:"incident"`
	Kind     string `json:"kind"` // death, serious-harm
	// On is the day of the incident itself, where it is known.
	On       domain.Date `json:"on,omitzero"`
	NotifyBy domain.Date `json:"notifyBy,omitzero"`
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// Notified says that the authority told the national panel.
type Notified struct {
	domain.Dated
	Incident  ID       `json:"incident"`
	To        []string `json:"to"`
	Reference string   `json:"reference,omitempty"`
}

// Reviewed says that the rapid review was completed, and what it decided.
type Reviewed struct {
	domain.Dated
	Incident ID     `json:"incident"`
	Decision string `json:"decision"` // local-review, no-review
	Learning string `json:"learning,omitempty"`
}

func (e Learned) About() string  { return "incident/" + string(e.Incident) }
func (e Notified) About() string { return "incident/" + string(e.Incident) }
func (e Reviewed) About() string { return "incident/" + string(e.Incident) }

func (Learned) incidentEvent()  {}
func (Notified) incidentEvent() {}
func (Reviewed) incidentEvent() {}

// Incident is what is known of one incident.
type Incident struct {
	ID       ID
	Learned  domain.Known[Learned]
	Notified domain.Known[Notified]
	Reviewed domain.Known[Reviewed]
}

// Incidents are those of one record.
type Incidents []Incident

// Find returns the incident with the id, or one about which nothing is known.
func (is Incidents) Find(id ID) Incident {
	for _, i := range is {
		if i.ID == id {
			return i
		}
	}
	return Incident{ID: id}
}

// Evolve returns the incidents with one more fact.
func (is Incidents) Evolve(entry uint64, e Event) Incidents {
	switch e := e.(type) {
	case Learned:
		return is.with(e.Incident, func(i *Incident) { i.Learned = domain.Know(entry, e) })
	case Notified:
		return is.with(e.Incident, func(i *Incident) { i.Notified = domain.Know(entry, e) })
	case Reviewed:
		return is.with(e.Incident, func(i *Incident) { i.Reviewed = domain.Know(entry, e) })
	}
	return is
}

func (is Incidents) with(id ID, change func(*Incident)) Incidents {
	return domain.Upsert(is,
		func(i *Incident) bool { return i.ID == id },
		func(i *Incident) { i.ID = id; change(i) })
}
