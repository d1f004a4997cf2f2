// Package settings is what a ledger says about itself: its name, whose rules it
// follows, which keys sign its log, and how far each record went when. It never
// holds secrets.
package settings

import (
	"time"

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

// LogKeyAdded says that a key signs the checkpoints of the ledger's log from a
// size of the log on.
type LogKeyAdded struct {
	domain.Dated
	From int64  `json:"from"` // size of the log, in events
	Key  string `json:"key" validate:"required,printascii"`
}

// About is domain.Event's.
func (LogKeyAdded) About() string { return "" }

// LogKeyRetired says that a key signs no checkpoint from a size of the log on.
type LogKeyRetired struct {
	domain.Dated
	From int64  `json:"from"` // size of the log, in events
	Key  string `json:"key" validate:"required,printascii"`
}

// About is domain.Event's.
func (LogKeyRetired) About() string { return "" }

// HeadsLogged commits to where every record had got to under a checkpoint of
// the log.
type HeadsLogged struct {
	domain.Dated
	Root string `json:"root" validate:"required"` // the heads root, as package proof writes it
}

// About is domain.Event's.
func (HeadsLogged) About() string { return "" }

// Settings is what a ledger says about itself.
type Settings struct {
	Created domain.Known[LedgerCreated]
	LogKeys []domain.Event              // LogKeyAdded and LogKeyRetired, as they were recorded
	Heads   []Heads                     // oldest first
	Policy  domain.Known[PolicyAdopted] // the latest
}

// Heads is a heads root that was logged.
type Heads struct {
	domain.Known[HeadsLogged]
	Recorded time.Time
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
		case LogKeyAdded, LogKeyRetired:
			s.LogKeys = append(s.LogKeys, ev)
		case HeadsLogged:
			s.Heads = append(s.Heads, Heads{domain.Know(e.Seq, ev), e.Recorded})
		case PolicyAdopted:
			s.Policy = domain.Know(e.Seq, ev)
		}
	}
	return s
}
