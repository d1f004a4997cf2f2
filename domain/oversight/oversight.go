// Package oversight is the part of a record that holds what managers thought and
// decided about the work: management oversight of a case, and what supervision
// of its worker decided on it. Every decision has who carries it out and by when.
// It never holds what supervision said about the worker.
package oversight

import "caseledger/domain"

// ID names an oversight within its record.
type ID string

// Event is one fact about an oversight.
//
//sumtype:decl
type Event interface {
	domain.Event
	oversightEvent()
}

// Recorded says that a manager looked at the case, and what came of it.
type Recorded struct {
	domain.Dated
	Oversight ID     `json:"oversight"`
	Kind      string `json:"kind"`   // management-oversight, supervision, audit
	Worker    string `json:"worker"` // whose work on the case, an actor id
	// Towards is what was looked at: "note/n1", as entries name it; "" is the case.
	Towards string `json:"towards,omitempty"`
	// Text is what the manager thought, in sentences that joined are exactly what
	// was typed.
	Text      []string        `json:"text"`
	Decisions []domain.Action `json:"decisions,omitempty"`
}

// DecisionClosed says what became of a decision.
type DecisionClosed struct {
	domain.Dated
	Oversight ID     `json:"oversight"`
	Decision  string `json:"decision"`
	Result    string `json:"result"` // done, not-done, replaced
	Note      string `json:"note,omitempty"`
}

func (e Recorded) About() string       { return "oversight/" + string(e.Oversight) }
func (e DecisionClosed) About() string { return "oversight/" + string(e.Oversight) + "/" + e.Decision }

func (Recorded) oversightEvent()       {}
func (DecisionClosed) oversightEvent() {}

// Oversight is what is known of one oversight.
type Oversight struct {
	ID       ID
	Recorded domain.Known[Recorded]
	Closed   []domain.Known[DecisionClosed]
}

// Outcome returns what became of a decision.
func (o Oversight) Outcome(decision string) domain.Known[DecisionClosed] {
	for _, c := range o.Closed {
		if c.Fact.Decision == decision {
			return c
		}
	}
	return domain.Known[DecisionClosed]{}
}

// Oversights are those of one record, in the order of the world.
type Oversights []Oversight

// Find returns the oversight with the id, or one about which nothing is known.
func (os Oversights) Find(id ID) Oversight {
	for _, o := range os {
		if o.ID == id {
			return o
		}
	}
	return Oversight{ID: id}
}

// Evolve returns the oversights with one more fact.
func (os Oversights) Evolve(entry uint64, e Event) Oversights {
	switch e := e.(type) {
	case Recorded:
		return os.with(e.Oversight, func(o *Oversight) { o.Recorded = domain.Know(entry, e) })
	case DecisionClosed:
		return os.with(e.Oversight, func(o *Oversight) {
			o.Closed = domain.Upsert(o.Closed,
				func(c *domain.Known[DecisionClosed]) bool { return c.Fact.Decision == e.Decision },
				func(c *domain.Known[DecisionClosed]) { *c = domain.Know(entry, e) })
		})
	}
	return os
}

func (os Oversights) with(id ID, change func(*Oversight)) Oversights {
	return domain.Upsert(os,
		func(o *Oversight) bool { return o.ID == id },
		func(o *Oversight) { o.ID = id; change(o) })
}
