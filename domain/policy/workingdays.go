package policy

import (
	"slices"
	"sort"
	"time"

	"caseledger/domain"
)

// IsWorkingDay reports whether a day is neither at a weekend nor a bank
// holiday of the nation. Bank holidays are known for the years 1975 to 2100;
// outside them only weekends are. No date is no working day.
func (p Pack) IsWorkingDay(d domain.Date) bool {
	if d.IsZero() || isWeekend(d) {
		return false
	}
	_, holiday := slices.BinarySearchFunc(p.holidays, d, domain.Date.Compare)
	return !holiday
}

func isWeekend(d domain.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

// AddWorkingDays returns the nth working day after d: day 1 is the first
// working day after d, whether or not d is one. Negative n counts back in the
// same way; 0 returns d. Counted from no date, or past the years 1 to 9999,
// the result is no date.
func (p Pack) AddWorkingDays(d domain.Date, n int) domain.Date {
	switch {
	case n == 0:
		return d
	case n > 0:
		return p.forward(d, n)
	}
	return p.back(d, n)
}

// forward finds the earliest day with n working days after d up to it.
func (p Pack) forward(d domain.Date, n int) domain.Date {
	start := p.workingDaysUpTo(d)
	remaining := d.DaysUntil(lastDate())
	days := sort.Search(remaining+1, func(i int) bool {
		return p.workingDaysUpTo(d.AddDays(i))-start >= n
	})
	return d.AddDays(days)
}

// back finds the latest day with -n working days from it to the day before d.
func (p Pack) back(d domain.Date, n int) domain.Date {
	end := p.workingDaysUpTo(d.AddDays(-1))
	days := sort.Search(firstDate().DaysUntil(d)+1, func(i int) bool {
		return p.workingDaysUpTo(d.AddDays(-i-1))-end <= n
	})
	return d.AddDays(-days)
}

// WorkingDaysBetween counts the working days after from, up to and including
// to, so that it undoes AddWorkingDays. It is negative when to is earlier, and
// 0 when either is no date.
func (p Pack) WorkingDaysBetween(from, to domain.Date) int {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return p.workingDaysUpTo(to) - p.workingDaysUpTo(from)
}

// workingDaysUpTo counts the working days from 0001-01-01, a Monday, up to and
// including d.
func (p Pack) workingDaysUpTo(d domain.Date) int {
	if d.IsZero() {
		return 0
	}
	days := firstDate().DaysUntil(d) + 1
	weekdays := days/7*5 + min(days%7, 5)
	holidays, found := slices.BinarySearchFunc(p.holidays, d, domain.Date.Compare)
	if found {
		holidays++
	}
	return weekdays - holidays
}

func firstDate() domain.Date { return domain.NewDate(1, time.January, 1) }
func lastDate() domain.Date  { return domain.NewDate(9999, time.December, 31) }
