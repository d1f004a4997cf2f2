package correspondence

import (
	"slices"
	"time"

	"caseledger/domain"
)

// Record records an e-mail or a letter.
type Record struct {
	domain.Dated
	Correspondence ID           `json:"correspondence" validate:"required,max=64,printascii"`
	Medium         string       `json:"medium" validate:"required,oneof=e-mail letter"`
	Direction      string       `json:"direction" validate:"required,oneof=in out"`
	From           string       `json:"from" validate:"required,max=500"`
	To             []string     `json:"to,omitempty" validate:"max=500,dive,required,max=500"`
	Copied         []string     `json:"copied,omitempty" validate:"max=500,dive,required,max=500"`
	Subject        string       `json:"subject,omitempty" validate:"max=2000"`
	Sent           string       `json:"sent,omitempty" validate:"omitempty,max=40,printascii"`
	MessageID      string       `json:"messageId,omitempty" validate:"max=1000"`
	InReplyTo      string       `json:"inReplyTo,omitempty" validate:"max=1000"`
	ThirdParty     bool         `json:"thirdParty,omitzero"`
	Informant      bool         `json:"informant,omitzero"`
	Sensitivity    string       `json:"sensitivity,omitempty" validate:"omitempty,oneof=sensitive highly-sensitive"`
	Text           []string     `json:"text,omitempty" validate:"max=5000,dive,required,max=1048576"`
	Attachments    []Attachment `json:"attachments,omitempty" validate:"max=1000,dive"`
	Original       string       `json:"original,omitempty" validate:"omitempty,len=64,hexadecimal"`
	Defects        []string     `json:"defects,omitempty" validate:"max=100,dive,required,max=500"`
}

// Record decides on a piece of correspondence: one file is one entry, and an
// entry holds something.
func (ls Letters) Record(c Record) ([]domain.Event, error) {
	known := slices.ContainsFunc(ls, func(h Head) bool { return h.ID == c.Correspondence })
	_, err := time.Parse(time.RFC3339, c.Sent)
	filed := c.Original != "" && slices.ContainsFunc(ls, func(h Head) bool { return h.Original == c.Original })
	return []domain.Event{Recorded{Dated: c.Dated, Correspondence: c.Correspondence, Medium: c.Medium, Direction: c.Direction,
			From: c.From, To: c.To, Copied: c.Copied, Subject: c.Subject, Sent: c.Sent, MessageID: c.MessageID, InReplyTo: c.InReplyTo,
			ThirdParty: c.ThirdParty, Informant: c.Informant, Sensitivity: c.Sensitivity, Text: c.Text, Attachments: c.Attachments,
			Original: c.Original, Defects: c.Defects}},
		domain.Refuse(
			domain.Rule{Name: "correspondence-already-recorded", Broken: known,
				Reason: "Correspondence with this id is already on the record; correct that entry."},
			domain.Rule{Name: "file-already-recorded", Broken: filed && !known, Reason: "The same file is already on the record."},
			domain.Rule{Name: "sent-at-no-time", Broken: c.Sent != "" && err != nil, Reason: "When it was sent has not the form 2026-03-31T17:00:00Z."},
			domain.Rule{Name: "correspondence-is-empty", Broken: len(c.Text) == 0 && len(c.Attachments) == 0 && c.Subject == "",
				Reason: "There is neither a subject, nor words, nor an attachment."})
}
