package domain

import "strings"

// Refusal is one rule that forbids an act. The reason never repeats what the
// caller submitted, because it travels to logs and error pages.
type Refusal struct {
	Rule   string // kebab-case name, stable: "plan-not-active"
	Reason string // one sentence that a practitioner understands
	// Pointer is a JSON Pointer to what is refused within the act; "" is the
	// whole.
	Pointer string
}

func (r Refusal) Error() string {
	if r.Pointer != "" {
		return r.Pointer + ": " + r.Rule + ": " + r.Reason
	}
	return r.Rule + ": " + r.Reason
}

// Refusals are all the rules that forbid one act, so that a person can mend
// everything at once.
type Refusals []Refusal

func (r Refusals) Error() string {
	texts := make([]string, len(r))
	for i, one := range r {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "; ")
}

// Join joins what two checks refuse. Any other error stands alone.
func Join(one, other error) error {
	a, ok := one.(Refusals)
	if one != nil && !ok {
		return one
	}
	b, ok := other.(Refusals)
	if other != nil && !ok {
		return other
	}
	if all := append(a[:len(a):len(a)], b...); len(all) > 0 {
		return all
	}
	return nil
}

// Rule is one rule checked: Broken tells the outcome.
type Rule struct {
	Broken  bool
	Name    string
	Reason  string
	Pointer string // see Refusal
}

// Refuse returns the broken rules as Refusals, or nil when all hold.
//
// A command returns its events together with Refuse(...): the ledger records
// the events only when there is no refusal, while an import, which may not
// drop what was true elsewhere, records them with the refusals as flags.
func Refuse(rules ...Rule) error {
	var broken Refusals
	for _, r := range rules {
		if r.Broken {
			broken = append(broken, Refusal{Rule: r.Name, Reason: r.Reason, Pointer: r.Pointer})
		}
	}
	if broken == nil {
		return nil
	}
	return broken
}
