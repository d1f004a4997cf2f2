// Package discharge is the part of a record that says how an adult comes out of
// hospital: the notices of the hospital, what delays the adult, and the discharge
// itself, with support to recover and be assessed at home or elsewhere. It never
// judges needs or arranges support: those are packages needs and support.
package discharge

import (
	"slices"

	"caseledger/domain"
)

// StayID names a stay in hospital within its record.
type StayID string

// DelayID names a delay within its record.
type DelayID string

// The notices of which one follows the other.
const (
	AssessmentNotice = "assessment-notice"
	DischargeNotice  = "discharge-notice"
)

// Event is one fact about an adult's way out of hospital.
//
//sumtype:decl
type Event interface {
	domain.Event
	dischargeEvent()
}

// Noticed says that a hospital told the authority that the adult is likely to
// need care and support when leaving it.
type Noticed struct {
	domain.Dated
	Stay     StayID      `json:"stay"`
	Notice   string      `json:"notice"` // code set hospital-notice
	Hospital string      `json:"hospital"`
	Ward     string      `json:"ward,omitempty"`
	Expected domain.Date `json:"expected,omitzero"` // the day of the discharge, as proposed
	// AssessBy is the last day in time for the assessment to begin, where the
	// authority has set itself a clock.
	AssessBy domain.Date `json:"assessBy,omitzero"`
}

// Withdrawn says that a hospital took a notice back.
type Withdrawn struct {
	domain.Dated
	Stay   StayID `json:"stay"`
	Notice string `json:"notice"`
	Reason string `json:"reason"` // unlikely-to-need-care, treatment-goes-on, consent-withdrawn, died, moved, other
}

// Delayed says that the adult was ready to leave and could not.
type Delayed struct {
	domain.Dated
	Stay   StayID  `json:"stay"`
	Delay  DelayID `json:"delay"`
	Reason string  `json:"reason"` // code set delay-reason
	By     string  `json:"by"`     // health, social-care, both
}

// DelayEnded says that what delayed the adult is over.
type DelayEnded struct {
	domain.Dated
	Delay DelayID `json:"delay"`
}

// Discharged says that the adult left the hospital.
type Discharged struct {
	domain.Dated
	Stay    StayID `json:"stay"`
	Pathway string `json:"pathway"` // code set discharge-pathway
	To      string `json:"to"`      // own-home, family, care-home, nursing-home, hospice, another-hospital, other
	// AssessBy is the last day in time for the assessment after the discharge to
	// begin, where the authority has set itself a clock.
	AssessBy domain.Date `json:"assessBy,omitzero"`
}

func (e Noticed) About() string    { return "hospital-stay/" + string(e.Stay) + "/" + e.Notice }
func (e Withdrawn) About() string  { return "hospital-stay/" + string(e.Stay) + "/" + e.Notice }
func (e Delayed) About() string    { return "hospital-delay/" + string(e.Delay) }
func (e DelayEnded) About() string { return "hospital-delay/" + string(e.Delay) }
func (e Discharged) About() string { return "hospital-stay/" + string(e.Stay) }

func (Noticed) dischargeEvent()    {}
func (Withdrawn) dischargeEvent()  {}
func (Delayed) dischargeEvent()    {}
func (DelayEnded) dischargeEvent() {}
func (Discharged) dischargeEvent() {}

// Notice is what is known of one notice.
type Notice struct {
	Given     domain.Known[Noticed]
	Withdrawn domain.Known[Withdrawn]
}

// Holds reports whether the notice was given and not taken back.
func (n Notice) Holds() bool { return !n.Given.IsZero() && n.Withdrawn.IsZero() }

// Stay is what is known of one stay in hospital.
type Stay struct {
	ID         StayID
	Notices    []Notice // one of each kind
	Discharged domain.Known[Discharged]
}

// Find returns the notice of a kind, or one about which nothing is known.
func (s Stay) Find(kind string) Notice {
	for _, n := range s.Notices {
		if n.Given.Fact.Notice == kind {
			return n
		}
	}
	return Notice{}
}

// First returns the notice by which the stay became known.
func (s Stay) First() domain.Known[Noticed] {
	if len(s.Notices) == 0 {
		return domain.Known[Noticed]{}
	}
	return s.Notices[0].Given
}

// Open reports whether the authority waits for the adult's discharge.
func (s Stay) Open() bool {
	return s.Discharged.IsZero() && slices.ContainsFunc(s.Notices, Notice.Holds)
}

// Expected returns the day of the discharge as the latest notice proposes it.
func (s Stay) Expected() domain.Date {
	var day domain.Date
	for _, n := range s.Notices {
		if n.Holds() && !n.Given.Fact.Expected.IsZero() {
			day = n.Given.Fact.Expected
		}
	}
	return day
}

// Delay is what is known of one delay.
type Delay struct {
	ID    DelayID
	Begun domain.Known[Delayed]
	Ended domain.Known[DelayEnded]
}

// Hospital is the stays and delays of one record.
type Hospital struct {
	Stays  []Stay
	Delays []Delay
}

// Find returns the stay with the id, or one about which nothing is known.
func (h Hospital) Find(id StayID) Stay {
	if i := slices.IndexFunc(h.Stays, func(s Stay) bool { return s.ID == id }); i >= 0 {
		return h.Stays[i]
	}
	return Stay{ID: id}
}

// FindDelay returns the delay with the id, or one about which nothing is known.
func (h Hospital) FindDelay(id DelayID) Delay {
	if i := slices.IndexFunc(h.Delays, func(d Delay) bool { return d.ID == id }); i >= 0 {
		return h.Delays[i]
	}
	return Delay{ID: id}
}

// Evolve returns the stays with one more fact.
func (h Hospital) Evolve(entry uint64, e Event) Hospital {
	switch e := e.(type) {
	case Noticed:
		return h.notice(e.Stay, e.Notice, func(n *Notice) { n.Given, n.Withdrawn = domain.Know(entry, e), domain.Known[Withdrawn]{} })
	case Withdrawn:
		return h.notice(e.Stay, e.Notice, func(n *Notice) { n.Withdrawn = domain.Know(entry, e) })
	case Delayed:
		return h.delay(e.Delay, func(d *Delay) { d.Begun = domain.Know(entry, e) })
	case DelayEnded:
		return h.delay(e.Delay, func(d *Delay) { d.Ended = domain.Know(entry, e) })
	case Discharged:
		return h.stay(e.Stay, func(s *Stay) { s.Discharged = domain.Know(entry, e) })
	}
	return h
}

func (h Hospital) stay(id StayID, change func(*Stay)) Hospital {
	h.Stays = domain.Upsert(h.Stays,
		func(s *Stay) bool { return s.ID == id },
		func(s *Stay) { s.ID = id; change(s) })
	return h
}

func (h Hospital) notice(id StayID, kind string, change func(*Notice)) Hospital {
	return h.stay(id, func(s *Stay) {
		s.Notices = domain.Upsert(s.Notices,
			func(n *Notice) bool { return n.kind() == kind },
			change)
	})
}

// kind is that of the notice, which its withdrawal alone may tell.
func (n Notice) kind() string {
	if n.Given.IsZero() {
		return n.Withdrawn.Fact.Notice
	}
	return n.Given.Fact.Notice
}

func (h Hospital) delay(id DelayID, change func(*Delay)) Hospital {
	h.Delays = domain.Upsert(h.Delays,
		func(d *Delay) bool { return d.ID == id },
		func(d *Delay) { d.ID = id; change(d) })
	return h
}
