package voice

import (
	"slices"

	"caseledger/domain"
)

// Record records a view.
type Record struct {
	domain.Dated
	View     ID     `json:"view" validate:"required,max=64,printascii"`
	Whose    string `json:"whose" validate:"required,oneof=child mother father parent carer sibling relative other"`
	How      string `json:"how" validate:"required,oneof=spoken written drawn signed observed play"`
	Words    string `json:"words" validate:"required,max=100000"`
	Verbatim bool   `json:"verbatim,omitzero"`
	Through  string `json:"through,omitempty" validate:"max=200"`
	Towards  string `json:"towards,omitempty" validate:"omitempty,max=200,printascii"`
}

// Record decides on a view: whatever somebody wishes can be written down, once
// under each id.
func (vs Views) Record(c Record) ([]domain.Event, error) {
	known := slices.ContainsFunc(vs, func(v domain.Known[Recorded]) bool { return v.Fact.View == c.View })
	e := Recorded{Dated: c.Dated, View: c.View, Whose: c.Whose, How: c.How, Words: c.Words, Verbatim: c.Verbatim, Through: c.Through, Towards: c.Towards}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "view-already-recorded", Broken: known, Reason: "A view with this id is already on the record; correct that entry."},
		domain.Rule{Name: "observed-is-not-verbatim", Broken: c.Verbatim && (c.How == "observed" || c.How == "play" || c.How == "drawn"),
			Reason: "What was observed, played or drawn was not said in words."})
}
