package domain

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, without time of day or zone. The zero value
// means "no date". Dates compare with ==.
type Date struct {
	days int32 // days since 0000-12-31, so that 0 is no date and 1 is 0001-01-01
}

const layout = "2006-01-02"

const (
	secondsPerDay = 24 * 60 * 60
	// unixDay is 1970-01-01 counted as Date counts. Days are reckoned in Unix
	// seconds, because a time.Duration ends after 292 years.
	unixDay = 719163
	lastDay = 3652059 // 9999-12-31
)

// NewDate returns the given day, normalised as time.Date does: 31 June is
// 1 July. Years before 1 and after 9999 give the zero Date.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day on which t falls in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	if y < 1 || y > 9999 {
		return Date{}
	}
	return Date{int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay + unixDay)}
}

// ParseDate reads "2006-01-02". Anything else, "" included, is an error that
// does not repeat the text.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("not a date of the form YYYY-MM-DD")
	}
	return DateOf(t), nil
}

// MustDate is ParseDate for dates written in code.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.days == 0 }

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time {
	return time.Unix((int64(d.days)-unixDay)*secondsPerDay, 0).UTC()
}

// String returns "2006-01-02", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.text(make([]byte, 0, len(time.RFC3339))))
}

// text writes the date to an empty slice. Package time is quicker with RFC 3339
// than with other layouts.
func (d Date) text(b []byte) []byte { return d.Time().AppendFormat(b, time.RFC3339)[:len(layout)] }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.days < e.days }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.days > e.days }

// Compare returns -1, 0 or +1; no date sorts before every date.
func (d Date) Compare(e Date) int {
	switch {
	case d.days < e.days:
		return -1
	case d.days > e.days:
		return +1
	}
	return 0
}

// AddDays returns the day n days later (earlier when n is negative). Counted
// from no date, or past the years 1 to 9999, the result is no date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() || n > lastDay || n < -lastDay {
		return Date{}
	}
	sum := int(d.days) + n
	if sum < 1 || sum > lastDay {
		return Date{}
	}
	return Date{int32(sum)}
}

// AddMonths returns the same day n months later, or the last day of that month
// when it is shorter: a month after 31 January is 28 or 29 February. Counted
// from no date, or past the years 1 to 9999, the result is no date.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() || n > lastDay || n < -lastDay {
		return Date{}
	}
	y, m, day := d.Time().Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return NewDate(first.Year(), first.Month(), min(day, last))
}

// DaysUntil returns the number of days from d to e, negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.days - d.days) }

// Weekday returns the day of the week; 0001-01-01 was a Monday.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.days % 7) }

// MarshalText writes "2006-01-02", or nothing for no date.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.text(make([]byte, 0, len(time.RFC3339))), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
