package form

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Definition is one version of a form. A version that was used once is never
// changed: a form in progress stays on the version that it was started with.
type Definition struct {
	Name    string      `json:"form" validate:"required,max=60,printascii"`
	Version int         `json:"version" validate:"required,min=1,max=100000"`
	Title   string      `json:"title" validate:"required,max=200"`
	From    domain.Date `json:"from" validate:"required"` // the first day on which it is started
	// Links name what a form is started with: the ids of the assessment or the
	// conference, say, that its acts speak of.
	Links    []string  `json:"links,omitempty" validate:"max=10,unique,dive,required,max=60,printascii"`
	Sections []Section `json:"sections" validate:"required,min=1,max=100,dive"`
	Acts     []Act     `json:"acts,omitempty" validate:"max=200,dive"`
}

// Section is some questions that are asked of the same people.
type Section struct {
	Name  string `json:"section" validate:"required,max=60,printascii"`
	Title string `json:"title" validate:"required,max=200"`
	// Readers are the roles that may see the section, and answer in it; without
	// any, everybody may who may open the record.
	Readers   []string   `json:"readers,omitempty" validate:"max=30,unique,dive,required,max=100,printascii"`
	When      *Condition `json:"when,omitempty"`
	Questions []Question `json:"questions" validate:"required,min=1,max=500,dive"`
}

// Kind is what the answer to a question is.
type Kind string

// The kinds of question. Text is kept exactly as it was typed.
const (
	Text   Kind = "text"
	Lines  Kind = "lines" // several short texts
	Date   Kind = "date"
	Number Kind = "number"
	YesNo  Kind = "yes-no"
	Code   Kind = "code"
	Codes  Kind = "codes"
)

// Question is one question. Its name is the same in every form that asks it:
// what was answered in one is known in all.
type Question struct {
	Name         string         `json:"question" validate:"required,max=60,printascii"`
	Ask          string         `json:"ask" validate:"required,max=1000"`
	Kind         Kind           `json:"kind" validate:"required,oneof=text lines date number yes-no code codes"`
	Codes        policy.CodeSet `json:"codes,omitempty" validate:"max=60,printascii"`
	When         *Condition     `json:"when,omitempty"`
	Required     bool           `json:"required,omitzero"`
	RequiredWhen *Condition     `json:"requiredWhen,omitempty"`
	// Known says where else in the record the answer stands. Unless an act
	// records it there, the form only shows it.
	Known *Known `json:"known,omitempty"`
	// A calculated question is not asked.
	Calculate *Calculation `json:"calculate,omitempty"`
}

// Known points at a member of the latest event of a type in force.
type Known struct {
	Event string  `json:"event"`           // "person.named"
	Field string  `json:"field"`           // JSON Pointer: "/given"
	Where []Where `json:"where,omitempty"` // which of these events
}

// Where tells events of one type apart by another member.
type Where struct {
	Field string `json:"field"`
	Is    string `json:"is"`
}

// Calculation is a sum, or the full years from a day until the form's.
type Calculation struct {
	Sum   []string `json:"sum,omitempty"`
	Years string   `json:"years,omitempty"`
}

// The moments of an act.
const (
	AtAnswer     = "answer"     // when a question of it is answered: the default
	AtCompletion = "completion" // when the form is completed
)

// Act is a command of the catalogue that answers become. Where it is performed
// with the answer, what it records is the answer, and nothing stands twice.
type Act struct {
	Name    string     `json:"act" validate:"required,max=30,printascii"`
	Command string     `json:"command" validate:"required,max=100,printascii"`
	At      string     `json:"at,omitempty" validate:"omitempty,oneof=answer completion"`
	When    *Condition `json:"when,omitempty"`
	Fields  []Field    `json:"fields" validate:"required,min=1,max=100,dive"`
}

// Field gives a member of the command its value: an answer, the id of a link, a
// constant, or a new id. The day of the command is that of the answer.
type Field struct {
	Field    string `json:"field" validate:"required,max=200"` // JSON Pointer into the command
	Question string `json:"question,omitempty" validate:"max=60"`
	Link     string `json:"link,omitempty" validate:"max=60"`
	Value    string `json:"value,omitempty" validate:"max=200"`
	New      bool   `json:"new,omitzero"`
}

// All yields every question with its section.
func (d *Definition) All(yield func(*Section, *Question) bool) {
	for i := range d.Sections {
		s := &d.Sections[i]
		for j := range s.Questions {
			if !yield(s, &s.Questions[j]) {
				return
			}
		}
	}
}

// Open reports whether a role may see the section.
func (s Section) Open(role string) bool {
	return len(s.Readers) == 0 || slices.Contains(s.Readers, role)
}

// ActOf returns the act that a question is answered by, nil for none.
func (d *Definition) ActOf(question string) *Act {
	for i, a := range d.Acts {
		if a.At != AtCompletion && a.asks(question) {
			return &d.Acts[i]
		}
	}
	return nil
}

func (a Act) asks(question string) bool {
	return slices.ContainsFunc(a.Fields, func(f Field) bool { return f.Question != "" && f.Question == question })
}

// Fault is what is wrong in a definition: the place, as a JSON Pointer, and the
// rule that it breaks. It repeats nothing of what the file says.
type Fault struct {
	Place string `json:"place"`
	Rule  string `json:"rule"`
}

// Faults are all that is wrong in a definition.
type Faults []Fault

func (f Faults) Error() string {
	text := "form:"
	for i, one := range f {
		if i > 0 {
			text += ";"
		}
		text += " " + one.Place + ": " + one.Rule
	}
	return text
}
