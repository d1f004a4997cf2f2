package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"caseledger/domain"
)

// The years whose bank holidays are computed.
const (
	firstYear = 1975
	lastYear  = 2100
)

// calendars are the bank holidays of each calendar: ascending, none at a
// weekend.
var calendars = sync.OnceValue(loadCalendars)

func loadCalendars() map[string][]domain.Date {
	rules := must(readHolidayRules())
	exceptions := must(readExceptions())
	all := make(map[string][]domain.Date)
	for calendar, ofCalendar := range rules {
		all[calendar] = calendarDays(ofCalendar, exceptions[calendar])
	}
	return all
}

func calendarDays(rules []holidayRule, exceptions []exception) []domain.Date {
	days := make(map[domain.Date]bool)
	for year := firstYear; year <= lastYear; year++ {
		addYear(days, rules, year)
	}
	for _, e := range exceptions {
		if e.added {
			days[e.day] = true
		} else {
			delete(days, e.day)
		}
	}
	return slices.SortedFunc(maps.Keys(days), domain.Date.Compare)
}

// addYear adds the holidays of a year. A holiday at a weekend is made up for
// on the next weekday that is no holiday, after all weekday holidays of the
// year are known: when Christmas Day is a Sunday, the day off is the Tuesday.
func addYear(days map[domain.Date]bool, rules []holidayRule, year int) {
	var missed []domain.Date
	for _, rule := range rules {
		if year < rule.from || year > rule.until {
			continue
		}
		if day := rule.on(year); isWeekend(day) {
			missed = append(missed, day)
		} else {
			days[day] = true
		}
	}
	for _, day := range missed {
		for isWeekend(day) || days[day] {
			day = day.AddDays(1)
		}
		days[day] = true
	}
}

// holidayRule is a bank holiday that comes every year from one to another.
type holidayRule struct {
	from, until int
	on          func(year int) domain.Date
}

func readHolidayRules() (map[string][]holidayRule, error) {
	rows, err := readTable("data/holidays.csv")
	if err != nil {
		return nil, err
	}
	rules := make(map[string][]holidayRule)
	for _, row := range rows {
		rule, err := parseHolidayRule(row)
		if err != nil {
			return nil, fmt.Errorf("policy: holiday %s: %w", row["name"], err)
		}
		rules[row["calendar"]] = append(rules[row["calendar"]], rule)
	}
	return rules, nil
}

func parseHolidayRule(row map[string]string) (rule holidayRule, err error) {
	if rule.from, err = strconv.Atoi(row["from"]); err != nil {
		return rule, err
	}
	rule.until = lastYear
	if row["until"] != "" {
		if rule.until, err = strconv.Atoi(row["until"]); err != nil {
			return rule, err
		}
	}
	rule.on, err = parseDay(row["rule"])
	return rule, err
}

// parseDay reads "12-25", "first monday 05", "last monday 08" or "easter -2".
func parseDay(text string) (func(year int) domain.Date, error) {
	var month, n int
	switch {
	case scan(text, "first monday %02d", &month):
		return func(year int) domain.Date { return mondayFrom(year, month, 1) }, nil
	case scan(text, "last monday %02d", &month):
		return func(year int) domain.Date { return mondayFrom(year, month+1, -6) }, nil
	case scan(text, "easter %d", &n):
		return func(year int) domain.Date { return easter(year).AddDays(n) }, nil
	case scan(text, "%02d-%02d", &month, &n):
		return func(year int) domain.Date { return domain.NewDate(year, time.Month(month), n) }, nil
	}
	return nil, fmt.Errorf("no such rule of a day: %q", text)
}

func scan(text, format string, into ...any) bool {
	n, err := fmt.Sscanf(text, format, into...)
	return err == nil && n == len(into)
}

// mondayFrom returns the first Monday on or after a day of a month, which may
// be normalised: day -6 of June is 25 May.
func mondayFrom(year, month, day int) domain.Date {
	d := domain.NewDate(year, time.Month(month), day)
	return d.AddDays((8 - int(d.Weekday())) % 7)
}

// easter returns Easter Sunday of the Gregorian calendar, by the anonymous
// algorithm that Meeus gives (Astronomical Algorithms, chapter 8).
func easter(year int) domain.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return domain.NewDate(year, time.Month(month), day)
}

// exception is one day that was added to a calendar, or taken from it.
type exception struct {
	day   domain.Date
	added bool
}

func readExceptions() (map[string][]exception, error) {
	rows, err := readTable("data/holiday-exceptions.csv")
	if err != nil {
		return nil, err
	}
	all := make(map[string][]exception)
	for _, row := range rows {
		day, err := domain.ParseDate(row["date"])
		if err != nil {
			return nil, fmt.Errorf("policy: holiday %s: %w", row["name"], err)
		}
		for _, calendar := range strings.Fields(row["calendars"]) {
			all[calendar] = append(all[calendar], exception{day: day, added: row["change"] == "added"})
		}
	}
	return all, nil
}
