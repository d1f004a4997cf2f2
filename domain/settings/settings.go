// Package settings is what a ledger says about itself: its name and whose
// rules it follows. It never holds secrets.
package settings

import "caseledger/domain"

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

func (LedgerCreated) About() string { return "" }

// Settings is what a ledger says about itself.
type Settings struct {
	Created domain.Known[LedgerCreated]
}

// Evolve returns the settings with more entries.
func (s Settings) Evolve(entries ...domain.Entry) Settings {
	for _, e := range entries {
		if ev, ok := e.Event.(LedgerCreated); ok {
			s.Created = domain.Know(e.Seq, ev)
		}
	}
	return s
}
