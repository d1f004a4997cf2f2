// Package settings is what a ledger says about itself: its name and whose
// rules it follows. It never holds secrets.
package settings

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// LedgerCreated is the first entry of every ledger.
type LedgerCreated struct {
	domain.Dated
	// Ledger is the name of the ledger for ever: "anytown.example/prod".
	Ledger string `json:"ledger" validate:"required,max=100,printascii"`
	// Nation chooses the policy pack: england, scotland, wales.
	Nation string `json:"nation" validate:"required,oneof=england scotland wales"`
	// LEA is the authority's three-digit number in statutory returns.
	LEA string `json:"lea,omitempty" validate:"omitempty,len=3,number"`
}

// PolicyAdopted says that the authority goes by rules of its own from now on,
// beside those of the nation. Which days they hold for, the rules themselves
// say: what was decided before stays as it was decided.
type PolicyAdopted struct {
	domain.Dated
	Rules policy.Local `json:"rules"`
	// Name is that of the nation's rules together with these.
	Name string `json:"name"`
}

func (LedgerCreated) About() string { return "" }
func (PolicyAdopted) About() string { return "policy" }

// Settings is what a ledger says about itself.
type Settings struct {
	Created domain.Known[LedgerCreated]
	Policy  domain.Known[PolicyAdopted] // the latest
}

// Pack returns the rules by which the ledger decides.
func (s Settings) Pack() (policy.Pack, error) {
	p, err := policy.For(policy.Nation(s.Created.Fact.Nation))
	if err != nil || s.Policy.IsZero() {
		return p, err
	}
	return p.With(s.Policy.Fact.Rules)
}

// Evolve returns the settings with more entries.
func (s Settings) Evolve(entries ...domain.Entry) Settings {
	for _, e := range entries {
		switch ev := e.Event.(type) {
		case LedgerCreated:
			s.Created = domain.Know(e.Seq, ev)
		case PolicyAdopted:
			s.Policy = domain.Know(e.Seq, ev)
		}
	}
	return s
}
