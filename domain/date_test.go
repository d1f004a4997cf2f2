package domain_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
)

const (
	earliest = "0001-01-01"
	latest   = "9999-12-31"
)

func drawDate(t *rapid.T) domain.Date {
	days := rapid.IntRange(0, 3652058).Draw(t, "days")
	return domain.MustDate(earliest).AddDays(days)
}

func TestADateReadsAsItWasWritten(t *testing.T) {
	for _, text := range []string{earliest, "0293-04-10", "1582-10-15", "1970-01-01", "2000-02-29", "2026-02-03", latest} {
		d, err := domain.ParseDate(text)
		if err != nil || d.String() != text {
			t.Errorf("ParseDate(%s) = %s, %v", text, d, err)
		}
	}
}

func TestTextThatIsNoDateIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, text := range []string{"", "0000-12-31", "2023-02-29", "1900-02-29", "2023-13-01", "2023-1-1", "03/02/2026", "2026-02-03T00:00:00Z", "10000-01-01", "-001-01-01"} {
		d, err := domain.ParseDate(text)
		if err == nil || !d.IsZero() {
			t.Errorf("ParseDate(%q) = %s, %v; want an error", text, d, err)
		}
		if err != nil && err.Error() != "not a date of the form YYYY-MM-DD" {
			t.Errorf("the error says %q", err)
		}
	}
}

func TestTheZeroDateIsNoDateAndSortsFirst(t *testing.T) {
	var none domain.Date
	first := domain.MustDate(earliest)
	if !none.IsZero() || none.String() != "" || first.IsZero() {
		t.Errorf("zero: IsZero %t, String %q; first day: IsZero %t", none.IsZero(), none, first.IsZero())
	}
	if !none.Before(first) || none.Compare(first) != -1 || first.Compare(none) != +1 || none.Compare(none) != 0 {
		t.Error("no date does not sort before the first date")
	}
	if got := none.AddDays(1); !got.IsZero() {
		t.Errorf("a day after no date is %s", got)
	}
	if got := none.AddMonths(1); !got.IsZero() {
		t.Errorf("a month after no date is %s", got)
	}
}

func TestADateFallsWhereTheClockOfItsZoneSays(t *testing.T) {
	sydney := time.FixedZone("east", 10*60*60)
	moment := time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC)
	if got := domain.DateOf(moment); got != domain.MustDate("2026-03-31") {
		t.Errorf("in UTC: %s", got)
	}
	if got := domain.DateOf(moment.In(sydney)); got != domain.MustDate("2026-04-01") {
		t.Errorf("ten hours east: %s", got)
	}
}

func TestAMonthLaterIsTheSameDayOrTheLastOfAShorterMonth(t *testing.T) {
	for _, tt := range []struct {
		from   string
		months int
		want   string
	}{
		{"2023-01-31", 1, "2023-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-11-30", 3, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2023-10-31", 6, "2024-04-30"},
		{"2023-12-15", 1, "2024-01-15"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-05-20", 0, "2024-05-20"},
		{"9999-12-31", 1, ""},
		{"0001-01-01", -1, ""},
	} {
		if got := domain.MustDate(tt.from).AddMonths(tt.months).String(); got != tt.want {
			t.Errorf("%s and %d months is %q, want %q", tt.from, tt.months, got, tt.want)
		}
	}
}

func TestOutsideTheYears1To9999ThereIsNoDate(t *testing.T) {
	for what, got := range map[string]domain.Date{
		"a day after the last":       domain.MustDate(latest).AddDays(1),
		"a day before the first":     domain.MustDate(earliest).AddDays(-1),
		"as many days as an int has": domain.MustDate(latest).AddDays(math.MaxInt),
		"as few days as an int has":  domain.MustDate(earliest).AddDays(math.MinInt),
		"2^32 days, which wrap to 0": domain.MustDate(earliest).AddDays(1 << 32),
		"months without end":         domain.MustDate(latest).AddMonths(math.MaxInt),
		"months back without end":    domain.MustDate(earliest).AddMonths(math.MinInt),
		"the year 0":                 domain.NewDate(0, time.December, 31),
		"the year 10000":             domain.NewDate(10000, time.January, 1),
		"a day number without end":   domain.NewDate(math.MaxInt32, time.January, math.MaxInt32),
	} {
		if !got.IsZero() {
			t.Errorf("%s is %s, want no date", what, got)
		}
	}
}

func TestDatesAgreeWithTheTimePackage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDate(t)
		n := rapid.IntRange(-800000, 800000).Draw(t, "n")
		moment, err := time.Parse("2006-01-02", d.String())
		if err != nil {
			t.Fatal(err)
		}
		if !d.Time().Equal(moment) || d.Weekday() != moment.Weekday() || domain.DateOf(moment) != d {
			t.Fatalf("%s: time %s, weekday %s", d, d.Time(), d.Weekday())
		}
		if later := moment.AddDate(0, 0, n); later.Year() >= 1 && later.Year() <= 9999 {
			if got := d.AddDays(n); got != domain.DateOf(later) || d.DaysUntil(got) != n {
				t.Fatalf("%s and %d days is %s, and %d days apart", d, n, got, d.DaysUntil(got))
			}
		}
	})
}

func TestDatesSortAsTheirTextDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, e := drawDate(t), drawDate(t)
		if d.Before(e) != (d.String() < e.String()) || d.After(e) != e.Before(d) || d.Compare(e) != -e.Compare(d) {
			t.Fatalf("%s and %s do not sort as their text", d, e)
		}
		if (d.Compare(e) == 0) != (d == e) {
			t.Fatalf("%s and %s: Compare and == disagree", d, e)
		}
	})
}

func TestTextMarshallingKeepsEveryDateAndNoDate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.OneOf(rapid.Just(domain.Date{}), rapid.Custom(drawDate)).Draw(t, "date")
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		got := domain.MustDate("2020-02-02")
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Fatalf("%q came back as %s, %v", text, got, err)
		}
	})
}

func TestABadTextLeavesTheDateAsItWas(t *testing.T) {
	d := domain.MustDate("2020-02-02")
	if err := d.UnmarshalText([]byte("yesterday")); err == nil || d != domain.MustDate("2020-02-02") {
		t.Errorf("after a bad text: %s, %v", d, err)
	}
}

func FuzzParsingADateNeverPanicsAndRoundTrips(f *testing.F) {
	f.Add("2026-02-03", 7)
	f.Add("0000-00-00", -1)
	f.Add("9999-12-31", math.MaxInt)
	f.Fuzz(func(t *testing.T, text string, n int) {
		d, err := domain.ParseDate(text)
		if err != nil {
			return
		}
		if d.String() != text {
			t.Errorf("%q reads as %s", text, d)
		}
		if moved := d.AddDays(n); !moved.IsZero() && d.DaysUntil(moved) != n {
			t.Errorf("%s and %d days is %s", d, n, moved)
		}
		if moved := d.AddMonths(n); !moved.IsZero() && n > 0 && !moved.After(d) {
			t.Errorf("%s and %d months is %s", d, n, moved)
		}
	})
}
