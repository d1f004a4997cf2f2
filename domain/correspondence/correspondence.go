// Package correspondence is the part of a record that holds e-mails and letters
// that came in and went out: who wrote to whom and when, the words as they
// stood, and each attachment by its hash. It never holds the bytes of an
// attachment, nor interprets what was written.
package correspondence

import (
	"slices"

	"caseledger/domain"
)

// ID names a piece of correspondence within its record.
type ID string

// Event is one fact about correspondence.
//
//sumtype:decl
type Event interface {
	domain.Event
	correspondenceEvent()
}

// Attachment is what came with a piece of correspondence. Whoever has the bytes
// can prove by the hash that they are those that came with it.
type Attachment struct {
	Name   string `json:"name,omitempty" validate:"max=500"`
	Type   string `json:"mediaType,omitempty" validate:"max=200"`
	Bytes  int64  `json:"bytes" validate:"min=0"`
	SHA256 string `json:"sha256" validate:"required,len=64,hexadecimal"`
}

// Recorded says that somebody wrote to somebody.
type Recorded struct {
	domain.Dated
	Correspondence ID       `json:"correspondence"`
	Medium         string   `json:"medium"`    // e-mail, letter
	Direction      string   `json:"direction"` // in, out
	From           string   `json:"from"`
	To             []string `json:"to,omitempty"`
	Copied         []string `json:"copied,omitempty"`
	Subject        string   `json:"subject,omitempty"`
	// Sent is when it says that it was sent, RFC 3339; "" where it does not say.
	Sent string `json:"sent,omitempty"`
	// MessageID and InReplyTo are those of an e-mail's headers.
	MessageID string `json:"messageId,omitempty"`
	InReplyTo string `json:"inReplyTo,omitempty"`
	// ThirdParty and Informant say what the whole must be treated as.
	ThirdParty  bool   `json:"thirdParty,omitzero"`
	Informant   bool   `json:"informant,omitzero"`
	Sensitivity string `json:"sensitivity,omitempty"` // as a note's
	// Text are paragraphs that joined are the words as they stood.
	Text        []string     `json:"text,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	// Original is the SHA-256 of the file as it came, in hexadecimal; "" where
	// there was none.
	Original string `json:"original,omitempty"`
	// Defects are what of the file could not be read as it should.
	Defects []string `json:"defects,omitempty"`
}

func (e Recorded) About() string { return "correspondence/" + string(e.Correspondence) }

func (Recorded) correspondenceEvent() {}

// Head is what rules ask about one piece.
type Head struct {
	ID       ID
	Original string
	Entry    uint64
}

// Letters are the correspondence of one record, in the order of the world. The
// list grows in place: see Fork.
type Letters []Head

// Fork returns the letters in a form that may be evolved apart from these.
func (ls Letters) Fork() Letters { return slices.Clip(ls) }

// Evolve returns the letters with one more fact.
func (ls Letters) Evolve(entry uint64, e Event) Letters {
	switch e := e.(type) {
	case Recorded:
		return append(ls, Head{e.Correspondence, e.Original, entry})
	}
	return ls
}
