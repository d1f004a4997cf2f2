package binder

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"caseledger/domain"
)

// Rules are what a court asks of a bundle from a date on.
type Rules struct {
	Name  string      `json:"name"`
	Title string      `json:"title"`
	From  domain.Date `json:"from"`
	To    domain.Date `json:"to,omitzero"` // the last day; none, where they are in force
	Rules []Rule      `json:"rules"`
}

// Rule is one of them.
type Rule struct {
	Rule   string `json:"rule"`
	Limit  int    `json:"limit,omitzero"` // pages, points or per cent
	Source string `json:"source"`
}

//go:embed rules.json
var rulesFile []byte

var allRules = sync.OnceValues(func() ([]Rules, error) {
	var all []Rules
	err := json.Unmarshal(rulesFile, &all)
	return all, err
})

// RulesOn returns the rules that are in force on a day.
func RulesOn(day domain.Date) (Rules, error) {
	all, err := allRules()
	if err != nil {
		return Rules{}, err
	}
	for _, r := range all {
		if !day.Before(r.From) && (r.To.IsZero() || !r.To.Before(day)) {
			return r, nil
		}
	}
	return Rules{}, fmt.Errorf("binder: no rules are known for %s", day)
}

// RulesNamed returns the rules with a name, and whether there are any.
func RulesNamed(name string) (Rules, bool) {
	all, err := allRules()
	i := slices.IndexFunc(all, func(r Rules) bool { return r.Name == name })
	if err != nil || i < 0 {
		return Rules{}, false
	}
	return all[i], true
}
