package form

import (
	"fmt"
	"slices"
	"strconv"

	"caseledger/domain"
)

// Start begins a form, on the version of its definition that is in force on the
// day, or on another.
type Start struct {
	domain.Dated
	Form       ID     `json:"form" validate:"required,max=64,printascii"`
	Definition string `json:"definition" validate:"required,max=60,printascii"`
	Version    int    `json:"version,omitzero" validate:"min=0,max=100000"`
	Links      []Link `json:"links,omitempty" validate:"max=10,unique=Name,dive"`
}

// Answer answers questions of a form.
type Answer struct {
	domain.Dated
	Form    ID      `json:"form" validate:"required,max=64,printascii"`
	Answers []Given `json:"answers" validate:"required,min=1,max=500,unique=Question,dive"`
}

// Given is the answer to a question: one value, or several where the question
// takes them, or the reason for none. Yes-no is yes or no, a date 2026-03-31, a
// number in digits.
type Given struct {
	Question string   `json:"question" validate:"required,max=60,printascii"`
	Values   []string `json:"values,omitempty" validate:"max=100,dive,required,max=1048576"`
	NotGiven string   `json:"notGiven,omitempty" validate:"omitempty,oneof=declined not-known does-not-apply"`
}

// Complete ends the filling in of a form.
type Complete struct {
	domain.Dated
	Form ID `json:"form" validate:"required,max=64,printascii"`
}

// Abandon gives a form up.
type Abandon struct {
	domain.Dated
	Form   ID     `json:"form" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,max=2000"`
}

// Start decides on a new form on a definition, nil for none, whose text has the
// hash.
func (fs Forms) Start(c Start, d *Definition, hash string) ([]domain.Event, error) {
	e := Started{Dated: c.Dated, Form: c.Form, Definition: c.Definition, Hash: hash, Links: c.Links}
	var links []string
	if d != nil {
		e.Version, links = d.Version, d.Links
	}
	given := make([]string, len(c.Links))
	for i, l := range c.Links {
		given[i] = l.Name
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "form-already-started", Broken: !fs.Find(c.Form).Started.IsZero(), Pointer: "/form",
			Reason: "A form with this id is already on the record."},
		domain.Rule{Name: "form-definition-unknown", Broken: d == nil, Pointer: "/definition",
			Reason: "No definition with this name and version is in force on that day."},
		domain.Rule{Name: "links-differ", Broken: d != nil && !slices.Equal(slices.Sorted(slices.Values(given)), slices.Sorted(slices.Values(links))), Pointer: "/links",
			Reason: "A form is started with the links that its definition names, and with no others."})
}

// Answer decides on answers by somebody in a role. What the record knows already
// is not recorded again. What becomes a command is not recorded here: see Due.
func (fs Forms) Answer(c Answer, s Sheet, role string) ([]domain.Event, error) {
	rules := s.active(c.Happened)
	if s.Definition == nil {
		return nil, domain.Refuse(rules...)
	}
	after := s.With(c.Happened, c.Answers)
	for i, a := range c.Answers {
		rules = append(rules, after.accept(fmt.Sprintf("/answers/%d", i), a, role, c.Happened)...)
	}
	changed := s.Changed(c.Answers)
	rules = append(rules, domain.Rule{Name: "answers-already-known", Broken: len(changed) == 0, Pointer: "/answers",
		Reason: "The record knows these answers already: only those that have changed are recorded again."})
	var events []domain.Event
	for _, a := range changed {
		if act := s.Definition.ActOf(a.Question); act == nil || a.NotGiven != "" || !after.Holds(act.When) {
			events = append(events, Answered{Dated: c.Dated, Form: c.Form, Question: a.Question, Values: a.Values, NotGiven: a.NotGiven})
		}
	}
	return events, domain.Refuse(rules...)
}

