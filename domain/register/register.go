// Package register is the history of one enquiry of the child protection
// register: who asked, for whom, why, and what was answered. Every enquiry is
// kept, also the one about a child whom nobody knows. It never says who is on
// the register: that follows from the records.
package register

import (
	"strings"

	"caseledger/domain"
)

// The answers to an enquiry.
const (
	OnRegister = "on-register"     // a name fits by number, or by family name and birth
	Possible   = "possible"        // a name fits in part: the enquirer must be asked for more
	NotOnIt    = "not-on-register" // no name fits
)

// Child is what the enquirer says about the child.
type Child struct {
	Given  string      `json:"given,omitempty" validate:"max=200"`
	Family string      `json:"family,omitempty" validate:"max=200"`
	Born   domain.Date `json:"born,omitzero"`
	Number string      `json:"number,omitempty" validate:"omitempty,max=50,printascii"` // of the authority, NHS, CHI or UPN
}

// Enquire asks whether a child's name stands on the register.
type Enquire struct {
	domain.Dated
	Enquirer string `json:"enquirer" validate:"required,max=200"`
	Role     string `json:"enquirerRole" validate:"required,max=100"`
	From     string `json:"enquirerAgency" validate:"required,max=100"`
	// CalledBack says that the keeper rang the enquirer back at a number known
	// to be the agency's.
	CalledBack bool   `json:"calledBack,omitzero"`
	Reason     string `json:"reason" validate:"required,max=2000"`
	Child      Child  `json:"child"`
}

// Match is a name on the register that fits.
type Match struct {
	Record domain.RecordID `json:"record"`
	Plan   string          `json:"plan"`
	Exact  bool            `json:"exact"`
}

// Enquired says who asked, and what was answered.
type Enquired struct {
	domain.Dated
	Enquirer   string  `json:"enquirer"`
	Role       string  `json:"enquirerRole"`
	From       string  `json:"enquirerAgency"`
	CalledBack bool    `json:"calledBack,omitzero"`
	Reason     string  `json:"reason"`
	Child      Child   `json:"child"`
	Answer     string  `json:"answer"`
	Matches    []Match `json:"matches,omitempty"`
	// Earlier is the number of enquiries about this child before, as the keeper
	// could tell: an agency that asks again and again is worth a call.
	Earlier int `json:"earlier"`
}

func (Enquired) About() string { return "" }

// Enquiry is what is known of one enquiry.
type Enquiry struct{ Enquired domain.Known[Enquired] }

// Evolve returns the enquiry with more entries.
func (q Enquiry) Evolve(entries ...domain.Entry) Enquiry {
	for _, e := range entries {
		if ev, ok := e.Event.(Enquired); ok {
			q.Enquired = domain.Know(e.Seq, ev)
		}
	}
	return q
}

// Answer decides on an enquiry, given the names that fit and the number of
// enquiries about the child before.
func Answer(c Enquire, found []Match, earlier int) (Enquired, error) {
	e := Enquired{Dated: c.Dated, Enquirer: c.Enquirer, Role: c.Role, From: c.From, CalledBack: c.CalledBack, Reason: c.Reason,
		Child: c.Child, Matches: found, Answer: NotOnIt, Earlier: earlier}
	for _, m := range found {
		if m.Exact {
			e.Answer = OnRegister
		} else if e.Answer == NotOnIt {
			e.Answer = Possible
		}
	}
	return e, domain.Refuse(domain.Rule{Name: "nobody-asked-for", Broken: c.Child.Number == "" && c.Child.Family == "",
		Reason: "An enquiry names the child: by a number, or by the family name."})
}

// Fits compares what the enquirer says with a name on the register: exactly, in
// part, or not at all. numbers are all numbers that any source claims for the
// child.
func (c Child) Fits(given, family string, born domain.Date, numbers []string) (exact, partly bool) {
	for _, n := range numbers {
		if c.Number != "" && strings.EqualFold(n, c.Number) {
			return true, true
		}
	}
	if c.Family == "" || !strings.EqualFold(strings.TrimSpace(c.Family), family) {
		sameDay := !c.Born.IsZero() && c.Born == born
		return false, sameDay && c.Given != "" && strings.EqualFold(strings.TrimSpace(c.Given), given)
	}
	if !c.Born.IsZero() && !born.IsZero() {
		return c.Born == born, c.Born == born || strings.EqualFold(c.Given, given) && c.Given != ""
	}
	return false, c.Given == "" || given == "" || strings.EqualFold(strings.TrimSpace(c.Given), given)
}
