package policy_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"
	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/policy"
)

var nations = []policy.Nation{policy.England, policy.Scotland, policy.Wales}

func pack(t testing.TB, n policy.Nation) policy.Pack {
	t.Helper()
	p, err := policy.For(n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// publishedHolidays reads testdata/gov-uk-<calendar>.txt: one day a line.
func publishedHolidays(t *testing.T, calendar string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/gov-uk-" + calendar + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Fields(string(text)), func(s string) bool { return s == "" })
}

// holidays lists the weekdays of a year that are no working days.
func holidays(p policy.Pack, year int) []string {
	var days []string
	for d := domain.NewDate(year, time.January, 1); d.Time().Year() == year; d = d.AddDays(1) {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if !weekend && !p.IsWorkingDay(d) {
			days = append(days, d.String())
		}
	}
	return days
}

func TestTheBankHolidaysAreThoseThatTheGovernmentPublished(t *testing.T) {
	for nation, calendar := range map[policy.Nation]string{
		policy.England:  "england-and-wales",
		policy.Wales:    "england-and-wales",
		policy.Scotland: "scotland",
	} {
		p := pack(t, nation)
		var got []string
		for year := 2022; year <= 2026; year++ {
			got = append(got, holidays(p, year)...)
		}
		if want := publishedHolidays(t, calendar); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", nation, got, want)
		}
	}
}

func TestEarlierMovedAndSingleHolidaysAreKept(t *testing.T) {
	for _, tt := range []struct {
		nation policy.Nation
		year   int
		want   string
	}{
		{policy.England, 1977, "1977-01-03 1977-04-08 1977-04-11 1977-05-30 1977-06-07 1977-08-29 1977-12-26 1977-12-27"},
		{policy.England, 1981, "1981-01-01 1981-04-17 1981-04-20 1981-05-04 1981-05-25 1981-07-29 1981-08-31 1981-12-25 1981-12-28"},
		{policy.England, 1995, "1995-01-02 1995-04-14 1995-04-17 1995-05-08 1995-05-29 1995-08-28 1995-12-25 1995-12-26"},
		{policy.England, 1999, "1999-01-01 1999-04-02 1999-04-05 1999-05-03 1999-05-31 1999-08-30 1999-12-27 1999-12-28 1999-12-31"},
		{policy.England, 2002, "2002-01-01 2002-03-29 2002-04-01 2002-05-06 2002-06-03 2002-06-04 2002-08-26 2002-12-25 2002-12-26"},
		{policy.England, 2011, "2011-01-03 2011-04-22 2011-04-25 2011-04-29 2011-05-02 2011-05-30 2011-08-29 2011-12-26 2011-12-27"},
		{policy.England, 2012, "2012-01-02 2012-04-06 2012-04-09 2012-05-07 2012-06-04 2012-06-05 2012-08-27 2012-12-25 2012-12-26"},
		{policy.England, 2020, "2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28"},
		{policy.England, 2021, "2021-01-01 2021-04-02 2021-04-05 2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28"},
		{policy.Scotland, 1977, "1977-01-03 1977-01-04 1977-04-08 1977-05-02 1977-06-07 1977-08-01 1977-12-26 1977-12-27"},
		{policy.Scotland, 2006, "2006-01-02 2006-01-03 2006-04-14 2006-05-01 2006-05-29 2006-08-07 2006-12-25 2006-12-26"},
		{policy.Scotland, 2008, "2008-01-01 2008-01-02 2008-03-21 2008-05-05 2008-05-26 2008-08-04 2008-12-01 2008-12-25 2008-12-26"},
		{policy.Scotland, 2012, "2012-01-02 2012-01-03 2012-04-06 2012-05-07 2012-06-04 2012-06-05 2012-08-06 2012-11-30 2012-12-25 2012-12-26"},
		{policy.Scotland, 2020, "2020-01-01 2020-01-02 2020-04-10 2020-05-08 2020-05-25 2020-08-03 2020-11-30 2020-12-25 2020-12-28"},
		{policy.Scotland, 2021, "2021-01-01 2021-01-04 2021-04-02 2021-05-03 2021-05-31 2021-08-02 2021-11-30 2021-12-27 2021-12-28"},
	} {
		if got := strings.Join(holidays(pack(t, tt.nation), tt.year), " "); got != tt.want {
			t.Errorf("%s %d:\n got %s\nwant %s", tt.nation, tt.year, got, tt.want)
		}
	}
}

// unknownElsewhere are the days on which the library differs: it knows neither
// the single holidays before 2020 nor the state funeral.
const unknownElsewhere = "1981-07-29 1995-05-01 1995-05-08 1999-12-31 2002-05-27 2002-06-03 2002-06-04 " +
	"2011-04-29 2012-05-28 2012-06-04 2012-06-05 2022-09-19"

func TestTheBankHolidaysAgreeWithAnIndependentCalendar(t *testing.T) {
	other := cal.NewBusinessCalendar()
	other.AddHoliday(gb.Holidays...)
	var differ []string
	p := pack(t, policy.England)
	for d := domain.MustDate("1978-01-01"); d.Before(domain.MustDate("2101-01-01")); d = d.AddDays(1) {
		if p.IsWorkingDay(d) != other.IsWorkday(d.Time()) {
			differ = append(differ, d.String())
		}
	}
	if got := strings.Join(differ, " "); got != unknownElsewhere {
		t.Errorf("the calendars differ on %s\nwant %s", got, unknownElsewhere)
	}
}

func TestTheNthWorkingDaySkipsWeekendsAndHolidays(t *testing.T) {
	for _, tt := range []struct {
		why    string
		nation policy.Nation
		from   string
		n      int
		want   string
	}{
		{"Easter 2024, the 14th", policy.England, "2024-03-18", 14, "2024-04-09"},
		{"Easter 2024, the 15th", policy.England, "2024-03-18", 15, "2024-04-10"},
		{"Easter 2024 without Easter Monday", policy.Scotland, "2024-03-18", 15, "2024-04-09"},
		{"state funeral, the day before", policy.England, "2022-09-16", 0, "2022-09-16"},
		{"state funeral, the 14th", policy.England, "2022-09-05", 14, "2022-09-26"},
		{"state funeral, the 15th", policy.England, "2022-09-05", 15, "2022-09-27"},
		{"the year after, the 15th", policy.England, "2023-09-04", 15, "2023-09-25"},
		{"Christmas and New Year", policy.England, "2021-12-24", 5, "2022-01-05"},
		{"Christmas and New Year", policy.Scotland, "2021-12-24", 5, "2022-01-06"},
		{"from a Saturday", policy.England, "2026-02-07", 1, "2026-02-09"},
		{"leap day", policy.England, "2024-02-28", 1, "2024-02-29"},
		{"no leap day in 2100", policy.England, "2100-02-26", 1, "2100-03-01"},
		{"back over a weekend", policy.England, "2026-02-09", -1, "2026-02-06"},
		{"back from a Sunday", policy.England, "2026-02-08", -1, "2026-02-06"},
		{"World Cup", policy.Scotland, "2026-06-12", 1, "2026-06-16"},
		{"no World Cup", policy.Wales, "2026-06-12", 1, "2026-06-15"},
	} {
		got := pack(t, tt.nation).AddWorkingDays(domain.MustDate(tt.from), tt.n).String()
		if got != tt.want {
			t.Errorf("%s, %s: %s and %d is %s, want %s", tt.why, tt.nation, tt.from, tt.n, got, tt.want)
		}
	}
}

func TestWorkingDaysPastTheCalendarAreNoDate(t *testing.T) {
	p := pack(t, policy.England)
	day := domain.MustDate("2026-02-03")
	for _, n := range []int{math.MaxInt, math.MinInt, 4000000, -4000000} {
		if got := p.AddWorkingDays(day, n); !got.IsZero() {
			t.Errorf("%d working days on is %s", n, got)
		}
	}
	for _, n := range []int{5, 0, -5, math.MaxInt, math.MinInt} {
		if got := p.AddWorkingDays(domain.Date{}, n); !got.IsZero() {
			t.Errorf("%d working days after no date is %s", n, got)
		}
	}
	if p.IsWorkingDay(domain.Date{}) || p.WorkingDaysBetween(domain.Date{}, day) != 0 || p.WorkingDaysBetween(day, domain.Date{}) != 0 {
		t.Error("no date counts as a day")
	}
	if got := p.AddWorkingDays(domain.MustDate("9999-12-30"), 1).String(); got != "9999-12-31" {
		t.Errorf("the last working day is %s", got)
	}
	if got := p.AddWorkingDays(domain.MustDate("0001-01-02"), -1).String(); got != "0001-01-01" {
		t.Errorf("the first working day is %s", got)
	}
}

func TestCountingUndoesAddingWorkingDays(t *testing.T) {
	packs := map[policy.Nation]policy.Pack{}
	for _, n := range nations {
		packs[n] = pack(t, n)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := packs[rapid.SampledFrom(nations).Draw(t, "nation")]
		from := domain.MustDate("1970-01-01").AddDays(rapid.IntRange(0, 50000).Draw(t, "from"))
		n := rapid.IntRange(1, 600).Draw(t, "n")
		to := p.AddWorkingDays(from, n)
		if !p.IsWorkingDay(to) || p.WorkingDaysBetween(from, to) != n || p.WorkingDaysBetween(to, from) != -n {
			t.Fatalf("%s and %d is %s, and %d apart", from, n, to, p.WorkingDaysBetween(from, to))
		}
		if back := p.AddWorkingDays(to.AddDays(1), -1); back != to {
			t.Fatalf("back from the day after %s is %s", to, back)
		}
		counted := 0
		for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
			if p.IsWorkingDay(d) {
				counted++
			}
		}
		if counted != n {
			t.Fatalf("%s to %s has %d working days one by one, not %d", from, to, counted, n)
		}
	})
}

func BenchmarkIsWorkingDay(b *testing.B) {
	p := pack(b, policy.England)
	day := domain.MustDate("2026-04-03")
	for b.Loop() {
		p.IsWorkingDay(day)
	}
}

func BenchmarkFifteenWorkingDays(b *testing.B) {
	p := pack(b, policy.England)
	day := domain.MustDate("2026-03-20")
	for b.Loop() {
		p.AddWorkingDays(day, 15)
	}
}
