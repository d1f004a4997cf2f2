package form

import (
	"fmt"
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Condition is exactly one of: a question with the answers by which it holds,
// all of some conditions, any of some, or not another. It asks only about
// questions of which there are finitely many answers, so that what can never
// hold is found before anybody waits for it. A question that is not shown has
// no answer.
type Condition struct {
	Question string      `json:"question,omitempty"`
	Is       []string    `json:"is,omitempty"`
	All      []Condition `json:"all,omitempty"`
	Any      []Condition `json:"any,omitempty"`
	Not      *Condition  `json:"not,omitempty"`
}

// Limits of a condition.
const (
	maxLeaves = 60
	maxDepth  = 10
	maxSteps  = 500_000 // of the search for answers by which the conditions of a definition hold
)

// wellFormed reports whether every part of the condition is one of the forms.
func (c Condition) wellFormed(depth int) bool {
	forms := 0
	for _, is := range []bool{c.Question != "" && len(c.Is) > 0, len(c.All) > 0, len(c.Any) > 0, c.Not != nil} {
		if is {
			forms++
		}
	}
	if forms != 1 || (c.Question != "") != (len(c.Is) > 0) || depth > maxDepth {
		return false
	}
	ok := true
	for part := range c.parts {
		ok = ok && part.wellFormed(depth+1)
	}
	return ok
}

// parts yields the conditions directly within this one.
func (c Condition) parts(yield func(Condition) bool) {
	for _, list := range [][]Condition{c.All, c.Any} {
		for _, part := range list {
			if !yield(part) {
				return
			}
		}
	}
	if c.Not != nil {
		yield(*c.Not)
	}
}

// leaves returns the questions with their answers that a condition asks about,
// each with its place within it.
func (c Condition) leaves(place string) []leaf {
	if c.Question != "" {
		return []leaf{{c, place}}
	}
	var all []leaf
	for i, part := range c.All {
		all = append(all, part.leaves(fmt.Sprintf("%s/all/%d", place, i))...)
	}
	for i, part := range c.Any {
		all = append(all, part.leaves(fmt.Sprintf("%s/any/%d", place, i))...)
	}
	if c.Not != nil {
		all = append(all, c.Not.leaves(place+"/not")...)
	}
	return all
}

type leaf struct {
	Condition
	place string
}

// truth is that of a condition while not all answers are known.
type truth int

const (
	no truth = iota
	maybe
	yes
)

// judge returns whether a condition holds; ask judges a question's leaf.
func (c Condition) judge(ask func(Condition) truth) truth {
	switch {
	case c.Question != "":
		return ask(c)
	case c.Not != nil:
		return yes - c.Not.judge(ask)
	}
	all := len(c.All) > 0
	result := no
	if all {
		result = yes
	}
	for part := range c.parts {
		if t := part.judge(ask); all {
			result = min(result, t)
		} else {
			result = max(result, t)
		}
	}
	return result
}

// search looks for answers by which conditions hold. Its variables are the
// questions that they ask about; of a question with several answers at a time,
// each answer is a variable of its own.
type search struct {
	of     map[string]placed
	vars   []variable
	values map[variable][]string // that make a difference; "" is none, or another one
	answer map[variable]string
	steps  *int // so far, for all conditions of the definition
}

type variable struct{ question, code string }

// possible reports whether there are answers by which a question is shown and
// the other condition, if there is one, holds; decided is false where that
// takes too long to say.
func possible(of map[string]placed, steps *int, q placed, and *Condition) (holds, decided bool) {
	s := search{of: of, values: make(map[variable][]string), answer: make(map[variable]string), steps: steps}
	conditions := append(q.conditions(), conditionsOf(and)...)
	s.gather(conditions, make(map[string]bool))
	holds = s.find(conditions, 0)
	return holds, holds || *steps <= maxSteps
}

func conditionsOf(some ...*Condition) []Condition {
	var all []Condition
	for _, c := range some {
		if c != nil {
			all = append(all, *c)
		}
	}
	return all
}

// gather collects the variables of conditions, and of those by which the
// questions that they ask about are shown.
func (s *search) gather(conditions []Condition, seen map[string]bool) {
	for _, c := range conditions {
		for _, l := range c.leaves("") {
			for _, code := range l.Is {
				s.note(s.variable(l.Question, code), code)
			}
			if !seen[l.Question] {
				seen[l.Question] = true
				s.gather(s.of[l.Question].conditions(), seen)
			}
		}
	}
}

func (s *search) note(v variable, code string) {
	if _, known := s.values[v]; !known {
		s.vars = append(s.vars, v)
		s.values[v] = []string{""}
	}
	if !slices.Contains(s.values[v], code) {
		s.values[v] = append(s.values[v], code)
	}
}

func (s *search) variable(question, code string) variable {
	if s.of[question].Kind == Codes {
		return variable{question, code}
	}
	return variable{question: question}
}

// find tries every answer to the variables from the nth on, as long as the
// conditions may hold.
func (s *search) find(conditions []Condition, n int) bool {
	*s.steps++
	switch s.judge(conditions) {
	case no:
		return false
	case yes:
		return true
	}
	if n == len(s.vars) || *s.steps > maxSteps {
		return false
	}
	defer delete(s.answer, s.vars[n])
	for _, value := range s.values[s.vars[n]] {
		s.answer[s.vars[n]] = value
		if s.find(conditions, n+1) {
			return true
		}
	}
	return false
}

func (s *search) judge(conditions []Condition) truth {
	result := yes
	for _, c := range conditions {
		result = min(result, c.judge(s.ask))
	}
	return result
}

// ask judges a leaf: the question is shown, and has one of the answers.
func (s *search) ask(c Condition) truth {
	if *s.steps++; *s.steps > maxSteps {
		return maybe
	}
	result := no
	for _, code := range c.Is {
		value, known := s.answer[s.variable(c.Question, code)]
		switch {
		case !known:
			result = max(result, maybe)
		case value == code:
			result = yes
		}
	}
	return min(result, s.judge(s.of[c.Question].conditions()))
}

// placed is a question where it stands.
type placed struct {
	*Question
	section *Section
	place   string
}

// conditions are those by which the question is shown.
func (p placed) conditions() []Condition {
	if p.Question == nil {
		return nil
	}
	return conditionsOf(p.section.When, p.When)
}

// takes reports whether a value can be the answer to the question on a day;
// with no date, on any.
func (q Question) takes(value string, on domain.Date) bool {
	switch q.Kind {
	case YesNo:
		return value == "yes" || value == "no"
	case Code, Codes:
		return policy.Valid(q.Codes, value, on)
	}
	return false
}
