package policy

import (
	"fmt"
	"strings"
	"sync"

	"caseledger/domain"
)

// Criteria are what makes a person eligible for support, while they were in
// force.
type Criteria struct {
	// Of is whose needs are judged: "needs" of an adult, or those of a "carer".
	Of string
	// Outcomes is how many outcomes the person must be unable to achieve.
	Outcomes    int
	From, Until domain.Date
	Source      string
	Sentence    string
}

// Eligibility returns the nation's criteria in force on a day, for the needs of
// an adult ("needs") or a carer ("carer"); false where none are known.
func (p Pack) Eligibility(of string, on domain.Date) (Criteria, bool) {
	for _, c := range criteria()[p.nation] {
		if c.Of == of && inForce(c.From, c.Until, on) {
			return c, true
		}
	}
	return Criteria{}, false
}

// criteria are those of every nation, in the order of the file.
var criteria = sync.OnceValue(loadCriteria)

func loadCriteria() map[Nation][]Criteria {
	all := make(map[Nation][]Criteria)
	for _, row := range must(readTable("data/eligibility.csv")) {
		one := must(parseCriteria(row))
		for _, name := range strings.Fields(row["nations"]) {
			all[Nation(name)] = append(all[Nation(name)], one)
		}
	}
	return all
}

func parseCriteria(row map[string]string) (Criteria, error) {
	c := Criteria{Of: row["of"], Source: row["source"], Sentence: row["sentence"]}
	if _, err := fmt.Sscan(row["outcomes"], &c.Outcomes); err != nil {
		return c, fmt.Errorf("policy: eligibility of %s: %w", c.Of, err)
	}
	var err error
	if c.From, c.Until, err = parsePeriod(row); err != nil {
		return c, fmt.Errorf("policy: eligibility of %s: %w", c.Of, err)
	}
	return c, nil
}
