package note

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Write records a note.
type Write struct {
	domain.Dated
	Note        ID        `json:"note" validate:"required,max=64,printascii"`
	Time        string    `json:"time,omitempty" validate:"omitempty,datetime=15:04"`
	Kind        string    `json:"kind" validate:"required,oneof=visit telephone meeting office supervision other video-call text-message contact direct-work court"`
	Present     []string  `json:"present,omitempty" validate:"max=50,dive,required,max=200"`
	Sensitivity string    `json:"sensitivity,omitempty" validate:"omitempty,oneof=sensitive highly-sensitive"`
	For         string    `json:"for,omitempty" validate:"omitempty,max=100,printascii"`
	Text        []Passage `json:"text" validate:"required,min=1,max=5000,dive"`
}

// Submit gives a note to somebody to sign off.
type Submit struct {
	domain.Dated
	Note ID     `json:"note" validate:"required,max=64,printascii"`
	To   string `json:"to" validate:"required,max=100,printascii"`
}

// SignOff puts a manager's name under a note.
type SignOff struct {
	domain.Dated
	Note ID `json:"note" validate:"required,max=64,printascii"`
}

// Countersign puts a second name under a note that was signed off.
type Countersign struct {
	domain.Dated
	Note ID `json:"note" validate:"required,max=64,printascii"`
}

// Return gives a note back to its author.
type Return struct {
	domain.Dated
	Note   ID     `json:"note" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,max=2000"`
}

// Hands are those through whose hands a note went, as actor ids. "" is nobody,
// or nobody who is known.
type Hands struct {
	Author string
	Signed string // who signed it off
	By     string // who acts now
}

func (h Hands) isAuthor(id string) bool { return id != "" && id == h.Author }

// Write decides on a note: whatever a worker saw or heard can be written down,
// once under each id, and what others said with who said it. by is the author.
func (n Notes) Write(c Write, by string, p policy.Pack) ([]domain.Event, error) {
	e := Written{Dated: c.Dated, Note: c.Note, Time: c.Time, Kind: c.Kind, Present: c.Present, Sensitivity: c.Sensitivity, For: c.For, Text: c.Text}
	if c.For != "" {
		e.SignBy, _ = p.Due(policy.NoteSignature, c.Happened)
	}
	return []domain.Event{e},
		domain.Refuse(
			domain.Rule{Name: "note-already-written", Broken: n.Find(c.Note).Entry != 0,
				Reason: "A note with this id is already on the record; correct that entry."},
			domain.Rule{Name: "own-words-without-speaker", Broken: slices.ContainsFunc(c.Text, func(p Passage) bool { return p.OwnWords && p.From == "" }),
				Reason: "Somebody's own words need to be named as whose they are."},
			domain.Rule{Name: "own-words-are-reported", Broken: slices.ContainsFunc(c.Text, func(p Passage) bool { return p.OwnWords && p.Kind != "" && p.Kind != "reported" }),
				Reason: "Somebody's own words are reported; what the author saw or thinks is another passage."},
			domain.Rule{Name: "reported-without-source", Broken: slices.ContainsFunc(c.Text, func(p Passage) bool { return p.Kind == "reported" && p.From == "" && !p.Informant }),
				Reason: "What is reported needs to be named as from whom, unless an informant may not be named."},
			domain.Rule{Name: "signed-by-its-author", Broken: Hands{Author: by}.isAuthor(c.For),
				Reason: "A note is signed off by somebody else than its author."})
}

// Submit decides on giving a note to somebody to sign off.
func (n Notes) Submit(c Submit, h Hands, p policy.Pack) ([]domain.Event, error) {
	of := n.Find(c.Note)
	by, _ := p.Due(policy.NoteSignature, c.Happened)
	return []domain.Event{Submitted{Dated: c.Dated, Note: c.Note, To: c.To, SignBy: by}}, domain.Refuse(
		unknown(of), before(of, c.Happened), n.signedOff(of),
		domain.Rule{Name: "signed-by-its-author", Broken: h.isAuthor(c.To), Reason: "A note is signed off by somebody else than its author."})
}

// SignOff decides on a signature under the note as it stands now.
func (n Notes) SignOff(c SignOff, h Hands) ([]domain.Event, error) {
	of := n.Find(c.Note)
	return []domain.Event{SignedOff{Dated: c.Dated, Note: c.Note, Entry: of.Entry}}, domain.Refuse(
		unknown(of), before(of, c.Happened), n.signedOff(of), n.returned(of),
		domain.Rule{Name: "signed-by-its-author", Broken: h.isAuthor(h.By), Reason: "A note is signed off by somebody else than its author."})
}

// Countersign decides on a second signature, by a third person.
func (n Notes) Countersign(c Countersign, h Hands) ([]domain.Event, error) {
	of := n.Find(c.Note)
	_, signed := n.Signed(of, false)
	_, again := n.Signed(of, true)
	return []domain.Event{Countersigned{Dated: c.Dated, Note: c.Note, Entry: of.Entry}}, domain.Refuse(
		unknown(of), before(of, c.Happened),
		domain.Rule{Name: "note-not-signed-off", Broken: of.Entry != 0 && !signed, Reason: "The note as it stands was not signed off yet."},
		domain.Rule{Name: "note-already-countersigned", Broken: again, Reason: "The note as it stands was already countersigned."},
		domain.Rule{Name: "countersigned-by-the-same", Broken: h.By != "" && (h.By == h.Author || h.By == h.Signed),
			Reason: "A note is countersigned by somebody else than its author and the one who signed it off."})
}

// Return decides on giving a note back: with the reason, and before it is
// signed off.
func (n Notes) Return(c Return, h Hands) ([]domain.Event, error) {
	of := n.Find(c.Note)
	return []domain.Event{Returned{Dated: c.Dated, Note: c.Note, Entry: of.Entry, Reason: c.Reason}}, domain.Refuse(
		unknown(of), before(of, c.Happened), n.signedOff(of), n.returned(of),
		domain.Rule{Name: "returned-by-its-author", Broken: h.isAuthor(h.By), Reason: "A note is returned by somebody else than its author; the author corrects it."})
}

func unknown(h Head) domain.Rule {
	return domain.Rule{Name: "note-unknown", Broken: h.Entry == 0, Reason: "No note with this id is on the record."}
}

func before(h Head, day domain.Date) domain.Rule {
	return domain.Rule{Name: "before-note", Broken: h.Entry != 0 && !day.IsZero() && day.Before(h.On), Reason: "The day lies before the note's."}
}

func (n Notes) signedOff(h Head) domain.Rule {
	_, signed := n.Signed(h, false)
	return domain.Rule{Name: "note-already-signed-off", Broken: h.Entry != 0 && signed, Reason: "The note as it stands was already signed off."}
}

func (n Notes) returned(h Head) domain.Rule {
	return domain.Rule{Name: "note-returned", Broken: h.Entry != 0 && !n.Returned(h).IsZero(),
		Reason: "The note was returned; it waits for its author to correct it or to submit it again."}
}
