package form

import (
	"fmt"
	"regexp"
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// name is the form of what is named in a definition: an answer's place in the
// record is made of it.
var name = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Check returns all that is wrong in a definition, as far as it can be told
// without the catalogues of events and commands.
func (d *Definition) Check() Faults {
	c := checker{d: d, of: make(map[string]placed)}
	c.names()
	c.conditions()
	for place, q := range c.all() {
		c.question(place, q)
	}
	c.acts()
	if !c.broken && !c.cycles() {
		c.impossible()
	}
	return c.faults
}

type checker struct {
	d      *Definition
	of     map[string]placed // by the question's name
	order  []string
	faults Faults
	steps  int  // of the search for answers
	broken bool // a condition has no form or asks about what is not there
}

func (c *checker) fault(place, rule string, is bool) bool {
	if is {
		c.faults = append(c.faults, Fault{place, rule})
	}
	return is
}

// all yields the questions by name, in their order.
func (c *checker) all() func(func(string, placed) bool) {
	return func(yield func(string, placed) bool) {
		for _, n := range c.order {
			if !yield(c.of[n].place, c.of[n]) {
				return
			}
		}
	}
}

func (c *checker) names() {
	c.fault("/form", "a name is lower-case words joined by hyphens", !name.MatchString(c.d.Name))
	for i, l := range c.d.Links {
		c.fault(fmt.Sprintf("/links/%d", i), "a name is lower-case words joined by hyphens", !name.MatchString(l))
	}
	sections := make(map[string]bool)
	for i := range c.d.Sections {
		s := &c.d.Sections[i]
		place := fmt.Sprintf("/sections/%d", i)
		c.fault(place+"/section", "a name is lower-case words joined by hyphens", !name.MatchString(s.Name))
		c.fault(place+"/section", "a section with this name stands earlier", sections[s.Name])
		sections[s.Name] = true
		for j := range s.Questions {
			q := &s.Questions[j]
			at := fmt.Sprintf("%s/questions/%d", place, j)
			c.fault(at+"/question", "a name is lower-case words joined by hyphens", !name.MatchString(q.Name))
			if _, twice := c.of[q.Name]; c.fault(at+"/question", "a question with this name stands earlier", twice) {
				continue
			}
			c.of[q.Name] = placed{Question: q, section: s, place: at}
			c.order = append(c.order, q.Name)
		}
	}
}

// conditions checks the form of every condition, and what it asks about.
func (c *checker) conditions() {
	for i := range c.d.Sections {
		c.condition(c.d.Sections[i].When, fmt.Sprintf("/sections/%d/when", i), &c.d.Sections[i])
	}
	for place, p := range c.all() {
		c.condition(p.When, place+"/when", p.section)
		c.condition(p.RequiredWhen, place+"/requiredWhen", p.section)
	}
}

func (c *checker) condition(when *Condition, place string, in *Section) {
	if when == nil {
		return
	}
	if c.fault(place, "a condition is one of: question and is, all, any, not", !when.wellFormed(0)) {
		c.broken = true
		return
	}
	leaves := when.leaves(place)
	if c.fault(place, fmt.Sprintf("a condition asks about more than %d answers", maxLeaves), len(leaves) > maxLeaves) {
		c.broken = true
		return
	}
	for _, l := range leaves {
		c.leaf(l, in)
	}
}

func (c *checker) leaf(l leaf, in *Section) {
	p, known := c.of[l.Question]
	if c.fault(l.place+"/question", "no question has this name", !known) {
		c.broken = true
		return
	}
	finite := slices.Contains([]Kind{YesNo, Code, Codes}, p.Kind)
	if c.fault(l.place+"/question", "a condition asks only about yes-no, code and codes", !finite) {
		c.broken = true
		return
	}
	for i, value := range l.Is {
		c.fault(fmt.Sprintf("%s/is/%d", l.place, i), "the question has no such answer", !p.takes(value, domain.Date{}))
	}
	if in != nil {
		c.fault(l.place+"/question", "who may see this would learn the answer to a question of a closed section", !within(in.Readers, p.section.Readers))
	}
}

// within reports whether everybody of the one may see what is open to the other.
func within(one, other []string) bool {
	if len(other) == 0 {
		return true
	}
	return len(one) > 0 && !slices.ContainsFunc(one, func(role string) bool { return !slices.Contains(other, role) })
}

func (c *checker) question(place string, q placed) {
	coded := q.Kind == Code || q.Kind == Codes
	c.fault(place+"/codes", "code and codes have a code set, and no other kind has one", coded != (q.Codes != ""))
	c.fault(place+"/codes", "no code set has this name", coded && q.Codes != "" && !slices.Contains(policy.Sets(), q.Codes))
	c.fault(place+"/requiredWhen", "what is always required is not required when", q.Required && q.RequiredWhen != nil)
	carried := q.Known != nil && c.d.ActOf(q.Name) == nil
	c.fault(place+"/known", "what a form only shows is not required", carried && (q.Required || q.RequiredWhen != nil))
	if q.Calculate != nil {
		c.calculation(place+"/calculate", q)
	}
}

func (c *checker) calculation(place string, q placed) {
	sum, years := q.Calculate.Sum, q.Calculate.Years
	c.fault(place, "a calculation is either sum or years", (len(sum) > 0) == (years != ""))
	c.fault(place, "what is calculated is a number", q.Kind != Number)
	c.fault(place, "what is calculated is not required, and known from nowhere else", q.Required || q.RequiredWhen != nil || q.Known != nil || c.d.ActOf(q.Name) != nil)
	for i, of := range sum {
		c.operand(fmt.Sprintf("%s/sum/%d", place, i), of, Number, q)
	}
	if years != "" {
		c.operand(place+"/years", years, Date, q)
	}
}

func (c *checker) operand(place, question string, kind Kind, in placed) {
	p, known := c.of[question]
	if c.fault(place, "no question has this name", !known) {
		return
	}
	c.fault(place, "the question is not of the kind "+string(kind), p.Kind != kind)
	c.fault(place, "who may see this would learn the answer to a question of a closed section", !within(in.section.Readers, p.section.Readers))
}

func (c *checker) acts() {
	names, owner := make(map[string]bool), make(map[string]bool)
	for i, a := range c.d.Acts {
		place := fmt.Sprintf("/acts/%d", i)
		c.fault(place+"/act", "a name is lower-case words joined by hyphens", !name.MatchString(a.Name))
		c.fault(place+"/act", "an act with this name stands earlier", names[a.Name])
		names[a.Name] = true
		c.condition(a.When, place+"/when", nil)
		for j, f := range a.Fields {
			c.field(fmt.Sprintf("%s/fields/%d", place, j), f)
			if f.Question != "" && a.At != AtCompletion {
				c.fault(fmt.Sprintf("%s/fields/%d/question", place, j), "an earlier act is performed with the answer to this question", owner[f.Question])
				owner[f.Question] = true
			}
		}
		c.fault(place+"/fields", "an act that is performed with an answer has a question", a.At != AtCompletion && !slices.ContainsFunc(a.Fields, func(f Field) bool { return f.Question != "" }))
	}
}

func (c *checker) field(place string, f Field) {
	sources := 0
	for _, is := range []bool{f.Question != "", f.Link != "", f.Value != "", f.New} {
		if is {
			sources++
		}
	}
	c.fault(place, "a field has one of: question, link, value, new", sources != 1)
	p, known := c.of[f.Question]
	c.fault(place+"/question", "no question has this name", f.Question != "" && !known)
	c.fault(place+"/question", "what is calculated becomes no command", known && p.Calculate != nil)
	c.fault(place+"/link", "the form has no such link", f.Link != "" && !slices.Contains(c.d.Links, f.Link))
}

// cycles finds questions that are shown, or calculated, by way of themselves.
func (c *checker) cycles() bool {
	found := false
	state := make(map[string]int) // 1 on the way, 2 done
	var visit func(question string) bool
	visit = func(question string) bool {
		switch state[question] {
		case 1:
			return true
		case 2:
			return false
		}
		state[question] = 1
		p := c.of[question]
		loop := false
		for _, next := range p.needs() {
			if _, known := c.of[next]; known && visit(next) {
				loop = true
			}
		}
		state[question] = 2
		return loop
	}
	for place, p := range c.all() {
		found = c.fault(place, "the question is shown or calculated by way of itself", visit(p.Name)) || found
	}
	return found
}

// needs are the questions that must be judged before this one.
func (p placed) needs() []string {
	var all []string
	for _, when := range p.conditions() {
		for _, l := range when.leaves("") {
			all = append(all, l.Question)
		}
	}
	if p.Calculate != nil {
		all = append(append(all, p.Calculate.Sum...), p.Calculate.Years)
	}
	return all
}

// impossible finds questions that nobody is ever asked, and what is never
// required.
func (c *checker) impossible() {
	for place, p := range c.all() {
		if shown := c.can(place, p, nil); shown && p.RequiredWhen != nil {
			c.can(place+"/requiredWhen", p, p.RequiredWhen)
		}
	}
	for i, a := range c.d.Acts {
		if a.When != nil {
			c.can(fmt.Sprintf("/acts/%d/when", i), placed{}, a.When)
		}
	}
}

func (c *checker) can(place string, p placed, and *Condition) bool {
	if p.Question != nil && len(p.conditions()) == 0 && and == nil {
		return true
	}
	holds, decided := possible(c.of, &c.steps, p, and)
	c.fault(place, "no answers fulfil the condition", !holds && decided)
	c.fault(place, "the condition is too involved to tell whether any answers fulfil it", !decided)
	return holds
}
