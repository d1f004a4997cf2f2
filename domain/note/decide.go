package note

import (
	"slices"

	"caseledger/domain"
)

// Write records a note.
type Write struct {
	domain.Dated
	Note    ID        `json:"note" validate:"required,max=64,printascii"`
	Time    string    `json:"time,omitempty" validate:"omitempty,datetime=15:04"`
	Kind    string    `json:"kind" validate:"required,oneof=visit telephone meeting office supervision other"`
	Present []string  `json:"present,omitempty" validate:"max=50,dive,required,max=200"`
	Text    []Passage `json:"text" validate:"required,min=1,max=5000,dive"`
}

// Write decides on a note: whatever a worker saw or heard can be written down,
// once under each id.
func (n Notes) Write(c Write) ([]domain.Event, error) {
	return []domain.Event{Written{Dated: c.Dated, Note: c.Note, Time: c.Time, Kind: c.Kind, Present: c.Present, Text: c.Text}},
		domain.Refuse(domain.Rule{Name: "note-already-written", Broken: slices.Contains(n.IDs, c.Note),
			Reason: "A note with this id is already on the record; correct that entry."})
}