// accept returns the rules for one answer, on the sheet with all of them.
func (s Sheet) accept(place string, a Given, role string, day domain.Date) []domain.Rule {
	p, known := s.of[a.Question]
	if !known {
		return []domain.Rule{{Name: "question-unknown", Broken: true, Pointer: place + "/question", Reason: "The form has no question with this name."}}
	}
	if !p.section.Open(role) {
		return []domain.Rule{{Name: "section-closed", Broken: true, Pointer: place + "/question", Reason: "The section of this question is closed to this role."}}
	}
	fits := a.NotGiven != "" || p.fits(a.Values)
	return []domain.Rule{
		{Name: "question-hidden", Broken: !s.Shown(a.Question), Pointer: place + "/question",
			Reason: "By the other answers, this question is not asked."},
		{Name: "question-calculated", Broken: p.Calculate != nil, Pointer: place + "/question",
			Reason: "The answer to this question is calculated."},
		{Name: "question-carried", Broken: p.Known != nil && s.Definition.ActOf(a.Question) == nil, Pointer: place + "/question",
			Reason: "The answer to this question is carried over from elsewhere in the record, and is changed there."},
		{Name: "values-or-reason", Broken: (len(a.Values) == 0) == (a.NotGiven == ""), Pointer: place,
			Reason: "There is an answer, or a reason for none, and not both."},
		{Name: "answer-unfit", Broken: !fits, Pointer: place + "/values",
			Reason: "The answer is not of the kind that the question asks for."},
		{Name: "answer-not-in-force", Broken: fits && !p.inForce(a.Values, day), Pointer: place + "/values",
			Reason: "A code of the answer was not in its code set on that day."},
	}
}

// maxLine bounds each of several short texts, in bytes.
const maxLine = 2000

// fits reports whether values are of the question's kind. Nothing is judged of
// a text.
func (q Question) fits(values []string) bool {
	several := q.Kind == Lines || q.Kind == Codes
	if len(values) > 1 && !several {
		return false
	}
	for i, v := range values {
		if !q.fitsOne(v) || q.Kind == Codes && slices.Contains(values[:i], v) {
			return false
		}
	}
	return true
}

func (q Question) fitsOne(v string) bool {
	switch q.Kind {
	case Lines:
		return len(v) <= maxLine
	case Date:
		_, err := domain.ParseDate(v)
		return err == nil
	case Number:
		n, err := strconv.Atoi(v)
		return err == nil && strconv.Itoa(n) == v && -maxNumber <= n && n <= maxNumber
	case YesNo, Code, Codes:
		return q.takes(v, domain.Date{})
	}
	return true
}

// maxNumber bounds a number, so that no sum of them overflows.
const maxNumber = 1_000_000_000

func (q Question) inForce(values []string, day domain.Date) bool {
	coded := q.Kind == Code || q.Kind == Codes
	return !coded || !slices.ContainsFunc(values, func(v string) bool { return !q.takes(v, day) })
}

// Complete decides on the end of a form.
func (fs Forms) Complete(c Complete, s Sheet) ([]domain.Event, error) {
	rules := s.active(c.Happened)
	if s.Definition != nil {
		rules = append(rules, domain.Rule{Name: "form-incomplete", Broken: len(s.Missing()) > 0,
			Reason: "A question that must be answered has neither an answer nor a reason for none."})
	}
	return []domain.Event{Completed{Dated: c.Dated, Form: c.Form}}, domain.Refuse(rules...)
}

// Abandon decides on giving a form up. That needs no definition.
func (fs Forms) Abandon(c Abandon) ([]domain.Event, error) {
	return []domain.Event{Abandoned{Dated: c.Dated, Form: c.Form, Reason: c.Reason}}, domain.Refuse(fs.Find(c.Form).active(c.Happened)...)
}

func (f Form) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "form-unknown", Broken: f.Started.IsZero(), Reason: "No form with this id is on the record."},
		{Name: "before-form", Broken: !f.Started.IsZero() && !on.IsZero() && on.Before(f.Started.Fact.Happened), Reason: "The day lies before the beginning of the form."},
		{Name: "form-ended", Broken: !f.Started.IsZero() && !f.Open(), Reason: "The form was completed or given up."},
	}
}

func (s Sheet) active(on domain.Date) []domain.Rule {
	return append(s.Form.active(on), domain.Rule{Name: "form-definition-missing", Broken: !s.Form.Started.IsZero() && s.Definition == nil,
		Reason: "The version of the definition that the form was started with is not at hand, or its text was changed."})
}
