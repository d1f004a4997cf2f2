package form

import (
	"maps"
	"slices"
	"strconv"

	"caseledger/domain"
)

// Value is what is known in answer to a question, and the entry that says so;
// entry 0 is a calculation.
type Value struct {
	Values   []string
	NotGiven string
	Entry    uint64
	Day      domain.Date
}

// IsZero reports whether nothing is known.
func (v Value) IsZero() bool { return len(v.Values) == 0 && v.NotGiven == "" }

func (v Value) same(values []string, notGiven string) bool {
	return v.NotGiven == notGiven && slices.Equal(v.Values, values)
}

// Sheet is a form with what the record knows in answer to its questions,
// wherever in the record that stands.
type Sheet struct {
	Form       Form
	Definition *Definition // nil where it is not at hand
	known      map[string]Value
	of         map[string]placed
	shown      map[string]bool  // as judged so far
	calculated map[string]Value // so far
}

// NewSheet returns the sheet of a form.
func NewSheet(f Form, d *Definition, known map[string]Value) Sheet {
	s := Sheet{Form: f, Definition: d, known: known, of: make(map[string]placed), shown: make(map[string]bool), calculated: make(map[string]Value)}
	if d != nil {
		for section, q := range d.All {
			s.of[q.Name] = placed{Question: q, section: section}
		}
	}
	return s
}

// Question returns a question with its section, nil where the form has none with
// this name.
func (s Sheet) Question(name string) (*Section, *Question) {
	p := s.of[name]
	return p.section, p.Question
}

// Shown reports whether the question is asked, by the answers so far.
func (s Sheet) Shown(question string) bool {
	if shown, judged := s.shown[question]; judged {
		return shown
	}
	p := s.of[question]
	shown := p.Question != nil
	for _, when := range p.conditions() {
		shown = shown && s.Holds(&when)
	}
	s.shown[question] = shown
	return shown
}

// Holds reports whether a condition holds; none always does.
func (s Sheet) Holds(when *Condition) bool {
	return when == nil || when.judge(s.ask) == yes
}

func (s Sheet) ask(c Condition) truth {
	given := s.known[c.Question].Values
	if s.Shown(c.Question) && slices.ContainsFunc(c.Is, func(code string) bool { return slices.Contains(given, code) }) {
		return yes
	}
	return no
}

// Value returns what is known in answer to a question that is shown.
func (s Sheet) Value(question string) Value {
	p := s.of[question]
	switch {
	case !s.Shown(question):
		return Value{}
	case p.Calculate == nil:
		return s.known[question]
	}
	v, done := s.calculated[question]
	if !done {
		v = s.calculate(*p.Calculate)
		s.calculated[question] = v
	}
	return v
}

// calculate adds up the numbers that are known, or counts the years from a day
// to that of the form. Without any there is no result.
func (s Sheet) calculate(c Calculation) Value {
	day := s.Form.Started.Fact.Happened
	if c.Years != "" {
		from := s.Value(c.Years).Values
		if len(from) != 1 {
			return Value{}
		}
		born, err := domain.ParseDate(from[0])
		if err != nil || day.Before(born) {
			return Value{}
		}
		return Value{Values: []string{strconv.Itoa(years(born, day))}, Day: day}
	}
	sum, any := 0, false
	for _, q := range c.Sum {
		for _, text := range s.Value(q).Values {
			if n, err := strconv.Atoi(text); err == nil {
				sum, any = sum+n, true
			}
		}
	}
	if !any {
		return Value{}
	}
	return Value{Values: []string{strconv.Itoa(sum)}, Day: day}
}

// years returns the full years from a day to a later one.
func years(from, to domain.Date) int {
	n := to.Time().Year() - from.Time().Year()
	if to.Before(from.AddMonths(12 * n)) {
		n--
	}
	return n
}

// Required reports whether the form is not complete without an answer to the
// question.
func (s Sheet) Required(question string) bool {
	p := s.of[question]
	return s.Shown(question) && (p.Required || p.RequiredWhen != nil && s.Holds(p.RequiredWhen))
}

// Missing returns the questions that must be answered still, in their order.
func (s Sheet) Missing() []string {
	var names []string
	for _, q := range s.Definition.All {
		if s.Required(q.Name) && s.Value(q.Name).IsZero() {
			names = append(names, q.Name)
		}
	}
	return names
}

// With returns the sheet with more answers.
func (s Sheet) With(day domain.Date, answers []Given) Sheet {
	known := maps.Clone(s.known)
	if known == nil {
		known = make(map[string]Value)
	}
	for _, a := range answers {
		known[a.Question] = Value{Values: a.Values, NotGiven: a.NotGiven, Day: day}
	}
	s.known, s.shown, s.calculated = known, make(map[string]bool), make(map[string]Value)
	return s
}

// Changed returns those of the answers that the record does not know yet.
func (s Sheet) Changed(answers []Given) []Given {
	return slices.DeleteFunc(slices.Clone(answers), func(a Given) bool { return s.known[a.Question].same(a.Values, a.NotGiven) })
}

// Due returns the acts that are performed with answers, on the sheet that has
// them. A reason for no answer is no act.
func (s Sheet) Due(answers []Given) []Act {
	return s.acts(func(a Act) bool {
		return a.At != AtCompletion && slices.ContainsFunc(answers, func(g Given) bool { return g.NotGiven == "" && a.asks(g.Question) })
	})
}

// Closing returns the acts that are performed when the form is completed.
func (s Sheet) Closing() []Act {
	return s.acts(func(a Act) bool { return a.At == AtCompletion })
}

func (s Sheet) acts(is func(Act) bool) []Act {
	var all []Act
	for _, a := range s.Definition.Acts {
		if is(a) && s.Holds(a.When) {
			all = append(all, a)
		}
	}
	return all
}

// Link returns the id of what the form is about.
func (s Sheet) Link(name string) string {
	for _, l := range s.Form.Started.Fact.Links {
		if l.Name == name {
			return l.ID
		}
	}
	return ""
}
