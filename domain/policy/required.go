package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"caseledger/domain"
)

// Requirement names something that must be recorded in some nations and years.
type Requirement string

// The requirements. Which nation has which, and since when, stands in
// data/required.csv.
const (
	CategoryAtRegistration Requirement = "category-at-registration" // of a protection plan
	ConcernsAtRegistration Requirement = "concerns-at-registration" // areas of concern, beside a plan
	NeedAtReferral         Requirement = "need-at-referral"         // primary need, by the closure of the case
)

// Need is one requirement while it was in force.
type Need struct {
	Requirement Requirement
	From, Until domain.Date
	Source      string
	Sentence    string
}

// Requires reports whether the nation's rules, or the authority's own, ask for
// something on a day. On no date, nothing is required.
func (p Pack) Requires(r Requirement, on domain.Date) bool {
	_, ok := p.Requirement(r, on)
	return ok
}

// Requirement returns the rule by which something is required on a day.
func (p Pack) Requirement(r Requirement, on domain.Date) (Need, bool) {
	if on.IsZero() {
		return Need{}, false
	}
	i := slices.IndexFunc(p.needs, func(n Need) bool { return n.Requirement == r && inForce(n.From, n.Until, on) })
	if i < 0 {
		return Need{}, false
	}
	return p.needs[i], true
}

var needs = sync.OnceValue(loadNeeds)

func loadNeeds() map[Nation][]Need {
	all := make(map[Nation][]Need)
	for _, row := range must(readTable("data/required.csv")) {
		need := must(parseNeed(row))
		for _, name := range strings.Fields(row["nations"]) {
			all[Nation(name)] = append(all[Nation(name)], need)
		}
	}
	return all
}

func parseNeed(row map[string]string) (need Need, err error) {
	need = Need{Requirement: Requirement(row["requirement"]), Source: row["source"], Sentence: row["sentence"]}
	if need.From, need.Until, err = parsePeriod(row); err != nil {
		return need, fmt.Errorf("policy: requirement %s: %w", need.Requirement, err)
	}
	return need, nil
}
