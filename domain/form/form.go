// Package form is forms as data, and the part of a record that says which forms
// were filled in. A definition says what is asked, of whom, when, and what
// becomes of the answers; a Sheet is a form with what the record knows; a View
// says what another profession is shown of it. The package knows neither the
// names of events nor those of commands: package schema puts both together.
package form

import "caseledger/domain"

// ID names a form within its record.
type ID string

// Event is one fact about a form.
//
//sumtype:decl
type Event interface {
	domain.Event
	formEvent()
}

// Link is the id of something that a form is about, by the name that the
// definition gives it.
type Link struct {
	Name string `json:"link" validate:"required,max=60,printascii"`
	ID   string `json:"id" validate:"required,max=64,printascii"`
}

// Started says that a form was begun, on which version of which definition.
type Started struct {
	domain.Dated
	Form       ID     `json:"form"`
	Definition string `json:"definition"`
	Version    int    `json:"version"`
	Hash       string `json:"hash"` // SHA-256 of the definition's text, in hexadecimal
	Links      []Link `json:"links,omitempty"`
}

// Answered says what the answer to a question is, or why there is none. Texts
// stand as they were typed.
type Answered struct {
	domain.Dated
	Form     ID       `json:"form"`
	Question string   `json:"question"`
	Values   []string `json:"values,omitempty"`
	NotGiven string   `json:"notGiven,omitempty"` // declined, not-known, does-not-apply
}

// Completed says that a form is filled in.
type Completed struct {
	domain.Dated
	Form ID `json:"form"`
}

// Abandoned says that a form will not be filled in.
type Abandoned struct {
	domain.Dated
	Form   ID     `json:"form"`
	Reason string `json:"reason"`
}

func (e Started) About() string   { return "form/" + string(e.Form) }
func (e Answered) About() string  { return "form/" + string(e.Form) + "/question/" + e.Question }
func (e Completed) About() string { return "form/" + string(e.Form) }
func (e Abandoned) About() string { return "form/" + string(e.Form) }

func (Started) formEvent()   {}
func (Answered) formEvent()  {}
func (Completed) formEvent() {}
func (Abandoned) formEvent() {}

// Form is what is known of one form. The answers stand in the entries.
type Form struct {
	ID        ID
	Started   domain.Known[Started]
	Answered  uint64 // the entry of the latest answer
	Completed domain.Known[Completed]
	Abandoned domain.Known[Abandoned]
}

// Open reports whether the form is being filled in.
func (f Form) Open() bool {
	return !f.Started.IsZero() && f.Completed.IsZero() && f.Abandoned.IsZero()
}

// Forms are those of one record, in the order of their beginning.
type Forms []Form

// Find returns the form with the id, or one about which nothing is known.
func (fs Forms) Find(id ID) Form {
	for _, f := range fs {
		if f.ID == id {
			return f
		}
	}
	return Form{ID: id}
}

// Latest returns the completed form of a definition that was completed last.
func (fs Forms) Latest(definition string) Form {
	var latest Form
	for _, f := range fs {
		if f.Started.Fact.Definition == definition && !f.Completed.IsZero() && !f.Completed.Fact.Happened.Before(latest.Completed.Fact.Happened) {
			latest = f
		}
	}
	return latest
}

// Evolve returns the forms with one more fact.
func (fs Forms) Evolve(entry uint64, e Event) Forms {
	switch e := e.(type) {
	case Started:
		return fs.with(e.Form, func(f *Form) { f.Started = domain.Know(entry, e) })
	case Answered:
		return fs.with(e.Form, func(f *Form) { f.Answered = entry })
	case Completed:
		return fs.with(e.Form, func(f *Form) { f.Completed = domain.Know(entry, e) })
	case Abandoned:
		return fs.with(e.Form, func(f *Form) { f.Abandoned = domain.Know(entry, e) })
	}
	return fs
}

func (fs Forms) with(id ID, change func(*Form)) Forms {
	return domain.Upsert(fs,
		func(f *Form) bool { return f.ID == id },
		func(f *Form) { f.ID = id; change(f) })
}
