package disclosure

import (
	"slices"
	"strings"

	"caseledger/domain"
)

// Catalogue is what may go to whom: protocols and profiles as data, each with
// the days on which it holds and where it comes from.
type Catalogue struct {
	Protocols []Protocol `json:"protocols" validate:"max=100,dive"`
	Profiles  []Profile  `json:"profiles" validate:"max=100,dive"`
}

// Protocol is what authorities and others agreed on, or what the law says, about
// sharing. Its time limit is the clock "disclosure-" and its name.
type Protocol struct {
	Protocol string      `json:"protocol" validate:"required,max=60,printascii"`
	Title    string      `json:"title" validate:"required,max=300"`
	From     domain.Date `json:"from" validate:"required"`
	Until    domain.Date `json:"until,omitzero"`
	Profile  string      `json:"profile" validate:"required,max=60,printascii"` // what goes, as a rule
	Source   string      `json:"source" validate:"required,max=500"`
}

// Profile says which fields of which kinds of entries go to a reader, and on
// what ground the rest is withheld.
type Profile struct {
	Profile  string      `json:"profile" validate:"required,max=60,printascii"`
	From     domain.Date `json:"from" validate:"required"`
	Until    domain.Date `json:"until,omitzero"`
	Sentence string      `json:"sentence" validate:"required,max=500"` // what goes, for people
	Shows    []Shows     `json:"shows" validate:"required,min=1,max=100,dive"`
	// Informants, ThirdParty and Addresses say that this goes, too: what is marked,
	// or kept by a restriction, as from an informant; what is marked as about somebody
	// else; an address that a restriction keeps. Without them it never does, whatever
	// Shows says.
	Informants bool     `json:"informants,omitempty"`
	ThirdParty bool     `json:"thirdParty,omitempty"`
	Addresses  bool     `json:"addresses,omitempty"`
	Ground     string   `json:"ground" validate:"required,max=200"` // why the rest does not
	Contacts   bool     `json:"contacts,omitempty"`                 // the authority's name and telephone numbers go with it
	Onward     []string `json:"onward,omitempty" validate:"max=20,dive,required,max=500"`
	Source     string   `json:"source" validate:"required,max=500"`
}

// Shows names fields that go. A kind is a type of entry, "protection-plan.ended",
// or what its name begins with up to a dot, "protection-plan"; * is every kind. A
// field is a JSON Pointer; one that ends in * stands for all that begin so.
type Shows struct {
	Kinds  []string `json:"kinds" validate:"required,min=1,max=200,dive,required,max=100,printascii"`
	Fields []string `json:"fields" validate:"required,min=1,max=100,dive,max=200,printascii"`
	Except []string `json:"except,omitempty" validate:"max=100,dive,max=200,printascii"`
}

// Protocol returns the protocol of this name in force on a day.
func (c Catalogue) Protocol(name string, on domain.Date) (Protocol, bool) {
	for _, p := range c.Protocols {
		if p.Protocol == name && inForce(p.From, p.Until, on) {
			return p, true
		}
	}
	return Protocol{}, false
}

// Profile returns the profile of this name in force on a day.
func (c Catalogue) Profile(name string, on domain.Date) (Profile, bool) {
	for _, p := range c.Profiles {
		if p.Profile == name && inForce(p.From, p.Until, on) {
			return p, true
		}
	}
	return Profile{}, false
}

func inForce(from, until, on domain.Date) bool {
	return !on.Before(from) && (until.IsZero() || !on.After(until))
}

// With returns the catalogue with an authority's own lines, which go before the
// others.
func (c Catalogue) With(own Catalogue) Catalogue {
	return Catalogue{Protocols: slices.Concat(own.Protocols, c.Protocols), Profiles: slices.Concat(own.Profiles, c.Profiles)}
}

// Shown reports whether a field of an entry of a kind goes.
func (p Profile) Shown(kind, field string) bool {
	return slices.ContainsFunc(p.Shows, func(s Shows) bool {
		return slices.ContainsFunc(s.Kinds, func(k string) bool { return k == "*" || k == kind || strings.HasPrefix(kind, k+".") }) &&
			matches(s.Fields, field) && !matches(s.Except, field)
	})
}

func matches(patterns []string, field string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		begin, many := strings.CutSuffix(p, "*")
		return p == field || many && strings.HasPrefix(field, begin)
	})
}
