package policy

import (
	"fmt"
	"slices"
	"sync"

	"caseledger/domain"
)

// Ground is why something of a record may be withheld from a reader, while it
// was the law.
type Ground struct {
	Code        string
	Name        string // as it stands where something was taken out: "third party"
	From, Until domain.Date
	Source      string // the law
	Sentence    string // what the reader is told
}

// Grounds returns the grounds that the law of the United Kingdom knows on a day,
// in the order of the data; with no date none.
func Grounds(on domain.Date) []Ground {
	var all []Ground
	for _, g := range grounds() {
		if !on.IsZero() && inForce(g.From, g.Until, on) {
			all = append(all, g)
		}
	}
	return all
}

// GroundOn returns a ground as it is in force on a day, and whether it is.
func GroundOn(code string, on domain.Date) (Ground, bool) {
	all := Grounds(on)
	i := slices.IndexFunc(all, func(g Ground) bool { return g.Code == code })
	if i < 0 {
		return Ground{}, false
	}
	return all[i], true
}

var grounds = sync.OnceValue(loadGrounds)

func loadGrounds() []Ground {
	var all []Ground
	for _, row := range must(readTable("data/grounds.csv")) {
		all = append(all, must(parseGround(row)))
	}
	return all
}

func parseGround(row map[string]string) (g Ground, err error) {
	g = Ground{Code: row["code"], Name: row["name"], Source: row["source"], Sentence: row["sentence"]}
	if g.From, g.Until, err = parsePeriod(row); err != nil {
		return g, fmt.Errorf("policy: ground %s: %w", g.Code, err)
	}
	return g, nil
}
