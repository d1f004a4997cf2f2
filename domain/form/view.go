package form

import (
	"fmt"
	"slices"
)

// View says what one audience is shown of a completed form: which facts, in
// which words and order, and what is left out and why. It is a list of what is
// allowed: what it does not name is never shown.
type View struct {
	Name    string `json:"view" validate:"required,max=60,printascii"`
	Version int    `json:"version" validate:"required,min=1,max=100000"`
	Title   string `json:"title" validate:"required,max=200"`
	Of      string `json:"form" validate:"required,max=60,printascii"` // the definition
	// OfVersion is the version of the form that the view was written for. What a
	// later one asks besides is left out until somebody decides otherwise.
	OfVersion int    `json:"formVersion" validate:"required,min=1,max=100000"`
	Audience  string `json:"audience" validate:"required,max=60,printascii"`
	// Readers are the roles that may have the view made.
	Readers []string `json:"readers" validate:"required,min=1,max=30,unique,dive,required,max=100,printascii"`
	// Restricted lets what a restriction of the record keeps from people outside
	// the authority stand in the view: informants, and a withheld address.
	Restricted bool       `json:"restricted,omitzero"`
	Parts      []Part     `json:"parts" validate:"required,min=1,max=100,dive"`
	Withheld   []Withheld `json:"withheld,omitempty" validate:"max=100,dive"`
}

// Part is some facts under a heading.
type Part struct {
	Heading string `json:"heading" validate:"required,max=200"`
	Facts   []Fact `json:"facts" validate:"required,min=1,max=500,dive"`
}

// Fact is the answer to a question, in words that the audience understands.
type Fact struct {
	Question string `json:"question" validate:"required,max=60,printascii"`
	Words    string `json:"words" validate:"required,max=1000"`
}

// Withheld says what is left out, so that nobody takes the view for the whole,
// and why.
type Withheld struct {
	What      string   `json:"what" validate:"required,max=1000"`
	Why       string   `json:"why" validate:"required,max=1000"`
	Questions []string `json:"questions" validate:"required,min=1,max=500,unique,dive,required,max=60,printascii"`
}

// Check returns all that is wrong in a view of the definition that it was
// written for, nil where there is none. Every question of the form is shown or withheld, once.
func (v View) Check(d *Definition) Faults {
	c := viewChecker{v: v, of: make(map[string]*Section), named: make(map[string]bool)}
	c.fault("/view", "a name is lower-case words joined by hyphens", !name.MatchString(v.Name))
	c.fault("/audience", "a name is lower-case words joined by hyphens", !name.MatchString(v.Audience))
	if c.fault("/form", "no form has this name and version", d == nil); d == nil {
		return c.faults
	}
	for section, q := range d.All {
		c.of[q.Name] = section
	}
	for i, p := range v.Parts {
		for j, f := range p.Facts {
			c.question(fmt.Sprintf("/parts/%d/facts/%d/question", i, j), f.Question, true)
		}
	}
	for i, w := range v.Withheld {
		for j, q := range w.Questions {
			c.question(fmt.Sprintf("/withheld/%d/questions/%d", i, j), q, false)
		}
	}
	for _, q := range d.All {
		c.fault("/withheld", "a question of the form is neither shown nor withheld", !c.named[q.Name])
	}
	c.faults = slices.Compact(c.faults)
	return c.faults
}

type viewChecker struct {
	v      View
	of     map[string]*Section
	named  map[string]bool
	faults Faults
}

func (c *viewChecker) fault(place, rule string, is bool) {
	if is {
		c.faults = append(c.faults, Fault{place, rule})
	}
}

func (c *viewChecker) question(place, question string, shown bool) {
	section, known := c.of[question]
	c.fault(place, "no question of the form has this name", !known)
	c.fault(place, "the question is named twice", c.named[question])
	c.fault(place, "the section of the question is closed to this audience", known && shown && !section.Open(c.v.Audience))
	c.named[question] = true
}

// ReadBy reports whether a role may have the view made.
func (v View) ReadBy(role string) bool { return slices.Contains(v.Readers, role) }
