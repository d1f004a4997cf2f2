package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"caseledger/domain"
)

// What a clock can wait for.
const (
	Identity      = "identity"      // of who asks
	Clarification = "clarification" // of what is asked for
)

// The effects of waiting on a clock.
const (
	Begins = "begins" // it runs from the day on which that comes
	Stops  = "stops"  // the days of waiting do not count, the first and the last included
)

// Stop is what waiting does to a clock, while that was so.
type Stop struct {
	Clock       Clock
	For         string // identity, clarification
	Effect      string // begins, stops
	From, Until domain.Date
	Source      string
	Sentence    string
}

// Waits returns what waiting for something does to a clock that started on a day;
// false where the clock runs on.
func (p Pack) Waits(c Clock, waitsFor string, started domain.Date) (Stop, bool) {
	all := stops()[p.nation]
	i := slices.IndexFunc(all, func(s Stop) bool { return s.Clock == c && s.For == waitsFor && inForce(s.From, s.Until, started) })
	if i < 0 {
		return Stop{}, false
	}
	return all[i], true
}

var stops = sync.OnceValue(loadStops)

func loadStops() map[Nation][]Stop {
	all := make(map[Nation][]Stop)
	for _, row := range must(readTable("data/stops.csv")) {
		stop := must(parseStop(row))
		for _, name := range strings.Fields(row["nations"]) {
			all[Nation(name)] = append(all[Nation(name)], stop)
		}
	}
	return all
}

func parseStop(row map[string]string) (stop Stop, err error) {
	stop = Stop{Clock: Clock(row["clock"]), For: row["waits-for"], Effect: row["effect"], Source: row["source"], Sentence: row["sentence"]}
	if stop.From, stop.Until, err = parsePeriod(row); err != nil {
		return stop, fmt.Errorf("policy: clock %s waits for %s: %w", stop.Clock, stop.For, err)
	}
	return stop, nil
}
