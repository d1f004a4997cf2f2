// Package policy holds the rules that differ by nation and by date: statutory
// clocks, calendars of working days, and code sets; and the check digits of
// identifiers. A record from 2015 is judged by the rules of 2015, so every rule
// is data with the days between which it holds, embedded from the folder data,
// where each row also names its source.
//
// It decides nothing about a record, reads no clock, and does no input or
// output. Rules that one authority sets for itself are not embedded: a pack takes
// them with With.
package policy

import (
	"fmt"
	"slices"

	"caseledger/domain"
)

// Nation is a part of the United Kingdom with rules of its own.
type Nation string

// The nations whose rules are known.
const (
	England  Nation = "england"
	Scotland Nation = "scotland"
	Wales    Nation = "wales"
)

// Pack is the rules of one nation. The zero value has no rules: use For.
type Pack struct {
	nation   Nation
	rules    map[Clock][]Rule
	local    map[Clock][]Rule // of the authority: they go before those of the nation
	holidays []domain.Date    // ascending, none at a weekend
	needs    []Need
	weights  []weight
	name     string
}

// For returns the rules of a nation.
func For(n Nation) (Pack, error) {
	calendar := calendarOf(n)
	if calendar == "" {
		return Pack{}, fmt.Errorf("policy: no rules for this nation")
	}
	return Pack{nation: n, rules: clocks()[n], holidays: calendars()[calendar], needs: needs()[n], name: nameOf(n, "")}, nil
}

// calendarOf names the calendar of bank holidays that a nation keeps.
func calendarOf(n Nation) string {
	switch n {
	case England, Wales:
		return "england-and-wales"
	case Scotland:
		return "scotland"
	}
	return ""
}

// Nation returns the nation whose rules these are.
func (p Pack) Nation() Nation { return p.nation }

// Due returns the last day in time of a clock that starts on from, by the rule
// in force on from; false where there was no such clock. Working days and
// calendar days are counted from the day after from.
func (p Pack) Due(c Clock, from domain.Date) (domain.Date, bool) {
	return p.DueStopped(c, from, 0)
}

// DueStopped is Due of a clock that was stopped for so many calendar days in all,
// which do not count.
func (p Pack) DueStopped(c Clock, from domain.Date, days int) (domain.Date, bool) {
	rule, ok := p.ClockRule(c, from)
	if !ok {
		return domain.Date{}, false
	}
	due := p.add(from, rule, days)
	return due, !due.IsZero()
}

// add moves from by the length of a rule and the days that do not count.
func (p Pack) add(from domain.Date, rule Rule, stopped int) domain.Date {
	if rule.Unit == MonthsToWorkingDay {
		due := from.AddMonths(rule.Amount).AddDays(stopped)
		if due.IsZero() || p.IsWorkingDay(due) {
			return due
		}
		return p.AddWorkingDays(due, 1)
	}
	return p.move(from, rule).AddDays(stopped)
}

func (p Pack) move(from domain.Date, rule Rule) domain.Date {
	switch rule.Unit {
	case WorkingDays:
		return p.AddWorkingDays(from, rule.Amount)
	case CalendarDays:
		return from.AddDays(rule.Amount)
	case Weeks:
		return from.AddDays(7 * rule.Amount)
	case Months:
		return from.AddMonths(rule.Amount)
	}
	return domain.Date{}
}

// ClockRule returns the rule of a clock in force on a day, that of the authority
// before that of the nation; false where there was none. Every rule has a first
// day, so none is in force on no date.
func (p Pack) ClockRule(c Clock, on domain.Date) (Rule, bool) {
	for _, rules := range [][]Rule{p.local[c], p.rules[c]} {
		if i := slices.IndexFunc(rules, func(r Rule) bool { return inForce(r.From, r.Until, on) }); i >= 0 {
			return rules[i], true
		}
	}
	return Rule{}, false
}

// inForce reports whether on lies from the first to the last day, both
// included; a zero Date leaves that end open.
func inForce(from, until, on domain.Date) bool {
	return !on.Before(from) && (until.IsZero() || !on.After(until))
}
