// Package voice is the part of a record that holds what the child, and others
// who matter to the child, said and wished: each view is an entry of its own,
// with whose it is and how it came to be known, so that no form can bury it. It
// never interprets a view.
package voice

import "caseledger/domain"

// ID names a view within its record.
type ID string

// Event is one fact about a view.
//
//sumtype:decl
type Event interface {
	domain.Event
	voiceEvent()
}

// Recorded says what somebody's view was.
type Recorded struct {
	domain.Dated
	View  ID     `json:"view"`
	Whose string `json:"whose"` // see Record
	How   string `json:"how"`   // see Record
	Words string `json:"words"`
	// Verbatim says that the words are those that were used.
	Verbatim bool `json:"verbatim,omitzero"`
	// Through is who spoke for the person or translated, "" for nobody.
	Through string `json:"through,omitempty"`
	// Towards is what the view is about: "assessment/a1", as entries name it.
	Towards string `json:"towards,omitempty"`
}

func (e Recorded) About() string { return "view/" + string(e.View) }

func (Recorded) voiceEvent() {}

// Views are the views on one record, in the order of the world.
type Views []domain.Known[Recorded]

// Of returns the latest view of somebody towards something; an empty towards is
// anything.
func (vs Views) Of(whose, towards string) domain.Known[Recorded] {
	var latest domain.Known[Recorded]
	for _, v := range vs {
		if v.Fact.Whose == whose && (towards == "" || v.Fact.Towards == towards) {
			latest = v
		}
	}
	return latest
}

// Evolve returns the views with one more fact.
func (vs Views) Evolve(entry uint64, e Event) Views {
	switch e := e.(type) {
	case Recorded:
		return domain.Upsert(vs,
			func(v *domain.Known[Recorded]) bool { return v.Fact.View == e.View },
			func(v *domain.Known[Recorded]) { *v = domain.Know(entry, e) })
	}
	return vs
}
