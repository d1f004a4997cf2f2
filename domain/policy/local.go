package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"caseledger/domain"
)

// Local is what one authority sets for itself: clocks of its own, days off,
// what must be recorded, and how heavy cases are. Where it is silent, the rules
// of the nation hold.
type Local struct {
	Name     string         `json:"name" validate:"required,max=200"`
	Clocks   []LocalClock   `json:"clocks,omitempty" validate:"max=200,dive"`
	Holidays []LocalHoliday `json:"holidays,omitempty" validate:"max=1000,dive"`
	Required []LocalNeed    `json:"required,omitempty" validate:"max=100,dive"`
	Weights  []LocalWeight  `json:"weights,omitempty" validate:"max=100,dive"`
}

// LocalClock is a clock as the authority sets it, from its first to its last
// day, both included; without a last day it still holds.
type LocalClock struct {
	Clock    Clock       `json:"clock" validate:"required,max=60,printascii"`
	Amount   int         `json:"amount" validate:"required,min=1,max=1000"`
	Unit     Unit        `json:"unit" validate:"required,oneof=working-days calendar-days weeks months"`
	From     domain.Date `json:"from" validate:"required"`
	Until    domain.Date `json:"until,omitzero"`
	Source   string      `json:"source" validate:"required,max=500"`
	Sentence string      `json:"sentence" validate:"required,max=500"`
}

// LocalHoliday is a day on which the authority does not work.
type LocalHoliday struct {
	Day  domain.Date `json:"day" validate:"required"`
	Name string      `json:"name" validate:"required,max=200"`
}

// LocalNeed is something that the authority wants recorded.
type LocalNeed struct {
	Requirement Requirement `json:"requirement" validate:"required,oneof=category-at-registration concerns-at-registration need-at-referral"`
	From        domain.Date `json:"from" validate:"required"`
	Until       domain.Date `json:"until,omitzero"`
	Source      string      `json:"source" validate:"required,max=500"`
	Sentence    string      `json:"sentence" validate:"required,max=500"`
}

// LocalWeight is how many points a case is, by what the child has.
type LocalWeight struct {
	Plan   string      `json:"plan" validate:"required,oneof=protection-plan temporary-registration looked-after cin-plan private-fostering care-leaver none"`
	Points int         `json:"points" validate:"min=0,max=100"`
	From   domain.Date `json:"from" validate:"required"`
	Until  domain.Date `json:"until,omitzero"`
}

// Fault is what is wrong in local rules: the place, as in /clocks/0/from, and
// the rule that it breaks. It repeats nothing of what the file says.
type Fault struct{ Place, Rule string }

// Faults are all that is wrong in local rules.
type Faults []Fault

func (f Faults) Error() string {
	texts := make([]string, len(f))
	for i, one := range f {
		texts[i] = one.Place + ": " + one.Rule
	}
	return "local rules: " + strings.Join(texts, "; ")
}

// With returns the pack with local rules, or Faults. What the tags of Local say
// is checked by the caller.
func (p Pack) With(l Local) (Pack, error) {
	if faults := l.faults(p); faults != nil {
		return Pack{}, faults
	}
	p.local = make(map[Clock][]Rule)
	for _, c := range l.Clocks {
		p.local[c.Clock] = append(p.local[c.Clock], Rule{Clock: c.Clock, Amount: c.Amount, Unit: c.Unit, From: c.From, Until: c.Until,
			Source: c.Source, Sentence: c.Sentence, Local: true})
	}
	p.holidays = slices.Clone(p.holidays)
	for _, h := range l.Holidays {
		p.holidays = append(p.holidays, h.Day)
	}
	slices.SortFunc(p.holidays, domain.Date.Compare)
	p.needs = slices.Clone(p.needs)
	for _, n := range l.Required {
		p.needs = append(p.needs, Need{Requirement: n.Requirement, From: n.From, Until: n.Until, Source: n.Source, Sentence: n.Sentence})
	}
	p.weights = nil
	for _, w := range l.Weights {
		p.weights = append(p.weights, weight{plan: w.Plan, points: w.Points, from: w.From, until: w.Until})
	}
	p.name = nameOf(p.nation, fmt.Sprintf("%+v", l))
	return p, nil
}

// Name names the rules for ever: the nation and the beginning of a SHA-256 over
// the rules that the program holds and over the local ones. Two packs of one
// name judge alike.
func (p Pack) Name() string { return p.name }

func nameOf(n Nation, local string) string {
	sum := sha256.Sum256([]byte(string(n) + "\n" + embedded() + "\n" + local))
	return string(n) + "/" + hex.EncodeToString(sum[:8])
}

// embedded is the SHA-256 of all data that the program holds.
var embedded = sync.OnceValue(func() string {
	sum := sha256.New()
	for _, folder := range []string{"data", "data/codes"} {
		for _, file := range must(data.ReadDir(folder)) {
			if !file.IsDir() {
				text := must(data.ReadFile(folder + "/" + file.Name()))
				fmt.Fprintf(sum, "%s %d\n%s", file.Name(), len(text), text)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
})

// period is the time in which a row of local rules holds, and its place.
type period struct {
	what, place string
	from, until domain.Date
}

func (l Local) faults(p Pack) Faults {
	var all Faults
	add := func(place, rule string, broken bool) {
		if broken {
			all = append(all, Fault{place, rule})
		}
	}
	for i, c := range l.Clocks {
		add(fmt.Sprintf("/clocks/%d/clock", i), "no clock has this name", !known(c.Clock))
	}
	for i, h := range l.Holidays {
		place := fmt.Sprintf("/holidays/%d/day", i)
		add(place, "the day is no working day anyway", !p.IsWorkingDay(h.Day))
		add(place, "the day is listed twice", slices.ContainsFunc(l.Holidays[:i], func(o LocalHoliday) bool { return o.Day == h.Day }))
	}
	periods := l.periods()
	for i, one := range periods {
		add(one.place+"/until", "the last day lies before the first", !one.until.IsZero() && one.until.Before(one.from))
		add(one.place+"/from", "the time overlaps that of an earlier row", slices.ContainsFunc(periods[:i], one.overlaps))
	}
	return all
}

func (l Local) periods() []period {
	var all []period
	for i, c := range l.Clocks {
		all = append(all, period{"clock " + string(c.Clock), fmt.Sprintf("/clocks/%d", i), c.From, c.Until})
	}
	for i, n := range l.Required {
		all = append(all, period{"required " + string(n.Requirement), fmt.Sprintf("/required/%d", i), n.From, n.Until})
	}
	for i, w := range l.Weights {
		all = append(all, period{"weight " + w.Plan, fmt.Sprintf("/weights/%d", i), w.From, w.Until})
	}
	return all
}

func (p period) overlaps(o period) bool {
	return p.what == o.what && (p.until.IsZero() || !o.from.After(p.until)) && (o.until.IsZero() || !p.from.After(o.until))
}

// known reports whether any nation has the clock, or an authority may have it.
func known(c Clock) bool {
	if slices.Contains(OwnClocks(), c) {
		return true
	}
	for _, rules := range clocks() {
		if len(rules[c]) > 0 {
			return true
		}
	}
	return false
}

// InForce returns the rules of all clocks in force on a day, by clock.
func (p Pack) InForce(on domain.Date) []Rule {
	names := make(map[Clock]bool)
	for c := range p.rules {
		names[c] = true
	}
	for c := range p.local {
		names[c] = true
	}
	var all []Rule
	for c := range names {
		if rule, ok := p.ClockRule(c, on); ok {
			all = append(all, rule)
		}
	}
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(a.Clock, b.Clock) })
	return all
}
